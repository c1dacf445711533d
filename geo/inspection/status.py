"""The one function that decides the inspection status of every site, and which sites are due."""

import weakref
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.inspection.days import Days, extreme, iso, parsed
from geo.model import Status
from geo.store.frames import texts
from geo.store.tables import Tables

LEAD_DAYS = 2
"""How many days before its date a site counts as due, unless the project's setting ``lead_days`` says otherwise."""

UNRESOLVED = frozenset({"open", "rectified"})
"""The states of a finding that still needs somebody to go there: to see it put right, or to verify that it was."""

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Told = NDArray[Any]

AT_ONCE = 20_000

LARGE = 200_000
"""From so many sites on, facts take too much memory to be kept."""


@dataclass(frozen=True)
class Facts:
    """What decides the status, one entry a site; dates are days, NaT for none.

    Attributes
    ----------
    last
        The last day of a visit that was done, up to the day asked about.
    passed
        Whether that visit found nothing.
    tried
        The last day of any visit, done or in vain.
    locked_out
        Whether that one was in vain: there was no access.
    in_progress
        Whether a visit is going on on the day asked about.
    planned
        The last day for which a visit is planned that has not been made since.
    planned_elsewhere
        Whether a visit is planned for another day that is not past.
    findings
        How many findings are not verified or closed.
    deadline, open_deadline
        The earliest deadline of these, and of those not yet rectified.
    due
        The day by which somebody must go there.
    """

    last: Days
    passed: Mask
    tried: Days
    locked_out: Mask
    in_progress: Mask
    planned: Days
    planned_elsewhere: Mask
    findings: NDArray[np.int64]
    deadline: Days
    open_deadline: Days
    due: Days


def rules(facts: Facts, day: np.datetime64, horizon: np.datetime64) -> tuple[tuple[Status, Mask], ...]:
    """Return what makes each status, one entry a site; the first that holds counts, where none does it is not due.

    Parameters
    ----------
    facts
        What is known of the sites.
    day
        The day asked about.
    horizon
        The last day of the lead time: what is due by then is due now.
    """
    return (
        (Status.IN_PROGRESS, facts.in_progress),
        (Status.PLANNED, facts.planned >= day),
        (Status.RECTIFICATION_OVERDUE, facts.open_deadline < day),
        (Status.FINDINGS_OPEN, facts.findings > 0),
        (Status.NO_ACCESS, facts.locked_out),
        (Status.OVERDUE, facts.due < day),
        (Status.DUE, facts.due <= horizon),
        (Status.PASSED, facts.passed),
    )


def assess(project: Tables, day: date | None = None) -> pd.DataFrame:
    """Return the status of every site on a day, the project's today unless given.

    Returns
    -------
    DataFrame
        Indexed by site id: ``status`` (a value of `geo.model.Status`), ``due_date``, ``last_date`` (of the last
        visit done) and ``next_deadline`` (of a finding) as ISO dates, ``""`` for none, and ``open_findings``.
    """
    when = np.datetime64(day or project.today(), "D")
    facts, lead = gather(project, when), lead_days(project)
    _keep(_read(project), when, judge(facts, when, lead))
    told = tell(facts, when, lead)
    # With the very index of the sites, which knows where each id stands.
    return pd.DataFrame(
        {name: values if name == "open_findings" else texts(values) for name, values in told.items()},
        index=project.frame("sites").index,
        copy=False,
    )


def tell(facts: Facts, day: np.datetime64, lead: int) -> dict[str, Told]:
    """Return the columns of `assess`."""
    return {
        "status": decide(facts, day, lead),
        "due_date": iso(facts.due),
        "last_date": iso(facts.last),
        "open_findings": facts.findings.copy(),
        "next_deadline": iso(facts.deadline),
    }


def due_sites(project: Tables, day: date) -> list[str]:
    """Return the ids of the sites that a plan for a day must serve.

    They are due by the end of the lead days, by rota, deadline or a visit in vain. A site being visited on that day is
    not among them, nor one planned for another day to come; one that is planned for the day itself is.
    """
    return [str(site) for site in project.frame("sites").index[due_mask(project, day)]]


def due_mask(project: Tables, day: date) -> Mask:
    """Return which sites `due_sites` names, one entry a site in the order of their table; not to be changed."""
    return verdict(project, np.datetime64(day, "D")).due


def lead_days(project: Tables) -> int:
    """Return how many days before its date a site counts as due."""
    setting = project.setting("lead_days").strip()
    return int(setting) if setting.isdecimal() else LEAD_DAYS


def decide(facts: Facts, day: np.datetime64, lead: int) -> NDArray[np.object_]:
    """Return the status of each site, of the first of the `rules` that holds, with `lead` days of lead time."""
    return np.array(STATES, dtype=object)[_codes(facts, day, lead)]


def _codes(facts: Facts, day: np.datetime64, lead: int) -> NDArray[np.int8]:
    _, masks = zip(*rules(facts, day, day + np.timedelta64(lead, "D")), strict=True)
    return np.select(list(masks), [np.int8(code) for code in range(len(masks))], np.int8(len(masks)))


def judge(facts: Facts, day: np.datetime64, lead: int) -> "Verdict":
    """Return what facts come to."""
    due = (facts.due <= day + np.timedelta64(lead, "D")) & ~facts.in_progress & ~facts.planned_elsewhere
    return Verdict(_codes(facts, day, lead), due)


def states(project: Tables) -> NDArray[np.int8]:
    """Return the status of each site today as its place in `STATES`; not to be changed."""
    return verdict(project, np.datetime64(project.today(), "D")).states


READ = ("sites", "kinds", "inspections", "findings", "plans", "stops", "settings")
"""The tables that the status hangs on."""

STATES = tuple(
    status.value
    for status in (
        Status.IN_PROGRESS, Status.PLANNED, Status.RECTIFICATION_OVERDUE, Status.FINDINGS_OPEN, Status.NO_ACCESS,
        Status.OVERDUE, Status.DUE, Status.PASSED, Status.NOT_DUE,
    )
)  # fmt: skip
"""The values of all statuses, in the order of the `rules`."""


@dataclass(frozen=True)
class Verdict:
    """What the facts come to, in two bytes a site: the status as its place in `STATES`, and whether it is due."""

    states: NDArray[np.int8]
    due: Mask


Read = list["weakref.ref[pd.DataFrame]"]
"""The tables that something was found out from; they are not kept for it, as a table let go of is changed in place."""

_last: list[tuple[Read, np.datetime64, Facts]] = []
_verdicts: list[tuple[Read, np.datetime64, Verdict]] = []


def gather(project: Tables, day: np.datetime64) -> Facts:
    """Return what decides the status of every site on a day, in the order of the table of sites.

    The last answer is kept, if it is not too large: several ask for the same after every edit.
    """
    read = _read(project)
    for frames, when, facts in _last:
        if when == day and _same(frames, read):
            return facts
    facts = facts_of(project, day)
    _last[:] = [(read, day, facts)] if len(facts.due) <= LARGE else []
    return facts


def verdict(project: Tables, day: np.datetime64) -> Verdict:
    """Return what the facts of a day come to, kept from one edit to the next."""
    read = _read(project)
    for frames, when, known in _verdicts:
        if when == day and _same(frames, read):
            return known
    found = judge(gather(project, day), day, lead_days(project))
    _keep(read, day, found)
    return found


def _read(project: Tables) -> Read:
    return [weakref.ref(project.frame(name)) for name in READ]


def _same(some: Read, others: Read) -> bool:
    return all(a() is b() is not None for a, b in zip(some, others, strict=True))


def _keep(frames: Read, day: np.datetime64, known: Verdict) -> None:
    """Keep the verdict of a day, and that of one other: of the plan being made beside today."""
    others = [one for one in _verdicts if one[1] != day]
    _verdicts[:] = [(frames, day, known), *others[:1]]


def held(project: Tables, changed: Collection[str]) -> Verdict | None:
    """Return the verdict of the project's today that is kept from before some tables were changed; None if others."""
    for frames, when, known in _verdicts:
        same = (name in changed or frame() is project.frame(name) for name, frame in zip(READ, frames, strict=True))
        if when == np.datetime64(project.today(), "D") and all(same):
            return known
    return None


def hold(project: Tables, known: Verdict) -> None:
    """Keep a verdict as that of a project's today as it stands."""
    _keep(_read(project), np.datetime64(project.today(), "D"), known)


def carry(project: Tables, changed: Collection[str]) -> None:
    """Go on with the verdict from before some tables were changed in what has nothing to do with the status."""
    known = held(project, changed)
    if known is not None and len(known.due) == len(project.frame("sites")):
        hold(project, known)


def facts_of(project: Tables, day: np.datetime64) -> Facts:
    """Return what decides the status of every site on a day, found out anew."""
    sites = project.frame("sites").index
    today = np.datetime64(project.today(), "D")
    visits = _Visits(project.frame("inspections"), sites)
    last, tried = visits.latest({"done"}, day), visits.latest({"done", "no_access"}, day)
    last_day, tried_day = visits.day_of(last), visits.day_of(tried)
    locked_out = (tried >= 0) & (visits.state == "no_access")[tried] if len(visits.state) else tried >= 0
    planned_sites, planned_days = _planned(project, visits)
    ahead = ~(planned_days <= tried_day[planned_sites])
    planned_sites, planned_days = planned_sites[ahead], planned_days[ahead]
    going_on = np.zeros(len(sites), dtype=bool)
    going_on[visits.site[(visits.state == "in_progress") & (visits.day == day)]] = True
    elsewhere = np.zeros(len(sites), dtype=bool)
    elsewhere[planned_sites[(planned_days >= today) & (planned_days != day)]] = True
    findings, deadline, open_deadline = _findings(project.frame("findings"), sites)
    rota = np.where(np.isnat(last_day), today, last_day) + _intervals(project, np.isnat(last_day))
    again = np.where(locked_out, tried_day + np.timedelta64(1, "D"), np.datetime64("NaT", "D"))
    return Facts(
        last=last_day,
        passed=(last >= 0) & (visits.result == "passed")[last] if len(visits.state) else last >= 0,
        tried=tried_day,
        locked_out=locked_out,
        in_progress=going_on,
        planned=extreme(planned_sites, planned_days, len(sites), latest=True),
        planned_elsewhere=elsewhere,
        findings=findings,
        deadline=deadline,
        open_deadline=open_deadline,
        due=np.fmin(np.fmin(rota, deadline), again),
    )


class _Visits:
    """The inspections as columns, with the number of the site of each; those of no known site are left away."""

    def __init__(self, inspections: pd.DataFrame, sites: pd.Index) -> None:
        site = sites.get_indexer(pd.Index(inspections["site"]))
        known = site >= 0
        self.site = site[known]
        self.day = parsed(inspections["date"])[known]
        self.state = inspections["state"].to_numpy(dtype=object)[known]
        self.result = inspections["result"].to_numpy(dtype=object)[known]
        self.started = inspections["started"].to_numpy(dtype=object)[known]
        self._sites = len(sites)

    def latest(self, states: set[str], day: np.datetime64) -> NDArray[np.int64]:
        """Return for each site the number of its latest visit in one of the states up to a day; -1 for none."""
        rows = np.flatnonzero(np.isin(self.state, list(states)) & (self.day <= day))
        order = rows[np.lexsort((rows, self.started[rows].astype(str), self.day[rows]))]
        latest = np.full(self._sites, -1)
        # Of several values for one site the last one stays.
        latest[self.site[order]] = order
        return latest

    def day_of(self, visits: NDArray[np.int64]) -> Days:
        """Return the days of visits given by number, NaT for -1."""
        days = np.full(len(visits), np.datetime64("NaT", "D"), dtype="datetime64[D]")
        days[visits >= 0] = self.day[visits[visits >= 0]]
        return days


def _planned(project: Tables, visits: _Visits) -> tuple[NDArray[np.int64], Days]:
    """Return site numbers and days of all visits that are planned, by a plan or one by one."""
    stops, plans = project.frame("stops"), project.frame("plans")
    site = project.frame("sites").index.get_indexer(pd.Index(stops["site"]))
    plan = plans.index.get_indexer(pd.Index(stops["plan"]))
    known = (site >= 0) & (plan >= 0)
    by_hand = visits.state == "planned"
    days = parsed(plans["date"])[plan[known]] if len(plans) else visits.day[:0]
    return np.concatenate([site[known], visits.site[by_hand]]), np.concatenate([days, visits.day[by_hand]])


def _findings(findings: pd.DataFrame, sites: pd.Index) -> tuple[NDArray[np.int64], Days, Days]:
    """Return per site the number of unresolved findings, their first deadline, and that of those not yet rectified."""
    site = sites.get_indexer(pd.Index(findings["site"]))
    state = findings["state"].to_numpy(dtype=object)
    due = parsed(findings["due"])
    unresolved = np.isin(state, list(UNRESOLVED)) & (site >= 0)
    still_open = unresolved & (state == "open")
    count = np.bincount(site[unresolved], minlength=len(sites))
    first = extreme(site[unresolved], due[unresolved], len(sites))
    return count, first, extreme(site[still_open], due[still_open], len(sites))


def _intervals(project: Tables, never: Mask) -> NDArray[np.timedelta64]:
    """Return the days between visits of each site, NaT without a rota; none where there was no visit yet."""
    sites = project.frame("sites")
    codes, table = _rota(project.frame("kinds"))
    by_kind = _numbered(sites["kind"], codes)
    by_risk = np.maximum(_numbered(sites["risk"], ["low", "medium", "high"]), 0)
    days = sites["interval_days"].astype("float64").to_numpy()
    days = np.where(np.isnan(days), table[by_kind, by_risk], days)
    spans = np.where(np.isnan(days), np.iinfo(np.int64).min, np.where(never, 0, np.nan_to_num(days)))
    return spans.astype("int64").astype("timedelta64[D]")


def _rota(kinds: pd.DataFrame) -> tuple[list[str], NDArray[np.float64]]:
    """Return the codes of the kinds and their intervals by risk, shape (kinds + 1, 3), NaN for none.

    They are kept, since they are asked for at every edit of a site and hardly ever change.
    """
    for known, codes, table in _rotas:
        if known() is kinds:
            return codes, table
    once = kinds.drop_duplicates("code")
    columns = once[["interval_low", "interval_medium", "interval_high"]].astype("float64").to_numpy()
    # One more row, without intervals, is what number -1 finds: the sites of a kind that is not in the table.
    found = [str(code) for code in once["code"]], np.vstack([columns, np.full((1, 3), np.nan)])
    _rotas[:] = [(weakref.ref(kinds), *found)]
    return found


_rotas: list[tuple["weakref.ref[pd.DataFrame]", list[str], NDArray[np.float64]]] = []


def _numbered(values: pd.Series, names: list[str]) -> NDArray[np.int64]:
    """Return the places of values in a list of names, -1 for others; in pieces, as no other thread runs meanwhile."""
    place = {name: at for at, name in enumerate(names)}
    cells = np.asarray(values.array, dtype=object)
    found = np.empty(len(cells), dtype=np.int64)
    for start in range(0, len(cells), AT_ONCE):
        some = cells[start : start + AT_ONCE]
        found[start : start + AT_ONCE] = list(map(place.get, some, repeat(-1, len(some))))
    return found
