"""What makes a GeoPackage a project: told from any other file before it is touched, and in words where it is none."""

import os
import sqlite3
import struct
from pathlib import Path

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES, Column, Table
from geo.store import presence
from geo.store.base import SCHEMA

NULL_WHEN_EMPTY = {"date", "time"}
"""Column types that GeoPackage keeps as NULL, because it has no empty text for them."""

_SQL_TYPES = {"int": "INTEGER", "real": "REAL", "bool": "BOOLEAN", "date": "DATE", "time": "DATETIME"}
_SQLITE = b"SQLite format 3\x00"
_APPLICATION = 0x47504B47


def refuse_existing(path: Path) -> None:
    """Raise XunluError if there is something under a name already, or no folder to put it in."""
    if path.exists():
        raise XunluError(tr("{file} exists already.", file=path), tr("Choose another name; nothing was overwritten."))
    if not path.parent.is_dir():
        raise XunluError(
            tr("There is no folder {folder}.", folder=path.parent), tr("Make it first, or choose another one.")
        )


def add_column(db: sqlite3.Connection, table: Table, column: Column) -> None:
    """Add a column to a table."""
    db.execute(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {_SQL_TYPES.get(column.type, "TEXT")}')


def is_writable(path: Path) -> bool:
    """Return whether the file and, for SQLite's journal, its folder can be written."""
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def check_file(path: Path) -> None:
    """Look at a file's first bytes and length, and raise XunluError if it cannot be a project."""
    if not path.exists():
        raise XunluError(tr("There is no file {file}.", file=path), tr("Check the name, or make a new project."))
    if not path.is_file():
        raise XunluError(tr("{file} is no file.", file=path), tr("Choose a project file (.gpkg)."))
    if presence.is_mine(path):
        # Known already; and closing it here would, by POSIX, take from SQLite the locks it has on it in this process
        # (sqlite.org/howtocorrupt.html, 2.2), in the middle of a change that another thread makes.
        return
    try:
        with path.open("rb") as file:
            head = file.read(100)
        size = path.stat().st_size
    except OSError as error:
        raise XunluError(
            tr("{file} cannot be read: {reason}.", file=path, reason=error.strerror),
            tr("Ask the owner of the file for the right to read it."),
        ) from error
    if head[:16] != _SQLITE[: len(head)] or not head:
        raise XunluError(
            tr("{file} is no Xunlu project.", file=path),
            tr("A project is a GeoPackage that Xunlu has made; other data can be imported into one."),
        )
    if len(head) < 100 or (_promised_size(head) > size and not _journal(path).exists()):
        raise damaged(path)


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _promised_size(head: bytes) -> int:
    """Return the bytes that the header of an SQLite file says the file has; 0 where it does not say."""
    page, changes, pages, valid_for = (struct.unpack_from(form, head, at)[0] for form, at in (
        (">H", 16), (">I", 24), (">I", 28), (">I", 92)))  # fmt: skip
    return (65536 if page == 1 else page) * pages if changes == valid_for else 0


def format_of(db: sqlite3.Connection, path: Path) -> int:
    """Return the format of a project; XunluError if a GeoPackage is none, or a newer version has made it."""
    try:
        application = db.execute("PRAGMA application_id").fetchone()[0]
        has_settings = "settings" in tables_of(db)
        version = db.execute("SELECT value FROM settings WHERE key = 'schema'").fetchone() if has_settings else None
    except sqlite3.OperationalError as error:
        if "no such column" not in str(error):
            raise explained(error, path) from error
        version = None
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error
    if application != _APPLICATION or version is None or not str(version[0]).isdigit():
        raise XunluError(
            tr("{file} is a database, but no Xunlu project.", file=path),
            tr("Make a new project and import its layers there."),
        )
    if int(version[0]) > SCHEMA:
        raise XunluError(
            tr("{file} was made by a newer version of Xunlu (format {version}).", file=path, version=version[0]),
            tr("Update Xunlu to open it; the file was not changed."),
        )
    return int(version[0])


def check_tables(db: sqlite3.Connection, path: Path) -> None:
    """Raise XunluError if a project of the present format lacks a table or column."""
    if missing := sorted(set(TABLES) - tables_of(db)):
        raise Incomplete(
            tr("{file} lacks the tables {tables}.", file=path, tables=", ".join(missing)),
            tr("Open a backup of the file."),
        )
    for table in TABLES.values():
        if gone := sorted({"id", *(column.name for column in table.columns)} - columns_of(db, table.name)):
            raise Incomplete(
                tr(
                    "{file} lacks the columns {columns} of “{table}”.",
                    file=path,
                    columns=", ".join(gone),
                    table=table.name,
                ),
                tr("Open a backup of the file."),
            )


def tables_of(db: sqlite3.Connection) -> set[str]:
    """Return the names of the tables of a database."""
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def columns_of(db: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of the columns of a table."""
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}


def misfit(path: Path, table: Table, column: Column, row_id: str, value: object) -> XunluError:
    """Return the error for a value that another program wrote into a column that cannot hold it."""
    return XunluError(
        tr(
            "{file}: “{value}” stands in “{column}” of a row of “{table}” ({row}) and does not fit there.",
            file=path.name,
            value=str(value)[:40],
            column=column.name,
            table=table.name,
            row=row_id,
        ),
        tr("Correct it with the program that wrote it, for example QGIS."),
    )


class Incomplete(XunluError):
    """Report a project that lacks a table or column."""


class Damaged(XunluError):
    """Report a file of which a part is missing or spoilt."""


def damaged(path: Path) -> Damaged:
    """Return the error for a file of which a part is missing or spoilt."""
    return Damaged(
        tr("{file} is damaged or cut short.", file=path), tr("It was left as it is. Open a backup or a fresh copy.")
    )


def explained(error: sqlite3.Error, path: Path) -> XunluError:
    """Return what an error of SQLite means for the user."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path)
    if code == sqlite3.SQLITE_FULL:
        return XunluError(
            tr("The disk is full: nothing of this change was saved in {file}.", file=path),
            tr("Make room on the disk, then do it again."),
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return XunluError(
            tr("{file} is being written by another program.", file=path),
            tr("Wait until it is done, then do it again."),
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return XunluError(
            tr("{file} cannot be written there.", file=path),
            tr("Save a copy in a folder where you may write and work on that."),
        )
    return XunluError(
        tr("{file} could not be read or written: {reason}.", file=path, reason=error),
        tr("Check the disk and the connection to it."),
    )
