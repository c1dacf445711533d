"""What a base map costs: a screen of tiles from memory, from disk, shifted and standing in; files and the cache."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from pytest_benchmark.fixture import BenchmarkFixture

from geo.projection import to_mercator
from geo.tiles import grid
from geo.tiles.choice import Choice
from geo.tiles.diskcache import DiskCache, Kept
from geo.tiles.grid import Tile
from geo.tiles.opening import open_archive
from geo.tiles.source import Source
from layers.basemap import BasemapLayer
from layers.frame import blank
from layers.style import load
from layers.tileimages import TileImages
from layers.view import View
from tests.tilefiles import pmtiles

WEB = Source("web", "Web", addresses=("https://tiles.invalid/{z}/{x}/{y}.png",), max_zoom=18)
ZOOM = 15


def screen() -> View:
    """Return a screen in the middle of Guangzhou at a zoom between two of the tiles."""
    x, y = to_mercator([(113.27, 23.13)])[0].tolist()
    return View(x, y, grid.side(ZOOM) / 256 * 0.9, 1400, 900)


def noisy(seed: int) -> bytes:
    """Return a tile that is as hard to decode as a map: 20 kilobytes of PNG."""
    grey = np.random.default_rng(seed).integers(0, 6, (64, 64, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1) * 40
    image = QImage(np.ascontiguousarray(grey).data, 256, 256, 768, QImage.Format.Format_RGB888).copy()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")
    return bytes(buffer.data().data())


@pytest.fixture(scope="module")
def cache(qapp: QGuiApplication, tmp_path_factory: pytest.TempPathFactory) -> DiskCache:
    """Return a cache with the tiles around the screen, in both datums."""
    assert qapp
    made = DiskCache(tmp_path_factory.mktemp("tiles") / "tiles.sqlite")
    view = screen()
    around = replace(view, width=2400, height=1900)
    pictures = [noisy(seed) for seed in range(8)]
    for tile in grid.covering(around.bounds, ZOOM):
        made.put(WEB.kept_as(), tile, Kept(pictures[(tile.x + tile.y) % 8], fresh_until=4e9))
    return made


def paint(layer: BasemapLayer, view: View) -> None:
    """Paint the base map of a view."""
    image = blank(view)
    painter = QPainter(image)
    for _ in layer.paint(painter, view):
        pass
    painter.end()
    assert layer.covers


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def bench_a_screen_of_tiles_in_memory(benchmark: BenchmarkFixture, cache: DiskCache, datum: str) -> None:
    """Every repaint of the map costs this once its tiles have come."""
    layer = BasemapLayer(load("light"), "en", TileImages(cache))
    layer.show(Choice(replace(WEB, datum=datum)), Path())
    benchmark(paint, layer, screen())


def bench_a_screen_of_tiles_from_disk(benchmark: BenchmarkFixture, cache: DiskCache) -> None:
    """Read, decode and paint what the first picture after a start shows, in slices of a tile."""
    layer = BasemapLayer(load("light"), "en", TileImages(cache))
    layer.show(Choice(WEB), Path())

    def cold() -> None:
        layer.images.forget()
        paint(layer, screen())

    benchmark(cold)


def bench_a_screen_of_wider_tiles_standing_in(benchmark: BenchmarkFixture, cache: DiskCache) -> None:
    """Zoomed in by two, before the right tiles have come."""
    layer = BasemapLayer(load("light"), "en", TileImages(cache))
    layer.show(Choice(WEB), Path())
    benchmark(paint, layer, screen().zoomed(4))


def bench_what_is_missing(benchmark: BenchmarkFixture, cache: DiskCache) -> None:
    """Asked after every picture, and answered from memory."""
    layer = BasemapLayer(load("light"), "en", TileImages(cache))
    layer.show(Choice(WEB), Path())
    paint(layer, screen())
    assert benchmark(layer.wanted, screen()) == []


def bench_keep_a_tile(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Keep a tile that has arrived, which the window waits for besides its decoding."""
    made = DiskCache(tmp_path / "t.sqlite")
    body, count = noisy(1), iter(range(10**9))
    benchmark(lambda: made.put("web", Tile(20, next(count), 0), Kept(body, fresh_until=4e9)))
    made.close()


def bench_a_tile_of_many_in_pmtiles(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Look one up among 87 thousand, through leaf directories."""
    body = noisy(2)
    tiles = {
        Tile(z, x, y): body + bytes((z, x & 255, y & 255)) for z in range(9) for x in range(2**z) for y in range(2**z)
    }
    archive = open_archive(pmtiles(tmp_path / "world.pmtiles", tiles))
    order = iter(np.random.default_rng(3).integers(0, 256, (10**6, 2)).tolist())
    assert benchmark(lambda: archive.tile(Tile(8, *next(order)))) is not None
