"""A flat map in metres of a town, good for distances of some kilometres."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.projection import Points, ground_metres, to_lonlat, to_mercator
from geo.store.tables import Tables

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Plane:
    """Metres east and north, true at one latitude in degrees; 0.3 % too long or short 10 km north or south at 60°."""

    latitude: float

    def to_xy(self, lonlat: ArrayLike) -> Points:
        """Return metres, shape (n, 2), of degrees, shape (n, 2)."""
        return to_mercator(lonlat) * ground_metres(self.latitude)

    def to_lonlat(self, xy: ArrayLike) -> Points:
        """Return degrees, shape (n, 2), of metres, shape (n, 2)."""
        return to_lonlat(np.asarray(xy, dtype=np.float64) / ground_metres(self.latitude))

    def flat(self, geometries: ArrayLike) -> Geometries:
        """Return geometries in degrees as geometries in metres; None stays None."""
        given = np.asarray(geometries, dtype=object).reshape(-1)
        return np.asarray(shapely.transform(given, self.to_xy), dtype=object) if len(given) else given


def plane_of(tables: Tables) -> Plane:
    """Return the plane for a project: at the middle of its subdistricts, else its streets, its sites, the equator."""
    for name in ("subdistricts", "streets", "sites"):
        shapes = geometries(tables, name)
        middles = shapely.get_y(shapely.centroid(shapes[:: max(1, len(shapes) // 1000)]))
        middles = middles[np.isfinite(middles) & (np.abs(middles) < 85)]
        if len(middles):
            return Plane(float(np.median(middles)))
    return Plane(0.0)


def geometries(tables: Tables, name: str) -> Geometries:
    """Return the geometries of a table in degrees, shape (n,), None where a row has none."""
    return np.array(tables.frame(name)["geometry"].array, dtype=object)
