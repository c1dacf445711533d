"""What is known of a column of very many rows: its values by number, and its order."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.progress import Report, silent
from geo.tablework import collation, ordering, upkeep
from geo.tablework.ordering import Ordering
from geo.tablework.splicing import spliced

SAMPLE = 65_536
"""After so many rows it shows whether a column holds few different values."""

MOST_VALUES, MOST_CODES = 4096, 2**16
"""A column of more different values is ordered by its texts; so many may edits add."""

MOST_LATE = 1000
"""Where more rows have changed the order is found anew."""

MOST_LEFT = 3
"""Where rows came or went more often the order is found anew: to follow each takes some ten milliseconds."""


@dataclass
class Codes:
    """Which value each row holds, by number: `number`, shape (rows,), and the different `values`."""

    number: NDArray[np.uint16]
    values: list[str]
    keys: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The sort keys of values, kept because each takes some time to make."""

    def counts(self) -> NDArray[np.intp]:
        """Return how often each value occurs, shape (values,)."""
        return np.bincount(self.number, minlength=len(self.values))

    def having(self, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return the rows whose value is wanted, shape (rows,)."""
        chosen = np.fromiter(map(wanted, self.values), bool, len(self.values))
        return chosen[self.number] if len(chosen) else np.zeros(len(self.number), dtype=bool)


@dataclass
class Prepared:
    """What was found out of a column: an order, and the codes if it holds few different values."""

    order: Ordering | None = None
    codes: Codes | None = None


@dataclass
class ColumnOf:
    """One column and what was found out of it.

    Parameters
    ----------
    values
        The values in the order of the rows, as pandas or numpy holds them.
    is_number
        Whether they are numbers; else texts.
    titles
        What a reader sees for a value, and what it sorts by; others are read as they are.
    grades
        Values that sort in this order, before all others.
    """

    values: Sequence[Any]
    is_number: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    known: Prepared = field(default_factory=Prepared)
    _late: set[int] = field(default_factory=set)
    """The rows changed since `known` was found out, which follows when it is asked for: not while a cell is edited."""
    _left: list[tuple[NDArray[np.intp], NDArray[np.bool_], int]] = field(default_factory=list)
    """Which rows went since then, which of all stayed, and how many came."""

    def numbers(self) -> NDArray[np.float64]:
        """Return a column of numbers, shape (rows,), NaN where empty."""
        return numbers_of(self.values)

    def shown(self, row: int) -> str:
        """Return what a reader sees in a text column."""
        value = self.values[row]
        return str(self.titles.get(value, value))

    def order(self) -> Ordering | None:
        """Return the order of the rows where it is known or quickly found; None where `prepare` must find it."""
        codes = self.coded()
        if codes is not None and self.known.order is None:
            self.known.order = self._order_codes(codes)
        return self.known.order

    def coded(self) -> Codes | None:
        """Return the values by number where they are known, up to date."""
        if self._left or self._late:
            self._settle()
        return self.known.codes

    def _settle(self) -> None:
        """Let what is known follow the changes since it was found out."""
        codes, order, left, late = self.known.codes, self.known.order, self._left, self._late
        self._drop()
        if codes is not None and len(codes.values) + len(late) < MOST_CODES:
            for gone, _kept, added in left:
                some = spliced(codes.number, gone, gone[:0], codes.number[:0])
                codes.number = np.append(some, np.zeros(added, np.uint16)) if added else some
            place = {value: number for number, value in enumerate(codes.values)}
            for row in late:
                value = str(self.values[row])
                if value not in place:
                    place[value] = len(codes.values)
                    codes.values.append(value)
                codes.number[row] = place[value]
            self.known = Prepared(None, codes)
        elif codes is None and order is not None:
            for _gone, kept, added in left:
                order = upkeep.reshaped(order, kept, added)
            self.known = Prepared(upkeep.moved(order, self.shown, late) if late else order)

    def prepare(self, report: Report = silent) -> Prepared:
        """Find out what `known` lacks, to be set there; may run in another thread, for about a second a million rows.

        Raises
        ------
        Cancelled
            If `report` says so.
        """
        if self.known.order is not None:
            return self.known
        if self.is_number:
            return Prepared(ordering.order_numbers(self.numbers()))
        codes = self.known.codes or encoded(self.values, report)
        if codes is not None:
            self._make_keys(codes)
            return Prepared(None, codes)
        texts = np.asarray(self.values, dtype=object)
        return Prepared(ordering.order_texts(texts, report))

    def release(self) -> None:
        """Let go of an order that is found again in some milliseconds."""
        if self.is_number or self.known.codes is not None:
            self.known = Prepared(None, self.known.codes)

    def _make_keys(self, codes: Codes) -> None:
        """Make the sort keys of values that have none yet."""
        rank = {value: place for place, value in enumerate(self.grades)}
        for value in codes.values:
            if value not in codes.keys:
                title = str(self.titles.get(value, value))
                codes.keys[value] = (rank.get(value, len(rank)), () if value in rank else collation.sort_key(title))

    def _order_codes(self, codes: Codes) -> Ordering:
        self._make_keys(codes)
        keys = [codes.keys[value] for value in codes.values]
        place = {key: number for number, key in enumerate(sorted(set(keys)))}
        ranks = np.array([place[key] if value else -1 for key, value in zip(keys, codes.values, strict=True)], np.int32)
        return ordering.order_codes(codes.number, ranks)

    def reshaped(self, values: Sequence[Any], kept: NDArray[np.bool_], added: int) -> None:
        """Take the values after rows went, of which `kept` says which stayed, and others were added at the end."""
        self.values = values
        gone = np.flatnonzero(~kept)
        late = np.array([row for row in self._late if kept[row]], dtype=np.intp)
        self._late = set((late - np.searchsorted(gone, late)).tolist())
        self._left.append((gone, kept, added))
        count = len(kept) - len(gone)
        self.changed(values, range(count, count + added))

    def changed(self, values: Sequence[Any], rows: Sequence[int]) -> None:
        """Take the values anew, of which just those of some rows differ, and keep up what is known."""
        self.values = values
        self._late.update(rows)
        follows = self.known.codes is not None or (self.known.order is not None and not self.is_number)
        if not follows or len(self._late) > MOST_LATE or len(self._left) > MOST_LEFT:
            self._drop()

    def _drop(self) -> None:
        self.known, self._late, self._left = Prepared(), set(), []


def numbers_of(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return a column of numbers, shape (rows,), NaN where empty."""
    if isinstance(values, pd.api.extensions.ExtensionArray):
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(values, dtype=np.float64)


def encoded(values: Sequence[Any], report: Report = silent) -> Codes | None:
    """Return a column of texts by numbers; None if it holds very many different ones.

    Raises
    ------
    Cancelled
        If `report` says so.
    """
    steps = encoding(values)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Codes | None = end.value
            return made
        report(0.05, "")


def encoding(values: Sequence[Any]) -> Generator[None, None, Codes | None]:
    """Do what `encoded` does in steps of a millisecond or two."""
    place: dict[str, int] = {}
    made = [np.empty(0, np.uint16)]
    for start in range(0, len(values), ordering.AT_ONCE):
        # pandas holds the interpreter while it counts, hence the pieces.
        number, different = pd.factorize(np.asarray(values[start : start + ordering.AT_ONCE], dtype=object))
        to = np.fromiter((place.setdefault(str(each), len(place)) for each in different), np.uint16, len(different))
        made.append(to[number])
        done = start + len(number)
        if len(place) > MOST_VALUES or (done >= SAMPLE and len(place) > done / 2):
            return None
        yield
    return Codes(np.concatenate(made), list(place))
