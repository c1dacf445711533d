"""The rows of a ledger as a table: what becomes of each, what is wrong with it, and its cells."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from geo.language import tr
from gui import theme

if TYPE_CHECKING:
    from geo.exchange.importing import Prepared
    from geo.exchange.ledger import Ledger
    from geo.store.edits import RowChange

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
FIXED = 3
SAMPLE_WARNING = QColor("#8a5a00")
FILTERS = ("all", "problems", "added", "changed", "refused")


class RowsModel(QAbstractTableModel):
    """Serve the rows of a ledger; three columns say what becomes of them, the others are the ledger's own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ledger: Ledger | None = None
        self._prepared: Prepared | None = None
        self._said: dict[int, str] = {}
        self._refused: set[int] = set()
        self._shown: list[int] | range = []
        self._filter = "all"

    def show_ledger(self, ledger: "Ledger", prepared: "Prepared | None") -> None:
        """Show a ledger, with what would become of its rows once that is known."""
        self.beginResetModel()
        self._ledger, self._prepared = ledger, prepared
        self._said, self._refused = {}, set()
        if prepared is not None:
            self._take_problems(prepared)
        self._apply_filter()
        self.endResetModel()

    def _take_problems(self, prepared: "Prepared") -> None:
        from geo.exchange.report import sentence

        said: dict[int, list[str]] = defaultdict(list)
        for problem in prepared.problems:
            said[problem.at].append(sentence(prepared, problem))
            if problem.refused:
                self._refused.add(problem.at)
        changes = {change.id: change for change in prepared.changes if change.kind == "update"}
        for at, row_id in enumerate(prepared.ids):
            if row_id in changes:
                said[at].append(_differences(prepared, changes[row_id]))
        self._said = {at: "; ".join(texts) for at, texts in said.items()}

    def set_filter(self, name: str) -> None:
        """Show all rows, or those with problems, added, changed or refused."""
        self.beginResetModel()
        self._filter = name
        self._apply_filter()
        self.endResetModel()

    def _apply_filter(self) -> None:
        count = len(self._ledger) if self._ledger is not None else 0
        prepared = self._prepared
        if prepared is None or self._filter == "all":
            self._shown = range(count)
        elif self._filter == "problems":
            self._shown = sorted({problem.at for problem in prepared.problems})
        else:
            self._shown = [at for at, fate in enumerate(prepared.fates.tolist()) if fate == self._filter]

    def count(self, name: str) -> int:
        """Return how many rows a filter lets pass."""
        if self._ledger is None or self._prepared is None:
            return len(self._ledger) if self._ledger is not None and name == "all" else 0
        if name == "all":
            return len(self._ledger)
        if name == "problems":
            return len({problem.at for problem in self._prepared.problems})
        return self._prepared.count(name)

    def place_of(self, at: int) -> int:
        """Return where a row of the ledger stands in the table; -1 where it is not shown."""
        try:
            return self._shown.index(at)
        except ValueError:
            return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt has it
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt has it
        """Return the number of columns."""
        return 0 if parent.isValid() or self._ledger is None else FIXED + len(self._ledger.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole or self._ledger is None:
            return None
        fixed = (tr("Row"), tr("Outcome"), tr("Remarks"))
        return fixed[section] if section < FIXED else self._ledger.titles[section - FIXED]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if self._ledger is None or not index.isValid():
            return None
        at = self._shown[index.row()]
        if role == RowRole:
            return at
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(at, index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() < FIXED:
            if at in self._refused:
                return theme.ALARM
            return SAMPLE_WARNING if index.column() == 2 and at in self._said else None
        return None

    def _text(self, at: int, column: int) -> str:
        if self._ledger is None:
            return ""
        if column == 0:
            return str(int(self._ledger.numbers[at]))
        if column == 1:
            return outcome(str(self._prepared.fates[at])) if self._prepared is not None else ""
        if column == 2:
            return self._said.get(at, "")
        cell = self._ledger.columns[column - FIXED][at]
        return "" if cell is None else str(cell)


def outcome(fate: str) -> str:
    """Return in words what becomes of a row; a mark in front tells them apart without colour."""
    return {
        "added": tr("+ new"),
        "changed": tr("~ changed"),
        "same": tr("= as before"),
        "refused": tr("× refused"),
    }[fate]


def _differences(prepared: "Prepared", change: "RowChange") -> str:
    from geo.model import TABLES

    table = TABLES[prepared.recipe.table]
    said = []
    for name, after in (change.after or {}).items():
        if name == "geometry":
            said.append(tr("moved"))
        elif name != "placed_by":
            before = (change.before or {}).get(name)
            said.append(f"{table.column(name).title()}: {_short(before)} → {_short(after)}")
    return "; ".join(said)


def _short(value: object) -> str:
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= 30 else f"{text[:29]}…"
