"""Lengths, areas and shifts on the ellipsoid of WGS-84, and how they are written for a reader.

All are solutions of the geodesic problem by the series of C. F. F. Karney, "Algorithms for geodesics", Journal of
Geodesy 87 (2013) 43-55, doi:10.1007/s00190-012-0578-z, as PROJ has them: exact to nanometres, and areas to about
0.1 m² however large, where a formula on the sphere is off by up to 0.5 %.
"""

from functools import cache
from typing import TYPE_CHECKING

from geo.language import Language, tr
from geo.late import np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import Geod

_KM_FROM, _HECTARE_M2, _KM2_M2 = 1_000.0, 10_000.0, 1_000_000.0
_FEW_M, _FEW_KM = 10.0, 100.0


@cache
def _geod() -> "Geod":
    from pyproj import Geod

    return Geod(ellps="WGS84")


def legs(lonlat: "ArrayLike") -> "NDArray[np.float64]":
    """Return the metres from each place to the next, shape (n - 1,), of places in degrees, shape (n, 2)."""
    places = _places(lonlat)
    if len(places) < 2:
        return np.empty(0)
    east, north = places[:, 0], places[:, 1]
    return np.asarray(_geod().inv(east[:-1], north[:-1], east[1:], north[1:])[2], dtype=np.float64)


def length(lonlat: "ArrayLike") -> float:
    """Return the metres along a line through places in degrees, shape (n, 2)."""
    return float(legs(lonlat).sum())


def area(lonlat: "ArrayLike") -> tuple[float, float]:
    """Return the square metres inside a ring and the metres around it.

    Parameters
    ----------
    lonlat
        Its corners in degrees, shape (n, 2), in either direction, the first one not repeated; fewer than three hold
        nothing.
    """
    places = _places(lonlat)
    if len(places) < 3:
        return 0.0, length([*places, places[0]]) if len(places) else 0.0
    inside, around = _geod().polygon_area_perimeter(places[:, 0], places[:, 1])
    return abs(float(inside)), float(around)


def shifted(lonlat: "ArrayLike", east_m: float, north_m: float) -> "NDArray[np.float64]":
    """Return places in degrees, shape (n, 2), moved by the same metres on the ground, each along its geodesic."""
    places = _places(lonlat)
    metres = float(np.hypot(east_m, north_m))
    if not metres or not len(places):
        return places.copy()
    heading = np.full(len(places), np.degrees(np.arctan2(east_m, north_m)))
    east, north, _ = _geod().fwd(places[:, 0], places[:, 1], heading, np.full(len(places), metres))
    return np.stack([east, north], axis=1)


def vector(start: "ArrayLike", end: "ArrayLike") -> tuple[float, float]:
    """Return the metres east and north from one place in degrees to another; `shifted` goes there with them."""
    (lon, lat), (to_lon, to_lat) = _places(start)[0].tolist(), _places(end)[0].tolist()
    heading, _, metres = _geod().inv(lon, lat, to_lon, to_lat)
    return float(metres * np.sin(np.radians(heading))), float(metres * np.cos(np.radians(heading)))


def _places(lonlat: "ArrayLike") -> "NDArray[np.float64]":
    return np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)


def written_length(metres: float, lang: Language | None = None) -> str:
    """Return a length for a reader: 8.4 m, 640 m, 1.24 km, 124 km."""
    if metres < _KM_FROM - 0.5:
        return tr("{number} m", lang, number=f"{metres:.1f}" if metres < _FEW_M - 0.05 else f"{metres:.0f}")
    kilometres = metres / 1000
    return tr("{number} km", lang, number=f"{kilometres:,.2f}" if kilometres < _FEW_KM else f"{kilometres:,.0f}")


def written_area(square_metres: float, lang: Language | None = None) -> str:
    """Return an area for a reader: square metres up to one hectare, then hectares, from a square kilometre on km²."""
    if square_metres < _HECTARE_M2 - 0.5:
        small = square_metres < _FEW_M
        return tr("{number} m²", lang, number=f"{square_metres:.1f}" if small else f"{square_metres:,.0f}")
    if square_metres < _KM2_M2:
        return tr("{number} ha", lang, number=f"{square_metres / _HECTARE_M2:.2f}")
    return tr("{number} km²", lang, number=f"{square_metres / _KM2_M2:,.2f}")
