"""Parks, water, buildings, administrative areas and railways of an OpenStreetMap extract."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.roads import coast
from geo.roads.extract_places import Places
from geo.roads.extract_rows import Clip, Row, row_id
from geo.roads.network import DEGREE
from geo.roads.tags import is_yes

KEYS = ("leisure", "landuse", "natural", "waterway", "building", "boundary")

_PARKS = {
    "leisure": {"park", "garden", "nature_reserve", "golf_course", "recreation_ground", "common"},
    "landuse": {"forest", "grass", "recreation_ground", "village_green", "cemetery", "meadow"},
    "natural": {"wood", "grassland", "scrub", "heath"},
}
_WATER = {
    "natural": {"water", "bay"},
    "waterway": {"riverbank", "dock"},
    "landuse": {"reservoir", "basin"},
}
_SMALL_GREEN_M2 = 2000
"""Nameless green smaller than this is left out: every verge is mapped somewhere."""

_RAILWAYS = {
    "rail": "rail", "narrow_gauge": "rail", "subway": "subway", "light_rail": "light_rail",
    "monorail": "light_rail", "tram": "tram",
}  # fmt: skip
_SIDINGS = {"yard", "siding", "spur", "crossover"}

_BATCH = 4000
_DRAWN_FIRST = ("park", "water", "building")


def kind_of(said: Mapping[str, str]) -> str:
    """Return the kind of area, empty if it is none of the map."""
    if any(said.get(key) in values for key, values in _WATER.items()):
        return "water"
    if any(said.get(key) in values for key, values in _PARKS.items()):
        return "park"
    return "building" if is_yes(said.get("building", "")) else ""


class Areas:
    """Collect areas as they come by and keep those that reach into the area asked for."""

    def __init__(self, clip: Clip, places: Places, kinds: frozenset[str], admin_level: int | None) -> None:
        self._clip, self._places, self._kinds = clip, places, kinds
        self._level = "" if admin_level is None else str(admin_level)
        self._factory = osmium.geom.WKBFactory()
        self._waiting: list[tuple[str, dict[str, str], str]] = []
        self._found: dict[str, list[Row]] = {kind: [] for kind in _DRAWN_FIRST}
        self._subdistricts: list[Row] = []

    def add(self, area: osmium.osm.Area, said: dict[str, str]) -> None:
        """Take an area up, if it is of any use and its rings are sound."""
        if not (kind_of(said) in self._kinds or self._is_subdistrict(said) or self._places.wants(said)):
            return
        try:
            wkb = self._factory.create_multipolygon(area)
        except (RuntimeError, osmium.InvalidLocationError):  # rings that touch or cross, or miss a node
            return
        self._waiting.append((f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}", said, wkb))
        if len(self._waiting) >= _BATCH:
            self._sort_out()

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows of `areas`, large ones first so that small ones are drawn upon them, and `subdistricts`."""
        self._sort_out()
        for rows in self._found.values():
            rows.sort(key=lambda row: (-row[1]["geometry"].area, row[0]))
        areas = [row for kind in _DRAWN_FIRST for row in self._found[kind]]
        return {"areas": areas, "subdistricts": sorted(self._subdistricts, key=lambda row: row[0])}

    def _is_subdistrict(self, said: Mapping[str, str]) -> bool:
        return said.get("boundary") == "administrative" and bool(self._level) and said.get("admin_level") == self._level

    def _sort_out(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        shapes = shapely.from_wkb([wkb for _, _, wkb in waiting])
        middles = _middles(shapes)
        reaching, within = self._clip.holds(shapes), self._clip.holds(middles)
        for (name, said, _), shape, middle, reaches, is_in in zip(
            waiting, shapes, middles, reaching.tolist(), within.tolist(), strict=True
        ):
            if is_in and self._places.wants(said):
                self._places.add(name, said, middle, area=True)
            if is_in and self._is_subdistrict(said):
                values = {"code": said.get("ref", ""), **_names(said), "geometry": shape}
                self._subdistricts.append((row_id(name, "subdistricts"), values))
            kind = kind_of(said)
            if reaches and kind in self._kinds and not _is_verge(kind, said, shape):
                self._found[kind].append((row_id(name, "areas"), {**_names(said), "kind": kind, "geometry": shape}))


def _middles(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point inside of each shape: its centroid where that is inside."""
    middles = np.asarray(shapely.centroid(shapes), dtype=object)
    outside = ~np.asarray(shapely.intersects(shapes, middles), dtype=bool)
    middles[outside] = shapely.point_on_surface(shapes[outside])
    return middles


def _names(said: Mapping[str, str]) -> dict[str, str]:
    return {"name": said.get("name", ""), "name_en": said.get("name:en", "")}


def _is_verge(kind: str, said: Mapping[str, str], shape: BaseGeometry) -> bool:
    if kind != "park" or said.get("name"):
        return False
    shrink = np.cos(np.radians(shape.bounds[1]))
    return bool(shape.area * shrink * 111_320**2 < _SMALL_GREEN_M2)


class Coast:
    """Collect coastlines; they make the sea."""

    def __init__(self) -> None:
        self._lines: list[NDArray[np.float64]] = []

    def add(self, way: osmium.osm.Way) -> None:
        """Take a coastline up, as far as its nodes are there."""
        places = np.array([(node.x, node.y) for node in way.nodes], dtype=np.float64) / DEGREE
        there = (np.abs(places[:, 0]) <= 180) & (np.abs(places[:, 1]) <= 90) if len(places) else np.zeros(0, dtype=bool)
        for run in np.split(np.arange(len(places)), np.flatnonzero(~there)):
            if len(line := places[run[there[run]]]) > 1:
                self._lines.append(line)

    def row(self, bounds: coast.Bounds | None) -> list[Row]:
        """Return the row of table `areas` for the sea within a box, none if there is none."""
        found = coast.sea(self._lines, bounds) if bounds and self._lines else None
        if found is None or bounds is None:
            return []
        name = ",".join(f"{edge:.5f}" for edge in bounds)
        return [(row_id(f"sea/{name}", "areas"), {"name": "", "name_en": "", "kind": "water", "geometry": found})]


class Railways:
    """Collect the tracks of railways; yards and sidings are left out."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._factory = osmium.geom.WKBFactory()
        self._found: list[tuple[str, dict[str, Any], str]] = []

    def add(self, way: osmium.osm.Way, said: Mapping[str, str]) -> None:
        """Take a way up, if it is a track and all its nodes are there."""
        kind = _RAILWAYS.get(said.get("railway", ""))
        if kind is None or said.get("service") in _SIDINGS:
            return
        try:
            wkb = self._factory.create_linestring(way)
        except (RuntimeError, osmium.InvalidLocationError):
            return
        crosses = {"bridge": is_yes(said.get("bridge", "")), "tunnel": is_yes(said.get("tunnel", ""))}
        self._found.append((f"way/{way.id}", {**_names(said), "kind": kind, **crosses}, wkb))

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows of `railways`."""
        return {"railways": list(self._rows())}

    def _rows(self) -> Iterator[Row]:
        shapes = np.asarray(shapely.from_wkb([wkb for _, _, wkb in self._found]), dtype=object)
        for (name, values, _), shape, reaches in zip(self._found, shapes, self._clip.holds(shapes), strict=True):
            if reaches:
                yield row_id(name, "railways"), {**values, "geometry": shape}
