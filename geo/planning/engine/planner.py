"""The best routes so far, and searches that make them better and learn from the exact schedule."""

from dataclasses import fields, replace

from geo.planning.engine.board import Board
from geo.planning.engine.effort import Effort
from geo.planning.engine.model import Model
from geo.planning.engine.repair import repaired, revised
from geo.planning.engine.running import run
from geo.planning.engine.scope import Caps, Scope, narrowed
from geo.planning.engine.score import score
from geo.planning.problem import Problem
from geo.planning.search import Routes

PHASES = (0.5, 0.8, 1.0)
"""How much of the effort is done at the end of each search, where one must learn from the exact schedule of another."""


class Planner:
    """The best routes so far, and searches that make them better.

    Parameters
    ----------
    problem, effort, seed
        What is planned, how long, and the seed of the random numbers.
    board
        Routes to begin with.
    """

    def __init__(self, problem: Problem, effort: Effort, seed: int, board: Board) -> None:
        self.problem, self.effort = problem, effort
        self.best, self._score = board, score(board)
        self.seed, self._runs = seed, 0
        self._last: tuple[Scope, Model] | None = None

    @property
    def aimed(self) -> int:
        """Return what the aim makes small, of the best routes."""
        return self._score[1]

    def accept(self, board: Board) -> bool:
        """Take routes if they are better than the best, and return whether they are."""
        found = score(board)
        if found >= self._score:
            return False
        self.best, self._score = board, found
        return True

    def improve(self, scope: Scope, *, until: float = 1.0) -> Scope:
        """Search until so much of the effort is done where rules are learned of only from the exact schedule.

        Returns what another search may decide.
        """
        narrow, done = scope, self.effort.done
        for phase in PHASES:
            wanted = self.search(narrow, until=done + phase * (until - done))
            narrow = narrowed(self.problem, scope, self.best, wanted)
            if self.effort.is_over:
                break
        return narrow

    def search(self, scope: Scope, *, until: float, complete: bool = False, strays: bool = True) -> Routes:
        """Search in a scope from the best routes on, take what is better, and return the routes as searched for.

        Parameters
        ----------
        scope, until
            What it may decide, and how much of the effort is done at its end.
        complete
            Whether to end once as much is on routes as now.
        strays
            Whether to put in what fits and was on no route before.
        """
        model = self._model_of(scope)
        self._runs += 1
        if not model.stints:
            return tuple(map(tuple, self.best.routes))
        begun = model.solution(self.best)
        found = run(
            model,
            self.effort,
            until=until,
            seed=self.seed + self._runs - 1,
            begun=begun if begun.num_clients() else None,
            rest=self.best,
            prizes=model.prizes_of(self.best.made()) if complete else None,
        )
        known = model.routes(found, self.best.routes)
        changed = {crew: route for crew, route in known.items() if route != self.best.routes[crew]}
        routes = tuple(tuple(known.get(crew, route)) for crew, route in enumerate(self.best.routes))
        if changed or strays:
            waiting = scope.visits if strays else self.best.made().difference(*routes)
            self.accept(revised(self.best, changed, waiting, self.effort.tell))
        return routes

    def repair(self) -> None:
        """Put in whatever fits, where there is nothing to be searched."""
        self.accept(repaired(self.problem, self.best.routes, tell=self.effort.tell))

    def add_strays(self, scope: Scope) -> None:
        """Put in what fits of the visits of a scope that are on no route."""
        self.accept(revised(self.best, {}, scope.visits, self.effort.tell))

    def _model_of(self, scope: Scope) -> Model:
        """Return the model of a scope, made from the last one if only its limits differ."""
        plain = replace(scope, caps=Caps())
        if self._last is None or not _is_same(self._last[0], plain):
            self._last = plain, Model(self.problem, plain)
        model = self._last[1]
        return model if scope.caps == Caps() or not model.stints else model.capped(scope.caps)


def is_narrowed(problem: Problem, scope: Scope) -> bool:
    """Return whether rules hold in a scope that a search learns of only from the exact schedule of another one."""
    crews = [problem.crews[crew] for crew in scope.crews]
    visits = [problem.visits[visit] for visit in scope.visits]
    return (
        bool(problem.rules.speeds)
        or any(crew.pause is not None or crew.most_metres is not None for crew in crews)
        or any(visit.together or visit.return_by_s is not None for visit in visits)
    )


def _is_same(one: Scope, other: Scope) -> bool:
    """Return whether two scopes that share their parts differ in nothing."""
    return all(getattr(one, part.name) is getattr(other, part.name) for part in fields(Scope) if part.name != "caps")
