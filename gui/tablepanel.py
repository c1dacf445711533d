"""The panel of the sites table: puts the filters, the view, the clipboard and the totals together."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from geo.language import tr
from gui import table
from gui.refusedcells import RefusedCells
from gui.session import Session
from gui.slices import Slices
from gui.tableclipboard import Clipboard
from gui.tablecolumns import Columns
from gui.tablefilters import FilterBar
from gui.tablemodel import SitesModel
from gui.tableselection import SharedSelection
from gui.tabletotals import TotalsLine
from gui.tableview import SitesView

WARM_MS = 2000
"""So long after a project was opened the orders of columns are found: the map is drawn first."""


class TablePanel(QWidget):
    """Show the sites with a line to search them and ready filters; selecting cells selects on the map and back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = SitesModel(session, self)
        self.bar = FilterBar(session, self.model)
        self.search = self.bar.search
        self.view = SitesView(self.model)
        self.shared = SharedSelection(session, self.model, self.view)
        self.columns = Columns(self.model, self.view, self.bar)
        self.clipboard = Clipboard(session, self.model, self.view, self.shared)
        self.refused = RefusedCells(self.model)
        self.totals = TotalsLine(session, self.model, self.view, self.shared)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, self.refused):
            column.addWidget(widget)
        column.addWidget(self.view, 1)
        column.addWidget(self.totals)
        self.setFocusProxy(self.view)
        self._connect()

    def _connect(self) -> None:
        self.bar.counted.connect(self.totals.refresh)
        self.search.down.connect(self._enter)
        self.bar.left.connect(self._enter)
        self.view.up_wanted.connect(lambda: self.search.setFocus(Qt.FocusReason.OtherFocusReason))
        self.view.escaped.connect(self._on_escape)
        self.view.cells.wanted_in_all.connect(self.clipboard.fill)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.clipboard.refused.connect(self.refused.show_cells)
        self.refused.wanted.connect(self.view.go_to)
        self.refused.left.connect(self._enter)
        self.model.loaded.connect(lambda: self.refused.show_cells((), 0))
        self._readying = Slices(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WARM_MS)
        self._later.timeout.connect(self._warm)
        self.model.loaded.connect(self._later.start)
        self.session.released.connect(self._later.stop)
        self.session.released.connect(self._readying.stop)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Edit menu does with cells, by the name of the command."""
        return {
            "copy_cells": self.clipboard.copy,
            "copy_cells_heads": lambda: self.clipboard.copy(heads=True),
            "paste_cells": self.clipboard.paste,
            "fill_down": self.clipboard.fill_down,
            "table_columns": self.show_columns,
        }

    # Filters

    def choose_filter(self, name: str) -> None:
        """Show the sites of one of the ready filters, ``all`` for every site: see `gui.tablefilters.READY`."""
        self.bar.choose(name)

    def sites_of(self, name: str) -> AbstractSet[str] | None:
        """Return the ids that a ready filter lets pass; None lets all pass."""
        if name == "all":
            return None
        if name == "unplaced" and self.session.project is not None:
            from geo.places.placing import unplaced

            return frozenset(unplaced(self.session.project))
        return self.model.arrangement.ids_of(name)

    def _warm(self) -> None:
        """Find out before it is asked for what sorting by the columns shown takes; numbers are quick."""
        columns = [self.model.columns[place] for place in self.view.visible_columns()]
        self.model.arrangement.warm([column.name for column in columns if not table.is_number(column)])
        self._readying.start(self._ready(), _nothing)

    def _ready(self) -> Iterator[None]:
        """Make ready for cells to be changed."""
        from geo.store import frames

        for frame in (self.session.open_project().frame("sites"), self.session.statuses):
            if frame is not None:
                yield from frames.preparing(frame)

    # Going about

    def _enter(self) -> None:
        """Go from the line to search into the table."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0, self.view.visible_columns()[0]))

    def _on_escape(self) -> None:
        if self.bar.is_filtering:
            self.bar.clear()

    def show_columns(self) -> None:
        """Open the list of columns to be ticked."""
        menu = self.columns.list_menu(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.mapToGlobal(QPoint(24, 0)))

    def _show_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        current = self.view.currentIndex()
        if not index.isValid() or not self.view.viewport().rect().contains(position):
            # The menu key asks in the middle of the view, or wherever the mouse is.
            index, position = current, self.view.visualRect(current).bottomLeft()
        if not index.isValid():
            return
        menu = self.menu(index.column())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(position))

    def menu(self, column: int) -> QMenu:
        """Return the menu of a cell in a column."""
        menu, names = QMenu(self), ("copy_cells", "copy_cells_heads", "paste_cells", "fill_down")
        edit = menu.addAction(tr("&Edit the cell"))
        edit.setEnabled(table.is_editable(self.model.columns[column]) and self.session.can_write)
        edit.setShortcut(QKeySequence(Qt.Key.Key_F2))
        edit.triggered.connect(lambda: self.view.edit(self.view.currentIndex()))
        menu.addAction(tr("Select whole &rows")).triggered.connect(self.view.select_rows)
        for name in (*names, None, "fit_selection", "site_history", "delete_sites"):
            if name is None:
                menu.addSeparator()
            elif action := self.window().findChild(type(edit), name):
                menu.addAction(action)
        menu.addSeparator()
        menu.addMenu(self.columns.menu(column))
        return menu


def _nothing() -> None:
    """Do nothing at the end."""
