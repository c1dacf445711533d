"""Saving and loading, beside what a geopandas user would do: rewrite or read the layer with GDAL."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.store.edits import edit, insert, update
from geo.store.project import Project

SITES = 5_000


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with 5,000 sites, all read."""
    made = Project.create(tmp_path / "p.gpkg")
    rows = [insert("sites", name=f"点{n}", kind="school", geometry=shapely.Point(n / 100, 0)) for n in range(SITES)]
    made.apply(edit("add", rows))
    made.frame("sites")
    return made


@pytest.mark.benchmark(group="one cell changed, on disk, 5,000 sites")
def bench_edit(benchmark: BenchmarkFixture, project: Project) -> None:
    """Change one cell through the one door: transaction, history, frame."""
    row_id = str(project.frame("sites").index[7])

    def change() -> None:
        row = project.row("sites", row_id)
        project.apply(edit("rename", [update("sites", row_id, row, {"name": row["name"] + "."})]))

    benchmark(change)


@pytest.mark.benchmark(group="one cell changed, on disk, 5,000 sites")
def bench_geopandas_rewrite(benchmark: BenchmarkFixture, project: Project, tmp_path: Path) -> None:
    """Change one cell and write the layer again with geopandas."""
    sites = gpd.GeoDataFrame(project.frame("sites").copy())

    def change() -> None:
        sites.iloc[7, sites.columns.get_loc("name")] = "x"
        sites.to_file(tmp_path / "rewritten.gpkg", layer="sites")

    benchmark(change)


@pytest.mark.benchmark(group="5,000 sites read")
def bench_load(benchmark: BenchmarkFixture, project: Project) -> None:
    """Read the sites as a frame."""
    benchmark(project.store.load, "sites")


@pytest.mark.benchmark(group="5,000 sites read")
def bench_geopandas_read(benchmark: BenchmarkFixture, project: Project) -> None:
    """Read the sites with geopandas."""
    benchmark(gpd.read_file, project.path, layer="sites")


@pytest.mark.benchmark(group="5,000 sites imported")
def bench_import(benchmark: BenchmarkFixture, project: Project) -> None:
    """Insert 5,000 sites as one edit."""

    def rows() -> tuple[tuple[list], dict]:  # type: ignore[type-arg]
        points = (shapely.Point(n / 100, 1) for n in range(SITES))
        return ([insert("sites", name="点", kind="school", geometry=point) for point in points],), {}

    benchmark.pedantic(lambda changes: project.apply(edit("add", changes)), setup=rows, rounds=5)
