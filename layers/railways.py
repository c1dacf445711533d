"""Railways by kind: a line, and upon it light dashes, with widths that grow with the zoom."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, tr
from geo.model import RAILWAYS
from layers.geometry import Geometry
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.style import RailwayStyle
from layers.view import Bounds, View

BATCH = 250

RIM = 1.4
"""Pixels of a line that stay on each side of its dashes, in all."""

UNDERGROUND = 120
"""How opaque, of 255, a railway in a tunnel is."""


class RailwaysLayer(Layer):
    """The railway network; what runs in a tunnel is pale and without dashes."""

    name = "railways"
    tables = frozenset({"railways"})

    def load(self, railways: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        shown = railways[railways["kind"].isin(list(self.style.railways))]
        self._lines = Geometry(shown.geometry.array)
        self._kind = shown["kind"].to_numpy(object)
        self._tunnel = shown["tunnel"].to_numpy(bool)

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Railways", lang)

    def bounds(self) -> Bounds | None:
        """Return what the railways cover."""
        return self._lines.bounds()

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the tunnels, then the lines, then the dashes upon them, kind by kind."""
        lines, kinds, tunnels = self._lines, self._kind, self._tunnel  # an edit may replace them between two slices
        visible = lines.visible(view)
        painter.save()
        painter.setTransform(lines.transform(view), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for kind, style in reversed(list(self.style.railways.items())):
            if view.scale > style.from_scale:
                continue
            for below in (True, False):
                chosen = visible[(kinds[visible] == kind) & (tunnels[visible] == below)]
                for pen in _pens(style, view.scale, underground=below):
                    painter.setPen(pen)
                    for start in range(0, len(chosen), BATCH):
                        for index in chosen[start : start + BATCH].tolist():
                            painter.drawPolyline(lines.line(index, view.step))
                        yield
        painter.restore()
        yield

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return one entry per kind of railway that there is."""
        there = set(np.unique(self._kind.astype(str)))
        kinds = [(kind, style) for kind, style in self.style.railways.items() if kind in there]
        column = RAILWAYS.column("kind")
        return [LegendEntry(_capital(column.choice_title(kind, lang)), _swatch(style)) for kind, style in kinds]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pens(style: RailwayStyle, scale: float, *, underground: bool) -> list[QPen]:
    """Return the pens of a railway, the lower one first, whose units are `scale` to the pixel."""
    width = style.width(scale)
    colour = QColor(style.line)
    if underground:
        colour.setAlpha(UNDERGROUND)
    pens = [_flat(colour, width * scale)]
    inner = width - RIM
    if style.dash and not underground and inner > 0.4:
        dashes = _flat(style.gap, inner * scale)
        # Qt counts dashes in widths.
        dashes.setDashPattern([length / inner for length in style.dash])
        pens.append(dashes)
    return pens


def _flat(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)


def _swatch(style: RailwayStyle) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        for pen in _pens(style, 1, underground=False):
            painter.setPen(pen)
            painter.drawLine(across(box))

    return paint
