"""Why a visit is on no route: the reason that binds, and by how many minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.language import Language, tr
from geo.model import Reason
from geo.planning.problem import Problem
from geo.planning.schedule import time_route


@dataclass(frozen=True)
class Why:
    """Why a visit is on no route.

    Attributes
    ----------
    reason
        What binds.
    minutes
        The fewest minutes that a site opens, or a shift lasts, too little; None where minutes would not help.
    subject
        What it concerns: the name of a closure or, for `Reason.NO_TIME`, the id of the crew that lacks least.
    """

    reason: Reason
    minutes: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Place:
    """A place for a visit on a crew's route, with the seconds of rules broken by it and of travel it adds."""

    crew: int
    position: int
    shortfall_s: int
    extra_s: int


def alone(problem: Problem, visit: int) -> Why | None:
    """Return why no crew could make a visit even if it made no other; None if one could."""
    closure = problem.visits[visit].closure
    if closure:
        return Why(Reason.CLOSURE, subject=closure)
    crews = [crew for crew in range(len(problem.crews)) if problem.reachable(crew, visit)]
    if not crews:
        return Why(Reason.UNREACHABLE)
    shortfall = min(time_route(problem, crew, [visit]).shortfall_s for crew in crews)
    return Why(Reason.NO_WINDOW, _minutes(shortfall)) if shortfall else None


def best_place(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Place:
    """Return the place on any route where a visit breaks the rules least, then adds least travel.

    Foreign visits count `Rules.foreign_visit_s` as travel, so that a team's own area comes first.

    Raises
    ------
    ValueError
        If no crew can reach the visit.
    """
    places = [
        place
        for crew in range(len(problem.crews))
        if problem.reachable(crew, visit)
        for place in _places(problem, crew, routes[crew], visit)
    ]
    return min(places, key=lambda place: (place.shortfall_s, place.extra_s, place.crew, place.position))


def _places(problem: Problem, crew: int, route: Sequence[int], visit: int) -> list[Place]:
    before = time_route(problem, crew, route)
    foreign = problem.rules.foreign_visit_s * problem.is_foreign(crew, visit)
    places = []
    for position in range(len(route) + 1):
        after = time_route(problem, crew, [*route[:position], visit, *route[position:]])
        if not any(violation.kind == "unreachable" for violation in after.violations):
            shortfall = max(0, after.shortfall_s - before.shortfall_s)
            places.append(Place(crew, position, shortfall, after.travel_s - before.travel_s + foreign))
    return places


def no_time(problem: Problem, place: Place) -> Why:
    """Return the reason for a visit whose best place breaks a rule."""
    return Why(Reason.NO_TIME, _minutes(place.shortfall_s), problem.crews[place.crew].id)


def detail(why: Why, subject: str, lang: Language | None = None) -> str:
    """Return a reason as a sentence; `subject` is the name of what it concerns."""
    if why.reason == Reason.CLOSURE:
        return tr("It lies in the closure “{closure}”.", lang, closure=subject)
    if why.reason == Reason.UNREACHABLE:
        return tr("No street leads there from any team's base.", lang)
    if why.reason == Reason.NO_WINDOW:
        return tr("Its opening times and every shift miss each other by {minutes} min.", lang, minutes=why.minutes)
    if why.reason == Reason.NO_TIME:
        return tr("{team} comes closest, but lacks {minutes} min.", lang, team=subject, minutes=why.minutes)
    return tr("It was taken off the plan by hand.", lang)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
