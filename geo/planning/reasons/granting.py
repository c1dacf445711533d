"""A change that admits a site made in the project: what gives is written down, and the site put where it then fits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from geo.dayhours import DayHours, format_exceptions, hours_on, parse_exceptions
from geo.errors import XunluError
from geo.hours import DAY, Window, format_clock, parse_clock, read_windows
from geo.language import tr
from geo.model import TABLES
from geo.planning.byhand import hand
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.plans.stored import day_of
from geo.planning.problem import Crew
from geo.planning.reasons.changes import Change, ChangeKind, Changes
from geo.planning.reasons.trial import prices
from geo.planning.reasons.whywords import named, sentence
from geo.progress import Report, part, silent
from geo.store.edits import Edit, RowChange, edit, update
from geo.store.frames import patched
from geo.store.tables import Tables

GRANTED: frozenset[ChangeKind] = frozenset(
    {"closes_later", "opens_earlier", "overtime", "early", "break_later", "no_break", "back_later", "stops", "distance",
     "driving", "skill", "area", "unlock_place", "unlock_route"}
)  # fmt: skip
"""The changes that a planner may make with one step. Closures, conflicts of interest and who is on duty are for others
to decide."""


def can_grant(changes: Changes) -> bool:
    """Return whether changes can be made with one step."""
    return all(change.kind in GRANTED for change in changes)


def grant(tables: Tables, plan: str, site: str, changes: Changes, *, report: Report = silent) -> Edit:
    """Return the edit that makes changes and puts the site that they admit on the plan, where it costs least.

    Opening times change on the day of the plan only, as an exception; what is about a team stands in its row.

    Raises
    ------
    XunluError
        If something has changed since, so that the site fits nowhere all the same.
    """
    desk = open_desk(tables, plan, sites=[site], report=part(report, 0.0, 0.4))
    rows = [row for change in changes for row in _rows(tables, desk, change)]
    after = _after(tables, rows)
    again = open_desk(after, plan, sites=[site], report=part(report, 0.4, 0.9))
    visit = again.visits([site])[0]
    best = next((trial for trial in prices(again.problem, again.routes, visit) if trial.fits), None)
    if best is None:
        raise XunluError(
            tr("“{site}” fits nowhere all the same.", site=desk.problem.visits[desk.visits([site])[0]].name),
            tr("Something has changed since; look at the reasons again."),
        )
    moved = hand.move_edit(after, again, again.moved([visit], best.crew, best.position))
    title = tr("{what}: {change}", what=moved.title, change=sentence(changes, named(tables, [changes])))
    return edit(title, [*rows, *moved.changes])


def _after(tables: Tables, rows: Sequence[RowChange]) -> Tables:
    """Return the tables as they are once some rows have changed."""
    frames = tables.held()
    for name in {row.table for row in rows}:
        frames[name] = patched(frames[name], TABLES[name], [row for row in rows if row.table == name])
    return Tables(tables.path, frames)


def _rows(tables: Tables, desk: Desk, change: Change) -> list[RowChange]:
    if change.kind == "unlock_place":
        mine = [desk.stored.rows[n] for n, visit in enumerate(desk.problem.visits) if visit.id == change.site]
        found = [_changed(tables, "stops", row, {"lock_place": None}) for row in mine if row]
    elif change.kind == "unlock_route":
        frame = tables.frame("routes")
        rows = frame.index[(frame["plan"] == desk.stored.plan) & (frame["team"] == change.crew)]
        found = [_changed(tables, "routes", str(row), {"locked": False}) for row in rows]
    elif change.crew:
        crew = next(crew for crew in desk.problem.crews if crew.id == change.crew)
        found = [_changed(tables, "teams", change.crew, _team(tables.row("teams", change.crew), crew, change))]
    else:
        day, _ = day_of(tables, desk.stored.plan)
        found = [_changed(tables, "sites", change.site, _site(tables.row("sites", change.site), day, change))]
    return [row for row in found if row is not None]


def _changed(tables: Tables, table: str, row: str, values: Mapping[str, Any]) -> RowChange | None:
    return update(table, row, tables.row(table, row), values)


def _team(row: Mapping[str, Any], crew: Crew, change: Change) -> dict[str, Any]:
    """Return the columns of a team that change."""
    amount = change.amount
    if change.kind == "early":
        begins, ends = crew.shift
        return {"shift": f"{format_clock(begins - 60 * amount)}-{format_clock(ends, wrap=ends > DAY)}"}
    if change.kind == "break_later" and crew.pause is not None:
        opens, closes = crew.pause.earliest_s, crew.pause.latest_s + crew.pause.seconds + 60 * amount
        return {
            "break_window": f"{format_clock(opens, wrap=True)}-{format_clock(closes, wrap=True)}",
            "break_min": crew.pause.seconds // 60,
        }
    if change.kind == "skill":
        return {"skills": "; ".join(part for part in (str(row["skills"]), change.subject) if part)}
    values: dict[ChangeKind, dict[str, Any]] = {
        "overtime": {"overtime_min": crew.overtime_s // 60 + amount},
        "no_break": {"break_min": 0},
        "stops": {"max_stops": (crew.most_stops or 0) + amount},
        "distance": {"max_km": (crew.most_metres or 0) // 1000 + -(-amount // 10)},
        "driving": {"max_travel_min": (crew.most_travel_s or 0) // 60 + amount},
        "area": {"hard_area": False},
    }
    return values[change.kind]


def _site(row: Mapping[str, Any], day: date, change: Change) -> dict[str, Any]:
    """Return the columns of a site that change."""
    seconds = 60 * change.amount
    if change.kind == "back_later":
        return {"return_by": format_clock(parse_clock(str(row["return_by"])) + seconds)}
    exceptions = parse_exceptions(str(row["exceptions"]))
    windows = hours_on(exceptions, day)
    usual = windows if windows is not None else read_windows(str(row["windows"])) or ()
    longer = tuple(_longer(window, change, seconds) for window in usual)
    return {"exceptions": format_exceptions([*exceptions, DayHours(day, day, _joined(longer))])}


def _longer(window: Window, change: Change, seconds: int) -> Window:
    opens, closes = window
    if change.kind == "closes_later":
        return opens, min(closes + seconds, opens + DAY)
    return max(opens - seconds, 0), closes


def _joined(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Return windows in order, those that touch as one."""
    joined: list[Window] = []
    for opens, closes in sorted(windows):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return tuple(joined)
