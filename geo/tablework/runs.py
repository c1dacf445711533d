"""Texts taken apart into numbers and the runs of characters between them, so that whole texts become small numbers.

Names, codes, addresses and telephone numbers of many sites are made of few different runs and of numbers that differ.
A run is known again by a number made from its characters, and only the different ones are ever looked at as texts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.progress import Report
from geo.tablework import collation

Texts = NDArray[np.object_]
Places = NDArray[np.intp]
Hashes = NDArray[np.uint64]
Ranks = NDArray[np.int64]
Code = NDArray[np.uint8] | NDArray[np.uint16]
Found = tuple[Places, Places, NDArray[np.bool_]]
"""Where runs begin and end, and whether the texts end there too."""

AT_ONCE = 8192
"""Texts handled in one piece: to join so many holds the interpreter for a millisecond."""

MOST_PIECES = 12
"""Texts of more runs and numbers are not taken apart."""

SAMPLE, MOST_RUNS = 65_536, 2**17
"""After so many rows it shows whether there are few different runs; of more than the second there are not."""

MOST_DIGITS = 18
"""Longer numbers do not fit into an integer."""

KEY_BITS = 63

UNKNOWN, END, ZERO, FIRST = 0, 1, 2, 12
"""What stands for a character not met before, the end of a text, the digit 0, and for the first other character."""

FACTOR, MORE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
"""Odd factors that mix the characters of a run; that two of 100,000 are taken for one has a chance of 1 in 10^9."""


@dataclass
class _Piece:
    """One place of all texts: the runs found there, or the numbers.

    `found` holds by row the number of the run, or one more than the value; 0 where a text has ended before.
    """

    found: NDArray[np.int32] | NDArray[np.int64]
    runs: list[str] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)
    least: int = 2**62
    most: int = 0

    @classmethod
    def made(cls, level: int, count: int) -> "_Piece":
        """Return one for so many texts; numbers are at the odd places."""
        return cls(np.zeros(count, np.int64) if level % 2 else np.zeros(count, np.int32), [""])

    def note(self, values: Ranks) -> Ranks:
        """Return numbers as they are kept, and remember the least and the greatest."""
        self.least = min(self.least, int(values.min()) + 1)
        self.most = max(self.most, int(values.max()) + 1)
        return values + 1


def keys(texts: Texts, ranks_of: Callable[[Texts], Ranks], report: Report) -> tuple[Ranks, int] | None:
    """Return a number for each text by which they sort, and how many bits it takes; None if they have many runs.

    Parameters
    ----------
    texts
        Shape (rows,).
    ranks_of
        Gives the places of some different texts among each other from 1 on, 0 for an empty one.

    Returns
    -------
    Shape (rows,), alike where the texts count as alike, 0 for empty ones.

    Raises
    ------
    Cancelled
        If `report` says so.
    """
    pieces = _Taking(len(texts))
    for start in range(0, len(texts), AT_ONCE):
        report(0.2, "")
        if not pieces.take(start, texts[start : start + AT_ONCE].tolist()):
            return None
    return _put_together(pieces.made, ranks_of, len(texts))


def _put_together(pieces: list[_Piece], ranks_of: Callable[[Texts], Ranks], count: int) -> tuple[Ranks, int] | None:
    """Return one number for each text made from its pieces, the first of which counts most."""
    size, parts = 1, list[tuple[_Piece, int, Ranks]]()
    for level, piece in enumerate(pieces):
        ranks = np.empty(0, dtype=np.int64)
        if level % 2:
            steps = piece.most - piece.least + 2
        else:
            named = np.empty(len(piece.runs), dtype=object)
            named[:] = piece.runs
            ranks = ranks_of(named)
            steps = int(ranks.max()) + 1
        size *= steps
        parts.append((piece, steps, ranks))
    if size.bit_length() > KEY_BITS:
        return None
    whole = np.zeros(count, dtype=np.int64)
    for start in range(0, count, 4 * AT_ONCE):
        some = whole[start : start + 4 * AT_ONCE]
        for piece, steps, ranks in parts:
            found = piece.found[start : start + 4 * AT_ONCE]
            some *= steps
            some += ranks[found] if len(ranks) else np.maximum(found - (piece.least - 1), 0)
    return whole, size.bit_length()


class _Taking:
    """Take texts apart block by block."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.made: list[_Piece] = []
        # By code point; as long as few occur in bytes, of which twice as many are looked at in one go.
        self._code: Code = np.zeros(0x110000, dtype=np.uint8)
        self._code[0] = END
        self._next = FIRST

    def take(self, start: int, texts: list[str]) -> bool:
        """Take some texts apart, the first of which is in a row; False if these texts cannot be."""
        joined = "\0".join(texts) + "\0"
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        code = self._codes(points)
        if code is None:
            return False
        block = _Block.of(code, joined)
        if len(block.begins) != len(texts):
            return False  # a text has the character that parts them here
        rows: slice | Places = slice(None)
        lefts, level = block.begins, 0
        while len(lefts):
            if level == len(self.made):
                if level == MOST_PIECES:
                    return False
                self.made.append(_Piece.made(level, self.count))
            piece = self.made[level]
            found = piece.found[start : start + len(texts)]
            rights = block.events[np.minimum(block.first[rows] + level, block.last[rows])]
            if level % 2:
                values = block.numbers(lefts, rights)
                if values is None:
                    return False
                found[rows] = piece.note(values)
            else:
                is_end = code[rights] == END
                found[rows] = self._runs(piece, block, (lefts, rights, is_end))
                if len(piece.runs) > min(MOST_RUNS, max(start, SAMPLE) // 2):
                    return False
                if is_end.any():
                    on = np.flatnonzero(~is_end)
                    rows, rights = on if isinstance(rows, slice) else rows[on], rights[on]
            lefts, level = rights, level + 1
        return True

    def _codes(self, points: NDArray[np.uint32]) -> Code | None:
        """Return small numbers for code points, with some room behind; None if there are very many different ones."""
        code = np.zeros(len(points) + _Block.ROOM, dtype=self._code.dtype)
        np.take(self._code, points, out=code[: len(points)], mode="clip")
        unknown = np.flatnonzero(code[: len(points)] == UNKNOWN)
        if not len(unknown):
            return code
        for point in np.unique(points[unknown]).tolist():
            value = collation.digit(chr(point))
            if value < 0:
                value, self._next = self._next - ZERO, self._next + 1
            if self._next > 2**16:
                return None
            if self._next > 2**8 and self._code.dtype == np.uint8:
                # Runs met before are met as new ones since; the same text has the same place among all.
                self._code = self._code.astype(np.uint16)
            self._code[point] = ZERO + value
        return self._codes(points)

    def _runs(self, piece: _Piece, block: "_Block", found: Found) -> NDArray[np.int32]:
        """Return the numbers of the runs between some places, new ones added to those of the piece."""
        lefts, rights, is_end = found
        number, different = _told_apart(block.hashes(lefts, rights, is_end))
        known = piece.known
        of = [known.get(each, -1) for each in different.tolist()]
        if -1 in of:
            at = np.empty(len(different), dtype=np.intp)
            at[number[::-1]] = np.arange(len(number))[::-1]
            for place, (each, first) in enumerate(zip(different.tolist(), at.tolist(), strict=True)):
                if of[place] < 0:
                    of[place] = known[each] = len(piece.runs)
                    # Before a number a run sorts like one with any number behind it.
                    text = block.joined[lefts[first] : rights[first]]
                    piece.runs.append(text if is_end[first] else text + "0")
        numbers: NDArray[np.int32] = np.array(of, dtype=np.int32)[number]
        return numbers


@dataclass
class _Block:
    """Some texts one after another as small numbers of their characters, and where runs and numbers begin and end."""

    ROOM = 8

    code: Code
    joined: str
    begins: Places
    events: Places
    first: Places
    last: Places

    @classmethod
    def of(cls, code: Code, joined: str) -> "_Block":
        """Find the places of all texts at which a run or a number ends."""
        is_digit = code - code.dtype.type(ZERO) < FIRST - ZERO
        ends = code == END
        event = ends.copy()
        event[0] |= is_digit[0]
        event[1:] |= is_digit[1:] != is_digit[:-1]
        events = np.flatnonzero(event)
        last = np.flatnonzero(ends[events])
        first = np.concatenate([[0], last[:-1] + 1])
        begins = np.concatenate([[0], events[last[:-1]] + 1])
        return cls(code, joined, begins, events, first, last)

    def hashes(self, lefts: Places, rights: Places, is_end: NDArray[np.bool_]) -> Hashes:
        """Return a number for each run between two places that differs where the runs do, or what follows them."""
        size = self.code.itemsize
        some, only = 8 // size, _ONLY[size]
        loads = np.ndarray(len(self.code) - some + 1, dtype="<u8", buffer=self.code, strides=(size,))
        rest = rights - lefts
        if not rest.any():
            return is_end.astype(np.uint64)
        made = _mixed(is_end.astype(np.uint64), loads[lefts] & only[np.minimum(rest, some)])
        at = np.flatnonzero(rest > some)
        lefts, rest = lefts[at], rest[at]
        while len(at):
            lefts += some
            rest -= some
            made[at] = _mixed(made[at], loads[lefts] & only[np.minimum(rest, some)])
            if rest.min() <= some:
                on = rest > some
                at, lefts, rest = at[on], lefts[on], rest[on]
        return made

    def numbers(self, lefts: Places, rights: Places) -> Ranks | None:
        """Return the values of the numbers between two places; None if one is too long."""
        size = rights - lefts
        most = int(size.max(initial=0))
        if most > MOST_DIGITS:
            return None
        digits = np.zeros(len(self.code) + 8, dtype=np.uint8)
        np.subtract(self.code, ZERO, out=digits[8:], casting="unsafe")
        eight = np.ndarray(len(digits) - 7, dtype="<u8", buffer=digits, strides=(1,))
        values = np.zeros(len(lefts), dtype=np.uint64)
        scale = 1
        for done in range(0, most, 8):
            at = np.flatnonzero(size > done) if done else slice(None)
            # Eight characters before a place, of which those before the number are left out.
            loaded = eight[rights[at] - done] & _BEHIND[np.minimum(size[at] - done, 8)]
            values[at] += _value(loaded) * np.uint64(scale)
            scale *= 10**8
        return values.astype(np.int64)


_ONLY = {
    size: np.array([2 ** (8 * size * count) - 1 for count in range(8 // size + 1)], dtype=np.uint64) for size in (1, 2)
}
"""By the bytes of a character, masks that leave the first so many of eight bytes of them."""

_BEHIND = np.array([2**64 - 2 ** (64 - 8 * count) for count in range(9)], dtype=np.uint64)
"""Masks that leave the last so many of eight digits."""


def _told_apart(hashes: Hashes) -> tuple[Places, Hashes]:
    """Return which of the different hashes each is, and these."""
    if (hashes == hashes[0]).all():
        return np.zeros(len(hashes), dtype=np.intp), hashes[:1]
    number, different = pd.factorize(hashes)
    return number, different


def _mixed(held: Hashes, loaded: Hashes) -> Hashes:
    """Return numbers that depend on what was held and on what comes in; one to one in either."""
    mixed = (held * MORE + loaded) * FACTOR
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _value(digits: Hashes) -> Hashes:
    """Return the values of eight digits each, given as bytes of which the lowest counts most.

    Neighbours are put together: digits to numbers below 100, these to numbers below 10,000, and so on.
    """
    for bits, base, mask in ((8, 10, 0x00FF00FF00FF00FF), (16, 100, 0x0000FFFF0000FFFF), (32, 10_000, 0xFFFFFFFF)):
        digits = ((digits * np.uint64(1 + (base << bits))) >> np.uint64(bits)) & np.uint64(mask)
    return digits
