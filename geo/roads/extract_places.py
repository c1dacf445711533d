"""Sites, house numbers and landmarks of an OpenStreetMap extract."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from geo.model import KINDS
from geo.roads import opening
from geo.roads.extract_rows import Row, row_id


@dataclass(frozen=True)
class Amenity:
    """A site kind that OpenStreetMap knows: its names, the symbol of the map, and the tags that make one."""

    zh: str
    en: str
    symbol: str
    tags: tuple[tuple[str, str], ...]


AMENITIES: Mapping[str, Amenity] = {
    "hotel": Amenity("酒店", "hotel", "quarantine_hotel", (("tourism", "hotel"), ("tourism", "motel"))),
    "school": Amenity("学校", "school", "school", (("amenity", "school"),)),
    "kindergarten": Amenity(
        "幼儿园", "kindergarten", "school", (("amenity", "kindergarten"), ("amenity", "childcare"))
    ),
    "college": Amenity("高等院校", "college", "school", (("amenity", "college"), ("amenity", "university"))),
    "hospital": Amenity("医院", "hospital", "hospital", (("amenity", "hospital"),)),
    "clinic": Amenity("诊所", "clinic", "hospital", (("amenity", "clinic"), ("amenity", "doctors"))),
    "pharmacy": Amenity("药店", "pharmacy", "hospital", (("amenity", "pharmacy"),)),
    "nursing_home": Amenity(
        "养老院", "nursing home", "community_committee",
        (("amenity", "nursing_home"), ("social_facility", "nursing_home"), ("social_facility", "assisted_living")),
    ),
    "community_centre": Amenity(
        "社区中心", "community centre", "community_committee", (("amenity", "community_centre"),)
    ),
    "marketplace": Amenity("集贸市场", "marketplace", "cold_chain", (("amenity", "marketplace"),)),
    "supermarket": Amenity("超市", "supermarket", "cold_chain", (("shop", "supermarket"),)),
}  # fmt: skip
"""What a user can ask for, by the code of the site kind that it becomes."""

KEYS = ("amenity", "tourism", "shop", "social_facility", "place", "railway", "public_transport", "aeroway",
        "addr:housenumber")  # fmt: skip

_KIND_OF = {tag: kind for kind, amenity in AMENITIES.items() for tag in amenity.tags}

_PLACES = {"city", "borough", "suburb", "quarter", "neighbourhood", "town", "village", "hamlet", "square", "island"}
_STATIONS = (
    ("railway", "station"), ("railway", "halt"), ("public_transport", "station"), ("amenity", "bus_station"),
    ("amenity", "ferry_terminal"), ("aeroway", "aerodrome"), ("amenity", "townhall"),
)  # fmt: skip
_SAME_PLACE_DEG = 0.005
"""Landmarks of one name closer than this (500 m) are one: a station has many nodes."""


def kind_of(said: Mapping[str, str]) -> str:
    """Return the site kind of an object, empty if it is none."""
    return next((_KIND_OF[tag] for tag in said.items() if tag in _KIND_OF), "")


def kind_values(kind: str) -> dict[str, Any]:
    """Return the row of table `kinds` for a kind that the project does not have yet."""
    amenity = AMENITIES[kind]
    stay = KINDS.column("service_min").default
    return {"code": kind, "name": amenity.zh, "name_en": amenity.en, "symbol": amenity.symbol, "service_min": stay}


class Places:
    """Collect points of interest as they come by, nodes and the middles of areas alike."""

    def __init__(self, amenities: frozenset[str], *, addresses: bool, landmarks: bool) -> None:
        self._amenities, self._addresses, self._landmarks = amenities, addresses, landmarks
        self._rows: dict[str, list[Row]] = {"sites": [], "addresses": [], "landmarks": []}
        self._named: dict[str, list[tuple[float, float]]] = {}
        self.nameless = 0

    def wants(self, said: Mapping[str, str]) -> bool:
        """Return whether an object is something to take up."""
        return (
            (self._addresses and _is_address(said))
            or (self._landmarks and _is_landmark(said))
            or kind_of(said) in self._amenities
        )

    def add(self, name: str, said: Mapping[str, str], point: shapely.Point, *, area: bool = False) -> None:
        """Take an object such as ``node/123`` up."""
        if self._addresses and _is_address(said):
            values = {"street": _street(said), "number": said["addr:housenumber"], "geometry": point}
            self._rows["addresses"].append((row_id(name, "addresses"), values))
        if (kind := kind_of(said)) in self._amenities:
            self._rows["sites"].append((row_id(name, "sites"), self._site(kind, said, point)))
        if self._landmarks and not area and _is_landmark(said) and self._is_new(said, point):
            values = {"name": _name(said), "name_en": said.get("name:en", ""), "geometry": point}
            self._rows["landmarks"].append((row_id(name, "landmarks"), values))

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows of `sites`, `addresses` and `landmarks`."""
        return self._rows

    def _site(self, kind: str, said: Mapping[str, str], point: shapely.Point) -> dict[str, Any]:
        name = _name(said)
        self.nameless += not name
        hours = said.get("opening_hours", "")
        windows, whole = opening.windows(hours) if hours else ("", True)
        return {
            "name": name or address(said) or AMENITIES[kind].zh,
            "name_en": said.get("name:en", "") or ("" if name else AMENITIES[kind].en),
            "kind": kind,
            "address": address(said),
            "phone": said.get("phone", "") or said.get("contact:phone", ""),
            "windows": windows,
            "note": "" if whole else hours,
            "geometry": point,
        }

    def _is_new(self, said: Mapping[str, str], point: shapely.Point) -> bool:
        others = self._named.setdefault(_name(said), [])
        if any(math.hypot(point.x - x, point.y - y) < _SAME_PLACE_DEG for x, y in others):
            return False
        others.append((point.x, point.y))
        return True


def _name(said: Mapping[str, str]) -> str:
    return next((said[key] for key in ("name", "name:zh", "name:en", "official_name") if said.get(key)), "")


def _street(said: Mapping[str, str]) -> str:
    return said.get("addr:street", "") or said.get("addr:place", "")


def _is_address(said: Mapping[str, str]) -> bool:
    return bool(said.get("addr:housenumber") and _street(said))


def _is_landmark(said: Mapping[str, str]) -> bool:
    known = said.get("place") in _PLACES or any(said.get(key) == value for key, value in _STATIONS)
    return known and bool(_name(said))


_CHINESE = re.compile("[\u4e00-\u9fff]")


def address(said: Mapping[str, str]) -> str:
    """Return the address that the tags of an object give, in the order of its language."""
    if whole := said.get("addr:full", ""):
        return whole
    street, number = _street(said), said.get("addr:housenumber", "")
    town = said.get("addr:city", "")
    if _CHINESE.search(street + town):
        district = said.get("addr:district", "")
        return f"{town}{district}{street}{number}{'号' if number[-1:].isdigit() else ''}"
    return ", ".join(part for part in (f"{street} {number}".strip(), town) if part) if street else ""


def used_kinds(sites: list[Row]) -> Iterator[str]:
    """Return the kinds of some sites, each once."""
    yield from sorted({str(values["kind"]) for _, values in sites})
