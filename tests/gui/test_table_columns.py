"""Tests of the columns of the table: chosen, moved, kept for the user, frozen, and filtered by."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.settings import Settings
from gui.tablecolumns import HIDDEN
from gui.tablepanel import TablePanel
from gui.window import Window

OpenWindow = Callable[..., Window]


@pytest.fixture
def table(open_window: OpenWindow, sample_file: Path) -> TablePanel:
    """Return the panel of the table of a window that no test changes data in."""
    return open_window(sample_file).table


def shown(table: TablePanel) -> list[str]:
    """Return the names of the columns shown, from the left."""
    return [table.model.columns[place].name for place in table.view.visible_columns()]


def item(menu: QMenu, text: str) -> QMenu:
    """Return the submenu of a name."""
    return next(action.menu() for action in menu.actions() if action.text().replace("&", "").startswith(text))  # type: ignore[return-value]


def test_every_heading_can_be_read(table: TablePanel) -> None:
    """Each column is wide enough for its heading and the arrow of the order, in the usual arrangement."""
    heads = table.view.heads
    for place in table.view.visible_columns():
        text = str(table.model.headerData(place, Qt.Orientation.Horizontal))
        assert heads.sectionSize(place) >= heads.fontMetrics().horizontalAdvance(text) + 20


def test_columns_are_ticked_moved_and_kept(open_window: OpenWindow, sample_file: Path) -> None:
    """What is shown, its order, widths and what is frozen come back in the next window, and can be reset."""
    window = open_window(sample_file)
    table = window.table
    assert not HIDDEN & set(shown(table))
    columns = item(table.columns.menu(0), "Columns")
    action = next(each for each in columns.actions() if each.text() == "Position from")
    action.trigger()
    assert "placed_by" in shown(table)
    places = table.model.place_of_column
    table.columns.show("kind", shown=False)
    table.columns.move(places["status"], -2)
    table.view.setColumnWidth(places["code"], 133)
    table.columns.freeze_to(places["name_en"])
    wanted = shown(table)
    again = open_window(sample_file, settings=window.settings).table
    assert shown(again) == wanted
    assert wanted.index("status") < wanted.index("subdistrict")
    assert again.view.columnWidth(places["code"]) == 133
    assert again.view.heads.frozen == wanted.index("name_en") + 1
    again.columns.reset()
    assert shown(again)[:3] == ["code", "name_en", "kind"]
    assert again.view.heads.frozen == 0


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"order": 3, "hidden": "x", "widths": {"code": "wide"}, "frozen": "all"}', '{"frozen": 99}']
)
def test_spoilt_settings_do_no_harm(open_window: OpenWindow, sample_file: Path, text: str) -> None:
    """What is no arrangement of columns is passed over."""
    table = open_window(sample_file, settings=Settings(table_columns=text)).table
    assert shown(table)[:2] == ["code", "name_en"]


def test_all_hidden_is_not_taken_and_the_last_column_stays(open_window: OpenWindow, sample_file: Path) -> None:
    """There is always a column to see."""
    table = open_window(sample_file).table
    for name in shown(table):
        table.columns.show(name, shown=False)
    assert len(shown(table)) == 1


def test_frozen_columns_stay_and_are_found_where_they_are_seen(qtbot: QtBot, table: TablePanel) -> None:
    """Scrolled sideways, the frozen cells are at the left edge for the mouse, the cursor and the editors."""
    view, places = table.view, table.model.place_of_column
    table.columns.freeze_to(places["name_en"])
    bar = view.horizontalScrollBar()
    bar.setValue(bar.maximum())
    width = view.columnWidth(places["code"])
    y = view.visualRect(table.model.index(1, 0)).center().y()
    assert view.indexAt(QPoint(5, y)) == table.model.index(1, places["code"])
    assert view.indexAt(QPoint(width + 5, y)) == table.model.index(1, places["name_en"])
    assert view.visualRect(table.model.index(1, places["name_en"])).left() == width
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, y))
    assert view.currentIndex() == table.model.index(1, places["code"])
    assert bar.value() == bar.maximum()
    assert view.heads.section_at(5) == places["code"]
    assert not view.grab().isNull()
    # A cell that lies below the frozen ones is brought beside them.
    view.scrollTo(table.model.index(1, places["kind"]))
    assert view.visualRect(table.model.index(1, places["kind"])).left() >= view.heads.width_staying()
    table.columns.unfreeze()
    bar.setValue(bar.maximum())
    assert view.indexAt(QPoint(5, y)).column() != places["code"]


def test_frozen_headings_sort_and_open_their_menu(qtbot: QtBot, table: TablePanel) -> None:
    """A click on a frozen heading sorts by the column that is seen there."""
    view, places = table.view, table.model.place_of_column
    table.columns.freeze_to(places["name_en"])
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().maximum())
    qtbot.mouseClick(view.heads.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    assert table.model.arrangement.sort == ("code", False)
    view.heads.customContextMenuRequested.emit(QPoint(20, 8))
    menus = [menu for menu in view.findChildren(QMenu) if menu.isVisible()]
    assert [menu.title() for menu in menus] == ["Code"]
    menus[0].close()


def test_a_narrow_table_keeps_room_for_the_rest(table: TablePanel) -> None:
    """However much is frozen, part of the table still scrolls."""
    table.columns.freeze_to(table.view.visible_columns()[-1])
    table.view.horizontalScrollBar().setValue(50)
    assert table.view.heads.width_staying() < table.view.viewport().width()


def test_values_and_conditions_filter_and_can_be_taken_back(qtbot: QtBot, table: TablePanel) -> None:
    """A column is filtered by its values or by a condition; each is a chip that can be removed."""
    bar, model, places = table.bar, table.model, table.model.place_of_column
    total = model.rowCount()
    values = item(table.columns.menu(places["kind"]), "Filter by value")
    action = next(each for each in values.actions() if each.text().startswith("School"))
    action.trigger()
    schools = {model.index(row, places["kind"]).data() for row in range(model.rowCount())}
    assert schools == {"School"}
    assert f"({model.rowCount()})" in action.text()
    bar.filter_condition("target_count", ">= 500")
    some = [int(model.index(row, places["target_count"]).data()) for row in range(model.rowCount())]
    assert some
    assert min(some) >= 500
    assert [chip.accessibleName() for chip in bar._removable] == ["Kind: School", "Persons to be tested: >= 500"]
    bar._removable[0].click()
    qtbot.waitUntil(lambda: not bar.values)
    bar.filter_condition("target_count", "")
    assert model.rowCount() == total


def test_a_condition_is_asked_for_in_the_bar(qtbot: QtBot, table: TablePanel) -> None:
    """The heading's menu opens a line in the bar; what it cannot mean is said, Escape leaves it."""
    line = table.bar.condition.line
    table.bar.condition.ask("service_min")
    assert line.isVisible()
    line.setText("> soon")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.isVisible()
    assert not table.bar.is_filtering
    line.setText("<>")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not line.isVisible()
    assert table.bar.is_filtering
    table.bar.condition.ask("service_min")
    line.clear()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert table.bar.is_filtering


def test_cell_menu_has_the_commands_and_the_column(table: TablePanel) -> None:
    """The menu of a cell offers what can be done with cells, and the menu of its column."""
    table.view.setCurrentIndex(table.model.index(0, 0))
    menu = table.menu(0)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert {"Edit the cell", "Copy cells", "Paste cells", "Code"} <= set(texts)
    menu.deleteLater()
