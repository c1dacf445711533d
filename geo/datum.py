"""Coordinates as Chinese maps give them (GCJ-02, BD-09, CGCS2000, any EPSG) to WGS-84 and back.

GCJ-02 is the offset that Chinese law puts on published maps (Amap, Tencent, Google in China); BD-09 is Baidu's own on
top of it. Both formulas are known from the program code that was published in 2010 to 2013 (eviltransform and many
others); only the way there is closed, so the way back is found by iteration, to the last digits of a double.
"""

import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from geo import resource
from geo.errors import XunluError
from geo.language import Language, tr
from geo.late import np

if TYPE_CHECKING:
    # The window reads coordinates, and is on the screen before these are there.
    import pyproj
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

type Degrees = NDArray[np.float64]

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
"""The datums that have a name here; every other one is written ``epsg:N``."""

_AXIS = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943_23
"""Krasovsky's ellipsoid, on which GCJ-02 is computed: half axis in metres, first eccentricity squared."""

_ROUNDS = 12
_SETTLED_DEG = 1e-13
"""Each round gives almost two more digits, since the offset changes by less than 2 % of a step; then it is settled."""


def parse(text: str) -> str:
    """Return the datum that a text names, as it is written here.

    Raises
    ------
    XunluError
        If it names none that is known.
    """
    name = re.sub(r"[\s_-]", "", text).lower()
    name = {"wgs": "wgs84", "gps": "wgs84", "gcj": "gcj02", "bd": "bd09", "baidu": "bd09"}.get(name, name)
    if name in DATUMS:
        return name
    match = re.fullmatch(r"(?:epsg:?)?(\d{4,6})", name)
    if match:
        code = f"epsg:{match[1]}"
        _transformer(code, back=False)
        return {"epsg:4326": "wgs84", "epsg:4490": "cgcs2000"}.get(code, code)
    raise XunluError(
        tr("“{text}” is no datum that Xunlu knows.", text=text),
        tr("Write wgs84, gcj02, bd09, cgcs2000 or a number like epsg:4547."),
    )


def title(datum: str, lang: Language | None = None) -> str:
    """Return what a reader sees for a datum."""
    titles = {
        "wgs84": tr("WGS-84 (GPS, OpenStreetMap)", lang),
        "gcj02": tr("GCJ-02 (Amap, Tencent, Google in China)", lang),
        "bd09": tr("BD-09 (Baidu)", lang),
        "cgcs2000": tr("CGCS2000 (surveys in China)", lang),
    }
    return titles.get(datum, datum.upper())


def is_projected(datum: str) -> bool:
    """Return whether the coordinates of a datum are metres on a plane, not degrees."""
    if not datum.startswith("epsg:"):
        return False
    import pyproj

    return bool(pyproj.CRS.from_user_input(datum).is_projected)


def to_wgs84(lonlat: "ArrayLike", datum: str) -> Degrees:
    """Return WGS-84 degrees, shape (n, 2), of coordinates in a datum, shape (n, 2); what is no number stays none.

    Parameters
    ----------
    lonlat
        East before north: longitude and latitude in degrees, in metres for a projected EPSG.
    datum
        As `parse` returns it.
    """
    given = _points(lonlat)
    if datum == "gcj02":
        return _gcj_to_wgs(given)
    if datum == "bd09":
        return _gcj_to_wgs(_bd_to_gcj(given))
    return given.copy() if datum == "wgs84" else _projected(given, datum, back=False)


def from_wgs84(lonlat: "ArrayLike", datum: str) -> Degrees:
    """Return coordinates in a datum, shape (n, 2), of WGS-84 degrees, shape (n, 2); the way back of `to_wgs84`."""
    given = _points(lonlat)
    if datum == "gcj02":
        return _wgs_to_gcj(given)
    if datum == "bd09":
        return _gcj_to_bd(_wgs_to_gcj(given))
    return given.copy() if datum == "wgs84" else _projected(given, datum, back=True)


def converter(datum: str) -> Callable[[Degrees], Degrees] | None:
    """Return what turns WGS-84 into a datum for a file that people read, rounded to a millimetre; None for WGS-84."""
    if datum == "wgs84":
        return None
    decimals = 3 if is_projected(datum) else 8
    return lambda lonlat: np.round(from_wgs84(lonlat, datum), decimals)


def in_china(lonlat: "ArrayLike") -> "NDArray[np.bool_]":
    """Return whether points lie where GCJ-02 and BD-09 shift coordinates, shape (n,).

    The usual rectangle also covers half of Asia; this is China's outline, widened over its coasts and islands.
    """
    import shapely

    points = _points(lonlat)
    return np.asarray(shapely.contains_xy(_china(), points[:, 0], points[:, 1]), dtype=np.bool_)


@cache
def _china() -> "BaseGeometry":
    import shapely

    rings = json.loads(resource.path("datum/china.json").read_text("utf-8"))["rings"]
    area = shapely.MultiPolygon([shapely.Polygon(ring) for ring in rings])
    shapely.prepare(area)
    return area


def _points(lonlat: "ArrayLike") -> Degrees:
    return np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)


def _settled(guess: Degrees, better: Callable[[Degrees], Degrees]) -> Degrees:
    """Return where guesses end that are bettered again and again."""
    for _ in range(_ROUNDS):
        last, guess = guess, better(guess)
        if not len(guess) or np.nanmax(np.abs(guess - last), initial=0.0) < _SETTLED_DEG:
            break
    return guess


# -- GCJ-02 --------------------------------------------------------------------------------------------------------


def _wgs_to_gcj(wgs: Degrees) -> Degrees:
    inside = in_china(wgs)
    gcj = wgs.copy()
    gcj[inside] += _offset(wgs[inside])
    return gcj


def _gcj_to_wgs(gcj: Degrees) -> Degrees:
    wgs = _settled(gcj, lambda guess: gcj - _offset(guess))
    return np.where(in_china(wgs)[:, None], wgs, gcj)


def _offset(lonlat: Degrees) -> Degrees:
    """Return by how many degrees GCJ-02 moves WGS-84 points, shape (n, 2)."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    pi = np.pi
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * pi * x) + 20.0 * np.sin(2.0 * pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20.0 * np.sin(pi * y) + 40.0 * np.sin(pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(pi * y / 12.0) + 320.0 * np.sin(pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20.0 * np.sin(pi * x) + 40.0 * np.sin(pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(pi * x / 12.0) + 300.0 * np.sin(pi * x / 30.0)) * 2.0 / 3.0
    latitude = np.radians(lonlat[:, 1])
    bend = 1.0 - _ECCENTRICITY_2 * np.sin(latitude) ** 2
    metres_north = _AXIS * (1.0 - _ECCENTRICITY_2) / (bend * np.sqrt(bend))
    metres_east = _AXIS / np.sqrt(bend) * np.cos(latitude)
    return np.degrees(np.stack([east / metres_east, north / metres_north], axis=1))


# -- BD-09 ---------------------------------------------------------------------------------------------------------

_BD_SHIFT = (0.0065, 0.006)
_BD_PI = math.pi * 3000.0 / 180.0


def _gcj_to_bd(gcj: Degrees) -> Degrees:
    return np.where(in_china(gcj)[:, None], _bd(gcj), gcj)


def _bd_to_gcj(bd: Degrees) -> Degrees:
    gcj = _settled(bd - _BD_SHIFT, lambda guess: guess - (_bd(guess) - bd))
    return np.where(in_china(gcj)[:, None], gcj, bd)


def _bd(gcj: Degrees) -> Degrees:
    x, y = gcj[:, 0], gcj[:, 1]
    length = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_PI)
    shifted: Degrees = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1) + _BD_SHIFT
    return shifted


# -- EPSG ----------------------------------------------------------------------------------------------------------


@cache
def _transformer(datum: str, *, back: bool) -> "pyproj.Transformer":
    import pyproj

    code = "EPSG:4490" if datum == "cgcs2000" else datum.upper()
    ends = ("EPSG:4326", code) if back else (code, "EPSG:4326")
    try:
        return pyproj.Transformer.from_crs(*ends, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise XunluError(
            tr("There is no coordinate system {code}.", code=code),
            tr("Look its number up on the map that the data come from, or at epsg.org."),
        ) from error


def _projected(points: Degrees, datum: str, *, back: bool) -> Degrees:
    east, north = _transformer(datum, back=back).transform(points[:, 0], points[:, 1])
    moved = np.stack([east, north], axis=1)
    # pyproj says "infinite" for what lies outside of a projection.
    return np.where(np.isfinite(moved), moved, np.nan)


def of_crs(text: str) -> str:
    """Return the datum of a coordinate system as a file states it, an EPSG code or WKT; XunluError if it has none."""
    import pyproj

    try:
        crs = pyproj.CRS.from_user_input(text)
        code = crs.to_epsg(min_confidence=70)
    except pyproj.exceptions.ProjError as error:
        raise XunluError(tr("There is no coordinate system {code}.", code=text[:60])) from error
    if code is None:
        raise XunluError(tr("There is no coordinate system {code}.", code=text[:60]))
    return parse(f"epsg:{code}")
