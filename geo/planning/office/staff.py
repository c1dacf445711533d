"""Who is in the teams on a day: what they are able to do, where they may not come, and teams too small to go."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from geo.inspection.absence import present
from geo.language import Language, tr
from geo.store.tables import Tables, name_of

Skills = frozenset[str]


def skills_of(text: str) -> Skills:
    """Return the skills and equipment that a text lists, set apart by ``;``, commas or lines, in one spelling each."""
    usual = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(" ".join(part.split()) for part in re.split(r"[;,、\n]", usual)) - {""}


def there(tables: Tables, day: date | None) -> pd.DataFrame:
    """Return the rows of the inspectors who are there on a day; all of them if it is None."""
    inspectors = tables.frame("inspectors")
    return inspectors if day is None else present(inspectors, day)


def team_skills(tables: Tables, day: date | None, teams: Sequence[str]) -> list[Skills]:
    """Return what each team has on a day: its own skills and equipment, and those of its inspectors who are there."""
    own = tables.frame("teams")["skills"].loc[list(teams)].tolist()
    people = there(tables, day)
    of_people: dict[str, Skills] = {}
    for team, text in zip(people["team"].tolist(), people["skills"].tolist(), strict=True):
        if text:
            of_people[team] = of_people.get(team, frozenset()) | skills_of(text)
    return [skills_of(text) | of_people.get(team, frozenset()) for team, text in zip(teams, own, strict=True)]


def barred(tables: Tables, day: date | None, teams: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return for each site that has any the ids of the teams with an inspector there on a day who may not come."""
    conflicts = tables.frame("conflicts")
    if conflicts.empty:
        return {}
    people = there(tables, day)
    team_of = dict(zip(people.index.tolist(), people["team"].tolist(), strict=True))
    going, found = set(teams), dict[str, set[str]]()
    for inspector, site in zip(conflicts["inspector"].tolist(), conflicts["site"].tolist(), strict=True):
        if team_of.get(inspector) in going:
            found.setdefault(site, set()).add(team_of[inspector])
    return {site: frozenset(some) for site, some in found.items()}


def too_small(tables: Tables, day: date, teams: Sequence[str], least: int) -> dict[str, int]:
    """Return the teams with fewer inspectors present on a day than they must have, with how many are there.

    A team of which no inspector is known is none of them: nobody can tell who is in it.
    """
    known = set(tables.frame("inspectors")["team"])
    counts = there(tables, day)["team"].value_counts().to_dict()
    return {team: int(counts.get(team, 0)) for team in teams if team in known and counts.get(team, 0) < least}


def stays(tables: Tables, team: str, count: int, least: int, lang: Language | None = None) -> str:
    """Return in a sentence that a team stays at its base because too few of its inspectors are there."""
    name = name_of(tables.row("teams", team), lang)
    return tr("{team} stays at its base: {count} of at least {least} inspectors are there.", lang,
              team=name, count=count, least=least)  # fmt: skip
