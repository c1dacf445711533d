"""Outlines of site symbols and marks of statuses, drawn in a box from -1 to 1."""

from collections.abc import Callable
from functools import cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF, QTransform


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _regular(sides: int, radius: float, turn: float) -> QPainterPath:
    corners = [turn + 2 * pi * k / sides for k in range(sides)]
    return _polygon(*((radius * sin(a), -radius * cos(a)) for a in corners))


def _circle(radius: float = 1.0, x: float = 0, y: float = 0) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius, radius)
    return path


def _rounded(half: float, corner: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), corner, corner)
    return path


def _cross(arm: float, thick: float) -> QPainterPath:
    bars = _polygon((-arm, -thick), (arm, -thick), (arm, thick), (-arm, thick))
    return bars.united(QTransform().rotate(90).map(bars))


def _shield() -> QPainterPath:
    path = QPainterPath(QPointF(-0.88, -0.85))
    path.lineTo(0.88, -0.85)
    path.lineTo(0.88, 0.1)
    path.quadTo(0.8, 0.7, 0, 1.02)
    path.quadTo(-0.8, 0.7, -0.88, 0.1)
    path.closeSubpath()
    return path


def _star() -> QPainterPath:
    radii = (1.0, 0.42)
    return _polygon(*((radii[k % 2] * sin(pi * k / 5), -radii[k % 2] * cos(pi * k / 5)) for k in range(10)))


_OUTLINES: dict[str, Callable[[], QPainterPath]] = {
    "circle": lambda: _circle(0.98),
    "square": lambda: _rounded(0.88, 0.3),
    # A square on its corner with rounded ones, large enough for its pictogram.
    "diamond": lambda: QTransform().rotate(45).map(_rounded(0.8, 0.26)),
    "hexagon": lambda: _regular(6, 1.04, 0),
    "pentagon": lambda: _regular(5, 1.08, 0).translated(0, 0.06),
    "octagon": lambda: _regular(8, 1.02, pi / 8),
    "shield": _shield,
    "triangle": lambda: _polygon((0, -1.05), (1.05, 0.85), (-1.05, 0.85)),
    "star": _star,
    "cross": lambda: QTransform().rotate(45).map(_cross(1.05, 0.38)),
}


@cache
def outline(name: str) -> QPainterPath:
    """Return a closed outline by its name, about 2 wide and high around (0, 0); KeyError if there is none."""
    return _OUTLINES[name]()


def _tick() -> QPainterPath:
    path = QPainterPath(QPointF(-0.55, 0.05))
    path.lineTo(-0.15, 0.45)
    path.lineTo(0.6, -0.42)
    return path


def _clock() -> QPainterPath:
    path = QPainterPath(QPointF(0, -0.62))
    path.lineTo(0, 0.08)
    path.lineTo(0.48, 0.34)
    return path


def _bang(x: float) -> QPainterPath:
    path = QPainterPath(QPointF(x, -0.62))
    path.lineTo(x, 0.14)
    path.moveTo(x, 0.58)
    path.lineTo(x, 0.6)
    return path


def _bangs() -> QPainterPath:
    path = _bang(-0.32)
    path.addPath(_bang(0.32))
    return path


def _flag() -> QPainterPath:
    path = QPainterPath(QPointF(-0.35, 0.7))
    path.lineTo(-0.35, -0.6)
    path.lineTo(0.5, -0.25)
    path.lineTo(-0.35, 0.1)
    return path


def _bar() -> QPainterPath:
    path = QPainterPath(QPointF(-0.5, -0.5))
    path.lineTo(0.5, 0.5)
    path.moveTo(0.5, -0.5)
    path.lineTo(-0.5, 0.5)
    return path


def _dash() -> QPainterPath:
    path = QPainterPath(QPointF(-0.55, 0))
    path.lineTo(0.55, 0)
    return path


_MARKS: dict[str, tuple[Callable[[], QPainterPath], bool]] = {
    "tick": (_tick, False),
    "clock": (_clock, False),
    "bang": (lambda: _bang(0), False),
    "bangs": (_bangs, False),
    "bar": (_bar, False),
    "flag": (_flag, False),
    "dash": (_dash, False),
    "play": (lambda: _polygon((-0.35, -0.55), (0.6, 0), (-0.35, 0.55)), True),
    "dot": (lambda: _circle(0.42), True),
}


@cache
def mark(name: str) -> tuple[QPainterPath, bool] | None:
    """Return the path of a mark and whether it is filled (else stroked); None for ``none``."""
    if name == "none":
        return None
    path, filled = _MARKS[name]
    return path(), filled


def pen(colour: QColor, width: float) -> QPen:
    """Return a solid pen with round caps and joins."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
