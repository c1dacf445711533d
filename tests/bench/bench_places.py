"""Finding places and looking for doubtful sites, on a made-up town of 100,000 sites."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.places.finder import Finder, Wanted
from geo.quality.look import look, row_doubts
from geo.store import frames
from geo.store.project import Project
from geo.store.tables import Tables

SITES = 100_000
SEARCHED = 2_000

_LETTERS = "东西南北中华民兴福安康泰和平光明新建设文昌盛德仁义礼智信海珠天河白云越秀荔湾"
_KINDS = ("小学", "幼儿园", "社区居委会", "酒店", "核酸采样点", "疫苗接种点", "卫生服务站", "冷链有限公司")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Give the streets and subdistricts of the sample with 100,000 sites beside the streets."""
    from geo.sample import write_sample

    path: Path = tmp_path_factory.mktemp("town") / "town.gpkg"
    with write_sample(path) as project:
        return _crowded(project)


def _crowded(project: Project) -> Tables:
    rng = np.random.default_rng(1)
    sample = project.frame("sites")
    streets = project.frame("streets")
    named = streets[streets["name"] != ""]
    which = rng.integers(len(named), size=SITES)
    lines = np.array(named.geometry.array, dtype=object)[which]
    on = shapely.get_coordinates(shapely.line_interpolate_point(lines, rng.random(SITES), normalized=True))
    places = shapely.points(on + rng.normal(0, 2e-4, on.shape))
    letters = np.array(list(_LETTERS))[rng.integers(len(_LETTERS), size=(SITES, 4))]
    names = ["".join(row) + _KINDS[at % len(_KINDS)] for at, row in enumerate(letters)]
    numbers = rng.integers(1, 400, SITES)
    made = sample.iloc[np.arange(SITES) % len(sample)].copy()
    made.index = [f"site-{at}" for at in range(SITES)]
    made["code"] = [f"C-{at}" for at in range(SITES)]
    made["name"], made["name_en"] = names, ""
    made["address"] = [f"{name}{number}号" for name, number in zip(named["name"].iloc[which], numbers, strict=True)]
    made["geometry"] = gpd.GeoSeries(places, index=made.index, crs=frames.CRS)
    areas = project.frame("subdistricts")
    made["subdistrict"] = ""
    site, area = shapely.STRtree(areas.geometry.array).query(places, predicate="intersects")
    made.iloc[site, made.columns.get_loc("subdistrict")] = areas.index[area]
    loaded = {name: project.frame(name) for name in project.snapshot()._frames}
    return Tables(project.path, {**loaded, "sites": made})


@pytest.mark.benchmark(group="100,000 sites looked through")
def bench_look(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Look for every kind of doubt; what a window shows before a bulk fix."""
    found = benchmark.pedantic(look, (town,), rounds=2)
    assert found


@pytest.mark.benchmark(group="100,000 rows looked through before an import")
def bench_row_doubts(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Look through the lines of a file against the sites of the sample."""
    sites = town.frame("sites")
    lonlat = np.stack([sites.geometry.x, sites.geometry.y], axis=1)
    names, codes = sites["name"].tolist(), sites["code"].tolist()
    benchmark.pedantic(row_doubts, (names, codes, lonlat, town), {"against_project": False}, rounds=2)


@pytest.mark.benchmark(group="index of 100,000 sites")
def bench_index(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Read all that a project knows of addresses and names."""
    benchmark.pedantic(Finder, (town,), rounds=2)


@pytest.mark.benchmark(group="2,000 places found among 100,000 sites")
def bench_find_by_address(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Find places by street and house number."""
    finder = Finder(town)
    addresses = town.frame("sites")["address"].tolist()[:SEARCHED]
    rows = [Wanted("", address.replace("号", "3号")) for address in addresses]
    found = benchmark.pedantic(finder.find, (rows,), rounds=2)
    assert all(found)


@pytest.mark.benchmark(group="2,000 places found among 100,000 sites")
def bench_find_by_name(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Find places by names of which one letter is wrong."""
    finder = Finder(town)
    rows = [Wanted(name[:2] + "错" + name[3:]) for name in town.frame("sites")["name"].tolist()[:SEARCHED]]
    benchmark.pedantic(finder.find, (rows,), rounds=2)
