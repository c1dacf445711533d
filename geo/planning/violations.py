"""The rules that a route can break, each in words."""

from dataclasses import dataclass
from typing import Literal

from geo.language import Language, tr

Rule = Literal[
    "late", "overrun", "unreachable", "break", "stops", "distance", "driving", "samples", "place", "apart", "address",
    "closure", "closed", "conflict", "skill", "area", "team",
]  # fmt: skip
"""What can be broken: ``late`` the opening times of a stop; ``overrun`` the shift, overtime included; ``unreachable`` a
leg without a way; ``break`` a pause that begins too late; ``stops``, ``distance``, ``driving`` what a crew may have at
most; ``samples`` the time to be back by; ``place`` a stop that stays at its place; ``apart`` a visit that two crews
begin together; ``address`` sites at one address; the others are `geo.planning.problem.Barrier`."""


@dataclass(frozen=True)
class Violation:
    """A rule that a route breaks.

    Attributes
    ----------
    kind
        The rule.
    stop
        The stop concerned, from 0; the number of stops for the way home and for what concerns the whole route.
    amount
        By how much: seconds, metres for ``distance``, stops for ``stops``; 0 where it is a matter of yes or no.
    subject
        What it is about, such as the skills that are missing.
    """

    kind: Rule
    stop: int
    amount: int
    subject: str = ""

    def text(self, lang: Language | None = None) -> str:
        """Return the violation in words."""
        if self.kind == "skill":
            return tr("the team lacks: {skills}", lang, skills=self.subject)
        if self.kind == "distance":
            return tr("{km:.1f} km more than the team may drive", lang, km=self.amount / 1000)
        if self.kind == "stops":
            return tr("{count} stops more than the team may have", lang, count=self.amount)
        if self.amount and self.kind in ("late", "overrun", "break", "driving", "samples", "apart"):
            return _by_minutes(self, -(-self.amount // 60), lang)
        return _plain(self, lang)


def _by_minutes(violation: Violation, minutes: int, lang: Language | None) -> str:
    if violation.kind == "late":
        return tr("{minutes} min too late for the opening time", lang, minutes=minutes)
    if violation.kind == "overrun":
        return tr("back {minutes} min after the end of the shift", lang, minutes=minutes)
    if violation.kind == "break":
        return tr("the break begins {minutes} min too late", lang, minutes=minutes)
    if violation.kind == "driving":
        return tr("{minutes} min more on the way than the team may be", lang, minutes=minutes)
    if violation.kind == "samples":
        return tr("back {minutes} min too late with the samples", lang, minutes=minutes)
    return tr("the other team begins {minutes} min apart", lang, minutes=minutes)


def _plain(violation: Violation, lang: Language | None) -> str:
    said = {
        "closure": tr("inside a closure", lang),
        "closed": tr("closed on this day", lang),
        "conflict": tr("an inspector of the team may not come here (conflict of interest)", lang),
        "area": tr("outside the area that the team must keep to", lang),
        "team": tr("locked to another team", lang),
        "place": tr("not at the place it is locked to", lang),
        "apart": tr("two teams are to come together", lang),
        "address": tr("apart from the other sites at its address", lang),
    }
    return said.get(violation.kind, tr("not reachable by road", lang))
