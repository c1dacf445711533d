"""The given main roads on the flat map: rounded at their bends and joined where they meet."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.sample.facts import to_metres
from geo.sample.ways import Way, node

SNAP_M = 45.0
"""An end of a main road this near to another one is meant to meet it."""

LEAD_OUT_M = 700.0
"""How far a road goes on beyond its given end to reach the district's outline."""

_CORNER_M = 30.0


def arterials(roads: Sequence[dict[str, Any]], outline: shapely.Polygon) -> list[Way]:
    """Return the main roads of the facts as ways that share a vertex wherever they meet.

    A road that ends in the open near the district's outline goes on to it.
    """
    lines = [rounded(to_metres(road["line"])) for road in roads]
    shapes = [shapely.LineString(line) for line in lines]
    snapped = [_with_snapped_ends(index, lines, shapes) for index in range(len(lines))]
    shapes = [shapely.LineString(line) for line in snapped]
    snapped = [_led_out(index, shapes, outline) for index in range(len(lines))]
    ways = [
        Way([(float(x), float(y)) for x, y in line], road["class"], name=road["zh"], name_en=road["en"])
        for road, line in zip(roads, snapped, strict=True)
    ]
    node(ways, _meetings(ways))
    return ways


def rounded(line: NDArray[np.float64], steps: int = 5) -> NDArray[np.float64]:
    """Return a line, shape (n, 2), bent softly through the same points (a Catmull-Rom spline)."""
    if len(line) < 3:
        return line
    padded = np.vstack([2 * line[0] - line[1], line, 2 * line[-1] - line[-2]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps) / steps)[None, :, None]
    start, end, before, after = (part[:, None] for part in (start, end, before, after))
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.vstack([curve.reshape(-1, 2), line[-1:]])


def _with_snapped_ends(
    index: int, lines: list[NDArray[np.float64]], shapes: list[shapely.LineString]
) -> NDArray[np.float64]:
    line = lines[index].copy()
    corners = np.vstack([other[[0, -1]] for position, other in enumerate(lines) if position != index])
    for end in (0, -1):
        gaps = np.hypot(*(corners - line[end]).T)
        if gaps.min() < _CORNER_M:
            # Ends that meet take the place of the first of them, whichever is asked.
            near = np.vstack([line[end][None], corners[gaps < _CORNER_M]])
            line[end] = near[np.lexsort(near.T)[0]]
            continue
        point = shapely.Point(line[end])
        distances = np.asarray(shapely.distance(shapes, point))
        distances[index] = np.inf
        if distances.min() < SNAP_M:
            target = shapes[distances.argmin()]
            line[end] = target.interpolate(target.project(point)).coords[0]
    return line


def _led_out(index: int, shapes: list[shapely.LineString], outline: shapely.Polygon) -> NDArray[np.float64]:
    line = shapely.get_coordinates(shapes[index])
    for end, before in ((0, 1), (-1, -2)):
        point = shapely.Point(line[end])
        # One street is always there: the road itself.
        if np.sum(shapely.dwithin(shapes, point, 1.0)) > 1 or not outline.contains(point):
            continue
        ahead = line[end] - line[before]
        ray = shapely.LineString([line[end], line[end] + ahead / np.hypot(*ahead) * LEAD_OUT_M])
        exits = shapely.get_coordinates(ray.intersection(outline.boundary))
        if len(exits):
            line = np.vstack([exits[:1], line]) if end == 0 else np.vstack([line, exits[:1]])
    return line


def _meetings(ways: list[Way]) -> list[tuple[float, float]]:
    lines = [way.line for way in ways]
    points = [way.points[end] for way in ways for end in (0, -1)]
    for a, b in shapely.STRtree(lines).query(lines, predicate="intersects").T:
        if a < b:
            crossing = shapely.intersection(lines[a], lines[b])
            points.extend((float(x), float(y)) for x, y in shapely.get_coordinates(crossing))
    return points
