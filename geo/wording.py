"""A change of a row in words: what the row is called, and each of its columns before and after."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pyproj import Geod
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.hours import format_clock
from geo.language import tr
from geo.model import INSPECTIONS, INSPECTORS, KINDS, SITES, TABLES, Column, Table
from geo.store.edits import RowChange, same
from geo.store.tables import Tables, name_of

NOTHING = "–"
_CLOCKS = {"arrive_s", "start_s", "leave_s", "end_s"}
"""Seconds from midnight; other columns in seconds are durations."""

_NAMED_BY = ("name", "title", "file", "key", "code")
_FEW_M = 1_000


@dataclass(frozen=True)
class Cell:
    """What a change does to one column, in words."""

    column: str
    before: str
    after: str


class Wording:
    """Put changes of rows into words.

    Parameters
    ----------
    tables
        Where the names of the rows stand that a change refers to; without any, ids stand for them.
    """

    def __init__(self, tables: Tables | None) -> None:
        self._tables = tables
        self._kinds: dict[str, str] | None = None

    def called(self, change: RowChange) -> str:
        """Return what people call the row of a change, as it is called now, or was last."""
        said = {**(change.before or {}), **(change.after or {})}
        row = self._row(change.table, change.id)
        return self._name(change.table, said if row is None else row) or change.id[:8]

    def row_called(self, table: str, row_id: str) -> str:
        """Return what people call a row, the beginning of its id where it has no name or is not there."""
        row = self._row(table, row_id)
        return (row is not None and self._name(table, row)) or row_id[:8]

    def place(self, table: str, row_id: str) -> str:
        """Return a table and a row of it in words, each empty where it is more than that."""
        if not table:
            return tr("The whole file")
        words = [
            TABLES[table].title() if table in TABLES else table,
            *([self.row_called(table, row_id)] if row_id else []),
        ]
        return " › ".join(words)

    def title(self, table: str, column: str) -> str:
        """Return the title of a column, its name where the model has no such column."""
        if column == "geometry":
            return tr("Geometry")
        titles = {one.name: one.title() for one in TABLES[table].columns} if table in TABLES else {}
        return titles.get(column, column)

    def cells(self, change: RowChange) -> list[Cell]:
        """Return what a change does to each column; of a row added or deleted, what it says."""
        table = TABLES[change.table]
        return list(self._cells(table, change))

    def _cells(self, table: Table, change: RowChange) -> Iterator[Cell]:
        before, after = change.before or {}, change.after or {}
        for column in table.columns:
            if column.name in before or column.name in after:
                sides = [self.value(table, column, side.get(column.name)) for side in (before, after)]
                whole = change.kind != "update"
                if sides != [NOTHING, NOTHING] and not (whole and _says_nothing(column, {**before, **after})):
                    yield Cell(column.title(), *sides)
        shapes = [side.get("geometry") for side in (before, after)]
        if not same(*shapes):
            yield Cell(tr("Position") if table.shape == "Point" else tr("Geometry"), *_places(*shapes))

    def value(self, table: Table, column: Column, value: Any) -> str:
        """Return what a reader sees for a value of a column."""
        if column.type == "bool" and value is not None:
            return tr("yes") if value else tr("no")
        if value is None or value in {"", "{}", "[]"}:
            return NOTHING
        if column.choices:
            return _sentence(column.choice_title(value))
        if column.refers_to:
            return self.row_called(column.refers_to, str(value))
        if table is SITES and column.name == "kind":
            return self._kind(str(value))
        if table is INSPECTIONS and column.name == "inspectors":
            return self._people(str(value))
        return _plain(column, value)

    # Names

    def _row(self, table: str, row_id: str) -> Mapping[str, Any] | None:
        if self._tables is None:
            return None
        try:
            return self._tables.row(table, row_id)
        except KeyError:
            return None

    def _name(self, table: str, row: Mapping[str, Any]) -> str:
        """Return the name of a row with its code; of one that has neither, what it is about."""
        named = {**row, "name": name_of({"name": row.get("name", ""), "name_en": row.get("name_en", "")})}
        word = next((str(named[column]) for column in _NAMED_BY if named.get(column)), "")
        code = str(row.get("code") or "")
        if word and code and word != code and table != KINDS.name:
            return f"{word} ({code})"
        return word or " · ".join(self._about(TABLES[table], row))

    def _about(self, table: Table, row: Mapping[str, Any]) -> Iterator[str]:
        """Give what tells a row without a name from others: its team, its site, its street, its day."""
        for column in table.columns:
            value = row.get(column.name)
            if value and column.refers_to in ("sites", "teams", "streets"):
                found = self._row(column.refers_to, str(value))
                yield (found is not None and self._name(column.refers_to, found)) or str(value)[:8]
            elif value and ((column.type == "date" and column.name == "date") or column.name in ("street", "number")):
                yield str(value)

    def _kind(self, code: str) -> str:
        if self._kinds is None:
            kinds = self._tables.frame("kinds") if self._tables is not None else None
            rows = () if kinds is None else kinds.to_dict("records")
            self._kinds = {str(row["code"]): _sentence(name_of({str(k): v for k, v in row.items()})) for row in rows}
        return self._kinds.get(code) or code

    def _people(self, text: str) -> str:
        try:
            listed = json.loads(text)
        except ValueError:
            return text
        people = listed if isinstance(listed, list) else []
        return ", ".join(self.row_called(INSPECTORS.name, str(one)) for one in people) or text


def moment(at: str) -> str:
    """Return an ISO instant as date and time on this computer's clock; what is none, as it is."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):  # the latter at the ends of the calendar
        return at


def _says_nothing(column: Column, row: Mapping[str, Any]) -> bool:
    """Return whether a column of a whole row stands as it does where nothing was said."""
    value = row.get(column.name)
    return bool(value == column.empty) and type(value) is type(column.empty)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(column: Column, value: Any) -> str:
    if column.type == "time":
        return moment(str(value))
    if column.name == "into" and value in TABLES:
        return TABLES[value].title()
    if column.name in _CLOCKS:
        return format_clock(value)
    if column.unit == "s":
        return f"{round(value / 60)} {tr('min')}"
    if column.type in ("int", "real"):
        units = {"min": tr("min"), "d": tr("days"), "m": tr("m")}
        number = f"{value:,}" if column.unit else f"{value:g}" if column.type == "real" else str(value)
        return f"{number} {units.get(column.unit, column.unit)}".strip()
    return str(value)


def _places(before: BaseGeometry | None, after: BaseGeometry | None) -> tuple[str, str]:
    """Return two geometries in words, with how far apart they are if both are points."""
    words = _place(before), _place(after)
    if not isinstance(before, Point) or not isinstance(after, Point) or before.is_empty or after.is_empty:
        return words
    metres = _geod().inv(before.x, before.y, after.x, after.y)[2]
    if not metres > 0:
        return words
    return words[0], tr("{place}, {metres} m away", place=words[1], metres=f"{metres:,.0f}" if metres >= 1 else "< 1")


def _place(shape: BaseGeometry | None) -> str:
    if shape is None or shape.is_empty:
        return NOTHING
    if isinstance(shape, Point):
        return f"{abs(shape.y):.5f}° {'N' if shape.y >= 0 else 'S'}, {abs(shape.x):.5f}° {'E' if shape.x >= 0 else 'W'}"
    if shape.geom_type.endswith("Polygon"):
        area, _ = _geod().geometry_area_perimeter(shape)
        points = sum(len(ring.coords) for part in getattr(shape, "geoms", [shape]) for ring in _rings(part))
        return tr("area of {km2} km², {count} points", km2=f"{abs(area) / 1e6:.3f}", count=points)
    metres = _geod().geometry_length(shape)
    length = f"{metres:.0f} m" if metres < _FEW_M else f"{metres / 1000:.2f} km"
    count = sum(len(part.coords) for part in getattr(shape, "geoms", [shape]))
    return tr("line of {length}, {count} points", length=length, count=count)


def _rings(polygon: Any) -> Iterator[Any]:
    yield polygon.exterior
    yield from polygon.interiors


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")
