"""The menu of the languages that the window can speak, each by its own name."""

from collections.abc import Callable

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from geo.language import Language, current

NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


def fill(menu: QMenu, choose: Callable[[str], object]) -> None:
    """Fill the menu; `choose` is called with the code of the language that is wanted."""
    group = QActionGroup(menu)
    for language, name in NAMES.items():
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(language == current())
        action.triggered.connect(lambda _on=False, language=language: choose(language))
        group.addAction(action)
