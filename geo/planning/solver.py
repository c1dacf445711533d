"""The search for good routes, by PyVRP: the one module that knows it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
import pyvrp.search
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

TOLD_EVERY_S = 0.1
"""How often the progress is told, and Cancel heard."""

HISTORY = 50
"""How many steps back the search compares what it finds with."""

MOST_CHANGES = 6
"""How many visits the search moves at random, at most, before it mends the routes."""

Routes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Solution:
    """Who visits what, in which order.

    Attributes
    ----------
    routes
        For each crew the indices of its visits, in order.
    left_out
        The visits on no route.
    iterations
        Iterations of the search.
    """

    routes: Routes
    left_out: tuple[int, ...]
    iterations: int

    def timed(self, problem: Problem) -> list[TimedRoute]:
        """Return the times of each crew's route."""
        return [time_route(problem, crew, route) for crew, route in enumerate(self.routes)]


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 1,
    start: Sequence[Sequence[int]] | None = None,
    report: Report = silent,
) -> Solution:
    """Return good routes for a problem that break no rule.

    Little travel is the aim; visits to another team's area cost `Rules.foreign_visit_s` more. What the search leaves
    out is put in wherever it still fits, so that what remains really fits nowhere; `geo.planning.explain` says why.

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
    start
        Routes to begin with, for each crew the indices of its visits; what breaks a rule there is left away.
    report
        Told of the progress; may raise `Cancelled`.
    """
    possible = [visit for visit in range(len(problem.visits)) if explain.alone(problem, visit) is None]
    routes = _kept(problem, start or [()] * len(problem.crews))
    done = 0
    if possible:
        search = _Search(seconds, iterations, len(possible), report)
        model = _Model(problem, possible)
        begun = None if start is None else model.solution(routes)
        params = _params(search)
        result = pyvrp.solve(model.data, search, seed=seed, collect_stats=False, params=params, initial_solution=begun)
        done = search.iterations
        # After very few iterations even the best may still break a rule.
        routes = _kept(problem, model.routes(result.best))
    left_out = _completed(problem, routes, possible)
    return Solution(tuple(map(tuple, routes)), tuple(left_out), done)


def _params(search: "_Search") -> pyvrp.SolveParams:
    """Return how PyVRP searches.

    PyVRP's own values are for minutes of search and one window a site. A day's plan is to be good after seconds, and
    sites with two windows make each step dear: on the sample day smaller steps and a shorter memory are about 6 %
    better after 2 s.
    """
    return pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(history_length=HISTORY, callbacks=search),
        operators=[operator for operator in pyvrp.search.OPERATORS if operator is not pyvrp.search.Swap22],
        perturbation=pyvrp.search.PerturbationParams(1, MOST_CHANGES),
    )


def _kept(problem: Problem, routes: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return routes without the visits that would break a rule."""
    kept: list[list[int]] = []
    for crew, route in enumerate(routes):
        kept.append(list(route))
        if time_route(problem, crew, route).is_feasible:
            continue
        kept[crew] = []
        for stop in route:
            if time_route(problem, crew, [*kept[crew], stop]).is_feasible:
                kept[crew].append(stop)
    return kept


def _completed(problem: Problem, routes: list[list[int]], possible: Sequence[int]) -> list[int]:
    """Put every visit that still fits somewhere in its best place, and return those that are left out for good."""
    made = {visit for route in routes for visit in route}
    waiting = [visit for visit in possible if visit not in made]
    again = True
    while again:
        again = False
        for visit in list(waiting):
            place = explain.best_place(problem, routes, visit)
            if place is not None and place.fits:
                routes[place.crew].insert(place.position, visit)
                waiting.remove(visit)
                again = True
    made = {visit for route in routes for visit in route}
    return [visit for visit in range(len(problem.visits)) if visit not in made]


class _Search(pyvrp.IteratedLocalSearchCallbacks):
    """Decide when the search ends, and tell how it goes."""

    def __init__(self, seconds: float, iterations: int | None, visits: int, report: Report) -> None:
        self.seconds, self.wanted, self.visits, self.report = seconds, iterations, visits, report
        self.iterations = 0
        self._best: pyvrp.Solution | None = None
        self._started = time.perf_counter()
        self._told = 0.0

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002
        """Return whether the search ends; PyVRP asks before each iteration."""
        elapsed = time.perf_counter() - self._started
        done = elapsed / self.seconds if self.wanted is None else self.iterations / max(self.wanted, 1)
        if elapsed - self._told > TOLD_EVERY_S or done >= 1:
            self._told = elapsed
            self.report(min(done, 1.0), self._words())
        if done >= 1 or (self.wanted is not None and self.iterations >= self.wanted):
            return True
        self.iterations += 1
        return False

    def _words(self) -> str:
        if self._best is None:
            return tr("Looking for routes …")
        travel_s = sum(int(route.travel_duration()) for route in self._best.routes())
        left_out = self.visits - int(self._best.num_clients())
        return tr("Travel {hours:.1f} h, {count} left out", hours=travel_s / 3600, count=left_out)

    def on_best(self, best: pyvrp.Solution) -> None:
        """Keep the best routes so far."""
        self._best = best


class _Model:
    """A problem as PyVRP has it: one client per visit and window, of which one is served.

    Parameters
    ----------
    problem
        What is to be planned.
    possible
        The visits that a crew could make; the others are none of PyVRP's business.
    """

    def __init__(self, problem: Problem, possible: Sequence[int]) -> None:
        self._problem = problem
        self._possible = possible
        self._slots = [(visit, slot) for visit in possible for slot in problem.visits[visit].starts]
        profiles = list(dict.fromkeys(crew.area for crew in problem.crews))
        seconds, costs = _matrices(problem, possible, profiles)
        places = len(possible) + len(problem.crews)
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(places)],
            clients=self._clients(),
            depots=[pyvrp.Depot(len(possible) + crew) for crew in range(len(problem.crews))],
            vehicle_types=[
                pyvrp.VehicleType(
                    start_depot=number,
                    end_depot=number,
                    tw_early=crew.shift[0],
                    tw_late=crew.shift[1],
                    profile=profiles.index(crew.area),
                )
                for number, crew in enumerate(problem.crews)
            ],
            # Its stub says ndarray[int], which no array is.
            distance_matrices=costs,  # type: ignore[arg-type]
            duration_matrices=[seconds] * len(profiles),  # type: ignore[list-item]
            groups=[pyvrp.ClientGroup(clients, required=False) for clients in self._groups()],
        )

    def routes(self, solution: pyvrp.Solution) -> list[list[int]]:
        """Return for each crew its visits in a solution."""
        routes: list[list[int]] = [[] for _ in self._problem.crews]
        for route in solution.routes():
            clients = [activity.idx for activity in route if activity.is_client()]
            routes[route.vehicle_type()] = [self._slots[client][0] for client in clients]
        return routes

    def solution(self, routes: Sequence[Sequence[int]]) -> pyvrp.Solution:
        """Return routes that break no rule as a solution."""
        found = []
        for crew, route in enumerate(routes):
            timed = time_route(self._problem, crew, route)
            clients = [self._client(visit, stop.start_s) for visit, stop in zip(route, timed.stops, strict=True)]
            if clients:
                found.append(pyvrp.Route(self.data, clients, crew))
        return pyvrp.Solution(self.data, found)

    def _client(self, visit: int, start: int) -> int:
        slot = next((a, b) for a, b in self._problem.visits[visit].starts if a <= start <= b)
        return self._slots.index((visit, slot))

    def _clients(self) -> list[pyvrp.Client]:
        places = {visit: place for place, visit in enumerate(self._possible)}
        groups = {visit: number for number, visit in enumerate(self._split())}
        return [
            pyvrp.Client(
                places[visit],
                service_duration=self._problem.visits[visit].service_s,
                tw_early=earliest,
                tw_late=latest,
                prize=PRIZE,
                required=False,
                group=groups.get(visit),
            )
            for visit, (earliest, latest) in self._slots
        ]

    def _split(self) -> list[int]:
        """Return the visits that have a choice of windows."""
        return [visit for visit in self._possible if len(self._problem.visits[visit].starts) > 1]

    def _groups(self) -> list[list[int]]:
        """Return for each visit with a choice its clients."""
        clients: dict[int, list[int]] = {visit: [] for visit in self._split()}
        for client, (visit, _) in enumerate(self._slots):
            if visit in clients:
                clients[visit].append(client)
        return list(clients.values())


def _matrices(
    problem: Problem, possible: Sequence[int], profiles: Sequence[str]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the seconds between all places of the search, and for each area what they cost."""
    places = [*possible, *(problem.start(crew) for crew in range(len(problem.crews)))]
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
