"""The sites that have no place yet as a table: name, address, and the best guess with how sure it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from geo.language import tr
from geo.model import SITES
from gui import theme
from gui.fields import name_in

if TYPE_CHECKING:
    from geo.places.finder import Found
    from geo.store.project import Project

Index = QModelIndex | QPersistentModelIndex
NAME, ADDRESS, GUESS = range(3)


@dataclass(frozen=True)
class Waiting:
    """A site in the queue, as a reader sees it."""

    site: str
    name: str
    address: str
    subdistrict: str


@dataclass(frozen=True)
class Queue:
    """The sites without a place, in the order of the table, column by column."""

    ids: Sequence[str] = ()
    names: Sequence[str] = ()
    names_en: Sequence[str] = ()
    addresses: Sequence[str] = ()
    subdistricts: Sequence[str] = ()
    areas: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, project: "Project", waiting: list[str] | None = None) -> "Queue":
        """Return the queue of a project; `waiting` are the ids of its sites without a place, where they are known."""
        import pandas as pd

        from geo.places.placing import unplaced

        ids, frame = unplaced(project) if waiting is None else waiting, project.frame("sites")
        at = frame.index.get_indexer(pd.Index(ids))
        parts = project.frame("subdistricts")
        named = zip(parts.index, parts["name"].tolist(), parts["name_en"].tolist(), strict=True)
        areas = {str(area): name_in({"name": name, "name_en": english}) for area, name, english in named}
        wanted = ("name", "name_en", "address", "subdistrict")
        names, english, addresses, homes = (frame[name].array.take(at).tolist() for name in wanted)
        return cls(ids, names, english, addresses, homes, areas)

    def at(self, place: int) -> Waiting:
        """Return the site at a place of the queue."""
        name = name_in({"name": self.names[place], "name_en": self.names_en[place]})
        area = self.areas.get(self.subdistricts[place], "")
        return Waiting(self.ids[place], name, self.addresses[place], area)


def sureness(confidence: float) -> str:
    """Return how sure a find is, from 0 to 1, in words and in per cent."""
    words = (
        tr("almost certain")
        if confidence >= 0.95
        else tr("very likely")
        if confidence >= 0.8
        else tr("likely")
        if confidence >= 0.6
        else tr("uncertain")
        if confidence >= 0.4
        else tr("a mere guess")
    )
    return tr("{percent} %, {words}", percent=percent(confidence), words=words)


def percent(confidence: float) -> int:
    """Return a confidence in whole per cent, never rounded up over what a user has asked for."""
    return int(confidence * 100 + 1e-6)


class QueueModel(QAbstractTableModel):
    """Serve the queue to a table view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.queue = Queue()
        self.found: dict[str, Found | None] = {}
        self._shown: Sequence[int] = ()
        self._place: dict[str, int] = {}
        self._sort: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show_queue(self, queue: Queue) -> None:
        """Show a queue in place of the present one."""
        self.beginResetModel()
        self.queue = queue
        self._arrange()
        self.endResetModel()

    def show_found(self, found: "Mapping[str, Found | None]") -> None:
        """Show what was found for sites, beside what was found before."""
        self.beginResetModel()
        self.found.update(found)
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, -1 for the order of the table of sites; of guesses the surest come first."""
        self.beginResetModel()
        self._sort = (column, order)
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        (column, order), queue = self._sort, self.queue
        self._shown = range(len(queue.ids))
        if column >= 0:
            keys: dict[int, Callable[[int], Any]] = {
                NAME: lambda at: queue.at(at).name,
                ADDRESS: lambda at: (not queue.addresses[at], queue.addresses[at]),
                GUESS: lambda at: -(found.confidence if (found := self.found.get(queue.ids[at])) else -1.0),
            }
            self._shown = sorted(self._shown, key=keys[column], reverse=order is Qt.SortOrder.DescendingOrder)
        self._place = {queue.ids[at]: place for place, at in enumerate(self._shown)}

    def place(self, site: str) -> int:
        """Return the row of a site, -1 if it is not in the queue."""
        return self._place.get(site, -1)

    def row(self, place: int) -> Waiting | None:
        """Return the site in a row; None if there is no such row."""
        return self.queue.at(self._shown[place]) if 0 <= place < len(self._shown) else None

    @property
    def sites(self) -> list[str]:
        """Return the sites of the queue as they are sorted."""
        return list(self._place)

    def sure(self, least: int) -> "dict[str, Found]":
        """Return what was found for sites in the queue with so many per cent or more."""
        return {
            site: one
            for site, one in self.found.items()
            if one is not None and site in self._place and percent(one.confidence) >= least
        }

    # What a view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the length of the queue."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (SITES.column("name").title(), SITES.column("address").title(), tr("Best guess"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = self.row(index.row()), index.column()
        if row is None:
            return None
        found = self.found.get(row.site)
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.name, row.address, self._guess(row.site))[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (row.name, row.address, found.text if found is not None else self._guess(row.site))[column]
        if role == Qt.ItemDataRole.ForegroundRole and column == GUESS and found is None:
            return theme.QUIET
        return None

    def _guess(self, site: str) -> str:
        if site not in self.found:
            return ""
        found = self.found[site]
        return sureness(found.confidence) if found is not None else tr("nothing found")
