"""Graphs, matrices and routes of the sample district, beside a shortest-path search one would write oneself."""

import heapq
import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.model import Mode
from geo.projection import ground_metres, to_mercator
from geo.roads import closures, network
from geo.roads.graphs import open_router
from geo.roads.routing import Router
from geo.store.project import Project

Ahead = dict[int, list[tuple[int, float]]]

MATRIX = "travel times between 300 sites"
GRAPH = "graph of the sample's streets"


def router_of(sample: Project, mode: Mode, cache: Path) -> Router:
    """Return a router over the sample on its day."""
    return open_router(sample.frame("streets"), in_force(sample), mode, cache)


def in_force(sample: Project) -> pd.DataFrame:
    """Return the sample's closures on its day."""
    return closures.in_force(sample.frame("closures"), sample.today())


def sites(sample: Project, count: int) -> np.ndarray:
    """Return where the first sites are."""
    points = sample.frame("sites").geometry.iloc[:count]
    return np.column_stack([points.x, points.y])


@pytest.mark.benchmark(group=GRAPH)
@pytest.mark.parametrize("mode", list(Mode))
def bench_build(benchmark: BenchmarkFixture, sample: Project, tmp_path: Path, mode: Mode) -> None:
    """Build the graph with no cache."""

    def fresh() -> None:
        shutil.rmtree(tmp_path / "c", ignore_errors=True)

    benchmark.pedantic(router_of, args=(sample, mode, tmp_path / "c"), setup=fresh, rounds=3)


@pytest.mark.benchmark(group=GRAPH)
def bench_open(benchmark: BenchmarkFixture, sample: Project, tmp_path: Path) -> None:
    """Open the graph from the cache, all files checked."""
    router_of(sample, Mode.CAR, tmp_path)
    benchmark(router_of, sample, Mode.CAR, tmp_path)


@pytest.mark.benchmark(group=MATRIX)
def bench_matrix(benchmark: BenchmarkFixture, sample: Project, tmp_path: Path) -> None:
    """Seconds and metres with turns counted, in blocks that can be cancelled."""
    router, lonlat = router_of(sample, Mode.CAR, tmp_path), sites(sample, 300)
    benchmark.pedantic(router.matrix, args=(lonlat,), rounds=3)


@pytest.mark.benchmark(group=MATRIX)
def bench_own_dijkstra(benchmark: BenchmarkFixture, sample: Project) -> None:
    """Metres alone, turns not counted, from the nearest vertex of each site: what a script without OSRM does."""
    streets = network.usable(sample.frame("streets"), Mode.CAR)
    made = network.build(streets, Mode.CAR)
    ends = to_mercator(made.lonlat).reshape(-1, 2, 2)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T) * ground_metres(23.13)
    ahead: Ahead = defaultdict(list)
    for (start, end), metres in zip(made.segments.tolist(), length.tolist(), strict=True):
        ahead[start].append((end, metres))
        ahead[end].append((start, metres))
    vertices = to_mercator(made.nodes / network.DEGREE)
    starts = [int(np.argmin(((vertices - place) ** 2).sum(axis=1))) for place in to_mercator(sites(sample, 300))]
    benchmark.pedantic(lambda: [metres_from(start, ahead) for start in starts], rounds=1)


def metres_from(start: int, ahead: Ahead) -> dict[int, float]:
    """Return how far every node is from one, by Dijkstra's search."""
    found: dict[int, float] = {}
    heap = [(0.0, start)]
    while heap:
        metres, node = heapq.heappop(heap)
        if node in found:
            continue
        found[node] = metres
        for other, length in ahead[node]:
            if other not in found:
                heapq.heappush(heap, (metres + length, other))
    return found


@pytest.mark.benchmark(group="the way of one team, 16 stops")
def bench_route(benchmark: BenchmarkFixture, sample: Project, tmp_path: Path) -> None:
    """Full lines of all legs."""
    router = router_of(sample, Mode.CAR, tmp_path)
    lonlat = sites(sample, 60)
    reached = router.matrix(lonlat).seconds[0] >= 0
    benchmark(router.route, lonlat[reached][:16])
