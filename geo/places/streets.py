"""Streets by name, each apart from others of its name, with the house numbers known on it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.places import address
from geo.places.houses import ASIDE_M, USUAL_M, Houses
from geo.places.names import is_chinese, told_apart
from geo.places.plane import Geometries, Plane, geometries
from geo.places.similar import Similar
from geo.store.tables import Tables, name_of

APART_M = 200.0
"""Parts of one name farther from each other than this are two streets."""

_SHORTEST = 2
_ENOUGH_STREETS = 5
_ENOUGH_NUMBERS = 20
_UNPROVEN = 1.5
# Numbers are known where sites are dense, and wanted where they are not: said a little worse than tried.
_MARGIN = 1.3
_TRIED_STREETS, _TRIED_NUMBERS = 60, 20


@dataclass(frozen=True)
class Known:
    """Where a house number is known to be."""

    number: int
    sub: str
    xy: tuple[float, float]
    site: str = ""


@dataclass(frozen=True)
class Street:
    """One street: how it is called, its lines on the plane, its numbers, and what is known at them."""

    name: str
    houses: Houses
    known: tuple[Known, ...]

    @property
    def shape(self) -> shapely.Geometry:
        """Return all of the street as one geometry."""
        if len(self.houses.lines):
            return shapely.union_all(self.houses.lines)
        return shapely.MultiPoint(self.houses.xy)


class Streets:
    """Find streets by name among those of a project, with the numbers of `addresses` and of placed sites.

    Parameters
    ----------
    tables
        The project.
    plane
        The plane for all metres.
    numbers
        Whether house numbers are wanted too; it takes a while to read them.
    """

    def __init__(self, tables: Tables, plane: Plane, *, numbers: bool = True) -> None:
        self._lines: Geometries = plane.flat(geometries(tables, "streets"))
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, str] = {}
        # The keys under which the lines of a key are kept: the English name of a street leads to its Chinese one.
        self._main: dict[str, dict[str, None]] = defaultdict(dict)
        self._known: dict[str, list[Known]] = defaultdict(list)
        self._made: dict[str, tuple[Street, ...]] = {}
        self._read_streets(tables)
        if numbers:
            self._read_addresses(tables, plane)
            self._read_sites(tables, plane)

    def _read_streets(self, tables: Tables) -> None:
        frame = tables.frame("streets")
        for at, (name, english) in enumerate(zip(frame["name"].tolist(), frame["name_en"].tolist(), strict=True)):
            if self._lines[at] is None:
                continue
            title = name_of({"name": name, "name_en": english})
            keys = [key for text in (name, english) if (key := address.street_key(text))]
            for key in keys:
                self._names.setdefault(key, title)
                self._main[key].setdefault(keys[0])
            if keys:
                self._rows[keys[0]].append(at)

    def _read_addresses(self, tables: Tables, plane: Plane) -> None:
        frame = tables.frame("addresses")
        points = _flat_points(geometries(tables, "addresses"), plane)
        for name, number, xy in zip(frame["street"].tolist(), frame["number"].tolist(), points, strict=True):
            if xy is not None:
                at = address.parse(f"{name}{number}号" if is_chinese(name) else f"{name} {number}")
                self._know(at, "", xy, name)

    def _read_sites(self, tables: Tables, plane: Plane) -> None:
        frame = tables.frame("sites")
        points = _flat_points(geometries(tables, "sites"), plane)
        # What was itself found by address must not bear out the next find.
        sure = ~frame["placed_by"].isin(["address", "name"]).to_numpy()
        for row_id, text, xy, own in zip(frame.index, frame["address"].tolist(), points, sure, strict=True):
            if xy is not None and own and text:
                self._know(address.parse(text), str(row_id), xy)

    def _know(self, at: address.Address, site: str, xy: tuple[float, float], name: str = "") -> None:
        if at.number is None or (at.number_to is not None and at.number_to - at.number > 40):
            return
        key = self.key_of(at.street) or address.street_key(name)
        if not key:
            return
        self._names.setdefault(key, name)
        last = at.number_to or at.number
        # A range of numbers is one plot; its middle number keeps to its side.
        middle = at.number + (last - at.number) // 4 * 2
        for main in self._main[key] or (key,):
            self._known[main].append(Known(middle, at.sub, xy, site))
            if middle != at.number:
                self._known[main].append(Known(at.number, at.sub, xy, site))

    def key_of(self, name: str) -> str:
        """Return the key of a street in a text that ends with it, the longest that is known; empty if none is."""
        key = address.street_key(name)
        if key in self._names:
            return key
        if is_chinese(key):
            for start in range(1, len(key) - _SHORTEST + 1):
                if key[start:] in self._rows:
                    return key[start:]
        return ""

    @cached_property
    def _alike(self) -> tuple[list[str], Similar]:
        keys = list(self._names)
        return keys, Similar(keys)

    def alike(self, name: str) -> Iterator[tuple[str, float]]:
        """Give the keys of streets with a name much like a text, best first, and how alike, below 1."""
        keys, index = self._alike
        wanted = address.street_key(name)
        for at, likeness in index.near(wanted, 3, 0.74):
            if not told_apart(wanted, keys[at]):
                yield keys[at], min(likeness, 0.99)

    def of(self, key: str) -> tuple[Street, ...]:
        """Return the streets of a key, each of its parts apart from others of the name a street of its own."""
        if key not in self._made:
            self._made[key] = tuple(street for main in self._main.get(key) or (key,) for street in self._apart(main))
        return self._made[key]

    def _apart(self, key: str) -> Iterator[Street]:
        lines = self._lines[np.unique(np.array(self._rows.get(key, []), dtype=np.int64))]
        known = self._known.get(key, [])
        points = np.array([one.xy for one in known], dtype=np.float64).reshape(-1, 2)
        if not len(lines):
            if known:
                yield Street(self._names[key], Houses(lines, [one.number for one in known], points), tuple(known))
            return
        for members in _groups(lines):
            own = lines[members]
            near = np.flatnonzero(shapely.distance(shapely.points(points), shapely.union_all(own)) <= APART_M)
            mine = [known[at] for at in near.tolist()]
            yield Street(self._names[key], Houses(own, [one.number for one in mine], points[near]), tuple(mine))

    @cached_property
    def usual_m(self) -> float:
        """Return the metres from one number to the next on the streets where most are known."""
        busiest = sorted(self._known, key=lambda key: -len(self._known[key]))[:60]
        paces = [street.houses.pace for key in busiest for street in self.of(key) if len(street.houses.numbers) > 2]
        sound = [pace for pace in paces if np.isfinite(pace) and pace > 0]
        return float(np.median(sound)) if len(sound) >= _ENOUGH_STREETS else USUAL_M

    @cached_property
    def doubt(self) -> float:
        """Return how much farther off the places of this project are than `Houses` expects of a usual town.

        Each known number is placed as if it were not known; nine of ten must lie as near as was said.
        """
        busiest = sorted(self._known, key=lambda key: -len(self._known[key]))
        said, true = [], []
        for street in (street for key in busiest[:_TRIED_STREETS] for street in self.of(key)):
            houses = street.houses
            for number, xy in zip(houses.numbers[:_TRIED_NUMBERS].tolist(), houses.xy, strict=False):
                spot = houses.without(number).place(number, self.usual_m) if len(houses.numbers) > 1 else None
                if spot is not None and spot.error_m > ASIDE_M:
                    said.append(spot.error_m - ASIDE_M)
                    true.append(max(float(np.hypot(*(xy - spot.xy))) - ASIDE_M, 0.0))
        if len(said) < _ENOUGH_NUMBERS:
            return _UNPROVEN
        return float(np.clip(np.quantile(np.divide(true, said), 0.9) * _MARGIN, 0.2, 4.0))


def _flat_points(shapes: Geometries, plane: Plane) -> list[tuple[float, float] | None]:
    lonlat = np.stack([shapely.get_x(shapes), shapely.get_y(shapes)], axis=1)
    sound = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat[:, 1]) < 85)
    xy = plane.to_xy(np.where(sound[:, None], lonlat, 0.0)).tolist()
    return [(one[0], one[1]) if good else None for one, good in zip(xy, sound.tolist(), strict=True)]


def _groups(lines: Geometries) -> list[NDArray[np.int64]]:
    """Return the places of lines that are near one another, group by group."""
    if len(lines) == 1:
        return [np.zeros(1, dtype=np.int64)]
    first, second = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=APART_M)
    label = np.arange(len(lines))
    while True:
        lowest = label.copy()
        np.minimum.at(lowest, first, label[second])
        if (lowest == label).all():
            break
        label = lowest
    return [np.flatnonzero(label == one) for one in np.unique(label)]
