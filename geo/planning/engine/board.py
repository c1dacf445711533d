"""The routes of a plan that breaks no rule, and whether it still breaks none if some of them change."""

from collections.abc import Mapping, Sequence
from copy import copy

from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute
from geo.planning.timetable import Timetable
from geo.planning.together import meetings

IMPORTANT = 1000
"""A visit that must be made, or is locked, counts as so many times the worth of all that need not."""


class Board:
    """Routes under all rules, those between crews included.

    What a locked route breaks by itself is borne: it stays as it is.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    routes
        For each crew the indices of its visits, in order; a locked route takes the place of its crew's.
    """

    def __init__(self, problem: Problem, routes: Sequence[Sequence[int]]) -> None:
        self.problem = problem
        self.routes = [list(problem.locked.get(crew, route)) for crew, route in enumerate(routes)]
        self._kept = Timetable(problem)
        self._groups: dict[str, list[int]] = {}
        for number, visit in enumerate(problem.visits):
            if visit.together:
                self._groups.setdefault(visit.together, []).append(number)
        self._address: dict[str, int] = {}
        self._note_addresses()

    def copied(self) -> "Board":
        """Return the same routes, to be changed apart."""
        other = copy(self)
        other.routes = [list(route) for route in self.routes]
        return other

    def timed(self, crew: int, route: Sequence[int] | None = None) -> TimedRoute:
        """Return the times of a crew's route, as it is or as it would be, without those of crews it meets."""
        return self._kept.route(crew, self.routes[crew] if route is None else route, {})

    def group(self, visit: int) -> Sequence[int]:
        """Return the visits that are to begin together with one, it included."""
        return self._groups.get(self.problem.visits[visit].together, (visit,))

    def meetings(self) -> dict[int, int]:
        """Return when the visits begin that several crews make together, by index."""
        return meetings(self.problem, self.routes, self._kept) if self._groups else {}

    def fits(self, changed: Mapping[int, Sequence[int]]) -> bool:
        """Return whether no rule is broken once some crews have other routes."""
        if any(crew in self.problem.locked for crew in changed):
            return False
        if self.problem.rules.addresses_together and not self._addresses_kept(changed):
            return False
        if not self._groups:
            return all(self._kept.route(crew, route, {}).is_feasible for crew, route in changed.items())
        return self._meetings_kept(changed)

    def put(self, changed: Mapping[int, Sequence[int]]) -> None:
        """Give crews other routes."""
        for crew, route in changed.items():
            self.routes[crew] = list(route)
        self._note_addresses()

    def made(self) -> set[int]:
        """Return the visits that are on routes."""
        return {visit for route in self.routes for visit in route}

    def cost(self) -> int:
        """Return what the routes cost, in seconds of travel: the way, other teams' areas, changes of team, overtime."""
        return sum(self.cost_of(crew, route) for crew, route in enumerate(self.routes) if route)

    def cost_of(self, crew: int, route: Sequence[int]) -> int:
        """Return what one route costs, in seconds of travel."""
        timed = self._kept.route(crew, route, {})
        extra = int(self.problem.extra[crew, list(route)].sum()) if len(route) else 0
        return timed.travel_s + extra + timed.overtime_s * self.problem.rules.overtime_price // 100

    def importance(self, visit: int) -> int:
        """Return what a visit counts against others for which there is no time."""
        one = self.problem.visits[visit]
        return one.worth * (IMPORTANT if one.required or one.locked else 1)

    def _note_addresses(self) -> None:
        if self.problem.rules.addresses_together:
            visits = self.problem.visits
            self._address = {
                visits[stop].address: crew
                for crew, route in enumerate(self.routes)
                for stop in route
                if visits[stop].address
            }

    def _addresses_kept(self, changed: Mapping[int, Sequence[int]]) -> bool:
        """Return whether each address on changed routes is visited in one go and by nobody else."""
        seen: dict[str, int] = {}
        for crew, route in changed.items():
            before = ""
            for stop in route:
                address = self.problem.visits[stop].address
                if address and address != before:
                    holder = self._address.get(address, crew)
                    if address in seen or (holder != crew and holder not in changed):
                        return False
                    seen[address] = crew
                before = address
        return True

    def _meetings_kept(self, changed: Mapping[int, Sequence[int]]) -> bool:
        routes = [changed.get(crew, route) for crew, route in enumerate(self.routes)]
        place = {
            stop: crew for crew, route in enumerate(routes) for stop in route if self.problem.visits[stop].together
        }
        pins = meetings(self.problem, routes, self._kept)
        for group in self._groups.values():
            crews = [place[stop] for stop in group if stop in place]
            # A locked route may hold one whose other crew cannot come.
            whole = len(set(crews)) == len(crews) == len(group)
            if crews and not whole and not all(crew in self.problem.locked for crew in crews):
                return False
        concerned = changed.keys() | set(place.values())
        return all(self._bears(crew, routes[crew], pins) for crew in concerned)

    def _bears(self, crew: int, route: Sequence[int], pins: Mapping[int, int]) -> bool:
        """Return whether a route breaks nothing, or is locked and breaks no more than by itself."""
        timed = self._kept.route(crew, route, pins)
        starts = dict(zip(route, (stop.start_s for stop in timed.stops), strict=True))
        if any(starts[stop] != pin for stop, pin in pins.items() if stop in starts):
            return False
        if crew not in self.problem.locked:
            return timed.is_feasible
        alone = {(one.kind, one.stop) for one in self._kept.route(crew, route, {}).violations}
        return all((one.kind, one.stop) in alone for one in timed.violations)
