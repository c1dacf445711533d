"""What a place that keeps a project must do, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.progress import Report, silent
from geo.store import frames
from geo.store.edits import Edit, Row, RowChange

SCHEMA = 3
"""The version of tables and columns that this program writes."""


class Conflict(XunluError):
    """Report that a row is no longer as the edit found it; nothing of the edit is written.

    Parameters
    ----------
    table, row_id
        The row concerned.
    expected
        The values that the edit started from.
    stored
        The values that are stored now; None if the row is gone.
    message, hint
        What to say where it is not another person's change that is in the way.
    """

    def __init__(
        self,
        table: str,
        row_id: str,
        expected: Row | None,
        stored: dict[str, Any] | None,
        *,
        message: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(
            message or tr("A row of “{table}” was changed by somebody else meanwhile.", table=TABLES[table].title()),
            hint or tr("Nothing was overwritten. Look at the new values, then change them again."),
        )
        self.table, self.row_id, self.expected, self.stored = table, row_id, expected, stored


@dataclass(frozen=True)
class News:
    """What others may have changed.

    Parameters
    ----------
    title
        What they did, in words.
    fresh
        By table, the ids that were read anew (None: all there are) and the rows of these as they stand.
    """

    title: str
    fresh: Mapping[str, tuple[frozenset[str] | None, pd.DataFrame]]

    def changes(self, held: Mapping[str, pd.DataFrame]) -> list[RowChange]:
        """Return the changes that make tables, by name, as they stand."""
        return [
            change
            for table in TABLES
            if table in self.fresh
            for change in frames.differences(held[table], TABLES[table], self.fresh[table][1], self.fresh[table][0])
        ]


@dataclass(frozen=True)
class Line:
    """A line of history: what somebody did at one moment.

    Parameters
    ----------
    id
        Its id.
    at
        When, an ISO instant in UTC.
    who, title
        Who did what.
    count
        How many changes of rows it holds; None if another program has spoilt it.
    """

    id: str
    at: str
    who: str
    title: str
    count: int | None


class Store(Protocol):
    """Keep the tables of one project."""

    read_only: bool

    def load(self, table: str, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table, or the rows of it that are given, as a frame by id; a GeoDataFrame where it has a shape."""

    def write(self, edit: Edit, who: str, report: Report = silent) -> str:
        """Write an edit and its line of history, whole or not at all; on return, with the line's id, it is on disk.

        Raises
        ------
        Conflict
            If a row is not as the edit's `before` says.
        XunluError
            If the file cannot be written.
        Cancelled
            If `report` says so; nothing of the edit is written.
        """

    def load_all(self, report: Report = silent) -> dict[str, pd.DataFrame]:
        """Return all tables but the history as they stand at one moment; `news` counts from then."""

    def news(self) -> News | None:
        """Return what others have written since `load_all` or the last news, read anew; None if nothing."""

    def lines(self, table: str | None, row_id: str | None, limit: int, before: str | None) -> list[Line]:
        """Return lines of history, the newest first; see `geo.store.history.lines`."""

    def line(self, line_id: str) -> tuple[str, tuple[RowChange, ...]]:
        """Return the title of a line of history and what it changed; XunluError if there is none or it is spoilt."""

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project as it stands to another file, which must not exist yet."""

    def close(self) -> None:
        """Let go of the file."""
