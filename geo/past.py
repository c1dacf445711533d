"""The history of a project read beside whoever works on it: in another thread, through a connection of its own."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import pandas as pd

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.store import frames, history
from geo.store.base import Line
from geo.store.edits import Edit, RowChange
from geo.store.geopackage import GeoPackage
from geo.store.tables import Tables

if TYPE_CHECKING:
    from geo.store.project import Project


class Past(Tables):
    """Read the history of a project through a connection of its own, which no other thread uses.

    Parameters
    ----------
    tables
        A snapshot of the project, to compare with what a line of history changed.

    Raises
    ------
    XunluError
        If the file cannot be read any more.
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables.path, tables.held())
        self.store = GeoPackage(tables.path, read_only=True)
        self._cells: dict[str, dict[str, Any]] = {}

    def lines(self, row: tuple[str, str] | None = None, *, limit: int, before: str | None = None) -> list[Line]:
        """Return lines of history, the newest first: all, or those that changed a row, given as its table and id."""
        table, row_id = row or (None, None)
        return history.lines(self._project, table=table, row_id=row_id, limit=limit, before=before)

    def details(self, line_id: str) -> tuple[RowChange, ...]:
        """Return what a line changed; XunluError if there is no such line or it cannot be read."""
        title, changes = self.store.line(line_id)
        for change in changes:
            known = TABLES.get(change.table)
            names = {"geometry", *(column.name for column in known.columns)} if known else set()
            if known is None or not {*(change.before or ()), *(change.after or ())} <= names:
                raise XunluError(
                    tr("The line “{title}” of the history cannot be read.", title=title),
                    tr("It cannot be reverted; everything else can. Run a check of the file."),
                )
        return changes

    def revert(self, line_id: str) -> Edit:
        """Return the edit that takes a line back; Conflict if what it changed has been changed since."""
        self.details(line_id)
        return history.revert(self._project, line_id)

    def row(self, table: str, row_id: str) -> dict[str, Any]:
        """Return one row as plain values by column; KeyError if there is none.

        The columns are looked up once: a line may hold as many rows as the project has.
        """
        frame = self.frame(table)
        if table not in self._cells:
            self._cells[table] = {str(name): _cells(frame[name]) for name in frame.columns}
        at = frame.index.get_loc(row_id)
        return {name: frames.plain(cells[at]) for name, cells in self._cells[table].items()}

    @property
    def _project(self) -> "Project":
        # `geo.store.history` asks a project for no more than its store and its rows.
        return cast("Project", self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.store.close()


def _cells(series: "pd.Series[Any]") -> Any:
    # Of geometries, as of texts, the array itself gives single values faster than its wrapper does.
    return series.to_numpy(dtype=object) if series.name == "geometry" else series.array
