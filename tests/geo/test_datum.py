"""Coordinates of Chinese maps to WGS-84 and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import datum
from geo.errors import XunluError

# The test pairs of eviltransform (github.com/googollee/eviltransform, python/test.py): WGS-84, then GCJ-02.
WGS_GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# The examples of coordtransform (github.com/wandergis/coordtransform, README): GCJ-02, then BD-09.
GCJ_BD = [((116.404, 39.915), (116.41036949371029, 39.92133699351021))]

ABROAD = {
    "Kathmandu": (85.32, 27.71),
    "Seoul": (126.98, 37.57),
    "Hanoi": (105.85, 21.03),
    "Ulaanbaatar": (106.9, 47.9),
    "Delhi": (77.2, 28.6),
    "Tokyo": (139.7, 35.7),
    "Bangkok": (100.5, 13.75),
    "Helsinki": (24.94, 60.17),
    "Sydney": (151.2, -33.87),
    "New York": (-74.0, 40.7),
}
AT_HOME = {
    "Guangzhou": (113.264, 23.129),
    "Hong Kong": (114.17, 22.3),
    "Shanghai": (121.47, 31.23),
    "Zhoushan": (122.1, 30.0),
    "Sanya": (109.5, 18.25),
    "Kashgar": (75.99, 39.47),
    "Heihe": (127.5, 50.24),
    "Fuyuan": (134.3, 48.36),
}


@pytest.mark.parametrize(("wgs", "gcj"), WGS_GCJ)
def test_gcj02_is_as_published(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    """Published pairs come out to the last digit, both ways."""
    assert np.allclose(datum.from_wgs84([wgs], "gcj02"), [gcj], rtol=0, atol=1e-12)
    assert np.allclose(datum.to_wgs84([gcj], "gcj02"), [wgs], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("gcj", "bd"), GCJ_BD)
def test_bd09_is_as_published(gcj: tuple[float, float], bd: tuple[float, float]) -> None:
    """A published pair of GCJ-02 and BD-09 comes out, by way of WGS-84."""
    wgs = datum.to_wgs84([gcj], "gcj02")
    assert np.allclose(datum.from_wgs84(wgs, "bd09"), [bd], rtol=0, atol=1e-12)
    assert np.allclose(datum.to_wgs84([bd], "bd09"), wgs, rtol=0, atol=1e-12)


# A band along the border of China is left out: there, one shifted point stands for two true ones.
inland = st.tuples(st.floats(98, 116), st.floats(24, 40))


@pytest.mark.parametrize("name", ["gcj02", "bd09", "cgcs2000", "epsg:4547", "epsg:3857"])
@given(points=st.lists(inland, max_size=20))
def test_there_and_back_is_where_one_was(name: str, points: list[tuple[float, float]]) -> None:
    """Either direction undoes the other to less than 1e-9 degrees."""
    given_points = np.array(points, dtype=float).reshape(-1, 2)
    there = datum.from_wgs84(given_points, name)
    assert np.allclose(datum.to_wgs84(there, name), given_points, rtol=0, atol=1e-9)
    again = datum.from_wgs84(datum.to_wgs84(there, name), name)
    assert np.allclose(again, there, rtol=0, atol=1e-9 if not datum.is_projected(name) else 1e-3)


@pytest.mark.parametrize("place", ABROAD.values(), ids=ABROAD.keys())
@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_abroad_nothing_moves(name: str, place: tuple[float, float]) -> None:
    """Outside China the datums of Chinese maps are WGS-84, also in its neighbours' capitals."""
    assert datum.from_wgs84([place], name).tolist() == [list(place)]
    assert datum.to_wgs84([place], name).tolist() == [list(place)]


@pytest.mark.parametrize("place", AT_HOME.values(), ids=AT_HOME.keys())
def test_at_home_everything_moves(place: tuple[float, float]) -> None:
    """On China's coasts, islands and borders too, GCJ-02 lies 200 to 800 m off and BD-09 farther."""
    metres = 111_000 * np.hypot(*((datum.from_wgs84([place], "gcj02") - [place])[0] * [np.cos(place[1] / 57.3), 1]))
    assert 100 < metres < 800
    farther = 111_000 * np.hypot(*((datum.from_wgs84([place], "bd09") - [place])[0] * [np.cos(place[1] / 57.3), 1]))
    assert 300 < farther < 2000


def test_what_is_no_number_stays_none() -> None:
    """A row without coordinates goes through and does not disturb the others."""
    points = [[np.nan, np.nan], [113.3, 23.1]]
    for name in ("gcj02", "bd09", "cgcs2000", "epsg:4547"):
        moved = datum.to_wgs84(datum.from_wgs84(points, name), name)
        assert np.isnan(moved[0]).all()
        assert np.allclose(moved[1], points[1], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WGS-84", "wgs84"), ("GCJ-02", "gcj02"), ("BD 09", "bd09"), ("CGCS2000", "cgcs2000"),
        ("EPSG:4547", "epsg:4547"), ("4547", "epsg:4547"), ("epsg:4326", "wgs84"), ("EPSG:4490", "cgcs2000"),
    ],
)  # fmt: skip
def test_a_datum_is_known_however_it_is_written(text: str, name: str) -> None:
    """Case, spaces and dashes do not matter, and EPSG numbers stand for what they are."""
    assert datum.parse(text) == name


@pytest.mark.parametrize("text", ["", "mars", "epsg:999999", "epsg:abc"])
def test_an_unknown_datum_is_refused(text: str) -> None:
    """What is no datum is told with what could be written."""
    with pytest.raises(XunluError):
        datum.parse(text)


def test_projected_datums_are_told_apart() -> None:
    """Degrees and metres are not mixed up."""
    assert datum.is_projected("epsg:4547")
    assert not datum.is_projected("gcj02")
    assert not datum.is_projected("cgcs2000")
    assert np.allclose(datum.from_wgs84([[114.0, 23.0]], "epsg:4547")[0, 0], 500_000, atol=1e-3)
