"""How long it takes to select among a million sites: by expressions, inside areas, near others, growing."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.projection import Points, to_mercator
from geo.query import spatial
from geo.query.fields import Field, Fields
from geo.query.grammar import parse
from geo.query.masks import SiteColumns

MANY = 1_000_000
DAY = dt.date(2021, 6, 2)
RISKS = {"en": {"low": ("low",), "high": ("high",)}, "zh": {"低": ("low",), "高": ("high",)}}


@pytest.fixture(scope="module")
def columns() -> SiteColumns:
    """Return the columns of a million sites, seeded, read once as they are after the first expression."""
    random = np.random.default_rng(1)
    days = np.array([(DAY + dt.timedelta(k)).isoformat() for k in range(-60, 60)], dtype=object)
    index = pd.Index([f"{k:032x}" for k in range(MANY)], dtype="str")
    names = pd.Series([f"第{k}小学" if k % 3 else f"Hotel {k}" for k in range(MANY)], index=index, dtype="str")
    risk = pd.Series(random.choice(["low", "high"], MANY), index=index, dtype="str")
    queue = pd.Series(random.integers(0, 200, MANY), index=index, dtype="Int64")
    due = pd.Series(random.choice(days, MANY), index=index, dtype="str")
    fields = Fields(
        [
            Field("name", "text", {"en": "Name", "zh": "名称"}),
            Field("risk", "choice", {"en": "Risk", "zh": "风险等级"}, RISKS, ("low", "high")),  # type: ignore[arg-type]
            Field("queue", "number", {"en": "Queue", "zh": "排队人数"}),
            Field("due_date", "date", {"en": "Due", "zh": "应查日期"}),
        ]
    )
    ready = {"due": list(index[::7]), "overdue": [], "unplaced": [], "selected": []}
    sites = pd.DataFrame({"name": names, "risk": risk, "queue": queue})
    return SiteColumns(fields, sites, pd.DataFrame({"due_date": due}), ready)


@pytest.mark.parametrize(
    "text",
    [
        "risk = high",
        "queue between 20 and 50",
        "due_date < today + 7 and risk = high",
        "name = 第77小学",
        "name contains 小学",
        "name like 'hotel%7'",
        "due and not risk = low",
    ],
)
def bench_expression(benchmark: BenchmarkFixture, columns: SiteColumns, text: str) -> None:
    """Read an expression and hold it against a million sites."""
    columns.mask(parse(text, columns.fields, DAY))
    assert benchmark(lambda: columns.mask(parse(text, columns.fields, DAY))).any()


@pytest.fixture(scope="module")
def places() -> Points:
    """Return a million places over a city, seeded."""
    random = np.random.default_rng(1)
    return to_mercator(np.stack([random.uniform(113.0, 113.6, MANY), random.uniform(22.9, 23.4, MANY)], axis=1))


@pytest.mark.parametrize("kilometres", [2, 20])
def bench_circle(benchmark: BenchmarkFixture, places: Points, kilometres: float) -> None:
    """Find the places in a circle on the ground."""
    centre = places.mean(axis=0)
    ring = shapely.Polygon(spatial.circle([centre], kilometres * 1000))
    assert benchmark(spatial.inside, places, ring).any()


def bench_lasso(benchmark: BenchmarkFixture, places: Points) -> None:
    """Find the places in a wavy lasso of 400 points over a third of the city."""
    angle = np.linspace(0, 2 * np.pi, 400)
    radius = 20_000 * (1 + 0.2 * np.sin(9 * angle))
    middle = places.mean(axis=0)
    lasso = shapely.Polygon(middle + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    assert benchmark(spatial.inside, places, lasso).any()


def bench_corridor(benchmark: BenchmarkFixture, places: Points) -> None:
    """Find the places within 500 m of a line of 400 points across the city."""
    east = np.linspace(places[:, 0].min(), places[:, 0].max(), 400)
    line = np.stack([east, places[:, 1].mean() + 3000 * np.sin(np.linspace(0, 30, 400))], axis=1)
    assert benchmark(lambda: spatial.inside(places, spatial.corridor([line], 500))).any()


@pytest.mark.parametrize("chosen", [100, 10_000])
def bench_near(benchmark: BenchmarkFixture, places: Points, chosen: int) -> None:
    """Find the places within 200 m of some that lie scattered."""
    mask = np.zeros(len(places), dtype=bool)
    mask[np.random.default_rng(2).choice(len(places), chosen, replace=False)] = True
    assert benchmark.pedantic(spatial.within_distance, (places, mask, 200.0), rounds=3).any()


def bench_grow(benchmark: BenchmarkFixture, places: Points) -> None:
    """Grow a cluster of a thousand places by its nearest."""
    mask = spatial.inside(places, shapely.Polygon(spatial.circle([places.mean(axis=0)], 1000)))
    assert benchmark.pedantic(spatial.grown, (places, mask), rounds=3).any()
