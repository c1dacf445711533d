"""A problem as PyVRP has it: one client per stint and window, of which one is served; profiles for who may go where."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from math import gcd

import numpy as np
import pyvrp
from numpy.typing import NDArray

from geo.planning.engine.board import Board
from geo.planning.engine.clock import Clock, clock_of, slowness
from geo.planning.engine.scope import Caps, Scope, free_at
from geo.planning.engine.stints import Stint, addresses, stints_of
from geo.planning.problem import Problem
from geo.planning.rules import Aim
from geo.roads.routing import UNREACHABLE

Ints = NDArray[np.int64]

NO_LIMIT = int(np.iinfo(np.int64).max)

NO_WAY_S = 10 * 86_400
"""Stands for a leg without a way, or that a crew may not take: longer than any shift, so that no route may hold it."""

REQUIRED = 20
"""What a visit that must be made, or is locked, counts against the worthiest of the others."""

NEIGHBOURS = 50
"""Next to how many others each client is tried."""

TEAM_S = 40_000
"""What a team that goes costs, in seconds of travel, where as few as possible are to go."""


class Model:
    """What PyVRP is told of a problem, and what its answers mean.

    Parameters
    ----------
    problem
        What is to be planned.
    scope
        What the search may decide.
    """

    def __init__(self, problem: Problem, scope: Scope) -> None:
        self.problem, self.scope = problem, scope
        crews = [problem.crews[crew] for crew in scope.crews]
        self.clock: Clock = clock_of(crews, (problem.visits[visit] for visit in scope.visits))
        self.slowness = slowness(problem.rules.speeds, crews)
        self.stints: list[Stint] = stints_of(problem, scope, self.clock)
        self.slots = [(number, slot) for number, stint in enumerate(self.stints) for slot in stint.starts]
        self.scale = 100 // gcd(100, problem.rules.overtime_price) if self._has_overtime else 1
        self._profiles = self._crew_profiles()
        legs = self._legs()
        self.prize = self._prize(legs.values())
        durations, costs = self._matrices(legs)
        self._teams = self._alike(legs)
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0)] * len(durations[0]),
            clients=self._clients(),
            depots=[pyvrp.Depot(place) for place in range(len(self.stints), len(durations[0]))],
            vehicle_types=[self._vehicle(team) for team in self._teams],
            # Its stub says ndarray[int], which no array is.
            distance_matrices=costs,  # type: ignore[arg-type]
            duration_matrices=durations,  # type: ignore[arg-type]
            groups=[pyvrp.ClientGroup(clients, required=False) for clients in self._choices.values()],
        )

    def capped(self, caps: Caps) -> "Model":
        """Return it with other limits for all crews."""
        other = copy(self)
        other.scope = replace(self.scope, caps=caps)
        other.data = self.data.replace(vehicle_types=[other._vehicle(team) for team in self._teams])
        return other

    def routes(self, solution: pyvrp.Solution, present: Sequence[Sequence[int]] = ()) -> dict[int, list[int]]:
        """Return the visits of each crew in a solution, those that its route begins with included.

        Of crews that are alike each has the route that is most like its present one.
        """
        routes = {crew: list(self.scope.heads.get(crew, ())) for crew in self.scope.crews}
        free = [list(team) for team in self._teams]
        for route in solution.routes():
            clients = [activity.idx for activity in route if activity.is_client()]
            visits = [visit for client in clients for visit in self.stints[self.slots[client][0]].visits]
            alike = free[route.vehicle_type()]
            crew = alike[0]
            if len(alike) > 1 and present:
                crew = max(alike, key=lambda one: (len(set(visits).intersection(present[one])), -one))
            alike.remove(crew)
            routes[crew] += visits
        return routes

    def solution(self, board: Board) -> pyvrp.Solution:
        """Return the routes of the crews as a solution; what it does not know is left away."""
        first = {stint.visits[0]: number for number, stint in enumerate(self.stints)}
        clients: dict[int, list[int]] = {}
        for client, (stint, _) in enumerate(self.slots):
            clients.setdefault(stint, []).append(client)
        found = []
        vehicles = [(vehicle, crew) for vehicle, team in enumerate(self._teams) for crew in team]
        for vehicle, crew in vehicles:
            route, visits = board.routes[crew], []
            timed = board.timed(crew).stops
            for place, visit in enumerate(route):
                number = first.get(visit)
                if (
                    number is None
                    or tuple(route[place:][: len(self.stints[number].visits)]) != self.stints[number].visits
                ):
                    continue
                start = self.clock.read(timed[place].start_s)
                visits.append(min(clients[number], key=lambda client: self._distance(client, start)))
            if visits:
                found.append(pyvrp.Route(self.data, visits, vehicle))
        return pyvrp.Solution(self.data, found)

    def cost(self, solution: pyvrp.Solution) -> int:
        """Return what a solution costs, in seconds of travel, without what is left out."""
        return int(solution.distance_cost() + solution.duration_cost()) // self.scale

    def aimed(self, solution: pyvrp.Solution) -> int:
        """Return what the aim makes small before the cost, as far as the search can tell."""
        aim, routes = self.problem.rules.aim, solution.routes()
        if aim == Aim.TEAMS:
            return sum(map(bool, self.routes(solution).values()))
        if aim == Aim.EVEN_STOPS:
            return max(map(len, self.routes(solution).values()), default=0)
        ends = [(self.clock.unread(route.start_time()), self.clock.unread(route.end_time())) for route in routes]
        if aim == Aim.FINISH:
            return max((end for _, end in ends), default=0)
        return max((end - start for start, end in ends), default=0) if aim == Aim.EVEN_HOURS else 0

    def prizes_of(self, visits: Collection[int]) -> int:
        """Return the prizes of some visits, those that are done together with others only if all are there."""
        pairs = zip(self.stints, self._prizes, strict=True)
        return sum(prize for stint, prize in pairs if all(visit in visits for visit in stint.visits))

    def _distance(self, client: int, start: int) -> int:
        earliest, latest = self.slots[client][1]
        return max(earliest - start, start - latest, 0)

    @cached_property
    def _has_overtime(self) -> bool:
        return any(self.problem.crews[crew].overtime_s for crew in self.scope.crews)

    @cached_property
    def _counts_stops(self) -> bool:
        even = self.problem.rules.aim == Aim.EVEN_STOPS
        return even or any(self.problem.crews[crew].most_stops is not None for crew in self.scope.crews)

    @cached_property
    def _choices(self) -> dict[int, list[int]]:
        """Return for each stint with a choice of windows its clients."""
        clients: dict[int, list[int]] = {}
        for client, (stint, _) in enumerate(self.slots):
            if len(self.stints[stint].starts) > 1:
                clients.setdefault(stint, []).append(client)
        return clients

    @cached_property
    def _prizes(self) -> list[int]:
        """Return the prize of each stint: more than any detour, so that none is left out to save one."""
        visits = self.problem.visits
        most = max((visit.worth for visit in visits), default=1) * REQUIRED
        worths = [
            [most if (one := visits[v]).required or one.locked else one.worth for v in s.visits] for s in self.stints
        ]
        return [self.prize * sum(worth) * self.scale for worth in worths]

    def _prize(self, legs: Collection[Ints]) -> int:
        real = max((int(seconds[seconds < NO_WAY_S].max(initial=0)) for seconds in legs), default=0)
        crews = list(self.scope.crews)
        extra = int(self.problem.extra[np.ix_(crews, list(self.scope.visits))].max(initial=0))
        overtime = max((self.problem.crews[crew].overtime_s for crew in crews), default=0)
        team = TEAM_S if self.problem.rules.aim == Aim.TEAMS else 0
        return 2 * (real + extra) + overtime * self.problem.rules.overtime_price // 100 + team + 1

    def _clients(self) -> list[pyvrp.Client]:
        groups = {stint: number for number, stint in enumerate(self._choices)}
        return [
            pyvrp.Client(
                stint,
                delivery=[len(self.stints[stint].visits)] if self._counts_stops else [],
                service_duration=self.stints[stint].seconds,
                tw_early=earliest,
                tw_late=latest,
                prize=self._prizes[stint],
                required=False,
                group=groups.get(stint),
            )
            for stint, (earliest, latest) in self.slots
        ]

    def _vehicle(self, team: Sequence[int]) -> pyvrp.VehicleType:
        number, values = self.scope.crews.index(team[0]), self._limits(team[0])
        return pyvrp.VehicleType(
            len(team),
            start_depot=number,
            end_depot=len(self.scope.crews) + number if self._two_ends else number,
            unit_distance_cost=self.scale,
            profile=self._profiles[number],
            **values,  # type: ignore[arg-type]
        )

    def _alike(self, legs: Mapping[str, Ints]) -> list[list[int]]:
        """Return the crews in groups of those that differ in nothing: their limits, and their ways to all places."""
        teams: dict[tuple[object, ...], list[int]] = {}
        count, last = len(self.stints), len(self.scope.crews) * (1 + self._two_ends)
        for number, crew in enumerate(self.scope.crews):
            seconds = legs[self.problem.crews[crew].mode]
            first, end = count + number, len(seconds) - last + (last - len(self.scope.crews)) + number
            ways = seconds[first, :count].tobytes(), seconds[:count, end].tobytes()
            limits = tuple((key, str(value)) for key, value in self._limits(crew).items())
            head = crew if self.scope.heads.get(crew) else -1
            teams.setdefault((self._profiles[number], ways, limits, head), []).append(crew)
        return list(teams.values())

    def _limits(self, crew: int) -> dict[str, int | list[int] | None]:
        """Return what PyVRP is told of the hours and limits of a crew."""
        scope, rules = self.scope, self.problem.rules
        who, head = self.problem.crews[crew], scope.heads.get(crew, ())
        begins = free_at(self.problem, crew, head)
        last = min([who.closes_s, *(cap for cap in (scope.closes.get(crew), scope.caps.back_s) if cap is not None)])
        opens, closes = self.clock.shift(who, begins, max(last, begins))
        _, ends = self.clock.shift(who, begins, max(min(last, who.shift[1]), begins))
        stops = min([cap for cap in (who.most_stops, scope.caps.stops) if cap is not None], default=len(scope.visits))
        most = [cap for cap in (who.most_travel_s, scope.metres_s.get(crew)) if cap is not None]
        longest = closes - opens
        if scope.caps.hours_s is not None:
            pause = self.clock.seconds if who.pause == self.clock.pause else 0
            longest = min(longest, max(1, scope.caps.hours_s - pause))
        pays = bool(who.overtime_s) and scope.caps.hours_s is None
        return {
            "capacity": [max(0, stops - len(head))] if self._counts_stops else [],
            "fixed_cost": 0 if head or rules.aim != Aim.TEAMS else TEAM_S * self.scale,
            "tw_early": opens,
            "tw_late": closes,
            "shift_duration": ends - opens if pays else longest,
            "max_overtime": max(0, closes - ends) if pays else 0,
            "unit_overtime_cost": rules.overtime_price * self.scale // 100 if pays else 0,
            # Overtime counts from the end of the shift, however late the crew leaves.
            "start_late": opens if pays else None,
            "max_distance": min(most, default=NO_LIMIT),
        }

    @cached_property
    def _two_ends(self) -> bool:
        crews = [(crew, self.problem.crews[crew], self.scope.heads.get(crew)) for crew in self.scope.crews]
        return any(
            self.problem.start(n) != self.problem.end(n) or who.free_start != who.free_end or head
            for n, who, head in crews
        )

    @cached_property
    def _kinds(self) -> list[tuple[str, bytes, bytes]]:
        """Return for each crew what its travel depends on."""
        visits, scope = list(self.scope.visits), self.scope
        modes = (self.problem.crews[crew].mode if self.problem.travels else "" for crew in scope.crews)
        return [
            (mode, scope.allowed[crew, visits].tobytes(), self.problem.extra[crew, visits].tobytes())
            for crew, mode in zip(scope.crews, modes, strict=True)
        ]

    def _crew_profiles(self) -> list[int]:
        known = list(dict.fromkeys(self._kinds))
        return [known.index(kind) for kind in self._kinds]

    def _legs(self) -> dict[str, Ints]:
        """Return by mode of travel the seconds between all places of the search, in rows and columns."""
        first = {self.problem.crews[crew].mode: crew for crew in reversed(self.scope.crews)}
        rows, columns = self._places
        return {mode: self._seconds(crew, rows, columns) for mode, crew in first.items()}

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Return the places that legs begin at and that they lead to: stints, starts and then ends."""
        problem, scope = self.problem, self.scope
        starts = [scope.heads.get(crew, (problem.start(crew),))[-1] for crew in scope.crews]
        ends = [problem.end(crew) for crew in scope.crews] if self._two_ends else []
        return (
            [*(stint.visits[-1] for stint in self.stints), *starts, *ends],
            [*(stint.visits[0] for stint in self.stints), *starts, *ends],
        )

    def _setups(self) -> Ints | int:
        """Return the seconds of set-up that each leg leads to."""
        setup = np.array([self.problem.visits[stint.visits[0]].setup_s for stint in self.stints], dtype=np.int64)
        if not setup.any():
            return 0
        rows, columns = self._places
        known = addresses(self.problem, [*columns, *rows])
        setups = np.zeros((len(rows), len(rows)), dtype=np.int64)
        setups[:, : len(setup)] = setup
        setups[known[len(columns) :, np.newaxis] == known[np.newaxis, : len(columns)]] = 0
        return setups

    def _matrices(self, legs: Mapping[str, Ints]) -> tuple[list[Ints], list[Ints]]:
        """Return for each profile the seconds that legs take, set-up included, and what they cost."""
        setups, count = self._setups(), len(self.stints)
        plain = {mode: seconds + setups for mode, seconds in legs.items()}
        # No prize may outweigh a leg without a way.
        no_way = max(NO_WAY_S, *(2 * prize // self.scale for prize in self._prizes), 0)
        visits = [visit for stint in self.stints for visit in stint.visits]
        first = np.cumsum([0, *(len(stint.visits) for stint in self.stints[:-1])])
        durations, costs = [], []
        for profile in range(max(self._profiles, default=-1) + 1):
            crew = self.scope.crews[self._profiles.index(profile)]
            mode = self.problem.crews[crew].mode
            cost, duration = np.where(legs[mode] == NO_WAY_S, no_way, legs[mode]), plain[mode]
            if visits:
                cost[:, :count] += np.add.reduceat(self.problem.extra[crew, visits], first)
                barred = np.flatnonzero(~np.logical_and.reduceat(self.scope.allowed[crew, visits], first))
                if len(barred):
                    duration = duration.copy()
                    cost[:, barred], duration[:, barred] = no_way, NO_WAY_S
            np.fill_diagonal(cost, 0)
            np.fill_diagonal(duration, 0)
            durations.append(duration)
            costs.append(cost)
        return durations, costs

    def _seconds(self, crew: int, rows: Sequence[int], columns: Sequence[int]) -> Ints:
        seconds: Ints = self.problem.travel(crew).seconds[np.ix_(rows, columns)]
        usual = seconds if self.slowness == 1 else np.rint(seconds * self.slowness).astype(np.int64)
        found: Ints = np.where(seconds == UNREACHABLE, NO_WAY_S, usual)
        crews = self.scope.crews
        first, last = len(self.stints), len(rows) - len(crews)
        for number, one in enumerate(crews):
            if self.problem.crews[one].free_start and not self.scope.heads.get(one):
                found[first + number, :] = 0
            if self.problem.crews[one].free_end:
                found[:, last + number] = 0
        np.fill_diagonal(found, 0)
        return found

    @cached_property
    def neighbours(self) -> dict[pyvrp.Activity, list[pyvrp.Activity]]:
        """Return next to which others each client is tried: near ones, at a time at which both can be.

        Nearness is that of T. Vidal et al., A hybrid genetic algorithm with adaptive diversity management for a large
        class of vehicle routing problems with time-windows (2013): travel, a fifth of the waiting, and lateness.
        """
        stint = np.array([number for number, _ in self.slots], dtype=np.int64)
        opens = np.array([slot[0] for _, slot in self.slots], dtype=np.int64)
        closes = np.array([slot[1] for _, slot in self.slots], dtype=np.int64)
        stay = np.array([self.stints[number].seconds for number in stint], dtype=np.int64)
        seconds = np.minimum.reduce([legs[: len(self.stints), : len(self.stints)] for legs in self._legs().values()])
        legs = seconds[np.ix_(stint, stint)]
        wait = opens[np.newaxis, :] - (closes + stay)[:, np.newaxis] - legs
        late = (opens + stay)[:, np.newaxis] + legs - closes[np.newaxis, :]
        near = legs + 0.2 * np.maximum(wait, 0) + np.maximum(late, 0)
        near = np.minimum(near, near.T)
        near[stint[:, np.newaxis] == stint[np.newaxis, :]] = np.inf
        most = min(NEIGHBOURS, len(near) - 1)
        chosen = np.argsort(near, axis=1, kind="stable")[:, :most]
        clients = [pyvrp.Activity(pyvrp.ActivityType.CLIENT, number) for number in range(len(near))]
        known = np.isfinite(np.take_along_axis(near, chosen, axis=1))
        return {
            client: [clients[other] for other, is_known in zip(others, good, strict=True) if is_known]
            for client, others, good in zip(clients, chosen.tolist(), known.tolist(), strict=True)
        }
