"""A corner under changed rules: where the visit fits then, looked up by quick bounds before it is timed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from geo.planning.engine.reach import Reach
from geo.planning.problem import Problem
from geo.planning.reasons.trial import Corner


@dataclass(frozen=True)
class Bent:
    """A corner, and its problem with rules that give.

    A search for the smallest change asks of hundreds of places whether the visit fits there, and nearly all say no.
    """

    corner: Corner
    problem: Problem

    def fits(self, position: int) -> bool:
        """Return whether the visit breaks no rule at a place, beyond those broken already."""
        if self._admitted is not None and position not in self._admitted:
            return False
        return self.corner.try_at(position, self.problem).fits

    @cached_property
    def _admitted(self) -> frozenset[int] | None:
        """Return the places that bounds do not rule out; None where they say nothing, as a rule is broken already."""
        one = self.corner
        if any(route.violations for route in one.before) or self.problem.visits[one.visit].unreadable:
            return None
        _, positions, _ = Reach(self.problem, one.routes).places(one.visit, only=one.crew)
        return frozenset(positions.tolist())


class Bends:
    """Corners whose rules give in one way, each bent once.

    Parameters
    ----------
    make
        Returns the problem that a corner has then.
    """

    def __init__(self, make: Callable[[Corner], Problem]) -> None:
        self._make = make
        self._bent: dict[int, Bent] = {}

    def fits(self, one: Corner, position: int) -> bool:
        """Return whether the visit breaks no rule at a place of a corner, beyond those broken already."""
        if one.number not in self._bent:
            self._bent[one.number] = Bent(one, self._make(one))
        return self._bent[one.number].fits(position)
