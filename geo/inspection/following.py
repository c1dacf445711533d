"""The inspection status after an edit: of the sites that the edit has to do with, not of a million others."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.inspection import status
from geo.inspection.concerns import is_for_all
from geo.store import frames
from geo.store.edits import Edit, RowChange
from geo.store.tables import Tables

OF_SITES = {
    "inspections": ("site", "date", "state", "result", "started"),
    "findings": ("site", "state", "due"),
    "stops": ("site", "plan"),
}
"""Tables whose rows are each about a site, with the columns on which its status hangs."""

FEW = 4
"""So many sites are sought one by one, which is quicker than to look each row up."""

MOST = 5_000
"""From so many sites on, all are assessed anew."""


class Part(Tables):
    """Some sites of a project, and all that decides about them.

    Parameters
    ----------
    tables
        The project.
    sites
        Their rows in it.
    """

    def __init__(self, tables: Tables, sites: pd.DataFrame) -> None:
        super().__init__(tables.path, {"sites": sites})
        self._tables = tables

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table as far as it is about these sites; of the tables about sites, just what the status asks."""
        if table not in self._frames:
            frame = self._tables.frame(table)
            self._frames[table] = self._about(frame, OF_SITES[table]) if table in OF_SITES else frame
        return self._frames[table]

    def _about(self, frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
        ids, of = self._frames["sites"].index, frame["site"]
        if len(ids) <= FEW:
            cells = of.to_numpy(dtype=object)
            mask = np.logical_or.reduce([cells == one for one in ids], initial=False)
        else:
            mask = of.isin(ids).to_numpy()
        rows = np.flatnonzero(mask)
        # A row at a time of the columns asked for: pandas would take along all, and its index.
        return pd.DataFrame({name: frame[name].array[rows] for name in names}, copy=False)


def concerned(tables: Tables, edit: Edit) -> set[str] | None:
    """Return the ids of the sites whose status an edit may have changed; None if it may be any of them.

    Parameters
    ----------
    tables
        The project after the edit.
    """
    if is_for_all(tables, edit):
        return None
    found: set[str] = set()
    plans: set[str] = set()
    for change in edit.changes:
        if change.table == "sites":
            found.add(change.id)
        elif change.table in OF_SITES:
            found |= _sites_of(tables, change)
        elif change.table == "plans":
            plans.add(change.id)
        if len(found) > MOST:
            return None
    if plans:
        stops = tables.frame("stops")
        found |= set(stops.loc[stops["plan"].isin(plans), "site"])
    return found if len(found) <= MOST else None


def _sites_of(tables: Tables, change: RowChange) -> set[str]:
    told = {side["site"] for side in (change.before, change.after) if side and "site" in side}
    if not told or change.kind == "update":
        frame = tables.frame(change.table)
        if change.id in frame.index:
            told.add(str(frame["site"].array[frame.index.get_loc(change.id)]))
    return told


def follow(before: pd.DataFrame, tables: Tables, edit: Edit) -> pd.DataFrame | None:
    """Return what `status.assess` says after an edit, made from what it said before; None if that is not possible.

    Parameters
    ----------
    before
        What it said, of the project's today.
    tables
        The project after the edit.
    """
    ids = concerned(tables, edit)
    held = status.held(tables, edit.tables())
    if ids is None or held is None or len(held.due) != len(before):
        return None
    index = tables.frame("sites").index
    gone = _places(before.index, [c.id for c in edit.changes if c.table == "sites" and c.after is None])
    added = len(index) - (len(before) - len(gone))
    at = np.union1d(_places(index, sorted(ids)), np.arange(len(index) - added, len(index)))
    part = Part(tables, tables.frame("sites").iloc[at])
    day, lead = np.datetime64(tables.today(), "D"), status.lead_days(tables)
    facts = status.facts_of(part, day)
    new = status.judge(facts, day, lead)
    states, due = _put(held.states, new.states, gone, at, len(index)), _put(held.due, new.due, gone, at, len(index))
    status.hold(tables, status.Verdict(states, due))
    return _told(before, status.tell(facts, day, lead), index, gone, at)


def _put(
    column: NDArray[Any], some: NDArray[Any], gone: "status.Places", at: "status.Places", size: int
) -> NDArray[Any]:
    """Return a column of all sites as it is after some went and others came, with the cells of some set."""
    put = np.zeros(size, dtype=column.dtype)
    kept = np.delete(column, gone) if len(gone) else column
    put[: len(kept)] = kept
    put[at] = some
    return put


def _places(index: pd.Index, ids: list[str]) -> "status.Places":
    found = index.get_indexer(pd.Index(ids, dtype="str"))
    return np.unique(found[found >= 0])


def _told(
    before: pd.DataFrame, some: dict[str, "status.Told"], index: pd.Index, gone: "status.Places", at: "status.Places"
) -> pd.DataFrame:
    left = frames.left_of(len(before), gone)
    more = len(index) - (len(before) - len(gone))
    told = {}
    for name, values in some.items():
        column = frames.some_of(before[name].array, left) if len(gone) else before[name].array
        if more:
            column = frames.with_more(column, pd.array(values[-more:], dtype=column.dtype))
        if (np.asarray(column[at], dtype=object) != np.asarray(values, dtype=object)).any():
            column = frames.with_cells(column, at, values.tolist())
        told[name] = column
    return pd.DataFrame(told, index=index, copy=False)
