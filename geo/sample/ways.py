"""Streets on the flat map as lists of points, joined by shared vertices."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

Point = tuple[float, float]

TOUCH_M = 0.5
"""What is this near to a street lies on it."""

DRIVABLE = frozenset({"trunk", "primary", "secondary", "tertiary", "residential", "service"})


@dataclass(eq=False)
class Way:
    """A street: its points in metres, its class, and its place in the town (`quarter`, -1 for a main road)."""

    points: list[Point]
    highway: str
    quarter: int = -1
    name: str = ""
    name_en: str = ""
    oneway: bool = False
    bridge: bool = False
    dead_end: bool = False
    local: bool = field(default=False)

    @property
    def length(self) -> float:
        """Return the length in metres."""
        return sum(math.dist(a, b) for a, b in pairwise(self.points))

    @property
    def line(self) -> shapely.LineString:
        """Return the street as a line on the flat map."""
        return shapely.LineString(self.points)


def node(ways: list[Way], meetings: Iterable[Point]) -> None:
    """Put every meeting point as a vertex into each way that it lies on, so that ways share it."""
    # Two meetings within a step of each other are one, or the network would have splinters.
    points = list(dict.fromkeys((round(x, 2), round(y, 2)) for x, y in meetings))
    tree = shapely.STRtree([way.line for way in ways])
    found = tree.query(shapely.points(points), predicate="dwithin", distance=TOUCH_M)
    for way_index, pairs in _grouped(found).items():
        way = ways[way_index]
        way.points = _with_vertices(way, [points[index] for index in pairs])


def _grouped(found: np.ndarray) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for point, way in found.T:
        groups[int(way)].append(int(point))
    return groups


def _with_vertices(way: Way, added: list[Point]) -> list[Point]:
    line = way.line
    own = np.array(way.points)
    new = np.array(added)
    gaps = np.hypot(own[:, None, 0] - new[None, :, 0], own[:, None, 1] - new[None, :, 1])
    # A vertex that a meeting falls on gives way to it; both ends stay ends.
    kept: list[Point] = [point for point, gap in zip(way.points, gaps.min(axis=1), strict=True) if gap > TOUCH_M]
    along = shapely.line_locate_point(line, shapely.points([*kept, *added]))
    ordered = [point for _, point in sorted(zip(along, [*kept, *added], strict=True))]
    return list(dict.fromkeys(ordered))


def components(ways: list[Way]) -> list[int]:
    """Return for each way the number of the connected part it belongs to; the part with most ways is 0."""
    parents: dict[Point, Point] = {}

    def root(point: Point) -> Point:
        while parents.setdefault(point, point) != point:
            parents[point] = parents[parents[point]]
            point = parents[point]
        return point

    for way in ways:
        first = root(way.points[0])
        for point in way.points[1:]:
            parents[root(point)] = first
    roots = [root(way.points[0]) for way in ways]
    order = sorted(dict.fromkeys(roots), key=lambda one: -roots.count(one))
    rank = {one: index for index, one in enumerate(order)}
    return [rank[one] for one in roots]
