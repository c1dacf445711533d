"""A plan on a desk: what a move would do is what it does once it is made, in words that name every rule broken."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.language import Language
from geo.model import Mode
from geo.planning.byhand import hand
from geo.planning.byhand.desk import Desk, open_desk
from geo.planning.byhand.moved import signed
from geo.planning.plans import compare, day
from geo.planning.plans.locks import Lock, lock_of, lock_route, lock_stops
from geo.planning.plans.marks import marks
from geo.planning.plans.stored import Still, StoredPlan
from geo.planning.plans.timeline import timeline
from geo.planning.problem import Crew, Problem
from geo.planning.rules import Break
from geo.planning.timetable import Timetable
from geo.planning.together import time_routes
from geo.store.edits import edit, update
from geo.store.project import Project
from tests.geo.problems import HOUR, on_a_line, problems, visit


def plan_of(project: Project) -> str:
    """Return the plan of the project's day."""
    plan = day.current_plan(project, project.today())
    assert plan is not None
    return plan


def desk_of(problem: Problem, routes: tuple[tuple[int, ...], ...]) -> Desk:
    """Return a desk on which some routes lie."""
    rows = tuple(f"row {number}" for number in range(len(problem.visits)))
    return Desk(StoredPlan("plan", problem, routes, rows, np.empty((0, 2))), Still(Mode.CAR), Timetable(problem))


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Draw a problem, some of whose visits meet, with random routes."""
    problem = draw(problems())
    keys = st.sampled_from(["", "", "a", "b"])
    visits = tuple(replace(one, together=draw(keys), address=draw(keys), setup_s=300) for one in problem.visits)
    crews = tuple(replace(one, pause=Break(11 * HOUR, 13 * HOUR, 1800)) for one in problem.crews)
    rules = replace(problem.rules, addresses_together=draw(st.booleans()))
    routes: list[list[int]] = [[] for _ in crews]
    for number in draw(st.permutations(range(len(visits)))):
        owner = draw(st.integers(-1, len(crews) - 1))
        if owner >= 0:
            routes[owner].append(number)
    return desk_of(replace(problem, visits=visits, crews=crews, rules=rules), tuple(map(tuple, routes)))


@given(desks(), st.data())
def test_a_move_tried_is_timed_as_the_whole_plan_would_be(desk: Desk, data: st.DataObject) -> None:
    """Times kept from before change nothing; every visit moved is where it is wanted, all others keep their order."""
    for _ in range(3):
        stops = data.draw(st.lists(st.integers(0, len(desk.problem.visits) - 1), min_size=1, unique=True))
        crew = data.draw(st.none() | st.integers(0, len(desk.problem.crews) - 1))
        place = data.draw(st.integers(0, 9))
        moved = desk.moved(stops, crew, place)
        assert list(moved.timed) == time_routes(desk.problem, moved.routes)
        others = [[stop for stop in route if stop not in stops] for route in desk.routes]
        assert [[stop for stop in route if stop not in stops] for route in moved.routes] == others
        if crew is not None:
            start = min(place, len(others[crew]))
            assert list(moved.routes[crew][start : start + len(stops)]) == stops
        told = {(change.team, one.violation) for change in moved.changes for one in (*change.broken, *change.as_before)}
        now = {(desk.problem.crews[c.crew].id, one) for c in moved.changes for one in c.after.violations}
        assert told == now
        assert moved.travel_s == sum(one.travel_s for one in moved.timed) - sum(one.travel_s for one in desk.timed)


@given(desks(), st.data())
def test_a_move_and_its_reverse_change_nothing(desk: Desk, data: st.DataObject) -> None:
    """Who puts a stop back where it was has the plan as it was, without any change to tell."""
    stop = data.draw(st.integers(0, len(desk.problem.visits) - 1))
    where = desk.place_of(stop)
    back = desk.moved([stop], None, 0) if where is None else desk.moved([stop], *where)
    assert back.routes == desk.routes
    assert not back.is_change


def test_words_name_kilometres_minutes_and_every_rule_broken() -> None:
    """A stop moved behind one that ends late is too late itself; in both languages it is said how much changes."""
    visits = [visit(0, 600), visit(1, 600, (8 * HOUR, 9 * HOUR)), visit(2, 600)]
    crews = [Crew("c0", "team 0", (8 * HOUR, 10 * HOUR)), Crew("c1", "team 1", (9 * HOUR, 17 * HOUR))]
    problem = on_a_line([600, 1200, 1800, 0, 0], visits, crews)
    desk = desk_of(replace(problem, locked={1: (2,)}), ((0, 1), (2,)))
    moved = desk.moved([1], 1, 1)
    assert moved.figures("en") == [
        "team 1: ±0.0 km, ±0 min, back at 10:20",
        "team 0: −12.0 km, −20 min, back at 08:30",
        "In all: −12.0 km, −20 min",
    ]
    assert moved.faults("en") == [
        "site 1: 60 min too late for the opening time",
        "team 1: the whole route is locked",
    ]
    assert "无变化" in desk.moved([1], 0, 1).text("zh")
    assert "公里" in moved.text("zh")


def test_numbers_have_their_sign() -> None:
    """What rounds to nothing has no sign of its own."""
    assert [signed(0.04, 1), signed(-0.04, 1), signed(1.25, 1), signed(-3, 0)] == ["±0.0", "±0.0", "+1.2", "−3"]


def test_what_the_desk_said_is_what_the_edit_writes(planned: Project) -> None:
    """Three stops moved together are one edit and one undo; stored times and marks are those that were told."""
    plan = plan_of(planned)
    desk = open_desk(planned.snapshot(), plan)
    before = timeline(planned.snapshot(), plan)
    giver, taker = [line for line in before.lines if len(line.bars) > 5][:2]
    ids = [bar.stop for bar in giver.bars[1:4]]
    moved = desk.moved(desk.visits(ids), desk.crew(taker.team), 2)
    planned.apply(hand.move_stops(planned.snapshot(), plan, ids, taker.team, 2))
    after = {line.team: line for line in timeline(planned.snapshot(), plan).lines}
    assert [bar.stop for bar in after[taker.team].bars[2:5]] == ids
    for change in moved.changes:
        line = after[change.team]
        assert [bar.start_s for bar in line.bars] == [stop.start_s for stop in change.after.stops]
        assert (line.start_s, line.end_s, line.metres) == (
            change.after.start_s,
            change.after.end_s,
            change.after.metres,
        )
    told = {one.text("en").split(": ", 1)[1] for c in moved.changes for one in (*c.broken, *c.as_before)}
    assert {text for texts in marks(planned.snapshot(), plan, "en").values() for text in texts} == told
    planned.undo()
    assert timeline(planned.snapshot(), plan) == before


def test_several_stops_are_taken_off_in_one_edit(planned: Project) -> None:
    """Each is listed as left out by hand, once."""
    plan = plan_of(planned)
    line = next(one for one in timeline(planned.snapshot(), plan).lines if len(one.bars) > 4)
    gone = line.bars[1:3]
    planned.apply(hand.take_stops_off(planned.snapshot(), plan, [bar.stop for bar in gone]))
    left = planned.frame("left_out")
    assert set(left.loc[left["reason"] == "by_hand", "site"]) == {bar.site for bar in gone}
    planned.apply(hand.move_stops(planned.snapshot(), plan, [bar.site for bar in gone], line.team, 1))
    assert not (planned.frame("left_out")["reason"] == "by_hand").any()
    again = next(one for one in timeline(planned.snapshot(), plan).lines if one.team == line.team)
    assert [bar.site for bar in again.bars] == [bar.site for bar in line.bars]


def test_locks_are_stored_shown_and_go_with_a_stop_that_is_moved(planned: Project) -> None:
    """A stop moved by hand keeps its lock at its new place; one pushed off its place by another is marked."""
    plan = plan_of(planned)
    line = next(one for one in timeline(planned.snapshot(), plan).lines if len(one.bars) > 5)
    stop, other = line.bars[2].stop, line.bars[4].stop
    planned.apply(lock_stops(planned.snapshot(), plan, [stop], Lock.PLACE))
    planned.apply(lock_stops(planned.snapshot(), plan, [line.bars[0].site], Lock.TEAM))
    planned.apply(lock_route(planned.snapshot(), plan, line.team, locked=True))
    shown = next(one for one in timeline(planned.snapshot(), plan).lines if one.team == line.team)
    assert [bar.lock for bar in shown.bars[:4]] == [Lock.TEAM, Lock.NONE, Lock.PLACE, Lock.NONE]
    assert shown.locked
    assert not marks(planned.snapshot(), plan)
    planned.apply(hand.move_stops(planned.snapshot(), plan, [stop], line.team, 3))
    assert planned.row("stops", stop)["lock_place"] == 3
    planned.apply(hand.move_stops(planned.snapshot(), plan, [other], line.team, 0))
    assert "not at the place it is locked to" in marks(planned.snapshot(), plan, "en")[line.bars[2].site]
    planned.apply(lock_stops(planned.snapshot(), plan, [stop], Lock.NONE))
    row = planned.row("stops", stop)
    assert lock_of(row["locked"], row["lock_place"]) is Lock.NONE
    planned.apply(lock_route(planned.snapshot(), plan, line.team, locked=False))
    assert not planned.frame("routes")["locked"].any()


def test_two_plans_are_compared(planned: Project, speaks: Callable[[Language], None]) -> None:
    """A plan differs from itself in nothing; from one with a stop moved in that stop, in both languages."""
    plan = plan_of(planned)
    same = compare.compare(planned.snapshot(), plan, plan)
    assert same.one == same.other
    assert not same.moved
    assert not same.changed_order
    from geo.planning.plans.wish import Wish

    planned.apply(day.make_plan(planned.snapshot(), Wish(planned.today(), iterations=5)))
    other = plan_of(planned)
    line = next(one for one in timeline(planned.snapshot(), other).lines if len(one.bars) > 3)
    there = next(one for one in timeline(planned.snapshot(), other).lines if one.team != line.team)
    before = compare.compare(planned.snapshot(), plan, other)
    planned.apply(hand.move_stops(planned.snapshot(), other, [line.bars[1].stop], there.team, 0))
    planned.apply(hand.take_stops_off(planned.snapshot(), other, [line.bars[2].stop]))
    found = compare.compare(planned.snapshot(), plan, other)
    assert found.other.visits == before.other.visits - 1
    assert line.bars[2].site in found.only_one
    assert found.other.longest_s >= found.other.shortest_s > 0
    for lang in ("en", "zh"):
        speaks(lang)  # type: ignore[arg-type]
        assert all(all(row) for row in found.figures())
        assert len(found.changes()) == 3


def test_marks_follow_all_rules_without_new_times(planned: Project) -> None:
    """A team that may have fewer stops, and a site that needs what a team lacks, are marked; stored times stay."""
    plan = plan_of(planned)
    line = next(one for one in timeline(planned.snapshot(), plan).lines if len(one.bars) > 3)
    site = line.bars[0].site
    planned.apply(
        edit(
            "rules",
            [
                update("teams", line.team, planned.row("teams", line.team), {"max_stops": 2}),
                update("sites", site, planned.row("sites", site), {"needs": "cold chain"}),
            ],
        )
    )
    found = marks(planned.snapshot(), plan, "en")
    assert found[site] == ["the team lacks: cold chain"]
    assert found[line.team] == [f"{len(line.bars) - 2} stops more than the team may have"]
    assert next(one for one in timeline(planned.snapshot(), plan).lines if one.team == line.team).bars == line.bars
