"""The routes of a plan as a tree: teams with their stops, moved by drag or by key, and the sites left out."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from geo.language import tr
from gui.planlines import BEGIN, END, KM, NAME, LockRole, SiteRole, StopRole, TeamRole, left_out_item, team_item
from gui.planrows import Faults, LeftOutRow, RouteRow
from gui.trees import children, tops

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved
    from layers.stack import MapStack

FEW = 8
"""So many sites left out are shown unasked."""


class PlanTree(QTreeWidget):
    """Show the routes of one plan.

    Several stops may be chosen, with Ctrl and Shift as elsewhere, and are moved together. `move_wanted` tells stops or
    sites, a team and a place in its route counted from 0, those that are moved not counted; `removal_wanted` stops.
    `trying` tells what a drop would do, or None while that is not known, and where the mouse is; `tried` that the drag
    is over; `touched` that the mouse has taken hold of a stop.
    """

    move_wanted = Signal(object, str, int)
    removal_wanted = Signal(object)
    teams_shown = Signal(object)
    menu_wanted = Signal(QPoint)
    trying = Signal(object, QPoint)
    tried = Signal()
    touched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attempt: Callable[[Sequence[str], str, int], Moved | None] = lambda _ids, _team, _place: None
        """Returns what a move would do."""
        self._tried: tuple[list[str], str, int] | None = None
        self.setAccessibleName(tr("Routes"))
        self.setHeaderLabels([tr("Team and stops"), tr("Start"), tr("End"), tr("km")])
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(36)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (BEGIN, END, KM):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.itemChanged.connect(self._on_box)

    # Filling

    def show_plan(
        self, routes: Sequence[RouteRow], left_out: Sequence[LeftOutRow], faults: Faults, stack: "MapStack"
    ) -> None:
        """Show a plan; what was open, hidden and chosen stays so."""
        for _ in self.showing(routes, left_out, faults, stack):
            pass

    def showing(
        self, routes: Sequence[RouteRow], left_out: Sequence[LeftOutRow], faults: Faults, stack: "MapStack"
    ) -> Iterator[None]:
        """Do what `show_plan` does, yielding every few milliseconds; what is shown stays as it was until the end."""
        teams = []
        for route in routes:
            teams.append((route.team, team_item(route, faults, stack.team_colour(route.team))))
            yield
        rest = left_out_item(left_out) if left_out else None
        yield
        self._put(rest, teams)

    def _put(self, rest: QTreeWidgetItem | None, teams: Sequence[tuple[str, QTreeWidgetItem]]) -> None:
        opened = {item.data(0, TeamRole) for item in self._teams() if item.isExpanded()}
        hidden = {item.data(0, TeamRole) for item in self._teams() if item.checkState(0) is Qt.CheckState.Unchecked}
        left = [item for item in tops(self) if not item.data(0, TeamRole)]
        left_open = left[0].isExpanded() if left else rest is not None and rest.childCount() <= FEW
        chosen, several, team = self.site, self.chosen_sites, self.team
        self.blockSignals(True)
        self.clear()
        if rest is not None:
            # First, so that nobody misses it.
            self.addTopLevelItem(rest)
            rest.setFirstColumnSpanned(True)
            for line in children(rest):
                line.setFirstColumnSpanned(True)
            rest.setExpanded(left_open)
        for one, item in teams:
            item.setCheckState(0, Qt.CheckState.Unchecked if one in hidden else Qt.CheckState.Checked)
            self.addTopLevelItem(item)
            item.setExpanded(one in opened)
        if chosen and self.choose(chosen):
            self.choose_all(several)
        else:
            self._choose_team(team)
        self.blockSignals(False)

    def _teams(self) -> list[QTreeWidgetItem]:
        return [item for item in tops(self) if item.data(0, TeamRole)]

    # What is chosen

    @property
    def site(self) -> str:
        """Return the site of the chosen line, empty on a team's line."""
        item = self.currentItem()
        return str(item.data(0, SiteRole) or "") if item is not None else ""

    @property
    def stop(self) -> str:
        """Return the stop of the chosen line, or its site if it is left out."""
        item = self.currentItem()
        return str(item.data(0, StopRole) or item.data(0, SiteRole) or "") if item is not None else ""

    @property
    def ids(self) -> list[str]:
        """Return the stops that are chosen, in the order of the routes, and the sites of those that are left out."""
        return [str(line.data(0, StopRole) or line.data(0, SiteRole)) for line in self._chosen()]

    @property
    def planned_ids(self) -> list[str]:
        """Return the chosen stops that are on routes, in the order of these."""
        return [str(line.data(0, StopRole)) for line in self._chosen() if line.data(0, StopRole)]

    @property
    def chosen_sites(self) -> list[str]:
        """Return the sites of the lines that are chosen, in the order of the routes."""
        return list(dict.fromkeys(str(line.data(0, SiteRole)) for line in self._chosen()))

    def _chosen(self) -> list[QTreeWidgetItem]:
        """Return the lines of sites that are chosen, from top to bottom."""
        found = [line for top in tops(self) for line in children(top) if line.isSelected()]
        current = self.currentItem()
        return found or ([current] if current is not None and current.data(0, SiteRole) else [])

    @property
    def chosen_teams(self) -> set[str]:
        """Return the teams of the chosen stops, with an empty one for sites left out."""
        return {str(line.data(0, TeamRole) or "") for line in self._chosen()}

    def known(self, sites: Collection[str]) -> list[str]:
        """Return those of some sites that the plan has, from top to bottom."""
        lines = (line for top in tops(self) for line in children(top))
        return list(dict.fromkeys(str(line.data(0, SiteRole)) for line in lines if line.data(0, SiteRole) in sites))

    def tell(self, ids: Sequence[str], team: str, place: int) -> None:
        """Tell what a move by menu or key does, as a drag does; nothing while that is not known."""
        self.trying.emit(self.attempt(ids, team, place), QPoint())

    def choose_all(self, sites: Collection[str]) -> None:
        """Choose the lines of some sites besides the current one, and no others."""
        wanted, current = set(sites), self.currentItem()
        for top in tops(self):
            top.setSelected(top is current)
            for line in children(top):
                line.setSelected(line is current or line.data(0, SiteRole) in wanted)

    @property
    def sites(self) -> list[str]:
        """Return the sites of all routes."""
        return [str(line.data(0, SiteRole)) for item in self._teams() for line in children(item)]

    def is_locked(self, team: str) -> bool:
        """Return whether the whole route of a team is locked."""
        return any(item.data(0, LockRole) for item in self._teams() if item.data(0, TeamRole) == team)

    @property
    def team(self) -> str:
        """Return the team of the chosen line, empty among the sites left out."""
        item = self.currentItem()
        return str(item.data(0, TeamRole) or "") if item is not None else ""

    @property
    def place(self) -> int:
        """Return which stop of its route is chosen, counted from 0; -1 if none is."""
        item = self.currentItem()
        parent = item.parent() if item is not None else None
        return parent.indexOfChild(item) if item is not None and parent is not None and self.team else -1

    @property
    def team_order(self) -> list[str]:
        """Return the ids of the teams from top to bottom."""
        return [str(item.data(0, TeamRole)) for item in self._teams()]

    def stops_of(self, team: str) -> list[str]:
        """Return the sites of a team's route in order."""
        for item in self._teams():
            if item.data(0, TeamRole) == team:
                return [str(line.data(0, SiteRole)) for line in children(item)]
        return []

    def choose(self, site: str) -> bool:
        """Choose the line of a site and open its route; return whether the plan has it."""
        for top in tops(self):
            for line in children(top):
                if line.data(0, SiteRole) == site:
                    top.setExpanded(True)
                    self.setCurrentItem(line)
                    return True
        return False

    def _choose_team(self, team: str) -> None:
        for item in self._teams():
            if team and item.data(0, TeamRole) == team:
                self.setCurrentItem(item)

    # Acting

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell that a drag may begin, so that it can be said what it does."""
        super().mousePressEvent(event)
        if self.site:
            self.touched.emit()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Say what dropping the stop here would do."""
        super().dragMoveEvent(event)
        target, at = self._target(event), event.position().toPoint()
        if target is None:
            self._end_try()
        elif self._tried != (self.ids, *target):
            moved = self.attempt(self.ids, *target)
            # What is not known yet is asked for again with the next move.
            self._tried = None if moved is None else (self.ids, *target)
            self.trying.emit(moved, self.viewport().mapToGlobal(at))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Say nothing once the mouse is elsewhere."""
        super().dragLeaveEvent(event)
        self._end_try()

    def _end_try(self) -> None:
        self._tried = None
        self.tried.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the move; the tree itself changes when the plan has."""
        target = self._target(event)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self._end_try()
        if target is None:
            return
        team, place = target
        if team:
            self.move_wanted.emit(self.ids, team, place)
        elif self.planned_ids:
            self.removal_wanted.emit(self.planned_ids)

    def _target(self, event: QDropEvent) -> tuple[str, int] | None:
        """Return the team and the place on its route that a drop means, no team where the sites left out are."""
        target = self.itemAt(event.position().toPoint())
        if target is None or not self.site:
            return None
        team, parent = str(target.data(0, TeamRole) or ""), target.parent()
        if not team:
            return ("", 0) if self.planned_ids else None
        place = len(self.stops_of(team))
        if parent is not None:
            below = self.dropIndicatorPosition() is QAbstractItemView.DropIndicatorPosition.BelowItem
            place = parent.indexOfChild(target) + (1 if below else 0)
        # Taken out of their old places first, everything behind moves up.
        moving = set(self.ids)
        return team, place - sum(1 for stop in self._stop_ids(team)[:place] if stop in moving)

    def _stop_ids(self, team: str) -> list[str]:
        lines = (line for item in self._teams() if item.data(0, TeamRole) == team for line in children(item))
        return [str(line.data(0, StopRole)) for line in lines]

    def places_of(self, team: str) -> tuple[int, int, int]:
        """Return where the first and the last chosen stop of a route stand, and how many others it has.

        All -1, and the number of its stops, if none of them is chosen.
        """
        stops, moving = self._stop_ids(team), set(self.ids)
        places = [place for place, stop in enumerate(stops) if stop in moving]
        if not places:
            return -1, -1, len(stops)
        return places[0], places[-1], len(stops) - len(places)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the chosen stops off with Delete."""
        if event.key() == Qt.Key.Key_Delete and self.planned_ids:
            self.removal_wanted.emit(self.planned_ids)
        else:
            super().keyPressEvent(event)

    def _on_box(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0 and item.data(0, TeamRole) and item.parent() is None:
            shown = [str(t.data(0, TeamRole)) for t in self._teams() if t.checkState(0) is Qt.CheckState.Checked]
            self.teams_shown.emit(None if len(shown) == len(self._teams()) else shown)

    def _ask_menu(self, position: QPoint) -> None:
        if self.site:
            self.menu_wanted.emit(self.viewport().mapToGlobal(position))
