"""Tiles as images: those decoded last are held in memory, the others come from a file or the cache on disk."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader

from geo.tiles.archive import Archive, picture_kind
from geo.tiles.diskcache import DiskCache, Kept
from geo.tiles.grid import Tile

LIMIT = 128_000_000
"""Bytes of decoded images."""

LARGEST_PX = 1024
"""No tile is wider; a picture that claims more is not decoded."""

Key = tuple[str, Tile]
"""Under which name (`geo.tiles.source.Source.kept_as`) which tile."""

_FOREVER = float("inf")


@dataclass(frozen=True)
class _Held:
    image: QImage
    grey: QImage | None
    fresh_until: float


class TileImages:
    """Find tiles as images, whatever they are kept in.

    Parameters
    ----------
    cache
        What was fetched is kept there; None for this user's, opened when a tile of the web is first wanted.
    limit
        Bytes of decoded images held in memory; those looked at longest ago go first.
    clock
        Gives the seconds since 1970.
    """

    def __init__(
        self, cache: DiskCache | None = None, limit: int = LIMIT, clock: Callable[[], float] = time.time
    ) -> None:
        self.cache = DiskCache() if cache is None else cache
        self.limit = limit
        self._clock = clock
        self._held: OrderedDict[Key, _Held] = OrderedDict()
        self._bytes = 0

    def held(self, key: Key, *, grey: bool = False) -> QImage | None:
        """Return an image that is in memory; None if it is not."""
        entry = self._held.get(key)
        if entry is None:
            return None
        self._held.move_to_end(key)
        if grey and entry.grey is None:
            self._hold(key, _Held(entry.image, in_grey(entry.image), entry.fresh_until))
            entry = self._held.get(key, entry)
        return entry.grey if grey and entry.grey is not None else entry.image

    def find(self, key: Key, archive: Archive | None, *, grey: bool = False) -> QImage | None:
        """Return an image from memory, or decode it from a file or the cache, which takes some milliseconds.

        Raises
        ------
        XunluError
            If the file turns out to be damaged.
        """
        if (image := self.held(key, grey=grey)) is not None:
            return image
        if archive is not None:
            data = archive.tile(key[1])
            kept = None if data is None else Kept(data, fresh_until=_FOREVER)
        else:
            kept = self.cache.get(*key)
        if kept is None:
            return None
        if self.take(key, kept) is None:
            if archive is None:
                self.cache.drop(*key)  # a damaged one is fetched again
            return None
        return self.held(key, grey=grey)

    def take(self, key: Key, kept: Kept) -> QImage | None:
        """Decode a picture and hold it in memory; None if it is none."""
        image = decoded(kept.body)
        if image is not None:
            self._hold(key, _Held(image, None, kept.fresh_until))
        return image

    def is_fresh(self, key: Key) -> bool:
        """Return whether there is a picture that need not be asked for."""
        entry = self._held.get(key)
        return entry.fresh_until > self._clock() if entry is not None else self.cache.has(*key)

    def renew(self, key: Key, fresh_until: float) -> None:
        """Take an image for fresh again."""
        if (entry := self._held.get(key)) is not None:
            self._held[key] = _Held(entry.image, entry.grey, fresh_until)

    def forget(self) -> None:
        """Let go of all images in memory."""
        self._held.clear()
        self._bytes = 0

    def _hold(self, key: Key, entry: _Held) -> None:
        if (old := self._held.pop(key, None)) is not None:
            self._bytes -= _size(old)
        self._held[key] = entry
        self._bytes += _size(entry)
        while self._bytes > self.limit and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self._bytes -= _size(gone)


def _size(entry: _Held) -> int:
    return int(entry.image.sizeInBytes()) + (0 if entry.grey is None else int(entry.grey.sizeInBytes()))


def decoded(data: bytes) -> QImage | None:
    """Return a PNG, JPEG, WebP or GIF as an image ready to be painted; None if it is none, or no tile."""
    if picture_kind(data) not in ("png", "jpg", "webp", "gif"):
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if not size.isValid() or size.expandedTo(QSize(LARGEST_PX, LARGEST_PX)) != QSize(LARGEST_PX, LARGEST_PX):
        return None
    image = reader.read()
    if image.isNull():
        return None
    has_alpha = image.hasAlphaChannel()
    form = QImage.Format.Format_ARGB32_Premultiplied if has_alpha else QImage.Format.Format_RGB32
    return image.convertToFormat(form)


def in_grey(image: QImage) -> QImage:
    """Return an image without its colours, as transparent as it is."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if not image.hasAlphaChannel():
        return grey.convertToFormat(QImage.Format.Format_RGB32)
    # Grey is taken from what is premultiplied: it must be told how opaque each pixel was.
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    grey = plain.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(QImage.Format.Format_ARGB32)
    grey.setAlphaChannel(plain.convertToFormat(QImage.Format.Format_Alpha8))
    return grey.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
