"""The sea, which OpenStreetMap has no area for: what lies to the right of its coastlines."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]

_BESIDE = 1e-7
"""How far, in degrees, beside the coast a face of land or sea is looked for: a centimetre."""

_NEAR_EDGE = 0.1
"""A coastline that ends so near the edge, as a share of the box, is led on to it."""


def sea(coast: Sequence[NDArray[np.float64]], bounds: Bounds) -> shapely.MultiPolygon | None:
    """Return the sea within a box, None if there is none that is known.

    Parameters
    ----------
    coast
        Coastlines in degrees, each of shape (n, 2), with the land on the left and the water on the right.
    bounds
        West, south, east and north of the box in degrees. A coastline that ends within it but near its edge, as
        extracts cut them, is led on to the edge; a face that is sea and land alike all the same is taken for land.
    """
    box = shapely.box(*bounds)
    lines = shapely.intersection(np.array([shapely.LineString(line) for line in coast if len(line) > 1]), box)
    lines = lines[~shapely.is_empty(lines)]
    if not len(lines):
        return None
    edges = shapely.union_all([box.boundary, *lines, *_led_on(lines, box)])
    faces = shapely.get_parts(shapely.polygonize([edges]))
    wet, dry = (_touched(faces, lines, side) for side in (-1.0, 1.0))
    found = shapely.union_all(faces[(wet > 0) & (dry == 0)])
    parts = [part for part in shapely.get_parts(found) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if parts else None


def _led_on(lines: NDArray[np.object_], box: shapely.Polygon) -> list[shapely.LineString]:
    """Return the shortest lines to the edge of a box from the ends of coastlines that lie near it."""
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    merged = merged[~shapely.is_closed(merged)]
    ends = np.concatenate([shapely.get_point(merged, 0), shapely.get_point(merged, -1)])
    west, south, east, north = box.bounds
    away = shapely.distance(ends, box.boundary)
    near = ends[(away > 0) & (away < _NEAR_EDGE * min(east - west, north - south))]
    return list(shapely.shortest_line(near, box.boundary))


def _touched(faces: NDArray[np.object_], lines: NDArray[np.object_], side: float) -> NDArray[np.int64]:
    """Return how many segments of the coast have each face on a side: 1 the left, -1 the right."""
    degrees, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    inner = line[1:] == line[:-1]
    start, end = degrees[:-1][inner], degrees[1:][inner]
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    start, end, along, length = (each[length > 0] for each in (start, end, along, length))
    beside = (start + end) / 2 + side * _BESIDE * np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    found = shapely.STRtree(faces).query(shapely.points(beside), predicate="within")
    return np.bincount(found[1], minlength=len(faces))
