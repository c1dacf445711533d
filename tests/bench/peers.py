"""What else plans routes: VROOM and OR-Tools, told of the same problem on the same travel times."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.planning.problem import Problem
from geo.planning.schedule import time_route

LEFT_OUT_S = 100_000
"""What a visit left out counts, in seconds of travel: more than any detour."""


def cost(problem: Problem, routes: Sequence[Sequence[int]]) -> int:
    """Return the seconds of travel of routes that break no rule, with what other areas and visits left out count."""
    timed = [time_route(problem, crew, route) for crew, route in enumerate(routes)]
    assert all(route.is_feasible for route in timed)
    extra = sum(int(problem.extra[crew, list(route)].sum()) for crew, route in enumerate(routes))
    possible = sum(bool(column.any()) for column in problem.allowed.T)
    return sum(route.travel_s for route in timed) + extra + LEFT_OUT_S * (possible - sum(map(len, routes)))


def vroom_routes(problem: Problem, level: int, limit_s: int | None = None) -> list[list[int]]:
    """Return the routes of VROOM, at an exploration level from 0 to 5, after so many seconds at most."""
    vroom = pytest.importorskip("vroom")
    possible = [visit for visit in range(len(problem.visits)) if problem.allowed[:, visit].any()]
    given = vroom.Input()
    profiles, costs = _profiles(problem, possible)
    seconds = _seconds(problem, possible)
    for number, extra in enumerate(costs):
        given.set_durations_matrix(str(number), seconds.astype(np.uint32))
        given.set_costs_matrix(str(number), (seconds + extra).astype(np.uint32))
    for number, crew in enumerate(problem.crews):
        place = len(possible) + number
        shift = vroom.TimeWindow(*crew.shift)
        given.add_vehicle(vroom.Vehicle(number, place, place, str(profiles[number]), time_window=shift))
    for place, visit in enumerate(possible):
        windows = [vroom.TimeWindow(a, b) for a, b in problem.visits[visit].starts]
        service = problem.visits[visit].service_s
        given.add_job(vroom.Job(place, place, default_service=service, time_windows=windows))
    limit = None if limit_s is None else timedelta(seconds=limit_s)
    found = given.solve(level, nb_threads=1, timeout=limit)
    steps = found.routes[found.routes["type"] == "job"]
    return [[possible[job] for job in steps.loc[steps["vehicle_id"] == k, "id"]] for k in range(len(problem.crews))]


def ortools_routes(problem: Problem, seconds: int) -> list[list[int]]:
    """Return the routes of OR-Tools after so many seconds of guided local search."""
    pytest.importorskip("ortools")
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # type: ignore[import-not-found]

    possible = [visit for visit in range(len(problem.visits)) if problem.allowed[:, visit].any()]
    count, crews = len(possible), len(problem.crews)
    depots = list(range(count, count + crews))
    manager = pywrapcp.RoutingIndexManager(count + crews, crews, depots, depots)
    model = pywrapcp.RoutingModel(manager)
    legs = _seconds(problem, possible)
    stays = np.array([problem.visits[visit].service_s for visit in possible] + [0] * crews)
    time = model.RegisterTransitMatrix((legs + stays[:, np.newaxis]).tolist())
    model.AddDimension(time, 10**6, 10**6, False, "time")
    clock = model.GetDimensionOrDie("time")
    profiles, extras = _profiles(problem, possible)
    costs = [model.RegisterTransitMatrix((legs + extra).tolist()) for extra in extras]
    for crew, one in enumerate(problem.crews):
        model.SetArcCostEvaluatorOfVehicle(costs[profiles[crew]], crew)
        clock.CumulVar(model.Start(crew)).SetRange(*one.shift)
        clock.CumulVar(model.End(crew)).SetRange(*one.shift)
    for place, visit in enumerate(possible):
        node = manager.NodeToIndex(place)
        starts = problem.visits[visit].starts
        clock.CumulVar(node).SetRange(starts[0][0], starts[-1][1])
        for (_, shut), (opens, _) in pairwise(starts):
            clock.CumulVar(node).RemoveInterval(shut + 1, opens - 1)
        model.AddDisjunction([node], LEFT_OUT_S)
    params = pywrapcp.DefaultRoutingSearchParameters()
    params.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    params.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    params.time_limit.seconds = seconds
    found = model.SolveWithParameters(params)
    return (
        [[] for _ in problem.crews]
        if found is None
        else [_walk(model, manager, found, crew, possible) for crew in range(crews)]
    )


def _walk(model: Any, manager: Any, found: Any, crew: int, possible: Sequence[int]) -> list[int]:
    route, at = [], found.Value(model.NextVar(model.Start(crew)))
    while not model.IsEnd(at):
        route.append(possible[manager.IndexToNode(at)])
        at = found.Value(model.NextVar(at))
    return route


def _seconds(problem: Problem, possible: Sequence[int]) -> NDArray[np.int64]:
    places = [*possible, *(problem.start(crew) for crew in range(len(problem.crews)))]
    seconds: NDArray[np.int64] = problem.matrix.seconds[np.ix_(places, places)]
    return np.where(seconds < 0, 10**6, seconds)


def _profiles(problem: Problem, possible: Sequence[int]) -> tuple[list[int], list[NDArray[np.int64]]]:
    """Return the profile of each crew, and what going to each place costs besides the way by profile."""
    rows = [tuple(problem.extra[crew, list(possible)].tolist()) for crew in range(len(problem.crews))]
    known = list(dict.fromkeys(rows))
    nothing = [0] * len(problem.crews)
    return [known.index(row) for row in rows], [np.array([*row, *nothing], dtype=np.int64) for row in known]
