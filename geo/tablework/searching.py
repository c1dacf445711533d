"""Rows found by words in their texts, block by block, so that the first are on the screen at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

BLOCK = 4096
"""Rows of one block; it is searched within a millisecond and made within some."""

ROW_END, CELL_END = "\x1e", "\x1f"
"""The separators of ASCII for rows and cells: nobody types them."""


@dataclass(frozen=True)
class Source:
    """One column that is searched: its values and, where these are ids, what a reader sees for them."""

    values: Sequence[Any]
    titles: Mapping[str, str] | None = None

    def texts(self, start: int, end: int) -> list[str]:
        """Return what stands in some rows."""
        some = list(self.values[start:end])
        return some if self.titles is None else [self.titles.get(each, "") for each in some]


class Haystack:
    """The texts of all rows in blocks, each made when it is first searched.

    Parameters
    ----------
    sources
        The columns searched.
    count
        How many rows they have.
    """

    def __init__(self, sources: Sequence[Source], count: int) -> None:
        self._sources = tuple(sources)
        self._count = count
        self._blocks: list[tuple[str, NDArray[np.int32]] | None] = [None] * -(-count // BLOCK)

    def search(self, words: Sequence[str], among: Mask | None = None) -> Iterator[tuple[int, Mask]]:
        """Yield the first row of each block and which of its rows have every word.

        Parameters
        ----------
        words
            What must be found, in any case of letters; none finds every row.
        among
            The rows that matter, shape (rows,); blocks without any are passed over as not found.
        """
        wanted = [word.casefold() for word in words]
        for number in range(len(self._blocks)):
            start = number * BLOCK
            size = min(BLOCK, self._count - start)
            if among is not None and not among[start : start + size].any():
                yield start, np.zeros(size, dtype=bool)
                continue
            text, starts = self._block(number)
            found = np.ones(size, dtype=bool)
            for word in wanted:
                found &= _rows_with(word, text, starts)
            yield start, found

    def prepare(self) -> Iterator[None]:
        """Make the blocks that are not there yet, one at each step."""
        for number in range(len(self._blocks)):
            self._block(number)
            yield

    def forget(self, rows: Sequence[int] | None = None) -> None:
        """Drop the blocks of rows that have changed, or all."""
        for number in range(len(self._blocks)) if rows is None else {row // BLOCK for row in rows}:
            self._blocks[number] = None

    def replace(self, sources: Sequence[Source], changed: Sequence[int]) -> None:
        """Take other columns of the same rows, of which just some have changed."""
        self._sources = tuple(sources)
        self.forget(changed)

    def _block(self, number: int) -> tuple[str, NDArray[np.int32]]:
        held = self._blocks[number]
        if held is None:
            start = number * BLOCK
            columns = [source.texts(start, min(start + BLOCK, self._count)) for source in self._sources]
            rows = list(map(CELL_END.join, zip(*columns, strict=True)))
            lines = ROW_END.join(rows).casefold().split(ROW_END)
            if len(lines) != len(rows):
                lines = [row.casefold().replace(ROW_END, " ") for row in rows]
            lengths = np.fromiter(map(len, lines), np.int32, len(lines)) + 1
            held = ROW_END.join(lines), np.cumsum(lengths, dtype=np.int32) - lengths
            self._blocks[number] = held
        return held


def _rows_with(word: str, text: str, starts: NDArray[np.int32]) -> Mask:
    found = np.zeros(len(starts), dtype=bool)
    if word in text:
        pieces = text.split(word)
        at = np.cumsum(np.fromiter(map(len, pieces[:-1]), np.int64, len(pieces) - 1) + len(word)) - len(word)
        found[np.searchsorted(starts, at, side="right") - 1] = True
    return found
