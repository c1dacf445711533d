"""Some rows of a table as a set of their ids: a bit a row, so that a million are chosen in a millisecond."""

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

AT_ONCE = 10_000


class RowSet(AbstractSet[str]):
    """Behave as a frozenset of the ids of some rows.

    Parameters
    ----------
    index
        Of the table.
    mask
        Which of its rows are in the set, shape (rows,); it is taken over.
    """

    __slots__ = ("_count", "index", "mask")

    def __init__(self, index: pd.Index, mask: Mask) -> None:
        self.index = index
        self.mask = mask
        self._count = int(np.count_nonzero(mask))

    @classmethod
    def all_of(cls, index: pd.Index) -> Self:
        """Return the set of all rows of a table."""
        return cls(index, np.ones(len(index), dtype=bool))

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> frozenset[Any]:
        return frozenset(it)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, Hashable):
            return False
        try:
            return bool(self.mask[self.index.get_loc(key)])
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        ids = np.asarray(self.index.array, dtype=object)
        for start in range(0, len(ids), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            yield from ids[part][self.mask[part]].tolist()

    def __len__(self) -> int:
        return self._count

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"RowSet({self._count} of {len(self.index)})"

    def first(self) -> str:
        """Return the id of the first row in the set, empty if there is none."""
        return str(self.index.array[int(self.mask.argmax())]) if self._count else ""

    def mask_of(self, index: pd.Index) -> Mask:
        """Return which rows of another state of the table are in the set."""
        return self.mask if index.is_(self.index) else mask_of(self, index)

    def _is_like(self, other: object) -> "Mask | None":
        return other.mask if isinstance(other, RowSet) and other.index.is_(self.index) else None

    def __eq__(self, other: object) -> bool:
        mask = self._is_like(other)
        if mask is not None:
            return bool(np.array_equal(self.mask, mask))
        if not isinstance(other, AbstractSet):
            return NotImplemented
        return len(other) == len(self) and all(one in self for one in other)

    def __and__(self, other: Iterable[Any]) -> "RowSet | frozenset[str]":
        mask = self._is_like(other)
        return (
            frozenset(one for one in other if one in self) if mask is None else type(self)(self.index, self.mask & mask)
        )

    def __or__(self, other: Iterable[Any]) -> "RowSet | frozenset[Any]":
        return self._with(other, lambda mask, some: mask | some, stranger=True)

    def __sub__(self, other: Iterable[Any]) -> "RowSet | frozenset[Any]":
        return self._with(other, lambda mask, some: mask & ~some, stranger=False)

    def __xor__(self, other: Iterable[Any]) -> "RowSet | frozenset[Any]":
        return self._with(other, lambda mask, some: mask ^ some, stranger=True)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __rsub__(self, other: Iterable[Any]) -> frozenset[Any]:
        return frozenset(one for one in other if one not in self)

    def _with(self, other: Iterable[Any], put: Any, *, stranger: bool) -> "RowSet | frozenset[Any]":
        """Return the set put together with another; `stranger` where ids that are no rows would come into it."""
        mask = self._is_like(other)
        if mask is None:
            listed = list(other)
            places = places_of(listed, self.index)
            if stranger and (places < 0).any():
                return frozenset({*self} | {*listed}) if put(True, True) else frozenset({*self} ^ {*listed})
            mask = np.zeros(len(self.index), dtype=bool)
            mask[places[places >= 0]] = True
        return type(self)(self.index, put(self.mask, mask))


def mask_of(ids: Iterable[str], index: pd.Index) -> Mask:
    """Return which rows of a table have one of some ids, shape (rows,); fast where they are rows of this table."""
    if isinstance(ids, RowSet) and ids.index.is_(index):
        return ids.mask
    places = places_of(list(ids), index)
    mask = np.zeros(len(index), dtype=bool)
    mask[places[places >= 0]] = True
    return mask


def followed(chosen: RowSet, index: pd.Index, gone: list[str], added: list[str]) -> RowSet | None:
    """Return the same rows of a table that has changed, without looking each up; None if the table is another one.

    Parameters
    ----------
    chosen
        Rows of the table as it was.
    index
        Of the table as it is.
    gone, added
        The ids of the rows that went, and of those that came at its end.
    """
    places = places_of(gone, chosen.index) if gone else np.empty(0, dtype=np.intp)
    mask = np.delete(chosen.mask, places[places >= 0])
    if len(mask) + len(added) != len(index) or list(index[len(mask) :]) != added:
        return None
    return RowSet(index, np.concatenate([mask, np.zeros(len(added), dtype=bool)]))


def places_of(ids: list[str], index: pd.Index) -> NDArray[np.intp]:
    """Return where ids stand in a table, -1 for those that do not."""
    return np.asarray(index.get_indexer(pd.Index(ids, dtype="str")), dtype=np.intp)
