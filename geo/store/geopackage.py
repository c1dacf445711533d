"""The project in one GeoPackage file: rows written with SQLite in transactions, valid for GDAL and QGIS."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES, Table
from geo.store import frames, geometry, schema
from geo.store.base import Conflict
from geo.store.edits import Edit, RowChange, new_id, same, to_json


class GeoPackage:
    """Keep a project in a GeoPackage.

    Parameters
    ----------
    path
        An existing project file; see `create`.
    read_only
        Do not write to the file, whoever asks.

    Raises
    ------
    XunluError
        If the file is missing, is no project, is damaged, or was made by a newer version. It stays untouched.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        schema.check_file(path)
        self.path = path
        self.read_only = read_only or not schema.is_writable(path)
        self._db = _connect(path, read_only=self.read_only)
        try:
            schema.check_tables(self._db, path)
            if not self.read_only:
                self._adopt_rows()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path) -> "GeoPackage":
        """Make an empty project file and open it.

        Raises
        ------
        XunluError
            If there is a file already, or none can be written there.
        """
        schema.create_file(path)
        return cls(path)

    def load(self, table: str) -> pd.DataFrame:
        """Return a whole table as a frame indexed by id; a GeoDataFrame where it has a shape."""
        names = _columns(TABLES[table])
        with _clear_errors(self.path):
            rows = self._db.execute(f"SELECT id, {_quoted(names)} FROM {table} ORDER BY fid").fetchall()  # noqa: S608
        ids = [row[0] for row in rows]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names, start=1)}
        if TABLES[table].shape:
            try:
                shapes = shapely.from_wkb([geometry.wkb_of(blob) for blob in columns["geometry"]])
            except (ValueError, shapely.errors.GEOSException) as error:
                raise schema.damaged(self.path) from error
            # QGIS writes an empty point for a row without a place.
            columns["geometry"] = [None if shape is None or shape.is_empty else shape for shape in shapes]
        for column in TABLES[table].columns:
            misfit = frames.first_misfit(column, columns[column.name])
            if misfit is not None:
                raise schema.misfit(self.path, TABLES[table], column, ids[misfit], columns[column.name][misfit])
        return frames.build(TABLES[table], ids, columns)

    def write(self, edit: Edit, who: str) -> None:
        """Write an edit and its line of history, whole or not at all; on return it is on disk.

        Raises
        ------
        Conflict
            If a row is not as the edit's `before` says.
        XunluError
            If the file is read-only, locked by another program, or the disk is full.
        """
        if self.read_only:
            raise XunluError(
                tr("{file} is open read-only; nothing was changed.", file=self.path.name),
                tr("Save a copy in a folder where you may write and work on that."),
            )
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with _clear_errors(self.path), self._transaction():
            for change in edit.changes:
                self._write_row(change)
            for table in edit.tables():
                self._touch(table, edit, now)
            self._db.execute(
                "INSERT INTO history (id, at, who, title, changes) VALUES (?, ?, ?, ?, ?)",
                (new_id(), now, who, edit.title, to_json(edit.changes)),
            )

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project as it stands to another file, which must not exist yet."""
        schema.refuse_existing(path)
        with _clear_errors(path):
            target = sqlite3.connect(path)
            try:
                self._db.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            # A full disk may already have rolled it back.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _write_row(self, change: RowChange) -> None:
        table = TABLES[change.table]
        if change.before is not None:
            stored = self._stored(table, change)
            if stored is None or any(not same(stored[name], value) for name, value in change.before.items()):
                raise Conflict(change.table, change.id, change.before, stored)
        elif self._exists(change):
            raise Conflict(change.table, change.id, None, self._stored(table, change))
        if change.after is None:
            self._db.execute(f"DELETE FROM {table.name} WHERE id = ?", (change.id,))  # noqa: S608
            return
        names = list(change.after)
        values = [_to_sql(table, name, change.after[name]) for name in names]
        if change.before is None:
            marks = ", ".join("?" * (len(names) + 1))
            self._db.execute(
                f"INSERT INTO {table.name} (id, {_quoted(names)}) VALUES ({marks})",  # noqa: S608
                (change.id, *values),
            )
        else:
            sets = ", ".join(f'"{name}" = ?' for name in names)
            self._db.execute(f"UPDATE {table.name} SET {sets} WHERE id = ?", (*values, change.id))  # noqa: S608

    def _exists(self, change: RowChange) -> bool:
        query = f"SELECT 1 FROM {change.table} WHERE id = ?"  # noqa: S608
        return self._db.execute(query, (change.id,)).fetchone() is not None

    def _stored(self, table: Table, change: RowChange) -> dict[str, Any] | None:
        names = list(change.before or change.after or {})
        query = f"SELECT {_quoted(names)} FROM {table.name} WHERE id = ?"  # noqa: S608
        row = self._db.execute(query, (change.id,)).fetchone()
        if row is None:
            return None
        return {name: _from_sql(table, name, value) for name, value in zip(names, row, strict=True)}

    def _touch(self, table: str, edit: Edit, now: str) -> None:
        """Keep the table's date and extent in the GeoPackage's own register, which other programs read."""
        self._db.execute("UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (now, table))
        shapes = [
            shape
            for change in edit.changes
            if change.table == table and change.after and (shape := change.after.get("geometry")) is not None
        ]
        if shapes:
            edges = dict(zip(("west", "south", "east", "north"), shapely.total_bounds(shapes), strict=True))
            self._db.execute(
                "UPDATE gpkg_contents SET"
                " min_x = min(coalesce(min_x, :west), :west), min_y = min(coalesce(min_y, :south), :south),"
                " max_x = max(coalesce(max_x, :east), :east), max_y = max(coalesce(max_y, :north), :north)"
                " WHERE table_name = :table",
                {**edges, "table": table},
            )

    def _adopt_rows(self) -> None:
        """Give an id to rows that another program has added without one."""
        with _clear_errors(self.path):
            for table in TABLES:
                nameless = f"SELECT 1 FROM {table} WHERE id IS NULL OR id = '' LIMIT 1"  # noqa: S608
                if self._db.execute(nameless).fetchone():
                    with self._transaction():
                        self._db.execute(f"UPDATE {table} SET id = new_id() WHERE id IS NULL OR id = ''")  # noqa: S608


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    with _clear_errors(path):
        # The file may be opened in a worker and then used by the window; only one thread uses it at a time.
        db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5, check_same_thread=False)
        db.execute("PRAGMA synchronous = EXTRA")
        for name, function in geometry.SQL_FUNCTIONS.items():
            db.create_function(name, 1, function, deterministic=True)
        db.create_function("new_id", 0, lambda: str(uuid.uuid4()))
    return db


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns] + (["geometry"] if table.shape else [])


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _to_sql(table: Table, name: str, value: Any) -> Any:
    if name == "geometry":
        return geometry.encode(value)
    if value == "" and table.column(name).type in schema.NULL_WHEN_EMPTY:
        return None
    return value


def _from_sql(table: Table, name: str, value: Any) -> Any:
    if name == "geometry":
        shape = geometry.decode(value)
        return None if shape is None or shape.is_empty else shape
    column = table.column(name)
    if column.type == "bool":
        return bool(value)
    return column.empty if value is None and frames.DTYPES.get(column.type) is None else value


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of the file into a sentence that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise schema.explained(error, path) from error
