"""Which points lie inside an area, found square by square: only along its edge is each point asked for itself."""

import numpy as np
import shapely

from geo.projection import Points
from layers import zorder
from layers.zorder import Cells, Codes, Indices

FEW = 24
"""A square with fewer points is not cut further."""

ROUNDS = 7
"""How often a square on the edge is cut into four, at most."""


def inside_of(codes: Codes, xy: Points, area: shapely.Geometry) -> Indices:
    """Return the positions of the points in an area, those on its edge included, in order.

    Parameters
    ----------
    codes
        Of the points that have a place, sorted.
    xy
        EPSG:3857 metres, shape (n, 2).
    area
        In EPSG:3857 metres; one that crosses itself covers what it goes around an odd number of times.
    """
    if not shapely.is_valid(area):
        area = shapely.make_valid(area)
    if shapely.is_empty(area) or not len(codes):
        return np.empty(0, dtype=np.intp)
    left, bottom, right, top = shapely.bounds(area).tolist()
    level = zorder.level_of(max(right - left, top - bottom) / zorder.ACROSS)
    cells = zorder.cells_in(codes, (left, bottom, right, top), level)
    shapely.prepare(area)
    whole: list[Indices] = []
    edge: list[Indices] = []
    for _ in range(ROUNDS):
        boxes = _boxes(cells)
        met = shapely.intersects(area, boxes)
        covered = np.zeros(len(met), dtype=bool)
        covered[met] = shapely.contains_properly(area, boxes[met])
        whole.append(cells.chosen(covered).points())
        rest = cells.chosen(met & ~covered)
        small = (rest.counts < FEW) | (rest.level == 0)
        edge.append(rest.chosen(small).points())
        cells = _quartered(codes, rest.chosen(~small))
        if not len(cells.starts):
            break
    edge.append(cells.points())
    asked = np.concatenate(edge)
    asked = asked[shapely.intersects_xy(area, xy[asked, 0], xy[asked, 1])]
    return np.sort(np.concatenate([*whole, asked]))


def _boxes(cells: Cells) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    wide = zorder.side(cells.level)
    return np.asarray(shapely.box(cells.left, cells.bottom, cells.left + wide, cells.bottom + wide))


def _quartered(codes: Codes, cells: Cells) -> Cells:
    """Return those quarters of cells that hold points."""
    if not len(cells.starts) or cells.level == 0:
        return cells
    level = cells.level - 1
    wide, shift = zorder.side(level), np.uint64(2 * level)
    # The first code of each cell is that of its first point without the lower bits.
    first = (codes[cells.starts] >> np.uint64(2 * cells.level)) << np.uint64(2 * cells.level)
    begins = (first[:, None] + (np.arange(5, dtype=np.uint64) << shift)[None, :]).ravel()
    at = np.searchsorted(codes, begins).reshape(-1, 5)
    starts, stops = at[:, :4].ravel(), at[:, 1:].ravel()
    left = (cells.left[:, None] + wide * np.array([0, 1, 0, 1])).ravel()
    bottom = (cells.bottom[:, None] + wide * np.array([0, 0, 1, 1])).ravel()
    kept = stops > starts
    return Cells(level, starts[kept], stops[kept], left[kept], bottom[kept])
