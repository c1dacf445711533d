"""The routes of a plan as a tree: teams with their stops, moved by drag or by key, and the sites left out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from geo.hours import format_clock
from geo.language import tr
from gui import theme
from gui.planrows import Faults, LeftOutRow, RouteRow, StopRow
from gui.timelinepaint import padlock
from gui.trees import children, tops

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved
    from layers.stack import MapStack

SiteRole = Qt.ItemDataRole.UserRole
TeamRole = Qt.ItemDataRole.UserRole + 1
StopRole = Qt.ItemDataRole.UserRole + 2
LockRole = Qt.ItemDataRole.UserRole + 3
NAME, BEGIN, END, KM = range(4)
FEW = 8
"""So many sites left out are shown unasked."""


class PlanTree(QTreeWidget):
    """Show the routes of one plan.

    `move_wanted` tells a stop or a site, a team and a place in its route counted from 0; `removal_wanted` a stop.
    `trying` tells what a drop would do, or None while that is not known, and where the mouse is; `tried` that the drag
    is over; `touched` that the mouse has taken hold of a stop.
    """

    move_wanted = Signal(str, str, int)
    removal_wanted = Signal(str)
    teams_shown = Signal(object)
    menu_wanted = Signal(QPoint)
    trying = Signal(object, QPoint)
    tried = Signal()
    touched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attempt: Callable[[Sequence[str], str, int], Moved | None] = lambda _ids, _team, _place: None
        """Returns what a move would do."""
        self._tried: tuple[str, str, int] | None = None
        self.setAccessibleName(tr("Routes"))
        self.setHeaderLabels([tr("Team and stops"), tr("Start"), tr("End"), tr("km")])
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
        opened = {item.data(0, TeamRole) for item in self._teams() if item.isExpanded()}
        hidden = {item.data(0, TeamRole) for item in self._teams() if item.checkState(0) is Qt.CheckState.Unchecked}
        left = [item for item in tops(self) if not item.data(0, TeamRole)]
        left_open = left[0].isExpanded() if left else len(left_out) <= FEW
        chosen, team = self.site, self.team
        self.blockSignals(True)
        self.clear()
        if left_out:
            # First, so that nobody misses it.
            item = _left_out_item(left_out)
            self.addTopLevelItem(item)
            item.setFirstColumnSpanned(True)
            for line in children(item):
                line.setFirstColumnSpanned(True)
            item.setExpanded(left_open)
        for route in routes:
            item = _team_item(route, faults, stack.team_colour(route.team))
            item.setCheckState(0, Qt.CheckState.Unchecked if route.team in hidden else Qt.CheckState.Checked)
            self.addTopLevelItem(item)
            item.setExpanded(route.team in opened)
        if not (chosen and self.choose(chosen)):
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
        elif self._tried != (self.stop, *target):
            moved = self.attempt([self.stop], *target)
            # What is not known yet is asked for again with the next move.
            self._tried = None if moved is None else (self.stop, *target)
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
            self.move_wanted.emit(self.stop, team, place)
        elif self.team:
            self.removal_wanted.emit(self.stop)

    def _target(self, event: QDropEvent) -> tuple[str, int] | None:
        """Return the team and the place on its route that a drop means, no team where the sites left out are."""
        target = self.itemAt(event.position().toPoint())
        if target is None or not self.site:
            return None
        team, parent = str(target.data(0, TeamRole) or ""), target.parent()
        if not team:
            return ("", 0) if self.team else None
        place = len(self.stops_of(team))
        if parent is not None:
            below = self.dropIndicatorPosition() is QAbstractItemView.DropIndicatorPosition.BelowItem
            place = parent.indexOfChild(target) + (1 if below else 0)
            if team == self.team and self.place < place:
                # Taken out of its old place first, everything behind moves up.
                place -= 1
        elif team == self.team:
            place -= 1
        return team, place

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the chosen stop off with Delete."""
        if event.key() == Qt.Key.Key_Delete and self.site and self.team:
            self.removal_wanted.emit(self.stop)
        else:
            super().keyPressEvent(event)

    def _on_box(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0 and item.data(0, TeamRole) and item.parent() is None:
            shown = [str(t.data(0, TeamRole)) for t in self._teams() if t.checkState(0) is Qt.CheckState.Checked]
            self.teams_shown.emit(None if len(shown) == len(self._teams()) else shown)

    def _ask_menu(self, position: QPoint) -> None:
        if self.site:
            self.menu_wanted.emit(self.viewport().mapToGlobal(position))


def _team_item(route: RouteRow, faults: Faults, colour: QColor) -> QTreeWidgetItem:
    km = f"{route.metres / 1000:.1f}"
    item = QTreeWidgetItem(
        [f"{route.name} ({len(route.stops)})", format_clock(route.start_s), format_clock(route.end_s), km]
    )
    item.setData(0, TeamRole, route.team)
    item.setData(0, LockRole, route.locked)
    item.setIcon(0, _swatch(colour, locked=route.locked))
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsUserCheckable
        | Qt.ItemFlag.ItemIsDropEnabled
    )
    hours = format_clock(route.end_s - route.start_s)
    travel = format_clock(route.travel_s)
    words = tr("{stops} stops, {km} km, {hours} h of which {travel} h on the way", stops=len(route.stops), km=km,
               hours=hours, travel=travel)  # fmt: skip
    if route.locked:
        words = f"{words}\n{tr('The whole route is locked')}"
    broken = [f"{stop.name}: {fault}" for stop in route.stops for fault in faults.get(stop.site, ())]
    _explain(item, [words, *faults.get(route.team, ()), *broken], faulty=route.is_faulty(faults))
    font = item.font(0)
    font.setBold(True)
    for column in (NAME, BEGIN, END, KM):
        item.setFont(column, font)
    for number, stop in enumerate(route.stops, 1):
        item.addChild(_stop_item(number, stop, route.team, faults.get(stop.site, ())))
    return item


def _stop_item(number: int, stop: StopRow, team: str, faults: Sequence[str]) -> QTreeWidgetItem:
    times = (format_clock(stop.arrive_s), format_clock(stop.leave_s))
    item = QTreeWidgetItem([f"{number}  {stop.name}", *times, f"{stop.leg_m / 1000:.1f}"])
    item.setData(0, SiteRole, stop.site)
    item.setData(0, TeamRole, team)
    item.setData(0, StopRole, stop.stop)
    if stop.lock:
        item.setIcon(0, _padlock(filled=stop.lock == "place"))
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsDragEnabled
        | Qt.ItemFlag.ItemIsDropEnabled
        | Qt.ItemFlag.ItemNeverHasChildren
    )
    words = [stop.name, tr("{minutes} min on the way, {metres} m", minutes=round(stop.leg_s / 60), metres=stop.leg_m)]
    if stop.start_s > stop.arrive_s:
        words.append(tr("Waits until {start}", start=format_clock(stop.start_s)))
    if stop.lock:
        words.append(tr("Locked to its place") if stop.lock == "place" else tr("Locked to its team"))
    _explain(item, [*words, *faults], faulty=bool(faults))
    return item


def _left_out_item(rows: Sequence[LeftOutRow]) -> QTreeWidgetItem:
    head = QTreeWidgetItem([tr("Left out ({number})", number=len(rows))])
    head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDropEnabled)
    font = head.font(0)
    font.setBold(True)
    head.setFont(0, font)
    for row in rows:
        item = QTreeWidgetItem([f"{row.name} – {row.why}"])
        item.setData(0, SiteRole, row.site)
        item.setToolTip(0, f"{row.name}\n{row.why}")
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
        head.addChild(item)
    return head


def _explain(item: QTreeWidgetItem, words: Sequence[str], *, faulty: bool) -> None:
    for column in (NAME, BEGIN, END, KM):
        item.setToolTip(column, "\n".join(words))
        if column != NAME:
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if faulty:
            item.setForeground(column, theme.ALARM)
    if faulty:
        # Not by colour alone.
        item.setText(NAME, f"{item.text(NAME)}  ⚠")
        item.setData(NAME, Qt.ItemDataRole.AccessibleDescriptionRole, " ".join(words))


def _swatch(colour: QColor, *, locked: bool) -> QIcon:
    pixmap = QPixmap(28, 28)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(2, 6, 24, 16, 4, 4)
    if locked:
        painter.scale(1.5, 1.5)
        padlock(painter, QPointF(9.3, 9), theme.PAPER if colour.lightness() < 140 else theme.INK, filled=True)
    painter.end()
    return QIcon(pixmap)


def _padlock(*, filled: bool) -> QIcon:
    """Return the mark of a stop that stays with its team, or filled, at its place."""
    pixmap = QPixmap(28, 28)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(2, 2)
    padlock(painter, QPointF(7, 7), theme.QUIET, filled=filled)
    painter.end()
    return QIcon(pixmap)
