"""Several days planned at once: days that are even, nothing later than it must be, one plan a day, one undo."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.model import Mode
from geo.planning.office import intake, rounds, ways
from geo.planning.plans import crew_days, horizon, plan_json
from geo.planning.plans.horizon import plan_days
from geo.planning.plans.spread import SLACK, even_loads, spread
from geo.planning.plans.wish import Days
from geo.planning.problem import Visit
from geo.progress import Cancelled
from geo.store.edits import edit, update
from geo.store.project import Project

works = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 4)), min_size=1, max_size=30)


def days_of(project: Project, number: int = 3) -> tuple[date, ...]:
    """Return some days from the project's on."""
    return tuple(project.today() + timedelta(day) for day in range(number))


@given(works, st.lists(st.integers(1, 20), min_size=5, max_size=5))
def test_loads_get_all_done_in_time_and_no_day_could_do_less(works: list[tuple[int, int]], crews: list[int]) -> None:
    """By each day at least what is due by then is done, all in all just the work; the fullest is as low as can be."""
    work, latest = np.array([w for w, _ in works], dtype=float), np.array([d for _, d in works])
    loads = even_loads(work, latest, crews)
    due = np.array([work[latest <= day].sum() for day in range(5)])
    assert (np.cumsum(loads) >= due - 1e-6).all()
    assert loads.sum() == pytest.approx(work.sum())
    assert max(loads / crews) == pytest.approx(max(due / np.cumsum(crews)))


@given(works, st.integers(0, 10**6))
def test_a_spread_keeps_to_the_days_allowed(works: list[tuple[int, int]], seed: int) -> None:
    """Each visit is on a day that it may be made on, also those without a place; room is not exceeded by two visits."""
    dice = np.random.default_rng(seed)
    work, latest = np.array([w for w, _ in works], dtype=float), np.array([d for _, d in works])
    allowed = np.arange(5)[np.newaxis, :] <= latest[:, np.newaxis]
    places = dice.uniform(0, 1000, (len(works), 2))
    places[dice.random(len(works)) < 0.2] = np.nan
    loads = even_loads(work, latest, [1] * 5)
    on = spread(places, work, allowed, loads)
    assert (on <= latest).all()
    first = work[(allowed.sum(axis=1) == 1) | np.isnan(places[:, 0])].sum()
    got = np.bincount(on, weights=work, minlength=5)
    assert (got[1:] <= loads[1:] * SLACK + work.max()).all()
    assert got.sum() == pytest.approx(work.sum())
    assert first <= work.sum()


@pytest.mark.parametrize("together", [True, False])
def test_every_site_is_on_one_day_or_left_out_with_its_reason(planned: Project, together: bool) -> None:
    """None is dropped or visited twice; overdue ones are on the first day where there is time; plans share their id."""
    days = days_of(planned)
    pool = horizon.pool_of(planned, days)
    made = plan_days(planned.snapshot(), Days(days, iterations=20, together=together))
    planned.apply(made)
    plans = planned.frame("plans")
    mine = plans[plans.index.isin([c.id for c in made.changes if c.table == "plans"])]
    stops, left = (planned.frame(name) for name in ("stops", "left_out"))
    stops, left = stops[stops["plan"].isin(mine.index)], left[left["plan"].isin(mine.index)]
    assert Counter([*stops["site"], *left["site"]]) == Counter(pool)
    assert len(set(mine["horizon"])) == 1
    assert mine["horizon"].iloc[0]
    assert sorted(mine["date"]) == sorted({*mine["date"]})
    assert set(mine["date"]) <= {day.isoformat() for day in days}
    for plan in mine.index:
        assert plan_json.as_json(planned, str(plan))["totals"]["stops"] == (stops["plan"] == plan).sum()
    when = dict(zip(stops["site"], stops["plan"].map(mine["date"]), strict=True))
    sites = list(when)
    last = horizon.latest_days(planned, days, sites)
    late = [site for site, day in zip(sites, last, strict=True) if when[site] > days[day].isoformat()]
    assert len(late) <= 3
    planned.undo()
    assert not planned.frame("plans").index.isin(mine.index).any()


def test_the_joined_problem_lets_each_visit_only_on_its_days(sample: Project) -> None:
    """A team on a day is a crew with the travel of that day; other days and closed ones are barred."""
    days = days_of(sample)
    sites = horizon.pool_of(sample, days)[:12]
    problems = []
    for day in days:
        router = ways.router(sample, day, Mode.CAR)
        problems.append(intake.problem_of(sample, day, sites, intake.going(sample, day)[0][:3], router))
    allowed = np.random.default_rng(3).random((len(problems[0].visits), len(days))) < 0.5
    joined = crew_days.joined(problems, allowed)
    for crew in range(9):
        day, own = divmod(crew, 3)
        for visit, one in enumerate(problems[0].visits):
            possible = allowed[visit, day] and not one.closure
            assert (joined.barrier(crew, visit) is None) == possible or (one.closure and not allowed[visit].any())
        there = problems[day].travel(own).seconds
        here = joined.travel(crew).seconds
        count = len(sites)
        assert np.array_equal(here[:count, :count], there[:count, :count])
        assert np.array_equal(here[joined.start(crew), :count], there[problems[day].start(own), :count])
        assert np.array_equal(here[:count, joined.end(crew)], there[:count, problems[day].end(own)])
    assert crew_days.split(problems, [[crew] for crew in range(9)])[1] == [[3], [4], [5]]


def test_a_site_that_must_be_visited_on_a_day_is_visited_then(planned: Project) -> None:
    """A date wins over what would be shortest; patrol rounds feed the days too."""
    days = days_of(planned)
    schools = planned.frame("sites")
    ids = [str(site) for site in schools.index[schools["kind"] == "school"][:6]]
    planned.apply(edit("must", [update("sites", ids[0], planned.row("sites", ids[0]),
                                       {"must_visit": days[1].isoformat(), "windows": ""})]))  # fmt: skip
    planned.apply(rounds.added("Schools", ids[1:], 7, range(7), days[0]))
    assert set(ids) & set(intake.wanted_sites(planned, days[0])) == set(rounds.sites_due(planned, days[0])) != set()
    made = plan_days(planned.snapshot(), Days(days, iterations=10))
    planned.apply(made)
    plans = planned.frame("plans")["date"]
    stops = planned.frame("stops")
    stops = stops[stops["plan"].isin([change.id for change in made.changes if change.table == "plans"])]
    when = dict(zip(stops["site"], stops["plan"].map(plans), strict=True))
    assert when.get(ids[0]) == days[1].isoformat()


def test_what_cannot_be_planned_says_so_and_planning_stops_when_told(sample: Project) -> None:
    """No team or nothing due is one sentence; Cancel ends it anywhere, and nothing is written."""
    days = days_of(sample)
    with pytest.raises(XunluError, match="No team is on duty"):
        plan_days(sample.snapshot(), Days(days, teams=(), iterations=1))
    with pytest.raises(XunluError, match="No site is due"):
        plan_days(sample.snapshot(), Days((date(2000, 1, 1), date(2000, 1, 2)), iterations=1))
    for limit in (0.0, 0.25, 0.65):

        def report(done: float, _text: str, limit: float = limit) -> None:
            if done >= limit:
                raise Cancelled

        with pytest.raises(Cancelled):
            plan_days(sample.snapshot(), Days(days, seconds=8), report)


def test_a_site_that_is_open_shorter_on_some_days_may_still_be_visited_on_them(sample: Project) -> None:
    """Days share the hours they have in common; one with quite other hours is barred, and what is too short too."""
    day = days_of(sample)[0]
    sites, team = horizon.pool_of(sample, [day])[:1], intake.going(sample, day)[0][:1]
    problem = intake.problem_of(sample, day, sites, team, ways.router(sample, day, Mode.CAR))
    hour = 3600

    def joined(*hours: tuple[tuple[int, int], ...]) -> Visit:
        visits = [replace(problem.visits[0], windows=each, closure="", service_s=hour) for each in hours]
        days = [replace(problem, visits=(visit,)) for visit in visits]
        return crew_days.joined(days, np.ones((1, len(days)), dtype=bool)).visits[0]

    day_long, morning = ((9 * hour, 17 * hour),), ((9 * hour, 14 * hour),)
    shorter = joined(day_long, morning, ())
    assert shorter.windows == morning
    assert not shorter.barred
    other = joined(day_long, ((16 * hour, 20 * hour),), day_long)
    assert other.windows == day_long
    assert other.barred == {f"1 {team[0]}"}
    assert joined((), ()).windows == ()
