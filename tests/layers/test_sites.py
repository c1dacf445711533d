"""Test `layers.sites` and what it holds of the sites: crowds, what is where, and following edits without a reload."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store.edits import RowChange, delete, edit, insert, update
from geo.store.project import Project
from layers import crowds, style
from layers.render import to_image
from layers.sitechanges import SiteChanges
from layers.siterows import STATUS_NAMES, SiteRows
from layers.sites import SitesLayer
from layers.stack import MapStack
from layers.symbols import Sprites
from layers.view import View

SCREEN = View(0, 0, 1, 1200, 800)
KINDS = pd.DataFrame({"code": ["a"], "symbol": ["school"], "name": ["学校"], "name_en": ["School"]})


def _frame(lonlat: Any, names: list[str] | None = None) -> gpd.GeoDataFrame:
    ids = names or [f"s{k}" for k in range(len(lonlat))]
    data = {"kind": "a", "name": "点", "name_en": "Site", "risk": "low"}
    shapes = [None if place is None else shapely.Point(place) for place in lonlat]
    return gpd.GeoDataFrame(data, index=pd.Index(ids, dtype="str"), geometry=shapes, crs=4326)


def _layer(count: int, seed: int = 1) -> SitesLayer:
    random = np.random.default_rng(seed)
    light = style.load()
    layer = SitesLayer(light, Sprites(light), "en")
    frame = _frame(random.normal((113.3, 23.1), 0.02, (count, 2)).tolist())
    statuses = pd.Series(random.choice(list(STATUS_NAMES), count), index=frame.index)
    layer.load(frame, KINDS, statuses)
    return layer


@pytest.mark.parametrize("scale", [400, 60, 12, 3])
def test_every_site_in_view_is_drawn_or_counted_once(scale: float) -> None:
    """Those drawn one by one and the crowds together are the sites in view, and none is both."""
    layer = _layer(20_000)
    bounds = layer.bounds()
    assert bounds is not None
    view = SCREEN.centred((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, scale)
    scene = layer.scene(view, 0)
    counted = np.concatenate([scene.positions, *(np.arange(c.start, c.stop) for c in scene.crowds)])
    assert len(np.unique(counted)) == len(counted)
    left, bottom, right, top = view.bounds
    x, y = layer.xy[:, 0], layer.xy[:, 1]
    seen = np.flatnonzero((x > left) & (x < right) & (y > bottom) & (y < top))
    assert np.isin(seen, counted).all()
    for crowd in scene.crowds:
        assert sum(crowd.shares) == crowd.count


def test_crowds_stand_still_while_the_map_is_moved() -> None:
    """After a pan the crowds that were in view are the same, in the same places."""
    layer = _layer(50_000)
    bounds = layer.bounds()
    assert bounds is not None
    view = SCREEN.fitted(bounds)
    before, after = (set(layer.scene(shown).crowds) for shown in (view, view.panned(37, -61)))
    shared = before & after
    assert len(shared) > 0.8 * len(before)
    places = {crowd.bounds for crowd in before} & {crowd.bounds for crowd in after}
    assert len(places) == len(shared)


def test_discs_of_crowds_do_not_meet() -> None:
    """No two discs lie over each other at any scale."""
    layer = _layer(50_000)
    bounds = layer.bounds()
    assert bounds is not None
    for zoom in (0.5, 0.8, 1.0, 1.3, 2.0, 3.1):
        view = SCREEN.fitted(bounds).zoomed(zoom)
        found = layer.scene(view).crowds
        xy = np.array([(crowd.x, crowd.y) for crowd in found]) / view.scale
        away = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
        np.fill_diagonal(away, np.inf)
        assert away.min() >= crowds.SQUARE * (1 - 2 * (1 - crowds.INNER) + 1) - 1


def test_the_sample_has_no_crowds_at_the_scales_one_works_at(sample: Project) -> None:
    """A district of some hundred sites looks as it always did; from very far away it is one crowd."""
    stack = MapStack.from_project(sample, "zh")
    view = SCREEN.fitted(stack.bounds())
    for zoom in (1, 1.5, 2, 3, 4, 6, 8, 16):
        assert not stack.sites.scene(view.zoomed(zoom)).crowds, zoom
    (crowd,) = stack.sites.scene(view.zoomed(1 / 500)).crowds
    assert crowd.count == len(sample.frame("sites"))
    at = view.zoomed(1 / 500)
    (x, y), *_ = at.world_to_screen([(crowd.x, crowd.y)]).tolist()
    assert stack.crowd_at(at, x, y) == crowd
    assert stack.crowd_at(at, x + 60, y) is None
    assert stack.site_at(at, x, y) is None


def test_numbers_on_discs_are_short() -> None:
    """A number has at most five characters, in the units of its language."""
    assert [crowds.written(n, "en") for n in (12, 9999, 12_345, 999_499, 2_000_000)] == [
        "12",
        "9999",
        "12k",
        "999k",
        "2.0M",
    ]
    assert [crowds.written(n, "zh") for n in (12, 9999, 12_345, 345_678)] == ["12", "9999", "1.2万", "35万"]


def test_hits_are_those_of_looking_at_each_site() -> None:
    """What lies under the mouse is what measuring the way to every site finds."""
    layer = _layer(300)
    bounds = layer.bounds()
    assert bounds is not None
    view = SCREEN.fitted(bounds).zoomed(2)
    screen = view.world_to_screen(layer.xy)
    for x, y in np.random.default_rng(5).uniform((0, 0), (1200, 800), (50, 2)).tolist():
        away = np.hypot(*(screen - (x, y)).T)
        near = [layer.ids[k] for k in np.argsort(away) if away[k] <= 25]
        assert layer.hits(view, x, y, 25) == near


places = st.one_of(st.none(), st.tuples(st.floats(113, 113.4), st.floats(23, 23.3)))


@st.composite
def _stories(draw: st.DrawFn) -> tuple[list[Any], list[list[tuple[str, str, Any]]]]:
    """Return the places of sites, and edits: what is done to which site, and its new place."""
    first = draw(st.lists(places, max_size=6))
    names = [f"s{k}" for k in range(len(first))] + ["n0", "n1", "n2"]
    step = st.tuples(st.sampled_from(["put", "take", "move", "name"]), st.sampled_from(names), places)
    return first, draw(st.lists(st.lists(step, max_size=4), max_size=4))


@settings(max_examples=80)
@given(_stories())
def test_following_edits_ends_where_loading_does(story: tuple[list[Any], list[list[tuple[str, str, Any]]]]) -> None:
    """After any edits the sites held are those of the table: the same ids, places and names, found by id and place."""
    first, steps = story
    rows = SiteRows(_frame(first), np.zeros(len(first), dtype=np.int8))
    table: dict[str, dict[str, Any]] = {
        f"s{k}": {"geometry": None if at is None else shapely.Point(at), "name": "点"} for k, at in enumerate(first)
    }
    for number, edits in enumerate(steps):
        summed = SiteChanges()
        for what, one, at in edits:
            if (change := _change(table, what, one, at, number)) is not None:
                summed.note(change)
        for _ in summed.apply(rows):
            pass
        assert len(rows) == len(table)
        assert sorted(rows.ids(np.arange(len(rows)))) == sorted(table)
        for one, values in table.items():
            position = rows.position(one)
            assert rows.ids(np.array([position])) == [one]
            assert rows.name(position, "zh") == values["name"]
            assert (values["geometry"] is None) == bool(np.isnan(rows.xy[position, 0]))
        assert (np.diff(rows.codes.astype(object)) >= 0).all()
        assert rows.placed == sum(values["geometry"] is not None for values in table.values())


def _change(table: dict[str, dict[str, Any]], what: str, one: str, at: Any, number: int) -> RowChange | None:
    point = None if at is None else shapely.Point(at)
    if what == "put" and one not in table:
        table[one] = {"geometry": point, "name": "点"}
        return insert("sites", id=one, name="点", kind="a", geometry=point)
    if one not in table:
        return None
    if what == "take":
        values = table.pop(one)
        return RowChange("sites", one, {"geometry": values["geometry"]}, None)
    if what == "move":
        before, table[one]["geometry"] = table[one]["geometry"], point
        return RowChange("sites", one, {"geometry": before}, {"geometry": point})
    if what == "name":
        before, table[one]["name"] = table[one]["name"], f"点{number}"
        return RowChange("sites", one, {"name": before}, {"name": f"点{number}"})
    return None


def test_a_map_that_followed_edits_looks_like_one_made_anew(project: Project, stack: MapStack) -> None:
    """Moving, adding, deleting and visiting sites leaves the picture that a fresh map gives."""
    place = shapely.Point(113.28, 23.11)
    steps = [
        update("sites", "never", project.row("sites", "never"), {"geometry": place, "risk": "high"}),
        insert("sites", id="new", name="新点", kind="hotel", geometry=shapely.Point(113.26, 23.12)),
        delete("sites", "blocked", project.row("sites", "blocked")),
        insert("inspections", site="new", date="2021-06-01", state="done", result="passed"),
    ]
    view = View(0, 0, 1, 800, 600).fitted(stack.bounds(), 20)
    for number, step in enumerate(steps):
        change = edit(f"{number}", [step])
        project.apply(change)
        stack.update(change)
        assert to_image(stack, view) == to_image(MapStack.from_project(project, "zh"), view), number
    project.undo()
    project.undo()


def test_what_changed_is_told_once(project: Project, stack: MapStack) -> None:
    """A change of one site soils its place alone, and asking again soils nothing."""
    assert stack.take_dirty() is None
    change = edit("visit", [insert("inspections", site="never", date="2021-06-01", state="done", result="passed")])
    project.apply(change)
    stack.update(change)
    dirty = stack.take_dirty()
    assert dirty is not None
    assert np.allclose(dirty, [stack.site_xy("never")])
    again = stack.take_dirty()
    assert again is not None
    assert not len(again)
