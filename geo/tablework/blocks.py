"""Blocks of cells as spreadsheets exchange them over the clipboard: lines of cells with tabs between them, and HTML."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from geo.exchange.defusing import defused, undefused

Block = list[list[str]]

_CELL = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r\n|\r|\n|\Z)|([^\t\r\n]*)', re.DOTALL)
_AFTER = re.compile(r"\t|\r\n|\r|\n|\Z")

MOST_HTML = 20_000
"""Blocks of more cells go as text alone: a formatted one would take long and few programs ask for it."""


def to_text(block: Iterable[Sequence[str]]) -> str:
    """Return cells as Excel copies them; what it would take for a formula is made harmless."""
    return "".join("\t".join(map(_quoted, row)) + "\r\n" for row in block)


def _quoted(cell: str) -> str:
    cell = defused(cell)
    if cell.startswith('"') or any(sign in cell for sign in "\t\r\n"):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def from_text(text: str) -> Block:
    """Return the cells of a text that a spreadsheet or `to_text` has copied; rows may differ in length.

    A quotation mark counts as one only where it closes at the end of the cell: Excel leaves others as they are.
    """
    rows: Block = []
    at, row = 0, list[str]()
    while at < len(text) or row:
        cell = _CELL.match(text, at)
        if cell is None:
            raise RuntimeError(text[at : at + 20])  # the second way matches anything
        row.append(undefused(cell[2] if cell[1] is None else cell[1].replace('""', '"')))
        end = _AFTER.match(text, cell.end())
        if end is None:
            raise RuntimeError(text[at : at + 20])
        at = end.end()
        if end[0] != "\t":
            rows.append(row)
            row = []
    return rows


def to_html(block: Sequence[Sequence[str]], heads: Sequence[str] = (), numbers: Sequence[bool] = ()) -> str:
    """Return cells as a table that Excel and Word take with its headings; texts stay texts there, as 007 does.

    Parameters
    ----------
    block
        The cells.
    heads
        The headings, none to leave them out.
    numbers
        Which columns hold numbers.
    """
    head = "<tr>" + "".join(f"<th>{escape(each)}</th>" for each in heads) + "</tr>" if heads else ""
    rows = "".join(
        "<tr>"
        + "".join(_cell(cell, place < len(numbers) and numbers[place]) for place, cell in enumerate(row))
        + "</tr>"
        for row in block
    )
    return f'<meta charset="utf-8"><table>{head}{rows}</table>'


def _cell(text: str, is_number: bool) -> str:
    shown = escape(text).replace("\r\n", "\n").replace("\n", "<br>")
    return f"<td>{shown}</td>" if is_number else f"<td style=\"mso-number-format:'\\@'\">{shown}</td>"
