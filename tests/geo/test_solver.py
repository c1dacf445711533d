"""Plans that the search finds, and the reasons it gives."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import pyvrp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.model import Reason
from geo.planning import solver
from geo.planning.explain import Why, alone, best_place, detail, explain
from geo.planning.problem import Problem, Rules
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


def admits(problem: Problem, routes: Sequence[Sequence[int]], left: int, crews: set[int]) -> bool:
    """Try a visit at every place of the routes of some crews; return whether it fits anywhere, by the schedule."""
    tries = [(crew, position) for crew in crews for position in range(len(routes[crew]) + 1)]
    return any(
        time_route(problem, crew, [*routes[crew][:position], left, *routes[crew][position:]]).is_feasible
        for crew, position in tries
    )


def with_more(problem: Problem, minutes: int, crews: set[int], left: int | None = None) -> Problem:
    """Return a problem in which some shifts end, and one site closes, so many minutes later."""
    more = minutes * 60
    visits = tuple(
        replace(one, windows=tuple((a, b + more) for a, b in one.windows)) if number == left else one
        for number, one in enumerate(problem.visits)
    )
    teams = tuple(
        replace(one, shift=(one.shift[0], one.shift[1] + more)) if number in crews else one
        for number, one in enumerate(problem.crews)
    )
    return replace(problem, visits=visits, crews=teams)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_what_is_left_out_fits_nowhere_and_its_minutes_are_the_fewest_that_admit_it(problem: Problem) -> None:
    """Each reason is tried: so many minutes more admit the visit, one minute fewer does not."""
    found = quick(problem)
    everyone = set(range(len(problem.crews)))
    reasons = explain(problem, found.routes)
    assert sorted(reasons) == list(found.left_out)
    for left, why in reasons.items():
        if problem.visits[left].closure:
            assert why == Why(Reason.CLOSURE, subject=problem.visits[left].closure)
            continue
        assert not admits(problem, found.routes, left, everyone)
        if why.minutes is None:
            assert why.reason == Reason.UNREACHABLE
            continue
        routes = found.routes if why.reason == Reason.NO_TIME else [()] * len(problem.crews)
        crews = {crew for crew in everyone if not why.subject or problem.crews[crew].id == why.subject}
        site = None if why.subject else left
        assert admits(with_more(problem, why.minutes, crews, site), routes, left, crews)
        assert not admits(with_more(problem, why.minutes - 1, everyone, site), routes, left, everyone)


@settings(max_examples=60, deadline=None)
@given(problems(), st.data())
def test_a_place_costs_what_the_schedule_says(problem: Problem, data: st.DataObject) -> None:
    """The quick reckoning of a place and the schedule of the whole route agree on whether it fits and what it adds."""
    open_visits = [v for v in range(len(problem.visits)) if alone(problem, v) is None]
    assume(open_visits)
    left = data.draw(st.sampled_from(open_visits))
    routes = solve(problem, iterations=20).routes
    routes = tuple(tuple(stop for stop in route if stop != left) for route in routes)
    place = best_place(problem, routes, left)
    assert place is not None
    route = [*routes[place.crew][: place.position], left, *routes[place.crew][place.position :]]
    timed = time_route(problem, place.crew, route)
    assert place.fits == timed.is_feasible
    foreign = problem.rules.foreign_visit_s * problem.is_foreign(place.crew, left)
    assert timed.travel_s - time_route(problem, place.crew, routes[place.crew]).travel_s + foreign == place.extra_s


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
    assert list(explain(problem, quick(problem).routes).values()) == [Why(Reason.NO_TIME, 60, "c0")]


def test_a_site_whose_hour_is_taken_says_how_much_longer_it_would_have_to_open() -> None:
    """Two visits of an hour in the same hour, in a long shift: no overtime helps, an hour more of opening does."""
    visits = [visit(n, HOUR, (9 * HOUR, 10 * HOUR)) for n in range(2)]
    problem = on_a_line([0, 0, 0], visits, [crew(0, 8 * HOUR, 18 * HOUR)])
    why = explain(problem, quick(problem).routes)
    assert list(why.values()) == [Why(Reason.NO_TIME, 60)]
    assert detail(Why(Reason.NO_TIME, 60), "", "en") == "No team has time left while it is open: 60 min are lacking."


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


def in_one_window(problem: Problem) -> Problem:
    """Return a problem in which each site has at most one window, so that the schedule has no choice."""
    return replace(problem, visits=tuple(replace(one, windows=one.windows[:1]) for one in problem.visits))


@settings(max_examples=60, deadline=None)
@given(problems().map(in_one_window))
def test_the_schedule_agrees_with_the_solver_to_the_second(problem: Problem) -> None:
    """Departure, every start and stay, return and travel are those that PyVRP works out for the same route."""
    possible = [number for number in range(len(problem.visits)) if alone(problem, number) is None]
    assume(possible)
    model = solver._Model(problem, possible)
    best = pyvrp.solve(model.data, pyvrp.stop.MaxIterations(30), seed=3, collect_stats=False).best
    assert best.is_feasible()
    for route in best.routes():
        timed = time_route(problem, route.vehicle_type(), model.routes(best)[route.vehicle_type()])
        assert timed.is_feasible
        assert (timed.start_s, timed.end_s, timed.travel_s) == (
            route.start_time(),
            route.end_time(),
            route.travel_duration(),
        )
        theirs = [(one.start_time, one.end_time) for one in route.schedule() if one.is_client()]
        assert [(stop.start_s, stop.leave_s) for stop in timed.stops] == theirs
