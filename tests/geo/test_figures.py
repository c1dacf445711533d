"""The figures are counted from rows, and those of the sample are those of the story."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import shapely

from geo import resource
from geo.inspection.figures import figures
from geo.store.edits import Edit, insert, update
from geo.store.project import Project


def test_figures_of_the_sample(sample: Project) -> None:
    """Counting the sample gives what the office published."""
    facts = json.loads(resource.path("sample/yuexiu.json").read_text("utf-8"))["figures"]
    counted = asdict(figures(sample))
    same = set(counted) & set(facts)
    assert len(same) == 9
    assert {name: counted[name] for name in same} == {name: facts[name] for name in same}
    assert counted["by_kind"] == facts["site_kinds_in_the_257"]
    assert facts["person_times_at_least"] <= counted["person_times"] <= 260


def test_periods_add_up(sample: Project) -> None:
    """Visits, findings and person-times of two halves sum to those of the whole period."""
    whole, first = figures(sample), figures(sample, last=date(2021, 5, 27))
    second = figures(sample, first=date(2021, 5, 28))
    assert whole.weaknesses_found == first.weaknesses_found + second.weaknesses_found
    assert whole.person_times == first.person_times + second.person_times
    assert whole.sites_inspected < first.sites_inspected + second.sites_inspected
    assert figures(sample, date(2021, 5, 21), date(2021, 6, 1)) == whole
    assert figures(sample, date(2022, 1, 1)).sites_inspected == 0


def test_only_done_visits_count(tmp_path: Path) -> None:
    """A visit in vain, planned or going on adds nothing, and a person counts once a day."""
    project = Project.create(tmp_path / "small.gpkg")
    at = shapely.Point(113, 23)
    rows = [insert("sites", id=one, name=one, kind="hotel", subdistrict="d", geometry=at) for one in "ab"]
    for site, day, state, people in (
        ("a", "2021-05-21", "done", ["x", "y"]),
        ("b", "2021-05-21", "done", ["x"]),
        ("a", "2021-05-22", "no_access", ["z"]),
        ("b", "2021-05-23", "planned", ["z"]),
    ):
        visit = {"id": f"{site}{day}", "site": site, "team": "t", "date": day, "state": state}
        rows.append(insert("inspections", **visit, inspectors=json.dumps(people)))
    rows.append(insert("findings", id="f", inspection="a2021-05-21", site="a", description="x", topic="hotel"))
    project.apply(Edit("rows", tuple(rows)))
    counted = figures(project)
    assert (counted.sites_inspected, counted.person_times, counted.inspection_teams) == (2, 2, 1)
    assert (counted.weaknesses_found, counted.suggestions_issued, counted.focus_topics) == (1, 0, 1)
    assert (counted.subdistricts, counted.by_kind, counted.school_test_rate) == (1, {"hotel": 2}, 0.0)
    change = update("findings", "f", project.row("findings", "f"), {"suggestion": True})
    assert change is not None
    project.apply(Edit("suggest", (change,)))
    assert figures(project).suggestions_issued == 1
    project.close()
