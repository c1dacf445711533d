"""Tests of the map: what mouse and keyboard do to a real window on the sample."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.canvas import Canvas
from gui.window import Window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(open_window: "type[Window]", sample_file: Path) -> Window:
    """Return a window on the sample, which these tests only look at."""
    return open_window(sample_file)


def pixel_of(canvas: Canvas, site: str) -> QPoint:
    """Return where a site is drawn."""
    assert canvas.session.stack is not None
    x, y = canvas.view.world_to_screen([canvas.session.stack.site_xy(site)])[0]
    return QPoint(round(x), round(y))


def lonely_site(canvas: Canvas) -> str:
    """Return a site in the picture with no other near it, zoomed in enough to hit it."""
    stack = canvas.session.stack
    assert stack is not None
    for site in canvas.session.due:
        canvas.set_view(canvas.view.centred(*stack.site_xy(site), 1.0))
        if [
            hit.id
            for hit in stack.hits(canvas.view, canvas.width() / 2, canvas.height() / 2, 30)
            if hit.layer == "sites"
        ] == [site]:
            return site
    raise AssertionError("no lonely site")


def test_click_selects_and_shows_the_site_in_every_panel(qtbot: QtBot, window: Window) -> None:
    """A click on a symbol selects the site on the map, in the table and in the form."""
    site = lonely_site(window.canvas)
    qtbot.mouseClick(window.canvas, LEFT, pos=pixel_of(window.canvas, site))
    assert window.session.selection.ids == {site}
    assert window.form.site == site
    row = window.table.view.selectionModel().selectedRows()[0].row()
    assert window.table.model.site(row) == site


def test_box_with_shift_adds_and_with_ctrl_toggles(qtbot: QtBot, window: Window) -> None:
    """A box selects what lies in it; Shift adds to the selection, Ctrl takes out what is in it already."""
    canvas = window.canvas
    halves = [(QPoint(2, 2), QPoint(canvas.width() // 2, canvas.height() - 3)),
              (QPoint(canvas.width() // 2, 2), QPoint(canvas.width() - 3, canvas.height() - 3))]  # fmt: skip

    def drag(start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> frozenset[str]:
        qtbot.mousePress(canvas, LEFT, keys, start)
        qtbot.mouseMove(canvas, end)
        qtbot.mouseRelease(canvas, LEFT, keys, end)
        return window.session.selection.ids

    west = drag(*halves[0])
    every = drag(*halves[1], Qt.KeyboardModifier.ShiftModifier)
    assert west < every
    assert len(every) == len(window.table.sites_of("all") or window.session.project.frame("sites"))
    east = drag(*halves[0], Qt.KeyboardModifier.ControlModifier)
    assert east == every - west


def test_wheel_zooms_about_the_place_under_the_mouse(window: Window) -> None:
    """What is under the mouse stays under it."""
    canvas, at = window.canvas, QPointF(200, 120)
    before, scale = canvas.view.screen_to_world([(at.x(), at.y())])[0], canvas.view.scale
    wheel = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    assert canvas.view.scale < scale
    assert canvas.view.screen_to_world([(at.x(), at.y())])[0] == pytest.approx(before)


def test_keyboard_moves_zooms_and_fits(qtbot: QtBot, window: Window) -> None:
    """Arrow keys and + and − change the view, 0 brings the whole district back, Escape empties the selection."""
    canvas = window.canvas
    whole = canvas.view
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x > whole.x
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.scale < whole.scale
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view.scale == pytest.approx(whole.scale)
    assert canvas.view.x == pytest.approx(whole.x)
    window.session.selection.choose(window.session.due)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert not window.session.selection.ids


def test_middle_button_drags_the_map(qtbot: QtBot, window: Window) -> None:
    """The place pressed follows the mouse, and a sharp picture of the new view comes behind."""
    canvas, start, end = window.canvas, QPoint(100, 100), QPoint(180, 130)
    place = canvas.view.screen_to_world([(100, 100)])[0]
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=end)
    assert canvas.view.screen_to_world([(180, 130)])[0] == pytest.approx(place)
    qtbot.waitUntil(lambda: canvas.is_drawn)


def test_map_shows_the_colour_of_a_status(qtbot: QtBot, window: Window) -> None:
    """Hiding the layer of sites changes the picture, showing it again brings the same back."""
    stack, canvas = window.session.stack, window.canvas
    assert stack is not None
    qtbot.waitUntil(lambda: canvas.is_drawn and not canvas.picture.isActive())  # its margin is drawn too
    with_sites = canvas.grab().toImage()
    for visible in (False, True):
        stack["sites"].visible = visible
        window.session.stale.emit()
        qtbot.waitUntil(lambda: canvas.is_drawn and not canvas.picture.isActive())
        assert (canvas.grab().toImage() == with_sites) is visible


def test_tip_says_what_the_site_is(window: Window) -> None:
    """The tip of a site names it, its kind and its status."""
    from gui import describe

    site = min(window.session.ids_of("overdue"))
    row = window.session.open_project().row("sites", site)
    words = describe.tip(window.session, site)
    for expected in (row["name_en"], describe.kind_title(window.session, row["kind"]), "Overdue"):
        assert expected in words


def test_click_on_a_crowd_goes_nearer_and_with_a_key_selects_it(qtbot: QtBot, window: Window) -> None:
    """From afar sites stand as crowds: a click zooms to one, and with Shift all of its sites are selected."""
    canvas, stack = window.canvas, window.session.stack
    assert stack is not None
    canvas.zoom(1 / 40)
    crowd = stack.sites.scene(canvas.view).crowds[0]
    at = canvas.to_screen((crowd.x, crowd.y)).toPoint()
    qtbot.mouseClick(canvas, LEFT, Qt.KeyboardModifier.ShiftModifier, at)
    assert len(window.session.selection.ids) == crowd.count > 1
    before = canvas.view
    qtbot.mouseClick(canvas, LEFT, pos=at)
    assert canvas.view.scale <= before.scale / 2
    assert len(window.session.selection.ids) == crowd.count
