"""Very many lines at once: their points in two arrays, thinned out for the scale, and handed to Qt stretch by stretch.

Qt fills a stretch between two points at once, whatever its width, while it makes the outline of a bent line first, and
that of many lines in one path takes longer than drawing them one by one. Where lines are broad, their ends and bends
are rounded with discs.
"""

from collections.abc import Iterator
from copy import copy
from functools import cache
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

from geo.projection import Points
from layers.geometry import with_others
from layers.joints import paint_joints
from layers.view import View
from layers.zorder import Indices, spans

CHUNK = 700
"""So many lines at a time take some milliseconds."""

COARSE = 0.7
"""Pixels: of points that follow one another within a square of this side, one is drawn."""

AT_ONCE = 2048
"""So many stretches are handed to Qt at a time."""

STRAIGHT = 0.995
"""The cosine of the angle by which a line may turn at a point and need no disc there."""


@cache
def _lent() -> tuple[NDArray[np.float64], list[QLineF]]:
    """Return an array, shape (n, 4), and the same memory as lines of Qt.

    To make the lines anew each time takes as long as it takes Qt to draw them.
    """
    ends = np.zeros((AT_ONCE, 4))
    first, wide = ends.ctypes.data, ends.strides[0]
    return ends, [cast("QLineF", Shiboken.wrapInstance(first + wide * row, QLineF)) for row in range(AT_ONCE)]


class Linework:
    """Lines in EPSG:3857 metres.

    Parameters
    ----------
    shapes
        Shapely lines; shape (n,).
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        counts = np.maximum(shapely.get_num_coordinates(shapes), 0) if len(shapes) else np.empty(0, dtype=np.intp)
        points = shapely.get_coordinates(shapes) if len(shapes) else np.empty((0, 2))
        self._x, self._y = (np.ascontiguousarray(points[:, axis]) for axis in (0, 1))
        self._stops = np.cumsum(counts)
        self._starts = self._stops - counts

    def mended(self, positions: Indices, shapes: NDArray[np.object_]) -> "Linework":
        """Return the lines with others at some positions; those after the last are added."""
        new, other = Linework(shapes), copy(self)
        other._x, other._y = np.concatenate([self._x, new._x]), np.concatenate([self._y, new._y])
        other._starts = with_others(self._starts, positions, new._starts + len(self._x))
        other._stops = with_others(self._stops, positions, new._stops + len(self._x))
        return other

    def thinned(self, view: View, lines: Indices) -> tuple[Points, NDArray[np.bool_]]:
        """Return the points of lines in logical pixels of a view, shape (n, 2), and which of them begin one."""
        starts, stops = self._starts[lines], self._stops[lines]
        counts = (stops - starts)[stops > starts]
        at = spans(starts, stops)
        ends = np.cumsum(counts)
        x, y = self._x[at], self._y[at]
        begins = np.zeros(len(at), dtype=bool)
        begins[ends - counts] = True
        if len(at) > 2 * len(lines):
            # On a grid that is fixed to the ground, so that lines do not tremble while the map is moved.
            fine = 1 / (COARSE * view.scale)
            column, row = np.floor(x * fine), np.floor(y * fine)
            kept = begins.copy()
            kept[1:] |= (column[1:] != column[:-1]) | (row[1:] != row[:-1])
            kept[ends - 1] = True
            x, y, begins = x[kept], y[kept], begins[kept]
        points = np.empty((len(x), 2))
        points[:, 0] = (x - view.x) / view.scale + view.width / 2
        points[:, 1] = (view.y - y) / view.scale + view.height / 2
        return points, begins


class Strokes:
    """Some lines in a view, to be drawn with one pen after the other.

    Parameters
    ----------
    work
        All lines.
    view
        What is shown.
    lines
        By position.
    """

    def __init__(self, work: Linework, view: View, lines: Indices) -> None:
        self._work, self._view, self._lines = work, view, lines
        self._made: list[tuple[Points, NDArray[np.bool_]]] = []

    def draw(self, painter: QPainter, *, is_round: bool = False) -> Iterator[None]:
        """Draw the lines with the painter's pen, which is solid and has no round ends, yielding every few milliseconds.

        Parameters
        ----------
        painter
            It paints pixels.
        is_round
            Whether discs are put on ends and bends.
        """
        ends, lent = _lent()
        for points, begins in self._parts():
            goes_on = np.flatnonzero(~begins)
            for start in range(0, len(goes_on), AT_ONCE):
                part = goes_on[start : start + AT_ONCE]
                ends[: len(part), :2] = points[part - 1]
                ends[: len(part), 2:] = points[part]
                painter.drawLines(lent[: len(part)])
                yield
            if is_round:
                paint_joints(painter, points[_turns(points, begins)])
                yield

    def _parts(self) -> Iterator[tuple[Points, NDArray[np.bool_]]]:
        for number, start in enumerate(range(0, len(self._lines), CHUNK)):
            if number == len(self._made):
                self._made.append(self._work.thinned(self._view, self._lines[start : start + CHUNK]))
            yield self._made[number]


def _turns(points: Points, begins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return at which of the points of lines, shape (n, 2), a line begins, ends or turns."""
    turns = np.ones(len(points), dtype=bool)
    steps = np.diff(points, axis=0)
    steps /= np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None]
    turns[1:-1] = (steps[:-1] * steps[1:]).sum(axis=1) < STRAIGHT
    turns |= begins
    turns[:-1] |= begins[1:]
    return turns
