"""Routes of a plan in team colours, cased, with arrows in driving direction; side by side where they share a street."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from geo.language import Language, current, tr
from geo.projection import Points, to_mercator
from geo.store.tables import Tables, name_of
from layers import lanes, shapes
from layers.geometry import Geometry, polygon_of
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.style import Style
from layers.view import Bounds, View

BETWEEN = 1.4
"""Pixels of casing between two routes side by side."""


@dataclass(frozen=True)
class Stop:
    """A stop of a route: its number and its place in EPSG:3857 metres."""

    team: str
    seq: int
    site: str
    x: float
    y: float


class RoutesLayer(Layer):
    """The routes of the plan that is shown, all teams' or some."""

    name = "routes"
    tables = frozenset({"plans", "routes", "stops", "teams", "sites"})

    def __init__(self, style: Style, lang: Language | None = None) -> None:
        super().__init__(style, lang)
        self.stops: list[Stop] = []
        self._drawn: tuple[float, dict[int, Points]] = (0.0, {})
        self.bases: dict[str, Points] = {}
        self.base_names: dict[str, str] = {}

    def load(self, plan: str | None, shown: Collection[str] | None, tables: Tables) -> None:
        """Take over the routes of a plan and of some teams (None: all)."""
        for _ in self.loading(plan, shown, tables):
            pass

    def loading(self, plan: str | None, shown: Collection[str] | None, tables: Tables) -> Iterator[None]:
        """Do what `load` does, yielding every few milliseconds; what is drawn stays as it was until the end."""
        routes, stops, teams, sites = (tables.frame(name) for name in ("routes", "stops", "teams", "sites"))
        self._load_teams(teams)
        yield
        routes = routes[(routes["plan"] == plan) & routes["team"].isin(teams.index)]
        # A stop may have lost its place since it was planned.
        stops = stops[stops["plan"] == plan]
        # Of the few sites of a plan only, as there may be a million others; None for one that is gone.
        shapes = np.asarray(sites["geometry"].reindex(pd.Index(stops["site"])).array, dtype=object)
        stops = stops[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
        if shown is not None:
            routes, stops = routes[routes["team"].isin(list(shown))], stops[stops["team"].isin(list(shown))]
        routes = routes[~shapely.is_missing(routes.geometry.array) & ~shapely.is_empty(routes.geometry.array)]
        # In the order of the teams, which is also that of their lanes from left to right.
        routes = routes.iloc[np.argsort(routes["team"].map(self._order).to_numpy(), kind="stable")]
        yield
        lines = Geometry(routes.geometry.array)
        laned = yield from lanes.assigning([shapely.get_coordinates(line) for line in lines.shapes])
        places = to_mercator(shapely.get_coordinates(sites.geometry.loc[stops["site"]].array))
        rows = zip(stops["team"], stops["seq"], stops["site"], places.tolist(), strict=True)
        self.stops = [Stop(str(team), int(seq), str(site), x, y) for team, seq, site, (x, y) in rows]
        self.teams = [str(team) for team in routes["team"]]
        self._lines, self._laned, self._drawn = lines, laned, (0.0, {})

    def _load_teams(self, teams: gpd.GeoDataFrame) -> None:
        palette = self.style.route.colours
        order = teams.sort_values("code").index
        self._order = {str(team): k for k, team in enumerate(order)}
        self._colours = {str(team): palette[k % len(palette)] for k, team in enumerate(order)}
        given = {str(team): name for team, name in teams["colour"].items() if QColor.isValidColorName(name)}
        self._colours |= {team: QColor(name) for team, name in given.items()}
        limits = self.style.route.darkest, self.style.route.lightest
        self._colours = {team: _readable(colour, *limits) for team, colour in self._colours.items()}
        self._names = {str(team): name_of(row, self.lang) for team, row in teams.iterrows()}
        in_english = (self.lang or current()) == "en"
        bases = teams["base"].where(teams["base_en"] == "", teams["base_en"]) if in_english else teams["base"]
        self.base_names = {str(team): str(base) for team, base in bases.items()}
        where = to_mercator(shapely.get_coordinates(teams.geometry.array)) if len(teams) else np.empty((0, 2))
        present = teams.index[~shapely.is_missing(teams.geometry.array)]
        self.bases = {str(team): xy for team, xy in zip(present, where, strict=True)}

    def colour(self, team: str) -> QColor:
        """Return the colour of a team; the ink of the map for one that is not known."""
        return self._colours.get(team, self.style.ink)

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Routes", lang)

    def bounds(self) -> Bounds | None:
        """Return what the routes and their stops cover."""
        return self._lines.bounds()

    def width(self, view: View) -> float:
        """Return the width of a route line in pixels: thinner from afar, where many lie side by side."""
        return self.style.route.width * float(np.clip((8 / view.scale) ** 0.35, 0.6, 1.5))

    def line(self, index: int, view: View) -> Points:
        """Return a route in its lanes, shape (n, 2), in pixels of a view."""
        laned = self._laned[index]
        if len(laned.xy) < 2:
            return np.empty((0, 2))
        if self._drawn[0] != view.scale:
            self._drawn = (view.scale, {})
        kept = self._drawn[1]
        if index not in kept:
            # In pixels from its own start, so that it serves wherever the map is moved to.
            pixels = (laned.xy - laned.xy[0]) * (1 / view.scale, -1 / view.scale)
            moved = lanes.offset(pixels, laned.lanes, self.width(view) + BETWEEN)
            kept[index] = shapely.get_coordinates(
                shapely.simplify(shapely.LineString(moved), 0.2, preserve_topology=False)
            )
        line: Points = kept[index] + view.world_to_screen(laned.xy[0])[0]
        return line

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the casings, then the lines of the routes with their arrows."""
        route, width, teams = self.style.route, self.width(view), self.teams
        visible = [int(index) for index in self._lines.visible(view)]
        # All at once: an edit may replace them between two slices.
        lines = {index: line for index in visible if len(line := self.line(index, view))}
        polygons = {index: polygon_of(line) for index, line in lines.items()}
        yield
        for polygon in polygons.values():
            painter.setPen(shapes.pen(route.casing, width + 2 * route.casing_width))
            painter.drawPolyline(polygon)
            yield
        for index, polygon in polygons.items():
            colour = QColor(self.colour(teams[index]))
            colour.setAlpha(route.alpha)
            painter.setPen(shapes.pen(colour, width))
            painter.drawPolyline(polygon)
            yield
        for line in lines.values():
            self._paint_arrows(painter, view, line, width)
            yield

    def _paint_arrows(self, painter: QPainter, view: View, line: Points, width: float) -> None:
        places, angles = along(line, self.style.route.arrow_every, self.style.route.arrow_every / 2)
        inside = (places > -20).all(axis=1) & (places < (view.width + 20, view.height + 20)).all(axis=1)
        half = max(width * 0.62, 2.4)
        arrow = QPainterPath(QPointF(-half * 0.6, -half))
        arrow.lineTo(half * 0.7, 0)
        arrow.lineTo(-half * 0.6, half)
        for (x, y), angle in zip(places[inside].tolist(), angles[inside].tolist(), strict=True):
            path = QTransform().translate(x, y).rotate(angle).map(arrow)
            painter.strokePath(path, shapes.pen(self.style.route.casing, max(width * 0.36, 1.3)))

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:  # noqa: ARG002  names are in the map's
        """Return one entry per team shown, in the language of the map."""
        return [LegendEntry(self._names[team], self._swatch(team)) for team in dict.fromkeys(self.teams)]

    def _swatch(self, team: str) -> Swatch:
        def paint(painter: QPainter, box: QRectF) -> None:
            painter.setPen(QPen(self.colour(team), 4))
            painter.drawLine(across(box))

        return paint


def _readable(colour: QColor, darkest: int, lightest: int) -> QColor:
    # By how light it looks in grey: yellow looks lighter than blue.
    grey = 0.3 * colour.red() + 0.59 * colour.green() + 0.11 * colour.blue()
    if grey > lightest:
        return colour.darker(round(100 * grey / lightest))
    if grey < darkest:
        share = (darkest - grey) / (255 - grey)
        return QColor(*(round(part + (255 - part) * share) for part in (colour.red(), colour.green(), colour.blue())))
    return colour


def along(line: Points, every: float, first: float) -> tuple[Points, Points]:
    """Return points every so many pixels along a line, shape (n, 2), and its directions there in degrees clockwise."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    reached = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.arange(first, reached[-1], every)
    if not len(wanted):
        return np.empty((0, 2)), np.empty(0)
    segment = np.clip(np.searchsorted(reached, wanted, side="right") - 1, 0, len(lengths) - 1)
    share = (wanted - reached[segment]) / np.maximum(lengths[segment], 1e-9)
    places = line[segment] + steps[segment] * share[:, None]
    return places, np.degrees(np.arctan2(steps[segment, 1], steps[segment, 0]))
