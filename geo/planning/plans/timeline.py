"""A stored plan along the hours of its day: for each team its stops, travel, waiting, break and shift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.hours import Window
from geo.planning.plans.locks import Lock
from geo.planning.plans.made import made
from geo.planning.plans.pauses import pause_in
from geo.planning.plans.stored import Still, StoredPlan, day_of, stored_plan, stored_times
from geo.planning.problem import Problem, Visit
from geo.planning.schedule import TimedRoute, TimedStop, setup_of
from geo.store.tables import Tables


@dataclass(frozen=True)
class Bar:
    """One stop.

    Attributes
    ----------
    stop
        Id of its row.
    site, name
        Id and name of its site.
    leg_s, setup_s
        How long the way to it takes, and how much of the time before its start the set-up is.
    arrive_s, start_s, leave_s
        In seconds from midnight.
    windows
        When the site is open; none means all day.
    lock
        What it is locked to.
    """

    stop: str
    site: str
    name: str
    leg_s: int
    setup_s: int
    arrive_s: int
    start_s: int
    leave_s: int
    windows: tuple[Window, ...]
    lock: Lock


@dataclass(frozen=True)
class Line:
    """One team's day.

    Attributes
    ----------
    team, name
        Id and name.
    shift, closes_s
        From and to in seconds from midnight, and until when overtime may last.
    start_s, end_s, back_s
        Departure, return, and how long the way home takes.
    pause
        From and to of its break; None if it has none on the way.
    locked
        Whether the whole route is locked.
    metres
        The length of the route.
    bars
        Its stops in order.
    """

    team: str
    name: str
    shift: Window
    closes_s: int
    start_s: int
    end_s: int
    back_s: int
    pause: Window | None
    locked: bool
    metres: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """A plan along the hours.

    Attributes
    ----------
    plan, day
        Id of the plan, and its day.
    lines
        The days of its teams, in the order of the teams.
    made
        The sites visited on the day, or being so, with the state of the inspection.
    """

    plan: str
    day: date
    lines: tuple[Line, ...]
    made: Mapping[str, str]


def timeline(tables: Tables, plan: str) -> Timeline:
    """Return a stored plan along the hours of its day; needs no streets.

    Raises
    ------
    XunluError
        If the rows of a team or a site cannot be read.
    """
    day, mode = day_of(tables, plan)
    stored = stored_plan(tables, plan, Still(mode))
    timed = stored_times(tables, stored)
    order = {str(team): number for number, team in enumerate(tables.frame("teams").index)}
    crews = sorted(range(len(timed)), key=lambda crew: order[stored.problem.crews[crew].id])
    lines = tuple(line(stored, crew, stored.routes[crew], timed[crew]) for crew in crews)
    return Timeline(plan, day, lines, made(tables, plan))


def line(stored: StoredPlan, crew: int, route: Sequence[int], timed: TimedRoute) -> Line:
    """Return the day of a team of a plan with a route of its own, such as one that is only tried.

    Parameters
    ----------
    stored
        The plan.
    crew
        Index of the team.
    route, timed
        Indices of the visits in order, and their times.
    """
    problem, who = stored.problem, stored.problem.crews[crew]
    pause = pause_in(problem, crew, route, timed)
    return Line(
        who.id,
        who.name,
        who.shift,
        who.closes_s,
        timed.start_s,
        timed.end_s,
        timed.back_s,
        None if pause is None or who.pause is None else (pause, pause + who.pause.seconds),
        crew in problem.locked,
        timed.metres,
        tuple(
            _bar(problem, stored.rows[stop], stop, route[place - 1] if place else None, times)
            for place, (stop, times) in enumerate(zip(route, timed.stops, strict=True))
        ),
    )


def _bar(problem: Problem, row: str, stop: int, before: int | None, times: TimedStop) -> Bar:
    visit = problem.visits[stop]
    setup = min(setup_of(problem, before, stop), times.start_s - times.arrive_s)
    return Bar(
        row or visit.id,
        visit.id,
        visit.name,
        times.leg_s,
        max(setup, 0),
        times.arrive_s,
        times.start_s,
        times.leave_s,
        visit.windows,
        _lock(visit),
    )


def _lock(visit: Visit) -> Lock:
    return Lock.PLACE if visit.place is not None else Lock.TEAM if visit.locked else Lock.NONE
