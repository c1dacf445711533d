"""The 18 subdistricts: every face between streets goes to the nearest centre, so borders follow streets."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.sample.facts import biggest
from geo.sample.streets import Network

CLOSURE_M2 = (35_000.0, 110_000.0)
"""The smallest and the biggest closed-off area that will do."""

_FENCE_M = 7.0
_STRIP_M2 = 25_000.0


def faces(net: Network, outline: shapely.Polygon, centres: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the polygons between the streets that make up the district, corners shared exactly.

    The wide strips along the outline, where streets end, are parted half-way between the `centres`, shape (n, 2).
    """
    lines: list[shapely.Geometry] = [*(way.line for way in net.ways), outline.boundary]
    cells = _cells(lines, outline)
    edge = cells[shapely.dwithin(cells, outline.boundary, 0.1) & (shapely.area(cells) > _STRIP_M2)]
    halfway = shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=outline, only_edges=True)
    strips = shapely.union_all(edge)
    return _cells([*lines, *shapely.get_parts(shapely.intersection(halfway, strips))], outline)


def _cells(lines: list[shapely.Geometry], outline: shapely.Polygon) -> NDArray[np.object_]:
    net = shapely.union_all(lines, grid_size=0.01)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    shapely.prepare(outline)
    return np.array(cells[shapely.contains(outline, shapely.point_on_surface(cells))], dtype=object)


def subdistricts(cells: NDArray[np.object_], centres: NDArray[np.float64]) -> list[shapely.MultiPolygon]:
    """Return the area of each subdistrict, in one piece, given the faces and the centres of shape (18, 2)."""
    middles = shapely.get_coordinates(shapely.centroid(cells))
    nearest = np.hypot(*(middles[:, None] - centres[None]).transpose(2, 0, 1)).argmin(axis=1)
    for _ in range(3):
        areas = [shapely.coverage_union_all(cells[nearest == index]) for index in range(len(centres))]
        bodies = [biggest(area) for area in areas]
        inside = shapely.covers(np.array(bodies, dtype=object)[nearest], shapely.point_on_surface(cells))
        if inside.all():
            break
        for stray in np.flatnonzero(~inside):
            # A piece cut off from its own body joins the neighbour it borders on most.
            shared = shapely.length(shapely.intersection(np.array(bodies, dtype=object), cells[stray].boundary))
            shared[nearest[stray]] = 0
            nearest[stray] = shared.argmax()
    return [shapely.MultiPolygon([body]) for body in bodies]


def closed_area(
    cells: NDArray[np.object_], within: shapely.MultiPolygon, sites: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[shapely.MultiPolygon, list[int]]:
    """Return an area to close off in a subdistrict, and the numbers of the one or two `sites` inside it.

    It is some blocks behind a fence that leaves the streets around them open; none of `others`, shape (n, 2), is near.
    """
    near = cells[shapely.contains(within.buffer(-30), shapely.centroid(cells))]
    points, keep_off = shapely.points(sites), shapely.multipoints(others)
    for seed in near:
        block = shapely.coverage_union_all(_around(seed, near))
        if not isinstance(block, shapely.Polygon) or block.interiors or not CLOSURE_M2[0] < block.area < CLOSURE_M2[1]:
            continue
        fenced = biggest(block.buffer(-_FENCE_M, join_style="mitre"))
        inside = np.flatnonzero(shapely.contains(fenced, points))
        if len(inside) in {1, 2} and not shapely.intersects(fenced, keep_off):
            return shapely.MultiPolygon([fenced]), [int(index) for index in inside]
    raise ValueError("no area to close off was found")


def _around(seed: shapely.Polygon, cells: Sequence[shapely.Polygon] | NDArray[np.object_]) -> NDArray[np.object_]:
    distances = shapely.distance(shapely.centroid(seed), shapely.centroid(np.asarray(cells, dtype=object)))
    touching = shapely.touches(seed, cells) | (np.asarray(distances) == 0)
    chosen = np.flatnonzero(touching)
    closest = chosen[np.argsort(distances[chosen])][:4]
    return np.asarray(cells, dtype=object)[closest]
