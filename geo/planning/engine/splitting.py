"""Big days in parts: quarters of the city one by one, then regions that slide over the borders between them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.planning.engine.board import Board
from geo.planning.engine.planner import Planner
from geo.planning.engine.scope import Scope
from geo.planning.problem import Problem

WHOLE = 300
"""Up to so many visits a day is searched as a whole."""

PART = 200
"""About so many visits make a part or a region."""

SLICE_S, SLICE_ITERATIONS = 0.5, 200
"""How long a region is searched."""

USUAL_LEG_S = 300
"""What a leg is thought to take where visits are shared among parts."""

ROOM = 1.25
"""What a part may take at first of its share of all the work, by the time of its crews."""

NEVER_S = 10.0**7
"""What a visit costs a crew that cannot make it, in seconds."""

STRAYS = 20
"""So many visits on no route are tried in a region, at most."""


def is_big(scope: Scope) -> bool:
    """Return whether a scope is better searched in parts."""
    return len(scope.visits) > WHOLE and len(scope.crews) > 2


def improve_in_parts(planner: Planner, scope: Scope, *, until: float) -> None:
    """Search a big scope for little travel: each part first, then regions around one crew after another."""
    effort = planner.effort
    dice = np.random.default_rng(planner.seed)
    if not any(planner.best.routes[crew] for crew in scope.crews):
        for part in parts_of(planner.problem, scope):
            planner.search(part, until=effort.done)
    while not effort.is_over and effort.done < until:
        untouched = dice.permutation(list(scope.crews)).tolist()
        while untouched and not effort.is_over and effort.done < until:
            region = around(planner.best, scope, untouched[0])
            planner.search(region, until=min(until, effort.done + slice_of(planner)))
            untouched = [crew for crew in untouched if crew not in region.crews]


def slice_of(planner: Planner) -> float:
    """Return how much of the effort the search of one region takes."""
    effort = planner.effort
    return SLICE_S / max(effort.seconds, SLICE_S) if effort.wanted is None else SLICE_ITERATIONS / max(effort.wanted, 1)


def parts_of(problem: Problem, scope: Scope) -> list[Scope]:
    """Return a scope in parts: crews that start near one another, and the visits that are cheapest for them."""
    most = max(2, PART * len(scope.crews) // len(scope.visits))
    groups, open_groups = list[list[int]](), [list(scope.crews)]
    while open_groups:
        group = open_groups.pop()
        if len(group) <= most:
            groups.append(group)
        else:
            open_groups += _halves(problem, group)
    shares = _shared(problem, scope, groups)
    return [scope.within(group, share) for group, share in zip(groups, shares, strict=True)]


def _halves(problem: Problem, crews: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return crews in two halves, each of those that start nearer to one of two places far from one another."""
    seconds = problem.matrix.seconds
    starts = [problem.start(crew) for crew in crews]
    one = starts[int(seconds[starts[0], starts].argmax())]
    other = starts[int(seconds[one, starts].argmax())]
    sides = seconds[starts, one] - seconds[starts, other]
    order = np.argsort(sides, kind="stable").tolist()
    # Those who start at one place stay together.
    cuts = [cut for cut in range(1, len(order)) if sides[order[cut]] != sides[order[cut - 1]]]
    half = min(cuts, key=lambda cut: abs(2 * cut - len(order)), default=len(order) // 2)
    return [crews[number] for number in order[:half]], [crews[number] for number in order[half:]]


def _shared(problem: Problem, scope: Scope, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return for each group of crews its visits: those who would lose most elsewhere choose first."""
    visits = list(scope.visits)
    prices = np.array([_prices(problem, scope, group, visits) for group in groups])
    work = np.array([problem.visits[visit].service_s for visit in visits]) + USUAL_LEG_S
    time = np.array([sum(problem.crews[crew].closes_s - problem.crews[crew].shift[0] for crew in g) for g in groups])
    room = time * work.sum() / time.sum() * ROOM
    ranked = np.sort(prices, axis=0)
    shares: list[list[int]] = [[] for _ in groups]
    for number in np.argsort(ranked[0] - ranked[min(1, len(groups) - 1)], kind="stable").tolist():
        open_to = np.where(room >= work[number], prices[:, number], np.inf)
        group = int(open_to.argmin()) if np.isfinite(open_to).any() else int(prices[:, number].argmin())
        shares[group].append(visits[number])
        room[group] -= work[number]
    return shares


def _prices(problem: Problem, scope: Scope, crews: Sequence[int], visits: Sequence[int]) -> NDArray[np.float64]:
    """Return what visits cost the cheapest of some crews: the way from its start, areas, changes of team."""
    rows = []
    for crew in crews:
        ways = problem.travel(crew).seconds[problem.start(crew), visits].astype(np.float64)
        barred = ~scope.allowed[crew, visits] | (ways < 0)
        rows.append(np.where(barred, NEVER_S, ways + problem.extra[crew, visits]))
    return np.min(rows, axis=0)


def around(board: Board, scope: Scope, crew: int) -> Scope:
    """Return the region around a crew's route: the routes next to it, and what near it is on none."""
    problem, routes = board.problem, board.routes
    seconds = problem.matrix.seconds
    here = routes[crew] or [problem.start(crew)]
    # Where there is no way, nothing is near.
    legs = np.where(seconds[here] < 0, np.iinfo(np.int64).max // 2, seconds[here]).min(axis=0)
    others = [one for one in scope.crews if one != crew]
    far = {one: float(np.mean(legs[routes[one] or [problem.start(one)]])) for one in others}
    crews, count = [crew], len(routes[crew])
    for one in sorted(others, key=lambda one: (far[one], one)):
        if count >= PART:
            break
        crews.append(one)
        count += len(routes[one])
    made = board.made()
    strays = sorted((visit for visit in scope.visits if visit not in made), key=lambda visit: (legs[visit], visit))
    return scope.within(crews, [*(visit for one in crews for visit in routes[one]), *strays[:STRAYS]])
