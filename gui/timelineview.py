"""A plan along the hours at work: its stops are chosen, dragged and moved by mouse and keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.timelinechart import TimelineChart
from gui.timelinepaint import AXIS_PX, NAMES_PX
from gui.timelinewords import team_tip, tip

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved

Try = Callable[[Sequence[str], str, int], "Moved | None"]
ZOOM, WHEEL_DOUBLING, EDGE_PX = 1.4, 240, 24


@dataclass
class _Drag:
    """What the mouse is dragging, and where it would go."""

    ids: list[str]
    start: QPointF
    team: str = ""
    place: int = -1
    begun: bool = False


class TimelineView(TimelineChart):
    """Let the stops of a plan be chosen and moved along the hours and between teams.

    `trying` tells what a drag would do, or None while that is not known, and where the mouse is on the screen; `tried`
    that it is over; `move_wanted` ids of stops, a team, empty to take them off the plan, and a place on its route.

    Parameters
    ----------
    attempt
        Returns what a move would do, None while that is not known.
    """

    trying = Signal(object, QPoint)
    tried = Signal()
    move_wanted = Signal(object, str, int)
    menu_wanted = Signal(QPoint)
    opened = Signal(str)

    def __init__(self, attempt: Try, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attempt = attempt
        self._drag: _Drag | None = None
        self.can_write = True

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is pressed, and begin a drag or a box."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at, keys = event.position(), event.modifiers()
        found = self.stop_at(at)
        adds = bool(keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        if found is None:
            self.band = (at, at)
            if not adds:
                self.choose([])
            return
        stop = found[1].stop
        if keys & Qt.KeyboardModifier.ControlModifier and stop in self.ids:
            self.choose([one for one in self.ids if one != stop])
            return
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.choose([*dict.fromkeys([*self.ids, *self._between(found[0], stop)])], stop)
        elif adds:
            self.choose([*self.ids, stop], stop)
        elif stop not in self.ids:
            self.choose([stop])
        else:
            self.choose(self.ids, stop)
        self._drag = _Drag(self.in_order, at)

    def _between(self, row: int, stop: str) -> list[str]:
        """Return the stops of a row from the current one to another one; that alone if the current is elsewhere."""
        bars = [bar.stop for bar in self.lines[row].bars]
        if self.current not in bars:
            return [stop]
        a, b = sorted((bars.index(self.current), bars.index(stop)))
        return bars[a : b + 1]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what dropping the stops here would do."""
        at = event.position()
        if self.band is not None:
            self.band = (self.band[0], at)
            self.viewport().update()
        elif self._drag is not None:
            far = (at - self._drag.start).manhattanLength() >= QApplication.startDragDistance()
            if far and self.can_write:
                self._drag.begun = True
            if self._drag.begun:
                self._scroll_at_edge(at)
                self._try(self._drag, at, event.globalPosition().toPoint())

    def _scroll_at_edge(self, at: QPointF) -> None:
        bar, port = self.verticalScrollBar(), self.viewport()
        if at.y() < AXIS_PX + EDGE_PX:
            bar.setValue(bar.value() - EDGE_PX // 2)
        elif at.y() > port.height() - EDGE_PX:
            bar.setValue(bar.value() + EDGE_PX // 2)

    def _try(self, drag: _Drag, at: QPointF, on_screen: QPoint) -> None:
        team, place = self.target(at, drag.ids)
        drag.team, drag.place, self.target_team = team, place, team
        if team:
            self.trying.emit(self._attempt(drag.ids, team, place), on_screen)
        else:
            self.show_as_is()
            self.tried.emit()

    def target(self, at: QPointF, ids: Sequence[str]) -> tuple[str, int]:
        """Return the team and the place on its route at a pixel, stops that are being moved not counted."""
        number = self.scale.row_at(at.y())
        if not 0 <= number < len(self.stored) or not self.viewport().rect().contains(at.toPoint()):
            return "", -1
        line, seconds = self.stored[number], self.scale.time(at.x())
        others = [bar for bar in line.bars if bar.stop not in ids]
        return line.team, sum(1 for bar in others if (bar.start_s + bar.leave_s) / 2 < seconds)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop what is dragged, or choose what is in the box."""
        if self.band is not None:
            box, self.band = QRectF(*self.band).normalized(), None
            scale = self.scale
            inside = [bar.stop for number, line in enumerate(self.lines) for bar in line.bars
                      if scale.bar(number, bar).intersects(box)]  # fmt: skip
            if inside:
                self.choose(list(dict.fromkeys([*self.ids, *inside])))
            self.viewport().update()
        elif self._drag is not None:
            drag, self._drag, self.target_team = self._drag, None, ""
            if drag.begun:
                self.tried.emit()
                self._drop(drag)
            elif not event.modifiers() and len(self.ids) > 1:
                self.choose([self.current])

    def _drop(self, drag: _Drag) -> None:
        moved = self._attempt(drag.ids, drag.team, drag.place) if drag.team else None
        if drag.team and (moved is None or moved.is_change):
            self.move_wanted.emit(drag.ids, drag.team, drag.place)
        else:
            self.show_as_is()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the site of a stop."""
        found = self.stop_at(event.position())
        if found is not None:
            self.opened.emit(found[1].site)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the rows; the hours with Shift; zoom about the mouse with Ctrl."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(2 ** (turned / WHEEL_DOUBLING), event.position().x())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y():
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - turned)
        else:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - turned // 2)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the stops chosen."""
        found = self.stop_at(QPointF(event.pos()))
        if event.reason() is QContextMenuEvent.Reason.Mouse and found is not None and found[1].stop not in self.ids:
            self.choose([found[1].stop])
        if self.ids:
            self.menu_wanted.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tip of the stop or the team under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def _tip(self, at: QPointF) -> str:
        found, row = self.stop_at(at), self.scale.row_at(at.y())
        if found is not None:
            return tip(self.lines[found[0]], self.lines[found[0]].bars.index(found[1]), self.faults, self.made)
        return team_tip(self.lines[row], self.faults) if 0 <= row < len(self.lines) and at.x() < NAMES_PX else ""

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with the arrow keys, move with Ctrl and them, zoom with plus and minus, take off with Delete."""
        key, keys = Qt.Key(event.key()), event.modifiers()
        ways = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._drag, self.target_team = None, ""
            self.show_as_is()
            self.tried.emit()
        elif key in ways and keys & Qt.KeyboardModifier.ControlModifier:
            self._shift(*ways[key])
        elif key in ways and not keys & Qt.KeyboardModifier.AltModifier:
            self._go(*ways[key], extend=bool(keys & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key == Qt.Key.Key_Delete and self.ids and self.can_write:
            self.move_wanted.emit(self.in_order, "", 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (found := self.where(self.current)) is not None:
            self.opened.emit(self.lines[found[0]].bars[found[1]].site)
        elif key == Qt.Key.Key_A and keys & Qt.KeyboardModifier.ControlModifier:
            self.choose(
                [bar.stop for line in self.lines for bar in line.bars if line.team == self.team or not self.team]
            )
        else:
            super().keyPressEvent(event)

    def _go(self, rows: int, places: int, *, extend: bool) -> None:
        """Choose the next stop on the route, or the one at the same time of the next team that has stops."""
        found = self.where(self.current)
        if found is None:
            first = next((line.bars[0].stop for line in self.lines if line.bars), "")
            self.choose([first] if first else [])
            return
        row, place = found[0] + rows, found[1] + places
        while 0 <= row < len(self.lines) and not self.lines[row].bars:
            row += rows
        if not 0 <= row < len(self.lines):
            return
        bars = self.lines[row].bars
        if rows:
            start = self.lines[found[0]].bars[found[1]].start_s
            place = min(range(len(bars)), key=lambda one: abs(bars[one].start_s - start))
        stop = bars[min(max(place, 0), len(bars) - 1)].stop
        self.choose([*self.ids, stop] if extend else [stop], stop)
        self.show_stop(stop)

    def _shift(self, rows: int, places: int) -> None:
        """Move the chosen stops earlier or later, or to the team above or below at the same time of day."""
        found, ids = self.where(self.current), self.in_order
        if found is None or not self.can_write or not 0 <= found[0] + rows < len(self.lines):
            return
        line = self.lines[found[0] + rows]
        others = [bar for bar in line.bars if bar.stop not in ids]
        if rows:
            start = min(bar.start_s for one in self.lines for bar in one.bars if bar.stop in ids)
            place = sum(1 for bar in others if bar.start_s < start)
        else:
            before = next(number for number, bar in enumerate(line.bars) if bar.stop in ids)
            place = before + places
        if 0 <= place <= len(others) and (rows or place != before or len(ids) > 1):
            moved = self._attempt(ids, line.team, place)
            self.trying.emit(moved, QPoint())
            self.move_wanted.emit(ids, line.team, place)
