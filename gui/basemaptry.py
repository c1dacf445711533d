"""Try a base map: fetch or read the one tile in the middle of the map, and show it or say what is wrong."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtNetwork import QNetworkReply
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.projection import to_mercator
from geo.tiles import grid, placing
from geo.tiles.opening import open_archive
from geo.tiles.source import Source
from gui.webfetch import LARGEST_TILE, Web, drop, trouble
from layers.tileimages import decoded

PICTURE = QSize(168, 168)


class TryBox(QWidget):
    """A button, what came of it, and the tile that came."""

    def __init__(self, web: Web, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._web = web
        self._reply: QNetworkReply | None = None
        self.button = QPushButton(tr("Tr&y it"))
        self.button.setAutoDefault(False)
        self.button.setToolTip(tr("Get one tile, of the middle of the map"))
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setStyleSheet("QLabel { background: #eef1f2; border: 1px solid #d3d9dd; }")
        self.picture.setAccessibleName(tr("The tile that came"))
        policy = self.picture.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.picture.setSizePolicy(policy)
        self.picture.hide()
        left = QVBoxLayout()
        left.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.said, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(left, 1)
        row.addWidget(self.picture)

    def clear(self) -> None:
        """Forget what came, and what is still on its way."""
        if self._reply is not None:
            drop(self._reply)
            self._reply = None
        self.picture.clear()
        self.picture.hide()
        self.said.clear()
        self.button.setEnabled(True)

    def say(self, text: str) -> None:
        """Show a text in place of what came."""
        self.clear()
        self.said.setText(text)

    def try_source(self, source: Source, key: str, place: tuple[float, float, float], folder: Path) -> None:
        """Get the tile of a place: longitude and latitude in degrees, and EPSG:3857 metres to the pixel."""
        self.clear()
        if source.needs_key and not key:
            self.say(tr("This map needs a key. Write it above."))
            return
        lon, lat, scale = place
        z = grid.zoom_for(scale, source.tile_px, source.min_zoom, source.max_zoom)
        x, y = to_mercator([(lon, lat)])[0].tolist()
        tiles = placing.covering((x, y, x, y), z, source.datum)
        if not tiles:
            self.say(tr("The middle of the map lies outside of the world."))
        elif source.is_file:
            self._read(folder / source.path, tiles[0])
        else:
            self.button.setEnabled(False)
            self.said.setText(tr("Asking {host} …", host=source.host()))
            address = source.address(tiles[0], 0, key)
            self._reply = self._web.get(address, {}, LARGEST_TILE, lambda reply: self._on_reply(reply, source))

    def _read(self, path: Path, tile: grid.Tile) -> None:
        try:
            archive = open_archive(path)
            data = archive.tile(tile)
            archive.close()
        except XunluError as error:
            self.say(str(error))
            return
        if data is None:
            self.say(tr("It can be read, but does not show the middle of the map."))
        else:
            self._show(data)

    def _on_reply(self, reply: QNetworkReply, source: Source) -> None:
        self._reply = None
        self.button.setEnabled(True)
        error = trouble(reply, source.needs_key)
        if error is not None:
            self.said.setText(str(error))
        else:
            self._show(bytes(reply.readAll().data()))

    def _show(self, data: bytes) -> None:
        image = decoded(data)
        if image is None:
            self.said.setText(tr("What came is no picture. Check address and key."))
            return
        self.picture.show()
        self.picture.setPixmap(QPixmap.fromImage(image).scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio))
        self.said.setText(tr("It works: {width} × {height} pixels.", width=image.width(), height=image.height()))
