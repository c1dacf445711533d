"""What was changed, when and by whom, for the project or one row, and the edit that takes such a change back."""

from typing import Any

from geo.language import tr
from geo.model import TABLES
from geo.store.base import Conflict, Line
from geo.store.edits import Edit, RowChange, same
from geo.store.project import Project
from geo.store.tables import name_of

LIMIT = 200


def lines(
    project: Project,
    *,
    table: str | None = None,
    row_id: str | None = None,
    limit: int = LIMIT,
    before: str | None = None,
) -> list[Line]:
    """Return the lines of history, the newest first, without what they changed.

    Parameters
    ----------
    table, row_id
        Only lines that changed rows of this table, or just this row of it.
    limit
        How many at most.
    before
        Only lines older than the one with this id, to read on where a list ended.
    """
    return project.store.lines(table, row_id, limit, before)


def details(project: Project, line_id: str) -> tuple[RowChange, ...]:
    """Return what a line of history changed.

    Raises
    ------
    XunluError
        If there is no such line, or another program has spoilt it.
    """
    return project.store.line(line_id)[1]


def revert(project: Project, line_id: str) -> Edit:
    """Return the edit that takes a line of history back; the caller applies it.

    Raises
    ------
    Conflict
        If a row that it changed has been changed since, in the same columns, or is gone.
    XunluError
        If there is no such line, or another program has spoilt it.
    """
    title, changes = project.store.line(line_id)
    back = Edit(tr("Revert: {title}", title=title), Edit(title, changes).inverse().changes)
    rows: dict[tuple[str, str], dict[str, Any] | None] = {}
    for change in back.changes:
        key = change.table, change.id
        if key not in rows:
            rows[key] = _row(project, change)
        now = rows[key]
        if change.before is None:
            if now is not None:
                raise _conflict(change, now)
            rows[key] = dict(change.after or {})
            continue
        if now is None or any(not same(now[name], value) for name, value in change.before.items()):
            raise _conflict(change, now)
        rows[key] = None if change.after is None else {**now, **change.after}
    return back


def _row(project: Project, change: RowChange) -> dict[str, Any] | None:
    try:
        return project.row(change.table, change.id)
    except KeyError:
        return None


def _conflict(change: RowChange, now: dict[str, Any] | None) -> Conflict:
    return Conflict(
        change.table,
        change.id,
        change.before,
        now,
        message=tr(
            "“{row}” of “{table}” has changed since.", row=_called(change, now), table=TABLES[change.table].title()
        ),
        hint=tr("Revert the later changes of it first, or change it by hand."),
    )


def _called(change: RowChange, now: dict[str, Any] | None) -> str:
    """Return what people call a row: its name, code or title, its id where it has none."""
    for row in (now, change.before, change.after):
        for column in ("name", "code", "title", "key"):
            if row and row.get(column):
                return name_of(row) if column == "name" and "name_en" in row else str(row[column])
    return change.id
