"""Tests of copying cells to spreadsheets and pasting them from there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from geo.tablework.blocks import from_text
from gui.tablepanel import TablePanel
from gui.window import Window

OpenWindow = Callable[..., Window]


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample that the test may change."""
    return open_window(project_file)


@pytest.fixture
def table(window: Window) -> TablePanel:
    """Return the panel of the table."""
    return window.table


def select(table: TablePanel, rows: tuple[int, int], names: tuple[str, str]) -> None:
    """Select the cells from one corner to the other, which is made current first."""
    places = table.model.place_of_column
    first, last = (table.model.index(row, places[name]) for row, name in zip(rows, names, strict=True))
    table.view.setCurrentIndex(first)
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    table.view.selectionModel().select(QItemSelection(first, last), flag)


def copied(qtbot: QtBot, window: Window, command: str = "copy_cells") -> list[list[str]]:
    """Copy and return the cells that are on the clipboard then."""
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("")
    window.actions_by_name.by_name[command].trigger()
    qtbot.waitUntil(lambda: clipboard.text() != "")
    return from_text(clipboard.text())


def paste(qtbot: QtBot, window: Window, text: str) -> None:
    """Put a text on the clipboard and paste it."""
    QGuiApplication.clipboard().setText(text)
    window.actions_by_name.by_name["paste_cells"].trigger()
    slices = window.table.clipboard._slices
    qtbot.waitUntil(lambda: not slices.is_busy and not window.session.jobs.running)


def rows_of(table: TablePanel, names: list[str], rows: range) -> list[list[object]]:
    """Return what the project holds in cells."""
    project = table.session.open_project()
    return [[project.row("sites", table.model.site(row))[name] for name in names] for row in rows]


def test_selected_cells_are_copied_as_text_and_formatted(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """The cells shown are copied as they are read, with headings where asked for; the formatted copy keeps texts."""
    select(table, (0, 2), ("code", "kind"))
    block = copied(qtbot, window)
    assert [len(row) for row in block] == [3, 3, 3]
    assert block[1] == [table.model.index(1, place).data() for place in range(3)]
    assert "mso-number-format" in QGuiApplication.clipboard().mimeData().html()
    with_heads = copied(qtbot, window, "copy_cells_heads")
    assert with_heads == [["Code", "English name", "Kind"], *block]
    assert "<th>Code</th>" in QGuiApplication.clipboard().mimeData().html()


def test_sites_selected_on_the_map_are_copied_as_rows(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """Without cells selected in the table the rows of the selected sites are copied, in the order shown."""
    table.model.sort(0, Qt.SortOrder.DescendingOrder)
    sites = [table.model.site(row) for row in (3, 5, 9)]
    window.session.selection.choose(sites)
    block = copied(qtbot, window)
    assert [row[0] for row in block] == [table.model.index(row, 0).data() for row in (3, 5, 9)]
    assert len(block[0]) == len(table.view.visible_columns())


def test_cells_that_make_no_block_are_refused(window: Window, table: TablePanel) -> None:
    """Cells of other columns in other rows are not copied together; the bar says what to do."""
    select(table, (0, 0), ("code", "code"))
    flag = QItemSelectionModel.SelectionFlag.Select
    table.view.selectionModel().select(table.model.index(4, 3), flag)
    window.actions_by_name.by_name["copy_cells"].trigger()
    assert "block" in window.messages.text


def test_what_was_copied_comes_back_unchanged(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """All columns copied and pasted over themselves are no change, computed ones and stand-ins included."""
    view = table.view
    for place in range(len(table.model.columns)):
        view.setColumnHidden(place, False)
    view.selectAll()
    block = copied(qtbot, window)
    assert len(block) == table.model.rowCount()
    assert len(block[0]) == len(table.model.columns)
    window.actions_by_name.by_name["paste_cells"].trigger()
    qtbot.waitUntil(lambda: "Nothing to change" in window.messages.text or table.refused.isVisible())
    assert table.refused.isHidden()
    assert not window.session.open_project().can_undo


def test_a_block_is_pasted_as_one_change(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """Cells from a spreadsheet go in from the current one on, choices by their titles; one undo takes them back."""
    names = ["service_min", "risk", "address"]
    before = rows_of(table, names, range(2, 4))
    select(table, (2, 2), ("service_min", "service_min"))
    paste(qtbot, window, '25\tHigh\t"1 Long Road\r\n2nd floor"\r\n1,030\tlow\t\'=1+1\r\n')
    assert rows_of(table, names, range(2, 4)) == [[25, "high", "1 Long Road\r\n2nd floor"], [1030, "low", "=1+1"]]
    assert window.session.open_project().undo_title == "Paste 6 cells"
    window.session.undo()
    assert rows_of(table, names, range(2, 4)) == before


def test_a_single_value_fills_the_selection(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """A block that goes into the selection several times is repeated there."""
    select(table, (1, 6), ("contact", "phone"))
    paste(qtbot, window, "x")
    assert rows_of(table, ["contact", "phone"], range(1, 7)) == [["x", "x"]] * 6
    select(table, (1, 4), ("contact", "phone"))
    paste(qtbot, window, "a\tb\r\nc\td\r\n")
    assert rows_of(table, ["contact", "phone"], range(1, 5)) == [["a", "b"], ["c", "d"]] * 2


def test_all_or_nothing_with_a_list_of_what_does_not_fit(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """One wrong cell keeps the whole block out; the list says which and why, and leads there."""
    before = rows_of(table, ["service_min", "risk"], range(2))
    select(table, (0, 0), ("service_min", "service_min"))
    paste(qtbot, window, "30\tHigh\r\nsoon\textreme\r\n")
    assert rows_of(table, ["service_min", "risk"], range(2)) == before
    assert table.refused.isVisible()
    assert "2 cells" in table.refused.heading.text()
    tree = table.refused.list
    first = tree.topLevelItem(0)
    second = tree.topLevelItem(1)
    assert first is not None
    assert second is not None
    assert [first.text(0), first.text(1), first.text(2)] == ["2", "Stay (min)", "soon"]
    assert "Low, Medium, High" in second.text(3)
    tree.itemActivated.emit(second, 0)
    assert table.view.currentIndex() == table.model.index(1, table.model.place_of_column["risk"])
    select(table, (0, 0), ("service_min", "service_min"))
    paste(qtbot, window, "30")
    assert table.refused.isHidden()


def test_a_block_too_large_and_columns_of_the_program_are_refused(
    qtbot: QtBot, window: Window, table: TablePanel
) -> None:
    """A block beyond the last row is refused with the room there is; what the program fills takes no value."""
    last = table.model.rowCount() - 1
    select(table, (last, last), ("contact", "contact"))
    paste(qtbot, window, "a\r\nb\r\n")
    assert "1 rows" in window.messages.text
    select(table, (0, 0), ("due_date", "due_date"))
    paste(qtbot, window, "2030-01-01")
    assert table.refused.isVisible()
    assert not window.session.open_project().can_undo


def test_many_cells_are_written_beside_the_window(qtbot: QtBot, window: Window, table: TablePanel) -> None:
    """A value pasted over a whole column of hundreds of sites is one change of all of them."""
    column = table.model.place_of_column["contact"]
    rows = table.model.rowCount()
    select(table, (0, rows - 1), ("contact", "contact"))
    paste(qtbot, window, "Office")
    qtbot.waitUntil(lambda: table.model.index(rows - 1, column).data() == "Office", timeout=10_000)
    assert rows_of(table, ["contact"], range(rows)) == [["Office"]] * rows
