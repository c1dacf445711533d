"""The rules of an office: each setting with title, range and unit, and how all of them are kept in the project."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from geo.errors import XunluError
from geo.hours import format_clock, parse_clock
from geo.language import tr
from geo.planning.rules import Aim, PlanRules
from geo.store.edits import Edit, edit, insert, update
from geo.store.tables import Tables

KEY = "rules"
"""The project's setting that holds the rules, as JSON; what is not there stands at its default."""

Kind = Literal["aim", "whole", "yes", "clock", "speeds"]

_LAST_MINUTE = 86_340
_FIELDS = tuple(one.name for one in fields(PlanRules) if one.name != "unknown")
_EMPTY = PlanRules()


@dataclass(frozen=True)
class Setting:
    """One of the rules as a person sets it.

    Attributes
    ----------
    name
        The field of `PlanRules`.
    kind
        What it holds: one of `Aim`, a whole number, yes or no, a time of day, or a number for each of 24 hours.
    title, unit
        What a reader sees, with the unit of the number.
    least, most
        The range, ends included.
    """

    name: str
    kind: Kind
    title: str
    unit: str = ""
    least: int = 0
    most: int = 0

    def check(self, value: Any) -> None:
        """Raise XunluError, with a sentence that names the setting, if a value is out of its range."""
        if not self._fits(value):
            raise XunluError(tr("“{title}” cannot be {value}.", title=self.title, value=_shown(value)), self._range())

    def _fits(self, value: Any) -> bool:
        if self.kind == "aim":
            return value in set(Aim)
        if self.kind == "yes":
            return isinstance(value, bool)
        if self.kind == "speeds":
            return len(value) == 24 and all(self._is_within(one) for one in value)
        return self._is_within(value)

    def _is_within(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most

    def _range(self) -> str:
        if self.kind == "clock":
            return tr("Write a time of day like 11:30.")
        if self.kind == "whole":
            return tr("Write a whole number from {least} to {most}.", least=self.least, most=self.most)
        if self.kind == "speeds":
            return tr("Write 24 whole numbers from {least} to {most}.", least=self.least, most=self.most)
        return tr("Choose one of what is offered.")


def settings() -> tuple[Setting, ...]:
    """Return all rules in the order in which a person reads them, in the language in use."""
    minutes, percent = tr("min"), "%"
    return (
        Setting("aim", "aim", tr("Aim")),
        Setting("foreign_min", "whole", tr("Price of a visit in another team's area"), minutes, 0, 240),
        Setting("move_min", "whole", tr("Price of a stop that changes its team"), minutes, 0, 240),
        Setting("addresses_together", "yes", tr("Visit the sites at one address one after the other")),
        Setting("setup_min", "whole", tr("Set-up on coming to an address"), minutes, 0, 120),
        Setting("verify_min", "whole", tr("For each finding to verify"), minutes, 0, 120),
        Setting("least_inspectors", "whole", tr("Inspectors that a team must have present"), "", 1, 20),
        Setting("overtime_min", "whole", tr("Overtime that a team may work"), minutes, 0, 600),
        Setting("overtime_price", "whole", tr("Price of overtime"), percent, 0, 1000),
        Setting("has_break", "yes", tr("Teams take a break")),
        Setting("break_from", "clock", tr("Break within, from"), "", 0, _LAST_MINUTE),
        Setting("break_to", "clock", tr("Break within, to"), "", 0, _LAST_MINUTE),
        Setting("break_min", "whole", tr("Length of the break"), minutes, 0, 240),
        Setting("risk_weight", "whole", tr("Weight of the risk"), "", 0, 20),
        Setting("overdue_weight", "whole", tr("Weight of each week overdue"), "", 0, 20),
        Setting("deadline_weight", "whole", tr("Weight of a rectification deadline"), "", 0, 20),
        Setting("keeps_must", "yes", tr("Sites that must be visited on the day come first")),
        Setting("speeds", "speeds", tr("Speed by hour of the day"), percent, 10, 200),
    )


def effect(rules: PlanRules, name: str) -> str:
    """Return in a sentence what a rule does as it is set, in the language in use; empty where the title says it all."""
    return _EFFECTS[name](rules) if name in _EFFECTS else ""


_EFFECTS: Mapping[str, Callable[[PlanRules], str]] = {
    "foreign_min": lambda rules: (
        tr("A visit in another team's area is chosen only if it saves {count} min of travel.", count=rules.foreign_min)
        if rules.foreign_min
        else tr("Any team visits any site; areas make no difference.")
    ),
    "move_min": lambda rules: (
        tr("A stop changes its team only if that saves {count} min of travel.", count=rules.move_min)
        if rules.move_min
        else tr("A stop changes its team for any gain.")
    ),
    "overtime_price": lambda rules: tr(
        "An hour of overtime is worked only if it saves {count} min of travel, or a site would be left out.",
        count=rules.overtime_price * 60 // 100,
    ),
    "overtime_min": lambda rules: (
        tr("A team without a limit of its own may be back {count} min after its shift.", count=rules.overtime_min)
        if rules.overtime_min
        else tr("A team without a limit of its own is back by the end of its shift.")
    ),
    "setup_min": lambda rules: (
        tr("Parking, registering: {count} min, once for all sites at an address.", count=rules.setup_min)
        if rules.setup_min
        else tr("A visit begins on arrival.")
    ),
    "verify_min": lambda rules: (
        tr("A site with 3 findings to verify is visited {count} min longer.", count=3 * rules.verify_min)
        if rules.verify_min
        else tr("Findings to verify make no visit longer.")
    ),
    "least_inspectors": lambda rules: (
        tr("A team with fewer than {count} present stays at its base, and the plan says so.",
           count=rules.least_inspectors)
        if rules.least_inspectors > 1
        else tr("A team of which everybody is away stays at its base, and the plan says so.")
    ),
    "has_break": lambda rules: (
        tr("Each team rests {count} min between {opens} and {closes}, between two visits, unless it has its own break.",
           count=rules.break_min, opens=format_clock(rules.break_from), closes=format_clock(rules.break_to))
        if rules.has_break
        else tr("Only teams with a break of their own take one.")
    ),
    "risk_weight": lambda rules: tr(
        "Where not all fit, a site of high risk counts as much as {count} of low risk.", count=1 + 2 * rules.risk_weight
    ),
    "overdue_weight": lambda rules: tr(
        "A site two weeks overdue counts as much as {count} that are just due.", count=1 + 2 * rules.overdue_weight
    ),
    "deadline_weight": lambda rules: tr(
        "A site whose deadline for a rectification is reached counts as much as {count} others.",
        count=1 + rules.deadline_weight,
    ),
    "speeds": lambda rules: (
        tr("Legs take as long as the streets allow at all hours.")
        if set(rules.speeds) == {100}
        else tr("At {hour} a leg of 10 min takes {count} min.", hour=format_clock(3600 * _slowest(rules)),
                count=round(1000 / min(rules.speeds)))
    ),
}  # fmt: skip


def _slowest(rules: PlanRules) -> int:
    return rules.speeds.index(min(rules.speeds))


def check(rules: PlanRules) -> None:
    """Raise XunluError if a rule is out of its range, or rules do not go together."""
    for setting in settings():
        setting.check(getattr(rules, setting.name))
    if rules.has_break:
        _ = rules.pause


def from_json(text: str) -> PlanRules:
    """Return the rules that a text holds; what it does not name stands at its default.

    Raises
    ------
    XunluError
        If the text is no JSON object, or a value is of the wrong kind or out of its range.
    """
    try:
        held = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise _spoilt(str(error)) from error
    if not isinstance(held, dict):
        raise _spoilt(text[:40])
    known = {setting.name: _value(setting, held[setting.name]) for setting in settings() if setting.name in held}
    rules = PlanRules(**known, unknown={name: value for name, value in held.items() if name not in _FIELDS})
    check(rules)
    return rules


def to_json(rules: PlanRules) -> str:
    """Return rules as the text that `from_json` reads: all of them, so that no later default changes a project."""
    held: dict[str, Any] = dict(rules.unknown)
    for setting in settings():
        value = getattr(rules, setting.name)
        held[setting.name] = format_clock(value) if setting.kind == "clock" else value
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def read(tables: Tables) -> PlanRules:
    """Return the rules of a project.

    Raises
    ------
    XunluError
        If they were spoilt by another program; see `read_or_default`.
    """
    return from_json(tables.setting(KEY))


def read_or_default(tables: Tables) -> tuple[PlanRules, XunluError | None]:
    """Return the rules of a project, and what is wrong with them where the defaults stand in for spoilt ones."""
    try:
        return read(tables), None
    except XunluError as error:
        return _EMPTY, error


def change(tables: Tables, rules: PlanRules) -> Edit:
    """Return the edit that gives a project other rules.

    Raises
    ------
    XunluError
        If a rule is out of its range.
    """
    check(rules)
    text, frame = to_json(rules), tables.frame("settings")
    found = frame.index[frame["key"] == KEY].tolist()
    title = tr("Rules of the plan")
    if not found:
        return edit(title, [insert("settings", key=KEY, value=text)])
    row = str(found[0])
    return edit(title, [update("settings", row, tables.row("settings", row), {"value": text})])


def defaults(rules: PlanRules) -> PlanRules:
    """Return the rules as they are where nobody has set any; what a later version has set stays."""
    return replace(_EMPTY, unknown=rules.unknown)


def _value(setting: Setting, value: Any) -> Any:
    """Return the value of a rule from what JSON holds."""
    try:
        if setting.kind == "aim":
            return Aim(value)
        if setting.kind == "clock":
            return parse_clock(value)
        if setting.kind == "speeds":
            return tuple(value)
    except (ValueError, TypeError, AttributeError, XunluError) as error:
        raise XunluError(
            tr("“{title}” cannot be {value}.", title=setting.title, value=_shown(value)), _mend()
        ) from error
    return value


def _shown(value: Any) -> str:
    return str(value)[:40]


def _spoilt(said: str) -> XunluError:
    return XunluError(tr("The rules of the plan cannot be read: {reason}.", reason=said), _mend())


def _mend() -> str:
    return tr("Set them anew under “Rules of the plan”.")
