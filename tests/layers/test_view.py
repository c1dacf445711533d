"""Test `layers.view` and the projection under it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo import projection
from layers.view import View

places = st.tuples(st.floats(-179, 179), st.floats(-84, 84))
pixels = st.tuples(st.floats(-2000, 4000), st.floats(-2000, 4000))
views = st.builds(
    View,
    x=st.floats(-2e7, 2e7),
    y=st.floats(-2e7, 2e7),
    scale=st.floats(0.05, 10_000),
    width=st.integers(10, 4000),
    height=st.integers(10, 4000),
)


@given(st.lists(places, min_size=1, max_size=20))
def test_mercator_and_back(lonlat: list[tuple[float, float]]) -> None:
    """Degrees come back from Mercator to a hundred-millionth."""
    back = projection.to_lonlat(projection.to_mercator(lonlat))
    assert np.allclose(back, lonlat, atol=1e-8)


@given(places)
def test_mercator_is_epsg_3857(lonlat: tuple[float, float]) -> None:
    """PROJ gives the same metres."""
    expected = Transformer.from_crs(4326, 3857, always_xy=True).transform(*lonlat)
    assert np.allclose(projection.to_mercator([lonlat])[0], expected, atol=1e-4)


def test_poles_are_moved_to_the_edge() -> None:
    """The poles, which Mercator does not have, come out finite."""
    assert np.isfinite(projection.to_mercator([[0, 90], [0, -90]])).all()


@given(views, st.lists(pixels, min_size=1, max_size=20))
def test_screen_and_back(view: View, points: list[tuple[float, float]]) -> None:
    """Pixels come back from the world to a thousandth."""
    assert np.allclose(view.world_to_screen(view.screen_to_world(points)), points, atol=1e-3)


@given(views, st.floats(0.2, 5), pixels)
def test_zoom_keeps_the_point(view: View, factor: float, pixel: tuple[float, float]) -> None:
    """What lies under the mouse stays there when zooming."""
    before = view.screen_to_world([pixel])
    after = view.zoomed(factor, *pixel).screen_to_world([pixel])
    assert np.allclose(before, after, atol=1e-3)


@given(views, st.floats(-500, 500), st.floats(-500, 500))
def test_pan_moves_the_picture(view: View, dx: float, dy: float) -> None:
    """A point of the world moves on the screen as the mouse did."""
    place = [[view.x, view.y]]
    moved = view.panned(dx, dy).world_to_screen(place) - view.world_to_screen(place)
    assert np.allclose(moved, [[dx, dy]], atol=1e-3)


@given(views, st.floats(0, 5))
def test_fit_shows_all(view: View, margin: float) -> None:
    """Fitted bounds lie within the frame, and touch its margin in one direction."""
    left, bottom, right, top = 100.0, 200.0, 5100.0, 1200.0
    fitted = view.fitted((left, bottom, right, top), min(margin, view.width / 4, view.height / 4))
    corners = fitted.world_to_screen([[left, bottom], [right, top]])
    assert (corners > -1e-6).all()
    assert (corners < (view.width + 1e-6, view.height + 1e-6)).all()


def test_scale_on_the_ground() -> None:
    """At 60 degrees north a Mercator metre is half a metre on the ground."""
    x, y = projection.to_mercator([[10, 60]])[0]
    assert View(x, y, 10, 100, 100).ground_scale == pytest.approx(5)


def test_zoom_has_ends() -> None:
    """Zooming in and out for ever stops at a finite scale."""
    view = View(0, 0, 1, 100, 100)
    for _ in range(100):
        view = view.zoomed(4)
    assert 0 < view.scale < 1
    for _ in range(100):
        view = view.zoomed(0.25)
    assert view.scale < 1e6
