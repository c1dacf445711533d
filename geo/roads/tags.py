"""What OpenStreetMap's tags of a way mean for the columns of a street, and which tags a street stands for.

A street keeps in its column ``tags`` the tags that routing reads, as OpenStreetMap has them, unless another column says
the same. Where somebody has changed a column since, the column counts and its tag goes.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from geo.model import HIGHWAYS
from geo.roads import access

Tags = dict[str, str]

CLASSES: Mapping[str, str] = {
    **{choice.value: choice.value for choice in HIGHWAYS},
    **{f"{name}_link": name for name in ("motorway", "trunk", "primary", "secondary", "tertiary")},
    "road": "unclassified",
    "busway": "service",
    "bus_guideway": "service",
    "escape": "service",
    "winter_road": "track",
    "ice_road": "track",
    "bridleway": "path",
    "corridor": "footway",
    "platform": "footway",
    "elevator": "footway",
}
"""The class of street for each ``highway`` that is one; others are imported only if one may travel there."""

PASSED_ON = frozenset({"name", "name:en", "highway", "oneway", "maxspeed", "bridge", "tunnel"})
"""The tags that columns of a street stand for."""

_DIRECTED = (
    r"access|vehicle|motor_vehicle|motorcar|bicycle|foot|maxspeed|maxspeed:advisory|maxspeed:type|source:maxspeed|"
    r"maxheight|maxheight:physical|maxwidth|maxwidth:physical|width|est_width|maxlength|maxweight|maxweightrating|"
    r"toll|route|hov:lanes|turn:lanes|vehicle:lanes|lanes|lanes:psv|lanes:taxi|lanes:share_taxi|lanes:minibus|"
    r"lanes:bus|destination|destination:ref|destination:street"
)
_SINGLE = (
    r"area|amenity|bridge|capacity:car|cargo_bike|construction|conveying|cycleway|cycleway:both|cycleway:left|"
    r"cycleway:right|driving_side|duration|footway|highway|hov|impassable|is_sidepath|is_sidepath:of:name|junction|"
    r"junction:ref|lane_markings|layer|man_made|motorroad|name:pronunciation|narrow|oneway(:\w+)?|platform|priority|"
    r"proposed|public_transport|railway|ref|service|side_road|sidewalk|sidewalk:both|sidewalk:left|sidewalk:right|"
    r"smoothness|status|street:name|surface|tracktype|tunnel"
)
_KEPT = re.compile(rf"({_DIRECTED})(:forward|:backward)?|{_SINGLE}")

POINT_KEYS = frozenset({
    "access", "vehicle", "motor_vehicle", "motorcar", "bicycle", "foot", "barrier", "bollard", "kerb", "highway",
    "sensory", "direction", "traffic_signals:direction", "stop", "maxheight", "maxwidth:physical", "opening",
    "cargo_bike",
})  # fmt: skip
"""The tags of a node that routing reads."""

POINT_HIGHWAYS = frozenset({
    "traffic_signals", "stop", "give_way", "mini_roundabout", "turning_circle", "turning_loop",
})  # fmt: skip
"""What makes a node by itself worth keeping; crossings cost no time."""

ZONES: Mapping[str, int] = {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130}
"""Speed limits in km/h of ``maxspeed=XX:urban`` and the like where a country has no other, as OSRM takes them."""

_ZONES_OF_COUNTRIES: Mapping[str, int] = {
    "at:rural": 100, "at:trunk": 100, "ch:rural": 80, "ch:trunk": 100, "ch:motorway": 120, "de:rural": 100,
    "de:living_street": 7, "dk:rural": 80, "es:trunk": 90, "fr:rural": 80, "gb:nsl_single": 97, "gb:nsl_dual": 113,
    "gb:motorway": 113, "nl:rural": 80, "nl:trunk": 100, "no:rural": 80, "no:motorway": 110, "pl:rural": 100,
    "pl:motorway": 140, "ru:urban": 60, "ru:motorway": 110, "uk:nsl_single": 97, "uk:nsl_dual": 113,
    "uk:motorway": 113,
}  # fmt: skip


@lru_cache(maxsize=5_000)
def is_kept(key: str) -> bool:
    """Return whether routing reads a tag of a way, other than its name."""
    return _KEPT.fullmatch(key) is not None


def street_class(tags: Mapping[str, str]) -> str:
    """Return the class of street that a way with some tags is; a way that is no street but is travelled has one too."""
    highway = tags.get("highway", "")
    if highway in CLASSES:
        return CLASSES[highway]
    if highway:
        return "path"
    return "footway" if "pier" in tags.values() or "platform" in tags.values() else "service"


def speed(text: str) -> int | None:
    """Return the speed limit in km/h that a ``maxspeed`` stands for; None if it sets none that is known."""
    if number := re.match(r"\d+", text):
        return round(int(number[0]) * (1.609 if re.search("mph|mp/h", text) else 1)) or None
    zone = re.search(r"[a-z]{2}:([a-z]+)", text.lower())
    return _ZONES_OF_COUNTRIES.get(text.lower()) or (ZONES.get(zone[1]) if zone else None)


def is_yes(text: str) -> bool:
    """Return whether a tag such as ``bridge`` says that there is one, whichever."""
    return text not in {"", "no", "0", "false"}


def columns(tags: Mapping[str, str]) -> tuple[dict[str, Any], bool]:
    """Return the columns of the street that a way is, without its line, and whether the line is to be turned round.

    A way that may only be driven against its line is turned, so that `oneway` always means along the line; the tags
    that tell its two directions or sides apart change places.
    """
    kept = tuple(sorted((key, value) for key, value in tags.items() if value and is_kept(key)))
    said, turned = _columns(kept)
    return {"name": tags.get("name", ""), "name_en": tags.get("name:en", ""), **said}, turned


@lru_cache(maxsize=20_000)
def _columns(said_of_way: tuple[tuple[str, str], ...]) -> tuple[Mapping[str, Any], bool]:
    """Return what `columns` does without the names; a city has a few thousand different ways."""
    kept = dict(said_of_way)
    turned = access.one_way(kept) < 0
    if turned:
        kept = reversed_tags(kept)
    said: dict[str, Any] = {
        "highway": street_class(kept),
        "oneway": access.one_way(kept) > 0,
        "maxspeed": speed(kept.get("maxspeed", "")),
        "bridge": is_yes(kept.get("bridge", "")),
        "tunnel": is_yes(kept.get("tunnel", "")),
    }
    extra = kept if "highway" in kept else {**kept, "highway": ""}
    for key in PASSED_ON & extra.keys():
        rest = {name: value for name, value in extra.items() if name != key}
        if routed(said, rest) == kept:
            extra = rest
    return said | {"tags": written(extra)}, turned


def routed(street: Mapping[str, Any], extra: Mapping[str, str]) -> Tags:
    """Return the tags, other than names, that routing reads of a street.

    Parameters
    ----------
    street
        Its columns.
    extra
        What stands in its column ``tags``.
    """
    tags = dict(extra)
    if "highway" not in tags or street_class(tags) != street["highway"]:
        tags["highway"] = street["highway"]
    tags = {key: value for key, value in tags.items() if value}
    if (access.one_way(tags) > 0) != street["oneway"] or access.one_way(tags) < 0:
        tags = {
            key: value for key, value in tags.items() if not key.startswith("oneway:mot") and key != "oneway:vehicle"
        }
        tags.pop("oneway", None)
        if (access.one_way(tags) > 0) != street["oneway"]:
            tags["oneway"] = "yes" if street["oneway"] else "no"
    limit = None if pd.isna(street["maxspeed"]) or street["maxspeed"] <= 0 else int(street["maxspeed"])
    if speed(tags.get("maxspeed", "")) != limit:
        tags = {key: value for key, value in tags.items() if not key.startswith("maxspeed")}
        if limit is not None:
            tags["maxspeed"] = str(limit)
    for key in ("bridge", "tunnel"):
        if is_yes(tags.get(key, "")) != street[key]:
            tags.pop(key, None)
            if street[key]:
                tags[key] = "yes"
    return tags


def reversed_tags(tags: Mapping[str, str]) -> Tags:
    """Return the tags of a way that is turned round: ahead and back, left and right change places."""
    return {_reversed_key(key): _reversed_value(key, value) for key, value in tags.items()}


_OTHER = {"forward": "backward", "backward": "forward", "left": "right", "right": "left"}


def _reversed_key(key: str) -> str:
    return re.sub(r"(?<=:)(forward|backward|left|right)$", lambda found: _OTHER[found[0]], key)


def _reversed_value(key: str, value: str) -> str:
    if key.startswith("oneway"):
        return {"-1": "yes", "yes": "-1", "1": "-1", "true": "-1"}.get(value, value)
    return _OTHER.get(value, value) if key in {"priority", "conveying"} else value


def point_tags(tags: Mapping[str, str]) -> Tags:
    """Return the tags of a node that routing reads, none if the node is nothing to it."""
    kept = {key: value for key, value in tags.items() if value and key in POINT_KEYS}
    return kept if kept.get("highway") in POINT_HIGHWAYS or kept.keys() & POINT_KEYS_ALONE else {}


POINT_KEYS_ALONE = frozenset({"barrier", *access.CAR_KEYS, *access.FOOT_KEYS, *access.BICYCLE_KEYS})
"""The tags that make a node worth keeping whatever its ``highway``."""


def reversed_point(tags: Mapping[str, str]) -> Tags:
    """Return the tags of a node on a way that is turned round."""
    return {key: _OTHER.get(value, value) if key in _POINT_DIRECTIONS else value for key, value in tags.items()}


_POINT_DIRECTIONS = {"direction", "traffic_signals:direction"}


def written(tags: Mapping[str, str]) -> str:
    """Return what stands in a column ``tags`` for some tags, the same for the same tags."""
    return json.dumps(tags, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Tags:
    """Return what stands in a column ``tags``; what is no text to a key, as another program may write, is left out."""
    if text in ("", "{}"):
        return {}
    found = json.loads(text)
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def unseen(texts: pd.Series) -> pd.Series:
    """Return of each column ``tags`` whether the street is none to look at: a ferry, a platform, a way indoors."""
    return texts.str.contains(r'"highway": "(?:|platform|corridor|elevator)"')


def squares(texts: pd.Series) -> pd.Series:
    """Return of each column ``tags`` whether the street is the outline of a square that one walks across."""
    return texts.str.contains('"area": "yes"', regex=False)
