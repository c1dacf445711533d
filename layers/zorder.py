"""Points in the order of a Z-shaped curve, so that those of any square lie side by side and are found at once.

The Mercator square is halved again and again, both ways. Which halves a point lies in, read as one number, is its code
(Morton 1966). Sorted by code, the points of a cell of any level are one stretch, and its length is their number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.projection import RADIUS, Points
from layers.view import Bounds

Codes = NDArray[np.uint64]
Indices = NDArray[np.intp]

BITS = 31
HALF = np.pi * RADIUS
FINEST = 2 * HALF / 2**BITS
"""The side of a cell of level 0 in EPSG:3857 metres: 19 millimetres."""

ACROSS = 8
"""Into how many cells each way a box is cut to be looked up."""

_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(numbers: Codes) -> Codes:
    """Return numbers of up to 31 bits with a zero between each bit and the next."""
    spread = numbers.copy()
    for shift, mask in _SPREAD:
        spread |= spread << np.uint64(shift)
        spread &= np.uint64(mask)
    return spread


def _numbers(metres: Points, level: int) -> Codes:
    """Return the numbers of the columns or rows, of a level, in which coordinates lie."""
    inside = np.clip((metres + HALF) / FINEST, 0, 2**BITS - 1)
    numbers: Codes = inside.astype(np.uint64) >> np.uint64(level)
    return numbers


def codes_of(xy: Points) -> Codes:
    """Return the codes of EPSG:3857 metres, shape (n, 2); what lies outside the world counts to its edge."""
    return _spread(_numbers(xy[:, 0], 0)) | (_spread(_numbers(xy[:, 1], 0)) << np.uint64(1))


def level_of(metres: float) -> int:
    """Return the level whose cells are the smallest that are at least so wide."""
    return int(np.clip(np.ceil(np.log2(max(metres, FINEST) / FINEST)), 0, BITS))


def side(level: int) -> float:
    """Return how wide the cells of a level are, in EPSG:3857 metres."""
    return float(FINEST * 2**level)


@dataclass(frozen=True)
class Cells:
    """Cells that hold points.

    Attributes
    ----------
    level
        Of all of them.
    starts, stops
        The stretch of points in each, shape (n,).
    left, bottom
        Their lower left corners in EPSG:3857 metres, shape (n,).
    """

    level: int
    starts: Indices
    stops: Indices
    left: Points
    bottom: Points

    @property
    def counts(self) -> Indices:
        """Return how many points lie in each."""
        return self.stops - self.starts

    def chosen(self, mask: NDArray[np.bool_]) -> "Cells":
        """Return some of the cells."""
        return Cells(self.level, self.starts[mask], self.stops[mask], self.left[mask], self.bottom[mask])

    def points(self) -> Indices:
        """Return the positions of all points in them."""
        return spans(self.starts, self.stops)


def spans(starts: Indices, stops: Indices) -> Indices:
    """Return all whole numbers from each start up to each stop."""
    if len(starts) == 1:
        return np.arange(starts[0], stops[0])
    counts = stops - starts
    total = int(counts.sum())
    if not total:
        return np.empty(0, dtype=np.intp)
    begins = np.cumsum(counts) - counts
    numbers: Indices = np.arange(total) + np.repeat(starts - begins, counts)
    return numbers


def cells_in(codes: Codes, bounds: Bounds, level: int) -> Cells:
    """Return the cells of a level that meet some bounds and hold points.

    Parameters
    ----------
    codes
        Of the points, sorted.
    bounds
        In EPSG:3857 metres.
    level
        Not so fine that the bounds hold very many cells: each of them is looked up.
    """
    box = np.array(bounds)
    (left, right), (bottom, top) = _numbers(box[[0, 2]], level), _numbers(box[[1, 3]], level)
    columns = np.arange(left, right + np.uint64(1), dtype=np.uint64)
    rows = np.arange(bottom, top + np.uint64(1), dtype=np.uint64)
    keys = (_spread(columns)[None, :] | (_spread(rows)[:, None] << np.uint64(1))).ravel()
    order = np.argsort(keys)
    shift = np.uint64(2 * level)
    first = keys[order] << shift
    starts = np.searchsorted(codes, first)
    # The last code of a cell, since the one after the last cell of the world is no number of 64 bits at level 31.
    stops = np.searchsorted(codes, first | ((np.uint64(1) << shift) - np.uint64(1)), side="right")
    kept = stops > starts
    x, y = np.meshgrid(columns, rows)
    wide = side(level)
    lefts, bottoms = x.ravel()[order[kept]] * wide - HALF, y.ravel()[order[kept]] * wide - HALF
    return Cells(level, starts[kept], stops[kept], lefts, bottoms)


def cells_around(codes: Codes, xy: Points, level: int) -> Cells:
    """Return the cells of a level in which some of the points lie, these given in EPSG:3857 metres, shape (n, 2)."""
    shift = np.uint64(2 * level)
    keys, first = np.unique(codes_of(xy) >> shift, return_index=True)
    starts = np.searchsorted(codes, keys << shift)
    stops = np.searchsorted(codes, (keys << shift) | ((np.uint64(1) << shift) - np.uint64(1)), side="right")
    wide = side(level)
    columns_rows = np.column_stack([_numbers(xy[first, axis], level) for axis in (0, 1)])
    corners = columns_rows.astype(np.float64) * wide - HALF
    return Cells(level, starts, stops, corners[:, 0], corners[:, 1])


def near(codes: Codes, bounds: Bounds) -> Indices:
    """Return the positions of the points in some bounds and a little around, in order."""
    left, bottom, right, top = bounds
    if len(codes) <= ACROSS * ACROSS:
        return np.arange(len(codes))
    return cells_in(codes, bounds, level_of(max(right - left, top - bottom) / ACROSS)).points()


def inside(codes: Codes, xy: Points, bounds: Bounds) -> Indices:
    """Return the positions of the points, shape (n, 2), in some bounds, their edges included."""
    left, bottom, right, top = bounds
    found = near(codes, bounds)
    x, y = xy[found, 0], xy[found, 1]
    kept: Indices = found[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]
    return kept
