"""Changes to a plan by hand: stops moved, added and taken off; nothing is forbidden, everything is marked."""

from collections.abc import Iterator, Sequence

from geo.errors import XunluError
from geo.language import tr
from geo.model import Reason
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.byhand.moved import Moved
from geo.planning.office import ways
from geo.planning.plans.day import route_line, route_values, stop_values
from geo.planning.plans.stored import day_of
from geo.planning.reasons import explain
from geo.progress import Report, part, silent
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.tables import Tables, name_of


def move_stop(tables: Tables, plan: str, site: str, team: str, place: int, *, report: Report = silent) -> Edit:
    """Return the edit that puts a site at a place of a team's route; see `move_stops`."""
    return move_stops(tables, plan, [site], team, place, report=report)


def move_stops(
    tables: Tables, plan: str, ids: Sequence[str], team: str, place: int, *, report: Report = silent
) -> Edit:
    """Return the edit that puts stops together at a place of a team's route, off wherever they were in the plan.

    Times and way of the routes concerned follow. A stop without a way to it is passed over on the map, and its legs
    take no time; `geo.planning.plans.marks` says so. A lock goes with the stop: to its new team, or to its new place.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan, team
        Ids; the team need not have a route yet.
    ids
        Of stops or of sites, in the order in which they are to be visited; a site may be on a route, left out, or not
        in the plan at all.
    place
        Place on the route counted from 0, the stops themselves not counted; past the end is the end.
    """
    sites = [one for one in ids if one in tables.frame("sites").index]
    desk = open_desk(tables, plan, sites=sites, teams=[team], report=part(report, 0.0, 0.9))
    return move_edit(tables, desk, desk.moved(desk.visits(ids), desk.crew(team), place))


def add_site(tables: Tables, plan: str, site: str, *, report: Report = silent) -> Edit:
    """Return the edit that puts a site where it breaks the rules least, then adds least travel.

    Raises
    ------
    XunluError
        If no team of the plan can reach the site.
    """
    desk = open_desk(tables, plan, sites=[site], report=part(report, 0.0, 0.8))
    visit = desk.visits([site])[0]
    without = [[stop for stop in route if stop != visit] for route in desk.routes]
    best = explain.best_place(desk.problem, without, visit)
    if best is None:
        raise XunluError(
            tr("No team can get to “{site}” by road.", site=desk.problem.visits[visit].name),
            tr("Check where it lies, the streets around it and the closures."),
        )
    report(0.9, "")
    return move_edit(tables, desk, desk.moved([visit], best.crew, best.position))


def take_off(tables: Tables, plan: str, site: str, *, report: Report = silent) -> Edit:
    """Return the edit that takes a site off its route and lists it among those left out."""
    return take_stops_off(tables, plan, [site], report=report)


def take_stops_off(tables: Tables, plan: str, ids: Sequence[str], *, report: Report = silent) -> Edit:
    """Return the edit that takes stops, given by their ids or those of their sites, off the plan."""
    desk = open_desk(tables, plan, report=part(report, 0.0, 0.9))
    return move_edit(tables, desk, desk.moved(desk.visits(ids), None, 0))


def move_edit(tables: Tables, desk: Desk, moved: Moved) -> Edit:
    """Return the edit that makes a change which was tried on a desk.

    Parameters
    ----------
    tables
        What the desk was made from.
    desk, moved
        The desk and what it said of the change.
    """
    placed = {stop: (crew, place) for crew, route in enumerate(moved.routes) for place, stop in enumerate(route)}
    changes: list[RowChange | None] = []
    for stop, row in enumerate(desk.stored.rows):
        if row and stop not in placed:
            changes.append(delete("stops", row, tables.row("stops", row)))
    for change in moved.changes:
        changes += _route_changes(tables, desk, moved, change.crew)
    visits, rows = desk.problem.visits, desk.stored.rows
    changes += _left_out_changes(tables, desk, [visits[stop].id for stop in placed if not rows[stop]])
    if moved.crew is None:
        gone = [visits[stop].id for stop in moved.stops if rows[stop]]
        changes += [insert("left_out", plan=desk.stored.plan, site=site, reason=Reason.BY_HAND.value) for site in gone]
    return edit(_title(tables, desk, moved), changes)


def _title(tables: Tables, desk: Desk, moved: Moved) -> str:
    first, count = desk.problem.visits[moved.stops[0]].name, len(moved.stops)
    if moved.crew is None:
        return (
            tr("Take “{site}” off the plan", site=first)
            if count == 1
            else tr("Take {count} stops off the plan", count=count)
        )
    team = name_of(tables.row("teams", desk.problem.crews[moved.crew].id))
    if count == 1:
        return tr("Move “{site}” to {team}", site=first, team=team)
    return tr("Move {count} stops to {team}", count=count, team=team)


def _route_changes(tables: Tables, desk: Desk, moved: Moved, crew: int) -> Iterator[RowChange | None]:
    """Give the changes of a route and its stops; one that comes from another team stays the row it was."""
    team, stops, timed = desk.problem.crews[crew].id, moved.routes[crew], moved.timed[crew]
    own = ways.of_crew(tables, day_of(tables, desk.stored.plan)[0], desk.problem.crews[crew].mode, desk.router)
    values = route_values(timed, route_line(desk.problem, crew, stops, desk.stored.places, own))
    routes = tables.frame("routes")
    rows = routes.index[(routes["plan"] == desk.stored.plan) & (routes["team"] == team)]
    if len(rows):
        yield update("routes", str(rows[0]), tables.row("routes", str(rows[0])), values)
    else:
        yield insert("routes", plan=desk.stored.plan, team=team, **values)
    for place, stop in enumerate(stops):
        yield _stop_change(tables, desk, stop, {"team": team, **stop_values(timed, place)}, stop in moved.stops)


def _stop_change(tables: Tables, desk: Desk, stop: int, values: dict[str, object], is_moved: bool) -> RowChange | None:
    row = desk.stored.rows[stop]
    if not row:
        return insert("stops", plan=desk.stored.plan, site=desk.problem.visits[stop].id, **values)
    before = tables.row("stops", row)
    if is_moved and before.get("lock_place") is not None:
        values = {**values, "lock_place": int(str(values["seq"])) - 1}
    return update("stops", row, before, values)


def _left_out_changes(tables: Tables, desk: Desk, sites: Sequence[str]) -> list[RowChange]:
    """Return the changes that take sites off the list of those left out, once for each time they are named."""
    left = tables.frame("left_out")
    rows: dict[str, list[str]] = {}
    for row, site in left.loc[left["plan"] == desk.stored.plan, "site"].items():
        rows.setdefault(site, []).append(str(row))
    gone = [rows[site].pop() for site in sites if rows.get(site)]
    return [delete("left_out", row, tables.row("left_out", row)) for row in gone]
