"""The search beside VROOM, OR-Tools and plain PyVRP, on the same travel times, in one run.

Each line is told as a ratio to the cost of our search: more than 1 is dearer than ours.
"""

import time
from collections.abc import Callable, Sequence

import pytest
import pyvrp
from pytest_benchmark.fixture import BenchmarkFixture

from geo.planning.engine import solver
from geo.planning.engine.insertion import best_insertion
from geo.planning.engine.model import Model
from geo.planning.engine.scope import whole_scope
from geo.planning.problem import Problem
from tests.bench.cities import city, recipe
from tests.bench.peers import cost, ortools_routes, vroom_routes

SECONDS = (1, 5, 30)
SEEDS = {1: 5, 5: 3, 30: 1}
"""How many seeds our search is begun with; the median of what they cost is told, as short searches differ."""
OURS: dict[tuple[str, int], int] = {}

INSTANCES: dict[str, Callable[[], Problem]] = {
    "R1, 100 sites": lambda: recipe("R1", 100),
    "C1, 200 sites": lambda: recipe("C1", 200),
    "RC2, 200 sites": lambda: recipe("RC2", 200),
    "city, 1000 sites x 70 teams": lambda: city(1000, 70),
}


def tell(name: str, instance: str, problem: Problem, routes: Sequence[Sequence[int]], took_s: float) -> int:
    """Print what routes cost, and how that compares with ours, and return it."""
    found = cost(problem, routes)
    ratios = [
        f"{found / OURS[instance, seconds]:.3f} of our {seconds} s"
        for seconds in SECONDS
        if (instance, seconds) in OURS
    ]
    print(f"\n{instance}: {name} {took_s:.1f} s, cost {found}; {', '.join(ratios)}")  # noqa: T201
    return found


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("seconds", SECONDS)
def bench_ours(benchmark: BenchmarkFixture, instance: str, seconds: int) -> None:
    """Search for so many seconds."""
    problem = INSTANCES[instance]()
    seeds, found = iter(range(SEEDS[seconds])), []

    def search() -> None:
        found.append(solver.solve(problem, seconds=seconds, seed=next(seeds)).routes)

    benchmark.pedantic(search, rounds=SEEDS[seconds])
    middle = sorted(found, key=lambda routes: cost(problem, routes))[len(found) // 2]
    OURS[instance, seconds] = cost(problem, middle)
    tell(f"xunlu, median of {len(found)},", instance, problem, middle, seconds)


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize(("level", "limit_s"), [(1, 50), (5, 300)])
def bench_vroom(benchmark: BenchmarkFixture, instance: str, level: int, limit_s: int) -> None:
    """Let VROOM search at a low and at its highest level, for at most ten times our 5 and 30 seconds.

    Left alone it takes ten minutes on the city at level 1.
    """
    problem = INSTANCES[instance]()
    began = time.perf_counter()
    routes = benchmark.pedantic(lambda: vroom_routes(problem, level, limit_s), rounds=1)
    tell(f"vroom {level}", instance, problem, routes, time.perf_counter() - began)


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("seconds", [10, 50])
def bench_ortools(benchmark: BenchmarkFixture, instance: str, seconds: int) -> None:
    """Let OR-Tools search for ten times our 1 and 5 seconds."""
    problem = INSTANCES[instance]()
    began = time.perf_counter()
    routes = benchmark.pedantic(lambda: ortools_routes(problem, seconds), rounds=1)
    tell("ortools", instance, problem, routes, time.perf_counter() - began)


@pytest.mark.parametrize("instance", ["R1, 100 sites", "C1, 200 sites"])
@pytest.mark.parametrize("seconds", [1, 5])
def bench_plain_pyvrp(benchmark: BenchmarkFixture, instance: str, seconds: int) -> None:
    """Let PyVRP search the same model with its own values: what the wrapper costs, or gains."""
    problem = INSTANCES[instance]()
    model = Model(problem, whole_scope(problem))
    began = time.perf_counter()
    best = benchmark.pedantic(
        lambda: pyvrp.solve(model.data, pyvrp.stop.MaxRuntime(seconds), seed=1, collect_stats=False).best, rounds=1
    )
    tell("plain pyvrp", instance, problem, list(model.routes(best).values()), time.perf_counter() - began)


@pytest.mark.parametrize("seconds", [10, 60])
def bench_big_day(benchmark: BenchmarkFixture, seconds: int) -> None:
    """Plan 5,000 sites with 350 teams, in parts."""
    problem = city(5000, 350)
    began = time.perf_counter()
    found = benchmark.pedantic(lambda: solver.solve(problem, seconds=seconds), rounds=1)
    tell("xunlu in parts", "city, 5000 sites x 350 teams", problem, found.routes, time.perf_counter() - began)


def bench_best_insertion(benchmark: BenchmarkFixture) -> None:
    """Find the best place for one more site on 350 routes of 5,000 sites."""
    problem = city(5000, 350)
    routes = [list(route) for route in solver.solve(problem, iterations=0).routes]
    left = next(route for route in routes if route).pop(0)
    assert benchmark.pedantic(lambda: best_insertion(problem, routes, left), rounds=5) is not None
