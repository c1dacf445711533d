"""What would admit a visit, in words."""

from collections.abc import Mapping, Sequence

from geo.language import Language, tr
from geo.planning.reasons.changes import STEP_M, Change, Changes
from geo.store.tables import Tables, name_of

Names = Mapping[str, str]
"""The names of teams, sites and closures, by id."""


def named(tables: Tables, options: Sequence[Changes]) -> dict[str, str]:
    """Return the names of what changes are about, by id; what is gone has none."""
    wanted = {one for option in options for change in option for one in (change.crew, change.site, change.subject)}
    names: dict[str, str] = {}
    for table in ("teams", "sites", "closures"):
        there = tables.frame(table).index
        names |= {one: name_of(tables.row(table, one)) for one in wanted if one and one in there}
    return names


def sentence(changes: Changes, names: Names, lang: Language | None = None) -> str:
    """Return changes that are needed together as one phrase, without a full stop."""
    return tr(" and ", lang).join(phrase(change, names, lang) for change in changes)


def phrase(change: Change, names: Names, lang: Language | None = None) -> str:
    """Return one change as a phrase."""
    if change.crew:
        return _of_team(change, names.get(change.crew, "?"), names.get(change.site, "?"), lang)
    return _of_site(change, names.get(change.site, "?"), names.get(change.subject, "?"), lang)


def _of_team(change: Change, team: str, site: str, lang: Language | None) -> str:
    number = change.amount
    texts = {
        "overtime": tr("overtime of {minutes} min for {team}", lang, minutes=number, team=team),
        "early": tr("{team} begins {minutes} min earlier", lang, minutes=number, team=team),
        "break_later": tr("{team} may take its break {minutes} min later", lang, minutes=number, team=team),
        "no_break": tr("{team} does without its break", lang, team=team),
        "driving": tr("{minutes} min more on the way for {team}", lang, minutes=number, team=team),
        "distance": tr("{km:.1f} km more for {team}", lang, km=number * STEP_M / 1000, team=team),
        "stops": tr("{count} more stops for {team}", lang, count=number, team=team)
        if number > 1
        else tr("one more stop for {team}", lang, team=team),
        "skill": tr("{team} has the skill: {skills}", lang, team=team, skills=change.subject),
        "area": tr("{team} may leave its area", lang, team=team),
        "conflict": tr("no conflict of interest between {team} and {site}", lang, team=team, site=site),
        "unlock_route": tr("the route of {team} is not locked", lang, team=team),
        "goes": tr("{team} goes as well", lang, team=team),
        "team": tr("one more team like {team}", lang, team=team),
    }
    return texts[change.kind]


def _of_site(change: Change, site: str, closure: str, lang: Language | None) -> str:
    number = change.amount
    texts = {
        "closes_later": tr("“{site}” is open {minutes} min longer", lang, minutes=number, site=site),
        "opens_earlier": tr("“{site}” opens {minutes} min earlier", lang, minutes=number, site=site),
        "back_later": tr("the team may be back from “{site}” {minutes} min later", lang, minutes=number, site=site),
        "unlock": tr("“{site}” is not locked to its team", lang, site=site),
        "unlock_place": tr("“{site}” is not locked to its place", lang, site=site),
        "one_team": tr("one team alone visits “{site}”", lang, site=site),
        "closure": tr("the closure “{closure}” is open on that day", lang, closure=closure),
        "open_day": tr("“{site}” is open on that day", lang, site=site),
        "address": tr("sites at one address are visited apart", lang),
    }
    return texts[change.kind]
