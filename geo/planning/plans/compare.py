"""Two stored plans side by side: what each takes, how even it is, and which stops differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.hours import format_clock
from geo.language import Language, tr
from geo.planning.byhand.moved import signed
from geo.planning.plans.stored import Still, day_of, stored_plan
from geo.store.tables import Tables

Figure = tuple[str, str, str, str]
"""What is counted, what the one plan has, what the other has, and the difference, all in words."""


@dataclass(frozen=True)
class PlanFigures:
    """What a plan takes.

    Attributes
    ----------
    metres, travel_s, work_s
        Of all routes: length, time on the way, and time from departure to return.
    visits, left_out, teams
        How many stops there are, sites left out, and teams that have a stop.
    longest_s, shortest_s
        The longest and the shortest day among the teams that have a stop.
    most_stops, fewest_stops
        The same in stops.
    overtime_s
        How much of all days lies past the shifts.
    last_s
        When the last team is back, in seconds from midnight.
    """

    metres: int
    travel_s: int
    work_s: int
    visits: int
    left_out: int
    teams: int
    longest_s: int
    shortest_s: int
    most_stops: int
    fewest_stops: int
    overtime_s: int
    last_s: int


@dataclass(frozen=True)
class Comparison:
    """Two plans compared.

    Attributes
    ----------
    one, other
        Their figures.
    changed_team
        Ids of the sites that another team visits in the other plan.
    changed_order
        Ids of the sites that the same team visits, but after another stop.
    only_one, only_other
        Ids of the sites that are on a route of one plan only.
    """

    one: PlanFigures
    other: PlanFigures
    changed_team: tuple[str, ...]
    changed_order: tuple[str, ...]
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]

    @property
    def moved(self) -> tuple[str, ...]:
        """Return the ids of all sites whose team differs, or that only one of the plans visits."""
        return (*self.changed_team, *self.only_one, *self.only_other)

    def figures(self, lang: Language | None = None) -> list[Figure]:
        """Return the figures of both in words, line by line."""
        one, other = self.one, self.other
        return [
            _length(tr("Distance (km)", lang), one.metres, other.metres),
            _hours(tr("On the way (h)", lang), one.travel_s, other.travel_s),
            _hours(tr("Working time (h)", lang), one.work_s, other.work_s),
            _count(tr("Visits", lang), one.visits, other.visits),
            _count(tr("Left out", lang), one.left_out, other.left_out),
            _count(tr("Teams with a route", lang), one.teams, other.teams),
            _hours(tr("Longest day (h)", lang), one.longest_s, other.longest_s),
            _hours(tr("Shortest day (h)", lang), one.shortest_s, other.shortest_s),
            _count(tr("Most stops of a team", lang), one.most_stops, other.most_stops),
            _count(tr("Fewest stops of a team", lang), one.fewest_stops, other.fewest_stops),
            _hours(tr("Overtime (h)", lang), one.overtime_s, other.overtime_s),
            _hours(tr("Last return", lang), one.last_s, other.last_s),
        ]

    def changes(self, lang: Language | None = None) -> list[str]:
        """Return in words how many stops differ, and in which way."""
        lines = [
            tr("{count} stops have another team", lang, count=len(self.changed_team)),
            tr("{count} stops come after another one", lang, count=len(self.changed_order)),
        ]
        if self.only_one or self.only_other:
            lines.append(
                tr("{one} sites are visited only by the first plan, {other} only by the second", lang,
                   one=len(self.only_one), other=len(self.only_other))
            )  # fmt: skip
        return lines


def compare(tables: Tables, one: str, other: str) -> Comparison:
    """Return two plans compared by what is stored of them.

    Parameters
    ----------
    tables
        A snapshot of the project.
    one, other
        Ids of the plans.
    """
    before, after = _before(tables, one), _before(tables, other)
    both = [key for key in before if key in after]
    return Comparison(
        figures_of(tables, one),
        figures_of(tables, other),
        _sites([key for key in both if before[key][0] != after[key][0]]),
        _sites([key for key in both if before[key][0] == after[key][0] and before[key] != after[key]]),
        _sites([key for key in before if key not in after]),
        _sites([key for key in after if key not in before]),
    )


def figures_of(tables: Tables, plan: str) -> PlanFigures:
    """Return what a stored plan takes."""
    routes, left = tables.frame("routes"), tables.frame("left_out")
    stops = tables.frame("stops")
    counts = stops.loc[stops["plan"] == plan, "team"].value_counts()
    routes = routes[(routes["plan"] == plan) & routes["team"].isin(counts.index)]
    days = (routes["end_s"] - routes["start_s"]).astype(int).tolist()
    return PlanFigures(
        metres=int(routes["metres"].sum()),
        travel_s=int(routes["travel_s"].sum()),
        work_s=sum(days),
        visits=int(counts.sum()),
        left_out=int((left["plan"] == plan).sum()),
        teams=len(counts),
        longest_s=max(days, default=0),
        shortest_s=min(days, default=0),
        most_stops=int(counts.max()) if len(counts) else 0,
        fewest_stops=int(counts.min()) if len(counts) else 0,
        overtime_s=_overtime(tables, plan, dict(zip(routes["team"], routes["end_s"].astype(int), strict=True))),
        last_s=max(routes["end_s"].astype(int).tolist(), default=0),
    )


def _overtime(tables: Tables, plan: str, ends: Mapping[str, int]) -> int:
    crews = stored_plan(tables, plan, Still(day_of(tables, plan)[1])).problem.crews
    return sum(max(0, ends[crew.id] - crew.shift[1]) for crew in crews if crew.id in ends)


_Key = tuple[str, int]
"""A site, and which of its visits it is: two teams may visit it together."""


def _before(tables: Tables, plan: str) -> dict[_Key, tuple[str, str]]:
    """Return for each visit of a plan its team and the site before it, empty for the first one."""
    stops = tables.frame("stops")
    stops = stops[stops["plan"] == plan].sort_values(["team", "seq"])
    found: dict[_Key, tuple[str, str]] = {}
    last = ("", "")
    for team, site in zip(stops["team"].tolist(), stops["site"].tolist(), strict=True):
        number = 1 if (site, 0) in found else 0
        found[site, number] = team, last[1] if last[0] == team else ""
        last = team, site
    return found


def _sites(keys: list[_Key]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(site for site, _ in keys))


def _length(title: str, one: int, other: int) -> Figure:
    return title, f"{one / 1000:.1f}", f"{other / 1000:.1f}", signed((other - one) / 1000, 1)


def _hours(title: str, one: int, other: int) -> Figure:
    sign = "±" if one // 60 == other // 60 else "+" if other > one else "−"
    return title, format_clock(one), format_clock(other), f"{sign}{format_clock(abs(other - one))}"


def _count(title: str, one: int, other: int) -> Figure:
    return title, str(one), str(other), signed(other - one, 0)
