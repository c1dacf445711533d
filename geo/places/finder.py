"""Finding places by address and by name, each with how sure it is.

What a confidence means was set on two maps where the truth is known, half of the places hidden: the sample, and the
house numbers of Helsinki in OpenStreetMap. It is close to the share of places that lie within 150 m of where they
were put; see ``tests/geo/test_places_finder.py``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely

from geo.language import tr
from geo.places import address as addresses
from geo.places.address import Address
from geo.places.areas import Areas
from geo.places.houses import ASIDE_M, Spot, Way
from geo.places.known import Level, Thing, Things
from geo.places.names import key
from geo.places.plane import plane_of
from geo.places.streets import Known, Street, Streets
from geo.progress import Report, silent
from geo.store.tables import Tables

GOOD_M = 150.0
"""A place this near to the truth is good enough to walk to; confidence is about it."""

BORDER_M = 120.0
"""How far outside of the stated subdistrict a place may lie and still be taken to be in it."""

MOST_ALTERNATIVES = 5

_CERTAINTY: dict[Level, float] = {"same": 0.97, "nearly": 0.9, "host": 0.82, "alike": 0.72}
_STREET_ONLY = 0.55
"""The most that a street without a house number is trusted."""

_REPORT_EVERY = 200

How = Literal["address", "name"]


@dataclass(frozen=True)
class Wanted:
    """A row that wants a place: its name, its address, and its subdistrict by name or id; each may be empty."""

    name: str
    address: str = ""
    subdistrict: str = ""


@dataclass(frozen=True)
class Found:
    """A place that was found.

    Attributes
    ----------
    lonlat
        Degrees.
    confidence
        From 0 to 1, see the module.
    how
        By which of the two it was found.
    text
        What it was matched with, for a reader.
    alternatives
        Other places that it may be, best first, without alternatives of their own.
    """

    lonlat: tuple[float, float]
    confidence: float
    how: How
    text: str
    alternatives: tuple["Found", ...] = ()


@dataclass(frozen=True)
class _Guess:
    xy: tuple[float, float]
    confidence: float
    how: How
    text: str


class Finder:
    """Find places in a project; what it knows is read once, when it is made.

    Parameters
    ----------
    tables
        The project as it stands.
    """

    def __init__(self, tables: Tables) -> None:
        self._plane = plane_of(tables)
        self._streets = Streets(tables, self._plane)
        self._things = Things(tables, self._plane)
        self._areas = Areas(tables, self._plane)

    def find(self, rows: Sequence[Wanted], report: Report = silent) -> list[Found | None]:
        """Return the place of each row, None where nothing like it is known."""
        found = []
        for at, row in enumerate(rows):
            if at % _REPORT_EVERY == 0:
                report(at / len(rows), tr("Finding places: {done} of {all}", done=at, all=len(rows)))
            found.append(self._find(row))
        report(1.0, tr("Finding places: {done} of {all}", done=len(rows), all=len(rows)))
        return found

    def _find(self, row: Wanted) -> Found | None:
        parts = addresses.parse(row.address)
        home = self._home(row, parts)
        by_address = list(self._by_address(parts, home))
        certain = max((guess.confidence for guess in by_address), default=0.0)
        by_name = list(self._by_name(row.name, home, alike=certain < 0.9))
        guesses = _best_first([*by_address, *by_name])
        if not guesses:
            return None
        first, *others = guesses
        places = [Found(self._lonlat(one.xy), round(one.confidence, 2), one.how, one.text) for one in guesses]
        return replace(
            places[0],
            confidence=round(_agreed(first, others), 2),
            alternatives=tuple(places[1 : 1 + MOST_ALTERNATIVES]),
        )

    def _lonlat(self, xy: tuple[float, float]) -> tuple[float, float]:
        lon, lat = self._plane.to_lonlat([xy])[0].round(7).tolist()
        return lon, lat

    def _home(self, row: Wanted, parts: Address) -> str:
        """Return the id of the subdistrict that a row says it lies in; 北京街 before a street is one."""
        for text in (row.subdistrict, parts.subdistrict, parts.road if parts.road.endswith("街") else ""):
            if text and (found := self._areas.id_of(text)):
                return found
        return ""

    # -- by address ------------------------------------------------------------------------------------------------

    def _by_address(self, parts: Address, home: str) -> Iterator[_Guess]:
        streets = list(self._streets_of(parts))
        sharing = len(streets)
        if self._nothing_but_street(parts) and (crossing := self._crossing(parts)):
            yield crossing
        for street, likeness in streets:
            guess = self._on_street(street, parts, home)
            trust = likeness
            off = self._areas.metres_off(home, guess.xy) if home else 0.0
            if off > BORDER_M:
                trust *= 0.45
            elif sharing > 1 and not home:
                # A name that several streets have, and nothing says which is meant.
                trust *= 1.0 / sharing
            yield replace(guess, confidence=guess.confidence * trust)
        if parts.place and not streets:
            yield from self._by_name(parts.place, home, how="address", alike=False)

    @staticmethod
    def _nothing_but_street(parts: Address) -> bool:
        return parts.number is None and bool(parts.road)

    def _streets_of(self, parts: Address) -> Iterator[tuple[Street, float]]:
        """Give the streets that an address may mean, with how alike the names are."""
        # A street may be called like a village: 都府新村.
        for name in (parts.street, parts.road, parts.community):
            if name and (known := self._streets.key_of(name)):
                yield from ((street, 1.0) for street in self._streets.of(known))
                return
        if not parts.street and not parts.chinese and parts.rest:
            known = self._streets.key_of(parts.rest.split(",")[0])
            yield from ((street, 0.9) for street in self._streets.of(known))
            return
        for other, likeness in self._streets.alike(parts.street):
            yield from ((street, 0.7 * likeness) for street in self._streets.of(other))

    def _on_street(self, street: Street, parts: Address, home: str) -> _Guess:
        number = parts.number
        if number is None:
            return self._part_of_street(street, home)
        wanted = number if parts.number_to is None else number + (parts.number_to - number) // 4 * 2
        exact = [one for one in street.known if one.number == wanted and one.sub == parts.sub]
        if exact:
            at = np.array([one.xy for one in exact])
            x, y = np.median(at, axis=0).tolist()
            spread = float(np.hypot(*(at - (x, y)).T).max())
            spot: Spot | None = Spot((x, y), ASIDE_M + spread, Way.KNOWN, wanted)
        else:
            spot = street.houses.place(wanted, self._streets.usual_m, self._streets.doubt)
        part = self._part_of_street(street, home)
        if spot is None:
            return part
        by_number = _Guess(spot.xy, _confidence(spot.error_m), "address", _told(street, spot, exact))
        if spot.way is Way.KNOWN or by_number.confidence >= part.confidence:
            return by_number
        # A short lane in the stated subdistrict says more than one number far from the wanted one; a place between two
        # numbers is never worse than the middle of the street.
        return replace(by_number, confidence=part.confidence) if spot.way is Way.BETWEEN else part

    def _part_of_street(self, street: Street, home: str) -> _Guess:
        """Return the middle of a street, of its part in the stated subdistrict where it has one there."""
        shape, where = street.shape, ""
        outline = self._areas.shape(home) if home else None
        if outline is not None:
            inside = shapely.intersection(shape, outline)
            if not inside.is_empty:
                shape, where = inside, self._areas.title(home)
        middle = shapely.centroid(shape)
        near = shapely.shortest_line(shape, middle)
        x, y = near.coords[0]
        west, south, east, north = shapely.bounds(shape).tolist()
        half = float(np.hypot(east - west, north - south)) / 2
        text = (
            tr("{street}, its part in {subdistrict}", street=street.name, subdistrict=where)
            if where
            else tr("{street}, its middle", street=street.name)
        )
        return _Guess((x, y), min(_STREET_ONLY, _confidence(20.0 + 0.9 * half)), "address", text)

    def _crossing(self, parts: Address) -> _Guess | None:
        """Return where the two streets of 东风路与农林路 meet."""
        first, second = self._streets.key_of(parts.road.rstrip("与和及、")), self._streets.key_of(parts.street)
        if not first or not second:
            return None
        for one in self._streets.of(first):
            for other in self._streets.of(second):
                line = shapely.shortest_line(one.shape, other.shape)
                if line is not None and line.length < 40:
                    x, y = line.centroid.coords[0]
                    text = tr("where {one} and {other} meet", one=one.name, other=other.name)
                    return _Guess((x, y), 0.75, "address", text)
        return None

    # -- by name ---------------------------------------------------------------------------------------------------

    def _by_name(self, name: str, home: str, *, how: How = "name", alike: bool = True) -> Iterator[_Guess]:
        if not key(name):
            return
        found = list(self._things.named(name, alike=alike))
        at_home = [one for one in found if home and self._is_home(one[0], home)]
        places = {(round(thing.xy[0] / GOOD_M), round(thing.xy[1] / GOOD_M)) for thing, *_ in at_home or found}
        for thing, level, likeness in found:
            trust = _CERTAINTY[level] * (likeness**2 if level == "alike" else 1.0)
            if home and thing.table != "subdistricts" and not self._is_home(thing, home):
                trust *= 0.5
            elif len(places) > 1 and level != "alike":
                trust /= len(places)
            text = (
                tr("much like “{name}” ({table})", name=thing.title, table=thing.kind)
                if level == "alike"
                else tr("named “{name}” ({table})", name=thing.title, table=thing.kind)
            )
            yield _Guess(thing.xy, trust * _confidence(thing.error_m), how, text)

    def _is_home(self, thing: Thing, home: str) -> bool:
        return thing.subdistrict == home if thing.subdistrict else self._areas.metres_off(home, thing.xy) <= BORDER_M


def _confidence(error_m: float) -> float:
    """Return how likely a place is within `GOOD_M` of the truth, of which nine of ten are within some metres.

    Distances are taken to be distributed exponentially.
    """
    return float(min(0.97, 1.0 - 0.1 ** (GOOD_M / error_m)))


def _best_first(guesses: list[_Guess]) -> list[_Guess]:
    """Return guesses by confidence, those that say the same place only once."""
    kept: list[_Guess] = []
    for guess in sorted(guesses, key=lambda one: -one.confidence):
        if all(guess.how != one.how or _metres(guess, one) > 30 for one in kept):
            kept.append(guess)
    return kept


def _agreed(first: _Guess, others: list[_Guess]) -> float:
    """Return the confidence of the best guess, higher where address and name agree, lower where they do not."""
    other = next((one for one in others if one.how != first.how), None)
    if other is None:
        return first.confidence
    if _metres(first, other) <= GOOD_M:
        return min(0.99, 1 - (1 - first.confidence) * (1 - 0.7 * other.confidence))
    return float(first.confidence * (1 - 0.4 * other.confidence))


def _metres(one: _Guess, other: _Guess) -> float:
    return float(np.hypot(one.xy[0] - other.xy[0], one.xy[1] - other.xy[1]))


def _told(street: Street, spot: Spot, exact: list[Known]) -> str:
    """Return what a house number was placed by, for a reader."""
    name = street.name
    if spot.way is Way.KNOWN:
        if exact and all(one.site for one in exact):
            return tr("{street}, number {number}, as a site has it", street=name, number=spot.low)
        return tr("{street}, number {number}", street=name, number=spot.low)
    if spot.way is Way.BETWEEN:
        return tr("{street}, between numbers {low} and {high}", street=name, low=spot.low, high=spot.high)
    if spot.way is Way.BEYOND:
        return tr("{street}, beyond number {number}", street=name, number=spot.low)
    return tr("{street}, near number {number}", street=name, number=spot.low)
