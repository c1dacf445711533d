"""Test `layers.zorder` and `layers.lasso`: points found by place, as if each had been looked at."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.projection import Points
from layers import zorder
from layers.lasso import inside_of

WORLD = zorder.HALF
MIDDLE = np.array([12_600_000.0, 2_650_000.0])


def _scattered(seed: int, count: int, reach: float = 20_000.0) -> tuple[Points, zorder.Codes]:
    """Return points around a place, half of them crowded, sorted along the curve, with their codes."""
    random = np.random.default_rng(seed)
    xy = random.uniform(-reach, reach, (count, 2)) + MIDDLE
    xy[: count // 2] = xy[:1] + random.normal(0, reach / 100, (count // 2, 2))
    codes = zorder.codes_of(xy)
    order = np.argsort(codes)
    return xy[order], codes[order]


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_a_code_interleaves_the_bits_of_column_and_row(column: int, row: int) -> None:
    """Bit 2k of a code is bit k of the column, bit 2k + 1 that of the row."""
    xy = (np.array([[column, row]]) + 0.5) * zorder.FINEST - WORLD
    code = int(zorder.codes_of(xy)[0])
    assert sum(((column >> k) & 1) << 2 * k | ((row >> k) & 1) << 2 * k + 1 for k in range(31)) == code


@pytest.mark.parametrize("place", [(-1e9, -1e9), (1e9, 1e9), (WORLD, -WORLD)])
def test_what_lies_outside_the_world_counts_to_its_edge(place: tuple[float, float]) -> None:
    """Points beyond the edge have the code of a corner, and are found again."""
    xy = np.array([place])
    codes = zorder.codes_of(xy)
    assert zorder.near(codes, (-WORLD, -WORLD, WORLD, WORLD)).tolist() == [0]


@given(st.integers(0, 100), st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 1))
def test_a_box_holds_what_lies_in_it(seed: int, right: float, up: float, wide: float) -> None:
    """A box finds the same points as looking at each, in order."""
    xy, codes = _scattered(seed, 500)
    low, high = xy.min(axis=0), xy.max(axis=0)
    corner = low + (high - low) * (right, up)
    far = corner + (high - low) * wide
    expected = np.flatnonzero(((xy >= corner) & (xy <= far)).all(axis=1))
    assert np.array_equal(zorder.inside(codes, xy, (*corner.tolist(), *far.tolist())), expected)


def test_cells_part_the_points() -> None:
    """Each point of the bounds lies in the square of exactly one cell, and the counts add up."""
    xy, codes = _scattered(3, 3000)
    bounds = (*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())
    cells = zorder.cells_in(codes, bounds, zorder.level_of(2000))
    assert cells.counts.sum() == 3000
    assert np.array_equal(np.sort(cells.points()), np.arange(3000))
    wide = zorder.side(cells.level)
    assert 2000 <= wide < 4000
    for start, stop, left, bottom in zip(cells.starts, cells.stops, cells.left, cells.bottom, strict=True):
        inside = xy[start:stop]
        assert (inside >= (left, bottom)).all()
        assert (inside < (left + wide, bottom + wide)).all()


def test_cells_around_points_are_those_of_the_bounds() -> None:
    """The cells of some points are the same as those that the bounds of all points give."""
    xy, codes = _scattered(4, 800)
    bounds = (*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())
    level = zorder.level_of(3000)
    one, other = zorder.cells_in(codes, bounds, level), zorder.cells_around(codes, xy, level)
    for a, b in ((one.starts, other.starts), (one.stops, other.stops), (one.left, other.left)):
        assert np.allclose(a, b)
    assert np.allclose(one.bottom, other.bottom)


@given(st.integers(0, 50), st.lists(st.tuples(st.floats(-2e4, 2e4), st.floats(-2e4, 2e4)), min_size=3, max_size=12))
def test_a_lasso_holds_what_lies_in_it(seed: int, corners: list[tuple[float, float]]) -> None:
    """A lasso, also one that crosses itself or has no area, finds the points that looking at each would find."""
    xy, codes = _scattered(seed, 2000)
    area = shapely.Polygon(np.array(corners) + MIDDLE)
    sound = shapely.make_valid(area)
    expected = np.flatnonzero(shapely.intersects_xy(sound, xy[:, 0], xy[:, 1]))
    assert np.array_equal(inside_of(codes, xy, area), expected)


def test_nothing_is_found_among_nothing() -> None:
    """Without points there is nothing in any box or lasso."""
    xy, codes = np.empty((0, 2)), np.empty(0, dtype=np.uint64)
    assert not len(zorder.inside(codes, xy, (0, 0, 1, 1)))
    assert not len(inside_of(codes, xy, shapely.box(0, 0, 1, 1)))
