"""What the lists, tables and long work of all panels have in common to look at and to use."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QProgressBar, QTableView, QWidget

from geo.language import tr


def row_table(model: QAbstractItemModel, name: str) -> QTableView:
    """Return a dense table whose rows are chosen one at a time; `name` is what a screen reader says."""
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 5)
    view.horizontalHeader().setHighlightSections(False)
    return view


def add_action(widget: QWidget, text: str, act: Callable[[], object], *keys: str) -> QAction:
    """Give a widget a command of its own, whose keys work while the widget has the keyboard."""
    action = QAction(text, widget)
    action.setShortcuts([QKeySequence(each) for each in keys])
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.triggered.connect(lambda _checked=False: act())
    widget.addAction(action)
    return action


def progress_line() -> QProgressBar:
    """Return a thin bar of a thousand steps that shows how far long work is."""
    bar = QProgressBar()
    bar.setRange(0, 1000)
    bar.setTextVisible(False)
    bar.setFixedHeight(8)
    bar.setAccessibleName(tr("Progress"))
    return bar


def check_all(items: QListWidget, state: Qt.CheckState) -> None:
    """Tick every item of a list that can be, or none, in one go: the list tells nobody of it."""
    items.blockSignals(True)
    for place in range(items.count()):
        if items.item(place).flags() & Qt.ItemFlag.ItemIsEnabled:
            items.item(place).setCheckState(state)
    items.blockSignals(False)
    items.viewport().update()
