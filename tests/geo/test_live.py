"""Changes to a plan while its day goes on, on the sample's plan with recorded inspections and real streets."""

from typing import Any

import pytest

from geo.errors import XunluError
from geo.hours import format_clock, parse_clock
from geo.planning.byhand import live
from geo.planning.byhand.desk import open_desk
from geo.planning.byhand.moment import Moment
from geo.planning.byhand.standing import standing
from geo.planning.plans import day, plan_json
from geo.planning.plans.wish import Wish
from geo.store.edits import edit, insert
from geo.store.project import Project

Plan = dict[str, Any]

NOON = Moment(12 * 3600)
AS_PLANNED = Moment(12 * 3600, as_planned=True)


def current(project: Project) -> Plan:
    """Return the plan of the project's day."""
    plan = day.current_plan(project, project.today())
    assert plan is not None
    return plan_json.as_json(project, plan)


def sites_of(route: Plan) -> list[str]:
    """Return the sites of a route in order."""
    return [stop["site"] for stop in route["stops"]]


def record(project: Project, route: Plan, count: int, *, late_s: int = 0, going_on: bool = False) -> None:
    """Write down inspections of the first stops of a route, some seconds later than planned; the last may go on."""
    rows = []
    for number, stop in enumerate(route["stops"][:count]):
        ongoing = going_on and number == count - 1
        rows.append(
            insert(
                "inspections",
                site=stop["site"],
                team=route["team"],
                date=project.today().isoformat(),
                started=format_clock(stop["start_s"] + late_s),
                ended="" if ongoing else format_clock(stop["leave_s"] + late_s),
                state="in_progress" if ongoing else "done",
            )
        )
    project.apply(edit("record", rows))


def replan(project: Project, plan: str, moment: Moment) -> live.Outcome:
    """Plan the rest of the day, changing as little as possible."""
    wish = Wish(project.today(), few_changes=True, iterations=30)
    return live.replan(project.snapshot(), plan, moment, wish)


def test_what_was_done_stays_as_it_was_and_the_rest_starts_from_there(planned: Project) -> None:
    """Recorded stops keep team, order and recorded times; nothing planned begins before now; undo takes it back."""
    before = current(planned)
    long = [route for route in before["routes"] if len(route["stops"]) >= 5][:3]
    for route in long:
        record(planned, route, 3, late_s=600, going_on=True)
    outcome = replan(planned, before["plan"], NOON)
    assert outcome.frozen == 9
    planned.apply(outcome.edit)
    after = current(planned)
    assert after["version"] == before["version"] + 1
    for route in long:
        new = next(one for one in after["routes"] if one["team"] == route["team"])
        assert sites_of(new)[:3] == sites_of(route)[:3]
        for stop, was in zip(new["stops"][:3], route["stops"][:3], strict=True):
            assert format_clock(stop["start_s"]) == format_clock(was["start_s"] + 600)
        now = max(NOON.now_s, new["stops"][2]["leave_s"])
        for stop in new["stops"][3:]:
            assert stop["arrive_s"] >= now
            now = stop["leave_s"]
        assert new["metres"] == sum(stop["leg_m"] for stop in new["stops"]) + new["back_m"]
    frozen = {site for route in long for site in sites_of(route)[:3]}
    for route in after["routes"]:
        assert all(stop["start_s"] >= NOON.now_s for stop in route["stops"] if stop["site"] not in frozen)
    everyone = sorted(site for route in before["routes"] for site in sites_of(route))
    everyone += [one["site"] for one in before["left_out"]]
    again = [site for route in after["routes"] for site in sites_of(route)] + [one["site"] for one in after["left_out"]]
    assert sorted(again) == sorted(everyone)
    teams = {site: route["team"] for route in after["routes"] for site in sites_of(route)}
    assert outcome.moved == sum(
        teams.get(site) != route["team"] for route in before["routes"] for site in sites_of(route)
    )
    planned.undo()
    assert current(planned) == before


def test_when_all_goes_as_planned_nothing_is_moved(planned: Project) -> None:
    """A day replanned at noon that is on time keeps who visits what, and every time that is past."""
    before = current(planned)
    outcome = replan(planned, before["plan"], AS_PLANNED)
    planned.apply(outcome.edit)
    after = current(planned)
    assert outcome.frozen > 50
    assert outcome.moved <= 3
    news = {route["team"]: route for route in after["routes"]}
    for route, new in ((route, news[route["team"]]) for route in before["routes"]):
        for stop, other in zip(route["stops"], new["stops"], strict=False):
            if stop["start_s"] <= AS_PLANNED.now_s:
                assert (stop["site"], stop["start_s"], stop["leave_s"]) == (
                    other["site"],
                    other["start_s"],
                    other["leave_s"],
                )


def test_an_urgent_site_has_a_price_for_each_team_and_goes_where_it_was_chosen(planned: Project) -> None:
    """Prices are sorted, the best fits, and the insertion adds just that travel; others keep their rows."""
    before = current(planned)
    planned_sites = {site for route in before["routes"] for site in sites_of(route)}
    left = {one["site"] for one in before["left_out"]}
    urgent = next(str(site) for site in planned.frame("sites").index if site not in planned_sites | left)
    found = live.urgent_prices(planned.snapshot(), before["plan"], urgent, AS_PLANNED)
    assert len(found) == len(before["routes"])
    fitting = [price for price in found if price.fits]
    assert [price.extra_s for price in fitting] == sorted(price.extra_s for price in fitting)
    choice = fitting[1]
    outcome = live.insert_urgent(planned.snapshot(), before["plan"], urgent, choice.team, AS_PLANNED)
    planned.apply(outcome.edit)
    after = current(planned)
    assert after["plan"] == before["plan"]
    for route, new in zip(before["routes"], after["routes"], strict=True):
        if route["team"] == choice.team:
            assert [site for site in sites_of(new) if site != urgent] == sites_of(route)
            stop = next(stop for stop in new["stops"] if stop["site"] == urgent)
            assert stop["arrive_s"] >= AS_PLANNED.now_s
        else:
            assert route == new
    with pytest.raises(XunluError):
        live.insert_urgent(
            planned.snapshot(), before["plan"], sites_of(before["routes"][0])[0], choice.team, AS_PLANNED
        )
    planned.undo()
    assert current(planned) == before


def test_a_team_that_drops_out_leaves_what_it_has_done_and_gives_away_the_rest(planned: Project) -> None:
    """Its stops are on other routes, where they break nothing, or left out with a reason; all others keep theirs."""
    before = current(planned)
    gone = max(before["routes"], key=lambda route: len(route["stops"]))
    record(planned, gone, 2)
    moment = Moment(parse_clock("10:30"))
    outcome = live.drop_out(planned.snapshot(), before["plan"], gone["team"], moment)
    planned.apply(outcome.edit)
    after = current(planned)
    assert after["plan"] == before["plan"]
    rest = sites_of(gone)[2:]
    assert outcome.moved == len(rest)
    assert sites_of(next(route for route in after["routes"] if route["team"] == gone["team"])) == sites_of(gone)[:2]
    elsewhere = {site for route in after["routes"] if route["team"] != gone["team"] for site in sites_of(route)}
    reasons = {one["site"]: one["reason"] for one in after["left_out"]}
    assert all(site in elsewhere or site in reasons for site in rest)
    assert sum(site in elsewhere for site in rest) > 0
    for route, new in zip(before["routes"], after["routes"], strict=True):
        if route["team"] != gone["team"]:
            assert [site for site in sites_of(new) if site not in rest] == sites_of(route)
    planned.undo()
    assert current(planned) == before


def test_teams_stand_where_they_were_last(planned: Project) -> None:
    """The rest of the day starts from the last stop made, and limits and breaks count what is behind."""
    before = current(planned)
    route = next(route for route in before["routes"] if len(route["stops"]) >= 4)
    record(planned, route, 2)
    tables = planned.snapshot()
    desk = open_desk(tables, before["plan"])
    now = standing(tables, desk, NOON.now_s)
    crew = desk.crew(route["team"])
    last = desk.visits([route["stops"][1]["site"]])[0]
    there = desk.visits([route["stops"][2]["site"]])[0]
    rest = now.rest
    assert rest.matrix.seconds[rest.start(crew), there] == desk.problem.matrix.seconds[last, there]
    assert rest.crews[crew].shift[0] == NOON.now_s
    assert now.spent(crew)[0] == sum(stop["leg_m"] for stop in route["stops"][:2])
    assert not any(rest.allowed[:, stop].any() for stop in now.made)
