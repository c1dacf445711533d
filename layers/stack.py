"""The layers of a project's map, bottom to top, and what is selected, hovered and shown of them."""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from geo.inspection.status import assess
from geo.language import Language, current, tr
from geo.projection import Points, to_mercator
from geo.store.edits import Edit
from geo.store.tables import Tables
from layers import furniture, symbols
from layers.areas import AreasLayer, BoundariesLayer
from layers.closures import ClosuresLayer
from layers.geometry import Indices
from layers.labels import LabelsLayer
from layers.landmarks import LandmarksLayer
from layers.layer import Layer, LegendEntry
from layers.railways import RailwaysLayer
from layers.routes import RoutesLayer
from layers.sites import SitesLayer
from layers.stops import StopsLayer
from layers.streets import StreetsLayer
from layers.style import load
from layers.symbols import Sprites, Symbol
from layers.view import Bounds, View


@dataclass(frozen=True)
class Hit:
    """Something that lies at a pixel: the name of its layer and its id."""

    layer: str
    id: str


class MapStack:
    """All layers of the map of one project.

    Parameters
    ----------
    project
        Whose rows are shown; it is only read.
    lang
        The language of the names.
    style
        The name of the style.
    """

    def __init__(self, project: Tables, lang: Language | None = None, style: str = "light") -> None:
        self.project = project
        self.lang: Language = lang or current()
        self.style_name = style
        self.style = load(style)
        self.plan: str | None = None
        self.teams: frozenset[str] | None = None
        self.selection: set[str] = set()
        self.hover: str | None = None
        self._rings: dict[tuple[float, float, bool], QImage] = {}
        self._twins: dict[tuple[str, Language], MapStack] = {}
        self._sprites = Sprites(self.style)
        self._areas = AreasLayer(self.style, self.lang)
        self._streets = StreetsLayer(self.style, self.lang)
        self._railways = RailwaysLayer(self.style, self.lang)
        self._boundaries = BoundariesLayer(self.style, self.lang)
        self._landmarks = LandmarksLayer(self.style, self.lang)
        self._closures = ClosuresLayer(self.style, self.lang)
        self.routes = RoutesLayer(self.style, self.lang)
        self.sites = SitesLayer(self.style, self._sprites, self.lang)
        self._stops = StopsLayer(self.style, self.routes, self.sites)
        ground: list[Layer] = [self._areas, self._streets, self._railways, self._boundaries, self._closures]
        drawn = [*ground, self._landmarks, self.routes, self.sites, self._stops]
        self.labels = LabelsLayer(self.style, drawn)
        self.layers: list[Layer] = [*drawn, self.labels]
        for layer in self.layers:
            self._load(layer)

    @classmethod
    def from_project(cls, project: Tables, lang: Language | None = None, style: str = "light") -> "MapStack":
        """Return the map of a project."""
        return cls(project, lang, style)

    def __getitem__(self, name: str) -> Layer:
        """Return a layer by name; KeyError if there is none."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def _load(self, layer: Layer) -> None:
        frame = self.project.frame
        if layer is self._areas:
            self._areas.load(frame("areas"), frame("subdistricts"))
        elif layer is self._streets:
            self._streets.load(frame("streets"))
        elif layer is self._railways:
            self._railways.load(frame("railways"))
        elif layer is self._boundaries:
            self._boundaries.load(frame("subdistricts"), frame("areas"))
        elif layer is self._closures:
            self._closures.load(frame("closures"), self.project.today())
        elif layer is self._landmarks:
            self._landmarks.load(frame("landmarks"))
        elif layer is self.routes:
            tables = (frame("routes"), frame("stops"), frame("teams"), frame("sites"))
            self.routes.load(self.plan, self.teams, tables)
        elif layer is self.sites:
            self.sites.load(frame("sites"), frame("kinds"), assess(self.project)["status"])

    def update(self, edit: Edit) -> bool:
        """Reload the layers whose tables an edit touched; return whether the map looks different now."""
        return len(list(self.reload(edit.tables()))) > 0

    def reload(self, tables: Collection[str]) -> Iterator[None]:
        """Reload the layers that show some tables, the sites first, yielding after each."""
        stale = [layer for layer in self.layers if layer.tables & set(tables)]
        for layer in sorted(stale, key=lambda layer: layer is not self.sites):
            self._load(layer)
            if layer is self.sites:
                self.selection &= set(self.sites.position)
            yield
        for twin in self._twins.values():
            yield from twin.reload(tables)

    def twin(self, style: str, lang: Language | None = None) -> "MapStack":
        """Return the map of the same project and plan in another style or language; made once, then kept."""
        key = style, lang or self.lang
        if key not in self._twins:
            self._twins[key] = MapStack(self.project, key[1], style)
        self._twins[key].set_plan(self.plan)
        return self._twins[key]

    def legend(self) -> list[tuple[str, list[LegendEntry]]]:
        """Return the legend of what is shown: headings with their entries, upper layers first."""
        groups: list[tuple[str, list[LegendEntry]]] = []
        for layer in reversed(self.layers):
            if layer is self.sites and layer.visible:
                groups.append((tr("Status", self.lang), self.sites.status_legend(self.lang)))
                groups.append((tr("Site kinds", self.lang), self.sites.kind_legend()))
            elif layer.visible:
                groups.append((layer.title(self.lang), layer.legend(self.lang)))
        return [(title, entries) for title, entries in groups if entries]

    def set_plan(self, plan: str | None) -> None:
        """Show the routes of a plan, or none."""
        self.plan = plan
        self._load(self.routes)

    def set_teams(self, teams: Collection[str] | None) -> None:
        """Show the routes of some teams only, or (None) of all."""
        self.teams = None if teams is None else frozenset(teams)
        self._load(self.routes)

    def bounds(self) -> Bounds:
        """Return what the map covers in EPSG:3857 metres: the district, else the sites, the streets or China."""
        for layer in (self._boundaries, self.sites, self._streets):
            if (bounds := layer.bounds()) is not None:
                return bounds
        (left, bottom), (right, top) = to_mercator([[73.5, 18.0], [135.0, 53.6]])
        return float(left), float(bottom), float(right), float(top)

    def hits(self, view: View, x: float, y: float, tolerance: float = 10) -> list[Hit]:
        """Return what lies within a tolerance of a pixel: the upper layers first, in each the nearest first."""
        shown = [layer for layer in reversed(self.layers) if layer.visible]
        return [Hit(layer.name, found) for layer in shown for found in layer.hits(view, x, y, tolerance)]

    def site_at(self, view: View, x: float, y: float, tolerance: float = 10) -> str | None:
        """Return the id of the site nearest to a pixel, within a tolerance."""
        if not self.sites.visible:
            return None
        return next(iter(self.sites.hits(view, x, y, tolerance)), None)

    def sites_within(self, view: View, polygon: Points) -> list[str]:
        """Return the ids of the sites inside a polygon of logical pixels, shape (n, 2)."""
        return self.sites.within(view, polygon) if self.sites.visible else []

    def site_xy(self, site: str) -> tuple[float, float]:
        """Return where a site lies in EPSG:3857 metres, NaN if it has no place; KeyError if there is no such site."""
        x, y = self.sites.xy[self.sites.position[site]]
        return float(x), float(y)

    def bounds_of(self, sites: Collection[str]) -> Bounds | None:
        """Return what some sites cover in EPSG:3857 metres; None if none of them has a place."""
        return self.sites.bounds(self._positions(sites))

    def status_of(self, site: str) -> str:
        """Return the inspection status of a site; KeyError if there is none."""
        return str(self.sites.status[self.sites.position[site]])

    def team_colour(self, team: str) -> QColor:
        """Return the colour in which a team's route is drawn."""
        return self.routes.colour(team)

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the whole map with the selection, yielding every few milliseconds."""
        yield from self.paint_base(painter, view)
        self.paint_overlay(painter, view)

    def paint_base(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the map without selection and hover, yielding every few milliseconds."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for layer in self.layers:
            if layer.visible:
                yield from layer.paint(painter, view)

    def paint_overlay(self, painter: QPainter, view: View) -> None:
        """Draw the selected sites with their ring and the ring of the one under the mouse, on top of the map."""
        if not self.sites.visible:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._positions(self.selection)
        visible = np.intersect1d(chosen, self.sites.visible_positions(view)) if len(chosen) else chosen
        self._paint_rings(painter, view, visible, selected=True)
        for _ in self.sites.paint_some(painter, view, visible):
            pass
        if self.hover is not None and self.hover in self.sites.position:
            self._paint_rings(painter, view, self._positions([self.hover]), selected=False)
        painter.restore()

    def _positions(self, ids: Iterable[str]) -> Indices:
        position = self.sites.position
        return np.array(sorted(position[site] for site in ids if site in position), dtype=np.intp)

    def _paint_rings(self, painter: QPainter, view: View, positions: Indices, *, selected: bool) -> None:
        # Drawn from images: with everything selected, circles would hold up the window.
        for position, (x, y) in zip(positions.tolist(), view.world_to_screen(self.sites.xy[positions]), strict=True):
            image = self._ring_image(
                self.sites.radius(position, view) + (4.5 if selected else 3.5), view.ratio, selected
            )
            half = image.width() / view.ratio / 2
            painter.drawImage(QPointF(x - half, y - half), image)

    def _ring_image(self, radius: float, ratio: float, selected: bool) -> QImage:
        key = radius, ratio, selected
        if key not in self._rings:
            side = math.ceil((radius + 4) * 2)
            image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(0)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = image.width() / ratio / 2
            self._draw_ring(painter, middle, middle, radius, selected=selected)
            painter.end()
            self._rings[key] = image
        return self._rings[key]

    def _draw_ring(self, painter: QPainter, x: float, y: float, radius: float, *, selected: bool) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected:
            halo = QColor(self.style.accent)
            halo.setAlpha(70)
            painter.setPen(QPen(halo, 6))
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QPen(self.style.paper, 4.4))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QPen(self.style.accent if selected else self.style.ink, 2.4 if selected else 1.8))
        painter.drawEllipse(QPointF(x, y), radius, radius)

    def paint_furniture(self, painter: QPainter, view: View) -> None:
        """Draw the scale bar and the attribution into the lower corners."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        furniture.scale_bar(painter, view, self.style, 14, view.height - 12)
        furniture.attribution(painter, self.attribution(), self.style, view.width - 4, view.height - 2)
        painter.restore()

    def attribution(self) -> str:
        """Return who made the data of the map."""
        key = "attribution_en" if self.lang == "en" else "attribution"
        return self.project.setting(key) or self.project.setting("attribution")

    def icon(self, kind: str, status: str, size: float, ratio: float = 1) -> QImage:
        """Return the symbol of a site kind in a status as a square image, for tables and legends."""
        image = QImage(round(size * ratio), round(size * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        symbol = Symbol(kind, status, symbols.FULL, size * 0.78)
        symbols.paint(painter, self.style, symbol, size * 0.46, size * 0.46)
        painter.end()
        return image

    def status_icon(self, status: str, size: float, ratio: float = 1) -> QImage:
        """Return the look of a status, whatever the kind, as a square image."""
        return self.icon("", status, size, ratio)
