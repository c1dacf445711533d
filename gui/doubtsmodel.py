"""The doubts about the sites as a tree: kinds with their counts, each doubt below its kind, its sites below that."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from geo.language import tr
from gui import theme

if TYPE_CHECKING:
    from geo.quality.doubts import Doubt, DoubtKind

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, frozenset[str]]
"""What a doubt is known by from one look to the next: its kind and its sites."""

MOST_LINES = 1000
"""So many doubts of a kind are listed; a fix of the whole kind mends the others too."""

FEW_NAMES = 2
"""A doubt about more sites than these is listed by its text."""

# What an index carries: nothing for a kind, the kind from 1 for a doubt, the doubt from here on for a site.
_SITES_FROM = 1000


def key_of(doubt: "Doubt") -> Key:
    """Return what a doubt is known by from one look to the next."""
    return str(doubt.kind), frozenset(doubt.sites)


@dataclass(frozen=True)
class Group:
    """The doubts of one kind, and which of all doubts the first of them is."""

    kind: "DoubtKind"
    doubts: Sequence["Doubt"]
    first: int


class DoubtsModel(QAbstractItemModel):
    """Serve doubts to a tree view; nothing is made for a line until it is looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.groups: list[Group] = []
        self._firsts: list[int] = []
        self._kept: dict[Key, str] = {}
        self._names: Mapping[str, str] = {}

    # Filling

    def show_doubts(self, doubts: Iterable["Doubt"], names: Mapping[str, str] | None = None) -> None:
        """Show doubts, those of a kind beside one another, in place of the present ones; `names` are of their sites."""
        self.beginResetModel()
        self._names = self._names if names is None else names
        self.groups, first = [], 0
        for kind, members in groupby(doubts, key=lambda doubt: doubt.kind):
            self.groups.append(Group(kind, list(members), first))
            first += len(self.groups[-1].doubts)
        self._firsts = [group.first for group in self.groups]
        self.endResetModel()

    def drop(self, doubts: Iterable["Doubt"]) -> None:
        """Take doubts off the list that were dealt with."""
        gone = {key_of(doubt) for doubt in doubts}
        self.show_doubts([doubt for doubt in self.doubts if key_of(doubt) not in gone])

    def forget(self) -> None:
        """Show nothing, and forget which sites were to be kept."""
        self._kept.clear()
        self.show_doubts([])

    @property
    def doubts(self) -> list["Doubt"]:
        """Return all doubts, those of a kind beside one another."""
        return [doubt for group in self.groups for doubt in group.doubts]

    # What stands at an index

    def level(self, index: Index) -> int:
        """Return 0 for the line of a kind, 1 for a doubt, 2 for a site."""
        at = index.internalId()
        return 0 if at == 0 else 1 if at < _SITES_FROM else 2

    def doubts_at(self, index: Index) -> Sequence["Doubt"]:
        """Return the doubts that a line stands for: all of a kind, one, or the one that a site is of."""
        at = index.internalId()
        if at == 0:
            return self.groups[index.row()].doubts
        if at >= _SITES_FROM:
            return [self._doubt(at - _SITES_FROM)]
        doubts = self.groups[at - 1].doubts
        return doubts[index.row() : index.row() + 1] if index.row() < MOST_LINES else doubts[MOST_LINES:]

    def sites_at(self, index: Index) -> list[str]:
        """Return the sites that a line stands for."""
        if self.level(index) == 2:
            return [self._doubt(index.internalId() - _SITES_FROM).sites[index.row()]]
        return list(dict.fromkeys(site for doubt in self.doubts_at(index) for site in doubt.sites))

    def index_of(self, key: Key) -> QModelIndex:
        """Return where a doubt stands; an index of nothing if it is not there."""
        for at, group in enumerate(self.groups):
            if str(group.kind) == key[0]:
                for row, doubt in enumerate(group.doubts[:MOST_LINES]):
                    if key_of(doubt) == key:
                        return self.createIndex(row, 0, at + 1)
        return QModelIndex()

    def _doubt(self, flat: int) -> "Doubt":
        group = self.groups[bisect_right(self._firsts, flat) - 1]
        return group.doubts[flat - group.first]

    # Which of several sites is kept when they are merged

    def kept(self, doubt: "Doubt") -> str:
        """Return the site that stays when those of a doubt are merged."""
        return self._kept.get(key_of(doubt), doubt.sites[0])

    def with_kept(self, doubt: "Doubt") -> "Doubt":
        """Return a doubt with the site that stays first, as a merge takes it."""
        kept = self.kept(doubt)
        return replace(doubt, sites=(kept, *(site for site in doubt.sites if site != kept)))

    def keep(self, index: Index) -> None:
        """Let the site of a line be the one that stays, where its doubt may be merged."""
        doubt = self.doubts_at(index)[0]
        if self.level(index) == 2 and doubt.kind.merges and self.kept(doubt) != doubt.sites[index.row()]:
            self._kept[key_of(doubt)] = doubt.sites[index.row()]
            last = index.sibling(len(doubt.sites) - 1, 1)
            self.dataChanged.emit(index.sibling(0, 0), last)

    # What a view asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a line below another."""
        if not 0 <= row < self.rowCount(parent) or not 0 <= column < 2:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        if self.level(parent) == 0:
            return self.createIndex(row, column, parent.row() + 1)
        group = self.groups[parent.internalId() - 1]
        return self.createIndex(row, column, _SITES_FROM + group.first + parent.row())

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the line above another."""
        level = self.level(index) if index.isValid() else 0
        if level == 0:
            return QModelIndex()
        at = index.internalId()
        if level == 1:
            return self.createIndex(at - 1, 0, 0)
        flat = at - _SITES_FROM
        place = bisect_right(self._firsts, flat) - 1
        return self.createIndex(flat - self.groups[place].first, 0, place + 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines are below another."""
        if not parent.isValid():
            return len(self.groups)
        if parent.column() > 0 or self.level(parent) == 2:
            return 0
        doubts = self.doubts_at(parent)
        if self.level(parent) == 0:
            return min(len(doubts), MOST_LINES) + (len(doubts) > MOST_LINES)
        # One site is named by the doubt itself.
        return min(len(doubts[0].sites), MOST_LINES) if len(doubts) == 1 and len(doubts[0].sites) > 1 else 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the two columns: what it is, and what can be done about it."""
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line shows, and how."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._aside(index) if index.column() else self._text(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            is_doubt = self.level(index) == 1 and index.row() < MOST_LINES
            return self.doubts_at(index)[0].text if is_doubt else self._text(index.sibling(index.row(), 0))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and index.column() and self.level(index):
            return theme.QUIET
        if role == Qt.ItemDataRole.FontRole and (self.level(index) == 0 or self._stays(index)):
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _text(self, index: Index) -> str:
        level, doubts = self.level(index), self.doubts_at(index)
        if level == 0:
            return self.groups[index.row()].kind.title()
        if level == 2:
            return self.name(self.sites_at(index)[0])
        if index.row() == MOST_LINES:
            return tr("… and {number} more", number=len(doubts))
        # What is wrong stands in the line of the kind; only which sites it is differs.
        names = dict.fromkeys(self.name(site) for site in doubts[0].sites[: FEW_NAMES + 1])
        return " / ".join(names) if len(doubts[0].sites) <= FEW_NAMES else doubts[0].text

    def name(self, site: str) -> str:
        """Return the code and name of a site of a doubt, as far as it has them."""
        return self._names.get(site) or "–"

    def _aside(self, index: Index) -> str:
        level, doubts = self.level(index), self.doubts_at(index)
        if level == 0:
            return str(len(doubts))
        if level == 2:
            if not doubts[0].kind.merges:
                return ""
            return tr("stays") if self._stays(index) else tr("goes")
        if index.row() == MOST_LINES:
            return ""
        return tr("merge") if doubts[0].kind.merges else tr("fix") if doubts[0].fix else ""

    def _stays(self, index: Index) -> bool:
        if self.level(index) != 2:
            return False
        doubt = self.doubts_at(index)[0]
        return doubt.kind.merges and doubt.sites[index.row()] == self.kept(doubt)
