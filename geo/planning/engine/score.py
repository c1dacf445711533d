"""How good a plan is: what it makes of what can be made, then the aim, then the cost."""

from geo.planning.engine.board import Board
from geo.planning.rules import Aim
from geo.planning.together import time_routes

Score = tuple[int, int, int]
"""What plans are compared by, less is better: what is left out, what the aim makes small, the cost."""


def score(board: Board) -> Score:
    """Return what the routes of a plan are compared by."""
    problem = board.problem
    out = sum(board.importance(visit) for visit in set(range(len(problem.visits))) - board.made())
    return out, aimed(board), board.cost()


def aimed(board: Board) -> int:
    """Return what the aim of a plan makes small before its cost; locked routes aside, which nobody changes."""
    aim, free = board.problem.rules.aim, [crew for crew in range(len(board.routes)) if crew not in board.problem.locked]
    routes = [board.routes[crew] for crew in free]
    if aim == Aim.TEAMS:
        return sum(map(bool, routes))
    if aim == Aim.EVEN_STOPS:
        return max(map(len, routes), default=0)
    if aim not in (Aim.EVEN_HOURS, Aim.FINISH):
        return 0
    timed = time_routes(board.problem, board.routes)
    if aim == Aim.FINISH:
        return max((timed[crew].end_s for crew in free if board.routes[crew]), default=0)
    return max((timed[crew].end_s - timed[crew].start_s for crew in free if board.routes[crew]), default=0)
