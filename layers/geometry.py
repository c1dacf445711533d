"""Geometries of a table in EPSG:3857, found by place, and as Qt polygons that are simplified once per zoom step."""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform
from shiboken6 import VoidPtr

from geo.projection import Points, to_mercator
from layers import zorder
from layers.view import Bounds, View

Indices = NDArray[np.intp]
Shapes = NDArray[np.object_]


STEPS_KEPT, MOST_KEPT = 3, 60_000
"""For so many zoom steps so many Qt polygons are kept at most: about 300 bytes each."""


def polygon_of(xy: Points) -> QPolygonF:
    """Return the points of an array, shape (n, 2), as a Qt polygon."""
    polygon = QPolygonF()
    polygon.resize(len(xy))
    if len(xy):
        # Writing through the buffer is some fifty times faster than making QPointF objects.
        memory = cast("Any", VoidPtr)(polygon.data(), len(xy) * 16, True)
        buffer = np.frombuffer(memory, dtype=np.float64)
        buffer.reshape(-1, 2)[:] = xy
    return polygon


def path_of(area: shapely.Geometry) -> QPainterPath:
    """Return an area, its parts and holes, as a Qt path."""
    path = QPainterPath()
    for part in shapely.get_parts(area):
        for ring in shapely.get_rings(part):
            path.addPolygon(polygon_of(shapely.get_coordinates(ring)))
            path.closeSubpath()
    return path


class Places:
    """Where shapes lie, to find those in a box; a few that have changed since are looked at one by one.

    Parameters
    ----------
    shapes
        Missing ones are never found.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._tree = shapely.STRtree(shapes)
        self._late: Indices = np.empty(0, dtype=np.intp)

    def replaced(self, positions: Indices) -> "Places":
        """Return the places after the shapes at some positions have changed, or were added."""
        other = copy(self)
        other._late = np.union1d(self._late, positions)
        return other

    @property
    def late(self) -> int:
        """Return how many shapes have changed, each of which makes finding a little slower."""
        return len(self._late)

    def query(self, bounds: Bounds, shapes: Shapes) -> Indices:
        """Return the positions of those of the shapes, as they are now, that come near a box."""
        box = shapely.box(*bounds)
        found = self._tree.query(box)
        if not len(self._late):
            return found
        late = self._late[shapely.intersects(shapes[self._late], box)]
        return np.concatenate([found[~np.isin(found, self._late)], late])


class Geometry:
    """Geometries of one table, in EPSG:3857.

    Parameters
    ----------
    lonlat
        Shapely geometries in degrees; missing ones are never found.
    """

    def __init__(self, lonlat: Sequence[shapely.Geometry] | NDArray[np.object_]) -> None:
        given = np.array(lonlat, dtype=object)
        self.shapes: NDArray[np.object_] = shapely.transform(given, to_mercator) if len(given) else given
        self._places = Places(self.shapes)
        self._paths: dict[int, dict[int, QPainterPath]] = {}
        self._lines: dict[int, dict[int, QPolygonF]] = {}
        # Qt polygons are kept relative to a point nearby, so that no digit is lost in single precision paths.
        bounds = self.bounds()
        self.origin = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2) if bounds else (0.0, 0.0)

    def __len__(self) -> int:
        return len(self.shapes)

    def bounds(self) -> Bounds | None:
        """Return what the geometries cover; None if there are none."""
        box = shapely.total_bounds(self.shapes) if len(self.shapes) else np.full(4, np.nan)
        return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))

    def visible(self, view: View, margin: float = 30) -> Indices:
        """Return the positions, in order, of geometries near what the view shows."""
        left, bottom, right, top = view.bounds
        by = margin * view.scale
        return np.sort(self._places.query((left - by, bottom - by, right + by, top + by), self.shapes))

    def mended(self, positions: Indices, lonlat: Shapes) -> "Geometry":
        """Return the geometries with others, in degrees, at some positions; those after the last are added."""
        other = copy(self)
        other.shapes = with_others(self.shapes, positions, shapely.transform(lonlat, to_mercator))
        other._places = self._places.replaced(positions)
        other._paths, other._lines = {}, {}
        return other

    @property
    def late(self) -> int:
        """Return how many geometries were mended."""
        return self._places.late

    def transform(self, view: View) -> QTransform:
        """Return the transformation from the polygons of this source to logical pixels."""
        to_screen = QTransform(1 / view.scale, 0, 0, -1 / view.scale, view.width / 2, view.height / 2)
        return to_screen.translate(self.origin[0] - view.x, self.origin[1] - view.y)

    def line(self, index: int, step: int) -> QPolygonF:
        """Return a line, relative to the origin, simplified for a zoom step."""
        made = _made(self._lines, step)
        if index not in made:
            made[index] = polygon_of(shapely.get_coordinates(self._simple(index, step)) - self.origin)
        return made[index]

    def path(self, index: int, step: int) -> QPainterPath:
        """Return an area, holes and all, relative to the origin, simplified for a zoom step."""
        made = _made(self._paths, step)
        if index not in made:
            shape = self._simple(index, step)
            made[index] = path_of(shapely.transform(shape, lambda xy: xy - self.origin))
        return made[index]

    def _simple(self, index: int, step: int) -> shapely.Geometry:
        shape: shapely.Geometry = self.shapes[index]
        return shape if shapely.get_num_coordinates(shape) < 4 else shapely.simplify(shape, 0.3 * 2.0**step)

    def middle(self, index: int) -> tuple[float, float]:
        """Return a point well inside an area, for its name; not numbers where there is no area."""
        if shapely.is_missing(self.shapes[index]) or shapely.is_empty(self.shapes[index]):
            return float("nan"), float("nan")
        part = max(shapely.get_parts(self.shapes[index]), key=shapely.area)
        point = shapely.get_coordinates(shapely.maximum_inscribed_circle(part, tolerance=20))[0]
        return float(point[0]), float(point[1])


def start_codes(lines: Shapes, to_xy: Callable[[Points], Points]) -> zorder.Codes:
    """Return the codes of where lines begin, 0 for those that do nowhere; `to_xy` makes EPSG:3857 of their points."""
    codes = np.zeros(len(lines), dtype=np.uint64)
    points, owner = shapely.get_coordinates(np.asarray(lines, dtype=object), return_index=True)
    owners, first = np.unique(owner, return_index=True)
    codes[owners] = zorder.codes_of(to_xy(points[first]))
    return codes


def with_others[Value: np.generic](
    values: NDArray[Value], positions: Indices, others: NDArray[Value]
) -> NDArray[Value]:
    """Return a copy of an array with other values at some positions; those after the last are added."""
    longer = np.concatenate([values, np.empty(max(int(positions.max(initial=-1)) + 1 - len(values), 0), values.dtype)])
    longer[positions] = others
    return longer


def _made[Made](by_step: dict[int, dict[int, Made]], step: int) -> dict[int, Made]:
    """Return what was made for a zoom step, after forgetting what is too much to keep."""
    if step not in by_step:
        for older in list(by_step)[: 1 - STEPS_KEPT]:
            del by_step[older]
        by_step[step] = {}
    made = by_step[step]
    if len(made) >= MOST_KEPT:
        made.clear()
    return made
