"""The menus: every command has its hint, its own keys and its own letter, in both languages."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction

from geo.language import Language
from gui.window import Window
from tests.gui.conftest import OpenWindow


def commands(window: Window) -> list[QAction]:
    """Return all commands that the menus show, but for what users named themselves."""
    return list(window.actions_by_name.by_name.values())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_says_what_it_does(
    open_window: OpenWindow, sample_file: Path, speaking: Callable[[Language], None], lang: Language
) -> None:
    """Each command has a tool tip and a hint for the status bar, and no key is given twice."""
    speaking(lang)
    window = open_window(sample_file)
    assert [action.text() for action in commands(window) if not action.statusTip() or not action.toolTip()] == []
    keys = Counter(key.toString() for action in commands(window) for key in action.shortcuts())
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_letter_of_a_menu_is_its_own(
    open_window: OpenWindow, speaking: Callable[[Language], None], lang: Language
) -> None:
    """Within a menu, and within the menu bar, no two entries have the same underlined letter."""
    speaking(lang)
    window = open_window()
    bars = [window.menuBar(), *(action.menu() for action in window.menuBar().actions() if action.menu())]
    for menu in bars:
        texts = [action.text().replace("&&", "") for action in menu.actions()]
        letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
        assert [letter for letter, times in letters.items() if times > 1] == [], texts


def test_every_tool_has_keys(open_window: OpenWindow, sample_file: Path) -> None:
    """Every tool of the mouse is taken up from the keyboard: by keys of its own or by a letter in its menu."""
    window = open_window(sample_file)
    tools = {name: action for name, action in window.actions_by_name.by_name.items() if name.startswith("tool_")}
    assert len(tools) > 8
    assert [name for name, action in tools.items() if not action.shortcuts() and "&" not in action.text()] == []
