"""Where sites and offices may stand: spots beside streets, spread evenly, each with its address."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.sample.facts import Dice
from geo.sample.grounds import Grounds
from geo.sample.streets import Network
from geo.sample.ways import DRIVABLE, Point

APART_M = 28.0
"""How near two sites may be."""

_STEP_M = 21.0
_ASIDE_M = (13.0, 27.0)
_TRIES = 14


@dataclass
class Spots:
    """Spots beside streets a car may use; `area` is the number of the subdistrict of each."""

    xy: NDArray[np.float64]
    area: NDArray[np.int64]
    taken: list[Point] = field(default_factory=list)

    def near(self, area: int, at: NDArray[np.float64]) -> Point:
        """Take the spot of a subdistrict that is nearest to a point."""
        own = self.xy[self.area == area]
        return self._take(own[np.hypot(*(own - at).T).argmin()])

    def spread(self, area: int, same: Sequence[Point], dice: Dice) -> Point:
        """Take a spot of a subdistrict far from what is taken, above all from the `same` kind."""
        own = self.xy[self.area == area]
        tries = own[dice.rng.integers(len(own), size=_TRIES)]
        room = _gap(tries, self.taken)
        score = np.minimum(_gap(tries, same), 3 * room)
        return self._take(tries[np.where(room > APART_M, score, -1 / (room + 1)).argmax()])

    def _take(self, xy: NDArray[np.float64]) -> Point:
        point = float(xy[0]), float(xy[1])
        self.taken.append(point)
        return point


def spots(net: Network, areas: Sequence[shapely.MultiPolygon], grounds: Grounds, dice: Dice) -> Spots:
    """Return all spots, some metres beside a street, in a subdistrict, in no park, on no other street."""
    found = np.vstack([_beside(way.points, dice) for way in net.ways if way.highway in DRIVABLE])
    points = np.asarray(shapely.points(found), dtype=object)
    wet = shapely.union_all([grounds.no_streets, *grounds.lakes])
    shapely.prepare(wet)
    streets = shapely.STRtree([way.line for way in net.ways])
    crowded = np.unique(streets.query(points, predicate="dwithin", distance=_ASIDE_M[0] - 3)[0])
    free = np.asarray(~shapely.intersects(wet, points))
    free[crowded] = False
    area = np.full(len(found), -1)
    inside, which = shapely.STRtree(points).query(list(areas), predicate="contains")[::-1]
    area[inside] = which
    kept = free & (area >= 0)
    return Spots(np.round(found[kept], 2), area[kept])


def _beside(points: list[Point], dice: Dice) -> NDArray[np.float64]:
    line = shapely.LineString(points)
    if line.length < 45:
        return np.empty((0, 2))
    along = np.arange(16 + dice.between(0, 8), line.length - 14, _STEP_M)
    at = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 1))
    normal = (ahead - at)[:, ::-1] * [-1, 1]
    normal /= np.maximum(np.hypot(*normal.T), 1e-9)[:, None]
    aside = dice.rng.uniform(*_ASIDE_M, len(at)) * dice.rng.choice([-1, 1], len(at))
    return np.asarray(at + normal * aside[:, None])


def _gap(points: NDArray[np.float64], others: Sequence[Point]) -> NDArray[np.float64]:
    if not others:
        return np.full(len(points), 1e6)
    other = np.asarray(others)
    return np.asarray(np.hypot(*(points[:, None] - other[None]).transpose(2, 0, 1)).min(axis=1))


class Addresses:
    """Tell the address of a point: the nearest street with a name, and a house number that grows along it."""

    def __init__(self, net: Network) -> None:
        self._ways = [way for way in net.all_ways() if way.name]
        self._lines = [way.line for way in self._ways]
        self._tree = shapely.STRtree(self._lines)
        self._given: set[tuple[str, int]] = set()

    def at(self, point: Point) -> str:
        """Return the address of a point, which nothing else has."""
        place = shapely.Point(point)
        index = int(self._tree.nearest(place))
        way, line = self._ways[index], self._lines[index]
        number = 2 * int(line.project(place) / 9) + 1 + _left_of(way.points, point)
        while (way.name, number) in self._given:
            number += 2
        self._given.add((way.name, number))
        return f"{way.name}{number}号"


def _left_of(points: list[Point], point: Point) -> int:
    (ax, ay), (bx, by) = points[0], points[-1]
    return int((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) > 0)


def apportioned(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Return whole numbers that sum to a total, in proportion to weights, none below `least`."""
    share = np.asarray(weights, dtype=np.float64)
    exact = least + (total - least * len(share)) * share / share.sum()
    numbers = np.floor(exact).astype(int)
    for index in np.argsort(numbers - exact, kind="stable")[: total - numbers.sum()]:
        numbers[index] += 1
    return [int(number) for number in numbers]
