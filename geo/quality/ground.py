"""The ground that sites should lie on: the district, its subdistricts, its streets."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.places.plane import Geometries, Plane, geometries, plane_of
from geo.quality.rows import Flags, Numbers
from geo.store.tables import Tables

MARGIN_M = 300.0
"""How far outside of the district a site may lie."""

FAR_M = 300.0
"""How far from the nearest street a site may lie."""

BORDER_M = 25.0
"""How far on the other side of a border a site may lie and still belong to its subdistrict."""

_BLOCK = 50_000


@dataclass(frozen=True)
class Ground:
    """The ground of a project on its plane."""

    plane: Plane
    subdistricts: Geometries
    district: shapely.Geometry
    streets: Geometries

    @classmethod
    def of(cls, tables: Tables) -> "Ground":
        """Return the ground of a project.

        Its district are the subdistricts, else the areas that are one; without either it is empty.
        """
        plane = plane_of(tables)
        subdistricts = _sound(plane.flat(geometries(tables, "subdistricts")))
        outlines = subdistricts[~shapely.is_missing(subdistricts)]
        if not len(outlines):
            is_district = (tables.frame("areas")["kind"] == "district").to_numpy()
            outlines = _sound(plane.flat(geometries(tables, "areas")[is_district]))
        district = shapely.union_all(outlines)
        streets = plane.flat(geometries(tables, "streets"))
        return cls(plane, subdistricts, district, streets[~shapely.is_missing(streets)])

    @property
    def has_district(self) -> bool:
        """Return whether anybody can tell what lies outside."""
        return not shapely.is_empty(self.district)

    @cached_property
    def _within(self) -> shapely.Geometry:
        area: shapely.Geometry = shapely.buffer(self.district, MARGIN_M)
        shapely.prepare(area)
        return area

    def inside(self, lonlat: NDArray[np.float64]) -> Flags:
        """Return which places in degrees, shape (n, 2), lie in the district or near it; NaN does not."""
        xy = self.xy(lonlat)
        sound = np.isfinite(xy).all(axis=1)
        found = np.zeros(len(xy), dtype=bool)
        found[sound] = shapely.contains_xy(self._within, xy[sound])
        return found

    def xy(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places on the plane, shape (n, 2); NaN for what is no place on Earth."""
        with np.errstate(invalid="ignore"):
            on_earth = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
        xy = self.plane.to_xy(np.where(on_earth[:, None], lonlat, 0.0))
        xy[~on_earth] = np.nan
        return xy

    def subdistrict_of(self, xy: NDArray[np.float64], stated: Numbers) -> Numbers:
        """Return which subdistrict each place lies in, -1 for none.

        Parameters
        ----------
        xy
            Places on the plane, shape (n, 2), none NaN.
        stated
            The number of the subdistrict each is said to lie in, -1 for none, shape (n,). Where several lie over one
            another, or the border is near, it is the stated one.
        """
        points = np.asarray(shapely.points(xy))
        which = np.full(len(xy), -1, dtype=np.int64)
        if not len(self.subdistricts) or not len(xy):
            return which
        at, area = shapely.STRtree(self.subdistricts).query(points, predicate="intersects")
        which[at] = area
        said = np.flatnonzero((stated >= 0) & (which != stated))
        near = shapely.dwithin(self.subdistricts[stated[said]], points[said], BORDER_M)
        which[said[near]] = stated[said[near]]
        return which

    def metres_to_street(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each place on the plane, shape (n, 2), is from the nearest street, shape (n,)."""
        metres = np.full(len(xy), np.inf)
        if not len(self.streets):
            return metres
        tree = self._pieces
        for start in range(0, len(xy), _BLOCK):
            points = np.asarray(shapely.points(xy[start : start + _BLOCK]))
            at, distance = tree.query_nearest(points, all_matches=False, return_distance=True)
            metres[start + at[0]] = distance
        return metres

    @cached_property
    def _pieces(self) -> shapely.STRtree:
        """Return an index of every straight piece of the streets, much faster than of long streets."""
        points, street = shapely.get_coordinates(self.streets, return_index=True)
        same = street[1:] == street[:-1]
        pieces = np.stack([points[:-1][same], points[1:][same]], axis=1)
        return shapely.STRtree(np.asarray(shapely.linestrings(pieces)) if len(pieces) else self.streets)


def _sound(shapes: Geometries) -> Geometries:
    """Return areas of which those that cross themselves are made valid."""
    return np.where(shapely.is_valid(shapes) | shapely.is_missing(shapes), shapes, shapely.make_valid(shapes))
