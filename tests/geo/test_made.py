"""Which stops of a plan were made on its day, from real inspections."""

from geo.planning.plans import day
from geo.planning.plans.made import made
from geo.planning.plans.timeline import timeline
from geo.store.edits import edit, insert
from geo.store.project import Project


def test_a_stop_is_made_once_it_is_recorded_on_the_day(planned: Project) -> None:
    """Only inspections of the day of the plan count, not planned ones; of two the last is told."""
    plan, today = day.current_plan(planned, planned.today()), planned.today().isoformat()
    assert plan is not None
    before = made(planned, plan)
    frame = planned.frame("stops")
    one, two, three = [site for site in frame["site"].tolist() if site not in before][:3]
    planned.apply(
        edit(
            "x",
            [
                insert("inspections", site=one, date=today, state="in_progress"),
                insert("inspections", site=one, date=today, state="done"),
                insert("inspections", site=two, date=today, state="planned"),
                insert("inspections", site=three, date="2021-05-30", state="done"),
            ],
        )
    )
    assert made(planned, plan) == {**before, one: "done"}
    assert timeline(planned.snapshot(), plan).made == made(planned, plan)
    assert made(planned, "no such plan") == {}
