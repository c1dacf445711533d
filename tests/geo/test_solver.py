"""Plans that the search finds, and the reasons it gives."""

import pytest
from hypothesis import given, settings

from geo.model import Reason
from geo.planning.explain import Why, alone, best_place, detail, no_time
from geo.planning.problem import Crew, Problem, Rules, Visit
from geo.planning.schedule import time_route
from geo.planning.solver import Solution, solve
from geo.progress import Cancelled
from tests.geo.problems import HOUR, crew, on_a_line, problems, visit, without_ways


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


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_minutes_of_a_reason_admit_the_visit(problem: Problem) -> None:
    """For want of time: that team's day so many minutes longer and its sites open so much longer, and it fits."""
    found = quick(problem)
    for left, why in found.left_out.items():
        if why.reason != Reason.NO_TIME:
            continue
        place = best_place(problem, found.routes, left)
        assert why == no_time(problem, place)
        assert why.minutes is not None
        assert why.minutes > 0
        more = why.minutes * 60
        wider = tuple(
            Visit(v.id, v.name, v.service_s, tuple((a, b + more) for a, b in v.windows), v.area) for v in problem.visits
        )
        longer = tuple(Crew(c.id, c.name, (c.shift[0], c.shift[1] + more), c.area) for c in problem.crews)
        route = list(found.routes[place.crew])
        route.insert(place.position, left)
        assert time_route(Problem(wider, longer, problem.matrix), place.crew, route).is_feasible


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


def test_each_reason_is_told_apart() -> None:
    """Closure, no way, no opening time within a shift: each has its reason, and its minutes where they help."""
    visits = [
        visit(0, 600, closure="Dongshan"),
        visit(1, 600),
        visit(2, 600, (20 * HOUR, 21 * HOUR)),
        visit(3, 1800, (9 * HOUR, 9 * HOUR + 1200)),
        visit(4, 600),
    ]
    problem = without_ways(on_a_line([600] * 5 + [0], visits, [crew(0, 8 * HOUR, 18 * HOUR)]), 1)
    assert alone(problem, 0) == Why(Reason.CLOSURE, subject="Dongshan")
    assert alone(problem, 1) == Why(Reason.UNREACHABLE)
    # Opens at 20:00, 10 min stay, 10 min home: 20:20 is 140 min after 18:00.
    assert alone(problem, 2) == Why(Reason.NO_WINDOW, 140)
    # A stay of 30 min in a window of 20.
    assert alone(problem, 3) == Why(Reason.NO_WINDOW, 10)
    assert alone(problem, 4) is None


def test_a_visit_for_which_no_time_is_left_says_who_lacks_least() -> None:
    """Three hours of visits in a shift of two: the third lacks what its stay and its way add."""
    visits = [visit(n, HOUR) for n in range(3)]
    problem = on_a_line([0, 0, 0, 0], visits, [crew(0, 8 * HOUR, 10 * HOUR)])
    found = quick(problem)
    assert list(found.left_out.values()) == [Why(Reason.NO_TIME, 60, "c0")]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    """A reason is told in words, with its minutes and whom it concerns."""
    why = Why(reason, 12, "c0")
    english, chinese = detail(why, "team 7", "en"), detail(why, "第7组", "zh")
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert ("12" in english) == (reason in (Reason.NO_TIME, Reason.NO_WINDOW))


def test_a_search_can_be_stopped() -> None:
    """When the report says stop, the search ends at once."""
    problem = on_a_line([600, 700, 0], [visit(0, 600), visit(1, 600)], [crew(0, 28800, 64800)])

    def report(done: float, _text: str) -> None:
        if done > 0.01:
            raise Cancelled

    with pytest.raises(Cancelled):
        solve(problem, seconds=60, report=report)
