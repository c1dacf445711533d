"""An empty project: a GeoPackage with a layer or table for each of the model's, as GDAL makes them."""

import os
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import geopandas as gpd

from geo.errors import XunluError
from geo.files import cannot_write, replacing
from geo.language import tr
from geo.model import TABLES, Table
from geo.store.base import SCHEMA
from geo.store.frames import CRS
from geo.store.schema import add_column, refuse_existing


def create_file(path: Path) -> None:
    """Make an empty project; it appears under its name only once it is whole and on disk.

    Raises
    ------
    XunluError
        If there is a file already, or none can be written there.
    """
    refuse_existing(path)
    if path.suffix.lower() != ".gpkg":
        raise XunluError(
            tr("{file} is no name for a project.", file=path),
            tr("Let the name end in .gpkg, as every GeoPackage does."),
        )
    try:
        with replacing(path) as new, new.open("xb") as file:
            file.write(content())
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def content() -> bytes:
    """Return the bytes of an empty project; XunluError if the system's folder for temporary files is full."""
    # Only where a project is made: it takes time to import, and whoever opens one waits for the first map.
    import pyogrio

    try:
        with tempfile.TemporaryDirectory(prefix="xunlu-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "empty.gpkg"
            for table in TABLES.values():
                if table.shape:
                    _add_layer(path, table)
            _add_tables(path)
            return path.read_bytes()
    except (OSError, sqlite3.Error, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise cannot_write(Path(tempfile.gettempdir()), error) from error


def _add_layer(path: Path, table: Table) -> None:
    import pyogrio

    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"geometry": []}, crs=CRS),
        path,
        driver="GPKG",
        layer=table.name,
        geometry_type=table.shape,
        append=path.exists(),
        GEOMETRY_NAME="geometry",
    )


def _add_tables(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN")
        for table in TABLES.values():
            _add_table(db, table)
        db.execute(
            "INSERT INTO settings (id, key, value) VALUES (?, 'schema', ?)",
            ("00000000-0000-0000-0000-000000000000", str(SCHEMA)),
        )
        db.execute("COMMIT")


def _add_table(db: sqlite3.Connection, table: Table) -> None:
    if not table.shape:
        db.execute(f"CREATE TABLE {table.name} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL)")
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)",
            (table.name, table.name),
        )
    db.execute(f"ALTER TABLE {table.name} ADD COLUMN id TEXT")
    for column in table.columns:
        add_column(db, table, column)
    db.execute(f"CREATE UNIQUE INDEX {table.name}_id ON {table.name} (id)")
