"""Coordinates as people write them: read from any usual notation and datum, and written in the one that is wanted.

Understood are decimal degrees; degrees, minutes and seconds with signs, with 度分秒 or with nothing but spaces;
N S E W, 北纬 东经 and lat lon, before or after; metres of a projected EPSG code; ``geo:`` addresses (RFC 5870), points
as WKT, and the place in an address of openstreetmap.org or Google Maps.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from geo import datum as datums
from geo.errors import XunluError
from geo.language import tr
from geo.late import np

Form = Literal["decimal", "dms"]
FORMS: tuple[Form, ...] = ("decimal", "dms")
Axis = Literal["", "east", "north"]

_MOST_PLACES = 200
_NUMBER_SIGNS = (
    r"(?P<before>北纬|南纬|东经|西经|纬度|经度|latitude|longitude|lat|lng|long|lon|[NSEW])?\s*[:=]?\s*"
    r"(?P<sign>[+-])?\s*(?P<whole>\d+(?:\.\d*)?|\.\d+)\s*(?P<degree>[°º˚度d])?"
    r"(?:\s*(?P<minute>\d+(?:\.\d*)?)\s*[′'’‘分m](?!\s*[′'’‘])"
    r"(?:\s*(?P<second>\d+(?:\.\d*)?)\s*(?:[″\"”“秒s]|[′'’‘]{2}))?)?"
    r"\s*(?P<metre>m(?![a-z]))?\s*"
)
_ANGLE = re.compile(_NUMBER_SIGNS + r"(?P<after>[NSEW](?![a-z]))?", re.IGNORECASE)
_LETTER_FIRST = re.compile(_NUMBER_SIGNS + r"(?P<after>)", re.IGNORECASE)
"""For N23.1 E113.2, where the E belongs to what comes behind it."""
_NORTH = frozenset({"北纬", "南纬", "纬度", "latitude", "lat", "n", "s"})
_EAST = frozenset({"东经", "西经", "经度", "longitude", "lng", "long", "lon", "e", "w"})
_NEGATIVE = frozenset({"南纬", "西经", "s", "w"})
_DATUM = re.compile(
    r"(?P<code>epsg\s*[:：]?\s*\d{4,6})|(?P<name>wgs[\s_-]?84|cgcs[\s_-]?2000|gcj[\s_-]?02|bd[\s_-]?09)(?!\d)",
    re.IGNORECASE,
)
_BETWEEN = " \t\n,;、/|"
_NUMBER = r"([+-]?\d+(?:\.\d+)?)"
_NORTH_FIRST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^geo:{_NUMBER},{_NUMBER}(?:[,;?].*)?$",
        rf"^https?://.*#map=\d+(?:\.\d+)?/{_NUMBER}/{_NUMBER}.*$",
        rf"^https?://.*[@=]{_NUMBER},{_NUMBER}(?:[,&].*)?$",
    )
)
_WKT = re.compile(rf"^(?:SRID=\d+;)?\s*POINT\s*\(\s*{_NUMBER}\s+{_NUMBER}\s*\)$", re.IGNORECASE)
_COMMA_PAIR = re.compile(r"^([+-]?\d+),(\d+)\s*(?:;|\s)\s*([+-]?\d+),(\d+)$")
_BARE = re.compile(r"^(?:[+-]?\d+(?:\.\d+)?[\s,;]+){3,5}\d+(?:\.\d+)?$")


_UNMARKED = r"(?P<d>\d+)\s+(?P<m>\d+(?:\.\d+)?)(?:\s+(?P<s>\d+(?:\.\d+)?))?"
_UNMARKED_BEFORE = re.compile(rf"(?<![\d.]){_UNMARKED}(?=\s*[NSEW](?![a-z]))", re.IGNORECASE)
_UNMARKED_AFTER = re.compile(rf"(?<=[NSEW])\s*{_UNMARKED}(?![\d.])", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """One way to understand a text as a place.

    Attributes
    ----------
    lonlat
        The place in WGS-84 degrees.
    given
        East and north as they stand in the text: degrees, or metres of a projected datum.
    datum
        What they are in, as `geo.datum.parse` returns it.
    north_first
        Whether the text says north before east.
    """

    lonlat: tuple[float, float]
    given: tuple[float, float]
    datum: str
    north_first: bool


@dataclass(frozen=True)
class _Angle:
    value: float
    axis: Axis


def read(text: str, datum: str = "wgs84", near: tuple[float, float] | None = None) -> list[Reading]:
    """Return the places that a text may mean, the likeliest first: two where nothing says which number is north.

    Parameters
    ----------
    text
        What somebody wrote; a datum in it, such as ``EPSG:4547``, goes before the one given.
    datum
        What the numbers are in, as `geo.datum.parse` returns it.
    near
        A place in WGS-84 degrees; of two readings the one nearer to it is the likelier.

    Raises
    ------
    XunluError
        If it can be understood in no way, or means no place on Earth.
    """
    said = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    if not said:
        raise XunluError(tr("There is no coordinate."), _hint())
    if len(said) > _MOST_PLACES * 5:
        raise XunluError(tr("“{text}” is no coordinate.", text=said[:40] + "…"), _hint())
    said, datum = _without_datum(said, datum)
    first, second = _pair(said)
    _check_axes(first, second, said)
    readings = [_reading(east, north, datum, north_first) for east, north, north_first in _orders(first, second)]
    found = [one for one in readings if one is not None]
    if not found:
        raise _no_place(said, datum)
    if near is not None:
        found.sort(key=lambda one: _away(one.lonlat, near))
    return found


@cache
def _is_projected(datum: str) -> bool:
    # PROJ takes a millisecond to say so, and the mouse asks at every move.
    return datums.is_projected(datum)


def _hint() -> str:
    return tr("Write it like 23.1291, 113.2644 or 23°07′45″N 113°15′52″E.")


def _without_datum(said: str, datum: str) -> tuple[str, str]:
    """Return a text without the datum that it names, and that datum, else the one given."""
    match = _DATUM.search(said)
    if match is None or said.lower().startswith(("http", "geo:")):
        return said, datum
    rest = (said[: match.start()] + " " + said[match.end() :]).strip(" \t,;:()[]")
    return rest, datums.parse(re.sub(r"\s|：", "", match[0]))


def _pair(said: str) -> tuple[_Angle, _Angle]:
    if match := next((found for pattern in _NORTH_FIRST if (found := pattern.match(said))), None):
        return _Angle(float(match[1]), "north"), _Angle(float(match[2]), "east")
    if match := _WKT.match(said):
        return _Angle(float(match[1]), "east"), _Angle(float(match[2]), "north")
    said = said.strip(" ()[]{}")
    if match := _COMMA_PAIR.match(said):
        return _Angle(float(f"{match[1]}.{match[2]}"), ""), _Angle(float(f"{match[3]}.{match[4]}"), "")
    if _BARE.match(said):
        return _spaced(said)
    leads = said[:1].upper() in {"N", "S", "E", "W"}
    unmarked = _UNMARKED_AFTER if leads else _UNMARKED_BEFORE
    for written_out in (said, unmarked.sub(_marked, said)):
        angles = list(_angles(written_out, _LETTER_FIRST if leads else _ANGLE))
        if len(angles) == 2:
            return angles[0], angles[1]
    raise XunluError(tr("“{text}” is no coordinate.", text=said), _hint())


def _marked(match: re.Match[str]) -> str:
    """Return degrees, minutes and seconds, which nothing but spaces tell apart, with their signs."""
    return f" {match['d']}°{match['m']}′" + (f"{match['s']}″" if match["s"] else "")


def _spaced(said: str) -> tuple[_Angle, _Angle]:
    """Return what degrees, minutes and maybe seconds mean that nothing but spaces or commas tell apart."""
    parts = [part for part in re.split(r"[\s,;]+", said) if part]
    half = len(parts) // 2
    if len(parts) % 2:
        raise XunluError(tr("“{text}” is no coordinate.", text=said), _hint())
    return tuple(_sexagesimal(parts[side : side + half], said) for side in (0, half))  # type: ignore[return-value]


def _sexagesimal(parts: list[str], said: str) -> _Angle:
    numbers = [abs(float(part)) for part in parts]
    if any(number >= 60 for number in numbers[1:]) or any(not number.is_integer() for number in numbers[:-1]):
        raise XunluError(tr("Minutes and seconds in “{text}” must be whole numbers below 60.", text=said), _hint())
    value = sum(number / 60**place for place, number in enumerate(numbers))
    return _Angle(-value if parts[0].startswith("-") else value, "")


def _angles(said: str, pattern: re.Pattern[str]) -> Iterator[_Angle]:
    at = 0
    while at < len(said):
        match = pattern.match(said, at)
        if match is None or not match[0].strip():
            raise XunluError(tr("“{text}” is no coordinate.", text=said), _hint())
        yield _angle(match, said)
        at = match.end()
        while at < len(said) and said[at] in _BETWEEN:
            at += 1


def _angle(match: re.Match[str], said: str) -> _Angle:
    minute, second = float(match["minute"] or 0), float(match["second"] or 0)
    whole = float(match["whole"])
    if minute >= 60 or second >= 60 or (match["minute"] and not whole.is_integer()):
        raise XunluError(tr("Minutes and seconds in “{text}” must be whole numbers below 60.", text=said), _hint())
    words = {word.lower() for word in (match["before"], match["after"]) if word}
    axes: set[Axis] = {"north" if word in _NORTH else "east" for word in words}
    if len(axes) > 1:
        raise XunluError(tr("“{text}” says of one number that it is both longitude and latitude.", text=said), _hint())
    value = whole + minute / 60 + second / 3600
    negative = (match["sign"] == "-") != bool(words & _NEGATIVE)
    return _Angle(-value if negative else value, axes.pop() if axes else "")


def _check_axes(first: _Angle, second: _Angle, said: str) -> None:
    if first.axis and first.axis == second.axis:
        missing = tr("longitude") if first.axis == "north" else tr("latitude")
        raise XunluError(tr("In “{text}” there is no {axis}.", text=said, axis=missing), _hint())


def _orders(first: _Angle, second: _Angle) -> Iterator[tuple[float, float, bool]]:
    """Give east and north of both orders that two numbers may stand in, and whether north comes first."""
    north_first = first.axis == "north" or second.axis == "east"
    east_first = first.axis == "east" or second.axis == "north"
    if not east_first:
        yield second.value, first.value, True
    if not north_first:
        yield first.value, second.value, False


def _reading(east: float, north: float, datum: str, north_first: bool) -> Reading | None:
    if not all(map(math.isfinite, (east, north))):
        return None
    if not _is_projected(datum) and not (abs(east) <= 180 and abs(north) <= 90):
        return None
    lon, lat = datums.to_wgs84([(east, north)], datum)[0].tolist()
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # NaN is neither
        return None
    return Reading((lon, lat), (east, north), datum, north_first)


def _no_place(said: str, datum: str) -> XunluError:
    if _is_projected(datum):
        return XunluError(
            tr("“{text}” lies outside of {datum}.", text=said, datum=datums.title(datum)),
            tr("Write metres east and north, or choose another datum."),
        )
    return XunluError(
        tr("“{text}” is no place on Earth.", text=said),
        tr("Longitude goes from -180 to 180, latitude from -90 to 90."),
    )


def _away(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[0] - other[0] + 180) % 360 - 180
    return math.hypot(east * math.cos(math.radians(other[1])), one[1] - other[1])


def written(lonlat: tuple[float, float], datum: str = "wgs84", form: Form = "decimal") -> str:
    """Return a place in WGS-84 degrees as a reader sees it in a datum: to 1e-5 degrees, 0.01 seconds or 0.1 m.

    It is empty where the datum has no such place.
    """
    east, north = lonlat if datum == "wgs84" else datums.from_wgs84(np.array([lonlat]), datum)[0].tolist()
    if not (math.isfinite(east) and math.isfinite(north)):
        return ""
    if _is_projected(datum):
        return f"{east:.1f} m E  {north:.1f} m N"
    turn = _dms if form == "dms" else _decimal
    return f"{turn(north)} {'N' if north >= 0 else 'S'}  {turn(east)} {'E' if east >= 0 else 'W'}"


def _decimal(value: float) -> str:
    return f"{abs(value):.5f}°"


def _dms(value: float) -> str:
    hundredths = round(abs(value) * 360_000)
    minutes, rest = divmod(hundredths, 6_000)
    return f"{minutes // 60}°{minutes % 60:02d}′{rest / 100:05.2f}″"
