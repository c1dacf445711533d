"""The model of the table of sites: cells read from the project where they lie, shown when they are looked at."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap

from geo.errors import XunluError
from geo.inspection.concerns import changes_status
from geo.model import SITES, Column
from gui import fields, table, theme
from gui.session import Session
from gui.table import Computed, Heading
from gui.tableorder import Arrangement

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from geo.tablework.sheet import Mask, Rows, Sheet

Index = QModelIndex | QPersistentModelIndex

ICON_PX = 16
DISPLAY = Qt.ItemDataRole.DisplayRole
READABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
EDITABLE = READABLE | Qt.ItemFlag.ItemIsEditable
IdRole = Qt.ItemDataRole.UserRole
ColumnRole = Qt.ItemDataRole.UserRole + 1
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SitesModel(QAbstractTableModel):
    """Serve the sites of the session's project to a table view.

    What is shown is an array of positions in the table of sites; sorting and filtering replace it.
    """

    loaded = Signal()
    """Other sites are served: a project was opened or closed, or sites came or went."""

    followed = Signal()
    """Cells have changed, or the statuses."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.columns = table.columns()
        self.place_of_column = {column.name: place for place, column in enumerate(self.columns)}
        self.pairs: dict[str, fields.Pairs] = {}
        self.titles: dict[str, dict[str, str]] = {}
        self.sheet: Sheet | None = None
        self.rows: Rows | None = None
        self.chosen: Mask | None = None
        """Which sites are selected, by position; they are tinted."""
        self._icons: dict[str, QIcon] = {}
        self.arrangement = Arrangement(session, self.show_rows, self)
        session.opened.connect(self.load)
        session.edited.connect(self._on_edit)

    # Filling

    def load(self) -> None:
        """Read the whole project anew."""
        project, statuses = self.session.project, self.session.statuses
        self._icons.clear()
        self.sheet, self.chosen = None, None
        if project is not None and statuses is not None:
            from geo.tablework.sheet import Sheet

            for column in self.columns:
                if isinstance(column, Column):
                    self.pairs[column.name] = fields.pairs_of(project, SITES, column)
                    self.titles[column.name] = dict(self.pairs[column.name])
                elif column.name == "status":
                    self.titles["status"] = {status: table.status_title(status) for status in table.URGENCY}
            self.sheet = Sheet(project, statuses, table.specs(self.columns, self.titles), table.SEARCHED)
            if self.sheet.count and self.arrangement.filter != type(self.arrangement.filter)():
                self.show_rows(self._all())
        self.arrangement.take(self.sheet)
        self.loaded.emit()

    def _all(self) -> "Rows":
        import numpy as np

        return np.arange(0 if self.sheet is None else self.sheet.count, dtype=np.int32)

    def show_rows(self, rows: "Rows") -> None:
        """Show the sites at some positions in this order."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _on_edit(self, edit: "Edit") -> None:
        touched = edit.tables()
        project, statuses = self.session.project, self.session.statuses
        if self.sheet is None or project is None or statuses is None or touched & {"kinds", "subdistricts", "imports"}:
            self.load()
            return
        sites = edit.changes_of("sites")
        assessed = changes_status(project, edit)
        if not sites and not assessed:
            return
        moved = any(change.kind != "update" for change in sites)
        if not self.sheet.follow(project, statuses, sites, assessed=assessed):
            self.load()
        elif moved:
            self.chosen = None
            self._leave_out()
            self.arrangement.take(self.sheet)
            self.loaded.emit()
        else:
            # A row stays where it is while it is edited; it is sorted and filtered again when asked for.
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))
            self.arrangement.forget()
            self.followed.emit()

    def _leave_out(self) -> None:
        """Show at once no more what is gone; the rest is filtered and sorted in slices."""
        from geo.tablework.upkeep import left_in

        sheet, rows = self.sheet, self.rows
        if sheet is None or rows is None:
            return
        if sheet.kept is not None:
            self.show_rows(left_in(rows, sheet.kept))
        elif rows.max(initial=-1) >= sheet.count:
            # Where very many went it is not told which; for a moment others are shown in their place.
            self.show_rows(rows[rows < sheet.count])

    # Sorting and finding rows

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is empty comes last either way."""
        name = self.columns[column].name if column >= 0 else ""
        self.arrangement.set_sort(name, descending=order is Qt.SortOrder.DescendingOrder)

    def site(self, place: int) -> str:
        """Return the id of the site in a shown row."""
        return "" if self.sheet is None else str(self.sheet.ids[self.position(place)])

    def position(self, place: int) -> int:
        """Return the position in the table of sites of a shown row."""
        return -1 if self.rows is None else int(self.rows[place])

    def place(self, site: str) -> int:
        """Return the shown row of a site, -1 if the filter hides it or it is gone."""
        position = -1 if self.sheet is None else self.sheet.position(site)
        if position < 0 or self.rows is None:
            return -1
        # To look for one is ten times as quick as to note them all, which are other ones after the next edit.
        found = (self.rows == position).nonzero()[0]
        return int(found[0]) if len(found) else -1

    def is_chosen(self, place: int) -> bool:
        """Return whether the site in a shown row is selected."""
        return self.chosen is not None and self.rows is not None and bool(self.chosen[self.rows[place]])

    # What a view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many sites are shown."""
        return 0 if parent.isValid() or self.rows is None else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return table.title(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if table.is_number(column) else LEFT
        return None

    def value(self, index: Index) -> Any:
        """Return the value of a cell, None for nothing."""
        if self.sheet is None:
            return None
        return self.sheet.value(self.columns[index.column()].name, self.position(index.row()))

    def shown(self, column: Heading, position: int) -> tuple[str, bool]:
        """Return what a cell shows, and whether that stands in for what is missing."""
        if self.sheet is None:
            return "", False
        value = self.sheet.value(column.name, position)
        if column.name == "name_en" and not value:
            # Most ledgers have one name only.
            return str(self.sheet.value("name", position)), True
        return table.written(column, value, self.titles.get(column.name, {})), False

    def text(self, column: Heading, position: int) -> str:
        """Return what stands in a cell as it is copied: what is shown, but nothing that stands in."""
        text, stands_in = self.shown(column, position)
        return "" if stands_in else text

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, how, and its value for an editor."""
        if self.sheet is None:
            return None
        column, position = self.columns[index.column()], self.position(index.row())
        if role in (DISPLAY, Qt.ItemDataRole.ToolTipRole):
            return self.shown(column, position)[0]
        if role == Qt.ItemDataRole.EditRole:
            value = self.sheet.value(column.name, position)
            return "" if value is None else value
        if role == Qt.ItemDataRole.DecorationRole and column.name == "status":
            return self.status_icon(self.sheet.value("status", position))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if table.is_number(column) else LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.QUIET if self.shown(column, position)[1] else None
        if role == IdRole:
            return str(self.sheet.ids[position])
        return column if role == ColumnRole else None

    def status_icon(self, status: str) -> QIcon | None:
        """Return the symbol of a status, None for none."""
        if status not in self._icons and self.session.stack is not None and status:
            pixmap = QPixmap.fromImage(self.session.stack.status_icon(status, ICON_PX, 2))
            icon = QIcon(pixmap)
            # Qt would tint it in a selected row, and the colour means something.
            icon.addPixmap(pixmap, QIcon.Mode.Selected)
            self._icons[status] = icon
        return self._icons.get(status)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the columns of the model be edited, where the project takes changes."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return EDITABLE if table.is_editable(self.columns[index.column()]) else READABLE

    def read(self, column: Heading, value: Any) -> Any:
        """Return the value of the column that a typed text or a choice stands for; XunluError if it cannot be."""
        if not isinstance(column, Column) or isinstance(column, Computed) or column.kept:
            raise XunluError(table.not_editable(column))
        pairs = self.pairs.get(column.name, ())
        if pairs and value in dict(pairs):
            return value
        return table.read(column, str(value), pairs)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Write a typed or chosen value to the project as one edit; tell the user what is wrong with it instead."""
        column = self.columns[index.column()]
        if role != Qt.ItemDataRole.EditRole or not isinstance(column, Column):
            return False
        try:
            wanted = self.read(column, value)
        except XunluError as error:
            self.session.tell_error(error)
            return False
        return table.change_site(self.session, self.site(index.row()), column, wanted)
