"""Test `layers.stops` and `layers.routes`: numbered stops and lines of teams."""

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage

from geo.store.edits import edit, insert, update
from geo.store.project import Project
from layers.render import to_image
from layers.stack import MapStack
from layers.stops import StopsLayer
from layers.view import View
from tests.layers.conftest import SITES


def _stops(stack: MapStack) -> StopsLayer:
    layer = stack["stops"]
    assert isinstance(layer, StopsLayer)
    return layer


def _share(image: QImage, x: float, y: float, colour: QColor, reach: int) -> float:
    """Return how much of a square around a place has a colour, but for the edges of what is drawn there."""
    square = [
        image.pixelColor(round(x) + dx, round(y) + dy)
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    ]
    near = [
        abs(c.red() - colour.red()) + abs(c.green() - colour.green()) + abs(c.blue() - colour.blue()) < 40
        for c in square
    ]
    return sum(near) / len(square)


@pytest.mark.parametrize("scale", [12.0, 8.0, 4.0, 1.0])
def test_a_selection_hides_no_number(stack: MapStack, scale: float) -> None:
    """With all stops selected every number is seen as well as before, from afar and from near."""
    stack.set_plan("plan")
    x, y = stack.site_xy("overdue")
    view = View(x, y, scale, 300, 300)
    place = _stops(stack).places(view)[0]
    colour = stack.team_colour("team")
    before = to_image(stack, view)
    stack.selection = {"overdue", "never"}
    after = to_image(stack, view)
    size = int(_stops(stack).size(view) / 2 * 0.6)
    assert _share(before, *place, colour, size) > 0.4
    assert _share(after, *place, colour, size) == pytest.approx(_share(before, *place, colour, size), abs=0.02)
    # And the ring is seen around it.
    assert _share(after, 150, 150, stack.style.accent, 24) > 0.02


def test_numbers_stand_on_the_same_ground_while_panning(planned: Project) -> None:
    """The discs of a whole plan keep their places on the ground, to the last digit, wherever the map is moved."""
    stack = MapStack.from_project(planned, "zh")
    stack.set_plan(planned.frame("plans").index[0])
    view = View(0, 0, 1, 700, 500).fitted(stack.bounds())
    before = _stops(stack).places(view)
    for step in ((100.0, 0.0), (-3.0, 77.0), (512.0, 512.0)):
        after = _stops(stack).places(view.panned(*step))
        assert np.allclose(after - before, step, atol=1e-6)


def test_numbers_stand_apart(planned: Project) -> None:
    """At the scale of the district next to no two discs hide one another."""
    stack = MapStack.from_project(planned, "zh")
    stack.set_plan(planned.frame("plans").index[0])
    view = View(0, 0, 1, 1100, 750).fitted(stack.bounds())
    places, size = _stops(stack).places(view), _stops(stack).size(view)
    gaps = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(len(places)) * 1e9
    assert np.mean(gaps.min(axis=1) < size * 0.7) < 0.02


def _two_routes(project: Project, *, back: bool) -> MapStack:
    """Return a map on which two teams drive the same street, the second the other way if wanted."""
    line = shapely.LineString([SITES["passed"], SITES["overdue"]])
    other = shapely.LineString([SITES["overdue"], SITES["passed"]]) if back else line
    first = project.frame("routes").index[0]
    rows = [
        update("routes", first, project.row("routes", first), {"geometry": line}),
        insert("teams", id="other", code="T02", name="第二组", geometry=shapely.Point(SITES["passed"])),
        insert("routes", plan="plan", team="other", geometry=other),
    ]
    project.apply(edit("two", rows))
    stack = MapStack.from_project(project, "zh")
    stack.set_plan("plan")
    return stack


@pytest.mark.parametrize("back", [False, True])
def test_routes_on_one_street_lie_side_by_side(project: Project, back: bool) -> None:
    """Both colours are seen across the street, each on its side: on the right of its own direction."""
    stack = _two_routes(project, back=back)
    stack["stops"].visible = stack["sites"].visible = stack["labels"].visible = False
    x, y = (np.array(stack.site_xy("passed")) + stack.site_xy("overdue")) / 2
    view = View(float(x), float(y), 2, 300, 300)
    image = to_image(stack, view)
    width = stack.routes.width(view)
    colours = [stack.team_colour("team"), stack.team_colour("other")]
    # Eastwards the left is above; the first team goes east.
    above, below = ((150 - width * 0.5 - 0.7), (150 + width * 0.5 + 0.7))
    expected = {above: colours[1 if back else 0], below: colours[0 if back else 1]}
    for height, colour in expected.items():
        probes = [image.pixelColor(150 + dx, round(height)) for dx in range(-40, 40, 5)]
        hues = [abs(probe.hue() - colour.hue()) < 12 and probe.saturation() > 80 for probe in probes]
        assert sum(hues) > len(hues) / 2
    white = [image.pixelColor(150 + dx, 150).lightness() for dx in range(-40, 40, 5)]
    assert np.median(white) > min(colour.lightness() for colour in colours) + 20


def test_a_route_alone_lies_on_its_street(stack: MapStack) -> None:
    """A route that shares no street is drawn where it is, corner by corner."""
    stack.set_plan("plan")
    view = View(*stack.site_xy("overdue"), 3, 400, 400)
    line = stack.routes.line(0, view)
    for site in ("overdue", "never"):
        corner = view.world_to_screen([stack.site_xy(site)])[0]
        assert np.hypot(*(line - corner).T).min() < 0.5
