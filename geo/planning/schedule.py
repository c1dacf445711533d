"""The times of a route, and what in it breaks a rule: pure functions for solver results and hand edits alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.hours import Window
from geo.planning.problem import Crew, Problem, Visit
from geo.planning.traffic import arrival, departure
from geo.planning.violations import Violation
from geo.roads.routing import UNREACHABLE

Pins = Mapping[int, int]
"""When visits must begin, in seconds from midnight, by index: those that two crews begin together."""


@dataclass(frozen=True)
class TimedStop:
    """A stop with its times in seconds from midnight, and the leg that leads to it.

    Between arrival and start lie the set-up, waiting and perhaps the break.
    """

    arrive_s: int
    start_s: int
    leave_s: int
    leg_s: int
    leg_m: int


@dataclass(frozen=True)
class TimedRoute:
    """A route with all its times.

    Attributes
    ----------
    start_s, end_s
        Departure from the start and arrival at the end, in seconds from midnight.
    metres, travel_s
        Of all legs, the way home included.
    back_s, back_m
        The way home.
    overtime_s
        How long it lasts past the shift.
    pause_s
        When the break on the way begins; None if there is none, or if it lies before or after the route.
    """

    start_s: int
    end_s: int
    metres: int
    travel_s: int
    back_s: int
    back_m: int
    stops: tuple[TimedStop, ...]
    violations: tuple[Violation, ...]
    overtime_s: int = 0
    pause_s: int | None = None

    @property
    def is_feasible(self) -> bool:
        """Return whether the route breaks no rule."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class _Act:
    """What a crew does at one place: a visit, or its break.

    Attributes
    ----------
    stop
        The number of the visit on the route; -1 for the break.
    leg_s, setup_s, service_s
        Free travel to it, what comes between arrival and start, and how long it takes.
    starts
        When it may begin, earliest and latest.
    """

    stop: int
    leg_s: int
    setup_s: int
    service_s: int
    starts: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Acts one after the other as soon as each can be: when the crew leaves, is at each, begins it, and ends."""

    acts: Sequence[_Act]
    leave: int
    arrivals: list[int]
    starts: list[int]
    end: int


def time_route(problem: Problem, crew: int, stops: Sequence[int], pins: Pins | None = None) -> TimedRoute:
    """Return the times of a crew's route through some visits in order.

    The crew leaves its start as late as it can without coming home later, so that it waits there and not in the
    street; on the way it goes on as soon as it can. It begins each visit in the first window that still holds the
    whole visit. Where none does, it begins on arrival, and the route says by how much that is too late. It takes its
    break between two visits, where it is home soonest; none on the way if it leaves once the break can be over, or
    is back before the break must begin.

    Parameters
    ----------
    problem
        Visits, crews and travel.
    crew
        Index of the crew.
    stops
        Indices of the visits, in order.
    pins
        When visits must begin that two crews begin together; `geo.planning.together.time_routes` finds them.
    """
    legs, metres = _legs(problem, crew, stops)
    home = max(0, legs[-1])
    soonest = _soonest(problem, crew, _acts(problem, stops, legs, pins or {}), home)
    run = _run(soonest.acts, _latest_departure(soonest, problem.rules.speeds), home, problem.rules.speeds)
    timed, pause, travelled, now, arrived = [], None, 0, run.leave, -1
    for act, arrive, start in zip(run.acts, run.arrivals, run.starts, strict=True):
        travelled += arrive - now
        now = start + act.service_s
        if act.stop < 0:
            pause, arrived = start, arrive if act.leg_s else -1
            continue
        timed.append(TimedStop(arrive if arrived < 0 else arrived, start, now, travelled, metres[act.stop]))
        travelled, arrived = 0, -1
    back = run.end - now
    travel = sum(stop.leg_s for stop in timed) + back
    overtime = max(0, run.end - problem.crews[crew].shift[1]) if stops else 0
    violations = _violations(problem, crew, stops, legs, timed, run, sum(metres))
    return TimedRoute(
        run.leave, run.end, sum(metres), travel, back, metres[-1], tuple(timed), violations, overtime, pause
    )


def earliest_starts(problem: Problem, crew: int, stops: Sequence[int], pins: Pins | None = None) -> list[int]:
    """Return when each visit of a route begins if the crew leaves as soon as its shift begins."""
    legs, _ = _legs(problem, crew, stops)
    run = _soonest(problem, crew, _acts(problem, stops, legs, pins or {}), max(0, legs[-1]))
    return [start for act, start in zip(run.acts, run.starts, strict=True) if act.stop >= 0]


def begin(visit: Visit, ready: int) -> int:
    """Return when a visit begins for a crew that is ready at a time: at once if it is too late for every window."""
    return _begin(visit.starts, ready)


def setup_of(problem: Problem, before: int | None, stop: int) -> int:
    """Return the seconds of set-up at a visit after another one; None if there is none before it."""
    visit = problem.visits[stop]
    same = before is not None and visit.address and problem.visits[before].address == visit.address
    return 0 if same else visit.setup_s


def _legs(problem: Problem, crew: int, stops: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return seconds, `UNREACHABLE` where there is no way, and metres of each leg, the way home last."""
    if not stops:
        return [0], [0]
    matrix, who = problem.travel(crew), problem.crews[crew]
    path = [problem.start(crew), *stops, problem.end(crew)]
    seconds: list[int] = matrix.seconds[path[:-1], path[1:]].tolist()
    metres: list[int] = np.maximum(matrix.metres[path[:-1], path[1:]], 0).tolist()
    if who.free_start:
        seconds[0] = metres[0] = 0
    if who.free_end:
        seconds[-1] = metres[-1] = 0
    return seconds, metres


def _acts(problem: Problem, stops: Sequence[int], legs: Sequence[int], pins: Pins) -> list[_Act]:
    acts = []
    for place, stop in enumerate(stops):
        visit = problem.visits[stop]
        setup = setup_of(problem, stops[place - 1] if place else None, stop)
        starts = ((pins[stop], pins[stop]),) if stop in pins else visit.starts
        acts.append(_Act(place, max(0, legs[place]), setup, visit.service_s, starts))
    return acts


def _begin(starts: Sequence[Window], ready: int) -> int:
    for earliest, latest in starts:
        if ready <= latest:
            return max(ready, earliest)
    return ready


def _run(acts: Sequence[_Act], leave: int, home: int, speeds: Sequence[int]) -> _Run:
    """Return the times of acts if the crew leaves at a time and then never dawdles."""
    arrivals, starts, now = [], [], leave
    for act in acts:
        arrive = arrival(now, act.leg_s, speeds)
        start = _begin(act.starts, arrive + act.setup_s)
        arrivals.append(arrive)
        starts.append(start)
        now = start + act.service_s
    return _Run(acts, leave, arrivals, starts, arrival(now, home, speeds))


def _soonest(problem: Problem, crew: int, acts: Sequence[_Act], home: int) -> _Run:
    """Return the times of acts, with the break, that bring a crew home soonest, leaving as soon as it may."""
    who, speeds = problem.crews[crew], problem.rules.speeds
    opens, pause = who.shift[0], who.pause
    plain = _run(acts, opens, home, speeds)
    if pause is None or not acts or opens > pause.latest_s or plain.end <= pause.latest_s:
        return plain
    after = max(opens, pause.earliest_s) + pause.seconds
    runs = [_run(acts, after, home, speeds)]
    for place, there in _gaps(plain, pause.earliest_s, pause.latest_s):
        runs.append(
            _run(_paused(acts, place, there, pause.seconds, (pause.earliest_s, pause.latest_s)), opens, home, speeds)
        )
    return min(runs, key=lambda run: (_lateness(run, who.closes_s), run.end))


def _gaps(plain: _Run, earliest: int, latest: int) -> list[tuple[int, bool]]:
    """Return where a break may lie: before which act, and whether once the crew is there or before it sets off.

    Where the crew sets off before the break may begin, the next gap serves as well, unless it is too late then.
    """
    free = [plain.leave, *(start + act.service_s for act, start in zip(plain.acts, plain.starts, strict=True))]
    last = max(place for place, now in enumerate(free) if now <= latest)
    first = max((place for place, now in enumerate(free) if now <= earliest), default=0)
    here = [(place, False) for place in range(max(first, 1), last + 1)]
    return sorted([*here, *((place, True) for place in range(first, min(last + 1, len(plain.acts))))])


def _paused(acts: Sequence[_Act], place: int, there: bool, seconds: int, window: Window) -> list[_Act]:
    """Return acts with a break before one of them, or at the end."""
    if not there:
        return [*acts[:place], _Act(-1, 0, 0, seconds, (window,)), *acts[place:]]
    act = acts[place]
    arrived = _Act(act.stop, 0, act.setup_s, act.service_s, act.starts)
    return [*acts[:place], _Act(-1, act.leg_s, 0, seconds, (window,)), arrived, *acts[place + 1 :]]


def _lateness(run: _Run, closes: int) -> int:
    """Return by how many seconds acts begin too late and the crew is back too late."""
    late = sum(
        start - act.starts[-1][1] if act.starts else 0
        for act, start in zip(run.acts, run.starts, strict=True)
        if not act.starts or start > act.starts[-1][1]
    )
    return late + max(0, run.end - closes)


def _latest_departure(run: _Run, speeds: Sequence[int]) -> int:
    """Return how late the crew may leave so that the last act still begins when it would."""
    if not run.acts:
        return run.leave
    latest = run.starts[-1]
    for place in range(len(run.acts) - 2, -1, -1):
        act, after = run.acts[place], run.acts[place + 1]
        bound = departure(latest - after.setup_s, after.leg_s, speeds) - act.service_s
        latest = _latest_start(act.starts, run.starts[place], bound)
    return max(run.leave, departure(latest - run.acts[0].setup_s, run.acts[0].leg_s, speeds))


def _latest_start(starts: Sequence[Window], start: int, bound: int) -> int:
    """Return the latest time up to a bound at which an act may begin; its start if that is too late anyway."""
    return max((min(bound, b) for a, b in starts if a <= bound and b >= start), default=start)


def _violations(
    problem: Problem,
    crew: int,
    stops: Sequence[int],
    legs: Sequence[int],
    timed: Sequence[TimedStop],
    run: _Run,
    metres: int,
) -> tuple[Violation, ...]:
    found = []
    for place, (stop, times) in enumerate(zip(stops, timed, strict=True)):
        found += stop_violations(problem, crew, place, stop, times, run.end, len(stops))
    end = len(stops)
    found += [Violation("unreachable", place, 0) for place, leg in enumerate(legs) if leg == UNREACHABLE]
    for act, start in zip(run.acts, run.starts, strict=True):
        if act.stop < 0 and start > act.starts[0][1]:
            found.append(Violation("break", end, start - act.starts[0][1]))
    travel = sum(b - a for a, b in _moves(run))
    found += day_violations(problem.crews[crew], end, run.end, metres, travel)
    return tuple(found)


def day_violations(who: Crew, end: int, back_s: int, metres: int, travel: int) -> list[Violation]:
    """Return what a route with so many stops breaks as a whole: its return, metres and seconds of travel."""
    found = [Violation("overrun", end, back_s - who.closes_s)] if end and back_s > who.closes_s else []
    for kind, used, most in (
        ("stops", end, who.most_stops),
        ("distance", metres, who.most_metres),
        ("driving", travel, who.most_travel_s),
    ):
        if most is not None and used > most:
            found.append(Violation(kind, end, used - most))  # type: ignore[arg-type]
    return found


def _moves(run: _Run) -> list[tuple[int, int]]:
    """Return when the crew is on its way, the way home included."""
    left = [run.leave, *(start + act.service_s for act, start in zip(run.acts, run.starts, strict=True))]
    return list(zip(left, [*run.arrivals, run.end], strict=True))


def stop_violations(
    problem: Problem, crew: int, place: int, stop: int, times: TimedStop, end: int, count: int
) -> list[Violation]:
    """Return what a stop breaks at a place of a route that is back at a time and has so many stops."""
    visit, found = problem.visits[stop], []
    late = visit.lateness(times.start_s)
    if late:
        found.append(Violation("late", place, late))
    barrier = problem.barrier(crew, stop)
    if barrier is not None:
        missing = visit.needs - problem.crews[crew].skills if barrier == "skill" else ()
        found.append(Violation(barrier, place, 0, ", ".join(sorted(missing))))
    if visit.return_by_s is not None and end > visit.return_by_s:
        found.append(Violation("samples", place, end - visit.return_by_s))
    if visit.place is not None and visit.crew == problem.crews[crew].id and place != min(visit.place, count - 1):
        found.append(Violation("place", place, 0))
    return found
