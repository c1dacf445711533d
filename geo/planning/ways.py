"""The router of a project on a day, kept open between edits of its plan."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from geo.model import Mode
from geo.progress import Report, silent
from geo.roads import closures, graphs
from geo.roads.routing import Router
from geo.store.tables import Tables


@dataclass(frozen=True)
class _Open:
    streets: pd.DataFrame
    closures: pd.DataFrame
    day: date
    mode: Mode
    router: Router


_last: list[_Open] = []


def router(tables: Tables, day: date, mode: Mode, report: Report = silent) -> Router:
    """Return the router for the streets of a project with the closures of a day, made ready if it is not.

    The last one stays open: a hand edit asks again for the same within a blink.

    Raises
    ------
    XunluError
        If there are no streets for the mode, or no place to keep the graph.
    """
    streets, closed = tables.frame("streets"), tables.frame("closures")
    for kept in _last:
        if kept.streets is streets and kept.closures is closed and (kept.day, kept.mode) == (day, mode):
            return kept.router
    opened = graphs.open_router(streets, closures.in_force(closed, day), mode, tables.cache, report)
    _last[:] = [_Open(streets, closed, day, mode, opened)]
    return opened
