"""Where the times of a route leave room for its break: plans are stored without saying when it is."""

from collections.abc import Sequence

from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute, setup_of


def pause_in(problem: Problem, crew: int, route: Sequence[int], timed: TimedRoute) -> int | None:
    """Return when the break of a route begins, in seconds from midnight; None if it has none on the way.

    It lies before the crew sets off for a stop, or once it is there, before set-up and visit, or before it goes home.
    """
    pause = problem.crews[crew].pause
    if pause is None:
        return None
    free = timed.start_s
    for place, (stop, times) in enumerate(zip(route, timed.stops, strict=True)):
        setup = setup_of(problem, route[place - 1] if place else None, stop)
        for since, until in ((free, times.arrive_s - times.leg_s), (times.arrive_s, times.start_s - setup)):
            begins = max(since, pause.earliest_s)
            if until - begins >= pause.seconds and begins <= pause.latest_s:
                return begins
        free = times.leave_s
    begins = max(free, pause.earliest_s)
    return begins if timed.end_s - timed.back_s - begins >= pause.seconds and begins <= pause.latest_s else None


def lacks_pause(problem: Problem, crew: int, route: Sequence[int], timed: TimedRoute) -> bool:
    """Return whether a route has no room for the break that it needs; one that begins after it, or ends before, has."""
    who = problem.crews[crew]
    pause = who.pause
    if pause is None or not route or who.shift[0] > pause.latest_s or timed.end_s <= pause.latest_s:
        return False
    after = timed.start_s >= max(who.shift[0], pause.earliest_s) + pause.seconds
    return not after and pause_in(problem, crew, route, timed) is None
