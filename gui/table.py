"""The sites as a table: every column of the model and what the inspection status says, sorted, filtered and edited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap

from geo.errors import XunluError
from geo.language import current, tr
from geo.model import SITES, STATUSES, Column
from gui import fields, theme
from gui.session import Session, changes_status

if TYPE_CHECKING:
    from geo.store.edits import Edit

Index = QModelIndex | QPersistentModelIndex
Keep = Callable[[str], bool]

ICON_PX = 16
DISPLAY = Qt.ItemDataRole.DisplayRole
READABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
EDITABLE = READABLE | Qt.ItemFlag.ItemIsEditable
IdRole = Qt.ItemDataRole.UserRole
ColumnRole = Qt.ItemDataRole.UserRole + 1

URGENCY = (
    "rectification_overdue", "overdue", "no_access", "findings_open", "due", "in_progress", "planned", "passed",
    "not_due",
)  # fmt: skip
"""The statuses in the order in which they call for action; the table sorts by it."""


@dataclass(frozen=True)
class Computed:
    """A column that the inspection status fills; nobody edits it."""

    name: str
    heading: str


Heading = Column | Computed


def columns() -> tuple[Heading, ...]:
    """Return the columns of the table in the order in which a planner reads them, in the language in use."""
    name, other = ("name_en", "name") if current() == "en" else ("name", "name_en")
    first = (SITES.column("code"), SITES.column(name), SITES.column("kind"), SITES.column("subdistrict"))
    status = (
        Computed("status", tr("Status")),
        Computed("due_date", tr("Due")),
        Computed("last_date", tr("Last inspection")),
        Computed("open_findings", tr("Open findings")),
    )
    second = tuple(
        SITES.column(each) for each in ("windows", "service_min", "risk", "address", "contact", "phone", other)
    )
    rest = tuple(column for column in SITES.columns if column not in (*first, *second))
    return (*first, *status, *second, *rest)


class SitesModel(QAbstractTableModel):
    """Serve the sites of the session's project to a table view.

    Rows are held as plain lists and one list of which rows are shown in what order, so that sorting and filtering
    cost a list each and no proxy.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.columns = columns()
        self.pairs: dict[str, fields.Pairs] = {}
        self._titles: dict[str, dict[str, str]] = {}
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._values: dict[str, list[Any]] = {column.name: [] for column in self.columns}
        self._shown: list[int] = []
        self._place: dict[str, int] = {}
        self._sort: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._words: tuple[str, ...] = ()
        self._keep: Keep | None = None
        self._haystack: list[str] = []
        self._icons: dict[str, QIcon] = {}
        session.opened.connect(self.load)
        session.edited.connect(self._on_edit)

    # Filling

    def load(self) -> None:
        """Read the whole project anew."""
        project, statuses = self.session.project, self.session.statuses
        self.beginResetModel()
        self._icons.clear()
        if project is None or statuses is None:
            self._ids, self._values = [], {column.name: [] for column in self.columns}
        else:
            frame = project.frame("sites")
            status = statuses.reindex(frame.index)
            self._ids = list(frame.index)
            for column in self.columns:
                source = status if isinstance(column, Computed) else frame
                self._values[column.name] = _plain(source[column.name])
                if isinstance(column, Column):
                    self.pairs[column.name] = fields.pairs_of(project, SITES, column)
                    self._titles[column.name] = dict(self.pairs[column.name])
        self._row_of = {site: row for row, site in enumerate(self._ids)}
        self._haystack = [self._text_of(row) for row in range(len(self._ids))]
        self._arrange()
        self.endResetModel()

    def _on_edit(self, edit: "Edit") -> None:
        touched = edit.tables()
        sites = [change for change in edit.changes if change.table == "sites"]
        if touched & {"kinds", "subdistricts"} or any(change.kind != "update" for change in sites):
            self.load()
            return
        for change in sites:
            row = self._row_of[change.id]
            for name, value in (change.after or {}).items():
                if name in self._values:
                    self._values[name][row] = value
            self._haystack[row] = self._text_of(row)
        if self.session.statuses is not None and changes_status(edit):
            status = self.session.statuses.reindex(self._ids)
            for column in self.columns:
                if isinstance(column, Computed):
                    self._values[column.name] = _plain(status[column.name])
        if self._shown:
            # A row stays where it is while it is edited; it is sorted and filtered again when asked for.
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.columns) - 1))

    def _text_of(self, row: int) -> str:
        named = [str(self._values[name][row]) for name in ("code", "name", "name_en", "address")]
        return "\n".join((*named, self._written("subdistrict", row))).casefold()

    def _written(self, name: str, row: int) -> str:
        return self._titles.get(name, {}).get(self._values[name][row], str(self._values[name][row]))

    # Sorting and filtering

    def set_filter(self, text: str, keep: Keep | None) -> None:
        """Show only the sites whose names, code, address or subdistrict have every word, and that `keep` lets pass."""
        self._words, self._keep = tuple(text.casefold().split()), keep
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is empty comes last either way."""
        self._sort = (column, order)
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        keep, words, hay = self._keep, self._words, self._haystack
        rows: Sequence[int] = range(len(self._ids))
        if words:
            rows = [row for row in rows if all(word in hay[row] for word in words)]
        if keep is not None:
            rows = [row for row in rows if keep(self._ids[row])]
        column, order = self._sort
        if column >= 0:
            rows = self._sorted(list(rows), self.columns[column], order is Qt.SortOrder.DescendingOrder)
        self._shown = list(rows)
        self._place = {self._ids[row]: place for place, row in enumerate(self._shown)}

    def _sorted(self, rows: list[int], column: Heading, backward: bool) -> list[int]:
        values, key = self._values[column.name], self._order_of(column)
        full = [row for row in rows if values[row] not in (None, "")]
        blank = [row for row in rows if values[row] in (None, "")]
        return sorted(full, key=key, reverse=backward) + blank

    def _order_of(self, column: Heading) -> Callable[[int], Any]:
        """Return what a column sorts rows by: choices by what they call for or by their title, the rest by value."""
        values = self._values[column.name]
        grades = {"status": URGENCY, "risk": ("high", "medium", "low")}.get(column.name)
        if grades is not None:
            rank = {value: place for place, value in enumerate(grades)}
            return lambda row: rank.get(values[row], len(rank))
        if self._titles.get(column.name):
            return lambda row: self._written(column.name, row)
        return lambda row: values[row]

    def site(self, place: int) -> str:
        """Return the id of the site in a shown row."""
        return self._ids[self._shown[place]]

    def place(self, site: str) -> int:
        """Return the shown row of a site, -1 if the filter hides it."""
        return self._place.get(site, -1)

    # What a view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many sites are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.heading if isinstance(column, Computed) else fields.heading(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if _is_number(column) else Qt.AlignmentFlag.AlignLeft
            )
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, how, and its value for an editor."""
        row, column = self._shown[index.row()], self.columns[index.column()]
        value = self._values[column.name][row]
        if column.name == "name_en" and not value and role in (DISPLAY, Qt.ItemDataRole.ForegroundRole):
            # Most ledgers have one name only.
            return self._values["name"][row] if role == DISPLAY else theme.QUIET
        if role == DISPLAY:
            return self._display(column, value)
        if role == Qt.ItemDataRole.EditRole:
            return "" if value is None else value
        if role == Qt.ItemDataRole.DecorationRole and column.name == "status":
            return self._status_icon(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and _is_number(column):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column.name not in ("status", "due_date"):
            return self._display(column, value)
        if role == IdRole:
            return self._ids[row]
        return column if role == ColumnRole else None

    def _display(self, column: Heading, value: Any) -> str:
        if isinstance(column, Column):
            return fields.written(column, value, self._titles.get(column.name, {}))
        if column.name == "status":
            return fields.sentence(_STATUS[value].title()) if value in _STATUS else ""
        if column.name == "open_findings":
            return str(value) if value else ""
        return str(value)

    def _status_icon(self, status: str) -> QIcon | None:
        if status not in self._icons and self.session.stack is not None and status:
            pixmap = QPixmap.fromImage(self.session.stack.status_icon(status, ICON_PX, 2))
            icon = QIcon(pixmap)
            # Qt would tint it in a selected row, and the colour means something.
            icon.addPixmap(pixmap, QIcon.Mode.Selected)
            self._icons[status] = icon
        return self._icons.get(status)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the columns of the model be edited, where the project takes changes."""
        column = self.columns[index.column()]
        return EDITABLE if isinstance(column, Column) and not column.kept else READABLE

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Write a typed or chosen value to the project as one edit; tell the user what is wrong with it instead."""
        column = self.columns[index.column()]
        if role != Qt.ItemDataRole.EditRole or not isinstance(column, Column):
            return False
        try:
            wanted = value if self.pairs.get(column.name) else fields.read(column, str(value))
        except XunluError as error:
            self.session.tell_error(error)
            return False
        return change_site(self.session, self.data(index, IdRole), column, wanted)


def change_site(session: Session, site: str, column: Column, value: Any) -> bool:
    """Give a site another value in one column, as one undoable change; return whether it was written."""
    from geo.store.edits import edit, update

    if session.project is None:
        return False
    row = session.project.row("sites", site)
    change = update("sites", site, row, {column.name: value})
    if change is None:
        return False
    title = tr("{column} of {site}", column=column.title(), site=fields.name_in(row))
    return session.apply(edit(title, [change]))


_STATUS = {choice.value: choice for choice in STATUSES}


def _is_number(column: Heading) -> bool:
    return column.name == "open_findings" or (isinstance(column, Column) and column.type in ("int", "real"))


def _plain(series: Any) -> list[Any]:
    """Return a column as plain values; a null is None."""
    return list(series.astype(object).where(series.notna(), None))
