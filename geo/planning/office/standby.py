"""Teams that stay at their base on a day though they could go: those to ask where one more is needed."""

from collections.abc import Collection
from datetime import date

from geo.errors import XunluError
from geo.planning.office import crewing, staff
from geo.planning.rules import PlanRules
from geo.store.tables import Tables


def teams(tables: Tables, day: date, rules: PlanRules, going: Collection[str]) -> list[str]:
    """Return the ids of the teams that could go on a day besides those that do.

    They may be off duty, or on duty and not chosen. Not those with too few inspectors present, nor those of which a
    shift, a break or the base is missing or cannot be read.

    Parameters
    ----------
    tables, day, rules
        The project, the day and the rules of the office.
    going
        Ids of the teams that go.
    """
    others = [str(team) for team in tables.frame("teams").index if team not in going]
    staying = staff.too_small(tables, day, others, rules.least_inspectors)
    return [team for team in others if team not in staying and _is_ready(tables, day, rules, team)]


def _is_ready(tables: Tables, day: date, rules: PlanRules, team: str) -> bool:
    try:
        crewing.crews(tables, [team], rules, day)
        crewing.ends(tables, [team])
    except XunluError:
        # Nobody has asked about this team: what is wrong with it is said where it is to go.
        return False
    return True
