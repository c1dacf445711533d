"""The order of a column after rows changed, came or went: found from the one before, in a few milliseconds."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.tablework import collation
from geo.tablework.ordering import Mask, Ordering, Rows
from geo.tablework.splicing import spliced

FEW = 16
"""So many rows are sought one by one, each in half a millisecond among a million."""

TextOf = Callable[[int], str]
Key = tuple[tuple[collation.Element, ...], int]


def moved(ordering: Ordering, text_of: TextOf, changed: Iterable[int]) -> Ordering:
    """Return an order of texts after some rows have changed; `text_of` gives what a row holds now."""
    fresh = np.fromiter(sorted(set(changed)), np.int32)
    out = _places(ordering.rows, fresh)
    held, starts = _without(ordering, out)
    keys = {row: (collation.sort_key(text), row) for row in fresh.tolist() if (text := text_of(row))}
    filled = sorted(keys, key=keys.__getitem__)
    known = _Keys(held, text_of)
    at = np.fromiter((bisect_left(known, keys[row]) for row in filled), np.intp, len(filled))
    held = spliced(held, _NONE, at, np.array(filled, dtype=np.int32))
    starts = spliced(starts, _NONE, at, np.ones(len(at), dtype=bool))
    # Where values begin is asked of the texts only where a neighbour is new.
    places = at + np.arange(len(at))
    _begin(held, starts, np.union1d(places, places + 1), text_of)
    empty = np.array([row for row in fresh.tolist() if row not in keys], dtype=np.int32)
    blank = ordering.blank[~np.isin(ordering.blank, fresh)] if len(fresh) > FEW else _minus(ordering.blank, fresh)
    return Ordering(held, starts, _merged(blank, empty))


def reshaped(ordering: Ordering, kept: Mask, added: int) -> Ordering:
    """Return an order after rows went, of which `kept` says which stayed; those added at the end count as empty."""
    gone = np.flatnonzero(~kept).astype(np.int32)
    count = len(kept) - len(gone)
    rows, starts = ordering.rows, ordering.starts
    blank = ordering.blank
    if len(gone):
        rows, starts = _without(ordering, _places(rows, gone))
        blank = blank[kept[blank]]
        rows, blank = _renumbered(rows, gone, kept), _renumbered(blank, gone, kept)
    return Ordering(rows, starts, np.concatenate([blank, np.arange(count, count + added, dtype=np.int32)]))


def left_in(rows: Rows, kept: Mask) -> Rows:
    """Return rows in some order, without those that went, by the numbers that they have since.

    Parameters
    ----------
    kept
        Which of the rows that there were stayed.
    """
    gone = np.flatnonzero(~kept).astype(np.int32)
    return _renumbered(spliced(rows, _places(rows, gone), _NONE, rows[:0]), gone, kept)


_NONE = np.empty(0, dtype=np.intp)


def _places(rows: Rows, sought: Rows) -> NDArray[np.intp]:
    """Return where some rows stand in an order, ascending; those that do not are left out."""
    if len(sought) <= FEW:
        found = [np.flatnonzero(rows == row) for row in sought.tolist()]
        return np.sort(np.concatenate([_NONE, *found]))
    wanted = np.zeros(int(max(rows.max(initial=0), sought.max(initial=0))) + 1, dtype=bool)
    wanted[sought] = True
    return np.flatnonzero(wanted[rows])


def _without(ordering: Ordering, out: NDArray[np.intp]) -> tuple[Rows, Mask]:
    """Return the rows of an order and where values begin, without those at some places, ascending."""
    starts = ordering.starts.copy()
    for place in out.tolist():
        # Where the first row of a value goes, the value begins with the next one.
        if starts[place] and place + 1 < len(starts):
            starts[place + 1] = True
    return spliced(ordering.rows, out, _NONE, ordering.rows[:0]), spliced(starts, out, _NONE, starts[:0])


def _begin(held: Rows, starts: Mask, places: NDArray[np.intp], text_of: TextOf) -> None:
    """Find out whether values begin at some places of an order."""
    for place in places[places < len(held)].tolist():
        near = [collation.sort_key(text_of(row)) for row in held[max(place - 1, 0) : place + 1].tolist()]
        starts[place] = not place or near[0] != near[1]


def _minus(blank: Rows, fresh: Rows) -> Rows:
    """Return ascending rows without a few others."""
    at = np.searchsorted(blank, fresh)
    there = at < len(blank)
    there[there] = blank[at[there]] == fresh[there]
    return spliced(blank, at[there], _NONE, blank[:0])


def _merged(blank: Rows, more: Rows) -> Rows:
    """Return two lists of rows, both ascending, as one."""
    return spliced(blank, _NONE, np.searchsorted(blank, more), more)


def _renumbered(rows: Rows, gone: Rows, kept: Mask) -> Rows:
    """Return rows by the numbers that they have once others have gone."""
    if len(gone) > FEW:
        place = np.cumsum(kept, dtype=np.int32) - 1
        found: Rows = place[rows]
        return found
    fewer = rows.copy()
    for row in gone.tolist():
        fewer -= rows > row
    return fewer


class _Keys(Sequence[Key]):
    """The sort keys of rows in order, each made when it is asked for."""

    def __init__(self, rows: Rows, text_of: TextOf) -> None:
        self._rows, self._text_of = rows, text_of

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> Key:  # type: ignore[override]
        row = int(self._rows[at])
        return collation.sort_key(self._text_of(row)), row
