"""The layers of a project's map, bottom to top, and what is selected, hovered and shown of them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from geo.language import Language, current, tr
from geo.planning.plans.made import made
from geo.projection import Points, to_mercator
from geo.store.edits import Edit
from geo.store.tables import Tables
from layers import classes, restyling, risks, sitelegend
from layers.areas import AreasLayer, BoundariesLayer
from layers.basemap import BasemapLayer
from layers.chosen import Chosen
from layers.closures import ClosuresLayer
from layers.crowds import Crowd
from layers.following import follow
from layers.labels import LabelsLayer
from layers.landmarks import LandmarksLayer
from layers.layer import Layer, LegendEntry
from layers.oneway import OnewayLayer
from layers.railways import RailwaysLayer
from layers.routes import RoutesLayer
from layers.screenfurniture import ScreenFurniture
from layers.siterows import assessed
from layers.sites import SitesLayer
from layers.stops import StopsLayer
from layers.streets import StreetsLayer
from layers.symbols import Sprites
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
        self.style_name, self.style_text = style, project.setting(restyling.SETTING)
        self.style = restyling.styled(style, self.style_text)
        self.plan: str | None = None
        self.teams: frozenset[str] | None = None
        self._edits: list[Edit] = []
        self._dirty: list[Points] | None = None
        self._twins: dict[tuple[str, Language], MapStack] = {}
        self.furniture = ScreenFurniture()
        self._sprites = Sprites(self.style)
        self.basemap = BasemapLayer(self.style, self.lang)
        self._areas = AreasLayer(self.style, self.lang)
        self._areas.basemap = self.basemap
        self._streets = StreetsLayer(self.style, self.lang)
        self._oneway = OnewayLayer(self.style, lambda view: self.labels.taken(view), self.lang)  # noqa: PLW0108  there are none yet
        self._railways = RailwaysLayer(self.style, self.lang)
        self._boundaries = BoundariesLayer(self.style, self.lang)
        self._landmarks = LandmarksLayer(self.style, self.lang)
        self._closures = ClosuresLayer(self.style, self.lang)
        self.routes = RoutesLayer(self.style, self.lang)
        self.sites = SitesLayer(self.style, self._sprites, self.lang)
        self.chosen = Chosen(self.sites, self.style)
        self._stops = StopsLayer(self.style, self.routes, self.sites)
        ground = (self._areas, self._streets, self._oneway, self._railways, self._boundaries, self._closures)
        drawn: list[Layer] = [*ground, self._landmarks, self.routes, self.sites, self._stops]
        self.labels = LabelsLayer(self.style, drawn)
        self.layers: list[Layer] = [self.basemap, *drawn, self.labels]
        for layer in self.layers:
            self._load(layer)
        self._classify()

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
        self.labels.forget()
        frame, project = self.project.frame, self.project
        loads: dict[Layer, Callable[[], None]] = {
            self.basemap: lambda: self.basemap.load(project.setting("basemap"), project.path.parent),
            self._areas: lambda: self._areas.load(frame("areas"), frame("subdistricts")),
            self._streets: lambda: self._streets.reload(frame("streets")),
            self._oneway: lambda: self._oneway.load(frame("streets")),
            self._railways: lambda: self._railways.load(frame("railways")),
            self._boundaries: lambda: self._boundaries.load(frame("subdistricts"), frame("areas")),
            self._closures: lambda: self._closures.load(frame("closures"), project.today()),
            self._landmarks: lambda: self._landmarks.load(frame("landmarks")),
            self.routes: lambda: self.routes.load(self.plan, self.teams, project),
            self._stops: lambda: self._stops.load(self._made()),
            self.sites: lambda: self.sites.load(frame("sites"), frame("kinds"), assessed(project)),
        }
        loads.get(layer, lambda: None)()
        if layer is self.sites:
            self.chosen.forget()

    def restyle(self, name: str, text: str) -> Iterator[None]:
        """Wear another style, yielding every few milliseconds.

        Parameters
        ----------
        name
            Of the style.
        text
            The changes to it, as `layers.restyling` reads them.
        """
        self.style_name, self.style_text = name, text
        self.style = restyling.styled(name, text)
        self._twins.clear()
        for layer in self.layers:
            layer.wear(self.style)
        self.chosen.wear(self.style)
        self._sprites = self.sites.sprites
        yield
        self._load(self.routes)
        yield
        self._classify()
        self._dirty = None

    def _classify(self) -> None:
        """Colour and name the sites as the style says."""
        classing = classes.read(restyling.loads(self.style_text).sites)
        frame, column = self.project.frame("sites"), classing.label
        self.sites.name_of = None if column == "name" else lambda site: classes.text_of(frame, site, column)
        if classing.column == classes.STATUS:
            if self.sites.classes:
                self.sites.classify(None, "", frame)
        else:
            classed = classes.classify(classing, self.project, self.lang)
            self.sites.classify(classed, classes.title_of(classing.column, self.lang), frame)
        self.labels.forget()

    def note(self, edit: Edit) -> None:
        """Remember an edit, so that the next `reload` touches no more of the sites than it did."""
        self._edits.append(edit)
        self._streets.note(edit)
        for twin in self._twins.values():
            twin.note(edit)

    def update(self, edit: Edit) -> bool:
        """Reload the layers whose tables an edit touched; return whether the map looks different now."""
        self.note(edit)
        tables = edit.tables()
        for _ in self.reload(tables):
            pass
        return any(layer.tables & tables for layer in self.layers)

    def reload(self, tables: Collection[str]) -> Iterator[None]:
        """Reload the layers that show some tables, the sites first, yielding every few milliseconds."""
        stale = [layer for layer in self.layers if layer.tables & set(tables)]
        if self.sites in stale:
            yield from self._follow(tables)
        for layer in stale:
            if layer is not self.sites and self._may_differ(layer, tables):
                if layer is self.routes:
                    yield from self.routes.loading(self.plan, self.teams, self.project)
                else:
                    self._load(layer)
                self._dirty = None
                yield
        for twin in self._twins.values():
            yield from twin.reload(tables)

    def _made(self) -> dict[str, str]:
        return made(self.project, self.plan) if self.plan else {}

    def _may_differ(self, layer: Layer, tables: Collection[str]) -> bool:
        """Return whether a layer has to do with what the tables tell: routes without a plan only with the teams."""
        if layer is self._stops and self.plan and set(tables) & RoutesLayer.tables == set():
            return self._stops.made != self._made()
        return layer not in (self.routes, self._stops) or self.plan is not None or "teams" in tables

    def _follow(self, tables: Collection[str]) -> Iterator[None]:
        """Do to the sites what the edits noted did to them."""
        edits = list(self._edits)
        places = None
        if edits:
            places = yield from follow(self.sites, self.chosen, self.project, edits, tables)
        else:  # they were changed by somebody who told nobody
            self._load(self.sites)
        del self._edits[: len(edits)]
        self.labels.forget()
        if self.sites.classes or self.sites.name_of is not None:
            self._classify()
            places = None
        self._dirty = None if places is None or self._dirty is None else [*self._dirty, places]
        yield

    def take_dirty(self) -> Points | None:
        """Return where sites have changed since it was asked last, in EPSG:3857 metres, shape (n, 2).

        None says that anything may have changed.
        """
        dirty, self._dirty = self._dirty, []
        return None if dirty is None else np.concatenate([np.empty((0, 2)), *dirty])

    def soil_all(self) -> None:
        """Have all of the map drawn anew."""
        self._dirty = None

    @property
    def selection(self) -> Collection[str]:
        """Return the ids of the selected sites."""
        return self.chosen.ids

    @selection.setter
    def selection(self, ids: Collection[str]) -> None:
        self.chosen.choose(ids)

    @property
    def hover(self) -> str | None:
        """Return the id of the site under the mouse."""
        return self.chosen.hover

    @hover.setter
    def hover(self, site: str | None) -> None:
        self.chosen.hover = site

    def twin(self, style: str, lang: Language | None = None) -> "MapStack":
        """Return the map of the same project and plan in another style or language; made once, then kept."""
        key = style, lang or self.lang
        if key not in self._twins:
            self._twins[key] = MapStack(self.project, key[1], style)
        self._twins[key].set_plan(self.plan)
        self._twins[key].basemap.follow(self.basemap)
        return self._twins[key]

    def legend(self, scale: float | None = None) -> list[tuple[str, list[LegendEntry]]]:
        """Return the legend of what is shown: headings with their entries, upper layers first.

        With a scale, in Mercator metres per pixel, only of layers that are drawn at it.
        """
        groups: list[tuple[str, list[LegendEntry]]] = []
        for layer in reversed(self.layers):
            if scale is not None and not layer.shows_at(scale):
                continue
            if layer is self.sites and layer.visible:
                groups.append((self.sites.heading_in(self.lang), self.sites.status_legend(self.lang)))
                groups.append((tr("Site kinds", self.lang), self.sites.kind_legend()))
                groups.append((tr("Risk", self.lang), risks.legend(self.style, self.sites.rows.risk, self.lang)))
            elif layer.visible:
                groups.append((layer.title(self.lang), layer.legend(self.lang)))
        return [(title, entries) for title, entries in groups if entries]

    def set_plan(self, plan: str | None) -> None:
        """Show the routes of a plan, or none."""
        self.plan = plan
        self._load(self.routes)
        self._load(self._stops)

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

    def crowd_at(self, view: View, x: float, y: float) -> Crowd | None:
        """Return the crowd of sites whose disc is under a pixel; its bounds are where to look for them."""
        return self.sites.crowd_at(view, x, y) if self.sites.visible else None

    def sites_within(self, view: View, polygon: Points) -> Collection[str]:
        """Return the ids of the sites inside a polygon of logical pixels, shape (n, 2)."""
        if not self.sites.visible:
            return []
        return self.sites.rows.set_of(self.sites.positions_within(view, polygon), self.project.frame("sites").index)

    def site_xy(self, site: str) -> tuple[float, float]:
        """Return where a site lies in EPSG:3857 metres, NaN if it has no place; KeyError if there is no such site."""
        x, y = self.sites.xy[self.sites.rows.position(site)]
        return float(x), float(y)

    def bounds_of(self, sites: Collection[str]) -> Bounds | None:
        """Return what some sites cover in EPSG:3857 metres; None if none of them has a place."""
        positions = self.sites.rows.positions(sites)
        return self.sites.bounds(positions[positions >= 0])

    def status_of(self, site: str) -> str:
        """Return the inspection status of a site; KeyError if there is none."""
        return self.sites.status_at(self.sites.rows.position(site))

    def team_colour(self, team: str) -> QColor:
        """Return the colour in which a team's route is drawn."""
        return self.routes.colour(team)

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the whole map with the selection, yielding every few milliseconds."""
        yield from self.paint_base(painter, view)
        self.paint_overlay(painter, view)

    def paint_base(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the map without selection and hover, yielding every few milliseconds."""
        yield from self.paint_ground(painter, view)
        yield from self.paint_names(painter, view)

    def paint_ground(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw all layers but the names, yielding every few milliseconds."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for layer in self.layers:
            if layer.visible and layer is not self.labels:
                yield from layer.paint(painter, view)

    def paint_names(self, painter: QPainter, view: View) -> Iterator[None]:
        """Write the names upon the rest, yielding every few milliseconds."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.labels.visible:
            yield from self.labels.paint(painter, view)

    def shows(self) -> tuple[object, ...]:
        """Return what decides what is drawn, but for the rows of the project."""
        shown = tuple(layer.visible for layer in self.layers)
        return self.style_name, self.style_text, self.lang, self.plan, self.teams, *shown

    def is_in_parts(self, view: View) -> bool:
        """Return whether parts of the map, drawn one by one, make the same picture; near by, arrows heed names."""
        return view.scale > self.style.oneway.to_scale

    def paint_overlay(self, painter: QPainter, view: View) -> None:
        """Draw the selected sites with their ring and the ring of the one under the mouse, on top of the map."""
        painter.save()
        for _ in self.paint_selection(painter, view):
            pass
        self.paint_hover(painter, view)
        painter.restore()

    def paint_selection(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the selected sites with their ring, yielding every few milliseconds."""
        if self.sites.visible:
            yield from self.chosen.paint(painter, view)
            yield from self._stops.paint_again(painter, view, self.selection)

    def paint_hover(self, painter: QPainter, view: View) -> None:
        """Draw the ring of the site under the mouse."""
        if self.sites.visible:
            self.chosen.paint_hover(painter, view)

    def paint_furniture(self, painter: QPainter, view: View) -> None:
        """Draw what is wanted on the map beside the map: the scale bar and the attribution, and what the menu adds."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.furniture.paint(painter, view, self.style, self.legend, self.attribution())
        painter.restore()

    def attribution(self) -> str:
        """Return who made the data of the map."""
        key = "attribution_en" if self.lang == "en" else "attribution"
        own = self.project.setting(key) or self.project.setting("attribution")
        return " · ".join(filter(None, (own, self.basemap.credit())))

    def icon(self, kind: str, status: str, size: float, ratio: float = 1) -> QImage:
        """Return the symbol of a site kind in a status as a square image, for tables and legends."""
        return sitelegend.icon(self.style, kind, status, size, ratio)

    def status_icon(self, status: str, size: float, ratio: float = 1) -> QImage:
        """Return the look of a status, whatever the kind, as a square image."""
        return self.icon("", status, size, ratio)
