"""Five days of the sample planned at once, beside planning each day alone: travel, and days after the due date."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.inspection.status import gather
from geo.planning.plans import day
from geo.planning.plans.horizon import plan_days
from geo.planning.plans.wish import Days, Wish
from geo.store.project import Project

GROUP = "five days of the sample, 30 s of search in all"
SECONDS = 30.0
ALONE: dict[str, float] = {}
DUE: list[Any] = []


def facts(project: Project) -> dict[str, Any]:
    """Return travel, stops, days late and stops by day of all plans of a project."""
    stops, routes, plans = (project.frame(name) for name in ("stops", "routes", "plans"))
    due = dict(zip(project.frame("sites").index, DUE[0], strict=True))
    when = stops["plan"].map(plans["date"])
    late = [
        max(0, int((np.datetime64(on) - due[site]).astype(int)))
        for site, on in zip(stops["site"], when, strict=True)
        if not np.isnat(due[site])
    ]
    return {
        "travel_h": float(routes["travel_s"].sum()) / 3600,
        "stops": len(stops),
        "days_late": sum(late),
        "by_day": when.value_counts().sort_index().tolist(),
    }


@pytest.mark.parametrize("way", ["alone", "even", "even, assigned first", "least travel"])
@pytest.mark.benchmark(group=GROUP)
def bench_days(benchmark: BenchmarkFixture, sample_file: Path, tmp_path: Path, way: str) -> None:
    """Plan five days: each alone as it comes, or all at once in three ways; none may be later than alone."""
    shutil.copy(sample_file, tmp_path / "days.gpkg")
    with Project.open(tmp_path / "days.gpkg") as project:
        _run(benchmark, project, way)


def _run(benchmark: BenchmarkFixture, project: Project, way: str) -> None:
    DUE[:] = [gather(project, np.datetime64(project.today(), "D")).due]
    days = tuple(project.today() + timedelta(number) for number in range(5))

    def plan() -> None:
        if way == "alone":
            for one in days:
                project.apply(day.make_plan(project.snapshot(), Wish(one, seconds=SECONDS / 5)))
        else:
            wish = Days(days, even="even" in way, together="assigned" not in way, seconds=SECONDS)
            project.apply(plan_days(project.snapshot(), wish))

    benchmark.pedantic(plan, rounds=1)
    found = facts(project)
    if way == "alone":
        ALONE.update({key: found[key] for key in ("travel_h", "stops", "days_late")})
    ratio = f", {found['travel_h'] / ALONE['travel_h']:.3f} of alone" if ALONE else ""
    print(f"\n{way}: {found}{ratio}")  # noqa: T201
    if ALONE:
        assert found["days_late"] <= ALONE["days_late"]
        assert found["stops"] >= ALONE["stops"]
