"""What a search tells those who look on, and how they end it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

# Whoever only looks at what was found need not load what plans.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geo.planning.problem import Problem

Routes = tuple[tuple[int, ...], ...]
"""For each crew the indices of its visits, in order."""


@dataclass(frozen=True)
class Found:
    """The best routes so far.

    Attributes
    ----------
    elapsed_s
        Seconds since the search began.
    cost
        What the search makes small, in seconds of travel, without what the visits left out count.
    travel_s
        Seconds of travel of all routes.
    left_out
        How many of the visits that a crew could make are on no route.
    routes
        The routes; they break no rule that the search knows of.
    """

    elapsed_s: float
    cost: int
    travel_s: int
    left_out: int
    routes: Routes


class Watch(Protocol):
    """Somebody who looks on while routes are sought; called in the thread of the search."""

    def begins(self, problem: "Problem", places: "NDArray[np.float64]", made: int = 0) -> None:
        """Take note of what is to be planned, where its places are in degrees, shape (n, 2), and how much is made."""

    def found(self, found: Found) -> None:
        """Take note of better routes."""

    @property
    def enough(self) -> bool:
        """Return whether the search is to end with what it has."""
