"""Tests of measuring on the map."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from geo import geodesic
from geo.language import Language
from gui.window import Window
from tests.gui.mousing import CTRL, click, double_click, lonlat_at, move, press_key, take

OpenWindow = Callable[..., Window]
KEY = Qt.Key
LINE = ((60, 60), (180, 60), (180, 160))


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on the sample."""
    window = open_window(project_file)
    # Moved by hand, the map keeps its scale when a message takes some of its room.
    window.canvas.zoom(1.5)
    return window


def shown(window: Window) -> str:
    """Return the text that stands on the map."""
    sketch = window.canvas._sketch
    return "" if sketch is None else ", ".join(text for _, text in sketch.texts)


def test_a_line_is_as_long_as_its_way_on_the_ground(qtbot: QtBot, window: Window) -> None:
    """Total and last leg are geodesic, stay on the map when Enter ends the line, and Ctrl+C copies them."""
    canvas = take(qtbot, window, "tool_measure_length")
    click(canvas, *LINE, keys=CTRL)
    press_key(canvas, KEY.Key_Return)
    legs = geodesic.legs([lonlat_at(canvas, at) for at in LINE])
    total, last = geodesic.written_length(float(legs.sum())), geodesic.written_length(float(legs[-1]))
    assert shown(window) == f"{total}, last leg {last}"
    assert not canvas.hand.is_busy
    press_key(canvas, KEY.Key_C, held=CTRL)
    assert QGuiApplication.clipboard().text() == shown(window)


def test_the_last_leg_follows_the_mouse(qtbot: QtBot, window: Window) -> None:
    """Before it ends the line reaches to the mouse, and Backspace takes the last corner back."""
    canvas = take(qtbot, window, "tool_measure_length")
    click(canvas, *LINE[:2], keys=CTRL)
    move(canvas, (300, 200))
    assert canvas._sketch is not None
    assert len(canvas._sketch.points) == 3
    press_key(canvas, KEY.Key_Backspace)
    assert len(canvas._sketch.points) == 2
    press_key(canvas, KEY.Key_Backspace)
    assert canvas._sketch is None
    assert not canvas.hand.is_busy


def test_a_double_click_ends_and_does_not_zoom(qtbot: QtBot, window: Window) -> None:
    """The double click ends the line at its place; the next click begins another one."""
    canvas = take(qtbot, window, "tool_measure_length")
    scale = canvas.view.scale
    click(canvas, *LINE[:2], keys=CTRL)
    double_click(canvas, LINE[1], CTRL)
    assert not canvas.hand.is_busy
    assert canvas.view.scale == scale
    assert shown(window) == geodesic.written_length(geodesic.length([lonlat_at(canvas, at) for at in LINE[:2]]))


def test_an_area_is_that_on_the_ground(qtbot: QtBot, window: Window, speaking: Callable[[Language], None]) -> None:
    """Size and outline are geodesic, in the units of the language; a click on the first corner ends."""
    canvas = take(qtbot, window, "tool_measure_area")
    click(canvas, *LINE, LINE[0], keys=CTRL)
    assert not canvas.hand.is_busy
    inside, around = geodesic.area([lonlat_at(canvas, at) for at in LINE])
    assert shown(window) == f"{geodesic.written_area(inside)}, outline {geodesic.written_length(around)}"
    speaking("zh")
    click(canvas, *LINE, LINE[0], keys=CTRL)
    assert shown(window) == f"{geodesic.written_area(inside)}，周长 {geodesic.written_length(around)}"
    assert "平方公里" in shown(window) or "公顷" in shown(window)


def test_an_area_that_crosses_itself_is_not_measured(qtbot: QtBot, window: Window) -> None:
    """A bow-tie has no size, and the map says why."""
    canvas = take(qtbot, window, "tool_measure_area")
    click(canvas, (60, 60), (180, 160), (180, 60), (60, 160), keys=CTRL)
    press_key(canvas, KEY.Key_Return)
    assert shown(window) == "The outline crosses or touches itself."


def test_the_keyboard_measures_too(qtbot: QtBot, window: Window) -> None:
    """Enter sets corners at the cross, the arrow keys move the map under it, Enter without a move ends."""
    canvas = take(qtbot, window, "tool_measure_length")
    middle = (canvas.width() / 2, canvas.height() / 2)
    start = lonlat_at(canvas, middle)
    press_key(canvas, KEY.Key_Return, held=CTRL)
    press_key(canvas, KEY.Key_Right)
    end = lonlat_at(canvas, middle)
    press_key(canvas, KEY.Key_Return, held=CTRL)
    press_key(canvas, KEY.Key_Return, held=CTRL)
    assert not canvas.hand.is_busy
    assert shown(window) == geodesic.written_length(geodesic.length([start, end]))


def test_another_tool_takes_what_was_measured_off_the_map(qtbot: QtBot, window: Window) -> None:
    """Escape once the line is done goes back to selecting, and the map is clean."""
    canvas = take(qtbot, window, "tool_measure_length")
    click(canvas, *LINE[:2], keys=CTRL)
    press_key(canvas, KEY.Key_Return)
    press_key(canvas, KEY.Key_Escape)
    assert canvas._sketch is None
    assert window.actions_by_name.by_name["tool_select"].isChecked()
