"""The status followed edit by edit, which must be what is found when all sites are assessed anew."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.inspection import status
from geo.inspection.concerns import changes_status
from geo.inspection.following import concerned, follow
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.project import Project

TODAY = date(2021, 6, 2)
SITES = [f"s{number}" for number in range(6)]


def fresh(project: Project) -> pd.DataFrame:
    """Return what an assessment says that knows of no other."""
    status._last.clear()
    status._verdicts.clear()
    return status.assess(project)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with six sites, one kind, a plan and the day 2 June 2021."""
    project = Project.create(tmp_path_factory.mktemp("following") / "p.gpkg")
    days = {"interval_low": 30, "interval_medium": 14, "interval_high": 7}
    rows = [insert("sites", id=site, name=site, kind="school", geometry=shapely.Point(113, 23)) for site in SITES]
    project.apply(
        edit(
            "make",
            [
                insert("settings", id="today", key="today", value=TODAY.isoformat()),
                insert("kinds", id="k", code="school", name="学校", **days),
                insert("plans", id="p", title="plan", date=TODAY.isoformat()),
                *rows,
            ],
        )
    )
    return project


def _visit(draw: st.DrawFn, number: int) -> RowChange:
    day = (TODAY - timedelta(days=draw(st.integers(-3, 50)))).isoformat()
    state = draw(st.sampled_from(["done", "planned", "in_progress", "no_access"]))
    return insert("inspections", id=f"i{number}", site=draw(st.sampled_from(SITES)), date=day, state=state,
                  result=draw(st.sampled_from(["passed", "findings"])))  # fmt: skip


@st.composite
def steps(draw: st.DrawFn) -> list[str]:
    """Give some kinds of edits in some order."""
    return draw(st.lists(st.sampled_from(["visit", "finding", "stop", "risk", "name", "add", "remove", "plan", "undo",
                                          "unvisit"]), min_size=1, max_size=8))  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), wanted=steps())
def test_following_says_what_a_fresh_assessment_says(made: Project, data: st.DataObject, wanted: list[str]) -> None:
    """After any edits, what is followed equals what is found anew, in every column and in who is due."""
    told = [fresh(made)]
    seen: list[Edit] = []

    def listen(made_edit: Edit) -> None:
        seen.append(made_edit)
        followed = follow(told[-1], made, made_edit)
        told.append(status.assess(made) if followed is None else followed)
        due = status.due_mask(made, TODAY).copy()
        states = status.states(made).copy()
        pd.testing.assert_frame_equal(told[-1], fresh(made))
        assert due.tolist() == status.due_mask(made, TODAY).tolist()
        assert states.tolist() == status.states(made).tolist()

    begun = len(made._done)
    leave = made.subscribe(listen)
    try:
        for number, step in enumerate(wanted):
            _do(made, data, step, len(made.frame("inspections")) * 100 + number)
    finally:
        while len(made._done) > begun:
            made.undo()
        leave()
        made._undone.clear()


def _do(project: Project, data: st.DataObject, step: str, number: int) -> None:
    if step == "undo":
        if project.can_undo and project.undo_title != "make":
            project.undo()
        return
    sites, visits = project.frame("sites"), project.frame("inspections")
    site = str(data.draw(st.sampled_from(list(sites.index))))
    row, plan = project.row("sites", site), project.row("plans", "p")
    gone = str(visits.index[0]) if len(visits) else ""
    day = (TODAY + timedelta(days=number % 3)).isoformat()
    made: dict[str, RowChange | None] = {
        "visit": data.draw(st.composite(lambda draw: _visit(draw, number))()),
        "unvisit": delete("inspections", gone, project.row("inspections", gone)) if gone else None,
        "finding": insert("findings", id=f"f{number}", site=site, state="open", due="2021-06-01"),
        "stop": insert("stops", id=f"t{number}", plan="p", site=site),
        "risk": update("sites", site, row, {"risk": "high", "interval_days": 3}),
        "name": update("sites", site, row, {"name": row["name"] + "."}),
        "add": insert("sites", id=f"n{number}", name="new", kind="school"),
        "remove": delete("sites", site, row) if len(sites) > 2 else None,
        "plan": update("plans", "p", plan, {"date": day}),
    }
    project.apply(edit(step, [made[step]]))


def test_settings_and_kinds_concern_every_site(made: Project) -> None:
    """Where the day or a rota changes, nothing is followed."""
    change = update("kinds", "k", made.row("kinds", "k"), {"interval_low": 3})
    assert concerned(made, edit("rota", [change])) is None
    told = fresh(made)
    assert follow(told, made, edit("rota", [change])) is None


def test_only_the_settings_that_decide_concern_every_site(made: Project) -> None:
    """The day and the lead time do; a bookmark, a kept selection, a style or a base map concern none."""
    for key in ("bookmark.a", "selection.b", "style", "basemap"):
        kept = edit("keep", [insert("settings", key=key, value="x")])
        assert not changes_status(made, kept)
        assert concerned(made, kept) == set()
    for change in (
        insert("settings", key="lead_days", value="3"),
        update("settings", "today", made.row("settings", "today"), {"value": "2021-06-03"}),
        delete("settings", "today", made.row("settings", "today")),
    ):
        assert changes_status(made, edit("decide", [change]))
        assert concerned(made, edit("decide", [change])) is None


def test_verdict_is_not_of_another_day(tmp_path: Path) -> None:
    """A project that follows the clock is assessed anew when the day has turned."""
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(edit("make", [insert("sites", id="s", name="s", kind="x")]))
        assert status.held(project, ()) is None
        status.assess(project, project.today() - timedelta(days=1))
        assert status.held(project, ()) is None
        status.assess(project)
        assert status.held(project, ()) is not None
