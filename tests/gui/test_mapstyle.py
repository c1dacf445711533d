"""The look of the map changed by the user: seen at once, kept with the project, undone, and told in the legend."""

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.classingform import ClassingForm
from gui.layerspanel import NameRole
from gui.settings import Settings
from gui.styledialog import StyleDialog
from gui.styleparts import PartEditor, parts
from gui.window import Window
from layers import classes, restyling, style
from tests.gui.conftest import OpenWindow


def drawn(qtbot: QtBot, window: Window) -> None:
    """Wait until the map shows what it should."""
    qtbot.waitUntil(lambda: not window.style_of_map._work.is_busy)
    qtbot.waitUntil(lambda: window.canvas.is_drawn)


def ground(window: Window) -> QColor:
    """Return the colour in the corner of the map, outside of the district."""
    return window.canvas.grab().toImage().pixelColor(QPoint(12, 30))


def test_the_map_wears_the_style_chosen(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """View > Map style changes the map at once, and the next window begins with it."""
    settings = Settings()
    window = open_window(sample_file, settings)
    assert ground(window) == style.load("light").outside
    menu = window.actions_by_name.menus["style"]
    dark = menu.actions()[1]
    dark.trigger()
    drawn(qtbot, window)
    assert ground(window) == style.load("dark").outside
    assert settings.map_style == "dark"
    window.close()
    again = open_window(sample_file, settings)
    drawn(qtbot, again)
    assert ground(again) == style.load("dark").outside


def test_a_colour_is_tried_kept_and_undone(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """A colour looked at is shown without being kept; once chosen it is in the file; undo brings the old one back."""
    window = open_window(project_file)
    dialog = StyleDialog(window.style_of_map, window)
    dialog.show()
    dialog.list.setCurrentRow(dialog.list.count() - 1)
    editor = dialog.editor
    assert isinstance(editor, PartEditor)
    path = next(path for path in editor.editors if path == ("outside",))
    editor.tried.emit(path, "#00FF00")
    qtbot.waitUntil(lambda: not dialog._try.isActive())
    drawn(qtbot, window)
    assert ground(window) == QColor("#00FF00")
    assert window.style_of_map.text == ""
    editor.tried.emit(path, None)
    qtbot.waitUntil(lambda: not dialog._try.isActive())
    drawn(qtbot, window)
    assert ground(window) == style.load("light").outside
    editor.changed.emit(path, "#0000FF")
    drawn(qtbot, window)
    assert ground(window) == QColor("#0000FF")
    assert "#0000FF" in window.session.open_project().setting("style")
    window.session.undo()
    drawn(qtbot, window)
    assert ground(window) == style.load("light").outside
    dialog.close()


def test_every_part_can_be_edited(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """Each part of the style has editors whose values the style takes."""
    window = open_window(project_file)
    for part in parts(window.style_of_map.kind_titles()):
        editor = PartEditor(part, "light", "")
        qtbot.addWidget(editor)
        assert editor.editors, part.name
        for path, widget in editor.editors.items():
            assert widget.accessibleName()
            own = restyling.value_at(style.read("light"), path)
            value = 1.5 if path[-1] == restyling.WIDTH_FACTOR else own
            assert restyling.Changes().with_value("light", path, value)


def test_sites_are_coloured_by_a_column(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """Coloured by kind, the legend lists the kinds with their counts, Enter selects one, and undo takes it back."""
    window = open_window(project_file)
    dialog = StyleDialog(window.style_of_map, window)
    dialog.show()
    form = dialog.editor
    assert isinstance(form, ClassingForm)
    form.column.setCurrentIndex(form.column.findData("kind"))
    form.column.activated.emit(form.column.currentIndex())
    drawn(qtbot, window)
    stack = window.session.stack
    assert stack is not None
    frame = window.session.open_project().frame("sites")
    heading = window.layers.tree.topLevelItem(0)
    assert heading is not None
    rows = [heading.child(at) for at in range(heading.childCount())]
    assert sorted(int(row.text(1)) for row in rows) == sorted(frame["kind"].value_counts().tolist())
    window.layers.tree.itemActivated.emit(rows[0], 0)
    assert len(window.session.selection.ids) == int(rows[0].text(1))
    assert isinstance(rows[0].data(0, NameRole), int)
    window.session.undo()
    drawn(qtbot, window)
    assert not stack.sites.classes
    dialog.close()


def test_classes_follow_the_data(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """A site that gets another value moves to another class on the map."""
    window = open_window(project_file)
    written = classes.written(classes.Classing(column="risk", label="code"))
    window.style_of_map.keep(restyling.Changes(sites=written))
    drawn(qtbot, window)
    project, stack = window.session.open_project(), window.session.stack
    assert stack is not None
    site = str(project.frame("sites").index[project.frame("sites")["risk"] == "low"][0])
    from geo.store.edits import edit, update

    before = dict(stack.sites.class_counts())
    window.session.apply(edit("risk", [update("sites", site, project.row("sites", site), {"risk": "high"})]))
    qtbot.waitUntil(lambda: stack.sites.class_counts() != before)
    drawn(qtbot, window)
    after = stack.sites.class_counts()
    assert after["high"][1] == before["high"][1] + 1
    assert after["low"][1] == before["low"][1] - 1
