"""Tests of choosing by place: areas, distances on the ground, and growing."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.projection import to_lonlat, to_mercator
from geo.query import spatial
from geo.query.areas import Areas
from geo.store.project import Project

GEOD = Geod(ellps="WGS84")
HERE = to_mercator([[113.27, 23.13]])[0]
STEPS = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=1, max_size=60)


def places(steps: list[tuple[int, int]]) -> np.ndarray:
    """Return places on a grid of 50 Mercator metres."""
    return HERE + np.array(steps, dtype=float) * 50


def ground(one: np.ndarray, other: np.ndarray) -> float:
    """Return the metres between two places by the geodesic."""
    return float(GEOD.line_length(*to_lonlat([one, other]).T))


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 23.13, 70.0])
def test_circle_is_round_on_the_ground(latitude: float) -> None:
    """Every corner lies so many metres from the middle by the geodesic, at any latitude."""
    centre = to_mercator([[113.27, latitude]])
    ring = spatial.circle(centre, 1500)
    assert [ground(centre[0], corner) for corner in ring] == pytest.approx([1500] * len(ring), abs=1e-3)


def test_corridor_keeps_its_distance_from_end_to_end() -> None:
    """The edge of the surroundings of a long line lies as far from it as asked, by the geodesic, to 0.1 %."""
    line = to_mercator(np.column_stack([np.full(60, 113.27), np.linspace(22.9, 23.4, 60)]))
    edge = shapely.get_coordinates(spatial.corridor([line], 400).exterior)
    dense = np.column_stack([np.full(6000, line[0, 0]), np.linspace(line[0, 1], line[-1, 1], 6000)])
    for corner in edge[:: len(edge) // 40]:
        nearest = dense[np.hypot(*(dense - corner).T).argmin()]
        assert ground(corner, nearest) == pytest.approx(400, rel=1e-3)


def test_corridor_of_a_point_and_of_nothing() -> None:
    """A single place is surrounded by a circle; no line has no surroundings."""
    around = spatial.corridor([[HERE]], 250)
    assert [ground(HERE, corner) for corner in shapely.get_coordinates(around)] == pytest.approx([250] * 129, rel=1e-3)
    assert spatial.corridor([], 250).is_empty


@settings(deadline=None)
@given(steps=STEPS, ring=st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=3, max_size=9))
def test_inside_agrees_with_asking_one_by_one(steps: list[tuple[int, int]], ring: list[tuple[int, int]]) -> None:
    """The places inside are those whose point meets the area, be the lasso crossed or flat."""
    xy = places(steps)
    area = shapely.make_valid(shapely.Polygon(places(ring)))
    one_by_one = [shapely.Point(place).intersects(area) for place in xy]
    assert spatial.inside(xy, shapely.Polygon(places(ring))).tolist() == one_by_one


@settings(deadline=None)
@given(steps=STEPS, chosen=st.sets(st.integers(0, 59)), metres=st.integers(1, 3000))
def test_within_distance_agrees_with_the_geodesics(steps: list[tuple[int, int]], chosen: set[int], metres: int) -> None:
    """A place is within the distance if the geodesic to some chosen one is no longer."""
    xy = places(steps)
    mask = np.array([k in chosen for k in range(len(xy))])
    wanted = [
        bool(mask[k]) or any(ground(xy[k], xy[c]) <= metres for c in np.flatnonzero(mask)) for k in range(len(xy))
    ]
    assert spatial.within_distance(xy, mask, metres).tolist() == wanted


@settings(deadline=None)
@given(steps=STEPS, chosen=st.sets(st.integers(0, 59)))
def test_growing_adds_the_nearest_of_each(steps: list[tuple[int, int]], chosen: set[int]) -> None:
    """What is added is, for some chosen place, no farther than any other that is not chosen; nothing is lost."""
    xy = places(steps)
    mask = np.array([k in chosen for k in range(len(xy))])
    grown = spatial.grown(xy, mask)
    wanted = mask.copy()
    for start in np.flatnonzero(mask):
        away = np.where(mask, np.inf, np.hypot(*(xy - xy[start]).T))
        wanted |= np.isfinite(away) & (away == away.min())
    assert grown.tolist() == wanted.tolist()


def test_growing_again_and_again_takes_in_everything() -> None:
    """Each step adds at least one place while any is left, however far and uneven they lie."""
    random = np.random.default_rng(3)
    xy = HERE + np.concatenate([random.normal(0, 100, (300, 2)), random.normal(50_000, 5000, (40, 2))])
    mask = np.zeros(len(xy), dtype=bool)
    mask[5] = True
    for _ in range(len(xy)):
        more = spatial.grown(xy, mask)
        if more.all():
            break
        assert more.sum() > mask.sum()
        mask = more
    assert more.all()


def test_places_that_are_nowhere_are_never_found() -> None:
    """A site without a place lies in no area and near nothing, and may be chosen itself."""
    xy = np.array([HERE, [np.nan, np.nan], HERE + 10])
    chosen = np.array([True, True, False])
    assert spatial.inside(xy, shapely.box(-3e7, -3e7, 3e7, 3e7)).tolist() == [True, False, True]
    assert spatial.within_distance(xy, chosen, 100).tolist() == [True, True, True]
    assert spatial.grown(xy, np.array([False, True, False])).tolist() == [False, True, False]


def test_areas_at_a_place(sample: Project) -> None:
    """A closure comes before the subdistrict it lies in, and that before a park; buildings are left away."""
    areas = Areas(sample)
    closure = sample.frame("closures").geometry.iloc[0]
    x, y = to_mercator(shapely.get_coordinates(closure.representative_point()))[0].tolist()
    assert [area.table for area in areas.at(x, y)[:2]] == ["closures", "subdistricts"]
    assert areas.at(0.0, 0.0) == []
    subdistrict = sample.frame("subdistricts").index[3]
    found = areas.of("subdistricts", subdistrict)
    assert found is not None
    assert found.title == sample.row("subdistricts", subdistrict)["name_en"]
    assert areas.of("subdistricts", "gone") is None
