"""Site symbols: outline by kind, colour and corner mark by status, drawn as vectors or from cached sprites."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtSvg import QSvgRenderer

from geo import resource
from layers import shapes
from layers.style import StatusStyle, Style

DOT, BADGE, FULL = "dot", "badge", "full"
"""How much of a symbol there is room for: a dot, the outline with its pictogram, or these with the status mark."""


@dataclass(frozen=True)
class Symbol:
    """What a site symbol shows; sprites are cached by it."""

    kind: str
    status: str
    form: str
    size: float


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
    _paint_outline(painter, style, status, kind.shape, half, x, y)
    side = symbol.size * 0.6
    drop = half * (0.1 if kind.shape == "pentagon" else 0)
    pictogram(kind.icon, status.ink.name()).render(painter, QRectF(x - side / 2, y - side / 2 + drop, side, side))
    if symbol.form == FULL:
        paint_mark(painter, style, status, x + half * 0.82, y + half * 0.78, symbol.size * 0.27)


def _paint_outline(
    painter: QPainter, style: Style, status: StatusStyle, shape: str, half: float, x: float, y: float
) -> None:
    path = QTransform(half, 0, 0, half, x, y).map(shapes.outline(shape))
    painter.strokePath(path, QPen(QColor(30, 30, 40, 70), 3.4))
    painter.strokePath(path, QPen(style.site.rim, 2.4))
    painter.fillPath(path, status.fill)
    painter.strokePath(path, QPen(status.fill.darker(135), 0.9))


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
    ink = _mark_ink(status.fill, style.site.rim)
    painter.setPen(QPen(ink, max(radius * 0.22, 0.9)))
    painter.setBrush(style.site.rim)
    painter.drawEllipse(QPointF(x, y), radius, radius)
    inner = radius * 0.78
    shape = QTransform(inner, 0, 0, inner, x, y).map(path)
    if filled:
        painter.fillPath(shape, ink)
    else:
        painter.strokePath(shape, shapes.pen(ink, max(radius * 0.34, 1.1)))


def _mark_ink(fill: QColor, ground: QColor) -> QColor:
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
            side = int(symbol.size * 1.5 * ratio + 6 * ratio) | 1
            image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(0)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter, self.style, symbol, side / ratio / 2, side / ratio / 2)
            painter.end()
            self._images[key] = image
        return self._images[key]
