"""Plans that the search finds."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import pyvrp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.planning.engine.board import Board
from geo.planning.engine.insertion import best_insertion
from geo.planning.engine.model import Model
from geo.planning.engine.scope import whole_scope
from geo.planning.engine.score import score
from geo.planning.engine.solver import Solution, solve
from geo.planning.problem import Problem, Rules
from geo.planning.rules import Break
from geo.planning.schedule import setup_of, time_route
from geo.planning.search import Found
from geo.progress import Cancelled
from geo.roads.routing import Matrix
from tests.geo.problems import HOUR, crew, on_a_line, problems, ruled, visit
from tests.geo.test_insertion import is_sound


def quick(problem: Problem, seed: int = 1) -> Solution:
    """Solve a small problem the same way every time."""
    return solve(problem, iterations=60, seed=seed)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_visit_is_made_once_or_has_a_reason(problem: Problem) -> None:
    """No site is silently left out, and none is visited twice."""
    found = quick(problem)
    made = [stop for route in found.routes for stop in route]
    assert sorted([*made, *found.left_out]) == list(range(len(problem.visits)))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_routes_keep_every_rule_on_the_clock_that_hand_edits_use(problem: Problem) -> None:
    """What the solver holds feasible, the schedule holds feasible; and no stop lies in a closure."""
    found = quick(problem)
    assert all(route.is_feasible for route in found.timed(problem))
    assert not any(problem.visits[stop].closure for route in found.routes for stop in route)


@settings(max_examples=30, deadline=None)
@given(problems(), st.data())
def test_a_search_from_present_routes_breaks_no_rule_and_loses_nothing(problem: Problem, data: st.DataObject) -> None:
    """Whatever routes it begins with, and with no time to search, the answer holds."""
    order = data.draw(st.permutations(range(len(problem.visits))))
    start = [order[crew :: len(problem.crews)] for crew in range(len(problem.crews))]
    found = solve(problem, iterations=data.draw(st.sampled_from([0, 1, 30])), start=start)
    assert all(route.is_feasible for route in found.timed(problem))
    assert sorted([*(stop for route in found.routes for stop in route), *found.left_out]) == sorted(order)


def test_good_routes_that_it_begins_with_stay() -> None:
    """Nothing is moved where nothing can be gained."""
    problem = on_a_line([100, 200, 300, 0, 0], [visit(n, 600) for n in range(3)], [crew(0, 0, HOUR), crew(1, 0, HOUR)])
    for start in ((), (0, 1, 2)), ((0, 1, 2), ()):
        assert solve(problem, iterations=50, start=start).routes == start


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    """A plan can be made again."""
    visits = [visit(n, 900, (8 * HOUR, (10 + n % 5) * HOUR)) for n in range(20)]
    places = [(n * 739) % 3000 for n in range(20)] + [0, 3000]
    problem = on_a_line(places, visits, [crew(0, 28800, 50400), crew(1, 28800, 50400)])
    assert solve(problem, iterations=200, seed=7) == solve(problem, iterations=200, seed=7)


def test_teams_keep_to_their_areas() -> None:
    """Two sites side by side, each of another area, are visited by two teams though one would travel less."""
    visits = [visit(0, 600, area="a"), visit(1, 600, area="b")]
    crews = [crew(0, 28800, 64800, "a"), crew(1, 28800, 64800, "b")]
    problem = on_a_line([100, 110, 0, 0], visits, crews)
    assert solve(problem, iterations=100).routes == ((0,), (1,))
    indifferent = Problem(problem.visits, problem.crews, problem.matrix, Rules(foreign_visit_s=0))
    assert sorted(map(len, solve(indifferent, iterations=100).routes)) == [0, 2]


def test_a_far_site_of_its_area_goes_to_the_team_that_is_near() -> None:
    """Areas are preferred, not law: a way of two and a half hours saved is worth a visit next door."""
    crews = [crew(0, 28800, 64800, "a"), crew(1, 28800, 64800, "b")]
    assert solve(on_a_line([9000, 0, 10000], [visit(0, 600, area="a")], crews), iterations=100).routes == ((), (0,))


def test_a_search_can_be_stopped() -> None:
    """When the report says stop, the search ends at once."""
    problem = on_a_line([600, 700, 0], [visit(0, 600), visit(1, 600)], [crew(0, 28800, 64800)])

    def report(done: float, _text: str) -> None:
        if done > 0.01:
            raise Cancelled

    with pytest.raises(Cancelled):
        solve(problem, seconds=60, report=report)


def in_one_window(problem: Problem) -> Problem:
    """Return a problem in which each site has at most one window, so that the schedule has no choice."""
    return replace(problem, visits=tuple(replace(one, windows=one.windows[:1]) for one in problem.visits))


@settings(max_examples=60, deadline=None)
@given(st.one_of(problems(), ruled()).map(in_one_window))
def test_the_schedule_agrees_with_the_solver_to_the_second(problem: Problem) -> None:
    """Starts, stays, returns and travel are those of PyVRP for each route of which it knows all the rules."""
    scope = whole_scope(problem)
    assume(scope.visits and scope.crews and not problem.rules.speeds)
    model = Model(problem, scope)
    best = pyvrp.solve(model.data, pyvrp.stop.MaxIterations(30), seed=3, collect_stats=False).best
    assert best.is_feasible()
    for route in best.routes():
        mine = [model.stints[model.slots[one.idx][0]].visits[0] for one in route if one.is_client()]
        crew = next(crew for crew, stops in model.routes(best).items() if mine[0] in stops)
        who, stops = problem.crews[crew], model.routes(best)[crew]
        if model.clock.pause is not None or crew in scope.heads or has_more(problem, stops):
            continue
        timed = time_route(problem, crew, stops)
        assert not {one.kind for one in timed.violations} - {"distance"}
        if not who.overtime_s:
            assert (timed.start_s, timed.end_s) == (route.start_time(), route.end_time())
            theirs = [(one.start_time, one.end_time) for one in route.schedule() if one.is_client()]
            assert [(stop.start_s, stop.leave_s) for stop in timed.stops] == theirs
        assert timed.end_s == route.end_time()
        assert timed.overtime_s == route.overtime()
        setups = [setup_of(problem, before, stop) for before, stop in zip([None, *stops], stops, strict=False)]
        assert timed.travel_s == route.travel_duration() - sum(setups)


def has_more(problem: Problem, stops: Sequence[int]) -> bool:
    """Tell whether visits have rules that PyVRP knows only in part: a place, samples, an address with others."""
    visits = [problem.visits[stop] for stop in stops]
    shared = problem.rules.addresses_together and any(visit.address for visit in visits)
    return shared or any(visit.place is not None or visit.return_by_s is not None for visit in visits)


@settings(max_examples=80, deadline=None)
@given(ruled(), st.sampled_from([0, 1, 40]))
def test_with_all_rules_on_no_rule_is_broken_and_locks_are_exact(problem: Problem, iterations: int) -> None:
    """Each visit at most once, every hard rule kept on the exact schedule, locked routes as they were."""
    found = solve(problem, iterations=iterations)
    made = [stop for crew, route in enumerate(found.routes) for stop in route if crew not in problem.locked]
    locked = {stop for route in problem.locked.values() for stop in route}
    assert len(made) == len(set(made))
    assert not set(made) & locked
    assert set(found.left_out) == set(range(len(problem.visits))) - set(made) - locked
    assert is_sound(problem, found.routes)
    assert all(found.routes[crew] == route for crew, route in problem.locked.items())
    for number, route in enumerate(found.routes):
        for place, stop in enumerate(route if number not in problem.locked else ()):
            one = problem.visits[stop]
            assert not one.locked or one.crew == problem.crews[number].id
            assert one.place is None or place == min(one.place, len(route) - 1)


@settings(max_examples=40, deadline=None)
@given(ruled())
def test_what_is_left_out_fits_nowhere_even_for_what_counts_less(problem: Problem) -> None:
    """A visit left out has no place on the exact schedule, nor one if a visit that counts less gives way."""
    found = solve(problem, iterations=40)
    board = Board(problem, found.routes)
    for left in found.left_out:
        if len(board.group(left)) > 1:
            continue
        assert best_insertion(problem, found.routes, left) is None


@settings(max_examples=40, deadline=None)
@given(ruled())
def test_a_break_lies_between_visits(problem: Problem) -> None:
    """No visit is split by the break, and the break begins within its window."""
    crews = tuple(
        replace(one, pause=Break(12 * HOUR, 13 * HOUR, HOUR), shift=(9 * HOUR, 18 * HOUR)) for one in problem.crews
    )
    problem = replace(problem, crews=crews)
    found = solve(problem, iterations=40)
    for number, timed in enumerate(found.timed(problem)):
        pause = problem.crews[number].pause
        if timed.pause_s is None or pause is None or number in problem.locked:
            continue
        assert pause.earliest_s <= timed.pause_s <= pause.latest_s
        over = timed.pause_s + pause.seconds
        assert all(stop.leave_s <= timed.pause_s or stop.start_s >= over for stop in timed.stops)


@settings(max_examples=40, deadline=None)
@given(ruled(), st.integers(0, 5))
def test_the_same_seed_and_iterations_give_the_same_plan_under_all_rules(problem: Problem, seed: int) -> None:
    """Nothing in the search goes by the time of day."""
    assert solve(problem, iterations=30, seed=seed) == solve(problem, iterations=30, seed=seed)


@settings(max_examples=40, deadline=None)
@given(ruled(), st.data())
def test_present_routes_are_kept_where_rules_let_them(problem: Problem, data: st.DataObject) -> None:
    """From whatever routes it begins, the answer is sound; sound routes never get worse."""
    order = data.draw(st.permutations(range(len(problem.visits))))
    start = [order[crew :: len(problem.crews)] for crew in range(len(problem.crews))]
    found = solve(problem, iterations=10, start=start)
    assert is_sound(problem, found.routes)
    again = solve(problem, iterations=10, start=found.routes)
    assert score(Board(problem, again.routes)) <= score(Board(problem, found.routes))


class Onlooker:
    """Somebody who notes what is found, and has enough after a while."""

    def __init__(self, most: int) -> None:
        self.most, self.all = most, list[Found]()

    def begins(self, *_: object) -> None:
        """Take no note."""

    def found(self, found: Found) -> None:
        """Take note."""
        self.all.append(found)

    @property
    def enough(self) -> bool:
        """Return whether that is enough."""
        return len(self.all) >= self.most


def scattered(count: int, crews: int) -> Problem:
    """Return a problem with sites here and there on a plain, and crews with long days."""
    dice = np.random.default_rng(5)
    at = dice.integers(0, 3000, (count + crews, 2))
    seconds = np.linalg.norm(at[:, np.newaxis] - at[np.newaxis], axis=2).astype(np.int64)
    visits = tuple(visit(n, 600) for n in range(count))
    return Problem(visits, tuple(crew(n, 8 * HOUR, 17 * HOUR) for n in range(crews)), Matrix(seconds, seconds * 10))


def test_who_looks_on_sees_the_cost_fall_and_can_end_the_search() -> None:
    """Each plan told is better than the one before; after enough the search ends long before its time."""
    onlooker = Onlooker(3)
    begun = time.perf_counter()
    found = solve(scattered(80, 6), seconds=60, watch=onlooker)
    assert time.perf_counter() - begun < 30
    assert [(one.left_out, one.cost) for one in onlooker.all] == sorted(
        {(one.left_out, one.cost) for one in onlooker.all}, reverse=True
    )
    assert onlooker.all[-1].routes == found.routes
