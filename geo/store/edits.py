"""A change to the project as data: a title and rows before and after, so that it can be undone and told."""

import json
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import batched
from typing import Any, Literal, overload

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.model import TABLES

Row = Mapping[str, Any]

AT_ONCE = 500
"""Changes made JSON of in one go."""


def new_id() -> str:
    """Return a fresh row id, a UUID, so that rows added apart never collide."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class RowChange:
    """One row before and after.

    An inserted row has no `before`, a deleted one no `after`; both then hold every column. An update holds, in both,
    just the columns that change.
    """

    table: str
    id: str
    before: Row | None
    after: Row | None

    @property
    def kind(self) -> Literal["insert", "update", "delete"]:
        """Return what the change does to the table."""
        if self.before is None:
            return "insert"
        return "delete" if self.after is None else "update"

    def inverse(self) -> "RowChange":
        """Return the change that takes this one back."""
        return RowChange(self.table, self.id, self.after, self.before)


@dataclass(frozen=True)
class Edit:
    """Everything that one act of the user changes; it is written whole or not at all."""

    title: str
    changes: Sequence[RowChange]

    def inverse(self) -> "Edit":
        """Return the edit that takes this one back, last row first."""
        return Edit(self.title, tuple(change.inverse() for change in reversed(self.changes)))

    def tables(self) -> frozenset[str]:
        """Return the names of the tables that the edit touches."""
        return self._tables

    def changes_of(self, table: str) -> Sequence[RowChange]:
        """Return the changes of one table, in their order; where all are, they are not gone through."""
        if self.tables() == {table}:
            return self.changes
        return [change for change in self.changes if change.table == table] if table in self.tables() else ()

    def columns(self, table: str) -> frozenset[str] | None:
        """Return the columns of a table in which the edit changes rows; None if rows come or go there."""
        return self._columns.get(table, frozenset())

    @cached_property
    def _columns(self) -> dict[str, frozenset[str] | None]:
        # Found out once, in the thread that writes a large edit.
        found: dict[str, set[str] | None] = {}
        for change in self.changes:
            if change.before is None or change.after is None:
                found[change.table] = None
            elif (names := found.setdefault(change.table, set())) is not None:
                names.update(change.after)
        return {table: None if names is None else frozenset(names) for table, names in found.items()}

    def know_tables(self, names: frozenset[str]) -> None:
        """Take it from somebody who knows which tables the edit touches, so that its changes need not be read."""
        self.__dict__["_tables"] = names

    @cached_property
    def _tables(self) -> frozenset[str]:
        # Asked for by every panel after every edit, and an import has a hundred thousand changes.
        return frozenset({change.table for change in self.changes})


class Shelved(Sequence[RowChange]):
    """Changes that are kept elsewhere, such as in the history, and read anew whenever they are looked at.

    Parameters
    ----------
    size
        How many there are.
    read
        Reads them; XunluError if they are no longer there.
    """

    def __init__(self, size: int, read: Callable[[], Sequence[RowChange]]) -> None:
        self._size, self._read = size, read

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[RowChange]:
        return iter(self._read())

    def __reversed__(self) -> Iterator[RowChange]:
        return reversed(self._read())

    @overload
    def __getitem__(self, at: int) -> RowChange: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[RowChange]: ...

    def __getitem__(self, at: int | slice) -> RowChange | Sequence[RowChange]:
        return self._read()[at]


@cache
def empty_row(table: str) -> Row:
    """Return what stands in a row of which nothing was said, by column; KeyError if there is no such table."""
    row: dict[str, Any] = {column.name: column.empty for column in TABLES[table].columns}
    if TABLES[table].shape:
        row["geometry"] = None
    return row


def insert(table: str, **values: Any) -> RowChange:
    """Return the insertion of a row; what is not given stands empty, and the id is fresh unless given as `id`.

    Raises
    ------
    KeyError
        If a value is for a column that the table does not have.
    """
    row_id = values.pop("id", None) or new_id()
    row = dict(empty_row(table))
    for name, value in values.items():
        if name not in row:
            raise KeyError(f"{table}.{name}")
        row[name] = value
    return RowChange(table, row_id, None, row)


def update(table: str, row_id: str, before: Row, after: Row) -> RowChange | None:
    """Return the change from one set of values to another, just the columns that differ; None if none does.

    `before` may hold more columns than `after`, for example a whole row.
    """
    changed = {name: value for name, value in after.items() if not same(before[name], value)}
    if not changed:
        return None
    return RowChange(table, row_id, {name: before[name] for name in changed}, changed)


def delete(table: str, row_id: str, row: Row) -> RowChange:
    """Return the deletion of a row whose every column is given."""
    return RowChange(table, row_id, dict(row), None)


def edit(title: str, changes: Iterable[RowChange | None]) -> Edit:
    """Return an edit of the changes that are not None."""
    return Edit(title, tuple(change for change in changes if change is not None))


def same(a: Any, b: Any) -> bool:
    """Return whether two cell values are equal; geometries are, if every coordinate is."""
    if isinstance(a, BaseGeometry) or isinstance(b, BaseGeometry):
        return isinstance(a, BaseGeometry) and isinstance(b, BaseGeometry) and bool(a.equals_exact(b, 0.0))
    return bool(a == b)


def to_json(changes: Sequence[RowChange]) -> str:
    """Return changes as the JSON text that the history keeps; geometries as hexadecimal WKB.

    Of a row that is inserted or deleted, what stands as the model's empty value is left out: a default, once released,
    may therefore never change without rewriting the histories of older files.
    """
    return to_utf8(changes).decode()


def to_utf8(changes: Sequence[RowChange]) -> bytes:
    """Return what `to_json` does in UTF-8, in which SQLite takes it without going through all of it once more."""
    return b"[" + b",".join(_rows_json(some).encode() for some in batched(changes, AT_ONCE)) + b"]"


def _rows_json(changes: Sequence[RowChange]) -> str:
    """Return some changes as the inside of a JSON list; a few at a time, as no other thread runs meanwhile."""
    shapes: list[BaseGeometry] = []
    encoded: list[dict[str, str]] = []

    def row(values: Row | None, empty: Row | None) -> Any:
        if values is None:
            return None
        said = dict(values) if empty is None else _said(values, empty)
        if said.get("geometry") is not None:
            shapes.append(said["geometry"])
            encoded.append({})
            said["geometry"] = encoded[-1]
        return said

    rows = []
    for c in changes:
        empty = None if c.before is not None and c.after is not None else empty_row(c.table)
        rows.append([c.table, c.id, row(c.before, empty), row(c.after, empty)])
    for place, wkb in zip(encoded, shapely.to_wkb(np.array(shapes, dtype=object), hex=True), strict=True):
        place["wkb"] = wkb
    return json.dumps(rows, ensure_ascii=False)[1:-1]


def _said(values: Row, empty: Row) -> dict[str, Any]:
    """Return the values of a row that are not the empty ones, to the type."""
    return {
        name: value
        for (name, value), nothing in zip(
            values.items(),
            empty.values() if list(values) == list(empty) else [empty[name] for name in values],
            strict=True,
        )
        if value is not nothing and (value != nothing or type(value) is not type(nothing))
    }


def from_json(text: str) -> tuple[RowChange, ...]:
    """Return the changes that `to_json` wrote.

    Raises
    ------
    ValueError
        If the text is not what `to_json` writes.
    """
    return from_pieces([text])


def from_pieces(pieces: Iterable[str]) -> tuple[RowChange, ...]:
    """Return what `from_json` does of a text that is read piece by piece; some rows at a time, to let others run.

    Raises
    ------
    ValueError
        As `from_json`.
    """
    try:
        return tuple(change for rows in batched(_rows(iter(pieces)), AT_ONCE) for change in _read_changes(rows))
    except (TypeError, KeyError, AttributeError, shapely.errors.GEOSException) as error:
        raise ValueError("not a list of changes") from error


def _rows(pieces: Iterator[str]) -> Iterator[Any]:
    """Give the members of a JSON list one by one; ValueError where it is none."""
    text, at = _start(next(pieces, ""), 0, pieces)
    if text[at : at + 1] != "[":
        raise ValueError("no list")
    text, at = _start(text, at + 1, pieces)
    if text[at : at + 1] == "]":
        at += 1
    else:
        mark = ","
        while mark == ",":
            row, text, at = _member(text, at, pieces)
            yield row
            text, at = _start(text, at, pieces)
            mark = text[at : at + 1]
            text, at = _start(text, at + 1, pieces)
        if mark != "]":
            raise ValueError("no end")
    text, at = _start(text, at, pieces)
    if at < len(text):
        raise ValueError("more than a list")


_decode = json.JSONDecoder().raw_decode
_BLANK = " \t\n\r"


def _start(text: str, at: int, pieces: Iterator[str]) -> tuple[str, int]:
    """Return a text and the place in it of the next character that is no blank, the end if there is none."""
    while True:
        while at < len(text) and text[at] in _BLANK:
            at += 1
        if at < len(text):
            return text, at
        text, at = next(pieces, ""), 0
        if not text:
            return text, at


def _member(text: str, at: int, pieces: Iterator[str]) -> tuple[Any, str, int]:
    """Return the member that begins at a place of a text, and the text and the place where it ends."""
    while True:
        try:
            row, end = _decode(text, at)
            return row, text, end
        except json.JSONDecodeError:
            # Twice as much each time, so that a large geometry is not begun again and again.
            rest, wanted = text[at:], 2 * (len(text) - at)
            more = [rest]
            while sum(map(len, more)) < wanted or len(more) == 1:
                piece = next(pieces, "")
                if not piece:
                    break
                more.append(piece)
            if len(more) == 1:
                raise
            text, at = "".join(more), 0


def _read_changes(rows: Sequence[Any]) -> tuple[RowChange, ...]:
    for table, row_id, before, after in rows:
        known = empty_row(table).keys()
        sides = [side for side in (before, after) if side is not None]
        if not isinstance(row_id, str) or not sides or any(side.keys() - known for side in sides):
            raise TypeError
    wkbs = [
        value["wkb"]
        for _, _, *sides in rows
        for side in sides
        for value in (side or {}).values()
        if isinstance(value, dict)
    ]
    shapes = iter(shapely.from_wkb(np.array(wkbs, dtype=object)))

    def row(values: Any, empty: Row | None, called: Mapping[str, str]) -> Row | None:
        if values is None:
            return None
        read = {called[name]: next(shapes) if isinstance(value, dict) else value for name, value in values.items()}
        return read if empty is None else {**empty, **read}

    changes = []
    for table, row_id, before, after in rows:
        empty = None if before is not None and after is not None else empty_row(table)
        called = _names_in(table)
        changes.append(RowChange(sys.intern(table), row_id, row(before, empty, called), row(after, empty, called)))
    return tuple(changes)


@cache
def _names_in(table: str) -> Mapping[str, str]:
    """Return the names of the columns of a table by themselves: each is kept once, however many rows are read."""
    return {name: name for name in empty_row(table)}
