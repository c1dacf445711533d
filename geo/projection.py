"""Longitude and latitude to Web Mercator and back, and how long a Mercator metre is on the ground."""

from typing import TYPE_CHECKING

from geo.late import np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RADIUS = 6_378_137.0
"""The sphere of EPSG:3857, in metres."""

MAX_LATITUDE = 85.051_128_779_806_59
"""Where the square Mercator world ends, in degrees."""

type Points = NDArray[np.float64]


def to_mercator(lonlat: "ArrayLike") -> Points:
    """Return EPSG:3857 metres, shape (n, 2), of longitudes and latitudes in degrees, shape (n, 2).

    Latitudes beyond the edge of the Mercator world are moved to it.
    """
    degrees = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    latitude = np.radians(np.clip(degrees[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    xy = np.empty_like(degrees)
    xy[:, 0] = RADIUS * np.radians(degrees[:, 0])
    # arctanh(sin) keeps all digits near the equator, where log(tan) loses some.
    xy[:, 1] = RADIUS * np.arctanh(np.sin(latitude))
    return xy


def to_lonlat(xy: "ArrayLike") -> Points:
    """Return longitudes and latitudes in degrees, shape (n, 2), of EPSG:3857 metres, shape (n, 2)."""
    metres = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    lonlat = np.empty_like(metres)
    lonlat[:, 0] = np.degrees(metres[:, 0] / RADIUS)
    lonlat[:, 1] = np.degrees(np.arctan(np.sinh(metres[:, 1] / RADIUS)))
    return lonlat


_ECCENTRICITY_2 = 0.006_694_379_990_141_32
"""First eccentricity squared of the WGS-84 ellipsoid."""


def east_metres(latitude: float) -> float:
    """Return the metres on the WGS-84 ellipsoid, from west to east, of one Mercator metre at a latitude in degrees.

    What maps are measured by. From south to north it is up to 0.7 % less or more: EPSG:3857 projects the ellipsoid by
    the formulas of a sphere. The radius across the meridian is a / sqrt(1 - e² sin²), as in any book on geodesy.
    """
    phi = np.radians(latitude)
    return float(np.cos(phi) / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(phi) ** 2))


def ground_metres(latitude: float) -> float:
    """Return the metres on the ground of one Mercator metre at a latitude in degrees."""
    return float(np.cos(np.radians(latitude)))
