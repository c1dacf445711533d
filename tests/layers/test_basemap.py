"""Tests of the base map: which tiles are drawn where, and what stands in for those that are not there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from geo import datum
from geo.projection import to_mercator
from geo.tiles import grid
from geo.tiles.choice import Choice
from geo.tiles.diskcache import DiskCache, Kept
from geo.tiles.grid import Tile
from geo.tiles.source import Source
from layers.basemap import BasemapLayer
from layers.style import load
from layers.tileimages import TileImages, decoded, in_grey
from layers.view import View
from tests.tilefiles import png

MIDDLE = (113.27, 23.115)
WEB = Source("web", "Web", addresses=("https://tiles.invalid/{z}/{x}/{y}.png",), attribution="© Web", max_zoom=18)
OVER = replace(WEB, addresses=(*WEB.addresses, "https://names.invalid/{z}/{x}/{y}.png"))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[DiskCache]:
    """Give a cache of the test's own, from which the tiles of the web come here."""
    made = DiskCache(tmp_path / "tiles.sqlite")
    yield made
    made.close()


@pytest.fixture
def layer(cache: DiskCache) -> BasemapLayer:
    """Return a base map without a project."""
    return BasemapLayer(load("light"), "en", TileImages(cache))


def view_of(z: int, lonlat: tuple[float, float] = MIDDLE, width: int = 400, height: int = 300) -> View:
    """Return a view in which a tile of a zoom is 256 pixels wide."""
    x, y = to_mercator([lonlat])[0]
    return View(float(x), float(y), grid.side(z) / 256, width, height)


def paint(layer: BasemapLayer, view: View) -> QImage:
    """Return what a layer paints, on white."""
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        for _ in layer.paint(painter, view):
            pass
    finally:
        painter.end()
    return image


def colour(image: QImage, x: float, y: float) -> tuple[int, int, int]:
    """Return the red, green and blue of a pixel."""
    found = image.pixelColor(round(x), round(y))
    return found.red(), found.green(), found.blue()


def picture(draw: Callable[[QPainter], None], form: str = "PNG") -> bytes:
    """Return a tile as a drawing, on nothing."""
    image = QImage(256, 256, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)
    return bytes(buffer.data().data())


def fill(cache: DiskCache, view: View, z: int, data: bytes, source: Source = WEB, part: int = 0) -> list[Tile]:
    """Keep the same picture for all tiles of a view."""
    tiles = grid.covering(view.bounds, z)
    for tile in tiles:
        cache.put(source.kept_as(part), tile, Kept(data, fresh_until=1e12))
    return tiles


def test_without_a_base_map_nothing_is_painted_or_opened(layer: BasemapLayer, cache: DiskCache) -> None:
    """Who has chosen none has none: no pixel, no cache on disk, nothing wanted, no credit."""
    image = paint(layer, view_of(14))
    assert image.allGray()
    assert colour(image, 200, 150) == (255, 255, 255)
    assert not cache.path.exists()
    assert layer.wanted(view_of(14)) == []
    assert (layer.credit(), layer.title("en"), layer.hides_ground) == ("", "Base map", False)


def test_each_tile_is_drawn_at_its_place(layer: BasemapLayer, cache: DiskCache) -> None:
    """Every pixel has the colour of the tile that it lies in, up to the last one before the edge."""
    layer.show(Choice(WEB), Path())
    view = view_of(14)
    tiles = grid.covering(view.bounds, 14)
    for tile in tiles:
        cache.put(WEB.kept_as(), tile, Kept(png(tile.x % 4 * 60, tile.y % 4 * 60, 100), fresh_until=1e12))
    image = paint(layer, view)
    for x, y in np.random.default_rng(4).integers(0, (400, 300), (300, 2)).tolist():
        column, row = grid.columns_rows(view.screen_to_world([(x + 0.5, y + 0.5)]), 14)[0].tolist()
        near = {(column + i, row + j) for i in (0, 1, -1) for j in (0, 1, -1)}
        assert any(colour(image, x, y) == (c % 4 * 60, r % 4 * 60, 100) for c, r in near)
        inner = view.screen_to_world([(x + 0.5, y + 0.5)])[0]
        left, bottom, right, top = grid.bounds(Tile(14, column, row))
        if min(inner[0] - left, right - inner[0], inner[1] - bottom, top - inner[1]) > view.scale * 1.1:
            assert colour(image, x, y) == (column % 4 * 60, row % 4 * 60, 100)
    assert layer.hides_ground
    assert layer.credit() == "© Web"


@pytest.mark.parametrize("name", ["wgs84", "gcj02"])
@pytest.mark.parametrize("scale", [1.0, 0.83, 1.3])
def test_there_are_no_seams_between_tiles(layer: BasemapLayer, cache: DiskCache, name: str, scale: float) -> None:
    """Tiles of one colour make a plain ground, at any zoom and in any datum."""
    source = replace(WEB, datum=name)
    layer.show(Choice(source), Path())
    view = replace(view_of(15), scale=view_of(15).scale * scale)
    for tile in layer._tiles(source, view):
        cache.put(source.kept_as(), tile, Kept(png(10, 120, 200), fresh_until=1e12))
    image = paint(layer, view)
    colours = {colour(image, x, y) for x in range(400) for y in range(0, 300, 7)}
    colours |= {colour(image, x, y) for x in range(0, 400, 7) for y in range(300)}
    assert colours == {(10, 120, 200)}


@given(st.floats(104, 119), st.floats(23, 39), st.integers(11, 18), st.floats(-0.45, 0.45), st.floats(0.83, 1.6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mark_on_a_gcj02_tile_appears_at_its_true_place(
    lon: float, lat: float, z: int, aside: float, scale: float
) -> None:
    """What a map in GCJ-02 shows at a place is drawn within a pixel of that place in WGS-84."""
    ((east, north),) = datum.from_wgs84([(lon, lat)], "gcj02")
    tile = grid.at(east, north, z)
    left, _, _, top = grid.bounds(tile)
    x, y = to_mercator([(east, north)])[0]
    px, py = (x - left) / grid.side(z) * 256, (top - y) / grid.side(z) * 256

    def mark(painter: QPainter) -> None:
        painter.fillRect(0, 0, 256, 256, Qt.GlobalColor.white)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.GlobalColor.black)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.translate(px, py)
        painter.drawEllipse(-4, -4, 8, 8)

    class Nothing(DiskCache):
        """A cache that holds the one tile with the mark and white ones around it."""

        def get(self, source: str, at: Tile) -> Kept | None:
            assert source
            return Kept(picture(mark) if at == tile else png(255, 255, 255))

    if not (8 < px < 248 and 8 < py < 248):
        return
    layer = BasemapLayer(load("light"), "en", TileImages(Nothing()))
    layer.show(Choice(replace(WEB, datum="gcj02")), Path())
    view = view_of(z, (lon, lat))
    view = replace(view, x=view.x + aside * 200 * view.scale, scale=view.scale * scale)
    image = paint(layer, view).convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(300, image.bytesPerLine())[:, :400]
    ink = 255.0 - grey
    assert ink.sum() > 255 * 10
    rows, columns = np.mgrid[0:300, 0:400] + 0.5
    found = (columns * ink).sum() / ink.sum(), (rows * ink).sum() / ink.sum()
    expected = view.lonlat_to_screen([(lon, lat)])[0]
    assert np.abs(found - expected).max() < 1.0


def test_a_wider_tile_stands_in_enlarged(layer: BasemapLayer, cache: DiskCache) -> None:
    """Until the right tiles have come, the quarter of the wider one that belongs there is shown."""
    layer.show(Choice(WEB), Path())
    view = view_of(14)
    tile = grid.at(*MIDDLE, 14)
    quarters = [QColor(250, 0, 0), QColor(0, 250, 0), QColor(0, 0, 250), QColor(250, 250, 0)]

    def draw(painter: QPainter) -> None:
        for k, each in enumerate(quarters):
            painter.fillRect(k % 2 * 128, k // 2 * 128, 128, 128, each)

    cache.put(WEB.kept_as(), grid.parent(tile), Kept(picture(draw), fresh_until=1e12))
    image = paint(layer, view)
    quarter = quarters[grid.children(grid.parent(tile)).index(tile)]
    assert colour(image, 200, 150) == (quarter.red(), quarter.green(), quarter.blue())
    assert {each.key[1].z for each in layer.wanted(view)} == {14}
    cache.put(WEB.kept_as(), tile, Kept(png(1, 2, 3), fresh_until=1e12))
    assert colour(paint(layer, view), 200, 150) == (1, 2, 3)


def test_closer_tiles_stand_in_where_the_map_was_zoomed_out(layer: BasemapLayer) -> None:
    """The tiles just looked at are shown smaller, each in its quarter."""
    layer.show(Choice(WEB), Path())
    tile = grid.at(*MIDDLE, 14)
    for k, child in enumerate(grid.children(tile)):
        layer.images.take((WEB.kept_as(), child), Kept(png(k * 60, 0, 0), fresh_until=1e12))
    view = view_of(14)
    image = paint(layer, view)
    left, bottom, right, top = grid.bounds(tile)
    for k, (x, y) in enumerate([(1, 1), (3, 1), (1, 3), (3, 3)]):
        at = view.world_to_screen([(left + (right - left) * x / 4, top - (top - bottom) * y / 4)])[0]
        if 0 <= at[0] < 400 and 0 <= at[1] < 300:
            assert colour(image, *at) == (k * 60, 0, 0)


def test_closer_than_the_map_goes_its_last_tiles_are_enlarged(layer: BasemapLayer, cache: DiskCache) -> None:
    """A map that ends at zoom 12 is still shown at zoom 16; much further out than it begins nothing is."""
    source = replace(WEB, min_zoom=12, max_zoom=12)
    layer.show(Choice(source), Path())
    fill(cache, view_of(12), 12, png(9, 99, 199))
    assert colour(paint(layer, view_of(16)), 200, 150) == (9, 99, 199)
    assert {each.key[1].z for each in layer.wanted(view_of(16))} <= {12}
    far = view_of(4, width=1600, height=1200)
    assert layer.wanted(far) == []
    paint(layer, far)
    assert not layer.hides_ground


def test_lettering_is_drawn_upon_the_ground(layer: BasemapLayer, cache: DiskCache) -> None:
    """A second address is laid over the first; where it is transparent the ground shows, in grey too."""
    layer.show(Choice(OVER), Path())
    view = view_of(14)
    fill(cache, view, 14, png(200, 100, 0), OVER, 0)
    fill(cache, view, 14, picture(lambda p: p.fillRect(0, 0, 256, 128, QColor(0, 0, 250))), OVER, 1)
    image = paint(layer, view)
    found = {colour(image, x, y) for x in range(0, 400, 5) for y in range(0, 300, 5)}
    assert {(200, 100, 0), (0, 0, 250)} <= found
    layer.show(Choice(OVER, grey=True), Path())
    assert paint(layer, view).convertToFormat(QImage.Format.Format_RGB32).allGray()


def test_fainter_means_nearer_to_the_colour_of_the_land(layer: BasemapLayer, cache: DiskCache) -> None:
    """At 50 per cent each colour is half way between the tile's and the land's."""
    layer.show(Choice(WEB, opacity=50), Path())
    fill(cache, view_of(14), 14, png(0, 0, 0))
    land = layer.style.land
    red, green, blue = colour(paint(layer, view_of(14)), 200, 150)
    assert abs(red - land.red() / 2) <= 1
    assert abs(green - land.green() / 2) <= 1
    assert abs(blue - land.blue() / 2) <= 1


@pytest.mark.parametrize("form", ["PNG", "JPG", "WEBP"])
def test_every_kind_of_picture_is_read(form: str) -> None:
    """PNG, JPEG and WebP are read by the Qt that the program needs anyway."""
    image = decoded(picture(lambda p: p.fillRect(0, 0, 256, 256, QColor(250, 0, 0)), form))
    assert image is not None
    assert image.width() == 256
    assert abs(image.pixelColor(100, 100).red() - 250) < 5


@pytest.mark.qt_log_ignore("JPEG", extend=True)  # Qt says what it thinks of a damaged picture
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: png(1, 2, 3)[:-20] + data))
@settings(deadline=None)
def test_any_bytes_are_a_picture_or_none(data: bytes) -> None:
    """A tile that is cut or made up is no picture, and never an error."""
    image = decoded(data)
    assert image is None or image.width() == 256


def test_a_picture_that_claims_to_be_huge_is_not_decoded() -> None:
    """A hundred bytes cannot take the memory of a hundred megapixels."""
    assert decoded(png(1, 2, 3, 1100)) is None
    assert decoded(b"GIF89a" + b"\xff\xff\xff\xff" + bytes(50)) is None


def test_grey_keeps_what_is_transparent() -> None:
    """Lettering in grey has the same edges."""
    image = decoded(picture(lambda p: p.fillRect(0, 0, 256, 128, QColor(200, 0, 0, 128))))
    assert image is not None
    grey = in_grey(image)
    assert abs(grey.pixelColor(9, 9).alpha() - 128) <= 1
    assert abs(grey.pixelColor(9, 9).red() - grey.pixelColor(9, 9).blue()) <= 1
    assert grey.pixelColor(9, 200).alpha() == 0


def test_a_damaged_tile_is_thrown_out_of_the_cache(layer: BasemapLayer, cache: DiskCache) -> None:
    """It is not there any more, so that it is fetched again."""
    layer.show(Choice(WEB), Path())
    view = view_of(14)
    fill(cache, view, 14, b"\x89PNG\r\n\x1a\n and no more")
    paint(layer, view)
    assert not layer.hides_ground
    assert cache.size() == 0


def test_memory_holds_no_more_than_it_may(cache: DiskCache) -> None:
    """Decoded images are counted by their bytes; the ones not looked at for longest go."""
    images = TileImages(cache, limit=10 * 256 * 256 * 4)
    for x in range(30):
        images.take(("a", Tile(6, x, 0)), Kept(png(x, 0, 0)))
        images.held(("a", Tile(6, 0, 0)))
    held = [x for x in range(30) if images.held(("a", Tile(6, x, 0))) is not None]
    assert held == [0, *range(21, 30)]
    images.forget()
    assert images.held(("a", Tile(6, 0, 0))) is None


def test_what_is_stale_is_shown_and_asked_for(layer: BasemapLayer, cache: DiskCache) -> None:
    """A tile past its time is better than none, but is wanted anew; a fresh one is not."""
    layer.show(Choice(WEB), Path())
    view = view_of(14)
    tiles = fill(cache, view, 14, png(5, 6, 7))
    assert layer.wanted(view) == []
    paint(layer, view)
    assert layer.wanted(view) == []
    for tile in tiles:
        cache.put(WEB.kept_as(), tile, Kept(png(5, 6, 7), fresh_until=1.0))
    layer.images.forget()
    assert colour(paint(layer, view), 200, 150) == (5, 6, 7)
    assert {each.key[1] for each in layer.wanted(view)} == set(tiles)
