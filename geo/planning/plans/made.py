"""Which stops of a plan were made on its day, as the inspections say."""

from collections.abc import Sequence

import pandas as pd

from geo.language import Language, tr
from geo.store.tables import Tables

OVER = frozenset({"done", "no_access", "cancelled"})
"""The states of an inspection after which nobody need go there again on that day."""


def inspections(tables: Tables, day: str) -> pd.DataFrame:
    """Return the inspections of a day, an ISO date, that are over or in progress."""
    frame = tables.frame("inspections")
    mine = frame[(frame["date"] == day).to_numpy(dtype=bool)]
    return mine[mine["state"].isin([*OVER, "in_progress"])]


def made(tables: Tables, plan: str) -> dict[str, str]:
    """Return the sites visited on the day of a plan, or being so, with the state of the inspection.

    Of several visits of a site the last one counts.
    """
    frame = tables.frame("plans")
    if plan not in frame.index:
        return {}
    rows = inspections(tables, str(frame.at[plan, "date"]))
    return dict(zip(_texts(rows["site"]), _texts(rows["state"]), strict=True))


def _texts(column: pd.Series) -> Sequence[str]:
    return [str(one) for one in column.tolist()]


def words(state: str, lang: Language | None = None) -> str:
    """Return what became of a stop, in words; empty where nothing has yet."""
    known = {
        "done": tr("Inspected", lang),
        "in_progress": tr("Being inspected", lang),
        "no_access": tr("No access", lang),
        "cancelled": tr("Cancelled", lang),
    }
    return known.get(state, "")
