"""Tests of sites made, moved and deleted on the map, by mouse and by keyboard."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from geo import geodesic
from gui.window import Window
from tests.gui.mousing import CTRL, SHIFT, click, drag, lonlat_at, move, pixel_of, press_key, settle, take

OpenWindow = Callable[..., Window]
KEY = Qt.Key


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on the sample, near enough to tell streets apart."""
    window = open_window(project_file)
    window.canvas.zoom(8)
    return window


def place(window: Window, site: str) -> tuple[float, float]:
    """Return where a site lies in degrees."""
    point = window.session.open_project().row("sites", site)["geometry"]
    return float(point.x), float(point.y)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the metres between two places."""
    return geodesic.length([one, other])


def in_view(window: Window, number: int = 1) -> list[str]:
    """Return sites in the picture that stand alone, those nearest to its middle first."""
    canvas, stack = window.canvas, window.session.stack
    assert stack is not None
    screen = canvas.view.world_to_screen(stack.sites.xy)
    away = np.hypot(*(screen - (canvas.width() / 2, canvas.height() / 2)).T)
    alone = []
    for at in np.argsort(away)[:40].tolist():
        x, y = screen[at].tolist()
        inside = 40 < x < canvas.width() - 60 and 40 < y < canvas.height() - 60
        if inside and len(stack.sites.hits(canvas.view, x, y, 30)) == 1:
            alone.append(at)
    return [str(stack.sites.ids[at]) for at in alone[:number]]


# -- a new one ---------------------------------------------------------------------------------------------------------


def test_a_click_makes_a_site_and_asks_for_its_name(qtbot: QtBot, window: Window) -> None:
    """The new site lies under the mouse, is selected, and its name waits to be typed over; undo takes it away."""
    canvas, session = take(qtbot, window, "tool_new_site"), window.session
    before = set(session.open_project().frame("sites").index)
    at = (120, 90)
    wanted = lonlat_at(canvas, at)
    click(canvas, at, keys=CTRL)
    (site,) = set(session.open_project().frame("sites").index) - before
    assert metres(place(window, site), wanted) < 0.01
    assert session.selection.ids == {site}
    line = window.form.fields["name"].line
    assert QApplication.focusWidget() is line
    assert line is not None
    assert line.selectedText() == "New site"
    QTest.keyClicks(line, "Lotus Hotel")
    QTest.keyClick(line, KEY.Key_Return)
    assert session.open_project().row("sites", site)["name"] == "Lotus Hotel"
    session.undo()
    session.undo()
    assert set(session.open_project().frame("sites").index) == before
    assert session.selection.ids == frozenset()


def test_the_new_site_is_of_the_kind_of_the_current_one(qtbot: QtBot, window: Window) -> None:
    """Kind and code follow the site selected, and stay for the next one where none is."""
    session = window.session
    hotel = next(str(row) for row in session.open_project().frame("sites").query("kind == 'quarantine_hotel'").index)
    session.selection.choose({hotel}, current=hotel)
    canvas = take(qtbot, window, "tool_new_site")
    click(canvas, (120, 90), keys=CTRL)
    assert session.open_project().row("sites", session.selection.current)["code"] == "JD-029"
    session.selection.clear()
    click(canvas, (200, 150), keys=CTRL)
    row = session.open_project().row("sites", session.selection.current)
    assert (row["kind"], row["code"]) == ("quarantine_hotel", "JD-030")


def test_a_click_near_another_site_snaps_to_it_but_not_with_ctrl(qtbot: QtBot, window: Window) -> None:
    """Within ten pixels of a site the new one takes its very place; Ctrl keeps the place under the mouse."""
    (other,) = in_view(window)
    canvas = take(qtbot, window, "tool_new_site")
    x, y = pixel_of(canvas, place(window, other))
    at = (round(x) + 6, round(y) + 2)
    click(canvas, at)
    assert metres(place(window, window.session.selection.current), place(window, other)) < 0.001
    click(canvas, at, keys=CTRL)
    assert metres(place(window, window.session.selection.current), lonlat_at(canvas, at)) < 0.01


def test_a_click_near_a_street_snaps_to_it(qtbot: QtBot, window: Window) -> None:
    """The new site stands on the street, and the mark of the snap is shown before the click."""
    canvas, session = take(qtbot, window, "tool_new_site"), window.session
    lines = session.open_project().frame("streets").geometry
    middle = lonlat_at(canvas, (canvas.width() / 2, canvas.height() / 2))
    corner = min((line.coords[0] for line in lines), key=lambda one: metres(one[:2], middle))
    x, y = pixel_of(canvas, corner)
    move(canvas, (round(x) + 3, round(y) + 3))
    assert window.editing.snapping._snap is not None
    shown = canvas.grab().toImage()
    window.editing.snapping.forget()
    assert canvas.grab().toImage() != shown
    click(canvas, (round(x) + 3, round(y) + 3))
    assert metres(place(window, session.selection.current), corner) < 0.001


def test_enter_makes_a_site_at_the_cross(qtbot: QtBot, window: Window) -> None:
    """From the keyboard the arrow keys move the map under the cross, and Enter makes the site there."""
    canvas = take(qtbot, window, "tool_new_site")
    assert canvas.hasFocus()
    press_key(canvas, KEY.Key_Right, KEY.Key_Up)
    wanted = lonlat_at(canvas, (canvas.width() / 2, canvas.height() / 2))
    press_key(canvas, KEY.Key_Return, held=CTRL)
    assert metres(place(window, window.session.selection.current), wanted) < 0.01
    canvas.setFocus()
    press_key(canvas, KEY.Key_Escape)
    assert window.actions_by_name.by_name["tool_select"].isChecked()


def test_the_menu_of_the_map_copies_a_place_and_makes_a_site_there(qtbot: QtBot, window: Window) -> None:
    """The place under the menu is copied as the status line gives it, and gets a site."""
    canvas, at = window.canvas, QPoint(140, 100)
    menu = QMenu(window)
    window.editing.add_to_menu(menu, canvas.mapToGlobal(at))
    copy, new = [action for action in menu.actions() if not action.isSeparator()]
    copy.trigger()
    wanted = lonlat_at(canvas, (at.x(), at.y()))
    assert QGuiApplication.clipboard().text() == window.status.place.words(wanted)
    new.trigger()
    assert metres(place(window, window.session.selection.current), wanted) < 0.01
    settle(qtbot, window)


# -- moved -------------------------------------------------------------------------------------------------------------


def test_a_drag_moves_a_site_in_one_step(qtbot: QtBot, window: Window) -> None:
    """The site goes where it is let go, as one change that undo takes back; the ghost is gone afterwards."""
    (site,) = in_view(window)
    canvas, session = take(qtbot, window, "tool_move_sites"), window.session
    before = place(window, site)
    start = pixel_of(canvas, before)
    end = (start[0] + 37.0, start[1] - 21.0)
    drag(canvas, start, end, CTRL)
    assert metres(place(window, site), lonlat_at(canvas, end)) < 0.05
    assert session.selection.current == site
    assert canvas._sketch is None
    session.undo()
    assert place(window, site) == before


def test_all_selected_sites_move_by_the_same_way(qtbot: QtBot, window: Window) -> None:
    """Dragging one of several moves all of them by the same metres, and one undo takes all of it back."""
    chosen = in_view(window, 3)
    canvas, session = take(qtbot, window, "tool_move_sites"), window.session
    session.selection.choose(chosen, current=chosen[0])
    before = {site: place(window, site) for site in chosen}
    start = pixel_of(canvas, before[chosen[0]])
    drag(canvas, start, (start[0] + 30, start[1] + 30), CTRL)
    ways = [metres(before[site], place(window, site)) for site in chosen]
    assert ways == pytest.approx([ways[0]] * 3, abs=0.01)
    assert ways[0] > 10
    session.undo()
    assert {site: place(window, site) for site in chosen} == before


def test_arrow_keys_nudge_and_enter_writes_once(qtbot: QtBot, window: Window) -> None:
    """Arrow keys move by a metre, by ten with Shift; nothing is written before Enter, and then one change."""
    (site,) = in_view(window)
    window.session.selection.choose({site}, current=site)
    canvas, project = take(qtbot, window, "tool_move_sites"), window.session.open_project()
    before = place(window, site)
    press_key(canvas, KEY.Key_Right, KEY.Key_Up, KEY.Key_Up)
    press_key(canvas, KEY.Key_Right, held=SHIFT)
    assert place(window, site) == before
    assert canvas._sketch is not None
    press_key(canvas, KEY.Key_Return)
    east, north = geodesic.vector([before], [place(window, site)])
    assert (east, north) == pytest.approx((11.0, 2.0), abs=1e-3)
    project.undo()
    assert place(window, site) == before
    assert not project.can_undo


def test_escape_drops_a_move(qtbot: QtBot, window: Window) -> None:
    """Escape while nudging or dragging leaves the sites where they were."""
    (site,) = in_view(window)
    window.session.selection.choose({site}, current=site)
    canvas = take(qtbot, window, "tool_move_sites")
    before = place(window, site)
    press_key(canvas, KEY.Key_Left, KEY.Key_Escape)
    assert canvas._sketch is None
    assert canvas.tool is window.editing.sites.move
    press_key(canvas, KEY.Key_Return)
    assert place(window, site) == before
    assert not window.session.open_project().can_undo


# -- deleted -----------------------------------------------------------------------------------------------------------


def test_delete_on_the_map_takes_the_selected_sites_and_says_what_went(qtbot: QtBot, window: Window) -> None:
    """The Delete key takes the sites and what hangs on them, the message counts it, and undo brings all back."""
    session = window.session
    project = session.open_project()
    visited = str(project.frame("inspections")["site"].iloc[0])
    inspections = int((project.frame("inspections")["site"] == visited).sum())
    total = len(project.frame("inspections"))
    session.selection.choose({visited}, current=visited)
    window.canvas.setFocus()
    press_key(window.canvas, KEY.Key_Delete)
    settle(qtbot, window)
    assert visited not in project.frame("sites").index
    assert len(project.frame("inspections")) == total - inspections
    assert f"Inspections: {inspections}" in window.messages.text
    assert session.selection.ids == frozenset()
    session.undo()
    assert visited in project.frame("sites").index
    assert len(project.frame("inspections")) == total


def test_many_sites_are_deleted_beside_the_window(qtbot: QtBot, window: Window) -> None:
    """Everything selected goes in one change, written in a thread, that undo takes back."""
    session = window.session
    project = session.open_project()
    number = len(project.frame("sites"))
    session.selection.choose(map(str, project.frame("sites").index))
    window.actions_by_name.by_name["delete_sites"].trigger()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(project.frame("sites")) == 0, timeout=20_000)
    settle(qtbot, window)
    session.undo()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(project.frame("sites")) == number, timeout=20_000)
    settle(qtbot, window)


def test_a_project_to_be_read_stays_as_it_is(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """In a read-only project no tool changes anything, and deleting says why."""
    with qtbot.waitSignal(window.files.open_read_only(project_file).ended, timeout=20_000):
        pass
    session = window.session
    (site,) = in_view(window) or [str(session.open_project().frame("sites").index[0])]
    before = place(window, site)
    session.selection.choose({site}, current=site)
    assert not window.actions_by_name.by_name["tool_new_site"].isEnabled()
    window.editing.sites.add(113.27, 23.13)
    assert "read-only" in window.messages.text
    window.editing.delete()
    assert place(window, site) == before
