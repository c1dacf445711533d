"""A day's plan in a project: from the sites that are due and the teams on duty to the rows of a plan."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.inspection.absence import on_duty
from geo.inspection.status import due_sites
from geo.language import tr
from geo.model import Mode
from geo.planning import explain, intake, solver, ways
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE, Router
from geo.store.edits import Edit, RowChange, edit, insert, new_id
from geo.store.tables import Tables


def make_plan(
    tables: Tables,
    day: date,
    mode: Mode = Mode.CAR,
    teams: Sequence[str] | None = None,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 1,
    report: Report = silent,
) -> Edit:
    """Plan the due sites of a day and return the edit that adds the plan; nothing is written.

    Every due site is a stop of one route or a row of ``left_out`` with its reason. An earlier plan of the day stays
    in the project; the new one has the next version.

    Parameters
    ----------
    tables
        A snapshot of the project.
    day, mode, teams
        What to plan: the day, how teams travel, and the ids of the teams that go (all on duty if None).
    seconds, iterations, seed
        How long to search; see `geo.planning.solver.solve`.
    report
        Told of the progress; may raise `Cancelled`.

    Raises
    ------
    XunluError
        If nothing is due, no team is on duty, or there are no streets to travel on.
    """
    crews = on_duty(tables, day) if teams is None else list(teams)
    sites = due_sites(tables, day)
    if not sites:
        raise XunluError(tr("No site is due on {day}.", day=day), tr("Choose a later day."))
    if not crews:
        raise XunluError(tr("No team is on duty on {day}.", day=day), tr("Mark the teams that go as on duty."))
    router = ways.router(tables, day, mode, part(report, 0.0, 0.1))
    problem = intake.problem_of(tables, day, sites, crews, router, part(report, 0.1, 0.2))
    searched = solver.solve(problem, seconds=seconds, iterations=iterations, seed=seed, report=part(report, 0.2, 0.98))
    effort = f"{seconds:g} s" if iterations is None else f"{iterations} iterations"
    plan = _plan_row(tables, day, mode, seed, effort)
    changes = [plan, *_left_out_rows(plan.id, problem, explain.explain(problem, searched.routes))]
    places = intake.places_of(tables, sites, crews)
    for crew, timed in enumerate(searched.timed(problem)):
        line = route_line(problem, crew, searched.routes[crew], places, router)
        changes += _route_rows(plan.id, problem, crew, searched.routes[crew], timed, line)
    report(1.0, tr("The plan is ready."))
    return edit(tr("Plan {day}", day=day), changes)


def current_plan(tables: Tables, day: date) -> str | None:
    """Return the id of the newest plan of a day; None if there is none."""
    plans = tables.frame("plans")
    plans = plans[plans["date"] == day.isoformat()]
    # Two people may have planned at the same time and given the same version.
    return None if plans.empty else str(plans.sort_values(["version", "created_at"]).index[-1])


def _plan_row(tables: Tables, day: date, mode: Mode, seed: int, effort: str) -> RowChange:
    plans = tables.frame("plans")
    versions = plans.loc[plans["date"] == day.isoformat(), "version"]
    return insert(
        "plans",
        id=new_id(),
        title=tr("Plan {day}", day=day),
        date=day.isoformat(),
        mode=mode.value,
        seed=seed,
        effort=effort,
        version=int(versions.max()) + 1 if len(versions) else 1,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
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
        )


def route_line(
    problem: Problem, crew: int, stops: Sequence[int], places: NDArray[np.float64], router: Router
) -> shapely.LineString | None:
    """Return the way of a crew from its base through its stops and back, in degrees; None if there is none.

    A stop without a way to it is passed over: nothing is drawn where there is no street.
    """
    base = problem.start(crew)
    path = [base]
    for stop in stops:
        if UNREACHABLE not in (problem.matrix.seconds[path[-1], stop], problem.matrix.seconds[stop, base]):
            path.append(stop)
    return router.route(places[[*path, base]]).line if len(path) > 1 else None


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
    route = insert("routes", plan=plan, team=team, **route_values(timed, line))
    return [
        route,
        *(
            insert("stops", plan=plan, team=team, site=problem.visits[stop].id, **stop_values(timed, place))
            for place, stop in enumerate(stops)
        ),
    ]
