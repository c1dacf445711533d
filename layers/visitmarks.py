"""Marks of what became of a planned stop on its day, told apart by their shape alone."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QTransform

from layers import shapes

MARKS = {"done": "tick", "in_progress": "play", "no_access": "bar", "cancelled": "dash"}
"""The mark of each state of an inspection after which a stop is no longer only planned."""


def paint(painter: QPainter, state: str, middle: QPointF, radius: float, ink: QColor, paper: QColor) -> None:
    """Draw the mark of a state on a small disc, in pixels; nothing for a state without one."""
    mark = shapes.mark(MARKS.get(state, "none"))
    if mark is None:
        return
    path, filled = mark
    painter.setPen(shapes.pen(ink, max(radius * 0.16, 0.8)))
    painter.setBrush(paper)
    painter.drawEllipse(middle, radius, radius)
    drawn = QTransform(radius, 0, 0, radius, middle.x(), middle.y()).map(path)
    if filled:
        painter.fillPath(drawn, ink)
    else:
        painter.strokePath(drawn, shapes.pen(ink, max(radius * 0.32, 1.2)))
