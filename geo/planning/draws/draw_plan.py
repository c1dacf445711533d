"""The plan of a random draw: each site with the team drawn for it, in the shortest order or in the order drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from geo.errors import XunluError
from geo.language import tr
from geo.model import Mode
from geo.planning.engine import solver
from geo.planning.office import intake, ways
from geo.planning.plans.day import plan_changes
from geo.planning.plans.wish import Wish
from geo.planning.problem import Visit
from geo.progress import Report, part, silent
from geo.store.edits import Edit, edit
from geo.store.tables import Tables


def plan_of_draw(
    tables: Tables,
    record: Mapping[str, Any],
    mode: Mode = Mode.CAR,
    *,
    seconds: float = 5.0,
    iterations: int | None = None,
    seed: int = 1,
    report: Report = silent,
) -> Edit:
    """Return the edit that adds a plan of the sites of a draw for its day; each stop is locked to the team drawn.

    Where the order was drawn too, it is locked as well. What cannot be visited so is left out with its reason.

    Parameters
    ----------
    tables, record
        A snapshot of the project, and the draw as `geo.planning.draws.draw_record.read` returns it.
    mode
        How teams travel.
    seconds, iterations, seed
        How long to search for short ways; see `geo.planning.engine.solver.solve`.
    report
        Told of the progress; may raise `Cancelled`.

    Raises
    ------
    XunluError
        If no team was drawn, or a site or team is gone.
    """
    day = date.fromisoformat(record["date"])
    there = set(map(str, tables.frame("sites").index))
    rows = {str(row["id"]): row for row in record["result"] if str(row["id"]) in there}
    known = set(map(str, tables.frame("teams").index))
    teams = [str(team["id"]) for team in record["terms"]["teams"] if str(team["id"]) in known]
    if not teams or not rows:
        raise XunluError(
            tr("The draw has no teams, or its sites are gone, so there is nothing to plan."),
            tr("Draw teams as well, or plan the selected sites."),
        )
    sites = list(rows)
    router = ways.router(tables, day, mode, part(report, 0.0, 0.2))
    problem = intake.problem_of(tables, day, sites, teams, router, part(report, 0.2, 0.4))
    problem = replace(problem, visits=_locked(problem.visits, rows, teams))
    found = solver.solve(problem, seconds=seconds, iterations=iterations, seed=seed, report=part(report, 0.4, 0.95))
    wish = Wish(day, mode, tuple(teams), tuple(sites), seconds=seconds, iterations=iterations, seed=seed)
    places = intake.places_of(tables, sites, teams)
    changes = plan_changes(tables, wish, problem, found.routes, places, router)
    report(1.0, tr("The plan is ready."))
    return edit(tr("Plan the draw of {day}", day=day), changes)


def _locked(visits: Sequence[Visit], rows: Mapping[str, Mapping[str, Any]], teams: Sequence[str]) -> tuple[Visit, ...]:
    """Return visits locked to the teams drawn, and to the places if these were drawn.

    Where two teams come together one of them was drawn; the other one is free.
    """
    found: list[Visit] = []
    done: set[str] = set()
    for visit in visits:
        row = rows[visit.id]
        if row["team"] in teams and visit.id not in done:
            place = row["place"] - 1 if row["place"] else None
            found.append(replace(visit, crew=row["team"], locked=True, place=place))
        else:
            found.append(visit)
        done.add(visit.id)
    return tuple(found)
