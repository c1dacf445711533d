"""The plan of a day, made from the sample with real streets and the real search."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo import language
from geo.errors import XunluError
from geo.inspection.absence import on_duty
from geo.inspection.status import due_sites
from geo.model import Mode
from geo.planning.byhand import hand
from geo.planning.engine import solver
from geo.planning.office import intake, ways
from geo.planning.plans import day, plan_json
from geo.planning.plans.wish import Wish
from geo.planning.schedule import time_route
from geo.progress import Cancelled
from geo.store.edits import Edit, edit, insert, update
from geo.store.project import Project

Plan = dict[str, Any]


def plan_of(project: Project) -> Plan:
    """Return the plan of the project's day as JSON has it, read back from text."""
    plan = day.current_plan(project, project.today())
    assert plan is not None
    read: Plan = json.loads(json.dumps(plan_json.as_json(project, plan)))
    return read


def changed(project: Project, table: str, row: str, **values: Any) -> None:
    """Change cells of a row."""
    project.apply(edit("change", [update(table, row, project.row(table, row), values)]))


def content(made: Edit) -> list[dict[str, Any]]:
    """Return what an edit writes, without the ids and the time, which are new each time."""
    fresh = {"plan", "created_at"}
    return [{k: v for k, v in (c.after or {}).items() if k not in fresh} for c in made.changes]


def test_every_due_site_is_on_one_route_or_left_out_with_its_reason(planned: Project) -> None:
    """No site is silently left out, none is visited twice, and no other is visited."""
    plan = plan_of(planned)
    routed = [stop["site"] for route in plan["routes"] for stop in route["stops"]]
    left_out = [site["site"] for site in plan["left_out"]]
    assert sorted(routed + left_out) == sorted(due_sites(planned, planned.today()))
    assert len(routed) > 150
    assert plan["totals"]["stops"] == len(routed)
    assert plan["totals"]["left_out"] == len(left_out) > 0
    assert {"closure", "unreachable", "no_window"} <= {site["reason"] for site in plan["left_out"]}
    assert all(site["detail"] and site["name"] for site in plan["left_out"])


def test_times_add_up_windows_and_shifts_are_kept(planned: Project) -> None:
    """On the clock of the contract: arrival in a window, leave after the stay, next arrival after the leg."""
    plan = plan_of(planned)
    shifts = {crew.id: crew.shift for crew in intake.crews_of(planned, list(planned.frame("teams").index))}
    for route in plan["routes"]:
        now = route["start_s"]
        assert now >= shifts[route["team"]][0]
        for stop in route["stops"]:
            assert stop["arrive_s"] == now + stop["leg_s"]
            assert stop["arrive_s"] <= stop["start_s"]
            assert stop["leave_s"] == stop["start_s"] + stop["service_s"]
            assert any(a <= stop["start_s"] and stop["leave_s"] <= b for a, b in stop["windows"])
            now = stop["leave_s"]
        assert route["end_s"] == now + route["back_s"] <= shifts[route["team"]][1]
        assert route["travel_s"] == sum(stop["leg_s"] for stop in route["stops"]) + route["back_s"]
        assert route["metres"] == sum(stop["leg_m"] for stop in route["stops"]) + route["back_m"]
    assert plan["totals"]["travel_s"] == sum(route["travel_s"] for route in plan["routes"])


def test_legs_are_those_of_the_router_and_lines_follow_the_streets(planned: Project) -> None:
    """Seconds and metres come from the matrix; the line begins at the team's base and passes every stop."""
    plan = plan_of(planned)
    router = ways.router(planned, planned.today(), Mode.CAR)
    for route in plan["routes"][:4]:
        base = [route["base"]["lon"], route["base"]["lat"]]
        places = np.array([base, *([stop["lon"], stop["lat"]] for stop in route["stops"]), base])
        matrix = router.matrix(places)
        steps = np.arange(len(places) - 1)
        assert [s["leg_s"] for s in route["stops"]] + [route["back_s"]] == matrix.seconds[steps, steps + 1].tolist()
        assert [s["leg_m"] for s in route["stops"]] + [route["back_m"]] == matrix.metres[steps, steps + 1].tolist()
        routes = planned.frame("routes")
        line = routes[(routes["plan"] == plan["plan"]) & (routes["team"] == route["team"])]["geometry"].iloc[0]
        away = shapely.distance(line, shapely.points(places))
        # The line runs on the street, a site stands beside it: 0.005 degrees are 500 m.
        assert away.max() < 0.005


def test_the_reasons_of_the_sample_are_true(planned: Project) -> None:
    """Each site left out is tried on every route, at every place, by the schedule."""
    plan = plan_of(planned)
    teams = [route["team"] for route in plan["routes"]]
    left = [site["site"] for site in plan["left_out"]]
    routed = [[stop["site"] for stop in route["stops"]] for route in plan["routes"]]
    sites = [*left, *(site for route in routed for site in route)]
    router = ways.router(planned, planned.today(), Mode.CAR)
    problem = intake.problem_of(planned, planned.today(), sites, teams, router)
    for visit, site in enumerate(plan["left_out"]):
        assert bool(problem.visits[visit].closure) == (site["reason"] == "closure")
        for crew, route in enumerate(routed):
            stops = [sites.index(stop) for stop in route]
            assert site["reason"] != "unreachable" or not problem.reachable(crew, visit)
            for place in range(len(stops) + 1):
                assert not time_route(problem, crew, [*stops[:place], visit, *stops[place:]]).is_feasible


def test_the_contract_has_its_keys(planned: Project) -> None:
    """Scripts and other offices rely on them."""
    plan = plan_of(planned)
    assert {"date", "seed", "mode", "totals", "routes", "left_out"} <= plan.keys()
    assert {"stops", "metres", "travel_s", "left_out"} <= plan["totals"].keys()
    assert {"team", "start_s", "end_s", "metres", "travel_s", "stops"} <= plan["routes"][0].keys()
    stop = "site name lon lat arrive_s start_s leave_s service_s windows leg_m leg_s"
    assert set(stop.split()) <= plan["routes"][0]["stops"][0].keys()
    assert {"site", "name", "reason", "detail"} <= plan["left_out"][0].keys()
    assert (plan["date"], plan["seed"], plan["mode"]) == ("2021-06-02", 1, "car")


def test_a_plan_reads_as_text_in_both_languages(planned: Project, speaks: Callable[[language.Language], None]) -> None:
    """Every team and every site left out has its line."""
    for lang in language.LANGUAGES:
        speaks(lang)
        plan = plan_of(planned)
        text = plan_json.as_text(plan)
        assert all(route["name"] in text for route in plan["routes"])
        assert all(site["detail"] in text for site in plan["left_out"])


def test_the_same_seed_and_iterations_give_the_same_rows(sample: Project) -> None:
    """A plan can be made again: same stops, times, reasons, lines."""
    first, second = (day.make_plan(sample.snapshot(), Wish(sample.today(), iterations=10, seed=5)) for _ in range(2))
    assert content(first) == content(second)


def test_a_new_plan_of_the_day_takes_the_place_of_the_old_one(planned: Project) -> None:
    """The newest version is the day's plan; undo brings the old one back."""
    before = day.current_plan(planned, planned.today())
    planned.apply(day.make_plan(planned.snapshot(), Wish(planned.today(), iterations=1)))
    after = day.current_plan(planned, planned.today())
    assert after is not None
    assert after != before
    assert planned.row("plans", after)["version"] == 2
    planned.undo()
    assert day.current_plan(planned, planned.today()) == before


def test_a_team_whose_people_are_all_away_does_not_go(planned: Project) -> None:
    """Its area's sites move to others; nothing is dropped."""
    people = planned.frame("inspectors")
    team = people["team"].iloc[0]
    for person in people.index[people["team"] == team]:
        changed(planned, "inspectors", person, away_from="2021-06-01", away_to="2021-06-02")
    assert team not in on_duty(planned, planned.today())
    assert team in on_duty(planned, date(2021, 6, 3))
    due = due_sites(planned, planned.today())
    planned.apply(day.make_plan(planned.snapshot(), Wish(planned.today(), iterations=1)))
    plan = plan_of(planned)
    assert team not in {route["team"] for route in plan["routes"]}
    assert plan["totals"]["stops"] + plan["totals"]["left_out"] == len(due)


def test_too_few_teams_leave_out_sites_for_want_of_time(planned: Project) -> None:
    """Two teams cannot do the work of eighteen: each site left has its minutes and the team that lacks least."""
    teams = on_duty(planned, planned.today())[:2]
    planned.apply(day.make_plan(planned.snapshot(), Wish(planned.today(), teams=tuple(teams), iterations=3)))
    short = [site for site in plan_of(planned)["left_out"] if site["reason"] == "no_time"]
    assert len(short) > 100
    assert all(site["minutes"] > 0 for site in short)
    names = {planned.row("teams", team)["name_en"] for team in teams}
    assert any(name in site["detail"] for site in short for name in names)


def test_a_site_without_a_place_is_left_out_and_says_so(planned: Project) -> None:
    """One bad row does not stop the district's plan."""
    site = due_sites(planned, planned.today())[0]
    changed(planned, "sites", site, geometry=None)
    planned.apply(day.make_plan(planned.snapshot(), Wish(planned.today(), iterations=1)))
    left = {one["site"]: one for one in plan_of(planned)["left_out"]}
    assert (left[site]["reason"], left[site]["detail"]) == ("unreachable", "It has no place on the map.")


def test_a_night_team_finds_the_next_mornings_opening(planned: Project) -> None:
    """A shift from 22:00 to 10:00 visits a site that is open from 08:00 to 09:00 on the day after."""
    plan = plan_of(planned)
    route = plan["routes"][0]
    site = route["stops"][0]["site"]
    changed(planned, "teams", route["team"], shift="22:00-10:00")
    changed(planned, "sites", site, windows="08:00-09:00")
    router = ways.router(planned, planned.today(), Mode.CAR)
    problem = intake.problem_of(planned, planned.today(), [site], [route["team"]], router)
    found = solver.solve(problem, iterations=5)
    assert found.routes == ((0,),)
    assert found.timed(problem)[0].stops[0].start_s == 115_200
    for place in (1, 0):
        planned.apply(hand.move_stop(planned, plan["plan"], site, route["team"], place))
    stop = plan_of(planned)["routes"][0]["stops"][0]
    assert stop["start_s"] == 115_200
    assert [115_200, 118_800] in stop["windows"]


def test_planning_can_be_stopped_at_any_point(sample: Project) -> None:
    """Whatever it is doing, when told to stop it ends, and nothing has been written."""
    for limit in (0.0, 0.15, 0.22):

        def report(done: float, _text: str, limit: float = limit) -> None:
            if done >= limit:
                raise Cancelled

        with pytest.raises(Cancelled):
            day.make_plan(sample.snapshot(), Wish(sample.today(), seconds=60), report=report)
    assert day.current_plan(sample, sample.today()) is None


def test_what_cannot_be_planned_says_what_to_do(sample: Project, tmp_path: Path) -> None:
    """No team, or nothing due: one sentence and a hint."""
    with pytest.raises(XunluError, match="No team is on duty"):
        day.make_plan(sample.snapshot(), Wish(sample.today(), teams=(), iterations=1))
    with Project.create(tmp_path / "empty.gpkg") as empty, pytest.raises(XunluError, match="No site is due"):
        day.make_plan(empty.snapshot(), Wish(empty.today() + timedelta(1), iterations=1))


def test_a_team_without_a_base_is_named(planned: Project) -> None:
    """Nobody can set out from nowhere."""
    planned.apply(edit("add", [insert("teams", id="t", name="无名", name_en="Nameless", active=True)]))
    with pytest.raises(XunluError, match="Nameless"):
        day.make_plan(planned.snapshot(), Wish(planned.today(), iterations=1))
