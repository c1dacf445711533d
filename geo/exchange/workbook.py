"""Rows as an Excel workbook: typed cells, a header that stays and filters, and no text that could be a formula."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import XunluError
from geo.exchange.chosen import Chosen
from geo.exchange.readable import Cells, columns
from geo.language import tr
from geo.progress import Report

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""

LONGEST_TEXT = 32_767
"""Characters of a cell, counted in UTF-16 as Excel does."""

FIRST_DAY = date(1900, 3, 1)
"""Before it, Excel's calendar has a 29 February that never was."""

SAMPLE = 500
"""Rows that decide how wide a column is."""

FORMATS = {"text": "@", "date": "yyyy-mm-dd", "duration": "[h]:mm:ss"}
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_TELL_EVERY = 1_000


def write(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as a workbook of one sheet.

    Control characters are written ``_x0007_``, as ECMA-376 (22.9.2.19) has it and Excel reads it, and so is an
    underscore that begins what looks like one; `openpyxl.utils.escape.unescape` is the way back.

    Raises
    ------
    XunluError
        If there are more rows than a sheet holds.
    """
    from openpyxl import Workbook

    if len(chosen) > MOST_ROWS:
        raise XunluError(
            tr("{count:,} rows are more than a sheet of Excel holds.", chosen.lang, count=len(chosen)),
            tr("Write fewer rows, or write them as .csv or .gpkg.", chosen.lang),
        )
    book = Workbook(write_only=True)
    book.properties.creator = "Xunlu"
    sheet = book.create_sheet(chosen.table.title(chosen.lang))
    cells = columns(chosen)
    _lay_out(sheet, cells, len(chosen))
    # Closed before it is saved, and when it is not: openpyxl removes what lies in its temporary folder at the end.
    with closing(sheet):
        for count, row in enumerate(_rows(sheet, cells, chosen)):
            if count % _TELL_EVERY == 0:
                report(0.9 * count / (len(chosen) + 1), tr("Writing {file} …", chosen.lang, file=path.name))
            sheet.append(row)
    report(0.95, tr("Writing {file} …", chosen.lang, file=path.name))
    book.save(path)


def _lay_out(sheet: Any, cells: list[Cells], rows: int) -> None:
    """Set what stands before the rows in the file: widths, the frozen header, its filter, how it is printed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for at, column in enumerate(cells, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _width(column)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(cells))}{rows + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _width(column: Cells) -> float:
    """Return the width of a column in digits; Chinese takes two each, and the button of the filter two."""
    longest = max((_columns_of(str(value)) for value in islice(column.values, SAMPLE) if value is not None), default=0)
    return min(max(longest + 2, _columns_of(column.title) + 4, 6), 60)


def _columns_of(text: str) -> int:
    first = text[:80].split("\n", 1)[0]
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in first)


def _rows(sheet: "WriteOnlyWorksheet", cells: list[Cells], chosen: Chosen) -> Iterator[list[Any]]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    heads = []
    for column in cells:
        head = WriteOnlyCell(sheet, column.title)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF4")
        head.alignment = Alignment(vertical="center", wrap_text=True)
        heads.append(head)
    yield heads
    # A sheet that is only written takes a row at once, so one cell for each column serves all rows.
    plain = [WriteOnlyCell(sheet) for _ in cells]
    texts = [WriteOnlyCell(sheet) for _ in cells]
    for column, cell, text in zip(cells, plain, texts, strict=True):
        cell.number_format = FORMATS.get(column.type, "General")
        text.number_format = FORMATS["text"]
    for row in zip(*(column.values for column in cells), strict=True):
        yield [_cell(*parts, chosen) for parts in zip(row, cells, plain, texts, strict=True)]


def _cell(value: Any, column: Cells, plain: "Cell", text: "Cell", chosen: Chosen) -> "Cell | None":
    if value is None or value == "":
        return None
    if isinstance(value, str) or _is_beyond(value):
        text.value = _fitting(value if isinstance(value, str) else str(value), column, chosen)
        text.data_type = "s"  # never a formula, nor an error such as #N/A
        return text
    plain.value = value
    return plain


def _is_beyond(value: Any) -> bool:
    """Return whether Excel has no number or day for a value that is one."""
    if isinstance(value, date):
        return value < FIRST_DAY
    return not isinstance(value, (bool, timedelta)) and abs(value) >= 10**15


def _fitting(text: str, column: Cells, chosen: Chosen) -> str:
    said = escaped(text)
    if len(said) > LONGEST_TEXT // 2 and _length(said) > LONGEST_TEXT:
        chosen.losses["shape_too_long" if column.type == "shape" else "text_cut"] += 1
        if column.type == "shape":
            return ""
        text = text[:LONGEST_TEXT]
        while (over := _length(said := escaped(text)) - LONGEST_TEXT) > 0:
            text = text[: -(over // 14 + 1)]  # what is cut takes 14 at most
    return said


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """Return a text with what XML cannot hold written ``_xHHHH_``."""
    return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
