"""The lines of history as they lie in a GeoPackage, read without unpacking what is not asked for."""

import json
import sqlite3

from geo.errors import XunluError
from geo.language import tr
from geo.store.base import Line
from geo.store.edits import RowChange, from_json


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
    found = db.execute("SELECT title, changes FROM history WHERE id = ?", (line_id,)).fetchone()
    if found is None:
        raise XunluError(
            tr("There is no such line in the history."), tr("Look at the history again; it may be another file.")
        )
    try:
        return str(found[0]), from_json(found[1])
    except (TypeError, ValueError) as error:
        raise XunluError(
            tr("The line “{title}” of the history cannot be read.", title=found[0]),
            tr("It cannot be reverted; everything else can. Run a check of the file."),
        ) from error
