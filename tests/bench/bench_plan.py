"""Plans of the sample day beside VROOM's, on the same travel times; the schedule and a hand edit on the clock."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.inspection.absence import on_duty
from geo.inspection.status import due_sites
from geo.model import Mode
from geo.planning.byhand import hand
from geo.planning.engine import solver
from geo.planning.engine.board import Board
from geo.planning.engine.insertion import best_insertion
from geo.planning.engine.score import score
from geo.planning.office import intake, ways
from geo.planning.plans import day, plan_json
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.rules import Aim
from geo.planning.schedule import time_route
from geo.roads.routing import Matrix
from geo.store.project import Project
from tests.bench.peers import cost, ortools_routes, vroom_routes

QUALITY = "plan of the sample day"
SPEED = "schedule and hand edits"
COSTS: dict[str, int] = {}


@pytest.fixture
def problem(sample: Project) -> Problem:
    """Return the sample's day as the planner sees it."""
    when = sample.today()
    router = ways.router(sample, when, Mode.CAR)
    return intake.problem_of(sample, when, due_sites(sample, when), on_duty(sample, when), router)


def tell(name: str, problem: Problem, routes: Sequence[Sequence[int]]) -> None:
    """Print what a plan costs, and its ratio to VROOM's deepest where that has been found."""
    COSTS[name] = cost(problem, routes)
    best = COSTS.get("vroom 5")
    ratio = f", {COSTS[name] / best:.4f} of vroom 5" if best else ""
    print(f"\n{name}: cost {COSTS[name]} s, {sum(map(len, routes))} of {len(problem.visits)} visits{ratio}")  # noqa: T201


@pytest.mark.parametrize("level", [5, 1])
@pytest.mark.benchmark(group=QUALITY)
def bench_vroom(benchmark: BenchmarkFixture, problem: Problem, level: int) -> None:
    """Let VROOM plan the day, at its quickest and at its deepest."""
    routes = benchmark.pedantic(lambda: vroom_routes(problem, level), rounds=1)
    tell(f"vroom {level}", problem, routes)


@pytest.mark.parametrize("seconds", [10, 50])
@pytest.mark.benchmark(group=QUALITY)
def bench_ortools(benchmark: BenchmarkFixture, problem: Problem, seconds: int) -> None:
    """Let OR-Tools plan the day by guided local search."""
    routes = benchmark.pedantic(lambda: ortools_routes(problem, seconds), rounds=1)
    tell(f"ortools {seconds} s", problem, routes)


@pytest.mark.parametrize("aim", [Aim.EVEN_HOURS, Aim.TEAMS])
@pytest.mark.parametrize("seconds", [10, 60])
@pytest.mark.benchmark(group=QUALITY)
def bench_aim(benchmark: BenchmarkFixture, problem: Problem, aim: Aim, seconds: int) -> None:
    """Make the longest day short, or the teams few; what is left out, the aim and the cost are told."""
    problem = replace(problem, rules=replace(problem.rules, aim=aim))
    found = benchmark.pedantic(lambda: solver.solve(problem, seconds=seconds), rounds=1)
    print(f"\n{aim} {seconds} s: {score(Board(problem, found.routes))}")  # noqa: T201


@pytest.mark.parametrize("seconds", [1, 2, 5, 10, 30])
@pytest.mark.benchmark(group=QUALITY)
def bench_solve(benchmark: BenchmarkFixture, problem: Problem, seconds: int) -> None:
    """Plan the day in so many seconds."""
    found = benchmark.pedantic(lambda: solver.solve(problem, seconds=seconds), rounds=1)
    tell(f"xunlu {seconds} s", problem, found.routes)


def long_day(stops: int) -> Problem:
    """Return one crew with many short visits on a long day, half of them with two windows."""
    dice = np.random.default_rng(1)
    windows = ((0, 40_000), (50_000, 200_000))
    visits = tuple(Visit(str(n), f"site {n}", 30, windows if n % 2 else ()) for n in range(stops))
    seconds = dice.integers(10, 100, (stops + 1, stops + 1))
    np.fill_diagonal(seconds, 0)
    return Problem(visits, (Crew("c", "team", (0, 200_000)),), Matrix(seconds, seconds * 10))


@pytest.mark.parametrize("stops", [20, 1000])
@pytest.mark.benchmark(group=SPEED)
def bench_time_route(benchmark: BenchmarkFixture, stops: int) -> None:
    """Work out all times of a route."""
    problem = long_day(stops)
    benchmark(time_route, problem, 0, range(stops))


@pytest.mark.benchmark(group=SPEED)
def bench_best_place(benchmark: BenchmarkFixture, problem: Problem) -> None:
    """Find the best place for one more site on all routes of the day."""
    routes = [list(route) for route in solver.solve(problem, iterations=30).routes]
    left = routes[0].pop(0)
    benchmark(best_insertion, problem, routes, left)


@pytest.mark.benchmark(group=SPEED)
def bench_move_stop(benchmark: BenchmarkFixture, planned: Project) -> None:
    """Move a stop to another team: times, lengths and ways of both routes."""
    plan = day.current_plan(planned, planned.today())
    assert plan is not None
    here, there = plan_json.as_json(planned, plan)["routes"][:2]
    site = here["stops"][0]["site"]
    benchmark(lambda: hand.move_stop(planned, plan, site, there["team"], 3))
