"""Samples of site symbols, for legends, tables and menus."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from layers import symbols
from layers.device import transparent
from layers.layer import LegendEntry, Swatch
from layers.style import Style
from layers.symbols import Symbol


def swatch(style: Style, kind: str, status: str, form: str) -> Swatch:
    """Return what paints the sample of a kind in a status, with as much of it as a form shows."""

    def paint(painter: QPainter, box: QRectF) -> None:
        symbol = Symbol(kind, status, form, min(box.width(), box.height()) * 0.82)
        symbols.paint(painter, style, symbol, box.center().x(), box.center().y())

    return paint


def kind_entries(style: Style, there: Collection[str], titles: Mapping[str, object]) -> list[LegendEntry]:
    """Return an entry for each kind that occurs, by its symbol, in the order of the style."""
    kinds = [kind for kind in style.kinds if kind in there]
    return [LegendEntry(str(titles.get(kind, kind)), swatch(style, kind, "not_due", symbols.BADGE)) for kind in kinds]


def icon(style: Style, kind: str, status: str, size: float, ratio: float) -> QImage:
    """Return the symbol of a kind in a status as a square image."""
    image = transparent(round(size * ratio), round(size * ratio), ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    symbols.paint(painter, style, Symbol(kind, status, symbols.FULL, size * 0.78), size * 0.46, size * 0.46)
    painter.end()
    return image
