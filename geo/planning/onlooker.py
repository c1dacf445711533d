"""Looking on while routes are sought: what is worth showing of each better plan, and the word that it is enough."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.planning.search import Found
from geo.projection import Points, to_mercator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.planning.problem import Problem

TELL_EVERY_S = 0.15
"""A search finds better routes many times a second at first; nobody can look at more than these."""


@dataclass(frozen=True)
class Seen:
    """A better plan to look at.

    Attributes
    ----------
    found
        What the search tells of it.
    left_out
        How many of the sites are on no route.
    lines
        For each team with stops its id and its way as the crow flies, in EPSG:3857 metres, shape (n, 2).
    """

    found: Found
    left_out: int
    lines: Sequence[tuple[str, Points]]


class Onlooker:
    """Watch a search for somebody: pass on what can be looked at, and hear that it is enough.

    Parameters
    ----------
    tell
        Called with each `Seen`, in the thread of the search.
    """

    def __init__(self, tell: Callable[[Seen], None]) -> None:
        self._tell = tell
        self._enough = threading.Event()
        self._problem: Problem | None = None
        self._xy: Points = np.empty((0, 2))
        self._made, self._told = 0, 0.0

    def begins(self, problem: "Problem", places: "NDArray[np.float64]", made: int = 0) -> None:
        """Take note of what is to be planned, where it is in degrees, shape (n, 2), and how many visits are made."""
        self._problem, self._xy, self._made = problem, to_mercator(places), made

    def found(self, found: Found) -> None:
        """Pass better routes on, but not more often than can be looked at."""
        now = time.monotonic()
        if now - self._told < TELL_EVERY_S:
            return
        self._told = now
        if self._problem is not None:
            left_out = len(self._problem.visits) - self._made - sum(map(len, found.routes))
            self._tell(Seen(found, left_out, self._lines(found, self._problem)))

    @property
    def enough(self) -> bool:
        """Return whether the search is to end with what it has."""
        return self._enough.is_set()

    def use(self) -> None:
        """Let the search end with what it has; may be called in any thread."""
        self._enough.set()

    def _lines(self, found: Found, problem: "Problem") -> list[tuple[str, Points]]:
        lines = []
        for crew, route in enumerate(found.routes):
            if route:
                who = problem.crews[crew]
                path = [*([] if who.free_start else [problem.start(crew)]), *route]
                path += [] if who.free_end else [problem.end(crew)]
                lines.append((who.id, self._xy[path]))
        return lines
