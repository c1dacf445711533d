"""Test `gui.visionmenu`: the map as others see it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QImage

from gui.window import Window
from layers import vision

OpenWindow = Callable[..., Window]


def _seen(window: Window) -> QImage:
    return window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_the_map_is_shown_as_chosen_and_back(open_window: OpenWindow, project_file: Path) -> None:
    """Each look changes all that the map shows, selection and scale bar as well; as it is, it looks as before."""
    window = open_window(project_file)
    window.session.selection.choose(set(list(window.session.project.frame("sites").index)[:5]))
    before = _seen(window)
    for look in vision.LOOKS:
        window.vision.actions[look].trigger()
        assert window.vision.look == look
        assert _seen(window) == vision.preview(before, look)
    window.vision.actions[None].trigger()
    assert _seen(window) == before


def test_grey_has_no_colour(open_window: OpenWindow, project_file: Path) -> None:
    """In grey neither the map nor the legend shows a colour."""
    window = open_window(project_file)
    window.vision.show("grey")
    assert _seen(window).allGray()
    assert window.layers.grab().toImage().allGray()


def test_every_look_is_told(open_window: OpenWindow) -> None:
    """Each entry of the menu can be reached by a key of its own and says in the status bar what it does."""
    actions = list(open_window().vision.actions.values())
    assert all(action.statusTip() and action.toolTip() for action in actions)
    keys = [action.text()[action.text().index("&") + 1].lower() for action in actions]
    assert len(set(keys)) == len(keys)
