"""The actions of the window: made from the table of commands, placed in menus and toolbar, let through when needed."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from geo.language import tr
from gui import theme
from gui.menus import LABELLED, TOOLBAR, Entry, Needs, Submenu, sections


class Actions:
    """The window's actions by name, connected and placed.

    Parameters
    ----------
    window
        Whose menu bar and toolbar are filled.
    handlers
        What each command does; there is exactly one for each.
    """

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Callable[[], object]]) -> None:
        self.by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._needs: dict[str, Needs] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._window = window
        for section in sections():
            menu = window.menuBar().addMenu(section.title)
            self.menus[section.name] = menu
            for entry in section.entries:
                self._place(menu, entry, handlers)
        self.toolbar = self._make_toolbar()

    def _place(self, menu: QMenu, entry: Entry | Submenu | None, handlers: Mapping[str, Callable[[], object]]) -> None:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, Submenu):
            self.menus[entry.name] = menu.addMenu(entry.title)
        else:
            menu.addAction(self._make(entry, handlers[entry.name]))

    def _make(self, entry: Entry, handler: Callable[[], object]) -> QAction:
        action = QAction(entry.text, self._window)
        action.setObjectName(entry.name)
        action.setIconText(entry.plain)
        keys = QKeySequence(entry.keys).toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{entry.plain} ({keys})" if keys else entry.plain)
        action.setStatusTip(entry.tip)
        if entry.keys:
            action.setShortcut(QKeySequence(entry.keys))
        if entry.icon:
            action.setIcon(theme.icon(entry.icon))
        if entry.group:
            action.setCheckable(True)
            self._groups.setdefault(entry.group, QActionGroup(self._window)).addAction(action)
        action.triggered.connect(lambda _checked=False: handler())
        self.by_name[entry.name] = action
        self._needs[entry.name] = entry.needs
        return action

    def _make_toolbar(self) -> QToolBar:
        bar = QToolBar(tr("Toolbar"), self._window)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        for name in TOOLBAR:
            if name is None:
                bar.addSeparator()
                continue
            bar.addAction(self.by_name[name])
            if name in LABELLED:
                show_text(bar, self.by_name[name])
        self._window.addToolBar(bar)
        return bar

    def enable(self, there: frozenset[Needs]) -> None:
        """Let through only the commands whose need is met."""
        for name, action in self.by_name.items():
            action.setEnabled(not self._needs[name] or self._needs[name] in there)

    def show_steps(self, undo: str, redo: str) -> None:
        """Say in the menu what would be taken back and made again; nothing of it where the title is empty."""
        self.by_name["undo"].setText(tr("&Undo: {what}", what=undo.replace("&", "&&")) if undo else tr("&Undo"))
        self.by_name["redo"].setText(tr("&Redo: {what}", what=redo.replace("&", "&&")) if redo else tr("&Redo"))


def show_text(bar: QToolBar, action: QAction) -> None:
    """Show an action's text beside its icon in a toolbar."""
    button = bar.widgetForAction(action)
    if isinstance(button, QToolButton):
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
