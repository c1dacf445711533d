"""What tests of the map's tools share: a mouse that clicks, drags and waits until the map is still."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.canvas import Canvas
from gui.window import Window

LEFT, FREE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no work is left."""
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)


def take(qtbot: QtBot, window: Window, command: str) -> Canvas:
    """Choose a tool by its command and return the map, ready to snap."""
    window.actions_by_name.by_name[command].trigger()
    settle(qtbot, window)
    return window.canvas


def move(canvas: Canvas, at: tuple[float, float], keys: Qt.KeyboardModifier = FREE) -> None:
    """Move the mouse to a pixel of the map."""
    _send(canvas, QEvent.Type.MouseMove, at, keys)


def click(canvas: Canvas, *places: tuple[float, float], keys: Qt.KeyboardModifier = FREE) -> None:
    """Click at pixels of the map, one after the other; Ctrl keeps a click from snapping."""
    for at in places:
        move(canvas, at, keys)
        _send(canvas, QEvent.Type.MouseButtonPress, at, keys, LEFT, LEFT)
        _send(canvas, QEvent.Type.MouseButtonRelease, at, keys, LEFT)


def double_click(canvas: Canvas, at: tuple[float, float], keys: Qt.KeyboardModifier = FREE) -> None:
    """Click twice at a pixel of the map, as Qt tells it: the second press is another event."""
    click(canvas, at, keys=keys)
    _send(canvas, QEvent.Type.MouseButtonDblClick, at, keys, LEFT, LEFT)
    _send(canvas, QEvent.Type.MouseButtonRelease, at, keys, LEFT)


def drag(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], keys: Qt.KeyboardModifier = FREE
) -> None:
    """Drag from one pixel of the map to another."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    move(canvas, start, keys)
    _send(canvas, QEvent.Type.MouseButtonPress, start, keys, LEFT, LEFT)
    for at in (middle, end):
        _send(canvas, QEvent.Type.MouseMove, at, keys, buttons=LEFT)
    _send(canvas, QEvent.Type.MouseButtonRelease, end, keys, LEFT)


def _send(
    canvas: Canvas,
    kind: QEvent.Type,
    place: tuple[float, float],
    keys: Qt.KeyboardModifier,
    button: Qt.MouseButton = Qt.MouseButton.NoButton,
    buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
) -> None:
    at = QPointF(*place)
    # QTest moves the pointer of the screen, which tells the widget later or never.
    QApplication.sendEvent(canvas, QMouseEvent(kind, at, QPointF(canvas.mapToGlobal(at)), button, buttons, keys))


def press_key(canvas: Canvas, *keys: Qt.Key, held: Qt.KeyboardModifier = FREE) -> None:
    """Press keys while the map has the keyboard."""
    for key in keys:
        QTest.keyClick(canvas, key, held)


def lonlat_at(canvas: Canvas, at: tuple[float, float]) -> tuple[float, float]:
    """Return the place under a pixel of the map in degrees."""
    lon, lat = canvas.view.screen_to_lonlat([at])[0].tolist()
    return lon, lat


def pixel_of(canvas: Canvas, lonlat: tuple[float, float]) -> tuple[float, float]:
    """Return the pixel of a place in degrees."""
    x, y = canvas.view.lonlat_to_screen([lonlat])[0].tolist()
    return x, y
