"""Test `layers.lanes`: lines that share a street lie side by side, each on the right of its own direction."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.lanes import Laned, assign, offset

EAST = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
NORTH = np.array([[100.0, 0.0], [100.0, 100.0]])

corners = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda at: (at[0] * 100.0, at[1] * 100.0))


def _walks() -> st.SearchStrategy[list[np.ndarray]]:
    """Return routes through a town of square blocks."""
    step = st.sampled_from([(100.0, 0.0), (-100.0, 0.0), (0.0, 100.0), (0.0, -100.0)])
    walk = st.tuples(corners, st.lists(step, min_size=1, max_size=12)).map(
        lambda given: np.cumsum(np.array([given[0], *given[1]]), axis=0)
    )
    return st.lists(walk, min_size=1, max_size=5)


def _screen(laned: Laned, apart: float = 4) -> np.ndarray:
    return offset(laned.xy * (1, -1), laned.lanes, apart)


def test_a_line_alone_stays_in_the_middle() -> None:
    """A line that shares no street is not moved."""
    alone, elsewhere = assign([EAST, NORTH + np.array([0.0, 50.0])])
    assert (alone.lanes == 0).all()
    assert (elsewhere.lanes == 0).all()
    assert set(map(tuple, _screen(alone).tolist())) == {(0, 0), (100, 0), (200, 0)}


def test_two_that_go_the_same_way_share_the_street() -> None:
    """Two lines the same way lie half a lane to the left and to the right; the first is the left one."""
    first, second = assign([EAST, EAST])
    assert first.lanes.tolist() == [-0.5, -0.5]
    assert second.lanes.tolist() == [0.5, 0.5]


def test_two_that_meet_drive_on_the_right() -> None:
    """Of two lines in opposite directions each keeps to its right."""
    there, back = assign([EAST, EAST[::-1]])
    assert there.lanes.tolist() == back.lanes.tolist() == [0.5, 0.5]
    # Eastwards the right side is the south, which is further down on the screen.
    assert (_screen(there)[:, 1] == 2).all()
    assert (_screen(back)[:, 1] == -2).all()


def test_a_line_that_comes_back_keeps_apart_from_itself() -> None:
    """There and back along one street are two lanes, joined by a turn at the end."""
    (line,) = assign([np.vstack([EAST, EAST[-2::-1]])])
    assert (line.lanes == 0.5).all()
    moved = _screen(line)
    assert sorted(set(np.round(moved[:, 1], 6))) == [-2, 2]


def test_the_same_way_twice_is_one_lane() -> None:
    """A line that drives around a block twice does not lie beside itself."""
    block = np.array([[0.0, 0], [100, 0], [100, 100], [0, 100], [0, 0]])
    (line,) = assign([np.vstack([block, block[1:]])])
    assert (line.lanes == 0).all()


def test_lines_that_join_part_way_share_only_that_part() -> None:
    """Where a line has a vertex in the middle of another's segment, the other is moved from there on only."""
    whole, part = assign([np.array([[0.0, 0], [200, 0]]), np.array([[80.0, -60], [80, 0.2], [150, 0.1], [150, 80]])])
    assert whole.xy[:, 0].tolist() == pytest.approx([0, 80, 150, 200], abs=0.5)
    assert whole.lanes.tolist() == [0, -0.5, 0]
    assert part.lanes.tolist() == [0, 0.5, 0]


def test_many_lanes_do_not_fill_the_block() -> None:
    """With more lanes than there is room for they draw together, in their order."""
    laned = assign([EAST] * 12)
    places = [one.lanes[0] for one in laned]
    assert places == sorted(places)
    assert places[-1] - places[0] <= 6
    assert len(set(places)) == 12


def test_nothing_to_draw_is_no_harm() -> None:
    """Lines of one place, or of none, and no lines at all are taken as they are."""
    assert assign([]) == []
    point, line = assign([np.array([[5.0, 5.0], [5.0, 5.1]]), EAST])
    assert len(point.lanes) == 0
    assert len(line.lanes) == 2


@settings(deadline=None)
@given(_walks())
def test_no_two_lines_lie_on_one_another(walks: list[np.ndarray]) -> None:
    """On every stretch of street each line and direction has a lane of its own, the first line leftmost."""
    used: dict[tuple[float, ...], dict[tuple[int, bool], float]] = {}
    for line, laned in enumerate(assign(walks)):
        for (a, b), lane in zip(pairwise(laned.xy.tolist()), laned.lanes.tolist(), strict=True):
            forward = a < b
            key = tuple(a + b) if forward else tuple(b + a)
            side = lane if forward else -lane
            assert used.setdefault(key, {}).setdefault((line, forward), side) == side
    for lanes in used.values():
        assert len(set(lanes.values())) == len(lanes)
        assert sum(lanes.values()) == pytest.approx(0)
        forward = [lanes[key] for key in sorted(lanes) if key[1]]
        backward = [-lanes[key] for key in sorted(lanes) if not key[1]]
        assert forward == sorted(forward)
        assert backward == sorted(backward)
        if forward and backward:
            # Whoever meets another has him on the left; what comes back is on the negative side.
            assert min(forward) > max(lanes[key] for key in lanes if not key[1])


@settings(deadline=None)
@given(_walks(), st.floats(0.5, 8))
def test_a_moved_line_stays_near_its_street(walks: list[np.ndarray], apart: float) -> None:
    """No corner of a moved line runs away, and its ends lie beside those of the line."""
    for laned in assign(walks):
        if not len(laned.lanes):
            continue
        line = laned.xy * (1, -1)
        moved = offset(line, laned.lanes, apart)
        assert moved.shape == (2 * len(line) - 2, 2)
        assert np.isfinite(moved).all()
        # A mitre reaches 2.5 offsets; the slope from one lane to another begins as far from a corner as the lanes are.
        reach = 3.2 * apart * np.abs(laned.lanes).max() + 1e-6
        assert (np.hypot(*(moved - np.repeat(line, 2, axis=0)[1:-1]).T) <= reach).all()
        assert np.hypot(*(moved[0] - line[0])) == pytest.approx(apart * abs(laned.lanes[0]))
        assert np.hypot(*(moved[-1] - line[-1])) == pytest.approx(apart * abs(laned.lanes[-1]))
