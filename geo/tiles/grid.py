"""How web maps cut the world into tiles: zoom, column and row, from Web Mercator metres and back.

The tiles of zoom z are 2**z columns by 2**z rows over the square of EPSG:3857, counted from the north west (as in OGC
17-083r4, annex D.1, WebMercatorQuad); TMS counts the rows from the south.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

from geo.late import np
from geo.projection import RADIUS, to_mercator

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HALF = math.pi * RADIUS
"""Half the side of the square world, in EPSG:3857 metres."""

DEEPEST = 24
"""No tile server goes deeper: a tile of zoom 24 spans two metres."""

MOST = 700
"""More tiles are never wanted at once: it is more than a screen of 4K holds."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in EPSG:3857 metres."""

PREFER_SHARP = 0.2
"""How much sooner than half way between two zooms the closer one is taken; tiles shrink better than they grow."""


class Tile(NamedTuple):
    """One tile: its zoom, its column from the west and its row from the north."""

    z: int
    x: int
    y: int


def side(z: int) -> float:
    """Return the width of a tile of a zoom, in EPSG:3857 metres."""
    return 2 * HALF / (1 << z)


def is_tile(tile: Tile) -> bool:
    """Return whether there is such a tile in the world."""
    return 0 <= tile.z <= DEEPEST and 0 <= tile.x < 2**tile.z and 0 <= tile.y < 2**tile.z


def columns_rows(xy: "ArrayLike", z: int) -> "NDArray[np.int64]":
    """Return columns and rows, shape (n, 2), of the tiles in which points in EPSG:3857 metres lie, shape (n, 2).

    What lies outside of the world gets the nearest tile.
    """
    metres = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    counted = (metres * (1.0, -1.0) + HALF) / side(z)
    return np.clip(np.floor(counted), 0, 2**z - 1).astype(np.int64)


def at(lon: float, lat: float, z: int) -> Tile:
    """Return the tile of a zoom in which a place in degrees lies."""
    column, row = columns_rows(to_mercator([(lon, lat)]), z)[0].tolist()
    return Tile(z, column, row)


def bounds(tile: Tile) -> Box:
    """Return what a tile covers."""
    width = side(tile.z)
    left, top = tile.x * width - HALF, HALF - tile.y * width
    return left, top - width, left + width, top


def flipped(tile: Tile) -> Tile:
    """Return the tile with its row counted from the other end, as TMS and MBTiles do."""
    return Tile(tile.z, tile.x, 2**tile.z - 1 - tile.y)


def parent(tile: Tile, levels: int = 1) -> Tile:
    """Return the tile so many zooms further out that a tile lies in."""
    return Tile(tile.z - levels, tile.x >> levels, tile.y >> levels)


def children(tile: Tile) -> tuple[Tile, Tile, Tile, Tile]:
    """Return the four tiles of the next zoom that a tile is made of: north west, north east, south west, south east."""
    z, x, y = tile.z + 1, tile.x * 2, tile.y * 2
    return Tile(z, x, y), Tile(z, x + 1, y), Tile(z, x, y + 1), Tile(z, x + 1, y + 1)


def part_of(tile: Tile, ancestor: Tile) -> Box:
    """Return where a tile lies in one that contains it, as left, top, right, bottom from 0 to 1."""
    share = 1 / 2 ** (tile.z - ancestor.z)
    left, top = tile.x * share - ancestor.x, tile.y * share - ancestor.y
    return left, top, left + share, top + share


def zoom_for(scale: float, tile_px: int, least: int, most: int) -> int:
    """Return the zoom whose tiles look best at a scale in EPSG:3857 metres to the pixel, kept within two zooms."""
    exact = math.log2(2 * HALF / (tile_px * scale))
    return min(max(round(exact + PREFER_SHARP), least), most)


def covering(box: Box, z: int) -> list[Tile]:
    """Return the tiles of a zoom that a box touches, those nearest to its middle first; none if they are too many."""
    left, bottom, right, top = box
    if left >= HALF or right <= -HALF or bottom >= HALF or top <= -HALF:
        return []
    (west, north), (east, south) = columns_rows([(left, top), (right, bottom)], z).tolist()
    if (east - west + 1) * (south - north + 1) > MOST:
        return []
    width = side(z)
    middle_x, middle_y = ((left + right) / 2 + HALF) / width - 0.5, (HALF - (bottom + top) / 2) / width - 0.5
    found = [Tile(z, x, y) for y in range(north, south + 1) for x in range(west, east + 1)]
    return sorted(found, key=lambda tile: (tile.x - middle_x) ** 2 + (tile.y - middle_y) ** 2)
