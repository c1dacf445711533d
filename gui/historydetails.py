"""What a line of history changed as a tree: its rows, and below each its columns before and after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from geo.language import tr
from geo.model import TABLES
from gui import theme

if TYPE_CHECKING:
    from geo.store.edits import RowChange
    from geo.wording import Cell, Wording

Index = QModelIndex | QPersistentModelIndex


class ChangesModel(QAbstractItemModel):
    """Serve changes of rows to a tree view; nothing is put into words until it is looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.changes: Sequence[RowChange] = ()
        self._wording: Wording | None = None
        self._cells: dict[int, list[Cell]] = {}
        self._headings = (tr("What was changed"), tr("Before"), tr("After"))
        self._kinds = {"insert": tr("added"), "delete": tr("deleted")}

    def show_changes(self, changes: "Sequence[RowChange]", wording: "Wording | None") -> None:
        """Show changes in place of the present ones."""
        self.beginResetModel()
        self.changes, self._wording = changes, wording
        self._cells.clear()
        self.endResetModel()

    def change_at(self, index: Index) -> "RowChange":
        """Return the change that a line belongs to."""
        return self.changes[index.row() if index.internalId() == 0 else index.internalId() - 1]

    def _cells_of(self, row: int) -> "list[Cell]":
        if row not in self._cells and self._wording is not None:
            self._cells[row] = self._wording.cells(self.changes[row])
        return self._cells.get(row, [])

    # What a view asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a line below another."""
        if not 0 <= row < self.rowCount(parent) or not 0 <= column < len(self._headings):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the row that a column belongs to."""
        at = index.internalId() if index.isValid() else 0
        return self.createIndex(at - 1, 0, 0) if at else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines are below another."""
        if not parent.isValid():
            return len(self.changes)
        if parent.column() > 0 or parent.internalId():
            return 0
        return len(self._cells_of(parent.row()))

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return whether there are lines below another, without putting them into words."""
        if not parent.isValid():
            return bool(self.changes)
        return parent.column() == 0 and parent.internalId() == 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line shows, and how."""
        if not index.isValid():
            return None
        is_row = index.internalId() == 0
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._row_text(index) if is_row else self._cell_text(index)
        if role == Qt.ItemDataRole.FontRole and is_row:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and not is_row and index.column() == 0:
            return theme.QUIET
        return None

    def _row_text(self, index: Index) -> str:
        change = self.change_at(index)
        if index.column() or self._wording is None:
            return ""
        called = tr("{table}: {row}", table=TABLES[change.table].title(), row=self._wording.called(change))
        return f"{called} – {self._kinds[change.kind]}" if change.kind in self._kinds else called

    def _cell_text(self, index: Index) -> str:
        cell = self._cells_of(index.internalId() - 1)[index.row()]
        return (cell.column, cell.before, cell.after)[index.column()]
