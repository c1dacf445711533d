"""A change that admits a site made in the project: what gives is written down, and the site put where it then fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo.dayhours import ALL_DAY, DayHours, format_exceptions, hours_on, parse_exceptions
from geo.errors import XunluError
from geo.hours import DAY, Window, read_windows
from geo.language import tr
from geo.model import TABLES
from geo.planning.byhand import hand
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.plans import granted
from geo.planning.plans.stored import day_of
from geo.planning.reasons.changes import Change, ChangeKind, Changes
from geo.planning.reasons.trial import Trial, prices
from geo.planning.reasons.whywords import named, phrase, sentence
from geo.progress import Report, part, silent
from geo.store.edits import Edit, RowChange, delete, edit, insert, new_id, update
from geo.store.frames import patched
from geo.store.tables import Tables

OF_THE_PLAN: frozenset[ChangeKind] = frozenset(
    {"overtime", "early", "break_later", "no_break", "back_later", "stops", "distance", "driving", "skill", "area",
     "conflict", "address", "one_team"}
)  # fmt: skip
"""The changes that hold for the plan alone, `geo.planning.plans.granted`; tomorrow all is as ever."""

OF_ITS_ROWS: frozenset[ChangeKind] = frozenset({"unlock", "unlock_place", "unlock_route"})
"""The changes that take a lock of the plan away."""

OF_THE_DAY: frozenset[ChangeKind] = frozenset({"closes_later", "opens_earlier", "open_day", "closure"})
"""The changes of what is so on the day, for every plan: when a site is open, and whether an area is closed off."""


def holds(changes: Changes) -> str:
    """Return in a sentence how far changes reach once they are made, in the language in use."""
    kinds = {change.kind for change in changes}
    if kinds & OF_THE_DAY:
        return tr("Holds on that day for every plan, on other days nothing changes.")
    if "team" in kinds:
        return tr("Adds a team like it, which is on duty in this plan only.")
    return tr("Holds for this plan only.")


@dataclass(frozen=True)
class _Given:
    """A project in which something has given.

    Attributes
    ----------
    tables
        As they are then.
    rows
        What has changed in them.
    teams
        Ids of the teams that go besides those of the plan.
    """

    tables: Tables
    rows: tuple[RowChange, ...] = ()
    teams: tuple[str, ...] = ()

    def with_rows(self, rows: Sequence[RowChange | None], team: str = "") -> "_Given":
        """Return it with more rows changed, and a team more."""
        made = [row for row in rows if row is not None]
        frames = self.tables.held()
        for name in {row.table for row in made}:
            frames[name] = patched(frames[name], TABLES[name], [row for row in made if row.table == name])
        teams = (*self.teams, team) if team else self.teams
        return _Given(Tables(self.tables.path, frames), (*self.rows, *made), teams)


@dataclass(frozen=True)
class _Fitting:
    """A plan laid open after something has given, the site's visit, and where it fits; None if nowhere."""

    given: _Given
    desk: Desk
    visit: int
    best: Trial | None


def grant(tables: Tables, plan: str, site: str, changes: Changes, *, report: Report = silent) -> Edit:
    """Return the edit that makes changes and puts the site that they admit on the plan, where it costs least.

    What is about a team or a rule holds for the plan alone, opening times and closures change on its day only, a team
    that goes as well does so in this plan, and one more team is a new row that is not on duty on other days.

    Raises
    ------
    XunluError
        If something has changed since, so that the site fits nowhere all the same.
    """
    found = _tried(tables, plan, site, changes, part(report, 0.0, 0.5))
    if found.best is None and any(change.kind == "open_day" for change in changes):
        # At its usual times it is in vain: it was tried with a site that is open all day.
        found = _tried(tables, plan, site, changes, part(report, 0.5, 1.0), all_day=True)
    desk, after, best = found.desk, found.given.tables, found.best
    if best is None:
        raise XunluError(
            tr("“{site}” fits nowhere all the same.", site=desk.problem.visits[found.visit].name),
            tr("Something has changed since; look at the reasons again."),
        )
    moved = hand.move_edit(after, desk, desk.moved([found.visit], best.crew, best.position))
    title = tr("{what}: {change}", what=moved.title, change=sentence(changes, named(tables, [changes])))
    rows = [*found.given.rows, *moved.changes]
    if any(change.kind == "one_team" for change in changes):
        rows += _no_longer_left_out(tables, plan, site, rows)
    return edit(title, rows)


def take_back(tables: Tables, plan: str, change: Change) -> Edit:
    """Return the edit that takes back what a plan was granted; stops stay, and what then breaks a rule is marked."""
    title = tr("No longer: {change}", change=phrase(change, named(tables, [(change,)])))
    return edit(title, [granted.less(tables, plan, change)])


def _tried(
    tables: Tables, plan: str, site: str, changes: Changes, report: Report, *, all_day: bool = False
) -> _Fitting:
    given = _Given(tables).with_rows([granted.more(tables, plan, [one for one in changes if one.kind in OF_THE_PLAN])])
    for change in changes:
        given = _with(given, plan, change, all_day=all_day)
    desk = open_desk(given.tables, plan, sites=[site], teams=given.teams, report=report)
    visit = desk.visits([site])[0]
    fitting = (trial for trial in prices(desk.problem, desk.routes, visit) if trial.fits)
    return _Fitting(given, desk, visit, next(fitting, None))


def _with(given: _Given, plan: str, change: Change, *, all_day: bool) -> _Given:
    """Return a project in which one more thing gives, unless it is for the plan alone."""
    tables = given.tables
    if change.kind == "goes":
        return given.with_rows([], change.crew)
    if change.kind == "team":
        team = _one_more(tables, change.crew)
        return given.with_rows([team], team.id)
    if change.kind in OF_ITS_ROWS:
        return given.with_rows(_unlocked(tables, plan, change))
    day, _ = day_of(tables, plan)
    if change.kind == "closure":
        return given.with_rows(_open_on(tables, change.subject, day))
    if change.kind in OF_THE_DAY:
        values = {"exceptions": _hours(tables.row("sites", change.site), day, change, all_day=all_day)}
        return given.with_rows([_changed(tables, "sites", change.site, values)])
    return given


def _changed(tables: Tables, table: str, row: str, values: Mapping[str, Any]) -> RowChange | None:
    return update(table, row, tables.row(table, row), values)


def _one_more(tables: Tables, like: str) -> RowChange:
    """Return a new team like another one, not on duty, so that it goes in this plan only."""
    row, names = tables.row("teams", like), set(tables.frame("teams")["name"])
    number = next(number for number in range(2, len(names) + 3) if f"{row['name']} ({number})" not in names)
    called = {name: f"{row[name]} ({number})" for name in ("name", "name_en") if row[name]}
    code = {"code": f"{row['code']}-{number}"} if row["code"] else {}
    return insert("teams", **{**row, **called, **code, "active": False}, id=new_id())


def _unlocked(tables: Tables, plan: str, change: Change) -> list[RowChange | None]:
    """Return the changes that take a lock away."""
    if change.kind == "unlock_route":
        frame = tables.frame("routes")
        rows = frame.index[(frame["plan"] == plan) & (frame["team"] == change.crew)]
        return [_changed(tables, "routes", str(row), {"locked": False}) for row in rows]
    frame = tables.frame("stops")
    rows = frame.index[(frame["plan"] == plan) & (frame["site"] == change.site)]
    values = {"lock_place": None} if change.kind == "unlock_place" else {"locked": False, "lock_place": None}
    return [_changed(tables, "stops", str(row), values) for row in rows]


def _open_on(tables: Tables, closure: str, day: date) -> list[RowChange | None]:
    """Return the changes after which a closure is not in force on a day: it ends before it and begins again after."""
    row = tables.row("closures", closure)
    before, after = (day + timedelta(days=days) for days in (-1, 1))
    begins, goes_on = row["from_date"] < day.isoformat(), row["to_date"] == "" or row["to_date"] > day.isoformat()
    if begins:
        first = _changed(tables, "closures", closure, {"to_date": before.isoformat()})
        return [first, *([insert("closures", **{**row, "from_date": after.isoformat()})] if goes_on else [])]
    if goes_on:
        return [_changed(tables, "closures", closure, {"from_date": after.isoformat()})]
    return [delete("closures", closure, row)]


def _hours(row: Mapping[str, Any], day: date, change: Change, *, all_day: bool) -> str:
    """Return a site's times on single dates, once it is open otherwise on a day."""
    exceptions, usual = parse_exceptions(str(row["exceptions"])), read_windows(str(row["windows"])) or ()
    windows = hours_on(exceptions, day)
    if change.kind == "open_day":
        longer = ALL_DAY if all_day else usual or ALL_DAY
    else:
        seconds = 60 * change.amount
        longer = tuple(_longer(window, change, seconds) for window in (usual if windows is None else windows))
    return format_exceptions([*exceptions, DayHours(day, day, _joined(longer))])


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


def _no_longer_left_out(tables: Tables, plan: str, site: str, rows: Sequence[RowChange]) -> list[RowChange]:
    """Return the changes that take the second visit of a site off the list of those left out."""
    frame, gone = tables.frame("left_out"), {row.id for row in rows if row.table == "left_out"}
    others = frame.index[(frame["plan"] == plan) & (frame["site"] == site)]
    return [delete("left_out", str(row), tables.row("left_out", str(row))) for row in others if row not in gone]
