"""Rows as ledgers and other programs leave them: a spoilt one is told, and the rest goes on."""

import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.errors import XunluError
from geo.exchange.webmap import write_webmap
from geo.planning.plans.day import current_plan, make_plan
from geo.planning.plans.plan_json import as_json
from geo.planning.plans.wish import Wish
from geo.store.edits import edit, insert, update
from geo.store.geometry import SQL_FUNCTIONS
from geo.store.project import Project


def change(project: Project, table: str, row: str, **values: Any) -> None:
    """Change a row of a project."""
    project.apply(edit("change", [update(table, row, project.row(table, row), values)]))


def plan(project: Project) -> dict[str, Any]:
    """Plan the sample's day anew and return the plan as data."""
    project.apply(make_plan(project.snapshot(), Wish(project.today(), iterations=20)))
    newest = current_plan(project, project.today())
    assert newest is not None
    return as_json(project, newest)


def test_a_site_whose_opening_times_cannot_be_read_is_left_out_with_that_reason(planned: Project) -> None:
    """One spoilt cell does not stop the day: the site is named with what stands there, all others are planned."""
    site = planned.frame("stops")["site"].iloc[0]
    before = len(plan(planned)["left_out"])
    change(planned, "sites", site, windows="ask Mrs Li")
    left = {one["site"]: one for one in plan(planned)["left_out"]}
    assert len(left) == before + 1
    assert left[site]["reason"] == "no_window"
    assert "“ask Mrs Li” cannot be read" in left[site]["detail"]


def test_a_shift_of_several_parts_is_refused_not_cut(planned: Project) -> None:
    """Half a day is not dropped in silence."""
    team = planned.frame("routes")["team"].iloc[0]
    change(planned, "teams", team, shift="08:00-12:00; 13:00-17:00")
    with pytest.raises(XunluError, match="has several parts"):
        plan(planned)


def test_an_empty_point_of_another_program_is_no_place(planned_file: Path, tmp_path: Path) -> None:
    """A site that QGIS wrote without coordinates is read as one without a place, planned round and drawn round."""
    path = tmp_path / "p.gpkg"
    path.write_bytes(planned_file.read_bytes())
    drawn = gpd.GeoDataFrame({"name": ["drawn"], "kind": ["hospital"]}, geometry=[shapely.Point()], crs=4326)
    pyogrio.write_dataframe(drawn, path, layer="sites", append=True)
    with Project.open(path) as project:
        sites = project.frame("sites")
        row = sites.index[sites["name"] == "drawn"][0]
        assert project.row("sites", row)["geometry"] is None
        change(project, "sites", row, note="placed by hand", geometry=shapely.Point(113.26, 23.13))
        project.undo()
        assert plan(project)["totals"]["stops"] > 0
        write_webmap(project, None, tmp_path / "m.html", "en")


def test_closures_over_all_streets_are_named(planned: Project) -> None:
    """When nothing can be travelled, the error says which closure it is, not that there are no streets."""
    everywhere = shapely.MultiPolygon([shapely.box(113, 23, 114, 24)])
    planned.apply(edit("close", [insert("closures", name="全城", from_date="2021-06-01", geometry=everywhere)]))
    with pytest.raises(XunluError, match=r"leave no street open: .*全城"):
        plan(planned)


def test_of_two_plans_of_one_version_the_later_counts(planned: Project) -> None:
    """Two people who planned at the same moment both see the plan that was made last."""
    first = planned.frame("plans").iloc[0]
    later = insert("plans", date=first["date"], version=int(first["version"]), created_at="2099-01-01T00:00:00.000Z")
    planned.apply(edit("plan", [later]))
    assert current_plan(planned, planned.today()) == later.id


def test_a_project_has_the_ending_of_a_geopackage(tmp_path: Path) -> None:
    """A name that other programs would not take for a GeoPackage is refused, and nothing is made."""
    with pytest.raises(XunluError, match=r"x\.txt is no name for a project"):
        Project.create(tmp_path / "x.txt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("sites", "service_min", "abc"),
        ("sites", "address", b"\xff\xfe"),
        ("inspections", "inspectors", "Mr Li"),
        ("findings", "suggestion", "yes"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_place(
    sample_file: Path, tmp_path: Path, table: str, column: str, value: object
) -> None:
    """What another program spoilt is told by file, table, row and column, and the file stays as it is."""
    path = tmp_path / "p.gpkg"
    path.write_bytes(sample_file.read_bytes())
    with sqlite3.connect(path) as db:
        if table == "sites":
            for name, function in SQL_FUNCTIONS.items():
                db.create_function(name, 1, function)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE fid = 3", (value,))
        row = db.execute(f"SELECT id FROM {table} WHERE fid = 3").fetchone()[0]
    db.close()
    before = path.read_bytes()
    with pytest.raises(XunluError) as caught:
        Project.open(path)
    assert all(word in str(caught.value) for word in ("p.gpkg", table, column, row))
    assert path.read_bytes() == before


def test_a_missing_column_is_named(sample_file: Path, tmp_path: Path) -> None:
    """A column that somebody dropped is told, not read as text."""
    path = tmp_path / "p.gpkg"
    path.write_bytes(sample_file.read_bytes())
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE findings DROP COLUMN owner")
    db.close()
    with pytest.raises(XunluError, match="lacks the columns owner of “findings”"):
        Project.open(path)
