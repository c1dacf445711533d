"""Turn an OpenStreetMap extract into one change of a project: new rows, and those that have changed since last time.

Rows have ids made from those of OpenStreetMap, so that the same object never comes in twice. What somebody has changed
or deleted by hand since the last import stays as it is: each import keeps a mark, a checksum, of every row as it was
imported, and a row that differs from its mark was edited. The marks stand in the column ``mapping`` of the newest
import from OpenStreetMap, 12 bytes a row in base64.
"""

import base64
import json
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.roads.extract_places import kind_values, used_kinds
from geo.roads.extract_rows import Row
from geo.roads.osm import ATTRIBUTION, Extract
from geo.store.edits import Edit, RowChange, edit, insert, update
from geo.store.frames import plain
from geo.store.tables import Tables

_FILLED: Mapping[str, tuple[str, ...]] = {
    "sites": ("name", "name_en", "kind", "address", "phone", "windows", "note"),
    "subdistricts": ("code", "name", "name_en"),
}
"""The columns that an import fills, where these are not all of a table."""

_ORDER = (
    "subdistricts", "streets", "street_points", "turns", "railways", "addresses", "areas", "landmarks", "sites",
)  # fmt: skip

_MARK = np.dtype([("row", "<u8"), ("sum", "<u4")])

Marks = dict[int, int]


@dataclass
class _Counts:
    added: int = 0
    changed: int = 0
    same: int = 0
    edited: list[str] = field(default_factory=list)
    deleted: int = 0


def import_edit(tables: Tables, extract: Extract) -> tuple[Edit, list[str]]:
    """Return the change that brings an extract into a project, and what a person should know about it.

    New objects are added, those that changed in OpenStreetMap are updated. A row that was changed or deleted by hand
    since it was imported is left alone and counted. Rows that are not in the extract stay.

    Parameters
    ----------
    tables
        The project as it stands.
    extract
        What `geo.roads.osm.read` has read.

    Raises
    ------
    XunluError
        If the extract has nothing of what was wanted.
    """
    if not extract.counts():
        raise XunluError(
            tr("{file} has nothing of what is wanted in this area.", file=extract.path.name),
            tr("Choose another area or other things to import."),
        )
    known, earlier = _known_marks(tables)
    source = str(uuid.uuid4())
    counts = _Counts()
    changes: list[RowChange | None] = list(_kind_changes(tables, extract.rows.get("sites", [])))
    marks = dict(known)
    for table in _ORDER:
        rows = extract.rows.get(table, [])
        if table == "sites":
            around = _subdistricts(tables, extract)
            rows = [
                (row_id, values | {"placed_by": "given", "source": source, "subdistrict": around(values["geometry"])})
                for row_id, values in rows
            ]
        changes += _changes(tables, table, rows, known, marks, counts)
    notes = list(_notes(extract, counts))
    if not changes and marks == known:
        return edit(tr("Import {file}", file=extract.path.name), []), notes
    changes += [_forgotten(tables, row_id) for row_id in earlier]
    changes.append(_import_row(source, extract, counts, marks))
    changes += _attribution(tables)
    return edit(tr("Import {file}", file=extract.path.name), changes), notes


def _subdistricts(tables: Tables, extract: Extract) -> Callable[[shapely.Point], str]:
    """Return what tells the id of the subdistrict around a point, those of the project before new ones."""
    frame = tables.frame("subdistricts")
    areas = list(zip(frame.index.tolist(), frame.geometry.tolist(), strict=True))
    areas += [(row_id, values["geometry"]) for row_id, values in extract.rows.get("subdistricts", [])]
    areas = [(row_id, area) for row_id, area in areas if area is not None]
    tree = shapely.STRtree([area for _, area in areas])

    def around(point: shapely.Point) -> str:
        found = tree.query(point, predicate="within")
        return str(areas[int(found.min())][0]) if len(found) else ""

    return around


def _columns(table: str) -> tuple[str, ...]:
    return _FILLED.get(table) or tuple(column.name for column in TABLES[table].columns)


def _changes(
    tables: Tables, table: str, rows: Sequence[Row], known: Marks, marks: Marks, counts: _Counts
) -> Iterator[RowChange | None]:
    if not rows:
        return
    columns = _columns(table)
    fresh = _sums([[_value(values, table, name) for _, values in rows] for name in columns],
                  [values["geometry"] for _, values in rows])  # fmt: skip
    frame = tables.frame(table)
    there = frame.loc[frame.index.isin([row_id for row_id, _ in rows])]
    present = dict(zip(there.index, _sums_of(there, columns), strict=True))
    for (row_id, values), new in zip(rows, fresh, strict=True):
        short = _short(row_id)
        mark = known.get(short)
        if row_id not in present and mark is not None:
            counts.deleted += 1
        elif row_id in present and present[row_id] not in {new, mark}:
            counts.edited.append(str(values.get("name", "")))
        else:
            marks[short] = new
            if row_id not in present:
                counts.added += 1
                yield insert(table, id=row_id, **values)
            elif present[row_id] == new:
                counts.same += 1
            else:
                counts.changed += 1
                after = {name: values[name] for name in (*columns, "geometry") if name in values}
                yield update(table, row_id, tables.row(table, row_id), after)


def _value(values: Mapping[str, Any], table: str, name: str) -> Any:
    return values[name] if name in values else TABLES[table].column(name).empty


def _sums_of(frame: pd.DataFrame, columns: Sequence[str]) -> list[int]:
    cells = [[plain(value) for value in frame[name].tolist()] for name in columns]
    return _sums(cells, frame.geometry.to_list())


def _sums(cells: Sequence[Sequence[Any]], shapes: Sequence[Any]) -> list[int]:
    """Return a checksum of each row, from its columns and its shape."""
    lines = shapely.to_wkb(np.array(shapes, dtype=object), byte_order=1)
    return [
        zlib.crc32(repr(values).encode("utf-8", "surrogatepass"), zlib.crc32(line or b""))
        for line, values in zip(lines, zip(*cells, strict=True), strict=True)
    ]


def _short(row_id: str) -> int:
    """Return the first half of a row's id as a number."""
    return int(row_id[:18].replace("-", ""), 16)


def _known_marks(tables: Tables) -> tuple[Marks, list[str]]:
    """Return the marks of earlier imports from OpenStreetMap, later ones counting, and which rows keep them."""
    known: Marks = {}
    holders = []
    imports = tables.frame("imports").sort_values("at", kind="stable")
    for row_id, text in zip(imports.index, imports["mapping"], strict=True):
        packed = json.loads(text or "{}")
        packed = packed.get("marks") if isinstance(packed, dict) else None
        if not packed:
            continue
        holders.append(str(row_id))
        found = np.frombuffer(base64.b64decode(packed), dtype=_MARK)
        known |= dict(zip(found["row"].tolist(), found["sum"].tolist(), strict=True))
    return known, holders


def _packed(marks: Marks) -> str:
    rows = np.empty(len(marks), dtype=_MARK)
    rows["row"], rows["sum"] = list(marks), list(marks.values())
    return json.dumps({"marks": base64.b64encode(rows.tobytes()).decode()})


def _forgotten(tables: Tables, row_id: str) -> RowChange | None:
    """Return the change that takes the marks off an earlier import; the new one has them all."""
    return update("imports", row_id, tables.row("imports", row_id), {"mapping": "{}"})


def _import_row(row_id: str, extract: Extract, counts: _Counts, marks: Marks) -> RowChange:
    return insert(
        "imports",
        id=row_id,
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        file=extract.path.name,
        into=", ".join(extract.counts()),
        datum="wgs84",
        mapping=_packed(marks),
        added=counts.added,
        changed=counts.changed,
        refused=len(counts.edited) + counts.deleted,
    )


def _kind_changes(tables: Tables, sites: list[Row]) -> Iterator[RowChange]:
    there = set(tables.frame("kinds")["code"])
    for kind in used_kinds(sites):
        if kind not in there:
            # The same kind gets the same id, so that two people who add it apart collide and see it.
            yield insert("kinds", id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"xunlu:kind:{kind}")), **kind_values(kind))


def _attribution(tables: Tables) -> Iterable[RowChange | None]:
    settings = tables.frame("settings")
    rows = dict(zip(settings["key"].tolist(), settings.index.tolist(), strict=True))
    for key in ("attribution", "attribution_en"):
        said = tables.setting(key)
        if ATTRIBUTION in said or (key == "attribution_en" and not said):
            continue
        value = f"{said} · {ATTRIBUTION}" if said else ATTRIBUTION
        if key in rows:
            yield update("settings", rows[key], tables.row("settings", rows[key]), {"value": value})
        else:
            yield insert("settings", id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"xunlu:{key}")), key=key, value=value)


def _notes(extract: Extract, counts: _Counts) -> Iterator[str]:
    yield tr("{added} added, {changed} updated, {same} unchanged.", added=counts.added, changed=counts.changed,
             same=counts.same)  # fmt: skip
    if counts.edited:
        names = ", ".join(sorted({name for name in counts.edited if name})[:5])
        yield tr(
            "{count} were edited by hand and differ from OpenStreetMap; they stay as they are: {names}",
            count=len(counts.edited), names=names or "–",
        )  # fmt: skip
    if counts.deleted:
        yield tr("{count} were deleted by hand and stay deleted.", count=counts.deleted)
    if extract.nameless:
        yield tr("{count} sites have no name and were named by address or kind.", count=extract.nameless)
