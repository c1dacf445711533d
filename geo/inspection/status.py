"""The one function that decides the inspection status of every site, and which sites are due."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.model import Status
from geo.store.tables import Tables

LEAD_DAYS = 2
"""How many days before its date a site counts as due, unless the project's setting ``lead_days`` says otherwise."""

UNRESOLVED = frozenset({"open", "rectified"})
"""The states of a finding that still needs somebody to go there: to see it put right, or to verify that it was."""

Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]


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
    facts = gather(project, when)
    return pd.DataFrame(
        {
            "status": pd.Series(decide(facts, when, lead_days(project)), dtype="str"),
            "due_date": _iso(facts.due),
            "last_date": _iso(facts.last),
            "open_findings": facts.findings,
            "next_deadline": _iso(facts.deadline),
        }
    ).set_index(project.frame("sites").index)


def due_sites(project: Tables, day: date) -> list[str]:
    """Return the ids of the sites that a plan for a day must serve.

    They are due by the end of the lead days, by rota, deadline or a visit in vain. A site being visited on that day is
    not among them, nor one planned for another day to come; one that is planned for the day itself is.
    """
    when = np.datetime64(day, "D")
    facts = gather(project, when)
    due = facts.due <= when + np.timedelta64(lead_days(project), "D")
    return [str(site) for site in project.frame("sites").index[due & ~facts.in_progress & ~facts.planned_elsewhere]]


def lead_days(project: Tables) -> int:
    """Return how many days before its date a site counts as due."""
    setting = project.setting("lead_days").strip()
    return int(setting) if setting.isdecimal() else LEAD_DAYS


def decide(facts: Facts, day: np.datetime64, lead: int) -> NDArray[np.object_]:
    """Return the status of each site, of the first of the `rules` that holds, with `lead` days of lead time."""
    statuses, masks = zip(*rules(facts, day, day + np.timedelta64(lead, "D")), strict=True)
    choices = [np.array(status.value, dtype=object) for status in statuses]
    return np.asarray(np.select(list(masks), choices, np.array(Status.NOT_DUE.value, dtype=object)))


READ = ("sites", "kinds", "inspections", "findings", "plans", "stops", "settings")
"""The tables that the status hangs on."""

_last: list[tuple[list[pd.DataFrame], np.datetime64, Facts]] = []


def gather(project: Tables, day: np.datetime64) -> Facts:
    """Return what decides the status of every site on a day, in the order of the table of sites.

    The last answer is kept: the map, the table and the list of due sites ask for the same after every edit.
    """
    read = [project.frame(name) for name in READ]
    for frames, when, facts in _last:
        if when == day and all(a is b for a, b in zip(frames, read, strict=True)):
            return facts
    facts = _gather(project, day)
    _last[:] = [(read, day, facts)]
    return facts


def _gather(project: Tables, day: np.datetime64) -> Facts:
    sites = project.frame("sites").index
    today = np.datetime64(project.today(), "D")
    visits = _Visits(project.frame("inspections"), sites)
    last, tried = visits.latest({"done"}, day), visits.latest({"done", "no_access"}, day)
    last_day, tried_day = visits.day_of(last), visits.day_of(tried)
    locked_out = (tried >= 0) & (visits.state[tried] == "no_access") if len(visits.state) else tried >= 0
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
        passed=(last >= 0) & (visits.result[last] == "passed") if len(visits.state) else last >= 0,
        tried=tried_day,
        locked_out=locked_out,
        in_progress=going_on,
        planned=_extreme(planned_sites, planned_days, len(sites), latest=True),
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
        self.day = _days(inspections["date"])[known]
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
    days = _days(plans["date"])[plan[known]] if len(plans) else visits.day[:0]
    return np.concatenate([site[known], visits.site[by_hand]]), np.concatenate([days, visits.day[by_hand]])


def _findings(findings: pd.DataFrame, sites: pd.Index) -> tuple[NDArray[np.int64], Days, Days]:
    """Return per site the number of unresolved findings, their first deadline, and that of those not yet rectified."""
    site = sites.get_indexer(pd.Index(findings["site"]))
    state = findings["state"].to_numpy(dtype=object)
    due = _days(findings["due"])
    unresolved = np.isin(state, list(UNRESOLVED)) & (site >= 0)
    still_open = unresolved & (state == "open")
    count = np.bincount(site[unresolved], minlength=len(sites))
    first = _extreme(site[unresolved], due[unresolved], len(sites))
    return count, first, _extreme(site[still_open], due[still_open], len(sites))


def _extreme(site: NDArray[np.int64], days: Days, sites: int, *, latest: bool = False) -> Days:
    """Return the earliest (or latest) day given for each site, NaT where none is."""
    found = np.full(sites, np.datetime64("NaT", "D"), dtype="datetime64[D]")
    dated = np.flatnonzero(~np.isnat(days))
    order = dated[np.argsort(days[dated], kind="stable")]
    order = order if latest else order[::-1]
    found[site[order]] = days[order]
    return found


def _intervals(project: Tables, never: Mask) -> NDArray[np.timedelta64]:
    """Return the days between visits of each site, NaT without a rota; none where there was no visit yet."""
    sites, kinds = project.frame("sites"), project.frame("kinds").drop_duplicates("code").set_index("code")
    by_kind = kinds.index.get_indexer(pd.Index(sites["kind"]))
    by_risk = np.select([sites["risk"] == "high", sites["risk"] == "medium"], [2, 1], 0)
    columns = kinds[["interval_low", "interval_medium", "interval_high"]].astype("float64").to_numpy()
    # One more row, without intervals, is what number -1 finds: the sites of a kind that is not in the table.
    table = np.vstack([columns, np.full((1, 3), np.nan)])
    days = sites["interval_days"].astype("float64").to_numpy()
    days = np.where(np.isnan(days), table[by_kind, by_risk], days)
    spans = np.where(np.isnan(days), np.iinfo(np.int64).min, np.where(never, 0, np.nan_to_num(days)))
    return spans.astype("int64").astype("timedelta64[D]")


def _days(dates: pd.Series) -> Days:
    parsed = pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce")
    return parsed.to_numpy(dtype="datetime64[D]")


def _iso(days: Days) -> pd.Series:
    text = np.datetime_as_string(days).astype(object)
    text[np.isnat(days)] = ""
    return pd.Series(text, dtype="str")
