"""Saving and loading, beside what a geopandas user would do: rewrite or read the layer with GDAL."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.store import backups, history
from geo.store.check import check
from geo.store.edits import RowChange, edit, insert, update
from geo.store.project import Project

SITES = 5_000
MANY = 100_000


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with 5,000 sites, all read."""
    made = Project.create(tmp_path / "p.gpkg")
    rows = [insert("sites", name=f"点{n}", kind="school", geometry=shapely.Point(n / 100, 0)) for n in range(SITES)]
    made.apply(edit("add", rows))
    made.frame("sites")
    return made


def ledger(count: int) -> list[RowChange]:
    """Return insertions as an import of a ledger makes them."""
    points = shapely.points([(113 + n % 1000 / 1000, 23 + n / count) for n in range(count)])
    said = {"kind": "school", "address": "东风中路 123 号", "windows": "08:30-17:30"}
    return [insert("sites", code=f"A{n}", name=f"点位{n}", geometry=points[n], **said) for n in range(count)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with 100,000 sites that no benchmark changes."""
    path = tmp_path_factory.mktemp("large") / "p.gpkg"
    with Project.create(path) as made:
        made.apply(edit("add", [insert("kinds", code="school", name="school"), *ledger(MANY)]))
    return path


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


@pytest.mark.benchmark(group="100,000 sites written as one edit")
def bench_import(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Insert 100,000 sites with ids, history, spatial index and undo."""
    fresh = iter(range(100))

    def rows() -> tuple[tuple[Project, list[RowChange]], dict[str, object]]:
        return (Project.create(tmp_path / f"{next(fresh)}.gpkg"), ledger(MANY)), {}

    benchmark.pedantic(lambda made, changes: made.apply(edit("add", changes)), setup=rows, rounds=3)


@pytest.mark.benchmark(group="100,000 sites written as one edit")
def bench_import_undone(benchmark: BenchmarkFixture, large: Path, tmp_path: Path) -> None:
    """Take an import of 100,000 sites back."""

    def undone(made: Project) -> None:
        made.undo()

    fresh = iter(range(100))

    def imported() -> tuple[tuple[Project], dict[str, object]]:
        made = Project.create(tmp_path / f"{next(fresh)}.gpkg")
        made.apply(edit("add", ledger(MANY)))
        return (made,), {}

    assert large.exists()
    benchmark.pedantic(undone, setup=imported, rounds=2)


@pytest.mark.benchmark(group="100,000 sites written as one edit")
def bench_geopandas_write(benchmark: BenchmarkFixture, large: Path, tmp_path: Path) -> None:
    """Write the layer with geopandas, without ids, history or undo."""
    with Project.open(large, read_only=True) as made:
        sites = gpd.GeoDataFrame(made.frame("sites"))
    benchmark.pedantic(lambda: sites.to_file(tmp_path / "written.gpkg", layer="sites"), rounds=3)


@pytest.mark.benchmark(group="100,000 sites opened")
def bench_open(benchmark: BenchmarkFixture, large: Path) -> None:
    """Open the project: every table read and looked over."""
    benchmark.pedantic(lambda: Project.open(large, read_only=True).close(), rounds=5)


@pytest.mark.benchmark(group="100,000 sites opened")
def bench_geopandas_open(benchmark: BenchmarkFixture, large: Path) -> None:
    """Read the one layer with geopandas."""
    benchmark.pedantic(lambda: gpd.read_file(large, layer="sites"), rounds=5)


@pytest.mark.benchmark(group="100,000 sites kept safe")
def bench_check(benchmark: BenchmarkFixture, large: Path) -> None:
    """Look the whole file through."""
    assert benchmark.pedantic(lambda: check(large), rounds=3) == []


@pytest.mark.benchmark(group="100,000 sites kept safe")
def bench_backup(benchmark: BenchmarkFixture, large: Path, tmp_path: Path) -> None:
    """Keep a backup of a file that has changed."""
    path = Path(shutil.copy(large, tmp_path / "p.gpkg"))
    now = datetime(2021, 6, 2).astimezone()
    times = iter(now + timedelta(seconds=n) for n in range(100))

    def changed() -> None:
        with Project.open(path) as made:
            made.apply(edit("one", [insert("kinds", code="x", name="x")]))

    benchmark.pedantic(lambda: backups.keep(path, next(times)), setup=changed, rounds=3)


@pytest.mark.benchmark(group="100,000 sites kept safe")
def bench_history_of_one_site(benchmark: BenchmarkFixture, large: Path) -> None:
    """Find the lines of history of one site behind an import of 100,000."""
    with Project.open(large, read_only=True) as made:
        row_id = str(made.frame("sites").index[50_000])
        found = benchmark.pedantic(lambda: history.lines(made, table="sites", row_id=row_id), rounds=3)
    assert len(found) == 1


@pytest.mark.benchmark(group="asked whether others have written, 5,000 sites")
def bench_catch_up_nothing(benchmark: BenchmarkFixture, project: Project) -> None:
    """Nobody has."""
    benchmark(project.catch_up)


@pytest.mark.benchmark(group="asked whether others have written, 5,000 sites")
def bench_catch_up_one(benchmark: BenchmarkFixture, project: Project) -> None:
    """Somebody has changed one cell."""
    other = Project.open(project.path)
    row_id = str(project.frame("sites").index[7])

    def change() -> None:
        row = other.row("sites", row_id)
        other.apply(edit("rename", [update("sites", row_id, row, {"name": row["name"] + "."})]))

    benchmark.pedantic(project.catch_up, setup=change, rounds=20)
