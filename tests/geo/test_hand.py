"""Changes to a plan by hand, on the sample's plan with real streets."""

import time
from typing import Any

import shapely

from geo.planning.byhand import hand
from geo.planning.office import intake
from geo.planning.plans import day, plan_json
from geo.planning.plans.marks import marks
from geo.store.edits import edit, update
from geo.store.project import Project

Plan = dict[str, Any]


def current(project: Project) -> Plan:
    """Return the plan of the project's day."""
    plan = day.current_plan(project, project.today())
    assert plan is not None
    return plan_json.as_json(project, plan)


def sites_of(route: Plan) -> list[str]:
    """Return the sites of a route in order."""
    return [stop["site"] for stop in route["stops"]]


def line_of(project: Project, plan: Plan, team: str) -> shapely.LineString:
    """Return the way of a team on the map."""
    routes = project.frame("routes")
    line = routes[(routes["plan"] == plan["plan"]) & (routes["team"] == team)]["geometry"].iloc[0]
    assert isinstance(line, shapely.LineString)
    return line


def adds_up(route: Plan) -> bool:
    """Return whether each time of a route follows from the one before."""
    now = route["start_s"]
    for stop in route["stops"]:
        if stop["arrive_s"] != now + stop["leg_s"] or stop["leave_s"] != stop["start_s"] + stop["service_s"]:
            return False
        now = stop["leave_s"]
    return bool(route["end_s"] == now + route["back_s"])


def test_a_stop_moved_to_another_team_changes_both_routes_and_undo_takes_it_back(planned: Project) -> None:
    """Order, times, lengths and ways of both follow in one edit; the stop stays the row it was."""
    before = current(planned)
    here, there = before["routes"][:2]
    site = sites_of(here)[1]
    rows = set(planned.frame("stops").index)
    planned.apply(hand.move_stop(planned.snapshot(), before["plan"], site, there["team"], 2))
    after = current(planned)
    assert sites_of(after["routes"][0]) == [one for one in sites_of(here) if one != site]
    assert sites_of(after["routes"][1]) == [*sites_of(there)[:2], site, *sites_of(there)[2:]]
    assert after["routes"][2:] == before["routes"][2:]
    assert all(adds_up(route) for route in after["routes"])
    assert set(planned.frame("stops").index) == rows
    assert not line_of(planned, after, there["team"]).equals(line_of(planned, before, here["team"]))
    planned.undo()
    assert current(planned) == before
    planned.redo()
    assert current(planned) == after


def test_a_stop_moved_and_moved_back_leaves_the_plan_as_the_solver_made_it(planned: Project) -> None:
    """Hand edits and the solver share one schedule and one router: every second and every vertex is the same again."""
    before = current(planned)
    here, there = before["routes"][:2]
    site = sites_of(here)[1]
    way = line_of(planned, before, here["team"])
    planned.apply(hand.move_stop(planned, before["plan"], site, there["team"], 0))
    planned.apply(hand.move_stop(planned, before["plan"], site, here["team"], 1))
    assert current(planned) == before
    assert line_of(planned, before, here["team"]).equals(way)


def test_a_stop_can_change_its_place_in_the_order(planned: Project) -> None:
    """Places count without the stop itself, and past the end is the end."""
    plan = current(planned)
    route = plan["routes"][0]
    first, *rest = sites_of(route)
    planned.apply(hand.move_stop(planned, plan["plan"], first, route["team"], 99))
    assert sites_of(current(planned)["routes"][0]) == [*rest, first]
    planned.apply(hand.move_stop(planned, plan["plan"], first, route["team"], 1))
    assert sites_of(current(planned)["routes"][0]) == [rest[0], first, *rest[1:]]


def test_a_stop_taken_off_is_listed_and_can_be_put_back_at_its_best_place(planned: Project) -> None:
    """It is left out by hand, and adding it finds a place that breaks no rule."""
    plan = current(planned)
    site = sites_of(plan["routes"][0])[1]
    planned.apply(hand.take_off(planned, plan["plan"], site))
    without = current(planned)
    assert {one["site"]: one["reason"] for one in without["left_out"]}[site] == "by_hand"
    assert without["totals"]["stops"] == plan["totals"]["stops"] - 1
    planned.apply(hand.add_site(planned, plan["plan"], site))
    again = current(planned)
    assert again["left_out"] == plan["left_out"]
    assert again["totals"]["stops"] == plan["totals"]["stops"]
    assert not marks(planned, plan["plan"])


def test_a_route_may_lose_its_last_stop_and_get_one_again(planned: Project) -> None:
    """A team without stops stays in the plan, at its base, without a line."""
    plan = current(planned)
    route = plan["routes"][2]
    for site in sites_of(route):
        planned.apply(hand.take_off(planned, plan["plan"], site))
    empty = current(planned)["routes"][2]
    assert (empty["stops"], empty["metres"], empty["travel_s"]) == ([], 0, 0)
    assert empty["start_s"] == empty["end_s"]
    planned.apply(hand.move_stop(planned, plan["plan"], sites_of(route)[0], route["team"], 0))
    assert adds_up(current(planned)["routes"][2])
    assert line_of(planned, plan, route["team"]).length > 0


def test_a_plan_as_made_breaks_no_rule(planned: Project) -> None:
    """Nothing is marked."""
    assert marks(planned, current(planned)["plan"]) == {}


def test_nothing_is_forbidden_and_everything_is_marked(planned: Project) -> None:
    """Sites left out go on a route all the same: late, closed off, without a way, over the shift, each in words."""
    plan = current(planned)
    left = {one["reason"]: one["site"] for one in plan["left_out"]}
    team = plan["routes"][0]["team"]
    for site in (left["closure"], left["unreachable"], left["no_window"]):
        planned.apply(hand.move_stop(planned, plan["plan"], site, team, 1))
    for _ in range(3):
        moved = sites_of(current(planned)["routes"][1])[0]
        planned.apply(hand.move_stop(planned, plan["plan"], moved, team, 99))
    found = marks(planned, plan["plan"], "en")
    assert "inside a closure" in found[left["closure"]]
    assert "not reachable by road" in found[left["closure"]]
    assert "not reachable by road" in found[left["unreachable"]]
    assert "back" in found[team][0]
    assert "late" in " ".join(text for site in found for text in found[site])
    assert all(
        "\u4e00" <= text[0] <= "\u9fff" for texts in marks(planned, plan["plan"], "zh").values() for text in texts
    )
    after = current(planned)["routes"][0]
    assert adds_up(after)
    assert line_of(planned, plan, team).length > 0


def test_rules_that_change_after_the_plan_was_made_are_marked_too(planned: Project) -> None:
    """A site that shuts earlier and a shift that is cut short show at once; the stored times stay."""
    plan = current(planned)
    route = plan["routes"][0]
    site = sites_of(route)[-1]
    changes = [
        update("sites", site, planned.row("sites", site), {"windows": "06:00-07:00"}),
        update("teams", route["team"], planned.row("teams", route["team"]), {"shift": "09:00-10:00"}),
    ]
    planned.apply(edit("change", changes))
    assert marks(planned, plan["plan"]).keys() == {site, route["team"]}


def test_a_hand_edit_is_quick(planned: Project) -> None:
    """Times and ways of a route of 15 stops follow within a blink; the limit leaves room for a slow machine."""
    plan = current(planned)
    route = next(route for route in plan["routes"] if len(route["stops"]) > 9)
    hand.move_stop(planned, plan["plan"], sites_of(route)[0], route["team"], 5)
    took = []
    for _ in range(3):
        started = time.perf_counter()
        hand.move_stop(planned, plan["plan"], sites_of(route)[0], route["team"], 5)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.3


def test_intake_reads_stays_from_the_site_or_its_kind(planned: Project) -> None:
    """A site's own minutes count before its kind's."""
    sites = list(planned.frame("sites").index[:2])
    changes = [update("sites", sites[0], planned.row("sites", sites[0]), {"service_min": 7})]
    changes.append(update("sites", sites[1], planned.row("sites", sites[1]), {"service_min": None}))
    planned.apply(edit("change", changes))
    kinds = planned.frame("kinds").set_index("code")["service_min"]
    own, of_kind = intake.visits_of(planned, planned.today(), sites, ())
    assert (own.service_s, of_kind.service_s) == (420, 60 * kinds[planned.row("sites", sites[1])["kind"]])
