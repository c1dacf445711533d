"""Getting about on the map: search and jump, back and forward, bookmarks."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from geo import bookmarks
from gui.bookmarks import BookmarksDialog
from gui.window import Window
from tests.gui.conftest import OpenWindow


def typed(qtbot: QtBot, window: Window, text: str) -> None:
    """Type into the search line and wait until all is found."""
    window.ways.search.begin()
    qtbot.keyClicks(window.ways.search, text)
    qtbot.waitUntil(lambda: not window.ways.search.is_searching)


def test_typing_initials_jumps_to_the_site(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """The initials of a name and Enter select that site and bring it into the middle of the map."""
    window = open_window(sample_file)
    typed(qtbot, window, "dhgy")
    assert window.ways.search.results[0].title
    titles = [found.title for found in window.ways.search.results]
    site = next(found for found in window.ways.search.results if found.table in ("sites", "areas"))
    assert titles
    window.ways.show_found(site)
    west, south, east, north = window.canvas.shown()
    from geo.search import finding

    box = finding.bounds(window.session.open_project(), site)
    assert box is not None
    assert west <= box[0] <= box[2] <= east
    assert south <= box[1] <= box[3] <= north


def test_enter_takes_the_first(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """A code, typed whole, and Enter: its site is selected, shown, and the map has the keyboard."""
    window = open_window(sample_file)
    sites = window.session.open_project().frame("sites")
    typed(qtbot, window, sites["code"].iloc[5])
    qtbot.keyClick(window.ways.search._popup, Qt.Key.Key_Return)
    assert window.session.selection.ids == {sites.index[5]}
    assert not window.ways.search._popup.isVisible()


def test_nothing_found_is_said(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """Where nothing fits the list says so, and choosing that does nothing."""
    window = open_window(sample_file)
    typed(qtbot, window, "qqqqzzzz")
    popup = window.ways.search._popup
    assert popup.model().rowCount() == 1
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert not window.session.selection.ids
    qtbot.keyClick(window.ways.search, Qt.Key.Key_Escape)
    assert not window.ways.search.text()


def test_back_and_forward(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """Views that stood a while come back in their order; a new view ends the way forward."""
    window = open_window(sample_file)
    history, canvas = window.ways.history, window.canvas
    qtbot.waitUntil(lambda: not history._rest.isActive())
    first = canvas.view
    canvas.zoom(2)
    qtbot.waitUntil(lambda: not history._rest.isActive())
    second = canvas.view
    canvas.zoom(2)
    third = canvas.view
    window.actions_by_name.by_name["view_back"].trigger()
    assert canvas.view == second
    history.back()
    assert canvas.view == first
    assert not history.can_go_back
    history.forward()
    history.forward()
    assert canvas.view == third
    assert not history.can_go_forward
    history.back()
    canvas.zoom(3)
    qtbot.waitUntil(lambda: not history._rest.isActive())
    assert not history.can_go_forward


def test_bookmarks_are_kept_and_gone_to(open_window: OpenWindow, project_file: Path) -> None:
    """Ctrl+B keeps the view under the subdistrict's name, the menu goes there, and undo takes it away."""
    window = open_window(project_file)
    window.canvas.zoom(4)
    kept = window.canvas.shown()
    window.actions_by_name.by_name["bookmark"].trigger()
    window.actions_by_name.by_name["bookmark"].trigger()
    names = [each.name for each in window.ways.bookmarks.listed()]
    assert len(names) == 2
    assert names[1] == f"{names[0]} 2"
    window.canvas.fit()
    menu = window.actions_by_name.menus["bookmarks"]
    menu.aboutToShow.emit()
    actions: list[QAction] = menu.actions()
    assert [action.text() for action in actions[:2]] == names
    actions[0].trigger()
    # The message above the map has made it lower meanwhile.
    west, south, east, north = window.canvas.shown()
    assert (south, north) == pytest.approx((kept[1], kept[3]), abs=1e-5)
    assert (west + east) / 2 == pytest.approx((kept[0] + kept[2]) / 2)
    window.session.undo()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.text()][:-1] == names[:1]


def test_the_list_renames_and_removes(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """In the list F2 renames and Delete removes; a name that is taken stands as it was and is told."""
    window = open_window(project_file)
    project = window.session.open_project()
    for name in ("A", "B"):
        window.session.apply(bookmarks.keep(project, name, window.canvas.shown()))
    dialog = BookmarksDialog(window.ways.bookmarks)
    dialog.open()
    dialog.list.item(0).setText("<b>C</b> & D")
    assert [each.name for each in bookmarks.listed(project)] == ["<b>C</b> & D", "B"]
    dialog.list.item(1).setText("<b>C</b> & D")
    assert [dialog.list.item(at).text() for at in range(2)] == ["<b>C</b> & D", "B"]
    assert "already" in window.messages.text
    dialog.list.setCurrentRow(1)
    dialog.list.setFocus()
    qtbot.waitUntil(dialog.list.hasFocus)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert [each.name for each in bookmarks.listed(project)] == ["<b>C</b> & D"]
    dialog.close()
