"""The smallest changes of a day's rules that admit a visit: what each is, and the problem that it makes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from geo.hours import Window
from geo.planning.problem import ALL_DAY, Crew, Problem, Visit
from geo.roads.routing import Matrix

ChangeKind = Literal[
    "closes_later", "opens_earlier", "overtime", "early", "break_later", "no_break", "back_later", "stops", "distance",
    "driving", "skill", "area", "conflict", "unlock", "unlock_place", "unlock_route", "closure", "open_day", "address",
    "one_team", "goes", "team",
]  # fmt: skip
"""What may give: the opening times of a site; the end, the beginning and the break of a team's day; when it must be
back; how many stops, how far and how long it may drive; a skill it lacks, its area, a conflict of interest; locks; a
closure; a site closed on the day; sites at one address visited together; two teams at one site; a team that stays
goes; and one more team."""

MINUTES: frozenset[ChangeKind] = frozenset(
    {"closes_later", "opens_earlier", "overtime", "early", "break_later", "back_later", "driving"}
)
"""The changes whose amount is in minutes."""

NUMBERS = MINUTES | {"stops", "distance"}
"""The changes that have an amount; that of ``distance`` is in steps of `STEP_M`."""

STEP_M = 100

MOST = 2 * 1440
"""How many minutes a change is looked for."""

_WORTH: dict[ChangeKind, float] = {
    "opens_earlier": 1.01, "early": 1.1, "break_later": 0.9, "back_later": 1.2, "driving": 0.8, "stops": 15,
    "distance": 0.3, "unlock_place": 5, "unlock": 10, "unlock_route": 20, "area": 20, "address": 30, "no_break": 60,
    "skill": 90, "one_team": 150, "goes": 200, "team": 300, "open_day": 400, "conflict": 600, "closure": 1000,
}  # fmt: skip
"""How large a change is felt to be, in minutes of overtime: each unit of one with an amount, else the whole."""


@dataclass(frozen=True)
class Change:
    """One thing that gives.

    Attributes
    ----------
    kind
        What gives.
    amount
        By how much: minutes, stops, steps of `STEP_M` metres; 0 where it is a matter of yes or no.
    crew, site
        Id of the team and of the site that it is about; empty if it is about none. For ``team`` the team like which
        one more is wanted.
    subject
        The skills that are missing; the id of the closure.
    """

    kind: ChangeKind
    amount: int = 0
    crew: str = ""
    site: str = ""
    subject: str = ""

    @property
    def weight(self) -> float:
        """Return how large it is felt to be, in minutes of overtime."""
        return _WORTH.get(self.kind, 1.0) * (self.amount if self.kind in NUMBERS else 1)


Changes = tuple[Change, ...]
"""Changes that admit a visit together; mostly it is one."""


def weight(changes: Changes) -> float:
    """Return how large changes are felt to be; two at a time are worse than their sum."""
    return sum(change.weight for change in changes) * (1 + 0.25 * (len(changes) - 1))


def as_data(options: Sequence[Changes]) -> list[list[dict[str, Any]]]:
    """Return changes as data that JSON can hold; what stands empty is left away."""
    return [[{name: value for name, value in asdict(one).items() if value} for one in option] for option in options]


def as_text(options: Sequence[Changes]) -> str:
    """Return changes as the JSON text that a column holds."""
    return json.dumps(as_data(options), ensure_ascii=False)


def from_text(text: object) -> tuple[Changes, ...]:
    """Return the changes that `as_text` wrote; none of what is nothing of the kind."""
    try:
        return from_data(json.loads(str(text)))
    except ValueError:
        return ()


def from_data(data: Any) -> tuple[Changes, ...]:
    """Return the changes that `as_data` wrote; what cannot be read, as from a later version, is left away."""
    if not isinstance(data, list):
        return ()
    options = (tuple(_read(one) for one in option) for option in data if isinstance(option, list) and option)
    return tuple(tuple(one for one in option if one) for option in options if all(option))


def _read(data: Any) -> Change | None:
    known = isinstance(data, dict) and data.get("kind") in get_args(ChangeKind)
    if not known or not isinstance(data.get("amount", 0), int):
        return None
    texts = {name: data.get(name, "") for name in ("crew", "site", "subject")}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    return Change(data["kind"], data.get("amount", 0), **texts)


def changed(problem: Problem, changes: Sequence[Change]) -> Problem:
    """Return a problem in which some things give.

    One more team comes last among the crews. A team that goes as well must be among them already.
    """
    for change in changes:
        problem = _changed(problem, change)
    return problem


def _changed(problem: Problem, change: Change) -> Problem:
    if change.kind == "team":
        return _with_team(problem, change)
    if change.kind == "goes":
        return problem
    if change.kind == "address":
        return replace(problem, rules=replace(problem.rules, addresses_together=False))
    if change.kind == "unlock_route":
        locked = {n: stops for n, stops in problem.locked.items() if problem.crews[n].id != change.crew}
        return replace(problem, locked=locked)
    if change.kind in _OF_CREW:
        make = _OF_CREW[change.kind]
        return replace(
            problem, crews=tuple(make(one, change) if one.id == change.crew else one for one in problem.crews)
        )
    turn = _OF_VISIT[change.kind]
    return replace(problem, visits=tuple(turn(one, change) if one.id == change.site else one for one in problem.visits))


def _overtime(crew: Crew, change: Change) -> Crew:
    return replace(crew, overtime_s=crew.overtime_s + 60 * change.amount)


def _early(crew: Crew, change: Change) -> Crew:
    return replace(crew, shift=(crew.shift[0] - 60 * change.amount, crew.shift[1]))


def _break_later(crew: Crew, change: Change) -> Crew:
    pause = crew.pause
    return crew if pause is None else replace(crew, pause=replace(pause, latest_s=pause.latest_s + 60 * change.amount))


def _more_driving(crew: Crew, change: Change) -> Crew:
    most = crew.most_travel_s
    return crew if most is None else replace(crew, most_travel_s=most + 60 * change.amount)


def _more_metres(crew: Crew, change: Change) -> Crew:
    most = crew.most_metres
    return crew if most is None else replace(crew, most_metres=most + STEP_M * change.amount)


def _more_stops(crew: Crew, change: Change) -> Crew:
    most = crew.most_stops
    return crew if most is None else replace(crew, most_stops=most + change.amount)


def _skilled(crew: Crew, change: Change) -> Crew:
    return replace(crew, skills=crew.skills | set(change.subject.split("; ")))


_OF_CREW: dict[ChangeKind, Callable[[Crew, Change], Crew]] = {
    "overtime": _overtime,
    "early": _early,
    "break_later": _break_later,
    "no_break": lambda crew, _: replace(crew, pause=None),
    "driving": _more_driving,
    "distance": _more_metres,
    "stops": _more_stops,
    "skill": _skilled,
    "area": lambda crew, _: replace(crew, hard_area=False),
}


def _later(visit: Visit, change: Change) -> Visit:
    return replace(visit, windows=_merged([(a, b + 60 * change.amount) for a, b in visit.windows]))


def _earlier(visit: Visit, change: Change) -> Visit:
    # A day begins at midnight; the window of the night before has begun before.
    return replace(visit, windows=_merged([(max(a - 60 * change.amount, min(a, 0)), b) for a, b in visit.windows]))


def _back_later(visit: Visit, change: Change) -> Visit:
    back = visit.return_by_s
    return visit if back is None else replace(visit, return_by_s=back + 60 * change.amount)


_OF_VISIT: dict[ChangeKind, Callable[[Visit, Change], Visit]] = {
    "closes_later": _later,
    "opens_earlier": _earlier,
    "back_later": _back_later,
    "conflict": lambda visit, change: replace(visit, barred=visit.barred - {change.crew}),
    "unlock": lambda visit, _: replace(visit, locked=False),
    "unlock_place": lambda visit, _: replace(visit, place=None),
    "closure": lambda visit, _: replace(visit, closure=""),
    "open_day": lambda visit, _: replace(visit, closed=False, unreadable=False),
    "one_team": lambda visit, _: replace(visit, together=""),
}


def open_all_day(problem: Problem, site: str) -> Problem:
    """Return a problem in which a site never closes."""
    visits = tuple(replace(one, windows=ALL_DAY) if one.id == site else one for one in problem.visits)
    return replace(problem, visits=visits)


def _merged(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Return windows in order, those that touch as one: a visit may last from one into the next."""
    merged: list[Window] = []
    for a, b in sorted(windows):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return tuple(merged)


def _with_team(problem: Problem, change: Change) -> Problem:
    """Return a problem with one more crew, like another one but with nothing to do yet."""
    crews, count = len(problem.crews), len(problem.visits)
    like = next(number for number, crew in enumerate(problem.crews) if crew.id == change.crew)
    places = [*range(count + crews), count + like]
    if len(problem.matrix.seconds) > count + crews:
        places += [*range(count + crews, count + 2 * crews), count + crews + like]
    at = np.ix_(places, places)

    def grown(matrix: Matrix) -> Matrix:
        return Matrix(matrix.seconds[at], matrix.metres[at])

    more = replace(problem.crews[like], id=f"+{change.crew}")
    return replace(
        problem,
        crews=(*problem.crews, more),
        matrix=grown(problem.matrix),
        travels={key: grown(matrix) for key, matrix in problem.travels.items()},
    )
