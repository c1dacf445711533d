"""Streets cut at the edge of closures."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.roads.closures import MARGIN_DEG, closed_area, inside, open_streets
from geo.store.edits import insert
from tests.geo.test_roads import NO_CLOSURES, STREETS, at, frame_of, street


def closure(*corners: float) -> gpd.GeoDataFrame:
    """Return a closure over a box of the grid: west, south, east, north in blocks."""
    area = shapely.MultiPolygon([shapely.box(*at(*corners[:2]), *at(*corners[2:]))])
    return frame_of("closures", [insert("closures", name="x", from_date="2021-06-01", geometry=area)])


def test_a_street_that_crosses_is_cut_in_two() -> None:
    """Both ends stay, in the street's direction, with its columns."""
    streets = frame_of("streets", [street(at(0, 0), at(1, 0), at(3, 0), at(4, 0), name="长街", oneway=True)])
    left = open_streets(streets, closed_area(closure(1.5, -1, 2.5, 1)))
    near, far = (np.array(line.coords) for line in left.geometry)
    np.testing.assert_allclose(near, [at(0, 0), at(1, 0), at(1.5, 0)], atol=2 * MARGIN_DEG)
    np.testing.assert_allclose(far, [at(2.5, 0), at(3, 0), at(4, 0)], atol=2 * MARGIN_DEG)
    assert near[:2].tolist() == [list(at(0, 0)), list(at(1, 0))]
    assert list(left["name"]) == ["长街", "长街"]
    assert left["oneway"].all()


@pytest.mark.parametrize("corners", [(0.5, 0, 1.5, 1), (-1, -1, 5, 5)])
def test_a_street_inside_or_along_the_edge_is_closed(corners: tuple[float, ...]) -> None:
    """What lies wholly in a closure or runs along its edge is gone."""
    streets = frame_of("streets", [street(at(0.6, 0), at(1.4, 0))])
    assert len(open_streets(streets, closed_area(closure(*corners)))) == 0


def test_without_closures_streets_stay_as_they_are() -> None:
    """No closure, no copy."""
    assert open_streets(STREETS, closed_area(NO_CLOSURES)) is STREETS


def test_a_street_that_crosses_itself_stays_one() -> None:
    """A loop over its own bridge outside of the closure is not cut where it crosses itself."""
    loop = street(at(0, 0), at(2, 0), at(2, 1), at(1, 1), at(1, -1), at(1, -5))
    left = open_streets(frame_of("streets", [loop]), closed_area(closure(0, -4, 2, -3)))
    assert [len(line.coords) for line in left.geometry] == [6, 2]


@settings(max_examples=25, deadline=None)
@given(*[st.floats(-1, 4)] * 2, *[st.floats(0.01, 3)] * 2)
def test_what_is_left_and_the_closure_share_nothing(west: float, south: float, width: float, height: float) -> None:
    """No street touches the closure any more, and nothing outside of it is lost."""
    area = closed_area(closure(west, south, west + width, south + height))
    left = open_streets(STREETS, area)
    assert not left.geometry.intersects(area).any()
    whole = shapely.difference(STREETS.geometry.to_numpy(), area.buffer(MARGIN_DEG))
    assert shapely.length(left.geometry.to_numpy()).sum() == pytest.approx(shapely.length(whole).sum(), abs=1e-9)


def test_where_closures_overlap_the_first_one_counts() -> None:
    """A point in two closures is told the first, one on the edge is inside."""
    first, second = closure(0, 0, 2, 2), closure(1, 1, 3, 3)
    both = gpd.GeoDataFrame(pd.concat([first, second]))
    found = inside(np.array([at(1.5, 1.5), at(2.5, 2.5), at(0, 0), at(4, 4)]), both)
    assert list(found) == [first.index[0], second.index[0], first.index[0], ""]
