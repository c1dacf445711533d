"""The project in one GeoPackage file: rows written with SQLite in transactions, valid for GDAL and QGIS."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.progress import Report, part, silent
from geo.store import blank, ledger, loading, migrations, rows, schema
from geo.store.base import Conflict, Line, News
from geo.store.connection import clear_errors, connect, one_moment, transaction
from geo.store.copies import copy_open
from geo.store.edits import Edit, RowChange, new_id, to_utf8
from geo.store.news import Watch


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
        with ExitStack() as held:
            opened = held.enter_context(migrations.ready(path, read_only=self.read_only))
            self._db = held.enter_context(closing(connect(opened, read_only=self.read_only)))
            schema.check_tables(self._db, path)
            if not self.read_only:
                self._adopt_rows()
            with clear_errors(path):
                self._watch = Watch(self._db)
            self._held = held.pop_all()

    @classmethod
    def create(cls, path: Path) -> "GeoPackage":
        """Make an empty project file and open it.

        Raises
        ------
        XunluError
            If there is a file already, or none can be written there.
        """
        blank.create_file(path)
        return cls(path)

    def load(self, table: str, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table, or the rows of it that are given, as a frame by id; a GeoDataFrame where it has a shape."""
        with clear_errors(self.path), one_moment(self._db):
            return loading.load(self._db, TABLES[table], self.path, ids)

    def load_all(self, report: Report = silent) -> dict[str, pd.DataFrame]:
        """Return all tables but the history as they stand at one moment; `news` counts from then."""
        tables: dict[str, pd.DataFrame] = {}
        with clear_errors(self.path), one_moment(self._db):
            sizes = {name: rows.count(self._db, TABLES[name]) for name in TABLES if name != "history"}
            done, total = 0, max(sum(sizes.values()), 1)
            for name, size in sizes.items():
                share = part(report, done / total, (done + size) / total)
                tables[name] = loading.load(self._db, TABLES[name], self.path, report=share)
                done += size
            self._watch.look()
        return tables

    def news(self) -> News | None:
        """Return what others have written since `load_all` or the last news, read anew; None if nothing.

        Raises
        ------
        XunluError
            If the file cannot be read, or another program has written what does not fit; then again the next time.
        """
        with clear_errors(self.path):
            if self._watch.quiet:
                return None
        if not self.read_only:
            self._adopt_rows()
        with clear_errors(self.path), one_moment(self._db):
            touched = self._watch.touched()
            fresh = {
                table: (None if ids is None else frozenset(ids), self.load(table, None if ids is None else sorted(ids)))
                for table, ids in touched.rows.items()
            }
            self._watch.look()
        return News(touched.title, fresh)

    def write(self, edit: Edit, who: str, report: Report = silent) -> str:
        """Write an edit and its line of history, whole or not at all; on return, with the line's id, it is on disk.

        Raises
        ------
        Conflict
            If a row is not as the edit's `before` says.
        XunluError
            If the file is read-only, locked by another program, or the disk is full.
        Cancelled
            If `report` says so; nothing of the edit is written.
        """
        if self.read_only:
            raise XunluError(
                tr("{file} is open read-only; nothing was changed.", file=self.path.name),
                tr("Save a copy in a folder where you may write and work on that."),
            )
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with clear_errors(self.path), transaction(self._db):
            self._watch.before_write(edit.tables())
            try:
                rows.write(self._db, edit.changes, part(report, 0, 0.8))
            except Conflict as conflict:
                self._watch.doubt(conflict.table, conflict.row_id)
                raise
            for table in edit.tables():
                self._touch(table, edit, now)
            report(0.8, tr("Writing the history"))
            line_id = new_id()
            line = self._db.execute(
                "INSERT INTO history (id, at, who, title, changes) VALUES (?, ?, ?, ?, CAST(? AS TEXT))",
                (line_id, now, who, edit.title, to_utf8(edit.changes)),
            ).lastrowid
            report(0.9, tr("Saving"))  # the last one: once it is on disk nobody can cancel it
        self._watch.after_write(line or 0, edit.tables(), now)
        return line_id

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project as it stands to another file, which must not exist yet."""
        schema.refuse_existing(path)
        copy_open(self._db, self.path, path)

    def lines(self, table: str | None, row_id: str | None, limit: int, before: str | None) -> list[Line]:
        """Return lines of history, the newest first; see `geo.store.history.lines`."""
        with clear_errors(self.path):
            return ledger.lines(self._db, table, row_id, limit, before)

    def line(self, line_id: str) -> tuple[str, tuple[RowChange, ...]]:
        """Return the title of a line of history and what it changed; XunluError if there is none or it is spoilt."""
        with clear_errors(self.path):
            return ledger.line(self._db, line_id)

    def check_integrity(self) -> None:
        """Read the whole file; XunluError if SQLite finds a part of it missing or spoilt."""
        with clear_errors(self.path):
            found = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise schema.damaged(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._held.close()

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
        with clear_errors(self.path):
            for table in TABLES:
                nameless = f"SELECT 1 FROM {table} WHERE id IS NULL OR id = '' LIMIT 1"  # noqa: S608
                if self._db.execute(nameless).fetchone():
                    with transaction(self._db):
                        self._db.execute(f"UPDATE {table} SET id = new_id() WHERE id IS NULL OR id = ''")  # noqa: S608
