"""Large ledgers: read, checked, compared and written, beside what a user would pick instead; and datums."""

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo import datum
from geo.exchange import columns, importing, reading
from geo.model import SITES
from geo.store.project import Project
from tests.geo import ledgers
from tests.source import ROOT

ROWS, SPOILT = 100_000, 1_000


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger of 100,000 sites of which 1,000 are spoilt."""
    return ledgers.large(tmp_path_factory.mktemp("large") / "large.csv", ROWS, SPOILT)


def by_verb(project: Path, ledger: Path) -> dict[str, int]:
    """Import a ledger as somebody who calls the verb, the start of the program counted; return what it says."""
    call = [sys.executable, str(ROOT / "main.py"), "import", str(project), str(ledger), "--json"]
    told = subprocess.run(call, check=True, capture_output=True)
    return json.loads(told.stdout)  # type: ignore[no-any-return]


def by_geopandas(path: Path, out: Path) -> None:
    """Do what somebody at home in geopandas would: no checks, no history, no undo, the spoilt rows dropped unseen."""
    frame = pd.read_csv(path)
    frame["经度"] = pd.to_numeric(frame["经度"], errors="coerce")
    frame = frame.dropna(subset=["经度"])
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["经度"], frame["纬度"]), crs="EPSG:4326")
    points.to_file(out, driver="GPKG")


@pytest.mark.benchmark(group="a ledger of 100,000 rows")
def bench_a_ledger_of_100_000_rows(benchmark: BenchmarkFixture, ledger: Path, tmp_path: Path) -> None:
    """Import 100,000 rows into an empty project, everything checked and on disk, in under 10 s."""
    number = iter(range(100))

    def fresh() -> tuple[tuple[Path, Path], dict[str, object]]:
        path = tmp_path / f"{next(number)}.gpkg"
        Project.create(path).close()
        return (path, ledger), {}

    told = benchmark.pedantic(by_verb, setup=fresh, rounds=3)
    assert (told["added"], told["refused"]) == (ROWS - SPOILT, SPOILT)


@pytest.mark.benchmark(group="a ledger of 100,000 rows")
def bench_geopandas_without_checks(benchmark: BenchmarkFixture, ledger: Path, tmp_path: Path) -> None:
    """Turn the same file into a layer with pandas and geopandas."""
    benchmark.pedantic(by_geopandas, args=(ledger, tmp_path / "other.gpkg"), rounds=3)


def bench_the_same_ledger_again(benchmark: BenchmarkFixture, ledger: Path, tmp_path: Path) -> None:
    """Compare 100,000 rows with the project, where all of them are already."""
    Project.create(tmp_path / "p.gpkg").close()
    by_verb(tmp_path / "p.gpkg", ledger)
    with Project.open(tmp_path / "p.gpkg") as project:
        read = reading.read(ledger, columns.known_titles(SITES))
        recipe = importing.recall(project, read, "sites")
        ready = benchmark.pedantic(lambda: importing.prepare(project, read, recipe), rounds=3)
        assert ready.count(importing.SAME) == ROWS - SPOILT


@pytest.mark.parametrize("name", ["gcj02", "bd09", "cgcs2000", "epsg:4547"])
@pytest.mark.parametrize("way", [datum.to_wgs84, datum.from_wgs84], ids=["to", "from"])
def bench_a_million_points(benchmark: BenchmarkFixture, name: str, way: object) -> None:
    """Convert a million points to WGS-84 and back."""
    seeded = np.random.default_rng(1)
    wgs = np.stack([seeded.uniform(98, 116, 10**6), seeded.uniform(24, 40, 10**6)], axis=1)
    given = datum.from_wgs84(wgs, name) if way is datum.to_wgs84 else wgs
    benchmark.pedantic(way, args=(given, name), rounds=3)
