"""A project file looked through for all that is wrong in it, and what of that can be mended without touching data."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
from shapely.errors import GEOSException

from geo.language import tr
from geo.model import TABLES, Table
from geo.progress import Report, part, silent
from geo.store import bulk, migrations, rows, schema
from geo.store.check_times import check_times
from geo.store.check_values import Raw, check_between, check_table
from geo.store.connection import Connection, clear_errors, connect, one_moment, transaction
from geo.store.edits import from_json
from geo.store.trouble import Trouble

__all__ = ["Trouble", "check", "mend"]


def check(path: Path, report: Report = silent) -> list[Trouble]:
    """Return all that is wrong in a project file, the file as a whole first; it is only read, whoever has it open.

    Parameters
    ----------
    path
        The project; one that does not open because of what it holds is looked through as well.

    Raises
    ------
    XunluError
        If there is no such file, it may not be read, is no project at all or of a newer version.
    Cancelled
        If `report` says so.
    """
    try:
        schema.check_file(path)
        with (
            migrations.ready(path, read_only=True) as opened,
            closing(connect(opened, read_only=True)) as db,
            clear_errors(path),
            one_moment(db),
        ):
            schema.check_tables(db, path)
            return list(_troubles(db, report))
    except (schema.Damaged, schema.Incomplete) as error:
        return [Trouble("", "", "", error.message, error.hint)]


def mend(path: Path, report: Report = silent) -> int:
    """Make anew what follows from the rows, the spatial indexes and counts of features; return for how many layers.

    Raises
    ------
    XunluError
        If the file cannot be opened or written; it is then as it was.
    Cancelled
        If `report` says so; nothing is then changed.
    """
    layers = [table for table in TABLES.values() if table.shape]
    schema.check_file(path)
    with (
        migrations.ready(path, read_only=False) as opened,
        closing(connect(opened, read_only=False)) as db,
        clear_errors(path),
        transaction(db),
    ):
        spoilt = 0
        for at, table in enumerate(layers):
            report(at / len(layers), table.title())
            if list(_index(db, table)):
                bulk.make_anew(db, table)
                spoilt += 1
    return spoilt


def _troubles(db: Connection, report: Report) -> Iterator[Trouble]:
    report(0, tr("Reading the file"))
    whole = [row[0] for row in db.execute("PRAGMA integrity_check")]
    if whole != ["ok"]:
        for message in whole:
            yield Trouble(
                "", "", "", tr("The file is damaged: {message}.", message=message),
                tr("Restore the newest backup, and enter again what was done since."),
            )  # fmt: skip
        return  # what else is read from it cannot be trusted
    tables = {}
    for at, table in enumerate(TABLES.values()):
        report(0.1 + 0.3 * at / len(TABLES), table.title())
        names = [] if table.name == "history" else rows.columns(table)
        ids, cells = rows.read(db, table, ["fid", *names])
        tables[table.name] = Raw(table, ids, cells)
    for at, (name, raw) in enumerate(tables.items()):
        report(0.4 + 0.4 * at / len(tables), raw.table.title())
        if name == "history":
            continue
        if raw.table.shape:
            yield from _index(db, raw.table)
        yield from check_table(raw, tables)
    yield from check_between(tables)
    yield from check_times(tables, _today(tables))
    yield from _history(db, part(report, 0.8, 1))


def _today(tables: Mapping[str, Raw]) -> date:
    settings = tables["settings"].cells
    fixed = dict(zip(settings["key"], settings["value"], strict=True)).get("today")
    try:
        return date.fromisoformat(fixed) if fixed else date.today()  # noqa: DTZ011  the user's own calendar day
    except (TypeError, ValueError):
        return date.today()  # noqa: DTZ011


def _index(db: Connection, table: Table) -> Iterator[Trouble]:
    """Give what is wrong with the R-tree and the count of features of a layer."""
    found = {"what": "", "mend": tr("Let the check mend it; no row is changed by that.")}
    tree = f"rtree_{table.name}_geometry"
    try:
        told = str(db.execute("SELECT rtreecheck('main', ?)", (tree,)).fetchone()[0])
        if told == "ok":
            indexed = db.execute(f"SELECT * FROM {tree} ORDER BY id").fetchall()  # noqa: S608
            if not _agree(indexed, bulk.cells(db, table)):
                told = tr("it does not agree with the geometries")
    except sqlite3.DatabaseError as error:
        told = str(error)
    except (ValueError, GEOSException):
        return  # a geometry that cannot be read is told with its row
    if told != "ok":
        found["what"] = tr("The spatial index is wrong: {message}.", message=told.splitlines()[0])
        yield Trouble(table.name, "", "geometry", **found)
    counted = db.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (table.name,)).fetchone()
    there = db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608
    if counted and counted[0] not in (None, there):
        found["what"] = tr("It has {there} rows, and is counted as {counted}.", there=there, counted=counted[0])
        yield Trouble(table.name, "", "", **found)


def _agree(indexed: list[tuple[float, ...]], wanted: "np.ndarray[tuple[int], np.dtype[np.void]]") -> bool:
    """Return whether an R-tree holds every row, in a box that contains it and is no larger than rounding makes it."""
    wanted = wanted[np.argsort(wanted["id"])]
    if [int(row[0]) for row in indexed] != wanted["id"].tolist():
        return False
    # SQLite and GDAL round the edges outwards each in its own way, by a few units in the last place of a float32.
    boxes = np.array([row[1:] for row in indexed], dtype=np.float64).reshape(-1, 4)
    return bool(np.all(np.abs(boxes - wanted["box"]) <= np.abs(boxes) * 2.0**-20 + 1e-37))


def _history(db: Connection, report: Report) -> Iterator[Trouble]:
    count = db.execute("SELECT count(*) FROM history").fetchone()[0]
    for at, (row_id, title, changes) in enumerate(db.execute("SELECT id, title, changes FROM history ORDER BY fid")):
        report(at / count, TABLES["history"].title())
        try:
            from_json(changes)
        except (TypeError, ValueError):
            yield Trouble(
                "history", str(row_id or ""), "changes",
                tr("The line “{title}” of the history cannot be read.", title=title),
                tr("It cannot be reverted; everything else works. Nothing needs to be done."),
            )  # fmt: skip
