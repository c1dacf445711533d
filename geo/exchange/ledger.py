"""A table as it stands in somebody's file: titles, cells, row numbers, and shapes where there are any."""

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.language import tr

LOOK_FOR_TITLES = 12
"""How many rows a title row may be below the head of a file: Chinese ledgers begin with merged rows of their own."""


@dataclass(frozen=True)
class Ledger:
    """One table of a file.

    Attributes
    ----------
    file
        Where it comes from.
    sheet
        The sheet or layer, empty where a file holds one table only.
    titles
        The heading of each column, no two the same.
    columns
        The cells of each column, top to bottom: text, int, float, bool, date, datetime or None.
    numbers
        The number by which the user finds each row in the file, shape (n,): line, row of the sheet, or feature.
    shapes
        The geometry of each row, None for none; None for a file without shapes.
    datum
        The datum that the file itself states, empty where it does not.
    notes
        What the user should know about how the file was read.
    """

    file: Path
    sheet: str
    titles: tuple[str, ...]
    columns: tuple[list[Any], ...]
    numbers: NDArray[np.int64]
    shapes: NDArray[np.object_] | None = None
    datum: str = ""
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers)

    def column(self, title: str) -> list[Any]:
        """Return the cells of a column; KeyError if no column has that title."""
        try:
            return self.columns[self.titles.index(title)]
        except ValueError:
            raise KeyError(title) from None

    @property
    def fingerprint(self) -> str:
        """Return what files of the same shape have in common: their titles, whatever their order."""
        return hashlib.sha256("\x1f".join(sorted(self.titles)).encode()).hexdigest()[:16]


def from_rows(
    file: Path,
    sheet: str,
    rows: Sequence[tuple[int, Sequence[Any]]],
    known: frozenset[str],
    notes: Iterable[str] = (),
) -> Ledger:
    """Return the ledger in the rows of a file or sheet, each with its number.

    Parameters
    ----------
    file, sheet
        Where they come from.
    rows
        Number and cells of each row from the top; empty ones are left out here.
    known
        Titles, as `plain_title` gives them, by which the title row is told from rows above it.
    notes
        See `Ledger`.

    Raises
    ------
    XunluError
        If there are no titles.
    """
    full = [(number, cells) for number, cells in rows if any(not is_empty(cell) for cell in cells)]
    if not full:
        raise XunluError(
            tr("{file} holds no table.", file=_where(file, sheet)), tr("Choose another file or another sheet.")
        )
    head = _title_row([cells for _, cells in full[:LOOK_FOR_TITLES]], known)
    width = max(len(cells) for _, cells in full[head:])
    titles = _unique(full[head][1], width)
    body = full[head + 1 :]
    padded = [list(cells) + [None] * (width - len(cells)) for _, cells in body]
    columns = [list(cells) for cells in zip(*padded, strict=True)] if padded else [[] for _ in titles]
    # A column without a title and without cells is only a trace of formatting.
    kept = [at for at, cells in enumerate(columns) if at < len(full[head][1]) or any(not is_empty(c) for c in cells)]
    return Ledger(
        file,
        sheet,
        tuple(titles[at] for at in kept),
        tuple(columns[at] for at in kept),
        np.array([number for number, _ in body], dtype=np.int64),
        notes=tuple(notes),
    )


def is_empty(cell: Any) -> bool:
    """Return whether a cell says nothing."""
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and math.isnan(cell))
    )


@lru_cache(maxsize=2048)
def plain_title(title: Any) -> str:
    """Return a title without what differs from office to office: width, case, spaces, marks, remarks in brackets."""
    text = unicodedata.normalize("NFKC", str(title)).lower()
    depth, kept = 0, []
    for character in text:
        if character in "([{【〔":
            depth += 1
        elif character in ")]}】〕":
            depth = max(0, depth - 1)
        elif depth == 0 and character.isalnum():
            kept.append(character)
    return "".join(kept)


def _title_row(rows: Sequence[Sequence[Any]], known: frozenset[str]) -> int:
    """Return which row holds the titles: the one with most titles that are known, else the first that is filled."""
    hits = [sum(1 for cell in row if isinstance(cell, str) and plain_title(cell) in known) for row in rows]
    if max(hits) >= 2:
        return hits.index(max(hits))
    filled = [sum(1 for cell in row if not is_empty(cell)) for row in rows]
    enough = max(2, max(filled) * 0.6)
    return next((at for at, count in enumerate(filled) if count >= enough), 0)


def _unique(cells: Sequence[Any], width: int) -> list[str]:
    titles: list[str] = []
    for at in range(width):
        cell = cells[at] if at < len(cells) else None
        wanted = " ".join(str(cell).split()) if not is_empty(cell) else letters(at)
        title, count = wanted, 1
        while title in titles:
            count += 1
            title = f"{wanted} ({count})"
        titles.append(title)
    return titles


def letters(at: int) -> str:
    """Return what spreadsheets call the column at a place from 0: A, B ... Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _where(file: Path, sheet: str) -> str:
    return f"{file.name} ({sheet})" if sheet else file.name
