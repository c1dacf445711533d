"""Long work beside the window: a plain function in a thread, its progress, its end, and a way to stop it."""

import gc
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, Signal, Slot

from geo.errors import XunluError
from geo.progress import Cancelled, Report

TELL_EVERY_S = 0.05

MANY_MADE = 50_000
"""So many objects made by jobs, and still there at their end, are never looked through for garbage."""

TURN_S, BRIEF_TURN_S = 0.005, 0.0005
"""How long a thread may go on in Python while another waits: as Python has it, and while jobs run.

Painting lets go of the interpreter at many calls of Qt, and has to wait for a turn to have it back each time.
"""

_working: set[int] = set()
"""The jobs whose threads run."""


def _collect_again() -> None:
    """Let the collector go on, but not through what a long job has made.

    A million points, an import kept for undo or the modules of a library are no garbage, but to look through them stops
    the window for half a second; shapely's geometries are among what Python looks through.
    """
    if gc.get_count()[0] > MANY_MADE:
        gc.freeze()
    gc.enable()


class Job(QThread):
    """Run one function in a thread of its own.

    The function gets a `Report` to call often; it raises `Cancelled` inside the function once the job is stopped.
    It returns a value and touches neither store nor widget. The signals arrive in the window's thread.
    """

    progressed = Signal(float, str)
    succeeded = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    ended = Signal()
    _reported = Signal(float, str)
    _outcome = Signal(object, object)

    def __init__(self, work: Callable[[Report], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = threading.Event()
        self._told = 0.0
        self._holds_collector = False
        # Relayed through a slot of this object, which lives in the window's thread: a signal that the worker emits
        # would call a plain function connected to it in the worker.
        self._reported.connect(self._relay, Qt.ConnectionType.QueuedConnection)
        self._outcome.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Start the thread.

        The collector of unreachable objects pauses meanwhile: it runs in whichever thread happens to allocate, and
        widgets that it took down in a worker would crash Qt.
        """
        self._holds_collector = True
        _working.add(id(self))
        gc.disable()
        sys.setswitchinterval(BRIEF_TURN_S)
        self.start()

    def finish(self) -> None:
        """Wait until the thread has ended."""
        self.wait()
        if self._holds_collector:
            self._holds_collector = False
            _working.discard(id(self))
            if not _working:
                sys.setswitchinterval(TURN_S)
                _collect_again()

    def settle(self) -> None:
        """Wait until the work is done, and tell what came of it at once; for work that takes no more than a moment."""
        self.wait()
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancel.set()

    def run(self) -> None:
        """Do the work; Qt calls this in the thread."""
        try:
            result, error = self._work(self._report), None
        except BaseException as raised:
            result, error = None, raised
        self._outcome.emit(result, error)

    def _report(self, done: float, text: str = "") -> None:
        if self._cancel.is_set():
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S or done >= 1:
            self._told = now
            self._reported.emit(done, text)

    @Slot(float, str)
    def _relay(self, done: float, text: str) -> None:
        if not self._cancel.is_set():
            self.progressed.emit(done, text)

    @Slot(object, object)
    def _finish(self, result: Any, error: BaseException | None) -> None:
        self.finish()
        if error is None and not self._cancel.is_set():
            self.succeeded.emit(result)
        elif error is None or isinstance(error, Cancelled):
            self.stopped.emit()
        elif isinstance(error, XunluError):
            self.failed.emit(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)
            self.stopped.emit()
        self.ended.emit()
        self.deleteLater()


class Jobs(QObject):
    """Start jobs and know which still run, so that none outlives the window."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Job] = []

    def start(
        self,
        work: Callable[[Report], Any],
        done: Callable[[Any], None],
        failed: Callable[[XunluError], None],
    ) -> Job:
        """Run `work` in a thread; its result goes to `done`, what the user can mend to `failed`.

        Anything else that it raises goes to the one hook for bugs.
        """
        job = Job(work, self)
        job.succeeded.connect(done)
        job.failed.connect(failed)
        job.ended.connect(lambda: self._forget(job))
        self._running.append(job)
        job.begin()
        self.changed.emit()
        return job

    @property
    def running(self) -> tuple[Job, ...]:
        """Return the jobs that have not ended."""
        return tuple(self._running)

    def stop_all(self) -> None:
        """Ask every job to stop and wait for it; called when the window closes."""
        for job in self._running:
            job.cancel()
        for job in self._running:
            job.finish()

    def _forget(self, job: Job) -> None:
        self._running.remove(job)
        self.changed.emit()
