"""Tests of coordinates as people write them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coordinates
from geo.coordinates import Form
from geo.errors import XunluError

GUANGZHOU = (113.264, 23.129)
WGS = (113.2644, 23.1291)
# 23°07'45" and 113°15'52" in degrees
DMS = (113 + 15 / 60 + 52 / 3600, 23 + 7 / 60 + 45 / 3600)


@pytest.mark.parametrize(
    ("text", "lonlat"),
    [
        ("23.1291, 113.2644", WGS),
        ("113.2644 23.1291", WGS),
        ("(23.1291; 113.2644)", WGS),
        ("23.1291/113.2644", WGS),
        ("23,1291 113,2644", WGS),
        ("N23.1291 E113.2644", WGS),
        ("23.1291N 113.2644E", WGS),
        ("113.2644°E, 23.1291°N", WGS),
        ("lat: 23.1291, lng: 113.2644", WGS),
        ("lon=113.2644 lat=23.1291", WGS),
        ("经度113.2644 纬度23.1291", WGS),
        ("东经113.2644度，北纬23.1291度", WGS),
        ("２３．１２９１，１１３．２６４４", WGS),
        ("geo:23.1291,113.2644;u=20?z=15", WGS),
        ("POINT (113.2644 23.1291)", WGS),
        ("https://www.openstreetmap.org/#map=15/23.1291/113.2644", WGS),
        ("https://www.google.com/maps/@23.1291,113.2644,15z", WGS),
        ("23°07'45\"N 113°15'52\"E", DMS),
        ("23°07′45″N, 113°15′52″E", DMS),
        ("23°7'45''N 113°15'52''E", DMS),
        ("北纬23°7′45″ 东经113°15′52″", DMS),
        ("东经113度15分52秒 北纬23度7分45秒", DMS),
        ("23 7 45 N 113 15 52 E", DMS),
        ("N 23 7 45 E 113 15 52", DMS),
        ("23 7 45 113 15 52", DMS),
        ("23 7.75 113 15.8667", (113 + 15.8667 / 60, DMS[1])),
        ("33°52′S 151°12′E", (151.2, -33 - 52 / 60)),
        ("-33.87, 151.2", (151.2, -33.87)),
        ("南纬33.87 东经151.2", (151.2, -33.87)),
        ("40.7 N, 74 W", (-74.0, 40.7)),
    ],
)
def test_usual_notations_are_read(text: str, lonlat: tuple[float, float]) -> None:
    """Whatever people copy from maps, papers and chats means the place that they mean."""
    assert coordinates.read(text, near=GUANGZHOU)[0].lonlat == pytest.approx(lonlat, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ-02 23.1291 113.2644", "gcj02"),
        ("BD09: 23.1291, 113.2644", "bd09"),
        ("23.1291 113.2644 (CGCS2000)", "cgcs2000"),
        ("EPSG:4547 434567.1, 2558123.4", "epsg:4547"),
    ],
)
def test_a_datum_in_the_text_counts(text: str, datum: str) -> None:
    """A datum that the text names goes before the one chosen."""
    assert {reading.datum for reading in coordinates.read(text, "wgs84", GUANGZHOU)} == {datum}


def test_both_orders_are_offered_the_nearer_first() -> None:
    """Where nothing says which number is north both readings are given, the one nearer to the map before the other."""
    first, second = coordinates.read("30 40", near=(40.1, 30.0))
    assert (first.lonlat, first.north_first) == ((40.0, 30.0), True)
    assert (second.lonlat, second.north_first) == ((30.0, 40.0), False)
    assert coordinates.read("30 40", near=(30.0, 40.0))[0].lonlat == (30.0, 40.0)
    assert len(coordinates.read("23.1 113.2")) == len(coordinates.read("30 N 40 E")) == 1


def test_metres_in_the_order_of_chinese_surveys_are_read() -> None:
    """X is north and Y is east in Chinese surveys; the order that lies on the map is taken."""
    one, other = (coordinates.read(text, "epsg:4547", GUANGZHOU)[0] for text in
                  ("424613.9 2559013.9", "2559013.9 424613.9"))  # fmt: skip
    assert one.lonlat == other.lonlat == pytest.approx(GUANGZHOU, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no coordinate"),
        ("somewhere", "is no coordinate"),
        ("23.1", "is no coordinate"),
        ("23.1 113.2 4", "is no coordinate"),
        ("91 95", "no place on Earth"),
        ("200 10", "no place on Earth"),
        ("23 N 24 N", "there is no longitude"),
        ("23°61′ 113°15′", "below 60"),
        ("lat 23 E, lon 113 N", "both longitude and latitude"),
        ("EPSG:99999 1 2", "no coordinate system"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    """A text that means no place is refused with what is wrong and how to write it."""
    with pytest.raises(XunluError) as caught:
        coordinates.read(text, near=GUANGZHOU)
    assert said in caught.value.message
    assert caught.value.hint


@given(st.text() | st.text(alphabet="0123456789 .,-°′″'\"NSEW度分秒北纬东经:;/eE+"))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings down the reader, and what it reads lies on Earth."""
    try:
        readings = coordinates.read(text)
    except XunluError:
        return
    assert readings
    for reading in readings:
        assert all(map(math.isfinite, reading.lonlat))
        assert abs(reading.lonlat[0]) <= 180
        assert abs(reading.lonlat[1]) <= 90


# PROJ opens its data base once, which takes longer than hypothesis allows an example.
@settings(deadline=None)
@given(
    st.tuples(st.floats(-179.999, 179.999), st.floats(-89.999, 89.999)),
    st.sampled_from(["wgs84", "cgcs2000"]),
    st.sampled_from(coordinates.FORMS),
)
def test_degrees_come_back_as_they_were_written(lonlat: tuple[float, float], datum: str, form: Form) -> None:
    """A place anywhere on Earth, written and read again, is the same to 1e-5 degrees."""
    text = coordinates.written(lonlat, datum, form)
    assert coordinates.read(text, datum)[0].lonlat == pytest.approx(lonlat, abs=1e-5)


# PROJ opens its data base once, which takes longer than hypothesis allows an example.
@settings(deadline=None)
@given(
    st.tuples(st.floats(112.6, 115.4), st.floats(22.0, 26.0)),
    st.sampled_from(["gcj02", "bd09", "epsg:4547", "epsg:32649", "epsg:4555"]),
    st.sampled_from(coordinates.FORMS),
)
def test_every_datum_comes_back_as_it_was_written(lonlat: tuple[float, float], datum: str, form: Form) -> None:
    """A place in the south of China, written in any datum and read again, is the same to 1e-5 degrees."""
    text = coordinates.written(lonlat, datum, form)
    assert coordinates.read(text, datum, lonlat)[0].lonlat == pytest.approx(lonlat, abs=1e-5)


def test_seconds_never_show_sixty() -> None:
    """Rounding carries from seconds to minutes to degrees."""
    assert coordinates.written((113.9999999, 22.9999999), form="dms") == "23°00′00.00″ N  114°00′00.00″ E"


def test_a_place_outside_of_a_projection_is_written_empty() -> None:
    """What a datum has no coordinates for is not shown as something else."""
    assert coordinates.written((24.0, 0.0), "epsg:4547") == ""
