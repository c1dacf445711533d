"""The work of planning beside the window: one piece at a time, each applied as one edit before the next begins."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from geo.errors import XunluError
from geo.progress import Report
from gui.jobs import Job
from gui.searchwatch import SearchWatch
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.plans.wish import Wish
    from geo.store.edits import Edit
    from geo.store.tables import Tables

Change = Callable[["Tables", Report], "Edit"]
"""Works out an edit from a snapshot of the project."""


class PlanWork(QObject):
    """Work out plans and changes of plans in a thread and apply them to the session's project.

    Each needs the way on the streets, which may have to be prepared first; so none is worked out in the window's own
    thread. Changes that are asked for meanwhile wait their turn, since each starts from what the last one left.
    """

    progressed = Signal(float, str)
    seen = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.is_planning = False
        self._watch: SearchWatch | None = None
        self._waiting: list[Change] = []
        self._job: Job | None = None
        # Another project must not get what was worked out for this one.
        session.released.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Return whether something is being worked out."""
        return self._job is not None

    def make(self, wish: "Wish") -> None:
        """Plan a day as wished."""
        if self.session.project is None or self.is_busy:
            return
        watch = self._watch = SearchWatch(self)
        watch.seen.connect(self.seen)

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.plans.day import make_plan

            return make_plan(tables, wish, watch=watch, report=report)

        self.is_planning = True
        self._start(work)

    def use(self) -> None:
        """End the search with the best plan so far."""
        if self._watch is not None:
            self._watch.use()

    def move(self, plan: str, site: str, team: str, place: int) -> None:
        """Put a site, of another route or of those left out, at a place of a team's route, counted from 0."""

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.byhand.hand import move_stop

            return move_stop(tables, plan, site, team, place, report=report)

        self.enqueue(work)

    def add(self, plan: str, site: str) -> None:
        """Put a site on the route where it fits best."""

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.byhand.hand import add_site

            return add_site(tables, plan, site, report=report)

        self.enqueue(work)

    def take_off(self, plan: str, site: str) -> None:
        """Put a site of a route among those left out."""

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.byhand.hand import take_off

            return take_off(tables, plan, site, report=report)

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
        self._waiting.append(work)
        if not self.is_busy:
            self._next()

    def _start(self, work: Change) -> None:
        # Taken here, between two edits; the worker reads it while the window goes on.
        tables = self.session.open_project().snapshot()
        job = self.session.jobs.start(lambda report: work(tables, report), self._apply, self._fail)
        self._job = job
        job.progressed.connect(self.progressed)
        job.ended.connect(self._next)
        self.changed.emit()

    def _next(self) -> None:
        self._job, self.is_planning = None, False
        if self._watch is not None:
            self._watch.deleteLater()
            self._watch = None
        if self._waiting:
            self._start(self._waiting.pop(0))
        else:
            self.changed.emit()

    def _apply(self, edit: "Edit") -> None:
        if not self.session.apply(edit):
            self._waiting.clear()

    def _fail(self, error: XunluError) -> None:
        # What waits was meant to come after what has just failed.
        self._waiting.clear()
        self.session.tell_error(error)
