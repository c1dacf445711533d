"""Travel times of the sample day that are kept, beside those that are asked for: a second plan, and one more site."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.model import Mode
from geo.planning.office import ways
from geo.roads.matrices import KeepingRouter
from geo.store.project import Project

KEPT = "travel times between 494 sites"
FIRST: list[float] = []


@pytest.fixture
def lonlat(sample: Project) -> np.ndarray:
    """Return where all sites of the sample are."""
    places = sample.frame("sites").geometry
    return np.column_stack([places.x, places.y])


@pytest.fixture
def fresh(sample: Project, tmp_path: Path) -> Callable[[], KeepingRouter]:
    """Return what makes a router with nothing in memory."""
    kept = ways.router(sample, sample.today(), Mode.CAR)
    assert isinstance(kept, KeepingRouter)
    return lambda: KeepingRouter(kept._router, tmp_path / "matrix.npz")


@pytest.mark.parametrize("what", ["first", "same", "from file", "one more"])
@pytest.mark.benchmark(group=KEPT)
def bench_kept(benchmark: BenchmarkFixture, fresh: Callable[[], KeepingRouter], lonlat: np.ndarray, what: str) -> None:
    """Ask for the times for the first time, again, again after a restart, and with one more site."""
    times: list[float] = []

    def setup() -> tuple[tuple[KeepingRouter, np.ndarray], dict[str, object]]:
        router = fresh()
        if what == "first":
            router._file.unlink(missing_ok=True)
        elif what == "one more":
            router._file.unlink(missing_ok=True)
            router.matrix(lonlat[:-1])
        else:
            router.matrix(lonlat)
            router = fresh() if what == "from file" else router
        return (router, lonlat), {}

    def ask(router: KeepingRouter, places: np.ndarray) -> None:
        started = time.perf_counter()
        router.matrix(places)
        times.append(time.perf_counter() - started)

    benchmark.pedantic(ask, setup=setup, rounds=5)
    median = statistics.median(times)
    FIRST.extend([median] if what == "first" else [])
    ratio = f", 1/{FIRST[0] / median:.0f} of the first" if FIRST and what != "first" else ""
    print(f"\n{what}: {median * 1000:.1f} ms{ratio}")  # noqa: T201
