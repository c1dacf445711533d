"""When a site is open around a day: its usual times, with what is otherwise on single dates."""

from collections.abc import Sequence
from datetime import date, timedelta

from geo.dayhours import ALL_DAY, DayHours, hours_on
from geo.hours import DAY, Window
from geo.planning.problem import openings

_AROUND = (-1, 0, 1, 2)
"""The days, counted from the plan day, that a shift can meet."""


def open_around(
    usual: Sequence[Window], exceptions: Sequence[DayHours], day: date, first_s: int, last_s: int
) -> tuple[Window, ...] | None:
    """Return when a site is open on a day and, where a stretch of time meets them, the days around it.

    Parameters
    ----------
    usual
        The windows of any other day, from and to in seconds from midnight; none means open all day.
    exceptions
        What is otherwise on dates.
    day
        The plan day.
    first_s, last_s
        The stretch, in seconds from midnight of the plan day.

    Returns
    -------
    tuple of Window or None
        In order, as `geo.planning.problem.openings` has them; none of them if open all day, None if closed.
    """
    days = {around: hours_on(exceptions, day + timedelta(days=around)) for around in _AROUND} if exceptions else {}
    if all(hours is None for hours in days.values()):
        return openings(usual, first_s, last_s)
    merged: list[Window] = []
    for opens, closes in sorted(_windows(usual, days, first_s, last_s)):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged) or None


def _windows(
    usual: Sequence[Window], days: dict[int, tuple[Window, ...] | None], first_s: int, last_s: int
) -> list[Window]:
    found = []
    for around, hours in days.items():
        for opens, closes in (usual or ALL_DAY) if hours is None else hours:
            a, b = opens + around * DAY, closes + around * DAY
            if around == 0 or (a < last_s and b > first_s):
                found.append((a if around == 0 else max(a, 0), b))
    return found
