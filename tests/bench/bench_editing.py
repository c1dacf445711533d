"""Snapping among 200,000 streets and 100,000 buildings, and the coordinates of the status line, as the mouse moves."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo import coordinates
from geo.editing.snapping import SnapIndex
from geo.projection import to_mercator
from geo.store import frames
from geo.store.tables import Tables

STREETS, BUILDINGS = 200_000, 100_000
WEST_SOUTH, EAST_NORTH = (113.0, 23.0), (113.6, 23.6)
REACH_M = 20.0
"""Ten pixels at the scale at which streets can be told apart."""


@pytest.fixture(scope="module")
def town() -> Tables:
    """Return a town of streets with six corners each, and of small buildings."""
    rng = np.random.default_rng(1)
    begin = rng.uniform(WEST_SOUTH, EAST_NORTH, (STREETS, 2))
    streets = shapely.linestrings(begin[:, None] + rng.normal(0, 3e-4, (STREETS, 6, 2)).cumsum(axis=1))
    west, south = rng.uniform(WEST_SOUTH, EAST_NORTH, (BUILDINGS, 2)).T
    buildings = shapely.box(west, south, west + 3e-4, south + 3e-4)
    nothing = np.array([], dtype=object)
    shapes = {"streets": streets, "areas": buildings, "closures": nothing, "subdistricts": nothing}
    loaded = {name: gpd.GeoDataFrame(geometry=given, crs=frames.CRS) for name, given in shapes.items()}
    return Tables(Path("town.gpkg"), loaded)


@pytest.mark.benchmark(group="snapping")
def bench_index_for_snapping(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Make all trees, as it is done beside the window."""
    benchmark(SnapIndex, town)


@pytest.mark.benchmark(group="snapping")
def bench_snap(benchmark: BenchmarkFixture, town: Tables) -> None:
    """Snap a hundred moves of the mouse."""
    index = SnapIndex(town)
    moves = to_mercator(np.random.default_rng(2).uniform(WEST_SOUTH, EAST_NORTH, (100, 2))).tolist()
    benchmark(lambda: [index.near((x, y), REACH_M) for x, y in moves])


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "epsg:4547"])
@pytest.mark.benchmark(group="coordinates of the status line")
def bench_coordinates(benchmark: BenchmarkFixture, datum: str) -> None:
    """Write the place of one move of the mouse, in degrees, minutes and seconds."""
    benchmark(coordinates.written, (113.264, 23.129), datum, "dms")
