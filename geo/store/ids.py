"""Where the row of an id stands, in tables so long that pandas' own way of finding out would stop the window.

Before its first look-up pandas puts all ids of an index into a hash table, in one go: half a second for a million, in
which no other thread runs, and again after every row that comes or goes. Here the places are noted when a table is
read, in pieces, and followed from edit to edit.
"""

from collections.abc import Sequence
from itertools import batched, repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# There is no public way to give an index another way to look up; tests/geo/test_ids.py notices if this one changes.
from pandas._libs.index import StringObjectEngine  # type: ignore[import-not-found]

LONG = 50_000
"""Rows from which places are noted; a shorter index is left to pandas."""

MOST_GONE = 20_000
"""Rows that may have gone before the places are noted anew."""

AT_ONCE = 10_000

Places = NDArray[np.intp]


class IdEngine(StringObjectEngine):  # type: ignore[misc]
    """Look ids up in one dictionary that the index of a table shares with those before and after an edit.

    The dictionary gives the place of an id among all rows that there ever were: rows only come at its end. `gone` are
    the places, in order, of those that are there no longer, `size` the number of all of them. An id that went and came
    back has a new place, so that an older index no longer finds it there; that one searches.
    """

    ids: NDArray[np.object_]
    where: dict[str, int]
    gone: Places
    size: int

    @property
    def is_unique(self) -> bool:
        """Say that no id is there twice, which is seen to when the places are noted."""
        return True

    @property
    def is_monotonic_increasing(self) -> bool:
        """Say that ids are in no order; they are random."""
        return False

    @property
    def is_monotonic_decreasing(self) -> bool:
        """Say that ids are in no order; they are random."""
        return False

    def __contains__(self, key: object) -> bool:
        hash(key)
        return self._place(key) >= 0

    def get_loc(self, key: object) -> int:
        """Return the place of an id; KeyError if it is not there."""
        place = self._place(key)
        if place < 0:
            raise KeyError(key)
        return place

    def get_indexer(self, values: Sequence[Any]) -> Places:
        """Return the places of ids, -1 for those that are not there."""
        places = np.full(len(values), -1, dtype=np.intp)
        at = 0
        for some in batched(values, AT_ONCE):
            places[at : at + len(some)] = list(map(self.where.get, some, repeat(-1)))
            at += len(some)
        known = np.flatnonzero(places >= 0)
        stands = self._now(places[known])
        right = stands >= 0
        for start in range(0, len(known), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            wanted = np.asarray(values, dtype=object)[known[part]]
            right[part] &= self.ids[stands[part]] == wanted
        places[known] = stands
        lost = known[~right].tolist()
        if lost:
            # All in one pass: each search goes through the whole table.
            sought = {values[at] for at in lost}
            found = {one: place for place, one in enumerate(self.ids.tolist()) if one in sought}
            places[lost] = [found.get(values[at], -1) for at in lost]
        return places

    def _place(self, key: Any) -> int:
        noted = self.where.get(key, -1)
        if noted < 0:
            return -1
        place = int(self._now(np.array([noted]))[0])
        if place >= 0 and self.ids[place] == key:
            return place
        found = np.flatnonzero(self.ids == key)
        return int(found[0]) if len(found) else -1

    def _now(self, noted: Places) -> Places:
        """Return where rows stand in this index by where they were noted; -1 if not there."""
        if not len(self.gone):
            return np.where(noted < self.size, noted, -1)
        before = np.searchsorted(self.gone, noted)
        is_gone = self.gone[np.minimum(before, len(self.gone) - 1)] == noted
        return np.where((noted < self.size) & ~is_gone, noted - before, -1)


def note(index: pd.Index, where: dict[str, int] | None = None) -> pd.Index:
    """Note the places of the ids of a long index, in pieces; return the index.

    Parameters
    ----------
    index
        Of a table as it was read.
    where
        The places, where they were noted already.
    """
    if len(index) < LONG:
        return index
    if where is None:
        where = {}
        ids = np.asarray(index.array, dtype=object)
        for start in range(0, len(ids), AT_ONCE):
            where.update(zip(ids[start : start + AT_ONCE], range(start, start + AT_ONCE), strict=False))
    if len(where) == len(index):
        _attach(index, where, np.empty(0, dtype=np.intp), len(index))
    return index


def follow(before: pd.Index, after: pd.Index, gone: Places, added: Sequence[str]) -> pd.Index:
    """Let an index find its ids that came from another one; return it.

    Parameters
    ----------
    before
        The index before an edit.
    after
        The same without the rows at the places `gone`, in order, and with those of the ids `added` at its end.
    """
    engine = _engine(before)
    if engine is None or len(after) < LONG:
        return note(after)
    all_gone = engine.gone
    if len(gone):
        all_gone = np.union1d(all_gone, np.delete(np.arange(engine.size), engine.gone)[gone])
    if len(all_gone) > MOST_GONE:
        return note(after)
    engine.where.update(zip(added, range(engine.size, engine.size + len(added)), strict=True))
    _attach(after, engine.where, all_gone, engine.size + len(added))
    return after


def _attach(index: pd.Index, where: dict[str, int], gone: Places, size: int) -> None:
    ids = np.asarray(index.array, dtype=object)
    engine = IdEngine(ids, np.nan)
    engine.ids, engine.where, engine.gone, engine.size = ids, where, gone, size
    index._cache["_engine"] = engine  # type: ignore[attr-defined]


def _engine(index: pd.Index) -> IdEngine | None:
    engine = index._cache.get("_engine")  # type: ignore[attr-defined]
    return engine if isinstance(engine, IdEngine) else None
