"""Local streets: the blocks between main roads are cut in two, again and again, until they are small."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.sample.facts import Dice, to_metres
from geo.sample.ways import TOUCH_M, Point, Way

Vector = NDArray[np.float64]

OLD_TOWN = to_metres([(113.264, 23.122)])[0]
SPACING_M = (105.0, 200.0)
"""How far apart streets are in the old town, and on the northern hills."""

QUARTER_M2 = 250_000.0
"""A block no bigger than this is a quarter, whose streets share their first name."""

_TERTIARY_M2 = 330_000.0
_RESIDENTIAL_M2 = 32_000.0
_JUNCTION_M = 32.0
_CELL_M = 64.0
_FREE_END_M = (9.0, 22.0)


@dataclass(frozen=True)
class Block:
    """A piece of the town without streets inside; `quarter` is -1 while it is bigger than one."""

    polygon: shapely.Polygon
    quarter: int = -1

    @cached_property
    def box(self) -> tuple[Vector, Vector, float, float]:
        """Return the long and the short direction (unit vectors), the length and the width in metres."""
        corners = shapely.get_coordinates(shapely.oriented_envelope(self.polygon))
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        a, b = math.hypot(*first), math.hypot(*second)
        if a >= b:
            return first / a, second / b, a, b
        return second / b, first / a, b, a

    @cached_property
    def centre(self) -> Vector:
        """Return the middle, of the hole in it where there is one."""
        hole = self.polygon.interiors
        middle = (shapely.Polygon(hole[0]) if hole else self.polygon).centroid
        return np.array([middle.x, middle.y])

    @cached_property
    def area(self) -> float:
        """Return the area in square metres."""
        return float(self.polygon.area)

    @cached_property
    def spacing(self) -> float:
        """Return how far apart streets are where the block lies, in metres."""
        return float(np.interp(math.hypot(*(self.centre - OLD_TOWN)), [1400, 4200], SPACING_M))


class Cutter:
    """Cut blocks into smaller ones, the cuts being streets.

    Parameters
    ----------
    dice
        Where chance comes from.
    barrier
        The lines where a street may end without meeting another: park fences, banks, the district's outline.
    main
        The main roads; a cut ends at a junction of theirs where one is near.
    """

    def __init__(self, dice: Dice, barrier: shapely.Geometry, main: list[Way]) -> None:
        self.dice = dice
        self.ways: list[Way] = []
        self.leaves: list[Block] = []
        self.quarters: list[Point] = []
        self._barrier = barrier
        shapely.prepare(self._barrier)
        self._main = shapely.union_all([way.line for way in main])
        shapely.prepare(self._main)
        self._junctions: dict[tuple[int, int], list[Point]] = defaultdict(list)
        for way in main:
            for point in way.points:
                self._remember(point)

    def cut_all(self, blocks: list[shapely.Polygon]) -> None:
        """Cut until nothing is left to cut; `ways`, `leaves` and `quarters` hold what came of it."""
        queue = deque(Block(polygon) for polygon in blocks)
        while queue:
            block = self._placed(queue.popleft())
            parts = self._cut(block) if self._too_big(block) else []
            if parts:
                queue.extend(parts)
            else:
                self.leaves.append(block)

    def _placed(self, block: Block) -> Block:
        if block.quarter >= 0 or block.area > QUARTER_M2:
            return block
        centre = block.polygon.representative_point()
        self.quarters.append((centre.x, centre.y))
        return Block(block.polygon, len(self.quarters) - 1)

    def _too_big(self, block: Block) -> bool:
        spacing = block.spacing * self.dice.between(0.85, 1.2)
        _, _, length, width = block.box
        return block.area > 1.15 * spacing**2 and length > 1.15 * spacing and width > 55

    def _cut(self, block: Block) -> list[Block]:
        along, across, length, width = block.box
        shapely.prepare(block.polygon)
        holed = bool(block.polygon.interiors)
        for attempt in range(12):
            # Every third try cuts lengthwise: an odd block may have its street on the short side only.
            u, v, reach = (along, across, length) if attempt % 3 < 2 else (across, along, width)
            spread = (0.13, 0.3, 0.42, 0.42)[attempt // 3]
            shift = 0.0 if holed and attempt == 0 else self.dice.between(-spread, spread) * reach
            pieces = self._pieces(block.polygon, block.centre + shift * u, u, v)
            cuts = [cut for piece in pieces if (cut := self._settled(block.polygon, piece))]
            parts = [Block(part, block.quarter) for part in _parted(block.polygon, [cut for cut, _ in cuts])]
            if len(parts) > 1 and all(_sound(part, block) for part in parts):
                self._keep(block, [street for _, street in cuts])
                return parts
        return []

    def _pieces(self, polygon: shapely.Polygon, at: Vector, u: Vector, v: Vector) -> list[Vector]:
        turn = self.dice.rng.normal(0, 0.035)
        v = v * np.cos(turn) + u * np.sin(turn)
        line = shapely.LineString([at - 4000 * v, at + 4000 * v])
        parts = [part for part in shapely.get_parts(shapely.intersection(polygon, line)) if part.length > 20]
        if len(parts) > 1 and not polygon.interiors:
            middle = shapely.Point(at)
            parts = [min(parts, key=middle.distance)]
        return [shapely.get_coordinates(part) for part in parts]

    def _settled(self, polygon: shapely.Polygon, piece: Vector) -> tuple[list[Point], list[Point]] | None:
        """Return the cut and the street on it, its ends at junctions where some are near; None if it hangs free."""
        ends = [self._junction(polygon, piece[0]) or _rounded(piece[0])]
        ends.append(self._junction(polygon, piece[-1]) or _rounded(piece[-1]))
        line = self._bent(polygon, ends)
        free = [self._is_free(end) for end in ends]
        if all(free) or shapely.difference(shapely.LineString(line), polygon).length > 4 * TOUCH_M:
            return None
        street = list(line)
        if any(free):
            at = 0 if free[0] else -1
            street[at] = _drawn_back(line, at, self.dice.between(*_FREE_END_M))
        return line, street

    def _bent(self, polygon: shapely.Polygon, ends: list[Point]) -> list[Point]:
        a, b = np.array(ends)
        length = math.hypot(*(b - a))
        if length < 170 or self.dice.chance(0.35):
            return ends
        normal = np.array([a[1] - b[1], b[0] - a[0]]) / length
        bow = float(np.clip(self.dice.rng.normal(0, 0.022), -0.05, 0.05)) * length
        inner = [_rounded(a + (b - a) * t + normal * bow * 4 * t * (1 - t)) for t in (0.25, 0.5, 0.75)]
        line = [ends[0], *inner, ends[1]]
        return line if polygon.covers(shapely.LineString(inner)) else ends

    def _is_free(self, end: Point) -> bool:
        point = shapely.Point(end)
        return bool(shapely.dwithin(self._barrier, point, TOUCH_M) and not shapely.dwithin(self._main, point, TOUCH_M))

    def _junction(self, polygon: shapely.Polygon, end: Vector) -> Point | None:
        column, row = int(end[0] // _CELL_M), int(end[1] // _CELL_M)
        near = [
            (math.hypot(x - end[0], y - end[1]), (x, y))
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for x, y in self._junctions.get((i, j), ())
        ]
        close = sorted(one for one in near if one[0] <= _JUNCTION_M)
        boundary = polygon.boundary if close else None
        for _, point in close:
            if shapely.dwithin(boundary, shapely.Point(point), TOUCH_M):
                return point
        return None

    def _keep(self, block: Block, streets: list[list[Point]]) -> None:
        area = block.area
        for street in streets:
            if area > _TERTIARY_M2:
                highway = "tertiary"
            else:
                highway = "residential" if area > _RESIDENTIAL_M2 or self.dice.chance(0.45) else "service"
            self.ways.append(Way(street, highway, block.quarter, local=True))
            self._remember(street[0])
            self._remember(street[-1])

    def _remember(self, point: Point) -> None:
        self._junctions[int(point[0] // _CELL_M), int(point[1] // _CELL_M)].append(point)


def _rounded(point: Vector) -> Point:
    return round(float(point[0]), 2), round(float(point[1]), 2)


def _drawn_back(line: list[Point], at: int, by: float) -> Point:
    end, before = np.array(line[at]), np.array(line[1 if at == 0 else -2])
    length = math.hypot(*(before - end))
    return _rounded(end + (before - end) * min(by, length / 2) / length)


def _parted(polygon: shapely.Polygon, cuts: list[list[Point]]) -> list[shapely.Polygon]:
    if not cuts:
        return []
    lines = [polygon.boundary, *(shapely.LineString(_stretched(cut)) for cut in cuts)]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    return [face for face in faces if face.area > 1 and polygon.contains(face.representative_point())]


def _stretched(cut: list[Point], by: float = 2 * TOUCH_M) -> Vector:
    """Return a cut a little longer at both ends, so that it surely meets the block's edge."""
    line = np.array(cut)
    first, last = line[0] - line[1], line[-1] - line[-2]
    line[0] += first / math.hypot(*first) * by
    line[-1] += last / math.hypot(*last) * by
    return line


def _sound(part: Block, whole: Block) -> bool:
    _, _, length, width = part.box
    _, _, whole_length, whole_width = whole.box
    fill = whole.area / (whole_length * whole_width)
    # A crooked block, as round a park, can only be cut into crooked ones.
    share = 0.22 if fill > 0.6 else 0.08
    return part.area > share * whole.area and width > 38 and part.area > min(0.45, 0.8 * fill) * length * width
