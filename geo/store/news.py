"""What others have written to a project file since this program looked at it last."""

import json
import sqlite3
from dataclasses import dataclass, field

from geo.language import tr
from geo.model import TABLES

MANY = 5_000
"""Changed rows from which a whole table is read."""


@dataclass
class Touched:
    """What may differ from what is in memory.

    Parameters
    ----------
    title
        What was done, in words; of several changes, how many.
    rows
        Ids by table; None for a table to be compared whole.
    """

    title: str
    rows: dict[str, set[str] | None] = field(default_factory=dict)

    def add(self, table: str, row_id: str) -> None:
        """Add a row to those that may differ."""
        ids = self.rows.setdefault(table, set())
        if ids is not None:
            ids.add(row_id)
            if len(ids) > MANY:
                self.rows[table] = None


class Watch:
    """Notice what other connections write, by the lines of history that they add and by the register's dates.

    SQLite's ``data_version`` tells, without reading the file, that another connection has written. What Xunlu wrote
    stands in the history; a program that writes none (QGIS, GDAL) dates the table in ``gpkg_contents``; if neither says
    what it was, every table is compared. What is overlooked nevertheless is met as a conflict, and the row read anew.

    Parameters
    ----------
    db
        The connection that reads and writes the project.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._own: set[int] = set()
        self._doubtful: dict[str, set[str] | None] = {}
        self.look()

    def look(self) -> None:
        """Take the file as it stands now for known; within the moment in which the tables are read."""
        self._version = self._data_version()
        self._line = self._db.execute("SELECT coalesce(max(fid), 0) FROM history").fetchone()[0]
        self._dates = self._register()
        self._own.clear()
        self._doubtful.clear()

    def before_write(self, tables: frozenset[str]) -> None:
        """Look, in the transaction of a change of our own, whether it hides the date of one that is not yet known."""
        dates = self._register()
        for table in tables:
            if dates.get(table) != self._dates.get(table) and not self._told(dates.get(table)):
                self._doubtful[table] = None

    def after_write(self, line: int, tables: frozenset[str], now: str) -> None:
        """Know a change of our own, by the number of its line of history."""
        self._own.add(line)
        self._dates |= dict.fromkeys(tables, now)

    def doubt(self, table: str, row_id: str) -> None:
        """Read a row anew the next time, because it was not as expected."""
        ids = self._doubtful.setdefault(table, set())
        if ids is not None:
            ids.add(row_id)

    @property
    def quiet(self) -> bool:
        """Whether nobody else has written since; a matter of microseconds."""
        return not self._doubtful and self._data_version() == self._version

    def touched(self) -> Touched:
        """Return what may differ from what is known; within the moment in which that is then read."""
        lines = [
            line
            for line in self._db.execute("SELECT fid, at, title, changes FROM history WHERE fid > ?", (self._line,))
            if line[0] not in self._own
        ]
        dates = self._register()
        untold = {table for table in TABLES if dates.get(table) != self._dates.get(table)} - {"history"}
        found = Touched(_title([line[2] for line in lines]))
        for _, at, _, changes in lines:
            untold -= {table for table in untold if dates.get(table) == at}
            rows = _rows(changes)
            if rows is None:
                untold = set(TABLES) - {"history"}
            for table, row_id in rows or ():
                found.add(table, row_id)
        if not lines and not untold and not self._doubtful:
            untold = set(TABLES) - {"history"}
        found.rows |= dict.fromkeys(untold)
        for table, ids in self._doubtful.items():
            if ids is None:
                found.rows[table] = None
            for row_id in ids or ():
                found.add(table, row_id)
        return found

    def _told(self, date: str | None) -> bool:
        query = "SELECT 1 FROM history WHERE fid > ? AND at = ?"
        return self._db.execute(query, (self._line, date)).fetchone() is not None

    def _data_version(self) -> int:
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def _register(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT table_name, last_change FROM gpkg_contents").fetchall())


def _title(titles: list[str]) -> str:
    if not titles:
        return tr("Changes by another program")
    return titles[0] if len(titles) == 1 else tr("{count} changes by others", count=len(titles))


def _rows(changes: str) -> list[tuple[str, str]] | None:
    """Return the table and id of each change of a line of history; None if it cannot be read."""
    try:
        rows = [(table, row_id) for table, row_id, _, _ in json.loads(changes)]
    except (TypeError, ValueError):
        return None
    return rows if all(table in TABLES and isinstance(row_id, str) for table, row_id in rows) else None
