"""Sites that stand oddly to the streets: without a place, far off, cut off, or so far aside that one should look."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.language import Language, tr
from geo.model import Mode
from geo.planning.office import intake, ways
from geo.planning.problem import Problem
from geo.progress import Report, part, silent
from geo.roads.routing import Router
from geo.roads.snapping import REACH_M
from geo.store.tables import Tables

ASIDE_M = 100.0
"""A site farther than this from its street is reached, but likely stands in a wrong place, or a street is missing."""

Doubt = Literal["nowhere", "far", "cut_off", "aside"]


@dataclass(frozen=True)
class OffRoad:
    """A site and what is odd about it.

    Attributes
    ----------
    site, name
        Its id and its name.
    doubt
        ``nowhere`` no place on the map, ``far`` too far from any street to be reached, ``cut_off`` no way from any
        team or back, ``aside`` reached, but more than `ASIDE_M` from its street.
    metres
        From its street; None for one without a place.
    """

    site: str
    name: str
    doubt: Doubt
    metres: int | None

    def text(self, lang: Language | None = None) -> str:
        """Return it in words."""
        if self.doubt == "nowhere":
            return tr("{site}: no place on the map", lang, site=self.name)
        if self.doubt == "far":
            return tr("{site}: {metres} m from any street, so no team gets there", lang, site=self.name,
                      metres=self.metres)  # fmt: skip
        if self.doubt == "cut_off":
            return tr("{site}: no way there and back by street, {metres} m from the nearest one", lang, site=self.name,
                      metres=self.metres)  # fmt: skip
        return tr("{site}: {metres} m from its street", lang, site=self.name, metres=self.metres)


def off_road(problem: Problem, places: NDArray[np.float64], router: Router) -> list[OffRoad]:
    """Return the sites of a problem that stand oddly to the streets, those that nobody reaches first.

    A site in a closure is none of them: the plan itself says so.

    Parameters
    ----------
    problem
        What is to be planned.
    places
        Where its places are, in degrees, shape (n, 2); NaN for a site without a place.
    router
        Who knows the streets.
    """
    placed = np.flatnonzero(~np.isnan(places[: len(problem.visits), 0]))
    metres = np.full(len(problem.visits), np.nan)
    metres[placed] = router.snap(places[placed])
    found: dict[str, OffRoad] = {}
    for number, visit in enumerate(problem.visits):
        doubt = None if visit.closure else _doubt(problem, number, float(metres[number]))
        if doubt is not None:
            away = None if np.isnan(metres[number]) else round(float(metres[number]))
            found[visit.id] = OffRoad(visit.id, visit.name, doubt, away)
    order: tuple[Doubt, ...] = ("nowhere", "far", "cut_off", "aside")
    return sorted(found.values(), key=lambda one: (order.index(one.doubt), -(one.metres or 0), one.name))


def off_road_of(tables: Tables, plan: str, report: Report = silent) -> list[OffRoad]:
    """Return the sites of a stored plan, on a route or left out, that stand oddly to the streets."""
    row = tables.row("plans", plan)
    day, mode = date.fromisoformat(row["date"]), Mode(row["mode"])
    named = [tables.frame(name) for name in ("stops", "left_out")]
    there = tables.frame("sites").index
    sites = [s for frame in named for s in dict.fromkeys(frame.loc[frame["plan"] == plan, "site"]) if s in there]
    sites = list(dict.fromkeys(sites))
    routes, teams = tables.frame("routes"), tables.frame("teams").index
    going = [team for team in dict.fromkeys(routes.loc[routes["plan"] == plan, "team"]) if team in teams]
    router = ways.router(tables, day, mode, part(report, 0.0, 0.4))
    problem = intake.problem_of(tables, day, sites, going, router, part(report, 0.4, 0.9))
    return off_road(problem, intake.places_of(tables, sites, going), router)


def _doubt(problem: Problem, visit: int, metres: float) -> Doubt | None:
    if np.isnan(metres):
        return "nowhere"
    if metres > REACH_M:
        return "far"
    if problem.crews and not any(problem.reachable(crew, visit) for crew in range(len(problem.crews))):
        return "cut_off"
    return "aside" if metres > ASIDE_M else None
