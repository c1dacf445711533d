"""The work of planning beside the window: one piece at a time, each applied as one edit before the next begins."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from geo.errors import XunluError
from geo.progress import Report
from gui.jobs import Job
from gui.searches import Search
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.orders import Answer, Order
    from geo.planning.plans.wish import Wish
    from geo.store.edits import Edit
    from geo.store.tables import Tables

Change = Callable[["Tables", Report], "Edit"]
"""Works out an edit from a snapshot of the project."""


def _nothing(_answer: object) -> None:
    """Do nothing more with what was found."""


class PlanWork(QObject):
    """Work out plans and changes of plans beside the window and apply them to the session's project.

    Routes are sought in a process, see `gui.searches`. Changes by hand are worked out in a thread, as each needs the
    way on the streets, which may have to be prepared first. What is asked for meanwhile waits its turn, since each
    starts from what the last one left.
    """

    progressed = Signal(float, str)
    seen = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.is_planning = False
        self._waiting: list[Callable[[], Job | Search]] = []
        self._job: Job | Search | None = None
        self._written: Job | None = None
        # Another project must not get what was worked out for this one.
        session.released.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Return whether something is being worked out."""
        return self._job is not None

    def make(self, wish: "Wish") -> None:
        """Plan a day as wished."""
        if self.session.project is not None and not self.is_busy:
            from geo.planning.orders import DayPlan

            self.seek(DayPlan(wish))

    def seek(self, order: "Order", done: "Callable[[Answer], None]" = _nothing) -> None:
        """Have routes sought after what waits, and apply what is found; `done` is then told of it."""

        def start() -> Search:
            def take(answer: "Answer") -> None:
                self._written = self.session.apply_large(answer.edit, lambda: done(answer), self._fail)

            search = self.session.searches.start(order, take, self._fail)
            search.seen.connect(self.seen)
            self.is_planning = True
            return search

        self._enqueue(start)

    def use(self) -> None:
        """End the search with the best plan so far."""
        if isinstance(self._job, Search):
            self._job.use()

    def add(self, plan: str, site: str) -> None:
        """Put a site on the route where it fits best."""

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.byhand.hand import add_site

            return add_site(tables, plan, site, report=report)

        self.enqueue(work)

    def mark(self, plan: str, done: Callable[[dict[str, list[str]]], None]) -> None:
        """Find what breaks a rule in a plan as it stands and hand it to `done`, by id of site or team."""
        tables = self.session.open_project().snapshot()

        def work(report: Report) -> dict[str, list[str]]:
            from geo.planning.plans.marks import marks

            return marks(tables, plan, report=report)

        self.session.jobs.start(work, done, self.session.tell_error)

    def stop(self) -> None:
        """Stop the work; what it would have changed stays as it is."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def enqueue(self, work: Change) -> None:
        """Have a change worked out and applied after those that wait."""

        def start() -> Job:
            # Taken here, between two edits; the worker reads it while the window goes on.
            tables = self.session.open_project().snapshot()
            return self.session.jobs.start(lambda report: work(tables, report), self._take, self._fail)

        self._enqueue(start)

    def _enqueue(self, start: Callable[[], Job | Search]) -> None:
        self._waiting.append(start)
        if not self.is_busy:
            self._next()

    def _next(self) -> None:
        if self._written is not None:
            # The plan that was sought is on its way to the disk; the next change starts from it.
            self._job, self._written = self._written, None
            self._job.ended.connect(self._next)
            return
        self._job, self.is_planning = None, False
        if self._waiting:
            self._job = self._waiting.pop(0)()
            self._job.progressed.connect(self.progressed)
            self._job.ended.connect(self._next)
        self.changed.emit()

    def _take(self, edit: "Edit") -> None:
        self._apply(edit)

    def _apply(self, edit: "Edit") -> bool:
        is_made = self.session.apply(edit)
        if not is_made:
            self._waiting.clear()
        return is_made

    def _fail(self, error: XunluError) -> None:
        # What waits was meant to come after what has just failed.
        self._waiting.clear()
        self.session.tell_error(error)
