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
    closed: tuple[str, ...]
    mode: Mode
    router: Router


_last: list[_Open] = []


def router(tables: Tables, day: date, mode: Mode, report: Report = silent) -> Router:
    """Return the router for the streets of a project with the closures of a day, made ready if it is not.

    The last one of each mode stays open: a hand edit asks again for the same within a blink.

    Raises
    ------
    XunluError
        If there are no streets for the mode, or no place to keep the graph.
    """
    frames = tuple(tables.frame(name) for name in ("streets", "closures", "street_points", "turns"))
    streets, closed, points, turns = frames
    in_force = closures.in_force(closed, day)
    shut = tuple(map(str, in_force.index))
    for kept in _last:
        same = all(one is other for one, other in zip(kept.frames, frames, strict=True))
        # The days of a week mostly have the same closures.
        if same and (kept.closed, kept.mode) == (shut, mode):
            return kept.router
    opened = graphs.open_router(streets, in_force, mode, tables.cache, report, points=points, turns=turns)
    # Of each mode the last one, as teams may go in different ways.
    _last[:] = [_Open(frames, shut, mode, opened), *(kept for kept in _last if kept.mode != mode)]
    return opened


def of_crew(tables: Tables, day: date, mode: str, usual: Router) -> Router:
    """Return the router of a crew by its own mode of travel; the usual one if it has none."""
    return router(tables, day, Mode(mode)) if mode and mode != usual.mode.value else usual
