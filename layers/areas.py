"""The ground of the map: what lies outside the district, parks, water, and the boundaries with their names."""

from collections.abc import Iterable, Iterator

import geopandas as gpd
import numpy as np
import shapely
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, tr
from geo.projection import Points
from geo.store.tables import name_of
from layers.basemap import BasemapLayer
from layers.geometry import Geometry, Shapes
from layers.label import Label
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.style import AreaStyle, BorderStyle
from layers.view import Bounds, View

SHIFTS = np.array([[0, 0], [0, 16], [0, -16], [0, 28], [0, -28], [30, 0], [-30, 0], [60, 0], [-60, 0]], dtype=float)
"""Where around its middle the name of an area is tried, in pixels; what would leave the area is not."""


class AreasLayer(Layer):
    """Parks, water and buildings on the land of the district."""

    name = "areas"
    tables = frozenset({"areas", "subdistricts"})
    basemap: BasemapLayer | None = None
    """What lies below; where it shows the ground, nothing is filled."""

    def load(self, areas: gpd.GeoDataFrame, subdistricts: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        self._land = Geometry(subdistricts.geometry.array)
        shown = areas[areas["kind"].isin(list(self.style.areas))]
        self._areas = Geometry(shown.geometry.array)
        self._kinds = shown["kind"].to_list()
        self._names = [name_of(row, self.lang) for _, row in shown.iterrows()]
        self._middles = np.array([self._areas.middle(i) for i in range(len(shown))]).reshape(-1, 2)
        rivers = [kind == "water" for kind in self._kinds]
        self._spines = [
            _spine(shape) if river else None for shape, river in zip(self._areas.shapes, rivers, strict=True)
        ]

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Parks and water", lang)

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Fill the ground, then the areas, unless there is a base map."""
        if self.basemap is not None and self.basemap.hides_ground:
            return
        painter.fillRect(
            QRectF(0, 0, view.width, view.height), self.style.outside if len(self._land) else self.style.land
        )
        # An edit may replace them between two slices.
        land, areas, kinds = self._land, self._areas, self._kinds
        for index in land.visible(view):
            # A hair of the same colour closes the seams between neighbours.
            _fill(painter, view, land, int(index), QPen(self.style.land, view.scale), self.style.land)
            yield
        for index in areas.visible(view):
            style = self.style.areas[kinds[index]]
            _fill(painter, view, areas, int(index), QPen(style.line, style.width * view.scale), style.fill)
            yield

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of areas that are large enough for them."""
        for index in self._areas.visible(view, 0):
            left, bottom, right, top = self._areas.shapes[index].bounds
            if (right - left) < 45 * view.scale or not self._names[index]:
                continue
            style = self.style.areas[self._kinds[index]]
            if self._spines[index] is not None:
                yield Label(self._names[index], style.text, 95, line=view.world_to_screen(self._spines[index]))
                continue
            middle = view.world_to_screen(self._middles[index])
            reach = np.array([right - left, top - bottom]) / view.scale * 0.5
            around = SHIFTS[(abs(SHIFTS) <= np.maximum(reach - (30, 8), 0)).all(axis=1)]
            yield Label(self._names[index], style.text, 60 + (right - left) / 1e5, middle + around)

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return one entry per kind of area that there is."""
        titles = {"park": tr("Park", lang), "water": tr("Water", lang), "building": tr("Building", lang)}
        shown = [kind for kind in titles if kind in set(self._kinds)]
        return [LegendEntry(titles[kind], _area_swatch(self.style.areas[kind])) for kind in shown]


def _spine(area: shapely.Geometry, cuts: int = 24) -> Points | None:
    """Return the line midway between the banks of a river, shape (n, 2); None for a lake or a winding river."""
    left, bottom, right, top = shapely.bounds(area)
    if right - left < 3 * (top - bottom):
        return None
    across = np.linspace(left, right, cuts + 2)[1:-1]
    upright = shapely.linestrings([[(x, bottom), (x, top)] for x in across])
    inside = shapely.intersection(upright, area)
    if (shapely.get_type_id(inside) != shapely.GeometryType.LINESTRING).any() or shapely.is_empty(inside).any():
        return None
    return shapely.get_coordinates(shapely.centroid(inside))


def _area_swatch(style: AreaStyle) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(style.line, 1))
        painter.setBrush(style.fill)
        painter.drawRect(box.adjusted(1, 3, -1, -3))

    return paint


class BoundariesLayer(Layer):
    """The boundaries of the subdistricts with their names, and of the district around them."""

    name = "subdistricts"
    tables = frozenset({"subdistricts", "areas"})

    def load(self, subdistricts: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
        """Take over the rows to show; the district is drawn where an area of that kind is given."""
        self._parts = Geometry(subdistricts.geometry.array)
        self._names = [name_of(row, self.lang) for _, row in subdistricts.iterrows()]
        self._middles = np.array([self._parts.middle(i) for i in range(len(self._parts))]).reshape(-1, 2)
        self._district = Geometry(_borders(areas[areas["kind"] == "district"].geometry.array))
        self._borders = Geometry(_borders(subdistricts.geometry.array))

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Subdistricts", lang)

    def bounds(self) -> Bounds | None:
        """Return what the subdistricts cover."""
        return self._district.bounds() or self._parts.bounds()

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the boundaries, the district's last."""
        yield from _paint_border(painter, view, self._borders, self.style.subdistrict)
        yield from _paint_border(painter, view, self._district, self.style.district)

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the subdistricts."""
        around = np.array([[0, 0], [0, -22], [0, 22], [-30, 0], [30, 0], [0, -44], [0, 44], [-40, -30], [40, 30]])
        for index in self._parts.visible(view, 0):
            middle = view.world_to_screen(self._middles[index])
            yield Label(self._names[index], "subdistrict", 100, middle + around, over_symbols=True)

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return the entry of the boundary."""
        style = self.style.subdistrict
        return [LegendEntry(tr("Subdistrict boundary", lang), lambda painter, box: _swatch(painter, box, style))]


def _fill(painter: QPainter, view: View, geometry: Geometry, index: int, pen: QPen, fill: QColor) -> None:
    painter.save()
    painter.setTransform(geometry.transform(view), True)
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawPath(geometry.path(index, view.step))
    painter.restore()


def _swatch(painter: QPainter, box: QRectF, style: BorderStyle) -> None:
    painter.setPen(border_pen(style, 1))
    painter.drawLine(across(box))


def border_pen(style: BorderStyle, scale: float) -> QPen:
    """Return the pen of a boundary, whose units are `scale` to the pixel."""
    pen = QPen(style.line, style.width * scale)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if style.dash:
        # Qt counts dashes in pen widths.
        pen.setDashPattern([length / style.width for length in style.dash])
    return pen


def _borders(areas: Shapes) -> Shapes:
    # Each stretch of boundary once: drawn from both sides, the dashes of one would fill the gaps of the other.
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(areas), grid_size=2e-6))
    return np.array([line for line in shapely.get_parts(lines) if line.length], dtype=object)


def _paint_border(painter: QPainter, view: View, geometry: Geometry, style: BorderStyle) -> Iterator[None]:
    painter.save()
    painter.setTransform(geometry.transform(view), True)
    visible = geometry.visible(view).tolist()
    band = QColor(style.band)
    band.setAlpha(style.band_alpha)
    for pen in (QPen(band, style.band_width * view.scale), border_pen(style, view.scale)):
        if not pen.widthF():
            continue
        painter.setPen(pen)
        for index in visible:
            painter.drawPolyline(geometry.line(index, view.step))
            yield
    painter.restore()
    yield
