"""How long reasons and prices take: a stop's price with each of 30 teams, and why a site is left out of a full day."""

import random
from dataclasses import replace

from pytest_benchmark.fixture import BenchmarkFixture

from geo.planning.problem import Problem
from geo.planning.reasons.explain import why_not
from geo.planning.reasons.trial import prices
from geo.planning.rules import Break
from tests.geo.problems import HOUR, crew, on_a_line, visit

VISITS, CREWS = 150, 30


def full_day() -> tuple[Problem, list[tuple[int, ...]]]:
    """Return 150 visits of 30 teams, each with its break, and one more for which nobody has time."""
    dice = random.Random(7)
    places = [dice.randrange(3600) for _ in range(VISITS + 1 + CREWS)]
    visits = [visit(number, 5400, (8 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR)) for number in range(VISITS)]
    visits.append(visit(VISITS, 2 * HOUR, (9 * HOUR, 12 * HOUR)))
    pause = Break(41_400, 46_800, 3600)
    crews = [replace(crew(number, 8 * HOUR, 18 * HOUR), pause=pause) for number in range(CREWS)]
    order = sorted(range(VISITS), key=lambda number: places[number])
    routes = [tuple(order[number * 5 : number * 5 + 5]) for number in range(CREWS)]
    return on_a_line(places, visits, crews), routes


def bench_price_of_a_stop_with_each_team(benchmark: BenchmarkFixture) -> None:
    """Price one stop at its best place on each of 30 routes."""
    problem, routes = full_day()
    assert len(benchmark(prices, problem, routes, 3)) == CREWS


def bench_why_a_site_is_left_out(benchmark: BenchmarkFixture) -> None:
    """Find the reason and every change that would admit it, each tried."""
    problem, routes = full_day()
    assert benchmark(why_not, problem, routes, VISITS).changes
