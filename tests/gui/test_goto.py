"""Tests of going to a coordinate, and of the datum in which the status line gives coordinates."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from geo import coordinates, datum
from gui import datums
from gui.settings import Settings
from gui.window import Window
from tests.gui.mousing import lonlat_at, move

OpenWindow = Callable[..., Window]
KEY = Qt.Key
PLACE = (113.2644, 23.1291)


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on the sample with the bar for coordinates in front."""
    window = open_window(project_file)
    window.actions_by_name.by_name["goto"].trigger()
    return window


def say(qtbot: QtBot, window: Window, text: str) -> None:
    """Type a coordinate and wait until it is read."""
    window.editing.goto.line.setText(text)
    qtbot.waitUntil(lambda: not window.editing.goto._later.isActive())


def middle(window: Window) -> tuple[float, float]:
    """Return the place in the middle of the map."""
    return lonlat_at(window.canvas, (window.canvas.width() / 2, window.canvas.height() / 2))


def test_enter_goes_there_and_marks_the_place(qtbot: QtBot, window: Window) -> None:
    """The bar has the keyboard; Enter shows the place in the middle of the map, streets in sight, with a pin."""
    bar = window.editing.goto
    assert QApplication.focusWidget() is bar.line
    say(qtbot, window, "23.1291, 113.2644")
    assert bar.said.text() == "= 23.12910° N  113.26440° E"
    QTest.keyClick(bar.line, KEY.Key_Return)
    assert middle(window) == pytest.approx(PLACE, abs=1e-6)
    assert window.canvas.view.scale < 4
    assert len(window.canvas._marks) == 1
    QTest.keyClick(bar.line, KEY.Key_Escape)
    assert not bar.isVisible()
    assert window.canvas.hasFocus()
    assert len(window.canvas._marks) == 0


def test_enter_at_once_goes_to_what_has_just_been_typed(window: Window) -> None:
    """Who types fast and presses Enter is not sent to where the text before pointed."""
    bar = window.editing.goto
    bar.line.setText("23.1291, 113.2644")
    QTest.keyClick(bar.line, KEY.Key_Return)
    assert middle(window) == pytest.approx(PLACE, abs=1e-6)


def test_the_datum_chosen_is_taken_off(qtbot: QtBot, window: Window) -> None:
    """A coordinate from Amap, Baidu or a survey goes to the place that it means."""
    bar = window.editing.goto
    for name in ("gcj02", "bd09", "cgcs2000", "epsg:4547", "epsg:32649"):
        assert bar.datum.findData(name) >= 0, name
        bar.datum.setCurrentIndex(bar.datum.findData(name))
        east, north = datum.from_wgs84([PLACE], name)[0].tolist()
        say(qtbot, window, f"{east:.8f} {north:.8f}")
        assert bar.reading is not None
        assert bar.reading.lonlat == pytest.approx(PLACE, abs=1e-6)


def test_both_orders_are_shown_and_can_be_swapped(qtbot: QtBot, window: Window) -> None:
    """Where the order is open both places are marked, and a click on the other one goes there."""
    bar = window.editing.goto
    say(qtbot, window, "30 40")
    assert bar.other.isVisible()
    assert len(window.canvas._marks) == 2
    first = bar.reading
    bar.other.click()
    assert first is not None
    assert middle(window) == pytest.approx(first.lonlat[::-1], abs=1e-6)
    say(qtbot, window, "30 N 40 E")
    assert not bar.other.isVisible()


def test_what_is_wrong_is_said(qtbot: QtBot, window: Window) -> None:
    """A text that is no coordinate says so beside it, and Enter says how to write one; the map stays."""
    bar, view = window.editing.goto, window.canvas.view
    say(qtbot, window, "somewhere")
    assert "no coordinate" in bar.said.text()
    assert not bar.go.isEnabled()
    assert not bar.new.isEnabled()
    QTest.keyClick(bar.line, KEY.Key_Return)
    assert "23.1291" in window.messages.text
    assert (window.canvas.view.x, window.canvas.view.y) == (view.x, view.y)


def test_a_site_is_made_at_the_coordinate(qtbot: QtBot, window: Window) -> None:
    """The button makes a site at the very place."""
    say(qtbot, window, "23°07′45″N 113°15′52″E")
    window.editing.goto.new.click()
    site = window.session.selection.current
    point = window.session.open_project().row("sites", site)["geometry"]
    assert (point.x, point.y) == pytest.approx((113 + 15 / 60 + 52 / 3600, 23 + 7 / 60 + 45 / 3600))


# -- the status line ---------------------------------------------------------------------------------------------------


def point_at(window: Window, x: int, y: int) -> str:
    """Move the mouse over the map and return the coordinates shown."""
    move(window.canvas, (x, y))
    return window.status.place.text()


def test_coordinates_are_given_as_chosen_and_the_choice_is_kept(open_window: OpenWindow, project_file: Path) -> None:
    """In any datum and notation what the status line says means the place under the mouse, also the next time."""
    settings = Settings()
    window = open_window(project_file, settings)
    for name, form in (("gcj02", "dms"), ("bd09", "decimal"), ("epsg:4547", "decimal")):
        window.status.place.choose_datum(name)
        window.status.place.choose_form("dms" if form == "dms" else "decimal")
        text = point_at(window, 100 + len(name), 90)
        assert text.endswith(datums.short(name))
        assert ("′" in text) == (form == "dms")
        said = text.removesuffix(datums.short(name))
        read = coordinates.read(said, name, PLACE)[0].lonlat
        assert read == pytest.approx(lonlat_at(window.canvas, (100 + len(name), 90)), abs=1e-5)
    assert (settings.datum, settings.degrees) == ("epsg:4547", "decimal")
    again = open_window(project_file, settings)
    assert point_at(again, 90, 90).endswith("EPSG:4547")


def test_the_menu_offers_what_fits_the_district(window: Window) -> None:
    """The datums with a name, the zones that the district lies in, and any other by its number."""
    place = window.status.place
    place.menu_.aboutToShow.emit()
    texts = [action.text() for action in place.menu_.actions()]
    assert any("EPSG:4547" in text for text in texts)
    assert any("EPSG:32649" in text for text in texts)
    line = place.menu_.findChild(QLineEdit)
    assert line is not None
    line.setText("32650")
    line.returnPressed.emit()
    assert place.datum == "epsg:32650"
    line.setText("99999")
    line.returnPressed.emit()
    assert place.datum == "epsg:32650"
    assert "EPSG:99999" in window.messages.text
    place.menu_.aboutToShow.emit()
    assert [action.isChecked() for action in place.menu_.actions() if "32650" in action.text()] == [True]


def test_spoilt_settings_give_wgs84(open_window: OpenWindow) -> None:
    """What somebody has written into the settings by hand cannot keep the window from opening."""
    window = open_window(None, Settings(datum="nonsense", degrees="roman"))
    assert window.status.place.datum == "wgs84"
    assert window.status.place.form == "decimal"


@pytest.mark.parametrize(
    ("lonlat", "expected"),
    [
        ((113.27, 23.13), ("epsg:4547", "epsg:32649")),
        ((116.4, 39.9), ("epsg:4548", "epsg:32650")),
        ((75.99, 39.47), ("epsg:4534", "epsg:32643")),
        ((24.94, 60.17), ("epsg:32635",)),
        ((151.2, -33.87), ("epsg:32756",)),
        ((180.0, 0.0), ("epsg:32601",)),
    ],
)
def test_the_fitting_zones_hold_the_place(lonlat: tuple[float, float], expected: tuple[str, ...]) -> None:
    """Easting is near the middle of the zone, half a million metres, in each datum that is offered."""
    assert datums.fitting(*lonlat) == expected
    for name in expected:
        assert np.abs(datum.from_wgs84([lonlat], name)[0, 0] - 500_000) < 340_000
