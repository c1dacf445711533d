"""Changes to a plan while its day goes on: what was done stays as it was, the rest is planned from where teams are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import shapely

from geo.errors import XunluError
from geo.hours import format_clock
from geo.language import tr
from geo.planning.byhand.desk import open_desk
from geo.planning.byhand.moment import Moment
from geo.planning.byhand.standing import Standing, standing
from geo.planning.engine import solver
from geo.planning.plans.day import FEW_CHANGES_S
from geo.planning.plans.wish import Wish
from geo.planning.problem import Problem
from geo.planning.reasons import explain
from geo.planning.reasons.changes import as_text
from geo.planning.reasons.trial import prices
from geo.planning.reasons.why import Price, priced
from geo.planning.schedule import TimedRoute
from geo.planning.search import Routes, Watch
from geo.planning.together import time_routes
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE
from geo.store.edits import Edit, RowChange, delete, edit, insert, new_id, update
from geo.store.tables import Tables


@dataclass(frozen=True)
class Outcome:
    """What a change of a plan on its day comes to.

    Attributes
    ----------
    edit
        The change.
    frozen, moved, left_out
        How many stops stay as they were made, how many have another team now, and how many sites are on no route.
    """

    edit: Edit
    frozen: int
    moved: int
    left_out: int


def replan(
    tables: Tables,
    plan: str,
    moment: Moment,
    wish: Wish,
    *,
    watch: Watch | None = None,
    report: Report = silent,
) -> Outcome:
    """Plan what is left of a day anew and return the edit that adds the result as the next version of the plan.

    A new version, because sheets of the old one are out with the teams: both can be compared, and what changed printed.

    Parameters
    ----------
    tables, plan, moment
        A snapshot of the project, the id of the plan, and the moment.
    wish
        How long to search, and whether a stop changes its team only for a large gain.
    watch
        Told of each better plan, and able to end the search with the best one.
    """
    desk = open_desk(tables, plan, report=part(report, 0.0, 0.2))
    now = standing(tables, desk, moment.now_s, as_planned=moment.as_planned)
    rest = now.rest
    if wish.few_changes:
        rest = replace(rest, rules=replace(rest.rules, move_s=max(rest.rules.move_s, FEW_CHANGES_S)))
    present = tuple(rest.crews[number].id for number in range(len(rest.crews)))
    visits = tuple(
        replace(visit, crew=next((present[crew] for crew, route in enumerate(now.left) if number in route), ""))
        for number, visit in enumerate(rest.visits)
    )
    rest = replace(rest, visits=visits)
    if watch is not None:
        watch.begins(rest, now.places, made=len(now.made))
    found = solver.solve(
        rest,
        seconds=wish.seconds,
        iterations=wish.iterations,
        seed=wish.seed,
        start=now.left,
        watch=watch,
        report=part(report, 0.2, 0.95),
    )
    title = tr("Replan from {time} on", time=format_clock(moment.now_s, wrap=True))
    changes = _new_version(tables, now, found.routes, title)
    return _outcome(now, found.routes, edit(title, changes))


def urgent_prices(tables: Tables, plan: str, site: str, moment: Moment, *, report: Report = silent) -> list[Price]:
    """Return what an urgent site would cost with each team from now on, the best first.

    `Price.position` counts the stops before it that are still to be made.

    Parameters
    ----------
    tables, plan, site, moment
        A snapshot of the project, the id of the plan and of any site, and the moment.
    """
    desk = open_desk(tables, plan, sites=[site], report=part(report, 0.0, 0.8))
    now = standing(tables, desk, moment.now_s, as_planned=moment.as_planned)
    visit = desk.visits([site])[0]
    if visit in now.made:
        return []
    return [priced(now.rest, trial) for trial in prices(now.rest, now.left, visit)]


def insert_urgent(
    tables: Tables, plan: str, site: str, team: str, moment: Moment, *, report: Report = silent
) -> Outcome:
    """Return the edit that puts a site at the best place of what is left of a team's route, in the plan as it is.

    In place, as a change by hand is: all others keep what they have on paper.

    Raises
    ------
    XunluError
        If the team cannot get there, or the site is visited already.
    """
    desk = open_desk(tables, plan, sites=[site], teams=[team], report=part(report, 0.0, 0.8))
    now = standing(tables, desk, moment.now_s, as_planned=moment.as_planned)
    visit, crew = desk.visits([site])[0], desk.crew(team)
    name = desk.problem.visits[visit].name
    if visit in now.made:
        raise XunluError(tr("“{site}” has been visited today.", site=name), tr("Choose another site."))
    best = next((trial for trial in prices(now.rest, now.left, visit) if trial.crew == crew), None)
    if best is None:
        raise XunluError(
            tr("{team} cannot get to “{site}” by road.", team=desk.problem.crews[crew].name, site=name),
            tr("Choose another team."),
        )
    routes = [tuple(stop for stop in route if stop != visit) for route in now.left]
    routes[crew] = (*routes[crew][: best.position], visit, *routes[crew][best.position :])
    title = tr("Insert “{site}” for {team}", site=name, team=desk.problem.crews[crew].name)
    return _outcome(now, routes, edit(title, _in_place(tables, now, routes)))


def drop_out(tables: Tables, plan: str, team: str, moment: Moment, *, report: Report = silent) -> Outcome:
    """Return the edit that gives the stops of a team that drops out to others, where they fit; the rest stays.

    What a team has made stays with it. What fits nowhere is left out, with the reason.
    """
    desk = open_desk(tables, plan, report=part(report, 0.0, 0.6))
    now = standing(tables, desk, moment.now_s, as_planned=moment.as_planned, absent=[team])
    crew = desk.crew(team)
    routes = [() if number == crew else route for number, route in enumerate(now.left)]
    waiting = sorted(now.left[crew], key=lambda stop: _importance(now.rest, stop), reverse=True)
    for number, stop in enumerate(waiting):
        report(0.6 + 0.3 * number / len(waiting), "")
        fitting = [trial for trial in prices(now.rest, routes, stop) if trial.fits]
        if fitting:
            best = fitting[0]
            routes[best.crew] = (*routes[best.crew][: best.position], stop, *routes[best.crew][best.position :])
    title = tr("{team} drops out", team=desk.problem.crews[crew].name)
    return _outcome(now, routes, edit(title, _in_place(tables, now, routes)))


def _importance(problem: Problem, stop: int) -> tuple[bool, int, int]:
    visit = problem.visits[stop]
    return visit.required, visit.worth, visit.service_s


def _outcome(now: Standing, routes: Sequence[Sequence[int]], made: Edit) -> Outcome:
    before = {stop: crew for crew, route in enumerate(now.left) for stop in route}
    after = {stop: crew for crew, route in enumerate(routes) for stop in route}
    moved = sum(after.get(stop) != crew for stop, crew in before.items())
    left_out = len(now.desk.problem.visits) - len(after) - len(now.made)
    return Outcome(made, len(now.made), moved, left_out)


@dataclass(frozen=True)
class _Day:
    """A crew's whole day as rows: the columns of its route, and of each stop by visit."""

    route: dict[str, object]
    stops: list[tuple[int, dict[str, object]]]


def _day(now: Standing, routes: Sequence[Sequence[int]], timed: TimedRoute, crew: int) -> _Day:
    """Return what was made and what is left of a crew's day, one after the other."""
    done, problem = now.frozen[crew], now.desk.problem
    metres, travel = now.spent(crew)
    stops: list[tuple[int, dict[str, object]]] = []
    matrix, at = problem.travel(crew), None if problem.crews[crew].free_start else problem.start(crew)
    for one in done:
        leg = (0, 0) if at is None else (int(matrix.seconds[at, one.visit]), int(matrix.metres[at, one.visit]))
        times = {"arrive_s": one.arrive_s, "start_s": one.start_s, "leave_s": one.leave_s}
        stops.append((one.visit, {"seq": len(stops) + 1, **times, "leg_s": max(0, leg[0]), "leg_m": max(0, leg[1])}))
        at = one.visit
    for stop, own in zip(routes[crew], timed.stops, strict=True):
        times = {"arrive_s": own.arrive_s, "start_s": own.start_s, "leave_s": own.leave_s}
        stops.append((stop, {"seq": len(stops) + 1, **times, "leg_s": own.leg_s, "leg_m": own.leg_m}))
    end, home, back = timed.end_s, timed.metres, timed.travel_s
    if done and not routes[crew] and not problem.crews[crew].free_end:
        last, base = done[-1].visit, problem.end(crew)
        back, home = max(0, int(matrix.seconds[last, base])), max(0, int(matrix.metres[last, base]))
        end = done[-1].leave_s + back
    start = done[0].start_s - int(str(stops[0][1]["leg_s"])) if done else timed.start_s
    columns: dict[str, object] = {
        "start_s": start,
        "end_s": end,
        "metres": metres + home,
        "travel_s": travel + back,
        "geometry": _line(now, [stop for stop, _ in stops], crew),
    }
    return _Day(columns, stops)


def _line(now: Standing, stops: Sequence[int], crew: int) -> shapely.LineString | None:
    """Return the way of a crew's whole day; a stop without a way to it is passed over."""
    desk, problem = now.desk, now.desk.problem
    who, seconds = problem.crews[crew], problem.travel(crew).seconds
    path = [] if who.free_start else [problem.start(crew)]
    for stop in stops:
        if not path or UNREACHABLE not in (seconds[path[-1], stop], seconds[stop, problem.end(crew)]):
            path.append(stop)
    if len(path) == (not who.free_start):
        return None
    path += [] if who.free_end else [problem.end(crew)]
    return desk.router.route(desk.stored.places[path]).line if len(path) > 1 else None


def _timed(now: Standing, routes: Sequence[Sequence[int]]) -> list[TimedRoute]:
    return time_routes(now.rest, routes)


def _in_place(tables: Tables, now: Standing, routes: Sequence[Sequence[int]]) -> list[RowChange | None]:
    """Return the changes that give a plan other routes from now on; who keeps its route keeps its rows."""
    desk, plan = now.desk, now.desk.stored.plan
    timed, changes = _timed(now, routes), list[RowChange | None]()
    kept = {stop for route in routes for stop in route} | now.made
    for stop, row in enumerate(desk.stored.rows):
        if row and stop not in kept:
            changes.append(delete("stops", row, tables.row("stops", row)))
    frame = tables.frame("routes")
    for crew, who in enumerate(desk.problem.crews):
        if tuple(routes[crew]) == now.left[crew]:
            continue
        day = _day(now, routes, timed[crew], crew)
        rows = frame.index[(frame["plan"] == plan) & (frame["team"] == who.id)]
        if len(rows):
            changes.append(update("routes", str(rows[0]), tables.row("routes", str(rows[0])), day.route))
        else:
            changes.append(insert("routes", plan=plan, team=who.id, **day.route))
        changes += [_stop(tables, now, stop, who.id, values) for stop, values in day.stops]
    return [*changes, *_left_out_in_place(tables, now, routes)]


def _stop(tables: Tables, now: Standing, stop: int, team: str, values: Mapping[str, object]) -> RowChange | None:
    row, site = now.desk.stored.rows[stop], now.desk.problem.visits[stop].id
    if not row:
        return insert("stops", plan=now.desk.stored.plan, site=site, team=team, **values)
    before = tables.row("stops", row)
    lock = {} if before["team"] == team else {"locked": False, "lock_place": None}
    return update("stops", row, before, {**values, **lock, "team": team})


def _left_out(now: Standing, routes: Sequence[Sequence[int]], stops: Sequence[int]) -> list[dict[str, object]]:
    """Return the columns that say why stops are left out."""
    found: list[dict[str, object]] = []
    for stop in stops:
        why = explain.why_not(now.rest, routes, stop, ask=explain.FEW_ASKED)
        found.append(
            {
                "site": now.desk.problem.visits[stop].id,
                "reason": why.reason.value,
                "minutes": why.minutes,
                "subject": why.subject,
                "changes": as_text(why.changes),
            }
        )
    return found


def _left_out_in_place(tables: Tables, now: Standing, routes: Sequence[Sequence[int]]) -> list[RowChange | None]:
    """Return the changes of those left out: who is on a route is so no longer, who was on one now is."""
    plan, problem = now.desk.stored.plan, now.desk.problem
    after = {stop for route in routes for stop in route}
    frame = tables.frame("left_out")
    rows = {site: str(row) for row, site in frame.loc[frame["plan"] == plan, "site"].items()}
    gone = [rows[problem.visits[stop].id] for stop in after if problem.visits[stop].id in rows]
    changes: list[RowChange | None] = [delete("left_out", row, tables.row("left_out", row)) for row in gone]
    lost = [stop for route in now.left for stop in route if stop not in after]
    return [*changes, *(insert("left_out", plan=plan, **columns) for columns in _left_out(now, routes, lost))]


def _new_version(tables: Tables, now: Standing, routes: Routes, title: str) -> list[RowChange]:
    """Return the rows of the next version of a plan."""
    desk = now.desk
    old, plan = tables.row("plans", desk.stored.plan), new_id()
    plans = tables.frame("plans")
    version = int(plans.loc[plans["date"] == old["date"], "version"].max()) + 1
    kept = {name: value for name, value in old.items() if name not in ("title", "version")}
    changes = [insert("plans", **kept, id=plan, title=title, version=version)]
    timed = _timed(now, routes)
    for crew, who in enumerate(desk.problem.crews):
        day = _day(now, routes, timed[crew], crew)
        changes.append(insert("routes", plan=plan, team=who.id, locked=crew in desk.problem.locked, **day.route))
        for stop, values in day.stops:
            visit = desk.problem.visits[stop]
            lock = {"locked": visit.locked, "lock_place": visit.place} if visit.crew == who.id else {}
            changes.append(insert("stops", plan=plan, team=who.id, site=visit.id, **lock, **values))
    made = {stop for route in routes for stop in route} | now.made
    lost = [stop for stop in range(len(desk.problem.visits)) if stop not in made]
    return [*changes, *(insert("left_out", plan=plan, **columns) for columns in _left_out(now, routes, lost))]
