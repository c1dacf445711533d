"""From any file that holds a table to a ledger: the ending of the name tells how."""

import codecs
import os
from pathlib import Path

from geo.errors import XunluError
from geo.exchange import delimited, spreadsheet, vector
from geo.exchange.ledger import Ledger
from geo.language import tr
from geo.progress import Report, silent

TEXT = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
GIS = frozenset({".geojson", ".json", ".shp", ".gpkg", ".kml", ".gpx", ".kmz", ".geojsonl", ".fgb", ".zip", ".tab"})
ENDINGS = tuple(sorted(TEXT | WORKBOOKS | GIS))


def sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets or layers of a file, empty for one that holds a single table.

    Raises
    ------
    XunluError
        If the file is missing, of a kind that is not read here, or damaged.
    """
    ending = _checked(path)
    if ending in WORKBOOKS:
        return spreadsheet.sheets(path)
    return () if ending in TEXT else vector.sheets(path)


def read(
    path: Path, known: frozenset[str] = frozenset(), *, sheet: str = "", encoding: str = "", report: Report = silent
) -> Ledger:
    """Return one table of a file.

    Parameters
    ----------
    path
        The file.
    known
        Titles by which a title row is found below other rows; see `geo.exchange.columns.known_titles`.
    sheet
        Which sheet or layer; the first one with rows when empty.
    encoding
        How a text file or Shapefile is encoded; found out when empty.
    report
        Told how far it is.

    Raises
    ------
    XunluError
        If it cannot be read; the message says what, where and what to do.
    """
    ending = _checked(path)
    if encoding:
        _check_encoding(encoding)
    try:
        if ending in TEXT:
            return delimited.read(path, known, encoding, report)
        if ending in WORKBOOKS:
            return spreadsheet.read(path, known, sheet, report)
        return vector.read(path, sheet, encoding, report)
    except OSError as error:
        raise XunluError(
            tr("{file} cannot be read: {reason}.", file=path, reason=error.strerror or str(error)),
            tr("Ask the owner of the file for the right to read it."),
        ) from error


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise XunluError(
            tr("There is no encoding “{text}”.", text=encoding), tr("Write utf-8, gb18030, big5 or another known one.")
        ) from error


def _checked(path: Path) -> str:
    ending = path.suffix.lower()
    if not path.exists():
        raise XunluError(tr("There is no file {file}.", file=path), tr("Check the name and the folder."))
    if not path.is_file() or not os.access(path, os.R_OK):
        raise XunluError(
            tr("{file} cannot be read: {reason}.", file=path, reason=tr("it is no file that may be read")),
            tr("Ask the owner of the file for the right to read it."),
        )
    if ending == ".xls":
        raise XunluError(
            tr("{file} is an Excel workbook of before 2007.", file=path.name),
            tr("Save it as .xlsx with Excel, WPS or LibreOffice, then import that."),
        )
    if ending in {".parquet", ".geoparquet"}:
        raise XunluError(
            tr("{file} is GeoParquet, which this program does not read.", file=path.name),
            tr("Save it as GeoPackage with QGIS, then import that."),
        )
    if ending not in TEXT | WORKBOOKS | GIS:
        raise XunluError(
            tr("{file} is of no kind that can be imported.", file=path.name),
            tr("Files with one of these endings can: {endings}.", endings=" ".join(ENDINGS)),
        )
    return ending
