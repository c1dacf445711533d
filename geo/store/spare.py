"""Columns of objects that change in a few rows without being copied whole.

Copying a million pointers takes some 40 ms, in which nothing else runs: Python counts every one of the objects. So of a
column that was changed the array before is kept as a spare. The next change brings the spare up to date in the rows in
which it lags behind, and takes it as the new array; the one before becomes the spare. What somebody still holds on to
is never written to, so that a table given out stays as it is.

An array may be longer than its column: rows are added at its end without a copy. Whoever holds the shorter column does
not see them.
"""

import sys
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONG = 50_000
"""Rows from which a column is worth a spare."""

AT_ONCE = 16_384
"""Pointers copied in one piece: about a millisecond."""

ROOM = 64
"""One row in so many is kept free at the end of an array for rows to come."""

Cells = NDArray[np.object_]
Rows = NDArray[np.intp]


@dataclass
class _Kept:
    """What is known of the array of a column.

    Attributes
    ----------
    array
        The array; nobody keeps it here.
    used
        How many of its cells were ever given out.
    spare
        An earlier array as long, None for none.
    behind
        The rows in which the spare is not as the array.
    """

    array: "weakref.ref[Cells]"
    used: int
    spare: Cells | None = None
    behind: list[Rows] = field(default_factory=list)


_kept: dict[int, _Kept] = {}
"""By the id of the array."""

ALONE = 3
"""References to a spare that nobody else holds: what is kept of it, a variable here, and the one that counts."""


def put(cells: Cells, rows: Rows, values: Sequence[Any]) -> Cells:
    """Return a column with other values in some rows; the one given stays as it is.

    Parameters
    ----------
    cells
        The column.
    rows
        Positions in it.
    values
        As many.
    """
    array = _array_of(cells)
    kept = _kept.get(id(array))
    spare = None if kept is None else kept.spare
    if kept is not None and spare is not None and sys.getrefcount(spare) <= ALONE:
        for part in kept.behind:
            spare[part] = array[part]
    else:
        spare = np.empty(len(array), dtype=object)
        for _ in _copying(array, spare, len(cells)):
            pass
    for row, value in zip(rows.tolist(), values, strict=True):
        spare[row] = value
    _kept.pop(id(array), None)
    _keep(spare, len(cells), array, [rows])
    return spare[: len(cells)]


def appended(cells: Cells, values: Sequence[Any]) -> Cells:
    """Return a column with values added at its end; the one given stays as it is."""
    array, start, end = _array_of(cells), len(cells), len(cells) + len(values)
    kept = _kept.get(id(array))
    if kept is None or kept.used != start or end > len(array):
        longer = np.empty(end + end // ROOM, dtype=object)
        for _ in _copying(array, longer, start):
            pass
        array, kept = longer, _keep(longer, start)
    for at, value in enumerate(values, start):
        array[at] = value
    kept.used = end
    kept.behind.append(np.arange(start, end))
    return array[:end]


def taken(cells: Cells, rows: Rows) -> Cells:
    """Return some cells of a column, in pieces."""
    some = np.empty(len(rows), dtype=object)
    for start in range(0, len(rows), AT_ONCE):
        some[start : start + AT_ONCE] = cells[rows[start : start + AT_ONCE]]
    return some


def preparing(cells: Cells) -> Iterator[None]:
    """Make a spare for a column ahead, yielding every millisecond; none where one is or copying it is quick anyway."""
    array = _array_of(cells)
    if len(cells) < LONG or not _differs(cells):
        return
    kept = _kept.get(id(array)) or _keep(array, len(array))
    if kept.spare is not None:
        return
    kept.behind = []
    spare = np.empty(len(array), dtype=object)
    yield from _copying(array, spare, kept.used)
    # Not if the column was changed meanwhile, for which it was copied.
    if _kept.get(id(array)) is kept:
        kept.spare = spare


def dropping(columns: list[Cells]) -> Iterator[None]:
    """Let go of columns that nobody needs any more, yielding every few milliseconds.

    Freeing one at once takes as long as copying it.

    Parameters
    ----------
    columns
        They are taken out of the list; a column that somebody else still holds is left to that one.
    """
    while columns:
        array = _array_of(columns.pop())
        if sys.getrefcount(array) < ALONE:
            kept = _kept.get(id(array))
            if kept is not None and kept.spare is not None:
                columns.append(kept.spare)
                kept.spare = None
            for start in range(0, len(array), AT_ONCE):
                array[start : start + AT_ONCE] = None
                yield
        del array
        yield


def _differs(cells: Cells) -> bool:
    """Return whether most cells seem to hold an object of their own, which takes ten times as long to copy."""
    some = cells[:: max(len(cells) // 997, 1)].tolist()
    return len(set(map(id, some))) > len(some) // 2


def _copying(source: Cells, target: Cells, size: int) -> Iterator[None]:
    for start in range(0, size, AT_ONCE):
        end = min(start + AT_ONCE, size)
        target[start:end] = source[start:end]
        yield


def _array_of(cells: Cells) -> Cells:
    """Return the array that the cells are the beginning of, themselves where they are of another kind."""
    array = cells.base
    is_beginning = (
        isinstance(array, np.ndarray)
        and array.dtype == object
        and array.ndim == 1
        and array.flags.c_contiguous
        and cells.flags.c_contiguous
        and array.ctypes.data == cells.ctypes.data
    )
    return array if is_beginning and isinstance(array, np.ndarray) else cells


def _keep(array: Cells, used: int, spare: Cells | None = None, behind: list[Rows] | None = None) -> _Kept:
    """Note what is known of an array, for as long as somebody holds it."""
    key = id(array)

    def forget(ref: "weakref.ref[Cells]") -> None:
        held = _kept.get(key)
        if held is not None and held.array is ref:
            del _kept[key]

    kept = _kept[key] = _Kept(weakref.ref(array, forget), used, spare, behind or [])
    return kept
