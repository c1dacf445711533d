"""What somebody wants planned: the day, who goes and how, the aim, and how long to search."""

from dataclasses import dataclass
from datetime import date

from geo.model import Mode
from geo.planning.rules import Aim


@dataclass(frozen=True)
class Wish:
    """A plan that is wanted.

    Attributes
    ----------
    day, mode
        The day, and how teams travel.
    teams
        Ids of the teams that go; all on duty if None.
    sites
        Ids of the sites to visit; those that are due if None.
    present, few_changes
        Id of a plan to start from, whose locks are kept, and whether a stop changes its team only for a large gain.
    aim
        What there is to be least of; that of the project's rules if None.
    seconds, iterations, seed
        How long to search, see `geo.planning.engine.solver.solve`: iterations, where given, count instead of seconds.
    """

    day: date
    mode: Mode = Mode.CAR
    teams: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    present: str | None = None
    few_changes: bool = False
    aim: Aim | None = None
    seconds: float = 10.0
    iterations: int | None = None
    seed: int = 1

    @property
    def effort(self) -> str:
        """Return how long is searched, as the plan notes it."""
        return f"{self.seconds:g} s" if self.iterations is None else f"{self.iterations} iterations"


@dataclass(frozen=True)
class Days:
    """What is wanted of several days.

    Attributes
    ----------
    days
        The days, in order; they need not follow one another.
    mode, teams
        How teams travel, and the ids of those that go on each day they can; all on duty if None.
    even
        Whether the days are to have equal work as far as what is due lets them.
    together
        Whether all days are searched as one problem before each is searched alone.
    seconds, iterations, seed
        How long to search for all days; iterations, where given, count instead of seconds, for each search.
    """

    days: tuple[date, ...]
    mode: Mode = Mode.CAR
    teams: tuple[str, ...] | None = None
    even: bool = True
    together: bool = True
    seconds: float = 30.0
    iterations: int | None = None
    seed: int = 1
