"""Where the row of an id stands, in tables so long that pandas' own way of finding out would stop the window.

Before its first look-up pandas puts all ids of an index into a hash table, in one go: half a second for a million, in
which no other thread runs, and again after every row that comes or goes. Here the places are noted when a table is
read, in pieces, and followed from edit to edit. They are noted as the hashes of the ids in order, which take a sixth of
the memory of a dictionary and are never moved in one go as that is when it grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# There is no public way to give an index another way to look up; tests/geo/test_ids.py notices if this one changes.
from pandas._libs.index import StringObjectEngine  # type: ignore[import-not-found]

LONG = 50_000
"""Rows from which places are noted; a shorter index is left to pandas."""

MOST_GONE = MOST_ADDED = 20_000
"""Rows that may have gone, or been added, before the places are noted anew."""

AT_ONCE = 10_000

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Noted:
    """The places of ids among all rows that there ever were; rows only come at their end.

    Attributes
    ----------
    hashes
        Of the ids of a table as it was read, in order.
    order
        The place of each.
    later
        The places of those added since.
    """

    hashes: NDArray[np.int64]
    order: NDArray[np.int32]
    later: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: NDArray[np.object_]) -> "Noted | None":
        """Note the places of ids, in pieces; None if one is there twice."""
        hashes = hashes_of(ids)
        order = np.argsort(hashes).astype(np.int32)
        hashes = hashes[order]
        for at in np.flatnonzero(hashes[1:] == hashes[:-1]).tolist():
            alike = order[np.searchsorted(hashes, hashes[at]) : np.searchsorted(hashes, hashes[at], side="right")]
            if len(set(ids[alike].tolist())) < len(alike):
                return None
        return cls(hashes, order)

    def places(self, ids: NDArray[np.object_]) -> Places:
        """Return the places of ids, -1 for those that were never there; of one that may be, if hashes agree."""
        sought = hashes_of(ids)
        at = np.searchsorted(self.hashes, sought)
        places = np.full(len(ids), -1, dtype=np.intp)
        there = at < len(self.hashes)
        there[there] = self.hashes[at[there]] == sought[there]
        places[there] = self.order[at[there]]
        for start in range(0, len(ids) if self.later else 0, AT_ONCE):
            part = slice(start, start + AT_ONCE)
            pairs = zip(ids[part].tolist(), places[part].tolist(), strict=True)
            places[part] = [self.later.get(one, place) for one, place in pairs]
        return places

    def place(self, key: object) -> int:
        """Return what `places` does for one id."""
        sought = hash(key)
        if (later := self.later.get(key, -1)) >= 0:  # type: ignore[call-overload]
            return int(later)
        at = int(self.hashes.searchsorted(sought))
        return int(self.order[at]) if at < len(self.hashes) and self.hashes[at] == sought else -1


def hashes_of(ids: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the hashes of ids, found in pieces."""
    hashes = np.empty(len(ids), dtype=np.int64)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE].tolist()
        hashes[start : start + len(some)] = np.fromiter(map(hash, some), np.int64, len(some))
    return hashes


class IdEngine(StringObjectEngine):  # type: ignore[misc]
    """Look ids up in what was noted once and the index of a table shares with those before and after an edit.

    `gone` are the places, in order, of the rows that are there no longer, `size` the number of all that there were. An
    id that went and came back has a new place, so that an older index no longer finds it there; that one searches.
    """

    ids: NDArray[np.object_]
    noted: Noted
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
        asked = np.asarray(values, dtype=object)
        places = self.noted.places(asked)
        known = np.flatnonzero(places >= 0)
        stands = self._now(places[known])
        right = stands >= 0
        for start in range(0, len(known), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            right[part] &= self.ids[stands[part]] == asked[known[part]]
        places[known] = stands
        lost = known[~right].tolist()
        if lost:
            # All in one pass: each search goes through the whole table.
            sought = set(asked[lost].tolist())
            found = {one: place for place, one in enumerate(self.ids.tolist()) if one in sought}
            places[lost] = list(map(found.get, asked[lost].tolist(), repeat(-1)))
        return places

    def _place(self, key: Any) -> int:
        noted = self.noted.place(key)
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


def note(index: pd.Index) -> pd.Index:
    """Note the places of the ids of a long index, in pieces; return the index."""
    if len(index) < LONG:
        return index
    noted = Noted.of(np.asarray(index.array, dtype=object))
    if noted is not None:
        _attach(index, noted, np.empty(0, dtype=np.intp), len(index))
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
    if len(all_gone) > MOST_GONE or len(engine.noted.later) + len(added) > MOST_ADDED:
        return note(after)
    engine.noted.later.update(zip(added, range(engine.size, engine.size + len(added)), strict=True))
    _attach(after, engine.noted, all_gone, engine.size + len(added))
    return after


def _attach(index: pd.Index, noted: Noted, gone: Places, size: int) -> None:
    ids = np.asarray(index.array, dtype=object)
    engine = IdEngine(ids, np.nan)
    engine.ids, engine.noted, engine.gone, engine.size = ids, noted, gone, size
    index._cache["_engine"] = engine  # type: ignore[attr-defined]


def _engine(index: pd.Index) -> IdEngine | None:
    engine = index._cache.get("_engine")  # type: ignore[attr-defined]
    return engine if isinstance(engine, IdEngine) else None
