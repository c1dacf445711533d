"""PNG written row by row, for pictures that are too large to be held whole."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PySide6.QtGui import QImage

ROWS = 48
"""So many rows are compressed at a time: a few milliseconds of work for the widest paper."""

LEVEL = 3


class PngStream:
    """Write a PNG of true colour.

    Parameters
    ----------
    width, height
        In pixels.
    dpi
        The resolution that is noted in the file, so that it prints at its true size.
    """

    def __init__(self, width: int, height: int, dpi: float) -> None:
        self._width, self._height = width, height
        self._packer = zlib.compressobj(LEVEL)
        self._above = np.zeros(width * 3, dtype=np.uint8)
        per_metre = round(dpi / 0.0254)
        self._parts = [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        ]

    def add(self, image: QImage, rows: int) -> Iterator[None]:
        """Append the first rows of an image as wide as the picture, yielding every few milliseconds."""
        for start in range(0, rows, ROWS):
            count = min(ROWS, rows - start)
            part = image.copy(0, start, self._width, count).convertToFormat(QImage.Format.Format_RGB888)
            packed = np.frombuffer(part.constBits(), dtype=np.uint8).reshape(count, part.bytesPerLine())
            pixels = packed[:, : self._width * 3]
            filtered = np.empty((count, self._width * 3 + 1), dtype=np.uint8)
            # Filter 2: each row as its difference to the one above, which on maps is nothing for the most part.
            filtered[:, 0] = 2
            filtered[0, 1:] = pixels[0] - self._above
            filtered[1:, 1:] = pixels[1:] - pixels[:-1]
            self._above = pixels[-1].copy()
            if data := self._packer.compress(filtered.tobytes()):
                self._parts.append(_chunk(b"IDAT", data))
            yield

    def finished(self) -> bytes:
        """Return the whole file."""
        self._parts += [_chunk(b"IDAT", self._packer.flush()), _chunk(b"IEND", b"")]
        return b"".join(self._parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
