"""Tests of the window: opening well and ill, languages, commands, names for the screen reader."""

import os
import shutil
import tomllib
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from geo import resource
from geo.language import Language, catalogue
from geo.version import VERSION
from gui import menus
from gui.app import Program
from gui.bugs import BugDialog
from gui.help import AboutDialog, ShortcutsDialog
from gui.window import Window

OpenWindow = Callable[..., Window]
SetLanguage = Callable[[Language], None]


def open_ill(qtbot: QtBot, window: Window, path: Path) -> str:
    """Open a file that is no project and return what the bar says."""
    job = window.files.open_path(path)
    with qtbot.waitSignal(job.ended, timeout=10_000):
        pass
    return window.messages.text


def test_bad_files_leave_the_window_and_themselves_alone(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    """A missing, foreign or cut file is named in the bar, the file stays as it is and the open project stays open."""
    window = open_window()
    assert "nowhere.gpkg" in open_ill(qtbot, window, tmp_path / "nowhere.gpkg")
    foreign = tmp_path / "letter.gpkg"
    foreign.write_text("Dear planner")
    assert "letter.gpkg" in open_ill(qtbot, window, foreign)
    assert foreign.read_text() == "Dear planner"
    assert window.session.project is None
    assert window.isVisible()


def test_truncated_project_is_refused_and_the_open_one_stays(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, tmp_path: Path
) -> None:
    """Half a file is no project, and opening it does not close the one at hand."""
    window = open_window(project_file)
    half = tmp_path / "half.gpkg"
    half.write_bytes(project_file.read_bytes()[:40_000])
    assert "half.gpkg" in open_ill(qtbot, window, half)
    assert window.session.open_project().path == project_file


@pytest.mark.skipif(os.name != "posix", reason="file rights differ")
def test_read_only_project_says_so_and_takes_no_change(open_window: OpenWindow, project_file: Path) -> None:
    """A project opened read-only is marked in the title; a change is refused with a message."""
    from geo.store.project import Project
    from gui.opening import prepare

    window = open_window()
    window.session.show(prepare(Project.open(project_file, read_only=True)))
    assert "[read-only]" in window.windowTitle()
    model = window.table.model
    assert not model.setData(model.index(0, 1), "Other")
    assert "read-only" in window.messages.text
    assert not window.actions_by_name.by_name["plan"].isEnabled()


def test_new_copy_and_recent_projects(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, tmp_path: Path
) -> None:
    """A copy can be saved and opened, an empty project made, and both are among the recent ones."""
    window = open_window(project_file)
    copy, new = tmp_path / "copy.gpkg", tmp_path / "new.gpkg"
    window.files.copy_to(copy)
    for start, path in ((window.files.open_path, copy), (window.files.create, new)):
        with qtbot.waitSignal(start(path).ended, timeout=10_000):
            pass
    assert window.table.model.rowCount() == 0
    assert window.settings.existing() == [new, copy, project_file]
    window.actions_by_name.menus["recent"].aboutToShow.emit()
    listed = [action.text() for action in window.actions_by_name.menus["recent"].actions()]
    assert listed == [str(new), str(copy), str(project_file)]


def test_missing_sample_is_made(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    """Where there is no sample it is made and opened, and nothing half made stays behind."""
    window = open_window()
    place = tmp_path / "data" / "yuexiu.gpkg"
    job = window.files.open_sample(place)
    with qtbot.waitSignal(job.ended, timeout=30_000):
        pass
    assert window.table.model.rowCount() > 0
    assert [file.name for file in place.parent.glob("*.gpkg")] == ["yuexiu.gpkg"]


def test_every_command_is_in_a_menu_and_can_be_called() -> None:
    """No two commands share their keys or their name."""
    entries = [each for section in menus.sections() for each in section.entries if isinstance(each, menus.Entry)]
    keys = [entry.keys for entry in entries if entry.keys]
    assert len(keys) == len(set(keys))
    assert len({entry.name for entry in entries}) == len(entries)
    assert {name for name in menus.TOOLBAR if name} <= {entry.name for entry in entries}
    assert all(entry.tip for entry in entries)


def test_version_is_that_of_the_package() -> None:
    """The version in the About dialog is the one that the package is built with."""
    package = tomllib.loads((resource.ROOT.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert package["version"] == VERSION


def test_selection_commands(open_window: OpenWindow, sample_file: Path) -> None:
    """All, none, the others, due and overdue select what they say."""
    window = open_window(sample_file)
    session, by_name = window.session, window.actions_by_name.by_name
    every = set(session.open_project().frame("sites").index)
    by_name["select_due"].trigger()
    assert session.selection.ids == session.due
    by_name["invert"].trigger()
    assert session.selection.ids == every - session.due
    by_name["select_overdue"].trigger()
    assert session.selection.ids == session.ids_of("overdue", "rectification_overdue")
    by_name["select_all"].trigger()
    assert session.selection.ids == every
    by_name["select_none"].trigger()
    assert not session.selection.ids
    assert not by_name["fit_selection"].isEnabled()


@pytest.mark.usefixtures("speaking")
def test_language_changes_in_place(qtbot: QtBot, qapp: QApplication, project_file: Path, tmp_path: Path) -> None:
    """The window comes back in Chinese with the same project, selection and view; what was done can be undone."""
    program = Program(qapp, QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    first = program.window
    first.show()
    first.start(project_file)
    qtbot.waitUntil(lambda: not first.session.jobs.running and first.session.project is not None, timeout=20_000)
    first.table.model.setData(first.table.model.index(0, 0), "X-1")
    first.session.selection.choose({first.table.model.site(3)})
    first.canvas.zoom(2)
    view = first.canvas.view
    qtbot.waitUntil(lambda: not first.session.jobs.running)
    first.language_wanted.emit("zh")
    qtbot.waitUntil(lambda: program.window is not first, timeout=20_000)
    second = program.window
    qtbot.waitUntil(lambda: not first.isVisible())
    assert second.actions_by_name.by_name["quit"].text() == "退出(&Q)"
    assert second.session.selection.ids == {second.table.model.site(3)}
    assert (second.canvas.view.x, second.canvas.view.scale) == pytest.approx((view.x, view.scale))
    second.session.undo()
    assert second.table.model.index(0, 0).data() != "X-1"
    assert program.settings.language == "zh"
    second.close()


def texts_of(widget: QWidget) -> set[str]:
    """Return every text that a widget and what is in it show."""
    found = {action.text() for action in widget.findChildren(QAction)}
    found |= {button.text() for button in widget.findChildren(QAbstractButton)}
    found |= {label.text() for label in widget.findChildren(QLabel)}
    found |= {line.placeholderText() for line in widget.findChildren(QLineEdit)}
    for tree in widget.findChildren(QTreeWidget):
        found |= {tree.headerItem().text(column) for column in range(tree.columnCount())}
    for each in [widget, *widget.findChildren(QWidget)]:
        found |= {each.toolTip(), each.statusTip(), each.accessibleName(), each.windowTitle()}
    return found - {""}


def test_nothing_is_left_in_english(
    open_window: OpenWindow, sample_file: Path, speaking: SetLanguage, qtbot: QtBot
) -> None:
    """In Chinese no panel and no dialog shows a text that has a translation."""
    speaking("zh")
    window = open_window(sample_file)
    window.session.selection.choose(window.session.ids_of("findings_open"))
    dialogs = [ShortcutsDialog(window), AboutDialog("1.0", window), BugDialog("Traceback", window)]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        dialog.show()
    shown = set().union(*(texts_of(each) for each in (window, *dialogs)))
    english = {text for text, chinese in catalogue().items() if text != chinese and any(c.isalpha() for c in text)}
    assert not shown & english
    assert "打开(&O)…" in shown


def test_screen_reader_finds_a_name_for_every_control(open_window: OpenWindow, sample_file: Path) -> None:
    """Whatever takes the keyboard has a name or a text of its own."""
    window = open_window(sample_file)
    window.session.selection.choose(window.session.ids_of("findings_open"))
    kinds = (QLineEdit, QComboBox, QTableView, QTreeWidget)
    # The line within a combo or a date editor and the list behind a combo are the control's own parts.
    parts = {"qt_spinbox_lineedit"}
    nameless = [
        (type(widget).__name__, widget.objectName())
        for kind in kinds
        for widget in window.findChildren(kind)
        if widget.isVisible() and not widget.accessibleName() and widget.objectName() not in parts
    ]
    assert not nameless


def test_pictures_of_the_map(qtbot: QtBot, open_window: OpenWindow, sample_file: Path, tmp_path: Path) -> None:
    """The map is written as PNG and SVG, and a folder that is not there is named."""
    window = open_window(sample_file)
    for name in ("map.png", "map.svg"):
        window.files.write_picture(tmp_path / name)
        qtbot.waitUntil(lambda: not window.files.painting.is_busy, timeout=90_000)
        assert (tmp_path / name).stat().st_size > 10_000
    window.files.write_picture(tmp_path / "nowhere" / "map.png")
    qtbot.waitUntil(lambda: not window.files.painting.is_busy, timeout=90_000)
    assert "map.png" in window.messages.text


def test_a_picture_can_be_cancelled(qtbot: QtBot, open_window: OpenWindow, sample_file: Path, tmp_path: Path) -> None:
    """The status line shows a picture that is written and stops it; nothing of it is left in the folder."""
    window = open_window(sample_file)
    window.files.write_picture(tmp_path / "map.png")
    assert window.status.progress.isVisible()
    window.status.cancel.click()
    assert not window.files.painting.is_busy
    assert not window.status.progress.isVisible()
    qtbot.wait(300)
    assert list(tmp_path.glob("*map*")) == []


def test_web_map_is_written_beside_the_work(
    qtbot: QtBot, open_window: OpenWindow, sample_file: Path, tmp_path: Path
) -> None:
    """The web page is written by a job and named in the bar."""
    window = open_window(sample_file)
    job = window.files.write_web(tmp_path / "map.html")
    assert job is not None
    with qtbot.waitSignal(job.ended, timeout=20_000):
        pass
    assert (tmp_path / "map.html").read_text("utf-8").lstrip().lower().startswith("<!doctype html")
    assert "map.html" in window.messages.text


def test_form_shows_findings_and_writes_on_leaving_a_field(open_window: OpenWindow, project_file: Path) -> None:
    """The form lists the open findings of a site, and a changed field is one undoable change."""
    window = open_window(project_file)
    session, form = window.session, window.form
    site = min(session.ids_of("findings_open"))
    session.selection.choose({site})
    findings = session.open_project().frame("findings")
    mine = findings[(findings["site"] == site) & findings["state"].isin(["open", "rectified"])]
    words = " ".join(label.text() for label in form.findChildren(QLabel))
    assert all(escape(text) in words for text in mine["description_en"])
    contact = form.fields["contact"].line
    assert contact is not None
    contact.setText("  Ms Li ")
    contact.editingFinished.emit()
    assert session.open_project().row("sites", site)["contact"] == "Ms Li"
    stay = form.fields["service_min"].line
    assert stay is not None
    stay.setText("soon")
    stay.editingFinished.emit()
    assert "Stay" in window.messages.text
    assert stay.text() == ""
    session.undo()
    assert contact.text() != "Ms Li"


def test_settings_of_the_window_survive(open_window: OpenWindow, tmp_path: Path) -> None:
    """A window closed at some size comes back at that size."""
    window = open_window()
    window.resize(1200, 800)
    window.table_dock.hide()
    window.close()
    again = open_window(settings=window.settings)
    assert again.table_dock.isHidden()
    shutil.rmtree(tmp_path)
