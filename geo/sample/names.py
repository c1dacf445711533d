"""Names of local streets: every quarter has a first name, and each street in it adds its own ending."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geo.sample.facts import Dice, to_metres
from geo.sample.ways import Point, Way

UNNAMED = 0.4
"""The share of service streets without a name."""

_DIGITS = "一二三四五六七八九十"


def first_names(facts: dict[str, Any], words: dict[str, Any], quarters: Sequence[Point]) -> list[tuple[str, str]]:
    """Return the first name of every quarter in Chinese and English, all different, those of its subdistrict first."""
    centres = to_metres([one["centre"] for one in facts["subdistricts"]])
    own = {area: [(zh, en) for zh, en in names] for area, names in words["stems"].items()}
    anywhere = own[""] + [
        (zh + add, f"{en} {add_en}")
        for add, add_en in words["stem_suffixes"]
        for names in own.values()
        for zh, en in names
    ]
    spare = iter(anywhere)
    chosen = []
    for quarter in quarters:
        area = facts["subdistricts"][int(np.hypot(*(centres - quarter).T).argmin())]["zh"]
        chosen.append(own[area].pop(0) if own[area] else next(spare))
    return chosen


def name_streets(
    ways: list[Way], suffixes: dict[str, Any], quarters: list[Point], stems: list[tuple[str, str]], dice: Dice
) -> None:
    """Name the local streets, the longest first; a part of the service streets stays without a name."""
    tree = shapely.STRtree(shapely.points(quarters))
    used: Counter[str] = Counter(way.name for way in ways if not way.local)
    for way in sorted((way for way in ways if way.local), key=lambda way: -way.length):
        middle = way.line.interpolate(0.5, normalized=True)
        way.quarter = way.quarter if way.quarter >= 0 else int(tree.nearest(middle))
        kind = "alleys" if way.dead_end else way.highway
        if kind == "service" and dice.chance(UNNAMED):
            continue
        zh, en = stems[way.quarter]
        suffix_zh, suffix_en = _suffix(suffixes, kind, zh, used)
        way.name, way.name_en = zh + suffix_zh, f"{en} {suffix_en}"


def _suffix(suffixes: dict[str, Any], kind: str, stem: str, used: Counter[str]) -> tuple[str, str]:
    for zh, en in suffixes[kind]:
        if not used[stem + zh]:
            used[stem + zh] += 1
            return zh, en
    used[stem + kind] += 1
    number = used[stem + kind]
    counted_zh, counted_en = suffixes["counted"][kind]
    return chinese_number(number) + counted_zh, f"{counted_en} {number}"


def chinese_number(number: int) -> str:
    """Return a number from 1 to 99 in Chinese."""
    if number <= 10:
        return _DIGITS[number - 1]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _DIGITS[tens - 1]) + "十" + (_DIGITS[ones - 1] if ones else "")
