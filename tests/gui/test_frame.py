"""The frame of the window: who has the keyboard at first, what lies over the map, and how little room is shared."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QStyle, QStyleOptionComboBox, QToolButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from geo.language import Language
from gui import datums
from gui.help import ShortcutsDialog
from gui.settings import Settings
from gui.window import Window
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """Return a window without a project."""
    return open_window()


def cross_of(bar: QWidget) -> QToolButton:
    """Return the button that closes a bar."""
    return next(button for button in bar.findChildren(QToolButton) if "Close" in button.accessibleName())


def test_the_map_has_the_keyboard_at_the_start(window: Window) -> None:
    """The arrow keys move the map at once; a letter typed by chance searches nothing."""
    assert QApplication.focusWidget() is window.canvas


def test_what_opens_over_the_map_does_not_move_it(open_window: OpenWindow, sample_file: Path) -> None:
    """Under the mouse stays what was there when a line or a message opens, and when it closes."""
    window = open_window(sample_file)
    canvas, before = window.canvas, (window.canvas.view, window.canvas.mapToGlobal(QPoint(0, 0)))
    window.actions_by_name.by_name["select_where"].trigger()
    window.actions_by_name.by_name["goto"].trigger()
    window.session.tell("Something happened.")
    QApplication.processEvents()
    bars = [window.messages, window.choosing.query, window.editing.goto]
    tops = [bar.mapTo(window, QPoint(0, 0)).y() for bar in bars]
    assert all(bar.isVisible() and bar.width() == canvas.width() for bar in bars)
    assert tops == sorted(set(tops))
    assert (canvas.view, canvas.mapToGlobal(QPoint(0, 0))) == before
    for bar in bars:
        cross_of(bar).click()
    QApplication.processEvents()
    assert not any(bar.isVisible() for bar in bars)
    assert (canvas.view, canvas.mapToGlobal(QPoint(0, 0))) == before


def test_the_mouse_reaches_the_map_beside_and_below_the_bars(window: Window) -> None:
    """With no bar open nothing lies over the map; an open one has its own strip only."""
    canvas = window.canvas
    top, middle = QPoint(canvas.width() // 2, 1), canvas.rect().center()

    def under(place: QPoint) -> QWidget | None:
        return window.childAt(canvas.mapTo(window, place))

    assert under(top) is canvas
    window.session.tell("Something happened.")
    QApplication.processEvents()
    assert under(top) is not canvas
    assert under(middle) is canvas


def test_all_bars_close_with_the_same_cross(window: Window) -> None:
    """Message, condition, distance and coordinate have one and the same sign to close them."""
    bars = (window.messages, window.choosing.query, window.choosing.distance, window.editing.goto)
    assert len({cross_of(bar).icon().cacheKey() for bar in bars}) == 1
    assert not cross_of(window.messages).icon().isNull()


def test_the_chosen_datum_is_read_whole(open_window: OpenWindow, sample_file: Path) -> None:
    """However long its name in the list is, the box of the narrow bar shows all of what stands in it."""
    window = open_window(sample_file)
    window.actions_by_name.by_name["goto"].trigger()
    box: QComboBox = window.editing.goto.datum
    look = QStyleOptionComboBox()
    box.initStyleOption(look)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, look, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    names = [box.itemData(row) for row in range(box.count())]
    assert len(names) == 6
    widest = max(names, key=lambda name: box.fontMetrics().horizontalAdvance(datums.short(name)))
    assert box.fontMetrics().horizontalAdvance(datums.short(widest)) <= room.width()
    pictures = set()
    for row in range(box.count()):
        box.setCurrentIndex(row)
        pictures.add(bytes(box.grab().toImage().constBits()))
    assert len(pictures) == len(names)


def test_a_small_window_keeps_most_of_its_room_for_the_map(qtbot: QtBot) -> None:
    """On the screen of the test, 800 pixels wide, the window is not made for a larger one, nor a panel too wide."""
    window = Window(Settings())
    qtbot.addWidget(window)
    window.show()
    assert window.width() <= 1024
    assert window.height() <= window.screen().availableSize().height()
    assert window.canvas.width() > max(window.layers_dock.width(), window.side_dock.width())
    window.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_of_keys_has_those_of_the_table(
    qtbot: QtBot, speaking: Callable[[Language], None], lang: Language
) -> None:
    """F1 tells of the space bar, of Enter and of Ctrl+Enter in the table, in both languages."""
    speaking(lang)
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    tree = dialog.findChild(QTreeWidget)
    assert tree is not None
    wanted = {"en": ("Space bar", "Ctrl+Enter", "Shift+space bar"), "zh": ("空格", "Ctrl+回车", "Shift+空格")}[lang]
    for keys in wanted:
        assert tree.findItems(keys, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, 1), keys


def test_escape_closes_a_bar_over_the_map(window: Window) -> None:
    """The keyboard goes back to the map with Escape."""
    window.choosing.distance.open_for(routes=True)
    QTest.keyClick(window.choosing.distance, Qt.Key.Key_Escape)
    assert not window.choosing.distance.isVisible()
    assert window.canvas.hasFocus()
