"""Excel workbooks as ledgers: one sheet, merged cells filled, dates as dates, what formulas last gave."""

import struct
import warnings
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import XunluError
from geo.exchange.ledger import Ledger, from_rows
from geo.language import tr
from geo.progress import Report, silent

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST_BYTES = 3_000_000_000
"""What a workbook may unpack to: a small file that claims more is made to fill the memory."""

FILL_UP_TO_CELLS = 2_000_000
"""Merged cells are filled up to this size; larger sheets are read row by row, without them."""

TELL_EVERY = 2_000
_BROKEN = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, zlib.error,
    ET.ParseError, NotImplementedError, RuntimeError, OverflowError, struct.error, AssertionError, MemoryError,
)  # fmt: skip
"""What openpyxl raises on files that are none of its own, or are damaged."""


def sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook that are not hidden; XunluError if it cannot be read."""
    with _opened(path, row_by_row=True) as book:
        return tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")


def read(path: Path, known: frozenset[str], sheet: str = "", report: Report = silent) -> Ledger:
    """Return one sheet of a workbook, the first visible one unless it is named.

    Raises
    ------
    XunluError
        If the file is no workbook, is damaged or locked with a password, or has no such sheet.
    """
    report(0.0, tr("Reading {file} …", file=path.name))
    with _opened(path, row_by_row=True) as book:
        name = sheet or next((s.title for s in book.worksheets if s.sheet_state == "visible"), "")
        if name not in book.sheetnames:
            raise XunluError(
                tr("{file} has no sheet “{sheet}”.", file=path.name, sheet=name),
                tr("It has the sheets {sheets}.", sheets=", ".join(book.sheetnames)),
            )
        large = (book[name].max_row or 0) * (book[name].max_column or 0) > FILL_UP_TO_CELLS
        if large:
            rows = list(_rows(path, book[name], report))
    if not large:
        with _opened(path, row_by_row=False) as book:
            _fill_merged(book[name])
            rows = list(_rows(path, book[name], report))
    notes = [tr("The sheet is large: merged cells were not filled.")] if large else []
    return from_rows(path, name, rows, known, notes)


def _rows(path: Path, sheet: "Worksheet", report: Report) -> Iterator[tuple[int, list[Any]]]:
    from openpyxl.utils.escape import unescape

    total = max(sheet.max_row or 1, 1)
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number % TELL_EVERY == 0:
            report(min(number / total, 1.0), tr("Reading {file} …", file=path.name))
        yield number, [unescape(cell) if isinstance(cell, str) else cell for cell in cells]


def _fill_merged(sheet: "Worksheet") -> None:
    """Write what a merged cell says into each row that it spans; a title across columns stays where it is."""
    for area in list(sheet.merged_cells.ranges):
        value = sheet.cell(area.min_row, area.min_col).value
        sheet.unmerge_cells(area.coord)
        for row in range(area.min_row, area.max_row + 1):
            sheet.cell(row, area.min_col).value = value


@contextmanager
def _opened(path: Path, *, row_by_row: bool) -> "Iterator[Workbook]":
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_BYTES:
                raise XunluError(
                    tr("{file} unpacks to more than the memory holds.", file=path.name),
                    tr("Save its table as CSV, then import that."),
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = openpyxl.load_workbook(path, read_only=row_by_row, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except _BROKEN as error:
        raise XunluError(
            tr("{file} is no Excel workbook, or it is damaged or locked.", file=path.name),
            tr("Open it with the program that wrote it, take away its password, and save it as .xlsx or CSV."),
        ) from error
