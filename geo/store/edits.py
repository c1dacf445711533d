"""A change to the project as data: a title and rows before and after, so that it can be undone and told."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from geo.model import TABLES

Row = Mapping[str, Any]


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
    changes: tuple[RowChange, ...]

    def inverse(self) -> "Edit":
        """Return the edit that takes this one back, last row first."""
        return Edit(self.title, tuple(change.inverse() for change in reversed(self.changes)))

    def tables(self) -> set[str]:
        """Return the names of the tables that the edit touches."""
        return {change.table for change in self.changes}


def insert(table: str, **values: Any) -> RowChange:
    """Return the insertion of a row; what is not given stands empty, and the id is fresh unless given as `id`.

    Raises
    ------
    KeyError
        If a value is for a column that the table does not have.
    """
    row_id = values.pop("id", None) or new_id()
    row = {column.name: column.empty for column in TABLES[table].columns}
    if TABLES[table].shape:
        row["geometry"] = None
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


def to_json(changes: Iterable[RowChange]) -> str:
    """Return changes as the JSON text that the history keeps; geometries as hexadecimal WKB."""

    def plain(value: Any) -> Any:
        return {"wkb": shapely.to_wkb(value, hex=True)} if isinstance(value, BaseGeometry) else value

    def row(values: Row | None) -> Any:
        return None if values is None else {name: plain(value) for name, value in values.items()}

    return json.dumps([[c.table, c.id, row(c.before), row(c.after)] for c in changes], ensure_ascii=False)


def from_json(text: str) -> tuple[RowChange, ...]:
    """Return the changes that `to_json` wrote."""

    def rich(value: Any) -> Any:
        return shapely.from_wkb(value["wkb"]) if isinstance(value, dict) else value

    def row(values: Any) -> Row | None:
        return None if values is None else {name: rich(value) for name, value in values.items()}

    return tuple(RowChange(table, row_id, row(before), row(after)) for table, row_id, before, after in json.loads(text))
