"""What a planner may ask about a site of a plan: why it is where it is, its price elsewhere, what would admit it."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.language import tr
from geo.model import Reason
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.office import intake, standby
from geo.planning.plans import granted
from geo.planning.plans.stored import day_of, stored_plan
from geo.planning.problem import Problem
from geo.planning.reasons import explain
from geo.planning.reasons.admitting import one_more, options
from geo.planning.reasons.changes import Change, Changes, weight
from geo.planning.reasons.trial import Trial, here, prices
from geo.planning.reasons.whywords import named, sentence
from geo.progress import Report, part, silent
from geo.roads import closures, graphs
from geo.store.tables import Tables, name_of

MOST_ASKED = 60


@dataclass(frozen=True)
class Price:
    """What a site costs with one team, at its best place there.

    Attributes
    ----------
    team, name
        Id and name of the team.
    position
        Place on its route from 0, the site itself not counted.
    extra_m, extra_s, later_s
        Metres and seconds of travel that it adds, and how much later the team is back.
    broken
        The rules that it would break, in words.
    is_present
        Whether the team has it now; the place is then the one it has.
    """

    team: str
    name: str
    position: int
    extra_m: int
    extra_s: int
    later_s: int
    broken: tuple[str, ...]
    is_present: bool = False

    @property
    def fits(self) -> bool:
        """Return whether no rule would be broken."""
        return not self.broken


@dataclass(frozen=True)
class Offer:
    """Changes that admit a site, in words; each was tried."""

    changes: Changes
    text: str


@dataclass(frozen=True)
class Account:
    """What is to be said of one site of a plan.

    Attributes
    ----------
    plan, site, stop, name
        Ids of the plan, the site and its stop, empty for one that is left out, and its name.
    team
        Name of the team that has it, empty for one that is left out.
    reason
        Why it is left out or where it is, as a sentence.
    offers
        What would admit it, the smallest first.
    prices
        What it costs with each team that can reach it: the present one, then the best one first.
    granted
        What the plan was granted so far, each as it can be taken back.
    """

    plan: str
    site: str
    stop: str
    name: str
    team: str
    reason: str
    offers: tuple[Offer, ...]
    prices: tuple[Price, ...]
    granted: tuple[Offer, ...] = ()


def account(tables: Tables, plan: str, one: str, *, report: Report = silent) -> Account | None:
    """Return what is to be said of one site of a plan; None if the plan does not know it.

    Parameters
    ----------
    tables, plan
        A snapshot of the project, and the id of the plan.
    one
        Id of a site, or of a stop where two teams visit one site.
    """
    desk = open_desk(tables, plan, report=part(report, 0.0, 0.5))
    if not desk.knows(one):
        return None
    visit = desk.visits([one])[0]
    found = _prices(desk, visit)
    report(0.7, "")
    site, stop = desk.problem.visits[visit].id, desk.stored.rows[visit]
    present = next((price for price in found if price.is_present), None)
    offers: tuple[Offer, ...] = ()
    if present is not None:
        reason = _why_here(present, found)
    else:
        reason, offers = _why_not(tables, desk, visit, found, part(report, 0.7, 1.0))
    name, team = desk.problem.visits[visit].name, present.name if present else ""
    given = granted.granted(tables, plan)
    phrases = zip(given, granted.told(tables, plan), strict=True)
    before = tuple(Offer((one,), text) for one, text in phrases)
    return Account(plan, site, stop, name, team, reason, offers, tuple(found), before)


def _prices(desk: Desk, visit: int) -> list[Price]:
    problem = desk.problem
    present, found = here(problem, desk.routes, visit), prices(problem, desk.routes, visit)
    if present is not None:
        found = [present, *(trial for trial in found if trial.crew != present.crew)]
    return [priced(problem, trial, is_present=trial is present) for trial in found]


def priced(problem: Problem, trial: Trial, *, is_present: bool = False) -> Price:
    """Return what a trial of a site says, in words."""
    crew = problem.crews[trial.crew]
    broken = [violation.text() for violation in trial.broken]
    if trial.locked and not is_present:
        broken.insert(0, tr("the route is locked"))
    return Price(
        crew.id,
        crew.name,
        trial.position,
        trial.extra_m,
        trial.extra_s,
        trial.later_s,
        tuple(dict.fromkeys(broken)),
        is_present,
    )


def _why_here(present: Price, found: Sequence[Price]) -> str:
    """Return why a team has a site: what another one would cost."""
    others = [price for price in found if not price.is_present]
    fitting = [price for price in others if price.fits]
    if not others:
        return tr("No other team can get there.")
    if not fitting:
        return tr("With any other team it would break a rule; the least with {team}: {rules}.",
                  team=others[0].name, rules=tr("; ").join(others[0].broken))  # fmt: skip
    best = fitting[0]
    more = best.extra_s - present.extra_s
    km = (best.extra_m - present.extra_m) / 1000
    if more > 0:
        return tr("The next best, {team}, would be {minutes} min and {km:.1f} km longer on the way.",
                  team=best.name, minutes=round(more / 60), km=km)  # fmt: skip
    return tr("With {team} it would be {minutes} min and {km:.1f} km less on the way.",
              team=best.name, minutes=round(-more / 60), km=-km)  # fmt: skip


def _why_not(
    tables: Tables, desk: Desk, visit: int, found: Sequence[Price], report: Report
) -> tuple[str, tuple[Offer, ...]]:
    """Return why a site is left out, and what would admit it."""
    fitting = [price for price in found if price.fits]
    if fitting:
        best = fitting[0]
        return tr("It fits: {team} would be {minutes} min longer on the way.",
                  team=best.name, minutes=round(best.extra_s / 60)), ()  # fmt: skip
    why = explain.why_not(desk.problem, desk.routes, visit, ask=MOST_ASKED)
    changes = why.changes
    if why.reason == Reason.CLOSURE and not changes:
        changes = _without_closure(tables, desk, visit, report)
    else:
        changes = _with_those_who_stay(tables, desk, visit, changes)
    names = named(tables, changes)
    about = [table for table in ("closures", "teams") if why.subject in tables.frame(table).index]
    subject = name_of(tables.row(about[0], why.subject)) if about else ""
    return explain.detail(why, subject), tuple(Offer(option, sentence(option, names)) for option in changes)


def _with_those_who_stay(tables: Tables, desk: Desk, visit: int, changes: Sequence[Changes]) -> tuple[Changes, ...]:
    """Return what would admit a site, a team that is there but not in the plan rather than one that is not there."""
    one, plan = desk.problem.visits[visit], desk.stored.plan
    day, _ = day_of(tables, plan)
    teams = standby.teams(tables, day, intake.rules_of(tables), {crew.id for crew in desk.problem.crews})
    bound = one.together or (desk.problem.rules.addresses_together and one.address)
    if bound or not teams:
        return tuple(changes)
    alone = intake.problem_of(tables, day, [one.id], teams, desk.router)
    alone, _ = granted.under(alone, desk.stored.places, granted.granted(tables, plan))
    found = one_more(alone, 0)
    if not found:
        return tuple(changes)
    goes = (Change("goes", crew=found[0][0].crew),)
    others = (option for option in changes if all(change.kind != "team" for change in option))
    return tuple(sorted([*others, goes], key=weight))


def _without_closure(tables: Tables, desk: Desk, visit: int, report: Report) -> tuple[Changes, ...]:
    """Return what would admit a site in a closure: that it is lifted, tried on streets that are open again."""
    plan, one = desk.stored.plan, desk.problem.visits[visit]
    frame = tables.frame("closures")
    lifted = Tables(tables.path, {**tables.held(), "closures": frame[frame.index != one.closure]})
    day, mode = day_of(lifted, plan)
    streets, points, turns = (lifted.frame(name) for name in ("streets", "street_points", "turns"))
    shut = closures.in_force(lifted.frame("closures"), day)
    router = graphs.open_router(streets, shut, mode, lifted.cache, report, points=points, turns=turns)
    stored = stored_plan(lifted, plan, router)
    again = next(number for number, other in enumerate(stored.problem.visits) if other.id == one.id)
    change = Change("closure", site=one.id, subject=one.closure)
    if any(trial.fits for trial in prices(stored.problem, stored.routes, again)):
        return ((change,),)
    more = options(stored.problem, stored.routes, again, ask=MOST_ASKED)
    return tuple((change, *option) for option in more)
