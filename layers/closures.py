"""Closed-off areas, hatched, with their names: nobody drives through."""

from collections.abc import Iterable, Iterator
from datetime import date

import geopandas as gpd
import numpy as np
import shapely
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, tr
from geo.roads.closures import in_force
from geo.store.tables import name_of
from layers.geometry import Geometry, Shapes, path_of
from layers.label import Label
from layers.layer import Layer, LegendEntry
from layers.style import ClosureStyle
from layers.view import View


class ClosuresLayer(Layer):
    """The closures in force on the day that is shown."""

    name = "closures"
    tables = frozenset({"closures", "settings"})

    def load(self, closures: gpd.GeoDataFrame, day: date) -> None:
        """Take over those rows that are in force on a day."""
        shown = in_force(closures, day)
        # A bow-tie drawn by hand cannot be cut to the view.
        self._areas = Geometry(shapely.make_valid(shown.geometry.to_numpy()))
        self._names = [name_of(row, self.lang) for _, row in shown.iterrows()]
        self.ids = [str(key) for key in shown.index]

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Closures", lang)

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Hatch and outline the closures in view."""
        style = self.style.closure
        areas = self._areas  # an edit may replace them between two slices
        for index in areas.visible(view):
            area = shapely.transform(areas.shapes[index], view.world_to_screen)
            frame = shapely.box(-50, -50, view.width + 50, view.height + 50)
            shown = shapely.intersection(area, frame)
            if not shapely.is_empty(shown):
                # Hatched from a point of the ground, so that the lines move with the map and meet those of its parts.
                paint_closure(painter, shown, style, float(view.world_to_screen([(0.0, 0.0)]).sum()))
            yield

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the closures that are large enough."""
        for index in self._areas.visible(view, 0):
            left, _, right, _ = self._areas.shapes[index].bounds
            if right - left > 40 * view.scale:
                middle = view.world_to_screen(self._areas.middle(int(index)))
                around = np.array([[0, 0], [0, -20], [0, 20]])
                yield Label(self._names[index], "closure", 90, middle + around, over_symbols=True)

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return the entry of a closure."""
        return [LegendEntry(tr("Closure", lang), self._swatch)] if len(self._areas) else []

    def _swatch(self, painter: QPainter, box: QRectF) -> None:
        area = shapely.box(box.left() + 1, box.top() + 3, box.right() - 1, box.bottom() - 3)
        paint_closure(painter, area, self.style.closure)


def paint_closure(painter: QPainter, area: shapely.Geometry, style: ClosureStyle, start: float = 0) -> None:
    """Fill, hatch and outline an area in logical pixels; one line, if drawn on, has x and y of this sum."""
    fill, hatch = QColor(style.fill), QColor(style.line)
    fill.setAlpha(style.fill_alpha)
    hatch.setAlpha(style.hatch_alpha)
    path = path_of(area)
    painter.fillPath(path, fill)
    painter.setPen(QPen(hatch, 1.1))
    painter.drawLines(_hatching(area, style.hatch_gap, start))
    painter.strokePath(path, QPen(style.line, style.width))


def _hatching(area: shapely.Geometry, gap: float, start: float) -> list[QLineF]:
    # Cut by geometry and not by a clip path: Qt writes no clip paths into SVG.
    left, top, right, bottom = shapely.bounds(area)
    height = bottom - top
    # Along a line the sum of x and y stays the same; where it meets the bottom tells its place.
    least = left + top
    starts = np.arange(least + (start - least) % gap, right + bottom, gap) - bottom
    if not len(starts):
        # Seen from far away it is smaller than the gap.
        return []
    ends = [[(x, bottom), (x + height, top)] for x in starts.tolist()]
    cut: Shapes = shapely.get_parts(shapely.intersection(shapely.linestrings(ends), area))
    lines = [shapely.get_coordinates(line).ravel().tolist() for line in cut if line.length]
    return [QLineF(*corners[:2], *corners[-2:]) for corners in lines]
