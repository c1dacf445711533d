"""Tests of the tools that select many sites: with the mouse and with the keyboard, on a real window."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from geo.projection import to_lonlat
from geo.query import spatial
from gui import tools
from gui.canvas import Canvas
from gui.selecttools import metres_of
from gui.window import Window
from tests.gui.conftest import OpenWindow

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window: OpenWindow, sample_file: Path) -> Window:
    """Return a window on the sample, which these tests only look at."""
    return open_window(sample_file)


@pytest.fixture
def planned_window(open_window: OpenWindow, planned_copy: Path) -> Window:
    """Return a window on a project with a plan."""
    return open_window(planned_copy)


def take(window: Window, name: str) -> Canvas:
    """Choose a tool as its command does, and return the map."""
    window.actions_by_name.by_name[f"tool_{name}"].trigger()
    return window.canvas


def sites_in(window: Window, ring: list[QPoint]) -> frozenset[str]:
    """Return the sites inside a ring of pixels, asked one by one."""
    area = shapely.Polygon(window.canvas.view.screen_to_world([(p.x(), p.y()) for p in ring]))
    xy = window.choosing.chooser.xy()
    index = window.session.open_project().frame("sites").index
    return frozenset(site for site, place in zip(index, xy, strict=True) if area.intersects(shapely.Point(place)))


def round_about(canvas: Canvas, radius: int) -> list[QPoint]:
    """Return pixels on a circle about the middle of the map."""
    angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    return [
        QPoint(canvas.width() // 2 + round(radius * math.cos(a)), canvas.height() // 2 + round(radius * math.sin(a)))
        for a in angles
    ]


def selected(window: Window) -> frozenset[str]:
    """Return the ids of the selected sites."""
    return window.session.selection.ids


def test_lasso_selects_what_it_goes_around(qtbot: QtBot, window: Window) -> None:
    """The sites in the drawn ring are selected at the release, and counted before; with Shift they are added."""
    canvas = take(window, "lasso")
    ring = round_about(canvas, 110)
    qtbot.mousePress(canvas, LEFT, pos=ring[0])
    for point in ring[1:]:
        qtbot.mouseMove(canvas, point)
    inside = sites_in(window, ring)
    qtbot.waitUntil(lambda: f"{len(inside)} sites" in window.status.task.text())
    assert not selected(window)
    qtbot.mouseRelease(canvas, LEFT, pos=ring[-1])
    assert selected(window) == inside
    assert len(inside) > 20
    wider = round_about(canvas, 180)
    qtbot.mousePress(canvas, LEFT, SHIFT, wider[0])
    for point in wider[1:4]:
        qtbot.mouseMove(canvas, point)
    qtbot.mouseRelease(canvas, LEFT, SHIFT, wider[3])
    assert selected(window) == inside | sites_in(window, wider[:4])


def test_lasso_dropped_with_escape_changes_nothing(qtbot: QtBot, window: Window) -> None:
    """Escape takes the ring away, the selection stays, and the next Escape gives the mouse back to the arrow."""
    canvas = take(window, "lasso")
    window.session.selection.choose(window.session.due)
    ring = round_about(canvas, 90)
    qtbot.mousePress(canvas, LEFT, pos=ring[0])
    for point in ring[1:]:
        qtbot.mouseMove(canvas, point)
    qtbot.keyClick(canvas, KEY.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=ring[-1])
    assert selected(window) == window.session.due
    assert canvas.tool.name == "lasso"
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert canvas.tool is tools.select
    assert window.actions_by_name.by_name["tool_select"].isChecked()


def test_polygon_by_clicks(qtbot: QtBot, window: Window) -> None:
    """Corners are clicked, Backspace takes the last one back, and Enter selects what the rest bound."""
    canvas = take(window, "polygon")
    ring = [QPoint(150, 90), QPoint(420, 100), QPoint(380, 300), QPoint(160, 280)]
    for corner in [*ring[:3], QPoint(5, 5)]:
        qtbot.mouseClick(canvas, LEFT, pos=corner)
    qtbot.keyClick(canvas, KEY.Key_Backspace)
    qtbot.mouseClick(canvas, LEFT, pos=ring[3])
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert selected(window) == sites_in(window, ring)
    assert selected(window)


@pytest.mark.parametrize("closing", ["double", "first corner"])
def test_polygon_closes_by_mouse(qtbot: QtBot, window: Window, closing: str) -> None:
    """A double click on the last corner, or a click on the first, closes the polygon; two corners are not enough."""
    canvas = take(window, "polygon")
    ring = [QPoint(150, 90), QPoint(420, 100), QPoint(380, 300)]
    for corner in ring[:2]:
        qtbot.mouseClick(canvas, LEFT, pos=corner)
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert canvas.hand.is_busy
    qtbot.mouseClick(canvas, LEFT, pos=ring[2])
    before = canvas.view
    if closing == "double":
        qtbot.mouseDClick(canvas, LEFT, pos=ring[2])
    else:
        qtbot.mouseClick(canvas, LEFT, pos=ring[0] + QPoint(3, 2))
    assert not canvas.hand.is_busy
    assert canvas.view == before
    assert selected(window) == sites_in(window, ring)


def test_polygon_stays_on_the_ground_while_the_map_moves(qtbot: QtBot, window: Window) -> None:
    """Corners keep their places while the middle button moves the map and the wheel or the keys zoom it."""
    canvas = take(window, "polygon")
    ring = [QPoint(150, 90), QPoint(420, 100), QPoint(380, 300)]
    wanted = sites_in(window, ring)
    places = [canvas.to_world(corner.toPointF()) for corner in ring]
    for corner in ring[:2]:
        qtbot.mouseClick(canvas, LEFT, pos=corner)
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(200, 200))
    qtbot.mouseMove(canvas, QPoint(260, 170))
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(260, 170))
    canvas.zoom(0.7)
    assert canvas.hand.is_busy
    qtbot.mouseClick(canvas, LEFT, pos=canvas.to_screen(places[2]).toPoint())
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert len(selected(window) ^ wanted) <= 2  # the third corner lies on a pixel of the new view


def test_polygon_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """Arrows move the map under the cross, Enter sets a corner there, and Enter once more there closes."""
    canvas = take(window, "polygon")
    corners = []
    for keys in ((KEY.Key_Left, KEY.Key_Up), (KEY.Key_Right,), (KEY.Key_Down,)):
        for key in keys:
            qtbot.keyClick(canvas, key)
        corners.append(canvas.to_world(canvas._middle))
        qtbot.keyClick(canvas, KEY.Key_Return)
    qtbot.keyClick(canvas, KEY.Key_Return)
    chooser = window.choosing.chooser
    assert selected(window) == chooser.ids_of(spatial.inside(chooser.xy(), shapely.Polygon(corners)))
    assert selected(window)


def test_box_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """With the arrow tool the first Enter sets a corner of the box and the second one selects; finely with Shift."""
    canvas = take(window, "select")
    canvas.setFocus()
    start = canvas.to_world(canvas._middle)
    qtbot.keyClick(canvas, KEY.Key_Return)
    for key in (KEY.Key_Right, KEY.Key_Down):
        qtbot.keyClick(canvas, key)
    qtbot.keyClick(canvas, KEY.Key_Right, SHIFT)
    end = canvas.to_world(canvas._middle)
    qtbot.keyClick(canvas, KEY.Key_Return)
    chooser = window.choosing.chooser
    assert selected(window) == chooser.ids_of(spatial.inside(chooser.xy(), shapely.box(*start, *end)))
    assert selected(window)


def within(window: Window, centre: tuple[float, float], metres: float) -> frozenset[str]:
    """Return the sites so near a place by the geodesic."""
    xy = window.choosing.chooser.xy()
    away = spatial.metres_between(np.tile(centre, (len(xy), 1)), xy)
    return window.choosing.chooser.ids_of(away <= metres)


def test_circle_by_drag_has_the_radius_on_the_ground(qtbot: QtBot, window: Window) -> None:
    """The sites selected are those not farther from the middle, by the geodesic, than the mouse was at the release."""
    canvas = take(window, "circle")
    start, end = QPoint(300, 200), QPoint(390, 240)
    centre, rim = canvas.to_world(start.toPointF()), canvas.to_world(end.toPointF())
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert selected(window) == within(window, centre, float(spatial.metres_between([centre], [rim])[0]))
    assert len(selected(window)) > 10


def test_circle_with_a_typed_radius(qtbot: QtBot, window: Window) -> None:
    """After a click in the middle a typed number, mended with Backspace, is the radius; neither 0 nor + zoom then."""
    canvas = take(window, "circle")
    middle, before = QPoint(300, 200), canvas.view
    qtbot.mouseClick(canvas, LEFT, pos=middle)
    for key in "1", ".", "0", "9":
        qtbot.keyClick(canvas, key)
    qtbot.keyClick(canvas, KEY.Key_Backspace)
    qtbot.keyClick(canvas, "5")
    qtbot.keyClick(canvas, "k")
    assert canvas.view == before
    qtbot.waitUntil(lambda: "1.05 km" in window.status.task.text())
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert selected(window) == within(window, canvas.to_world(middle.toPointF()), 1050)


def test_circle_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """Enter sets the middle at the cross, a typed radius and Enter select."""
    canvas = take(window, "circle")
    qtbot.keyClick(canvas, KEY.Key_Up)
    centre = canvas.to_world(canvas._middle)
    qtbot.keyClick(canvas, KEY.Key_Return)
    for key in "800":
        qtbot.keyClick(canvas, key)
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert selected(window) == within(window, centre, 800)
    assert selected(window)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("500", 500), ("500m", 500), ("1.2k", 1200), (".5km", 500), ("", None), ("0", None), ("k", None), ("1.2.3", None)],
)
def test_typed_lengths(text: str, metres: float | None) -> None:
    """A number is metres, or kilometres with a k; anything else is no length."""
    assert metres_of(text) == metres


def test_along_a_drawn_line(qtbot: QtBot, window: Window) -> None:
    """The sites within the typed distance of the line are selected, and the distance is kept for the next line."""
    canvas = take(window, "along")
    line = [QPoint(150, 200), QPoint(320, 240), QPoint(420, 180)]
    for corner in line:
        qtbot.mouseClick(canvas, LEFT, pos=corner)
    for key in "300":
        qtbot.keyClick(canvas, key)
    qtbot.keyClick(canvas, KEY.Key_Return)
    chooser = window.choosing.chooser
    places = [canvas.to_world(corner.toPointF()) for corner in line]
    assert selected(window) == chooser.ids_of(spatial.inside(chooser.xy(), spatial.corridor([places], 300)))
    assert selected(window)
    assert window.choosing.tools.distance_m == 300


def test_along_a_route_of_the_plan(qtbot: QtBot, planned_window: Window) -> None:
    """A click on a route means all of it: every stop of the route is within the distance of the line."""
    window = planned_window
    project, stack = window.session.open_project(), window.session.stack
    assert stack is not None
    stack.set_plan(window.plan.plan_id)
    route = project.frame("routes").index[0]
    lines = [line for line in [project.row("routes", route)["geometry"]] if line is not None]
    canvas = take(window, "along")
    place = shapely.get_coordinates(lines[0])[len(shapely.get_coordinates(lines[0])) // 2]
    x, y = canvas.view.lonlat_to_screen([place])[0].tolist()
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(round(x), round(y)))
    for key in "150":
        qtbot.keyClick(canvas, key)
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert selected(window)
    chosen_team = {
        team for team, sites in project.frame("stops").groupby("team")["site"] if set(sites) <= selected(window)
    }
    assert chosen_team


def test_inside_a_subdistrict_and_again_for_the_next_larger(qtbot: QtBot, window: Window) -> None:
    """Hovering names and counts the area, a click selects what lies in it, another one there the next area."""
    canvas = take(window, "inside")
    project = window.session.open_project()
    stack = window.session.stack
    assert stack is not None
    site = min(window.session.due)
    x, y = stack.site_xy(site)
    areas = window.choosing.chooser.areas().at(x, y)
    subdistrict = next(area for area in areas if area.table == "subdistricts")
    at = canvas.to_screen((x, y)).toPoint()
    qtbot.mouseMove(canvas, at)
    qtbot.waitUntil(lambda: areas[0].title in window.status.task.text())
    for _ in range(areas.index(subdistrict) + 1):
        qtbot.mouseClick(canvas, LEFT, pos=at)
    inside = {
        other
        for other, place in project.frame("sites").geometry.items()
        if shapely.intersects(project.row("subdistricts", subdistrict.id)["geometry"], place)
    }
    assert selected(window) == inside
    assert site in inside


def test_every_tool_says_what_it_does(window: Window) -> None:
    """A chosen tool explains itself in the status line, and has a tip, an icon and keys; the arrow says nothing."""
    for tool in window.choosing.tools.every:
        action = window.actions_by_name.by_name[f"tool_{tool.name}"]
        action.trigger()
        assert window.status.task.text() == tool.hint()
        assert action.isChecked()
        assert not action.icon().isNull()
        assert action.shortcut().toString()
        assert action.statusTip()
    window.actions_by_name.by_name["tool_select"].trigger()
    assert window.status.task.text() == ""


def test_closing_the_project_leaves_no_stroke(qtbot: QtBot, window: Window) -> None:
    """A half drawn polygon is gone with its project."""
    canvas = take(window, "polygon")
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(100, 100))
    assert canvas.hand.is_busy
    window.session.close()
    assert not canvas.hand.is_busy
    assert canvas._sketch is None


def test_view_and_lonlat_agree(window: Window) -> None:
    """The pixel of a place is that place again."""
    canvas = window.canvas
    place = canvas.to_world(QPoint(123, 77).toPointF())
    assert canvas.to_screen(place).toTuple() == pytest.approx((123, 77))
    assert to_lonlat([place])[0] == pytest.approx(canvas.view.screen_to_lonlat([(123, 77)])[0])
