"""Where the tiles of a source belong on a map in WGS-84: those in GCJ-02 are shifted, so that its streets fit ours."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo import datum
from geo.projection import to_lonlat, to_mercator
from geo.tiles import grid
from geo.tiles.grid import Box, Tile

SHIFTED = frozenset({"gcj02"})
"""The datums of tile sources that do not lie where WGS-84 has them. CGCS2000 agrees with it within some centimetres."""

_RIM = np.array([(x, y) for x in np.linspace(0, 1, 5) for y in np.linspace(0, 1, 5)])


def covering(box: Box, z: int, name: str) -> list[Tile]:
    """Return the tiles of a source in a datum that a box on our map touches, those nearest to its middle first."""
    if name not in SHIFTED:
        return grid.covering(box, z)
    low, high = np.array(box[:2]), np.array(box[2:])
    # The shift differs from place to place; a grid over the box finds its extremes well within a pixel.
    there = to_mercator(datum.from_wgs84(to_lonlat(low + _RIM * (high - low)), name))
    (left, bottom), (right, top) = there.min(axis=0).tolist(), there.max(axis=0).tolist()
    return grid.covering((left, bottom, right, top), z)


def corners(tiles: Sequence[Tile], name: str) -> NDArray[np.float64]:
    """Return the corners of tiles in EPSG:3857 metres, shape (n, 4, 2): north west, north east, south east, south west.

    Neighbours share their corners, so there are no seams between them.
    """
    boxes = np.array([grid.bounds(tile) for tile in tiles], dtype=np.float64).reshape(-1, 4)
    xy = boxes[:, [0, 3, 2, 3, 2, 1, 0, 1]].reshape(-1, 2)
    if name in SHIFTED:
        xy = to_mercator(datum.to_wgs84(to_lonlat(xy), name))
    placed: NDArray[np.float64] = xy.reshape(-1, 4, 2)
    return placed
