"""Where a house number lies on a street, from the numbers that are known there."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.places.plane import Geometries

Points = NDArray[np.float64]

OFF_STREET_M = 200.0
"""A known number farther than this from the street is not believed."""

ASIDE_M = 20.0
"""How far a house stands from the middle of its street; no place found is better than this."""

USUAL_M = 6.0
"""Metres along a street from one number to the next, where no street of the project shows it."""

OTHER_SIDE_M = 70.0
"""How much less a place is trusted that was found from numbers of the other side of the street."""

NEXT_DOOR_M = 60.0
"""How far from its neighbour a house may be: round the corner of a block."""

_PARALLEL_M = 45.0
_FARTHEST_ASIDE_M = 40.0


class Way(StrEnum):
    """How a house number was placed."""

    KNOWN = "known"
    BETWEEN = "between"
    BEYOND = "beyond"
    BESIDE = "beside"
    STREET = "street"


@dataclass(frozen=True)
class Spot:
    """A place on the plane for a house number.

    Attributes
    ----------
    xy
        Metres on the plane.
    error_m
        Nine of ten places found like this lie nearer to the truth.
    way
        How it was found.
    low, high
        The known numbers it was found from; `high` is None where there was one.
    """

    xy: tuple[float, float]
    error_m: float
    way: Way
    low: int | None = None
    high: int | None = None


class Houses:
    """The numbers known on one street, in the order in which they stand along it.

    Parameters
    ----------
    lines
        The street's lines on the plane; may be none when two numbers or more are known.
    numbers, xy
        The known numbers, shape (n,), and where each is, shape (n, 2).
    """

    def __init__(self, lines: Geometries, numbers: Sequence[int], xy: Points) -> None:
        self.lines = lines
        given, at = np.asarray(numbers, dtype=np.int64), np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        if len(lines) and len(given):
            near = shapely.distance(shapely.points(at), shapely.union_all(lines)) <= OFF_STREET_M
            given, at = given[near], at[near]
        self.numbers, first, counts = np.unique(given, return_index=True, return_counts=True)
        self.xy, self._spread = at[first], np.zeros(len(self.numbers))
        for i in np.flatnonzero(counts > 1):
            here = at[given == self.numbers[i]]
            self.xy[i] = np.median(here, axis=0)
            self._spread[i] = np.hypot(*(here - self.xy[i]).T).max()

    @cached_property
    def axis(self) -> shapely.LineString:
        """Return one line along the whole street; without lines, from number to number, or an empty one."""
        if len(self.lines):
            return axis(self.lines)
        return shapely.LineString(self.xy) if len(self.numbers) > 1 else shapely.LineString()

    @cached_property
    def along(self) -> NDArray[np.float64]:
        """Return the metres along the axis of each known number, shape (n,)."""
        return np.asarray(shapely.line_locate_point(self.axis, shapely.points(self.xy)), dtype=np.float64)

    @cached_property
    def pace(self) -> float:
        """Return the metres along the street from one number to the next; NaN where fewer than two are known."""
        paces = []
        for side in (0, 1):
            own = self.numbers % 2 == side
            paces.extend(np.abs(np.diff(self.along[own])) / np.diff(self.numbers[own]))
        if not paces and len(self.numbers) > 1:
            paces.extend(np.abs(np.diff(self.along)) / np.diff(self.numbers))
        return float(np.median(paces)) if paces else float("nan")

    def without(self, number: int) -> "Houses":
        """Return the same street with one number not known."""
        kept = self.numbers != number
        other = copy(self)
        other.__dict__.pop("pace", None)
        other.axis, other.along = self.axis, self.along[kept]
        other.numbers, other.xy, other._spread = self.numbers[kept], self.xy[kept], self._spread[kept]
        return other

    def place(self, number: int, usual_m: float = USUAL_M, doubt: float = 1.0) -> Spot | None:
        """Return where a number lies; None where nothing but the street is known, or not even that.

        Parameters
        ----------
        number
            The house number.
        usual_m
            Metres from one number to the next on streets of the project.
        doubt
            How much farther off than usual the places found in this project are.
        """
        if not len(self.numbers):
            return None
        at = int(np.searchsorted(self.numbers, number))
        if at < len(self.numbers) and self.numbers[at] == number:
            x, y = self.xy[at].tolist()
            return Spot((x, y), ASIDE_M + float(self._spread[at]), Way.KNOWN, number)
        if self.axis.length == 0:
            return self._beside(number, np.arange(len(self.numbers)), usual_m)
        own = np.flatnonzero(self.numbers % 2 == number % 2)
        found: list[Spot] = []
        # The other side of a street counts on its own, often far out of step.
        every = np.arange(len(self.numbers))
        for kept, out_of_step in ((own, 0.0), (every, self._out_of_step(number, own))):
            if len(kept) and (kept is own or len(kept) > len(own)):
                spot = (
                    self._between(number, kept)
                    or self._beyond(number, kept, usual_m)
                    or self._beside(number, kept, usual_m)
                )
                found.append(replace(spot, error_m=spot.error_m + out_of_step))
        best = min(found, key=lambda spot: spot.error_m)
        return replace(best, error_m=ASIDE_M + doubt * (best.error_m - ASIDE_M))

    def _out_of_step(self, number: int, own: NDArray[np.int64]) -> float:
        """Return by how many metres the numbers across the street may mislead about one, from those next to it."""
        other = np.setdiff1d(np.arange(len(self.numbers)), own)
        if len(own) < 2 or not len(other):
            return OTHER_SIDE_M
        first, last = self.numbers[own[0]], self.numbers[own[-1]]
        other = other[(self.numbers[other] > first) & (self.numbers[other] < last)]
        if not len(other):
            return OTHER_SIDE_M
        other = other[np.argsort(np.abs(self.numbers[other] - number))[:2]]
        expected = np.interp(self.numbers[other], self.numbers[own], self.along[own])
        return max(OTHER_SIDE_M, float(np.abs(expected - self.along[other]).max()))

    def _between(self, number: int, kept: NDArray[np.int64]) -> Spot | None:
        at = int(np.searchsorted(self.numbers[kept], number))
        if not 0 < at < len(kept):
            return None
        low, high = int(kept[at - 1]), int(kept[at])
        span = abs(float(self.along[high] - self.along[low]))
        share = (number - self.numbers[low]) / (self.numbers[high] - self.numbers[low])
        along = float(self.along[low] + share * (self.along[high] - self.along[low]))
        nearer = min(share, 1 - share) * span
        error = ASIDE_M + 0.15 * span + 0.5 * nearer + self._disorder(number, kept)
        return Spot(self._at(along, number), error, Way.BETWEEN, int(self.numbers[low]), int(self.numbers[high]))

    def _disorder(self, number: int, kept: NDArray[np.int64]) -> float:
        """Return by how many metres the numbers around one run against the order of all."""
        if len(kept) < 4:
            return 0.0
        at = int(np.searchsorted(self.numbers[kept], number))
        along = self.along[kept]
        steps = np.diff(along[max(at - 4, 0) : at + 4])
        sign = 1.0 if along[-1] >= along[0] else -1.0
        return float(np.clip(-steps * sign - 2 * ASIDE_M, 0, None).sum())

    def _beyond(self, number: int, kept: NDArray[np.int64], usual_m: float) -> Spot | None:
        """Go on past the first or the last known number at the street's own pace."""
        numbers, along = self.numbers[kept], self.along[kept]
        first = number < numbers[0]
        direction = self._direction(usual_m)
        if direction == 0 or numbers[0] < number < numbers[-1]:
            return None
        near = 0 if first else -1
        pace = self.pace if np.isfinite(self.pace) and 0.2 * usual_m < self.pace < 5 * usual_m else usual_m
        step = abs(int(number - numbers[near])) * pace
        wanted = float(along[near]) + direction * step * (-1 if first else 1)
        reached = min(max(wanted, 0.0), self.axis.length)
        # Where the street ends before the number is reached, the number is likely near the end.
        overshoot = abs(wanted - reached)
        doubt = 0.6 if len(numbers) > 1 else 0.9
        error = ASIDE_M + doubt * step + 0.3 * overshoot
        return Spot(self._at(reached, number), error, Way.BEYOND, int(numbers[near]))

    def _direction(self, usual_m: float) -> int:
        """Return 1 if numbers grow along the axis, -1 if against it, 0 if that is not known."""
        if len(self.numbers) > 1 and abs(self.along[-1] - self.along[0]) > ASIDE_M:
            return 1 if self.along[-1] > self.along[0] else -1
        # Streets begin with number 1: the end from which the one known number is as far as it should be.
        expected = float(self.numbers[0]) * usual_m
        from_start, from_end = abs(self.along[0] - expected), abs(self.axis.length - self.along[0] - expected)
        if min(from_start, from_end) < 0.4 * max(from_start, from_end):
            return 1 if from_start < from_end else -1
        return 0

    def _beside(self, number: int, kept: NDArray[np.int64], usual_m: float) -> Spot:
        numbers = self.numbers[kept]
        near = int(np.abs(numbers - number).argmin())
        x, y = self.xy[kept[near]].tolist()
        error = ASIDE_M + NEXT_DOOR_M + 1.5 * abs(int(numbers[near]) - number) * usual_m
        if self.axis.length:
            error = min(error, ASIDE_M + self.axis.length)
        return Spot((x, y), error, Way.BESIDE, int(numbers[near]))

    def _at(self, along: float, number: int) -> tuple[float, float]:
        """Return the place at some metres along the axis, on the number's side of the street where that is known."""
        own = np.flatnonzero(self.numbers % 2 == number % 2)
        on = shapely.get_coordinates(shapely.line_interpolate_point(self.axis, [along, *self.along[own]]))
        normal = _normals(self.axis, np.array([along, *self.along[own]]))
        aside = np.einsum("ij,ij->i", self.xy[own] - on[1:], normal[1:])
        shown = len(own) > 1 and abs(int(np.sign(aside).sum())) >= 0.7 * len(own)
        shift = float(np.clip(np.median(aside), -_FARTHEST_ASIDE_M, _FARTHEST_ASIDE_M)) if shown else 0.0
        x, y = (on[0] + shift * normal[0]).tolist()
        return x, y


def _normals(line: shapely.LineString, along: NDArray[np.float64]) -> Points:
    """Return the directions to the left of a line at some metres along it, shape (n, 2)."""
    ahead = np.minimum(along + 1, line.length)
    before = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(ahead - 2, 0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, ahead))
    step = after - before
    return np.asarray(np.stack([-step[:, 1], step[:, 0]], axis=1) / np.maximum(np.hypot(*step.T), 1e-9)[:, None])


def axis(lines: Geometries) -> shapely.LineString:
    """Return one line along a street of many parts: the longest, with what goes on from either end.

    The second lane of a dual carriageway runs beside what is there already and is left out.
    """
    merged = shapely.line_merge(shapely.union_all(lines))
    parts = sorted(shapely.get_parts(merged), key=lambda part: -part.length)
    chosen = parts[0]
    left = parts[1:]
    while left:
        gaps = [_gap(chosen, part) for part in left]
        at = int(np.argmin(gaps))
        part = left.pop(at)
        beside = shapely.intersection(part, chosen.buffer(_PARALLEL_M)).length
        if beside < 0.6 * part.length:
            chosen = _joined(chosen, part)
    return shapely.LineString(chosen)


def _gap(line: shapely.LineString, part: shapely.LineString) -> float:
    ends = shapely.points([line.coords[0], line.coords[-1]])
    return float(shapely.distance(ends, part).min())


def _joined(line: shapely.LineString, part: shapely.LineString) -> shapely.LineString:
    own, other = np.asarray(line.coords), np.asarray(part.coords)
    ends = [np.hypot(*(own[i] - other[j])) for i in (0, -1) for j in (0, -1)]
    nearest = int(np.argmin(ends))
    own = own[::-1] if nearest < 2 else own
    other = other[::-1] if nearest in (1, 3) else other
    return shapely.LineString(np.vstack([own, other]))
