"""What is to be planned: visits, crews, travel and rules, as plain values without any file or map."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from geo.errors import XunluError
from geo.hours import DAY, Window
from geo.language import tr
from geo.roads.routing import UNREACHABLE, Matrix

ALL_DAY: tuple[Window, ...] = ((0, 3 * DAY),)
"""When a site without opening times is open; a night shift ends on the second day."""


def openings(daily: Sequence[Window], first_s: int, last_s: int) -> tuple[Window, ...]:
    """Return a site's windows of the plan day, with those of the days around it that meet a stretch of time.

    A shift that crosses midnight finds the morning window of the next day, one that begins at midnight the rest of
    the night window of the day before. Windows that touch are one.

    Parameters
    ----------
    daily
        The windows of one day, (from, to) in seconds from midnight; none means open all day and gives none.
    first_s, last_s
        The stretch, in seconds from midnight of the plan day.
    """
    around = [(a + days * DAY, b + days * DAY) for days in (-1, 1, 2) for a, b in daily]
    merged: list[Window] = []
    for a, b in sorted([*daily, *((max(a, 0), b) for a, b in around if a < last_s and b > first_s)]):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return tuple(merged)


@dataclass(frozen=True)
class Visit:
    """A site that is to be visited.

    Attributes
    ----------
    id, name
        Of the site.
    service_s
        How long the visit takes, in seconds.
    windows
        When the site is open, (from, to) in seconds from midnight of the plan day; none means all day. A visit lies
        wholly inside one window.
    area
        Id of the subdistrict; empty if none.
    closure
        Id of the closure that the site lies in; empty if none.
    unreadable
        Whether nobody can tell when the site is open, because what stands there is no opening time.
    """

    id: str
    name: str
    service_s: int
    windows: tuple[Window, ...] = ()
    area: str = ""
    closure: str = ""
    unreadable: bool = False

    @cached_property
    def starts(self) -> tuple[Window, ...]:
        """Return when the visit may begin, earliest and latest; windows too short for it give none."""
        windows = self.windows or ALL_DAY
        return tuple((a, b - self.service_s) for a, b in windows if b - self.service_s >= a)

    def lateness(self, start: int) -> int:
        """Return by how many seconds the site would have to close later for a visit to begin at a time."""
        if any(earliest <= start <= latest for earliest, latest in self.starts):
            return 0
        return min(max(start, a) + self.service_s - b for a, b in self.windows or ALL_DAY)


@dataclass(frozen=True)
class Crew:
    """A team on the plan day: its shift in seconds from midnight, past 86,400 for the next day, and its area."""

    id: str
    name: str
    shift: Window
    area: str = ""


@dataclass(frozen=True)
class Rules:
    """What a good plan is.

    Attributes
    ----------
    foreign_visit_s
        How many seconds of travel a team may save at most by visiting a site of another team's area.
    """

    foreign_visit_s: int = 600


@dataclass(frozen=True)
class Problem:
    """Visits, crews and the travel between them.

    Attributes
    ----------
    matrix
        Travel between all places: those of the visits first, then the bases of the crews.
    """

    visits: tuple[Visit, ...]
    crews: tuple[Crew, ...]
    matrix: Matrix
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        size = len(self.visits) + len(self.crews)
        if self.matrix.seconds.shape != (size, size) or self.matrix.metres.shape != (size, size):
            raise ValueError(f"{size} places, but a matrix of {self.matrix.seconds.shape}")
        for visit in self.visits:
            if visit.service_s < 0:
                raise XunluError(
                    tr("The stay at “{site}” is negative.", site=visit.name), tr("Correct it in the table of sites.")
                )
            if any(a >= b for a, b in visit.windows):
                raise XunluError(
                    tr("An opening time of “{site}” ends before it begins.", site=visit.name),
                    tr("Correct it in the table of sites."),
                )
        for crew in self.crews:
            if crew.shift[0] >= crew.shift[1]:
                raise XunluError(
                    tr("The shift of “{team}” ends before it begins.", team=crew.name),
                    tr("Correct it in the table of teams."),
                )

    def base(self, crew: int) -> int:
        """Return the place of a crew's base in the matrix."""
        return len(self.visits) + crew

    def reachable(self, crew: int, visit: int) -> bool:
        """Return whether a crew can get from its base to a site and back."""
        there, back = self.matrix.seconds[self.base(crew), visit], self.matrix.seconds[visit, self.base(crew)]
        return UNREACHABLE not in (there, back)

    def is_foreign(self, crew: int, visit: int) -> bool:
        """Return whether a site lies in an area that is not the crew's."""
        area = self.visits[visit].area
        return bool(area) and bool(self.crews[crew].area) and area != self.crews[crew].area
