"""Visits that two crews begin at the same time, and sites at one address."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.planning.problem import Problem
from geo.planning.rules import Rules
from geo.planning.schedule import earliest_starts
from geo.planning.together import meetings, time_routes
from tests.geo.problems import HOUR, crew, on_a_line, ruled, visit


def test_the_crew_that_is_there_first_waits() -> None:
    """Ten minutes and fifty minutes away from 08:00: both begin at 08:50, the first leaves its base later."""
    both = [replace(visit(n, 600), together="m") for n in range(2)]
    problem = on_a_line([600, 3000, 0, 0], both, [crew(0, 8 * HOUR, 18 * HOUR), crew(1, 8 * HOUR, 18 * HOUR)])
    first, second = time_routes(problem, [[0], [1]])
    assert [first.stops[0].start_s, second.stops[0].start_s] == [8 * HOUR + 3000] * 2
    assert first.start_s == 8 * HOUR + 2400
    assert first.is_feasible
    assert second.is_feasible


def test_one_crew_alone_is_marked() -> None:
    """Where only one of the two comes, the route says so."""
    both = [replace(visit(n, 600), together="m") for n in range(2)]
    problem = on_a_line([600, 600, 0, 0], both, [crew(0, 0, HOUR), crew(1, 0, HOUR)])
    assert [fault.kind for fault in time_routes(problem, [[0], []])[0].violations] == ["apart"]


def test_sites_at_one_address_are_marked_if_another_lies_between() -> None:
    """One after the other is right; with another site between, or by another crew, it is not."""
    visits = [replace(visit(0, 60), address="A"), replace(visit(1, 60), address="A"), visit(2, 60)]
    problem = on_a_line([60, 60, 60, 0, 0], visits, [crew(0, 0, HOUR), crew(1, 0, HOUR)])
    problem = replace(problem, rules=Rules(addresses_together=True))

    def marked(*routes: list[int]) -> list[str]:
        return [fault.kind for route in time_routes(problem, routes) for fault in route.violations]

    assert marked([0, 1, 2], []) == []
    assert marked([0, 2, 1], []) == ["address"]
    assert marked([0, 2], [1]) == ["address"]


@settings(max_examples=100, deadline=None)
@given(ruled(), st.data())
def test_who_begins_together_begins_at_one_time_or_is_marked(problem: Problem, data: st.DataObject) -> None:
    """Both begin when the later one can; and no pin is later than one of the crews needs."""
    order = data.draw(st.permutations(range(len(problem.visits))))
    routes = [list(order[number :: len(problem.crews)]) for number in range(len(problem.crews))]
    pins = meetings(problem, routes)
    assume(pins)
    timed = time_routes(problem, routes)
    starts = {
        stop: one.start_s
        for route, times in zip(routes, timed, strict=True)
        for stop, one in zip(route, times.stops, strict=True)
    }
    apart = {
        routes[number][fault.stop]
        for number, times in enumerate(timed)
        for fault in times.violations
        if fault.kind == "apart"
    }
    mates: dict[str, set[int]] = {}
    for stop in pins:
        mates.setdefault(problem.visits[stop].together, set()).add(stop)
    for group in mates.values():
        assert group <= apart or len({starts[stop] for stop in group}) == 1
        if group & apart:
            continue
        free = {stop: pin for stop, pin in pins.items() if stop not in group}
        alone = [
            dict(zip(route, earliest_starts(problem, number, route, free), strict=True)).get(stop)
            for number, route in enumerate(routes)
            for stop in group
        ]
        assert max(start for start in alone if start is not None) <= next(iter(starts[stop] for stop in group))
