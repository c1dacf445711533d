"""Copies of a project file that are whole whoever writes to it meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path

from geo.files import cannot_write, replacing
from geo.store.blank import sync_folder
from geo.store.connection import clear_errors, connect, one_moment
from geo.store.schema import is_writable


def write_copy(path: Path, target: Path) -> None:
    """Copy a project as it stands; the copy appears under its name only once it is whole and on disk.

    Raises
    ------
    XunluError
        If the file cannot be read, or the copy cannot be written.
    """
    # What a program that was killed left half done is put right first, which only a writer may do.
    with closing(connect(path, read_only=not is_writable(path))) as source:
        copy_open(source, path, target)


def copy_open(source: sqlite3.Connection, path: Path, target: Path) -> None:
    """Copy the project at `path` from a connection to it, as `write_copy` does."""
    try:
        with replacing(target) as new, closing(sqlite3.connect(new, isolation_level=None)) as copy:
            # Begun here, as `backup` asks again only every quarter of a second while another process writes.
            with one_moment(source):
                source.execute("SELECT count(*) FROM sqlite_master").fetchall()
                source.backup(copy)
            # A copy is one file, whichever program has it in write-ahead mode, as QGIS does.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync_folder(target.parent)
    except OSError as error:
        raise cannot_write(target, error) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN):
            raise cannot_write(target, error) from error
        with clear_errors(path):
            raise
