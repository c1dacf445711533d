"""Who may use a way in which direction: what OSRM's profiles for cars, feet and bicycles read from its tags.

OSRM does not tell which ways it takes up, but the places to snap to and the main network must be those of its graph.
So its rules are told here once more: those of ``car.lua``, ``foot.lua``, ``bicycle.lua`` and ``lib/`` of
osrm-bindings 26.10, as far as they decide on yes or no. A test holds the two to the same answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from geo.model import Mode

Tags = Mapping[str, str]

CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
BICYCLE_KEYS = ("bicycle", "vehicle", "access")
FOOT_KEYS = ("foot", "access")

CAR_CLASSES = frozenset({
    *(f"{name}{link}" for name in ("motorway", "trunk", "primary", "secondary", "tertiary") for link in ("", "_link")),
    "unclassified", "residential", "living_street", "service", "winter_road", "ice_road",
})  # fmt: skip
_MAJOR = frozenset({"motorway", "motorway_link", "trunk", "trunk_link", "winter_road", "ice_road"})
FOOT_CLASSES = (CAR_CLASSES - _MAJOR) | {"track", "path", "steps", "pedestrian", "platform", "footway", "pier"}
BICYCLE_CLASSES = (CAR_CLASSES - _MAJOR) | {"cycleway", "track", "path"}
PUSHING_CLASSES = frozenset({"footway", "pedestrian", "steps"})

_CAR_YES = frozenset({"yes", "motorcar", "motor_vehicle", "vehicle", "permissive", "designated", "hov"})
_CAR_LOCAL = frozenset({"private", "delivery", "destination", "customers", "permit", "residents", "unknown"})
_CAR_NO = (_CAR_LOCAL - {"unknown"}) | {
    "no", "agricultural", "forestry", "emergency", "psv", "taxi", "share_taxi", "minibus", "bus", "foot",
    "emergency_vehicle", "restricted", "military", "official",
}  # fmt: skip
_FOOT_YES = frozenset({"yes", "foot", "permissive", "designated"})
_OTHER_NO = frozenset({"no", "agricultural", "forestry", "private", "delivery", "use_sidepath"})
_BICYCLE_YES = frozenset({"yes", "permissive", "designated"})
_RAILS = frozenset({"train", "railway", "subway", "light_rail", "monorail", "tram"})
_CYCLEWAY = frozenset({"track", "lane", "share_busway", "sharrow", "shared", "shared_lane"})
_OPPOSITE = frozenset({"opposite", "opposite_lane", "opposite_track"})
_TRUE = frozenset({"yes", "1", "true"})
_FALSE = frozenset({"no", "0", "false"})


class Use(NamedTuple):
    """Whether a way is used along its line, against it, and whether one may set out from it."""

    forward: bool
    backward: bool
    start: bool


NONE = Use(forward=False, backward=False, start=False)


def use(tags: Tags, mode: Mode) -> Use:
    """Return how a way with some OSM tags is used in a way of travel."""
    return _RULES[mode](tags)


def blocks(tags: Tags, mode: Mode) -> bool:
    """Return whether nobody gets past a node with some OSM tags in a way of travel."""
    barrier = tags.get("barrier", "")
    audible = barrier == "fence" and tags.get("sensory") in {"audible", "audio"}
    rising = tags.get("bollard") == "rising"
    if mode == Mode.CAR:
        said = next((tags[key] for key in CAR_KEYS if key in tags), "")
        if said:
            said = _resolved(said, _CAR_YES, _CAR_LOCAL, _CAR_NO)
            return said in _CAR_NO and said not in _CAR_LOCAL
        return bool(barrier) and not (audible or rising) and _stops_cars(tags, barrier)
    said = next((tags[key] for key in (FOOT_KEYS if mode == Mode.FOOT else BICYCLE_KEYS) if key in tags), "")
    if said:
        return said in _OTHER_NO and not (mode == Mode.BICYCLE and tags.get("highway") == "crossing")
    return barrier in {"yes", "wall", "fence"} and not audible and not (mode == Mode.FOOT and rising)


def _stops_cars(tags: Tags, barrier: str) -> bool:
    if barrier == "kerb":
        return tags.get("kerb") not in {"lowered", "flush"} and tags.get("highway") != "crossing"
    if barrier == "height_restrictor":
        metres = _height(tags.get("maxheight", ""))
        return metres is not None and metres < 2.0
    return barrier not in _PASSABLE and tags.get("kerb") not in {"lowered", "flush"}


_PASSABLE = frozenset({"cattle_grid", "border_control", "toll_booth", "sally_port", "no", "entrance", "arch", "gate",
                       "lift_gate"})  # fmt: skip


def one_way(tags: Tags) -> int:
    """Return 1 if cars may drive a way along its line only, -1 if against it only, 0 if both ways."""
    said = next((tags[key] for key in _CAR_ONE_WAY if key in tags), "")
    if said == "-1":
        return -1
    circles = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return int(said in _TRUE or (circles and said != "no"))


_CAR_ONE_WAY = (*(f"oneway:{key}" for key in CAR_KEYS[:-1]), "oneway")


def _both(tags: Tags, keys: Sequence[str]) -> tuple[str, str]:
    """Return the values along and against the way, those for one direction before those for both."""
    forward = backward = ""
    for key in keys:
        forward = forward or tags.get(f"{key}:forward", "") or tags.get(key, "")
        backward = backward or tags.get(f"{key}:backward", "") or tags.get(key, "")
    return forward, backward


def _resolved(value: str, yes: frozenset[str], local: frozenset[str], no: frozenset[str]) -> str:
    """Return of several values the most permissive one."""
    if ";" not in value:
        return value
    parts = [part.strip() for part in re.findall("[^;]+", value)]
    return max(parts, key=lambda part: 3 if part in yes else 2 if part in local else int(part in no), default=value)


def _blocked(tags: Tags, *, construction: bool, motorroad: bool) -> bool:
    highway = tags.get("highway", "")
    if construction and "construction" in (highway, tags.get("railway")):
        return True
    if construction and tags.get("construction", "no") not in {"no", "widening", "minor"}:
        return True
    if motorroad and tags.get("motorroad") == "yes":
        return True
    if "proposed" in tags and highway in {"", "proposed"}:
        return True
    return tags.get("impassable") == "yes" or tags.get("status") == "impassable"


def _number(text: str) -> float | None:
    """Return the first number of a text as OSRM reads metres; feet and inches are metres too."""
    found = re.search(r"\d+\.?\d*", text.replace(",", "."))
    if not found:
        return None
    number = float(found[0])
    if inches := re.search("'.*", text, re.DOTALL):
        more = re.search(r"\d+", inches[0])
        return (number * 12 + (float(more[0]) if more else 0)) * 0.0254
    return number


def _kilograms(text: str) -> float | None:
    found = re.search(r"\d+\.?\d*", text.replace(",", "."))
    if not found:
        return None
    return float(found[0]) * (0.45359237 if "lbs" in text else 1 if "kg" in text else 1000)


def _height(text: str) -> float | None:
    return 4.5 if text in {"default", "none", "no-sign", "unsigned"} else _number(text)


_LIMITS: tuple[tuple[tuple[str, ...], Callable[[str], float | None], Callable[[float], bool]], ...] = (
    (("maxheight:physical", "maxheight"), _height, lambda metres: metres < 2.0),
    (("maxwidth:physical", "maxwidth", "width", "est_width"), _number, lambda metres: metres <= 1.9),
    (("maxlength",), _number, lambda metres: metres < 4.8),
    (("maxweightrating", "maxweight"), _kilograms, lambda kilograms: kilograms < 2000),
)
"""What a car is too big for: keys, how their value is read, and what keeps it out."""


def _car(tags: Tags) -> Use:
    highway, route = tags.get("highway", ""), tags.get("route", "")
    if not (highway or route) or tags.get("area") == "yes" or tags.get("oneway") == "reversible":
        return NONE
    if _blocked(tags, construction=True, motorroad=False):
        return NONE
    if highway in {"area", "reversible", "impassable", "hov_lanes", "steps", "construction", "proposed"}:
        return NONE
    access = [_resolved(value, _CAR_YES, _CAR_LOCAL, _CAR_NO) for value in _both(tags, CAR_KEYS)]
    local = [highway in CAR_CLASSES and value in _CAR_LOCAL for value in access]
    open_to = [value not in _CAR_NO or near for value, near in zip(access, local, strict=True)]
    for keys, read, keeps_out in _LIMITS:
        for at, value in enumerate(_both(tags, keys)):
            number = read(value) if value else None
            open_to[at] &= number is None or not keeps_out(number)
    if not any(open_to):
        return NONE
    way = one_way(tags)
    open_to = [open_to[0] and way >= 0, open_to[1] and way <= 0]
    ferry = route in {"ferry", "shuttle_train"}
    movable = tags.get("bridge") == "movable"
    if movable or ferry:
        open_to = [True, True]
    if tags.get("service") == "emergency_access":
        return NONE
    speed = _known_speed(access, open_to, _CAR_NO, known=ferry or movable or highway in CAR_CLASSES)
    if speed is None or tags.get("smoothness") == "impassable":
        return NONE
    walked = movable or not ferry  # one cannot set out from the middle of the sea
    start = walked and any(open_to) and not (highway == "service" and access[0] == "private")
    return Use(open_to[0] and speed[0], open_to[1] and speed[1], start)


def _known_speed(
    access: list[str], open_to: list[bool], no: frozenset[str], *, known: bool
) -> tuple[bool, bool] | None:
    """Return in which directions there is a speed, None if in neither; mend `open_to` as OSRM does."""
    if known:
        return True, True
    speed = [bool(value) and value not in no for value in access]
    for at, value in enumerate(access):
        if not value and access[1 - at]:
            open_to[at] = False
    return (speed[0], speed[1]) if any(speed) else None


def _foot(tags: Tags) -> Use:
    kinds = ("highway", "bridge", "route", "man_made", "railway", "platform", "amenity", "public_transport")
    if not any(kind in tags for kind in kinds) or _blocked(tags, construction=False, motorroad=True):
        return NONE
    access = [_resolved(value, _FOOT_YES, frozenset(), _OTHER_NO) for value in _both(tags, FOOT_KEYS)]
    open_to = [value not in _OTHER_NO for value in access]
    if not any(open_to):
        return NONE
    if "separate" in (tags.get(key) for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")):
        open_to = [may and bool(value) for may, value in zip(open_to, access, strict=True)]
        if not any(open_to):
            return NONE
    said = tags.get("oneway:foot", "")
    open_to = [open_to[0] and said != "-1", open_to[1] and said not in _TRUE]
    ferry = tags.get("route") == "ferry"
    if ferry:
        open_to = [True, True]
    speed = _known_speed(access, open_to, _OTHER_NO, known=ferry or _walked(tags))
    if speed is None:
        return NONE
    highway, conveying = tags.get("highway"), tags.get("conveying", "")
    if conveying in {"forward", "backward"} and highway in {"steps", "footway"} and _said_of(tags, said) != "no":
        open_to[conveying == "forward"] = False
    return Use(open_to[0] and speed[0], open_to[1] and speed[1], start=not ferry and any(open_to))


def _said_of(tags: Tags, specific: str) -> str:
    return specific or tags.get("oneway", "")


def _walked(tags: Tags) -> bool:
    return (
        tags.get("highway") in FOOT_CLASSES
        or tags.get("railway") == "platform"
        or tags.get("amenity") in {"parking", "parking_entrance"}
        or tags.get("man_made") == "pier"
    )


def _bicycle(tags: Tags) -> Use:
    kinds = ("highway", "route", "railway", "amenity", "man_made", "public_transport", "bridge")
    if not any(tags.get(kind) for kind in kinds) or _blocked(tags, construction=True, motorroad=True):
        return NONE
    raw = next((tags[key] for key in BICYCLE_KEYS if key in tags), "")
    access = [_resolved(value, _BICYCLE_YES, frozenset(), _OTHER_NO) for value in _both(tags, BICYCLE_KEYS)]
    if raw in _OTHER_NO or all(value in _OTHER_NO for value in access) or _cycleway_apart(tags):
        return NONE
    ridden, pushable, ferry = _ridden(tags, raw)
    speed = [ridden, ridden]
    open_to = _ridden_ways(tags)
    _contraflow(tags, open_to, speed)
    pushed = _pushed(tags, open_to, speed, pushable=pushable)
    if tags.get("bicycle") == "dismount":
        open_to, speed, pushed = [True, True], [True, True], True
    open_to = [may and fast and value not in _OTHER_NO for may, fast, value in zip(open_to, speed, access, strict=True)]
    rails = tags.get("railway") in _RAILS and raw in _BICYCLE_YES and not _kind_before_rails(tags)
    start = any(open_to) and (pushed or not (ferry or rails) or _has_cycleway(tags))
    return Use(open_to[0], open_to[1], start)


def _cycleway_apart(tags: Tags) -> bool:
    keys = ("cycleway", "cycleway:both", "cycleway:left", "cycleway:right")
    first = tags.get("cycleway", tags.get("cycleway:both"))
    apart = "separate" in (first, *(tags.get(key) for key in keys[1:]))
    return apart and tags.get("bicycle") not in {*_BICYCLE_YES, "destination"}


def _kind_before_rails(tags: Tags) -> bool:
    platform = "platform" in (tags.get("railway"), tags.get("public_transport"))
    return tags.get("bridge") == "movable" or tags.get("route") == "ferry" or platform


def _ridden(tags: Tags, raw: str) -> tuple[bool, bool, bool]:
    """Return whether a bicycle has a speed on a way, whether it may be pushed there, and whether it is a ferry."""
    if tags.get("bridge") == "movable":
        return True, True, False
    if tags.get("route") == "ferry":
        return True, False, True
    if "platform" in (tags.get("railway"), tags.get("public_transport")):
        return True, True, False
    if tags.get("railway") in _RAILS and raw in _BICYCLE_YES:
        return True, False, False
    known = tags.get("amenity") in {"parking", "parking_entrance"} or tags.get("highway") in BICYCLE_CLASSES
    known = known or raw in _BICYCLE_YES
    return known, known, False


def _circles(tags: Tags) -> bool:
    return tags.get("junction") in {"roundabout", "circular"} or (
        tags.get("highway") == "motorway" and tags.get("bridge") != "movable"
    )


def _ridden_ways(tags: Tags) -> list[bool]:
    for key in ("oneway:bicycle", "oneway"):
        said = tags.get(key, "")
        if said in _TRUE:
            return [True, False]
        if said in _FALSE:
            return [True, True]
        if said == "-1":
            return [False, True]
    return [True, not _circles(tags)]


def _has_cycleway(tags: Tags) -> bool:
    open_to, speed = _ridden_ways(tags), [False, False]
    _contraflow(tags, open_to, speed)
    return any(speed)


def _contraflow(tags: Tags, open_to: list[bool], speed: list[bool]) -> None:
    """Open the directions for which there is a lane for bicycles."""
    lanes = tags.get("cycleway", tags.get("cycleway:both", ""))
    left, right = tags.get("cycleway:left", ""), tags.get("cycleway:right", "")
    reverse = open_to == [False, True]
    ahead = back = False
    if all(open_to) and not _circles(tags):
        both = lanes in _CYCLEWAY
        ahead = both or right in _CYCLEWAY or left in _OPPOSITE
        back = both or left in _CYCLEWAY or right in _OPPOSITE
    elif {lanes, left, right} & _OPPOSITE:
        ahead = back = True
    elif {lanes, left, right} & _CYCLEWAY:
        ahead, back = not reverse, reverse
    for at, lane in enumerate((ahead, back)):
        if lane:
            open_to[at] = speed[at] = True


def _pushed(tags: Tags, open_to: list[bool], speed: list[bool], *, pushable: bool) -> bool:
    """Open the directions in which one can push a bicycle; return whether there is one."""
    if (all(open_to) and all(speed)) or tags.get("foot") == "no":
        return False
    highway = "movable" if tags.get("bridge") == "movable" else tags.get("highway")
    if highway in PUSHING_CLASSES or tags.get("man_made") == "pier":
        push = [True, True]
    elif tags.get("foot") == "yes":
        push = [True, not _circles(tags)]
    elif tags.get("foot:forward") == "yes":
        push = [True, False]
    elif tags.get("foot:backward") == "yes":
        push = [False, True]
    else:
        push = [pushable, pushable and not _circles(tags)]
    pushed = False
    for at in range(2):
        if push[at] and not (open_to[at] and speed[at]):
            open_to[at] = speed[at] = pushed = True
    return pushed


_RULES: dict[Mode, Callable[[Tags], Use]] = {Mode.CAR: _car, Mode.FOOT: _foot, Mode.BICYCLE: _bicycle}
