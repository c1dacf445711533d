"""A plan along the hours: a row for each team with its stops as bars, what is in sight of it, and what is chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from geo.language import tr
from gui import theme, timelinepaint
from gui.timelinepaint import AXIS_PX, NAMES_PX, Looks, Scale
from gui.timelinewords import tip

if TYPE_CHECKING:
    from geo.planning.byhand.desk import Desk
    from geo.planning.byhand.moved import Moved
    from geo.planning.plans.timeline import Bar, Line, Timeline

MARGIN_S = 900
"""How much is shown before the first and after the last hour."""


class TimelineChart(QAbstractScrollArea):
    """Show a plan along the hours; `chosen` tells ids of sites and the current one."""

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self.stored: tuple[Line, ...] = ()
        self.faults: Mapping[str, object] = {}
        self.made: Mapping[str, str] = {}
        self.colour: Callable[[str], QColor] = lambda _team: theme.ACCENT
        self.now_s: float | None = None
        self.ids: list[str] = []
        self.current = ""
        self.target_team = ""
        self.band: tuple[QPointF, QPointF] | None = None
        self._first_s, self._px_per_s, self._fitted = 8 * 3600.0, 0.03, True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Timeline of the plan"))
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)

    # What is shown

    def show_timeline(self, timeline: "Timeline | None") -> None:
        """Show a plan; what was chosen stays so."""
        self.stored = self.lines = () if timeline is None else timeline.lines
        self.made = {} if timeline is None else timeline.made
        known = {bar.stop for line in self.lines for bar in line.bars}
        self.ids = [one for one in self.ids if one in known]
        self.current = self.current if self.current in known else ""
        if self._fitted:
            self.fit()
        self._set_ranges()
        self.viewport().update()

    def preview(self, moved: "Moved | None", desk: "Desk | None") -> None:
        """Show the routes that a move would change as they would be; None shows the plan as it is."""
        self.lines = self.stored
        if moved is not None and desk is not None:
            from geo.planning.plans.timeline import line

            then = {c.team: line(desk.stored, c.crew, moved.routes[c.crew], c.after) for c in moved.changes}
            self.lines = tuple(then.get(one.team, one) for one in self.stored)
        self.viewport().update()

    def show_as_is(self) -> None:
        """Show the plan as it is."""
        self.preview(None, None)

    def fit(self) -> None:
        """Show the whole day of all teams."""
        if not self.stored:
            return
        first = min(min(line.shift[0], line.start_s) for line in self.stored) - MARGIN_S
        last = max(max(line.shift[1], line.end_s) for line in self.stored) + MARGIN_S
        self._first_s = float(first)
        self._px_per_s = max(self.viewport().width() - NAMES_PX, 100) / max(last - first, 3600)
        self._fitted = True
        self._set_ranges()
        self.viewport().update()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom the hours about a place, their middle if none is given."""
        x = (NAMES_PX + self.viewport().width()) / 2 if x is None else max(x, NAMES_PX)
        at = self.scale.time(x)
        self._px_per_s = min(max(self._px_per_s * factor, 0.002), 1.0)
        self._fitted = False
        self._set_ranges()
        self._show_from(at - (x - NAMES_PX) / self._px_per_s)
        self.viewport().update()

    def _show_from(self, seconds: float) -> None:
        self.horizontalScrollBar().setValue(round((seconds - self._left_s) * self._px_per_s))

    @property
    def _left_s(self) -> float:
        """Return the earliest time that can be scrolled to."""
        return min([self._first_s, *(min(line.shift[0], line.start_s) - MARGIN_S for line in self.stored)])

    @property
    def row_px(self) -> float:
        """Return how high a row is."""
        return 2.0 * self.fontMetrics().height() + 5

    @property
    def scale(self) -> Scale:
        """Return what of the hours and rows is in sight."""
        first = self._left_s + self.horizontalScrollBar().value() / self._px_per_s
        port = self.viewport()
        top = float(self.verticalScrollBar().value())
        return Scale(first, self._px_per_s, top, self.row_px, float(port.width()), float(port.height()))

    def _set_ranges(self) -> None:
        port = self.viewport()
        high = int(len(self.stored) * self.row_px + AXIS_PX) - port.height()
        self.verticalScrollBar().setRange(0, max(high, 0))
        self.verticalScrollBar().setPageStep(port.height())
        self.verticalScrollBar().setSingleStep(int(self.row_px))
        ends = [max(line.closes_s, line.end_s) + MARGIN_S for line in self.stored]
        wide = (max(ends, default=0) - self._left_s) * self._px_per_s - (port.width() - NAMES_PX)
        self.horizontalScrollBar().setRange(0, max(int(wide), 0) if not self._fitted else 0)
        self.horizontalScrollBar().setPageStep(port.width())
        self.horizontalScrollBar().setSingleStep(40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole day in sight until the user has zoomed."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._set_ranges()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows in sight, then the names, the hours and the line of now over them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self.scale
        looks = Looks(self.palette(), self.colour, self.faults, self.made, set(self.ids), self.current, self.now_s)
        painter.fillRect(self.viewport().rect(), self.palette().window())
        rows = [
            (number, line)
            for number, line in enumerate(self.lines)
            if scale.row(number).bottom() > AXIS_PX and scale.row(number).top() < scale.height
        ]
        for number, line in rows:
            timelinepaint.ground(painter, scale, looks, number, line)
        timelinepaint.grid(painter, scale, looks)
        for number, line in rows:
            timelinepaint.day(painter, scale, looks, number, line)
        self._paint_target(painter, scale)
        for number, line in rows:
            timelinepaint.name(painter, scale, looks, number, line)
        timelinepaint.axis(painter, scale, looks)
        timelinepaint.now(painter, scale, looks)
        if self.band is not None:
            painter.setPen(QPen(theme.ACCENT, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(*self.band).normalized())
        if self.hasFocus():
            painter.setPen(QPen(theme.ACCENT, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def _paint_target(self, painter: QPainter, scale: Scale) -> None:
        for number, line in enumerate(self.lines):
            if line.team == self.target_team:
                painter.setPen(QPen(theme.ACCENT, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(scale.row(number).adjusted(1, 1, -2, -1))

    # What is chosen

    def choose(self, ids: Sequence[str], current: str = "", *, tell: bool = True) -> None:
        """Choose stops by their ids; the current one is the last unless it is named."""
        self.ids = list(ids)
        self.current = current or (self.ids[-1] if self.ids else "")
        found = self.where(self.current)
        self.setAccessibleDescription(
            "" if found is None else tip(self.lines[found[0]], found[1], self.faults, self.made)
        )
        if tell:
            sites = {bar.stop: bar.site for line in self.lines for bar in line.bars}
            chosen = [sites[one] for one in self.ids if one in sites]
            self.chosen.emit(chosen, sites.get(self.current, ""))
        self.viewport().update()

    def choose_sites(self, sites: set[str], current: str) -> None:
        """Choose the stops of some sites without telling."""
        bars = [bar for line in self.lines for bar in line.bars if bar.site in sites]
        here = next((bar.stop for bar in bars if bar.site == current), "")
        self.choose([bar.stop for bar in bars], here, tell=False)
        self.show_stop(here)

    def where(self, stop: str) -> "tuple[int, int] | None":
        """Return row and place of a stop; None if it is on no route."""
        for number, line in enumerate(self.lines):
            for place, bar in enumerate(line.bars):
                if bar.stop == stop:
                    return number, place
        return None

    def show_stop(self, stop: str) -> None:
        """Scroll to a stop."""
        found = self.where(stop)
        if found is None:
            return
        top = found[0] * self.row_px
        scroll = self.verticalScrollBar()
        room = self.viewport().height() - AXIS_PX - self.row_px
        scroll.setValue(int(min(max(scroll.value(), top - room), top)))
        bar, scale = self.lines[found[0]].bars[found[1]], self.scale
        if not NAMES_PX <= scale.x(bar.start_s) <= scale.width - 20:
            self._show_from(bar.start_s - MARGIN_S)

    @property
    def in_order(self) -> list[str]:
        """Return the ids of the chosen stops, team by team in the order of their visits."""
        return [bar.stop for line in self.lines for bar in line.bars if bar.stop in self.ids]

    @property
    def team(self) -> str:
        """Return the team of the current stop; empty for none."""
        found = self.where(self.current)
        return "" if found is None else self.lines[found[0]].team

    def stop_at(self, at: QPointF) -> "tuple[int, Bar] | None":
        """Return the row and the stop at a pixel; None if none is there."""
        scale = self.scale
        number = scale.row_at(at.y())
        if at.x() < NAMES_PX or not 0 <= number < len(self.lines):
            return None
        bars = reversed(self.lines[number].bars)
        return next(((number, bar) for bar in bars if scale.bar(number, bar).contains(at)), None)
