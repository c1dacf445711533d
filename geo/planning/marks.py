"""What breaks a rule in a stored plan, in words, beside the stop or the team that it concerns."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from geo.language import Language, tr
from geo.model import Mode
from geo.planning import intake, ways
from geo.planning.problem import Crew, Visit
from geo.planning.violations import Violation
from geo.progress import Report, silent
from geo.store.tables import Tables

Marks = dict[str, list[str]]
"""What breaks a rule, in words, by id of the site or, for the shift, of the team."""


def marks(tables: Tables, plan: str, lang: Language | None = None, *, report: Report = silent) -> Marks:
    """Return what breaks a rule in a plan as it stands, in words.

    Times are those stored with the plan, opening times, shifts and closures those of now: what has changed since shows.

    Returns
    -------
    dict
        By id of the site what concerns a stop, by id of the team what concerns its shift.
    """
    row = tables.row("plans", plan)
    day, mode = date.fromisoformat(row["date"]), Mode(row["mode"])
    stops, routes = (frame[frame["plan"] == plan] for frame in (tables.frame("stops"), tables.frame("routes")))
    stops = stops.sort_values(["team", "seq"])
    crews = intake.crews_of(tables, routes["team"].tolist())
    visits = intake.visits_of(tables, day, stops["site"].tolist(), crews)
    found: Marks = {}
    for visit, start, leave in zip(visits, stops["start_s"].tolist(), stops["leave_s"].tolist(), strict=True):
        for text in _of_stop(visit, start, leave, lang):
            found.setdefault(visit.id, []).append(text)
    for site in _without_way(tables, day, mode, stops, report):
        found.setdefault(site, []).append(Violation("unreachable", 0, 0).text(lang))
    for crew, start, end in zip(crews, routes["start_s"].tolist(), routes["end_s"].tolist(), strict=True):
        for text in _of_shift(crew, start, end, lang):
            found.setdefault(crew.id, []).append(text)
    return found


def _of_stop(visit: Visit, start: int, leave: int, lang: Language | None) -> list[str]:
    texts = []
    late = replace(visit, service_s=leave - start).lateness(start)
    if late:
        texts.append(Violation("late", 0, late).text(lang))
    if visit.closure:
        texts.append(Violation("closure", 0, 0).text(lang))
    return texts


def _of_shift(crew: Crew, start: int, end: int, lang: Language | None) -> list[str]:
    texts = []
    if end > crew.shift[1]:
        texts.append(Violation("overrun", 0, end - crew.shift[1]).text(lang))
    if start < crew.shift[0]:
        early = -(-(crew.shift[0] - start) // 60)
        texts.append(tr("leaves {minutes} min before the shift begins", lang, minutes=early))
    return texts


def _without_way(tables: Tables, day: date, mode: Mode, stops: pd.DataFrame, report: Report) -> list[str]:
    """Return the sites of stops that no way leads to from the base.

    A leg without a way is stored as one of no metres. Neighbours at one place have such legs too, so the router is
    asked, but only about the teams that have one.
    """
    teams = stops.loc[(stops["leg_m"] == 0).to_numpy(dtype=bool), "team"].unique().tolist()
    if not teams:
        return []
    router = ways.router(tables, day, mode, report)
    found: list[str] = []
    for team in teams:
        mine = stops[(stops["team"] == team) & (stops["leg_m"] == 0)]["site"].tolist()
        problem = intake.problem_of(tables, day, mine, [team], router)
        found += [mine[visit] for visit in np.arange(len(mine)) if not problem.reachable(0, int(visit))]
    return found
