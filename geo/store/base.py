"""What a place that keeps a project must do, whichever it is."""

from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.store.edits import Edit, Row

SCHEMA = 2
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
    """

    def __init__(self, table: str, row_id: str, expected: Row | None, stored: dict[str, Any] | None) -> None:
        message = tr("A row of “{table}” was changed by somebody else meanwhile.", table=TABLES[table].title())
        super().__init__(message, tr("Nothing was overwritten. Look at the new values, then change them again."))
        self.table, self.row_id, self.expected, self.stored = table, row_id, expected, stored


class Store(Protocol):
    """Keep the tables of one project."""

    read_only: bool

    def load(self, table: str) -> pd.DataFrame:
        """Return a whole table as a frame indexed by id; a GeoDataFrame where it has a shape."""

    def write(self, edit: Edit, who: str) -> None:
        """Write an edit and its line of history, whole or not at all; on return it is on disk.

        Raises
        ------
        Conflict
            If a row is not as the edit's `before` says.
        XunluError
            If the file cannot be written.
        """

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project as it stands to another file, which must not exist yet."""

    def close(self) -> None:
        """Let go of the file."""
