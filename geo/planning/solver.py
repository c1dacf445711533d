"""The search for good routes, by PyVRP: the one module that knows it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
from numpy.typing import NDArray

from geo.language import tr
from geo.planning import explain
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute, time_route
from geo.progress import Report, silent
from geo.roads.routing import UNREACHABLE

NO_WAY_S = 10 * 86_400
"""Stands for a leg without a way: longer than any shift, so that no route may hold it."""

PRIZE = 1_000_000
"""What a visit is worth, in seconds of travel: more than any detour, so that none is left out to save one."""

Routes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Solution:
    """Who visits what, in which order.

    Attributes
    ----------
    routes
        For each crew the indices of its visits, in order.
    left_out
        For each visit on no route, why.
    iterations
        Iterations of the search.
    """

    routes: Routes
    left_out: dict[int, explain.Why]
    iterations: int

    def timed(self, problem: Problem) -> list[TimedRoute]:
        """Return the times of each crew's route."""
        return [time_route(problem, crew, route) for crew, route in enumerate(self.routes)]


def solve(
    problem: Problem, *, seconds: float = 10.0, iterations: int | None = None, seed: int = 1, report: Report = silent
) -> Solution:
    """Return good routes for a problem; every visit is on one or has a true reason why not.

    Little travel is the aim; visits to another team's area cost `Rules.foreign_visit_s` more. What the search leaves
    out is put in wherever it still fits, so that what remains really fits nowhere.

    Parameters
    ----------
    problem
        What is to be planned.
    seconds
        How long to search.
    iterations
        Iterations to search instead of seconds; the same seed then gives the same routes.
    seed
        Of the random numbers, 0 or more.
    report
        Told of the progress; may raise `Cancelled`.
    """
    why = {visit: reason for visit in range(len(problem.visits)) if (reason := explain.alone(problem, visit))}
    possible = [visit for visit in range(len(problem.visits)) if visit not in why]
    routes: list[list[int]] = [[] for _ in problem.crews]
    done = 0
    if possible:
        search = _Search(seconds, iterations, report)
        result = pyvrp.solve(_data(problem, possible), search, seed=seed, collect_stats=False, params=_params(search))
        done = search.iterations
        visits = [visit for visit in possible for _ in problem.visits[visit].starts]
        for route in result.best.routes():
            routes[route.vehicle_type()] = [visits[activity.idx] for activity in route if activity.is_client()]
    left_out = sorted(set(possible) - {visit for route in routes for visit in route})
    for visit in left_out:
        place = explain.best_place(problem, routes, visit)
        if place.shortfall_s == 0:
            routes[place.crew].insert(place.position, visit)
        else:
            why[visit] = explain.no_time(problem, place)
    return Solution(tuple(map(tuple, routes)), why, done)


class _Search(pyvrp.IteratedLocalSearchCallbacks):
    """Decide when the search ends, and tell how it goes."""

    def __init__(self, seconds: float, iterations: int | None, report: Report) -> None:
        self.seconds, self.wanted, self.report = seconds, iterations, report
        self.iterations = 0
        self.left_out = 0
        self.travel_s = 0
        self._started = time.perf_counter()
        self._told = 0.0

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002
        """Return whether the search ends; PyVRP asks before each iteration."""
        elapsed = time.perf_counter() - self._started
        done = elapsed / self.seconds if self.wanted is None else self.iterations / max(self.wanted, 1)
        if elapsed - self._told > 0.1 or done >= 1:
            self._told = elapsed
            self.report(min(done, 1.0), self._words())
        if done >= 1:
            return True
        self.iterations += 1
        return False

    def _words(self) -> str:
        if not self.travel_s:
            return tr("Looking for routes …")
        return tr("Travel {hours:.1f} h, {count} left out", hours=self.travel_s / 3600, count=self.left_out)

    def on_best(self, best: pyvrp.Solution) -> None:
        """Keep what the best routes so far are like."""
        self.travel_s, self.left_out = int(best.duration()), int(best.num_missing_clients())


def _params(search: _Search) -> pyvrp.SolveParams:
    return pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=search))


def _data(problem: Problem, possible: Sequence[int]) -> pyvrp.ProblemData:
    """Return the problem as PyVRP has it: one client per visit and window, of which one is served."""
    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    for place, visit in enumerate(possible):
        starts = problem.visits[visit].starts
        group = None
        if len(starts) > 1:
            group = len(groups)
            groups.append(pyvrp.ClientGroup(list(range(len(clients), len(clients) + len(starts))), required=False))
        clients += [
            pyvrp.Client(
                place,
                service_duration=problem.visits[visit].service_s,
                tw_early=a,
                tw_late=b,
                prize=PRIZE,
                required=False,
                group=group,
            )
            for a, b in starts
        ]
    count = len(possible)
    profiles = list(dict.fromkeys(crew.area for crew in problem.crews))
    vehicles = [
        pyvrp.VehicleType(
            start_depot=crew, end_depot=crew, tw_early=shift[0], tw_late=shift[1], profile=profiles.index(area)
        )
        for crew, (shift, area) in enumerate((one.shift, one.area) for one in problem.crews)
    ]
    seconds, costs = _matrices(problem, possible, profiles)
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(count + len(problem.crews))],
        clients=clients,
        depots=[pyvrp.Depot(count + crew) for crew in range(len(problem.crews))],
        vehicle_types=vehicles,
        # Its stub says ndarray[int], which no array is.
        distance_matrices=costs,  # type: ignore[arg-type]
        duration_matrices=[seconds] * len(profiles),  # type: ignore[list-item]
        groups=groups,
    )


def _matrices(
    problem: Problem, possible: Sequence[int], profiles: Sequence[str]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the seconds between all places of the search, and for each area what they cost."""
    places = [*possible, *(problem.base(crew) for crew in range(len(problem.crews)))]
    seconds = problem.matrix.seconds[np.ix_(places, places)]
    seconds = np.where(seconds == UNREACHABLE, NO_WAY_S, seconds)
    areas = np.array([problem.visits[visit].area for visit in possible] + [""] * len(problem.crews))
    costs = []
    for profile in profiles:
        foreign = (areas != "") & (areas != profile) if profile else np.zeros(len(areas), dtype=bool)
        cost = seconds + foreign[np.newaxis, :] * problem.rules.foreign_visit_s
        np.fill_diagonal(cost, 0)
        costs.append(cost)
    return seconds, costs
