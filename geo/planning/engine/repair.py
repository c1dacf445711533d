"""Routes made to break no rule: what breaks one is taken off, what still fits is put in, the important first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

from geo.planning.engine.board import Board
from geo.planning.engine.insertion import cheapest, insert_group, with_visit
from geo.planning.engine.reach import Reach
from geo.planning.problem import Problem

MOST_EXCHANGES = 12
"""So many places are tried to exchange a visit that fits nowhere for ones that count less."""


def repaired(
    problem: Problem,
    routes: Sequence[Sequence[int]],
    waiting: Sequence[int] | None = None,
    tell: Callable[[], None] = lambda: None,
) -> Board:
    """Return routes that break no rule, with everything on them that still fits.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    routes
        For each crew the indices of its visits, in order; they may break any rule.
    waiting
        The visits to put in where they fit; all if None.
    tell
        Called now and then; what it raises ends the work.
    """
    board = kept(problem, routes)
    complete(board, range(len(problem.visits)) if waiting is None else waiting, tell)
    return board


def revised(
    board: Board,
    changed: Mapping[int, Sequence[int]],
    waiting: Collection[int],
    tell: Callable[[], None] = lambda: None,
) -> Board:
    """Return routes of which some change, made to break no rule, with those that wait put in where they fit."""
    other = board.copied()
    if other.fits(changed):
        other.put(changed)
    else:
        other = kept(board.problem, [changed.get(crew, route) for crew, route in enumerate(board.routes)])
    complete(other, waiting, tell)
    return other


def kept(problem: Problem, routes: Sequence[Sequence[int]]) -> Board:
    """Return routes without the visits that break a rule; the important ones stay before others."""
    board = Board(problem, [()] * len(problem.crews))
    locked = board.made()
    seen = set(locked)
    groups: list[int] = []
    for crew, route in enumerate(routes):
        if crew in problem.locked:
            continue
        allowed = [visit for visit in dict.fromkeys(route) if visit not in seen and _may(problem, crew, visit)]
        seen.update(allowed)
        groups += [visit for visit in allowed if problem.visits[visit].together]
        alone = [visit for visit in allowed if not problem.visits[visit].together]
        board.put({crew: _thinned(board, crew, alone)})
    _add_groups(board, routes, groups)
    return board


def _may(problem: Problem, crew: int, visit: int) -> bool:
    return bool(problem.allowed[crew, visit]) and not problem.visits[visit].unreadable


def _thinned(board: Board, crew: int, route: Sequence[int], first: int = -1) -> list[int]:
    """Return a route without what breaks a rule, in which visits locked to a place are at it.

    Those that others begin together with stay, and then the one that is to come first.
    """
    whole = _placed(board.problem, crew, route)
    if board.fits({crew: whole}):
        return whole
    ranks = {visit: rank for rank, visit in enumerate(whole)}
    chosen = [visit for visit in whole if board.problem.visits[visit].together]
    alone = [visit for visit in route if not board.problem.visits[visit].together]
    for visit in sorted(alone, key=lambda visit: (visit != first, -board.importance(visit), ranks[visit])):
        more = sorted([*chosen, visit], key=ranks.__getitem__)
        if board.fits({crew: more}) or board.fits({crew: (more := _placed(board.problem, crew, more))}):
            chosen = more
    return chosen


def _placed(problem: Problem, crew: int, route: Sequence[int]) -> list[int]:
    """Return a route in which the visits that are locked to a place are at it, if there is a way to have all so."""
    who = problem.crews[crew].id
    held = [visit for visit in route if problem.visits[visit].place is not None and problem.visits[visit].crew == who]
    found = [visit for visit in route if visit not in held]
    for visit in sorted(held, key=lambda visit: (problem.visits[visit].place or 0, visit)):
        found.insert(min(problem.visits[visit].place or 0, len(found)), visit)
    return found


def _add_groups(board: Board, routes: Sequence[Sequence[int]], groups: Sequence[int]) -> None:
    """Put visits that crews begin together where they were, if the rules let them."""
    crew_of = {visit: crew for crew, route in enumerate(routes) for visit in route}
    for visit in groups:
        members = board.group(visit)
        if visit != members[0] or not all(member in crew_of for member in members):
            continue
        changed: dict[int, list[int]] = {}
        for member in members:
            crew = crew_of[member]
            if crew in board.problem.locked:
                continue
            now, was = changed.get(crew, board.routes[crew]), list(routes[crew])
            ranks = {one: rank for rank, one in enumerate(was)}
            before = sum(ranks.get(one, -1) < ranks[member] for one in now)
            changed[crew] = with_visit(now, before, member)
        if changed and board.fits(changed):
            board.put(changed)


def complete(board: Board, waiting: Collection[int], tell: Callable[[], None] = lambda: None) -> None:
    """Put every visit that still fits in its cheapest place, important ones first, even for others that count less."""
    left = {visit for visit in waiting if board.problem.allowed[:, visit].any()} - board.made()
    reach = Reach(board.problem, board.routes if left else ())
    while left:
        before = len(left)
        for visit in sorted(left, key=lambda visit: (-board.importance(visit), visit)):
            tell()
            changed = _insertion(board, reach, visit)
            if changed is not None:
                _put(board, reach, changed)
        left -= board.made()
        dropped: set[int] = set()
        for visit in sorted(left, key=lambda visit: (-board.importance(visit), visit)):
            tell()
            exchanged = _exchange(board, reach, visit)
            if exchanged is not None:
                dropped |= board.made()
                _put(board, reach, exchanged)
                dropped -= board.made()
        left = (left | dropped) - board.made()
        if len(left) == before and not dropped:
            return


def _insertion(board: Board, reach: Reach, visit: int) -> Mapping[int, list[int]] | None:
    """Return the routes that change if a visit is put in where it is cheapest, with those who begin with it."""
    made = board.made()
    if visit in made:
        return None
    group = [one for one in board.group(visit) if one not in made]
    if len(group) > 1:
        return insert_group(board, reach, group)
    place = cheapest(board, reach, visit)
    if place is None:
        return None
    return {place.crew: with_visit(board.routes[place.crew], place.position, visit)}


def _exchange(board: Board, reach: Reach, visit: int) -> Mapping[int, list[int]] | None:
    """Return the route on which a visit takes the place of others that count less together; None if there is none."""
    most = board.importance(visit)
    if board.problem.visits[visit].together or visit in board.made():
        return None
    best: tuple[int, int, list[int]] | None = None
    for crew, position, _ in islice(zip(*map(list, reach.detours(visit)), strict=True), MOST_EXCHANGES):
        route = board.routes[int(crew)]
        if all(board.importance(one) >= most for one in route):
            continue
        found = _thinned(board, int(crew), with_visit(route, int(position), visit), visit)
        lost = sum(board.importance(one) for one in route if one not in found)
        if visit in found and lost < most and (best is None or lost < best[0]):
            best = lost, int(crew), found
    return None if best is None else {best[1]: best[2]}


def _put(board: Board, reach: Reach, changed: Mapping[int, list[int]]) -> None:
    board.put(changed)
    for crew, route in changed.items():
        reach.change(crew, route)
