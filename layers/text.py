"""Text on the map, drawn as outlines with a halo, so that it reads on any ground and needs no font in a file.

In a PDF, which carries its fonts, the letters over their halo are text that can be searched and copied.
"""

from functools import lru_cache

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from layers import fonts
from layers.device import is_pdf, is_raster, ratio, transparent
from layers.style import TextStyle

ROUGH = 0.03
"""How far, in ems, the outline under a halo may lie beside the letters."""

BOLD = 0.055
"""How much a bold outline is thickened, in ems; the font has no bold face of its own."""


def width(text: str, style: TextStyle) -> float:
    """Return the width of a text in pixels, letter spacing included."""
    return fonts.advance(text) * style.size + style.spacing * max(len(text) - 1, 0)


@lru_cache(maxsize=4000)
def _path(text: str, style: TextStyle) -> QPainterPath:
    scale = QTransform.fromScale(style.size / fonts.EM, style.size / fonts.EM)
    if not style.spacing:
        return scale.map(fonts.outline(text, style.italic))
    path = QPainterPath()
    x = -width(text, style) / 2
    for letter in text:
        advance = fonts.advance(letter) * style.size
        path.addPath(scale.map(fonts.outline(letter, style.italic)).translated(x + advance / 2, 0))
        x += advance + style.spacing
    return path


@lru_cache(maxsize=4000)
def _rough(text: str, style: TextStyle) -> QPainterPath:
    """Return the outline of a text in few points: a halo hides what is missing, and a file is half as large."""
    path = QPainterPath()
    for ring in _path(text, style).toSubpathPolygons():
        points = shapely.linestrings([(point.x(), point.y()) for point in ring.toList()])
        corners = shapely.get_coordinates(shapely.simplify(points, ROUGH * style.size)).tolist()
        path.addPolygon([QPointF(*corner) for corner in corners])
    return path


def _paint(painter: QPainter, text: str, style: TextStyle) -> None:
    path = _path(text, style)
    if style.halo_width:
        pen = QPen(QColor(style.halo), style.halo_width + (BOLD * style.size if style.bold else 0))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path if is_raster(painter) else _rough(text, style), pen)
    if style.bold:
        painter.strokePath(path, QPen(QColor(style.colour), BOLD * style.size))
    if is_pdf(painter):
        _write(painter, text, style)
    else:
        painter.fillPath(path, QColor(style.colour))


def _write(painter: QPainter, text: str, style: TextStyle) -> None:
    """Write the letters of a text, its middle at (0, 0), where its outline would be."""
    painter.save()
    painter.setFont(fonts.font())
    painter.setPen(QColor(style.colour))
    x = -width(text, style) / 2
    for part in text if style.spacing else (text,):
        painter.save()
        painter.translate(x, 0)
        painter.setTransform(fonts.slant(style.size / fonts.EM, style.italic), True)
        painter.drawText(QPointF(0, fonts.DROP * fonts.EM), part)
        painter.restore()
        x += fonts.advance(part) * style.size + style.spacing
    painter.restore()


@lru_cache(maxsize=6000)
def _sprite(text: str, style: TextStyle, angle: int, dots: float) -> QImage:
    pad = style.halo_width + 2
    wide, high = width(text, style) + 2 * pad + 0.3 * style.size, 1.3 * style.size + 2 * pad
    turned = QTransform().rotate(angle).mapRect(QRectF(0, 0, wide, high))
    size = int(turned.width() * dots) + 2, int(turned.height() * dots) + 2
    image = transparent(*size, dots)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(image.width() / dots / 2, image.height() / dots / 2)
    painter.rotate(angle)
    _paint(painter, text, style)
    painter.end()
    return image


def draw(painter: QPainter, text: str, style: TextStyle, x: float, y: float, angle: float = 0) -> None:
    """Draw a text with its middle at a pixel, turned clockwise by an angle in degrees."""
    if is_raster(painter):
        # Whole degrees, so that the same letter on the same street is drawn once and then copied.
        sprite = _sprite(text, style, round(angle), ratio(painter))
        size = sprite.deviceIndependentSize()
        painter.drawImage(QPointF(x - size.width() / 2, y - size.height() / 2), sprite)
        return
    painter.save()
    painter.translate(x, y)
    painter.rotate(angle)
    _paint(painter, text, style)
    painter.restore()


def draw_left(painter: QPainter, text: str, style: TextStyle, x: float, y: float) -> QRectF:
    """Draw a text that begins at x, its middle line at y; return the rectangle it covers."""
    wide = width(text, style)
    draw(painter, text, style, x + wide / 2, y)
    return QRectF(x, y - style.size * 0.65, wide, style.size * 1.3)
