"""The round ends and bends of very many lines: discs, copied from images made for each quarter of a pixel."""

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from geo.projection import Points
from layers.device import transparent

PLACES = 4
"""To so many parts of a pixel the discs are where they belong."""


def _middle(wide: float) -> int:
    return (math.ceil(wide) + 3) // 2


@lru_cache(maxsize=2048)
def _disc(rgba: int, wide: float, right: int, down: int, dots: float) -> QImage:
    """Return a disc, its middle by so many parts of a pixel right of and below that of the image."""
    side = math.ceil(wide) + 3
    image = transparent(side, side, 1)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromRgba(rgba))
    middle = QPointF(_middle(wide) + right / PLACES, _middle(wide) + down / PLACES)
    painter.drawEllipse(middle, wide / 2, wide / 2)
    painter.end()
    image.setDevicePixelRatio(dots)
    return image


def paint_joints(painter: QPainter, places: Points) -> None:
    """Draw discs as wide as a painter's pen, and in its colour.

    Parameters
    ----------
    painter
        It paints pixels, and does not turn them.
    places
        Their middles in logical pixels, shape (n, 2).
    """
    pen, to_device = painter.pen(), painter.deviceTransform()
    wide, rgba = round(pen.widthF() * to_device.m11(), 1), pen.color().rgba()
    dots = float(painter.device().devicePixelRatioF())
    exact = places * (to_device.m11(), to_device.m22()) + (to_device.dx(), to_device.dy())
    parts = np.rint(exact * PLACES).astype(np.intp)
    corners = (parts // PLACES - _middle(wide)) / dots
    painter.save()
    painter.resetTransform()
    for (right, down), (x, y) in zip((parts % PLACES).tolist(), corners.tolist(), strict=True):
        painter.drawImage(QPointF(x, y), _disc(rgba, wide, right, down, dots))
    painter.restore()
