"""The plan that is shown, laid open for changes by hand: what a move would do is known while it is being made."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from geo.errors import XunluError
from geo.progress import Report
from gui.jobs import Job
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.byhand.desk import Desk
    from geo.planning.byhand.moved import Moved
    from geo.planning.plans.locks import Lock
    from geo.store.edits import Edit
    from geo.store.tables import Tables

Change = Callable[["Tables", Report], "Edit"]

MADE_FROM = frozenset(
    {"plans", "routes", "stops", "left_out", "sites", "teams", "kinds", "inspectors", "conflicts", "findings",
     "closures", "settings", "streets", "street_points", "turns"}
)  # fmt: skip
"""The tables on which it hangs."""


class LiveDesk(QObject):
    """Keep the desk of the plan that is shown, made in a thread, and make the changes that were tried on it.

    `changed` tells that there is another desk, or none for the moment.

    Parameters
    ----------
    session
        Whose project it is.
    plan
        Returns the id of the plan that is shown, empty for none.
    enqueue
        Has a change worked out and applied after those that wait.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        plan: Callable[[], str],
        enqueue: Callable[[Change], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._plan = plan
        self._enqueue = enqueue
        self._desk: Desk | None = None
        self._sites: frozenset[str] = frozenset()
        self._wanted = False
        self._job: Job | None = None
        self._stale = True
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._make)
        session.edited.connect(self._on_edit)
        session.released.connect(self._drop)

    @property
    def desk(self) -> "Desk | None":
        """Return the desk of the plan as it is; None while it is being made."""
        desk = self._desk
        return None if self._stale or desk is None or desk.stored.plan != self._plan() else desk

    def prepare(self, sites: Sequence[str] = ()) -> None:
        """Have the desk made, and made again after every change from now on, with some sites that are not planned."""
        self._wanted = True
        desk = self.desk
        if desk is not None and all(desk.knows(site) for site in sites):
            return
        self._sites |= set(sites)
        self._stale = True
        self._later.start()

    def follow(self) -> None:
        """Follow the plan that is shown now."""
        if self._desk is None or self._desk.stored.plan != self._plan():
            self._set_stale()

    def tried(self, ids: Sequence[str], team: str, place: int) -> "Moved | None":
        """Return what moving stops, by ids of stops or sites, to a place of a team would do; None if that is unknown.

        An empty team takes them off the plan.
        """
        desk = self.desk
        if desk is None or not all(desk.knows(one) for one in ids):
            self.prepare([one for one in ids if self._is_site(one)])
            return None
        try:
            return desk.moved(desk.visits(ids), desk.crew(team) if team else None, place)
        except KeyError:  # a team without a route in this plan
            return None

    def move(self, ids: Sequence[str], team: str, place: int) -> None:
        """Put stops together at a place of a team's route, as one edit; an empty team takes them off the plan."""
        plan, wanted = self._plan(), list(ids)
        if not plan or not wanted:
            return

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.byhand.hand import move_stops, take_stops_off

            if not team:
                return take_stops_off(tables, plan, wanted, report=report)
            return move_stops(tables, plan, wanted, team, place, report=report)

        self._enqueue(work)

    def lock(self, ids: Sequence[str], lock: "Lock") -> None:
        """Lock stops, by ids of stops or sites, to their team or place, or to nothing."""
        plan, wanted = self._plan(), list(ids)
        if plan and wanted:
            from geo.planning.plans.locks import lock_stops

            self._enqueue(lambda tables, _report: lock_stops(tables, plan, wanted, lock))

    def lock_route(self, team: str, *, locked: bool) -> None:
        """Lock the whole route of a team, or unlock it."""
        plan = self._plan()
        if plan and team:
            from geo.planning.plans.locks import lock_route

            self._enqueue(lambda tables, _report: lock_route(tables, plan, team, locked=locked))

    def _is_site(self, one: str) -> bool:
        project = self.session.project
        return project is not None and one in project.frame("sites").index

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & MADE_FROM:
            self._set_stale()

    def _set_stale(self) -> None:
        self._stale = True
        self.changed.emit()
        if self._wanted:
            self._later.start()

    def _drop(self) -> None:
        self._desk, self._stale, self._wanted, self._sites = None, True, False, frozenset()
        self._later.stop()
        if self._job is not None:
            self._job.cancel()
        self.changed.emit()

    def _make(self) -> None:
        plan, project = self._plan(), self.session.project
        if not plan or project is None or self._job is not None:
            return  # one that is being made says when it is done, and the next is made then
        there = project.frame("sites").index
        tables, sites = project.snapshot(), [site for site in self._sites if site in there]

        def work(report: Report) -> "Desk":
            from geo.planning.byhand.desk import open_desk

            desk = open_desk(tables, plan, sites=sites, report=report)
            _ = desk.timed  # here, not at the first move of the mouse
            return desk

        self._stale = False
        self._job = self.session.jobs.start(work, self._take, self._fail)
        self._job.ended.connect(self._on_ended)

    def _take(self, desk: "Desk") -> None:
        self._desk = desk

    def _fail(self, _error: XunluError) -> None:
        """Leave it at that: who makes the change is told what is wrong."""
        self._desk = None

    def _on_ended(self) -> None:
        self._job = None
        if self._stale and self._wanted:
            self._later.start()
        self.changed.emit()
