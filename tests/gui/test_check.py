"""The check of a file in the window: troubles listed, named, shown on the map and mended; a sound file says so."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from geo.store import backups
from geo.store.connection import connect
from gui.backupsdialog import BackupsDialog
from gui.checkdialog import CheckDialog
from gui.window import Window
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample project of the test's own."""
    return open_window(project_file)


def spoil(path: Path, *statements: str) -> None:
    """Change a project as another program would."""
    with closing(connect(path, read_only=False)) as db:
        for statement in statements:
            db.execute(statement)


def checked(qtbot: QtBot, window: Window) -> CheckDialog:
    """Check the file with the menu's command and wait until that is done."""
    window.actions_by_name.by_name["check_file"].trigger()
    dialog = window.findChildren(CheckDialog)[-1]
    waited(qtbot, dialog)
    return dialog


def waited(qtbot: QtBot, dialog: CheckDialog) -> None:
    """Wait until nothing is looked for any more."""
    qtbot.waitUntil(lambda: dialog._job is None, timeout=20_000)


def texts(dialog: CheckDialog, row: int) -> list[str]:
    """Return what a line of the list says."""
    return [dialog.model.index(row, column).data() for column in range(dialog.model.columnCount())]


def test_a_sound_file_says_so(qtbot: QtBot, window: Window) -> None:
    """There is no list, only the word that nothing is wrong."""
    dialog = checked(qtbot, window)
    assert "yuexiu.gpkg is sound." in dialog.note.text()
    assert dialog.note.isVisible()
    assert not dialog.view.isVisible()
    assert not dialog.mend_button.isVisible()


def test_troubles_are_named_shown_on_the_map_and_gone_once_mended(
    qtbot: QtBot, window: Window, project_file: Path
) -> None:
    """Row and column by name, what is wrong and what to do; a click selects the site; corrected ones are gone."""
    project = window.session.open_project()
    site, finding = str(project.frame("sites").index[4]), str(project.frame("findings").index[2])
    subdistrict = project.row("sites", site)["subdistrict"]
    spoil(
        project_file,
        f"UPDATE sites SET subdistrict = 'nix' WHERE id = '{site}'",
        f"UPDATE findings SET due = '2021-01-01' WHERE id = '{finding}'",
    )
    qtbot.waitUntil(lambda: project.row("sites", site)["subdistrict"] == "nix", timeout=10_000)
    window.session.selection.clear()
    dialog = checked(qtbot, window)
    name = project.row("sites", site)
    assert texts(dialog, 0) == [
        f"Sites › {name['name_en']} ({name['code']})", "Subdistrict",
        "It refers to a row of “Subdistricts” that is not there (nix).", "Choose another one, or empty it.",
    ]  # fmt: skip
    assert dialog.summary.text() == "2 troubles in 2 tables"
    assert "nix" in dialog.said.text()
    assert not window.session.selection.ids
    dialog.view.selectRow(1)
    assert window.session.selection.ids == {project.row("findings", finding)["site"]}
    dialog.view.selectRow(0)
    assert window.session.selection.ids == {site}
    spoil(project_file, f"UPDATE sites SET subdistrict = '{subdistrict}' WHERE id = '{site}'")
    dialog.again.click()
    waited(qtbot, dialog)
    assert dialog.model.rowCount() == 1


def test_indexes_are_mended_while_the_project_is_open(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """What follows from the rows is made anew with a button, and the work goes on."""
    spoil(project_file, "UPDATE gpkg_ogr_contents SET feature_count = 3 WHERE table_name = 'streets'")
    dialog = checked(qtbot, window)
    assert dialog.model.rowCount() == 1
    qtbot.mouseClick(dialog.mend_button, Qt.MouseButton.LeftButton)
    waited(qtbot, dialog)
    qtbot.waitUntil(lambda: "is sound" in dialog.note.text(), timeout=10_000)
    assert window.session.can_write
    assert window.table.model.setData(window.table.model.index(0, 0), "X-1")


def test_a_file_that_does_not_open_is_checked_and_led_to_its_backups(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """Damage is told with a button to the backups; a project that lacks a value that fits is looked through as well."""
    window = open_window(project_file)
    window.session.close()
    whole = project_file.read_bytes()
    project_file.write_bytes(whole[:40_000] + b"\xa5" * 40_000 + whole[80_000:])
    with qtbot.waitSignal(window.files.open_path(project_file).ended, timeout=20_000):
        pass
    dialog = checked(qtbot, window)
    assert texts(dialog, 0)[0] == "The whole file"
    dialog.backups_button.click()
    shown = window.findChildren(BackupsDialog)[-1]
    qtbot.waitUntil(lambda: shown._job is None, timeout=10_000)
    assert shown.view.topLevelItemCount() == len(backups.listed(project_file)) == 1
    shown.reject()
    project_file.write_bytes(whole)
    spoil(project_file, "UPDATE sites SET capacity = 'many' WHERE fid = 1")
    dialog.again.click()
    waited(qtbot, dialog)
    assert "many" in texts(dialog, 0)[2]


def test_what_is_no_project_is_told_in_the_dialog(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    """A file that cannot be checked says why; nothing is called sound."""
    with closing(sqlite3.connect(tmp_path / "foreign.gpkg")) as db, db:
        db.execute("CREATE TABLE t (a)")
    window = open_window()
    for name, says in (("foreign.gpkg", "no Xunlu project"), ("none.gpkg", "There is no file")):
        dialog = window.safety.show_check(tmp_path / name)
        waited(qtbot, dialog)
        assert says in dialog.note.text()
        assert "sound" not in dialog.note.text()


def test_closing_the_window_stops_the_check(open_window: OpenWindow, project_file: Path) -> None:
    """No thread and no dialog outlives the window."""
    window = open_window(project_file)
    dialog = window.safety.show_check(project_file)
    assert dialog.isVisible()
    window.close()
    assert not dialog.isVisible()
    assert not any(job.isRunning() for job in window.session.jobs.running)
