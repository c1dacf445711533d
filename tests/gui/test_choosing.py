"""Tests of the commands and lines that select sites, and of selections kept under names."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from geo.language import Language, tr
from geo.query import saved, spatial
from gui.querybar import examples
from gui.selection import Gesture
from gui.window import Window
from tests.gui.conftest import OpenWindow

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample of the test's own."""
    return open_window(project_file)


def selected(window: Window) -> frozenset[str]:
    """Return the ids of the selected sites."""
    return window.session.selection.ids


def call(window: Window, name: str) -> None:
    """Do what the menu does."""
    window.actions_by_name.by_name[name].trigger()


def ids_where(window: Window, column: str, value: str) -> frozenset[str]:
    """Return the ids of the sites with a value in a column."""
    frame = window.session.open_project().frame("sites")
    return frozenset(frame.index[frame[column] == value])


def write(window: Window, text: str) -> QLineEdit:
    """Open the line for expressions and type one."""
    call(window, "select_where")
    line = window.choosing.query.line
    line.clear()
    line.setText(text)
    return line


def test_expression_counts_and_selects(qtbot: QtBot, window: Window) -> None:
    """While typing the number found is told; Enter selects, Shift+Enter adds, Escape gives the map the keyboard."""
    line = write(window, "risk = high")
    high, low = ids_where(window, "risk", "high"), ids_where(window, "risk", "low")
    qtbot.waitUntil(lambda: window.choosing.query.found.text() == f"{len(high)} sites")
    assert not selected(window)
    qtbot.keyClick(line, KEY.Key_Return)
    assert selected(window) == high
    line.setText("风险等级 = 低")
    qtbot.keyClick(line, KEY.Key_Return, SHIFT)
    assert selected(window) == high | low
    qtbot.keyClick(line, KEY.Key_Escape)
    assert window.choosing.query.isHidden()
    assert window.canvas.hasFocus()


def test_mistake_is_told_in_the_line_and_selects_nothing(qtbot: QtBot, window: Window) -> None:
    """What is wrong stands beside the expression with a proposal; Enter then changes nothing."""
    call(window, "select_due")
    before = selected(window)
    line = write(window, "riks = high")
    qtbot.keyClick(line, KEY.Key_Return)
    assert "Did you mean risk?" in window.choosing.query.found.text()
    assert not window.choosing.query.select.isVisible()
    assert selected(window) == before
    line.setText("risk = high")
    qtbot.waitUntil(window.choosing.query.select.isVisible)


def test_offered_words_can_be_taken_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """Typing opens the list of what can come next, and a taken word goes into the line with a space after it."""
    line = write(window, "")
    qtbot.keyClicks(line, "ris")
    popup = window.choosing.query.line.offers.popup()
    assert popup is not None
    assert popup.isVisible()
    qtbot.keyClick(popup, KEY.Key_Down)
    qtbot.keyClick(popup, KEY.Key_Return)
    assert line.text() == "Risk "
    assert popup.isVisible()
    qtbot.keyClick(popup, KEY.Key_Down)
    qtbot.keyClick(popup, KEY.Key_Return)
    assert line.text() == "Risk = "
    popup.hide()


def test_expression_follows_the_project(qtbot: QtBot, window: Window) -> None:
    """After an edit the number is that of the project as it now stands."""
    high = ids_where(window, "risk", "high")
    write(window, "risk = high")
    qtbot.waitUntil(lambda: window.choosing.query.found.text() == f"{len(high)} sites")
    from geo.store.edits import Edit, update

    site = min(high)
    row = window.session.open_project().row("sites", site)
    window.session.apply(Edit("", (update("sites", site, row, {"risk": "low"}),)))
    qtbot.waitUntil(lambda: window.choosing.query.found.text() == f"{len(high) - 1} sites")


def test_near_the_selected_sites(qtbot: QtBot, window: Window) -> None:
    """The distance typed counts and selects; Enter in the field selects at once."""
    site = min(window.session.due)
    window.session.selection.choose({site})
    call(window, "select_near")
    bar, chooser = window.choosing.distance, window.choosing.chooser
    wanted = chooser.ids_of(spatial.within_distance(chooser.xy(), chooser.mask_of({site}), 400))
    bar.metres.lineEdit().setText("400 m")
    qtbot.keyClick(bar.metres.lineEdit(), KEY.Key_Return)
    assert selected(window) == wanted
    assert len(wanted) > 1


def test_along_the_routes_shown(open_window: OpenWindow, planned_copy: Path) -> None:
    """Every stop of the plan lies near the routes of the plan; without routes the line says so."""
    window = open_window(planned_copy)
    call(window, "select_along")
    bar = window.choosing.distance
    bar.metres.setValue(400)
    bar.commit(Gesture.REPLACE)
    stops = set(window.session.open_project().frame("stops")["site"])
    assert len(stops & selected(window)) > 0.95 * len(stops)
    stack = window.session.stack
    assert stack is not None
    stack.routes.visible = False
    bar.ask()
    assert "no routes" in bar.found.text()


def test_growing_and_inverting(window: Window) -> None:
    """Growing keeps what is selected and adds its nearest; inverting twice is the same again."""
    site = min(window.session.due)
    window.session.selection.choose({site})
    call(window, "select_grow")
    assert site in selected(window)
    assert len(selected(window)) > 1
    before = selected(window)
    call(window, "invert")
    assert not before & selected(window)
    call(window, "invert")
    assert selected(window) == before


def test_subdistrict_of_the_current_site(window: Window) -> None:
    """All sites of the subdistrict in which the current site lies are selected, among them that site."""
    site = min(window.session.due)
    window.session.selection.choose({site})
    call(window, "select_subdistrict")
    subdistricts = window.session.open_project().frame("sites")["subdistrict"]
    assert site in selected(window)
    assert {subdistricts[other] for other in selected(window)} == {subdistricts[site]}


def test_status_and_kind_menus_name_count_and_select(window: Window) -> None:
    """Each entry tells how many it would select, and selects them."""
    menus = window.actions_by_name.menus
    for name, column in (("by_status", None), ("by_kind", "kind")):
        menus[name].aboutToShow.emit()
        actions = [action for action in menus[name].actions() if action.isEnabled()]
        assert actions
        total = 0
        for action in actions:
            action.trigger()
            assert action.text().endswith(f"({len(selected(window))})")
            if column:
                frame = window.session.open_project().frame("sites")
                assert frame.loc[list(selected(window)), column].nunique() == 1
            total += len(selected(window))
        assert total == window.choosing.chooser.number


def test_selection_is_kept_chosen_renamed_and_deleted(qtbot: QtBot, window: Window) -> None:
    """A kept selection is in the menu and in the list, brings its sites back, and is deleted with undo."""
    call(window, "select_due")
    call(window, "save_selection")
    popup = window.choosing.saved
    qtbot.keyClicks(popup.name, "A & B")
    qtbot.keyClick(popup.name, KEY.Key_Return)
    assert popup.isHidden()
    call(window, "select_none")
    menu = window.actions_by_name.menus["kept"]
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert selected(window) == window.session.due
    popup.open_at(QPoint(0, 0), keeping=False)
    popup.items.item(0).setText("Due")
    qtbot.waitUntil(lambda: popup.items.item(0).data(Qt.ItemDataRole.UserRole).name == "Due")
    qtbot.keyClick(popup.items, KEY.Key_Delete)
    qtbot.waitUntil(lambda: popup.items.count() == 0)
    popup.hide()
    window.session.undo()
    assert [one.name for one in saved.saved_in(window.session.open_project())] == ["Due"]


def test_condition_is_kept_and_asked_anew(window: Window) -> None:
    """A kept condition selects what fulfils it when it is chosen, not when it was kept."""
    write(window, "risk = high")
    window.choosing.query.keep.trigger()
    popup = window.choosing.saved
    assert "risk = high" in popup.head.text()
    popup.name.setText("Risky")
    popup.keep_it()
    from geo.store.edits import Edit, update

    high = ids_where(window, "risk", "high")
    site = min(high)
    row = window.session.open_project().row("sites", site)
    window.session.apply(Edit("", (update("sites", site, row, {"risk": "low"}),)))
    (one,) = popup.saved()
    popup.choose(one)
    assert selected(window) == high - {site}


def test_condition_that_no_longer_fits_is_told(window: Window) -> None:
    """A kept condition that names a column that is gone is told in the message bar; the selection stays."""
    call(window, "select_due")
    popup = window.choosing.saved
    popup.choose(saved.SavedSelection("1", "Old", None, "wind = strong"))
    assert "wind" in window.messages.text
    assert selected(window) == window.session.due


def test_name_that_is_taken_is_refused_in_place(window: Window) -> None:
    """Renaming to a name that is there says so in the list, and the old name stands again."""
    project = window.session.open_project()
    for name in "AB":
        window.session.apply(saved.keep(project, name, window.session.due))
    popup = window.choosing.saved
    popup.open_at(QPoint(0, 0), keeping=False)
    popup.items.item(0).setText("B")
    assert "already" in popup.problem.text()
    popup.refresh()
    assert [popup.items.item(k).text() for k in range(2)] == ["A", "B"]
    popup.hide()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_examples_can_be_typed(window: Window, speaks: Callable[[Language], None], lang: Language) -> None:
    """What the line shows as examples is understood as it stands, in either language."""
    speaks(lang)
    placeholder = (
        tr("for example  risk = high AND due_date < today + 7").removeprefix("for example").removeprefix("例如")
    )
    for text in [*examples().splitlines(), placeholder, tr("risk = high")]:
        assert window.choosing.chooser.where(text)().dtype == bool
