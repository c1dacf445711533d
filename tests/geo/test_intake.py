"""From what stands in a project to the problem: every rule of an office, read from real rows."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.hours import DAY
from geo.model import Mode
from geo.planning.office import addresses, intake, rulebook, staff, visiting, ways
from geo.planning.plans import plan_json
from geo.planning.plans.day import make_plan
from geo.planning.plans.stored import Still
from geo.planning.plans.wish import Wish
from geo.planning.problem import Problem, Visit
from geo.planning.rules import Break, PlanRules
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from tests.geo.problems import problems, ruled

DAY_ONE = date(2021, 6, 2)
HOUR = 3600
STILL = Still(Mode.CAR)


def changed(project: Project, table: str, row: str, **values: Any) -> None:
    """Change cells of a row."""
    project.apply(edit("change", [update(table, row, project.row(table, row), values)]))


@pytest.fixture
def office(tmp_path: Path) -> Any:
    """Give a project with two teams, an inspector each, and three sites named a, b and c."""
    with Project.create(tmp_path / "office.gpkg") as project:
        rows = [
            insert("kinds", id="k", code="hotel", name="hotel", service_min=30),
            insert("teams", id="t1", name="one", subdistrict="", geometry=shapely.Point(113.26, 23.13)),
            insert("teams", id="t2", name="two", geometry=shapely.Point(113.27, 23.13)),
            insert("inspectors", id="p1", name="p1", team="t1"),
            insert("inspectors", id="p2", name="p2", team="t2"),
        ]
        rows += [
            insert("sites", id=one, code=one, name=one, kind="hotel", geometry=shapely.Point(113.26 + at / 100, 23.12))
            for at, one in enumerate("abc")
        ]
        project.apply(edit("set up", rows))
        yield project


def problem(project: Project, *sites: str, day: date = DAY_ONE, plan: str | None = None) -> Problem:
    """Return the problem of visiting some sites with both teams."""
    return intake.problem_of(project, day, sites or ("a", "b", "c"), ["t1", "t2"], STILL, plan=plan)


def visit(project: Project, site: str = "a", **values: Any) -> Visit:
    """Return a site's visit after some of its cells were changed."""
    changed(project, "sites", site, **values)
    return problem(project, site).visits[0]


def test_what_says_nothing_changes_nothing(office: Project) -> None:
    """Rows as they come into a project give a visit and a crew without any rule of their own."""
    found = problem(office)
    assert found.visits[0] == Visit("a", "a", 30 * 60, worth=1)
    assert [(crew.id, crew.pause, crew.overtime_s, crew.most_stops, crew.mode) for crew in found.crews] == [
        ("t1", None, 0, None, ""),
        ("t2", None, 0, None, ""),
    ]
    assert len(found.matrix.seconds) == 5
    assert found.allowed.all()
    assert not found.extra.any()


def test_exceptions_take_the_place_of_the_usual_times(office: Project) -> None:
    """On the date its own windows, or none at all, which bars every team; on other dates the usual ones."""
    usual = {"windows": "08:30-17:30", "exceptions": "2021-06-02 10:00-11:00; 2021-06-03 closed"}
    assert visit(office, **usual).windows == ((10 * HOUR, 11 * HOUR),)
    closed = problem(office, "a", day=date(2021, 6, 3))
    assert closed.visits[0].closed
    assert closed.barrier(0, 0) == "closed"
    assert not closed.allowed.any()
    assert problem(office, "a", day=date(2021, 6, 4)).visits[0].windows == ((30_600, 63_000),)
    assert visit(office, exceptions="now and then").unreadable


def test_the_stay_counts_checklist_and_findings_to_verify(office: Project) -> None:
    """30 min of the kind, 10 for its checklist, 3 for each of two findings; a stay of its own replaces the kind's."""
    changed(office, "kinds", "k", checklist_min=10)
    office.apply(rulebook.change(office, PlanRules(verify_min=3)))
    states = ("open", "rectified", "verified", "closed")
    visited = insert("inspections", site="a", date="2021-05-01", state="done", result="findings")
    found = [insert("findings", site="a", inspection=visited.id, description="x", state=state) for state in states]
    office.apply(edit("findings", [visited, *found]))
    assert [one.service_s // 60 for one in problem(office).visits] == [46, 40, 40]
    assert visit(office, service_min=5).service_s == 11 * 60
    changed(office, "kinds", "k", verify_min=0)
    assert problem(office, "a").visits[0].service_s == 5 * 60


def test_sites_at_one_address_share_its_key(office: Project) -> None:
    """The same house in two spellings and the same point are one address; a street without a number is none."""
    for site, text in (("a", "东华南路１号"), ("b", "东华南路 1 号"), ("c", "东华南路")):
        changed(office, "sites", site, address=text, geometry=shapely.Point(113.26 + ord(site) / 1e5, 23.13))
    office.apply(rulebook.change(office, PlanRules(setup_min=4)))
    first, second, third = problem(office).visits
    assert first.address == second.address != ""
    assert (third.address, [one.setup_s for one in (first, second, third)]) == ("", [240] * 3)
    changed(office, "sites", "c", geometry=office.row("sites", "a")["geometry"], setup_min=0)
    assert problem(office).visits[2].address == first.address
    assert problem(office).visits[2].setup_s == 0


@given(st.lists(st.tuples(st.sampled_from(["", "中山路1号", "中山路2号", "x"]), st.integers(0, 2)), max_size=8))
def test_address_keys_do_not_hang_on_the_order_of_the_sites(sites: list[tuple[str, int]]) -> None:
    """Who shares an address with whom stays the same when the table is turned round; nobody shares one alone."""
    texts, points = [text for text, _ in sites], np.array([shapely.Point(at / 1e4, 0) for _, at in sites], dtype=object)
    keys, back = addresses.keys(texts, points), addresses.keys(texts[::-1], points[::-1])[::-1]
    together = [[one == other != "" for other in keys] for one in keys]
    assert together == [[one == other != "" for other in back] for one in back]
    assert all(keys.count(key) > 1 for key in keys if key)


def test_skills_are_those_of_the_team_and_of_who_is_there(office: Project) -> None:
    """In any case and width of letters; an inspector who is away takes the skill along."""
    changed(office, "sites", "a", needs="冷链；Ladder")
    changed(office, "teams", "t1", skills="ladder, car")
    changed(office, "inspectors", "p1", skills=" 冷链 ")
    assert problem(office, "a").allowed.ravel().tolist() == [True, False]
    assert problem(office, "a").barrier(1, 0) == "skill"
    changed(office, "inspectors", "p1", away_from="2021-06-01", away_to="2021-06-02")
    assert not problem(office, "a").allowed.any()
    assert staff.skills_of("Ｃold  Chain、冷链\nX") == {"cold chain", "冷链", "x"}


def test_a_conflict_bars_the_team_only_while_the_inspector_is_there(office: Project) -> None:
    """回避: p1 may not inspect a; on leave he is in nobody's way."""
    office.apply(edit("conflict", [insert("conflicts", inspector="p1", site="a"),
                                   insert("conflicts", inspector="gone", site="b")]))  # fmt: skip
    found = problem(office)
    assert found.visits[0].barred == {"t1"}
    assert found.allowed.tolist() == [[False, True, True], [True, True, True]]
    changed(office, "inspectors", "p1", away_from="2021-06-02")
    assert problem(office).allowed.all()


def test_a_site_for_two_teams_is_two_visits_at_the_end(office: Project) -> None:
    """Both begin together, their places stand in the order of the matrix, and no third is made."""
    changed(office, "sites", "b", teams_needed=2)
    found = problem(office)
    assert [one.id for one in found.visits] == ["a", "b", "c", "b"]
    assert [one.together for one in found.visits] == ["", "b", "", "b"]
    places = intake.places_of(office, ["a", "b", "c"], ["t1", "t2"])
    assert np.array_equal(places[1], places[3])
    assert len(places) == len(found.matrix.seconds)
    assert [one.id for one in problem(office, "a", "b", "b").visits] == ["a", "b", "b"]


def test_must_visits_are_planned_and_required_on_their_day(office: Project) -> None:
    """On that day it is wanted even if it is not due; the rule can be switched off."""
    assert visit(office, must_visit="2021-06-02").required
    assert "a" in intake.wanted_sites(office, DAY_ONE)
    assert not problem(office, "a", day=date(2021, 6, 3)).visits[0].required
    office.apply(rulebook.change(office, PlanRules(keeps_must=False)))
    assert not problem(office, "a").visits[0].required


def test_samples_are_back_by_the_time_of_the_shift(office: Project) -> None:
    """A time before a night shift begins is that of the next morning; one that is no time is named."""
    assert visit(office, return_by="16:00").return_by_s == 16 * HOUR
    for team in ("t1", "t2"):
        changed(office, "teams", team, shift="20:00-04:00")
    assert visit(office, return_by="02:00").return_by_s == DAY + 2 * HOUR
    with pytest.raises(XunluError, match=r"^a: “soon”"):
        visit(office, return_by="soon")


def test_a_team_has_its_own_limits_or_those_of_the_office(office: Project) -> None:
    """0 is a limit, empty is none; the break of a night shift lies after midnight."""
    office.apply(rulebook.change(office, PlanRules(overtime_min=30, has_break=True)))
    limits = {"overtime_min": 0, "break_window": "00:00-02:00", "break_min": 45, "max_stops": 5, "max_km": 40}
    changed(office, "teams", "t1", shift="20:00-04:00", max_travel_min=90, hard_area=True, **limits)
    changed(office, "teams", "t2", break_min=0)
    one, two = problem(office).crews
    assert one.pause == Break(DAY, DAY + 2 * HOUR - 2700, 2700)
    assert (one.overtime_s, one.most_stops, one.most_metres, one.most_travel_s) == (0, 5, 40_000, 5400)
    assert one.hard_area
    assert (two.pause, two.overtime_s, two.most_stops) == (None, 1800, None)
    changed(office, "teams", "t2", break_min=None)
    assert problem(office).crews[1].pause == Break(41_400, 45_000, 3600)
    changed(office, "teams", "t1", break_window="11:00-12:00; 18:00-19:00")
    with pytest.raises(XunluError, match=r"^one: There are several times"):
        problem(office)
    changed(office, "teams", "t1", break_window="00:00-02:00", break_min=180)
    with pytest.raises(XunluError, match=r"^one: A break of 180 min does not fit"):
        problem(office)


def test_teams_begin_and_end_at_base_home_or_anywhere(office: Project) -> None:
    """Ends have places of their own only where one differs; a home without coordinates is named."""
    changed(office, "teams", "t1", start_kind="free", geometry=None, end_kind="free")
    found = problem(office)
    assert len(found.matrix.seconds) == 5
    assert (found.crews[0].free_start, found.crews[0].free_end) == (True, True)
    assert found.reachable(0, 0)
    changed(office, "teams", "t2", end_kind="home", home_lon=113.3, home_lat=23.1)
    places = intake.places_of(office, ["a", "b", "c"], ["t1", "t2"])
    found = problem(office)
    assert (len(found.matrix.seconds), found.end(1) - found.start(1)) == (7, 2)
    assert places[found.end(1)].tolist() == [113.3, 23.1]
    assert places[found.start(1)].tolist() == [113.27, 23.13]
    changed(office, "teams", "t2", home_lat=None)
    with pytest.raises(XunluError, match="home of “two”"):
        problem(office)
    changed(office, "teams", "t2", home_lat=231.0)
    with pytest.raises(XunluError, match="outside the world"):
        problem(office)
    changed(office, "teams", "t1", start_kind="base")
    with pytest.raises(XunluError, match="base of “one”"):
        problem(office)


def test_locks_of_a_plan_are_kept(office: Project) -> None:
    """Present teams, locks to team and place, whole routes; a lock to a team that does not go holds nothing."""
    plan = insert("plans", id="plan", date="2021-06-02")
    rows = [
        insert("routes", plan="plan", team="t1", locked=True),
        insert("routes", plan="plan", team="t2"),
        insert("stops", plan="plan", team="t1", site="b", seq=2),
        insert("stops", plan="plan", team="t1", site="a", seq=1),
        insert("stops", plan="plan", team="t2", site="c", seq=1, lock_place=0),
    ]
    office.apply(edit("plan", [plan, *rows]))
    found = problem(office, plan="plan")
    assert [one.crew for one in found.visits] == ["t1", "t1", "t2"]
    assert [(one.locked, one.place) for one in found.visits] == [(False, None), (False, None), (True, 0)]
    assert found.locked == {0: (0, 1)}
    assert found.allowed[:, 2].tolist() == [False, True]
    assert intake.locked_sites(office, "plan") == ["b", "a", "c"]
    alone = intake.problem_of(office, DAY_ONE, ["c"], ["t1"], STILL, plan="plan")
    assert alone.visits[0].crew == ""
    assert alone.allowed.all()


def test_a_team_that_shrinks_stays_and_the_plan_says_so(planned: Project) -> None:
    """With two inspectors at least, a team of which all but one are away is on no route."""
    team = str(planned.frame("teams").index[0])
    people = planned.frame("inspectors")
    mine = people.index[people["team"] == team].tolist()
    for person in mine[1:]:
        changed(planned, "inspectors", person, away_from="2021-06-01", away_to="")
    planned.apply(rulebook.change(planned, PlanRules(least_inspectors=2)))
    going, staying = intake.going(planned, planned.today())
    assert team not in going
    assert staying[team] == 1
    made = make_plan(planned.snapshot(), Wish(planned.today(), iterations=1))
    planned.apply(made)
    plan = next(change.id for change in made.changes if change.table == "plans")
    data = plan_json.as_json(planned, plan)
    assert team not in {route["team"] for route in data["routes"]}
    assert data["stayed"][0].endswith("stays at its base: 1 of at least 2 inspectors are there.")
    assert data["stayed"][0] in plan_json.as_text(data)
    only = Wish(planned.today(), teams=(team,), iterations=1)
    with pytest.raises(XunluError, match="1 of at least 2"):
        make_plan(planned.snapshot(), only)


def test_a_team_on_foot_travels_on_foot(planned: Project) -> None:
    """Its travel is that of the other mode between the same places; who says what the plan does has none of its own."""
    first, second = map(str, planned.frame("teams").index[:2])
    changed(planned, "teams", first, mode="foot")
    changed(planned, "teams", second, mode="car")
    sites = intake.wanted_sites(planned, planned.today())[:5]
    car, foot = (ways.router(planned, planned.today(), mode) for mode in (Mode.CAR, Mode.FOOT))
    found = intake.problem_of(planned, planned.today(), sites, [first, second], car)
    places = intake.places_of(planned, sites, [first, second])
    assert found.travels.keys() == {"foot"}
    assert np.array_equal(found.travel(0).seconds, intake.matrix_of(places, foot).seconds)
    assert np.array_equal(found.travel(1).seconds, intake.matrix_of(places, car).seconds)
    assert (found.travel(0).seconds > found.travel(1).seconds).mean() > 0.5


def test_what_does_not_fit_leaves_out_least_by_risk_and_delay(planned: Project) -> None:
    """A step of risk, a week and a deadline add their weights to 1, and nothing where the weights are 0."""
    day, sites = planned.today(), planned.frame("sites")
    some = PlanRules(risk_weight=3, overdue_weight=0, deadline_weight=0)
    ids = [str(site) for site in sites.index]
    steps = sites["risk"].map({"low": 1, "medium": 4, "high": 7}).tolist()
    assert visiting.worths(planned, day, ids, some) == steps
    none = PlanRules(risk_weight=0, overdue_weight=0, deadline_weight=0)
    assert set(visiting.worths(planned, day, ids, none)) == {1}
    late = visiting.worths(planned, day, ids, PlanRules(risk_weight=0, overdue_weight=5, deadline_weight=0))
    assert set(late) <= {1, 6, 11, 16, 21}
    assert len(set(late)) > 1
    reached = visiting.worths(planned, day, ids, PlanRules(risk_weight=0, overdue_weight=0, deadline_weight=9))
    assert set(reached) == {1, 10}


@given(st.one_of(problems(), ruled()))
def test_who_may_go_where_is_what_the_barriers_say(some: Problem) -> None:
    """The tables of permissions and prices hold for each crew and visit what asking one by one gives."""
    for crew in range(len(some.crews)):
        for one in range(len(some.visits)):
            assert some.allowed[crew, one] == (some.barrier(crew, one) is None)
            present = some.visits[one].crew
            moved = bool(present) and present != some.crews[crew].id
            price = some.rules.foreign_visit_s * some.is_foreign(crew, one) + some.rules.move_s * moved
            assert some.extra[crew, one] == price


def test_each_team_keeps_its_own_visit_of_a_site_for_two(office: Project) -> None:
    """Whichever team comes first on paper, routes to start from and present teams tell the two visits apart alike."""
    changed(office, "sites", "b", teams_needed=2)
    rows = [insert("plans", id="p", date=DAY_ONE.isoformat(), mode="car", version=1)]
    rows += [insert("routes", plan="p", team=team) for team in ("t1", "t2")]
    rows += [
        insert("stops", plan="p", team="t1", site="a", seq=1),
        insert("stops", plan="p", team="t1", site="b", seq=2),
        insert("stops", plan="p", team="t2", site="b", seq=1),
    ]
    office.apply(edit("plan", rows))
    planned = problem(office, plan="p")
    routes = intake.placed(problem(office), office, "p").routes
    assert [[planned.visits[stop].id for stop in route] for route in routes] == [["a", "b"], ["b"]]
    for crew, route in zip(planned.crews, routes, strict=True):
        assert {planned.visits[stop].crew for stop in route} == {crew.id}
