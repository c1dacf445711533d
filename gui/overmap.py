"""What lies over the picture of the map: rubber band, what a tool is drawing, proposed places, cross."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from geo.projection import Points
from gui import theme
from gui.tools import XY, Sketch
from layers.view import View

PIN_PX, OTHER_PX = 9.0, 5.0
CROSS_PX, GAP_PX = 17.0, 4.0
HANDLE_PX = 3.2
TINT = 42


def notice(painter: QPainter, room: QRect, text: str) -> None:
    """Write a sentence into the middle of the empty map."""
    painter.setPen(theme.QUIET)
    font = painter.font()
    font.setPointSizeF(font.pointSizeF() * 1.3)
    painter.setFont(font)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def band(painter: QPainter, box: QRectF) -> None:
    """Draw the rubber band."""
    fill = theme.ACCENT.lighter(150)
    fill.setAlpha(60)
    painter.setPen(QPen(theme.ACCENT, 1, Qt.PenStyle.DashLine))
    painter.setBrush(fill)
    painter.drawRect(box)


def marks(painter: QPainter, view: View, xy: Points | tuple[()]) -> None:
    """Draw places that a site may get, in EPSG:3857 metres, shape (n, 2): a hollow pin for the first, rings else."""
    if not len(xy):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    screen = view.world_to_screen(xy).tolist()
    for x, y in screen[1:]:
        for colour, width in ((theme.PAPER, 4.6), (theme.INK, 1.8)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(QPointF(x, y), OTHER_PX, OTHER_PX)
    pin = _pin(*screen[0])
    inside = QColor(theme.PAPER)
    inside.setAlpha(150)
    painter.setPen(QPen(theme.PAPER, 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(pin)
    painter.fillPath(pin, inside)
    painter.setPen(QPen(theme.INK, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(pin)
    painter.restore()


def _pin(x: float, y: float) -> QPainterPath:
    """Return a drop whose point is at a pixel, so that what is there stays in sight."""
    top = y - 2.3 * PIN_PX
    path = QPainterPath(QPointF(x, y))
    path.cubicTo(x - 0.35 * PIN_PX, y - PIN_PX, x - PIN_PX, top + 0.9 * PIN_PX, x - PIN_PX, top)
    path.arcTo(QRectF(x - PIN_PX, top - PIN_PX, 2 * PIN_PX, 2 * PIN_PX), 180, -180)
    path.cubicTo(x + PIN_PX, top + 0.9 * PIN_PX, x + 0.35 * PIN_PX, y - PIN_PX, x, y)
    path.closeSubpath()
    return path


def cross(painter: QPainter, middle: QPointF) -> None:
    """Draw the cross that shows where Enter puts a site; its middle is left open."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((theme.PAPER, 5.0), (theme.ALARM, 2.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            way = QPointF(right, down)
            painter.drawLine(middle + way * GAP_PX, middle + way * CROSS_PX)
    painter.restore()


def sketch(painter: QPainter, view: View, drawn: Sketch) -> None:
    """Draw what a tool is drawing: areas tinted, lines in white and accent, handles, and texts beside them."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tint = QColor(theme.ACCENT)
    tint.setAlpha(TINT)
    for rings in drawn.areas:
        path = QPainterPath()
        for ring in rings:
            path.addPolygon(_on_screen(view, ring))
            path.closeSubpath()
        painter.fillPath(path, tint)
        painter.strokePath(path, QPen(theme.ACCENT, 1.2, Qt.PenStyle.DashLine))
    outline = _on_screen(view, drawn.points)
    if drawn.closed and len(drawn.points) > 2:
        path = QPainterPath()
        path.addPolygon(outline)
        path.closeSubpath()
        painter.fillPath(path, tint)
        outline.append(outline.first())
    for line in drawn.lines:
        _stroke(painter, _on_screen(view, line), 1.4)
    _stroke(painter, outline, 2.0)
    if drawn.corners:
        painter.setPen(QPen(theme.ACCENT, 1.6))
        painter.setBrush(theme.PAPER)
        for corner in outline.toList():
            painter.drawEllipse(corner, HANDLE_PX, HANDLE_PX)
    for place, text in drawn.texts:
        _tag(painter, _on_screen(view, [place]).first(), text)
    painter.restore()


def _on_screen(view: View, points: Sequence[XY]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in view.world_to_screen(points).tolist()] if len(points) else [])


def _stroke(painter: QPainter, line: QPolygonF, width: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, by in ((theme.PAPER, 2.2 * width), (theme.ACCENT, width)):
        painter.setPen(QPen(colour, by, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(line)


def _tag(painter: QPainter, at: QPointF, text: str) -> None:
    """Write a short text on a paper ground, right above a pixel."""
    metrics = QFontMetricsF(painter.font())
    box = QRectF(
        at.x() + 10, at.y() - metrics.height() - 10, metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    )
    ground = QColor(theme.PAPER)
    ground.setAlpha(232)
    painter.setPen(QPen(theme.LINE, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(theme.INK)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
