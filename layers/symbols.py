"""Site symbols: outline by kind, colour and corner mark by status, ring by risk; as vectors or from cached sprites."""

from dataclasses import dataclass
from functools import lru_cache
from math import pi

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtSvg import QSvgRenderer

from geo import resource
from layers import shapes
from layers.device import transparent
from layers.style import RiskStyle, StatusStyle, Style

DOT, BADGE, FULL = "dot", "badge", "full"
"""How much of a symbol there is room for: a dot, or the outline with pictogram and status mark, small or full."""

LEAST_MARK = 4.4
"""Radius in pixels of the mark of a status on a small symbol; a smaller one cannot be read."""

PLANNED_MARK = "flag"
"""The one mark that a small symbol does not have: the number of the stop stands on it and says the same."""

RIM_PX, SMALL_RIM_PX = 2.8, 2.2
"""From the outline of a full or small symbol to the middle of its risk ring, which leaves a light gap between them."""


@dataclass(frozen=True)
class Symbol:
    """What a site symbol shows; sprites are cached by it."""

    kind: str
    status: str
    form: str
    size: float
    risk: str = "low"


def reach(style: Style, symbol: Symbol) -> float:
    """Return how far a symbol reaches from its middle, its risk ring included, in pixels."""
    risk = _risk(style, symbol)
    return symbol.size / 2 if risk is None else ring_radius(symbol) + risk.width / 2


def ring_radius(symbol: Symbol) -> float:
    """Return the radius of the risk ring around a symbol, in pixels."""
    return symbol.size / 2 + (RIM_PX if symbol.form == FULL else SMALL_RIM_PX)


def _risk(style: Style, symbol: Symbol) -> RiskStyle | None:
    """Return the look of the ring around a symbol; None around a dot and where the risk is low."""
    return None if symbol.form == DOT else style.risk.get(symbol.risk)


@lru_cache(maxsize=256)
def pictogram(icon: str, ink: str) -> QSvgRenderer:
    """Return a kind's pictogram in an ink colour such as ``#ffffff``."""
    svg = resource.path(f"icons/kinds/{icon}.svg").read_text("utf-8").replace("#000000", ink)
    return QSvgRenderer(QByteArray(svg.encode()))


def paint(painter: QPainter, style: Style, symbol: Symbol, x: float, y: float) -> None:
    """Draw a site symbol as vectors with its middle at a pixel."""
    status = style.status[symbol.status]
    if symbol.form == DOT:
        _paint_dot(painter, style, status, symbol.size, x, y)
        return
    kind = style.kind(symbol.kind)
    half = symbol.size / 2
    if (risk := _risk(style, symbol)) is not None:
        _paint_ring(painter, style, ring_radius(symbol), risk, QPointF(x, y))
    _paint_outline(painter, style, status, kind.shape, half, x, y)
    side = symbol.size * 0.6
    drop = half * (0.1 if kind.shape == "pentagon" else 0)
    pictogram(kind.icon, status.ink.name()).render(painter, QRectF(x - side / 2, y - side / 2 + drop, side, side))
    if symbol.form == BADGE and status.mark == PLANNED_MARK:
        return
    radius = max(symbol.size * 0.27, LEAST_MARK)
    paint_mark(painter, style, status, x + half * 0.85, y + half * 0.8, radius)


def _paint_outline(
    painter: QPainter, style: Style, status: StatusStyle, shape: str, half: float, x: float, y: float
) -> None:
    path = QTransform(half, 0, 0, half, x, y).map(shapes.outline(shape))
    painter.strokePath(path, QPen(QColor(30, 30, 40, 70), 3.4))
    painter.strokePath(path, QPen(style.site.rim, 2.4))
    painter.fillPath(path, status.fill)
    painter.strokePath(path, QPen(status.fill.darker(135), 0.9))


def _paint_ring(painter: QPainter, style: Style, radius: float, risk: RiskStyle, middle: QPointF) -> None:
    painter.setBrush(style.site.rim)
    painter.setPen(QPen(style.site.rim, risk.width + 2.2))
    painter.drawEllipse(middle, radius, radius)
    pen = QPen(risk.line, risk.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if risk.dash:
        # As many whole dashes as fit, so that the ring closes; Qt counts them in widths of the pen.
        whole = 2 * pi * radius / round(2 * pi * radius / sum(risk.dash)) / sum(risk.dash)
        pen.setDashPattern([length * whole / risk.width for length in risk.dash])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, radius, radius)


def _paint_dot(painter: QPainter, style: Style, status: StatusStyle, size: float, x: float, y: float) -> None:
    half = size / 2
    path = QTransform(half, 0, 0, half, x, y).map(shapes.outline(status.dot))
    painter.strokePath(path, QPen(style.site.rim, 2.2))
    painter.fillPath(path, status.fill)
    painter.strokePath(path, QPen(status.fill.darker(150), 0.8))


def paint_mark(painter: QPainter, style: Style, status: StatusStyle, x: float, y: float, radius: float) -> None:
    """Draw the mark of a status on a small disc; nothing for a status without a mark."""
    mark = shapes.mark(status.mark)
    if mark is None:
        return
    path, filled = mark
    ink = mark_ink(status.fill, style.site.rim)
    painter.setPen(QPen(ink, max(radius * 0.22, 0.9)))
    painter.setBrush(style.site.rim)
    painter.drawEllipse(QPointF(x, y), radius, radius)
    inner = radius * 0.78
    shape = QTransform(inner, 0, 0, inner, x, y).map(path)
    if filled:
        painter.fillPath(shape, ink)
    else:
        painter.strokePath(shape, shapes.pen(ink, max(radius * 0.34, 1.1)))


def mark_ink(fill: QColor, ground: QColor) -> QColor:
    """Return the colour of a status's mark on a ground: its fill, made so dark or light that it is read there."""
    if ground.lightness() < 128:
        return fill.lighter(160) if fill.lightness() < 128 else fill
    dark = fill.darker(150)
    return dark if dark.lightness() < 80 else dark.darker(140)


class Sprites:
    """Site symbols as images for one style, each drawn once."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._images: dict[tuple[Symbol, float], QImage] = {}

    def image(self, symbol: Symbol, ratio: float) -> QImage:
        """Return a symbol as an image whose middle is the site."""
        key = (symbol, ratio)
        if key not in self._images:
            # Odd, so that the middle is the middle of a pixel.
            side = int(max(symbol.size * 1.5 + 6, 2 * reach(self.style, symbol) + 6) * ratio) | 1
            image = transparent(side, side, ratio)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter, self.style, symbol, side / ratio / 2, side / ratio / 2)
            painter.end()
            self._images[key] = image
        return self._images[key]
