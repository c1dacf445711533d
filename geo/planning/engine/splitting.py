"""Days in regions: the routes around one crew after another, wider once little is gained; big days begin in parts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.planning.engine.board import Board
from geo.planning.engine.planner import Planner
from geo.planning.engine.scope import Scope
from geo.planning.problem import Problem

BIG = 300
"""Up to so many visits get their first routes as a whole."""

PART = 200
"""About so many visits make a part of a big day, and the widest region of one."""

REGION, CREWS = 40, 4
"""So many visits and crews make a region at first, at least."""

SLICE_S, SLICE_ITERATIONS = 0.05, 60
"""How long a region of so many visits is searched; one of more as much longer."""

WIDER = 2
"""How many times as wide regions become."""

LITTLE = 0.005
"""What share of the cost a sweep over all regions is to save, or the next regions are wider."""

USUAL_LEG_S = 300
"""What a leg is thought to take where visits are shared among parts."""

ROOM = 1.25
"""What a part may take at first of its share of all the work, by the time of its crews."""

NEVER_S = 10.0**7
"""What a visit costs a crew that cannot make it, in seconds."""

STRAYS = 20
"""So many visits on no route are tried in a region, at most."""


def is_big(scope: Scope) -> bool:
    """Return whether a scope is better never searched as a whole."""
    return len(scope.visits) > BIG and len(scope.crews) > 2


def improve_in_regions(planner: Planner, scope: Scope, *, until: float) -> None:
    """Search a scope for little travel: first routes, then regions around one crew after another.

    A step in a region takes a fraction of a step in the whole, and what it finds is kept whatever happens elsewhere.
    Once a sweep over all regions yields little, wider ones find what crosses their borders, up to the whole; then it
    begins again with narrow ones, with more patience. A big scope is never searched as a whole.
    """
    effort, width, patience = planner.effort, REGION, 1
    dice = np.random.default_rng(planner.seed)
    if not any(planner.best.routes[crew] for crew in scope.crews):
        for part in parts_of(planner.problem, scope):
            planner.search(part, until=effort.done)
    while not effort.is_over and effort.done < until:
        before, began, is_widest = planner.best.cost(), effort.done, _is_widest(planner, scope, width)
        if is_widest and not is_big(scope):
            ends = until if width == REGION else effort.done + patience * _slice(planner, len(scope.visits))
            planner.search(scope, until=min(until, ends))
        else:
            crews = dice.permutation(list(scope.crews)).tolist()
            _sweep(planner, scope, crews, width, patience, until)
        if effort.done <= began:
            # Nothing is left that a search could change.
            return
        if is_widest:
            width, patience = REGION, patience * 2
        elif planner.best.cost() > before * (1 - LITTLE):
            width *= WIDER


def _is_widest(planner: Planner, scope: Scope, width: int) -> bool:
    """Return whether regions cannot be wider: one of half the visits is as dear as the whole."""
    if is_big(scope):
        return width * WIDER > PART
    lengths = [len(route) for crew in scope.crews if (route := planner.best.routes[crew])]
    usual = sum(lengths) / max(len(lengths), 1)
    return 2 * max(width, CREWS * usual) >= len(scope.visits)


def _sweep(planner: Planner, scope: Scope, crews: Sequence[int], width: int, patience: int, until: float) -> None:
    """Search regions around crews, in their order, until each has been in one, and put in what then fits."""
    effort, untouched = planner.effort, list(crews)
    while untouched and not effort.is_over and effort.done < until:
        region = around(planner.best, scope, untouched[0], width)
        ends = effort.done + patience * _slice(planner, len(region.visits))
        planner.search(region, until=min(until, ends), strays=False)
        untouched = [crew for crew in untouched if crew not in region.crews]
    planner.add_strays(scope)


def _slice(planner: Planner, visits: int) -> float:
    """Return how much of the effort the search of a region of so many visits takes."""
    return planner.effort.share(SLICE_S, SLICE_ITERATIONS) * visits / REGION


def parts_of(problem: Problem, scope: Scope) -> list[Scope]:
    """Return a big scope in parts: crews that start near one another, and the visits that are cheapest for them."""
    if not is_big(scope):
        return [scope]
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


def around(board: Board, scope: Scope, crew: int, width: int = PART) -> Scope:
    """Return the region around a crew's route: the routes next to it, and what near it is on none.

    Parameters
    ----------
    board, scope, crew
        The routes as they are, what may change, and who is in the middle.
    width
        About how many visits there are to be on its routes.
    """
    problem, routes = board.problem, board.routes
    seconds = problem.matrix.seconds
    here = routes[crew] or [problem.start(crew)]
    # Where there is no way, nothing is near.
    legs = np.where(seconds[here] < 0, np.iinfo(np.int64).max // 2, seconds[here]).min(axis=0)
    others = [one for one in scope.crews if one != crew]
    far = {one: float(np.mean(legs[routes[one] or [problem.start(one)]])) for one in others}
    crews, count = [crew], len(routes[crew])
    for one in sorted(others, key=lambda one: (far[one], one)):
        if count >= width and len(crews) >= min(CREWS, width):
            break
        crews.append(one)
        count += len(routes[one])
    made = board.made()
    strays = sorted((visit for visit in scope.visits if visit not in made), key=lambda visit: (legs[visit], visit))
    return scope.within(crews, [*(visit for one in crews for visit in routes[one]), *strays[:STRAYS]])
