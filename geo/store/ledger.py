"""The lines of history as they lie in a GeoPackage, read without unpacking what is not asked for."""

import codecs
import json
import sqlite3
from collections.abc import Iterator

from geo.errors import XunluError
from geo.language import tr
from geo.store.base import Line
from geo.store.edits import RowChange, from_pieces

PIECE = 1 << 18
"""Bytes read in one go."""


def lines(db: sqlite3.Connection, table: str | None, row_id: str | None, limit: int, before: str | None) -> list[Line]:
    """Return lines of history, the newest first; see `geo.store.history.lines`."""
    where, values = ["1"], []
    if table is not None:
        # `to_json` begins every change so. Within a text the quotes would be escaped: nothing else looks like it.
        mark = json.dumps([table, *([] if row_id is None else [row_id])], ensure_ascii=False)[1:-1]
        where.append("(instr(changes, ?) OR instr(changes, ?))")
        values += [f"[[{mark}, ", f", [{mark}, "]
    if before is not None:
        where.append("fid < (SELECT fid FROM history WHERE id = ?)")
        values.append(before)
    query = (
        "SELECT id, at, who, title, CASE WHEN json_valid(changes) THEN json_array_length(changes) END"  # noqa: S608
        f" FROM history WHERE {' AND '.join(where)} ORDER BY fid DESC LIMIT ?"
    )
    found = db.execute(query, (*values, limit))
    return [Line(row_id, at or "", who or "", title or "", count) for row_id, at, who, title, count in found]


def line(db: sqlite3.Connection, line_id: str) -> tuple[str, tuple[RowChange, ...]]:
    """Return the title of a line of history and what it changed; XunluError if there is none or it is spoilt."""
    query = "SELECT title, fid, typeof(changes) FROM history WHERE id = ?"
    found = db.execute(query, (line_id,)).fetchone()
    if found is None:
        raise XunluError(
            tr("There is no such line in the history."), tr("Look at the history again; it may be another file.")
        )
    try:
        if found[2] not in ("text", "blob"):
            raise ValueError(found[2])
        return str(found[0]), from_pieces(_pieces(db, found[1]))
    except ValueError as error:
        raise XunluError(
            tr("The line “{title}” of the history cannot be read.", title=found[0]),
            tr("It cannot be reverted; everything else can. Run a check of the file."),
        ) from error


def _pieces(db: sqlite3.Connection, fid: int) -> Iterator[str]:
    """Give the text of the changes of a line in pieces: that of an import has fifty million characters."""
    decoder = codecs.getincrementaldecoder(db.execute("PRAGMA encoding").fetchone()[0])()
    with db.blobopen("history", "changes", fid, readonly=True) as changes:
        while some := changes.read(PIECE):
            if text := decoder.decode(some):
                yield text
    yield decoder.decode(b"", final=True)
