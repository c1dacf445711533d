"""The street network: main roads as given, local streets between them, all joined, named and classed."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.sample.arterials import arterials
from geo.sample.blocks import SPACING_M, Cutter
from geo.sample.facts import Dice
from geo.sample.grounds import Grounds
from geo.sample.names import first_names, name_streets
from geo.sample.ways import DRIVABLE, TOUCH_M, Point, Way, components, node

ALLEYS = 0.42
"""The share of old-town blocks that an alley leads into."""

ONE_WAY = 0.16
"""The share of through streets that are one-way."""

QUAY_M = 190.0
"""No streets are made on ground this near to the river: it is the quay."""

_MERGE_COSINE = np.cos(np.radians(24))


@dataclass(frozen=True)
class Network:
    """The streets, the middle and the first name of every quarter, and the islet's lane that no road leads to."""

    ways: list[Way]
    quarters: list[Point]
    stems: list[tuple[str, str]]
    islet: Way

    def all_ways(self) -> list[Way]:
        """Return all streets, the islet's lane last."""
        return [*self.ways, self.islet]


def network(facts: dict[str, Any], words: dict[str, Any], grounds: Grounds, dice: Dice) -> Network:
    """Return the street network of the district."""
    main = arterials([*facts["roads"], *words["roads"]], grounds.outline)
    cutter = Cutter(dice, grounds.barrier, main)
    cutter.cut_all(_blocks(main, grounds))
    ways = [*main, *_merged(cutter.ways), *_alleys(cutter, dice)]
    node(ways, [way.points[end] for way in ways for end in (0, -1)])
    ways = [way for way, part in zip(ways, components(ways), strict=True) if part == 0]
    _class(ways, dice)
    islet = Way([(float(x), float(y)) for x, y in grounds.islet_lane.coords], "residential", local=True)
    islet.name, islet.name_en = words["islet"]["lane"]
    stems = first_names(facts, words, cutter.quarters)
    name_streets(ways, words["suffixes"], cutter.quarters, stems, dice)
    return Network(ways, cutter.quarters, stems, islet)


def _blocks(main: list[Way], grounds: Grounds) -> list[shapely.Polygon]:
    lines = shapely.union_all([way.line for way in main] + [grounds.outline.boundary])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    blocks: list[shapely.Polygon] = []
    for face in faces:
        if grounds.outline.contains(face.representative_point()):
            open_ground = shapely.difference(face, grounds.no_streets)
            blocks.extend(
                part
                for part in shapely.get_parts(open_ground)
                if part.area > 2000 and part.centroid.distance(grounds.river) > QUAY_M
            )
    return blocks


def _merged(ways: list[Way]) -> list[Way]:
    """Return the ways, those joined that lead straight on across a junction: they are one street."""
    ends: dict[Point, list[tuple[Way, int]]] = defaultdict(list)
    for way in ways:
        ends[way.points[0]].append((way, 0))
        ends[way.points[-1]].append((way, -1))
    into: dict[int, Way] = {}

    def now(way: Way) -> Way:
        while id(way) in into:
            way = into[id(way)]
        return way

    for point, meeting in ends.items():
        for first in range(len(meeting)):
            for second in range(first + 1, len(meeting)):
                a, b = now(meeting[first][0]), now(meeting[second][0])
                if a is not b and _straight(a, b, point):
                    _join(a, b, point)
                    into[id(b)] = a
    return [way for way in ways if id(way) not in into]


def _straight(a: Way, b: Way, at: Point) -> bool:
    if {a.highway, b.highway} == {"tertiary", "service"} or at not in (a.points[0], a.points[-1]):
        return False
    if at not in (b.points[0], b.points[-1]):
        return False
    first = np.subtract(at, a.points[1] if a.points[0] == at else a.points[-2])
    second = np.subtract(b.points[1] if b.points[0] == at else b.points[-2], at)
    cosine = float(first @ second / np.hypot(*first) / np.hypot(*second))
    return cosine > _MERGE_COSINE and a.length + b.length < 1600


def _join(a: Way, b: Way, at: Point) -> None:
    head = a.points if a.points[-1] == at else a.points[::-1]
    tail = b.points if b.points[0] == at else b.points[::-1]
    if b.length > a.length:
        a.highway, a.quarter = b.highway, b.quarter
    a.points = [*head, *tail[1:]]


def _alleys(cutter: Cutter, dice: Dice) -> list[Way]:
    """Return dead-end alleys from the long side of a block into its middle."""
    ways = []
    streets = shapely.union_all([way.line for way in cutter.ways])
    shapely.prepare(streets)
    for block in cutter.leaves:
        along, across, length, width = block.box
        if length < 75 or width < 60 or not dice.chance(ALLEYS * SPACING_M[0] / block.spacing):
            continue
        start = block.centre + along * dice.between(-0.22, 0.22) * length
        side = across if dice.chance(0.5) else -across
        ray = shapely.LineString([start, start + side * 400])
        hit = shapely.get_coordinates(ray.intersection(block.polygon.exterior))
        if not len(hit) or not shapely.dwithin(streets, shapely.Point(hit[0]), TOUCH_M):
            continue
        inner = hit[0] + (start - hit[0]) * dice.between(0.75, 1.15)
        points = [(round(float(x), 2), round(float(y), 2)) for x, y in (hit[0], inner)]
        if 28 < np.hypot(*(inner - hit[0])) < 130:
            ways.append(Way(points, "service", block.quarter, dead_end=True, local=True))
    return ways


def _class(ways: list[Way], dice: Dice) -> None:
    """Make some streets pedestrian and some one-way, and leave every car a way out and in."""
    for way in ways:
        if way.local and not way.dead_end and way.highway == "service" and dice.chance(0.10):
            way.highway = "pedestrian"
    _close_to_cars(ways)
    degree = Counter(point for way in ways for point in way.points if way.highway in DRIVABLE)
    through = [
        way
        for way in ways
        if way.highway in {"residential", "service"}
        and min(degree[way.points[0]], degree[way.points[-1]]) > 1
        and way.length < 420
    ]
    for way in through:
        if dice.chance(ONE_WAY):
            way.oneway = True
            if dice.chance(0.5):
                way.points.reverse()
    _open_traps(ways)


def _close_to_cars(ways: list[Way]) -> None:
    """Make those streets pedestrian too that only a pedestrian street leads to."""
    cars = [way for way in ways if way.highway in DRIVABLE]
    for way, part in zip(cars, components(cars), strict=True):
        if part:
            way.highway = "pedestrian"


def _open_traps(ways: list[Way]) -> None:
    """Take the one-way from streets until every junction can be reached and left by car."""
    cars = [way for way in ways if way.highway in DRIVABLE]
    while True:
        onward, back = _steps(cars)
        start = cars[0].points[0]
        safe = _reached(onward, start) & _reached(back, start)
        trapped = [way for way in cars if way.oneway and not safe.issuperset(way.points)]
        if not trapped:
            return
        for way in trapped:
            way.oneway = False


def _steps(cars: list[Way]) -> tuple[dict[Point, list[Point]], dict[Point, list[Point]]]:
    onward: dict[Point, list[Point]] = defaultdict(list)
    back: dict[Point, list[Point]] = defaultdict(list)
    for way in cars:
        for a, b in pairwise(way.points):
            onward[a].append(b)
            back[b].append(a)
            if not way.oneway:
                onward[b].append(a)
                back[a].append(b)
    return onward, back


def _reached(steps: dict[Point, list[Point]], start: Point) -> set[Point]:
    seen, ahead = {start}, [start]
    while ahead:
        for point in steps[ahead.pop()]:
            if point not in seen:
                seen.add(point)
                ahead.append(point)
    return seen
