"""Where a day's plan stands at a moment: what was done, where the teams are, and what is left to plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.hours import parse_clock
from geo.planning.byhand.desk import Desk
from geo.planning.plans.made import inspections
from geo.planning.plans.stored import day_of, stored_times
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.search import Routes
from geo.roads.routing import Matrix
from geo.store.tables import Tables


@dataclass(frozen=True)
class Frozen:
    """A stop that was made, or is being made, with its times in seconds from midnight.

    Attributes
    ----------
    visit
        Index in the problem of the day.
    arrive_s, start_s, leave_s
        Its times, as recorded where they were, else as planned; of one in progress `leave_s` is when it should end.
    """

    visit: int
    arrive_s: int
    start_s: int
    leave_s: int


@dataclass(frozen=True)
class Standing:
    """A plan at a moment.

    Attributes
    ----------
    desk
        The plan.
    now_s
        Seconds from midnight of the plan day.
    frozen
        For each crew the stops that stay as they were, in the order in which they were made.
    absent
        Indices of the crews that go no further.
    """

    desk: Desk
    now_s: int
    frozen: tuple[tuple[Frozen, ...], ...]
    absent: frozenset[int] = frozenset()

    @cached_property
    def made(self) -> frozenset[int]:
        """Return the visits that are made or being made."""
        return frozenset(one.visit for stops in self.frozen for one in stops)

    @cached_property
    def left(self) -> Routes:
        """Return for each crew the visits still before it, in order."""
        return tuple(tuple(stop for stop in route if stop not in self.made) for route in self.desk.routes)

    @cached_property
    def rest(self) -> Problem:
        """Return what is left of the day as a problem: the same visits and crews, these from where they are now.

        Visits that are made are left in it, so that indices stay; no crew may make them again.
        """
        problem = self.desk.problem
        crews = tuple(self._crew(number, crew) for number, crew in enumerate(problem.crews))
        visits = tuple(self._visit(number, visit) for number, visit in enumerate(problem.visits))
        locked = {crew: self.left[crew] for crew in problem.locked if crew not in self.absent}
        return replace(
            problem,
            visits=visits,
            crews=crews,
            locked=locked,
            matrix=self._moved(problem.matrix),
            travels={key: self._moved(matrix) for key, matrix in problem.travels.items()},
        )

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """Return where the places of `rest` are, in degrees, in the order of its matrix."""
        return self.desk.stored.places[self._rows]

    @cached_property
    def _rows(self) -> list[int]:
        """Return which places of the day those of the rest are: a crew starts where it was last."""
        problem = self.desk.problem
        crews = range(len(problem.crews))
        starts = [self.frozen[crew][-1].visit if self.frozen[crew] else problem.start(crew) for crew in crews]
        return [*range(len(problem.visits)), *starts, *(problem.end(crew) for crew in crews)]

    def _moved(self, matrix: Matrix) -> Matrix:
        at = np.ix_(self._rows, self._rows)
        return Matrix(matrix.seconds[at], matrix.metres[at])

    def _crew(self, number: int, crew: Crew) -> Crew:
        done = self.frozen[number]
        free = max([crew.shift[0], self.now_s, *(one.leave_s for one in done)])
        closes = max(crew.shift[1], free + 1)
        stops = 0 if number in self.absent else crew.most_stops
        if stops is not None:
            stops = max(0, stops - len(done))
        metres, travel = self.spent(number)
        return replace(
            crew,
            shift=(free, closes),
            # Who is past the end of its shift has only what is left of its overtime.
            overtime_s=max(0, crew.closes_s - closes),
            pause=None if self._has_paused(number) else crew.pause,
            most_stops=stops,
            most_metres=None if crew.most_metres is None else max(0, crew.most_metres - metres),
            most_travel_s=None if crew.most_travel_s is None else max(0, crew.most_travel_s - travel),
            free_start=crew.free_start and not done,
        )

    def _has_paused(self, crew: int) -> bool:
        """Return whether a crew had time for its break between two stops that it has made."""
        pause, done = self.desk.problem.crews[crew].pause, self.frozen[crew]
        seconds = self.desk.problem.travel(crew).seconds
        for one, after in pairwise(done):
            free = after.start_s - one.leave_s - max(0, int(seconds[one.visit, after.visit]))
            if pause is not None and free >= pause.seconds and after.start_s > pause.earliest_s:
                return True
        return False

    def _visit(self, number: int, visit: Visit) -> Visit:
        if number in self.made:
            return replace(visit, closed=True, required=False, together="", locked=False, place=None)
        place = visit.place
        crew = next((crew for crew, route in enumerate(self.left) if number in route), None)
        if crew is None:
            return replace(visit, together=self._partner(visit))
        if crew in self.absent:
            # The lock goes with the team.
            return replace(visit, locked=False, place=None, together=self._partner(visit))
        before = len(self.frozen[crew])
        return replace(visit, place=None if place is None else max(0, place - before), together=self._partner(visit))

    def _partner(self, visit: Visit) -> str:
        """Return the key of those who come together; empty once one of them has been there."""
        gone = any(self.desk.problem.visits[one].together == visit.together for one in self.made)
        return "" if gone else visit.together

    def spent(self, crew: int) -> tuple[int, int]:
        """Return the metres and seconds that a crew has travelled so far, by the streets between its stops."""
        problem = self.desk.problem
        matrix, who = problem.travel(crew), problem.crews[crew]
        path = [*([] if who.free_start else [problem.start(crew)]), *(one.visit for one in self.frozen[crew])]
        if len(path) < 2:
            return 0, 0
        metres, seconds = matrix.metres[path[:-1], path[1:]], matrix.seconds[path[:-1], path[1:]]
        return int(np.maximum(metres, 0).sum()), int(np.maximum(seconds, 0).sum())


def standing(
    tables: Tables, desk: Desk, now_s: int, *, as_planned: bool = False, absent: Collection[str] = ()
) -> Standing:
    """Return where a plan stands at a moment.

    Parameters
    ----------
    tables, desk
        A snapshot of the project, and the plan laid open from it.
    now_s
        The moment, in seconds from midnight of the plan day.
    as_planned
        Whether stops that should have begun by now count as made as planned; else only what is recorded as an
        inspection does.
    absent
        Ids of the teams that go no further.
    """
    recorded = _recorded(tables, desk)
    timed = stored_times(tables, desk.stored)
    frozen = []
    for crew, route in enumerate(desk.routes):
        mine = []
        for stop, times in zip(route, timed[crew].stops, strict=True):
            visit = desk.problem.visits[stop]
            if visit.id in recorded:
                start, end = recorded[visit.id]
                mine.append(_as_recorded(stop, times.start_s, visit.service_s, start, end, now_s))
            elif as_planned and times.start_s <= now_s:
                mine.append(Frozen(stop, times.arrive_s, times.start_s, times.leave_s))
        frozen.append(tuple(sorted(mine, key=lambda one: one.start_s)))
    gone = frozenset(crew for crew, who in enumerate(desk.problem.crews) if who.id in absent)
    return Standing(desk, now_s, tuple(frozen), gone)


def _as_recorded(stop: int, planned_s: int, service_s: int, start: int | None, end: int | None, now_s: int) -> Frozen:
    """Return a stop with the times that were written down, and what follows from them."""
    if start is None:
        start = min(planned_s, now_s) if end is None else end - service_s
    leave = end if end is not None and end >= start else max(start + service_s, start)
    return Frozen(stop, start, start, leave)


def _recorded(tables: Tables, desk: Desk) -> Mapping[str, tuple[int | None, int | None]]:
    """Return the sites that were inspected on the plan day, or are being so, with start and end where written down."""
    day, _ = day_of(tables, desk.stored.plan)
    mine = inspections(tables, day.isoformat())
    found: dict[str, tuple[int | None, int | None]] = {}
    for site, started, ended, state in _columns(mine, "site", "started", "ended", "state"):
        found[site] = _clock(started), _clock(ended) if state != "in_progress" else None
    return found


def _columns(frame: pd.DataFrame, *names: str) -> Sequence[tuple[str, ...]]:
    return list(zip(*(frame[name].astype(str).tolist() for name in names), strict=True))


def _clock(text: str) -> int | None:
    try:
        return parse_clock(text)
    except XunluError:
        return None
