"""Tests of the sites table: what it shows, sorts, filters and lets be edited."""

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from geo.store.edits import delete, edit, update
from gui.tablemodel import SitesModel
from gui.window import Window

EDIT = Qt.ItemDataRole.EditRole


@pytest.fixture
def window(open_window: "type[Window]", project_file: Path) -> Window:
    """Return a window on a sample that the test may change."""
    return open_window(project_file)


def cell(model: SitesModel, site: str, name: str) -> QModelIndex:
    """Return the cell of a site in a column."""
    column = next(place for place, each in enumerate(model.columns) if each.name == name)
    return model.index(model.place(site), column)


def test_every_site_and_its_status_is_listed(window: Window) -> None:
    """The table has a row for every site, and its status column says what the status function says."""
    model, session = window.table.model, window.session
    assert model.rowCount() == len(session.open_project().frame("sites"))
    site = min(session.ids_of("rectification_overdue"))
    assert cell(model, site, "status").data() == "Rectification overdue"
    assert cell(model, site, "status").data(Qt.ItemDataRole.DecorationRole) is not None


def test_sorting_by_status_puts_the_urgent_first_and_the_empty_last(window: Window) -> None:
    """Status sorts by urgency, numbers as numbers, and empty cells stay at the end either way."""
    model = window.table.model
    names = [column.name for column in model.columns]
    model.sort(names.index("status"))
    assert model.index(0, names.index("status")).data() == "Rectification overdue"
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(names.index("target_count"), order)
        values = [model.index(row, names.index("target_count")).data(EDIT) for row in range(model.rowCount())]
        full = [value for value in values if value != ""]
        assert values == sorted(full, reverse=order is Qt.SortOrder.DescendingOrder) + [""] * (len(values) - len(full))


def test_filters_show_what_they_promise(qtbot: QtBot, window: Window) -> None:
    """The ready filters show the sites they name, words must all be found, and both go together."""
    table, session = window.table, window.session
    table.choose_filter("due")
    assert {table.model.site(row) for row in range(table.model.rowCount())} == session.due
    qtbot.keyClicks(table.search, "hongqiao TESTING")
    qtbot.keyClick(table.search, Qt.Key.Key_Return)
    assert 0 < table.model.rowCount() < len(session.due)
    for row in range(table.model.rowCount()):
        site = table.model.site(row)
        assert cell(table.model, site, "subdistrict").data() == "Hongqiao"
        assert "Testing" in cell(table.model, site, "name_en").data()
    table.search.clear()
    session.selection.choose(list(session.due)[:3])
    table.choose_filter("selected")
    assert table.model.rowCount() == 3


def test_selection_is_shared_both_ways(window: Window) -> None:
    """What is selected elsewhere is selected in the table, and rows selected here are selected everywhere."""
    table, session = window.table, window.session
    session.selection.choose(session.due)
    rows = {index.row() for index in table.view.selectionModel().selectedRows()}
    assert {table.model.site(row) for row in rows} == session.due
    table.view.selectRow(7)
    assert session.selection.ids == {table.model.site(7)}
    assert session.selection.current == table.model.site(7)
    table.model.sort(1, Qt.SortOrder.DescendingOrder)
    rows = {index.row() for index in table.view.selectionModel().selectedRows()}
    assert {table.model.site(row) for row in rows} == session.selection.ids


def test_typed_cell_is_written_and_undone(qtbot: QtBot, window: Window) -> None:
    """A cell typed with the keyboard is in the project at once; undo brings the old value back to table and form."""
    table, session = window.table, window.session
    site = table.model.site(4)
    before = session.open_project().row("sites", site)["phone"]
    index = cell(table.model, site, "phone")
    table.view.setCurrentIndex(index)
    table.view.edit(index)
    editor = table.view.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "020-5555")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.open_project().row("sites", site)["phone"] == "020-5555")
    assert window.form.fields["phone"].line is not None
    assert window.form.fields["phone"].line.text() == "020-5555"
    undo = window.actions_by_name.by_name["undo"]
    assert "Phone" in undo.text()
    undo.trigger()
    assert session.open_project().row("sites", site)["phone"] == before
    assert cell(table.model, site, "phone").data() == before
    assert window.form.fields["phone"].line.text() == before


def test_wrong_value_is_refused_with_a_message(window: Window) -> None:
    """A value that the column cannot hold is not written, and the bar says why."""
    model = window.table.model
    index = cell(model, model.site(0), "windows")
    before = index.data(EDIT)
    assert not model.setData(index, "from nine to five")
    assert index.data(EDIT) == before
    assert "Opening times" in window.messages.text
    assert not window.session.open_project().can_undo


def test_choice_is_picked_from_a_list(window: Window) -> None:
    """A column with choices is edited with a list of them; the status follows the risk at once."""
    table = window.table
    index = cell(table.model, table.model.site(2), "risk")
    table.view.edit(index)
    combo = table.view.findChild(QComboBox)
    assert combo is not None
    assert [combo.itemText(place) for place in range(combo.count())] == ["Low", "Medium", "High"]
    combo.setCurrentIndex(combo.findData("low" if index.data(EDIT) == "high" else "high"))
    combo.activated.emit(combo.currentIndex())
    site = table.model.site(2)
    assert window.session.open_project().row("sites", site)["risk"] == combo.currentData()
    assert window.session.statuses is not None
    assert cell(table.model, site, "due_date").data() == window.session.statuses.loc[site, "due_date"]


def test_rows_that_go_are_left_out_at_once(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where filtering takes its time the table never shows, nor selects, rows of a table that is no longer."""
    model, session = window.table.model, window.session
    monkeypatch.setattr("gui.tableorder.SMALL", 0)
    monkeypatch.setattr("gui.tableselection.SMALL", 0)
    session.selection.choose(session.all_ids())
    before = [model.site(row) for row in range(model.rowCount())]
    gone = {before[0], before[5], before[-1]}
    project = session.open_project()
    session.apply(edit("gone", [delete("sites", site, project.row("sites", site)) for site in gone]))
    assert [model.site(row) for row in range(model.rowCount())] == [site for site in before if site not in gone]
    assert session.selection.ids == frozenset(before) - gone


def test_form_is_made_ahead_and_minds_its_own_site(qtbot: QtBot, window: Window) -> None:
    """The fields are made before a site is chosen; an edit of another site leaves what is being typed alone."""
    form, session = window.form, window.session
    qtbot.waitUntil(lambda: form._page is not None, timeout=20_000)
    assert not form.site
    mine, other = sorted(session.due)[:2]
    session.selection.choose({mine})
    line = form.fields["contact"].line
    assert line is not None
    line.setText("half typed")
    project = session.open_project()
    for site, shown in ((other, "half typed"), (mine, "new")):
        session.apply(edit("x", [update("sites", site, project.row("sites", site), {"contact": "new"})]))
        assert line.text() == shown
