"""Whether the cells of a project's tables hold what their columns promise, each by itself and between tables."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.dayhours import parse_exceptions
from geo.errors import XunluError
from geo.hours import parse_clock, parse_windows
from geo.language import tr
from geo.model import Column, Table
from geo.store import frames, geometry
from geo.store.trouble import Trouble

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MAY_BE_NEGATIVE = {"seed", "minutes"}
_SHARES = {"confidence"}
_UNIQUE = (("sites", "code"), ("kinds", "code"), ("settings", "key"))


@dataclass(frozen=True)
class Raw:
    """A table as it is stored: ids, and cells by column as SQLite gives them."""

    table: Table
    ids: Sequence[str]
    cells: Mapping[str, Sequence[Any]]

    def where(self, column: str, wrong: Callable[[Any], bool]) -> Iterator[tuple[str, Any]]:
        """Give the id and value of each cell of a column that is wrong; a value that occurs often is judged once."""
        values = self.cells[column]
        bad = {value for value in set(values) if value not in (None, "") and wrong(value)}
        if bad:
            yield from ((row_id, value) for row_id, value in zip(self.ids, values, strict=True) if value in bad)


def check_table(raw: Raw, tables: Mapping[str, Raw]) -> Iterator[Trouble]:
    """Give all that is wrong with the rows of a table, references to the others included."""
    for column in raw.table.columns:
        if (found := list(_misfits(raw, column))) or raw.table.name == "history":
            yield from found
            continue
        yield from _by_type(raw, column)
        yield from _choices(raw, column)
        yield from _missing(raw, column)
        if column.refers_to:
            yield from _dangling(raw, column, tables[column.refers_to])
    if raw.table.shape:
        yield from _shapes(raw)


def check_between(tables: Mapping[str, Raw]) -> Iterator[Trouble]:
    """Give what is wrong with values that must agree with others."""
    for table, column in _UNIQUE:
        yield from _doubles(tables[table], column)
    known = set(tables["kinds"].cells["code"])
    for row_id, value in tables["sites"].where("kind", lambda kind: kind not in known):
        yield Trouble(
            "sites", row_id, "kind", tr("There is no site kind with the code “{value}”.", value=value),
            tr("Choose a kind for the site, or add one with this code."),
        )  # fmt: skip
    people = set(tables["inspectors"].ids)
    for row_id, value in tables["inspections"].where("inspectors", lambda text: not _names_only(text, people)):
        yield Trouble(
            "inspections", row_id, "inspectors",
            tr("“{value}” is no list of inspectors that there are.", value=_short(value)),
            tr("Choose the inspectors of the inspection again."),
        )  # fmt: skip


def _short(value: Any) -> str:
    return str(value)[:40]


def _misfits(raw: Raw, column: Column) -> Iterator[Trouble]:
    if frames.first_misfit(column, raw.cells[column.name]) is None:
        return
    wanted: set[type] = frames.NUMBERS.get(column.type, {str, int, float})
    for row_id, value in zip(raw.ids, raw.cells[column.name], strict=True):
        if value is not None and type(value) not in wanted:
            yield Trouble(
                raw.table.name, row_id, column.name,
                tr("“{value}” does not fit into this column.", value=_short(value)),
                tr("Correct it with the program that wrote it, such as QGIS; until then the project does not open."),
            )  # fmt: skip


def _by_type(raw: Raw, column: Column) -> Iterator[Trouble]:
    judge = _JUDGES.get("share" if column.name in _SHARES else column.type)
    if judge is None or column.name in _MAY_BE_NEGATIVE:
        return
    wrong, explain = judge
    for row_id, value in raw.where(column.name, wrong):
        yield Trouble(raw.table.name, row_id, column.name, *explain(_short(value)))


def _no_date(value: Any) -> bool:
    try:
        return not _DATE.fullmatch(str(value)) or not date.fromisoformat(str(value))
    except ValueError:
        return True


def _no_instant(value: Any) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is None
    except ValueError:
        return True


def _no_json(value: Any) -> bool:
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return True
    return False


def _unreadable(parse: Callable[[str], object]) -> Callable[[Any], bool]:
    def wrong(value: Any) -> bool:
        try:
            parse(str(value))
        except XunluError:
            return True
        return False

    return wrong


_JUDGES: dict[str, tuple[Callable[[Any], bool], Callable[[str], tuple[str, str]]]] = {
    "date": (_no_date, lambda v: (tr("“{value}” is no date.", value=v), tr("Write it like 2021-06-02."))),
    "time": (
        _no_instant,
        lambda v: (tr("“{value}” is no moment in time.", value=v), tr("Write it like 2021-06-02T08:30:00Z.")),
    ),
    "clock": (
        _unreadable(parse_clock),
        lambda v: (tr("“{text}” is no time of day.", text=v), tr("Write it like 08:30.")),
    ),
    "windows": (
        _unreadable(parse_windows),
        lambda v: (tr("“{text}” is no opening time.", text=v), tr("Write it like 08:30-11:30; 14:00-17:30.")),
    ),
    "exceptions": (
        _unreadable(parse_exceptions),
        lambda v: (
            tr("“{text}” says not when it is open on which dates.", text=v),
            tr("Write it like {example}.", example="2026-12-24 closed; 2026-12-25..2026-12-26 09:00-12:00"),
        ),
    ),
    "json": (
        _no_json,
        lambda v: (
            tr("“{value}” is no JSON.", value=v),
            tr("Empty it with the program that wrote it, such as QGIS; until then the project does not open."),
        ),
    ),
    "int": (
        lambda v: v < 0,
        lambda v: (tr("{value} is less than nothing.", value=v), tr("Write 0 or more, or nothing.")),
    ),
    "share": (
        lambda v: not math.isfinite(v) or not 0 <= v <= 1,
        lambda v: (tr("{value} is no share between 0 and 1.", value=v), tr("Empty it, or write such a share.")),
    ),
    "bool": (
        lambda v: v not in (0, 1),
        lambda v: (tr("{value} is neither yes (1) nor no (0).", value=v), tr("Tick it again.")),
    ),
}  # fmt: skip


def _choices(raw: Raw, column: Column) -> Iterator[Trouble]:
    if not column.choices:
        return
    known = {choice.value for choice in column.choices}
    for row_id, value in raw.where(column.name, lambda value: value not in known):
        yield Trouble(
            raw.table.name, row_id, column.name,
            tr("“{value}” is none of the choices.", value=_short(value)),
            tr("Choose one of: {choices}.", choices=", ".join(sorted(known - {""}))),
        )  # fmt: skip


def _missing(raw: Raw, column: Column) -> Iterator[Trouble]:
    if not column.required:
        return
    for row_id, value in zip(raw.ids, raw.cells[column.name], strict=True):
        if value in (None, ""):
            yield Trouble(
                raw.table.name, row_id, column.name,
                tr("“{column}” is empty.", column=column.title()), tr("Fill it in, or delete the row."),
            )  # fmt: skip


def _dangling(raw: Raw, column: Column, target: Raw) -> Iterator[Trouble]:
    known = set(target.ids)
    for row_id, value in raw.where(column.name, lambda value: value not in known):
        yield Trouble(
            raw.table.name, row_id, column.name,
            tr("It refers to a row of “{table}” that is not there ({id}).", table=target.table.title(), id=value),
            tr("Choose another one, or delete the row.") if column.required else tr("Choose another one, or empty it."),
        )  # fmt: skip


def _doubles(raw: Raw, column: str) -> Iterator[Trouble]:
    counts = Counter(raw.cells[column])
    for row_id, value in raw.where(column, lambda value: counts[value] > 1):
        yield Trouble(
            raw.table.name, row_id, column,
            tr("{count} rows have “{value}” here.", count=counts[value], value=_short(value)),
            tr("Give each its own, or delete what is there twice."),
        )  # fmt: skip


def _names_only(text: Any, known: set[str]) -> bool:
    try:
        listed = json.loads(text)
    except (TypeError, ValueError):
        return True  # told already
    return isinstance(listed, list) and all(isinstance(one, str) and one in known for one in listed)


def _decoded(raw: Raw) -> Iterator[tuple[str, BaseGeometry | Trouble | None]]:
    """Give the geometry of each row, or what is wrong with the bytes of it."""
    try:
        yield from zip(raw.ids, geometry.decode_all(raw.cells["geometry"]), strict=True)
    except (ValueError, shapely.errors.GEOSException):
        for row_id, blob in zip(raw.ids, raw.cells["geometry"], strict=True):
            try:
                yield row_id, geometry.decode_all([blob])[0]
            except (ValueError, shapely.errors.GEOSException):
                mend = tr("Draw it again; until then the project does not open.")
                yield row_id, _shape(raw, row_id, tr("The geometry cannot be read."), mend)


def _shapes(raw: Raw) -> Iterator[Trouble]:
    there, shapes = [], []
    for row_id, found in _decoded(raw):
        if isinstance(found, Trouble):
            yield found
        elif found is not None:
            there.append(row_id)
            shapes.append(found)
    array = np.array(shapes, dtype=object)
    bounds = shapely.bounds(array).reshape(-1, 4)
    inside = (bounds >= (-180, -90, -180, -90)).all(axis=1) & (bounds <= (180, 90, 180, 90)).all(axis=1)
    kinds = {raw.table.shape, (raw.table.shape or "").removeprefix("Multi")}
    for at in np.flatnonzero(~inside).tolist():
        yield _shape(
            raw, there[at], tr("It lies outside the world: {place}.", place=_corner(bounds[at])),
            tr("It must have longitude and latitude in degrees; import it again with its coordinate system."),
        )  # fmt: skip
    for at in np.flatnonzero(~shapely.is_valid(array) & inside).tolist():
        yield _shape(
            raw, there[at], tr("The geometry is not valid: {reason}.", reason=shapely.is_valid_reason(array[at])),
            tr("Draw it again, or mend it with “Fix geometries” of QGIS."),
        )  # fmt: skip
    for row_id, shape in zip(there, shapes, strict=True):
        if shape.geom_type not in kinds:
            yield _shape(
                raw, row_id, tr("It is a {found}, and not a {wanted}.", found=shape.geom_type, wanted=raw.table.shape),
                tr("Draw it again."),
            )  # fmt: skip


def _shape(raw: Raw, row_id: str, what: str, mend: str) -> Trouble:
    return Trouble(raw.table.name, row_id, "geometry", what, mend)


def _corner(bounds: Sequence[float]) -> str:
    return f"{bounds[0]:.6g}, {bounds[1]:.6g}"
