"""How long a search may go on, and what those who look on are told meanwhile."""

import time
from collections.abc import Sequence

from geo.language import tr
from geo.planning.engine.board import Board
from geo.planning.problem import Problem
from geo.planning.rules import Aim
from geo.planning.search import Found, Routes, Watch
from geo.progress import Report

TOLD_EVERY_S = 0.1
"""How often the progress is told, and Cancel heard."""

EVENNESS = Aim.EVEN_HOURS, Aim.EVEN_STOPS, Aim.FINISH
"""The aims of which the worst crew decides: what it has is what is told as the cost."""


class Effort:
    """The time or the iterations of a search, and its best routes so far.

    Parameters
    ----------
    problem
        What is planned.
    seconds, iterations
        How long to search: so many iterations if they are given, else so many seconds.
    report
        Told of the progress; may raise `Cancelled`.
    watch
        Told of better routes; may end the search.
    """

    def __init__(
        self, problem: Problem, seconds: float, iterations: int | None, report: Report, watch: Watch | None
    ) -> None:
        self.problem, self.seconds, self.wanted = problem, seconds, iterations
        self.iterations = 0
        self._report, self._watch = report, watch
        self._started = time.perf_counter()
        self._told = 0.0
        self._best: tuple[int, int, int] | None = None
        self._possible = [visit for visit in range(len(problem.visits)) if problem.allowed[:, visit].any()]
        self._importance = Board(problem, [()] * len(problem.crews)).importance
        self._words = tr("Looking for routes …")

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since it began."""
        return time.perf_counter() - self._started

    @property
    def done(self) -> float:
        """Return how much of it is done, 1 at the end."""
        if self.wanted is None:
            return self.elapsed_s / max(self.seconds, 1e-9)
        return self.iterations / self.wanted if self.wanted else 1.0

    def share(self, seconds: float, iterations: int) -> float:
        """Return how much of it so many seconds are, or so many iterations where these are counted."""
        if self.wanted is None:
            return seconds / max(self.seconds, 1e-9)
        return iterations / max(self.wanted, 1)

    @property
    def is_over(self) -> bool:
        """Return whether it is done, or somebody has enough."""
        return self.done >= 1 or (self._watch is not None and self._watch.enough)

    def tell(self) -> None:
        """Tell the progress now and then; raises what the report raises."""
        if self.elapsed_s - self._told > TOLD_EVERY_S or self.done >= 1:
            self._told = self.elapsed_s
            self._report(min(self.done, 1.0), self._words)

    def finish(self) -> None:
        """Tell that it is done."""
        self._report(1.0, self._words)

    def offer(self, routes: Routes, aimed: int, cost: int) -> None:
        """Tell of routes if they are better than all before.

        Parameters
        ----------
        routes
            For each crew the indices of its visits, in order.
        aimed
            What the aim makes small before the cost; 0 if that is the cost alone.
        cost
            What they cost, in seconds of travel.
        """
        problem = self.problem
        made = {visit for route in routes for visit in route}
        left_out = [visit for visit in self._possible if visit not in made]
        value = sum(map(self._importance, left_out)), aimed, cost
        if self._best is not None and value >= self._best:
            return
        self._best = value
        travel = sum(_travel_s(problem, crew, route) for crew, route in enumerate(routes))
        self._words = tr("Travel {hours:.1f} h, {count} left out", hours=travel / 3600, count=len(left_out))
        if self._watch is not None:
            curve = aimed if problem.rules.aim in EVENNESS else cost
            self._watch.found(Found(self.elapsed_s, curve, travel, len(left_out), routes))


def _travel_s(problem: Problem, crew: int, route: Sequence[int]) -> int:
    """Return the seconds of travel of a route at free speed."""
    if not route:
        return 0
    who, seconds = problem.crews[crew], problem.travel(crew).seconds
    path = [*([] if who.free_start else [problem.start(crew)]), *route, *([] if who.free_end else [problem.end(crew)])]
    return int(seconds[path[:-1], path[1:]].clip(0).sum())
