"""What a check of a file has found as a table: which row and column, what is wrong, and how to mend it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from geo.language import tr

if TYPE_CHECKING:
    from geo.store.tables import Tables
    from geo.store.trouble import Trouble
    from geo.wording import Wording

Index = QModelIndex | QPersistentModelIndex


class TroublesModel(QAbstractTableModel):
    """Serve troubles to a view; the row of one is named when it is looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.troubles: Sequence[Trouble] = ()
        self._wording: Wording | None = None
        self._headings = (tr("Where"), tr("Column"), tr("What is wrong"), tr("How to mend it"))

    def show_troubles(self, troubles: "Sequence[Trouble]", tables: "Tables | None") -> None:
        """Show troubles in place of the present ones; `tables` is where their rows have their names."""
        from geo.wording import Wording

        self.beginResetModel()
        self.troubles, self._wording = troubles, Wording(tables)
        self.endResetModel()

    def where(self, trouble: "Trouble") -> str:
        """Return the place of a trouble in words."""
        return " › ".join(words for words in self._places(trouble) if words)

    def _places(self, trouble: "Trouble") -> tuple[str, str]:
        if self._wording is None:
            return "", ""
        wording = self._wording
        return wording.place(trouble.table, trouble.row_id), wording.title(trouble.table, trouble.column)

    # What a view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many troubles there are."""
        return 0 if parent.isValid() else len(self.troubles)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        trouble = self.troubles[index.row()]
        return (*self._places(trouble), trouble.what, trouble.mend)[index.column()]
