"""One run of PyVRP's iterated local search over a model."""

import pyvrp
import pyvrp.search

from geo.planning.engine.board import Board
from geo.planning.engine.effort import TOLD_EVERY_S, Effort
from geo.planning.engine.model import Model

HISTORY = 10
"""How many steps back the search compares what it finds with."""


def run(
    model: Model,
    effort: Effort,
    *,
    until: float,
    seed: int,
    begun: pyvrp.Solution | None = None,
    rest: Board | None = None,
    prizes: int | None = None,
) -> pyvrp.Solution:
    """Return the best solution that a search finds; the last resort is one that breaks a rule.

    PyVRP's own values are for minutes of search. A day's plan is to be good after seconds: with a shorter memory, which
    takes back sooner what has not proved itself, routes are up to 6 % better after 5 s on the instances of
    ``tests/bench/bench_solver.py``.

    Parameters
    ----------
    model
        What to search.
    effort
        How long, and who is told.
    until
        How much of the effort is done when this search ends.
    seed
        Of the random numbers.
    begun
        A solution to begin with.
    rest
        The routes of the crews that the model does not know; no solution is told without.
    prizes
        What a solution must take to end the search at once; None for no such end.
    """
    data = model.data
    dice = pyvrp.RandomNumberGenerator(seed=seed)
    search = pyvrp.search.LocalSearch(data, dice, model.neighbours, pyvrp.search.PerturbationManager())
    for operator in pyvrp.search.OPERATORS:
        if operator is not pyvrp.search.Swap22 and operator.supports(data):
            search.add_operator(operator(data))
    penalties = pyvrp.PenaltyManager(pyvrp.PenaltyParams().midpoint_penalties(data))
    if begun is None:
        begun = _first(data, search, penalties.max_cost_evaluator(), dice)
    onlooker = _Onlooker(model, effort, until, rest, prizes)
    if begun.is_feasible():
        onlooker.on_best(begun)
    params = pyvrp.IteratedLocalSearchParams(history_length=HISTORY, callbacks=onlooker)
    return pyvrp.IteratedLocalSearch(data, penalties, search, begun, params).run(onlooker, collect_stats=False).best


def _first(
    data: pyvrp.ProblemData,
    search: pyvrp.search.LocalSearch,
    price: pyvrp.CostEvaluator,
    dice: pyvrp.RandomNumberGenerator,
) -> pyvrp.Solution:
    """Return a solution to begin with: visits put in one by one do for short routes, random ones mended for long."""
    origins = pyvrp.Solution(data, []), pyvrp.Solution.make_random(data, dice)
    return min((search(origin, price, exhaustive=True) for origin in origins), key=price.penalised_cost)


class _Onlooker(pyvrp.IteratedLocalSearchCallbacks):
    """Decide when the search ends, and tell how it goes."""

    def __init__(
        self,
        model: Model,
        effort: Effort,
        until: float,
        rest: Board | None,
        prizes: int | None,
    ) -> None:
        self._model, self._effort, self._until = model, effort, until
        self._rest, self._prizes = rest, prizes
        self._news: pyvrp.Solution | None = None
        self._told = -TOLD_EVERY_S
        self._reached = False

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002
        """Return whether the search ends; PyVRP asks before each iteration."""
        effort = self._effort
        ends = self._reached or effort.done >= self._until or effort.is_over
        if self._news is not None and (ends or effort.elapsed_s - self._told > TOLD_EVERY_S):
            self._tell(self._news)
        effort.tell()
        if not ends:
            effort.iterations += 1
        return ends

    def on_best(self, best: pyvrp.Solution) -> None:
        """Keep the best solution until it is told."""
        self._news = best
        self._reached = self._prizes is not None and best.is_feasible() and int(best.prizes()) >= self._prizes

    def _tell(self, best: pyvrp.Solution) -> None:
        self._news, self._told = None, self._effort.elapsed_s
        if self._rest is None or not best.is_feasible():
            return
        known, routes = self._model.routes(best, self._rest.routes), self._rest.routes
        others = sum(self._rest.cost_of(crew, route) for crew, route in enumerate(routes) if crew not in known)
        found = tuple(tuple(known.get(crew, route)) for crew, route in enumerate(routes))
        self._effort.offer(found, self._model.aimed(best), others + self._model.cost(best))
