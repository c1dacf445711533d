"""Which sites lie in an area, within a distance of something, or next to others; distances are metres on the ground."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod, Proj
from shapely.geometry.base import BaseGeometry

from geo.projection import Points, to_lonlat, to_mercator

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

GEOD = Geod(ellps="WGS84")

ROUND = 180
"""Corners of a circle: its edge is then nowhere more than 0.016 % of the radius off."""

QUARTER = 32
"""Corners of a quarter turn at the end of a corridor: nowhere more than 0.031 % of the distance off."""


def circle(centre: ArrayLike, metres: float) -> Points:
    """Return the ring, in EPSG:3857, of the places so many metres on the ground from one, also in EPSG:3857.

    The distances are geodesics on WGS-84 (Karney 2013, as PROJ has them), so the ring is no exact circle on the map.
    """
    (lon, lat), headings = to_lonlat(centre)[0].tolist(), np.linspace(0, 360, ROUND, endpoint=False)
    same = np.ones(ROUND)
    east, north, _ = GEOD.fwd(lon * same, lat * same, headings, metres * same)
    return to_mercator(np.stack([east, north], axis=1))


def metres_between(one: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """Return the metres on the ground between places in EPSG:3857, pair by pair, shape (n,)."""
    start, end = to_lonlat(one), to_lonlat(other)
    return np.asarray(GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2], dtype=np.float64)


def corridor(lines: Sequence[ArrayLike], metres: float) -> BaseGeometry:
    """Return the area, in EPSG:3857, within so many metres on the ground of some lines, also in EPSG:3857.

    It is measured on a transverse Mercator plane through the middle of the lines, which within 50 km of there is true
    to 0.003 %. A line of one point gives a circle; of no lines the area is empty.
    """
    given = [to_lonlat(line) for line in lines if len(np.asarray(line))]
    if not given:
        return shapely.Polygon()
    middle = np.concatenate(given).mean(axis=0)
    lon, lat = middle.tolist()
    plane = Proj(proj="tmerc", lat_0=lat, lon_0=lon, ellps="WGS84")
    flat = [np.stack(plane(line[:, 0], line[:, 1]), axis=1) for line in given]
    shapes = [shapely.LineString(line) if len(line) > 1 else shapely.Point(line[0]) for line in flat]
    wide = shapely.union_all(shapely.buffer(shapes, metres, quad_segs=QUARTER))

    def back(xy: Points) -> Points:
        return to_mercator(np.stack(plane(xy[:, 0], xy[:, 1], inverse=True), axis=1))

    # Long straight edges of the plane are bent on the map; with points between, by nothing to be seen.
    return shapely.transform(shapely.segmentize(wide, max(metres, 500.0)), back)


def inside(xy: Points, area: BaseGeometry) -> Mask:
    """Return which places lie inside an area or on its edge, all in EPSG:3857.

    Parameters
    ----------
    xy
        Shape (n, 2); not numbers for what has no place, which lies nowhere.
    area
        A polygon or several; one that crosses itself, as a lasso may, holds what it goes around.
    """
    found = np.zeros(len(xy), dtype=np.bool_)
    area = area if area.is_valid else shapely.make_valid(area)
    if area.is_empty:
        return found
    left, bottom, right, top = area.bounds
    x, y = xy[:, 0], xy[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    shapely.prepare(area)
    found[near] = shapely.intersects_xy(area, x[near], y[near])
    return found


def within_distance(xy: Points, chosen: Mask, metres: float) -> Mask:
    """Return which places lie within so many metres on the ground of a chosen one, themselves among them.

    Parameters
    ----------
    xy
        In EPSG:3857, shape (n, 2); not numbers for what has no place.
    chosen
        Which of them are chosen, shape (n,).
    metres
        The distance.
    """
    found = chosen.copy()
    placed = np.isfinite(xy).all(axis=1)
    start = np.flatnonzero(chosen & placed)
    if not len(start):
        return found
    reach = _widest(xy[start], metres)
    near = _near_cells(xy, start, np.flatnonzero(placed & ~chosen), reach)
    tree = _tree(xy[start])
    asked, met = tree.query_nearest(shapely.points(xy[near]), max_distance=reach, all_matches=False)
    close = metres_between(xy[near[asked]], xy[start[met]]) <= metres if len(asked) else np.zeros(0, dtype=np.bool_)
    found[near[asked[close]]] = True
    return found


def _near_cells(xy: Points, start: Indices, others: Indices, reach: float) -> Indices:
    """Return of the other places those in or beside a square cell, as wide as the reach, that holds a chosen one."""
    low, high = xy[start].min(axis=0) - reach, xy[start].max(axis=0) + reach
    others = others[((xy[others] >= low) & (xy[others] <= high)).all(axis=1)]
    columns = int((high[0] - low[0]) / reach) + 3
    cells = ((xy - low) / reach + 1)[np.concatenate([start, others])].astype(np.int64) @ np.array([1, columns])
    taken = np.unique(cells[: len(start)])
    around = np.unique((taken[:, None] + [dx + dy * columns for dx in (-1, 0, 1) for dy in (-1, 0, 1)]).ravel())
    return others[np.isin(cells[len(start) :], around)]


def grown(xy: Points, chosen: Mask) -> Mask:
    """Return the chosen places and, of each, the nearest one that is not chosen; equally near ones all.

    Done again it grows by one more ring. Mercator is true to angles, so that what is nearest on the map is nearest on
    the ground; the exception are places whose distances differ by less than the scale does between them, 1 in 100,000
    for neighbours 100 m apart.
    """
    found = chosen.copy()
    placed = np.isfinite(xy).all(axis=1)
    start, others = np.flatnonzero(chosen & placed), np.flatnonzero(~chosen & placed)
    if not len(start) or not len(others):
        return found
    others = _surroundings(xy, start, others)
    tree = _tree(xy[others])
    _, met = tree.query_nearest(shapely.points(xy[start]), all_matches=True)
    found[others[met]] = True
    return found


def _surroundings(xy: Points, start: Indices, others: Indices) -> Indices:
    """Return of the other places those among which the nearest of each chosen one are: an index of all takes long."""
    low, high = xy[start].min(axis=0), xy[start].max(axis=0)
    whole = np.ptp(xy[others], axis=0)
    margin = float(np.sqrt(max(whole[0] * whole[1], 1.0) / len(others))) * 4
    while margin < whole.max():
        near = others[((xy[others] >= low - margin) & (xy[others] <= high + margin)).all(axis=1)]
        if len(near) and len(near) < len(others):
            tree = _tree(xy[near])
            _, away = tree.query_nearest(shapely.points(xy[start]), return_distance=True, all_matches=False)
            if float(away.max()) <= margin:
                return near
        margin *= 3
    return others


def _widest(xy: Points, metres: float) -> float:
    """Return the most Mercator metres that so many metres on the ground can be near some places, shape (n, 2)."""
    north = np.abs(to_lonlat(xy)[:, 1]).max() + metres / 110_000
    # The sphere of Mercator and the ellipsoid differ by up to 0.7 %.
    return float(metres * 1.01 / np.cos(np.radians(min(north, 85.0))))


def _tree(xy: Points) -> shapely.STRtree:
    return shapely.STRtree(np.asarray(shapely.points(xy), dtype=object))
