"""What breaks a rule in a stored plan, in words, beside the stop or the team that it concerns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from geo.language import Language, tr
from geo.model import Mode
from geo.planning.office import intake, ways
from geo.planning.plans.pauses import lacks_pause
from geo.planning.plans.stored import Still, day_of, stored_plan, stored_times
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute, day_violations, stop_violations
from geo.planning.together import between
from geo.planning.violations import Violation
from geo.progress import Report, silent
from geo.store.tables import Tables

Marks = dict[str, list[str]]
"""What breaks a rule, in words, by id of the site or, for the shift, of the team."""


def marks(tables: Tables, plan: str, lang: Language | None = None, *, report: Report = silent) -> Marks:
    """Return what breaks a rule in a plan as it stands, in words.

    Times are those stored with the plan, the rules those of now: what has changed since shows.

    Returns
    -------
    dict
        By id of the site what concerns a stop, by id of the team what concerns its whole route.
    """
    day, mode = day_of(tables, plan)
    stored = stored_plan(tables, plan, Still(mode), report=report)
    problem, timed = stored.problem, stored_times(tables, stored)
    problem = _as_stored(problem, stored.routes, timed)
    found: Marks = {}
    apart = between(problem, stored.routes, timed)
    for crew, route in enumerate(stored.routes):
        who = problem.crews[crew]
        for violation in [*_violations(problem, crew, route, timed[crew]), *apart.get(crew, ())]:
            about = problem.visits[route[violation.stop]].id if violation.stop < len(route) else who.id
            found.setdefault(about, []).append(violation.text(lang))
        if route and timed[crew].start_s < who.shift[0] and not who.free_start:
            early = -(-(who.shift[0] - timed[crew].start_s) // 60)
            found.setdefault(who.id, []).append(tr("leaves {minutes} min before the shift begins", lang, minutes=early))
    for site in _without_way(tables, day, mode, _stops(tables, plan), report):
        found.setdefault(site, []).append(Violation("unreachable", 0, 0).text(lang))
    return found


def _as_stored(problem: Problem, routes: Sequence[Sequence[int]], timed: Sequence[TimedRoute]) -> Problem:
    """Return a problem whose visits take as long as they were planned to."""
    visits = list(problem.visits)
    for route, times in zip(routes, timed, strict=True):
        for stop, at in zip(route, times.stops, strict=True):
            visits[stop] = replace(visits[stop], service_s=at.leave_s - at.start_s)
    return replace(problem, visits=tuple(visits))


def _violations(problem: Problem, crew: int, route: Sequence[int], timed: TimedRoute) -> list[Violation]:
    found, who, count = [], problem.crews[crew], len(route)
    for place, (stop, times) in enumerate(zip(route, timed.stops, strict=True)):
        found += stop_violations(problem, crew, place, stop, times, timed.end_s, count)
    if lacks_pause(problem, crew, route, timed):
        found.append(Violation("break", count, 0))
    return [*found, *day_violations(who, count, timed.end_s, timed.metres, timed.travel_s)]


def _stops(tables: Tables, plan: str) -> pd.DataFrame:
    stops = tables.frame("stops")
    return stops[stops["plan"] == plan]


def _without_way(tables: Tables, day: date, mode: Mode, stops: pd.DataFrame, report: Report) -> list[str]:
    """Return the sites of stops that no way leads to from the base.

    A leg without a way is stored as one of no metres. Neighbours at one place have such legs too, so the router is
    asked, but only about the teams that have one.
    """
    teams = stops.loc[(stops["leg_m"] == 0).to_numpy(dtype=bool), "team"].unique().tolist()
    if not teams:
        return []
    router = ways.router(tables, day, mode, report)
    found: list[str] = []
    for team in teams:
        mine = stops[(stops["team"] == team) & (stops["leg_m"] == 0)]["site"].tolist()
        problem = intake.problem_of(tables, day, mine, [team], router)
        found += [mine[visit] for visit in np.arange(len(mine)) if not problem.reachable(0, int(visit))]
    return found
