"""A stop moved by hand on the clock: 1,000 stops of 70 teams with breaks, meetings, set-ups and slow hours."""

from itertools import cycle

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.model import Mode
from geo.planning.byhand import hand
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.plans import day
from geo.planning.plans.stored import Still, StoredPlan
from geo.planning.plans.timeline import timeline
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.rules import Break, Rules
from geo.planning.timetable import Timetable
from geo.planning.together import time_routes
from geo.roads.routing import Matrix
from geo.store.project import Project

GROUP = "a stop moved by hand"
STOPS, TEAMS = 1000, 70
WINDOWS = ((8 * 3600, 12 * 3600), (14 * 3600, 18 * 3600))


def big_desk(meetings: int) -> Desk:
    """Return a plan of 1,000 stops with so many visits that two teams begin together."""
    dice = np.random.default_rng(1)
    places = dice.uniform(0, 10_000, (STOPS + TEAMS, 2))
    metres = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)).astype(np.int64)
    visits = tuple(
        Visit(str(n), f"site {n}", 1200, WINDOWS if n % 2 else (), address=str(n // 2), setup_s=300,
              together=str(n // 2) if n < 2 * meetings else "")
        for n in range(STOPS)
    )  # fmt: skip
    pause = Break(11 * 3600, 13 * 3600, 2700)
    crews = tuple(Crew(f"c{n}", f"team {n}", (30_600, 63_000), pause=pause, overtime_s=3600) for n in range(TEAMS))
    rules = Rules(addresses_together=True, speeds=(100,) * 7 + (60, 60) + (100,) * 15)
    problem = Problem(visits, crews, Matrix(metres // 8, metres), rules)
    routes = tuple(tuple(range(crew, STOPS, TEAMS)) for crew in range(TEAMS))
    stored = StoredPlan("plan", problem, routes, tuple(map(str, range(STOPS))), places)
    desk = Desk(stored, Still(Mode.CAR), Timetable(problem))
    assert desk.timed
    return desk


@pytest.mark.parametrize("meetings", [0, 10])
@pytest.mark.parametrize("several", [1, 10])
@pytest.mark.benchmark(group=GROUP)
def bench_moved(benchmark: BenchmarkFixture, meetings: int, several: int) -> None:
    """Tell what moving stops does: another place each time, as under a mouse that is dragged over all routes."""
    desk = big_desk(meetings)
    # A step that is prime to both, so that no place comes twice.
    wanted = cycle((crew * 37 % TEAMS, crew % 13) for crew in range(TEAMS * 13))
    stops = list(range(500, 500 + several))

    def move() -> str:
        crew, place = next(wanted)
        return desk.moved(stops, crew, place).text()

    benchmark.pedantic(move, rounds=300, iterations=1)


@pytest.mark.benchmark(group=GROUP)
def bench_all_anew(benchmark: BenchmarkFixture) -> None:
    """Time all routes of the plan with nothing kept, which a move would cost without a desk."""
    desk = big_desk(10)
    benchmark.pedantic(lambda: time_routes(desk.problem, desk.routes), rounds=9, iterations=1)


@pytest.mark.benchmark(group=GROUP)
def bench_sample_edit(benchmark: BenchmarkFixture, planned: Project) -> None:
    """Work out the edit of a move on the sample: times, lengths and ways of both routes."""
    plan = day.current_plan(planned, planned.today())
    assert plan is not None
    tables = planned.snapshot()
    giver, taker = [line for line in timeline(tables, plan).lines if len(line.bars) > 5][:2]
    benchmark.pedantic(
        lambda: hand.move_stops(tables, plan, [giver.bars[1].stop], taker.team, 3), rounds=9, warmup_rounds=1
    )


@pytest.mark.benchmark(group=GROUP)
def bench_sample_desk(benchmark: BenchmarkFixture, planned: Project) -> None:
    """Lay the sample's plan open again after a change."""
    plan = day.current_plan(planned, planned.today())
    assert plan is not None
    tables = planned.snapshot()
    benchmark.pedantic(lambda: open_desk(tables, plan).timed, rounds=9, warmup_rounds=1)
