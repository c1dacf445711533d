"""Squares that letters and numbers along the frame name, lines of a coordinate grid, and what lies in which square."""

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QCollator, QLocale

from geo import datum as datums
from geo.language import Language, current
from geo.projection import Points, to_lonlat, to_mercator
from geo.store.points import lonlat_of
from geo.store.tables import Tables
from layers.view import View

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of the columns; I and O are taken for figures."""

MOST_ROWS = 40
NAMED = 3
"""Up to so many squares of a street are listed each; of more the first and the last."""

_STEPS_DEG = [
    step / 3600 for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 72000)
]


@dataclass(frozen=True)
class Squares:
    """A frame divided evenly: columns with letters from the left, rows with numbers from the top."""

    width: float
    height: float
    columns: int
    rows: int

    @classmethod
    def of(cls, width: float, height: float, side: float) -> "Squares":
        """Return the division of a frame whose squares are about so wide and high, all in one unit."""
        columns = min(max(round(width / side), 1), len(LETTERS))
        return cls(width, height, columns, min(max(round(height / side), 1), MOST_ROWS))

    def places(self, points: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return column and row, counted from 0, of points of the frame, shape (n, 2); -1 for those outside."""
        x, y = points[:, 0] / self.width * self.columns, points[:, 1] / self.height * self.rows
        inside = (x >= 0) & (x <= self.columns) & (y >= 0) & (y <= self.rows)
        # What lies on the far edge belongs to the last square.
        column = np.clip(np.floor(np.where(inside, x, 0)), 0, self.columns - 1).astype(np.intp)
        row = np.clip(np.floor(np.where(inside, y, 0)), 0, self.rows - 1).astype(np.intp)
        return np.where(inside, column, -1), np.where(inside, row, -1)

    def name(self, column: int, row: int) -> str:
        """Return the name of a square, such as B3."""
        return f"{LETTERS[column]}{row + 1}"


@dataclass(frozen=True)
class Tick:
    """A line of a coordinate grid: what is written, and where it meets the frame, from the left or the top."""

    words: str
    first: float
    second: float


@dataclass(frozen=True)
class Graticule:
    """The lines of a coordinate grid in a frame; lines up meet its top and bottom, lines across its left and right."""

    title: str
    up: tuple[Tick, ...]
    across: tuple[Tick, ...]


def graticule(view: View, datum: str, spacing: float, *, metres: bool) -> Graticule:
    """Return lines of round coordinates in a datum, about so many logical pixels apart.

    Parameters
    ----------
    view
        What the frame shows.
    datum
        As `geo.datum.parse` returns it.
    spacing
        The distance wished for, in logical pixels.
    metres
        Metres of a plane instead of degrees: of the datum itself where it has them, else of the zone of UTM, or in
        CGCS2000 of 3 degrees Gauss-Kruger, in which the middle of the view lies.
    """
    used = _plane(view, datum) if metres else datum

    def edge(points: Points) -> Points:
        return datums.from_wgs84(view.screen_to_lonlat(points), used)

    wide, high = float(view.width), float(view.height)
    along_x, along_y = np.linspace(0, wide, 65), np.linspace(0, high, 65)
    top, bottom = (edge(np.column_stack([along_x, np.full(65, y)]))[:, 0] for y in (0.0, high))
    left, right = (edge(np.column_stack([np.full(65, x), along_y]))[:, 1] for x in (0.0, wide))
    step = _step((top[-1] - top[0]) * spacing / wide, metres=metres)
    steps = step, _step((left[0] - left[-1]) * spacing / high, metres=metres) if not metres else step
    up = _ticks(top, bottom, along_x, steps[0], _in_metres if metres else _in_degrees("E", "W"))
    across = _ticks(left, right, along_y, steps[1], _in_metres if metres else _in_degrees("N", "S"))
    return Graticule(_title(used, metres=metres), up, across)


def _plane(view: View, datum: str) -> str:
    if datums.is_projected(datum):
        return datum
    lon, lat = to_lonlat([[view.x, view.y]])[0].tolist()
    if datum == "cgcs2000" and 73.5 <= lon < 136.5:
        return f"epsg:{4534 + round((lon - 75) / 3)}"
    return f"epsg:{(32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60)}"


def _title(datum: str, *, metres: bool) -> str:
    if not metres:
        return datum_name(datum)
    import pyproj

    return pyproj.CRS.from_user_input(datum).name


def datum_name(datum: str) -> str:
    """Return the short name of a datum, without who uses it."""
    return re.split(r"\s*[(（]", datums.title(datum))[0]


def _step(least: float, *, metres: bool) -> float:
    """Return the round step that is nearest to one wished for."""
    least = max(abs(least), 1e-9)
    power = 10 ** math.floor(math.log10(least))
    steps = [step * power for step in (1, 2, 5, 10)] if metres else _STEPS_DEG
    return float(min(steps, key=lambda step: abs(math.log(step / least))))


def _ticks(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    places: NDArray[np.float64],
    step: float,
    words: Callable[[float], str],
) -> tuple[Tick, ...]:
    """Return the ticks where coordinates along two opposite edges, at the same places, are multiples of a step."""
    if first[0] > first[-1]:
        first, second, places = first[::-1], second[::-1], places[::-1]
    low, high = max(first[0], second[0]), min(first[-1], second[-1])
    if not (math.isfinite(low) and math.isfinite(high)):
        return ()
    values = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
    ends = np.interp(values, first, places), np.interp(values, second, places)
    rows = zip(values.tolist(), ends[0].tolist(), ends[1].tolist(), strict=True)
    return tuple(Tick(words(value), one, other) for value, one, other in rows)


def _in_metres(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _in_degrees(positive: str, negative: str) -> Callable[[float], str]:
    def words(value: float) -> str:
        seconds = round(abs(value) * 3600)
        degrees, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
        text = f"{degrees}°" + (f"{minutes:02d}′" if minutes or rest else "") + (f"{rest:02d}″" if rest else "")
        return f"{text}{positive if value >= 0 else negative}"

    return words


@dataclass(frozen=True)
class Entry:
    """One line of an index: under which heading it stands, its number, its name, and its square or squares."""

    group: str
    code: str
    name: str
    square: str


def places_of(project: Tables) -> Points:
    """Return where the sites of a project lie in EPSG:3857 metres, shape (n, 2); NaN for those without a place."""
    return to_mercator(lonlat_of(project.frame("sites").geometry.array))


@dataclass(frozen=True, eq=False)
class Listed:
    """Which sites are listed: those in an area in EPSG:3857, and of them those with some ids; all that are left out."""

    within: shapely.Geometry | None = None
    ids: Collection[str] | None = None


def sites_index(
    project: Tables, xy: Points, view: View, squares: Squares, chosen: Listed, lang: Language | None = None
) -> list[Entry]:
    """Return the sites in view with their squares, by kind, each kind by number and name.

    Parameters
    ----------
    xy
        As `places_of` returns it.
    """
    sites, kinds = project.frame("sites"), project.frame("kinds")
    column, row = squares.places(view.world_to_screen(xy))
    listed = np.flatnonzero(column >= 0)
    if chosen.within is not None:
        shapely.prepare(chosen.within)
        listed = listed[shapely.intersects_xy(chosen.within, xy[listed, 0], xy[listed, 1])]
    if chosen.ids is not None:
        listed = listed[sites.index[listed].isin(list(chosen.ids))]
    titles = dict(zip(kinds["code"], names_of(kinds, lang), strict=True))
    shown = sites[["kind", "code", "name", "name_en"]].iloc[listed]
    groups = shown["kind"].map(titles).fillna("").astype(str).tolist()
    where = [squares.name(c, r) for c, r in zip(column[listed].tolist(), row[listed].tolist(), strict=True)]
    columns = groups, shown["code"].astype(str).tolist(), names_of(shown, lang).tolist(), where
    order = {title: place for place, title in enumerate(titles.values())}
    found = [Entry(*cells) for cells in zip(*columns, strict=True)]
    return sorted(found, key=lambda entry: (order.get(entry.group, len(order)), entry.code, entry.name))


def streets_index(
    project: Tables,
    view: View,
    squares: Squares,
    title: str,
    lang: Language | None = None,
    within: shapely.Geometry | None = None,
) -> list[Entry]:
    """Return the named streets in view, each once with the squares it passes through, under one heading.

    Parameters
    ----------
    within
        An area in EPSG:3857; only what lies in it is listed.
    """
    streets = project.frame("streets")
    left, bottom, right, top = view.bounds
    (west, south), (east, north) = to_lonlat([(left, bottom), (right, top)]).tolist()
    lines = np.asarray(streets.geometry.array)
    near = shapely.intersects(lines, shapely.box(west, south, east, north)) & (names_of(streets, lang) != "").to_numpy()
    world = shapely.transform(lines[near], to_mercator)
    # Points closer than half a square, so that no square between two of them is missed by much.
    fine = shapely.segmentize(world, view.scale * min(view.width / squares.columns, view.height / squares.rows) / 6)
    points, owner = shapely.get_coordinates(fine, return_index=True)
    column, row = squares.places(view.world_to_screen(points))
    inside = column >= 0
    if within is not None:
        inside &= shapely.intersects_xy(within, points[:, 0], points[:, 1])
    codes, names = pd.factorize(names_of(streets, lang)[near])
    # Each street and square once, in the order of streets, columns and rows.
    size = squares.columns * squares.rows
    passed = np.unique(codes[owner[inside]] * size + column[inside] * squares.rows + row[inside])
    cells: dict[str, list[str]] = {}
    for code, cell in zip((passed // size).tolist(), (passed % size).tolist(), strict=True):
        cells.setdefault(str(names[code]), []).append(squares.name(cell // squares.rows, cell % squares.rows))
    found = [
        Entry(title, "", name, " ".join(where) if len(where) <= NAMED else f"{where[0]}–{where[-1]}")
        for name, where in cells.items()
    ]
    return by_name(found, lang)


def names_of(frame: pd.DataFrame, lang: Language | None) -> "pd.Series[str]":
    """Return the names of rows in a language: in English the English one where there is one."""
    names = frame["name"].astype(str)
    if (lang or current()) == "en":
        names = names.where(frame["name_en"] == "", frame["name_en"].astype(str))
    return names


def by_name(entries: Iterable[Entry], lang: Language | None) -> list[Entry]:
    """Return entries by name as the language sorts them: Chinese by pinyin."""
    collator = QCollator(QLocale("zh_CN" if (lang or current()) == "zh" else "en"))
    collator.setNumericMode(True)
    return sorted(entries, key=lambda entry: collator.sortKey(entry.name))


def positions(count: int, length: float) -> Sequence[float]:
    """Return where a length is cut into so many equal parts, both ends included."""
    return [length * k / count for k in range(count + 1)]
