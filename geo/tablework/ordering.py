"""The rows of a column in order, found once and then kept up edit by edit.

Sorting a million strings in Python takes seconds, in which nothing else runs. Here the texts become numbers, several
characters packed in each, which numpy sorts without holding the interpreter; only rows that are still alike are looked
at further on in their texts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.progress import Report, silent
from geo.tablework import collation, runs

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Points = NDArray[np.uint32]
Weights = NDArray[np.uint16] | NDArray[np.uint32]

AT_ONCE = 8192
"""Rows handled in one piece where the interpreter is held: some milliseconds."""

WORD_BITS = 63


@dataclass(frozen=True)
class Ordering:
    """The rows that hold something, in ascending order.

    Parameters
    ----------
    rows
        Positions of rows, shape (filled,); where values are alike, in ascending order.
    starts
        Whether a value differs from the one before it, shape (filled,).
    blank
        Positions of the rows that hold nothing, ascending.
    """

    rows: Rows
    starts: Mask
    blank: Rows

    def ascending(self) -> Rows:
        """Return all rows, the empty ones last."""
        return np.concatenate([self.rows, self.blank])

    def descending(self) -> Rows:
        """Return all rows, the greatest first and the empty ones last; rows alike stay in ascending order."""
        if not len(self.rows):
            return self.blank
        begins = np.flatnonzero(self.starts)
        sizes = np.diff(begins, append=len(self.rows))
        if len(begins) == len(self.rows):
            return np.concatenate([self.rows[::-1], self.blank])
        begins, sizes = begins[::-1], sizes[::-1]
        # Each group is copied as it stands: its own begin, plus a count that starts anew with it.
        before = np.cumsum(sizes) - sizes
        at = np.arange(len(self.rows)) + np.repeat(begins - before, sizes)
        return np.concatenate([self.rows[at], self.blank])


def order_numbers(values: NDArray[np.float64]) -> Ordering:
    """Return the order of numbers, shape (rows,); NaN is empty."""
    missing = np.isnan(values)
    filled, blank = np.flatnonzero(~missing).astype(np.int32), np.flatnonzero(missing).astype(np.int32)
    some = values[filled] if len(blank) else values
    if not len(filled):
        return Ordering(filled, np.empty(0, bool), blank)
    least = some.min()
    keys: NDArray[np.generic] = some
    if some.max() - least < 2**16:
        small = (some - least).astype(np.uint16)
        if np.array_equal(small + least, some):
            # Small whole numbers are sorted by counting, some fifteen times as fast.
            keys = small
    order = np.argsort(keys, kind="stable")
    return Ordering(filled[order], _starts(keys[order]), blank)


def order_codes(codes: NDArray[np.integer], ranks: NDArray[np.integer]) -> Ordering:
    """Return the order of values given by number.

    Parameters
    ----------
    codes
        The number of each row's value, shape (rows,).
    ranks
        The place of each value among all, shape (values,); alike where values count as alike, negative where empty.
    """
    small = ranks.astype(np.int16) if len(ranks) < 2**15 else ranks
    ranked = small[codes]
    missing = ranked < 0
    if not missing.any():
        rows = np.argsort(ranked, kind="stable").astype(np.int32)
        return Ordering(rows, _starts(ranked[rows]), np.empty(0, np.int32))
    filled = np.flatnonzero(~missing).astype(np.int32)
    rows = filled[np.argsort(ranked[filled], kind="stable")]
    return Ordering(rows, _starts(ranked[rows]), np.flatnonzero(missing).astype(np.int32))


def order_texts(texts: Texts, report: Report = silent) -> Ordering:
    """Return the order of texts, shape (rows,), as `geo.tablework.collation` puts them; an empty one is empty.

    Raises
    ------
    Cancelled
        If `report` says so.
    """
    found = runs.keys(texts, lambda some: _ranks(some, report), report)
    return order_by_characters(texts, report) if found is None else _order_keys(*found)


def _ranks(texts: Texts, report: Report) -> NDArray[np.int64]:
    """Return the places of texts among each other from 1 on, alike where they count as alike, 0 for empty ones."""
    order = order_by_characters(texts, report)
    ranks = np.zeros(len(texts), dtype=np.int64)
    ranks[order.rows] = np.cumsum(order.starts)
    return ranks


def _order_keys(keys: NDArray[np.int64], bits: int) -> Ordering:
    """Return the order of numbers of so many bits, shape (rows,), of which 0 is empty."""
    place_bits = len(keys).bit_length()
    rows: Rows
    if bits + place_bits <= WORD_BITS:
        # With its row packed below each is different, and numbers are sorted some six times as fast as places.
        mixed = keys << place_bits
        mixed |= np.arange(len(keys))
        mixed.sort()
        rows = (mixed & ((1 << place_bits) - 1)).astype(np.int32)
        mixed >>= place_bits
        keys = mixed
    else:
        rows = np.argsort(keys, kind="stable").astype(np.int32)
        keys = keys[rows]
    begin = int(np.searchsorted(keys, 1))
    return Ordering(rows[begin:], _starts(keys[begin:]), rows[:begin].copy())


def order_by_characters(texts: Texts, report: Report = silent) -> Ordering:
    """Do the same as `order_texts` for texts of any kind, several characters at a time.

    Raises
    ------
    Cancelled
        If `report` says so.
    """
    packed = _Packed.of(texts, report)
    lengths = np.diff(packed.offsets)
    rows = np.flatnonzero(lengths).astype(np.int32)
    blank = np.flatnonzero(lengths == 0).astype(np.int32)
    if not len(rows):
        return Ordering(rows, np.empty(0, bool), blank)
    words = packed.words(rows, 0, report)
    order = np.argsort(words, kind="stable")
    rows, starts = rows[order], _starts(words[order])
    level = 1
    while True:
        alike = ~starts | ~np.append(starts[1:], True)
        at = np.flatnonzero(alike)
        at = at[_goes_on(starts, at, lengths[rows[at]] > level * packed.per_word)]
        if not len(at):
            return Ordering(rows, starts, blank)
        report(0.5, "")
        _refine(packed, (rows, starts), at, level)
        level += 1


def _goes_on(starts: Mask, at: NDArray[np.intp], longer: Mask) -> Mask:
    """Return which of some places lie in a group of which any text goes on; all places of a group are given."""
    if not len(at):
        return longer
    group = np.cumsum(starts[at]) - 1
    some = np.zeros(group[-1] + 1, dtype=bool)
    some[group[longer]] = True
    return some[group]


def _refine(packed: "_Packed", held: tuple[Rows, Mask], at: NDArray[np.intp], level: int) -> None:
    """Put rows that are alike so far, at some places, in the order of the next word of their texts."""
    rows, starts = held
    some = rows[at]
    words = packed.words(some, level, silent)
    order = np.argsort(words)
    fresh = np.empty(len(at), dtype=np.int64)
    fresh[order] = np.cumsum(_starts(words[order]))
    bits = len(at).bit_length()
    keys = (np.cumsum(starts[at]).astype(np.int64) << bits) | fresh
    if 3 * bits <= WORD_BITS:
        # The place itself is packed below, so that rows alike keep their order without a slower, stable sort.
        mixed = (keys << bits) | np.arange(len(at))
        mixed.sort()
        order, keys = mixed & ((1 << bits) - 1), mixed >> bits
    else:
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
    rows[at] = some[order]
    starts[at] = _starts(keys)


def _starts(ordered: NDArray[np.generic]) -> Mask:
    starts = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    return starts


@dataclass(frozen=True)
class _Packed:
    """Texts as the weights of their characters, one after another."""

    weights: Weights
    offsets: NDArray[np.int64]
    bits: int

    @property
    def per_word(self) -> int:
        return WORD_BITS // self.bits

    @classmethod
    def of(cls, texts: Texts, report: Report) -> "_Packed":
        lengths, seen = _characters(texts, report)
        alphabet = _alphabet(np.flatnonzero(seen))
        _values, weights, marks = alphabet
        most = max(int(weights.max(initial=0)), int(marks[-1]), 10)
        # One piece of memory for all, since many small ones would not be given back: a weight for each character and
        # one for each number, of which no more fit in, and the one that stands for what a text no longer has.
        room = int(lengths.sum()) + (int(lengths.sum()) + len(lengths)) // 2 + 1
        flat: Weights = np.empty(room, np.uint16) if most < 2**16 else np.empty(room, np.uint32)
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        end = 0
        for start in range(0, len(texts), AT_ONCE):
            report(0.3, "")
            part = lengths[start : start + AT_ONCE]
            made, sizes = _weigh(_points(texts[start : start + AT_ONCE]), part, alphabet)
            flat[end : end + len(made)] = made
            np.cumsum(sizes, out=offsets[start + 1 : start + 1 + len(part)])
            offsets[start + 1 : start + 1 + len(part)] += end
            end += len(made)
        flat[end] = 0
        return cls(flat[: end + 1], offsets, most.bit_length())

    def words(self, rows: Rows, level: int, report: Report) -> NDArray[np.int64]:
        """Return the weights from a word on of some rows, as one number each, shape (rows,)."""
        made = np.zeros(len(rows), dtype=np.int64)
        nothing = len(self.weights) - 1
        for start in range(0, len(rows), 8 * AT_ONCE):
            report(0.4, "")
            some = rows[start : start + 8 * AT_ONCE]
            at, end = self.offsets[some] + level * self.per_word, self.offsets[some + 1]
            words = np.zeros(len(some), dtype=np.int64)
            for _ in range(self.per_word):
                words <<= self.bits
                words |= self.weights[np.where(at < end, at, nothing)]
                at += 1
            made[start : start + 8 * AT_ONCE] = words
        return made


def _characters(texts: Texts, report: Report) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how many characters each text has, and which code points occur."""
    lengths, seen = np.empty(len(texts), dtype=np.int64), np.zeros(0x110000, dtype=bool)
    for start in range(0, len(texts), AT_ONCE):
        report(0.1, "")
        some = texts[start : start + AT_ONCE]
        lengths[start : start + len(some)] = np.fromiter(map(len, some.tolist()), np.int64, len(some))
        seen[_points(some)] = True
    return lengths, seen


def _points(texts: Texts) -> Points:
    """Return the code points of texts, one after another."""
    return np.frombuffer("".join(texts.tolist()).encode("utf-32-le", "surrogatepass"), np.uint32)


Alphabet = tuple[NDArray[np.int8], NDArray[np.uint32], NDArray[np.uint32]]
"""By code point: the value of a digit or -1, and the weight of what is none; then the weights of numbers by length."""


def _alphabet(points: NDArray[np.intp]) -> Alphabet:
    values = np.full(0x110000, -1, dtype=np.int8)
    weights = np.zeros(0x110000, dtype=np.uint32)
    found: dict[collation.Element, list[int]] = {}
    for point in points.tolist():
        value = collation.digit(chr(point))
        if value >= 0:
            values[point] = value
        else:
            found.setdefault(collation.element(chr(point)), []).append(point)
    # A digit weighs its value and one; it is only ever compared with another digit of as long a number.
    weight, marks = 10, np.zeros(collation.MOST_DIGITS + 1, dtype=np.uint32)
    lengths = {(collation.NUMBER, "", length): length for length in range(1, len(marks))}
    for place in sorted([*found, *(lengths if (values >= 0).any() else ())]):
        weight += 1
        if place in lengths:
            marks[lengths[place]] = weight
        else:
            weights[found[place]] = weight
    marks[0] = weight
    return values, weights, np.maximum(marks, 1)


def _weigh(
    points: Points, lengths: NDArray[np.int64], alphabet: Alphabet
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the weights of texts, the length of a number before its digits, and how many weights each text has."""
    values, weights, marks = alphabet
    value = values[points]
    is_digit = value >= 0
    if not is_digit.any():
        return weights[points], lengths
    owner = np.repeat(np.arange(len(lengths)), lengths)
    places = np.flatnonzero(is_digit)
    # A run ends where the next digit is not the next character, or stands in the next text.
    apart = (np.diff(places) > 1) | (np.diff(owner[places]) > 0)
    run = np.concatenate([[0], np.cumsum(apart)])
    ends = np.append(np.flatnonzero(apart), len(places) - 1)
    # Zeros before the first other digit do not count, but for the last one.
    counts = (value[places] > 0).astype(np.int8)
    counts[ends] = 1
    significant = np.cumsum(counts)
    before = np.concatenate([[0], significant[ends[:-1]]])
    kept = significant > before[run]
    sizes = np.bincount(run[kept], minlength=len(ends))
    leads = kept & (np.concatenate([[-1], run[:-1]]) != run) | (kept & ~np.concatenate([[False], kept[:-1]]))
    times = np.ones(len(points), dtype=np.int64)
    times[places] = kept.astype(np.int64) + leads
    made = weights[points]
    made[places] = value[places].astype(np.uint32) + 1
    at = np.cumsum(times) - times
    flat = np.repeat(made, times)
    flat[at[places[leads]]] = marks[np.minimum(sizes, collation.MOST_DIGITS)[run[leads]]]
    return flat, np.bincount(owner, weights=times, minlength=len(lengths)).astype(np.int64)
