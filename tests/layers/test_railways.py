"""Test railways, paths, squares, tunnels and bridges on the map."""

from collections.abc import Iterable
from itertools import pairwise, product

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage

from geo.model import HIGHWAYS, RAILWAY_KINDS
from geo.projection import to_mercator
from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.render import to_image
from layers.stack import MapStack
from layers.style import load
from layers.view import View

MIDDLE = (113.28, 23.11)
STYLES = ("light", "dark", "print")


def line(dx: float, dy: float, *, shift: float = 0.0) -> shapely.LineString:
    """Return a line through the middle of the picture, or beside it."""
    x, y = MIDDLE
    return shapely.LineString([(x - dx + shift, y - dy), (x + dx + shift, y + dy)])


def drawn(project: Project, *rows: RowChange, style: str = "light", scale: float = 0.5) -> QImage:
    """Return a picture of 200 by 200 pixels around the middle with some rows added to the project."""
    project.apply(edit("x", rows))
    x, y = (float(each) for each in to_mercator([MIDDLE])[0])
    return to_image(MapStack.from_project(project, "en", style), View(x, y, scale, 200, 200))


def off(image: QImage, colour: QColor, at: Iterable[tuple[int, int]] | None = None) -> int:
    """Return how far the nearest of some pixels, all if none are named, is from a colour; thin lines are smoothed."""
    pixels = at if at is not None else product(range(image.width()), range(image.height()))
    return min(
        abs(seen.red() - colour.red()) + abs(seen.green() - colour.green()) + abs(seen.blue() - colour.blue())
        for seen in (image.pixelColor(x, y) for x, y in pixels)
    )


ALONG = [(x, y) for x in range(200) for y in range(98, 103)]
"""The pixels along a line through the middle."""


@pytest.mark.parametrize("style", STYLES)
def test_every_kind_of_railway_and_street_has_its_style(style: str) -> None:
    """Whatever an import may bring is drawn on purpose, in every style of the map."""
    loaded = load(style)
    assert loaded.railways.keys() == {choice.value for choice in RAILWAY_KINDS}
    assert loaded.streets.keys() == {choice.value for choice in HIGHWAYS}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", [choice.value for choice in RAILWAY_KINDS])
def test_a_railway_is_drawn(project: Project, style: str, kind: str) -> None:
    """It has its colour, and a dash upon it where the style says so; in a tunnel it is pale."""
    image = drawn(project, insert("railways", kind=kind, geometry=line(0.01, 0)), style=style, scale=0.25)
    look = load(style).railways[kind]
    assert off(image, look.line) < 45
    dashes = [off(image, look.gap, [(x, 99), (x, 100)]) < 45 for x in range(200)]
    assert (sum(a != b for a, b in pairwise(dashes)) > 3) == bool(look.dash)


def test_a_railway_in_a_tunnel_is_pale(project: Project) -> None:
    """What runs below is there, but not as strong as what one sees."""
    image = drawn(project, insert("railways", kind="subway", tunnel=True, geometry=line(0.01, 0)))
    assert off(image, load().railways["subway"].line) > 60
    assert image.pixelColor(100, 100) != load().land


def test_railways_follow_an_edit_and_are_explained(project: Project) -> None:
    """A railway that comes in is drawn at once, and the legend names its kind."""
    stack = MapStack.from_project(project, "zh")
    assert dict(stack.legend()).get("铁路") is None
    project.subscribe(stack.update)
    project.apply(edit("x", [insert("railways", kind="tram", geometry=line(0.01, 0))]))
    assert [entry.text for entry in dict(stack.legend())["铁路"]] == ["有轨电车"]
    assert [entry.text for entry in stack["railways"].legend("en")] == ["Tram"]


@pytest.mark.parametrize("name", ["footway", "path", "track", "steps", "cycleway"])
def test_a_path_is_one_dashed_line(project: Project, name: str) -> None:
    """It has the casing's colour and gaps, and no fill."""
    image = drawn(project, insert("streets", highway=name, geometry=line(0.01, 0)))
    look = load().streets[name]
    assert off(image, look.casing, ALONG) < 90
    gaps = [off(image, load().land, [(x, 99)]) < 20 for x in range(200)]
    assert sum(a != b for a, b in pairwise(gaps)) > 10


def test_a_square_is_filled_and_a_ferry_is_not_a_street(project: Project) -> None:
    """What one walks across is an area; what one only travels by, such as a ferry, is not drawn as a street."""
    x, y = MIDDLE
    ring = shapely.LineString(shapely.box(x - 2e-4, y - 2e-4, x + 2e-4, y + 2e-4).exterior.coords)
    square = insert("streets", highway="pedestrian", tags='{"area": "yes"}', geometry=ring)
    ferry = insert("streets", highway="service", tags='{"highway": "", "route": "ferry"}', geometry=line(0, 0.01))
    image = drawn(project, square, ferry)
    assert image.pixelColor(100, 100) == load().streets["pedestrian"].fill
    assert image.pixelColor(100, 20) == load().land


def test_a_bridge_lies_upon_and_a_tunnel_below(project: Project) -> None:
    """Where two streets of one class cross, the bridge's casing goes through, and that of a tunnel does not."""
    street = insert("streets", highway="residential", geometry=line(0.01, 0))
    x, y = MIDDLE
    for shift, level in ((-2e-4, {"bridge": True}), (2e-4, {"tunnel": True})):
        crossing = shapely.LineString([(x + shift, y - 0.01), (x + shift, y + 0.01)])
        project.apply(edit("x", [insert("streets", highway="residential", geometry=crossing, **level)]))
    image = drawn(project, street, scale=0.3)
    look = load().streets["residential"]
    at = np.array([-2e-4, 2e-4]) * 111_319.49 / 0.3 + 100
    over, under = ([(round(float(middle)) + dx, 100) for dx in range(-20, 21)] for middle in at)
    assert off(image, look.casing.darker(135), over) < 90
    assert off(image, look.casing, under) > off(image, look.casing.darker(135), over)
    assert {image.pixelColor(x, y).name() for x, y in under} == {look.fill.name()}
