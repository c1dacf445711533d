"""Tests of lengths and areas on the ellipsoid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import geodesic

# Geodesics of GeographicLib's own test set (GeodTest-short, doi:10.5281/zenodo.32156) and of Karney 2013.
EQUATOR_DEGREE_M = 111_319.490793
QUARTER_MERIDIAN_M = 10_001_965.729_312
EARTH_M2 = 510_065_621_724_088.44

town = st.tuples(st.floats(113.1, 113.4), st.floats(23.0, 23.3))


def test_lengths_are_those_of_the_ellipsoid() -> None:
    """A degree of the equator and a quarter of a meridian are as long as WGS-84 has them, to the millimetre."""
    assert geodesic.length([(0, 0), (1, 0)]) == pytest.approx(EQUATOR_DEGREE_M, abs=1e-3)
    assert geodesic.length([(0, 0), (0, 90)]) == pytest.approx(QUARTER_MERIDIAN_M, abs=1e-3)


def test_legs_add_up() -> None:
    """A line is as long as its legs; a single place and no place have none."""
    line = [(113.26, 23.12), (113.27, 23.12), (113.27, 23.13)]
    assert geodesic.legs(line).sum() == pytest.approx(geodesic.length(line))
    # 0.01 degrees at 23.12 N: cos(23.12) x 111.32 km / 100 is 1024 m along the parallel, and 1108 m along the meridian.
    assert geodesic.legs(line) == pytest.approx([1024.5, 1107.5], abs=1.0)
    assert len(geodesic.legs(line[:1])) == len(geodesic.legs([])) == 0


def test_area_is_that_of_the_ellipsoid() -> None:
    """An eighth of the Earth measures an eighth of the area of WGS-84, whichever way its ring runs."""
    ring = [(0, 0), (90, 0), (0, 90)]
    for one in (ring, ring[::-1]):
        inside, around = geodesic.area(one)
        assert inside == pytest.approx(EARTH_M2 / 8, rel=1e-9)
        assert around == pytest.approx(90 * EQUATOR_DEGREE_M + 2 * QUARTER_MERIDIAN_M, rel=1e-9)


def test_fewer_than_three_corners_hold_nothing() -> None:
    """No area is made of less than a triangle."""
    for corners in ([], [(113.0, 23.0)], [(113.0, 23.0), (113.1, 23.0)]):
        assert geodesic.area(corners)[0] == 0.0


@given(town, town)
def test_shift_goes_where_the_vector_says(start: tuple[float, float], end: tuple[float, float]) -> None:
    """A place moved by the vector to another one arrives there."""
    east, north = geodesic.vector([start], [end])
    assert np.allclose(geodesic.shifted([start], east, north), [end], rtol=0, atol=1e-9)


@given(st.lists(town, min_size=1, max_size=5), st.floats(-5_000, 5_000), st.floats(-5_000, 5_000))
def test_all_places_move_by_the_same_metres(places: list[tuple[float, float]], east: float, north: float) -> None:
    """Each place moves by the length of the vector, whatever its latitude."""
    after = geodesic.shifted(places, east, north)
    for before, now in zip(places, after, strict=True):
        assert geodesic.length([before, now]) == pytest.approx(np.hypot(east, north), abs=1e-6)


@pytest.mark.parametrize(
    ("metres", "en", "zh"),
    [
        (0.0, "0.0 m", "0.0 米"),
        (8.44, "8.4 m", "8.4 米"),
        (9.96, "10 m", "10 米"),
        (640.4, "640 m", "640 米"),
        (999.6, "1.00 km", "1.00 公里"),
        (1_243.0, "1.24 km", "1.24 公里"),
        (1_234_567.0, "1,235 km", "1,235 公里"),
    ],
)
def test_lengths_read_well(metres: float, en: str, zh: str) -> None:
    """A length has the unit and the digits that a reader needs."""
    assert geodesic.written_length(metres, "en") == en
    assert geodesic.written_length(metres, "zh") == zh


@pytest.mark.parametrize(
    ("square_metres", "en", "zh"),
    [
        (5.25, "5.2 m²", "5.2 平方米"),
        (1_234.0, "1,234 m²", "1,234 平方米"),
        (9_999.7, "1.00 ha", "1.00 公顷"),
        (23_456.0, "2.35 ha", "2.35 公顷"),
        (2_500_000.0, "2.50 km²", "2.50 平方公里"),
    ],
)
def test_areas_read_well(square_metres: float, en: str, zh: str) -> None:
    """An area has the unit and the digits that a reader needs."""
    assert geodesic.written_area(square_metres, "en") == en
    assert geodesic.written_area(square_metres, "zh") == zh
