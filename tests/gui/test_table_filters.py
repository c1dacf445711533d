"""Tests of the filters and totals of the table, and of the ways taken where there are very many sites."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from geo.language import Language
from gui import tablefilters, tableorder, tableselection
from gui.tablepanel import TablePanel
from gui.window import Window

OpenWindow = Callable[..., Window]
SetLanguage = Callable[[Language], None]


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample that the test may change."""
    return open_window(project_file)


@pytest.fixture
def long_window(monkeypatch: pytest.MonkeyPatch, open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window that takes a table as short as the sample's for a very long one."""
    for module in (tableorder, tablefilters, tableselection):
        monkeypatch.setattr(module, "SMALL", 10)
    monkeypatch.setattr(tableselection, "MOST_RUNS", 5)
    return open_window(project_file)


def settled(qtbot: QtBot, table: TablePanel) -> None:
    """Wait until nothing is looked for, ordered or counted any more."""
    busy = (table.bar._slices, table.totals._slices, table.shared._slices, table.model.arrangement)
    qtbot.waitUntil(lambda: not any(each.is_busy for each in busy) and not table.totals._soon.isActive())


def sites(table: TablePanel) -> list[str]:
    """Return the ids of the sites shown, in their order."""
    return [table.model.site(row) for row in range(table.model.rowCount())]


def texts(table: TablePanel, name: str) -> list[str]:
    """Return what a column shows."""
    place = table.model.place_of_column[name]
    return [str(table.model.index(row, place).data()) for row in range(table.model.rowCount())]


def test_ready_filters_count_and_go_together(window: Window) -> None:
    """Each chip says how many sites it lets pass; several chips let pass what passes each."""
    table, session = window.table, window.session
    for name in ("due", "overdue", "findings", "no_access", "planned", "unplaced"):
        table.choose_filter(name)
        assert set(sites(table)) == set(table.sites_of(name) or ())
        assert table.bar.chips[name].text().endswith(f" {len(sites(table))}")
    table.choose_filter("due")
    table.bar.chips["findings"].click()
    assert set(sites(table)) == set(session.due) & set(table.sites_of("findings") or ())
    table.bar.chips["due"].click()
    assert set(sites(table)) == set(table.sites_of("findings") or ())


def test_counts_follow_the_data_and_the_selection(window: Window) -> None:
    """A chip counts anew after an edit that changes the status, and the selected sites as they are selected."""
    table, session = window.table, window.session
    before = table.bar.chips["due"].text()
    model = table.model
    row = next(row for row in range(model.rowCount()) if texts(table, "status")[row] == "Not due")
    assert model.setData(model.index(row, model.place_of_column["interval_days"]), "1")
    assert table.bar.chips["due"].text() == f"Due sites {len(session.due)}" != before
    session.selection.choose(list(session.due)[:4])
    assert table.bar.chips["selected"].text() == "Selected sites 4"


def test_filter_line_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """Ctrl+F goes to the line, what is typed filters at once, Down goes into the table, Escape ends the filter."""
    table = window.table
    total = table.model.rowCount()
    window.activateWindow()
    window.actions_by_name.by_name["find"].trigger()
    qtbot.waitUntil(table.search.hasFocus)
    qtbot.keyClicks(table.search, "school")
    assert 0 < table.model.rowCount() < total
    qtbot.keyClick(table.search, Qt.Key.Key_Down)
    assert table.view.hasFocus()
    assert table.view.currentIndex().row() == 0
    qtbot.keyClick(table.view, Qt.Key.Key_Up)
    assert table.search.hasFocus()
    qtbot.keyClick(table.search, Qt.Key.Key_Escape)
    assert table.model.rowCount() == total
    qtbot.keyClick(table.search, Qt.Key.Key_Escape)
    assert table.view.hasFocus()
    table.choose_filter("overdue")
    qtbot.keyClick(table.view, Qt.Key.Key_Escape)
    assert table.model.rowCount() == total


def test_filters_menu_has_what_the_bar_has_no_room_for(qtbot: QtBot, window: Window) -> None:
    """In a narrow window chips are left out, but for those that filter; the menu has them all."""
    bar = window.table.bar
    bar.choose("planned")
    bar.setFixedWidth(420)
    qtbot.waitUntil(lambda: bar.width() == 420)
    assert bar.chips["planned"].isVisible()
    assert not bar.chips["no_access"].isVisible()
    bar._fill_menu()
    actions = {action.text(): action for action in bar._menu.actions() if action.isCheckable()}
    assert len(actions) == len(tablefilters.READY)
    assert [text for text, action in actions.items() if action.isChecked()] == [bar.chips["planned"].accessibleName()]
    next(action for text, action in actions.items() if text.startswith("Overdue")).trigger()
    assert bar.wanted.ready == {"planned", "overdue"}


def test_totals_say_what_is_shown_and_selected(qtbot: QtBot, window: Window) -> None:
    """The line below counts and adds up: all rows shown, or the selected ones where there are several."""
    table, model = window.table, window.table.model
    place = model.place_of_column["target_count"]
    table.view.setCurrentIndex(model.index(0, place))
    settled(qtbot, table)
    numbers = [int(text) for text in texts(table, "target_count") if text]
    assert f"sum {sum(numbers):,}," in table.totals.sums.text()
    assert f"{model.rowCount()} sites shown · 1 selected" in table.totals.count.text()
    rows = [row for row, text in enumerate(texts(table, "target_count")) if text][:3]
    window.session.selection.choose([model.site(row) for row in rows])
    settled(qtbot, table)
    some = [int(texts(table, "target_count")[row]) for row in rows]
    assert f"sum {sum(some):,}, mean" in table.totals.sums.text()
    assert f"greatest {max(some):,}" in table.totals.sums.text()
    table.choose_filter("overdue")
    window.session.selection.clear()
    settled(qtbot, table)
    assert f"{model.rowCount()} of {model.sheet.count if model.sheet else 0} sites" in table.totals.count.text()
    assert table.totals.states.text().startswith("Rectification overdue")


def test_long_tables_are_filtered_and_sorted_in_slices(qtbot: QtBot, long_window: Window) -> None:
    """Where everything is done piece by piece and in a thread the rows come out as they do at once."""
    table, session = long_window.table, long_window.session
    settled(qtbot, table)
    table.view.sortByColumn(table.model.place_of_column["address"], Qt.SortOrder.AscendingOrder)
    settled(qtbot, table)
    shown = [text for text in texts(table, "address") if text]
    from geo.tablework.collation import sort_key

    assert shown == sorted(shown, key=sort_key)
    table.choose_filter("due")
    settled(qtbot, table)
    assert set(sites(table)) == set(session.due)
    qtbot.keyClicks(table.search, "hongqiao")
    settled(qtbot, table)
    assert set(texts(table, "subdistrict")) == {"Hongqiao"}
    few = table.model.rowCount()
    qtbot.keyClicks(table.search, " committee")
    settled(qtbot, table)
    assert 0 < table.model.rowCount() < few
    table.bar.clear()
    settled(qtbot, table)
    assert table.bar.chips["due"].text() == f"Due sites {len(session.due)}"
    assert table.model.rowCount() == len(session.open_project().frame("sites"))


def test_scattered_rows_of_a_long_table_stay_selected(qtbot: QtBot, long_window: Window) -> None:
    """Where the selected rows are too many runs for Qt they are tinted, counted and copied all the same."""
    table, session = long_window.table, long_window.session
    chosen = [table.model.site(row) for row in range(0, 40, 2)]
    session.selection.choose(chosen)
    settled(qtbot, table)
    assert [row for row in range(60) if table.model.is_chosen(row)] == list(range(0, 40, 2))
    assert table.view.selectionModel().selectedRows() == []
    assert table.shared.places().tolist() == list(range(0, 40, 2))
    assert session.selection.ids == set(chosen)
    table.view.selectAll()
    settled(qtbot, table)
    assert session.selection.ids == set(sites(table))
    assert len(table.shared.places()) == table.model.rowCount()


def test_a_sort_asked_for_meanwhile_counts(qtbot: QtBot, long_window: Window) -> None:
    """Of two orders asked for one after the other the last one stands, also after an edit in between."""
    table, model = long_window.table, long_window.table.model
    table.view.sortByColumn(model.place_of_column["address"], Qt.SortOrder.AscendingOrder)
    table.view.sortByColumn(model.place_of_column["contact"], Qt.SortOrder.DescendingOrder)
    assert model.setData(model.index(0, model.place_of_column["contact"]), "zz")
    settled(qtbot, table)
    assert texts(table, "contact")[0]
    from geo.tablework.collation import sort_key

    table.view.sortByColumn(model.place_of_column["contact"], Qt.SortOrder.AscendingOrder)
    settled(qtbot, table)
    shown = [text for text in texts(table, "contact") if text]
    assert shown == sorted(shown, key=sort_key)
    assert "zz" in shown


def test_sites_that_come_and_go_are_shown(qtbot: QtBot, window: Window) -> None:
    """A site added appears in its place of the order, one deleted goes, and undo brings it back."""
    from geo.store import edits

    table, session = window.table, window.session
    table.view.sortByColumn(table.model.place_of_column["code"], Qt.SortOrder.AscendingOrder)
    total = table.model.rowCount()
    added = [edits.insert("sites", code=code, name="安", kind="school") for code in ("AA-2", "AA-10")]
    assert session.apply(edits.edit("Add", added))
    assert texts(table, "code")[:2] == ["AA-2", "AA-10"]
    site = table.model.site(0)
    assert session.apply(edits.edit("Delete", [edits.delete("sites", site, session.open_project().row("sites", site))]))
    assert texts(table, "code")[0] == "AA-10"
    session.undo()
    assert texts(table, "code")[:2] == ["AA-2", "AA-10"]
    session.undo()
    assert table.model.rowCount() == total
    qtbot.wait(1)


def test_chinese_names_sort_by_pinyin(
    qtbot: QtBot, open_window: OpenWindow, sample_file: Path, speaking: SetLanguage
) -> None:
    """In Chinese the subdistricts stand in the order of their pinyin."""
    speaking("zh")
    table = open_window(sample_file).table
    table.view.sortByColumn(table.model.place_of_column["subdistrict"], Qt.SortOrder.AscendingOrder)
    order = list(dict.fromkeys(texts(table, "subdistrict")))
    assert order[:3] == ["白云街道", "北京街道", "大东街道"]
    assert table.bar.chips["due"].text().startswith("应查点位 ")
    qtbot.wait(1)
