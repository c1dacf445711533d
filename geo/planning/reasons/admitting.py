"""The search for the smallest changes that admit a visit, each tried on the exact schedule."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from geo.planning.problem import Crew, Problem, Visit
from geo.planning.reasons.bent import Bends
from geo.planning.reasons.changes import (
    MOST,
    NUMBERS,
    STEP_M,
    Change,
    ChangeKind,
    Changes,
    changed,
    open_all_day,
    weight,
)
from geo.planning.reasons.trial import TIME, Corner, Trial, corner, excerpt
from geo.planning.violations import Violation

ROUNDS = 5
"""How often what still breaks a rule is mended, since one rule may hide another."""

MENDED = 8
"""How many places are mended of those that each lack something else."""

OFFERED = 6

Tries = list[tuple[Corner, int]]
Make = Callable[[Corner, int], Problem]


def options(
    problem: Problem, routes: Sequence[Sequence[int]], visit: int, *, ask: int | None = None, brief: bool = False
) -> list[Changes]:
    """Return the smallest changes each of which admits a visit, the smallest first; none if nothing would.

    Each was tried: with it there is a place where the visit breaks no rule, beyond those broken already. Of a change by
    some minutes, stops or metres, one less does not admit it.

    Parameters
    ----------
    problem, routes
        What was planned; for each crew the indices of its visits.
    visit
        One that is on no route and fits nowhere.
    ask
        How many crews may be asked, those first where it lacks least; all if None.
    brief
        Whether only what the best places lack is sought, and how little of it would do there.
    """
    corners = [corner(problem, routes, crew, visit) for crew in asked(problem, routes, visit, ask)]
    search = _Search([one for one in corners if one.is_reachable])
    if brief:
        return sorted(search.lacking(), key=weight)
    found = [*search.mended(), *search.windows(), *search.of_crews(), *search.without_break()]
    found += one_more(problem, visit)
    smallest: dict[tuple[str, ...], Changes] = {}
    for one in sorted(found, key=weight):
        smallest.setdefault(tuple(sorted(f"{change.kind} {change.site}" for change in one)), one)
    return _without_needless(list(smallest.values()))[:OFFERED]


def _without_needless(ranked: Sequence[Changes]) -> list[Changes]:
    """Return changes, smallest first, without those that ask for the same as others and something else besides."""
    kept: list[Changes] = []
    for option in ranked:
        kinds = Counter(change.kind for change in option)
        if not any(Counter(change.kind for change in other) < kinds for other in kept):
            kept.append(option)
    return kept


def asked(problem: Problem, routes: Sequence[Sequence[int]], visit: int, most: int | None) -> list[int]:
    """Return the crews to ask, those first whose day would be longest past its end, the detour included, last."""
    crews = list(range(len(problem.crews)))
    if most is None or len(crews) <= most:
        return crews
    return sorted(crews, key=lambda crew: _crowded(problem, crew, routes[crew], visit))[:most]


def _crowded(problem: Problem, crew: int, route: Sequence[int], visit: int) -> tuple[int, int]:
    """Return how many seconds of work a crew would have too many, waiting left aside, and the detour."""
    seconds = np.where(problem.travel(crew).seconds < 0, MOST * 60, problem.travel(crew).seconds)
    path = np.array([problem.start(crew), *route, problem.end(crew)])
    detour = int((seconds[path[:-1], visit] + seconds[visit, path[1:]] - seconds[path[:-1], path[1:]]).min())
    who = problem.crews[crew]
    work = int(seconds[path[:-1], path[1:]].sum()) + sum(problem.visits[stop].service_s for stop in (*route, visit))
    barred = problem.barrier(crew, visit) is not None
    return barred * MOST * 60 + max(0, work + detour - (who.closes_s - who.shift[0])), detour


class _Search:
    """A visit in the corners of some crews, and what each place there lacks."""

    def __init__(self, corners: Sequence[Corner]) -> None:
        self._corners = {one.number: one for one in corners}
        self._trials = [trial for one in corners for trial in one.trials()]
        self._timely: Tries = [
            (self._corners[trial.crew], trial.position)
            for trial in sorted(self._trials, key=lambda trial: trial.rank)
            if trial.kinds <= TIME and not trial.locked
        ]

    def mended(self) -> list[Changes]:
        """Return the changes that mend, at the best places, just what the visit breaks there."""
        best: dict[frozenset[tuple[str, bool]], Trial] = {}
        for trial in sorted(self._trials, key=lambda trial: trial.rank):
            if "unreachable" not in trial.kinds:
                best.setdefault(self._lacks(trial), trial)
        best.pop(frozenset({("late", True)}), None)  # `windows` looks into that
        # What lacks less in number first, then what lacks least.
        chosen = sorted(best.items(), key=lambda item: (len(item[0]), item[1].rank))[:MENDED]
        found = (self._mended(self._corners[trial.crew], trial.position) for _, trial in chosen)
        return [changes for changes in found if changes]

    def lacking(self) -> list[Changes]:
        """Return the changes that mend what the visit breaks at the best place of each crew."""
        best: dict[int, Trial] = {}
        for trial in sorted(self._trials, key=lambda trial: trial.rank):
            if "unreachable" not in trial.kinds:
                best.setdefault(trial.crew, trial)
        found = []
        for trial in best.values():
            one = self._corners[trial.crew]
            changes = _mended(one, trial.position)
            if changes:
                found.append(_least([(one, trial.position)], changes))
        return found

    def _lacks(self, trial: Trial) -> frozenset[tuple[str, bool]]:
        """Return which rules a trial breaks, those hidden behind others included, and whether at the site itself."""
        lacks = {(one.kind, one.kind == "late" and one.stop == trial.position) for one in trial.broken}
        lacks |= {(barrier, False) for barrier in self._corners[trial.crew].barriers}
        return frozenset(lacks | ({("locked", True)} if trial.locked else set()))

    def _mended(self, one: Corner, position: int) -> Changes | None:
        changes = _mended(one, position)
        if changes is None:
            return None
        tries = [(one, place) for place in one.positions]
        if any(change.crew != _crew(one).id for change in changes):
            # What is about the site, or another crew, may admit it elsewhere as well, and with less from this crew.
            others = [(self._corners[trial.crew], trial.position) for trial in self._trials if trial.crew != one.number]
            tries += others
        return _least(tries, changes)

    def windows(self) -> list[Changes]:
        """Return by how much the site would have to close later, and to open earlier."""
        if not self._timely or not _visit(self._timely[0][0]).windows:
            return []
        site = _visit(self._timely[0][0]).id
        bends = Bends(lambda one: open_all_day(one.problem, site))
        free = [(one, position) for one, position in self._timely if bends.fits(one, position)]
        found: list[Changes] = []
        kinds: tuple[ChangeKind, ...] = ("closes_later", "opens_earlier")
        for kind in kinds:

            def make(one: Corner, amount: int, kind: ChangeKind = kind) -> Problem:
                return changed(one.problem, [Change(kind, amount, site=site)])

            least = _smallest(free, make, MOST)
            if least is not None:
                found.append((Change(kind, least[0], site=site),))
        return found

    def of_crews(self) -> list[Changes]:
        """Return which crew would have to begin its day earlier, and which to take its break later, by how much."""
        found: list[Changes] = []
        paused = [(one, position) for one, position in self._timely if _crew(one).pause is not None]
        both: tuple[tuple[ChangeKind, Tries], ...] = (("early", self._timely), ("break_later", paused))
        for kind, tries in both:

            def make(one: Corner, amount: int, kind: ChangeKind = kind) -> Problem:
                # A day cannot begin before midnight.
                most = max(0, _crew(one).shift[0] // 60) if kind == "early" else amount
                return changed(one.problem, [Change(kind, min(amount, most), crew=_crew(one).id)])

            least = _smallest(tries, make, MOST // 4)
            if least is not None:
                found.append((Change(kind, least[0], crew=_crew(least[1]).id),))
        return found

    def without_break(self) -> list[Changes]:
        """Return which crew would have to do without its break."""

        def change(one: Corner) -> Change:
            return Change("no_break", crew=_crew(one).id)

        bends = Bends(lambda one: changed(one.problem, [change(one)]))
        for one, position in self._timely:
            if _crew(one).pause is not None and bends.fits(one, position):
                return [(change(one),)]
        return []


def one_more(problem: Problem, visit: int) -> list[Changes]:
    """Return the team like which one more would make the visit with the least travel, if any would."""
    best: tuple[int, str] | None = None
    if problem.visits[visit].together:
        return []
    for crew, who in enumerate(problem.crews):
        one = Corner(replace(excerpt(problem, [crew], [visit]), locked={}), ((),), 0, 0, crew)
        trial = one.try_at(0) if one.is_reachable else None
        if trial is not None and trial.fits:
            best = min(best or (trial.extra_s, who.id), (trial.extra_s, who.id))
    return [] if best is None else [(Change("team", crew=best[1]),)]


def _visit(one: Corner) -> Visit:
    return one.problem.visits[one.visit]


def _crew(one: Corner) -> Crew:
    return one.problem.crews[one.crew]


def _smallest(tries: Tries, make: Make, most: int) -> tuple[int, Corner] | None:
    """Return the smallest amount under which one of some tries fits, and where; None if none does up to `most`.

    Each is tried with one less than the best so far, and looked into only if it fits then.
    """
    best: tuple[int, Corner] | None = None
    bends: dict[int, Bends] = {}

    def fits(one: Corner, position: int, amount: int) -> bool:
        if amount not in bends:
            bends[amount] = Bends(lambda one: make(one, amount))
        return bends[amount].fits(one, position)

    for one, position in tries:
        high = most if best is None else best[0] - 1
        if high < 1 or not fits(one, position, high):
            continue
        low, step = 0, 1
        while step < high:
            if fits(one, position, step):
                high = step
            else:
                low, step = step, 4 * step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if fits(one, position, middle) else (middle, high)
        best = high, one
    return best


def _any_fits(tries: Tries, make: Make, amount: int) -> bool:
    """Return whether one of some tries fits under an amount."""
    bends = Bends(lambda one: make(one, amount))
    return any(bends.fits(one, position) for one, position in tries)


def _mended(one: Corner, position: int) -> Changes | None:
    """Return the changes under which the visit fits at a place; None where nothing helps."""
    changes: list[Change] = []
    for _ in range(ROUNDS):
        trial = one.try_at(position, changed(one.problem, changes))
        if trial.fits:
            return tuple(changes)
        pairs = zip(trial.broken, trial.whose, strict=True)
        more = [_change(one, position, violation, crew) for violation, crew in pairs]
        if trial.locked:
            more.append(Change("unlock_route", crew=_crew(one).id))
        changes = _joined([*changes, *(change for change in more if change is not None)])
        if None in more:
            return None
    return None


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Return changes with those of the same thing made one."""
    joined: dict[tuple[str, str, str, str], Change] = {}
    for change in changes:
        key = change.kind, change.crew, change.site, change.subject
        amount = change.amount + (joined[key].amount if key in joined else 0)
        joined[key] = replace(change, amount=amount)
    return list(joined.values())


def _least(tries: Tries, changes: Sequence[Change]) -> Changes:
    """Return changes under which one of some tries fits, each made as small as the others allow."""
    kept = list(changes)
    for place in range(len(kept) - 1, -1, -1):
        change, others = kept[place], [*kept[:place], *kept[place + 1 :]]

        def make(
            here: Corner, amount: int, change: Change = change, others: Sequence[Change] = tuple(others)
        ) -> Problem:
            return changed(here.problem, [*others, replace(change, amount=amount)])

        if _any_fits(tries, lambda here, _, others=tuple(others): changed(here.problem, others), 0):  # type: ignore[misc]
            kept = others
        elif change.kind in NUMBERS and change.amount > 1 and _any_fits(tries, make, change.amount - 1):
            smaller = _smallest(tries, make, change.amount - 1)
            kept[place] = replace(change, amount=smaller[0] if smaller else change.amount)
    return tuple(kept)


def _change(one: Corner, position: int, violation: Violation, number: int) -> Change | None:
    """Return what would have to give for a crew to keep a rule; None if nothing can.

    Where two teams visit a site together, it may be the other one that comes late.
    """
    crew, minutes = one.problem.crews[number].id, -(-violation.amount // 60)
    stops = list(one.routes[number])
    if number == one.crew:
        stops.insert(position, one.visit)
    site = one.problem.visits[stops[violation.stop]].id if violation.stop < len(stops) else ""
    match violation.kind:
        case "late":
            return Change("closes_later", minutes, site=site)
        case "overrun":
            return Change("overtime", minutes, crew=crew)
        case "break":
            return Change("break_later", minutes, crew=crew)
        case "samples":
            return Change("back_later", minutes, site=site)
        case "stops":
            return Change("stops", violation.amount, crew=crew)
        case "distance":
            return Change("distance", -(-violation.amount // STEP_M), crew=crew)
        case "driving":
            return Change("driving", minutes, crew=crew)
        case _:
            return _lifted(one, crew, site, violation)


def _lifted(one: Corner, crew: str, site: str, violation: Violation) -> Change | None:
    missing = "; ".join(sorted(_visit(one).needs - _crew(one).skills))
    lifted: dict[str, Change] = {
        "skill": Change("skill", crew=crew, subject=missing),
        "area": Change("area", crew=crew),
        "conflict": Change("conflict", crew=crew, site=site),
        "team": Change("unlock", site=site),
        "place": Change("unlock_place", site=site),
        "closure": Change("closure", site=site, subject=_visit(one).closure),
        "closed": Change("open_day", site=site),
        "address": Change("address"),
        "apart": Change("one_team", site=site),
    }
    return lifted.get(violation.kind)
