"""What is to be planned: visits, crews, travel and rules, as plain values without any file or map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.hours import DAY, Window
from geo.language import tr
from geo.planning.rules import Break, Rules
from geo.roads.routing import UNREACHABLE, Matrix

Barrier = Literal["closure", "closed", "conflict", "skill", "area", "team"]
"""Why a crew may never make a visit: it lies in a closure, is closed all day, the crew may not come there (回避), lacks
a skill, may not leave its area, or the visit stays with another team."""

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
        Whether it can be visited at no time: it is closed, or nobody can tell when it is open, because what stands
        there is no opening time.
    closed
        Whether the site is closed on the plan day, and open in no part of the days around it that a shift meets.
    address, setup_s
        Key of the address, empty if it shares none, and the seconds that a crew needs on coming there from another
        address, between its arrival and the visit.
    needs
        Skills and equipment that the crew must have, all of them.
    barred
        Ids of the crews that may not come, such as for a conflict of interest.
    required
        Whether the visit must be made today: it comes before all that need not.
    worth
        What it counts among the visits that need not be made, 1 or more: who finds no time for all leaves out least.
    together
        Key of visits that different crews begin at the same time; empty for one that a crew makes alone.
    return_by_s
        When the crew must be back at its end, at the latest; None for no limit.
    crew, locked
        Id of the crew that has it in the present plan, empty if none has, and whether it must stay with it.
    place
        Place on the route of that crew, from 0, at which it must stay; None for any. A shorter route has it last.
    """

    id: str
    name: str
    service_s: int
    windows: tuple[Window, ...] = ()
    area: str = ""
    closure: str = ""
    unreadable: bool = False
    closed: bool = False
    address: str = ""
    setup_s: int = 0
    needs: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    required: bool = False
    worth: int = 1
    together: str = ""
    return_by_s: int | None = None
    crew: str = ""
    locked: bool = False
    place: int | None = None

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
    """A team on the plan day.

    Attributes
    ----------
    id, name
        Of the team.
    shift
        From and to in seconds from midnight, past 86,400 for the next day.
    area, hard_area
        Id of its subdistrict, empty if it has none, and whether it may not visit sites of another one.
    skills
        Skills and equipment that it has.
    pause
        Its break; None if it takes none.
    overtime_s
        How long it may work past its shift, at a price.
    most_stops, most_metres, most_travel_s
        How many stops, metres and seconds of travel it may have; None for no limit.
    mode
        Key of its travel in `Problem.travels`; empty for that of all.
    free_start, free_end
        Whether its day begins at its first site and ends at its last one, wherever these are.
    """

    id: str
    name: str
    shift: Window
    area: str = ""
    hard_area: bool = False
    skills: frozenset[str] = frozenset()
    pause: Break | None = None
    overtime_s: int = 0
    most_stops: int | None = None
    most_metres: int | None = None
    most_travel_s: int | None = None
    mode: str = ""
    free_start: bool = False
    free_end: bool = False

    @property
    def closes_s(self) -> int:
        """Return when it must be back, overtime included."""
        return self.shift[1] + self.overtime_s


@dataclass(frozen=True)
class Problem:
    """Visits, crews and the travel between them.

    Attributes
    ----------
    matrix
        Travel between all places: those of the visits first, then where the crews start and then, unless each ends
        where it starts, where they end.
    travels
        Travel of crews that go in another way, by `Crew.mode`; between the same places.
    locked
        By index of the crew, the indices of the visits of a route that stays exactly as it is.
    """

    visits: tuple[Visit, ...]
    crews: tuple[Crew, ...]
    matrix: Matrix
    rules: Rules = field(default_factory=Rules)
    travels: Mapping[str, Matrix] = field(default_factory=dict)
    locked: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        visits, crews = len(self.visits), len(self.crews)
        for matrix in (self.matrix, *self.travels.values()):
            shapes = {matrix.seconds.shape, matrix.metres.shape}
            if len(shapes) > 1 or shapes & {(visits + crews,) * 2, (visits + 2 * crews,) * 2} != shapes:
                raise ValueError(f"{visits} visits and {crews} crews, but a matrix of {matrix.seconds.shape}")
        for visit in self.visits:
            _check_visit(visit)
        for crew in self.crews:
            if crew.shift[0] >= crew.shift[1]:
                raise XunluError(
                    tr("The shift of “{team}” ends before it begins.", team=crew.name),
                    tr("Correct it in the table of teams."),
                )

    def start(self, crew: int) -> int:
        """Return the place in the matrix where a crew starts."""
        return len(self.visits) + crew

    def end(self, crew: int) -> int:
        """Return the place in the matrix where a crew ends."""
        two = len(self.matrix.seconds) > len(self.visits) + len(self.crews)
        return self.start(crew) + two * len(self.crews)

    def travel(self, crew: int) -> Matrix:
        """Return the travel of a crew between all places, in the way it goes."""
        return self.travels.get(self.crews[crew].mode, self.matrix)

    def reachable(self, crew: int, visit: int) -> bool:
        """Return whether a crew can get to a site and from there to its end."""
        seconds, one = self.travel(crew).seconds, self.crews[crew]
        there = one.free_start or seconds[self.start(crew), visit] != UNREACHABLE
        return bool(there and (one.free_end or seconds[visit, self.end(crew)] != UNREACHABLE))

    def is_foreign(self, crew: int, visit: int) -> bool:
        """Return whether a site lies in an area that is not the crew's."""
        area = self.visits[visit].area
        return bool(area) and bool(self.crews[crew].area) and area != self.crews[crew].area

    def barrier(self, crew: int, visit: int) -> Barrier | None:
        """Return why a crew may never make a visit, whatever else it does; None if it may."""
        one, who = self.visits[visit], self.crews[crew]
        if one.closure:
            return "closure"
        if one.closed:
            return "closed"
        if who.id in one.barred:
            return "conflict"
        if not one.needs <= who.skills:
            return "skill"
        if who.hard_area and self.is_foreign(crew, visit):
            return "area"
        if one.locked and one.crew != who.id:
            return "team"
        return None

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Return which crew may make which visit, shape (crews, visits)."""
        open_to_all = np.array([not (visit.closure or visit.closed) for visit in self.visits], dtype=bool)
        allowed = np.tile(open_to_all, (len(self.crews), 1))
        allowed[np.array([crew.hard_area for crew in self.crews], dtype=bool)[:, np.newaxis] & self._foreign] = False
        places = {crew.id: number for number, crew in enumerate(self.crews)}
        able: dict[frozenset[str], NDArray[np.bool_]] = {}
        for number, visit in enumerate(self.visits):
            if visit.needs:
                if visit.needs not in able:
                    able[visit.needs] = np.array([visit.needs <= crew.skills for crew in self.crews], dtype=bool)
                allowed[:, number] &= able[visit.needs]
            for crew in visit.barred & places.keys():
                allowed[places[crew], number] = False
            if visit.locked:
                mine = allowed[places[visit.crew], number] if visit.crew in places else False
                allowed[:, number] = False
                if mine:
                    allowed[places[visit.crew], number] = True
        return allowed

    @cached_property
    def _foreign(self) -> NDArray[np.bool_]:
        """Return which visit lies in an area that is not the crew's, shape (crews, visits)."""
        numbers: dict[str, int] = {"": 0}
        crews, visits = (
            np.array([numbers.setdefault(one.area, len(numbers)) for one in some], dtype=np.int64)
            for some in (self.crews, self.visits)
        )
        foreign: NDArray[np.bool_] = crews[:, np.newaxis] != visits
        foreign &= (crews != 0)[:, np.newaxis] & (visits != 0)
        return foreign

    @cached_property
    def extra(self) -> NDArray[np.int64]:
        """Return what a visit by a crew costs besides its travel, in seconds of travel, shape (crews, visits).

        Visits to another team's area and changes of team have their price.
        """
        numbers: dict[str, int] = {"": 0}
        present, crews = (
            np.array([numbers.setdefault(one, len(numbers)) for one in some], dtype=np.int64)
            for some in ([visit.crew for visit in self.visits], [crew.id for crew in self.crews])
        )
        moved = (present != 0) & (crews[:, np.newaxis] != present)
        extra: NDArray[np.int64] = self._foreign * np.int64(self.rules.foreign_visit_s)
        extra += moved * np.int64(self.rules.move_s)
        return extra


def _check_visit(visit: Visit) -> None:
    if visit.service_s < 0 or visit.setup_s < 0:
        raise XunluError(
            tr("The stay at “{site}” is negative.", site=visit.name), tr("Correct it in the table of sites.")
        )
    if any(a >= b for a, b in visit.windows):
        raise XunluError(
            tr("An opening time of “{site}” ends before it begins.", site=visit.name),
            tr("Correct it in the table of sites."),
        )
