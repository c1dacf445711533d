"""Tests of how the world is cut into tiles, and where tiles in GCJ-02 belong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import datum
from geo.projection import MAX_LATITUDE, to_lonlat, to_mercator
from geo.tiles import grid, placing
from geo.tiles.grid import Tile

places = st.tuples(st.floats(-180, 179.999_999), st.floats(-85, 85))
zooms = st.integers(0, grid.DEEPEST)


@st.composite
def tiles(draw: st.DrawFn, least: int = 0, most: int = grid.DEEPEST) -> Tile:
    """Draw any tile of the world."""
    z = draw(st.integers(least, most))
    return Tile(z, draw(st.integers(0, 2**z - 1)), draw(st.integers(0, 2**z - 1)))


@given(places, zooms)
def test_a_place_lies_in_its_tile(place: tuple[float, float], z: int) -> None:
    """The tile of a place is one of the world and covers the place."""
    tile = grid.at(*place, z)
    assert grid.is_tile(tile)
    left, bottom, right, top = grid.bounds(tile)
    x, y = to_mercator([place])[0]
    slack = 1e-6
    assert left - slack <= x <= right + slack
    assert bottom - slack <= y <= top + slack


@given(tiles())
def test_the_middle_of_a_tile_lies_in_it(tile: Tile) -> None:
    """From a tile to a place and back gives the same tile."""
    left, bottom, right, top = grid.bounds(tile)
    ((lon, lat),) = to_lonlat([((left + right) / 2, (bottom + top) / 2)])
    assert grid.at(lon, lat, tile.z) == tile


@given(tiles())
def test_counting_rows_from_the_other_end_twice_changes_nothing(tile: Tile) -> None:
    """TMS and XYZ are each other's mirror."""
    assert grid.flipped(grid.flipped(tile)) == tile
    assert grid.is_tile(grid.flipped(tile))


@given(tiles(0, grid.DEEPEST - 1))
def test_a_tile_is_made_of_its_four_children(tile: Tile) -> None:
    """The children lie in their parent, each in its quarter, and cover all of it."""
    quarters = {grid.part_of(child, tile) for child in grid.children(tile)}
    assert quarters == {(0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5), (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1)}
    assert {grid.parent(child) for child in grid.children(tile)} == {tile}


def test_a_tile_known_from_openstreetmap() -> None:
    """Guangzhou at zoom 12 is the tile that openstreetmap.org shows for it."""
    # By hand: x = (113.2644 + 180) / 360 * 4096 = 3336.7; y = (1 - arsinh(tan 23.1291) / pi) / 2 * 4096 = 1777.3.
    assert grid.at(113.2644, 23.1291, 12) == Tile(12, 3336, 1777)
    assert grid.at(-180, MAX_LATITUDE, 5) == Tile(5, 0, 0)


@given(st.floats(-2e7, 2e7), st.floats(-2e7, 2e7), st.floats(0.1, 3000), st.floats(0.1, 3000), st.integers(0, 19))
def test_covering_covers(x: float, y: float, wide: float, high: float, z: int) -> None:
    """The tiles of a box are different, each touches it, its corners lie in them, and the first is in its middle."""
    box = (x, y, x + wide, y + high)
    found = grid.covering(box, z)
    if not found:
        return
    assert len(set(found)) == len(found)
    corners = grid.columns_rows([(x, y), (x + wide, y + high), (x + wide / 2, y + high / 2)], z).tolist()
    assert {(column, row) for column, row in corners} <= {(tile.x, tile.y) for tile in found}
    side = grid.side(z)
    for tile in found:
        left, bottom, right, top = grid.bounds(tile)
        assert left <= x + wide + 1e-3
        assert right >= x - 1e-3
        assert bottom <= y + high + 1e-3
        assert top >= y - 1e-3
    left, bottom, right, top = grid.bounds(found[0])
    assert abs((left + right) / 2 - (x + wide / 2)) <= side
    assert abs((bottom + top) / 2 - (y + high / 2)) <= side


def test_a_world_of_small_tiles_is_not_asked_for() -> None:
    """Where a view would need thousands of tiles, as one zoomed out beyond what a map has, it gets none."""
    assert grid.covering((-grid.HALF, -grid.HALF, grid.HALF, grid.HALF), 12) == []
    assert grid.covering((3e7, 0, 4e7, 1), 3) == []


@given(st.floats(0.02, 40_000), st.sampled_from((256, 512)))
def test_the_zoom_shows_tiles_near_their_size(scale: float, pixels: int) -> None:
    """A tile of the zoom that is chosen is drawn at 0.6 to 1.7 times its size, unless there is no such zoom."""
    z = grid.zoom_for(scale, pixels, 0, 19)
    drawn = grid.side(z) / scale / pixels
    assert 0 <= z <= 19
    if 0 < z < 19:
        assert 0.6 < drawn < 1.7


@given(st.floats(100, 120), st.floats(22, 40), st.integers(8, 18))
def test_a_tile_in_gcj02_lies_where_its_streets_are(lon: float, lat: float, z: int) -> None:
    """A point at a tile's corner in GCJ-02 is drawn at its place in WGS-84, to a centimetre."""
    ((east, north),) = datum.from_wgs84([(lon, lat)], "gcj02")
    tile = grid.at(east, north, z)
    quad = placing.corners([tile], "gcj02")[0]
    left, _, _, top = grid.bounds(tile)
    there = to_lonlat([(left, top)])
    assert np.abs(quad[0] - to_mercator(datum.to_wgs84(there, "gcj02"))).max() < 0.01
    # The tile of the place in GCJ-02 is among those that a small box around the place in WGS-84 needs.
    x, y = to_mercator([(lon, lat)])[0]
    assert tile in placing.covering((x - 1, y - 1, x + 1, y + 1), z, "gcj02")


@given(tiles(10, 18), st.sampled_from(("wgs84", "gcj02")))
def test_neighbours_share_their_corners(tile: Tile, name: str) -> None:
    """There is neither gap nor overlap between a tile and the one to its right."""
    if tile.x == 2**tile.z - 1:
        return
    own, right = placing.corners([tile, Tile(tile.z, tile.x + 1, tile.y)], name)
    assert np.abs(own[1] - right[0]).max() < 1e-6
    assert np.abs(own[2] - right[3]).max() < 1e-6


def test_tiles_in_wgs84_are_not_moved() -> None:
    """Without a shift the corners are those of the grid."""
    tile = Tile(12, 3336, 1776)
    left, bottom, right, top = grid.bounds(tile)
    assert placing.corners([tile], "wgs84")[0].tolist() == [[left, top], [right, top], [right, bottom], [left, bottom]]


@pytest.mark.parametrize("name", ["wgs84", "gcj02"])
def test_gcj02_moves_by_hundreds_of_metres(name: str) -> None:
    """In Guangzhou the two datums lie half a kilometre apart; a map in one would be wrong by that in the other."""
    quad = placing.corners([Tile(16, 53385, 28417)], name)[0]
    left, _, _, top = grid.bounds(Tile(16, 53385, 28417))
    moved = math.hypot(*(quad[0] - (left, top)))
    assert moved == 0 if name == "wgs84" else 400 < moved < 800
