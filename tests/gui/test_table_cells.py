"""Tests of editing in the table: the keys of a spreadsheet, wrong values, and one value for many sites."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from gui.tablemodel import SitesModel
from gui.tablepanel import TablePanel
from gui.window import Window

OpenWindow = Callable[..., Window]
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample that the test may change, the keyboard in the table."""
    window = open_window(project_file)
    window.activateWindow()
    window.table.view.setFocus()
    return window


@pytest.fixture
def table(window: Window) -> TablePanel:
    """Return the panel of the table."""
    return window.table


def at(table: TablePanel, row: int, name: str) -> QModelIndex:
    """Return the cell of a shown row in a column."""
    return table.model.index(row, table.model.place_of_column[name])


def value(table: TablePanel, row: int, name: str) -> object:
    """Return what the project holds in a cell."""
    return table.session.open_project().row("sites", table.model.site(row))[name]


def begin(table: TablePanel, row: int, name: str) -> QLineEdit:
    """Open the editor of a cell that is typed into."""
    table.view.setCurrentIndex(at(table, row, name))
    table.view.edit(at(table, row, name))
    editor = table.view.cells.editor
    assert isinstance(editor, QLineEdit)
    return editor


def test_the_model_keeps_the_rules_of_qt(qtbot: QtBot, table: TablePanel) -> None:
    """Qt's own tester finds nothing wrong with the model, filtered, sorted and edited."""
    tester = QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    table.choose_filter("overdue")
    table.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert table.model.setData(at(table, 0, "phone"), "1")
    table.bar.clear()
    qtbot.wait(1)
    assert tester.model() is table.model


def test_typing_begins_and_enter_goes_down(qtbot: QtBot, table: TablePanel) -> None:
    """A letter opens the cell with itself in it, Enter writes it and goes down, Tab writes it and goes right."""
    table.view.setCurrentIndex(at(table, 2, "contact"))
    qtbot.keyClick(table.view, Key.Key_W)
    editor = table.view.cells.editor
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "ang")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: table.view.currentIndex() == at(table, 3, "contact"))
    assert value(table, 2, "contact") == "wang"
    editor = begin(table, 3, "contact")
    editor.setText("Li")
    qtbot.keyClick(editor, Key.Key_Tab)
    qtbot.waitUntil(lambda: table.view.currentIndex() == at(table, 3, "phone"))
    assert value(table, 3, "contact") == "Li"
    assert table.view.cells.editor is None


def test_escape_leaves_the_cell_as_it_was(qtbot: QtBot, table: TablePanel) -> None:
    """Escape in an editor writes nothing."""
    before = value(table, 0, "contact")
    editor = begin(table, 0, "contact")
    editor.setText("Nobody")
    qtbot.keyClick(editor, Key.Key_Escape)
    assert value(table, 0, "contact") == before
    assert not table.session.open_project().can_undo


def test_wrong_value_stays_in_the_editor(qtbot: QtBot, table: TablePanel) -> None:
    """What the column cannot hold stays in its editor, framed red, with the reason; put right it is written."""
    editor = begin(table, 0, "service_min")
    editor.setText("soon")
    qtbot.keyClick(editor, Key.Key_Return)
    assert table.view.cells.editor is editor
    assert "red" in editor.styleSheet() or "#b3261e" in editor.styleSheet()
    assert "Stay" in editor.accessibleDescription()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 40))
    assert table.view.cells.editor is editor
    editor.selectAll()
    qtbot.keyClicks(editor, "25")
    assert editor.styleSheet() == ""
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: table.view.cells.editor is None)
    assert value(table, 0, "service_min") == 25


def test_ctrl_enter_writes_to_all_selected_sites(qtbot: QtBot, table: TablePanel) -> None:
    """One value goes into all selected rows as one change, which one undo takes back."""
    session = table.session
    before = [value(table, row, "contact") for row in range(4)]
    session.selection.choose([table.model.site(row) for row in (0, 1, 3)])
    editor = begin(table, 1, "contact")
    # Opening an editor by the keyboard leaves the selection alone; here the cell was made current.
    session.selection.choose([table.model.site(row) for row in (0, 1, 3)])
    editor.setText("Ms Chen")
    qtbot.keyClick(editor, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: session.open_project().can_undo)
    assert [value(table, row, "contact") for row in range(4)] == ["Ms Chen", "Ms Chen", before[2], "Ms Chen"]
    assert session.open_project().undo_title == "Contact of 3 sites"
    session.undo()
    assert [value(table, row, "contact") for row in range(4)] == before


def test_fill_down_writes_the_first_cell_into_those_below(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """The first of the selected cells goes into those below it in the same columns."""
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    table.view.setCurrentIndex(at(table, 1, "risk"))
    table.view.selectionModel().select(QItemSelection(at(table, 1, "risk"), at(table, 4, "risk")), flag)
    wanted = "high" if value(table, 4, "risk") == "low" else "low"
    table.model.setData(at(table, 1, "risk"), wanted)
    window.actions_by_name.by_name["fill_down"].trigger()
    qtbot.waitUntil(lambda: value(table, 4, "risk") == wanted)
    assert [value(table, row, "risk") for row in range(1, 5)] == [wanted] * 4
    assert window.session.open_project().undo_title == "Fill 3 cells down"


def test_choices_are_picked_by_keyboard(qtbot: QtBot, table: TablePanel) -> None:
    """F2 opens the list of choices, Enter takes the one chosen and goes down."""
    table.view.setCurrentIndex(at(table, 0, "risk"))
    qtbot.keyClick(table.view, Key.Key_F2)
    combo = table.view.cells.editor
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("high"))
    qtbot.keyClick(combo, Key.Key_Return)
    qtbot.waitUntil(lambda: table.view.currentIndex() == at(table, 1, "risk"))
    assert value(table, 0, "risk") == "high"


def test_what_the_program_fills_cannot_be_edited(qtbot: QtBot, table: TablePanel) -> None:
    """No editor opens for the status or for where a position comes from."""
    for name in ("status", "placed_by", "due_date"):
        assert not at(table, 0, name).flags() & Qt.ItemFlag.ItemIsEditable
    table.view.setCurrentIndex(at(table, 0, "status"))
    qtbot.keyClick(table.view, Key.Key_A)
    assert table.view.cells.editor is None


def test_space_and_shift_space_select(qtbot: QtBot, table: TablePanel) -> None:
    """Space takes the row into the selection or out of it, Shift+Space takes the rows of the cells whole."""
    session = table.session
    session.selection.choose([table.model.site(5)])
    table.view.selectionModel().setCurrentIndex(at(table, 2, "name"), QItemSelectionModel.SelectionFlag.NoUpdate)
    qtbot.keyClick(table.view, Key.Key_Space)
    assert session.selection.ids == {table.model.site(5), table.model.site(2)}
    assert table.view.cells.editor is None
    qtbot.keyClick(table.view, Key.Key_Space)
    assert session.selection.ids == {table.model.site(5)}
    table.view.setCurrentIndex(at(table, 7, "name"))
    assert len(table.view.selectionModel().selectedRows()) == 0
    qtbot.keyClick(table.view, Key.Key_Space, SHIFT)
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [7]


def test_a_cell_selects_its_site_and_no_other_cell(table: TablePanel) -> None:
    """A cell made current selects its site on the map; the row is tinted, the cell alone selected for copying."""
    table.view.setCurrentIndex(at(table, 4, "address"))
    assert table.session.selection.ids == {table.model.site(4)}
    assert table.view.selectionModel().selectedIndexes() == [at(table, 4, "address")]
    assert table.model.is_chosen(4)
    assert not table.model.is_chosen(3)


def test_a_read_only_project_takes_no_value(open_window: OpenWindow, project_file: Path) -> None:
    """Where the project takes no changes the bar says so and the cell stays."""
    from geo.store.project import Project
    from gui.opening import prepare

    window = open_window()
    window.session.show(prepare(Project.open(project_file, read_only=True)))
    model: SitesModel = window.table.model
    assert not model.setData(model.index(0, model.place_of_column["contact"]), "x")
    assert window.messages.text
