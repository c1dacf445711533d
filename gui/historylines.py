"""The lines of history as a table, the newest first, read page by page as somebody scrolls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from geo.language import tr

if TYPE_CHECKING:
    from geo.store.base import Line

Index = QModelIndex | QPersistentModelIndex
_ROWS = 3
"""The column with the number of rows that a line changed."""


class LinesModel(QAbstractTableModel):
    """Serve lines of history; `more_wanted` asks for those older than the last one."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.is_whole = True
        """Whether there is nothing older than the last line."""
        self._headings = (tr("When"), tr("Who"), tr("What"), tr("Rows"))
        self._asked = False

    def clear(self) -> None:
        """Show nothing."""
        self.show_page([], is_last=True)

    def show_page(self, lines: "Sequence[Line]", *, is_last: bool) -> None:
        """Show the newest lines in place of the present ones."""
        self.beginResetModel()
        self.lines, self.is_whole, self._asked = list(lines), is_last, False
        self.endResetModel()

    def add_page(self, lines: "Sequence[Line]", *, is_last: bool) -> None:
        """Show older lines below the present ones."""
        self.is_whole, self._asked = is_last, False
        if lines:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(lines) - 1)
            self.lines += lines
            self.endInsertRows()

    def add_news(self, lines: "Sequence[Line]", *, is_last: bool) -> None:
        """Show the newest lines, of which some may be there already, above the present ones."""
        self._asked = False
        known = {line.id for line in self.lines}
        fresh = next((at for at, line in enumerate(lines) if line.id in known), None)
        if fresh is None:
            self.show_page(lines, is_last=is_last)
        elif fresh:
            self.beginInsertRows(QModelIndex(), 0, fresh - 1)
            self.lines[:0] = lines[:fresh]
            self.endInsertRows()

    def place(self, line_id: str) -> int:
        """Return the row of a line; -1 if it is not shown."""
        return next((at for at, line in enumerate(self.lines) if line.id == line_id), -1)

    # What a view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines are read so far."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether there are older lines that were not asked for yet."""
        return not parent.isValid() and not self.is_whole and not self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for older lines; the view calls it when its end comes into sight."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        from geo.wording import moment

        line = self.lines[index.row()]
        count = "?" if line.count is None else f"{line.count:,}"
        return (moment(line.at), line.who, line.title, count)[index.column()]


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == _ROWS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
