"""What a painter paints on: pixels, where finished images may be copied, or a drawing that must stay lines."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPaintEngine, QPainter

_MARK = QPointF(8192, 8192)
"""A brush origin that nothing else sets: pictures that brushes repeat are not used on the map."""


FORMAT = QImage.Format.Format_ARGB32_Premultiplied
"""The pixels that Qt paints on fastest."""


def transparent(width: int, height: int, dots: float) -> QImage:
    """Return an empty image of so many device pixels, of which `dots` make a logical one."""
    image = QImage(width, height, FORMAT)
    image.setDevicePixelRatio(dots)
    image.fill(0)
    return image


def is_raster(painter: QPainter) -> bool:
    """Return whether a painter paints pixels (an image, a window) and no PDF or SVG."""
    return bool(painter.paintEngine().type() == QPaintEngine.Type.Raster)


def is_pdf(painter: QPainter) -> bool:
    """Return whether a painter writes a PDF, on a printer perhaps, where letters can stay letters."""
    return bool(painter.paintEngine().type() == QPaintEngine.Type.Pdf)


def ratio(painter: QPainter) -> float:
    """Return the device pixels to a logical one of what is painted on, as the painter is scaled."""
    scaled = painter.worldTransform()
    return round(float(painter.device().devicePixelRatioF()) * math.hypot(scaled.m11(), scaled.m12()), 4)


def on_pixel(painter: QPainter, x: float, y: float) -> tuple[float, float]:
    """Return the corner of a device pixel that is nearest to a place, both as the painter counts; it does not turn."""
    to_device = painter.deviceTransform()
    across, down, wide, high = to_device.dx(), to_device.dy(), to_device.m11(), to_device.m22()
    return (round(x * wide + across) - across) / wide, (round(y * high + down) - down) / high


@contextmanager
def restoring(painter: QPainter) -> Iterator[None]:
    """Leave a painter as it was, even if painting was dropped while a layer had states saved: Qt complains of these.

    Each state saved inside carries the mark, so that it can be told when all of them are gone.
    """
    if painter.brushOriginF() == _MARK:
        yield  # inside of another one, which restores everything
        return
    painter.save()
    painter.setBrushOrigin(_MARK)
    try:
        yield
    finally:
        while painter.brushOriginF() == _MARK:
            painter.restore()
