"""Which places on all routes could take one more visit, by quick bounds: what they rule out is out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.hours import DAY
from geo.planning.problem import Crew, Problem
from geo.planning.schedule import begin, setup_of
from geo.planning.traffic import FREE
from geo.roads.routing import UNREACHABLE

Ints = NDArray[np.int64]
Places = tuple[Ints, Ints, Ints]
"""Crews, positions, and about what each place adds in seconds of travel."""

NEVER = 10 * DAY
"""A time that nothing is as late as."""


class Reach:
    """Bounds on what fits where, for all places of all routes at once.

    They leave out breaks where waiting may hide them, count the fastest hour for all hours and know nothing of other
    crews: a place that they admit is still to be timed, one that they rule out is out.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    routes
        For each crew the indices of its visits, in order.
    """

    def __init__(self, problem: Problem, routes: Sequence[Sequence[int]]) -> None:
        self._problem = problem
        speeds = problem.rules.speeds
        self._fastest = max(speeds) if speeds else FREE
        self._usual = sum(speeds) / len(speeds) / FREE if speeds else 1.0
        self._lines = [_Line(problem, crew, route, self._fastest) for crew, route in enumerate(routes)]
        self._join()

    def change(self, crew: int, route: Sequence[int]) -> None:
        """Take note of another route of a crew."""
        self._lines[crew] = _Line(self._problem, crew, route, self._fastest)
        self._join()

    def places(self, visit: int, *, only: int | None = None) -> Places:
        """Return where a visit might fit, the cheapest place first.

        Parameters
        ----------
        visit
            Index of the visit.
        only
            Index of the one crew to look at; None for all.
        """
        one, crews, fastest = self._problem.visits[visit], self._crew, self._fastest
        there, on, metres = self._legs(visit)
        good = self._open(visit, there, on)
        if only is not None:
            good &= crews == only
        setup = np.where(self._same_address(visit), 0, one.setup_s)
        left = _begin(one.starts, self._leave + _quick(there, fastest) + setup) + one.service_s
        good &= left + _quick(on, fastest) <= self._latest
        work = self._work[crews] + _quick(there + on, fastest) - _quick(self._direct, fastest) + one.service_s
        good &= work <= self._room[crews]
        if one.return_by_s is not None:
            good &= left + _quick(on, fastest) + self._rest <= one.return_by_s
        good &= (self._metres[crews] + metres <= self._most_metres[crews]) & self._free[crews]
        return self._sorted(visit, np.flatnonzero(good), there + on)

    def detours(self, visit: int) -> Places:
        """Return all places to which there is a way for a crew that may make a visit, the shortest detour first."""
        there, on, _ = self._legs(visit)
        good = self._open(visit, there, on) & self._unlocked[self._crew]
        return self._sorted(visit, np.flatnonzero(good), there + on)

    def _open(self, visit: int, there: Ints, on: Ints) -> NDArray[np.bool_]:
        way: NDArray[np.bool_] = (there != NEVER) & (on != NEVER) & (not self._problem.visits[visit].unreadable)
        allowed: NDArray[np.bool_] = way & self._problem.allowed[self._crew, visit]
        return allowed

    def _sorted(self, visit: int, found: NDArray[np.intp], ways: Ints) -> Places:
        crews = self._crew[found]
        travel = (ways - self._direct)[found] / self._usual
        cost = travel.astype(np.int64) + self._problem.extra[crews, visit]
        order = np.argsort(cost, kind="stable")
        return crews[order], self._position[found][order], cost[order]

    def _join(self) -> None:
        lines = self._lines
        counts = [len(line.leave) for line in lines]
        self._crew = np.repeat(np.arange(len(lines)), counts)
        self._position = np.concatenate([np.arange(count) for count in counts] or [np.zeros(0, np.int64)])
        self._before = _joined([line.before for line in lines])
        self._after = _joined([line.after for line in lines])
        self._leave = _joined([line.leave for line in lines])
        self._latest = _joined([line.latest for line in lines])
        self._direct = _joined([line.direct for line in lines])
        self._direct_m = _joined([line.direct_m for line in lines])
        self._rest = _joined([line.rest for line in lines])
        self._work = np.array([line.work for line in lines], dtype=np.int64)
        self._room = np.array([line.room for line in lines], dtype=np.int64)
        self._metres = np.array([line.metres for line in lines], dtype=np.int64)
        self._most_metres = np.array([line.most_metres for line in lines], dtype=np.int64)
        self._free = np.array([line.free for line in lines], dtype=bool)
        self._unlocked = np.array([crew not in self._problem.locked for crew in range(len(lines))], dtype=bool)

    def _legs(self, visit: int) -> tuple[Ints, Ints, Ints]:
        """Return the seconds to and from a visit at each place, `NEVER` for no way, and the metres that it adds."""
        problem, crews = self._problem, self._crew
        there, on = np.zeros(len(crews), np.int64), np.zeros(len(crews), np.int64)
        metres = -self._direct_m
        modes = [problem.crews[crew].mode for crew in range(len(problem.crews))]
        for mode in dict.fromkeys(modes):
            matrix = problem.travels.get(mode, problem.matrix)
            of = np.array([one == mode for one in modes], dtype=bool)[crews]
            starts, ends = of & (self._before >= 0), of & (self._after >= 0)
            for chosen, legs, lengths in (
                (starts, there, (self._before[starts], visit)),
                (ends, on, (visit, self._after[ends])),
            ):
                seconds = matrix.seconds[lengths]
                legs[chosen] = np.where(seconds == UNREACHABLE, NEVER, seconds)
                metres[chosen] += np.maximum(matrix.metres[lengths], 0)
        return there, on, metres

    def _same_address(self, visit: int) -> NDArray[np.bool_]:
        address = self._problem.visits[visit].address
        if not address:
            return np.zeros(len(self._crew), dtype=bool)
        same = np.array([one.address == address for one in self._problem.visits] + [False], dtype=bool)
        return same[np.where((self._before >= 0) & (self._before < len(same) - 1), self._before, len(same) - 1)]


class _Line:
    """Bounds of one route: when the crew is free at each place, and must be at the next visit.

    `before` and `after` are places in the matrix, -1 where the way there takes no time because the end is free.
    """

    def __init__(self, problem: Problem, crew: int, route: Sequence[int], fastest: int) -> None:
        who, visits = problem.crews[crew], problem.visits
        matrix = problem.travel(crew)
        first = -1 if who.free_start else problem.start(crew)
        last = -1 if who.free_end else problem.end(crew)
        path = [first, *route, last]
        self.before, self.after = path[:-1], path[1:]
        pairs = list(zip(self.before, self.after, strict=True))
        self.direct = [max(0, int(matrix.seconds[a, b])) if route and min(a, b) >= 0 else 0 for a, b in pairs]
        self.direct_m = [max(0, int(matrix.metres[a, b])) if route and min(a, b) >= 0 else 0 for a, b in pairs]
        legs = [-(-seconds * FREE // fastest) for seconds in self.direct]
        setups = [setup_of(problem, route[place - 1] if place else None, stop) for place, stop in enumerate(route)]
        self.leave = [who.shift[0]]
        for place, stop in enumerate(route):
            ready = self.leave[-1] + legs[place] + setups[place]
            self.leave.append(begin(visits[stop], ready) + visits[stop].service_s)
        closes = min([who.closes_s, *(by for stop in route if (by := visits[stop].return_by_s) is not None)])
        self.latest, self.rest = [closes], [0]
        for place in range(len(route) - 1, -1, -1):
            visit = visits[route[place]]
            bound = self.latest[0] - legs[place + 1] - visit.service_s
            latest = max((min(b, bound) for a, b in visit.starts if a <= bound), default=-NEVER)
            # Behind another visit of its address it may need no set-up.
            self.latest.insert(0, latest - (0 if visit.address else setups[place]))
            self.rest.insert(0, self.rest[0] + legs[place + 1] + visit.service_s)
        travel = sum(legs)
        self.work = travel + sum(visits[stop].service_s for stop in route)
        self.room = _room(who, closes)
        self.metres = sum(self.direct_m)
        self.most_metres = NEVER * 1000 if who.most_metres is None else who.most_metres
        self.free = crew not in problem.locked and (who.most_stops is None or len(route) < who.most_stops)
        if who.most_travel_s is not None:
            self.free &= travel <= who.most_travel_s


def _room(crew: Crew, closes: int) -> int:
    """Return how long a crew may travel and work, its break taken off unless it may fall outside the route."""
    opens, pause = crew.shift[0], crew.pause
    if pause is None or opens > pause.latest_s:
        return closes - opens
    return max(closes - opens - pause.seconds, min(pause.latest_s, closes) - opens)


def _joined(parts: Sequence[Sequence[int]]) -> Ints:
    return np.array([value for part in parts for value in part], dtype=np.int64)


def _quick(seconds: Ints, fastest: int) -> Ints:
    return seconds if fastest == FREE else -(-seconds * FREE // fastest)


def _begin(starts: Sequence[tuple[int, int]], ready: Ints) -> Ints:
    """Return when a visit begins at the earliest, `NEVER` once it is too late."""
    found = np.full(len(ready), NEVER, dtype=np.int64)
    for earliest, latest in reversed(starts):
        found = np.where(ready <= latest, np.maximum(ready, earliest), found)
    return found
