"""What a painter paints on: pixels, where finished images may be copied, or a drawing that must stay lines."""

from PySide6.QtGui import QPaintEngine, QPainter


def is_raster(painter: QPainter) -> bool:
    """Return whether a painter paints pixels (an image, a window) and no PDF or SVG."""
    return bool(painter.paintEngine().type() == QPaintEngine.Type.Raster)


def ratio(painter: QPainter) -> float:
    """Return the device pixels to a logical one of what is painted on."""
    return float(painter.device().devicePixelRatioF())
