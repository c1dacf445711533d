"""The 18 teams and their inspectors."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geo.sample.facts import Dice, stored, to_metres
from geo.sample.places import Spots
from geo.sample.sites import Founder
from geo.store.edits import RowChange, insert

COLOURS = (
    "#c62828",
    "#1565c0",
    "#2e7d32",
    "#6a1b9a",
    "#ef6c00",
    "#00838f",
    "#ad1457",
    "#4e342e",
    "#283593",
    "#827717",
    "#d81b60",
    "#00695c",
    "#8e24aa",
    "#0277bd",
    "#b23c00",
    "#558b2f",
    "#37474f",
    "#a0740a",
)
"""One colour a team, dark enough to be seen on white paper."""

SHORT_SHIFTS = (4, 9, 13)
"""The numbers of the teams that work 09:00-17:00."""

AWAY = ((6, "2021-05-29", "2021-06-11"), (0, "2021-06-01", "2021-06-14"))
"""Teams of which one inspector is isolated at home, and from when to when."""


@dataclass
class Team:
    """A team as it is made, with the ids of its inspectors."""

    id: str
    area: int
    inspectors: list[str] = field(default_factory=list)
    away: str = ""


def teams(
    facts: dict[str, Any], spots: Spots, founder: Founder, area_ids: list[str], dice: Dice
) -> tuple[list[Team], list[RowChange]]:
    """Return the teams, one a subdistrict, and the insertions of them and their inspectors."""
    made: list[Team] = []
    changes: list[RowChange] = []
    names: set[str] = set()
    for area, subdistrict in enumerate(facts["subdistricts"]):
        team = Team(dice.id(), area)
        at = spots.near(area, to_metres([subdistrict["centre"]])[0])
        changes.append(_team_change(team, subdistrict, area_ids[area], stored(shapely.Point(at))))
        # A team that loses one for a while still goes out in twos.
        size = dice.pick((3, 3, 4)) if any(area == away for away, _, _ in AWAY) else dice.pick((2, 3, 3, 4))
        for number in range(size):
            zh, en = _new_person(founder, names)
            inspector = {"name": zh, "name_en": en, "team": team.id, "phone": founder.phone(), "leader": number == 0}
            team.inspectors.append(dice.id())
            code = f"JC-{len(names):03d}"
            changes.append(insert("inspectors", id=team.inspectors[-1], code=code, **inspector, **_away(team, number)))
        made.append(team)
    return made, changes


def _team_change(team: Team, subdistrict: dict[str, Any], area_id: str, base: shapely.Point) -> RowChange:
    short = subdistrict["zh"].removesuffix("街道")
    return insert(
        "teams",
        id=team.id,
        code=f"T{team.area + 1:02d}",
        name=f"{short}检查组",
        name_en=f"{subdistrict['en']} Team",
        subdistrict=area_id,
        base=f"{subdistrict['zh']}办事处",
        base_en=f"{subdistrict['en']} Subdistrict Office",
        shift="09:00-17:00" if team.area in SHORT_SHIFTS else "08:30-17:30",
        colour=COLOURS[team.area],
        geometry=base,
    )


def _new_person(founder: Founder, names: set[str]) -> tuple[str, str]:
    while True:
        zh, en = founder.person()
        if zh not in names:
            names.add(zh)
            return zh, en


def _away(team: Team, number: int) -> dict[str, str]:
    for area, first, last in AWAY:
        if team.area == area and number == 1:
            team.away = first
            return {"away_from": first, "away_to": last}
    return {}


def on_duty(team: Team, day: str, dice: Dice) -> list[str]:
    """Return the ids of the two or three inspectors of a team who go out on a day, none of them away."""
    there = [one for number, one in enumerate(team.inspectors) if not (number == 1 and team.away and day >= team.away)]
    count = min(len(there), 3 if dice.chance(0.3) else 2)
    picked = np.sort(dice.rng.permutation(len(there))[:count])
    return [there[int(index)] for index in picked]
