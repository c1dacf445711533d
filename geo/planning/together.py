"""Routes that depend on one another: visits that two crews begin together, and sites at one address."""

from collections.abc import Sequence
from dataclasses import replace

from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute
from geo.planning.timetable import Timetable
from geo.planning.violations import Violation


def time_routes(problem: Problem, routes: Sequence[Sequence[int]], kept: Timetable | None = None) -> list[TimedRoute]:
    """Return the times of all routes of a plan, and what in them breaks a rule, each crew's and those between crews.

    Crews who come together begin when the later one can.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    routes
        For each crew the indices of its visits, in order.
    kept
        Times of other routes of the problem that were asked for before, to which these are added.
    """
    kept = kept or Timetable(problem)
    pins = meetings(problem, routes, kept)
    timed = [kept.route(crew, route, pins) for crew, route in enumerate(routes)]
    for crew, found in between(problem, routes, timed).items():
        timed[crew] = replace(timed[crew], violations=(*timed[crew].violations, *found))
    return timed


def meetings(problem: Problem, routes: Sequence[Sequence[int]], kept: Timetable | None = None) -> dict[int, int]:
    """Return when the visits begin that several crews make together, by index; earliest times that suit all.

    Each crew waits for the last one, which may make it late for the next meeting, and so on; where two meetings wait
    for one another for ever, the search ends and the crews begin apart.
    """
    groups = [members for members in _groups(problem, routes) if len({crew for crew, _ in members}) > 1]
    concerned = {crew for members in groups for crew, _ in members}
    kept, pins = kept or Timetable(problem), dict[int, int]()
    for _ in range(2 * len(groups) + 2):
        starts = {
            (crew, stop): start
            for crew in concerned
            for stop, start in zip(routes[crew], kept.starts(crew, routes[crew], pins), strict=True)
        }
        wanted = {stop: max(starts[member] for member in members) for members in groups for _, stop in members}
        if wanted == pins:
            break
        pins = wanted
    return pins


def _groups(problem: Problem, routes: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    """Return crew and visit of those who are to come together, group by group."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for crew, route in enumerate(routes):
        for stop in route:
            if problem.visits[stop].together:
                groups.setdefault(problem.visits[stop].together, []).append((crew, stop))
    return list(groups.values())


def between(
    problem: Problem, routes: Sequence[Sequence[int]], timed: Sequence[TimedRoute]
) -> dict[int, list[Violation]]:
    """Return what is wrong between the routes of several crews, by crew: visits begun apart, addresses split."""
    found: dict[int, list[Violation]] = {}
    wanted: dict[str, int] = {}
    for visit in problem.visits:
        if visit.together:
            wanted[visit.together] = wanted.get(visit.together, 0) + 1
    for members in _groups(problem, routes):
        places = [(crew, routes[crew].index(stop)) for crew, stop in members]
        starts = [timed[crew].stops[place].start_s for crew, place in places]
        apart = max(starts) - min(starts)
        alone = len({crew for crew, _ in members}) < wanted[problem.visits[members[0][1]].together]
        if apart or alone:
            for crew, place in places:
                found.setdefault(crew, []).append(Violation("apart", place, 0 if alone else apart))
    if problem.rules.addresses_together:
        _add_split_addresses(problem, routes, found)
    return found


def _add_split_addresses(problem: Problem, routes: Sequence[Sequence[int]], found: dict[int, list[Violation]]) -> None:
    """Add the stops that are apart from the first ones at their address."""
    last: dict[str, tuple[int, int]] = {}
    for crew, route in enumerate(routes):
        for place, stop in enumerate(route):
            address = problem.visits[stop].address
            if address and last.setdefault(address, (crew, place)) not in ((crew, place), (crew, place - 1)):
                found.setdefault(crew, []).append(Violation("address", place, 0))
            elif address:
                last[address] = (crew, place)
