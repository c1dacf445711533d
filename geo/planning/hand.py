"""Changes to a plan by hand: stops moved, added and taken off; nothing is forbidden, everything is marked."""

from collections.abc import Sequence
from datetime import date

import shapely

from geo.hours import parse_windows
from geo.language import Language, tr
from geo.model import Mode, Reason
from geo.planning import day as days
from geo.planning import ways
from geo.planning.problem import Visit
from geo.planning.schedule import Violation, time_route
from geo.progress import Report, silent
from geo.roads import closures
from geo.roads.routing import Router
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.tables import Tables, name_of


def move_stop(tables: Tables, plan: str, site: str, team: str, place: int, *, report: Report = silent) -> Edit:
    """Return the edit that puts a site at a place of a team's route, off wherever it was in the plan.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan, site, team
        Ids; the site may be on a route, left out, or not in the plan at all.
    place
        Place on the route counted from 0, the site itself not counted.

    Raises
    ------
    XunluError
        If a leg has no way by street.
    """
    routes = {one: [stop for stop in stops if stop != site] for one, stops in stops_of(tables, plan).items()}
    route = routes.setdefault(team, [])
    route.insert(min(max(place, 0), len(route)), site)
    title = tr("Move “{site}” to {team}", site=_name(tables, "sites", site), team=_name(tables, "teams", team))
    return edit(title, [*_rerouted(tables, plan, routes, report), *_no_longer_left_out(tables, plan, site)])


def take_off(tables: Tables, plan: str, site: str, *, report: Report = silent) -> Edit:
    """Return the edit that takes a site off its route and lists it among those left out."""
    routes = {one: [stop for stop in stops if stop != site] for one, stops in stops_of(tables, plan).items()}
    left = insert("left_out", plan=plan, site=site, reason=Reason.BY_HAND.value)
    title = tr("Take “{site}” off the plan", site=_name(tables, "sites", site))
    return edit(title, [*_rerouted(tables, plan, routes, report), *_no_longer_left_out(tables, plan, site), left])


def stops_of(tables: Tables, plan: str) -> dict[str, list[str]]:
    """Return the ids of the sites of each team's route in order, by team; teams without stops too."""
    routes, stops = tables.frame("routes"), tables.frame("stops")
    found: dict[str, list[str]] = {str(team): [] for team in routes.loc[routes["plan"] == plan, "team"]}
    for _, stop in stops[stops["plan"] == plan].sort_values("seq").iterrows():
        found.setdefault(stop["team"], []).append(stop["site"])
    return found


def marks(tables: Tables, plan: str, lang: Language | None = None) -> dict[str, list[str]]:
    """Return what breaks a rule in a plan as it stands, in words, by id of site; by id of team for the shift."""
    sites, teams = tables.frame("sites"), tables.frame("teams")
    when = date.fromisoformat(tables.row("plans", plan)["date"])
    closed = closures.in_force(tables.frame("closures"), when)
    found: dict[str, list[str]] = {}
    stops = tables.frame("stops")
    for _, stop in stops[stops["plan"] == plan].iterrows():
        site = sites.loc[stop["site"]]
        visit = Visit(stop["site"], "", int(stop["leave_s"] - stop["start_s"]), parse_windows(site["windows"]))
        late = visit.lateness(int(stop["start_s"]))
        if late:
            found.setdefault(stop["site"], []).append(Violation("late", 0, late).text(lang))
        if closures.inside(shapely.get_coordinates(site["geometry"]), closed)[0]:
            found.setdefault(stop["site"], []).append(tr("inside a closure", lang))
    routes = tables.frame("routes")
    for _, route in routes[routes["plan"] == plan].iterrows():
        shift = (parse_windows(teams.loc[route["team"], "shift"]) or (days.DEFAULT_SHIFT,))[0]
        if route["end_s"] > shift[1]:
            over = Violation("overrun", 0, int(route["end_s"]) - shift[1])
            found.setdefault(route["team"], []).append(over.text(lang))
    return found


def _name(tables: Tables, table: str, row_id: str) -> str:
    return name_of(tables.row(table, row_id))


def _rerouted(tables: Tables, plan: str, wanted: dict[str, list[str]], report: Report) -> list[RowChange | None]:
    """Return the changes that give the routes of a plan other stops, with the times and ways that follow."""
    present = stops_of(tables, plan)
    row = tables.row("plans", plan)
    when, mode = date.fromisoformat(row["date"]), Mode(row["mode"])
    router = ways.router(tables, when, mode, report)
    changes: list[RowChange | None] = []
    for team, stops in wanted.items():
        if stops != present.get(team):
            changes += _route(tables, plan, team, stops, when, router)
    kept = {(team, site) for team, stops in wanted.items() for site in stops}
    frame = tables.frame("stops")
    for stop_id, stop in frame[frame["plan"] == plan].iterrows():
        if (stop["team"], stop["site"]) not in kept:
            changes.insert(0, delete("stops", str(stop_id), tables.row("stops", str(stop_id))))
    return changes


def _route(
    tables: Tables, plan: str, team: str, sites: Sequence[str], when: date, router: Router
) -> list[RowChange | None]:
    """Return the changes of a route that is to have some stops."""
    problem = days.problem_of(tables, when, sites, [team], router)
    timed = time_route(problem, 0, range(len(sites)))
    values = days.route_values(timed, days.route_line(tables, team, sites, router))
    route = _row_id(tables, "routes", plan=plan, team=team)
    changes: list[RowChange | None] = [
        update("routes", route, tables.row("routes", route), values)
        if route
        else insert("routes", plan=plan, team=team, **values)
    ]
    for place, site in enumerate(sites):
        values = days.stop_values(timed, place)
        stop = _row_id(tables, "stops", plan=plan, team=team, site=site)
        changes.append(
            update("stops", stop, tables.row("stops", stop), values)
            if stop
            else insert("stops", plan=plan, team=team, site=site, **values)
        )
    return changes


def _row_id(tables: Tables, table: str, **values: str) -> str | None:
    frame = tables.frame(table)
    for name, value in values.items():
        frame = frame[frame[name] == value]
    return str(frame.index[0]) if len(frame) else None


def _no_longer_left_out(tables: Tables, plan: str, site: str) -> list[RowChange]:
    row = _row_id(tables, "left_out", plan=plan, site=site)
    return [delete("left_out", row, tables.row("left_out", row))] if row else []
