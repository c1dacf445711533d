"""A stored plan as the panel shows it: routes with their stops, what is wrong with them, and what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.language import current, tr
from gui.fields import sentence

if TYPE_CHECKING:
    import pandas as pd

    from geo.planning.plans.locks import Lock
    from geo.store.tables import Tables

Faults = Mapping[str, Sequence[str]]
"""What breaks a rule, in words, by id of the site or, for the shift, of the team."""

Names = dict[str, str]
STOP_NUMBERS = ("arrive_s", "start_s", "leave_s", "leg_m", "leg_s")


@dataclass(frozen=True)
class StopRow:
    """One stop as the panel shows it."""

    stop: str
    site: str
    name: str
    arrive_s: int
    start_s: int
    leave_s: int
    leg_m: int
    leg_s: int
    lock: "Lock"
    state: str = ""
    """What became of it on the day, as the state of an inspection; empty if nothing yet."""


@dataclass(frozen=True)
class RouteRow:
    """One team's route as the panel shows it."""

    team: str
    name: str
    start_s: int
    end_s: int
    metres: int
    travel_s: int
    stops: tuple[StopRow, ...] = ()
    locked: bool = False

    def is_faulty(self, faults: Faults) -> bool:
        """Return whether the route or one of its stops breaks a rule."""
        return self.team in faults or any(stop.site in faults for stop in self.stops)


@dataclass(frozen=True)
class LeftOutRow:
    """One due site that is on no route, and why."""

    site: str
    name: str
    why: str


def plans(tables: "Tables") -> list[tuple[str, str]]:
    """Return the plans of a project, the latest first, each with what a reader sees."""
    ordered = tables.frame("plans").sort_values(["date", "version"], ascending=False)
    versions = zip(ordered.index, ordered["date"], ordered["version"], strict=True)
    return [(str(plan), tr("{day}, version {version}", day=day, version=version)) for plan, day, version in versions]


def routes(tables: "Tables", plan: str) -> list[RouteRow]:
    """Return the routes of a plan in the order of the teams; a team without a stop is listed too."""
    from geo.planning.plans.made import made

    teams, sites, states = names(tables.frame("teams")), names(tables.frame("sites")), made(tables, plan)
    stops: dict[str, list[StopRow]] = {}
    for stop in _of_plan(tables.frame("stops"), plan, "seq"):
        if stop["site"] in sites:
            stops.setdefault(stop["team"], []).append(_stop(stop, sites[stop["site"]], states))
    rows = {row["team"]: row for row in _of_plan(tables.frame("routes"), plan)}
    return [_route(rows[team], name, tuple(stops.get(team, ()))) for team, name in teams.items() if team in rows]


def left_out(tables: "Tables", plan: str) -> list[LeftOutRow]:
    """Return the due sites that a plan could not take, with the reason of each in words."""
    from geo.planning.plans.plan_json import detail_of

    sites, frame = names(tables.frame("sites")), tables.frame("left_out")
    return [
        LeftOutRow(row["site"], sites[row["site"]], sentence(detail_of(tables, row)))
        for _, row in frame[frame["plan"] == plan].iterrows()
        if row["site"] in sites
    ]


def names(frame: "pd.DataFrame") -> Names:
    """Return the names of all rows of a table in the window's language, by id; faster than row by row."""
    english = current() == "en"
    pairs = zip(frame.index, frame["name"], frame["name_en"], strict=True)
    return {str(row): (other or name) if english else (name or other) for row, name, other in pairs}


def _of_plan(frame: "pd.DataFrame", plan: str, order: str = "") -> list[dict[str, Any]]:
    mine = frame[frame["plan"] == plan]
    if order:
        mine = mine.sort_values(order)
    columns = [name for name in mine.columns if name != "geometry"]
    values = (mine[name].tolist() for name in columns)
    ids = map(str, mine.index)
    return [dict(zip(["id", *columns], row, strict=True)) for row in zip(ids, *values, strict=True)]


def _route(row: dict[str, Any], name: str, stops: tuple[StopRow, ...]) -> RouteRow:
    start, end, metres, travel = (int(row[column]) for column in ("start_s", "end_s", "metres", "travel_s"))
    return RouteRow(row["team"], name, start, end, metres, travel, stops, bool(row["locked"]))


def _stop(row: dict[str, Any], name: str, states: Mapping[str, str]) -> StopRow:
    from geo.planning.plans.locks import lock_of

    arrive, start, leave, metres, seconds = (int(row[column]) for column in STOP_NUMBERS)
    lock = lock_of(row["locked"], row["lock_place"])
    return StopRow(
        row["id"], row["site"], name, arrive, start, leave, metres, seconds, lock, states.get(row["site"], "")
    )
