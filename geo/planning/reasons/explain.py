"""Why a visit is on no route: the reason that binds, and the smallest changes that would admit it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from geo.language import Language, tr
from geo.model import Reason
from geo.planning.problem import Barrier, Problem
from geo.planning.reasons.admitting import options
from geo.planning.reasons.changes import MINUTES, ChangeKind, Changes
from geo.planning.reasons.trial import Corner, Trial, excerpt, prices
from geo.progress import Report, silent

THOROUGH = 10
"""So many visits that are left out are looked into from every side."""

BRIEF = 300
"""For so many more it is found what just the best place lacks; of the rest it is said only that no time is left."""

MOST_ASKED, FEW_ASKED, LEAST_ASKED = 60, 5, 2

_OF_CHANGE: dict[ChangeKind, Reason] = {
    "stops": Reason.LIMIT,
    "distance": Reason.LIMIT,
    "driving": Reason.LIMIT,
    "break_later": Reason.BREAK,
    "no_break": Reason.BREAK,
    "back_later": Reason.RETURN,
    "skill": Reason.SKILL,
    "area": Reason.AREA,
    "conflict": Reason.CONFLICT,
    "unlock": Reason.LOCKED,
    "unlock_place": Reason.LOCKED,
    "unlock_route": Reason.LOCKED,
    "closure": Reason.CLOSURE,
    "open_day": Reason.CLOSED,
    "address": Reason.ADDRESS,
    "one_team": Reason.TOGETHER,
}
"""The reason that a change is about; the others are about time."""

_OF_BARRIER: dict[Barrier, Reason] = {
    "closure": Reason.CLOSURE,
    "closed": Reason.CLOSED,
    "conflict": Reason.CONFLICT,
    "skill": Reason.SKILL,
    "area": Reason.AREA,
    "team": Reason.LOCKED,
}


@dataclass(frozen=True)
class Why:
    """Why a visit is on no route.

    Attributes
    ----------
    reason
        What binds.
    minutes
        The fewest minutes that would admit it, by the first of `changes` that is about time; None if no minutes help.
    subject
        What it concerns: the id of a closure, or of the crew that lacks least.
    changes
        What would admit it, each tried, the smallest first; see `geo.planning.reasons.admitting.options`.
    """

    reason: Reason
    minutes: int | None = None
    subject: str = ""
    changes: tuple[Changes, ...] = field(default=(), compare=False)


def explain(
    problem: Problem, routes: Sequence[Sequence[int]], *, thorough: int = THOROUGH, report: Report = silent
) -> dict[int, Why]:
    """Return why each visit that is on none of the routes is left out, by index.

    To look into a visit from every side takes a moment. Where much is left out the planner is not to wait for it:
    `geo.planning.reasons.why` does it for the one that somebody asks about.

    Parameters
    ----------
    problem
        What was planned.
    routes
        For each crew the indices of its visits; visits that still fit somewhere must be on them.
    thorough
        For how many visits every change that could admit it is sought.
    report
        Told of the progress; may raise `Cancelled`.
    """
    made = {visit for route in routes for visit in route}
    left_out = [visit for visit in range(len(problem.visits)) if visit not in made]
    found = {}
    for number, visit in enumerate(left_out):
        report(number / len(left_out), tr("Finding out why {count} sites are left out …", count=len(left_out)))
        if number < thorough:
            found[visit] = why_not(problem, routes, visit, ask=MOST_ASKED)
        elif number < thorough + BRIEF:
            found[visit] = why_not(problem, routes, visit, ask=LEAST_ASKED, brief=True)
        else:
            found[visit] = _why([], impossible(problem, visit), problem.visits[visit].closure)
    return found


def why_not(
    problem: Problem, routes: Sequence[Sequence[int]], visit: int, *, ask: int | None = None, brief: bool = False
) -> Why:
    """Return why a visit is on none of the routes, and what would have to give.

    Parameters
    ----------
    problem, routes, visit
        What was planned, and the index of a visit that fits nowhere.
    ask
        How many crews are asked at most, those first where it lacks least; all if None.
    brief
        Whether only that is sought which the best place lacks.
    """
    reason = impossible(problem, visit)
    found = []
    if _may_be_mended(problem, visit):
        found = options(problem, routes, visit, ask=ask, brief=brief)
    why = _why(found, reason, problem.visits[visit].closure)
    if why.reason == Reason.NO_WINDOW and why.minutes is not None:
        # By how much its times fit no shift does not hang on what else the crews do.
        bare = options(problem, [()] * len(problem.crews), visit, ask=ask, brief=True)
        why = replace(why, minutes=_why(bare, reason).minutes)
    return why


def alone(problem: Problem, visit: int) -> Why | None:
    """Return why no crew could make a visit even if it made no other; None if one could."""
    reason = impossible(problem, visit)
    return None if reason is None else why_not(problem, [()] * len(problem.crews), visit, ask=MOST_ASKED)


def impossible(problem: Problem, visit: int) -> Reason | None:
    """Return why no crew could make a visit even if it made no other; None if one could.

    A visit that crews make together needs as many crews that could.
    """
    one = problem.visits[visit]
    if one.closure:
        return Reason.CLOSURE
    if one.unreadable and not one.closed:
        return Reason.NO_WINDOW
    wanted = sum(other.together == one.together for other in problem.visits) if one.together else 1
    barriers: Counter[Barrier] = Counter()
    reachable, able = False, 0
    for crew in range(len(problem.crews)):
        barrier = problem.barrier(crew, visit)
        if barrier is not None:
            barriers[barrier] += 1
        elif problem.reachable(crew, visit):
            reachable = True
            able += _alone_with(problem, crew, visit).fits
            if able >= wanted:
                return None
    if barriers and not reachable:
        return _OF_BARRIER[barriers.most_common(1)[0][0]]
    if not reachable:
        return Reason.UNREACHABLE
    return Reason.TOGETHER if able else Reason.NO_WINDOW


def _alone_with(problem: Problem, crew: int, visit: int) -> Trial:
    small = replace(excerpt(problem, [crew], [visit]), locked={})
    if small.visits[0].together:
        small = replace(small, visits=(replace(small.visits[0], together=""),))
    return Corner(small, ((),), 0, 0, crew).try_at(0)


def _may_be_mended(problem: Problem, visit: int) -> bool:
    """Return whether anything could give: not what nobody can read."""
    return problem.visits[visit].closed or not problem.visits[visit].unreadable


def _why(found: Sequence[Changes], reason: Reason | None, closure: str = "") -> Why:
    """Return a reason with what would have to give; that which the smallest change is about if none is given."""
    if not found:
        return Why(reason or Reason.NO_TIME, subject=closure)
    first = found[0]
    # Of several changes that are needed together, the largest is what binds.
    binding = _OF_CHANGE.get(max(first, key=lambda change: change.weight).kind, Reason.NO_TIME)
    if reason == Reason.NO_WINDOW and binding != Reason.NO_TIME:
        reason = binding
    reason = reason or binding
    # Where one more team is the smallest, it is still told by how many minutes the present ones fall short.
    timed = next((option for option in found if any(change.kind in MINUTES for change in option)), first)
    told = timed if reason == Reason.NO_TIME else first
    minutes = max((change.amount for change in told if change.kind in MINUTES), default=None)
    subject = told[0].crew if len(told) == 1 and reason != Reason.NO_WINDOW else ""
    return Why(reason, minutes, closure or subject, tuple(found))


def best_place(problem: Problem, routes: Sequence[Sequence[int]], visit: int) -> Trial | None:
    """Return the place on any route where a visit breaks the rules least, then adds least travel.

    None if no crew can reach it.
    """
    return next(iter(prices(problem, routes, visit)), None)


def detail(why: Why, subject: str, lang: Language | None = None) -> str:
    """Return a reason as a sentence; `subject` is the name of what it concerns, empty if it has none."""
    if why.reason == Reason.CLOSURE:
        return tr("It lies in the closure “{closure}”.", lang, closure=subject)
    if why.reason == Reason.NO_WINDOW and why.minutes is not None:
        return tr("Its opening times fit no team's shift: {minutes} min are lacking.", lang, minutes=why.minutes)
    if why.reason in (Reason.NO_TIME, Reason.NO_WINDOW):
        return _no_time_words(why, subject, lang)
    return _plain(why.reason, lang)


def _no_time_words(why: Why, subject: str, lang: Language | None) -> str:
    if why.minutes is None:
        return tr("No team has time left for it.", lang)
    if subject:
        return tr("No time left: {team} would need {minutes} more minutes.", lang, team=subject, minutes=why.minutes)
    return tr("No team has time left while it is open: {minutes} min are lacking.", lang, minutes=why.minutes)


def _plain(reason: Reason, lang: Language | None) -> str:
    words = {
        Reason.UNREACHABLE: tr("No street leads there from any team's base.", lang),
        Reason.BY_HAND: tr("It was taken off the plan by hand.", lang),
        Reason.CLOSED: tr("It is closed on that day.", lang),
        Reason.LIMIT: tr("It would be more stops, kilometres or driving than a team may have.", lang),
        Reason.RETURN: tr("No team would be back in time with the samples.", lang),
        Reason.BREAK: tr("A team's break is in the way.", lang),
        Reason.SKILL: tr("No team that has time has the skills that it needs.", lang),
        Reason.AREA: tr("The teams that have time must keep to their areas.", lang),
        Reason.CONFLICT: tr("The teams that have time may not come there (conflict of interest).", lang),
        Reason.LOCKED: tr("A lock is in the way.", lang),
        Reason.ADDRESS: tr("It would be visited apart from the other sites at its address.", lang),
        Reason.TOGETHER: tr("No second team is free when the first one is.", lang),
    }
    return words[reason]
