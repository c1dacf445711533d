"""The search for good routes under all rules: what PyVRP cannot know is made good on the exact schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.planning.engine.aims import reach_aim
from geo.planning.engine.effort import Effort
from geo.planning.engine.planner import Planner
from geo.planning.engine.repair import kept, repaired
from geo.planning.engine.scope import whole_scope
from geo.planning.engine.score import aimed
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute
from geo.planning.search import Routes, Watch
from geo.planning.together import time_routes
from geo.progress import Report, silent


@dataclass(frozen=True)
class Solution:
    """Who visits what, in which order.

    Attributes
    ----------
    routes
        For each crew the indices of its visits, in order.
    left_out
        The visits on no route.
    iterations
        Iterations of the search.
    """

    routes: Routes
    left_out: tuple[int, ...]
    iterations: int

    def timed(self, problem: Problem) -> list[TimedRoute]:
        """Return the times of each crew's route."""
        return time_routes(problem, self.routes)


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 1,
    start: Sequence[Sequence[int]] | None = None,
    report: Report = silent,
    watch: Watch | None = None,
) -> Solution:
    """Return good routes for a problem that break no rule, but for locked ones, which stay as they are.

    The aim is `Rules.aim`; visits to another team's area cost `Rules.foreign_visit_s` more. What the search leaves
    out is put in wherever it still fits, so that what remains really fits nowhere; `geo.planning.reasons.explain` says
    why.

    Parameters
    ----------
    problem
        What is to be planned.
    seconds
        How long to search.
    iterations
        Iterations to search instead of seconds; the same seed then gives the same routes.
    seed
        Of the random numbers, 0 or more.
    start
        Routes to begin with, for each crew the indices of its visits; what breaks a rule there is left away.
    report
        Told of the progress; may raise `Cancelled`.
    watch
        Told of better routes; may end the search with the best.
    """
    effort = Effort(problem, seconds, iterations, report, watch)
    scope = whole_scope(problem)
    begun = [scope.heads.get(crew, ()) for crew in range(len(problem.crews))] if start is None else start
    board = kept(problem, begun)
    planner = Planner(problem, effort, seed, board)
    if start is not None:
        planner.accept(repaired(problem, board.routes, tell=effort.tell))
    reach_aim(planner, scope)
    routes = tuple(map(tuple, planner.best.routes))
    effort.offer(routes, aimed(planner.best), planner.best.cost())
    effort.finish()
    made = {visit for route in routes for visit in route}
    left_out = tuple(visit for visit in range(len(problem.visits)) if visit not in made)
    return Solution(routes, left_out, effort.iterations)
