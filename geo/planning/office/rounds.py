"""Patrol rounds: sets of sites that are visited again and again, spread evenly over the weekdays of a cycle."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.inspection.days import parsed
from geo.language import tr
from geo.projection import to_mercator
from geo.store.edits import Edit, delete, edit, insert, new_id, update
from geo.store.tables import Tables

WORKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday."""

LONGEST_DAYS = 366
_BITS = 16


@dataclass(frozen=True)
class Round:
    """Sites that are each to be visited once in every cycle.

    Attributes
    ----------
    id, title
        Of its row.
    sites
        Ids of the sites.
    every_days
        How long a cycle is, in days.
    weekdays
        On which days of the week somebody goes, 0 is Monday.
    begins
        The first day of the first cycle.
    """

    id: str
    title: str
    sites: tuple[str, ...]
    every_days: int
    weekdays: tuple[int, ...]
    begins: date

    def cycle(self, day: date) -> tuple[date, ...]:
        """Return the days of the cycle that a day lies in on which somebody goes; none before the first cycle."""
        if day < self.begins:
            return ()
        first = self.begins + timedelta((day - self.begins).days // self.every_days * self.every_days)
        days = (first + timedelta(number) for number in range(self.every_days))
        return tuple(one for one in days if one.weekday() in self.weekdays)


def slots(tables: Tables, one: Round, day: date) -> dict[str, date]:
    """Return the day of each site of a round in the cycle that a day lies in.

    Each day of the cycle gets the same number of sites, give or take one, and they lie near one another: the sites in
    the order of a Hilbert curve are cut into as many parts as there are days. Sites that are gone are left away.
    """
    days = one.cycle(day)
    frame = tables.frame("sites")
    there = [site for site in dict.fromkeys(one.sites) if site in frame.index]
    if not days or not there:
        return {}
    order = _along_a_curve(frame.loc[there, "geometry"].to_numpy(), there)
    parts = np.array_split(np.array(order, dtype=object), len(days))
    return {str(site): when for when, sites in zip(days, parts, strict=True) for site in sites}


def due_on(tables: Tables, one: Round, day: date) -> list[str]:
    """Return the ids of the sites of a round that are to be visited on a day.

    They are those whose day it is, and those whose day in this cycle has passed without a visit: nothing is dropped.
    A site that was visited since the cycle began, or is planned for another day to come, is not among them.
    """
    days = one.cycle(day)
    if day not in days:
        return []
    done = _visited(tables, days[0], day) | _planned_elsewhere(tables, day)
    return [site for site, when in slots(tables, one, day).items() if when <= day and site not in done]


def sites_due(tables: Tables, day: date) -> list[str]:
    """Return the ids of the sites that any round of a project wants visited on a day, each once."""
    return list(dict.fromkeys(site for one in rounds_in(tables) for site in due_on(tables, one, day)))


def _visited(tables: Tables, first: date, day: date) -> set[str]:
    visits = tables.frame("inspections")
    if visits.empty:
        return set()
    dates = parsed(visits["date"])
    since = (dates >= np.datetime64(first, "D")) & (dates <= np.datetime64(day, "D"))
    made = visits["state"].isin(["done", "in_progress"]).to_numpy(dtype=bool)
    return set(visits["site"][since & made].tolist())


def _planned_elsewhere(tables: Tables, day: date) -> set[str]:
    """Return the sites that the newest plan of another day, not before today, has as stops."""
    plans, stops = tables.frame("plans"), tables.frame("stops")
    newest = plans.sort_values(["version", "created_at"]).drop_duplicates("date", keep="last")
    ahead = (newest["date"] != day.isoformat()) & (newest["date"] >= tables.today().isoformat())
    return set(stops.loc[stops["plan"].isin(newest.index[ahead]), "site"].tolist())


def _along_a_curve(shapes: NDArray[np.object_], ids: Sequence[str]) -> list[str]:
    """Return sites in the order of a Hilbert curve through them, those without a place last."""
    lonlat = np.stack([shapely.get_x(shapes), shapely.get_y(shapes)], axis=1)
    placed = np.flatnonzero(~np.isnan(lonlat[:, 0]))
    place = np.full(len(ids), 4**_BITS, dtype=np.int64)
    if len(placed):
        xy = to_mercator(lonlat[placed])
        low, size = xy.min(axis=0), max(float(np.ptp(xy, axis=0).max()), 1.0)
        cells = ((xy - low) / size * (2**_BITS - 1)).astype(np.int64)
        place[placed] = _hilbert(cells[:, 0], cells[:, 1])
    return [ids[number] for number in np.lexsort((np.array(ids), place))]


def _hilbert(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how far along a Hilbert curve cells lie (Warren, Hacker's Delight, 16-1)."""
    far = np.zeros(len(x), dtype=np.int64)
    side = 2 ** (_BITS - 1)
    while side:
        right, up = (x & side) > 0, (y & side) > 0
        far += side * side * ((3 * right.astype(np.int64)) ^ up.astype(np.int64))
        turned = ~up
        x, y = (
            np.where(turned & right, side - 1 - (x % side), x % side),
            np.where(turned & right, side - 1 - (y % side), y % side),
        )
        x, y = np.where(turned, y, x), np.where(turned, x, y)
        side //= 2
    return far


def rounds_in(tables: Tables) -> list[Round]:
    """Return the rounds of a project by title; what another program has spoilt is left away."""
    frame = tables.frame("rounds")
    rows = zip(map(str, frame.index), frame["title"].tolist(), frame["record"].tolist(), strict=True)
    found = [one for row, title, record in rows for one in _read(row, title, record)]
    return sorted(found, key=lambda one: (one.title, one.id))


def _read(row: str, title: str, record: str) -> Iterator[Round]:
    try:
        kept = json.loads(record)
        one = Round(
            row,
            title,
            tuple(map(str, kept["sites"])),
            int(kept["every_days"]),
            tuple(sorted({int(number) for number in kept["weekdays"]})),
            date.fromisoformat(kept["begins"]),
        )
        _check(one)
    except (ValueError, KeyError, TypeError, XunluError):
        return
    yield one


def added(title: str, sites: Collection[str], every_days: int, weekdays: Collection[int], begins: date) -> Edit:
    """Return the edit that adds a round.

    Raises
    ------
    XunluError
        If it has no name or no site, or nobody ever goes.
    """
    one = Round(new_id(), title.strip(), tuple(sorted(sites)), every_days, tuple(sorted(set(weekdays))), begins)
    _check(one)
    row = insert("rounds", id=one.id, title=one.title, record=_written(one))
    return edit(tr("Add the round “{title}”", title=one.title), [row])


def changed(tables: Tables, one: Round) -> Edit:
    """Return the edit that makes a round of a project what it is given as."""
    _check(one)
    row = update("rounds", one.id, tables.row("rounds", one.id), {"title": one.title, "record": _written(one)})
    return edit(tr("Change the round “{title}”", title=one.title), [row])


def removed(tables: Tables, one: Round) -> Edit:
    """Return the edit that takes a round away; its sites stay."""
    row = delete("rounds", one.id, tables.row("rounds", one.id))
    return edit(tr("Delete the round “{title}”", title=one.title), [row])


def _written(one: Round) -> str:
    kept = {
        "sites": list(one.sites),
        "every_days": one.every_days,
        "weekdays": list(one.weekdays),
        "begins": one.begins.isoformat(),
    }
    return json.dumps(kept, ensure_ascii=False)


def _check(one: Round) -> None:
    if not one.title.strip():
        raise XunluError(tr("A round needs a name."))
    if not one.sites:
        raise XunluError(tr("A round needs sites."), tr("Select them on the map or in the table first."))
    if not 1 <= one.every_days <= LONGEST_DAYS:
        raise XunluError(tr("A round is walked every 1 to {most} days.", most=LONGEST_DAYS))
    if not one.weekdays or not set(one.weekdays) <= set(range(7)):
        raise XunluError(tr("A round needs a day of the week."))
    days = {(one.begins + timedelta(number)).weekday() for number in range(one.every_days)}
    if one.every_days < 7 and not days & set(one.weekdays):
        raise XunluError(
            tr("No day of the round falls on the days of the week chosen."),
            tr("Make it longer or begin on another day."),
        )
