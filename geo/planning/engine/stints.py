"""The visits of a search as it counts them: alone, or those at one address as one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.hours import Window, common_windows
from geo.planning.engine.clock import Clock
from geo.planning.engine.scope import Scope
from geo.planning.problem import Problem
from geo.roads.routing import UNREACHABLE


@dataclass(frozen=True)
class Stint:
    """Visits made by one crew one after the other.

    Attributes
    ----------
    visits
        Their indices, in order.
    seconds
        How long they take, the ways between them included.
    starts
        When the first may begin, by the clock of the search.
    """

    visits: tuple[int, ...]
    seconds: int
    starts: tuple[Window, ...]


def stints_of(problem: Problem, scope: Scope, clock: Clock) -> list[Stint]:
    """Return what there is to be done in a scope; what no crew could begin in time is left out."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for visit in scope.visits:
        address = problem.visits[visit].address if problem.rules.addresses_together else ""
        alone = not address or problem.visits[visit].together
        # Those that different crews may make cannot all be made by one.
        key = (visit,) if alone else (address, scope.allowed[:, visit].tobytes())
        groups.setdefault(key, []).append(visit)
    found: list[Stint] = []
    for visits in groups.values():
        whole = _stint(problem, scope, clock, visits)
        parts = [whole] if whole.starts else [_stint(problem, scope, clock, [visit]) for visit in visits]
        found += [part for part in parts if part.starts]
    return found


def _stint(problem: Problem, scope: Scope, clock: Clock, visits: Sequence[int]) -> Stint:
    seconds = problem.matrix.seconds
    starts: list[Window] | None = None
    passed = 0
    for place, visit in enumerate(visits):
        leg = int(seconds[visits[place - 1], visit]) if place else 0
        if leg == UNREACHABLE:
            return Stint(tuple(visits), 0, ())
        passed += leg
        windows = [(a - passed, b - passed) for a, b in _windows(problem, scope, visit)]
        starts = windows if starts is None else common_windows(starts, windows)
        passed += problem.visits[visit].service_s
    opens = min((problem.crews[crew].shift[0] for crew in scope.crews), default=0)
    closes = max((problem.crews[crew].closes_s for crew in scope.crews), default=0)
    possible = [(max(a, 0), min(b, closes - passed)) for a, b in starts or () if b >= opens]
    shown = [clock.window(window) for window in possible if window[0] <= window[1]]
    return Stint(tuple(visits), passed, tuple(_merged(shown)))


def _windows(problem: Problem, scope: Scope, visit: int) -> list[Window]:
    """Return when a visit may begin, in time for what it takes home."""
    one = problem.visits[visit]
    if visit in scope.pins:
        return [(scope.pins[visit], scope.pins[visit])]
    if one.return_by_s is None:
        return list(one.starts)
    homes = [0 if problem.crews[crew].free_end else _home(problem, crew, visit) for crew in scope.crews]
    last = one.return_by_s - one.service_s - min(homes, default=0)
    return [(a, min(b, last)) for a, b in one.starts if a <= last]


def _home(problem: Problem, crew: int, visit: int) -> int:
    return max(0, int(problem.travel(crew).seconds[visit, problem.end(crew)]))


def _merged(windows: Sequence[Window]) -> list[Window]:
    """Return windows in which those that touch or overlap are one."""
    found: list[Window] = []
    for a, b in sorted(windows):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(b, found[-1][1])
        else:
            found.append((a, b))
    return found


def addresses(problem: Problem, places: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return a number of the address at each place, another one for each that shares none."""
    known: dict[str, int] = {}
    found = []
    for number, place in enumerate(places):
        address = problem.visits[place].address if place < len(problem.visits) else ""
        found.append(known.setdefault(address, number) if address else number)
    return np.array(found, dtype=np.int64)
