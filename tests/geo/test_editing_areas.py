"""Tests of closures and areas drawn by hand, and of what they snap to."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import geodesic
from geo.editing import areas
from geo.editing.snapping import SnapIndex
from geo.errors import XunluError
from geo.model import Mode
from geo.planning.office import ways
from geo.projection import to_lonlat, to_mercator
from geo.store.project import Project

MIDDLE = (113.2702, 23.1311)


def ring(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    """Return corners, given in metres from a place in the sample, in EPSG:3857 metres."""
    x, y = to_mercator([MIDDLE])[0].tolist()
    return [(x + east, y + north) for east, north in corners]


SQUARE = ring((0, 0), (400, 0), (400, 400), (0, 400))
BOW_TIE = ring((0, 0), (400, 400), (400, 0), (0, 400))


def test_a_ring_that_crosses_or_touches_itself_is_no_area() -> None:
    """Bow-ties, spikes and lines are told apart from areas, in words."""
    assert areas.trouble(SQUARE) == ""
    assert areas.trouble(SQUARE[::-1]) == ""
    assert "crosses" in areas.trouble(BOW_TIE)
    assert "crosses" in areas.trouble([*SQUARE[:2], (SQUARE[1][0] + 100, SQUARE[1][1]), *SQUARE[1:]])
    assert "three corners" in areas.trouble(SQUARE[:2])
    assert "three corners" in areas.trouble([SQUARE[0], SQUARE[0], SQUARE[1], SQUARE[1]])
    assert "crosses" in areas.trouble(ring((0, 0), (100, 0), (200, 0)))


def test_a_corner_clicked_twice_is_one() -> None:
    """A double click leaves no corner upon another in the area."""
    shape = areas.shape_of([[np.array([SQUARE[0], *SQUARE, SQUARE[-1]])]])
    assert shapely.get_num_coordinates(shape) == 5


numbers = st.floats(-1_000, 1_000, allow_nan=False)


@given(st.lists(st.tuples(numbers, numbers), max_size=8))
def test_a_ring_is_an_area_or_refused(corners: list[tuple[float, float]]) -> None:
    """Whatever is clicked makes a valid area, or is refused."""
    given_ring = ring(*corners)
    try:
        shape = areas.shape_of([[np.array(given_ring).reshape(-1, 2)]])
    except XunluError:
        return
    assert shape.geom_type == "MultiPolygon"
    assert areas.size_m2(shape) > 0


def test_a_drawn_closure_begins_today_and_has_no_end(sample: Project) -> None:
    """A new closure is in force from the project's day on; its outline is the one drawn."""
    row, made = areas.drawn_edit(sample, "closures", SQUARE)
    after = made.changes[0].after
    assert after is not None
    assert (made.changes[0].id, after["name"]) == (row, "New closure")
    assert (after["from_date"], after["to_date"]) == (sample.today().isoformat(), "")
    assert np.allclose(areas.rings_of(after["geometry"])[0][0], SQUARE, rtol=0, atol=1e-6)
    # 400 m of Mercator are 400 m x cos(23.13) on the ground.
    assert areas.size_m2(after["geometry"]) == pytest.approx((400 * np.cos(np.radians(23.133))) ** 2, rel=0.01)


def test_an_area_gets_the_kind_that_is_wanted(sample: Project) -> None:
    """A drawn area is of the kind listed, of the usual one where none is."""
    for kind, expected in (("water", "water"), ("", "park")):
        after = areas.drawn_edit(sample, "areas", SQUARE, kind)[1].changes[0].after
        assert after is not None
        assert after["kind"] == expected


def test_routes_keep_out_of_a_closure_once_it_is_drawn(planned: Project) -> None:
    """The next way that is asked for goes around the closure; after undo it goes through again."""
    day = planned.today() + timedelta(days=30)  # the closure of the sample has ended by then
    ends = to_lonlat(ring((-900, 200), (900, 200)))

    def way() -> shapely.LineString:
        return shapely.LineString(ways.router(planned, day, Mode.CAR).route(ends).line)

    straight = way()
    x, y = to_mercator([straight.interpolate(0.5, normalized=True).coords[0]])[0].tolist()
    corners = [(x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60)]
    row, made = areas.drawn_edit(planned, "closures", corners)
    planned.apply(made)
    closed = planned.row("closures", row)["geometry"]
    around = way()
    assert shapely.intersects(straight, closed)
    assert not shapely.intersects(around, closed)
    planned.undo()
    assert way().equals(straight)


def test_an_outline_is_changed_and_put_back(planned: Project) -> None:
    """Other rings, holes included, replace the outline; undo brings the old one back, a bad one changes nothing."""
    closure = str(planned.frame("closures").index[0])
    before = planned.row("closures", closure)["geometry"]
    hole = ring((100, 100), (200, 100), (200, 200))
    planned.apply(areas.reshape_edit(planned, "closures", closure, [[np.array(SQUARE), np.array(hole)]]))
    shape = planned.row("closures", closure)["geometry"]
    assert shapely.get_num_interior_rings(shapely.get_parts(shape)[0]) == 1
    whole = areas.size_m2(areas.shape_of([[np.array(SQUARE)]]))
    assert areas.size_m2(shape) == pytest.approx(whole - geodesic.area(to_lonlat(hole))[0])
    with pytest.raises(XunluError, match="crosses"):
        areas.reshape_edit(planned, "closures", closure, [[np.array(BOW_TIE)]])
    planned.undo()
    assert planned.row("closures", closure)["geometry"].equals(before)


def test_parts_may_not_overlap(sample: Project) -> None:
    """Two parts of one area that lie on each other are refused."""
    moved = np.array(SQUARE) + 100
    closure = str(sample.frame("closures").index[0])
    with pytest.raises(XunluError, match="overlap"):
        areas.reshape_edit(sample, "closures", closure, [[np.array(SQUARE)], [moved]])


def test_a_closure_does_not_end_before_it_begins(planned: Project) -> None:
    """A day that would turn the dates around is refused; one that fits is written."""
    closure = str(planned.frame("closures").index[0])
    with pytest.raises(XunluError, match="before it begins"):
        areas.change_edit(planned, "closures", closure, "to_date", "2020-01-01")
    planned.apply(areas.change_edit(planned, "closures", closure, "to_date", ""))
    assert planned.row("closures", closure)["to_date"] == ""


def test_a_closure_is_deleted_and_brought_back(planned: Project) -> None:
    """Deleting one takes its row away, undo gives it back; what is gone cannot be deleted again."""
    closure = str(planned.frame("closures").index[0])
    planned.apply(areas.delete_edit(planned, "closures", closure))
    with pytest.raises(XunluError, match="no longer"):
        areas.delete_edit(planned, "closures", closure)
    planned.undo()
    assert closure in planned.frame("closures").index


# -- snapping ----------------------------------------------------------------------------------------------------------


def test_a_corner_goes_before_an_edge(planned: Project) -> None:
    """Near a corner the corner is meant, away from all corners the foot on the edge, and far off nothing."""
    far = ring((90_000, 0), (90_400, 0), (90_400, 400))
    planned.apply(areas.drawn_edit(planned, "closures", far)[1])
    index, (x, y) = SnapIndex(planned), far[0]
    for at, kind, to in (((x + 4, y + 3), "corner", (x, y)), ((x + 200, y + 6), "edge", (x + 200, y))):
        snap = index.near(at, 8.0)
        assert snap is not None
        assert (snap.kind, snap.table) == (kind, "closures")
        assert np.allclose(snap.xy, to, rtol=0, atol=1e-6)
    assert index.near((x + 200, y + 9), 8.0) is None


places = st.tuples(st.floats(113.25, 113.30), st.floats(23.11, 23.16))


@pytest.fixture(scope="module")
def index(sample_file: Path) -> SnapIndex:
    """Return the index of the sample."""
    with Project.open(sample_file) as project:
        return SnapIndex(project)


@given(places, st.floats(1, 40))
def test_a_snap_is_within_reach_and_the_nearest_of_its_kind(
    index: SnapIndex, lonlat: tuple[float, float], reach: float
) -> None:
    """What is snapped to is never farther than the reach, and a larger reach never finds less."""
    x, y = to_mercator([lonlat])[0].tolist()
    found = index.near((x, y), reach)
    if found is not None:
        assert np.hypot(found.xy[0] - x, found.xy[1] - y) <= reach + 1e-6
        assert index.near((x, y), reach * 1.5) is not None
        assert index.near(found.xy, 1e-3) is not None


def test_a_shape_being_changed_does_not_hold_its_own_corner(planned: Project) -> None:
    """The outline that is dragged is not snapped to, another one at the same place is."""
    far = ring((90_000, 0), (90_400, 0), (90_400, 400))
    first, made = areas.drawn_edit(planned, "closures", far)
    planned.apply(made)
    index = SnapIndex(planned)
    near = (far[0][0] + 3, far[0][1])
    assert index.near(near, 10.0, ("closures", first)) is None
    snap = index.near(near, 10.0)
    assert snap is not None
    assert (snap.kind, snap.table) == ("corner", "closures")
    assert index.holding("closures", tuple(to_lonlat([(far[0][0] + 300, far[0][1] + 100)])[0].tolist())) == first
    assert index.holding("closures", (0.0, 0.0)) == ""


def test_only_changed_tables_are_indexed_anew(planned: Project) -> None:
    """A tree is kept as long as its table stands."""
    before = SnapIndex(planned)
    planned.apply(areas.drawn_edit(planned, "closures", SQUARE)[1])
    after = SnapIndex(planned, before)
    assert after._sources["streets"] is before._sources["streets"]
    assert after._sources["closures"] is not before._sources["closures"]
