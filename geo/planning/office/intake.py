"""What a plan starts from: the visits, crews and travel of a day, read from a project with all rules."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.inspection.status import due_mask, due_sites
from geo.model import Mode
from geo.planning.office import crewing, rounds, rulebook, staff, visiting, ways
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.rules import PlanRules
from geo.planning.search import Routes
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE, Matrix, Router
from geo.store.tables import Tables


def rules_of(tables: Tables) -> PlanRules:
    """Return the rules that the office has set, `geo.planning.office.rulebook`.

    Raises
    ------
    XunluError
        If another program has spoilt them.
    """
    return rulebook.read(tables)


def wanted_sites(tables: Tables, day: date) -> list[str]:
    """Return the ids of the sites that a plan for a day must serve.

    They are those due, those that must be visited then, and those that patrol rounds want visited.
    """
    due = due_sites(tables, day)
    known = set(due)
    return [*due, *(site for site in dict.fromkeys(_asked_for(tables, day)) if site not in known)]


def wanted_count(tables: Tables, day: date) -> int:
    """Return how many sites `wanted_sites` names, without naming them."""
    wanted = due_mask(tables, day).copy()
    others = tables.frame("sites").index.get_indexer(pd.Index(_asked_for(tables, day), dtype=object))
    wanted[others[others >= 0]] = True
    return int(np.count_nonzero(wanted))


def _asked_for(tables: Tables, day: date) -> list[str]:
    """Return the sites that must be visited on a day or are wanted by a round, whether they are due or not."""
    sites = tables.frame("sites")
    must = sites.index[(sites["must_visit"] == day.isoformat()).to_numpy(dtype=bool)]
    return [*map(str, must), *rounds.sites_due(tables, day)]


def problem_of(
    tables: Tables,
    day: date,
    sites: Sequence[str],
    teams: Sequence[str],
    router: Router,
    report: Report = silent,
    plan: str | None = None,
) -> Problem:
    """Return the problem of visiting some sites with some teams on a day.

    A site without a place on the map is one that cannot be reached. One that several teams visit together is so many
    visits; the first stands where the site does in `sites`, the others behind all sites.

    Parameters
    ----------
    tables, day
        The project and the plan day.
    sites, teams
        Ids.
    router
        The way on the streets of teams that say nothing else.
    report
        Told of the progress; may raise `Cancelled`.
    plan
        Id of a plan whose teams and locks are kept.

    Raises
    ------
    XunluError
        If a team has no base on the map, or a rule, opening times or a shift cannot be read.
    """
    rules = rules_of(tables)
    sites = _as_often_as_needed(tables, sites)
    crews = crewing.crews(tables, teams, rules, day, router.mode)
    visits = visiting.visits(tables, day, sites, crews, rules, visiting.worths(tables, day, sites, rules))
    places = _places(tables, sites, teams)
    others = sorted({crew.mode for crew in crews} - {""})
    share = 1 / (1 + len(others))
    matrix = matrix_of(places, router, part(report, 0.0, share))
    travels: dict[str, Matrix] = {}
    for number, mode in enumerate(others, 1):
        told = part(report, number * share, (number + 1) * share)
        travels[mode] = matrix_of(
            places, ways.router(tables, day, Mode(mode), part(told, 0.0, 0.5)), part(told, 0.5, 1.0)
        )
    problem = Problem(visits, crews, matrix, rules.for_search(), travels)
    return problem if plan is None else placed(problem, tables, plan).problem


@dataclass(frozen=True)
class Placed:
    """Where a plan has the visits of a problem.

    Attributes
    ----------
    problem
        The problem, its visits with the teams that they have in the plan, and the locks of the plan.
    routes
        For each crew the indices of its visits, in the order of the plan.
    rows
        For each visit the id of its row in ``stops``, empty for one that is on no route.
    """

    problem: Problem
    routes: Routes
    rows: tuple[str, ...]


def placed(problem: Problem, tables: Tables, plan: str) -> Placed:
    """Return where a plan has the visits of a problem.

    Of a site that several teams visit together each team has one of the visits. What teams have who do not go, and
    sites that are not to be visited, is left away with its locks.
    """
    stops, kept = tables.frame("stops"), tables.frame("routes")
    stops = stops[stops["plan"] == plan].sort_values("seq", kind="stable")
    of_team: dict[str, list[tuple[str, str, bool, int | None]]] = {}
    columns = (stops[name].tolist() for name in ("team", "site", "locked", "lock_place"))
    for row, team, site, locked, place in zip(map(str, stops.index), *columns, strict=True):
        at = None if pd.isna(place) else int(place)
        of_team.setdefault(team, []).append((row, site, bool(locked) or at is not None, at))
    visits, rows, free = list(problem.visits), [""] * len(problem.visits), _by_site(problem)
    routes: list[tuple[int, ...]] = []
    for crew in problem.crews:
        route = []
        for row, site, locked, at in of_team.get(crew.id, ()):
            if free.get(site):
                visit = free[site].pop(0)
                visits[visit] = replace(visits[visit], crew=crew.id, locked=locked, place=at)
                rows[visit] = row
                route.append(visit)
        routes.append(tuple(route))
    fixed = set(kept.loc[(kept["plan"] == plan).to_numpy(dtype=bool) & kept["locked"].to_numpy(dtype=bool), "team"])
    whole = {number: routes[number] for number, crew in enumerate(problem.crews) if crew.id in fixed}
    return Placed(replace(problem, visits=tuple(visits), locked=whole), tuple(routes), tuple(rows))


def locked_sites(tables: Tables, plan: str) -> list[str]:
    """Return the ids of the sites that a plan locks to a team, by a lock of the stop or of the whole route."""
    stops, routes = tables.frame("stops"), tables.frame("routes")
    stops, routes = stops[stops["plan"] == plan], routes[routes["plan"] == plan]
    fixed = stops["locked"].astype(bool) | stops["lock_place"].notna()
    fixed |= stops["team"].isin(routes.loc[routes["locked"].astype(bool), "team"])
    return list(dict.fromkeys(stops.loc[fixed, "site"].tolist()))


def going(tables: Tables, day: date, teams: Sequence[str] | None = None) -> tuple[list[str], dict[str, int]]:
    """Return the ids of the teams that go on a day, and with how many inspectors present the others stay.

    Parameters
    ----------
    tables, day
        The project and the day.
    teams
        Ids of the teams that are to go; all on duty if None.
    """
    frame = tables.frame("teams")
    wanted = [str(team) for team in frame.index[frame["active"]]] if teams is None else list(teams)
    staying = staff.too_small(tables, day, wanted, rules_of(tables).least_inspectors)
    return [team for team in wanted if team not in staying], staying


def _by_site(problem: Problem) -> dict[str, list[int]]:
    """Return the visits of each site, in their order."""
    found: dict[str, list[int]] = {}
    for number, visit in enumerate(problem.visits):
        found.setdefault(visit.id, []).append(number)
    return found


def _as_often_as_needed(tables: Tables, sites: Sequence[str]) -> list[str]:
    """Return sites, each as often as teams are to come there together; what is added stands at the end."""
    there, needed = Counter(sites), tables.frame("sites")["teams_needed"].loc[list(dict.fromkeys(sites))]
    several: Mapping[str, int] = {str(site): int(count) for site, count in needed.dropna().items() if count > 1}
    return [*sites, *(site for site, count in several.items() for _ in range(count - there[site]))]


def crews_of(tables: Tables, teams: Sequence[str], day: date | None = None) -> tuple[Crew, ...]:
    """Return teams as they go on a day; with the skills of all their inspectors if it is None."""
    return crewing.crews(tables, teams, rules_of(tables), day)


def visits_of(tables: Tables, day: date, sites: Sequence[str], crews: Sequence[Crew]) -> tuple[Visit, ...]:
    """Return visits of sites on a day, one for each named, with the opening times that some crews could meet."""
    return visiting.visits(tables, day, sites, crews, rules_of(tables))


def places_of(tables: Tables, sites: Sequence[str], teams: Sequence[str]) -> NDArray[np.float64]:
    """Return where the places of a problem are, in degrees, in the order of its matrix, shape (places, 2).

    Those of the visits of `problem_of`, NaN for a site without a place, then where the teams start and, unless each
    ends where it starts, where they end.
    """
    return _places(tables, _as_often_as_needed(tables, sites), teams)


def _places(tables: Tables, sites: Sequence[str], teams: Sequence[str]) -> NDArray[np.float64]:
    points = tables.frame("sites")["geometry"].loc[list(sites)].to_numpy()
    starts, ends = crewing.ends(tables, teams)
    visited = np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)
    return np.concatenate(
        [visited, starts] if np.array_equal(starts, ends, equal_nan=True) else [visited, starts, ends]
    )


def matrix_of(places: NDArray[np.float64], router: Router, report: Report = silent) -> Matrix:
    """Return the travel between places in degrees, shape (n, 2); none to and from those that are NaN."""
    on_map = np.flatnonzero(~np.isnan(places[:, 0]))
    if len(on_map) == len(places):
        return router.matrix(places, report)
    found = router.matrix(places[on_map], report)
    seconds, metres = (np.full((len(places), len(places)), UNREACHABLE, dtype=np.int64) for _ in range(2))
    at = np.ix_(on_map, on_map)
    seconds[at], metres[at] = found.seconds, found.metres
    return Matrix(seconds, metres)


def stops_of(tables: Tables, plan: str) -> dict[str, list[str]]:
    """Return the ids of the sites of each team's route in order, by team; teams without stops too."""
    routes, stops = tables.frame("routes"), tables.frame("stops")
    found: dict[str, list[str]] = {str(team): [] for team in routes.loc[routes["plan"] == plan, "team"]}
    stops = stops[stops["plan"] == plan].sort_values("seq")
    for team, site in zip(stops["team"].tolist(), stops["site"].tolist(), strict=True):
        found.setdefault(team, []).append(site)
    return found
