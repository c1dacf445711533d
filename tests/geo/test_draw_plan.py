"""The plan of a draw: every site with the team drawn for it, in the order drawn."""

import pytest

from geo.errors import XunluError
from geo.inspection.absence import on_duty
from geo.inspection.status import due_sites
from geo.planning.draws import draw_project, draw_record
from geo.planning.draws.draw import Terms
from geo.planning.draws.draw_plan import plan_of_draw
from geo.store.project import Project


def drawn(project: Project, *, count: int = 30, order: bool = False, teams: int = 6) -> draw_record.Record:
    """Draw some due sites for some teams."""
    day = project.today()
    going = tuple(on_duty(project, day)[:teams])
    pool = draw_project.pool_of(project, day, due_sites(project, day), by=["kind"], teams=going)
    terms = Terms("a seed", count, teams=going, random_order=order)
    record = draw_project.record_of(project, day, pool, terms, who="x", by=["kind"])
    project.apply(draw_project.keep(record))
    return record


@pytest.mark.parametrize("order", [False, True])
def test_each_site_goes_to_its_team_in_the_order_drawn(planned: Project, order: bool) -> None:
    """Every site of the draw is a stop of its team, locked to it, or left out; a drawn order is that of the stops."""
    record = drawn(planned, order=order)
    made = plan_of_draw(planned.snapshot(), record, iterations=20)
    planned.apply(made)
    plan = next(change.id for change in made.changes if change.table == "plans")
    stops, left = planned.frame("stops"), planned.frame("left_out")
    stops, left = stops[stops["plan"] == plan], left[left["plan"] == plan]
    rows = {row["id"]: row for row in record["result"]}
    assert sorted([*stops["site"], *left["site"]]) == sorted(rows)
    assert len(stops) > 20
    assert stops["locked"].all()
    assert all(rows[site]["team"] == team for site, team in zip(stops["site"], stops["team"], strict=True))
    if order:
        for _, route in stops.groupby("team"):
            places = [rows[site]["place"] for site in route.sort_values("seq")["site"]]
            assert places == sorted(places)


def test_kept_draws_come_back_and_can_be_undone(planned: Project) -> None:
    """The record in the project is the one that was made; undo takes the draw away."""
    record = drawn(planned)
    (kept,) = draw_project.kept_in(planned)
    assert draw_record.read(planned.row("draws", kept[0])["record"]) == record
    assert draw_record.differences(record) == []
    planned.undo()
    assert draw_project.kept_in(planned) == []


def test_a_draw_without_teams_cannot_be_planned(planned: Project) -> None:
    """It says what to do instead."""
    with pytest.raises(XunluError, match="no teams"):
        plan_of_draw(planned.snapshot(), drawn(planned, teams=0), iterations=1)
