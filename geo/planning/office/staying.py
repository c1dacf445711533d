"""Why a team stays at its base on a day."""

from dataclasses import dataclass
from datetime import date

from geo.language import tr
from geo.planning.office import rulebook, staff
from geo.store.tables import Tables


@dataclass(frozen=True)
class Reason:
    """Why a team does not go on a day.

    Attributes
    ----------
    text
        As a sentence.
    is_bound
        Whether it cannot go even if somebody wants it to, as too few of its inspectors are there.
    """

    text: str
    is_bound: bool


def why_not(tables: Tables, day: date) -> dict[str, Reason]:
    """Return why the teams that do not go on a day unasked do not, by id; what spoilt rules say counts as not said."""
    frame = tables.frame("teams")
    rules, _ = rulebook.read_or_default(tables)
    small = staff.too_small(tables, day, [str(team) for team in frame.index], rules.least_inspectors)
    found = {str(team): Reason(tr("Off duty"), is_bound=False) for team in frame.index[~frame["active"].astype(bool)]}
    return found | {
        team: Reason(staff.stays(tables, team, count, rules.least_inspectors), is_bound=True)
        for team, count in small.items()
    }
