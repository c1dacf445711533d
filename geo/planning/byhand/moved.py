"""What a change by hand would do to a plan: kilometres, minutes and every rule broken, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.hours import format_clock
from geo.language import Language, tr
from geo.planning.schedule import TimedRoute
from geo.planning.search import Routes
from geo.planning.violations import Violation


@dataclass(frozen=True)
class Broken:
    """A rule that would be broken: on which team's route, at which stop, empty for the route as a whole, and how."""

    team: str
    site: str
    violation: Violation

    def text(self, lang: Language | None = None) -> str:
        """Return the rule in words, after the stop or the team that it concerns."""
        return tr("{what}: {fault}", lang, what=self.site or self.team, fault=self.violation.text(lang))


@dataclass(frozen=True)
class RouteChange:
    """One team's route before and after a change.

    Attributes
    ----------
    crew, team, name
        Index, id and name of the team.
    before, after
        Its times.
    broken, as_before, mended
        Rules that the change breaks, those that are broken as before, and how many more are kept again.
    locked
        Whether the whole route was locked.
    """

    crew: int
    team: str
    name: str
    before: TimedRoute
    after: TimedRoute
    broken: tuple[Broken, ...]
    as_before: tuple[Broken, ...]
    mended: int
    locked: bool

    @property
    def metres(self) -> int:
        """Return how many metres the route grows."""
        return self.after.metres - self.before.metres

    @property
    def travel_s(self) -> int:
        """Return how many seconds more the team is on its way."""
        return self.after.travel_s - self.before.travel_s

    @property
    def work_s(self) -> int:
        """Return by how many seconds the day of the team grows."""
        return self.after.end_s - self.after.start_s - self.before.end_s + self.before.start_s

    def text(self, lang: Language | None = None) -> str:
        """Return kilometres, minutes and the return of the team in words."""
        words = tr("{team}: {change}", lang, team=self.name, change=change_text(self.metres, self.travel_s, lang))
        if not self.after.stops:
            return words + tr(", no stop left", lang)
        return words + tr(", back at {clock}", lang, clock=format_clock(self.after.end_s, wrap=True))


@dataclass(frozen=True)
class Moved:
    """A plan after a change that is not yet made.

    Attributes
    ----------
    stops
        The indices of the visits that were moved.
    crew, position
        The team that gets them, None if they are taken off the plan, and how many visits it makes before them.
    routes, timed
        All routes after the change, and their times.
    changes
        The routes that differ, that of the receiving team first.
    """

    stops: tuple[int, ...]
    crew: int | None
    position: int
    routes: Routes
    timed: tuple[TimedRoute, ...]
    changes: tuple[RouteChange, ...]

    @property
    def metres(self) -> int:
        """Return how many metres all routes grow."""
        return sum(change.metres for change in self.changes)

    @property
    def travel_s(self) -> int:
        """Return how many seconds more all teams are on their way."""
        return sum(change.travel_s for change in self.changes)

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Return the rules that the change breaks."""
        return tuple(broken for change in self.changes for broken in change.broken)

    @property
    def is_change(self) -> bool:
        """Return whether anything would differ."""
        return bool(self.changes)

    def figures(self, lang: Language | None = None) -> list[str]:
        """Return the change in kilometres and minutes, route by route and in all, a line each."""
        lines = [change.text(lang) for change in self.changes]
        if len(self.changes) > 1:
            lines.append(tr("In all: {change}", lang, change=change_text(self.metres, self.travel_s, lang)))
        return lines

    def faults(self, lang: Language | None = None) -> list[str]:
        """Return every rule that the routes concerned break then, a line each, those newly broken first."""
        new = [broken.text(lang) for broken in self.broken]
        new += [tr("{what}: {fault}", lang, what=change.name, fault=tr("the whole route is locked", lang))
                for change in self.changes if change.locked]  # fmt: skip
        old = [tr("{fault} (as before)", lang, fault=one.text(lang)) for change in self.changes
               for one in change.as_before]  # fmt: skip
        return [*new, *old]

    def text(self, lang: Language | None = None) -> str:
        """Return all of it in one line."""
        if not self.is_change:
            return tr("No change", lang)
        return tr("; ", lang).join([*self.figures(lang), *self.faults(lang)])


def change_text(metres: int, seconds: int, lang: Language | None = None) -> str:
    """Return a change of a way in kilometres and minutes with their signs, as in “+1.2 km, −6 min”."""
    return tr("{km} km, {minutes} min", lang, km=signed(metres / 1000, 1), minutes=signed(seconds / 60, 0))


def signed(number: float, digits: int) -> str:
    """Return a number with its sign; zero has ±."""
    text = f"{abs(number):.{digits}f}"
    if not float(text):
        return f"±{text}"
    return f"{'+' if number > 0 else '−'}{text}"


def compared(before: Sequence[Broken], after: Sequence[Broken]) -> tuple[tuple[Broken, ...], tuple[Broken, ...], int]:
    """Return which rules a route breaks newly or by more, and which as before, and how many are kept again."""
    known = {_what(one): one.violation.amount for one in before}
    new = tuple(one for one in after if one.violation.amount > known.get(_what(one), -1))
    old = tuple(one for one in after if one.violation.amount <= known.get(_what(one), -1))
    return new, old, len(known.keys() - {_what(one) for one in after})


def _what(broken: Broken) -> tuple[str, str, str]:
    return broken.site, broken.violation.kind, broken.violation.subject
