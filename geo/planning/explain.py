"""Where a visit fits best, and why one that fits nowhere is on no route: the reason that binds, in minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo.language import Language, tr
from geo.model import Reason
from geo.planning.problem import ALL_DAY, Problem
from geo.planning.schedule import begin
from geo.roads.routing import UNREACHABLE


@dataclass(frozen=True)
class Why:
    """Why a visit is on no route.

    Attributes
    ----------
    reason
        What binds.
    minutes
        The fewest minutes that would admit it. For `Reason.NO_TIME` with a subject: if that crew's shift ended so
        much later. Else: if the site closed, and every shift ended, so much later. None where no minutes would help.
    subject
        What it concerns: the id of a closure or, for `Reason.NO_TIME`, the id of the crew that lacks least; empty
        if a longer shift is not enough.
    """

    reason: Reason
    minutes: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Place:
    """A place for a visit on a crew's route, and what it takes, in seconds.

    Attributes
    ----------
    crew, position
        The crew and the number of visits before it on the route.
    closing_s
        By how much the site would have to close later.
    overrun_s
        By how much the crew's shift would have to end later.
    delay_s
        By how much the visits behind it would be late for their windows.
    extra_s
        Travel that it adds; a visit to another team's area counts `Rules.foreign_visit_s` as well.
    """

    crew: int
    position: int
    closing_s: int
    overrun_s: int
    delay_s: int
    extra_s: int

    @property
    def fits(self) -> bool:
        """Return whether no rule is broken."""
        return not (self.closing_s or self.overrun_s or self.delay_s)

    @property
    def lack_s(self) -> int:
        """Return by how much the site would have to close, and the shift to end, later."""
        return max(self.closing_s, self.overrun_s)

    @property
    def rank(self) -> tuple[int, int, int, int, int]:
        """Return what places are compared by: fewest seconds of rules broken, then least travel."""
        return self.delay_s, self.lack_s, self.extra_s, self.crew, self.position


def explain(problem: Problem, routes: Sequence[Sequence[int]]) -> dict[int, Why]:
    """Return why each visit that is on none of the routes is left out, by index.

    Parameters
    ----------
    problem
        What was planned.
    routes
        For each crew the indices of its visits; visits that still fit somewhere must be on them.
    """
    made = {visit for route in routes for visit in route}
    left_out = [visit for visit in range(len(problem.visits)) if visit not in made]
    return {visit: alone(problem, visit) or no_time(problem, routes, visit) for visit in left_out}


def alone(problem: Problem, visit: int) -> Why | None:
    """Return why no crew could make a visit even if it made no other; None if one could."""
    closure = problem.visits[visit].closure
    if closure:
        return Why(Reason.CLOSURE, subject=closure)
    if problem.visits[visit].unreadable:
        return Why(Reason.NO_WINDOW)
    nothing: list[tuple[int, ...]] = [()] * len(problem.crews)
    lack = min((place.lack_s for place in places(problem, nothing, visit)), default=None)
    if lack is None:
        return Why(Reason.UNREACHABLE)
    return Why(Reason.NO_WINDOW, _minutes(lack)) if lack else None


def no_time(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Why:
    """Return the fewest minutes by which a visit fits on no route.

    The shift of one crew is asked to give first; only where that is never enough, the site's opening times as well.
    """
    lacking = [place for place in places(problem, routes, visit) if not place.delay_s]
    longer = [place for place in lacking if not place.closing_s]
    if longer:
        least = min(longer, key=lambda place: place.rank)
        return Why(Reason.NO_TIME, _minutes(least.overrun_s), problem.crews[least.crew].id)
    return Why(Reason.NO_TIME, _minutes(min(place.lack_s for place in lacking)) if lacking else None)


def best_place(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Place | None:
    """Return the place on any route where a visit breaks the rules least, then adds least travel.

    None if no crew can reach it.
    """
    return min(places(problem, routes, visit), key=lambda place: place.rank, default=None)


def places(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Iterator[Place]:
    """Give every place for a visit on every route, and there for each window; not those without a way."""
    for crew, route in enumerate(routes):
        yield from _on_route(problem, crew, route, visit)


def _on_route(problem: Problem, crew: int, route: Sequence[int], visit: int) -> Iterator[Place]:
    seconds = problem.matrix.seconds
    base = problem.start(crew)
    foreign = problem.rules.foreign_visit_s * problem.is_foreign(crew, visit)
    path = [base, *route, base]
    leave = problem.crews[crew].shift[0]
    for position, (before, after) in enumerate(pairwise(path)):
        there, on, direct = int(seconds[before, visit]), int(seconds[visit, after]), int(seconds[before, after])
        late, end = _rest(problem, crew, route[position:], leave + direct)
        if UNREACHABLE not in (there, on):
            for closing, start in _starts(problem, visit, leave + there):
                left = start + problem.visits[visit].service_s
                late_after, end_after = _rest(problem, crew, route[position:], left + on)
                closes = max(end, problem.crews[crew].shift[1])
                overrun, delay = max(0, end_after - closes), max(0, late_after - late)
                yield Place(crew, position, closing, overrun, delay, there + on - direct + foreign)
        if position < len(route):
            next_visit = problem.visits[route[position]]
            leave = begin(next_visit, leave + direct) + next_visit.service_s


def _starts(problem: Problem, visit: int, arrive: int) -> Iterator[tuple[int, int]]:
    """Give for each window when a visit would begin in it, after the seconds by which it would close too early."""
    one = problem.visits[visit]
    for opens, closes in one.windows or ALL_DAY:
        start = max(arrive, opens)
        yield max(0, start + one.service_s - closes), start


def _rest(problem: Problem, crew: int, stops: Sequence[int], arrive: int) -> tuple[int, int]:
    """Return the seconds that the rest of a route is late in its windows, and when the crew is back at its base."""
    late = 0
    path = [*stops, problem.start(crew)]
    for stop, after in pairwise(path):
        visit = problem.visits[stop]
        start = begin(visit, arrive)
        late += visit.lateness(start)
        arrive = start + visit.service_s + max(0, int(problem.matrix.seconds[stop, after]))
    return late, arrive


def detail(why: Why, subject: str, lang: Language | None = None) -> str:
    """Return a reason as a sentence; `subject` is the name of what it concerns, empty if it has none."""
    if why.reason == Reason.CLOSURE:
        return tr("It lies in the closure “{closure}”.", lang, closure=subject)
    if why.reason == Reason.UNREACHABLE:
        return tr("No street leads there from any team's base.", lang)
    if why.reason == Reason.BY_HAND:
        return tr("It was taken off the plan by hand.", lang)
    if why.minutes is None:
        return tr("No team has time left for it.", lang)
    if why.reason == Reason.NO_WINDOW:
        return tr("Its opening times fit no team's shift: {minutes} min are lacking.", lang, minutes=why.minutes)
    if subject:
        return tr("No time left: {team} would need {minutes} more minutes.", lang, team=subject, minutes=why.minutes)
    return tr("No team has time left while it is open: {minutes} min are lacking.", lang, minutes=why.minutes)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
