"""Tests of closures and areas drawn on the map, their outlines changed there, and the panel that lists them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui.window import Window
from tests.gui.mousing import CTRL, click, double_click, drag, lonlat_at, move, press_key, settle, take

OpenWindow = Callable[..., Window]
KEY = Qt.Key
BOX = ((80, 80), (240, 80), (240, 200), (80, 200))
CROSSED = ((80, 80), (240, 200), (240, 80), (80, 200))


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on the sample."""
    window = open_window(project_file)
    # Moved by hand, the map keeps its scale when a message takes some of its room.
    window.canvas.zoom(1.5)
    return window


def rows(window: Window, table: str = "closures") -> set[str]:
    """Return the ids of a table."""
    return {str(row) for row in window.session.open_project().frame(table).index}


def draw(qtbot: QtBot, window: Window, table: str = "closures") -> str:
    """Draw a box on the map and return the id of what it became."""
    before = rows(window, table)
    canvas = take(qtbot, window, "tool_draw_closure" if table == "closures" else "tool_draw_area")
    click(canvas, *BOX, keys=CTRL)
    press_key(canvas, KEY.Key_Return)
    settle(qtbot, window)
    (row,) = rows(window, table) - before
    return row


def corners(window: Window, row: str, table: str = "closures") -> list[tuple[float, float]]:
    """Return the corners of a shape in pixels of the map."""
    shape = window.session.open_project().row(table, row)["geometry"]
    lonlat = shapely.get_coordinates(shapely.get_parts(shape)[0].exterior)[:-1]
    return [(x, y) for x, y in window.canvas.view.lonlat_to_screen(lonlat).tolist()]


def write(line: QLineEdit, text: str) -> None:
    """Type over what stands in a line, and leave it with Enter."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, KEY.Key_Return)


def same(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    """Return whether corners are at the same pixels, to a tenth."""
    return len(one) == len(other) and bool(np.allclose(sorted(one), sorted(other), atol=0.1))


def test_a_closure_is_drawn_and_asks_for_its_name(qtbot: QtBot, window: Window) -> None:
    """Corners become a closure from today on; its name waits to be typed over; undo takes it off the map."""
    closure = draw(qtbot, window)
    session, panel = window.session, window.editing.areas
    row = session.open_project().row("closures", closure)
    assert (row["from_date"], row["to_date"]) == (session.day.isoformat(), "")
    assert same(corners(window, closure), [(float(x), float(y)) for x, y in BOX])
    assert (panel.table, panel.row) == ("closures", closure)
    assert panel.view.selectionModel().isRowSelected(panel.model.ids.index(closure))
    line = panel._fields["closures"]["name"].line
    assert line is not None
    assert QApplication.focusWidget() is line
    QTest.keyClicks(line, "Market")
    QTest.keyClick(line, KEY.Key_Return)
    assert session.open_project().row("closures", closure)["name"] == "Market"
    session.undo()
    session.undo()
    assert closure not in rows(window)


@pytest.mark.parametrize("how", ["double click", "first corner"])
def test_drawing_ends_with_the_mouse_too(qtbot: QtBot, window: Window, how: str) -> None:
    """A double click or a click on the first corner ends the outline; neither adds a corner."""
    before, canvas = rows(window), take(qtbot, window, "tool_draw_closure")
    click(canvas, *BOX, keys=CTRL)
    if how == "double click":
        double_click(canvas, BOX[-1], CTRL)
    else:
        click(canvas, BOX[0], keys=CTRL)
    (closure,) = rows(window) - before
    assert len(corners(window, closure)) == 4


def test_an_outline_that_crosses_itself_turns_red_and_is_refused(qtbot: QtBot, window: Window) -> None:
    """Nothing is written, the map says why, and after a corner is taken back the outline can be finished."""
    before, canvas = rows(window), take(qtbot, window, "tool_draw_closure")
    click(canvas, *CROSSED, keys=CTRL)
    assert window.editing.drawing._crossed
    red = canvas.grab().toImage().pixelColor(160, 140)
    press_key(canvas, KEY.Key_Return)
    assert rows(window) == before
    assert "crosses" in window.messages.text
    assert canvas.hand.is_busy
    press_key(canvas, KEY.Key_Backspace)
    move(canvas, (150, 30))
    assert not window.editing.drawing._crossed
    assert canvas.grab().toImage().pixelColor(160, 140) != red
    press_key(canvas, KEY.Key_Return)
    assert len(rows(window) - before) == 1


def test_escape_draws_nothing(qtbot: QtBot, window: Window) -> None:
    """A dropped outline leaves no row and no line on the map."""
    before, canvas = rows(window), take(qtbot, window, "tool_draw_closure")
    click(canvas, *BOX, keys=CTRL)
    press_key(canvas, KEY.Key_Escape)
    assert rows(window) == before
    assert canvas._sketch is None
    assert not window.session.open_project().can_undo


def test_an_area_is_drawn_of_the_kind_listed(qtbot: QtBot, window: Window) -> None:
    """Who looks at the list of waters draws a water."""
    panel = window.editing.areas
    panel.which.setCurrentIndex(panel._place_of("areas", "water"))
    area = draw(qtbot, window, "areas")
    assert window.session.open_project().row("areas", area)["kind"] == "water"
    assert area in panel.model.ids


# -- outlines ----------------------------------------------------------------------------------------------------------


def test_corners_are_dragged_put_in_and_taken_out(qtbot: QtBot, window: Window) -> None:
    """Dragging, putting in and taking out a corner is one change each; undo goes back step by step."""
    closure = draw(qtbot, window)
    canvas, session = take(qtbot, window, "tool_reshape"), window.session
    box = [(float(x), float(y)) for x, y in BOX]
    drag(canvas, box[2], (280, 230), CTRL)
    moved = [box[0], box[1], (280.0, 230.0), box[3]]
    assert same(corners(window, closure), moved)
    drag(canvas, (160, 80), (160, 60), CTRL)
    more = [*moved, (160.0, 60.0)]
    assert same(corners(window, closure), more)
    move(canvas, (80, 200))
    press_key(canvas, KEY.Key_Delete)
    assert same(corners(window, closure), [box[0], (160.0, 60.0), box[1], (280.0, 230.0)])
    for expected in (more, moved, box):
        session.undo()
        assert same(corners(window, closure), expected)
    assert len(window.editing.reshaping._rings[0][0]) == 4


def test_the_whole_shape_is_moved(qtbot: QtBot, window: Window) -> None:
    """A drag inside moves every corner by the same way."""
    closure = draw(qtbot, window)
    canvas = take(qtbot, window, "tool_reshape")
    drag(canvas, (160, 140), (190, 125))
    assert same(corners(window, closure), [(x + 30.0, y - 15.0) for x, y in BOX])


def test_a_bad_outline_is_put_back(qtbot: QtBot, window: Window) -> None:
    """A corner dragged over the opposite edge is refused, with the reason; so is the last corner but two."""
    closure = draw(qtbot, window)
    canvas, project = take(qtbot, window, "tool_reshape"), window.session.open_project()
    before = project.row("closures", closure)["geometry"]
    drag(canvas, BOX[0], (300, 140), CTRL)
    assert "crosses" in window.messages.text
    assert project.row("closures", closure)["geometry"].equals_exact(before, 0.0)
    assert not window.editing.reshaping._trouble
    for left in (3, 3):
        move(canvas, corners(window, closure)[0])
        press_key(canvas, KEY.Key_Delete)
        assert len(corners(window, closure)) == left
    assert "three corners" in window.messages.text
    assert closure in project.frame("closures").index


def test_delete_takes_a_corner_while_sites_are_selected(qtbot: QtBot, window: Window) -> None:
    """While an outline is changed the Delete key is for its corners; the selected sites stay."""
    closure = draw(qtbot, window)
    canvas, session = take(qtbot, window, "tool_reshape"), window.session
    sites = set(session.open_project().frame("sites").index[:3])
    session.selection.choose(sites)
    move(canvas, BOX[0])
    press_key(canvas, KEY.Key_Delete)
    assert len(corners(window, closure)) == 3
    assert sites <= set(session.open_project().frame("sites").index)


def test_a_click_chooses_another_shape(qtbot: QtBot, window: Window) -> None:
    """The shape that is clicked is the one to be changed, and the current one of the panel."""
    closure = draw(qtbot, window)
    project = window.session.open_project()
    other = next(row for row in rows(window) if row != closure)
    point = project.row("closures", other)["geometry"].representative_point()
    canvas = take(qtbot, window, "tool_reshape")
    assert window.editing.reshaping.row == closure
    x, y = canvas.view.lonlat_to_screen([(point.x, point.y)])[0].tolist()
    click(canvas, (round(x), round(y)))
    assert window.editing.reshaping.row == other
    assert window.editing.areas.row == other


def test_the_keyboard_changes_an_outline_too(qtbot: QtBot, window: Window) -> None:
    """Enter takes the corner at the cross, arrow keys move the map under it, Enter lets go."""
    closure = draw(qtbot, window)
    canvas = take(qtbot, window, "tool_reshape")
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    lonlat = lonlat_at(canvas, BOX[1])
    x, y = canvas.to_world(canvas.to_screen((0, 0)))
    x, y = canvas.to_world(QPoint(*BOX[1]).toPointF())
    canvas.set_view(canvas.view.centred(x, y))
    assert lonlat_at(canvas, (canvas.width() / 2, canvas.height() / 2)) == pytest.approx(lonlat, abs=1e-7)
    press_key(canvas, KEY.Key_Return, KEY.Key_Right)
    press_key(canvas, KEY.Key_Return, held=CTRL)
    assert any(np.hypot(at[0] - middle.x(), at[1] - middle.y()) < 2 for at in corners(window, closure))
    assert len(corners(window, closure)) == 4


def test_what_somebody_else_deletes_is_let_go(qtbot: QtBot, window: Window) -> None:
    """A shape that goes while its outline is shown leaves no handles behind."""
    from geo.editing.areas import delete_edit

    closure = draw(qtbot, window)
    take(qtbot, window, "tool_reshape")
    project = window.session.open_project()
    project.apply(delete_edit(project, "closures", closure))
    assert window.editing.reshaping.row != closure
    settle(qtbot, window)


# -- the panel ---------------------------------------------------------------------------------------------------------


def test_closures_are_listed_with_their_dates(window: Window) -> None:
    """Name, first and last day, and size; what is not in force on the day says so."""
    window.show_tab(window.editing.areas)
    panel = window.editing.areas
    assert [panel.model.index(0, column).data() for column in range(4)] == [
        "Dongshan closed area", "2021-05-28", "2021-06-11", "7.75 ha",
    ]  # fmt: skip
    assert panel.model.in_force(0)
    end = panel._fields["closures"]["to_date"].line
    assert end is not None
    write(end, "2021-06-01")
    assert not panel.model.in_force(0)
    assert "Not in force" in panel.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    write(end, "2020-01-01")
    assert "before it begins" in window.messages.text
    assert end.text() == "2021-06-01"


def test_the_list_shows_and_deletes(window: Window) -> None:
    """Enter shows the current one on the map, Delete takes it away, undo brings it back."""
    window.show_tab(window.editing.areas)
    panel, canvas, session = window.editing.areas, window.canvas, window.session
    panel.view.setFocus()
    QTest.keyClick(panel.view, KEY.Key_Return)
    closure = panel.row
    shape = session.open_project().row("closures", closure)["geometry"]
    west, south, east, north = canvas.shown()
    assert shapely.box(west, south, east, north).contains(shape)
    assert (east - west) < 8 * (shape.bounds[2] - shape.bounds[0])
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert closure not in rows(window)
    assert panel.note.text() == "None yet. “Draw” makes one on the map."
    session.undo()
    assert panel.model.ids == [closure]


def test_an_area_that_changes_its_kind_is_followed(window: Window) -> None:
    """The list goes with the area to its new kind."""
    window.show_tab(window.editing.areas)
    panel = window.editing.areas
    panel.which.setCurrentIndex(panel._place_of("areas", "park"))
    area = panel.row
    assert area
    combo = panel._fields["areas"]["kind"].combo
    assert combo is not None
    combo.setCurrentIndex(combo.findData("water"))
    combo.activated.emit(combo.currentIndex())
    assert window.session.open_project().row("areas", area)["kind"] == "water"
    assert panel.which.currentData()[1] == "water"
    assert panel.row == area


def test_buttons_choose_the_tools(qtbot: QtBot, window: Window) -> None:
    """Draw and Outline give the mouse to the tools; the second press of Outline gives it back."""
    window.show_tab(window.editing.areas)
    panel, by_name = window.editing.areas, window.actions_by_name.by_name
    panel.draw.click()
    assert by_name["tool_draw_closure"].isChecked()
    panel.reshape.click()
    settle(qtbot, window)
    assert by_name["tool_reshape"].isChecked()
    panel.reshape.click()
    assert by_name["tool_select"].isChecked()
    assert not panel.reshape.isChecked()
    settle(qtbot, window)
