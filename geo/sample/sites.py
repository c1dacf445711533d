"""The sites: what is inspected where, with names, contacts and opening times, and the schools that were tested."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geo.sample.facts import Dice, stored
from geo.sample.places import Addresses, Spots, apportioned
from geo.sample.streets import Network
from geo.sample.ways import Point
from geo.store.edits import RowChange, insert

KINDS: tuple[tuple[str, str, str, str, int, tuple[int, int, int] | None], ...] = (
    ("community_committee", "社区居委会", "community committee", "SQ", 35, (10, 7, 5)),
    ("quarantine_hotel", "隔离酒店", "quarantine hotel", "JD", 45, (7, 5, 3)),
    ("vaccination_site", "疫苗接种点", "vaccination site", "JZ", 35, (7, 6, 4)),
    ("testing_site", "核酸检测采样点", "testing site", "CY", 30, (7, 5, 3)),
    ("school", "学校", "school", "XX", 30, None),
    ("hospital", "医院", "hospital", "YY", 45, (14, 10, 7)),
    ("cold_chain", "冷链企业", "cold-chain business", "LL", 30, (10, 7, 5)),
)
"""Code, names, prefix of the sites' codes, minutes of a visit, days between visits at low, medium and high risk."""

WINDOWS = {
    "community_committee": ("08:30-12:00; 14:00-17:30",),
    "quarantine_hotel": ("",),
    "vaccination_site": ("08:00-12:00; 13:30-17:30",),
    "testing_site": ("08:00-20:00", "08:00-20:00", "08:00-20:00", "06:30-12:00; 15:00-21:00", "07:00-19:00"),
    "school": ("08:00-11:30; 14:00-17:00",),
}
NARROW = ("09:00-10:00", "15:00-16:00", "10:30-11:30", "14:00-15:00", "16:00-17:00")
"""Opening times of committees that have but one hour."""

TOO_SHORT = ("08:30-09:07",)
"""Opening times of committees that leave time for the visit, but none to get there."""

AT_NIGHT = ("21:00-23:00", "19:30-22:00")
"""Opening times of testing sites that no day shift fits."""

OVERLOADED = 9
"""How many testing sites have more people than they can serve."""

HIGH_RISK = frozenset({"东山街道", "洪桥街道"})
MEDIUM_RISK = frozenset({"北京街道", "流花街道", "大东街道", "矿泉街道", "登峰街道"})


@dataclass
class Site:
    """One site as it is made: where, what, and all that its row holds."""

    id: str
    kind: str
    area: int
    point: Point
    risk: str
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def interval(self) -> int:
        """Return the days between visits."""
        days = next(kind[5] for kind in KINDS if kind[0] == self.kind)
        return days[("low", "medium", "high").index(self.risk)] if days else 0

    @property
    def stay_min(self) -> int:
        """Return the minutes of a visit."""
        usual = next(kind[4] for kind in KINDS if kind[0] == self.kind)
        return int(self.row["service_min"] or usual)

    def change(self) -> RowChange:
        """Return the insertion of the site."""
        place = stored(shapely.Point(self.point))
        return insert("sites", id=self.id, kind=self.kind, risk=self.risk, geometry=place, **self.row)


def kind_changes(dice: Dice) -> list[RowChange]:
    """Return the insertions of the site kinds."""
    changes = []
    for code, zh, en, _, stay, days in KINDS:
        low, medium, high = days or (None, None, None)
        intervals = {"interval_low": low, "interval_medium": medium, "interval_high": high}
        named = {"code": code, "name": zh, "name_en": en, "symbol": code, "service_min": stay}
        changes.append(insert("kinds", id=dice.id(), **named, **intervals))
    return changes


def risk_of(subdistrict: str) -> str:
    """Return how closely a subdistrict is watched, by its Chinese name."""
    return "high" if subdistrict in HIGH_RISK else "medium" if subdistrict in MEDIUM_RISK else "low"


class Founder:
    """Put sites on the map and give them names that no other has.

    Parameters
    ----------
    facts, words
        The facts of the district and the words for names.
    areas
        The subdistricts, in the order of the facts.
    spots
        Where sites may stand.
    net
        The streets, for addresses; sites are called after the quarter they lie in.
    dice
        Where chance comes from.
    """

    def __init__(
        self,
        facts: dict[str, Any],
        words: dict[str, Any],
        areas: Sequence[shapely.MultiPolygon],
        spots: Spots,
        net: Network,
        dice: Dice,
    ) -> None:
        self.facts, self.words, self.areas = facts, words, areas
        self.spots, self.dice = spots, dice
        self._addresses = Addresses(net)
        self._quarters, self._stems = np.array(net.quarters), net.stems
        self._names: set[str] = set()
        self._of_kind: dict[str, list[Point]] = {}
        self._risks = [risk_of(one["zh"]) for one in facts["subdistricts"]]
        size = np.sqrt([area.area for area in areas])
        self._weights = 0.55 + 0.45 * size / size.mean()
        self._hotels = [
            (zh + kind_zh, f"{en} {kind_en}") for kind_zh, kind_en in words["hotel_types"] for zh, en in words["hotels"]
        ]

    def found(self, kind: str, total: int, islet: Point | None = None) -> list[Site]:
        """Return the sites of one kind, spread over the subdistricts; with an `islet` one lies there."""
        least = 3 if total > 100 else 1
        weights = self._weights * self.dice.rng.uniform(0.85, 1.15, len(self.areas))
        sites: list[Site] = []
        for area, count in enumerate(apportioned(total, list(weights), least)):
            sites.extend(self._site(kind, area, None) for _ in range(count))
        if islet:
            home = next(i for i, area in enumerate(self.areas) if area.contains(shapely.Point(islet)))
            index = max(i for i, site in enumerate(sites) if site.area == home)
            sites[index] = self._site(kind, home, islet)
            sites[index].row["name"], sites[index].row["name_en"] = self.words["islet_hotel"]
        prefix = next(one[3] for one in KINDS if one[0] == kind)
        for number, site in enumerate(sites, 1):
            site.row["code"] = f"{prefix}-{number:03d}"
        return sites

    def _site(self, kind: str, area: int, point: Point | None) -> Site:
        same = self._of_kind.setdefault(kind, [])
        point = point or self._landmark(kind, area) or self.spots.spread(area, same, self.dice)
        named = len(same)
        same.append(point)
        risk = self._risks[area]
        if kind == "quarantine_hotel" and risk == "low":
            risk = "medium"
        site = Site(self.dice.id(), kind, area, point, "low" if kind == "school" else risk)
        zh, en = self._name(kind, area, point, named)
        site.row = {
            "name": zh,
            "name_en": en,
            "address": self._addresses.at(point),
            "contact": self.person()[0],
            "phone": self.phone(),
            "windows": self.dice.pick(WINDOWS[kind]),
            "service_min": None,
        }
        return site

    def _landmark(self, kind: str, area: int) -> Point | None:
        if kind != "testing_site":
            return None
        for landmark in self.facts["landmarks"]:
            at = landmark["xy"]
            if landmark["zh"].endswith("检测点") and landmark["zh"] not in self._names:
                if not self.areas[area].contains(shapely.Point(at)):
                    continue
                self._names.add(landmark["zh"])
                return self.spots.near(area, np.asarray(at))
        return None

    def person(self) -> tuple[str, str]:
        """Return an invented person's name in Chinese and in Latin letters."""
        surname, given = self.dice.pick(self.words["surnames"]), self.dice.pick(self.words["given"])
        return surname[0] + given[0], f"{surname[1]} {given[1]}"

    def phone(self) -> str:
        """Return a telephone number that nobody has."""
        return f"020-5550{self.dice.whole(1000, 9999)}"

    def _name(self, kind: str, area: int, point: Point, number: int) -> tuple[str, str]:
        street = self.facts["subdistricts"][area]
        if kind == "quarantine_hotel":
            return self._hotels[number]
        patterns = self._patterns(kind, street)
        for quarter in np.hypot(*(self._quarters - point).T).argsort():
            zh, en = self._stems[quarter]
            for before, after, after_en, suffix_en in patterns:
                name = f"{before}{zh}{after}"
                if name not in self._names:
                    self._names.add(name)
                    return name, f"{en} {after_en}{suffix_en}"
        raise ValueError(f"no name is left for a {kind}")

    def _patterns(self, kind: str, street: dict[str, Any]) -> list[tuple[str, str, str, str]]:
        """Return what stands before and after a quarter's name, in Chinese and English."""
        if kind == "community_committee":
            return [(street["zh"], "社区居委会", "Community Committee", f", {street['en']}")]
        if kind == "school":
            return [self._school()]
        kind_zh, kind_en = (
            ("疫苗接种点", "Vaccination Site") if kind.startswith("vac") else ("核酸采样点", "Testing Site")
        )
        places = self.dice.shuffled(self.words["vaccination" if kind.startswith("vac") else "testing"])
        return [("", f"{zh}{kind_zh}", f"{en} {kind_en}", "") for zh, en in places[:1]]

    def _school(self) -> tuple[str, str, str, str]:
        kinds = self.words["schools"]
        weights = np.array([kind[4] for kind in kinds], dtype=float)
        zh, en, *_ = kinds[int(self.dice.rng.choice(len(kinds), p=weights / weights.sum()))]
        return "", zh, en, ""


def give_windows(sites: Sequence[Site], dice: Dice) -> None:
    """Give a few committees a narrow opening time and a few testing sites one at night."""
    for kind, windows in (("community_committee", NARROW + TOO_SHORT), ("testing_site", AT_NIGHT)):
        chosen = dice.shuffled([site for site in sites if site.kind == kind])
        for site, window in zip(chosen, windows, strict=False):
            site.row["windows"] = window


def give_crowds(sites: Sequence[Site], dice: Dice) -> None:
    """Give testing sites a capacity, a throughput and a queue; a few are overrun."""
    testing = dice.shuffled([site for site in sites if site.kind == "testing_site"])
    for index, site in enumerate(testing):
        capacity = 50 * dice.whole(4, 12)
        if index < OVERLOADED:
            served, queue = int(capacity * dice.between(1.02, 1.18)), dice.whole(7, 26) * 50
        else:
            served, queue = int(capacity * dice.between(0.35, 0.92)), dice.whole(0, 12) * 10
        site.row |= {"capacity": capacity, "served": served, "queue": queue}
        site.row["service_min"] = 40 if capacity >= 500 else None


def give_persons(schools: Sequence[Site], words: dict[str, Any], total: int, dice: Dice) -> None:
    """Give every school a size by its kind, all tested, so that they sum to a total."""
    sizes = []
    for school in schools:
        fitting = [kind for kind in words["schools"] if school.row["name"].endswith(kind[0])]
        _, _, low, high, _ = max(fitting, key=lambda kind: len(kind[0]))
        sizes.append(dice.between(low, high))
    for school, persons in zip(schools, apportioned(total, sizes), strict=True):
        school.row |= {"target_count": persons, "done_count": persons}
