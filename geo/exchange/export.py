"""Tables to files of other programs; the ending of the name decides which.

What comes out, and what an import of it gives:

- ``.csv`` and ``.xlsx`` are for people: the titles of `geo.model` in a language, names for ids (`geo.exchange.readable`
  says how), the place as longitude and latitude (as WKT where it is no point), and last the id. An import guesses every
  column back and gives the same rows. In CSV a text that a spreadsheet would run as a formula has an apostrophe in
  front, which the import takes off again (`geo.exchange.defusing`); numbers stay numbers. In XLSX it is text by type.
- ``.gpkg``, ``.shp``, ``.geojson`` and ``.kml`` are for programs: the technical names of columns, ids, values as they
  are stored.
- ``.gpx`` is for devices: names, a few lines to read, and a sign.
"""

import csv
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyogrio

from geo.errors import XunluError
from geo.exchange import gisfiles, gpx, kml, qgis, workbook
from geo.exchange.chosen import Chosen, Convert, choose
from geo.exchange.defusing import defused
from geo.exchange.readable import as_text, columns
from geo.files import cannot_write, replacing
from geo.language import Language, current, tr
from geo.model import TABLES
from geo.progress import Report, part, silent
from geo.store.tables import Tables

KEPT_BACK = frozenset({"settings", "history"})
"""Tables that stay in the project: who changed what, and how it is set up, is nobody else's business."""

EXPORTED = tuple(name for name in TABLES if name not in KEPT_BACK)
"""The tables that can be written, by their technical names."""

_TELL_EVERY = 5_000


@dataclass(frozen=True)
class Written:
    """What an export wrote: how many rows, and what could not be written as it is."""

    rows: int
    notes: tuple[str, ...] = ()


def write(
    tables: Tables,
    table: str,
    path: Path,
    *,
    ids: Collection[str] | None = None,
    lang: Language | None = None,
    convert: Convert | None = None,
    report: Report = silent,
) -> Written:
    """Write a table, or some of its rows, to a file, whole or not at all; a file of the name is replaced.

    Parameters
    ----------
    tables
        The project, or a snapshot of it.
    table
        One of `EXPORTED`.
    path
        The file; its ending is one of `endings`.
    ids
        The rows to write, all if None.
    lang
        The language of titles and names; the one in use if None.
    convert
        Takes longitudes and latitudes in WGS-84, shape (n, 2), and gives those that are written.
    report
        Told how far it is; may raise `Cancelled`, and then there is no new file.

    Raises
    ------
    XunluError
        If there is no such table or ending, a table without shapes is to become a map, the file is a project or another
        database, or it cannot be written.
    """
    writer = _writer(table, path)
    chosen = choose(tables, TABLES[table], ids, lang or current(), convert)
    with _new_file(path) as new:
        writer(chosen, new, _naming(path, new, report))
    report(1.0, "")
    return Written(len(chosen), tuple(_notes(chosen, path)))


def export_project(tables: Tables, path: Path, *, lang: Language | None = None, report: Report = silent) -> Written:
    """Write all tables but settings and history as one GeoPackage, with our colours for QGIS: a copy to give away.

    Parameters
    ----------
    tables
        The project, or a snapshot of it.
    path
        The file; its name ends in ``.gpkg``.
    lang
        The language of titles and names on the map.
    report
        Told how far it is; may raise `Cancelled`, and then there is no new file.

    Raises
    ------
    XunluError
        If the file is a project, or it cannot be written.
    """
    if path.suffix.lower() != ".gpkg":
        raise XunluError(
            tr("{file} is no name for a GeoPackage.", file=path),
            tr("Let the name end in .gpkg, as every GeoPackage does."),
        )
    rows, notes = 0, []
    with _new_file(path) as new:
        for at, table in enumerate(EXPORTED):
            chosen = choose(tables, TABLES[table], None, lang or current())
            step = part(report, 0.9 * at / len(EXPORTED), 0.9 * (at + 1) / len(EXPORTED))
            gisfiles.write_geopackage(chosen, new, _naming(path, new, step))
            rows += len(chosen)
            notes += _notes(chosen, path)
        qgis.publish(tables, new, lang=lang)
    report(1.0, "")
    return Written(rows, tuple(notes))


def endings(table: str) -> tuple[str, ...]:
    """Return the endings of files that a table can be written to, such as ``.csv``; KeyError if there is none."""
    shape = TABLES[table].shape
    fitting = [".xlsx", ".csv", ".gpkg"]
    if shape:
        fitting += [".geojson", ".json", ".shp", ".kml"]
    if shape in {"Point", "LineString"} or table == "stops":
        fitting.append(".gpx")
    return tuple(fitting)


def _writer(table: str, path: Path) -> "Callable[[Chosen, Path, Report], None]":
    if table not in EXPORTED:
        raise XunluError(
            tr("There is no table “{name}” to write.", name=table),
            tr("There are these: {names}.", names=", ".join(EXPORTED)),
        )
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise XunluError(
            tr("{file} is of no kind that can be written.", file=path.name),
            tr("Let the name end in one of these: {endings}.", endings=" ".join(WRITERS)),
        )
    if ending not in endings(table):
        raise XunluError(
            tr("“{table}” cannot be written as {ending}.", table=TABLES[table].title(), ending=ending),
            tr("Let the name end in one of these: {endings}.", endings=" ".join(endings(table))),
        )
    return WRITERS[ending]


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """Give the name of a new file, or shapefile, that takes the place of another once it is whole."""
    _refuse_database(path)
    replace = gisfiles.replacing_shapefile if path.suffix.lower() == ".shp" else replacing
    try:
        with replace(path) as new:
            # Tried first: GDAL gives no reason.
            new.touch()
            new.unlink()
            yield new
    except _CANNOT as error:
        raise cannot_write(path, error) from error


def _refuse_database(path: Path) -> None:
    """Raise XunluError if a file is a project or a database that is no GeoPackage, or is just being written."""
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                return
    except OSError as error:
        raise cannot_write(path, error) from error
    if any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        raise XunluError(
            tr("{file} is open in another program.", file=path), tr("Close it there, or choose another name.")
        )
    if path.suffix.lower() != ".gpkg" or not _is_ordinary(path):
        raise XunluError(
            tr("{file} is a database, perhaps the project itself.", file=path),
            tr("Choose another name; nothing was overwritten."),
        )


def _is_ordinary(path: Path) -> bool:
    """Return whether a database is a GeoPackage and no project, not even a spoilt one."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False
    return "gpkg_contents" in names and not KEPT_BACK & names


def _naming(path: Path, new: Path, report: Report) -> Report:
    """Return a report that names the file that the user asked for, not the one that is to take its place."""

    def named(done: float, text: str = "") -> None:
        report(done, text.replace(new.name, path.name))

    return named


def _notes(chosen: Chosen, path: Path) -> list[str]:
    lang, losses = chosen.lang, chosen.losses
    said = [*chosen.remarks]
    if count := losses["text_cut"]:
        said.append(tr("{count:,} texts are longer than the file can hold and were cut.", lang, count=count))
    if count := losses["shape_too_long"]:
        said.append(tr("{count:,} shapes are longer than a cell of Excel holds and were left out.", lang, count=count))
    if count := losses["no_day"]:
        said.append(tr("{count:,} dates that are no dates were left empty.", lang, count=count))
    if count := losses["control"]:
        said.append(tr("{count:,} control characters in texts cannot be written to such a file.", lang, count=count))
    if count := losses["no_place"]:
        said.append(tr("{count:,} rows have no place yet and were left out.", lang, count=count))
    if chosen.convert is not None and path.suffix.lower() not in {".csv", ".xlsx"}:
        said.append(tr("The coordinates are not in WGS-84, though files of this kind are taken to be.", lang))
    return said


def _write_csv(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as CSV for Excel: UTF-8 with its mark, lines ended with CR and LF, formulas made harmless."""
    cells = columns(chosen)
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow([one.title for one in cells])
        for count, row in enumerate(zip(*(one.values for one in cells), strict=True)):
            if count % _TELL_EVERY == 0:
                report(count / (len(chosen) + 1), tr("Writing {file} …", chosen.lang, file=path.name))
            out.writerow([defused(value) if isinstance(value, str) else as_text(value) for value in row])


WRITERS: "dict[str, Callable[[Chosen, Path, Report], None]]" = {
    ".xlsx": workbook.write,
    ".csv": _write_csv,
    ".gpkg": gisfiles.write_geopackage,
    ".geojson": gisfiles.write_geojson,
    ".json": gisfiles.write_geojson,
    ".shp": gisfiles.write_shapefile,
    ".kml": kml.write,
    ".gpx": gpx.write,
}
"""What writes a file, by the ending of its name."""

_CANNOT = (
    OSError,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    sqlite3.Error,
)
"""What a disk or a folder that will not do makes of writing."""
