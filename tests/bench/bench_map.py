"""How long the map takes: the sample district, and a hundred thousand sites on a hundred thousand streets."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PySide6.QtGui import QGuiApplication, QPainter
from pytest_benchmark.fixture import BenchmarkFixture

from geo.sample import write_sample
from layers import style
from layers.fonts import load_fonts
from layers.frame import blank
from layers.layer import Layer
from layers.render import to_image
from layers.sites import SitesLayer
from layers.stack import MapStack
from layers.streets import StreetsLayer
from layers.symbols import Sprites
from layers.view import View

MANY = 100_000
SCREEN = View(0, 0, 1, 1280, 800)


@pytest.fixture(scope="module")
def sample(qapp: QGuiApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapStack]:
    """Give the map of the sample district."""
    assert qapp
    load_fonts()
    project = write_sample(tmp_path_factory.mktemp("bench") / "yuexiu.gpkg")
    yield MapStack.from_project(project, "zh")
    project.close()


@pytest.mark.parametrize("zoom", [1, 2, 8], ids=["district", "quarter", "street"])
def test_repaint_of_the_sample(benchmark: BenchmarkFixture, sample: MapStack, zoom: float) -> None:
    """Repaint the whole map of the sample district at three scales."""
    view = SCREEN.fitted(sample.bounds()).zoomed(zoom)
    assert not benchmark(to_image, sample, view).isNull()


def test_overlay_of_the_sample(benchmark: BenchmarkFixture, sample: MapStack) -> None:
    """Draw selection and hover, which happens with every move of the mouse."""
    view = SCREEN.fitted(sample.bounds())
    sample.selection = set(sample.sites.position)
    image = blank(view)
    painter = QPainter(image)
    benchmark(sample.paint_overlay, painter, view)
    painter.end()
    sample.selection = set()


@pytest.fixture(scope="module")
def many(qapp: QGuiApplication) -> list[Layer]:
    """Give layers of very many streets and sites, seeded."""
    assert qapp
    load_fonts()
    random = np.random.default_rng(1)
    light = style.load()
    streets, sites = StreetsLayer(light), SitesLayer(light, Sprites(light))
    streets.load(_streets(random))
    kinds = pd.DataFrame({"code": ["school"], "symbol": ["school"], "name": ["学校"], "name_en": ["School"]})
    frame = _sites(random)
    statuses = pd.Series(random.choice(list(light.status), MANY), index=frame.index)
    sites.load(frame, kinds, statuses)
    return [streets, sites]


def _places(random: np.random.Generator) -> np.ndarray:
    return random.uniform((113.0, 22.9), (113.6, 23.4), (MANY, 2))


def _streets(random: np.random.Generator) -> gpd.GeoDataFrame:
    start = _places(random)
    lines = shapely.linestrings(np.stack([start, start + random.normal(0, 0.0012, (MANY, 2))], axis=1))
    classes = ["primary", "secondary", "tertiary", "residential", "service"]
    highway = random.choice(classes, MANY, p=[0.03, 0.07, 0.15, 0.55, 0.2])
    data = {"name": "", "name_en": "", "highway": highway}
    return gpd.GeoDataFrame(data, geometry=np.array(lines), crs=4326)


def _sites(random: np.random.Generator) -> gpd.GeoDataFrame:
    index = pd.Index([f"s{k}" for k in range(MANY)])
    data = {"kind": "school", "name": "学校", "name_en": "School"}
    return gpd.GeoDataFrame(data, index=index, geometry=np.array(shapely.points(_places(random))), crs=4326)


@pytest.mark.parametrize("scale", [60, 15, 4], ids=["all", "city", "district"])
def test_repaint_of_very_many(benchmark: BenchmarkFixture, many: list[Layer], scale: float) -> None:
    """Repaint 100,000 sites and 100,000 streets at three scales."""
    bounds = many[1].bounds()
    assert bounds is not None
    view = SCREEN.centred((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, scale)

    def repaint() -> None:
        image = blank(view)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer in many:
            for _ in layer.paint(painter, view):
                pass
        painter.end()

    benchmark(repaint)


def test_lasso_over_very_many(benchmark: BenchmarkFixture, many: list[Layer]) -> None:
    """Find the sites inside a round lasso."""
    bounds = many[1].bounds()
    assert bounds is not None
    view = SCREEN.fitted(bounds)
    angle = np.linspace(0, 2 * np.pi, 200)
    lasso = np.column_stack([640 + 300 * np.cos(angle), 400 + 300 * np.sin(angle)])
    assert benchmark(many[1].within, view, lasso)


def test_writing_a_picture(benchmark: BenchmarkFixture, sample: MapStack, tmp_path: Path) -> None:
    """Write the framed map as PDF."""
    from layers.render import save

    benchmark.pedantic(save, (sample, tmp_path / "map.pdf", 1600, 1200), rounds=3)
