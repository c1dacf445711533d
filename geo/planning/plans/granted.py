"""What a plan was granted beyond the rules of the office: changes that hold on its day, for it alone."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.language import Language
from geo.planning.problem import Problem
from geo.planning.reasons.changes import Change, Changes, as_data, changed, from_data
from geo.planning.reasons.trial import excerpt
from geo.planning.reasons.whywords import named, phrase
from geo.store.edits import RowChange, update
from geo.store.tables import Tables

Places = NDArray[np.float64]

KEY = "granted"
"""What the column ``rules`` of a plan calls them, beside the rules that it was made by."""


def granted(tables: Tables, plan: str) -> Changes:
    """Return what a plan was granted, in the order in which that was done."""
    return next(iter(from_data([_held(tables, plan).get(KEY)])), ())


def inherited(tables: Tables, present: str | None, day: date) -> Changes:
    """Return what a plan of a day takes over from the one that it goes on from; nothing from that of another day."""
    if present is None or tables.row("plans", present)["date"] != day.isoformat():
        return ()
    return granted(tables, present)


def under(problem: Problem, places: Places, changes: Changes) -> tuple[Problem, Places]:
    """Return a problem in which everything gives that was granted, and where its places are, in degrees.

    A site at which one team alone is enough is one visit, no matter how many teams should come there.
    """
    alone, known, kept = {one.site for one in changes if one.kind == "one_team"}, set[str](), list[int]()
    for number, visit in enumerate(problem.visits):
        if visit.id not in alone or visit.id not in known:
            kept.append(number)
        known.add(visit.id)
    count = len(problem.visits)
    if len(kept) < count:
        problem = excerpt(problem, range(len(problem.crews)), kept)
        places = places[[*kept, *range(count, len(places))]]
    return changed(problem, changes), places


def more(tables: Tables, plan: str, changes: Sequence[Change]) -> RowChange | None:
    """Return the change of a plan's row that grants it something more; None if that is nothing."""
    return _written(tables, plan, (*granted(tables, plan), *changes))


def less(tables: Tables, plan: str, change: Change) -> RowChange | None:
    """Return the change of a plan's row that takes one thing back which it was granted; None if it was not."""
    return _written(tables, plan, tuple(one for one in granted(tables, plan) if one != change))


def told(tables: Tables, plan: str, lang: Language | None = None) -> list[str]:
    """Return what a plan was granted, each as a phrase."""
    changes = granted(tables, plan)
    names = named(tables, [changes])
    return [phrase(change, names, lang) for change in changes]


def as_held(changes: Changes) -> dict[str, Any]:
    """Return what the column ``rules`` of a plan holds of its grants; nothing where there are none."""
    return {KEY: as_data([changes])[0]} if changes else {}


def _written(tables: Tables, plan: str, changes: Changes) -> RowChange | None:
    held = {name: value for name, value in _held(tables, plan).items() if name != KEY} | as_held(changes)
    row = tables.row("plans", plan)
    return update("plans", plan, row, {"rules": json.dumps(held, ensure_ascii=False, sort_keys=True)})


def _held(tables: Tables, plan: str) -> dict[str, Any]:
    held = json.loads(tables.row("plans", plan)["rules"] or "{}")
    return held if isinstance(held, dict) else {}
