"""What is said of one site of a stored plan, on real streets, and changes that are made with one step."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.planning.office import conflicts, intake
from geo.planning.plans import day, granted, plan_json
from geo.planning.plans.marks import marks
from geo.planning.plans.wish import Wish
from geo.planning.reasons.granting import grant, take_back
from geo.planning.reasons.why import Account, account
from geo.store.edits import edit, update
from geo.store.project import Project

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def planned_file(planned_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample with its plan, with the routing graph of streets that no closure closes beside it as well."""
    path = tmp_path_factory.mktemp("why") / planned_file.name
    shutil.copy(planned_file, path)
    shutil.copytree(planned_file.with_suffix(".cache"), path.with_suffix(".cache"))
    with Project.open(path) as project:
        plan = current(project)
        closed = next(one for one in plan["left_out"] if one["reason"] == "closure")
        why(project, plan["plan"], closed["site"])
    return path


def current(project: Project) -> Plan:
    """Return the plan of the project's day."""
    plan = day.current_plan(project, project.today())
    assert plan is not None
    told = plan_json.as_json(project, plan)
    # A row that is taken back comes last in its table.
    return {**told, "left_out": sorted(told["left_out"], key=lambda one: str(one["site"]))}


def test_each_site_left_out_says_why_and_what_would_admit_it(planned: Project) -> None:
    """The sentence names the smallest change; a closure's is that it is lifted, tried on streets that are open."""
    plan = current(planned)
    tables = planned.snapshot()
    for one in plan["left_out"]:
        told = account(tables, plan["plan"], one["site"])
        assert told is not None
        assert (told.team, told.stop) == ("", "")
        if one["reason"] == "unreachable":
            assert told.offers == ()
        else:
            assert told.offers
        if one["reason"] == "closure":
            assert next(change.kind for change in told.offers[0].changes) == "closure"
        elif one["changes"]:
            assert told.offers[0].text == one["changes"][0]["text"]
            assert one["changes"][0]["text"] in one["detail"] or one["reason"] == "no_time"


def test_a_stop_has_a_price_with_each_team(planned: Project) -> None:
    """The present team comes first with what the stop costs there, then the others, those first where it fits best."""
    plan = current(planned)
    route = next(route for route in plan["routes"] if len(route["stops"]) > 4)
    told = account(planned.snapshot(), plan["plan"], route["stops"][2]["site"])
    assert told is not None
    assert told.team == route["name"]
    assert [price.is_present for price in told.prices] == [True] + [False] * (len(plan["routes"]) - 1)
    assert told.prices[0].position == 2
    fitting = [price.extra_s for price in told.prices[1:] if price.fits]
    assert fitting == sorted(fitting)
    assert told.reason.endswith(".")


def test_every_change_is_made_with_one_step_and_taken_back_with_one(planned: Project) -> None:
    """What gives is written down and the site is on a route that breaks no rule; undo takes back both."""
    plan = current(planned)
    kinds = set()
    for one in plan["left_out"]:
        for offer in why(planned, plan["plan"], one["site"]).offers:
            planned.apply(grant(planned.snapshot(), plan["plan"], one["site"], offer.changes))
            after = current(planned)
            assert one["site"] in {stop["site"] for route in after["routes"] for stop in route["stops"]}
            assert marks(planned, plan["plan"]) == {}, offer.text
            planned.undo()
            assert current(planned) == plan
            kinds |= {change.kind for change in offer.changes}
    assert {"closure", "overtime", "closes_later"} <= kinds


def why(project: Project, plan: str, site: str) -> Account:
    """Return what is said of a site of a plan."""
    told = account(project.snapshot(), plan, site)
    assert told is not None
    return told


def set_values(project: Project, table: str, row: str, **values: object) -> None:
    """Give a row of a project other values."""
    project.apply(edit("x", [update(table, row, project.row(table, row), values)]))


def own_sites(project: Project) -> tuple[Project, str, list[str]]:
    """Return a project, a team of it with a leader, and the first sites of its area that are due, on an own shift."""
    team = next(str(team) for team, row in project.frame("teams").iterrows() if row["name_en"] == "Beijing Team")
    area = project.row("teams", team)["subdistrict"]
    sites = project.frame("sites")
    mine = [site for site in intake.wanted_sites(project, project.today()) if sites.loc[site, "subdistrict"] == area]
    for site in mine[:4]:
        set_values(project, "sites", site, windows="", exceptions="", service_min=30)
    set_values(project, "teams", team, shift="09:00-16:00")
    return project, team, mine[:4]


def overtime(project: Project, team: str, _sites: list[str]) -> None:
    """Make the shift too short for all."""
    set_values(project, "teams", team, shift="09:00-11:00")


def stops(project: Project, team: str, _sites: list[str]) -> None:
    """Allow three stops."""
    set_values(project, "teams", team, max_stops=3)


def skill(project: Project, _team: str, sites: list[str]) -> None:
    """Ask for what nobody has."""
    set_values(project, "sites", sites[1], needs="cold chain")


def conflict(project: Project, team: str, sites: list[str]) -> None:
    """Bar all inspectors of the team, whoever is there, from a site."""
    people = project.frame("inspectors")
    barred = {str(person): True for person in people.index[people["team"] == team]}
    project.apply(conflicts.change(project, [sites[2]], barred))


def area(project: Project, team: str, sites: list[str]) -> None:
    """Keep the team to its area, in which a site does not lie."""
    own = project.row("teams", team)["subdistrict"]
    other = next(str(one) for one in project.frame("subdistricts").index if one != own)
    set_values(project, "sites", sites[0], subdistrict=other)
    set_values(project, "teams", team, hard_area=True)


def one_team(project: Project, _team: str, sites: list[str]) -> None:
    """Ask for two teams at a site, of which only one goes."""
    set_values(project, "sites", sites[3], teams_needed=2)


def back_later(project: Project, _team: str, sites: list[str]) -> None:
    """Open a site so late that the samples cannot be back in time."""
    set_values(project, "sites", sites[3], windows="10:00-12:00", return_by="10:20")


def open_day(project: Project, _team: str, sites: list[str]) -> None:
    """Close a site on the day."""
    set_values(project, "sites", sites[1], exceptions=f"{project.today()} closed", windows="09:00-12:00")


@pytest.mark.parametrize(
    "rule", [overtime, stops, skill, conflict, area, one_team, back_later, open_day], ids=lambda rule: rule.__name__
)
def test_what_was_granted_holds_for_the_plan_alone(
    planned: Project, rule: Callable[[Project, str, list[str]], None]
) -> None:
    """The site is admitted and no rule is marked, also in the plan that goes on from it; other days are as before."""
    project, team, sites = own_sites(planned)
    rule(project, team, sites)
    wish = Wish(project.today(), teams=(team,), sites=tuple(sites), iterations=20)
    project.apply(day.make_plan(project.snapshot(), wish))
    plan = current(project)
    tables = project.snapshot()
    assert plan["left_out"]
    for one in {left["site"] for left in plan["left_out"]}:
        told = why(project, plan["plan"], one)
        option = next(offer for offer in told.offers if {change.kind for change in offer.changes} == {rule.__name__})
        project.apply(grant(project.snapshot(), plan["plan"], one, option.changes))
    after = current(project)
    assert after["left_out"] == []
    assert marks(project, plan["plan"]) == {}
    assert project.frame("teams").equals(tables.frame("teams"))
    assert project.frame("conflicts").equals(tables.frame("conflicts"))
    if rule is open_day:
        windows = next(stop["windows"] for stop in after["routes"][0]["stops"] if stop["site"] == sites[1])
        assert windows == [[9 * 3600, 12 * 3600]]
        return
    assert after["granted"]
    assert project.frame("sites").equals(tables.frame("sites"))
    # A plan that goes on from it has it too, one made anew has not.
    project.apply(day.make_plan(project.snapshot(), replace(wish, present=plan["plan"])))
    assert current(project)["left_out"] == []
    assert current(project)["granted"] == after["granted"]
    project.apply(day.make_plan(project.snapshot(), wish))
    assert current(project)["left_out"]
    assert current(project)["granted"] == []
    for change in granted.granted(project, plan["plan"]):
        project.apply(take_back(project.snapshot(), plan["plan"], change))
    assert granted.told(project, plan["plan"]) == []
    assert marks(project, plan["plan"]) != {}


@pytest.mark.parametrize("spare", [True, False], ids=["one that stays goes", "one more is added"])
def test_one_more_team_takes_what_fits_nowhere(planned: Project, spare: bool) -> None:
    """A team that stays goes, on duty or not; where there is none, one is added that is on duty in this plan only."""
    project, team, sites = own_sites(planned)
    stops(project, team, sites)
    frame = project.frame("teams")
    others = [str(one) for one in frame.index if one != team]
    for other in others:
        # Nowhere to begin: it can be sent nowhere.
        place = {"active": False} if spare else {"active": False, "geometry": None}
        set_values(project, "teams", other, **place)
    wish = Wish(project.today(), sites=tuple(sites), iterations=20)
    project.apply(day.make_plan(project.snapshot(), wish))
    plan = current(project)
    (left,) = plan["left_out"]
    kinds = {
        change.kind: offer for offer in why(project, plan["plan"], left["site"]).offers for change in offer.changes
    }
    assert ("goes" in kinds, "team" in kinds) == (spare, not spare)
    before = len(project.frame("teams"))
    option = kinds["goes" if spare else "team"]
    project.apply(grant(project.snapshot(), plan["plan"], left["site"], option.changes))
    after = current(project)
    assert after["left_out"] == []
    assert marks(project, plan["plan"]) == {}
    assert [len(route["stops"]) for route in after["routes"]] == [3, 1]
    assert len(project.frame("teams")) == before + (not spare)
    assert intake.going(project, project.today())[0] == [team]
    project.undo()
    assert current(project) == plan


@pytest.mark.parametrize(
    ("begins", "ends", "left"),
    [
        (-3, 4, [(-3, -1), (1, 4)]),
        (-3, None, [(-3, -1), (1, None)]),
        (-3, 0, [(-3, -1)]),
        (0, 2, [(1, 2)]),
        (0, 0, []),
    ],
)
def test_a_closure_is_open_on_the_day_alone(
    planned: Project, begins: int, ends: int | None, left: list[tuple[int, int | None]]
) -> None:
    """It ends before the day and begins again after it; on every other day it is in force as before."""
    today = planned.today()

    def on(days: int | None) -> str:
        return "" if days is None else (today + timedelta(days=days)).isoformat()

    plan = current(planned)
    closed = next(one for one in plan["left_out"] if one["reason"] == "closure")
    (closure,) = planned.frame("closures").index
    set_values(planned, "closures", closure, from_date=on(begins), to_date=on(ends))
    offer = why(planned, plan["plan"], closed["site"]).offers[0]
    planned.apply(grant(planned.snapshot(), plan["plan"], closed["site"], offer.changes))
    frame = planned.frame("closures")
    found = sorted(zip(frame["from_date"].tolist(), frame["to_date"].tolist(), strict=True))
    assert found == [(on(first), on(last)) for first, last in left]
    assert closed["site"] in {stop["site"] for route in current(planned)["routes"] for stop in route["stops"]}
