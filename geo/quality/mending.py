"""Mending doubtful sites in bulk, and merging sites that are one, without losing what any of them says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.model import SITES, TABLES
from geo.quality.doubts import Doubt
from geo.store.edits import Edit, Row, RowChange, delete, edit, update
from geo.store.tables import Tables, name_of

_PLACE = ("geometry", "placed_by", "confidence")
_NOT_FILLED = frozenset({*_PLACE, "risk", "note", "source"})


def fix_edit(tables: Tables, doubts: Iterable[Doubt]) -> Edit:
    """Return the one edit that mends many doubts; what cannot be mended, or not together, is left as it is.

    Where two doubts would change the same cell the first one does; where sites are merged, the other doubts about
    those that go are passed over.
    """
    chosen = [doubt for doubt in doubts if doubt.fixable]
    into: dict[str, str] = {}
    for doubt in chosen:
        if doubt.mergeable and not into.keys() & set(doubt.sites) and not set(into.values()) & set(doubt.sites):
            into.update(dict.fromkeys(doubt.sites[1:], doubt.sites[0]))
    merged = _merging(tables, into)
    held = {(change.table, change.id): change for change in merged}
    for doubt in chosen:
        for change in doubt.fix:
            place = change.table, change.id
            held[place] = _with(held[place], change) if place in held else change
    return edit(tr("Mend {count} doubtful sites", count=len(chosen)), held.values())


def _with(first: RowChange, second: RowChange) -> RowChange:
    """Return an update with the columns of another that it does not change itself; a deletion stays one."""
    if first.before is None or first.after is None or second.before is None or second.after is None:
        return first
    before, after = {**second.before, **first.before}, {**second.after, **first.after}
    return RowChange(first.table, first.id, before, after)


def merge_edit(tables: Tables, keep_id: str, drop_ids: Sequence[str]) -> Edit:
    """Return the edit that merges sites into one.

    Inspections, findings, stops and rows of `left_out` of the others go to the one that is kept. Where a plan would
    then hold it twice, one stop stays, and a stop counts more than being left out. Empty columns are filled from the
    others; what they said differently goes into the note.

    Raises
    ------
    XunluError
        If one of the sites is gone, or the one to keep is among the others.
    """
    index = tables.frame("sites").index
    if keep_id not in index or not all(one in index for one in drop_ids):
        raise XunluError(
            tr("A site to be merged is no longer in the project."), tr("Look for doubtful sites once more.")
        )
    if keep_id in drop_ids:
        raise XunluError(tr("A site cannot be merged into itself."), tr("Choose another one to keep."))
    title = tr(
        "Merge {count} sites into “{site}”", count=len(set(drop_ids)), site=name_of(tables.row("sites", keep_id))
    )
    return edit(title, _merging(tables, dict.fromkeys(drop_ids, keep_id)))


def _merging(tables: Tables, into: Mapping[str, str]) -> list[RowChange]:
    """Return the changes that merge sites, `into` saying for each that goes which one it becomes."""
    if not into:
        return []
    changes: list[RowChange | None] = []
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to == "sites" and table.name not in ("stops", "left_out"):
                changes += _moved(tables, table.name, column.name, into)
    changes += _stops(tables, into)
    groups: dict[str, list[str]] = {}
    for one, kept in into.items():
        groups.setdefault(kept, []).append(one)
    for kept, gone in groups.items():
        changes.append(_filled(tables, kept, gone))
        changes += [delete("sites", one, tables.row("sites", one)) for one in gone]
    return [change for change in changes if change is not None]


def _moved(tables: Tables, table: str, column: str, into: Mapping[str, str]) -> list[RowChange | None]:
    cells = tables.frame(table)[column]
    concerned = cells[cells.isin(list(into))]
    return [
        update(table, str(row_id), {column: site}, {column: into[site]})
        for row_id, site in zip(concerned.index, concerned.tolist(), strict=True)
    ]


# -- plans -------------------------------------------------------------------------------------------------------------


def _stops(tables: Tables, into: Mapping[str, str]) -> list[RowChange | None]:
    """Return the changes of plans: each site once, routes numbered without a gap, no stop left out too."""
    stops, left_out = tables.frame("stops"), tables.frame("left_out")
    plans = {*stops["plan"][stops["site"].isin(list(into))], *left_out["plan"][left_out["site"].isin(list(into))]}
    changes: list[RowChange | None] = []
    for plan in sorted(plans):
        seen: set[str] = set()
        changes += _stops_of(tables, stops.index[stops["plan"] == plan], into, seen)
        for row_id in left_out.index[left_out["plan"] == plan]:
            row = tables.row("left_out", str(row_id))
            site = into.get(row["site"], row["site"])
            twice = site in seen and site in into.values()
            changes.append(
                delete("left_out", str(row_id), row) if twice else update("left_out", str(row_id), row, {"site": site})
            )
            seen.add(site)
    return changes


def _stops_of(tables: Tables, ids: pd.Index, into: Mapping[str, str], seen: set[str]) -> list[RowChange | None]:
    """Return the changes of one plan's stops; the sites that stay go into `seen`."""
    changes: list[RowChange | None] = []
    removed: Counter[str] = Counter()
    rows = {str(row_id): tables.row("stops", str(row_id)) for row_id in ids}
    for row_id, row in sorted(rows.items(), key=lambda one: (one[1]["team"], one[1]["seq"] or 0)):
        site = into.get(row["site"], row["site"])
        if site in seen and site in into.values():
            changes.append(delete("stops", row_id, row))
            removed[row["team"]] += 1
            continue
        seen.add(site)
        seq = row["seq"] - removed[row["team"]] if row["seq"] is not None else None
        changes.append(update("stops", row_id, row, {"site": site, "seq": seq}))
    return changes


# -- the site that is kept ---------------------------------------------------------------------------------------------


def _filled(tables: Tables, kept: str, gone: Sequence[str]) -> RowChange | None:
    """Return the change of the kept site: empty columns filled, what the others say differently in the note."""
    row = tables.row("sites", kept)
    after: dict[str, Any] = {}
    notes = [row["note"]] if row["note"] else []
    for other in (tables.row("sites", one) for one in gone):
        now = {**row, **after}
        if now["geometry"] is None and other["geometry"] is not None:
            after |= {name: other[name] for name in _PLACE}
        for column in SITES.columns:
            if column.name not in _NOT_FILLED and now[column.name] in ("", None) and other[column.name] != "":
                after[column.name] = other[column.name]
        if not now["source"] and other["source"]:
            after["source"] = other["source"]
        notes += _differences(tables, {**row, **after}, other)
    after["note"] = "\n".join(dict.fromkeys(notes))
    return update("sites", kept, row, after)


def _differences(tables: Tables, kept: Row, other: Row) -> list[str]:
    """Return what another site says that the kept one does not, as lines for the note."""
    said = []
    for column in SITES.columns:
        value = other[column.name]
        if column.name in ("note", "source", "placed_by", "confidence") or value in ("", None):
            continue
        if value == kept[column.name]:
            continue
        refers = column.refers_to
        shown = _title(tables, refers, value) if refers else column.choice_title(str(value))
        said.append(f"{column.title()}: {shown}")
    place, own = other["geometry"], kept["geometry"]
    if isinstance(place, shapely.Point) and not (own is not None and place.equals(own)):
        said.append(tr("Position: {lon}, {lat}", lon=round(place.x, 6), lat=round(place.y, 6)))
    lines = [tr("Merged: {facts}", facts="; ".join(said))] if said else []
    return lines + ([other["note"]] if other["note"] else [])


def _title(tables: Tables, table: str, row_id: str) -> str:
    return name_of(tables.row(table, row_id)) if row_id in tables.frame(table).index else row_id
