"""Locks of a plan: a stop stays with its team or at its place, a route stays as it is; planning anew respects them."""

import enum
from collections.abc import Iterable

import pandas as pd

from geo.language import tr
from geo.store.edits import Edit, edit, update
from geo.store.tables import Tables, name_of


class Lock(enum.StrEnum):
    """What a stop is locked to."""

    NONE = ""
    TEAM = "team"
    PLACE = "place"


def lock_of(locked: object, place: object) -> Lock:
    """Return the lock that the columns ``locked`` and ``lock_place`` of a stop say."""
    if not pd.isna(place):  # type: ignore[call-overload]
        return Lock.PLACE
    return Lock.TEAM if bool(locked) else Lock.NONE


def lock_stops(tables: Tables, plan: str, ids: Iterable[str], lock: Lock) -> Edit:
    """Return the edit that locks stops to their team, or to their team and place, or to nothing.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan
        Id of the plan.
    ids
        Of stops of the plan or of sites on its routes; what is on no route is passed over.
    """
    wanted, stops = set(ids), tables.frame("stops")
    stops = stops[(stops["plan"] == plan) & (stops["site"].isin(wanted) | stops.index.isin(wanted))]
    changes = []
    for row in map(str, stops.index):
        before = tables.row("stops", row)
        place = int(before["seq"]) - 1 if lock is Lock.PLACE else None
        changes.append(update("stops", row, before, {"locked": lock is not Lock.NONE, "lock_place": place}))
    return edit(_title(tables, stops["site"].tolist(), lock), changes)


def _title(tables: Tables, sites: list[str], lock: Lock) -> str:
    if len(sites) == 1:
        site = name_of(tables.row("sites", sites[0]))
        if lock is Lock.NONE:
            return tr("Unlock “{site}”", site=site)
        return tr("Lock “{site}” to its team", site=site) if lock is Lock.TEAM else _place_title(site)
    if lock is Lock.NONE:
        return tr("Unlock {count} stops", count=len(sites))
    if lock is Lock.TEAM:
        return tr("Lock {count} stops to their teams", count=len(sites))
    return tr("Lock {count} stops to their places", count=len(sites))


def _place_title(site: str) -> str:
    return tr("Lock “{site}” to its place", site=site)


def lock_route(tables: Tables, plan: str, team: str, *, locked: bool) -> Edit:
    """Return the edit that locks the whole route of a team, or unlocks it."""
    routes = tables.frame("routes")
    rows = routes.index[(routes["plan"] == plan) & (routes["team"] == team)]
    name = name_of(tables.row("teams", team))
    title = tr("Lock the route of {team}", team=name) if locked else tr("Unlock the route of {team}", team=name)
    return edit(title, [update("routes", str(row), tables.row("routes", str(row)), {"locked": locked}) for row in rows])
