"""Test `layers.layout` and `layers.composition`: what a layout can be, and that a scale on paper is what it says."""

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from PySide6.QtCore import QRectF

from geo.errors import XunluError
from geo.projection import to_mercator
from layers.composition import scale_of, view_of
from layers.furniture import metres_per_pixel
from layers.layout import MM, PAPERS, Layout, from_json, nice_scale, presets, written

GEOD = Geod(ellps="WGS84")

layouts = st.builds(
    Layout,
    paper=st.sampled_from(sorted(PAPERS)),
    landscape=st.booleans(),
    margin_mm=st.floats(0, 40),
    title=st.text(max_size=20),
    scale=st.one_of(st.just(0.0), st.floats(100, 1e6)),
    legend=st.sampled_from(["auto", "side", "below", "inside", "none"]),
    squares=st.booleans(),
    by=st.sampled_from(["all", "view", "subdistrict", "team"]),
    only=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    symbols=st.floats(0.5, 3),
    dpi=st.integers(50, 600),
    lang=st.sampled_from(["", "zh", "en"]),
)


@given(layouts)
def test_a_layout_is_kept_as_json(layout: Layout) -> None:
    """Whatever a layout says comes back from its JSON."""
    assert from_json(layout.as_json()) == layout


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_foreign_text_gives_the_usual_layout(text: str) -> None:
    """Settings that somebody spoilt never keep the dialog from opening."""
    assert isinstance(from_json(text), Layout)


@given(st.dictionaries(st.sampled_from(sorted(asdict(Layout()))), st.none() | st.integers() | st.text() | st.floats()))
def test_spoilt_fields_stand_at_their_defaults(fields: dict[str, object]) -> None:
    """A field of the wrong kind, or out of its range, does not spoil the others."""
    kept = from_json(json.dumps({"title": "越秀", **fields}))
    assert kept.title == (fields.get("title", "越秀") if isinstance(fields.get("title", ""), str) else "")


@pytest.mark.parametrize(
    ("field", "value"),
    [("paper", "A9"), ("scale", 3.0), ("margin_mm", 80.0), ("symbols", 0.1), ("dpi", 5000), ("scale", float("nan"))],
)
def test_what_no_sheet_can_have_is_refused(field: str, value: object) -> None:
    """The message says what can be had instead."""
    with pytest.raises(XunluError) as raised:
        replace(Layout(), **{field: value})  # type: ignore[arg-type]
    assert raised.value.hint


@given(st.floats(1, 1e8))
def test_a_scale_is_rounded_to_the_next_that_people_write(least: float) -> None:
    """Rounding never shows less than was to be shown, nor less than two thirds as large, and stays where it is."""
    scale = nice_scale(least)
    assert least * (1 - 1e-6) <= scale <= least * 1.51
    assert nice_scale(scale) == pytest.approx(scale)


def test_papers_double_from_one_to_the_next() -> None:
    """A0 to A4 halve each other, so that no figure is mistyped."""
    for large, small in pairwise(["A0", "A1", "A2", "A3", "A4"]):
        assert PAPERS[small][1] == PAPERS[large][0]
        assert PAPERS[small][0] == pytest.approx(PAPERS[large][1] / 2, abs=0.6)


def test_presets_can_be_kept() -> None:
    """Each ready layout has a name and survives its JSON."""
    for title, layout in presets().values():
        assert title
        assert from_json(layout.as_json()) == layout


@given(
    lon=st.floats(-179, 179),
    lat=st.floats(-75, 75),
    scale=st.sampled_from([500.0, 5000.0, 25_000.0]),
    symbols=st.sampled_from([0.5, 1.0, 1.6]),
)
def test_a_centimetre_on_paper_is_what_the_scale_says(lon: float, lat: float, scale: float, symbols: float) -> None:
    """Two places 100 mm apart on paper, west and east of its middle, are 100 mm times n apart on the ellipsoid."""
    layout = Layout(scale=scale, symbols=symbols)
    x, y = to_mercator([[lon, lat]])[0].tolist()
    view = view_of(layout, QRectF(0, 0, 960, 720), (x - 1, y - 1, x + 1, y + 1), 1)
    half = 50 * MM / symbols
    ends = view.screen_to_lonlat([(view.width / 2 - half, view.height / 2), (view.width / 2 + half, view.height / 2)])
    _, _, metres = GEOD.inv(*ends[0], *ends[1])
    assert metres == pytest.approx(0.1 * scale, rel=2e-5)
    assert scale_of(layout, view) == pytest.approx(scale)


@given(lon=st.floats(-179, 179), lat=st.floats(-75, 75), scale=st.floats(0.5, 200))
def test_the_scale_bar_measures_the_ground(lon: float, lat: float, scale: float) -> None:
    """A hundred pixels of the scale bar are as long as a geodesic between their ends, at any latitude."""
    x, y = to_mercator([[lon, lat]])[0].tolist()
    view = view_of(Layout(), QRectF(0, 0, 800, 600), (x - 1, y - 1, x + 1, y + 1), 1).centred(x, y, scale)
    ends = view.screen_to_lonlat([(350, 300), (450, 300)])
    _, _, metres = GEOD.inv(*ends[0], *ends[1])
    assert 100 * metres_per_pixel(view) == pytest.approx(metres, rel=1e-4)


@given(
    width=st.floats(10, 50_000),
    height=st.floats(10, 50_000),
    frame=st.tuples(st.integers(200, 3000), st.integers(200, 3000)),
    symbols=st.sampled_from([0.5, 1.0, 2.0]),
)
def test_fitted_bounds_are_all_on_paper(width: float, height: float, frame: tuple[int, int], symbols: float) -> None:
    """At a fitted scale nothing of what is to be shown lies outside of the frame."""
    x, y = to_mercator([[113.26, 23.13]])[0].tolist()
    bounds = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    view = view_of(Layout(symbols=symbols), QRectF(0, 0, *frame), bounds, 1)
    corners = view.world_to_screen(np.array(bounds).reshape(2, 2))
    assert (corners >= -1e-6).all()
    assert (corners <= np.array([view.width, view.height]) + 1e-6).all()


def test_a_scale_is_written_with_its_thousands() -> None:
    """Large numbers can be read."""
    assert written(25_000) == "1:25,000"
