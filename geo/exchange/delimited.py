"""Text files of cells: their encoding and separator found out, their lines counted as an editor counts them."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from geo.errors import XunluError
from geo.exchange.defusing import undefused
from geo.exchange.ledger import Ledger, from_rows
from geo.language import tr
from geo.progress import Report, silent

SEPARATORS = ",;\t|，；"
LONGEST_CELL = 1_000_000
TELL_EVERY = 5_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(path: Path, known: frozenset[str], encoding: str = "", report: Report = silent) -> Ledger:
    """Return the table of a CSV or text file.

    UTF-8 with or without a mark, UTF-16 with one, else GB18030, which old Chinese Excel writes, unless an encoding is
    named; comma, semicolon, tab, bar or Chinese comma, whichever splits the first lines most evenly.

    Raises
    ------
    XunluError
        If the file cannot be decoded or its quotes do not match, with the line.
    """
    text, used = _decoded(path, path.read_bytes(), encoding)
    separator = _separator(text)
    notes = () if used.startswith("utf-8") else (tr("Read as {encoding}.", encoding=used.upper()),)
    return from_rows(path, "", list(_rows(path, text, separator, report)), known, notes)


def _rows(path: Path, text: str, separator: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator, strict=False)
    start = 1
    try:
        for count, cells in enumerate(reader):
            if count % TELL_EVERY == 0:
                report(min(lines.tell() / (len(text) + 1), 1.0), tr("Reading {file} …", file=path.name))
            yield start, [undefused(cell) for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        raise XunluError(
            tr(
                "{file}, line {line}: the cells cannot be told apart: {reason}.",
                file=path.name,
                line=start,
                reason=error,
            ),
            tr("Look for a quotation mark that is not closed."),
        ) from error


def _decoded(path: Path, content: bytes, encoding: str) -> tuple[str, str]:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    for name in [encoding] if encoding else [marked] if marked else ["utf-8", "gb18030"]:
        try:
            return content.decode(name).replace("\0", ""), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise XunluError(
        tr("{file} is written in no encoding that Xunlu knows.", file=path.name),
        tr("Save it as UTF-8 or as an Excel workbook, then import that."),
    )


def _separator(text: str) -> str:
    """Return the separator that splits the first lines into the same number of cells most often."""
    sample = [line for line in text[:200_000].splitlines()[:60] if line.strip()]
    best, best_score = ",", 0.0
    for mark in SEPARATORS:
        widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=mark))
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1] * min(item[0], 4)), default=(1, 0))
        score = 0.0 if width < 2 else count * (1 + min(width, 20) / 100)
        if score > best_score:
            best, best_score = mark, score
    return best
