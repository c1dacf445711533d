"""The door through which the window has routes sought: each search in a process beside it, told as it goes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from geo.errors import XunluError
from geo.language import tr
from gui.planprocess import PlanProcess

if TYPE_CHECKING:
    from geo.planning.orders import Answer, Order, Told
    from geo.store.edits import RowChange


class Search(QObject):
    """One search, with the signals of a `Job`; they arrive in the window's thread.

    `seen` tells each better plan that is worth looking at, a `Seen`.
    """

    progressed = Signal(float, str)
    seen = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    ended = Signal()

    def __init__(self, number: int, order: "Order", parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self._order = order
        self._process: PlanProcess | None = None
        self._changes: list[RowChange] = []
        self._is_over = False

    def begin(self, process: PlanProcess) -> None:
        """Have it done by a process."""
        self._process = process
        process.told.connect(self._hear)
        process.order(self.number, self._order)

    def use(self) -> None:
        """Let the search end with the best plan so far."""
        if self._process is not None and not self._is_over:
            self._process.use(self.number)

    def cancel(self) -> None:
        """Stop the search; nothing comes of it."""
        if self._process is not None and not self._is_over:
            self._process.stop(self.number)
            self._end(self.stopped.emit)

    def give_up(self, error: XunluError) -> None:
        """End without a plan, as the process is gone."""
        self._end(lambda: self.failed.emit(error))

    def _hear(self, told: "Told") -> None:
        if told.number != self.number or self._is_over:
            return
        match told.kind:
            case "progress":
                self.progressed.emit(*told.what)
            case "seen":
                self.seen.emit(told.what)
            case "changes":
                self._changes += told.what
            case "made":
                answer = self._whole(told.what)
                self._end(lambda: self.succeeded.emit(answer))
            case "failed":
                self._end(lambda: self.failed.emit(XunluError(*told.what)))
            case "stopped":
                self._end(self.stopped.emit)
            case "bug":
                self._end(self.stopped.emit)
                raise RuntimeError(told.what)

    def _whole(self, answer: "Answer") -> "Answer":
        from geo.store.edits import Edit

        return replace(answer, edit=Edit(answer.edit.title, tuple(self._changes)))

    def _end(self, tell: Callable[[], object]) -> None:
        if not self._is_over:
            self._is_over = True
            tell()
            self.ended.emit()
            self.deleteLater()


class Searches(QObject):
    """Have things planned for the open project.

    A process that has loaded its libraries and read the project waits for the next search; where it is busy, another
    one is begun, and one stays afterwards. None outlives the project.

    Parameters
    ----------
    catch_up
        Called before an answer is told: what was planned may be for rows that somebody else has added to the file,
        which the process has read already.
    """

    changed = Signal()

    def __init__(self, catch_up: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._catch_up = catch_up
        self._path: Path | None = None
        self._count = 0
        self._processes: list[PlanProcess] = []
        self._running: dict[Search, PlanProcess] = {}

    def open(self, path: Path) -> None:
        """Plan for a project from now on."""
        self._path = path

    def release(self) -> None:
        """Stop all that goes on for the project; the processes end while the window goes on."""
        for process in self._let_go():
            process.end()

    def finish(self) -> None:
        """Stop all that goes on and wait until no process is left, as the window closes."""
        for process in self._let_go():
            process.end_now()

    @property
    def running(self) -> tuple[Search, ...]:
        """Return the searches that go on."""
        return tuple(self._running)

    @property
    def processes(self) -> tuple[PlanProcess, ...]:
        """Return the processes there are, busy or not."""
        return tuple(self._processes)

    def prepare(self) -> None:
        """Begin a process, if there is none, so that the next search need not wait for it."""
        if self._path is not None and not self._processes:
            self._begin(self._path)

    def start(self, order: "Order", done: "Callable[[Answer], None]", failed: Callable[[XunluError], None]) -> Search:
        """Plan as ordered; the answer goes to `done`, what the user can mend to `failed`.

        Raises
        ------
        XunluError
            If no project is open.
        """
        if self._path is None:
            raise XunluError(tr("No project is open."), tr("Open one first."))
        # One that was told to stop takes the next order at once; it has only to hear of it.
        free = [process for process in self._processes if process not in self._running.values()]
        process = min(free, key=lambda one: (not one.is_free, not one.is_ready)) if free else self._begin(self._path)
        self._count += 1
        search = Search(self._count, order, self)
        search.succeeded.connect(lambda _answer: self._catch_up())
        search.succeeded.connect(done)
        search.failed.connect(failed)
        search.ended.connect(lambda: self._on_ended(search))
        self._running[search] = process
        search.begin(process)
        self.changed.emit()
        return search

    def _begin(self, path: Path) -> PlanProcess:
        process = PlanProcess(path, self)
        process.broken.connect(lambda _said: self._on_broken(process))
        self._processes.append(process)
        return process

    def _on_ended(self, search: Search) -> None:
        process = self._running.pop(search, None)
        if process in self._processes:
            others = [one for one in self._processes if one not in self._running.values()]
            if len(others) > 1:
                self._processes.remove(process)
                process.end()
            else:
                process.insist(search.number)
        self.changed.emit()

    def _on_broken(self, process: PlanProcess) -> None:
        self._processes.remove(process)
        process.deleteLater()
        for search in [search for search, own in self._running.items() if own is process]:
            if process.is_given_up and self._path is not None:
                # It hung over an order before this one.
                self._running[search] = self._begin(self._path)
                search.begin(self._running[search])
                continue
            search.give_up(
                XunluError(
                    tr("The search for routes broke off; nothing was changed."),
                    tr("Plan again; if it breaks off again, search for a shorter time or plan fewer sites."),
                )
            )

    def _let_go(self) -> list[PlanProcess]:
        """Stop all searches, forget the processes and return them."""
        self._path = None
        for search in self.running:
            search.cancel()
        processes, self._processes = self._processes, []
        return processes
