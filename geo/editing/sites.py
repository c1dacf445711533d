"""Sites made, moved and deleted on the map, as edits in which nothing is left that refers to nothing."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo import geodesic
from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.places.placing import subdistrict_at
from geo.places.plane import geometries
from geo.projection import to_lonlat, to_mercator
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.frames import plain
from geo.store.tables import Tables, name_of

STREET_M = 80.0
"""A site is taken to stand at the nearest street with a name that is not farther than this."""

HOUSE_M = 25.0
"""A site is taken to have the nearest house number that is not farther than this."""

_CODE = re.compile(r"(.*?)(\d+)")
_SAMPLE, _AHEAD = 2_000, 1_000


# -- a new one ---------------------------------------------------------------------------------------------------------


def new_site(tables: Tables, lonlat: tuple[float, float], kind: str) -> tuple[str, Edit]:
    """Return the id of a new site at a place in degrees, and the edit that makes it.

    It has the next free code of its kind, and subdistrict and address by where it lies.

    Raises
    ------
    XunluError
        If there is no such place on Earth, or the project has no site kind yet.
    """
    lon, lat = lonlat
    if not (np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90):
        raise XunluError(
            tr("{lon}, {lat} is no place on Earth.", lon=lon, lat=lat),
            tr("Longitude goes from -180 to 180, latitude from -90 to 90."),
        )
    kind = _kind(tables, kind)
    change = insert(
        "sites",
        code=next_code(tables, kind),
        name=tr("New site"),
        kind=kind,
        subdistrict=subdistrict_at(tables, lonlat),
        address=address_at(tables, lonlat),
        geometry=shapely.Point(lonlat),
        placed_by="hand",
        confidence=1.0,
    )
    return change.id, edit(tr("New site"), [change])


def _kind(tables: Tables, wanted: str) -> str:
    kinds = [str(code) for code in tables.frame("kinds")["code"].tolist()]
    if wanted in kinds:
        return wanted
    if not kinds:
        raise XunluError(
            tr("The project has no site kinds yet, and every site needs one."), tr("Import a ledger of sites first.")
        )
    used = tables.frame("sites")["kind"]
    return next((str(code) for code in used.value_counts().index if code in kinds), kinds[0])


def next_code(tables: Tables, kind: str) -> str:
    """Return the next free code for a site of a kind, in the pattern of the codes that such sites have.

    Letters and all, with leading zeros: after XX-204 comes XX-205. It is empty where the codes follow no pattern.
    """
    sites = tables.frame("sites")
    codes = sites["code"]
    mine = codes[(sites["kind"] == kind).to_numpy(dtype=bool)]
    some = [match for code in mine.iloc[-_SAMPLE:].tolist() if (match := _CODE.fullmatch(code))]
    if not some:
        return ""
    prefix = Counter(match[1] for match in some).most_common(1)[0][0]
    numbers = [match[2] for match in some if match[1] == prefix]
    last, width = max(map(int, numbers)), len(numbers[-1])
    ahead = [f"{prefix}{number:0{width}d}" for number in range(last + 1, last + 1 + _AHEAD)]
    taken = set(codes[codes.isin(ahead).to_numpy(dtype=bool)].tolist())
    return next((code for code in ahead if code not in taken), "")


def address_at(tables: Tables, lonlat: tuple[float, float]) -> str:
    """Return the address of a place in degrees: the nearest house number, else the nearest street; empty if neither."""
    house = _nearest(tables, "addresses", lonlat, HOUSE_M)
    if house is not None:
        row = tables.row("addresses", house)
        street, number = row["street"], row["number"]
        return f"{street}{number}号" if re.search("[一-鿿]$", street) else f"{street} {number}"
    street = _nearest(tables, "streets", lonlat, STREET_M)
    if street is None:
        return ""
    row = tables.row("streets", street)
    # Addresses are written in the language of the streets, whatever the window speaks.
    return str(row["name"] or row["name_en"])


def _nearest(tables: Tables, table: str, lonlat: tuple[float, float], reach_m: float) -> str | None:
    """Return the id of the row nearest to a place, within a reach in metres, that is called something."""
    frame = tables.frame(table)
    if not len(frame):
        return None
    (x, y), stretch = to_mercator([lonlat])[0].tolist(), 1 / np.cos(np.radians(lonlat[1]))
    reach = reach_m * stretch
    west, south, east, north = to_lonlat([(x - reach, y - reach), (x + reach, y + reach)]).ravel().tolist()
    around = frame.cx[west:east, south:north]
    if table == "streets":
        around = around[(around["name"] != "") | (around["name_en"] != "")]
    if not len(around):
        return None
    flat = shapely.transform(np.array(around["geometry"].array, dtype=object), to_mercator)
    away = shapely.distance(flat, shapely.Point(x, y))
    first = int(np.argmin(away))
    return str(around.index[first]) if away[first] <= reach else None


# -- moved -------------------------------------------------------------------------------------------------------------


def move_edit(tables: Tables, ids: Collection[str], east_m: float, north_m: float) -> Edit:
    """Return the edit that moves sites by the same metres on the ground; those without a place stay without one.

    A site that lay in the subdistrict that its row names is of the one that it lies in then.
    """
    chosen = [site for site in ids if site in tables.frame("sites").index]
    rows = {site: tables.row("sites", site) for site in chosen}
    placed = [site for site in chosen if rows[site]["geometry"] is not None]
    before = np.array([rows[site]["geometry"].coords[0][:2] for site in placed]).reshape(-1, 2)
    after = geodesic.shifted(before, east_m, north_m)
    homes = zip(_subdistricts(tables, before), _subdistricts(tables, after), strict=True)
    changes = []
    for site, (lon, lat), (old, new) in zip(placed, after.tolist(), homes, strict=True):
        values: dict[str, Any] = {"geometry": shapely.Point(lon, lat), "placed_by": "hand", "confidence": 1.0}
        if new and rows[site]["subdistrict"] in ("", old):
            values["subdistrict"] = new
        changes.append(update("sites", site, rows[site], values))
    way = geodesic.written_length(float(np.hypot(east_m, north_m)))
    if len(placed) == 1:
        return edit(tr("Move “{site}” by {way}", site=name_of(rows[placed[0]]), way=way), changes)
    return edit(tr("Move {count} sites by {way}", count=len(placed), way=way), changes)


def _subdistricts(tables: Tables, lonlat: np.ndarray[Any, Any]) -> list[str]:
    """Return the id of the subdistrict that each place lies in, empty for none."""
    index = tables.frame("subdistricts").index
    found = [""] * len(lonlat)
    if len(index) and len(lonlat):
        tree = shapely.STRtree(geometries(tables, "subdistricts"))
        for point, area in tree.query(shapely.points(lonlat), predicate="intersects").T[::-1].tolist():
            found[point] = str(index[area])
    return found


# -- deleted -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deletion:
    """An edit that deletes sites, what a reader calls them, and how many rows of which tables go with them."""

    edit: Edit
    what: str
    others: Mapping[str, int]


def deletion(tables: Tables, ids: Collection[str]) -> Deletion:
    """Return the edit that deletes sites with all that is nothing without them: inspections, findings, stops.

    Rows that merely name one are kept, the name taken out. The stops that stay are numbered without a gap; their times
    stay as planned.
    """
    gone: dict[str, set[str]] = {"sites": set(ids) & set(tables.frame("sites").index)}
    rows: dict[str, list[RowChange]] = {}
    kept: list[RowChange | None] = []
    # Tables stand in the order in which rows refer to one another, so one pass finds what hangs on what.
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to not in gone or table.name == "history":
                continue
            cells = tables.frame(table.name)[column.name]
            hit = cells.index[cells.isin(list(gone[column.refers_to])).to_numpy(dtype=bool)]
            if column.required:
                gone.setdefault(table.name, set()).update(map(str, hit))
            else:
                kept += [update(table.name, str(row), {column.name: cells[row]}, {column.name: ""}) for row in hit]
    for name, row_ids in gone.items():
        rows[name] = list(_deletes(tables, name, row_ids))
    kept += _renumbered(tables, gone.get("stops", set()))
    # What refers to a row goes before it, so that undoing brings the row back first.
    changes = [*kept, *(change for name in reversed(list(rows)) for change in rows[name])]
    others = {name: len(found) for name, found in rows.items() if name != "sites" and found}
    sites = gone["sites"]
    if len(sites) == 1:
        name = name_of(tables.row("sites", next(iter(sites))))
        return Deletion(edit(tr("Delete “{name}”", name=name), changes), name, others)
    title = tr("Delete {count} sites", count=len(sites))
    return Deletion(edit(title, changes), tr("{number} sites", number=len(sites)), others)


def _deletes(tables: Tables, name: str, ids: Collection[str]) -> Iterator[RowChange]:
    frame = tables.frame(name)
    some = frame.loc[frame.index.isin(list(ids))]
    names = [str(column) for column in some.columns]
    cells = zip(*([plain(value) for value in some[column].array] for column in names), strict=True)
    for row_id, values in zip(some.index, cells, strict=True):
        yield delete(name, str(row_id), dict(zip(names, values, strict=True)))


def _renumbered(tables: Tables, gone: Collection[str]) -> list[RowChange | None]:
    """Return the changes that close the gaps in the routes that lose stops."""
    if not gone:
        return []
    stops = tables.frame("stops")
    is_gone = stops.index.isin(list(gone))
    routes = pd.MultiIndex.from_frame(stops[["plan", "team"]])
    left = stops.loc[~is_gone & routes.isin(routes[is_gone])].sort_values("seq")
    return [
        update("stops", str(row), {"seq": plain(old)}, {"seq": place})
        for _, route in left.groupby(["plan", "team"], sort=False)
        for place, (row, old) in enumerate(route["seq"].items(), 1)
    ]
