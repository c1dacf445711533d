"""A visit tried on a crew's route: what it adds there and which rules it breaks, on the exact schedule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geo.planning.problem import Barrier, Problem
from geo.planning.schedule import TimedRoute, time_route
from geo.planning.search import Routes
from geo.planning.together import time_routes
from geo.planning.violations import Rule, Violation
from geo.roads.routing import Matrix

TIME: frozenset[Rule] = frozenset({"late", "overrun", "break", "samples", "driving", "apart"})
"""The rules that a visit at another time of the day may keep."""

NEVER = 100_000
"""What a rule counts that no minutes mend, in minutes."""

MINUTES_A_STOP = 15
SECONDS_A_METRE = 0.1

Told = dict[tuple[Rule, int, int], int]
"""By how much each rule is broken: by rule, crew and visit, -1 for what concerns the whole route."""


@dataclass(frozen=True)
class Trial:
    """A visit at a place of a crew's route.

    Attributes
    ----------
    crew, position
        Index of the crew, and the number of visits before it on the route.
    extra_s, extra_m
        Travel that it adds, in seconds and metres, over all routes concerned.
    later_s
        How much later the crew is back; how long it is out where it had nothing to do before.
    broken
        The rules that it breaks, beyond those broken before; `Violation.stop` counts with the visit in its place.
    locked
        Whether the route is to stay as it is.
    foreign_s
        What a visit in another team's area, or by another team than now, counts besides, in seconds of travel.
    whose
        For each rule broken the crew that breaks it, as its index in the problem of the corner.
    """

    crew: int
    position: int
    extra_s: int
    extra_m: int
    later_s: int
    broken: tuple[Violation, ...] = ()
    locked: bool = False
    foreign_s: int = 0
    whose: tuple[int, ...] = ()

    @property
    def fits(self) -> bool:
        """Return whether it breaks no rule."""
        return not self.broken and not self.locked

    @property
    def kinds(self) -> frozenset[Rule]:
        """Return which rules it breaks."""
        return frozenset(violation.kind for violation in self.broken)

    @property
    def rank(self) -> tuple[float, int, int, int]:
        """Return what trials are compared by: the least broken first, then the least travel."""
        return severity(self.broken) + NEVER * self.locked, self.extra_s + self.foreign_s, self.crew, self.position


def severity(broken: Sequence[Violation]) -> float:
    """Return how badly rules are broken, in minutes; `NEVER` for each that no minutes mend."""
    return sum(map(_minutes, broken))


def _minutes(violation: Violation) -> float:
    if violation.kind == "stops":
        return MINUTES_A_STOP * violation.amount
    if violation.kind == "distance":
        return violation.amount * SECONDS_A_METRE / 60
    return violation.amount / 60 if violation.amount else NEVER


@dataclass(frozen=True)
class Corner:
    """A crew's route and those that depend on it, as a problem of its own, with a visit to be tried there.

    Small, so that its rules can be changed and tried again in no time, however large the day is.

    Attributes
    ----------
    problem, routes
        Of the crews concerned.
    crew, visit
        Indices in `problem`.
    number
        Index of the crew in the whole.
    """

    problem: Problem
    routes: Routes
    crew: int
    visit: int
    number: int

    @property
    def positions(self) -> range:
        """Return where on the route the visit may stand."""
        return range(len(self.routes[self.crew]) + 1)

    @property
    def is_reachable(self) -> bool:
        """Return whether the crew can get there at all."""
        return self.problem.reachable(self.crew, self.visit)

    @cached_property
    def barriers(self) -> tuple[Barrier, ...]:
        """Return everything for which the crew may not make the visit; `Problem.barrier` tells just the first."""
        found: list[Barrier] = []
        one, who = self.problem.visits[self.visit], self.problem.crews[self.crew]
        found += ["closure"] if one.closure else []
        found += ["closed"] if one.closed else []
        found += ["conflict"] if who.id in one.barred else []
        found += [] if one.needs <= who.skills else ["skill"]
        found += ["area"] if who.hard_area and self.problem.is_foreign(self.crew, self.visit) else []
        found += ["team"] if one.locked and one.crew != who.id else []
        return tuple(found)

    @cached_property
    def before(self) -> list[TimedRoute]:
        """Return the routes as they are, with their times."""
        return self._timed(self.problem, self.routes)

    @cached_property
    def _allowed(self) -> Told:
        return _told(self.routes, self.before)

    def try_at(self, position: int, problem: Problem | None = None) -> Trial:
        """Return what the visit comes to at a place, under the rules of the day or those of another problem."""
        under = problem or self.problem
        route = self.routes[self.crew]
        routes = list(self.routes)
        routes[self.crew] = (*route[:position], self.visit, *route[position:])
        timed = self._timed(under, routes)
        # Against the rules as they are: a route that is broken already may stay so.
        allowed, broken, whose = self._allowed, [], []
        for (kind, crew, stop), amount in _told(routes, timed).items():
            if amount > allowed.get((kind, crew, stop), -1):
                broken.append(_violation(timed[crew], routes[crew], kind, stop))
                whose.append(crew)
        mine, was = timed[self.crew], self.before[self.crew]
        return Trial(
            self.number,
            position,
            sum(one.travel_s for one in timed) - sum(one.travel_s for one in self.before),
            sum(one.metres for one in timed) - sum(one.metres for one in self.before),
            mine.end_s - (was.end_s if route else mine.start_s),
            tuple(broken),
            self.crew in under.locked,
            int(_extra(under, self.crew, self.visit)),
            tuple(whose),
        )

    def trials(self) -> list[Trial]:
        """Return what the visit comes to at every place of the route."""
        return [self.try_at(position) for position in self.positions]

    def best(self) -> Trial:
        """Return the place where it breaks the rules least, then adds least travel."""
        best: Trial | None = None
        for position in self._nearest_first():
            trial = self.try_at(position)
            if best is None or trial.rank < best.rank:
                best = trial
            # Those that follow add more travel, unless streets are slow by the hour.
            if best.fits and not self.problem.rules.speeds:
                break
        assert best is not None  # noqa: S101  a route has one place more than stops
        return best

    def _nearest_first(self) -> list[int]:
        """Return the places, those first where the visit adds least travel."""
        seconds, route = self.problem.travel(self.crew).seconds, self.routes[self.crew]
        path = np.array([self.problem.start(self.crew), *route, self.problem.end(self.crew)])
        there, on = seconds[path[:-1], self.visit], seconds[self.visit, path[1:]]
        direct = seconds[path[:-1], path[1:]]
        who = self.problem.crews[self.crew]
        if who.free_start:
            there, direct = np.array(there), np.array(direct)
            there[0] = direct[0] = 0
        if who.free_end:
            on, direct = np.array(on), np.array(direct)
            on[-1] = direct[-1] = 0
        hopeless = (there < 0) | (on < 0)
        return [int(place) for place in np.lexsort((there + on - direct, hopeless))]

    def _timed(self, problem: Problem, routes: Sequence[Sequence[int]]) -> list[TimedRoute]:
        if len(routes) == 1 and not _is_bound(problem, [*routes[0], self.visit]):
            return [time_route(problem, 0, routes[0])]
        return time_routes(problem, routes)


def corner(problem: Problem, routes: Sequence[Sequence[int]], crew: int, visit: int) -> Corner:
    """Return a crew's route, with the routes that depend on it, and a visit to be tried there.

    Parameters
    ----------
    problem, routes
        The whole day; for each crew the indices of its visits, without the one to be tried.
    crew, visit
        Indices.
    """
    crews = _concerned(problem, routes, crew, visit)
    there = list(dict.fromkeys([*(stop for one in crews for stop in routes[one]), visit]))
    keys = {problem.visits[stop].together for stop in there} - {""}
    if keys:
        known = set(there)
        there += [n for n, one in enumerate(problem.visits) if one.together in keys and n not in known]
    place = {stop: number for number, stop in enumerate(there)}
    small = excerpt(problem, crews, there)
    inner = tuple(tuple(place[stop] for stop in routes[one]) for one in crews)
    return Corner(small, inner, 0, place[visit], crew)


def excerpt(problem: Problem, crews: Sequence[int], visits: Sequence[int]) -> Problem:
    """Return the problem of some crews and visits of another one, with the same rules and travel."""
    count, teams = len(problem.visits), len(problem.crews)
    places = [*visits, *(count + crew for crew in crews)]
    if len(problem.matrix.seconds) > count + teams:
        places += [count + teams + crew for crew in crews]
    at = np.ix_(places, places)

    def cut(matrix: Matrix) -> Matrix:
        return Matrix(matrix.seconds[at], matrix.metres[at])

    place = {visit: number for number, visit in enumerate(visits)}
    locked = {
        number: tuple(place[stop] for stop in problem.locked[crew] if stop in place)
        for number, crew in enumerate(crews)
        if crew in problem.locked
    }
    return replace(
        problem,
        visits=tuple(problem.visits[visit] for visit in visits),
        crews=tuple(problem.crews[crew] for crew in crews),
        matrix=cut(problem.matrix),
        travels={key: cut(matrix) for key, matrix in problem.travels.items()},
        locked=locked,
    )


def _concerned(problem: Problem, routes: Sequence[Sequence[int]], crew: int, visit: int) -> list[int]:
    """Return the crews whose routes depend on one another when a crew gets a visit, that crew first."""
    if not any(one.together for one in problem.visits) and not problem.rules.addresses_together:
        return [crew]
    known, keys = [crew], _keys(problem, [*routes[crew], visit])
    waiting = [one for one in range(len(routes)) if one != crew]
    found = True
    while found:
        found = False
        for one in list(waiting):
            mine = _keys(problem, routes[one])
            if mine & keys:
                waiting.remove(one)
                known.append(one)
                keys |= mine
                found = True
    return known


def _keys(problem: Problem, stops: Sequence[int]) -> set[tuple[str, str]]:
    """Return what makes routes depend on others that share it: visits made together, and addresses."""
    visits = [problem.visits[stop] for stop in stops]
    keys = {("together", visit.together) for visit in visits if visit.together}
    if problem.rules.addresses_together:
        keys |= {("address", visit.address) for visit in visits if visit.address}
    return keys


def _is_bound(problem: Problem, stops: Sequence[int]) -> bool:
    return bool(_keys(problem, stops))


def _told(routes: Sequence[Sequence[int]], timed: Sequence[TimedRoute]) -> Told:
    told: Told = {}
    for crew, (route, one) in enumerate(zip(routes, timed, strict=True)):
        for violation in one.violations:
            stop = route[violation.stop] if violation.stop < len(route) else -1
            key = violation.kind, crew, stop
            told[key] = max(told.get(key, 0), violation.amount)
    return told


def _violation(timed: TimedRoute, route: Sequence[int], kind: Rule, stop: int) -> Violation:
    """Return what a route says of a rule and a stop, at its worst."""
    mine = [
        one
        for one in timed.violations
        if one.kind == kind and (route[one.stop] if one.stop < len(route) else -1) == stop
    ]
    return max(mine, key=lambda one: one.amount)


def _extra(problem: Problem, crew: int, visit: int) -> int:
    """Return what `Problem.extra` says of one crew and visit."""
    one, who = problem.visits[visit], problem.crews[crew]
    moved = bool(one.crew) and one.crew != who.id
    return problem.rules.foreign_visit_s * problem.is_foreign(crew, visit) + problem.rules.move_s * moved


def prices(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> list[Trial]:
    """Return the best place for a visit on every crew's route, best crew first; not those without a way to it.

    Parameters
    ----------
    problem
        The whole day.
    routes
        For each crew the indices of its visits; one that is on a route is tried as if it were not.
    visit
        Index of the visit.
    """
    without = [tuple(stop for stop in route if stop != visit) for route in routes]
    corners = (corner(problem, without, crew, visit) for crew in range(len(problem.crews)))
    return sorted((one.best() for one in corners if one.is_reachable), key=lambda trial: trial.rank)


def here(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Trial | None:
    """Return what a visit comes to where it is now, as if it were tried there; None if it is on no route."""
    for crew, route in enumerate(routes):
        if visit in route:
            without = [tuple(stop for stop in one if stop != visit) for one in routes]
            return corner(problem, without, crew, visit).try_at(list(route).index(visit))
    return None
