"""The base map: a picture of the ground from tiles, under all that the project draws itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from geo.errors import XunluError
from geo.language import Language, tr
from geo.tiles import choice as choices
from geo.tiles import grid, placing
from geo.tiles.archive import Archive
from geo.tiles.choice import Choice
from geo.tiles.grid import Tile
from geo.tiles.opening import open_archive
from geo.tiles.source import Source, located
from layers.device import is_raster
from layers.layer import Layer
from layers.style import Style
from layers.tileimages import Key, TileImages
from layers.view import View

FURTHER_OUT = 6
"""So many zooms further out a tile is looked for that stands in, enlarged, for one that is not there."""


@dataclass(frozen=True)
class Wanted:
    """A tile that the map would show if it were there: its key, which of the source's addresses, and what is asked."""

    key: Key
    part: int


@dataclass(frozen=True)
class _Piece:
    """An image, or a part of it, and its corners on the screen: north west, north east, south east, south west."""

    image: QImage
    cut: QRectF
    quad: NDArray[np.float64]


class BasemapLayer(Layer):
    """Tiles of a source, the best there are: enlarged ones stand in until the right ones have come.

    It never fetches anything: it shows what memory, a file or the cache on disk hold, and `wanted` tells what is
    missing to whoever may fetch it.
    """

    name = "basemap"
    tables = frozenset({"settings"})

    def __init__(self, style: Style, lang: Language | None = None, images: TileImages | None = None) -> None:
        super().__init__(style, lang)
        self.images = images or TileImages()
        self.choice = Choice()
        self.trouble: XunluError | None = None
        self.covers = False
        """Whether what was painted last shows any of it, so that the ground below need not be painted."""
        self._was_seen = False
        self._archive: Archive | None = None
        self._opened: Path | None = None

    def load(self, setting: str, folder: Path) -> None:
        """Take over the base map of a project; what is wrong with it is kept as `trouble`.

        Parameters
        ----------
        setting
            As `geo.tiles.choice` writes it.
        folder
            Where the project lies; files are named from there.
        """
        try:
            self.show(choices.read(setting), folder)
        except XunluError as error:
            self.show(Choice(), folder)
            self.trouble = error

    def show(self, choice: Choice, folder: Path) -> None:
        """Show a base map, or none; a file that cannot be read is kept as `trouble`."""
        if choice.source != self.choice.source:
            self._was_seen = False
        self.choice, self.trouble = choice, None
        path = located(choice.source, folder) if choice.source is not None and choice.source.is_file else None
        if path == self._opened:
            return
        self._close()
        if path is not None:
            try:
                self._archive = open_archive(path)
                self._opened = path
            except XunluError as error:
                self.trouble = error

    def follow(self, other: "BasemapLayer") -> None:
        """Show what another layer shows, from the same images."""
        self.images, self.choice, self.trouble = other.images, other.choice, other.trouble
        self._archive, self._opened, self.visible = other._archive, other._opened, other.visible

    def _close(self) -> None:
        if self._archive is not None:
            self._archive.close()
        self._archive, self._opened = None, None

    @property
    def source(self) -> Source | None:
        """Return what is shown; None if nothing is, or its file cannot be read."""
        source = self.choice.source
        return None if source is None or (source.is_file and self._archive is None) else source

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer, with the name of the map that is chosen."""
        source = self.choice.source
        return tr("Base map: {name}", lang, name=source.title(lang)) if source is not None else tr("Base map", lang)

    @property
    def hides_ground(self) -> bool:
        """Return whether parks and water would cover what it shows."""
        return self.visible and self.covers

    def credit(self) -> str:
        """Return who made what the map shows of it, empty while it shows nothing."""
        is_seen = self.visible and self._was_seen and self.source is not None
        return self.source.credit(self.lang) if self.source is not None and is_seen else ""

    def needed(self, view: View) -> list[Wanted]:
        """Return the tiles of the web that a view shows, the middle ones first."""
        source = self.source
        if source is None or source.is_file or not self.visible:
            return []
        tiles = self._tiles(source, view)
        return [Wanted((source.kept_as(k), tile), k) for tile in tiles for k in range(len(source.addresses))]

    def wanted(self, view: View) -> list[Wanted]:
        """Return those tiles that are not there, or no longer fresh."""
        return [each for each in self.needed(view) if not self.images.is_fresh(each.key)]

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the tiles that are there, upon the colour of the land, yielding after each."""
        source, self.covers = self.source, False
        if source is None:
            return
        pieces: list[_Piece] = []
        try:
            for part in range(max(len(source.addresses), 1)):
                for _ in self._gather(source, part, view, pieces):
                    yield
        except XunluError as error:
            # The file is damaged further in: the map goes on without it.
            self._close()
            self.trouble, pieces = error, []
        if not pieces:
            self.covers = False
            return
        whole = QRectF(0, 0, view.width, view.height)
        painter.fillRect(whole, self.style.land)
        for piece in pieces:
            _draw(painter, view, piece)
            yield
        if self.choice.opacity < 100:
            # Over the tiles, since neighbours overlap by a hair, which would show if each were transparent.
            veil = QColor(self.style.land)
            veil.setAlphaF(1 - self.choice.opacity / 100)
            painter.fillRect(whole, veil)
        # Last, since the picture of an export may be painted between two slices of that of the screen.
        self.covers = self._was_seen = True

    def _tiles(self, source: Source, view: View) -> list[Tile]:
        z = grid.zoom_for(view.scale, source.tile_px, source.min_zoom, source.max_zoom)
        return placing.covering(view.bounds, z, source.datum)

    def _gather(self, source: Source, part: int, view: View, pieces: list[_Piece]) -> Iterator[None]:
        """Find the best there is for each tile of a view, those that stand in before those that fit."""
        tiles = self._tiles(source, view)
        if not tiles:
            return
        name, grey = source.kept_as(part), self.choice.grey
        quads = [view.world_to_screen(quad) for quad in placing.corners(tiles, source.datum)]
        exact: list[_Piece] = []
        out: dict[Tile, QImage | None] = {}
        for tile, quad in zip(tiles, quads, strict=True):
            image = self.images.find((name, tile), self._archive, grey=grey)
            if image is not None:
                exact.append(_Piece(image, QRectF(image.rect()), quad))
            else:
                for _ in self._stand_in(name, tile, quad, source, out, pieces):
                    yield
            yield
        pieces += exact

    def _stand_in(
        self,
        name: str,
        tile: Tile,
        quad: NDArray[np.float64],
        source: Source,
        out: dict[Tile, QImage | None],
        pieces: list[_Piece],
    ) -> Iterator[None]:
        """Find what can be shown for a tile that is not there: a part of a wider one, and parts that are closer."""
        for levels in range(1, min(FURTHER_OUT, tile.z - source.min_zoom) + 1):
            wider = grid.parent(tile, levels)
            if wider not in out:
                out[wider] = self.images.find((name, wider), self._archive, grey=self.choice.grey)
                yield
            image = out[wider]
            if image is not None:
                left, top, right, bottom = grid.part_of(tile, wider)
                width, height = image.width(), image.height()
                cut = QRectF(left * width, top * height, (right - left) * width, (bottom - top) * height)
                pieces.append(_Piece(image, cut, quad))
                break
        middle = quad.mean(axis=0)
        for closer, corner in zip(grid.children(tile), quad[[0, 1, 3, 2]], strict=True):
            image = self.images.find((name, closer), self._archive, grey=self.choice.grey)
            if image is not None:
                pieces.append(_Piece(image, QRectF(image.rect()), _box(corner, middle)))
                yield


def _box(corner: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    (left, top), (right, bottom) = np.minimum(corner, middle).tolist(), np.maximum(corner, middle).tolist()
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _draw(painter: QPainter, view: View, piece: _Piece) -> None:
    painter.save()
    # With soft edges the ground would shine through between neighbours.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    (x1, y1), (x2, y2) = piece.quad[0].tolist(), piece.quad[2].tolist()
    is_straight = np.allclose(piece.quad, [(x1, y1), (x2, y1), (x2, y2), (x1, y2)], atol=1e-6)
    if is_straight and is_raster(painter):
        # On whole pixels, the same ones for both neighbours.
        left, top, right, bottom = (round(edge * view.ratio) / view.ratio for edge in (x1, y1, x2, y2))
        painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), piece.image, piece.cut)
    else:
        _draw_skewed(painter, piece)
    painter.restore()


def _draw_skewed(painter: QPainter, piece: _Piece) -> None:
    """Draw an image into a quadrangle that is almost a rectangle, a hair larger than it is.

    Three of its corners are met; the shift of GCJ-02 bends so little that the fourth is, to a hundredth of a pixel.
    """
    cut, middle = piece.cut, piece.quad.mean(axis=0)
    (x, y), (x_east, y_east), _, (x_south, y_south) = (piece.quad + np.sign(piece.quad - middle) * 0.3).tolist()
    m11, m12 = (x_east - x) / cut.width(), (y_east - y) / cut.width()
    m21, m22 = (x_south - x) / cut.height(), (y_south - y) / cut.height()
    dx, dy = x - m11 * cut.x() - m21 * cut.y(), y - m12 * cut.x() - m22 * cut.y()
    painter.setTransform(QTransform(m11, m12, m21, m22, dx, dy), True)
    painter.drawImage(cut, piece.image, cut)
