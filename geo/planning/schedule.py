"""The times of a route, and what in it breaks a rule: one pure function for solver results and hand edits alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.language import Language, tr
from geo.planning.problem import Problem, Visit
from geo.roads.routing import UNREACHABLE


@dataclass(frozen=True)
class Violation:
    """A rule that a route breaks.

    Attributes
    ----------
    kind
        ``late`` for the opening times of a stop, ``overrun`` for the shift, ``unreachable`` for a leg without a way.
    stop
        The stop concerned, from 0; the number of stops for the way home.
    seconds
        By how much.
    """

    kind: Literal["late", "overrun", "unreachable"]
    stop: int
    seconds: int

    def text(self, lang: Language | None = None) -> str:
        """Return the violation in words."""
        minutes = -(-self.seconds // 60)
        if self.kind == "late":
            return tr("{minutes} min too late for the opening time", lang, minutes=minutes)
        if self.kind == "overrun":
            return tr("back {minutes} min after the end of the shift", lang, minutes=minutes)
        return tr("not reachable by road", lang)


@dataclass(frozen=True)
class TimedStop:
    """A stop with its times in seconds from midnight, and the leg that leads to it."""

    arrive_s: int
    start_s: int
    leave_s: int
    leg_s: int
    leg_m: int


@dataclass(frozen=True)
class TimedRoute:
    """A route with all its times.

    Attributes
    ----------
    start_s, end_s
        Departure from the base and return to it, in seconds from midnight.
    metres, travel_s
        Of all legs, the way home included.
    back_s, back_m
        The way home.
    """

    start_s: int
    end_s: int
    metres: int
    travel_s: int
    back_s: int
    back_m: int
    stops: tuple[TimedStop, ...]
    violations: tuple[Violation, ...]

    @property
    def is_feasible(self) -> bool:
        """Return whether the route breaks no rule."""
        return not self.violations


def time_route(problem: Problem, crew: int, stops: Sequence[int]) -> TimedRoute:
    """Return the times of a crew's route through some visits in order.

    The crew leaves its base as late as it can without coming home later, so that it waits at the base and not in the
    street; on the way it goes on as soon as it can. It begins each visit in the first window that still holds the
    whole visit. Where none does, it begins on arrival, and the route says by how much that is too late.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    crew
        Index of the crew.
    stops
        Indices of the visits, in order.
    """
    shift = problem.crews[crew].shift
    visits = [problem.visits[stop] for stop in stops]
    legs, metres = _legs(problem, crew, stops)
    travel = [max(0, leg) for leg in legs]
    leave = _latest_departure(visits, travel, _starts(visits, travel, shift[0]), shift[0])
    timed, violations, now = [], [], leave
    for place, (visit, start) in enumerate(zip(visits, _starts(visits, travel, leave), strict=True)):
        arrive = now + travel[place]
        now = start + visit.service_s
        timed.append(TimedStop(arrive, start, now, travel[place], metres[place]))
        late = visit.lateness(start)
        if late:
            violations.append(Violation("late", place, late))
    end = now + travel[-1]
    if end > shift[1]:
        violations.append(Violation("overrun", len(stops), end - shift[1]))
    violations += [Violation("unreachable", place, 0) for place, leg in enumerate(legs) if leg == UNREACHABLE]
    return TimedRoute(leave, end, sum(metres), sum(travel), travel[-1], metres[-1], tuple(timed), tuple(violations))


def begin(visit: Visit, arrive: int) -> int:
    """Return when a visit begins for a crew that arrives at a time: on arrival if it is too late for every window."""
    for earliest, latest in visit.starts:
        if arrive <= latest:
            return max(arrive, earliest)
    return arrive


def _legs(problem: Problem, crew: int, stops: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return seconds, `UNREACHABLE` where there is no way, and metres of each leg, the way home last."""
    if not stops:
        return [0], [0]
    path = [problem.base(crew), *stops, problem.base(crew)]
    seconds: list[int] = problem.matrix.seconds[path[:-1], path[1:]].tolist()
    metres: list[int] = np.maximum(problem.matrix.metres[path[:-1], path[1:]], 0).tolist()
    return seconds, metres


def _starts(visits: Sequence[Visit], travel: Sequence[int], leave: int) -> list[int]:
    """Return when each visit begins, if the crew leaves its base at a time and then never dawdles."""
    starts, now = [], leave
    for visit, leg in zip(visits, travel, strict=False):
        start = begin(visit, now + leg)
        starts.append(start)
        now = start + visit.service_s
    return starts


def _latest_departure(visits: Sequence[Visit], travel: Sequence[int], starts: Sequence[int], opens: int) -> int:
    """Return how late the crew may leave its base so that the last visit still begins when it would."""
    if not visits:
        return opens
    latest = starts[-1]
    for place in range(len(visits) - 2, -1, -1):
        bound = latest - travel[place + 1] - visits[place].service_s
        latest = _latest_start(visits[place], starts[place], bound)
    return max(opens, latest - travel[0])


def _latest_start(visit: Visit, start: int, bound: int) -> int:
    """Return the latest time up to a bound at which a visit may begin; its start if that is too late anyway."""
    return max((min(bound, b) for a, b in visit.starts if a <= bound and b >= start), default=start)
