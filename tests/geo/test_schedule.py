"""The times of a route."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.planning.problem import Problem
from geo.planning.rules import Break
from geo.planning.schedule import setup_of, time_route
from tests.geo.problems import HOUR, crew, on_a_line, problems, ruled, visit, without_ways


def test_times_are_those_that_one_works_out_by_hand() -> None:
    """Base at 0, sites at 600 s and 900 s: 08:30 + 10 min, 20 min stay, 5 min, 30 min stay, 15 min home."""
    problem = on_a_line([600, 900, 0], [visit(0, 1200), visit(1, 1800)], [crew(0, 30600, 63000)])
    route = time_route(problem, 0, [0, 1])
    assert [(s.arrive_s, s.start_s, s.leave_s) for s in route.stops] == [(31200, 31200, 32400), (32700, 32700, 34500)]
    assert (route.start_s, route.end_s, route.travel_s, route.metres) == (30600, 35400, 1800, 18000)
    assert (route.back_s, route.back_m) == (900, 9000)
    assert route.is_feasible


def test_the_crew_waits_at_its_base_not_in_the_street() -> None:
    """A site that opens at 10:00, ten minutes away: departure at 09:50, though the shift begins at 08:30."""
    problem = on_a_line([600, 0], [visit(0, 1200, (10 * HOUR, 12 * HOUR))], [crew(0, 30600, 63000)])
    route = time_route(problem, 0, [0])
    assert (route.start_s, route.stops[0].arrive_s, route.stops[0].start_s) == (35400, 36000, 36000)


def test_leaving_later_never_misses_an_early_window() -> None:
    """A first stop that must be done by 09:00 keeps the crew from leaving late, so it waits before the second."""
    early, late = visit(0, 600, (8 * HOUR, 9 * HOUR)), visit(1, 600, (10 * HOUR, 12 * HOUR))
    route = time_route(on_a_line([600, 1200, 0], [early, late], [crew(0, 8 * HOUR, 18 * HOUR)]), 0, [0, 1])
    assert route.is_feasible
    assert route.stops[0].leave_s == 9 * HOUR
    assert route.stops[1].start_s - route.stops[1].arrive_s == 3000


def test_a_visit_waits_for_a_window_that_holds_all_of_it() -> None:
    """Arriving at 11:50 for 20 minutes at a site that shuts from 12:00 to 14:00 means beginning at 14:00."""
    site = visit(0, 1200, (8 * HOUR, 12 * HOUR), (14 * HOUR, 18 * HOUR))
    problem = on_a_line([600, 0], [site], [crew(0, 11 * HOUR + 40 * 60, 18 * HOUR)])
    assert time_route(problem, 0, [0]).stops[0].start_s == 14 * HOUR


def test_a_late_visit_says_by_how_much_and_goes_on() -> None:
    """Arriving at 12:00 for 20 minutes where the site shut at 12:00 is 20 minutes too late."""
    problem = on_a_line([600, 0], [visit(0, 1200, (8 * HOUR, 12 * HOUR))], [crew(0, 42600, 63000)])
    route = time_route(problem, 0, [0])
    assert [(v.kind, v.stop, v.amount) for v in route.violations] == [("late", 0, 1200)]
    assert route.violations[0].text("en") == "20 min too late for the opening time"
    assert route.violations[0].text("zh") == "比开放时间晚 20 分钟"


def test_a_route_longer_than_the_shift_says_by_how_much() -> None:
    """Half an hour of visit and twenty minutes of travel in a shift of 40 minutes is 10 minutes over."""
    route = time_route(on_a_line([600, 0], [visit(0, 1800)], [crew(0, 30600, 33000)]), 0, [0])
    assert [(v.kind, v.amount) for v in route.violations] == [("overrun", 600)]


def test_a_leg_without_a_way_is_marked_and_takes_no_time() -> None:
    """Nothing is invented for a way that is not there."""
    problem = without_ways(on_a_line([600, 0], [visit(0, 1800)], [crew(0, 30600, 63000)]), 0)
    route = time_route(problem, 0, [0])
    assert [v.kind for v in route.violations] == ["unreachable", "unreachable"]
    assert route.travel_s == 0


def test_a_shift_may_cross_midnight() -> None:
    """A night shift counts on past 24:00."""
    problem = on_a_line([600, 0], [visit(0, 1800, (25 * HOUR, 27 * HOUR))], [crew(0, 20 * HOUR, 28 * HOUR)])
    route = time_route(problem, 0, [0])
    assert (route.stops[0].start_s, route.is_feasible) == (25 * HOUR, True)


def test_a_route_without_stops_takes_no_time() -> None:
    """A crew that visits nothing stays at its base."""
    route = time_route(on_a_line([0], [], [crew(0, 30600, 63000)]), 0, [])
    assert (route.start_s, route.end_s, route.metres, route.stops, route.violations) == (30600, 30600, 0, (), ())


@given(problems(), st.data())
def test_times_add_up_and_rules_are_kept_or_marked(problem: Problem, data: st.DataObject) -> None:
    """Each stop follows from the one before; whatever breaks a window or the shift is marked, and nothing else is."""
    stops = data.draw(st.permutations(range(len(problem.visits))))
    route = time_route(problem, 0, stops)
    opens, closes = problem.crews[0].shift
    now = route.start_s
    assert now >= opens
    marked = {(v.kind, v.stop) for v in route.violations}
    for place, (stop, timed) in enumerate(zip(stops, route.stops, strict=True)):
        one = problem.visits[stop]
        assert timed.arrive_s == now + timed.leg_s
        assert timed.start_s >= timed.arrive_s
        assert timed.leave_s == timed.start_s + one.service_s
        inside = any(a <= timed.start_s and timed.leave_s <= b for a, b in one.windows) or not one.windows
        assert inside == (("late", place) not in marked)
        now = timed.leave_s
    assert route.end_s == now + route.back_s
    assert (route.end_s > closes) == (("overrun", len(stops)) in marked)
    assert route.travel_s == sum(s.leg_s for s in route.stops) + route.back_s


@given(problems(), st.data())
def test_no_later_departure_comes_home_as_early(problem: Problem, data: st.DataObject) -> None:
    """Departure is as late as it can be: one minute later, and the crew is home later or breaks a rule."""
    stops = data.draw(st.lists(st.sampled_from(range(len(problem.visits))), unique=True))
    route = time_route(problem, 0, stops)
    assume(route.is_feasible)
    later = crew(0, route.start_s + 60, problem.crews[0].shift[1])
    delayed = time_route(Problem(problem.visits, (later, *problem.crews[1:]), problem.matrix), 0, stops)
    assert delayed.end_s > route.end_s or not delayed.is_feasible


def by_hand(problem: Problem, stops: list[int], pause_at: tuple[int, bool] | None, leave: int) -> tuple[int, bool]:
    """Return when a crew without traffic is back that takes its break before a stop, and whether all was in time.

    The break lies before the crew sets off for the stop, or once it is there; at the number of stops, at the end of
    the last visit.
    """
    who = problem.crews[0]
    pause = who.pause
    assert pause is not None
    now, good = leave, True
    path = [problem.start(0), *stops, problem.end(0)]
    for place, (before, after) in enumerate(pairwise(path)):
        leg = int(problem.matrix.seconds[before, after])
        for is_there in (False, True):
            if pause_at == (place, is_there):
                good &= max(now, pause.earliest_s) <= pause.latest_s
                now = max(now, pause.earliest_s) + pause.seconds
            now += 0 if is_there else leg
        if place < len(stops):
            one = problem.visits[after]
            begins = [max(now, a) for a, b in one.starts if now <= b]
            good &= bool(begins)
            now = (begins[0] if begins else now) + one.service_s
    return now, good and now <= who.closes_s


@settings(deadline=None)
@given(problems(5, 1), st.integers(0, 6), st.integers(0, 8), st.sampled_from([0, 600, 3600]), st.data())
def test_the_break_is_taken_where_the_crew_is_home_soonest(
    problem: Problem, after: int, width: int, seconds: int, data: st.DataObject
) -> None:
    """Every gap is tried by hand: none of those in which all is in time brings the crew home sooner."""
    begin = problem.crews[0].shift[0] + after * 900
    pause = Break(begin, begin + width * 450, seconds)
    problem = replace(problem, crews=(replace(problem.crews[0], pause=pause),))
    ways = [v for v in range(len(problem.visits)) if problem.reachable(0, v)]
    stops = data.draw(st.lists(st.sampled_from(ways), min_size=1, unique=True)) if ways else []
    assume(stops)
    opens = problem.crews[0].shift[0]
    gaps = [(place, there) for place in range(len(stops) + 1) for there in (False, True)][:-1]
    tries = [by_hand(problem, stops, gap, opens) for gap in gaps]
    tries.append(by_hand(problem, stops, None, max(opens, pause.earliest_s + pause.seconds)))
    back, good = by_hand(problem, stops, None, opens)
    tries.append((back, good and back <= pause.latest_s))
    route = time_route(problem, 0, stops)
    fine = [back for back, is_good in tries if is_good]
    barred = {v.kind for v in route.violations} & {"closure", "samples", "place", "conflict", "area", "skill", "team"}
    assert bool(fine) == (not {v.kind for v in route.violations} - barred)
    if fine:
        assert route.end_s == min(fine)
    if route.pause_s is not None and fine:
        over = route.pause_s + pause.seconds
        assert pause.earliest_s <= route.pause_s <= pause.latest_s
        assert all(stop.leave_s <= route.pause_s or stop.start_s >= over for stop in route.stops)


@settings(deadline=None)
@given(ruled(), st.data())
def test_setup_and_traffic_lie_between_arrival_and_start(problem: Problem, data: st.DataObject) -> None:
    """Under all rules times go forward, a visit begins no sooner than its set-up is done, and legs add up."""
    number = data.draw(st.integers(0, len(problem.crews) - 1))
    stops = data.draw(st.permutations(range(len(problem.visits))))[: data.draw(st.integers(1, 6))]
    route = time_route(problem, number, stops)
    now, before = route.start_s, None
    for stop, timed in zip(stops, route.stops, strict=True):
        assert timed.arrive_s >= now
        assert timed.start_s >= timed.arrive_s + setup_of(problem, before, stop)
        assert timed.leave_s == timed.start_s + problem.visits[stop].service_s
        now, before = timed.leave_s, stop
    assert route.end_s >= now
    assert route.travel_s == sum(stop.leg_s for stop in route.stops) + route.back_s
