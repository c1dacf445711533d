"""The lines of the list of a plan: teams, stops and sites left out, with their marks and tips."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QTreeWidgetItem

from geo.hours import format_clock
from geo.language import tr
from gui import theme
from gui.planrows import Faults, LeftOutRow, RouteRow, StopRow
from gui.timelinepaint import padlock
from layers import visitmarks

SiteRole = Qt.ItemDataRole.UserRole
TeamRole = Qt.ItemDataRole.UserRole + 1
StopRole = Qt.ItemDataRole.UserRole + 2
LockRole = Qt.ItemDataRole.UserRole + 3
NAME, BEGIN, END, KM = range(4)


def team_item(route: RouteRow, faults: Faults, colour: QColor) -> QTreeWidgetItem:
    """Return the line of a team, with those of its stops below it."""
    km, made = f"{route.metres / 1000:.1f}", sum(bool(stop.state) for stop in route.stops)
    count = f"{made}/{len(route.stops)}" if made else f"{len(route.stops)}"
    item = QTreeWidgetItem([f"{route.name} ({count})", format_clock(route.start_s), format_clock(route.end_s), km])
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
    if made:
        words = f"{words}\n{tr('{made} of {stops} stops made', made=made, stops=len(route.stops))}"
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
    if stop.state:
        item.setIcon(0, _state_mark(stop.state))
    elif stop.lock:
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
    if stop.state:
        from geo.planning.plans.made import words as of_state

        words.insert(1, of_state(stop.state))
        item.setData(NAME, Qt.ItemDataRole.AccessibleDescriptionRole, words[1])
    if stop.lock:
        words.append(tr("Locked to its place") if stop.lock == "place" else tr("Locked to its team"))
    _explain(item, [*words, *faults], faulty=bool(faults))
    return item


def left_out_item(rows: Sequence[LeftOutRow]) -> QTreeWidgetItem:
    """Return the head of the sites left out, with their lines below it."""
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
    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(2, 6, 24, 16, 4, 4)
        if locked:
            painter.scale(1.5, 1.5)
            padlock(painter, QPointF(9.3, 9), theme.PAPER if colour.lightness() < 140 else theme.INK, filled=True)

    return _icon(paint)


def _state_mark(state: str) -> QIcon:
    """Return the mark of what became of a stop on its day."""
    return _icon(lambda painter: visitmarks.paint(painter, state, QPointF(14, 14), 12, theme.INK, theme.PAPER))


def _padlock(*, filled: bool) -> QIcon:
    """Return the mark of a stop that stays with its team, or filled, at its place."""

    def paint(painter: QPainter) -> None:
        painter.scale(2, 2)
        padlock(painter, QPointF(7, 7), theme.QUIET, filled=filled)

    return _icon(paint)


def _icon(paint: Callable[[QPainter], None]) -> QIcon:
    pixmap = QPixmap(28, 28)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return QIcon(pixmap)
