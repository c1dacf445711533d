"""Test the map on paper: the dialog of the layout, its preview, and where the pages go."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from geo.language import Language
from geo.store.edits import edit, update
from gui.layoutdialog import LayoutDialog
from gui.settings import Settings
from gui.window import Window
from layers.layout import Layout, from_json
from tests.gui.conftest import OpenWindow

WAIT_MS = 30_000


def _drawn(dialog: LayoutDialog) -> bool:
    return not (dialog.preview.image.isNull() or dialog.preview.is_stale or dialog.work.is_busy or dialog.is_waiting)


def _open(window: Window, qtbot: QtBot) -> LayoutDialog:
    window.actions_by_name.by_name["layout"].trigger()
    dialog = window.printing.layouts
    assert dialog is not None
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    return dialog


def _choose(dialog: LayoutDialog, name: str, value: object) -> None:
    combo = dialog.form.findChild(QComboBox, name)
    assert combo is not None
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


@pytest.fixture
def dialog(open_window: OpenWindow, planned_copy: Path, qtbot: QtBot) -> LayoutDialog:
    """Give the dialog on the sample with a plan, its first page drawn."""
    return _open(open_window(planned_copy), qtbot)


def test_the_page_on_the_screen_is_a_map(dialog: LayoutDialog) -> None:
    """The preview shows the real page, coloured, in the shape of the paper."""
    image = dialog.preview.image
    assert not image.allGray()
    assert image.width() / image.height() == pytest.approx(420 / 297, rel=0.01)


def test_a_choice_is_drawn_and_kept(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """Another paper is seen at once and is there again at the next start."""
    _choose(dialog, "landscape", False)
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert dialog.preview.image.width() < dialog.preview.image.height()
    assert not from_json(dialog.session.settings.layout).landscape


def test_the_last_layout_is_there_again(open_window: OpenWindow, project_file: Path, qtbot: QtBot) -> None:
    """What was kept in the settings is what the dialog begins with."""
    kept = Layout(paper="A1", title="墙图", squares=True, scale=15_000)
    dialog = _open(open_window(project_file, Settings(layout=kept.as_json())), qtbot)
    assert dialog.form.value == kept


def test_a_scale_can_be_typed(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """A typed scale is taken, and nonsense leaves the one there was."""
    scale = dialog.form.findChild(QComboBox, "scale")
    assert scale is not None
    line = scale.lineEdit()
    assert line is not None
    for typed, taken in (("1:12,000", 12_000.0), ("1：8000", 8000.0), ("large", 8000.0), ("3", 8000.0)):
        line.setFocus()
        line.setText(typed)  # no key of a test writes the wide colon of Chinese keyboards
        qtbot.keyClick(line, Qt.Key.Key_Tab)
        assert dialog.form.value.scale == taken
    assert line.text() == "1:8,000"


def test_a_preset_sets_everything_but_the_words(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """Beginning with a ready layout keeps the title that was typed."""
    title = dialog.form.findChild(QLineEdit, "title")
    assert title is not None
    qtbot.keyClicks(title, "Map of the office")
    dialog.presets.setCurrentIndex(dialog.presets.findData("subdistricts"))
    dialog.presets.activated.emit(dialog.presets.currentIndex())
    assert dialog.form.value.by == "subdistrict"
    assert dialog.form.value.title == "Map of the office"
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert dialog.count > 18


def test_pages_are_turned(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """Page down and the arrow show the next page of a set, and there is none beyond the last."""
    _choose(dialog, "by", "team")
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    first = dialog.preview.image.copy()
    dialog.preview.setFocus()
    qtbot.keyClick(dialog.preview, Qt.Key.Key_PageDown)
    assert dialog.page.value() == 2
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert dialog.preview.image != first
    dialog.turn(100)
    assert dialog.page.value() == dialog.count


def test_only_what_is_ticked_becomes_a_sheet(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """Taking the ticks away leaves fewer pages; without any it is said what to do."""
    _choose(dialog, "by", "subdistrict")
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    for place in range(2, dialog.form.parts.count()):
        dialog.form.parts.item(place).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert dialog.count == 3  # two sheets and their overview
    for place in range(2):
        dialog.form.parts.item(place).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: "Nothing is chosen" in dialog.note.text(), timeout=WAIT_MS)


def test_saved_pdf(dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot) -> None:
    """All pages are in the file, and the window says that it is there."""
    path = tmp_path / "map.pdf"
    dialog.save(path)
    assert not dialog.save_button.isEnabled()
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=WAIT_MS)
    assert len(PdfReader(path).pages) == 1
    assert "map.pdf" in dialog.note.text()


def test_saving_can_be_stopped(dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot) -> None:
    """Cancel leaves no file, and the preview goes on."""
    path = tmp_path / "map.png"
    dialog.save(path)
    qtbot.wait(50)
    qtbot.mouseClick(dialog.stop_button, Qt.MouseButton.LeftButton)
    assert dialog.save_button.isEnabled()
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert not path.exists()


def test_stopped_in_the_middle_nothing_is_left(dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot) -> None:
    """Stopped while pages are written, a file that was there before is as it was, and nothing lies beside it."""
    path = tmp_path / "out" / "map.png"
    path.parent.mkdir()
    path.write_bytes(b"as before")
    dialog.save(path)
    qtbot.waitUntil(lambda: dialog.progress.value() >= 300, timeout=WAIT_MS)
    dialog.stop_button.click()
    assert not dialog.work.is_busy
    qtbot.wait(200)
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == b"as before"


def test_a_process_that_breaks_is_told(
    dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the process that writes ends without a word, the dialog says so and can be used again."""
    monkeypatch.setattr("gui.paperprocess.ROOT", tmp_path)  # where there is no program
    with qtbot.captureExceptions() as bugs:
        dialog.save(tmp_path / "map.pdf")
        qtbot.waitUntil(lambda: "could not be written" in dialog.note.text(), timeout=WAIT_MS)
    assert "papermaker" in str(bugs[0][1])
    assert dialog.save_button.isEnabled()


def test_a_folder_that_is_gone_is_told(dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot) -> None:
    """What cannot be written is said in the dialog, and everything can be tried again."""
    dialog.save(tmp_path / "nowhere" / "map.svg")
    qtbot.waitUntil(lambda: "nowhere" in dialog.note.text(), timeout=WAIT_MS)
    assert dialog.save_button.isEnabled()


def test_printed_pages(dialog: LayoutDialog, tmp_path: Path, qtbot: QtBot) -> None:
    """A printer gets every page on paper of the size chosen."""
    path = tmp_path / "printed.pdf"
    _choose(dialog, "by", "subdistrict")
    dialog.form.parts.item(0).setCheckState(Qt.CheckState.Unchecked)
    printer = dialog.make_printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    dialog.print_on(printer)
    qtbot.waitUntil(lambda: "Printed" in dialog.note.text(), timeout=2 * WAIT_MS)
    pages = PdfReader(path).pages
    assert len(pages) == 18  # 17 sheets and their overview
    assert float(pages[0].mediabox.width) == pytest.approx(420 / 25.4 * 72, abs=3)


def test_an_edit_is_seen_on_paper(open_window: OpenWindow, project_file: Path, qtbot: QtBot) -> None:
    """When the project changes, the page is drawn anew from what it is now."""
    window = open_window(project_file)
    dialog = _open(window, qtbot)
    before = dialog.preview.image.copy()
    project = window.session.open_project()
    settings = project.frame("settings")
    key = str(settings.index[settings["key"] == "name_en"][0])
    row = project.row("settings", key)
    assert window.session.apply(edit("name", [update("settings", key, row, row | {"value": "Another name"})]))
    qtbot.waitUntil(lambda: _drawn(dialog) and dialog.preview.image != before, timeout=WAIT_MS)


def test_the_map_of_the_window_stays_as_it_is(dialog: LayoutDialog, qtbot: QtBot) -> None:
    """Laying out the routes of single teams does not hide those of the others in the window."""
    stack = dialog.session.stack
    assert stack is not None
    before = stack.teams, [layer.visible for layer in stack.layers], stack.style_name
    _choose(dialog, "by", "team")
    dialog.turn(1)
    qtbot.waitUntil(lambda: _drawn(dialog), timeout=WAIT_MS)
    assert (stack.teams, [layer.visible for layer in stack.layers], stack.style_name) == before


def test_closing_the_project_closes_the_dialog(open_window: OpenWindow, project_file: Path, qtbot: QtBot) -> None:
    """Nothing is drawn of a project that is gone."""
    window = open_window(project_file)
    _open(window, qtbot)
    window.session.close()
    qtbot.waitUntil(lambda: window.printing.layouts is None)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_label_is_cut(
    lang: Language, speaking: Callable[[Language], None], open_window: OpenWindow, project_file: Path, qtbot: QtBot
) -> None:
    """On a small screen every label and choice of the form can be read in either language, and reached by name."""
    speaking(lang)
    dialog = _open(open_window(project_file), qtbot)
    dialog.resize(1024, 700)
    qtbot.wait(50)
    form = dialog.form
    for widget in (*form.findChildren(QLabel), *form.findChildren(QCheckBox), *dialog.findChildren(QPushButton)):
        if widget.isVisible() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.width() >= widget.sizeHint().width() - 1, widget.text()
    for combo in form.findChildren(QComboBox):
        words = combo.fontMetrics()
        longest = max(words.horizontalAdvance(combo.itemText(place)) for place in range(combo.count()))
        assert combo.width() >= longest + 24, combo.accessibleName()
    for kind in (QComboBox, QSpinBox, QLineEdit):
        for widget in form.findChildren(kind):
            owner = widget.parent()
            assert widget.accessibleName() or isinstance(owner, (QComboBox, QSpinBox))


def test_what_stands_on_the_map_is_chosen_in_the_menu(
    open_window: OpenWindow, project_file: Path, qtbot: QtBot
) -> None:
    """Each entry of View, Map furniture changes the picture, and what is ticked is kept for the next start."""
    window = open_window(project_file)

    def seen() -> QImage:
        qtbot.waitUntil(lambda: window.canvas.is_drawn)
        return window.canvas.grab().toImage()

    pictures = [seen()]
    for name in ("north", "legend", "grid", "bar"):
        window.furniture.actions[name].toggle()
        pictures.append(seen())
    assert all(one != other for one, other in pairwise(pictures))
    assert window.settings.furniture == "north,legend,grid"
    for action in window.furniture.actions.values():
        assert action.statusTip()
