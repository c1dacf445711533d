"""The closures, or the areas of one kind, as a table: name, dates or kind, and size."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from geo import geodesic
from geo.language import tr
from geo.model import CLOSURES
from gui import theme
from gui.fields import name_in

if TYPE_CHECKING:
    from geo.store.project import Project

Index = QModelIndex | QPersistentModelIndex
NAME, START, END, SIZE = range(4)


class AreasModel(QAbstractTableModel):
    """Serve closures, or the areas of one kind, to a table view; sizes are measured when they are seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table, self.kind = "closures", ""
        self.ids: list[str] = []
        self._names: Sequence[str] = ()
        self._dates: Sequence[tuple[str, str]] = ()
        self._shapes: Sequence[Any] = ()
        self._sizes: dict[str, str] = {}
        self._today = ""

    def show_rows(self, project: "Project | None", table: str, kind: str) -> None:
        """Show the closures, or the areas of a kind, of a project."""
        self.beginResetModel()
        self.table, self.kind = table, kind
        self.ids, self._names, self._dates, self._shapes, self._sizes = [], (), (), (), {}
        if project is not None:
            frame = project.frame(table)
            if table == "areas":
                frame = frame[(frame["kind"] == kind).to_numpy(dtype=bool)]
            else:
                frame = frame.sort_values(["from_date", "name"], ascending=[False, True])
                self._dates = list(zip(frame["from_date"].tolist(), frame["to_date"].tolist(), strict=True))
            self.ids = [str(row) for row in frame.index]
            pairs = zip(frame["name"].tolist(), frame["name_en"].tolist(), strict=True)
            self._names = [name_in({"name": name, "name_en": english}) for name, english in pairs]
            self._shapes = list(frame["geometry"].array)
            self._today = project.today().isoformat()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return how many columns there are."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            if section == SIZE:
                return tr("Ground area")
            return CLOSURES.column(("name", "from_date", "to_date")[section]).title()
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; a closure that is not in force steps back."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == SIZE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and not self.in_force(row):
            return theme.QUIET
        if role == Qt.ItemDataRole.ToolTipRole and not self.in_force(row):
            return tr("Not in force on {day}: neither drawn nor respected by routes", day=self._today)
        return None

    def _text(self, row: int, column: int) -> str:
        if column == NAME:
            return self._names[row] or "–"
        if column == SIZE:
            return self._size(row)
        if not self._dates:
            return ""
        start, end = self._dates[row]
        return start if column == START else end or tr("open")

    def _size(self, row: int) -> str:
        from geo.editing.areas import size_m2

        row_id = self.ids[row]
        if row_id not in self._sizes:
            self._sizes[row_id] = geodesic.written_area(size_m2(self._shapes[row]))
        return self._sizes[row_id]

    def in_force(self, row: int) -> bool:
        """Return whether the closure of a row counts on the project's day; an area always does."""
        if not self._dates:
            return True
        start, end = self._dates[row]
        return start <= self._today and (not end or end >= self._today)

    def bounds(self, row: int) -> tuple[float, float, float, float] | None:
        """Return what a row covers: west, south, east and north in degrees; None where it has no shape."""
        shape = self._shapes[row]
        if shape is None or shape.is_empty:
            return None
        west, south, east, north = shape.bounds
        return float(west), float(south), float(east), float(north)
