"""A project file read by another process: all of it once, and from then on what was written since."""

from pathlib import Path
from typing import Self

from geo.model import TABLES
from geo.progress import Report, silent
from geo.store import frames
from geo.store.geopackage import GeoPackage
from geo.store.tables import Tables


class Follower:
    """Read the tables of a project as they stand in its file, again and again, without having the project open.

    A table that nobody has written to stays the same frame, so that what was made of it can be kept.

    Parameters
    ----------
    path
        The project's file; it is only read.
    report
        Told how much of it is read.

    Raises
    ------
    XunluError
        If the file is missing, is no project, or is damaged.
    """

    def __init__(self, path: Path, report: Report = silent) -> None:
        self.path = path
        self._store = GeoPackage(path, read_only=True)
        try:
            names = [name for name in TABLES if name != "history"]
            # Each in a moment of its own: whoever writes waits for one table at most, and what is written between two
            # of them is news, which the store counts from here on.
            self._frames = {}
            for place, name in enumerate(names):
                self._frames[name] = self._store.load(name)
                report((place + 1) / len(names), TABLES[name].title())
        except BaseException:
            self._store.close()
            raise

    def tables(self) -> Tables:
        """Return the tables as they stand in the file now; XunluError if it can no longer be read."""
        news = self._store.news()
        changes = [] if news is None else news.changes(self._frames)
        for table in {change.table for change in changes}:
            own = [change for change in changes if change.table == table]
            self._frames[table] = frames.patched(self._frames[table], TABLES[table], own)
        return Tables(self.path, dict(self._frames))

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
