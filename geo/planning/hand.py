"""Changes to a plan by hand: stops moved, added and taken off; nothing is forbidden, everything is marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.language import tr
from geo.model import Mode, Reason
from geo.planning import explain, intake, ways
from geo.planning.day import route_line, route_values, stop_values
from geo.planning.problem import Problem
from geo.planning.schedule import time_route
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE, Matrix, Router
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.tables import Tables, name_of

Stops = dict[str, list[str]]
"""The ids of the sites of each team's route in order, by team."""


def move_stop(tables: Tables, plan: str, site: str, team: str, place: int, *, report: Report = silent) -> Edit:
    """Return the edit that puts a site at a place of a team's route, off wherever it was in the plan.

    Times and way of the routes concerned follow. A stop without a way to it is passed over on the map, and its legs
    take no time; `geo.planning.marks` says so.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan, site, team
        Ids; the site may be on a route, left out, or not in the plan at all.
    place
        Place on the route counted from 0, the site itself not counted; past the end is the end.
    """
    routes = _without(tables, plan, site)
    route = routes.setdefault(team, [])
    route.insert(min(max(place, 0), len(route)), site)
    title = tr("Move “{site}” to {team}", site=_name(tables, "sites", site), team=_name(tables, "teams", team))
    return edit(title, [*_rerouted(tables, plan, routes, report), *_no_longer_left_out(tables, plan, site)])


def add_site(tables: Tables, plan: str, site: str, *, report: Report = silent) -> Edit:
    """Return the edit that puts a site where it breaks the rules least, then adds least travel.

    Raises
    ------
    XunluError
        If no team of the plan can reach the site.
    """
    routes = _without(tables, plan, site)
    teams, sites = list(routes), [*(stop for stops in routes.values() for stop in stops), site]
    day, mode = _day(tables, plan)
    router = ways.router(tables, day, mode, part(report, 0.0, 0.7))
    problem = intake.problem_of(tables, day, sites, teams, router, part(report, 0.7, 0.9))
    numbers = {one: number for number, one in enumerate(sites)}
    best = explain.best_place(problem, [[numbers[stop] for stop in routes[team]] for team in teams], numbers[site])
    if best is None:
        raise XunluError(
            tr("No team can get to “{site}” by road.", site=_name(tables, "sites", site)),
            tr("Check where it lies, the streets around it and the closures."),
        )
    return move_stop(tables, plan, site, teams[best.crew], best.position, report=part(report, 0.9, 1.0))


def take_off(tables: Tables, plan: str, site: str, *, report: Report = silent) -> Edit:
    """Return the edit that takes a site off its route and lists it among those left out."""
    left = insert("left_out", plan=plan, site=site, reason=Reason.BY_HAND.value)
    title = tr("Take “{site}” off the plan", site=_name(tables, "sites", site))
    routes = _without(tables, plan, site)
    return edit(title, [*_rerouted(tables, plan, routes, report), *_no_longer_left_out(tables, plan, site), left])


def _without(tables: Tables, plan: str, site: str) -> Stops:
    stops = intake.stops_of(tables, plan)
    return {team: [stop for stop in route if stop != site] for team, route in stops.items()}


def _day(tables: Tables, plan: str) -> tuple[date, Mode]:
    row = tables.row("plans", plan)
    return date.fromisoformat(row["date"]), Mode(row["mode"])


def _name(tables: Tables, table: str, row_id: str) -> str:
    return name_of(tables.row(table, row_id))


def _rerouted(tables: Tables, plan: str, wanted: Stops, report: Report) -> list[RowChange | None]:
    """Return the changes that give the routes of a plan other stops, with the times and ways that follow."""
    present = intake.stops_of(tables, plan)
    day, mode = _day(tables, plan)
    router = ways.router(tables, day, mode, report)
    stop_ids, route_ids = _ids(tables, "stops", plan, "site"), _ids(tables, "routes", plan, "team")
    changes: list[RowChange | None] = []
    for team, sites in wanted.items():
        if sites != present.get(team):
            drawn = _drawn(tables, day, team, sites, router)
            changes += _route_changes(tables, plan, team, drawn, route_ids)
            changes += _stop_changes(tables, plan, team, drawn, stop_ids)
    kept = {site for sites in wanted.values() for site in sites}
    gone = [delete("stops", row, tables.row("stops", row)) for site, row in stop_ids.items() if site not in kept]
    return [*gone, *changes]


def _ids(tables: Tables, table: str, plan: str, key: str) -> dict[str, str]:
    """Return the ids of a plan's rows in a table by what a column holds."""
    frame = tables.frame(table)
    rows = frame[frame["plan"] == plan]
    return dict(zip(rows[key].tolist(), map(str, rows.index), strict=True))


@dataclass(frozen=True)
class _Drawn:
    """A route through all visits of a problem, in their order, with its way on the map."""

    problem: Problem
    line: shapely.LineString | None


def _drawn(tables: Tables, day: date, team: str, sites: Sequence[str], router: Router) -> _Drawn:
    """Return a team's route through sites in order.

    Only the legs themselves are asked of the router; all pairs are where one of the legs has no way.
    """
    crews = intake.crews_of(tables, [team])
    visits = intake.visits_of(tables, day, sites, crews)
    places = intake.places_of(tables, sites, [team])
    path = [len(sites), *range(len(sites)), len(sites)]
    if not sites:
        return _Drawn(Problem(visits, crews, _legs_only(path, [0], [0])), None)
    if not np.isnan(places).any():
        try:
            route = router.route(places[path])
        except XunluError:  # a leg without a way
            pass
        else:
            matrix = _legs_only(path, route.leg_seconds, route.leg_metres)
            return _Drawn(Problem(visits, crews, matrix), route.line)
    problem = Problem(visits, crews, intake.matrix_of(places, router))
    return _Drawn(problem, route_line(problem, 0, range(len(sites)), places, router))


def _legs_only(path: Sequence[int], seconds: Sequence[int], metres: Sequence[int]) -> Matrix:
    """Return a matrix that knows just the legs of a path."""
    tables: list[NDArray[np.int64]] = []
    for legs in (seconds, metres):
        table = np.full((max(path) + 1, max(path) + 1), UNREACHABLE, dtype=np.int64)
        table[path[:-1], path[1:]] = legs
        tables.append(table)
    return Matrix(*tables)


def _route_changes(
    tables: Tables, plan: str, team: str, drawn: _Drawn, ids: Mapping[str, str]
) -> list[RowChange | None]:
    timed = time_route(drawn.problem, 0, range(len(drawn.problem.visits)))
    values = route_values(timed, drawn.line)
    if team in ids:
        return [update("routes", ids[team], tables.row("routes", ids[team]), values)]
    return [insert("routes", plan=plan, team=team, **values)]


def _stop_changes(
    tables: Tables, plan: str, team: str, drawn: _Drawn, ids: Mapping[str, str]
) -> list[RowChange | None]:
    """Return the changes of the stops of a route; one that comes from another team stays the row it was."""
    timed = time_route(drawn.problem, 0, range(len(drawn.problem.visits)))
    changes: list[RowChange | None] = []
    for place, visit in enumerate(drawn.problem.visits):
        values = {"team": team, **stop_values(timed, place)}
        if visit.id in ids:
            changes.append(update("stops", ids[visit.id], tables.row("stops", ids[visit.id]), values))
        else:
            changes.append(insert("stops", plan=plan, site=visit.id, **values))
    return changes


def _no_longer_left_out(tables: Tables, plan: str, site: str) -> list[RowChange]:
    rows = _ids(tables, "left_out", plan, "site")
    return [delete("left_out", rows[site], tables.row("left_out", rows[site]))] if site in rows else []
