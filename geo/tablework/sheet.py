"""The sites as columns by position: read from the frames of the project where they lie, never copied."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.store import points
from geo.store.edits import RowChange
from geo.store.frames import plain
from geo.store.rowset import RowSet
from geo.store.tables import Tables
from geo.tablework.columns import Codes, ColumnOf, encoding
from geo.tablework.searching import Haystack, Source

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]

FEW = 2000
"""So many ids are looked up one by one."""


@dataclass(frozen=True)
class Spec:
    """What the sheet has to know of a column.

    Parameters
    ----------
    name
        The column's name, in the table of sites or of their statuses.
    is_computed
        Whether it comes from the statuses.
    is_number
        Whether it holds numbers; else texts.
    titles
        What a reader sees for a value.
    grades
        Values that sort first, in this order.
    otherwise
        The column that is shown where this one is empty; it sorts and is searched like what is shown.
    """

    name: str
    is_computed: bool = False
    is_number: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    otherwise: str = ""


class Either(Sequence[str]):
    """A column of texts and, where one is empty, that of another column; put together where it is looked at."""

    def __init__(self, first: Any, other: Any) -> None:
        self._first, self._other = first, other

    def __len__(self) -> int:
        return len(self._first)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            some = self._first[at]
            return np.where(np.asarray(some == "", dtype=bool), self._other[at], some)
        return self._first[at] or self._other[at]

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> NDArray[np.object_]:
        made = np.empty(len(self), dtype=object)
        for start in range(0, len(self), 4 * FEW):
            made[start : start + 4 * FEW] = self[start : start + 4 * FEW]
        return made


class Sheet:
    """Serve the cells of all sites by position, and find out orders, values and texts when they are asked for.

    Parameters
    ----------
    tables
        The project.
    statuses
        The inspection status of its sites, as `geo.inspection.status.assess` returns it.
    specs
        The columns.
    searched
        The names of the columns whose texts are searched.
    """

    def __init__(
        self, tables: Tables, statuses: pd.DataFrame, specs: Iterable[Spec], searched: Sequence[str] = ()
    ) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._searched = tuple(searched)
        self._columns: dict[str, ColumnOf] = {}
        self._cells: dict[str, Any] = {}
        self._unplaced: Mask | None = None
        self.kept: Mask | None = None
        """Which rows stayed at the last `follow`, if any went and they were not many."""
        self._read(tables, statuses)
        self.haystack = Haystack(self._sources(), self.count)

    def _read(self, tables: Tables, statuses: pd.DataFrame) -> None:
        self._frame = tables.frame("sites")
        self.ids: pd.Index = self._frame.index
        self.count = len(self.ids)
        # Comparing a million ids takes longer than all the rest; the statuses are made on the index of the sites.
        self._statuses = statuses if self._is_own(statuses.index) else statuses.reindex(self.ids)
        self._cells.clear()

    def _is_own(self, index: pd.Index) -> bool:
        """Return whether an index is that of the sites; it may be another object around the same ids."""
        if index.is_(self.ids):
            return True
        return len(index) == self.count > 0 and np.shares_memory(index.to_numpy(), self.ids.to_numpy())

    # Cells

    def cells(self, name: str) -> Any:
        """Return a column as it lies in its frame, by position."""
        if name not in self._cells:
            frame = self._statuses if self._specs[name].is_computed else self._frame
            column = frame[name]
            self._cells[name] = column.to_numpy() if column.dtype in ("str", object) else column.array
        return self._cells[name]

    def value(self, name: str, row: int) -> Any:
        """Return a cell as a plain value, None for nothing."""
        return plain(self.cells(name)[row])

    def column(self, name: str) -> ColumnOf:
        """Return what is known of a column."""
        if name not in self._columns:
            spec = self._specs[name]
            self._columns[name] = ColumnOf(self._shown(spec), spec.is_number, spec.titles, spec.grades)
        return self._columns[name]

    def _shown(self, spec: Spec) -> Any:
        cells = self.cells(spec.name)
        if not spec.otherwise:
            return cells
        return Either(cells, self.cells(spec.otherwise))

    def codes(self, name: str) -> Iterator[None]:
        """Find the different values of a text column out, in short steps; `codes_of` then has them."""
        column = self.column(name)
        if column.coded() is None and not column.is_number:
            codes = yield from encoding(column.values)
            if column is self._columns.get(name) and codes is not None:
                column.known.codes = codes

    def codes_of(self, name: str) -> Codes | None:
        """Return the different values of a column, None where there are very many or they were not found out."""
        return self.column(name).coded()

    # Rows by id

    def position(self, site: str) -> int:
        """Return the position of a site, -1 if there is none."""
        try:
            return int(self.ids.get_loc(site))  # type: ignore[arg-type]  # no id is there twice
        except KeyError:
            return -1

    def positions(self, sites: Iterable[str]) -> NDArray[np.intp]:
        """Return the positions of sites, ascending; those that are not there are left out."""
        found = self.ids.get_indexer(pd.Index(list(sites), dtype=self.ids.dtype))
        return np.sort(found[found >= 0])

    def having(self, sites: AbstractSet[str]) -> Iterator[Mask | None]:
        """Find out which rows hold one of some ids; yields None between short steps and at last the mask."""
        if isinstance(sites, RowSet) and self._is_own(sites.index):
            yield sites.mask
            return
        mask = np.zeros(self.count, dtype=bool)
        if len(sites) <= FEW:
            mask[self.positions(sites)] = True
            yield mask
            return
        values = self.ids.to_numpy()
        for start in range(0, self.count, 16 * FEW):
            some = values[start : start + 16 * FEW]
            mask[start : start + len(some)] = np.fromiter(map(sites.__contains__, some.tolist()), bool, len(some))
            yield None
        yield mask

    def set_of(self, rows: NDArray[np.integer]) -> AbstractSet[str]:
        """Return the ids of the sites at some positions, as a set that takes no time to make."""
        if len(rows) <= FEW:
            return frozenset(self.ids[rows].tolist())
        mask = np.zeros(self.count, dtype=bool)
        mask[rows] = True
        return RowSet(self.ids, mask)

    def unplaced(self) -> Generator[None, None, Mask]:
        """Find out in short steps which sites have no place on the map, shape (sites,)."""
        frame = self._frame
        if self._unplaced is None:
            shapes = frame["geometry"].array
            mask = np.zeros(self.count, dtype=bool)
            for start in range(0, self.count, 4 * FEW):
                part = slice(start, start + 4 * FEW)
                mask[part] = points.missing(shapes, part)
                yield
            if frame is not self._frame:
                return mask
            self._unplaced = mask
        return self._unplaced

    # Following

    def follow(self, tables: Tables, statuses: pd.DataFrame, changes: Sequence[RowChange], *, assessed: bool) -> bool:
        """Take the tables after a change of sites, keeping up what is known; False if it must be read anew.

        Parameters
        ----------
        tables, statuses
            As they stand now.
        changes
            What changed of the sites.
        assessed
            Whether the statuses may have changed.
        """
        if len(changes) > FEW:
            # To find it out anew, beside the window, is quicker than to keep it up here.
            self._columns.clear()
            self._unplaced = self.kept = None
            self._read(tables, statuses)
            self.haystack = Haystack(self._sources(), self.count)
            return True
        before = self.ids
        gone = [change.id for change in changes if change.kind == "delete"]
        added = [change.id for change in changes if change.kind == "insert"]
        kept = np.ones(len(before), dtype=bool)
        kept[self.positions(gone)] = False
        ids = tables.frame("sites").index
        if len(ids) != int(np.count_nonzero(kept)) + len(added) or list(ids[len(ids) - len(added) :]) != added:
            return False
        self._read(tables, statuses)
        moved = bool(gone or added)
        self.kept = kept if gone else None
        touched = self._touched(changes)
        for name, column in list(self._columns.items()):
            spec = self._specs[name]
            if spec.is_computed and (assessed or moved):
                del self._columns[name]
            elif moved:
                column.reshaped(self._shown(spec), kept, len(added))
            elif not spec.is_computed and (rows := touched.get(name) or touched.get(spec.otherwise)):
                column.changed(self._shown(spec), rows)
        if moved or "geometry" in touched:
            self._unplaced = None
        if moved:
            self.haystack = Haystack(self._sources(), self.count)
        else:
            self.haystack.replace(self._sources(), sorted({row for rows in touched.values() for row in rows}))
        return True

    def _touched(self, changes: Sequence[RowChange]) -> dict[str, list[int]]:
        """Return the positions of the rows whose cells changed, by column."""
        updates = [change for change in changes if change.kind == "update"]
        found = self.ids.get_indexer(pd.Index([change.id for change in updates], dtype=self.ids.dtype)).tolist()
        touched: dict[str, list[int]] = {}
        for change, row in zip(updates, found, strict=True):
            for name in change.after or () if row >= 0 else ():
                touched.setdefault(name, []).append(row)
        return touched

    def _sources(self) -> list[Source]:
        made = []
        for name in self._searched:
            titles = self._specs[name].titles
            made.append(Source(self.cells(name), titles or None))
        return made


def rows_of(order: Callable[[], Rows] | None, count: int, mask: Mask | None) -> Rows:
    """Return the positions to show: all that the mask lets pass, in an order or as they lie."""
    if order is None:
        return np.arange(count, dtype=np.int32) if mask is None else np.flatnonzero(mask).astype(np.int32)
    rows = order()
    return rows if mask is None else rows[mask[rows]]
