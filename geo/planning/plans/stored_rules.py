"""What a stored plan says of the rules that it was made by, and of the teams that stayed at their base."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from geo.language import Language
from geo.planning.office import intake, rulebook, staff
from geo.planning.plans import granted
from geo.store.tables import Tables


def written(tables: Tables, day: date, teams: Sequence[str] | None, present: str | None = None) -> str:
    """Return what the column ``rules`` of a plan holds: the rules, and who stayed because too few were there.

    What the plan of the same day was granted that it goes on from, `present`, holds for it as well.
    """
    rules = intake.rules_of(tables)
    _, staying = intake.going(tables, day, teams)
    held: dict[str, Any] = {"rules": json.loads(rulebook.to_json(rules))}
    held |= granted.as_held(granted.inherited(tables, present, day))
    if staying:
        held["stayed"] = staying
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def stayed(tables: Tables, plan: str, lang: Language | None = None) -> list[str]:
    """Return for each team that stayed at its base, as the plan knows, the sentence that says so."""
    held = _held(tables, plan)
    teams = tables.frame("teams").index
    least = held.get("rules", {}).get("least_inspectors", 1)
    stayed = held.get("stayed", {})
    return [staff.stays(tables, team, count, least, lang) for team, count in stayed.items() if team in teams]


def _held(tables: Tables, plan: str) -> dict[str, Any]:
    held = json.loads(tables.row("plans", plan)["rules"] or "{}")
    return held if isinstance(held, dict) else {}
