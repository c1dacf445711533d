"""Places for one more visit, and routes made to break no rule."""

from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.planning.engine.board import Board
from geo.planning.engine.insertion import best_insertion, insertions, with_visit
from geo.planning.engine.repair import repaired
from geo.planning.problem import Problem
from geo.planning.together import time_routes
from tests.geo.problems import ruled


def unlocked_faults(problem: Problem, routes: Sequence[Sequence[int]]) -> list[object]:
    """Return what breaks a rule, but for routes that stay as they are whatever they break."""
    timed = time_routes(problem, routes)
    return [fault for crew, one in enumerate(timed) if crew not in problem.locked for fault in one.violations]


def is_sound(problem: Problem, routes: Sequence[Sequence[int]]) -> bool:
    """Tell by the schedule whether routes break no rule, and locked ones nothing but what they do by themselves."""
    timed = time_routes(problem, routes)
    alone = time_routes(problem, [problem.locked.get(crew, ()) for crew in range(len(routes))])
    return not unlocked_faults(problem, routes) and all(
        {(one.kind, one.stop) for one in timed[crew].violations}
        <= {(one.kind, one.stop) for one in alone[crew].violations}
        for crew in problem.locked
    )


@st.composite
def jumbled(draw: st.DrawFn, problem: Problem) -> list[list[int]]:
    """Draw routes that may break any rule."""
    order = draw(st.permutations(range(len(problem.visits))))
    return [list(order[crew :: len(problem.crews)]) for crew in range(len(problem.crews))]


@settings(max_examples=150, deadline=None)
@given(ruled(), st.data())
def test_repaired_routes_break_no_rule_and_hold_each_visit_once(problem: Problem, data: st.DataObject) -> None:
    """Whatever the routes were, all rules hold after repair, and locked routes are as they were."""
    board = repaired(problem, data.draw(jumbled(problem)))
    assert is_sound(problem, board.routes)
    made = [visit for route in board.routes for visit in route]
    locked = [visit for route in problem.locked.values() for visit in route]
    assert len(made) == len(set(made) | set(locked)) or locked
    assert all(tuple(board.routes[crew]) == route for crew, route in problem.locked.items())


@settings(max_examples=100, deadline=None)
@given(ruled(), st.data())
def test_the_best_place_is_the_one_that_trying_all_finds(problem: Problem, data: st.DataObject) -> None:
    """The quick bounds rule out no place at which the schedule finds no rule broken, on any crew's route."""
    board = repaired(problem, data.draw(jumbled(problem)))
    made = [visit for crew, route in enumerate(board.routes) for visit in route if crew not in problem.locked]
    assume(made)
    visit = data.draw(st.sampled_from(made))
    assume(len(board.group(visit)) == 1)
    routes = [[stop for stop in route if stop != visit] for route in board.routes]
    assume(is_sound(problem, routes))
    found = {place.crew: place for place in insertions(problem, routes, visit)}
    before = Board(problem, routes)
    for crew, route in enumerate(routes):
        prices = []
        for position in range(len(route) + 1):
            trial = [with_visit(one, position, visit) if number == crew else one for number, one in enumerate(routes)]
            fits = crew not in problem.locked and not problem.visits[visit].unreadable and is_sound(problem, trial)
            if fits:
                prices.append(before.cost_of(crew, trial[crew]) - before.cost_of(crew, route))
        assert bool(prices) == (crew in found)
        if prices and not problem.rules.speeds:
            assert found[crew].cost_s == min(prices)
    best = best_insertion(problem, routes, visit)
    assert best == min(found.values(), default=None)
