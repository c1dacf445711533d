"""Why a visit is on no route, and what would admit it: every answer is tried with the whole schedule of the day."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import Reason
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.reasons.admitting import options
from geo.planning.reasons.changes import NUMBERS, Change, as_data, changed, from_data, weight
from geo.planning.reasons.explain import Why, detail, explain
from geo.planning.reasons.trial import here, prices
from geo.planning.rules import Break, Rules
from geo.planning.together import time_routes
from geo.roads.routing import Matrix
from tests.geo.problems import HOUR, crew, on_a_line, problems, visit

Routes = Sequence[Sequence[int]]


@st.composite
def ruled(draw: st.DrawFn) -> tuple[Problem, list[tuple[int, ...]]]:
    """Draw a problem with rules of every kind, and routes on which some visits are; they may break rules already."""
    plain = draw(problems(most_visits=6, most_crews=3))
    skills = st.frozensets(st.sampled_from(["cold chain", "lift"]), max_size=1)
    teams = [one.id for one in plain.crews]
    optional = st.none() | st.integers(1, 12)
    visits = [
        replace(
            one,
            needs=draw(skills),
            barred=frozenset(draw(st.sets(st.sampled_from(teams), max_size=1))),
            return_by_s=draw(st.none() | st.integers(8, 22).map(lambda hour: hour * HOUR)),
            address=draw(st.sampled_from(["", "", "1 Long Street"])),
            setup_s=draw(st.sampled_from([0, 300])),
        )
        for one in plain.visits
    ]
    if len(visits) > 1 and len(teams) > 1 and draw(st.booleans()):
        # Two teams visit one site, each with a visit of its own.
        visits[0] = replace(visits[0], address="", together=visits[0].id)
        visits[1] = visits[0]
        seconds, metres = plain.matrix.seconds.copy(), plain.matrix.metres.copy()
        for table in (seconds, metres):
            table[1], table[:, 1] = table[0], table[:, 0]
        plain = replace(plain, matrix=Matrix(seconds, metres))
    order = draw(st.permutations(range(len(visits))))
    used = order[: draw(st.integers(0, len(visits)))]
    routes = [tuple(used[number :: len(teams)]) for number in range(len(teams))]
    for number, route in enumerate(routes):
        for place, stop in enumerate(route):
            fixed = draw(st.sampled_from([None, None, None, place]))
            visits[stop] = replace(visits[stop], crew=teams[number], place=fixed)
    crews = [
        replace(
            one,
            skills=draw(skills),
            hard_area=draw(st.booleans()),
            pause=draw(st.none() | st.just(Break(one.shift[0] + HOUR, one.shift[0] + 3 * HOUR, 1800))),
            overtime_s=draw(st.sampled_from([0, 0, 1800])),
            most_stops=draw(optional),
            most_metres=draw(st.none() | st.integers(1, 60).map(lambda km: km * 1000)),
            most_travel_s=draw(st.none() | st.integers(1, 8).map(lambda part: part * 900)),
        )
        for one in plain.crews
    ]
    locked = {number: routes[number] for number in draw(st.sets(st.integers(0, len(crews) - 1), max_size=1))}
    slow = (100,) * 7 + (50, 60) + (90,) * 8 + (40,) + (110,) * 6
    rules = Rules(addresses_together=draw(st.booleans()), speeds=draw(st.sampled_from([(), slow])))
    return replace(plain, visits=tuple(visits), crews=tuple(crews), rules=rules, locked=locked), routes


def broken(problem: Problem, routes: Routes) -> dict[tuple[str, int, int], int]:
    """Return by how much each rule is broken, by rule, crew and visit, from the schedule of the whole day."""
    found: dict[tuple[str, int, int], int] = {}
    for number, timed in enumerate(time_routes(problem, routes)):
        for one in timed.violations:
            stop = routes[number][one.stop] if one.stop < len(routes[number]) else -1
            found[one.kind, number, stop] = max(found.get((one.kind, number, stop), 0), one.amount)
    return found


def admitted(problem: Problem, routes: Routes, left: int, under: Problem) -> bool:
    """Try a visit everywhere under other rules; return whether it breaks nothing that was not broken before."""
    before = broken(problem, routes)
    routes = [*routes, *[()] * (len(under.crews) - len(routes))]
    for number, route in enumerate(routes):
        if number in under.locked:
            continue
        for place in range(len(route) + 1):
            tried = list(routes)
            tried[number] = (*route[:place], left, *route[place:])
            if all(before.get(key, -1) >= amount for key, amount in broken(under, tried).items()):
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(ruled())
def test_each_change_admits_the_visit_and_one_less_does_not(day: tuple[Problem, list[tuple[int, ...]]]) -> None:
    """Every option is applied and tried at every place; a number that is one smaller is not enough."""
    problem, routes = day
    made = {stop for route in routes for stop in route}
    for left in set(range(len(problem.visits))) - made:
        if admitted(problem, routes, left, problem):
            continue
        for option in options(problem, routes, left):
            assert admitted(problem, routes, left, changed(problem, option)), option
            for number, change in enumerate(option):
                if change.kind in NUMBERS:
                    less = [*option[:number], replace(change, amount=change.amount - 1), *option[number + 1 :]]
                    assert not admitted(problem, routes, left, changed(problem, less)), option


@settings(max_examples=60, deadline=None)
@given(ruled())
def test_whatever_can_be_reached_has_a_change_that_admits_it(day: tuple[Problem, list[tuple[int, ...]]]) -> None:
    """Only a site without a way, or one whose opening times nobody can read, has none; the smallest comes first."""
    problem, routes = day
    made = {stop for route in routes for stop in route}
    for left in set(range(len(problem.visits))) - made:
        if admitted(problem, routes, left, problem):
            continue
        found = options(problem, routes, left)
        assert [weight(one) for one in found] == sorted(map(weight, found))
        if any(problem.reachable(number, left) for number in range(len(problem.crews))):
            assert found


@settings(max_examples=60, deadline=None)
@given(ruled(), st.data())
def test_a_price_is_what_the_whole_schedule_says(
    day: tuple[Problem, list[tuple[int, ...]]], data: st.DataObject
) -> None:
    """Each crew's best place costs just the travel that it adds, and no other place of the crew is better."""
    problem, routes = day
    one = data.draw(st.integers(0, len(problem.visits) - 1))
    without = [tuple(stop for stop in route if stop != one) for route in routes]
    before, travel = broken(problem, without), [timed.travel_s for timed in time_routes(problem, without)]
    found = prices(problem, routes, one)
    assert sorted(trial.crew for trial in found) == [
        number for number in range(len(problem.crews)) if problem.reachable(number, one)
    ]
    for trial in found:
        tried = []
        for place in range(len(without[trial.crew]) + 1):
            route = (*without[trial.crew][:place], one, *without[trial.crew][place:])
            after = [route if number == trial.crew else other for number, other in enumerate(without)]
            new = {key: much for key, much in broken(problem, after).items() if much > before.get(key, -1)}
            extra = sum(timed.travel_s for timed in time_routes(problem, after)) - sum(travel)
            tried.append((not new and trial.crew not in problem.locked, extra))
        assert tried[trial.position] == (trial.fits, trial.extra_s)
        assert not any(fits and (not trial.fits or extra < trial.extra_s) for fits, extra in tried)
    present = here(problem, routes, one)
    assert (present is None) == all(one not in route for route in routes)


def lacking(problem: Problem, routes: Routes, left: int) -> Why:
    """Return why a visit is left out, in a problem where it is."""
    assert not admitted(problem, routes, left, problem)
    why = explain(problem, routes)[left]
    assert all(admitted(problem, routes, left, changed(problem, option)) for option in why.changes)
    return why


def two(first: Visit, second: Visit, team: Crew, *, rules: Rules | None = None) -> Problem:
    """Return two visits side by side at the base of one team."""
    problem = on_a_line([0, 0, 0], [first, second], [team])
    return replace(problem, rules=rules or Rules())


DAY_SHIFT = crew(0, 8 * HOUR, 18 * HOUR)


@pytest.mark.parametrize(
    ("left", "team", "reason", "change"),
    [
        (visit(1, 600), replace(DAY_SHIFT, most_stops=1), Reason.LIMIT, Change("stops", 1, crew="c0")),
        (
            replace(visit(1, 600), needs=frozenset({"cold chain"})),
            DAY_SHIFT,
            Reason.SKILL,
            Change("skill", crew="c0", subject="cold chain"),
        ),
        (
            replace(visit(1, 600), barred=frozenset({"c0"})),
            DAY_SHIFT,
            Reason.CONFLICT,
            Change("conflict", crew="c0", site="v1"),
        ),
        (
            visit(1, 600, area="b"),
            replace(DAY_SHIFT, area="a", hard_area=True),
            Reason.AREA,
            Change("area", crew="c0"),
        ),
        (replace(visit(1, 600), crew="x", locked=True), DAY_SHIFT, Reason.LOCKED, Change("unlock", site="v1")),
        (
            replace(visit(1, 600, (17 * HOUR, 18 * HOUR)), return_by_s=17 * HOUR),
            DAY_SHIFT,
            Reason.NO_WINDOW,
            Change("opens_earlier", 10, site="v1"),
        ),
        (
            visit(1, 4 * HOUR, (8 * HOUR, 12 * HOUR)),
            replace(DAY_SHIFT, pause=Break(10 * HOUR, 10 * HOUR, 1800)),
            Reason.BREAK,
            Change("break_later", 120, crew="c0"),
        ),
        (
            visit(1, 600, closure="Dongshan"),
            DAY_SHIFT,
            Reason.CLOSURE,
            Change("closure", site="v1", subject="Dongshan"),
        ),
        (
            replace(visit(1, 600), together="v1"),
            DAY_SHIFT,
            Reason.TOGETHER,
            Change("one_team", site="v1"),
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_each_rule_has_its_reason_and_its_change(left: Visit, team: Crew, reason: Reason, change: Change) -> None:
    """A visit that just one rule keeps out says which, and what would have to give."""
    problem = two(visit(0, 600), left, team)
    if left.together:
        twin = replace(left)
        problem = on_a_line([0, 0, 0, 0], [visit(0, 600), left, twin], [team])
    why = lacking(problem, [(0,)], 1)
    assert (why.reason, change) in [(why.reason, one) for option in why.changes for one in option]
    assert why.reason == reason
    for lang in ("en", "zh"):
        assert detail(why, "X", lang)


def test_reasons_survive_the_file() -> None:
    """Changes are written as JSON and read again; what a later version writes, or nonsense, is passed over."""
    option = (Change("overtime", 18, crew="c7"), Change("closes_later", 5, site="v1"))
    other = (Change("skill", crew="c0", subject="cold chain"),)
    assert from_data(as_data([option, other])) == (option, other)
    assert (
        from_data([[{"kind": "teleport"}], [{"kind": "area", "crew": 7}], 3, [{"kind": "stops", "amount": "x"}], []])
        == ()
    )
    assert from_data(None) == ()
