"""Where one more visit fits on the routes of a plan, and what it costs there: exact under all rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from geo.planning.engine.board import Board
from geo.planning.engine.reach import Reach
from geo.planning.problem import Problem

MOST_TRIES = 6
"""So many of the cheapest places of each crew are tried for visits that two crews begin together."""

MOST_WAYS = 5000
"""So many ways for crews to come together are compared by their price, at most."""

MOST_PAIRS = 200
"""So many of these are tried, the cheapest first."""


@dataclass(frozen=True, order=True)
class Place:
    """A place on a route at which a visit breaks no rule.

    Attributes
    ----------
    cost_s
        What it adds, in seconds of travel: the way, overtime at its price, and the price of visits to other teams'
        areas and of changes of team.
    crew, position
        The crew, and the number of visits before it on the route.
    travel_s
        Seconds of travel that it adds; setting-up and waiting are none.
    """

    cost_s: int
    crew: int
    position: int
    travel_s: int


def best_insertion(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Place | None:
    """Return the cheapest place for a visit on routes that break no rule; None if it fits nowhere.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    routes
        For each crew the indices of its visits, in order, without this one.
    visit
        Index of the visit. One that two crews begin together fits only where the other is already on a route;
        `insert_group` finds places for all of them.
    """
    return cheapest(Board(problem, routes), Reach(problem, routes), visit)


def insertions(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> list[Place]:
    """Return the cheapest place for a visit on each route on which it fits, cheapest first; see `best_insertion`."""
    board, reach = Board(problem, routes), Reach(problem, routes)
    found = (cheapest(board, reach, visit, only=crew) for crew in range(len(problem.crews)))
    return sorted(place for place in found if place is not None)


def cheapest(board: Board, reach: Reach, visit: int, *, only: int | None = None) -> Place | None:
    """Return the cheapest place for a visit on all routes, or on one crew's; None if it fits nowhere."""
    best: Place | None = None
    for crew, position, about_s in zip(*map(list, reach.places(visit, only=only)), strict=True):
        if best is not None and about_s >= best.cost_s:
            break
        place = exact(board, int(crew), int(position), visit)
        if place is not None and (best is None or place < best):
            best = place
    return best


def exact(board: Board, crew: int, position: int, visit: int) -> Place | None:
    """Return a place for a visit with its price; None if it breaks a rule there."""
    route = with_visit(board.routes[crew], position, visit)
    if not board.fits({crew: route}):
        return None
    return _priced(board, crew, position, route)


def with_visit(route: Sequence[int], position: int, visit: int) -> list[int]:
    """Return a route with one more visit, which so many others come before."""
    return [*route[:position], visit, *route[position:]]


def insert_group(board: Board, reach: Reach, visits: Sequence[int]) -> Mapping[int, list[int]] | None:
    """Return the routes of crews that begin some visits together, changed as cheaply as can be; None if none fit."""
    most = int(MOST_WAYS ** (1 / len(visits)))
    choices = [list(islice(_tries(reach, visit), most)) for visit in visits]
    ways = sorted(
        (way for way in product(*choices) if len({crew for crew, _, _ in way}) == len(visits)),
        key=lambda way: (sum(cost for _, _, cost in way), way),
    )
    for way in islice(ways, MOST_PAIRS):
        changed = {
            crew: with_visit(board.routes[crew], position, visit)
            for visit, (crew, position, _) in zip(visits, way, strict=True)
        }
        if board.fits(changed):
            return changed
    return None


def _tries(reach: Reach, visit: int) -> Iterator[tuple[int, int, int]]:
    """Give the cheapest places for a visit, a few of each crew, of not too many crews."""
    taken: dict[int, int] = {}
    for crew, position, cost in zip(*map(list, reach.places(visit)), strict=True):
        if len(taken) >= 2 * MOST_TRIES and crew not in taken:
            continue
        taken[int(crew)] = taken.get(int(crew), 0) + 1
        if taken[int(crew)] <= MOST_TRIES:
            yield int(crew), int(position), int(cost)


def _priced(board: Board, crew: int, position: int, route: Sequence[int]) -> Place:
    before = board.routes[crew]
    cost = board.cost_of(crew, route) - board.cost_of(crew, before)
    travel = board.timed(crew, route).travel_s - board.timed(crew).travel_s
    return Place(cost, crew, position, travel)
