"""Test `layers.mapframe`: pictures that take over what was drawn look like those drawn anew."""

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage

from geo.planning.plans.day import current_plan
from geo.store.edits import edit, insert
from geo.store.project import Project
from layers.mapframe import MapFrame, SelectionFrame
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View

NOWHERE = np.empty((0, 2))


def _drawn(frame: MapFrame) -> MapFrame:
    assert frame.step(math.inf)
    return frame


def _apart(one: QImage, other: QImage) -> float:
    """Return what share of the pixels of two images differ visibly."""
    assert one.size() == other.size()
    pixels = [np.frombuffer(image.constBits(), dtype=np.uint8).reshape(-1, 4).astype(int) for image in (one, other)]
    return float((np.abs(pixels[0] - pixels[1]).max(axis=1) > 24).mean())


def _area(frame: MapFrame) -> int:
    return sum(part.width() * part.height() for part in frame.painted)


@pytest.fixture
def town(planned: Project) -> MapStack:
    """Give the map of the sample with its plan."""
    stack = MapStack.from_project(planned, "zh")
    stack.set_plan(current_plan(planned, planned.today()))
    return stack


@pytest.mark.parametrize("zoom", [1.0, 2.5])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("moved", [(40, 0), (-120, 64), (3, -250)])
def test_a_moved_picture_is_the_one_drawn_anew(
    town: MapStack, zoom: float, ratio: float, moved: tuple[int, int]
) -> None:
    """After a pan only what came into view is drawn, and the whole looks as if all of it had been."""
    view = View(0, 0, 1, 500, 380, ratio).fitted(town.bounds()).zoomed(zoom)
    before = _drawn(MapFrame(town, view))
    after = _drawn(MapFrame(town, view.panned(*moved), before, NOWHERE))
    fresh = _drawn(MapFrame(town, view.panned(*moved)))
    assert _area(fresh) == 500 * 380
    assert _area(after) < 500 * 380 - (500 - abs(moved[0]) - 4) * (380 - abs(moved[1]) - 4) + 1
    assert _apart(after.image, fresh.image) < 0.001


def test_a_larger_picture_takes_the_smaller_one_in(town: MapStack) -> None:
    """A margin around a picture is drawn without what is there already."""
    view = View(0, 0, 1, 500, 380).fitted(town.bounds()).zoomed(2)
    before = _drawn(MapFrame(town, view))
    after = _drawn(MapFrame(town, view.resized(600, 480), before, NOWHERE))
    assert _area(after) < 600 * 480 - 496 * 376
    assert _apart(after.image, _drawn(MapFrame(town, view.resized(600, 480))).image) < 0.001


def test_nothing_is_taken_over_from_another_scale_or_map(town: MapStack) -> None:
    """Of a picture at another scale, of a map with other layers, or of one not finished nothing is kept."""
    view = View(0, 0, 1, 400, 300).fitted(town.bounds())
    before = _drawn(MapFrame(town, view))
    assert _area(_drawn(MapFrame(town, view.zoomed(2), before, NOWHERE))) == 400 * 300
    town["streets"].visible = False
    hidden = _drawn(MapFrame(town, view, before, NOWHERE))
    assert _area(hidden) == 400 * 300
    assert hidden.image == _drawn(MapFrame(town, view)).image
    half = MapFrame(town, view)
    half.step(0)
    assert _area(_drawn(MapFrame(town, view, half, NOWHERE))) == 400 * 300
    half.step(math.inf)


def test_a_change_of_status_draws_its_surroundings_only(project: Project, stack: MapStack) -> None:
    """After a visit a square around the site is drawn, and the picture is that of the changed map."""
    view = View(0, 0, 1, 800, 600).fitted(stack.bounds(), 20)
    before = _drawn(MapFrame(stack, view))
    stack.take_dirty()
    visit = edit("visit", [insert("inspections", site="never", date="2021-06-01", state="done", result="passed")])
    project.apply(visit)
    stack.update(visit)
    dirty = stack.take_dirty()
    after = _drawn(MapFrame(stack, view, before, dirty))
    assert 0 < _area(after) < 800 * 600 / 12
    assert _apart(after.image, to_image(stack, view)) < 0.0002
    assert _apart(after.image, before.image) > 0.0002


def test_a_picture_of_the_selection_shows_nothing_else(stack: MapStack) -> None:
    """The selection's picture is clear where nothing is selected."""
    view = View(0, 0, 1, 800, 600).fitted(stack.bounds(), 20)
    stack.selection = {"passed"}
    frame = SelectionFrame(stack, view)
    assert frame.step(math.inf)
    x, y = view.world_to_screen([stack.site_xy("passed")])[0]
    assert frame.image.pixelColor(round(x), round(y)).alpha() == 255
    x, y = view.world_to_screen([stack.site_xy("never")])[0]
    assert frame.image.pixelColor(round(x), round(y)).alpha() == 0
