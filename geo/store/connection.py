"""Connections to a project file, and what SQLite says of it as sentences that help."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import XunluError
from geo.language import tr
from geo.store import geometry, schema


class Connection(sqlite3.Connection):
    """A connection on which the triggers of layers can be told to leave the R-trees alone."""

    indexing = True


def connect(path: Path, *, read_only: bool) -> Connection:
    """Open a GeoPackage with what its triggers call; XunluError if it cannot be opened."""
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    with clear_errors(path):
        # The file may be opened in a worker and then used by the window; only one thread uses it at a time.
        db = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=5, check_same_thread=False, factory=Connection
        )
        # A change is whole once the journal is deleted. FULL syncs the file, but not the folder that says so: after a
        # power cut the journal could be back and take an acknowledged change with it. EXTRA syncs the folder as well.
        db.execute("PRAGMA synchronous = EXTRA")
        # 64 MB, so that a large import is not written, and synced, piece by piece before it is complete.
        db.execute("PRAGMA cache_size = -65536")
        for name, function in geometry.SQL_FUNCTIONS.items():
            db.create_function(name, 1, function, deterministic=True)
        is_empty = geometry.SQL_FUNCTIONS["ST_IsEmpty"]
        # What is empty has no place in an R-tree.
        db.create_function("ST_IsEmpty", 1, lambda blob: is_empty(blob) if db.indexing else 1)
        db.create_function("new_id", 0, lambda: str(uuid.uuid4()))
    return db


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of a file into a sentence that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise schema.explained(error, path) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise XunluError(
            tr("A value cannot be stored in {file}: {reason}.", file=path.name, reason=error),
            tr("Correct it; nothing of this change was saved."),
        ) from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that is done within, or nothing of it; nobody else writes meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # A full disk may already have rolled it back.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Read, in all that is done within, the file as it stands at one moment, whoever writes meanwhile."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
