"""The view of the table of sites: the keys of a spreadsheet, and editors that keep what is wrong."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from geo.language import tr
from gui.celleditors import CellDelegate
from gui.frozenview import FrozenView
from gui.tablemodel import SitesModel

Flag = QItemSelectionModel.SelectionFlag


class SitesView(FrozenView):
    """Show the sites; `toggled` is the row that the space bar was pressed in, `escaped` that Escape was."""

    toggled = Signal(int)
    escaped = Signal()
    up_wanted = Signal()

    def __init__(self, model: SitesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.setAccessibleName(tr("Sites"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        # Rows of one height: nothing is measured row by row.
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(self.verticalHeader().ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.heads.setHighlightSections(False)
        self.heads.setSectionsMovable(True)
        self.heads.setSortIndicatorClearable(True)
        self.heads.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.cells.moved.connect(self._move)

    def visible_columns(self) -> list[int]:
        """Return the columns shown, as they stand from the left, by their logical number."""
        heads = self.heads
        order = (heads.logicalIndex(visual) for visual in range(heads.count()))
        return [logical for logical in order if not heads.isSectionHidden(logical)]

    def select_rows(self) -> None:
        """Take the rows whole in which cells are selected."""
        self.selectionModel().select(self.selectionModel().selection(), Flag.Select | Flag.Rows)

    def _move(self, down: int, right: int) -> None:
        """Go on to another cell after an edit."""
        current, columns = self.currentIndex(), self.visible_columns()
        if not current.isValid() or current.column() not in columns:
            return
        at = min(max(columns.index(current.column()) + right, 0), len(columns) - 1)
        row = min(max(current.row() + down, 0), self.model().rowCount() - 1)
        self.setCurrentIndex(self.model().index(row, columns[at]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Know the keys of a spreadsheet that Qt does not: the space bar, Enter, Escape and Up in the first row."""
        key, modifiers = event.key(), event.modifiers()
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        current = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space and current.isValid() and modifiers == Qt.KeyboardModifier.ShiftModifier:
            self.select_rows()
        elif key == Qt.Key.Key_Space and current.isValid() and plain:
            self.toggled.emit(current.row())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._move(1, 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers == Qt.KeyboardModifier.ShiftModifier:
            self._move(-1, 0)
        elif key == Qt.Key.Key_Escape and plain:
            self.escaped.emit()
        elif key == Qt.Key.Key_Up and plain and current.row() <= 0:
            self.up_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Stay in the cell that is edited while what is typed there is wrong."""
        if self.cells.check():
            super().mousePressEvent(event)
        elif self.cells.editor is not None:
            self.cells.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def viewportEvent(self, event: QEvent) -> bool:
        """Do not open an editor elsewhere by a double click while one holds what is wrong."""
        if event.type() == QEvent.Type.MouseButtonDblClick and not self.cells.check():
            return True
        return super().viewportEvent(event)

    def go_to(self, place: int, column: int) -> None:
        """Put the cursor into a cell and show it."""
        index: QModelIndex = self.model().index(place, column)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
