"""Probe pixels for what they mean: what is due looks due, what is closed looks closed, what is above covers."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from geo.model import Status
from geo.projection import to_mercator
from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View
from tests.layers import golden
from tests.layers.colours import contrast
from tests.layers.conftest import SITES

STYLES = ("light", "dark", "print")
CLOSED = (113.280, 23.111)
"""The middle of a closed area away from sites, streets and boundaries."""


def _closure(**more: object) -> RowChange:
    x, y = CLOSED
    area = shapely.MultiPolygon([shapely.box(x - 0.003, y - 0.003, x + 0.003, y + 0.003)])
    return insert("closures", **{"name": "", "from_date": "2021-06-01", "geometry": area, **more})


def _view(lonlat: tuple[float, float], scale: float, side: int = 200, ratio: float = 1.0) -> View:
    x, y = (float(part) for part in to_mercator([lonlat])[0])
    return View(x, y, scale, side, side, ratio)


def _off(one: QColor, other: QColor) -> int:
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


@pytest.mark.parametrize("style", STYLES)
def test_the_middle_of_a_dot_has_the_colour_of_its_status(project: Project, style: str) -> None:
    """From afar the very pixel of a site has the colour of its status, in each style."""
    stack = MapStack.from_project(project, "zh", style)
    for site, status in (("overdue", Status.OVERDUE), ("never", Status.DUE), ("blocked", Status.NO_ACCESS)):
        image = to_image(stack, _view(SITES[site], 16))
        assert _off(image.pixelColor(100, 100), stack.style.status[status].fill) < 12


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("scale", [8.0, 3.0, 0.7])
def test_the_hatching_of_a_closure_alternates(project: Project, style: str, scale: float) -> None:
    """Across a closed area, line and gap follow one another at the distance of the style, at any scale."""
    project.apply(edit("closed", [_closure()]))
    stack = MapStack.from_project(project, "zh", style)
    image = to_image(stack, _view(CLOSED, scale))
    row = np.array([image.pixelColor(x, 97).lightness() for x in range(70, 130)], dtype=np.float64)
    high = np.abs(row - np.median(row)) > np.abs(row - np.median(row)).max() / 2
    starts = np.flatnonzero(high[1:] & ~high[:-1])
    assert len(starts) >= 4
    gaps = [b - a for a, b in pairwise(starts.tolist())]
    assert np.mean(gaps) == pytest.approx(stack.style.closure.hatch_gap, abs=0.7)
    assert np.abs(row - np.median(row)).max() > 25


def test_the_hatching_moves_with_the_map(project: Project) -> None:
    """Dragged by a few pixels, a closed area looks the same pixel for pixel, though another part of it is seen."""
    project.apply(edit("closed", [_closure()]))
    stack = MapStack.from_project(project, "zh")
    view = _view(CLOSED, 0.8)
    before, after = (golden.pixels(to_image(stack, one)) for one in (view, view.panned(13, -8)))
    assert np.abs(before[60:140, 60:140] - after[52:132, 73:153]).max() <= 2


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("2021-06-02", "2021-06-02", True), ("2021-06-03", None, False), ("2021-05-01", "2021-06-01", False)],
)
def test_a_closure_shows_on_its_days(project: Project, first: str, last: str | None, shown: bool) -> None:
    """A closed area is drawn from its first day to its last, both counted, and on no other."""
    project.apply(edit("closed", [_closure(from_date=first, to_date=last)]))
    plain = MapStack.from_project(project, "zh")
    view = _view(CLOSED, 3)
    with_closure = to_image(plain, view)
    plain["closures"].visible = False
    assert (with_closure != to_image(plain, view)) == shown


def test_a_bridge_covers_what_it_crosses(project: Project) -> None:
    """On a crossing the bridge is seen, whichever class it has; without a bridge, the street of higher class."""
    x, y = 113.280, 23.108
    rows = [
        insert("streets", highway="primary", geometry=shapely.LineString([(x - 0.003, y), (x + 0.003, y)])),
        insert(
            "streets",
            highway="residential",
            bridge=True,
            geometry=shapely.LineString([(x, y - 0.003), (x, y + 0.003)]),
        ),
    ]
    project.apply(edit("bridge", rows))
    stack = MapStack.from_project(project, "zh")
    image = to_image(stack, _view((x, y), 1))
    assert _off(image.pixelColor(100, 100), stack.style.streets["residential"].fill) < 6
    assert _off(image.pixelColor(130, 100), stack.style.streets["primary"].fill) < 6


@pytest.mark.parametrize("style", STYLES)
def test_a_sharp_screen_shows_the_same_map(planned: Project, style: str) -> None:
    """With two device pixels to the logical one the picture is the same, only sharper."""
    stack = MapStack.from_project(planned, "zh", style)
    stack.set_plan(planned.frame("plans").index[0])
    view = View(0, 0, 1, 360, 260).fitted(stack.bounds())
    for scale in (view.scale, 5.0, 1.2):
        near = view.centred(view.x, view.y, scale)
        plain, sharp = to_image(stack, near), to_image(stack, near.resized(360, 260, 2.0))
        assert (sharp.width(), sharp.height()) == (720, 520)
        sharp.setDevicePixelRatio(1)
        small = sharp.scaled(360, 260, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        mean, _, _ = golden.differences(plain, small)
        assert mean < 8
        # Not the small picture blown up: its edges are steeper.
        blown = plain.scaled(720, 520, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        assert _steepness(sharp) > 1.25 * _steepness(blown)


def _steepness(image: QImage) -> float:
    return float(np.abs(np.diff(golden.pixels(image), axis=1)).mean())


@pytest.mark.parametrize("style", STYLES)
def test_a_name_is_read_on_its_halo(project: Project, style: str) -> None:
    """Texts differ from their halo by a contrast of 4.5 at least (WCAG 2.2, 1.4.3), in each style."""
    for name, text in MapStack.from_project(project, "zh", style).style.texts.items():
        one, other = (QColor(colour) for colour in (text.colour, text.halo))
        ratio = contrast((one.red(), one.green(), one.blue()), (other.red(), other.green(), other.blue()))
        assert ratio >= 4.5, (name, round(ratio, 1))
