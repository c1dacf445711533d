"""The cost curve: how a plan gets better while the user looks on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from geo.language import tr
from gui import theme

if TYPE_CHECKING:
    from geo.planning.onlooker import Seen

HEIGHT = 76
EDGE = 6.0
DOT = 3.0


class CostCurve(QWidget):
    """Draw what the best plan so far costs, over the seconds of the search."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[tuple[float, int]] = []
        self._now = 0.0
        self._span = 1.0
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Cost of the plan so far"))
        self.setToolTip(tr("What the best plan so far costs, in hours of travel, over the seconds of the search"))

    def sizeHint(self) -> QSize:
        """Return a low strip."""
        return QSize(200, HEIGHT)

    @property
    def points(self) -> list[tuple[float, int]]:
        """Return seconds of the search and cost of each better plan."""
        return list(self._points)

    @property
    def words(self) -> str:
        """Return in words what the curve shows."""
        return self._words

    def begin(self, seconds: float) -> None:
        """Start anew for a search of so many seconds."""
        self._points, self._now, self._span = [], 0.0, max(seconds, 1.0)
        self._tell(tr("Looking for routes …"))

    def add(self, seen: "Seen") -> None:
        """Show a better plan."""
        found = seen.found
        self._points.append((found.elapsed_s, found.cost))
        self._now = max(self._now, found.elapsed_s)
        words = tr("{hours:.1f} h of travel, {count} left out", hours=found.travel_s / 3600, count=seen.left_out)
        first = self._points[0][1]
        if first and found.cost < first:
            words += tr(" ({percent:.0f} % less than the first)", percent=100 * (1 - found.cost / first))
        self._tell(words)

    def advance(self, done: float) -> None:
        """Show how much of the time is over, from 0 to 1."""
        self._now = max(self._now, done * self._span)
        self.update()

    def _tell(self, words: str) -> None:
        self._words = words
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the steps, what is left of the time, and the words above."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = QFontMetricsF(self.font())
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.LINE, 1))
        painter.setBrush(theme.PAPER)
        painter.drawRoundedRect(room, 3, 3)
        inner = room.adjusted(EDGE, EDGE + text.height(), -EDGE, -EDGE)
        painter.setPen(theme.INK)
        line = QRectF(room.left() + EDGE, room.top() + 3, room.width() - 2 * EDGE, text.height())
        words = text.elidedText(self._words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words)
        if self._points:
            self._draw_steps(painter, inner)

    def _draw_steps(self, painter: QPainter, room: QRectF) -> None:
        costs = [cost for _, cost in self._points]
        low, high = min(costs), max(costs)
        span = max(self._span, self._now)

        def at(seconds: float, cost: int) -> QPointF:
            share = (cost - low) / (high - low) if high > low else 0.0
            return QPointF(room.left() + room.width() * min(seconds / span, 1.0), room.bottom() - share * room.height())

        path = QPainterPath(at(*self._points[0]))
        for (_, before), (seconds, cost) in zip(self._points, self._points[1:], strict=False):
            path.lineTo(at(seconds, before))
            path.lineTo(at(seconds, cost))
        end = at(self._now, self._points[-1][1])
        path.lineTo(end)
        below = QPainterPath(path)
        below.lineTo(end.x(), room.bottom())
        below.lineTo(at(*self._points[0]).x(), room.bottom())
        tint = theme.ACCENT.lighter(150)
        tint.setAlpha(50)
        painter.fillPath(below, tint)
        painter.strokePath(path, QPen(theme.ACCENT, 1.8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ACCENT)
        painter.drawEllipse(end, DOT, DOT)
