"""A day's plan in a project: from the sites that are due and the teams on duty to the rows of a plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.language import tr
from geo.planning.engine import solver
from geo.planning.office import intake, staff, ways
from geo.planning.plans import granted, stored_rules
from geo.planning.plans.wish import Wish
from geo.planning.problem import Problem, Visit
from geo.planning.reasons import explain
from geo.planning.reasons.changes import as_text as changes_text
from geo.planning.schedule import TimedRoute
from geo.planning.search import Watch
from geo.planning.together import time_routes
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE, Router
from geo.store.edits import Edit, RowChange, edit, insert, new_id
from geo.store.tables import Tables

FEW_CHANGES_S = 1800
"""How many seconds of travel a stop must save to change its team where a plan is to change as little as possible."""


def make_plan(tables: Tables, wish: Wish, *, watch: Watch | None = None, report: Report = silent) -> Edit:
    """Plan a day as wished and return the edit that adds the plan; nothing is written.

    Every site is a stop of one route or a row of ``left_out`` with its reason. An earlier plan of the day stays
    in the project; the new one has the next version.

    Parameters
    ----------
    tables
        A snapshot of the project.
    wish
        What to plan.
    watch
        Told of each better plan, and able to end the search with the best one.
    report
        Told of the progress; may raise `Cancelled`.

    Raises
    ------
    XunluError
        If there is nothing to visit, no team goes, or there are no streets to travel on.
    """
    day = wish.day
    crews, staying = intake.going(tables, day, wish.teams)
    sites = intake.wanted_sites(tables, day) if wish.sites is None else list(wish.sites)
    if wish.present is not None:
        sites = list(dict.fromkeys([*sites, *intake.locked_sites(tables, wish.present)]))
    if not sites:
        raise XunluError(tr("No site is due on {day}.", day=day), tr("Choose a later day."))
    if not crews:
        raise _nobody(tables, day, staying)
    router = ways.router(tables, day, wish.mode, part(report, 0.0, 0.1))
    problem = intake.problem_of(tables, day, sites, crews, router, part(report, 0.1, 0.2), wish.present)
    places = intake.places_of(tables, sites, crews)
    problem, places = granted.under(problem, places, granted.inherited(tables, wish.present, day))
    problem = _with_wishes(problem, wish)
    if watch is not None:
        watch.begins(problem, places)
    found = solver.solve(
        problem,
        seconds=wish.seconds,
        iterations=wish.iterations,
        seed=wish.seed,
        start=None if wish.present is None else intake.placed(problem, tables, wish.present).routes,
        watch=watch,
        report=part(report, 0.2, 0.9),
    )
    changes = plan_changes(tables, wish, problem, found.routes, places, router, part(report, 0.9, 1.0))
    report(1.0, tr("The plan is ready."))
    return edit(tr("Plan {day}", day=day), changes)


def plan_changes(
    tables: Tables,
    wish: Wish,
    problem: Problem,
    routes: Sequence[Sequence[int]],
    places: NDArray[np.float64],
    router: Router,
    report: Report = silent,
    **columns: object,
) -> list[RowChange]:
    """Return the rows of a plan with some routes: the plan, its routes and stops, and who is left out and why.

    Parameters
    ----------
    tables, wish
        The project, and what was wished.
    problem, routes
        What was planned, and for each crew the indices of its visits.
    places, router
        Where the places of the problem are, in degrees, and who knows the way between them.
    report
        Told of the progress; may raise `Cancelled`.
    columns
        What else the row of the plan says.
    """
    plan = _plan_row(tables, wish, problem, **columns)
    changes = [plan, *_left_out_rows(plan.id, problem, explain.explain(problem, routes, report=report))]
    for crew, timed in enumerate(time_routes(problem, routes)):
        own = ways.of_crew(tables, wish.day, problem.crews[crew].mode, router)
        line = route_line(problem, crew, routes[crew], places, own)
        changes += _route_rows(plan.id, problem, crew, routes[crew], timed, line)
    return changes


def _with_wishes(problem: Problem, wish: Wish) -> Problem:
    """Return a problem with what is wished for this plan alone."""
    rules = problem.rules
    if wish.aim is not None:
        rules = replace(rules, aim=wish.aim)
    if wish.few_changes:
        rules = replace(rules, move_s=max(rules.move_s, FEW_CHANGES_S))
    return replace(problem, rules=rules)


def current_plan(tables: Tables, day: date) -> str | None:
    """Return the id of the newest plan of a day; None if there is none."""
    plans = tables.frame("plans")
    plans = plans[plans["date"] == day.isoformat()]
    # Two people may have planned at the same time and given the same version.
    return None if plans.empty else str(plans.sort_values(["version", "created_at"]).index[-1])


def _nobody(tables: Tables, day: date, staying: Mapping[str, int]) -> XunluError:
    """Return the error for a day on which no team goes."""
    if not staying:
        return XunluError(tr("No team is on duty on {day}.", day=day), tr("Mark the teams that go as on duty."))
    least = intake.rules_of(tables).least_inspectors
    said = [staff.stays(tables, team, count, least) for team, count in staying.items()]
    return XunluError(
        tr("No team can go on {day}.", day=day) + " " + " ".join(said[:3]),
        tr("Look at who is away, or at the rules of the plan."),
    )


def _plan_row(tables: Tables, wish: Wish, problem: Problem, **columns: object) -> RowChange:
    plans = tables.frame("plans")
    versions = plans.loc[plans["date"] == wish.day.isoformat(), "version"]
    return insert(
        "plans",
        id=new_id(),
        title=tr("Plan {day}", day=wish.day),
        date=wish.day.isoformat(),
        mode=wish.mode.value,
        seed=wish.seed,
        effort=wish.effort,
        version=int(versions.max()) + 1 if len(versions) else 1,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        aim=problem.rules.aim.value,
        rules=stored_rules.written(tables, wish.day, wish.teams, wish.present),
        **columns,
    )


def _left_out_rows(plan: str, problem: Problem, left_out: dict[int, explain.Why]) -> Iterable[RowChange]:
    for visit, why in left_out.items():
        yield insert(
            "left_out",
            plan=plan,
            site=problem.visits[visit].id,
            reason=why.reason.value,
            minutes=why.minutes,
            subject=why.subject,
            changes=changes_text(why.changes),
        )


def route_line(
    problem: Problem, crew: int, stops: Sequence[int], places: NDArray[np.float64], router: Router
) -> shapely.LineString | None:
    """Return the way of a crew from its start through its stops to its end, in degrees; None if there is none.

    A day that begins or ends at any site has no way from or to elsewhere.

    A stop without a way to it is passed over: nothing is drawn where there is no street.
    """
    who, end, seconds = problem.crews[crew], problem.end(crew), problem.travel(crew).seconds
    path = [] if who.free_start else [problem.start(crew)]
    for stop in stops:
        there = not path or seconds[path[-1], stop] != UNREACHABLE
        if there and (who.free_end or seconds[stop, end] != UNREACHABLE):
            path.append(stop)
    if len(path) == (not who.free_start):
        return None
    path += [] if who.free_end else [end]
    return router.route(places[path]).line if len(path) > 1 else None


def route_values(timed: TimedRoute, line: shapely.LineString | None) -> dict[str, object]:
    """Return the columns of a route that follow from its times and its way."""
    return {
        "start_s": timed.start_s,
        "end_s": timed.end_s,
        "metres": timed.metres,
        "travel_s": timed.travel_s,
        "geometry": line,
    }


def stop_values(timed: TimedRoute, place: int) -> dict[str, object]:
    """Return the columns of a stop that follow from its place, counted from 0, on a route with times."""
    stop = timed.stops[place]
    return {
        "seq": place + 1,
        "arrive_s": stop.arrive_s,
        "start_s": stop.start_s,
        "leave_s": stop.leave_s,
        "leg_m": stop.leg_m,
        "leg_s": stop.leg_s,
    }


def _route_rows(
    plan: str, problem: Problem, crew: int, stops: Sequence[int], timed: TimedRoute, line: shapely.LineString | None
) -> list[RowChange]:
    team = problem.crews[crew].id
    route = insert("routes", plan=plan, team=team, locked=crew in problem.locked, **route_values(timed, line))
    return [
        route,
        *(
            insert(
                "stops",
                plan=plan,
                team=team,
                site=problem.visits[stop].id,
                **_locks(problem.visits[stop], team),
                **stop_values(timed, place),
            )
            for place, stop in enumerate(stops)
        ),
    ]


def _locks(visit: Visit, team: str) -> dict[str, object]:
    """Return the columns of a stop that say what it is locked to."""
    return {"locked": visit.locked, "lock_place": visit.place} if visit.crew == team else {}
