"""What stands on a map beside the map: scale bar, north arrow, attribution, title and legend."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from geo.projection import east_metres, to_lonlat
from layers import text
from layers.layer import LegendEntry
from layers.style import Style, TextStyle
from layers.view import View

ROW = 23.0
HEADING = 1.35
"""Rows that a heading takes."""


def round_length(metres: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, 50 ... metres that is not longer than a length."""
    power = 1.0
    while power * 10 <= metres:
        power *= 10
    while power > metres:
        power /= 10
    return next(factor * power for factor in (5, 2, 1) if factor * power <= metres)


def metres_per_pixel(view: View) -> float:
    """Return the metres on the ground, from west to east, of a logical pixel in the middle of a view."""
    return view.scale * east_metres(float(to_lonlat([[view.x, view.y]])[0, 1]))


def scale_bar(painter: QPainter, view: View, style: Style, x: float, y: float, widest: float = 150) -> QRectF:
    """Draw a scale bar whose lower left corner is at a pixel; return what it covers."""
    ground = metres_per_pixel(view)
    metres = round_length(widest * ground)
    length = metres / ground
    label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    lettering = style.texts["furniture"]
    painter.setPen(QPen(QColor(lettering.halo), 5))
    painter.drawLine(QPointF(x, y - 3), QPointF(x + length, y - 3))
    for k in range(4):
        box = QRectF(x + k * length / 4, y - 5, length / 4, 4)
        painter.setPen(QPen(style.ink, 0.9))
        painter.setBrush(style.ink if k % 2 == 0 else style.paper)
        painter.drawRect(box)
    text.draw(painter, "0", lettering, x + 3, y - 14)
    text.draw(painter, label, lettering, x + length - text.width(label, lettering) / 2 + 6, y - 14)
    return QRectF(x, y - 22, length, 22)


def north_arrow(painter: QPainter, style: Style, x: float, y: float, size: float = 40) -> None:
    """Draw an arrow to the north with its middle at a pixel."""
    half = size / 2
    for side, fill in ((-1, style.ink), (1, style.paper)):
        path = QPainterPath(QPointF(x, y - half * 0.55))
        path.lineTo(x + side * half * 0.5, y + half)
        path.lineTo(x, y + half * 0.62)
        path.closeSubpath()
        painter.fillPath(path, fill)
        painter.strokePath(path, QPen(style.ink, 1))
    text.draw(
        painter, "N", TextStyle(size * 0.32, style.ink.name(), style.paper.name(), 2, bold=True), x, y - half * 0.85
    )


def attribution(painter: QPainter, words: str, style: Style, right: float, bottom: float) -> None:
    """Draw who made the data, its lower right corner at a pixel."""
    if words:
        lettering = style.texts["attribution"]
        text.draw(painter, words, lettering, right - text.width(words, lettering) / 2 - 6, bottom - lettering.size)


Groups = Sequence[tuple[str, Sequence[LegendEntry]]]


def legend_size(groups: Groups, style: Style) -> tuple[float, float]:
    """Return the width and height that a legend takes in pixels."""
    lettering = style.texts["furniture"]
    names = [entry.text for _, entries in groups for entry in entries] + [title for title, _ in groups]
    return max((text.width(name, lettering) for name in names), default=0) + 52, ROW * _rows(groups) + 10


def _rows(groups: Groups) -> float:
    return sum(len(entries) + HEADING for _, entries in groups)


def legend(painter: QPainter, groups: Groups, style: Style, x: float, y: float, highest: float) -> None:
    """Draw a legend with its upper left corner at a pixel, its rows closer where it would be higher than allowed."""
    row = min(ROW, (highest - 10) / max(_rows(groups), 1))
    lettering = style.texts["furniture"]
    heading = replace(lettering, bold=True)
    for title, entries in groups:
        text.draw_left(painter, title, heading, x, y + row * 0.55)
        y += row * HEADING
        for entry in entries:
            painter.save()
            entry.swatch(painter, QRectF(x, y - row * 0.05, 26, row * 0.92))
            painter.restore()
            text.draw_left(painter, entry.text, lettering, x + 36, y + row * 0.42)
            y += row
