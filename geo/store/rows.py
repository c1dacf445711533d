"""Rows read from and written to the tables of a GeoPackage, many at a time."""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from geo.language import tr
from geo.model import TABLES, Table
from geo.progress import Report
from geo.store import bulk, frames, geometry, schema
from geo.store.base import Conflict
from geo.store.connection import Connection
from geo.store.edits import RowChange, same

AT_ONCE = 2_000
"""Rows written, or read, between two reports."""

_MARKS = 500  # of SQLite's 999 in old builds

Values = dict[str, list[Any]]
"""Cells by column."""


def columns(table: Table) -> list[str]:
    """Return the names of a table's columns beside its id, the geometry last."""
    return [column.name for column in table.columns] + (["geometry"] if table.shape else [])


def read(
    db: sqlite3.Connection, table: Table, names: Sequence[str], ids: Sequence[str] | None = None
) -> tuple[list[str], Values]:
    """Return the ids and the stored values by column of a table, or of those of the rows given that there are."""
    turned: list[list[Any]] = [[] for _ in range(len(names) + 1)]
    for piece in pieces(db, table, names, ids):
        for column, values in zip(turned, zip(*piece, strict=True), strict=True):
            column.extend(values)
    return turned[0], dict(zip(names, turned[1:], strict=True))


def count(db: sqlite3.Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])  # noqa: S608


def pieces(
    db: sqlite3.Connection, table: Table, names: Sequence[str], ids: Sequence[str] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """Give the rows of a table, or those given that there are, some thousands at a time: the id, then the columns.

    A row that another program has added without an id is known by its number, as long as the file is only read.
    """
    query = f"SELECT coalesce(nullif(id, ''), 'fid-' || fid), {_quoted(names)} FROM {table.name}"  # noqa: S608
    if ids is None:
        found = db.execute(f"{query} ORDER BY fid")
        yield from iter(lambda: found.fetchmany(AT_ONCE), [])
        return
    for some in itertools.batched(ids, _MARKS):
        if piece := db.execute(f"{query} WHERE id IN ({_marks(some)}) ORDER BY fid", some).fetchall():
            yield piece


def write(db: Connection, changes: Sequence[RowChange], report: Report) -> None:
    """Make changes to the tables, in their order; the caller holds the transaction.

    Raises
    ------
    Conflict
        If a row is not as its change's `before` says.
    """
    done = 0
    changes = [change for change in changes if change.before or change.after]
    for (table, kind), run in itertools.groupby(changes, lambda change: (change.table, change.kind)):
        writer = {"insert": _insert, "update": _update, "delete": _delete}[kind]
        its = list(run)
        moving = sum("geometry" in (change.after or change.before or ()) for change in its)
        with bulk.set_aside(db, TABLES[table], moving):
            for some in _of_one_make(its):
                report(done / len(changes), tr("{done} of {total} rows", done=done, total=len(changes)))
                writer(db, TABLES[table], some)
                done += len(some)


def _of_one_make(changes: Iterable[RowChange]) -> Iterator[list[RowChange]]:
    """Part changes of one kind into runs in which all have the same columns, none a row twice, and none is long."""
    run: list[RowChange] = []
    ids: set[str] = set()
    make: tuple[str, ...] = ()
    for change in changes:
        its = tuple(change.after or change.before or ())
        if run and (its != make or change.id in ids or len(run) == AT_ONCE):
            yield run
            run, ids = [], set()
        run.append(change)
        ids.add(change.id)
        make = its
    if run:
        yield run


def _insert(db: sqlite3.Connection, table: Table, changes: list[RowChange]) -> None:
    rows = [change.after or {} for change in changes]
    names = list(rows[0])
    cells = [to_sql(table, name, [row[name] for row in rows]) for name in names]
    at = -1

    def counted() -> Iterator[tuple[Any, ...]]:
        nonlocal at
        for at, row in enumerate(zip([change.id for change in changes], *cells, strict=True)):  # noqa: B007
            yield row

    query = f"INSERT INTO {table.name} (id, {_quoted(names)}) VALUES ({_marks(['id', *names])})"  # noqa: S608
    try:
        db.executemany(query, counted())
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
            raise
        stored = _stored(db, table, names, changes[at].id)
        raise Conflict(table.name, changes[at].id, None, stored) from error


def _update(db: sqlite3.Connection, table: Table, changes: list[RowChange]) -> None:
    _compare(db, table, changes)
    rows = [change.after or {} for change in changes]
    names = list(rows[0])
    cells = [to_sql(table, name, [row[name] for row in rows]) for name in names]
    sets = ", ".join(f'"{name}" = ?' for name in names)
    query = f"UPDATE {table.name} SET {sets} WHERE id = ?"  # noqa: S608
    db.executemany(query, zip(*cells, [change.id for change in changes], strict=True))


def _delete(db: sqlite3.Connection, table: Table, changes: list[RowChange]) -> None:
    _compare(db, table, changes)
    for some in itertools.batched([change.id for change in changes], _MARKS):
        db.execute(f"DELETE FROM {table.name} WHERE id IN ({_marks(some)})", some)  # noqa: S608


def _compare(db: sqlite3.Connection, table: Table, changes: list[RowChange]) -> None:
    """Raise Conflict at the first row that is not as its change expects it."""
    names = list(changes[0].before or {})
    ids, cells = read(db, table, names, [change.id for change in changes])
    places = {row_id: at for at, row_id in enumerate(ids)}
    stored = {name: from_sql(table, name, values) for name, values in cells.items()}

    def conflict(change: RowChange) -> Conflict:
        at = places.get(change.id)
        return Conflict(
            table.name, change.id, change.before, None if at is None else {name: stored[name][at] for name in names}
        )

    for change in changes:
        if change.id not in places:
            raise conflict(change)
    order = [places[change.id] for change in changes]
    for name in names:
        there = [stored[name][at] for at in order]
        expected = [(change.before or {})[name] for change in changes]
        if name == "geometry":
            expected = [None if shape is None or shape.is_empty else shape for shape in expected]
        # At once where all are equal, as they mostly are.
        equal = _same_shapes(there, expected) if name == "geometry" else there == expected
        if equal:
            continue
        for change, one, other in zip(changes, there, expected, strict=True):
            if not same(one, other):
                raise conflict(change)


def _same_shapes(some: list[Any], others: list[Any]) -> bool:
    a, b = (np.array(shapes, dtype=object) for shapes in (some, others))
    return bool(np.all(shapely.equals_exact(a, b, 0.0) | (shapely.is_missing(a) & shapely.is_missing(b))))


def _stored(db: sqlite3.Connection, table: Table, names: Sequence[str], row_id: str) -> dict[str, Any] | None:
    ids, cells = read(db, table, names, [row_id])
    return {name: from_sql(table, name, values)[0] for name, values in cells.items()} if ids else None


def to_sql(table: Table, name: str, values: list[Any]) -> Sequence[Any]:
    """Return cells of a column as SQLite keeps them."""
    if name == "geometry":
        return geometry.encode_all(values)
    if table.column(name).type in schema.NULL_WHEN_EMPTY:
        return [None if value == "" else value for value in values]
    return values


def from_sql(table: Table, name: str, values: list[Any]) -> list[Any]:
    """Return cells of a column as edits carry them."""
    if name == "geometry":
        return geometry.decode_all(values)
    column = table.column(name)
    if column.type == "bool":
        return [column.empty if value is None else bool(value) for value in values]
    if column.type in frames.DTYPES:
        return values
    return [column.empty if value is None else value for value in values]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
