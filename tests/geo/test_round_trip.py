"""What is exported comes in again as it was."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import datum
from geo.exchange import columns, export, importing, reading
from geo.exchange.importing import ADDED, SAME, Recipe
from geo.model import SITES, TABLES
from geo.store.edits import edit, insert
from geo.store.project import Project

# A cell keeps no space around it, and no file format keeps control characters.
readable = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="\ufeff\ufffd"), max_size=12)
name = readable.filter(bool) | st.sampled_from(["=1+2", "-3", "+86 20", "@x", "'=x", "甲,乙", '"', "<b>"])
sites = st.fixed_dictionaries(
    {
        "name": name,
        "name_en": readable,
        "address": readable,
        "phone": st.sampled_from(["", "020-1", "013800000000", "+86 20"]),
        "windows": st.sampled_from(["", "08:30-17:30", "08:00-12:00; 14:00-18:00"]),
        "service_min": st.none() | st.integers(0, 600),
        "risk": st.sampled_from(["low", "medium", "high"]),
        "capacity": st.none() | st.integers(0, 2**31 - 1),
        "geometry": st.none() | st.builds(shapely.Point, st.floats(113, 114, width=32), st.floats(23, 24, width=32)),
    }
)


def rows(project: Project) -> dict[str, dict[str, Any]]:
    """Return the sites of a project by id, without what each import writes anew."""
    found = {}
    for row_id in project.frame("sites").index:
        row = project.row("sites", str(row_id))
        for column in ("source", "placed_by", "confidence"):
            del row[column]
        point = row.pop("geometry")
        found[str(row_id)] = row | {
            "lonlat": point and (pytest.approx(point.x, abs=1e-7), pytest.approx(point.y, abs=1e-7))
        }
    return found


def moved(source: Project, path: Path, target: Project, table: str = "sites", **recipe: Any) -> importing.Prepared:
    """Export a table of one project and import it into another."""
    export.write(source, table, path)
    ledger = reading.read(path, columns.known_titles(TABLES[table]))
    guess = importing.recall(target, ledger, table)
    ready = importing.prepare(target, ledger, Recipe(**{**guess.__dict__, **recipe}))
    target.apply(ready.edit())
    return ready


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "geojson"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(sites, min_size=1, max_size=6))
def test_exported_rows_come_in_as_they_were(tmp_path: Path, ending: str, values: list[dict[str, Any]]) -> None:
    """Every column of every site is the same after the way out and in, its id too."""
    for old in tmp_path.glob("*"):
        old.unlink() if old.is_file() else None
    with Project.create(tmp_path / "a.gpkg") as source, Project.create(tmp_path / "b.gpkg") as target:
        kind = insert("kinds", code="hotel", name="隔离酒店", name_en="Quarantine hotel")
        added = [insert("sites", code=f"C{k}", kind="hotel", **row) for k, row in enumerate(values)]
        source.apply(edit("x", [kind, *added]))
        target.apply(edit("x", [kind]))
        ready = moved(source, tmp_path / f"out.{ending}", target)
        assert ready.problems == ()
        assert ready.count(ADDED) == len(values)
        assert rows(target) == rows(source)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "geojson", "shp", "kml"])
def test_the_sample_exported_changes_nothing_in_itself(planned: Project, tmp_path: Path, ending: str) -> None:
    """A ledger of the project's own sites, imported into it, has no change to make."""
    ready = moved(planned, tmp_path / f"out.{ending}", planned)
    assert ready.problems == ()
    assert ready.count(SAME) == len(planned.frame("sites"))
    assert ready.missing == ()


@pytest.mark.parametrize("datum_name", ["gcj02", "bd09", "cgcs2000", "epsg:4547"])
def test_a_datum_out_is_a_datum_in(sample: Project, tmp_path: Path, datum_name: str) -> None:
    """Coordinates written in a datum and read in it lie where they lay."""
    path = tmp_path / "out.csv"
    export.write(sample, "sites", path, convert=datum.converter(datum_name))
    ledger = reading.read(path, columns.known_titles(SITES))
    recipe = Recipe("sites", columns.guess(ledger, SITES), datum_name)
    assert importing.prepare(sample, ledger, recipe).count(SAME) == len(sample.frame("sites"))


def test_other_tables_come_in_again_too(planned: Project, tmp_path: Path) -> None:
    """Subdistricts, teams, people, closures and areas go out and in without a change."""
    for table, ending in (("subdistricts", "gpkg"), ("closures", "geojson"), ("areas", "gpkg"), ("teams", "csv")):
        assert moved(planned, tmp_path / f"{table}.{ending}", planned, table).count(SAME) == len(planned.frame(table))
    assert moved(planned, tmp_path / "people.xlsx", planned, "inspectors").count(SAME) == len(
        planned.frame("inspectors")
    )
