"""Files of an older format, brought to the present one whole or not at all, after a copy of them was kept."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import XunluError
from geo.files import cannot_write
from geo.language import tr
from geo.model import TABLES
from geo.store import blank, schema
from geo.store.base import SCHEMA
from geo.store.connection import clear_errors, connect, transaction
from geo.store.copies import write_copy
from geo.store.edits import new_id

_REGISTERS = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions", "gpkg_ogr_contents")
"""Where a GeoPackage says which tables it has."""

_SINCE = dict.fromkeys(("street_points", "turns", "railways", "addresses", "imports"), 2) | dict.fromkeys(
    ("conflicts", "draws", "rounds"), 3
)
"""The format in which a table came, if it was not the first."""


@contextmanager
def ready(path: Path, *, read_only: bool) -> Iterator[Path]:
    """Give the path of a file in the present format: the file itself, upgraded if it is older and may be written.

    One that may not be written is read through an upgraded copy in the system's folder for such: an old project on a
    disc or in an archive stays readable, and nobody who only looks at a file changes it.

    Raises
    ------
    XunluError
        If the file is no project, of a newer version, or cannot be upgraded; it is then as it was.
    """
    with closing(connect(path, read_only=read_only)) as db:
        older = schema.format_of(db, path) < SCHEMA
    with ExitStack() as held:
        if older and read_only:
            folder = Path(held.enter_context(_temporary_folder()))
            write_copy(path, folder / path.name)
            _upgrade(folder / path.name)
            path = folder / path.name
        elif older:
            _upgrade(path, keep=True)
        yield path


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="xunlu-", ignore_cleanup_errors=True)
    except OSError as error:
        raise cannot_write(Path(tempfile.gettempdir()), error) from error


def _upgrade(path: Path, *, keep: bool = False) -> None:
    with _temporary_folder() as folder:
        # Before the file is locked, as GDAL takes its time.
        model = Path(folder) / "model.gpkg"
        model.write_bytes(blank.content())
        with (
            closing(connect(model, read_only=True)) as new,
            closing(connect(path, read_only=False)) as db,
            clear_errors(path),
            transaction(db),
        ):
            # Whoever came first has done it meanwhile.
            version = schema.format_of(db, path)
            if version < SCHEMA:
                if keep:
                    write_copy(path, _free_name(path, version))
                _add_tables(db, new, path, version)
                _add_columns(db)
                _tell(db, version)


def _free_name(path: Path, version: int) -> Path:
    name, count = path.with_name(f"{path.stem}.format-{version}{path.suffix}"), 1
    while name.exists():
        count += 1
        name = path.with_name(f"{path.stem}.format-{version}-{count}{path.suffix}")
    return name


def _add_tables(db: sqlite3.Connection, new: sqlite3.Connection, path: Path, version: int) -> None:
    """Add the tables that came with later formats, as they are in a new file: with R-tree, triggers and registers."""
    known = schema.tables_of(db)
    for table in TABLES:
        if table in known and _SINCE.get(table, 1) <= version:
            continue
        if table in known:
            raise XunluError(
                tr(
                    "{file} has a table “{table}” of another program, and Xunlu now has one too.",
                    file=path,
                    table=table,
                ),
                tr("Rename that table with the program that made it, for example QGIS; the file was not changed."),
            )
        parts = new.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND (tbl_name = ? OR name = ?)"
            " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid",
            (table, f"rtree_{table}_geometry"),
        ).fetchall()
        for (part,) in parts:
            db.execute(part)
        for register in _REGISTERS:
            for row in new.execute(f"SELECT * FROM {register} WHERE table_name = ?", (table,)):  # noqa: S608
                db.execute(f"INSERT INTO {register} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


def _add_columns(db: sqlite3.Connection) -> None:
    """Add the columns that came with later formats; null in the rows there are, which reads as their default."""
    for table in TABLES.values():
        present = schema.columns_of(db, table.name)
        for column in table.columns:
            if column.name not in present:
                schema.add_column(db, table, column)


def _tell(db: sqlite3.Connection, version: int) -> None:
    db.execute("UPDATE settings SET value = ? WHERE key = 'schema'", (str(SCHEMA),))
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    title = tr("Upgraded from format {old} to {new}", old=version, new=SCHEMA)
    db.execute("INSERT INTO history (id, at, who, title, changes) VALUES (?, ?, '', ?, '[]')", (new_id(), now, title))
