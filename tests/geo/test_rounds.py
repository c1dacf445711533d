"""Patrol rounds: every site once in a cycle, days with equally many, what was missed comes again."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.planning.office import intake, rounds
from geo.planning.office.rounds import Round
from geo.store.edits import edit, insert, update
from geo.store.project import Project

MONDAY = date(2021, 6, 7)


def kept(project: Project, sites: int = 20, every: int = 14, weekdays: tuple[int, ...] = rounds.WORKDAYS) -> Round:
    """Add a round of some sites and return it as the project has it."""
    ids = [str(site) for site in project.frame("sites").index[:sites]]
    project.apply(rounds.added("Night patrol", ids, every, weekdays, MONDAY))
    return next(one for one in rounds.rounds_in(project) if one.title == "Night patrol")


def inspected(project: Project, site: str, day: date, state: str = "done") -> None:
    """Record a visit."""
    project.apply(edit("visit", [insert("inspections", site=site, date=day.isoformat(), state=state)]))


@settings(max_examples=30, deadline=None)
@given(
    sites=st.integers(1, 40),
    every=st.integers(7, 40),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    later=st.integers(0, 100),
)
def test_every_site_has_one_day_and_days_have_equally_many(
    sample_file: object, sites: int, every: int, weekdays: tuple[int, ...], later: int
) -> None:
    """In any cycle each site has one day, only weekdays that are walked, and no day has two sites more than another."""
    with Project.open(sample_file, read_only=True) as project:  # type: ignore[arg-type]
        ids = tuple(str(site) for site in project.frame("sites").index[:sites])
        one = Round("r", "t", ids, every, weekdays, MONDAY)
        found = rounds.slots(project, one, MONDAY + timedelta(later))
        days = one.cycle(MONDAY + timedelta(later))
        counts = Counter(found.values())
        assert set(found) == set(ids)
        assert all(day.weekday() in weekdays for day in found.values())
        assert max(counts[day] for day in days) - min(counts[day] for day in days) <= 1
        assert 0 <= (days[0] - MONDAY).days // every * every <= later
        shuffled = replace(one, sites=tuple(reversed(ids)))
        assert rounds.slots(project, shuffled, MONDAY + timedelta(later)) == found


def test_a_day_lies_together(planned: Project) -> None:
    """The sites of a day are nearer to one another than those of the round: half as far on average."""
    one = kept(planned, sites=200)
    found = rounds.slots(planned, one, MONDAY)
    points = planned.frame("sites").geometry

    def spread(sites: list[str]) -> float:
        some = points.loc[sites]
        return float(some.x.std() + some.y.std())

    parts = [[site for site, day in found.items() if day == when] for when in one.cycle(MONDAY)]
    assert sum(map(spread, parts)) / len(parts) < 0.5 * spread(list(found))


def test_a_site_is_due_on_its_day_and_until_it_was_visited(planned: Project) -> None:
    """Who was missed comes again on each day of the cycle; who was visited does not, until the next cycle."""
    one = kept(planned)
    found = rounds.slots(planned, one, MONDAY)
    first = [site for site, day in found.items() if day == MONDAY]
    assert rounds.due_on(planned, one, MONDAY) == first
    inspected(planned, first[0], MONDAY)
    second = rounds.due_on(planned, one, MONDAY + timedelta(1))
    assert first[0] not in second
    assert set(first[1:]) <= set(second)
    assert rounds.due_on(planned, one, MONDAY + timedelta(5)) == []
    assert first[0] in rounds.due_on(planned, one, MONDAY + timedelta(14))
    assert rounds.due_on(planned, one, MONDAY - timedelta(1)) == []


def test_a_planned_site_is_not_wanted_on_another_day(planned: Project) -> None:
    """What tomorrow's plan has is not today's business; the plan of the day itself does not matter."""
    one = kept(planned)
    site = rounds.due_on(planned, one, MONDAY)[0]
    tomorrow = insert("plans", date=(MONDAY + timedelta(1)).isoformat(), title="t")
    planned.apply(edit("plan", [tomorrow, insert("stops", plan=tomorrow.id, site=site, team="t")]))
    assert site not in rounds.sites_due(planned, MONDAY)
    assert site in rounds.sites_due(planned, MONDAY + timedelta(1))


def test_rounds_are_changed_deleted_and_brought_back(planned: Project) -> None:
    """Each is one edit that can be undone; what another program has spoilt is passed over."""
    one = kept(planned)
    planned.apply(rounds.changed(planned, replace(one, every_days=7, title="Day patrol")))
    (again,) = rounds.rounds_in(planned)
    assert (again.title, again.every_days, again.sites) == ("Day patrol", 7, one.sites)
    planned.apply(rounds.removed(planned, again))
    assert rounds.rounds_in(planned) == []
    planned.undo()
    assert rounds.rounds_in(planned) == [again]
    for record in ("", "[]", '{"sites": ["a"]}', '{"sites": ["a"], "every_days": 0, "weekdays": [], "begins": ""}'):
        planned.apply(edit("spoil", [insert("rounds", title="x", record=record)]))
    assert rounds.rounds_in(planned) == [again]


@pytest.mark.parametrize(
    ("title", "sites", "every", "weekdays"),
    [("", ["a"], 7, [0]), ("t", [], 7, [0]), ("t", ["a"], 0, [0]), ("t", ["a"], 7, []), ("t", ["a"], 3, [6])],
)
def test_a_round_that_nobody_could_walk_is_refused(
    title: str, sites: list[str], every: int, weekdays: list[int]
) -> None:
    """It says in a sentence what is missing."""
    with pytest.raises(XunluError):
        rounds.added(title, sites, every, weekdays, MONDAY)


def test_all_that_is_wanted_on_a_day_is_counted_as_it_is_named(planned: Project) -> None:
    """Due sites, must-visits and those of rounds count once each, on any day."""
    one = kept(planned, sites=60)
    ids = [str(site) for site in planned.frame("sites").index[50:90]]
    must = {"must_visit": (MONDAY + timedelta(1)).isoformat()}
    planned.apply(edit("must", [update("sites", site, planned.row("sites", site), must) for site in ids]))
    for later in range(-8, 20):
        day = MONDAY + timedelta(later)
        assert intake.wanted_count(planned, day) == len(intake.wanted_sites(planned, day))
    assert rounds.sites_due(planned, one.begins)
