"""Sites as they are to be visited on a day: when they are open, how long it takes, who may come, what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.dayhours import read_exceptions
from geo.errors import XunluError
from geo.hours import DAY, Window, parse_clock, read_windows
from geo.inspection.status import UNRESOLVED, gather
from geo.language import tr
from geo.planning.office import addresses, staff
from geo.planning.office.opening import open_around
from geo.planning.problem import Crew, Visit
from geo.planning.rules import PlanRules
from geo.roads import closures
from geo.store.tables import Tables, name_of

DEFAULT_SERVICE_MIN = 20

MOST_WEEKS = 4
"""So many weeks overdue add to what a visit counts; later ones add no more."""


@dataclass(frozen=True)
class _When:
    """When a site is open on the day: its windows, none for all day, and whether it is closed or nobody can tell."""

    windows: tuple[Window, ...] = ()
    closed: bool = False
    unreadable: bool = False


def visits(
    tables: Tables,
    day: date,
    sites: Sequence[str],
    crews: Sequence[Crew],
    rules: PlanRules,
    worth: Sequence[int] | None = None,
) -> tuple[Visit, ...]:
    """Return visits of sites on a day, with the opening times that some crews could meet.

    A site that is named several times is visited together by as many crews.

    Parameters
    ----------
    tables, day
        The project and the plan day.
    sites
        Ids of the sites.
    crews
        Who may go.
    rules
        The rules of the office.
    worth
        What each visit counts, `worths`; 1 for each if None.

    Raises
    ------
    XunluError
        If a time to be back by cannot be read.
    """
    rows = tables.frame("sites").loc[list(sites)]
    opens, closes = [crew.shift[0] for crew in crews], [crew.closes_s for crew in crews]
    first, last = min(opens, default=0), max(closes, default=DAY)
    names = [name_of({"name": a, "name_en": b}) for a, b in zip(rows["name"], rows["name_en"], strict=True)]
    columns: dict[str, Sequence[Any]] = {
        "id": [str(site) for site in rows.index],
        "name": names,
        "service_s": [60 * minutes for minutes in _stays(tables, rows, rules)],
        **_openings(rows, day, first, last),
        "area": rows["subdistrict"].tolist(),
        "closure": _closures(tables, day, rows),
        "address": addresses.keys(rows["address"].tolist(), rows["geometry"].to_numpy()),
        "setup_s": [60 * minutes for minutes in _setups(rows, rules)],
        "required": _required(rows, day, rules),
        "worth": [1] * len(rows) if worth is None else worth,
        "return_by_s": _back_by(rows, names, first),
        **_companies(tables, day, rows, crews),
    }
    return tuple(Visit(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))


def _companies(tables: Tables, day: date, sites: pd.DataFrame, crews: Sequence[Crew]) -> dict[str, list[Any]]:
    """Return for each site what its crews must have, who of them may not come, and with whom it is visited."""
    needs = {text: staff.skills_of(text) for text in set(sites["needs"].tolist())}
    barred = staff.barred(tables, day, [crew.id for crew in crews])
    several = sites.index.duplicated(keep=False).tolist()
    return {
        "needs": [needs[text] for text in sites["needs"].tolist()],
        "barred": [barred.get(site, frozenset()) for site in sites.index],
        "together": [str(site) if together else "" for site, together in zip(sites.index, several, strict=True)],
    }


def worths(tables: Tables, day: date, sites: Sequence[str], rules: PlanRules) -> list[int]:
    """Return what a visit of each site counts where not all fit: 1, and more by risk, weeks overdue and deadlines."""
    if not (rules.risk_weight or rules.overdue_weight or rules.deadline_weight) or not len(sites):
        return [1] * len(sites)
    today = np.datetime64(day, "D")
    at = tables.frame("sites").index.get_indexer(pd.Index(list(sites)))
    facts = gather(tables, today)
    risk = tables.frame("sites")["risk"].iloc[at].map({"medium": 1, "high": 2}).fillna(0).to_numpy(dtype=np.int64)
    due, deadline = facts.due[at], facts.deadline[at]
    late = np.where(np.isnat(due), 0, (today - due).astype(np.int64))
    weeks = np.clip(late // 7, 0, MOST_WEEKS)
    reached = ~np.isnat(deadline) & (deadline <= today)
    counts: list[int] = (
        1 + rules.risk_weight * risk + rules.overdue_weight * weeks + rules.deadline_weight * reached
    ).tolist()
    return counts


def _openings(rows: pd.DataFrame, day: date, first: int, last: int) -> dict[str, list[Any]]:
    """Return when each site is open; many have the same times, so each pair of texts is read once."""
    known: dict[tuple[str, str], _When] = {}
    found = []
    for texts in zip(rows["windows"].tolist(), rows["exceptions"].tolist(), strict=True):
        if texts not in known:
            known[texts] = _when(*texts, day, first, last)
        found.append(known[texts])
    return {name: [getattr(when, name) for when in found] for name in ("windows", "closed", "unreadable")}


def _when(windows: str, exceptions: str, day: date, first: int, last: int) -> _When:
    usual, otherwise = read_windows(windows), read_exceptions(exceptions)
    if usual is None or otherwise is None:
        return _When(unreadable=True)
    hours = open_around(usual, otherwise, day, first, last)
    # Whoever only asks whether it can be visited at all need not tell the two apart.
    return _When(closed=True, unreadable=True) if hours is None else _When(hours)


def _closures(tables: Tables, day: date, sites: pd.DataFrame) -> list[str]:
    """Return the id of the closure that each site lies in on a day, empty for none."""
    shut = closures.in_force(tables.frame("closures"), day)
    found = [""] * len(sites)
    placed = np.flatnonzero(~sites["geometry"].isna().to_numpy())
    lonlat = shapely.get_coordinates(sites["geometry"].to_numpy()[placed])
    for place, closure in zip(placed, closures.inside(lonlat, shut), strict=True):
        found[place] = str(closure)
    return found


def _stays(tables: Tables, sites: pd.DataFrame, rules: PlanRules) -> list[int]:
    """Return the minutes of a visit: its own, else its kind's with its checklist, and those to verify findings."""
    kinds = tables.frame("kinds").drop_duplicates("code").set_index("code")
    of_kind = {
        name: _numbers(sites["kind"].map(kinds[name])) for name in ("service_min", "checklist_min", "verify_min")
    }
    usual = np.where(np.isnan(of_kind["service_min"]), DEFAULT_SERVICE_MIN, of_kind["service_min"])
    usual += np.nan_to_num(of_kind["checklist_min"])
    own = _numbers(sites["service_min"])
    each = np.where(np.isnan(of_kind["verify_min"]), rules.verify_min, of_kind["verify_min"])
    stays = np.where(np.isnan(own), usual, own)
    if each.any():
        stays += each * _to_verify(tables, sites)
    return [int(minutes) for minutes in stays]


def _to_verify(tables: Tables, sites: pd.DataFrame) -> NDArray[np.float64]:
    """Return how many findings of each site are still to be verified."""
    findings = tables.frame("findings")
    open_ones = findings.loc[findings["state"].isin(list(UNRESOLVED)), "site"].value_counts()
    counts = dict(zip(open_ones.index.tolist(), open_ones.tolist(), strict=True))
    return np.array([counts.get(site, 0) for site in sites.index], dtype=np.float64)


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _setups(sites: pd.DataFrame, rules: PlanRules) -> list[int]:
    own = _numbers(sites["setup_min"])
    return [int(minutes) for minutes in np.where(np.isnan(own), rules.setup_min, own)]


def _required(sites: pd.DataFrame, day: date, rules: PlanRules) -> list[bool]:
    must: list[bool] = (sites["must_visit"] == day.isoformat()).tolist()
    return must if rules.keeps_must else [False] * len(must)


def _back_by(sites: pd.DataFrame, names: Sequence[str], first: int) -> list[int | None]:
    """Return when a crew must be back from each site; before the first shift it is the next day's time."""
    return [_back(text, name, first) for text, name in zip(sites["return_by"].tolist(), names, strict=True)]


def _back(text: str, name: str, first: int) -> int | None:
    if not text:
        return None
    try:
        seconds = parse_clock(text)
    except XunluError as error:
        raise XunluError(f"{name}: {error.message}", tr("Correct it in the table of sites.")) from error
    return seconds if seconds > first else seconds + DAY
