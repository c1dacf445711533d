"""Several days planned at once: each site on its best day, not after it is due, with even days and little travel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.inspection.status import gather
from geo.language import tr
from geo.planning.engine import solver
from geo.planning.office import intake, ways
from geo.planning.plans import crew_days
from geo.planning.plans.day import plan_changes
from geo.planning.plans.spread import SLACK, even_loads, spread
from geo.planning.plans.wish import Days, Wish
from geo.planning.problem import Problem
from geo.progress import Report, part, silent
from geo.projection import to_mercator
from geo.roads.routing import Router
from geo.store.edits import Edit, RowChange, edit, new_id
from geo.store.tables import Tables

TOGETHER_MOST = 60_000
"""Up to so many visits times crews and days all days are searched as one problem; beyond, day by day only."""

TRAVEL_S = 600
"""What a visit is counted for travel where the work of days is evened out."""

SPARE_STOPS = 2
"""How many stops more than its even share, rounded up, a team may have on a day, as sites are not spread evenly."""

Bools = NDArray[np.bool_]


@dataclass
class _Work:
    """What is known of the days: sites, teams and problem of each, and which visit may be made when."""

    tables: Tables
    wish: Days
    days: tuple[date, ...]
    sites: list[str]
    teams: list[list[str]]
    routers: list[Router] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plan_days(tables: Tables, wish: Days, report: Report = silent) -> Edit:
    """Plan several days and return the edit that adds a plan for each; nothing is written.

    A site is visited on a day up to the one it is due on; one that is overdue on the first, and what finds no time
    there on the next. Every site is on a route of one day or left out of the last with its reason. The plans share the
    id in their column ``horizon``.

    Parameters
    ----------
    tables
        A snapshot of the project.
    wish
        What is wanted.
    report
        Told of the progress; may raise `Cancelled`.

    Raises
    ------
    XunluError
        If nothing is due, no team goes on any day, or there are no streets to travel on.
    """
    work = _gathered(tables, wish, part(report, 0.0, 0.2))
    latest = latest_days(tables, work.days, [visit.id for visit in work.problems[0].visits])
    routes = _routes(work, _allowed(work, latest), part(report, 0.2, 0.6))
    given = {site for day in routes for route in day for site in route}
    waiting = [site for site in work.sites if site not in given]
    changes: list[RowChange] = []
    horizon, share = new_id(), 0.4 / len(work.days)
    for number in range(len(work.days)):
        told = part(report, 0.6 + number * share, 0.6 + (number + 1) * share)
        made, waiting = _day(work, number, routes[number], waiting, horizon, told)
        changes += made
    report(1.0, tr("The plans are ready."))
    return edit(tr("Plan {first} to {last}", first=wish.days[0], last=wish.days[-1]), changes)


def pool_of(tables: Tables, days: Sequence[date]) -> list[str]:
    """Return the ids of the sites that are to be visited on any of some days."""
    return list(dict.fromkeys(site for day in days for site in intake.wanted_sites(tables, day)))


def latest_days(tables: Tables, days: Sequence[date], sites: Sequence[str]) -> NDArray[np.int64]:
    """Return the last day on which each site is not overdue, as a number from 0; the first for one that is by then."""
    due = gather(tables, np.datetime64(days[0], "D")).due
    numbers = tables.frame("sites").index.get_indexer(pd.Index(list(sites)))
    last = np.searchsorted(np.array(days, dtype="datetime64[D]"), due[numbers], side="right") - 1
    # What is never due must be visited for another reason, at any time.
    last = np.where(np.isnat(due[numbers]), len(days) - 1, last)
    return np.clip(last, 0, len(days) - 1).astype(np.int64)


def _gathered(tables: Tables, wish: Days, report: Report) -> _Work:
    sites = pool_of(tables, wish.days)
    if not sites:
        raise XunluError(
            tr("No site is due from {first} to {last}.", first=wish.days[0], last=wish.days[-1]),
            tr("Choose later days."),
        )
    teams = {day: intake.going(tables, day, wish.teams)[0] for day in wish.days}
    days = tuple(day for day in wish.days if teams[day])
    if not days:
        raise XunluError(
            tr("No team is on duty from {first} to {last}.", first=wish.days[0], last=wish.days[-1]),
            tr("Mark the teams that go as on duty."),
        )
    work = _Work(tables, wish, days, sites, [teams[day] for day in days])
    for number, day in enumerate(days):
        told = part(report, number / len(days), (number + 1) / len(days))
        router = ways.router(tables, day, wish.mode, part(told, 0.0, 0.5))
        work.routers.append(router)
        work.problems.append(intake.problem_of(tables, day, sites, teams[day], router, part(told, 0.5, 1.0)))
    return work


def _allowed(work: _Work, latest: NDArray[np.int64]) -> Bools:
    """Return which visit may be made on which day."""
    days = work.days
    allowed = np.arange(len(days))[np.newaxis, :] <= latest[:, np.newaxis]
    must = work.tables.frame("sites")["must_visit"].to_dict()
    for number, visit in enumerate(work.problems[0].visits):
        fixed = [place for place, day in enumerate(days) if day.isoformat() == must.get(visit.id)]
        if fixed:
            allowed[number] = np.isin(np.arange(len(days)), fixed)
    # Where nobody goes, or on a closed day, nothing is to wait.
    can = np.array([[_can(problem, number) for problem in work.problems] for number in range(len(allowed))])
    return np.where((allowed & can).any(axis=1, keepdims=True), allowed & can, can)


def _can(problem: Problem, visit: int) -> bool:
    one = problem.visits[visit]
    return bool(problem.crews) and not one.closure and not one.unreadable and bool(one.starts)


def _routes(work: _Work, allowed: Bools, report: Report) -> list[list[list[str]]]:
    """Return for each day and team the sites that are to be visited; one list for all teams if it does not matter."""
    problems, wish = work.problems, work.wish
    visits, crews = problems[0].visits, [len(problem.crews) for problem in problems]
    minutes = np.array([visit.service_s + TRAVEL_S for visit in visits], dtype=np.float64)
    last = np.where(allowed.any(axis=1), allowed.shape[1] - 1 - np.argmax(allowed[:, ::-1], axis=1), 0)
    loads = even_loads(minutes, last, crews) if wish.even else np.full(len(problems), minutes.sum())
    if not wish.together or sum(crews) * len(visits) > TOGETHER_MOST:
        places = intake.places_of(work.tables, work.sites, work.teams[0])[: len(visits)]
        on = spread(to_mercator(places), minutes, allowed, loads)
        return [[[visits[number].id for number in np.flatnonzero(on == day)]] for day in range(len(problems))]
    joined = crew_days.joined(problems, allowed)
    if wish.even:
        joined = _capped(joined, crews, loads / minutes.mean())
    found = solver.solve(joined, seconds=wish.seconds * 0.5, iterations=wish.iterations, seed=wish.seed, report=report)
    return [[[visits[v].id for v in route] for route in day] for day in crew_days.split(problems, found.routes)]


def _capped(joined: Problem, crews: Sequence[int], stops: NDArray[np.float64]) -> Problem:
    """Return a joined problem whose crews have at most about their even share of the stops of each day."""
    caps = [
        math.ceil(of_day / count * SLACK) + SPARE_STOPS
        for count, of_day in zip(crews, stops.tolist(), strict=True)
        for _ in range(count)
    ]
    pairs = zip(joined.crews, caps, strict=True)
    least = (replace(crew, most_stops=min(cap, crew.most_stops or cap)) for crew, cap in pairs)
    return replace(joined, crews=tuple(least))


def _day(
    work: _Work, number: int, routes: Sequence[Sequence[str]], waiting: Sequence[str], horizon: str, report: Report
) -> tuple[list[RowChange], list[str]]:
    """Return the rows of a day's plan, and the ids of the sites that wait for the next day."""
    wish, tables, day = work.wish, work.tables, work.days[number]
    teams, router = work.teams[number], work.routers[number]
    sites = list(dict.fromkeys([*(site for route in routes for site in route), *waiting]))
    if not sites:
        return [], []
    problem = intake.problem_of(tables, day, sites, teams, router, part(report, 0.0, 0.1))
    start = _numbered(problem, routes) if len(routes) == len(teams) else None
    seconds = wish.seconds * (0.5 if start else 1.0) / len(work.days)
    found = solver.solve(
        problem, seconds=seconds, iterations=wish.iterations, seed=wish.seed, start=start, report=part(report, 0.1, 0.9)
    )
    waits = [] if number == len(work.days) - 1 else list(dict.fromkeys(problem.visits[v].id for v in found.left_out))
    stops = [[problem.visits[visit].id for visit in route] for route in found.routes]
    if waits:
        # Two teams that come together both wait.
        sites = [site for site in sites if site not in set(waits)]
        if not sites:
            return [], waits
        problem = intake.problem_of(tables, day, sites, teams, router, part(report, 0.9, 1.0))
        stops = [[site for site in route if site not in set(waits)] for route in stops]
    noted = Wish(
        day, wish.mode, wish.teams, tuple(sites), seconds=wish.seconds, iterations=wish.iterations, seed=wish.seed
    )
    places = intake.places_of(tables, sites, teams)
    return plan_changes(tables, noted, problem, _numbered(problem, stops), places, router, horizon=horizon), waits


def _numbered(problem: Problem, routes: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return routes of site ids by the numbers of the visits of a problem; two teams at a site have one visit each."""
    numbers: dict[str, list[int]] = {}
    for number, visit in enumerate(problem.visits):
        numbers.setdefault(visit.id, []).append(number)
    return [[numbers[site].pop(0) for site in route if numbers.get(site)] for route in routes]
