"""The project made ready for QGIS and QField: our colours and names as default styles, and the status of each site.

Both are read from the GeoPackage itself. Styles lie in ``layer_styles``, where QGIS looks for them. The status is
computed and therefore no column of the project; it is written into the table ``site_status``, and the view
``sites_by_status`` shows the sites with it. Both stand as of the moment of publishing, and the next one replaces them.
The rows of the project are not touched; styles that somebody saved with QGIS stay, as defaults where they were made so.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import XunluError
from geo.exchange import qgis_looks
from geo.inspection.status import assess
from geo.language import Language, current, tr
from geo.model import SITES, STATUSES
from geo.store import schema
from geo.store.project import Project
from geo.store.tables import Tables

OWNER = "xunlu"
"""What tells our styles from those that somebody saved with QGIS."""

STATUS_TABLE, STATUS_VIEW = "site_status", "sites_by_status"

_STYLES = """
CREATE TABLE IF NOT EXISTS layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
    ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))
"""
_STATUS = f"""
CREATE TABLE {STATUS_TABLE} (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site TEXT UNIQUE, status TEXT, status_zh TEXT, status_en TEXT, due DATE, as_of DATE)
"""


def publish(tables: Tables, path: Path | None = None, *, plan: str | None = None, lang: Language | None = None) -> None:
    """Write styles and the status of the sites into a GeoPackage; call it again whenever they should be fresh.

    It is one transaction on a connection of its own: the project may be open, and stays as it was if this fails.

    Parameters
    ----------
    tables
        The project, or a snapshot of it.
    path
        The GeoPackage, with the tables of the project in it; the project's own file if None.
    plan
        The plan whose routes are drawn; the newest if None.
    lang
        The language of titles and names on the map; the one in use if None.

    Raises
    ------
    XunluError
        If the file is no such GeoPackage, is read-only or locked, or the disk is full.
    """
    lang = lang or current()
    states = assess(tables)
    titles = {choice.value: choice for choice in STATUSES}
    today = tables.today().isoformat()
    rows = [
        (site, status, titles[status].zh, titles[status].en, due or None, today)
        for site, status, due in zip(states.index, states["status"], states["due_date"], strict=True)
    ]
    styles = qgis_looks.styles(tables, plan or _newest(tables), lang)
    with _transaction(path or tables.path) as db:
        _drop(db)
        db.execute(_STATUS)
        db.executemany(f"INSERT INTO {STATUS_TABLE} VALUES (NULL, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
        _register(db, STATUS_TABLE, tr("Site status", lang))
        _add_view(db, tr("Sites by status", lang))
        _write_styles(db, styles, lang)


def refresh(project: Project) -> None:
    """Bring styles and status in a project's file up to date for QGIS, where it can be written.

    It is only a view on the data for others: what stands in the way of it stands in the way of nobody's work.
    """
    if not project.read_only:
        with suppress(XunluError):
            publish(project)


def retract(path: Path) -> None:
    """Take what `publish` wrote out of a GeoPackage again, for example before its tables are built anew.

    Raises
    ------
    XunluError
        If the file is no GeoPackage, is read-only or locked.
    """
    with _transaction(path) as db:
        _drop(db)
        if "layer_styles" in _tables(db):
            db.execute("DELETE FROM layer_styles WHERE owner = ?", (OWNER,))
            if not db.execute("SELECT 1 FROM layer_styles LIMIT 1").fetchone():
                db.execute("DROP TABLE layer_styles")
                db.execute("DELETE FROM gpkg_contents WHERE table_name = 'layer_styles'")


def _newest(tables: Tables) -> str | None:
    plans = tables.frame("plans").sort_values(["date", "version", "created_at"], kind="stable")
    return str(plans.index[-1]) if len(plans) else None


@contextmanager
def _transaction(path: Path) -> Iterator[sqlite3.Connection]:
    schema.check_file(path)
    try:
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)) as db:
            db.execute("BEGIN IMMEDIATE")
            if missing := sorted({"gpkg_contents", "gpkg_geometry_columns", "sites"} - _tables(db)):
                raise XunluError(
                    tr("{file} lacks the tables {tables}.", file=path, tables=", ".join(missing)),
                    tr("Choose a project, or a GeoPackage that was written of a whole project."),
                )
            yield db
            db.execute("COMMIT")
    except sqlite3.Error as error:  # closing a connection takes back what was not committed
        raise schema.explained(error, path) from error


def _tables(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _drop(db: sqlite3.Connection) -> None:
    db.execute(f"DROP VIEW IF EXISTS {STATUS_VIEW}")
    db.execute(f"DROP TABLE IF EXISTS {STATUS_TABLE}")
    for register in ("gpkg_geometry_columns", "gpkg_contents"):
        db.execute(f"DELETE FROM {register} WHERE table_name IN (?, ?)", (STATUS_VIEW, STATUS_TABLE))  # noqa: S608


def _register(db: sqlite3.Connection, table: str, title: str) -> None:
    """Enter a table without shapes into the GeoPackage's own list, without which other programs do not see it."""
    db.execute(
        "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, last_change)"
        " VALUES (?, 'attributes', ?, ?)",
        (table, title, _now()),
    )


def _add_view(db: sqlite3.Connection, title: str) -> None:
    # GDAL takes a column of the name OGC_FID for the number of the row, and finds the R-tree of the table behind.
    columns = ", ".join(f's."{column.name}"' for column in SITES.columns)
    db.execute(
        f"CREATE VIEW {STATUS_VIEW} AS SELECT s.fid AS OGC_FID, s.geometry, s.id, {columns},"  # noqa: S608
        f" t.status, t.status_zh, t.status_en, t.due, t.as_of FROM sites s LEFT JOIN {STATUS_TABLE} t ON t.site = s.id"
    )
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, min_x, min_y, max_x, max_y, srs_id)"
        " SELECT ?, 'features', ?, ?, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = 'sites'",
        (STATUS_VIEW, title, _now()),
    )
    db.execute(
        "INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)"
        " SELECT ?, column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns"
        " WHERE table_name = 'sites'",
        (STATUS_VIEW,),
    )


def _write_styles(db: sqlite3.Connection, styles: dict[str, str], lang: Language) -> None:
    if "layer_styles" not in _tables(db):
        db.execute(_STYLES)
        _register(db, "layer_styles", "layer_styles")
    db.execute("DELETE FROM layer_styles WHERE owner = ?", (OWNER,))
    for table, style in styles.items():
        theirs = "SELECT 1 FROM layer_styles WHERE f_table_name = ? AND useAsDefault"
        is_default = db.execute(theirs, (table,)).fetchone() is None
        db.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
            " VALUES ('', '', ?, 'geometry', ?, ?, '', ?, ?, ?, NULL, ?)",
            (table, tr("Xunlu", lang), style, is_default, tr("As on the map of Xunlu", lang), OWNER, _now()),
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
