"""Streets from any layer of lines: shapefiles of a planning bureau, GeoPackages, GeoJSON."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.model import HIGHWAYS
from geo.progress import Report, silent
from geo.roads import noding, tags
from geo.store.edits import Edit, RowChange, edit, insert
from geo.store.tables import Tables


@dataclass(frozen=True)
class Lines:
    """Which column of a layer holds what, empty for none, and how lines meet.

    Attributes
    ----------
    name, name_en, highway, oneway, maxspeed, bridge, tunnel
        Titles of columns of the layer.
    default
        The class of streets whose class is not given or not known.
    crossings
        Whether lines meet where they cross without a common vertex, bridges and tunnels excepted.
    """

    name: str = ""
    name_en: str = ""
    highway: str = ""
    oneway: str = ""
    maxspeed: str = ""
    bridge: str = ""
    tunnel: str = ""
    default: str = "residential"
    crossings: bool = False

    def columns(self) -> dict[str, str]:
        """Return the titles given, by column of the table `streets`."""
        return {key: value for key, value in asdict(self).items() if value and key not in ("default", "crossings")}


def guess(titles: Sequence[str]) -> Lines:
    """Return the mapping that the titles of columns suggest; each title serves once."""
    known = {
        "name": ("name", "名称", "道路名称", "路名", "道路名", "road_name", "roadname", "street", "mc"),
        "name_en": ("name_en", "name:en", "英文名", "英文名称", "ename"),
        "highway": ("highway", "fclass", "class", "等级", "道路等级", "类型", "道路类型", "road_class", "type", "dldj"),
        "oneway": ("oneway", "one_way", "单行", "方向", "通行方向", "direction", "dir_travel", "dir"),
        "maxspeed": ("maxspeed", "max_speed", "限速", "速度", "speed", "speed_limit", "speedlimit"),
        "bridge": ("bridge", "桥", "桥梁", "是否桥梁"),
        "tunnel": ("tunnel", "隧道", "是否隧道"),
    }
    by_name = {title.strip().lower(): title for title in reversed(titles)}
    found = {column: next((by_name[name] for name in names if name in by_name), "") for column, names in known.items()}
    return replace(Lines(), **found)  # type: ignore[arg-type]


@dataclass
class _Notes:
    """What a person should know: how many lines had what, and some of the values that were not understood."""

    counts: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)

    def miss(self, column: str, value: str) -> None:
        self.unknown.setdefault(column, Counter())[value] += 1


def streets_edit(
    tables: Tables, lines: gpd.GeoDataFrame, mapping: Lines, file: str, report: Report = silent, datum: str = "wgs84"
) -> tuple[Edit, list[str]]:
    """Return the change that adds lines as streets, and what a person should know about it.

    Each line is one street, a line of several parts one per part. Streets meet where they share a vertex: see
    `geo.roads.noding.meet`; the vertices of the project's own streets draw those of new ones to them. A line that is
    there twice, or was imported before, is taken once.

    Parameters
    ----------
    tables
        The project as it stands.
    lines
        The layer in EPSG:4326.
    mapping
        Which column holds what.
    file
        The name of the file, for the note of the import.
    report
        Told how far it is.
    datum
        The datum that the file was in, for the note.

    Raises
    ------
    XunluError
        If a column that was mapped is missing, or no line is left.
    """
    if missing := sorted(set(mapping.columns().values()) - set(map(str, lines.columns))):
        raise XunluError(
            tr("{file} has no column “{column}”.", file=file, column=missing[0]), tr("Choose the columns again.")
        )
    report(0.0, tr("Preparing the streets"))
    notes = _Notes()
    changes = _streets(tables, lines, mapping, file, notes, report)
    report(1.0, tr("Preparing the streets"))
    count = len(changes)
    if changes:
        changes.append(_import_row(file, datum, mapping, count, notes))
    return edit(tr("Import {file}", file=file), changes), list(_said(notes, count))


def _streets(
    tables: Tables, lines: gpd.GeoDataFrame, mapping: Lines, file: str, notes: _Notes, report: Report
) -> list[RowChange]:
    shapes, rows = _parts(lines, notes, file)
    columns = _columns(lines, mapping, notes)
    backward = np.array([value < 0 for value in columns["oneway"]], dtype=bool)[rows]
    shapes[backward] = shapely.reverse(shapes[backward])
    columns["oneway"] = [value != 0 for value in columns["oneway"]]
    shapes, rows, ids = _once(tables, shapes, rows, columns, notes)
    apart = np.array([columns["bridge"][row] or columns["tunnel"][row] for row in rows], dtype=bool)
    report(0.2, tr("Preparing the streets"))
    fixed = tables.frame("streets").geometry.dropna().to_numpy()
    met, moved, added = noding.meet(shapes, apart, fixed, crossings=mapping.crossings, report=report)
    notes.counts |= Counter({"moved": moved, "added": added})
    return [
        insert("streets", id=row_id, **{name: values[row] for name, values in columns.items()}, geometry=line)
        for row_id, row, line in zip(ids, rows.tolist(), met, strict=True)
    ]


def _parts(lines: gpd.GeoDataFrame, notes: _Notes, file: str) -> tuple[noding.Lines, np.ndarray]:
    """Return the sound parts of all lines without heights, and the number of the row of each."""
    parts, rows = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    notes.counts["empty"] += len(lines) - len(set(rows.tolist()))
    rings = shapely.get_type_id(parts) == shapely.GeometryType.LINEARRING
    parts[rings] = [shapely.LineString(shapely.get_coordinates(ring)) for ring in parts[rings]]
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    notes.counts["no line"] += int((~is_line).sum())
    parts, rows = parts[is_line], rows[is_line]
    flat = np.asarray(shapely.force_2d(parts), dtype=object)
    sound = np.array([bool(np.isfinite(shapely.get_coordinates(line)).all()) for line in flat], dtype=bool)
    flat[sound] = shapely.remove_repeated_points(flat[sound])
    sound &= np.nan_to_num(shapely.length(flat)) > 0
    notes.counts["empty"] += int((~sound).sum())
    if not sound.any():
        raise XunluError(tr("{file} has no line in it.", file=file), tr("Choose a layer of lines."))
    west, south, east, north = shapely.total_bounds(flat[sound])
    if west < -180 or east > 180 or south < -85 or north > 85:
        raise XunluError(
            tr("{file} lies outside of the world: its coordinates are no degrees.", file=file),
            tr("Tell its coordinate system, then import it again."),
        )
    return flat[sound], rows[sound]


def _once(
    tables: Tables, shapes: noding.Lines, rows: np.ndarray, columns: dict[str, list[Any]], notes: _Notes
) -> tuple[noding.Lines, np.ndarray, list[str]]:
    """Return each different line once, without those that the project has, and ids that the same line always gets."""
    there = set(tables.frame("streets").index)
    taken: set[str] = set()
    kept = []
    for at, (row, shape) in enumerate(zip(rows.tolist(), shapes, strict=True)):
        one_way = columns["oneway"][row]
        wkb = shapely.to_wkb(shape if one_way else shapely.normalize(shape), byte_order=1)
        said = repr((columns["name"][row], one_way, columns["bridge"][row], columns["tunnel"][row]))
        row_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"line:{wkb.hex()}:{said}"))
        if row_id in there:
            notes.counts["there"] += 1
        elif row_id in taken:
            notes.counts["twice"] += 1
        else:
            taken.add(row_id)
            kept.append((at, row_id))
    chosen = np.array([at for at, _ in kept], dtype=np.intp)
    return shapes[chosen], rows[chosen], [row_id for _, row_id in kept]


def _columns(lines: gpd.GeoDataFrame, mapping: Lines, notes: _Notes) -> dict[str, list[Any]]:
    def texts(title: str) -> list[str]:
        if not title:
            return [""] * len(lines)
        return [_text(value) for value in lines[title].tolist()]

    oneway = texts(mapping.oneway)
    read_direction = _direction_reader(set(oneway))
    return {
        "name": texts(mapping.name),
        "name_en": texts(mapping.name_en),
        "highway": [_class(text, mapping, notes) for text in texts(mapping.highway)],
        "oneway": [_known(read_direction, text, 0, mapping.oneway, notes) for text in oneway],
        "maxspeed": [_known(_speed, text, 0, mapping.maxspeed, notes) or None for text in texts(mapping.maxspeed)],
        "bridge": [_is_yes(text) for text in texts(mapping.bridge)],
        "tunnel": [_is_yes(text) for text in texts(mapping.tunnel)],
    }


def _text(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _known[Value](
    read: Callable[[str], Value | None], text: str, otherwise: Value, column: str, notes: _Notes
) -> Value:
    """Return what a text says; where that is not known, say so in the notes and return what stands for nothing."""
    if not text:
        return otherwise
    found = read(text)
    if found is None:
        notes.miss(column, text)
        return otherwise
    return found


_CLASSES = {
    **{title.lower(): choice.value for choice in HIGHWAYS for title in (choice.value, choice.en, choice.zh)},
    **tags.CLASSES,
    "高速": "motorway", "城市快速路": "trunk", "国道": "trunk", "主干道": "primary", "省道": "primary",
    "主路": "primary", "次干道": "secondary", "县道": "secondary", "支线": "tertiary", "支道": "tertiary",
    "乡道": "tertiary", "村道": "unclassified", "城市道路": "residential", "街坊路": "residential",
    "小区道路": "residential",
    "街巷": "residential", "巷": "residential", "巷道": "residential", "内部路": "service", "辅路": "service",
    "人行道路": "footway", "人行天桥": "footway", "步道": "footway", "非机动车道": "cycleway", "机耕路": "track",
    "小道": "path", "阶梯": "steps",
}  # fmt: skip


def _class(text: str, mapping: Lines, notes: _Notes) -> str:
    def read(said: str) -> str | None:
        return _CLASSES.get(said.lower().replace(" ", "_")) or _CLASSES.get(said.lower())

    return _known(read, text, mapping.default, mapping.highway, notes)


_BOTH = {"no", "n", "false", "0", "b", "both", "twoway", "two-way", "双向", "双行", "双向通行", "否", "无"}
_ALONG = {
    "yes", "y", "true", "1", "ft", "f", "forward", "oneway", "one-way", "单行", "单向", "单行道", "单行线", "单向通行",
    "是", "正向", "顺向", "顺行",
}  # fmt: skip
_AGAINST = {"-1", "tf", "reverse", "backward", "逆向", "反向", "逆行"}


def _direction_reader(found: set[str]) -> Callable[[str], int | None]:
    """Return what tells the direction of a text: 0 both ways, 1 along the line, -1 against it, None not known.

    Some words mean what the others of the column make of them. ``T`` is *true*, and ``F`` *false*, unless some streets
    say ``B``, *both*: then they mean *to* and *from* the line's first end, as Geofabrik writes. ``1`` is one way unless
    there is a ``2`` or ``3``: then 0 and 1 are both ways, 2 along, 3 against, as NavInfo writes.
    """
    words = {text.lower() for text in found}
    special = {"t": 1, "f": 0}
    if "b" in words:
        special = {"t": -1, "f": 1}
    if words & {"2", "3"}:
        special |= {"0": 0, "1": 0, "2": 1, "3": -1}

    def read(text: str) -> int | None:
        word = text.lower()
        if word in special:
            return special[word]
        return 0 if word in _BOTH else 1 if word in _ALONG else -1 if word in _AGAINST else None

    return read


def _speed(text: str) -> int | None:
    if text.lower() in {"0", "none", "-1", "无", "不限", "null"}:
        return 0
    found = tags.speed(text)
    return found if found is None or found <= 300 else None


def _is_yes(text: str) -> bool:
    return text.lower() not in {"", "no", "n", "f", "false", "0", "否", "无", "none", "-1"}


def _import_row(file: str, datum: str, mapping: Lines, count: int, notes: _Notes) -> RowChange:
    counts = notes.counts
    return insert(
        "imports",
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        file=file,
        into="streets",
        datum=datum,
        mapping=json.dumps(mapping.columns(), ensure_ascii=False),
        added=count,
        changed=0,
        refused=counts["empty"] + counts["no line"],
    )


def _said(notes: _Notes, count: int) -> Iterator[str]:
    counts = notes.counts
    yield tr("{count} streets added.", count=count)
    if counts["there"]:
        yield tr("{count} were there already.", count=counts["there"])
    if counts["twice"]:
        yield tr("{count} were in the layer twice and were taken once.", count=counts["twice"])
    if counts["empty"]:
        yield tr("{count} have no line and were left out.", count=counts["empty"])
    if counts["no line"]:
        yield tr("{count} are points or areas and were left out.", count=counts["no line"])
    if counts["moved"] or counts["added"]:
        yield tr(
            "{moved} vertices were moved by less than {tolerance} m so that streets meet, and {added} were put in.",
            moved=counts["moved"], added=counts["added"], tolerance=noding.TOLERANCE_M,
        )  # fmt: skip
    for column, values in notes.unknown.items():
        some = ", ".join(re.sub(r"\s+", " ", value)[:30] for value, _ in values.most_common(5))
        yield tr(
            "{count} values of “{column}” are not known: {values}", count=values.total(), column=column, values=some
        )
