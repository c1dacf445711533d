"""A stored plan laid open for changes by hand: its routes and all travel between its places in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from geo.planning.byhand.moved import Broken, Moved, RouteChange, compared
from geo.planning.office import ways
from geo.planning.plans.stored import StoredPlan, day_of, stored_plan
from geo.planning.problem import Problem
from geo.planning.schedule import TimedRoute
from geo.planning.search import Routes
from geo.planning.timetable import Timetable
from geo.planning.together import time_routes
from geo.progress import Report, part, silent
from geo.roads.routing import Router
from geo.store.tables import Tables

MADE_FROM = frozenset(
    {"plans", "routes", "stops", "left_out", "sites", "teams", "kinds", "inspectors", "closures", "settings", "streets"}
)
"""Tables on which a desk hangs; those of rules that a project may lack besides are asked for by name."""


@dataclass(frozen=True)
class Desk:
    """A plan in which stops can be moved to see what that does; nothing is written.

    Attributes
    ----------
    stored
        The plan.
    router
        The way on the streets.
    timetable
        Times that were worked out before.
    """

    stored: StoredPlan
    router: Router
    timetable: Timetable = field(compare=False, repr=False)

    @property
    def problem(self) -> Problem:
        """Return its sites, those left out as well, and its teams, with all rules."""
        return self.stored.problem

    @property
    def routes(self) -> Routes:
        """Return for each crew the indices of its visits in order."""
        return self.stored.routes

    @cached_property
    def timed(self) -> tuple[TimedRoute, ...]:
        """Return the times of the routes as they are."""
        return tuple(time_routes(self.problem, self.routes, self.timetable))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        sites: dict[str, int] = {}
        for number, visit in enumerate(self.problem.visits):
            sites.setdefault(visit.id, number)
        return sites | {row: number for number, row in enumerate(self.stored.rows) if row}

    @cached_property
    def _crews(self) -> dict[str, int]:
        return {crew.id: number for number, crew in enumerate(self.problem.crews)}

    @cached_property
    def _where(self) -> dict[int, tuple[int, int]]:
        return {stop: (crew, place) for crew, route in enumerate(self.routes) for place, stop in enumerate(route)}

    def knows(self, one: str) -> bool:
        """Return whether the plan has a stop or a site of that id, or left it out."""
        return one in self._numbers

    def visits(self, ids: Iterable[str]) -> list[int]:
        """Return the indices of visits by ids of stops or of sites; KeyError if one is not known.

        A site that two teams visit together has two stops; its own id is that of the first.
        """
        return [self._numbers[one] for one in dict.fromkeys(ids)]

    def crew(self, team: str) -> int:
        """Return the index of a team; KeyError if it is not in the plan."""
        return self._crews[team]

    def place_of(self, visit: int) -> tuple[int, int] | None:
        """Return the crew that makes a visit and its place on the route from 0; None if it is on no route."""
        return self._where.get(visit)

    def moved(self, stops: Sequence[int], crew: int | None, position: int) -> Moved:
        """Return the plan with some visits put together on a route, off wherever they are now.

        Parameters
        ----------
        stops
            Indices of the visits, in the order in which they are to be made.
        crew
            Index of the crew that gets them; None takes them off the plan.
        position
            Place on its route counted from 0, the visits themselves not counted; past the end is the end.
        """
        taken = set(stops)
        routes = [tuple(stop for stop in route if stop not in taken) for route in self.routes]
        if crew is not None:
            route = routes[crew]
            position = min(max(position, 0), len(route))
            routes[crew] = (*route[:position], *stops, *route[position:])
        timed = tuple(time_routes(self.problem, routes, self.timetable))
        order = sorted(range(len(routes)), key=lambda one: (one != crew, one))
        differ = [one for one in order if routes[one] != self.routes[one] or timed[one] != self.timed[one]]
        changes = tuple(self._change(one, routes[one], timed[one]) for one in differ)
        return Moved(tuple(stops), crew, position, tuple(routes), timed, changes)

    def _change(self, crew: int, route: tuple[int, ...], timed: TimedRoute) -> RouteChange:
        who, before = self.problem.crews[crew], self._broken(crew, self.routes[crew], self.timed[crew])
        new, old, mended = compared(before, self._broken(crew, route, timed))
        locked = crew in self.problem.locked and route != self.routes[crew]
        return RouteChange(crew, who.id, who.name, self.timed[crew], timed, new, old, mended, locked)

    def _broken(self, crew: int, route: Sequence[int], timed: TimedRoute) -> list[Broken]:
        team, visits = self.problem.crews[crew].name, self.problem.visits
        return [
            Broken(team, visits[route[one.stop]].name if one.stop < len(route) else "", one) for one in timed.violations
        ]


def open_desk(
    tables: Tables, plan: str, *, sites: Sequence[str] = (), teams: Sequence[str] = (), report: Report = silent
) -> Desk:
    """Return the desk of a stored plan; takes a while where its travel times are not known yet.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan
        Id of the plan.
    sites, teams
        Ids of sites and teams besides those of the plan, to be put on it.

    Raises
    ------
    XunluError
        If there are no streets, or the rows of a team or a site cannot be read.
    """
    day, mode = day_of(tables, plan)
    router = ways.router(tables, day, mode, part(report, 0.0, 0.3))
    stored = stored_plan(tables, plan, router, sites=sites, teams=teams, report=part(report, 0.3, 1.0))
    return Desk(stored, router, Timetable(stored.problem))
