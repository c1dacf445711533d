"""What a point drawn on the map snaps to: corners and edges of streets, areas, closures and subdistricts.

Only what lies around the mouse is looked at, found by trees over the geometries as they are stored, in degrees; a tree
is made once for each state of a table, off the window's thread.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.projection import Points, to_lonlat, to_mercator
from geo.store.tables import Tables

SOURCES = ("streets", "areas", "closures", "subdistricts")
"""The tables whose shapes are snapped to; where several are equally near the first one counts."""

MOST = 400
"""With more shapes than this around the mouse the map is too small to mean one of them."""

Kind = Literal["site", "corner", "edge"]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Snap:
    """Where a point goes: a place in EPSG:3857 metres, what is there, and of which table."""

    xy: tuple[float, float]
    kind: Kind
    table: str


@dataclass(frozen=True)
class _Source:
    stored: Any
    ids: Any
    tree: shapely.STRtree


class SnapIndex:
    """Find corners and edges near a place.

    Parameters
    ----------
    tables
        The project as it stands.
    before
        The index of an earlier state, whose trees are kept for the tables that have not changed since.
    """

    def __init__(self, tables: Tables, before: "SnapIndex | None" = None) -> None:
        self._sources: dict[str, _Source] = {}
        for name in SOURCES:
            frame = tables.frame(name)
            kept = before._sources.get(name) if before is not None else None
            if kept is None or kept.stored is not frame:
                tree = shapely.STRtree(np.array(frame["geometry"].array, dtype=object))
                # The first question builds the tree: asked here, where nobody waits for it.
                tree.query(shapely.Point(0.0, 0.0))
                kept = _Source(frame, frame.index, tree)
            self._sources[name] = kept

    def near(self, xy: tuple[float, float], reach: float, without: tuple[str, str] = ("", "")) -> Snap | None:
        """Return what a place snaps to, a corner before an edge; None if nothing is near.

        Parameters
        ----------
        xy
            The place in EPSG:3857 metres.
        reach
            How far to look, in the same metres.
        without
            Table and id of a shape that does not count, for it is the one being changed.
        """
        x, y = xy
        west, south, east, north = to_lonlat([(x - reach, y - reach), (x + reach, y + reach)]).ravel().tolist()
        box = west, south, east, north
        found = [(name, self._around(name, box, without)) for name in SOURCES]
        if sum(len(shapes) for _, shapes in found) > MOST:
            return None
        corners: list[tuple[float, Snap]] = []
        edges: list[tuple[float, Snap]] = []
        for name, shapes in found:
            starts, ends = _segments(shapes, box)
            if len(starts):
                away, place = _nearest(np.concatenate([starts, ends]), xy)
                corners.append((away, Snap(place, "corner", name)))
                away, place = _nearest(_feet(starts, ends, xy), xy)
                edges.append((away, Snap(place, "edge", name)))
        for some in (corners, edges):
            away, snap = min(some, key=lambda one: one[0], default=(np.inf, None))
            if away <= reach:
                return snap
        return None

    def holding(self, table: str, lonlat: tuple[float, float]) -> str:
        """Return the id of the smallest shape of a table that holds a place in degrees; empty if none does."""
        source = self._sources[table]
        found = source.tree.query(shapely.Point(lonlat), predicate="intersects")
        if not len(found):
            return ""
        return str(source.ids[found[int(np.argmin(shapely.area(source.tree.geometries[found])))]])

    def _around(self, name: str, box: tuple[float, float, float, float], without: tuple[str, str]) -> Shapes:
        source = self._sources[name]
        found = source.tree.query(shapely.box(*box))
        if name == without[0]:
            found = found[np.asarray(source.ids[found] != without[1], dtype=np.bool_)]
        return np.asarray(source.tree.geometries[found], dtype=object)


def _segments(shapes: Shapes, box: tuple[float, float, float, float]) -> tuple[Points, Points]:
    """Return both ends, each shape (n, 2), in EPSG:3857 metres, of the segments of shapes that reach into a box."""
    parts = shapely.get_parts(shapes)
    lines = np.concatenate([parts[shapely.get_dimensions(parts) == 1], shapely.get_rings(parts)])
    at, line = shapely.get_coordinates(lines, return_index=True)
    start, end = at[:-1], at[1:]
    west, south, east, north = box
    inside = (
        (line[:-1] == line[1:])
        & (np.maximum(start[:, 0], end[:, 0]) >= west)
        & (np.minimum(start[:, 0], end[:, 0]) <= east)
        & (np.maximum(start[:, 1], end[:, 1]) >= south)
        & (np.minimum(start[:, 1], end[:, 1]) <= north)
    )
    return to_mercator(start[inside]), to_mercator(end[inside])


def _feet(starts: Points, ends: Points, xy: tuple[float, float]) -> Points:
    """Return the place on each segment that is nearest to a place, shape (n, 2)."""
    way = ends - starts
    square = (way**2).sum(axis=1)
    share = ((np.array(xy) - starts) * way).sum(axis=1) / np.where(square > 0, square, 1.0)
    return np.asarray(starts + np.clip(share, 0.0, 1.0)[:, None] * way, dtype=np.float64)


def _nearest(places: Points, xy: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    away = np.hypot(*(places - np.array(xy)).T)
    first = int(np.argmin(away))
    x, y = places[first].tolist()
    return float(away[first]), (x, y)
