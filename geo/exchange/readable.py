"""A table as people read it: titles for columns, names for codes and ids, times of day for seconds.

What another row is called stands in its place: its name where no other row answers to it, else its code, else its id;
so an import finds the same row again. Of values that have a title, such as a risk, the title stands.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely

from geo.exchange.chosen import Chosen
from geo.exchange.ledger import plain_title
from geo.language import Language, tr
from geo.model import TABLES, Column
from geo.store.tables import Tables

CellType = Literal["text", "int", "real", "bool", "date", "duration", "shape"]


@dataclass(frozen=True)
class Cells:
    """One column to write: what stands above it, and its cells.

    Cells of the type ``date`` are dates, of ``duration`` timedeltas, except what could not be read as one: that is
    text.
    """

    title: str
    type: CellType
    values: list[Any]


def columns(chosen: Chosen) -> list[Cells]:
    """Return rows as columns of cells: those of the table, then the place, then the id."""
    made = [_cells(chosen, column) for column in chosen.table.columns]
    if chosen.shapes is not None:
        made += _places(chosen)
    return [*made, Cells("id", "text", chosen.ids)]


def _places(chosen: Chosen) -> list[Cells]:
    shapes = chosen.shapes
    if chosen.table.shape != "Point":
        texts: Any = shapely.to_wkt(shapes, rounding_precision=-1)
        return [Cells("WKT", "shape", ["" if text is None else str(text) for text in texts])]
    lonlat = np.full((len(chosen), 2), np.nan)
    points, rows = shapely.get_coordinates(shapes, return_index=True)
    lonlat[rows] = points
    titles = tr("Longitude", chosen.lang), tr("Latitude", chosen.lang)
    return [
        Cells(title, "real", [None if np.isnan(value) else value for value in values.tolist()])
        for title, values in zip(titles, lonlat.T, strict=True)
    ]


def _cells(chosen: Chosen, column: Column) -> Cells:
    title, values = column.title(chosen.lang), chosen.values(column)
    kind, read = _reading(chosen, column)
    return Cells(title, kind, values if read is None else [read(value) for value in values])


def _reading(chosen: Chosen, column: Column) -> tuple[CellType, Callable[[Any], Any] | None]:
    """Return the type of a column's cells, and what makes a cell of a value that is not one as it stands."""
    if column.refers_to:
        names = labels(chosen.tables, column.refers_to, chosen.lang)
        return "text", lambda value: names.get(value, value)
    if column.name in TABLES and column.type == "json":
        names = labels(chosen.tables, column.name, chosen.lang)
        return "text", lambda value: _list(value, names)
    if chosen.table.name == "sites" and column.name == "kind":
        kinds = kind_labels(chosen.tables, chosen.lang)
        return "text", lambda value: kinds.get(value, value)
    if column.choices:
        titles = {one.value: one.title(chosen.lang) if one.value else "" for one in column.choices}
        return "text", lambda value: titles.get(value, value)
    if column.type == "date":
        return "date", _date
    if column.type == "int":
        return ("duration", _duration) if column.unit == "s" else ("int", None)
    if column.type == "real":
        return "real", lambda value: value if value is None or isfinite(value) else str(value)
    return ("bool" if column.type == "bool" else "text"), None


def labels(tables: Tables, table: str, lang: Language) -> dict[str, str]:
    """Return what each row of a table is called, by its id: the first of name, code and id that only it answers to."""
    frame = tables.frame(table)
    order = ("name", "name_en") if lang == "zh" else ("name_en", "name")
    return _unique(frame, [name for name in (*order, "code") if name in frame.columns], list(frame.index))


def kind_labels(tables: Tables, lang: Language) -> dict[str, str]:
    """Return what each site kind is called, by its code."""
    kinds = tables.frame("kinds")
    order = ["name", "name_en"] if lang == "zh" else ["name_en", "name"]
    return _unique(kinds, order, kinds["code"].tolist())


def _unique(frame: pd.DataFrame, names: list[str], keys: list[str]) -> dict[str, str]:
    rows = list(zip(*(frame[name].tolist() for name in names), keys, strict=True))
    # Importing folds case and width and drops marks, so what differs by these only is not unique.
    taken = Counter(name for row in rows for name in {_folded(one) for one in row})
    return {
        key: next((name for name in row if _folded(name) and taken[_folded(name)] == 1), key)
        for key, row in zip(keys, rows, strict=True)
    }


def _folded(name: str) -> str:
    return plain_title(name)


def _list(text: str, names: dict[str, str]) -> str:
    """Return the rows that a list of ids names, or the text as it is where it is no such list."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return text
    if not isinstance(found, list):
        return text
    return "; ".join(names.get(one, str(one)) if isinstance(one, str) else str(one) for one in found)


def _date(text: str) -> date | str | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return text


def _duration(seconds: int | None) -> timedelta | str | None:
    if seconds is None or 0 <= seconds < 10 * 86_400:
        return None if seconds is None else timedelta(seconds=seconds)
    return str(seconds)


def clock(span: timedelta) -> str:
    """Return seconds from midnight, or a span of time, as ``H:MM:SS``; hours past 24 are the next day's."""
    seconds = round(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def lines(chosen: Chosen) -> Iterable[str]:
    """Yield for each row what it says, a line ``Title: value`` for each column that says something."""
    made = [cells for cells in columns(chosen) if cells.title not in {"id", "WKT"}]
    for row in zip(*(cells.values for cells in made), strict=True):
        said = ((cells.title, as_text(value)) for cells, value in zip(made, row, strict=True))
        yield "\n".join(f"{title}: {text}" for title, text in said if text)


def as_text(value: Any) -> str:
    """Return a cell as text: dates as ISO, yes and no as TRUE and FALSE, which spreadsheets understand."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, timedelta):
        return clock(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def row_names(chosen: Chosen) -> list[str]:
    """Return what stands beside each row on somebody's map: its name, a house number, or the team of a route."""
    frame = chosen.frame
    if "name" in frame.columns:
        names = frame["name"], frame["name_en"]
        first, second = names if chosen.lang == "zh" else names[::-1]
        return [str(name) for name in first.where(first != "", second)]
    if "number" in frame.columns:
        return [f"{street} {number}".strip() for street, number in zip(frame["street"], frame["number"], strict=True)]
    if "team" in frame.columns:
        teams = labels(chosen.tables, "teams", chosen.lang)
        return [teams.get(team, team) for team in frame["team"]]
    return [""] * len(frame)
