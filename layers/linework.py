"""Very many thin lines at once: their points in one array, thinned out for the scale, and handed to Qt as one path.

Qt draws a path with a pen of at most one pixel segment by segment, as fast as it can. With a wider pen it would first
make the outline of all of it, which takes longer than drawing line by line.
"""

import struct
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QLineF
from PySide6.QtGui import QPainter, QPainterPath

from geo.projection import Points
from layers.view import View
from layers.zorder import Indices, spans

CHUNK = 1500
"""So many lines at a time take some milliseconds."""

COARSE = 0.7
"""Pixels: of points that follow one another within a square of this side, one is drawn."""

_ELEMENT = np.dtype([("type", ">i4"), ("x", ">f8"), ("y", ">f8")])
"""A point of a path as Qt writes it: 0 begins a line, 1 goes on."""


class Linework:
    """Lines in EPSG:3857 metres, to be drawn thin.

    Parameters
    ----------
    shapes
        Shapely lines; shape (n,).
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        counts = np.maximum(shapely.get_num_coordinates(shapes), 0) if len(shapes) else np.empty(0, dtype=np.intp)
        self._points: Points = shapely.get_coordinates(shapes) if len(shapes) else np.empty((0, 2))
        self._stops = np.cumsum(counts)
        self._starts = self._stops - counts

    def draw(self, painter: QPainter, view: View, lines: Indices, width: float) -> Iterator[None]:
        """Draw some lines in logical pixels of a view, yielding every few milliseconds.

        Parameters
        ----------
        painter
            Its pen is at most one device pixel wide.
        view
            What is shown.
        lines
            By position.
        width
            In device pixels, up to 2; wider than one they are drawn twice, side by side.
        """
        aside = max(width - 1, 0) / 2 / view.ratio
        for start in range(0, len(lines), CHUNK):
            points, begins = self._thinned(view, lines[start : start + CHUNK])
            if aside:
                across = _normals(points, begins) * aside
                painter.drawPath(_path_of(points - across, begins))
                yield
                painter.drawPath(_path_of(points + across, begins))
            else:
                painter.drawPath(_path_of(points, begins))
            yield

    def draw_stretches(self, painter: QPainter, view: View, lines: Indices) -> Iterator[None]:
        """Draw each stretch between two points for itself, with the painter's pen, which has no round ends.

        Qt fills such a line at once, while it makes the outline of a bent one first.
        """
        for start in range(0, len(lines), CHUNK // 3):
            points, begins = self._thinned(view, lines[start : start + CHUNK // 3])
            goes_on = np.flatnonzero(~begins)
            corners = np.hstack([points[goes_on - 1], points[goes_on]])
            painter.drawLines(list(map(QLineF, *corners.T.tolist())))
            yield

    def _thinned(self, view: View, lines: Indices) -> tuple[Points, NDArray[np.bool_]]:
        """Return the points of lines in logical pixels of a view, shape (n, 2), and which of them begin one."""
        starts, stops = self._starts[lines], self._stops[lines]
        points = self._points[spans(starts, stops)]
        begins = np.zeros(len(points), dtype=bool)
        counts = (stops - starts)[stops > starts]
        ends = np.cumsum(counts)
        begins[ends - counts] = True
        # On a grid that is fixed to the ground, so that lines do not tremble while the map is moved.
        places = np.floor(points / (COARSE * view.scale))
        kept = begins.copy()
        kept[1:] |= (places[1:] != places[:-1]).any(axis=1)
        kept[ends - 1] = True
        return view.world_to_screen(points[kept]), begins[kept]


def _normals(points: Points, begins: NDArray[np.bool_]) -> Points:
    """Return the directions to the side of lines at their points, of length 1, shape (n, 2)."""
    steps = np.diff(points, axis=0, append=points[-1:])
    last = np.roll(begins, -1)
    before = np.roll(steps, 1, axis=0)
    before[begins], steps[last] = 0, 0
    # At a bend midway between the two stretches.
    along = _unit(_unit(steps) + _unit(before))
    return np.column_stack([-along[:, 1], along[:, 0]])


def _unit(vectors: Points) -> Points:
    lengths = np.hypot(vectors[:, 0], vectors[:, 1])
    return vectors / np.maximum(lengths, 1e-9)[:, None]


def _path_of(points: Points, begins: NDArray[np.bool_]) -> QPainterPath:
    """Return points, shape (n, 2), as a path in which some begin a line."""
    # Through Qt's own format of files: made call by call, it takes ten times as long.
    elements = np.empty(len(points), dtype=_ELEMENT)
    elements["type"], elements["x"], elements["y"] = ~begins, points[:, 0], points[:, 1]
    path = QPainterPath()
    if len(points):
        written = struct.pack(">i", len(points)) + elements.tobytes() + struct.pack(">ii", 0, 0)
        QDataStream(QByteArray(written)) >> path
    return path
