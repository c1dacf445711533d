"""The stops chosen in the list of a plan moved by menu and key: one or several, together, as one edit."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from geo.language import tr
from gui import planrows
from gui.plantree import PlanTree
from gui.planwork import PlanWork
from gui.session import Session

if TYPE_CHECKING:
    from geo.progress import Report
    from geo.store.edits import Edit
    from geo.store.tables import Tables


class PlanMoves(QObject):
    """Move what is chosen in the list of the plan; what a move does is told as while dragging.

    Parameters
    ----------
    session, tree, work
        What it works on.
    plan
        Returns the id of the plan that is shown, empty for none.
    """

    def __init__(self, session: Session, tree: PlanTree, work: PlanWork, plan: Callable[[], str]) -> None:
        super().__init__(tree)
        self.session = session
        self._tree, self._work, self._plan = tree, work, plan
        self._menu: QMenu | None = None

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Plan menu does here, by the name of the command."""
        return {
            "stop_up": lambda: self._shift(-1),
            "stop_down": lambda: self._shift(1),
            "stop_previous": lambda: self._change_team(-1),
            "stop_next": lambda: self._change_team(1),
            "stop_best": self.place_best,
            "stop_remove": lambda: self.take_off(self._tree.planned_ids),
        }

    def list_teams(self, menu: QMenu) -> None:
        """Fill a menu with the teams that the chosen stops can be given to."""
        menu.clear()
        project, tree = self.session.project, self._tree
        ids, teams = tree.ids, tree.chosen_teams
        if project is None or not ids:
            menu.addAction(tr("Choose a stop first")).setEnabled(False)
            return
        # What a move would do is known a moment later.
        tree.touched.emit()
        for route in planrows.routes(project, self._plan()):
            # An ampersand in a name is no letter to press.
            action = menu.addAction(f"{route.name} ({len(route.stops)})".replace("&", "&&"))
            action.setEnabled(teams != {route.team})
            action.hovered.connect(lambda team=route.team: tree.tell(ids, team, tree.places_of(team)[2]))
            action.triggered.connect(lambda _on=False, team=route.team: self.move(ids, team, -1))
        if menu is not self._menu:
            self._menu = menu
            menu.aboutToHide.connect(tree.tried)

    def move(self, ids: Sequence[str], team: str, place: int) -> None:
        """Put stops, or sites left out, together at a place of a team's route, counted from 0; -1 is its end."""
        plan, wanted = self._plan(), list(ids)
        if not (wanted and team and plan):
            return
        # Past the end is the end.
        at = len(self._tree.stops_of(team)) if place < 0 else place

        def work(tables: "Tables", report: "Report") -> "Edit":
            from geo.planning.byhand.hand import move_stops

            return move_stops(tables, plan, wanted, team, at, report=report)

        self._work.enqueue(work)

    def take_off(self, ids: Sequence[str]) -> None:
        """Take stops off their routes."""
        plan, wanted = self._plan(), list(ids)
        if not (wanted and plan):
            return

        def work(tables: "Tables", report: "Report") -> "Edit":
            from geo.planning.byhand.hand import take_stops_off

            return take_stops_off(tables, plan, wanted, report=report)

        self._work.enqueue(work)

    def place_best(self) -> None:
        """Put the chosen site, wherever it is now, on the route where it fits best."""
        if self._tree.site and self._plan():
            self._work.add(self._plan(), self._tree.site)

    def _shift(self, by: int) -> None:
        """Move the chosen stops of one route, together from the first of them on, earlier or later."""
        tree = self._tree
        if len(tree.chosen_teams) != 1:
            return
        (team,) = tree.chosen_teams
        first, _, others = tree.places_of(team)
        if first >= 0 and 0 <= first + by <= others:
            tree.tell(tree.ids, team, first + by)
            self.move(tree.ids, team, first + by)

    def _change_team(self, by: int) -> None:
        """Give the chosen stops to the team above or below that of the current one."""
        tree, order = self._tree, self._tree.team_order
        if not tree.ids or not order:
            return
        start = order.index(tree.team) if tree.team else (len(order) if by < 0 else -1)
        if 0 <= start + by < len(order):
            team = order[start + by]
            tree.tell(tree.ids, team, tree.places_of(team)[2])
            self.move(tree.ids, team, -1)
