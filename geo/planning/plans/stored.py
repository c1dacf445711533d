"""A plan as it is stored, as a problem with its routes and locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.model import Mode
from geo.planning.office import intake
from geo.planning.plans import granted
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute, TimedStop
from geo.planning.search import Routes
from geo.progress import Report, silent
from geo.roads.routing import Matrix, Route, Router
from geo.store.tables import Tables

CHANGED_BY_HAND = frozenset({"routes", "stops", "left_out"})
"""The tables that a change of a plan by hand touches; a problem is made from the others, but for its locks."""


@dataclass(frozen=True)
class StoredPlan:
    """A stored plan.

    Attributes
    ----------
    plan
        Its id.
    problem
        Its sites, those left out as well, and its teams, with all rules and locks as they are now, and what it alone
        was granted.
    routes
        For each crew the indices of its visits in order.
    rows
        For each visit the id of its row in ``stops``, empty for one that is on no route.
    places
        Where visits and crews are, in degrees, in the order of the matrix.
    """

    plan: str
    problem: Problem
    routes: Routes
    rows: tuple[str, ...]
    places: NDArray[np.float64]


@dataclass(frozen=True)
class Still:
    """A router for whom everything is at one place: for what does not hang on travel."""

    mode: Mode

    def matrix(self, lonlat: NDArray[np.float64], report: Report = silent) -> Matrix:  # noqa: ARG002  as routers are
        """Return that nothing takes time."""
        nothing = np.zeros((len(lonlat), len(lonlat)), dtype=np.int64)
        return Matrix(nothing, nothing)

    def route(self, lonlat: NDArray[np.float64]) -> Route:
        """Return the straight lines from point to point, along which nothing takes time."""
        legs = len(lonlat) - 1
        lines = tuple(shapely.LineString(lonlat[leg : leg + 2]) for leg in range(legs))
        return Route(shapely.LineString(lonlat), (0,) * legs, (0,) * legs, lines)

    def snap(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return that every point is on a street."""
        return np.zeros(len(lonlat))


def day_of(tables: Tables, plan: str) -> tuple[date, Mode]:
    """Return the day of a plan and how its teams travel."""
    row = tables.row("plans", plan)
    return date.fromisoformat(row["date"]), Mode(row["mode"])


def stored_plan(
    tables: Tables,
    plan: str,
    router: Router,
    *,
    sites: Sequence[str] = (),
    teams: Sequence[str] = (),
    report: Report = silent,
) -> StoredPlan:
    """Return a plan with the travel between its places.

    Parameters
    ----------
    tables, plan
        A snapshot of the project, and the id of the plan.
    router
        The way on the streets.
    sites, teams
        Ids of sites and teams besides those of the plan.

    Raises
    ------
    XunluError
        If the rows of a team or a site cannot be read.
    """
    stored, left, there = intake.stops_of(tables, plan), tables.frame("left_out"), tables.frame("sites").index
    left_out = left.loc[left["plan"] == plan, "site"]
    # In an order that does not hang on that of the routes: the travel stays the same when a stop is moved.
    wanted = sorted({site for stops in stored.values() for site in stops}.union(left_out, sites))
    wanted = [site for site in wanted if site in there]
    crews = list(dict.fromkeys([*sorted(stored), *teams]))
    problem, places = _asked(tables, day_of(tables, plan)[0], wanted, crews, router, report)
    problem, places = granted.under(problem, places, granted.granted(tables, plan))
    found = intake.placed(problem, tables, plan)
    return StoredPlan(plan, found.problem, found.routes, found.rows, places)


@dataclass(frozen=True)
class _Asked:
    """A problem that was asked for, and what it was made from."""

    frames: dict[str, pd.DataFrame]
    made_from: tuple[date, list[str], list[str], Router]
    problem: Problem
    places: NDArray[np.float64]


_last: list[_Asked] = []


def _asked(
    tables: Tables, day: date, sites: list[str], teams: list[str], router: Router, report: Report
) -> tuple[Problem, NDArray[np.float64]]:
    """Return the problem of visiting sites with teams, without locks; the last two stay ready."""
    frames = {name: frame for name, frame in tables.held().items() if name not in CHANGED_BY_HAND}
    made_from = day, sites, teams, router
    for kept in _last:
        same = kept.frames.keys() == frames.keys() and all(kept.frames[name] is frames[name] for name in frames)
        if same and kept.made_from == made_from:
            return kept.problem, kept.places
    problem = intake.problem_of(tables, day, sites, teams, router, report)
    places = intake.places_of(tables, sites, teams)
    _last[:] = [_Asked(frames, made_from, problem, places), *_last[:1]]
    return problem, places


def stored_times(tables: Tables, stored: StoredPlan) -> list[TimedRoute]:
    """Return the times that are stored of each route of a plan, without what in them breaks a rule."""
    routes, stops = tables.frame("routes"), tables.frame("stops")
    routes = routes[routes["plan"] == stored.plan]
    columns = ["arrive_s", "start_s", "leave_s", "leg_s", "leg_m"]
    timed = []
    for crew, route in zip(stored.problem.crews, stored.routes, strict=True):
        rows = stops.loc[[stored.rows[stop] for stop in route], columns].astype(int).to_numpy().tolist()
        own = routes[routes["team"] == crew.id]
        numbers = [int(own[name].iloc[0]) if len(own) else 0 for name in ("start_s", "end_s", "metres", "travel_s")]
        start, end, metres, travel = numbers
        times = tuple(TimedStop(*row) for row in rows)
        legs, ways = sum(stop.leg_s for stop in times), sum(stop.leg_m for stop in times)
        timed.append(TimedRoute(start, end, metres, travel, travel - legs, metres - ways, times, ()))
    return timed
