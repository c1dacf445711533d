"""From a ledger to an edit: rows added and updated, every problem named, nothing deleted by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import datum as datums
from geo.exchange import columns
from geo.exchange.columns import ID
from geo.exchange.ledger import Ledger, plain_title
from geo.exchange.matching import match
from geo.exchange.rows import Problem, Rows, read_rows, require
from geo.language import tr
from geo.model import TABLES, Table
from geo.progress import Report, part, silent
from geo.store.edits import Edit, RowChange, insert, new_id, update
from geo.store.tables import Tables

ADDED, CHANGED, SAME, REFUSED = "added", "changed", "same", "refused"

ROUNDED_DEG = 1e-6
"""A point that moves by less, a decimetre, was only rounded: most ledgers give six decimals."""


@dataclass(frozen=True)
class Recipe:
    """How a ledger is to be read.

    Attributes
    ----------
    table
        Where its rows go.
    mapping
        The title of a column for each field; see `geo.exchange.columns.fields`.
    datum
        Of its coordinates; see `geo.datum.parse`.
    kind
        For sites: the code or name of the kind of rows that do not name one.
    update
        Whether rows that are in the project already are brought up to date; else they are left as they are.
    """

    table: str
    mapping: Mapping[str, str]
    datum: str = "wgs84"
    kind: str = ""
    update: bool = True


@dataclass(frozen=True)
class Prepared:
    """What an import would do, before anything is done.

    Attributes
    ----------
    recipe, ledger
        What it was made from.
    fates
        What becomes of each row: `ADDED`, `CHANGED`, `SAME` or `REFUSED`, shape (n,).
    ids
        The row of the project that each row becomes or is, empty for a refused one.
    lonlat
        Where rows with points lie, in WGS-84 degrees, shape (n, 2), not a number for none.
    given
        The points as they stand in the file, shape (n, 2).
    problems
        Everything that is wrong, in the order of the rows.
    missing
        The ids of rows of the project that the ledger could have named and does not; they are left alone.
    new_kinds
        The kinds of sites that the ledger names and the project did not have.
    changes
        What the edit will hold.
    """

    recipe: Recipe
    ledger: Ledger
    fates: NDArray[np.str_]
    ids: list[str]
    lonlat: NDArray[np.float64]
    given: NDArray[np.float64]
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]
    new_kinds: tuple[str, ...]
    changes: tuple[RowChange, ...]

    def count(self, fate: str) -> int:
        """Return how many rows have a fate."""
        return int(np.count_nonzero(self.fates == fate))

    @property
    def without_place(self) -> int:
        """Return how many of the new rows do not say where they lie."""
        if TABLES[self.recipe.table].shape != "Point":
            return 0
        return int(np.count_nonzero(np.isnan(self.lonlat[:, 0]) & (self.fates == ADDED)))

    def edit(self) -> Edit:
        """Return the import as one edit, with its line in table `imports`; without changes if there are none."""
        return Edit(tr("Import {file}", file=self.ledger.file.name), self.changes)


def recall(tables: Tables, ledger: Ledger, table: str) -> Recipe:
    """Return the recipe that the last ledger with the same titles was imported with, else a guess."""
    imports = tables.frame("imports")
    before = imports[(imports["titles"] == ledger.fingerprint) & (imports["into"] == table)]
    if len(before):
        kept = json.loads(before["mapping"].iloc[-1])
        mapping = {field: title for field, title in kept["fields"].items() if title in ledger.titles}
        return Recipe(table, mapping, before["datum"].iloc[-1], kept.get("kind", ""))
    return Recipe(table, columns.guess(ledger, TABLES[table]), ledger.datum or "wgs84")


def prepare(tables: Tables, ledger: Ledger, recipe: Recipe, report: Report = silent) -> Prepared:
    """Return what the import of a ledger would do.

    Parameters
    ----------
    tables
        The project as it stands.
    ledger
        From `geo.exchange.reading.read`.
    recipe
        How to read it.
    report
        Told how far it is.

    Raises
    ------
    XunluError
        If the recipe names a table, field, title or datum that there is not.
    """
    table = columns.table_named(recipe.table)
    columns.check(recipe.mapping, ledger, table)
    recipe = replace(recipe, datum=datums.parse(recipe.datum))
    rows = read_rows(tables, ledger, table, recipe.mapping, recipe.datum, part(report, 0.0, 0.5))
    require(rows, ledger, table)
    fresh = [*_kinds(tables, rows, recipe), *_subdistricts(tables, rows)] if table.name == "sites" else []
    report(0.55, tr("Comparing with the project …"))
    frame = tables.frame(table.name)
    found = match(frame, rows.values, rows.shapes)
    _keep_unknown(rows, table, found)
    _refuse_doubles(rows, ledger, found)
    if table.name == "sites":
        _fill_subdistricts(tables, rows, found)
    batch = new_id()
    fates, ids, changes = _changes(tables, table, rows, found, recipe, batch, part(report, 0.6, 1.0))
    if changes:
        changes = [*fresh, _line(batch, ledger, recipe, fates), *changes]
    rows.problems.sort(key=lambda problem: problem.at)
    return Prepared(
        recipe,
        ledger,
        fates,
        ids,
        _lonlat(rows),
        rows.given,
        tuple(rows.problems),
        tuple(_missing(tables, table, rows, ids)),
        tuple(str((change.after or {})["name"]) for change in fresh if change.table == "kinds"),
        tuple(changes),
    )


def _kinds(tables: Tables, rows: Rows, recipe: Recipe) -> list[RowChange]:
    """Write the code of its kind into each row; return the kinds that are new, for users have their own."""
    frame = tables.frame("kinds")
    codes: dict[str, str] = {}
    for column in ("name_en", "name", "code"):
        codes |= {plain_title(name): code for name, code in zip(frame[column], frame["code"], strict=True) if name}
    named = rows.values.get("kind") or [None] * len(rows)
    names = [name or recipe.kind for name in named]
    fresh: list[RowChange] = []
    refused = rows.refused()
    for name, out in zip(names, refused, strict=True):
        if name and not out and plain_title(name) not in codes:
            code = plain_title(name) or name
            codes[plain_title(name)] = code
            fresh.append(insert("kinds", code=code, name=name))
    rows.values["kind"] = [codes.get(plain_title(name)) if name else None for name in names]
    return fresh


def _subdistricts(tables: Tables, rows: Rows) -> list[RowChange]:
    """Return the subdistricts that rows name in a project that has none yet; their areas may come later."""
    named = rows.values.get("subdistrict")
    if named is None or len(tables.frame("subdistricts")):
        return []
    ids: dict[str, str] = {}
    fresh: list[RowChange] = []
    for name, out in zip(named, rows.refused(), strict=True):
        if name and not out and plain_title(name) not in ids:
            change = insert("subdistricts", name=name)
            ids[plain_title(name)] = change.id
            fresh.append(change)
    rows.values["subdistrict"] = [ids.get(plain_title(name)) if name else None for name in named]
    return fresh


def _keep_unknown(rows: Rows, table: Table, found: list[str]) -> None:
    """Write what a new row calls something that the project does not know into its note, so that it is not lost."""
    unknown = [problem for problem in rows.problems if not problem.refused and problem.value and not found[problem.at]]
    if not unknown or "note" not in (column.name for column in table.columns):
        return
    notes = rows.values.setdefault("note", [None] * len(rows))
    for problem in unknown:
        said = f"{table.column(problem.field).title()}: {problem.value}"
        note = notes[problem.at]
        notes[problem.at] = f"{note}; {said}" if note else said


def _refuse_doubles(rows: Rows, ledger: Ledger, found: list[str]) -> None:
    """Refuse each row that says it is the same one as a row above it."""
    seen: dict[str, int] = {}
    codes = rows.values.get("code") or [None] * len(rows)
    for at, (row_id, code) in enumerate(zip(found, codes, strict=True)):
        for key in {f"id {row_id}" if row_id else "", f"code {code}" if code else ""} - {""}:
            first = seen.setdefault(key, at)
            if first != at:
                reason = tr("is in row {row} already", row=int(ledger.numbers[first]))
                name = "code" if code else "name"
                value = str((rows.values.get(name) or [""] * len(rows))[at] or "")
                rows.problems.append(Problem(at, int(ledger.numbers[at]), name, value, reason))
                break


def _fill_subdistricts(tables: Tables, rows: Rows, found: list[str]) -> None:
    """Give each new site whose row names no subdistrict the one that it lies in."""
    areas = tables.frame("subdistricts")
    areas = areas[~areas["geometry"].isna()] if len(areas) else areas
    values = rows.values.get("subdistrict") or [None] * len(rows)
    open_ = [at for at, v in enumerate(values) if not v and not found[at] and rows.shapes[at] is not None]
    if not len(areas) or not open_:
        return
    tree = shapely.STRtree(areas["geometry"].to_numpy())
    points, inside = tree.query(rows.shapes[open_], predicate="intersects")
    for point, area in zip(points.tolist(), inside.tolist(), strict=True):
        values[open_[point]] = str(areas.index[area])
    rows.values["subdistrict"] = values


def _changes(
    tables: Tables, table: Table, rows: Rows, found: list[str], recipe: Recipe, batch: str, report: Report
) -> tuple[NDArray[np.str_], list[str], list[RowChange]]:
    frame = tables.frame(table.name)
    names = [name for name in rows.values if name != ID]
    stored = {name: frame[name].tolist() for name in [*names, *(["geometry"] if table.shape else [])]}
    position = {row_id: at for at, row_id in enumerate(frame.index.tolist())}
    stated = rows.values.get(ID) or [None] * len(rows)
    refused = rows.refused()
    fates = np.full(len(rows), REFUSED, dtype="<U8")
    ids = [""] * len(rows)
    changes: list[RowChange] = []
    for at in range(len(rows)):
        if at % 2000 == 0:
            report(at / len(rows), tr("Comparing with the project …"))
        if refused[at]:
            continue
        values = {name: value for name in names if (value := rows.values[name][at]) is not None}
        _place(values, rows.shapes[at], table)
        if found[at]:
            before = _stored_row(stored, position[found[at]], values)
            change = _update(table, found[at], before, values) if recipe.update else None
        else:
            origin = {"source": batch} if table.name == "sites" else {}
            change = insert(table.name, id=stated[at] or new_id(), **values, **origin)
        ids[at] = change.id if change else found[at]
        fates[at] = (CHANGED if found[at] else ADDED) if change else SAME
        if change:
            changes.append(change)
    return fates, ids, changes


def _place(values: dict[str, Any], shape: shapely.Geometry | None, table: Table) -> None:
    if shape is None:
        return
    values["geometry"] = shape
    if table.name == "sites":
        values["placed_by"] = "given"


def _stored_row(stored: Mapping[str, list[Any]], at: int, values: Mapping[str, Any]) -> dict[str, Any]:
    from geo.store.frames import plain

    return {name: plain(stored[name][at]) for name in values if name in stored}


def _update(table: Table, row_id: str, before: dict[str, Any], values: dict[str, Any]) -> RowChange | None:
    """Return the change of a row that is there already; a point that hardly moved stays, so rounding is no change."""
    after = {name: value for name, value in values.items() if name in before}
    old, new = before.get("geometry"), after.get("geometry")
    if old is not None and new is not None and _lies_as(old, new):
        del after["geometry"]
    return update(table.name, row_id, before, after)


def _lies_as(old: BaseGeometry, new: BaseGeometry) -> bool:
    if old.geom_type != "Point":
        # Formats differ in where a ring begins and which way round it goes.
        old, new = old.normalize(), new.normalize()
    return bool(shapely.equals_exact(old, new, tolerance=ROUNDED_DEG))


def _line(batch: str, ledger: Ledger, recipe: Recipe, fates: NDArray[np.str_]) -> RowChange:
    """Return the line of table `imports`, by which the datum is kept and the mapping remembered."""
    return insert(
        "imports",
        id=batch,
        at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        file=f"{ledger.file.name}#{ledger.sheet}" if ledger.sheet else ledger.file.name,
        into=recipe.table,
        datum=recipe.datum,
        titles=ledger.fingerprint,
        mapping=json.dumps({"fields": dict(recipe.mapping), "kind": recipe.kind}, ensure_ascii=False),
        added=int(np.count_nonzero(fates == ADDED)),
        changed=int(np.count_nonzero(fates == CHANGED)),
        refused=int(np.count_nonzero(fates == REFUSED)),
    )


def _missing(tables: Tables, table: Table, rows: Rows, ids: list[str]) -> list[str]:
    """Return the rows of the project that the ledger might have named: for sites, those of the kinds it names."""
    frame = tables.frame(table.name)
    named = set(ids)
    if table.name == "sites":
        kinds = {kind for kind in rows.values["kind"] if kind}
        frame = frame[frame["kind"].isin(kinds)]
    return [str(row_id) for row_id in frame.index if row_id not in named]


def _lonlat(rows: Rows) -> NDArray[np.float64]:
    lonlat = np.full((len(rows), 2), np.nan)
    there = np.array([shape is not None and shape.geom_type == "Point" for shape in rows.shapes], dtype=bool)
    if there.any():
        lonlat[there] = shapely.get_coordinates(rows.shapes[there])
    return lonlat
