"""Several days as one problem: each team on each day is a crew of its own, and a visit bars those of other days."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.hours import Window, common_windows
from geo.planning.problem import ALL_DAY, Problem, Visit
from geo.roads.routing import UNREACHABLE, Matrix

LEAST_LEFT = 0.5
"""Days share their opening times only as long as so much of the time in which a visit may begin is left."""


def joined(days: Sequence[Problem], allowed: NDArray[np.bool_]) -> Problem:
    """Return the problems of days, all with the same visits, as one; its crews are those of the first day, and so on.

    All days have one clock. A visit whose opening times differ from day to day keeps those that its days have in
    common, and bars a day that would leave it too few; the plan of each day knows its own.

    Parameters
    ----------
    days
        The problem of each day.
    allowed
        Which visit may be made on which day, shape (visits, days).
    """
    crews = [
        replace(crew, id=f"{day} {crew.id}", mode=f"{day} {crew.mode}")
        for day, problem in enumerate(days)
        for crew in problem.crews
    ]
    visits = tuple(_visit(days, allowed[number], number) for number in range(len(days[0].visits)))
    travels: dict[str, Matrix] = {}
    for day, problem in enumerate(days):
        for number, crew in enumerate(problem.crews):
            if f"{day} {crew.mode}" not in travels:
                travels[f"{day} {crew.mode}"] = _matrix(days, day, problem.travel(number))
    # Each crew has its own travel; the matrix of all is there for its shape.
    return Problem(visits, tuple(crews), next(iter(travels.values())), days[0].rules, travels)


def _visit(days: Sequence[Problem], allowed: NDArray[np.bool_], number: int) -> Visit:
    options = [problem.visits[number] for problem in days]
    may = [day for day in range(len(days)) if allowed[day] and not options[day].closure and not options[day].unreadable]
    base = options[may[0]] if may else options[0]
    same, windows = _common(options, may)
    if base.together:
        # Two teams must come on the same day.
        same, windows = same[:1], base.windows
    barred = {
        f"{day} {crew.id}"
        for day, problem in enumerate(days)
        for crew in problem.crews
        if day not in same or crew.id in options[day].barred
    }
    return replace(base, windows=windows, barred=frozenset(barred), crew="", locked=False, place=None)


def _common(options: Sequence[Visit], may: Sequence[int]) -> tuple[list[int], tuple[Window, ...]]:
    """Return the days that a visit may be made on with one set of opening times, and these; the first day is one."""
    if all(options[day].windows == options[may[0]].windows for day in may):
        return list(may), options[may[0]].windows if may else ()
    first = options[may[0]]
    days, windows = [may[0]], list(first.windows or ALL_DAY)
    for day in may[1:]:
        narrower = common_windows(windows, options[day].windows or ALL_DAY)
        if _leeway(narrower, first) >= max(1, LEAST_LEFT * _leeway(first.windows or ALL_DAY, first)):
            days.append(day)
            windows = narrower
    return days, tuple(window for window in windows if window[0] < window[1])


def _leeway(windows: Sequence[Window], visit: Visit) -> int:
    """Return for how many seconds in all a visit may begin."""
    return sum(max(0, b - a - visit.service_s + 1) for a, b in windows)


def _matrix(days: Sequence[Problem], day: int, travel: Matrix) -> Matrix:
    """Return the travel of a day between the places of all days: of its own crews only."""
    visits, crews = len(days[0].visits), sum(len(problem.crews) for problem in days)
    before = sum(len(problem.crews) for problem in days[:day])
    own = len(days[day].crews)
    two = len(travel.seconds) > visits + own
    places = [*range(visits), *range(visits + before, visits + before + own)]
    ends = range(visits + crews + before, visits + crews + before + own)
    given = [*range(visits + own), *(range(visits + own, visits + 2 * own) if two else range(visits, visits + own))]
    tables = []
    for table in (travel.seconds, travel.metres):
        whole = np.full((visits + 2 * crews,) * 2, UNREACHABLE, dtype=np.int64)
        whole[np.ix_([*places, *ends], [*places, *ends])] = table[np.ix_(given, given)]
        np.fill_diagonal(whole, 0)
        tables.append(whole)
    return Matrix(*tables)


def split(days: Sequence[Problem], routes: Sequence[Sequence[int]]) -> list[list[list[int]]]:
    """Return the routes of a joined problem day by day."""
    found, first = [], 0
    for problem in days:
        found.append([list(route) for route in routes[first : first + len(problem.crews)]])
        first += len(problem.crews)
    return found
