"""What a search may decide: which crews and visits are free, and what narrower limits it keeps than the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geo.planning.engine.board import Board
from geo.planning.problem import Problem
from geo.planning.schedule import earliest_starts


@dataclass(frozen=True)
class Caps:
    """Limits for all crews at once, that make days even or short; None for no limit.

    Attributes
    ----------
    hours_s
        How long a crew may be out, in seconds.
    stops
        How many stops it may have.
    back_s
        When it must be back.
    """

    hours_s: int | None = None
    stops: int | None = None
    back_s: int | None = None


@dataclass(frozen=True)
class Scope:
    """What a search may decide.

    Attributes
    ----------
    crews, visits
        The crews whose routes it may change, and the visits that it may put on them.
    heads
        By crew the visits with which its route begins in any case.
    allowed
        Which crew may make which visit, shape (all crews, all visits).
    pins
        When visits must begin, by index.
    closes
        By crew when it must be back, where that is before its shift ends.
    metres_s
        By crew the seconds of travel that its metres are likely to allow.
    caps
        Limits for all crews.
    """

    crews: tuple[int, ...]
    visits: tuple[int, ...]
    heads: Mapping[int, tuple[int, ...]]
    allowed: NDArray[np.bool_]
    pins: Mapping[int, int] = field(default_factory=dict)
    closes: Mapping[int, int] = field(default_factory=dict)
    metres_s: Mapping[int, int] = field(default_factory=dict)
    caps: Caps = field(default_factory=Caps)

    def within(self, crews: Sequence[int], visits: Sequence[int]) -> "Scope":
        """Return the part of it that concerns some crews and visits."""
        chosen, wanted = set(crews), set(visits)
        return replace(
            self,
            crews=tuple(crew for crew in self.crews if crew in chosen),
            visits=tuple(visit for visit in self.visits if visit in wanted),
        )


def whole_scope(problem: Problem) -> Scope:
    """Return all that there is to decide for a problem."""
    crews = tuple(crew for crew in range(len(problem.crews)) if crew not in problem.locked)
    fixed = {visit for route in problem.locked.values() for visit in route}
    heads = {crew: head for crew in crews if (head := _head(problem, crew))}
    fixed.update(visit for head in heads.values() for visit in head)
    lone = _lone_visits(problem, fixed)
    visits = [visit for visit in range(len(problem.visits)) if visit not in fixed and visit not in lone]
    possible = tuple(visit for visit in visits if _is_possible(problem, crews, visit))
    metres_s = {crew: usual for crew in crews if (usual := _usual_metres_s(problem, crew)) is not None}
    return Scope(crews, possible, heads, problem.allowed, metres_s=metres_s)


def _usual_metres_s(problem: Problem, crew: int) -> int | None:
    """Return the seconds of travel that a crew's metres allow where ways are as fast as they are on the whole."""
    most, matrix = problem.crews[crew].most_metres, problem.travel(crew)
    if most is None:
        return None
    ways = matrix.metres > 0
    return int(most * matrix.seconds[ways].sum() // matrix.metres[ways].sum()) if ways.any() else None


def _is_possible(problem: Problem, crews: Sequence[int], visit: int) -> bool:
    one = problem.visits[visit]
    return (
        bool(one.starts)
        and not one.unreadable
        and any(problem.allowed[crew, visit] and problem.reachable(crew, visit) for crew in crews)
    )


def _lone_visits(problem: Problem, fixed: set[int]) -> set[int]:
    """Return visits to be begun with one that is already fixed: only the exact schedule can place them."""
    keys = {problem.visits[visit].together for visit in fixed} - {""}
    return {number for number, visit in enumerate(problem.visits) if visit.together in keys}


def _head(problem: Problem, crew: int) -> tuple[int, ...]:
    """Return the visits that are locked to the first places of a crew's route, as long as they break no rule."""
    who = problem.crews[crew].id
    held = {
        visit.place: number
        for number, visit in reversed(list(enumerate(problem.visits)))
        if visit.locked and visit.crew == who and visit.place is not None and not visit.together
    }
    board = Board(replace(problem, locked={}), [()] * len(problem.crews))
    head: list[int] = []
    while len(head) in held and problem.allowed[crew, held[len(head)]]:
        head.append(held[len(head)])
        if problem.visits[head[-1]].unreadable or not board.fits({crew: head}):
            return tuple(head[:-1])
    return tuple(head)


def free_at(problem: Problem, crew: int, head: Sequence[int]) -> int:
    """Return when a crew is free after the visits that its route begins with."""
    if not head:
        return problem.crews[crew].shift[0]
    return earliest_starts(problem, crew, head)[-1] + problem.visits[head[-1]].service_s


def narrowed(problem: Problem, scope: Scope, board: Board, wanted: Sequence[Sequence[int]]) -> Scope:
    """Return what the next search may decide, given what has become of the routes that the last one wanted.

    Crews keep the visits that they begin together, at the time found; who carries samples must be back in time, and
    nobody else takes any; whose route had to be cut has less time.

    Parameters
    ----------
    problem, scope
        What is planned, and what the last search might decide.
    board
        The exact routes.
    wanted
        The routes as the last search found them.
    """
    allowed, pins, closes = scope.allowed.copy(), dict[int, int](), dict[int, int]()
    starts = board.meetings()
    for visit in scope.visits:
        if problem.visits[visit].together:
            crew = next((crew for crew in scope.crews if visit in board.routes[crew]), None)
            allowed[:, visit] = False
            if crew is not None and visit in starts:
                allowed[crew, visit], pins[visit] = True, starts[visit]
    samples = [visit for visit in scope.visits if problem.visits[visit].return_by_s is not None]
    for crew in scope.crews:
        limits = [by for visit in board.routes[crew] if (by := problem.visits[visit].return_by_s) is not None]
        closes[crew] = min([problem.crews[crew].closes_s, *limits])
        for visit in samples:
            by = problem.visits[visit].return_by_s
            allowed[crew, visit] &= by is not None and closes[crew] <= by
        late = [one.amount for one in board.timed(crew, wanted[crew]).violations if one.kind in ("overrun", "samples")]
        closes[crew] -= min(max(late, default=0), (closes[crew] - problem.crews[crew].shift[0]) // 4)
    metres_s = {crew: _metres_s(board, crew, seconds) for crew, seconds in scope.metres_s.items()}
    visits = tuple(visit for visit in scope.visits if allowed[list(scope.crews), visit].any())
    return replace(scope, visits=visits, allowed=allowed, pins=pins, closes=closes, metres_s=metres_s)


def _metres_s(board: Board, crew: int, before: int) -> int:
    """Return the seconds that a crew's metres are likely to allow, by the route that it has."""
    most, timed = board.problem.crews[crew].most_metres, board.timed(crew)
    return before if most is None or not timed.metres else max(1, most * timed.travel_s // timed.metres)
