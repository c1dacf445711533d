"""What is said of one site of a stored plan, on real streets, and changes that are made with one step."""

from typing import Any

from geo.planning.plans import day, plan_json
from geo.planning.plans.marks import marks
from geo.planning.reasons.granting import can_grant, grant
from geo.planning.reasons.why import account
from geo.store.project import Project

Plan = dict[str, Any]


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
            assert not can_grant(told.offers[0].changes)
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


def test_a_change_is_made_with_one_step_and_taken_back_with_one(planned: Project) -> None:
    """What gives is written down and the site is on a route that breaks no rule; undo takes back both."""
    plan = current(planned)
    tried = 0
    for one in plan["left_out"]:
        told = account(planned.snapshot(), plan["plan"], one["site"])
        assert told is not None
        for offer in told.offers:
            if not can_grant(offer.changes):
                continue
            planned.apply(grant(planned.snapshot(), plan["plan"], one["site"], offer.changes))
            after = current(planned)
            assert one["site"] in {stop["site"] for route in after["routes"] for stop in route["stops"]}
            assert marks(planned, plan["plan"]) == {}, offer.text
            planned.undo()
            assert current(planned) == plan
            tried += 1
    assert tried > 3
