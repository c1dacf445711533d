"""Routes timed once and kept, so that a plan of which little changes is timed again within a blink."""

from collections.abc import Sequence

from geo.planning.problem import Problem
from geo.planning.schedule import Pins, TimedRoute, earliest_starts, time_route

MOST = 4096
"""So many routes are kept of each sort; the oldest go first."""

_Key = tuple[int, tuple[int, ...], tuple[tuple[int, int], ...]]


class Timetable:
    """Times of the routes of one problem, worked out when first asked for.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._routes: dict[_Key, TimedRoute] = {}
        self._starts: dict[_Key, list[int]] = {}

    def route(self, crew: int, stops: Sequence[int], pins: Pins) -> TimedRoute:
        """Return what `geo.planning.schedule.time_route` does."""
        key = _key(crew, stops, pins)
        found = self._routes.get(key)
        if found is None:
            found = time_route(self._problem, crew, stops, pins)
            _keep(self._routes, key, found)
        return found

    def starts(self, crew: int, stops: Sequence[int], pins: Pins) -> list[int]:
        """Return what `geo.planning.schedule.earliest_starts` does."""
        key = _key(crew, stops, pins)
        found = self._starts.get(key)
        if found is None:
            found = earliest_starts(self._problem, crew, stops, pins)
            _keep(self._starts, key, found)
        return found


def _key(crew: int, stops: Sequence[int], pins: Pins) -> _Key:
    return crew, tuple(stops), tuple((stop, pins[stop]) for stop in stops if stop in pins) if pins else ()


def _keep[T](kept: dict[_Key, T], key: _Key, value: T) -> None:
    kept[key] = value
    if len(kept) > MOST:
        del kept[next(iter(kept))]
