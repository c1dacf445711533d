"""Twelve days of inspections, so that most sites are due again on the sample's day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from geo.hours import DAY, Window, format_clock, parse_windows
from geo.sample.facts import Dice
from geo.sample.people import Team, on_duty
from geo.sample.sites import Site

TODAY = date(2021, 6, 2)
DAYS = tuple(date(2021, 5, 21) + timedelta(days=number) for number in range(12))
"""The days of the inspections: 21 May to 1 June."""

DAYS_OUT = 7
"""How many of these days a team is out."""

DUE_WEIGHTS = {"long_overdue": 0.02, "overdue": 0.10, "due": 1.0, "later": 0.13}
"""How likely a site is due more than three days ago, before today, within the two days of lead, or later."""

TWICE = 44
"""How many sites were visited twice."""

NO_ACCESS_NOW, NO_ACCESS_BEFORE = 4, 3
"""How many sites could not be entered at the last try, and how many were entered at a second one."""

PLANNED = (("2021-06-02", 2), ("2021-06-03", 4))
"""How many inspections are planned already, and for when."""

_FIRST_START = 8 * 3600 + 40 * 60
_BETWEEN_S = 900


@dataclass(eq=False)
class Visit:
    """One inspection as it is made."""

    id: str
    site: Site
    team: Team
    day: date
    state: str = "done"
    result: str = "passed"
    started: int | None = None
    ended: int | None = None
    inspectors: list[str] = field(default_factory=list)


def inspections(sites: Sequence[Site], teams: Sequence[Team], must_be_due: set[str], dice: Dice) -> list[Visit]:
    """Return all inspections; the sites whose ids are in `must_be_due` are due today and not yet taken care of."""
    visits: list[Visit] = []
    days_out = {team.area: _days_out(dice) for team in teams}
    for site in sites:
        team = teams[site.area]
        day = _last_day(site, days_out[team.area], site.id in must_be_due, dice)
        visits.append(Visit(dice.id(), site, team, day))
    visits += _second_visits(visits, days_out, dice)
    others = [visit for visit in dice.shuffled(visits[: len(sites)]) if visit.site.id not in must_be_due]
    visits += _no_access(others, dice)
    _schedule(visits, dice)
    visits += _ahead([visit for visit in others if _is_due(visit)], visits, dice)
    return sorted(visits, key=lambda visit: (visit.day, visit.started or 0, visit.site.row["code"]))


def _days_out(dice: Dice) -> list[date]:
    # Late days count more, since what is due today was mostly visited within a week.
    weights = np.linspace(0.6, 1.4, len(DAYS))
    chosen = dice.rng.choice(len(DAYS), size=DAYS_OUT, replace=False, p=weights / weights.sum())
    return [DAYS[index] for index in sorted(chosen)]


def _last_day(site: Site, days: list[date], must_be_due: bool, dice: Dice) -> date:
    lags = np.array([(day - TODAY).days + site.interval for day in days])
    weights = np.select(
        [lags < -3, lags < 0, lags <= 2],
        [DUE_WEIGHTS["long_overdue"], DUE_WEIGHTS["overdue"], DUE_WEIGHTS["due"]],
        DUE_WEIGHTS["later"],
    )
    if must_be_due:
        weights = np.where(lags <= 2, weights, 1e-9)
    return days[int(dice.rng.choice(len(days), p=weights / weights.sum()))]


def _is_due(visit: Visit) -> bool:
    return (visit.day - TODAY).days + visit.site.interval <= 2


def _second_visits(visits: Sequence[Visit], days_out: dict[int, list[date]], dice: Dice) -> list[Visit]:
    earlier: list[Visit] = []
    for visit in dice.shuffled(list(visits)):
        days = [day for day in days_out[visit.team.area] if (visit.day - day).days >= 2]
        if days and len(earlier) < TWICE:
            earlier.append(Visit(dice.id(), visit.site, visit.team, dice.pick(days)))
    return earlier


def _no_access(last: Sequence[Visit], dice: Dice) -> list[Visit]:
    """Return tries in vain: the day before today after all other visits, or the day before the last visit."""
    tries: list[Visit] = []
    for visit in last:
        now = len(tries) < NO_ACCESS_NOW
        if len(tries) == NO_ACCESS_NOW + NO_ACCESS_BEFORE:
            break
        day = DAYS[-1] if now else visit.day - timedelta(days=1)
        if day >= DAYS[0] and (not now or visit.day < day):
            tries.append(Visit(dice.id(), visit.site, visit.team, day, "no_access", ""))
    return tries


def _schedule(visits: Sequence[Visit], dice: Dice) -> None:
    """Give every visit its time, inside an opening time of its site, and its inspectors, one after another."""
    by_day: dict[tuple[date, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        by_day[visit.day, visit.team.area].append(visit)
    for (day, _), of_day in sorted(by_day.items()):
        crew = on_duty(of_day[0].team, day.isoformat(), dice)
        now = _FIRST_START + 300 * dice.whole(0, 8)
        for visit in sorted(of_day, key=_closing):
            stay = 60 * (8 if visit.state == "no_access" else visit.site.stay_min + 5 * dice.whole(-2, 3))
            visit.inspectors = crew
            stay = min(stay, _longest(visit.site) - 300)
            visit.started = _first_fit(visit.site, now, stay)
            visit.ended = visit.started + stay
            now = visit.ended + _BETWEEN_S + 300 * dice.whole(0, 6)


def _windows(site: Site) -> tuple[Window, ...]:
    return parse_windows(site.row["windows"]) or ((0, DAY),)


def _closing(visit: Visit) -> int:
    return _windows(visit.site)[-1][1]


def _longest(site: Site) -> int:
    return max(closes - opens for opens, closes in _windows(site))


def _first_fit(site: Site, now: int, stay: int) -> int:
    windows = _windows(site)
    for opens, closes in windows:
        start = max(now, opens + 300)
        if start + stay <= closes:
            return start
    # So late that it fits no more: the team came first thing instead.
    return windows[0][0] + 300


def _ahead(due: Sequence[Visit], visits: Sequence[Visit], dice: Dice) -> list[Visit]:
    """Return the inspection that is going on today, and those that are planned."""
    tried = {visit.site.id for visit in visits if visit.state == "no_access"}
    free = iter(visit for visit in due if visit.site.id not in tried and visit.site.kind == "community_committee")
    first = next(free)
    start = 8 * 3600 + 50 * 60
    going_on = Visit(dice.id(), first.site, first.team, TODAY, "in_progress", "", start)
    going_on.inspectors = on_duty(first.team, TODAY.isoformat(), dice)
    ahead = [going_on]
    for day, count in PLANNED:
        for _ in range(count):
            visit = next(free)
            ahead.append(Visit(dice.id(), visit.site, visit.team, date.fromisoformat(day), "planned", ""))
    return ahead


def clock(seconds: int | None) -> str:
    """Return a time of day as HH:MM, empty for none."""
    return "" if seconds is None else format_clock(seconds, wrap=True)
