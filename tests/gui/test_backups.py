"""Backups and what is noticed on opening: kept by itself, restored in one step, others and shares named once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from pytestqt.qtbot import QtBot

from geo.errors import XunluError
from geo.language import Language
from geo.store import backups, presence
from geo.store.edits import edit, insert
from geo.store.project import Project
from gui import notices
from gui.backupsdialog import BackupsDialog, age, size
from gui.messages import Level
from gui.opening import Found
from gui.window import Window
from tests.gui.conftest import OpenWindow
from tests.source import ROOT

NOW = datetime.now().astimezone()


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample project of the test's own."""
    return open_window(project_file)


def add(path: Path, code: str) -> None:
    """Add a kind of sites to a project that is not open."""
    with Project.open(path) as project:
        project.apply(edit("add", [insert("kinds", code=code, name=code)]))


def codes(window: Window) -> list[str]:
    """Return the codes that a test has added to the open project."""
    return [code for code in window.session.open_project().frame("kinds")["code"] if len(code) == 1]


def listed(qtbot: QtBot, window: Window) -> BackupsDialog:
    """Show the backups with the menu's command and wait for the list."""
    window.actions_by_name.by_name["backups"].trigger()
    dialog = window.findChildren(BackupsDialog)[-1]
    qtbot.waitUntil(lambda: dialog._job is None, timeout=10_000)
    return dialog


def done(qtbot: QtBot, window: Window) -> None:
    """Wait until nothing is opened or restored any more."""
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)


def choose(dialog: BackupsDialog, path: Path) -> None:
    """Choose a backup in the list."""
    for place in range(dialog.view.topLevelItemCount()):
        dialog.view.setCurrentItem(dialog.view.topLevelItem(place))
        if dialog.backup is not None and dialog.backup.path == path:
            return
    pytest.fail(f"{path} is not listed")


def test_opening_keeps_a_backup_of_what_has_changed(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """The first opening keeps one, the next only if something was changed meanwhile, before it reads the file."""
    window = open_window(project_file)
    assert len(backups.listed(project_file)) == 1
    for expected in (1, 2):
        window.session.close()
        if expected == 2:
            add(project_file, "a")
        with qtbot.waitSignal(window.files.open_path(project_file).ended, timeout=20_000):
            pass
        assert len(backups.listed(project_file)) == expected
    assert window.messages.text == ""


def test_what_is_no_project_is_not_copied(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    """A new project, a read-only opening and a foreign file leave no backups behind."""
    window = open_window()
    foreign = tmp_path / "foreign.gpkg"
    with closing(sqlite3.connect(foreign)) as db, db:
        db.execute("CREATE TABLE t (a)")
    for start, path in (
        (window.files.create, tmp_path / "new.gpkg"),
        (window.files.open_read_only, tmp_path / "new.gpkg"),
        (window.files.open_path, foreign),
        (window.files.open_path, tmp_path / "none.gpkg"),
    ):
        with qtbot.waitSignal(start(path).ended, timeout=20_000):
            pass
    assert list(tmp_path.glob("*.backups")) == []
    assert "none.gpkg" in window.messages.text


def test_a_backup_that_cannot_be_kept_is_told_and_the_project_opens(
    open_window: OpenWindow, project_file: Path
) -> None:
    """A file where the folder should be is no reason not to work, but it is said."""
    backups.folder(project_file).write_text("in the way")
    window = open_window(project_file)
    assert window.session.can_write
    assert "No backup could be kept" in window.messages.text


def test_a_backup_is_restored_and_that_is_taken_back_by_restoring_again(
    qtbot: QtBot, window: Window, project_file: Path
) -> None:
    """The project shows the old rows, the present ones are the newest backup, and restoring that brings them back."""
    first = backups.listed(project_file)[0].path
    project = window.session.open_project()
    project.apply(edit("add", [insert("kinds", code="a", name="a")]))
    dialog = listed(qtbot, window)
    choose(dialog, first)
    dialog.restore()
    done(qtbot, window)
    assert codes(window) == []
    assert window.session.open_project().path == project_file
    assert window.session.can_write
    kept = backups.listed(project_file)[0].path
    assert kept != first
    assert kept.name in window.messages.text
    assert presence.everybody(project_file)[0].pid == os.getpid()
    dialog = listed(qtbot, window)
    choose(dialog, kept)
    dialog.restore()
    done(qtbot, window)
    assert codes(window) == ["a"]
    assert window.table.model.rowCount() == len(window.session.open_project().frame("sites"))


def test_one_is_kept_now(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """The dialog keeps what stands now beside the work, lists it, and says so where nothing has changed."""
    project = window.session.open_project()
    project.apply(edit("add", [insert("kinds", code="a", name="a")]))
    dialog = listed(qtbot, window)
    assert dialog.view.topLevelItemCount() == 1
    for said, count in (("Kept as", 2), ("Nothing has changed", 2)):
        dialog.keep_button.click()
        qtbot.waitUntil(lambda: dialog._job is None, timeout=10_000)
        assert said in dialog.said.text()
        assert dialog.view.topLevelItemCount() == count
    with Project.open(backups.listed(project_file)[0].path, read_only=True) as copy:
        assert "a" in set(copy.frame("kinds")["code"])
    dialog.reject()


def test_a_backup_is_looked_at_read_only(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """It opens in place of the project, takes no change, is not among the recent ones, and the way back is told."""
    dialog = listed(qtbot, window)
    dialog.look()
    done(qtbot, window)
    project = window.session.open_project()
    assert project.path.parent == backups.folder(project_file)
    assert project.read_only
    assert "[read-only]" in window.windowTitle()
    assert project_file.name in window.messages.text
    assert window.settings.existing() == [project_file]
    assert len(backups.listed(project_file)) == 1


def test_a_damaged_project_is_restored_without_being_open(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """The bar leads to the backups, the command shows those of the file that did not open, and one brings it back."""
    whole = project_file.read_bytes()
    first = backups.keep(project_file, NOW - timedelta(hours=1))
    assert first is not None
    project_file.write_bytes(whole[:40_000] + b"\xa5" * 40_000 + whole[80_000:])
    window = open_window()
    with qtbot.waitSignal(window.files.open_path(project_file).ended, timeout=20_000):
        pass
    assert "Backups" in window.messages.text
    assert window.session.project is None
    dialog = listed(qtbot, window)
    assert dialog.path == project_file
    dialog.restore()
    done(qtbot, window)
    assert window.session.can_write
    assert "set aside" in window.messages.text
    assert [backup.path for backup in backups.listed(project_file)] == [first]
    assert window.files.failed is None


def test_what_is_open_elsewhere_is_not_restored(qtbot: QtBot, window: Window, project_file: Path) -> None:
    """The project is open again as it was, and whoever has it open too is named."""
    window.session.open_project().apply(edit("add", [insert("kinds", code="a", name="a")]))
    dialog = listed(qtbot, window)
    with Elsewhere(project_file):
        dialog.restore()
        done(qtbot, window)
        assert "is open" in window.messages.text
        assert codes(window) == ["a"]


class Elsewhere:
    """A real second process that has a project open."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        code = (
            "import sys; from pathlib import Path; from geo.store.project import Project\n"
            f"project = Project.open(Path(sys.argv[1]), read_only={read_only})\n"
            "print('open', flush=True); sys.stdin.readline(); project.close()\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, str(path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "open\n"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("\n", timeout=20)


def test_a_project_that_is_open_elsewhere_is_told_once_and_can_be_worked_on(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """The bar says who has it and since when, editing goes on, and the next opening says nothing any more."""
    with Elsewhere(project_file):
        window = open_window(project_file)
        said = window.messages.text
        assert "yuexiu.gpkg has been open in another window of yours since" in said
        assert "never lost" in said
        assert window.messages.property("level") == "warning"
        assert window.session.can_write
        window.messages.hide()
        qtbot.wait(100)
        assert window.messages.text == ""
    with qtbot.waitSignal(window.files.open_path(project_file).ended, timeout=20_000):
        pass
    assert window.messages.text == ""


def test_whoever_only_looks_is_no_danger(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """A reader elsewhere is information; so is a writer for whoever opens the file read-only here."""
    with Elsewhere(project_file, read_only=True):
        window = open_window(project_file)
        assert window.messages.property("level") == "info"
        assert "since" in window.messages.text
    window.session.close()
    with Elsewhere(project_file):
        with qtbot.waitSignal(window.files.open_read_only(project_file).ended, timeout=20_000):
            pass
        assert window.messages.property("level") == "info"
        assert "since" in window.messages.text
        assert "open read-only" in window.messages.text


def test_another_computer_is_named(open_window: OpenWindow, project_file: Path) -> None:
    """User, computer and day of a mark that another computer has left are in the bar."""
    since = datetime(2021, 6, 2, 8, 30, tzinfo=UTC)
    mark = project_file.with_name(f".{project_file.name}.open-office-7")
    mark.write_text(
        json.dumps({"host": "office", "pid": 7, "user": "李", "since": since.isoformat(), "read_only": False})
    )
    window = open_window(project_file)
    assert f"李 on office has had yuexiu.gpkg open since {since.astimezone():%Y-%m-%d %H:%M}." in window.messages.text


def test_all_that_is_noticed_goes_into_one_message() -> None:
    """A share, others and a failed backup are told together, in either language, the reason for each with its hint."""
    since = datetime(2021, 6, 2, 8, 30, tzinfo=UTC)
    others = tuple(presence.Opener(f"h{n}", n, f"u{n}", since, read_only=n == 1, file=Path("x")) for n in (1, 2, 3))
    path = Path("p.gpkg")
    found = Found(others, ("here", "me"), on_network=True, no_backup=XunluError("Full.", "Make room."))
    message = notices.of_opening(path, found, read_only=False)
    assert message is not None
    assert message.level is Level.WARNING
    for words in ("3 other places", "u2 on h2", "network share", "No backup could be kept: Full."):
        assert words in message.text
    assert "Make room." in message.hint
    assert notices.of_opening(path, Found(), read_only=False) is None
    quiet = notices.of_opening(path, Found(on_network=True), read_only=True)
    assert quiet is not None
    assert quiet.text == "p.gpkg is open read-only."


def test_ages_and_sizes_are_told_in_words(speaks: Callable[[Language], None]) -> None:
    """The unit is the largest that fits; both languages."""
    told = [age(seconds) for seconds in (-5, 59, 60, 3599, 3600, 86_399, 86_400, 172_799, 172_800)]
    assert told[:5] == ["just now", "just now", "1 min ago", "59 min ago", "1 h ago"]
    assert told[5:] == ["23 h ago", "1 day ago", "1 day ago", "2 days ago"]
    assert [size(count) for count in (98_304, 2_564_096, 1_234_567_890)] == ["98 kB", "2.6 MB", "1,234.6 MB"]
    speaks("zh")
    assert age(7200) == "2 小时前"
