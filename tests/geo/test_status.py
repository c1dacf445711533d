"""Each site has exactly one of nine statuses, by the rules and their order; and what is due is due."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.inspection import status
from geo.inspection.status import Facts, assess, decide, due_sites
from geo.model import Status
from geo.store.edits import Edit, RowChange, insert
from geo.store.project import Project

TODAY = date(2021, 6, 2)
DAY = np.datetime64(TODAY, "D")
NEVER = np.datetime64("NaT", "D")

Build = Callable[..., Project]


def on(days: int) -> str:
    """Return the ISO date so many days after today."""
    return (TODAY + timedelta(days=days)).isoformat()


def site(**values: Any) -> RowChange:
    """Return a site ``s`` of a kind that is due every 7, 5 or 3 days."""
    return insert("sites", **{"id": "s", "name": "s", "kind": "hotel", "geometry": shapely.Point(113, 23)} | values)


def visit(days: int, state: str = "done", result: str = "passed", **values: Any) -> RowChange:
    """Return a visit to site ``s`` so many days after today."""
    return insert("inspections", **{"site": "s", "date": on(days), "state": state, "result": result} | values)


def finding(due: int | None, state: str = "open") -> RowChange:
    """Return a finding at site ``s`` with a deadline so many days after today."""
    when = "" if due is None else on(due)
    return insert("findings", site="s", inspection="v", description="x", due=when, state=state)


def plan(days: int) -> tuple[RowChange, ...]:
    """Return a plan for so many days after today with a stop at site ``s``."""
    return (
        insert("plans", id=f"p{days}", date=on(days)),
        insert("stops", plan=f"p{days}", team="t", site="s", seq=1),
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project file with two kinds of site, today 2 June."""
    path = tmp_path_factory.mktemp("status") / "base.gpkg"
    project = Project.create(path)
    hotel = insert("kinds", code="hotel", name="酒店", interval_low=7, interval_medium=5, interval_high=3)
    never = {f"interval_{risk}": None for risk in ("low", "medium", "high")}
    park = insert("kinds", code="park", name="公园", **never)
    project.apply(Edit("base", (hotel, park, insert("settings", key="today", value=on(0)))))
    project.close()
    return path


@pytest.fixture
def build(base: Path, tmp_path: Path) -> Iterator[Build]:
    """Give a function that makes a project of one hotel, unless told of another `place`, with more rows."""
    project = Project.open(shutil.copy(base, tmp_path / "small.gpkg"))

    def made(*changes: RowChange, place: RowChange | None = None) -> Project:
        project.apply(Edit("rows", (place or site(), *changes)))
        return project

    yield made
    project.close()


def row(project: Project, day: date | None = None) -> dict[str, Any]:
    """Return what `assess` says of site ``s``."""
    return dict(assess(project, day).loc["s"])


CASES: tuple[tuple[str, Status, tuple[RowChange, ...]], ...] = (
    ("visited now", Status.IN_PROGRESS, (visit(-9), visit(0, "in_progress", ""), *plan(0), finding(-3))),
    ("on a plan", Status.PLANNED, (visit(-9), *plan(1), finding(-3))),
    ("planned one by one", Status.PLANNED, (visit(-9), visit(3, "planned", ""))),
    ("deadline past", Status.RECTIFICATION_OVERDUE, (visit(-2, result="findings"), finding(-1), finding(5))),
    ("deadline today", Status.FINDINGS_OPEN, (visit(-2, result="findings"), finding(0))),
    ("rectified late", Status.FINDINGS_OPEN, (visit(-9, result="findings"), finding(-1, "rectified"))),
    ("locked", Status.NO_ACCESS, (visit(-9), visit(-1, "no_access", ""))),
    ("locked once", Status.PASSED, (visit(-2, "no_access", ""), visit(-1))),
    ("rota past", Status.OVERDUE, (visit(-8),)),
    ("rota today", Status.DUE, (visit(-7),)),
    ("rota within lead", Status.DUE, (visit(-5),)),
    ("rota after lead", Status.PASSED, (visit(-4),)),
    ("never visited", Status.DUE, ()),
    (
        "findings settled",
        Status.NOT_DUE,
        (visit(-2, result="findings"), finding(-1, "closed"), finding(-1, "verified")),
    ),
    ("cancelled", Status.DUE, (visit(0, "cancelled", ""), visit(-6))),
    ("plan of the past", Status.PASSED, (visit(-1), *plan(-2))),
    ("plan carried out", Status.PASSED, (visit(0), *plan(0))),
)


@pytest.mark.parametrize(("expected", "changes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_status_has_its_reason(build: Build, expected: Status, changes: tuple[RowChange, ...]) -> None:
    """A site made for a rule gets the status of that rule, whatever lower rules say."""
    assert row(build(*changes))["status"] == expected.value


def test_a_kind_without_rota_is_never_due(build: Build) -> None:
    """A site whose kind has no interval is not due, unless it has an interval itself."""
    more = (site(id="own", kind="park", interval_days=1), site(id="unknown", kind="nothing"))
    table = assess(build(*more, place=site(kind="park")))
    assert list(table.loc[["s", "unknown", "own"], "status"]) == ["not_due", "not_due", "due"]
    assert list(table.loc[["s", "unknown"], "due_date"]) == ["", ""]


@pytest.mark.parametrize(("risk", "days"), [("low", 7), ("medium", 5), ("high", 3)])
def test_risk_sets_the_interval(build: Build, risk: str, days: int) -> None:
    """The higher the risk, the sooner a site is due again."""
    assert row(build(visit(-1), place=site(risk=risk)))["due_date"] == on(days - 1)


def test_due_date_is_the_earliest_reason(build: Build) -> None:
    """A site is due by rota, by a finding's deadline or the day after a visit in vain, whichever is first."""
    told = row(build(visit(-1, result="findings"), finding(3), finding(1, "rectified"), finding(None)))
    assert (told["due_date"], told["next_deadline"], told["open_findings"]) == (on(1), on(1), 3)
    assert told["last_date"] == on(-1)


def test_a_visit_in_vain_is_repeated_next_day(build: Build) -> None:
    """After a visit without access the site is due on the next day, though its rota has time."""
    told = row(build(visit(-2), visit(0, "no_access", "")))
    assert (told["status"], told["due_date"], told["last_date"]) == ("no_access", on(1), on(-2))


def test_the_later_visit_of_a_day_counts(build: Build) -> None:
    """Of two visits on a day the one that started later decides."""
    project = build(visit(-1, started="15:00"), visit(-1, "no_access", "", started="09:00"))
    assert row(project)["status"] == "passed"


def test_another_day_is_asked_with_its_own_past(build: Build) -> None:
    """The status on an earlier day knows nothing of later visits."""
    project = build(visit(-20), visit(-1))
    assert row(project)["status"] == "passed"
    told = row(project, TODAY - timedelta(days=10))
    assert (told["status"], told["last_date"]) == ("overdue", on(-20))


def test_due_sites_follow_plans(build: Build) -> None:
    """What is planned for a day is due for it still, what is planned for another day is not."""
    project = build(visit(-9))
    assert due_sites(project, TODAY) == ["s"]
    project.apply(Edit("plan", plan(0)))
    assert due_sites(project, TODAY) == ["s"]
    assert due_sites(project, TODAY + timedelta(days=1)) == []
    project.apply(Edit("visit", (visit(0, "in_progress", ""),)))
    assert due_sites(project, TODAY) == []


def test_lead_days_are_a_setting(build: Build) -> None:
    """The project says how many days ahead a site is due."""
    project = build(visit(-2))
    assert row(project)["status"] == "passed"
    project.apply(Edit("lead", (insert("settings", key="lead_days", value="5"),)))
    assert row(project)["status"] == "due"
    assert due_sites(project, TODAY) == ["s"]


def test_an_empty_project_has_no_status(tmp_path: Path) -> None:
    """Without sites there is an empty table, with its columns."""
    project = Project.create(tmp_path / "empty.gpkg")
    table = assess(project)
    assert (len(table), list(table)) == (0, ["status", "due_date", "last_date", "open_findings", "next_deadline"])
    assert due_sites(project, TODAY) == []
    project.close()


def test_rows_without_a_site_do_no_harm(build: Build) -> None:
    """Visits, findings and stops of a site that is gone are left aside."""
    project = build(visit(-1), visit(-1, site="gone"), insert("stops", plan="gone", team="t", site="s"))
    project.apply(Edit("more", (insert("findings", site="gone", inspection="v", description="x"),)))
    assert row(project)["status"] == "passed"


def test_all_statuses_occur_in_the_sample(sample: Project) -> None:
    """The sample shows each of the nine statuses, and 180 to 260 sites are due."""
    assert set(assess(sample)["status"]) == {one.value for one in Status}
    due = due_sites(sample, sample.today())
    assert 200 <= len(due) <= 240
    assert len(set(due)) == len(due)


days = st.one_of(st.none(), st.integers(-12, 12))


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what may be known of one site."""
    deadline = draw(days)
    return {
        "last": draw(days),
        "passed": draw(st.booleans()),
        "tried": draw(days),
        "locked_out": draw(st.booleans()),
        "in_progress": draw(st.booleans()),
        "planned": draw(days),
        "planned_elsewhere": draw(st.booleans()),
        "findings": draw(st.integers(0, 3)),
        "deadline": deadline,
        "open_deadline": draw(st.one_of(st.none(), st.just(deadline))),
        "due": draw(days),
    }


def by_hand(one: dict[str, Any], lead: int) -> str:
    """Return the status as the rules say it, one after another, for one site."""
    if one["in_progress"]:
        return "in_progress"
    if one["planned"] is not None and one["planned"] >= 0:
        return "planned"
    if one["open_deadline"] is not None and one["open_deadline"] < 0:
        return "rectification_overdue"
    if one["findings"]:
        return "findings_open"
    if one["locked_out"]:
        return "no_access"
    if one["due"] is not None and one["due"] <= lead:
        return "overdue" if one["due"] < 0 else "due"
    return "passed" if one["passed"] else "not_due"


@given(st.lists(situations(), min_size=1, max_size=20), st.integers(0, 5))
def test_every_site_has_one_status(known: list[dict[str, Any]], lead: int) -> None:
    """Whatever is known of sites, each gets the status of the first rule that holds."""
    table = pd.DataFrame(known, dtype=object)
    columns: dict[str, Any] = {}
    for name in table:
        if name in {"last", "tried", "planned", "deadline", "open_deadline", "due"}:
            columns[name] = np.array(
                [NEVER if value is None else DAY + np.timedelta64(value, "D") for value in table[name]]
            )
        else:
            columns[name] = table[name].to_numpy(dtype=np.int64 if name == "findings" else bool)
    statuses = decide(Facts(**columns), DAY, lead)
    assert list(statuses) == [by_hand(one, lead) for one in known]
    assert {one.value for one in Status} >= set(statuses)


def test_lead_days_default(build: Build) -> None:
    """A project without the setting, or with words in it, has two lead days."""
    project = build()
    assert status.lead_days(project) == status.LEAD_DAYS == 2
    project.apply(Edit("lead", (insert("settings", key="lead_days", value="some"),)))
    assert status.lead_days(project) == 2
