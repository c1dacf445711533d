"""Tiles kept on disk between starts, so that nothing is fetched twice and the map is there without a network.

One SQLite file in the user's cache folder: thousands of small pictures are read and thrown out faster from it than from
as many files. It holds nothing that cannot be fetched again, so a damaged one is thrown away, and where none can be
written the map works without.
"""

import sqlite3
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from geo.tiles.grid import Tile

LIMIT = 500_000_000
"""Bytes of pictures."""

LEAST_KEPT = 0.9
"""Down to this share of the limit the pictures seen longest ago go when it is passed."""

_TOUCH_EVERY = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tiles (
    source TEXT NOT NULL, z INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL,
    body BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL,
    fresh_until REAL NOT NULL, seen REAL NOT NULL, PRIMARY KEY (source, z, x, y)
);
CREATE INDEX IF NOT EXISTS tiles_by_seen ON tiles (seen, size);
"""
_GET = "SELECT body, etag, modified, fresh_until FROM tiles WHERE source = ? AND z = ? AND x = ? AND y = ?"
_IS_FRESH = "SELECT fresh_until > ? FROM tiles WHERE source = ? AND z = ? AND x = ? AND y = ?"
_SIZE = "SELECT size FROM tiles WHERE source = ? AND z = ? AND x = ? AND y = ?"
_DELETE = "DELETE FROM tiles WHERE source = ? AND z = ? AND x = ? AND y = ?"
_RENEW = "UPDATE tiles SET fresh_until = ? WHERE source = ? AND z = ? AND x = ? AND y = ?"
_SEE = "UPDATE tiles SET seen = ? WHERE source = ? AND z = ? AND x = ? AND y = ?"
_TOTAL = "SELECT coalesce(sum(size), 0) FROM tiles"
# The last of those that go is found by adding up sizes from the one seen longest ago.
_LAST_TO_GO = """
SELECT max(seen) FROM (SELECT seen, sum(size) OVER (ORDER BY seen, rowid) - size AS before FROM tiles) WHERE before < ?
"""


@dataclass(frozen=True)
class Kept:
    """A picture with what its server said of it.

    Parameters
    ----------
    etag, modified
        By which the server recognises it; empty where it gave none.
    fresh_until
        Seconds since 1970; from then on its server is asked whether it has changed.
    """

    body: bytes
    etag: str = ""
    modified: str = ""
    fresh_until: float = 0.0


def default_file() -> Path:
    """Return where this user's tiles are kept."""
    return platformdirs.user_cache_path("xunlu") / "tiles.sqlite"


class DiskCache:
    """Pictures by source and tile, on disk.

    Parameters
    ----------
    path
        The file; it is opened, and made, when it is first needed.
    limit
        Bytes of pictures that are kept.
    clock
        Gives the seconds since 1970.
    """

    def __init__(self, path: Path | None = None, limit: int = LIMIT, clock: Callable[[], float] = time.time) -> None:
        self.path = path or default_file()
        self.limit = limit
        self._clock = clock
        self._db: sqlite3.Connection | None = None
        self._is_off = False
        self._total = 0
        self._seen: dict[tuple[str, Tile], float] = {}

    def get(self, source: str, tile: Tile) -> Kept | None:
        """Return a picture; None if it is not kept."""
        row = self._first(_GET, (source, *tile))
        if row is None or not isinstance(row[0], bytes):
            return None
        self._seen[(source, tile)] = self._clock()
        if len(self._seen) >= _TOUCH_EVERY:
            self._write_seen()
        return Kept(row[0], str(row[1]), str(row[2]), float(row[3]) if isinstance(row[3], float | int) else 0.0)

    def has(self, source: str, tile: Tile) -> bool:
        """Return whether a picture is kept that is still fresh."""
        row = self._first(_IS_FRESH, (self._clock(), source, *tile))
        return row is not None and bool(row[0])

    def put(self, source: str, tile: Tile, kept: Kept) -> None:
        """Keep a picture; those seen longest ago make room for it."""
        size = len(kept.body)
        if size > self.limit // 10:
            return
        self.drop(source, tile)
        values = (source, *tile, kept.body, size, kept.etag, kept.modified, kept.fresh_until, self._clock())
        if self._run("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values):
            self._total += size
            if self._total > self.limit:
                self._make_room()

    def renew(self, source: str, tile: Tile, fresh_until: float) -> None:
        """Take a picture for fresh again: its server says that it has not changed."""
        self._run(_RENEW, (fresh_until, source, *tile))

    def drop(self, source: str, tile: Tile) -> None:
        """Forget a picture, as one that is damaged."""
        row = self._first(_SIZE, (source, *tile))
        if row is not None and self._run(_DELETE, (source, *tile)):
            self._total -= row[0] if isinstance(row[0], int) else 0

    def clear(self) -> None:
        """Forget all pictures."""
        self.close()
        try:
            self._remove()
        except OSError:  # Windows keeps a file that another window has open
            self._run("DELETE FROM tiles", ())
        self._total = 0

    def size(self) -> int:
        """Return how many bytes of pictures are kept."""
        row = self._first(_TOTAL, ())
        return row[0] if row is not None and isinstance(row[0], int) else 0

    def close(self) -> None:
        """Write down what was looked at last, and let go of the file."""
        if self._db is not None:
            self._write_seen()
        if self._db is not None:
            self._db.close()
            self._db = None

    def _make_room(self) -> None:
        self._write_seen()
        self._total = self.size()  # another window may have written too
        spare = self._total - int(self.limit * LEAST_KEPT)
        if self._total <= self.limit:
            return
        row = self._first(_LAST_TO_GO, (spare,))
        if row is not None and self._run("DELETE FROM tiles WHERE seen <= ?", (row[0],)):
            self._total = self.size()

    def _write_seen(self) -> None:
        seen, self._seen = self._seen, {}
        db = self._open()
        if db is not None and seen:
            rows = [(moment, source, *tile) for (source, tile), moment in seen.items()]
            with suppress(sqlite3.Error), db:  # when it was seen may be lost
                db.executemany(_SEE, rows)

    def _first(self, query: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        db = self._open()
        if db is None:
            return None
        try:
            row: tuple[object, ...] | None = db.execute(query, values).fetchone()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            self._recover(error)
            return None
        return row

    def _run(self, query: str, values: tuple[object, ...]) -> bool:
        db = self._open()
        if db is None:
            return False
        try:
            db.execute(query, values)
        except (sqlite3.Error, OverflowError) as error:
            self._recover(error)
            return False
        return True

    def _open(self) -> sqlite3.Connection | None:
        if self._db is None and not self._is_off:
            try:
                self._db = self._connected()
            except (sqlite3.Error, OSError) as error:
                self._recover(error)
        return self._db

    def _connected(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Each statement is its own transaction; nothing is lost that cannot be fetched again, so the disk is not waited
        # for. A second window waits a moment at most.
        db = sqlite3.connect(self.path, timeout=0.03, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")
            db.executescript(_SCHEMA)
            self._total = int(db.execute(_TOTAL).fetchone()[0])
            weakref.finalize(self, db.close)
        except BaseException:
            db.close()
            raise
        return db

    def _recover(self, error: Exception) -> None:
        """Throw a damaged file away and begin anew; work without where even that fails."""
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return  # another window writes: this picture is fetched again another time
        if self._db is not None:
            self._db.close()
            self._db = None
        is_damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        if self._is_off or not (is_damaged or "no such column" in str(error) or "malformed" in str(error)):
            self._is_off = True
            return
        self._is_off = True
        with suppress(OSError, sqlite3.Error):
            self._remove()
            self._db = self._connected()
            self._is_off = False

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
