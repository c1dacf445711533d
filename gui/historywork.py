"""Reading the history and taking a line of it back beside the window, through a connection of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

from geo.errors import XunluError
from geo.progress import Report
from gui.jobs import Job
from gui.messages import Level, Message
from gui.session import Session

if TYPE_CHECKING:
    from geo.past import Past
    from geo.store.base import Line
    from geo.store.edits import Edit

PAGE = 200
"""Lines read at a time."""

Kind = Literal["page", "line", "revert"]


@dataclass(frozen=True)
class Page:
    """Lines of history, the newest first; `before` is the line that they are older than, empty for the newest ones."""

    lines: "Sequence[Line]"
    before: str
    is_last: bool


class HistoryWork(QObject):
    """Do what takes long in jobs, of each kind one at a time: a later call takes the place of an earlier one.

    `paged` gives a page of lines, `read` the id of a line and what it changed, `reverted` the title of a change that
    was taken back, `failed` what the user can mend; `changed` tells that work began or ended.
    """

    paged = Signal(object)
    read = Signal(str, object)
    reverted = Signal(str)
    failed = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._jobs: dict[Kind, Job] = {}
        self._applying = False
        session.told.connect(self._on_told)
        session.released.connect(self.stop)

    def is_busy(self, *kinds: Kind) -> bool:
        """Return whether work of some kind, or of one of those given, is going on."""
        return any(kind in self._jobs for kind in kinds) if kinds else bool(self._jobs)

    def load(self, row: tuple[str, str] | None, before: str = "") -> None:
        """Read the lines older than one, or the newest: all, or those that changed a row, given as table and id."""

        def work(past: "Past") -> Page:
            lines = past.lines(row, limit=PAGE, before=before or None)
            return Page(lines, before, is_last=len(lines) < PAGE)

        self._start("page", work, self.paged.emit)

    def read_line(self, line_id: str) -> None:
        """Read what a line changed."""
        self._start("line", lambda past: past.details(line_id), lambda changes: self.read.emit(line_id, changes))

    def revert(self, line_id: str) -> None:
        """Take a line back, as one edit that can be undone; where rows have changed since, `failed` tells it."""
        self._start("revert", lambda past: past.revert(line_id), self._apply)

    def stop(self) -> None:
        """Let go of all work; a change of which not all is written is not made."""
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()

    def _start(self, kind: Kind, work: "Callable[[Past], Any]", done: Callable[[Any], None]) -> None:
        if self.session.project is None:
            return
        tables = self.session.project.snapshot()

        def read(_report: Report) -> Any:
            from geo.past import Past

            with Past(tables) as past:
                return work(past)

        if kind in self._jobs:
            self._jobs[kind].cancel()
        job = self.session.jobs.start(read, done, lambda error: self._on_failed(kind, job, error))
        self._follow(kind, job)

    def _follow(self, kind: Kind, job: Job) -> None:
        self._jobs[kind] = job
        job.ended.connect(lambda: self._on_ended(kind, job))
        self.changed.emit()

    def _on_failed(self, kind: Kind, job: Job, error: XunluError) -> None:
        if self._jobs.get(kind) is job:
            self.failed.emit(error)

    def _on_ended(self, kind: Kind, job: Job) -> None:
        if self._jobs.get(kind) is job:
            del self._jobs[kind]
            self.changed.emit()

    def _apply(self, edit: "Edit") -> None:
        self._applying = True
        job = self.session.apply_large(edit, lambda: self.reverted.emit(edit.title), self.failed.emit)
        self._applying = False
        if job is not None:
            self._follow("revert", job)

    def _on_told(self, message: Message) -> None:
        # A small change is made at once, and what stands in its way is said here.
        if self._applying and message.level is Level.ERROR:
            self.failed.emit(XunluError(message.text, message.hint))
