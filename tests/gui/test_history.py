"""The history in the window: what was done is listed, shown before and after, and taken back as one undoable step."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from geo.language import Language
from geo.model import SITES
from geo.store.edits import delete, edit, insert, update
from geo.store.project import Project
from gui.historydialog import HistoryDialog
from gui.historywork import PAGE
from gui.table import change_site
from gui.window import Window
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample project of the test's own."""
    return open_window(project_file)


def project_of(window: Window) -> Project:
    """Return the open project."""
    return window.session.open_project()


def site_of(window: Window, place: int = 0) -> str:
    """Return the id of a site."""
    return str(project_of(window).frame("sites").index[place])


def change(window: Window, site: str, **values: Any) -> None:
    """Change columns of a site, one edit for all."""
    row = project_of(window).row("sites", site)
    assert window.session.apply(edit("Change", [update("sites", site, row, values)]))


def opened(qtbot: QtBot, window: Window) -> HistoryDialog:
    """Show the history with the menu's command and wait until the newest line is shown with its rows."""
    window.actions_by_name.by_name["history"].trigger()
    shown(qtbot, window.safety.history)
    return window.safety.history


def shown(qtbot: QtBot, dialog: HistoryDialog) -> None:
    """Wait until the dialog has nothing more to read."""
    qtbot.waitUntil(lambda: bool(dialog.details.changes) and not dialog.work.is_busy(), timeout=20_000)


def chosen(qtbot: QtBot, dialog: HistoryDialog, title: str) -> None:
    """Choose the newest line with a title and wait for its rows."""
    place = next(at for at, line in enumerate(dialog.lines.lines) if line.title == title)
    dialog.view.selectRow(place)
    qtbot.waitUntil(lambda: dialog.line == dialog.lines.lines[place].id, timeout=5_000)
    shown(qtbot, dialog)


def cells(dialog: HistoryDialog, row: int = 0) -> dict[str, tuple[str, str]]:
    """Return what is shown of a changed row, before and after by column."""
    model = dialog.details
    above = model.index(row, 0)
    return {
        model.index(at, 0, above).data(): (model.index(at, 1, above).data(), model.index(at, 2, above).data())
        for at in range(model.rowCount(above))
    }


def titles(dialog: HistoryDialog) -> list[str]:
    """Return the titles of the lines shown."""
    return [line.title for line in dialog.lines.lines]


def test_what_was_done_is_listed_newest_first_with_values_in_words(qtbot: QtBot, window: Window) -> None:
    """Lines say when, who, what and how many rows; values stand as titles, choices and names, geometries as places."""
    project, site = project_of(window), site_of(window)
    before = project.row("sites", site)
    other = next(one for one in project.frame("subdistricts").index if one != before["subdistrict"])
    change(window, site, contact="Li", risk="low", subdistrict=other, windows="")
    point = before["geometry"]
    change(window, site, geometry=shapely.Point(point.x + 0.001, point.y))
    dialog = opened(qtbot, window)
    assert titles(dialog) == ["Change", "Change", "Sample project"]
    assert [dialog.lines.index(0, at).data() for at in (1, 2, 3)] == [project.who, "Change", "1"]
    assert dialog.lines.index(2, 3).data() == "2,878"
    assert "102 m away" in cells(dialog)["Position"][1]
    dialog.view.selectRow(1)
    qtbot.waitUntil(lambda: "Contact" in cells(dialog), timeout=5_000)
    names = project.frame("subdistricts")["name_en"]
    was = names[before["subdistrict"]]
    told = cells(dialog)
    assert told["Contact"] == (before["contact"], "Li")
    assert told["Risk"] == ("High", "Low")
    assert told["Subdistrict"][0].startswith(was)
    assert told["Subdistrict"][1].startswith(names[other])
    assert told["Opening times"] == (before["windows"], "–")
    assert dialog.details.index(0, 0).data() == f"Sites: {before['name_en']} ({before['code']})"


def test_a_change_is_reverted_as_one_step_that_undo_takes_back(qtbot: QtBot, window: Window) -> None:
    """Values, a new row and a deleted row come back at once; the list follows, undo and redo work on it."""
    project, site = project_of(window), site_of(window)
    before = project.row("sites", site)
    gone = str(project.frame("landmarks").index[0])
    landmark = project.row("landmarks", gone)
    new = insert("kinds", code="market", name="市场")
    changes = [
        update("sites", site, before, {"contact": "Li", "note": "x"}), delete("landmarks", gone, landmark), new,
    ]  # fmt: skip
    assert window.session.apply(edit("Three", changes))
    change(window, site_of(window, 5), note="later, elsewhere")
    dialog = opened(qtbot, window)
    chosen(qtbot, dialog, "Three")
    told = {dialog.details.index(at, 0).data() for at in range(3)}
    assert {text.rpartition(" – ")[2] for text in told if " – " in text} == {"added", "deleted"}
    qtbot.mouseClick(dialog.revert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Revert: Three" in dialog.said.text(), timeout=10_000)
    assert project.row("sites", site)["contact"] == before["contact"]
    assert project.row("landmarks", gone)["name"] == landmark["name"]
    assert new.id not in project.frame("kinds").index
    assert project.undo_title == "Revert: Three"
    qtbot.waitUntil(lambda: titles(dialog)[:3] == ["Revert: Three", "Change", "Three"], timeout=5_000)
    window.actions_by_name.by_name["undo"].trigger()
    assert project.row("sites", site)["contact"] == "Li"
    assert new.id in project.frame("kinds").index
    qtbot.waitUntil(lambda: titles(dialog)[0] == "Undo: Revert: Three", timeout=5_000)
    assert dialog.lines.lines[dialog.view.currentIndex().row()].title == "Three"


def test_what_was_changed_since_is_not_overwritten_and_said(qtbot: QtBot, window: Window) -> None:
    """The dialog says which row is in the way, leads to what changed it, and nothing is written."""
    project, site = project_of(window), site_of(window)
    change(window, site, contact="Li")
    change(window, site, contact="Wang")
    dialog = opened(qtbot, window)
    dialog.view.selectRow(1)
    qtbot.waitUntil(lambda: cells(dialog) != {} and cells(dialog)["Contact"][1] == "Li", timeout=5_000)
    dialog.revert()
    qtbot.waitUntil(lambda: "has changed since" in dialog.said.text(), timeout=10_000)
    assert project.row("sites", site)["contact"] == "Wang"
    assert not window.messages.text
    assert dialog.since_button.isVisible()
    dialog.since_button.click()
    shown(qtbot, dialog)
    assert titles(dialog) == ["Change", "Change", "Sample project"]
    assert not dialog.since_button.isVisible()
    dialog.revert()
    qtbot.waitUntil(lambda: "Revert:" in dialog.said.text(), timeout=10_000)
    assert project.row("sites", site)["contact"] == "Li"


def test_what_another_process_has_changed_meanwhile_is_met_as_a_conflict(
    qtbot: QtBot, window: Window, project_file: Path
) -> None:
    """A revert whose row another has just changed is refused by the store and told in the dialog."""
    site = site_of(window)
    change(window, site, contact="Li")
    dialog = opened(qtbot, window)
    window.session._news.stop()  # so that this window has not heard of it
    with Project.open(project_file) as other:
        other.apply(edit("Theirs", [update("sites", site, other.row("sites", site), {"contact": "Wang"})]))
    dialog.revert()
    qtbot.waitUntil(lambda: "changed by somebody else" in dialog.said.text(), timeout=10_000)
    with Project.open(project_file) as other:
        assert other.row("sites", site)["contact"] == "Wang"


def test_only_one_site(qtbot: QtBot, window: Window) -> None:
    """From form, menu and filter the history of a site shows its lines alone, and of each only its own row."""
    site, other = site_of(window), site_of(window, 1)
    change(window, other, note="not mine")
    rows = [(one, project_of(window).row("sites", one)) for one in (site, other, site_of(window, 2))]
    assert window.session.apply(edit("All three", [update("sites", one, row, {"phone": "1"}) for one, row in rows]))
    window.session.selection.choose({site}, current=site)
    window.show_tab(window.form)
    button = next(b for b in window.form.findChildren(QToolButton) if b.text() == "History of this site…")
    button.click()
    dialog = window.safety.history
    shown(qtbot, dialog)
    assert titles(dialog) == ["All three", "Sample project"]
    assert [change.id for change in dialog.details.changes] == [site]
    assert dialog.heading.text() == "1 of 3 rows of this change"
    dialog.only.activated.emit(0)
    shown(qtbot, dialog)
    assert titles(dialog) == ["All three", "Change", "Sample project"]
    dialog.close()
    window.session.selection.choose({other}, current=other)
    window.actions_by_name.by_name["site_history"].trigger()
    shown(qtbot, dialog)
    assert titles(dialog) == ["All three", "Change", "Sample project"]
    assert dialog.only.currentText().startswith("Only of ")


def test_a_changed_row_is_shown_on_the_map(qtbot: QtBot, window: Window) -> None:
    """Choosing a row selects its site; that of a finding, the site it was found at."""
    project = project_of(window)
    finding = str(project.frame("findings").index[0])
    row = project.row("findings", finding)
    assert window.session.apply(edit("Closed", [update("findings", finding, row, {"owner": "Li"})]))
    dialog = opened(qtbot, window)
    dialog.tree.setCurrentIndex(dialog.details.index(0, 0))
    assert window.session.selection.ids == {row["site"]}


def test_a_long_history_is_read_page_by_page(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """The first page stands at once, older ones follow as somebody scrolls, and no line is missing or twice."""
    count = 2 * PAGE + 10
    with closing(sqlite3.connect(project_file)) as db, db:
        row = ("2021-06-02T08:30:00Z", "Li", '[["settings", "1", {"value": "a"}, {"value": "b"}]]')
        db.executemany(
            "INSERT INTO history (id, title, at, who, changes) VALUES (?, ?, ?, ?, ?)",
            [(f"line {number}", str(number), *row) for number in range(count)],
        )
    window = open_window(project_file)
    project = project_of(window)
    dialog = opened(qtbot, window)
    assert len(dialog.lines.lines) == PAGE
    for read in (2 * PAGE, count + 1):
        dialog.view.scrollToBottom()
        qtbot.waitUntil(lambda read=read: len(dialog.lines.lines) == read, timeout=5_000)
    assert titles(dialog) == [*map(str, reversed(range(count))), "Sample project"]
    assert not dialog.lines.canFetchMore(QModelIndex())
    project.apply(edit("newest", [project.set_setting_change("x", "y")]))
    qtbot.waitUntil(lambda: titles(dialog)[0] == "newest", timeout=5_000)
    assert len({line.id for line in dialog.lines.lines}) == len(dialog.lines.lines) == count + 2


def test_a_large_change_is_reverted_beside_the_window(qtbot: QtBot, window: Window) -> None:
    """Thousands of rows are taken back without one long hold-up, and undo brings them again."""
    project = project_of(window)
    many = [insert("sites", code=f"N{n}", name=f"n{n}", kind="school") for n in range(3_000)]
    project.apply(edit("Import", many))
    dialog = opened(qtbot, window)
    assert len(dialog.details.changes) == 3_000
    dialog.revert()
    assert not dialog.revert_button.isEnabled()
    qtbot.waitUntil(lambda: "Revert: Import" in dialog.said.text(), timeout=30_000)
    assert many[0].id not in project.frame("sites").index
    window.session.undo()
    qtbot.waitUntil(lambda: many[0].id in project.frame("sites").index, timeout=30_000)


def test_a_read_only_project_shows_its_history_and_reverts_nothing(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """The button is off and the dialog says why."""
    window = open_window()
    with qtbot.waitSignal(window.files.open_read_only(project_file).ended, timeout=20_000):
        pass
    dialog = opened(qtbot, window)
    assert titles(dialog) == ["Sample project"]
    assert not dialog.revert_button.isEnabled()
    assert "read-only" in dialog.said.text()


def test_another_project_has_its_own_history(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """The dialog follows the project that is opened, and an empty one says that nothing was changed."""
    change(window, site_of(window), note="x")
    dialog = opened(qtbot, window)
    with qtbot.waitSignal(window.files.create(tmp_path / "new.gpkg").ended, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: not dialog.work.is_busy(), timeout=5_000)
    assert titles(dialog) == []
    assert "Nothing was changed yet." in dialog.note.text()
    assert dialog.note.isVisible()


def test_a_line_that_another_program_has_spoilt_is_told(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """It is listed with a question mark, its rows are not shown, and the rest of the history is."""
    change(window, site_of(window), note="x")
    change(window, site_of(window), note="y")
    with closing(sqlite3.connect(project_file)) as db, db:
        db.execute("UPDATE history SET changes = '[[' WHERE fid = (SELECT max(fid) FROM history)")
        db.execute(
            'UPDATE history SET changes = \'[["nix", "1", {"a": 1}, {"a": 2}]]\''
            " WHERE fid = (SELECT max(fid) - 1 FROM history)"
        )
    window.actions_by_name.by_name["history"].trigger()
    dialog = window.safety.history
    qtbot.waitUntil(lambda: "cannot be read" in dialog.said.text(), timeout=5_000)
    assert dialog.lines.index(0, 3).data() == "?"
    dialog.view.selectRow(1)
    assert "cannot be read" not in dialog.said.text()
    qtbot.waitUntil(lambda: "cannot be read" in dialog.said.text(), timeout=5_000)
    dialog.revert()
    qtbot.waitUntil(lambda: not dialog.work.is_busy(), timeout=5_000)
    assert "cannot be read" in dialog.said.text()
    chosen(qtbot, dialog, "Sample project")


def test_the_history_speaks_chinese(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, speaking: Callable[[Language], None]
) -> None:
    """Headings, columns and choices are in Chinese."""
    speaking("zh")
    window = open_window(project_file)
    change_site(window.session, site_of(window), SITES.column("risk"), "low")
    dialog = opened(qtbot, window)
    assert [dialog.lines.headerData(at, Qt.Orientation.Horizontal) for at in range(4)] == [
        "时间",
        "人员",
        "操作",
        "行数",
    ]
    assert cells(dialog) == {"风险等级": ("高", "低")}
