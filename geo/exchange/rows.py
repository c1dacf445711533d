"""The cells of a ledger read as values of a table, with every cell that cannot be, by row, field and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.exchange import cells
from geo.exchange.columns import ID, PLACES, WKT
from geo.exchange.ledger import Ledger, is_empty, plain_title
from geo.exchange.placing import places
from geo.language import tr
from geo.model import Table
from geo.progress import Report
from geo.store.tables import Tables

NOT_CELLS = frozenset({*PLACES, WKT})


@dataclass(frozen=True)
class Problem:
    """Something about one row.

    Attributes
    ----------
    at
        The place of the row in the ledger, from 0.
    number
        The number by which the user finds the row in the file.
    field
        The field of the table concerned.
    value
        What stands there.
    reason
        What is wrong with it, as the rest of a sentence that begins with the value.
    refused
        Whether the row stays out; else it comes in without that value.
    """

    at: int
    number: int
    field: str
    value: str
    reason: str
    refused: bool = True


@dataclass
class Rows:
    """The rows of a ledger as values by field, None where a cell is empty, and their geometries."""

    values: dict[str, list[Any]]
    shapes: NDArray[np.object_]
    given: NDArray[np.float64]
    problems: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.shapes)

    def refused(self) -> NDArray[np.bool_]:
        """Return which rows stay out, shape (n,)."""
        out = np.zeros(len(self), dtype=bool)
        out[[problem.at for problem in self.problems if problem.refused]] = True
        return out


def read_rows(
    tables: Tables, ledger: Ledger, table: Table, mapping: Mapping[str, str], datum: str, report: Report
) -> Rows:
    """Return the rows of a ledger as values of a table.

    An empty cell is None: it says nothing, neither that there is something nor that there is not.
    """
    rows = Rows({}, np.empty(0, dtype=object), np.empty((0, 2)))

    def blame(at: int, name: str, cell: object, reason: str, refused: bool = True) -> None:
        rows.problems.append(Problem(at, int(ledger.numbers[at]), name, _shown(cell), reason, refused))

    found = places(ledger, table, mapping, datum, blame)
    rows.shapes, rows.given = found.shapes, found.given
    names = [name for name in mapping if name not in NOT_CELLS]
    for count, name in enumerate(names):
        report(count / len(names), tr("Reading the columns …"))
        rows.values[name] = _read_column(tables, ledger.column(mapping[name]), table, name, blame)
    return rows


def _read_column(tables: Tables, column: Sequence[Any], table: Table, name: str, blame: Any) -> list[Any]:
    if name == ID or (table.name == "sites" and name in _named_freely(tables)):
        read: cells.Reader = cells.text
        optional = False
    else:
        wanted = table.column(name)
        read = cells.reader(wanted, _row_names(tables, wanted.refers_to) if wanted.refers_to else None)
        optional = bool(wanted.refers_to) and not wanted.required
    values: list[Any] = []
    known: dict[Any, Any] = {}  # opening times, kinds and the like repeat
    for at, cell in enumerate(column):
        value = known.get(cell)
        if value is None and not is_empty(cell):
            try:
                value = known[cell] = read(cell)
            except ValueError as error:
                # A subdistrict that the project does not know is no reason to lose a site.
                blame(at, name, cell, str(error), not optional)
        values.append(value)
    return values


def _named_freely(tables: Tables) -> set[str]:
    """Return what a site may name that is not there yet: its kind, and subdistricts where a project has none."""
    return {"kind"} if len(tables.frame("subdistricts")) else {"kind", "subdistrict"}


def _row_names(tables: Tables, table: str) -> dict[str, str]:
    """Return the id of each row of a table by everything that it may be called; a name that two share is none."""
    frame = tables.frame(table)
    found: dict[str, str] = {}
    shared: set[str] = set()
    for column in ("name_en", "name", "code"):
        if column not in frame:
            continue
        for name, row_id in zip(frame[column].tolist(), frame.index.tolist(), strict=True):
            plain = plain_title(name)
            if plain and found.setdefault(plain, row_id) != row_id:
                shared.add(plain)
    by_id = {plain_title(row_id): row_id for row_id in frame.index}
    return {name: row_id for name, row_id in found.items() if name not in shared} | by_id


def _shown(cell: object) -> str:
    text = " ".join(str(cell).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def require(rows: Rows, ledger: Ledger, table: Table) -> None:
    """Refuse each row that lacks what the table must have, unless something worse was said of that field."""
    said = {(problem.at, problem.field) for problem in rows.problems}
    for column in table.columns:
        if not column.required or (table.name, column.name) == ("sites", "kind"):
            continue
        values = rows.values.get(column.name) or [None] * len(rows)
        for at, value in enumerate(values):
            if value in (None, "") and (at, column.name) not in said:
                reason = tr("is missing")
                rows.problems.append(Problem(at, int(ledger.numbers[at]), column.name, "", reason))
    if table.shape in ("LineString", "MultiPolygon"):
        for at, shape in enumerate(rows.shapes):
            if shape is None and (at, "geometry") not in said:
                reason = tr("is missing")
                rows.problems.append(Problem(at, int(ledger.numbers[at]), "geometry", "", reason))
