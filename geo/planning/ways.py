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
    frames: tuple[pd.DataFrame, ...]
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
    frames = tuple(tables.frame(name) for name in ("streets", "closures", "street_points", "turns"))
    for kept in _last:
        same = all(one is other for one, other in zip(kept.frames, frames, strict=True))
        if same and (kept.day, kept.mode) == (day, mode):
            return kept.router
    streets, closed, points, turns = frames
    in_force = closures.in_force(closed, day)
    opened = graphs.open_router(streets, in_force, mode, tables.cache, report, points=points, turns=turns)
    _last[:] = [_Open(frames, day, mode, opened)]
    return opened
