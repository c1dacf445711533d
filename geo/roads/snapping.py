"""From a point to the place on the streets where a way to it begins."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.projection import ground_metres, to_lonlat, to_mercator

DETOUR_M = 100.0
"""How much farther than the nearest street the main network may be and still be chosen."""

REACH_M = 500.0
"""A point farther than this from its street is not reachable by road."""


@dataclass(frozen=True)
class Snapped:
    """Where points meet the streets.

    Attributes
    ----------
    lonlat
        The places on the streets in degrees, shape (n, 2).
    metres
        How far each point is from its place, shape (n,).
    """

    lonlat: NDArray[np.float64]
    metres: NDArray[np.float64]


class Snapper:
    """Snap points to streets, to the main network where it is near.

    Extracts and hand-drawn streets are full of islands: bits that nothing connects with the rest. A point goes to
    the nearest street, but to the main network when that is at most `DETOUR_M` farther away. So a site beside both is
    reached, while a site deep in an island stays there, and is unreachable from outside, as it is in truth.

    Parameters
    ----------
    segments
        Both ends of each segment in degrees, shape (m, 2, 2), m > 0.
    main
        Whether each belongs to the main network, shape (m,).
    """

    def __init__(self, segments: NDArray[np.float64], main: NDArray[np.bool_]) -> None:
        lines = np.asarray(shapely.linestrings(to_mercator(segments).reshape(-1, 2, 2)))
        self._main = shapely.STRtree(lines[main])
        self._any = self._main if main.all() else shapely.STRtree(lines)

    def snap(self, lonlat: NDArray[np.float64]) -> Snapped:
        """Return the places on the streets for points in degrees, shape (n, 2)."""
        points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        scale = _scales(points)
        place, metres = _nearest(self._any, points, scale)
        if self._any is not self._main and len(self._main.geometries):
            main_place, main_metres = _nearest(self._main, points, scale)
            near = main_metres <= metres + DETOUR_M
            place[near], metres[near] = main_place[near], main_metres[near]
        return Snapped(place, metres)


def _scales(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([ground_metres(float(latitude)) for latitude in lonlat[:, 1]], dtype=np.float64)


def _nearest(
    tree: shapely.STRtree, lonlat: NDArray[np.float64], scale: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = shapely.points(to_mercator(lonlat))
    found, distance = tree.query_nearest(points, all_matches=False, return_distance=True)
    lines = tree.geometries[found[1]]
    place = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, points))
    return to_lonlat(shapely.get_coordinates(place)), distance * scale
