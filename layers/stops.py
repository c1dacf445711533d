"""The numbered stops of the routes and the bases of the teams, moved apart where they would hide one another."""

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from geo.language import Language, tr
from geo.projection import Points
from layers import shapes, text
from layers.label import Label
from layers.layer import Layer
from layers.routes import RoutesLayer
from layers.style import Style, TextStyle
from layers.view import View

MOST = 800
"""With more stops than this, none is moved: nobody could read them anyway at the scales where they collide."""


class StopsLayer(Layer):
    """The numbers of the stops and the bases of the teams, above the sites."""

    name = "stops"
    tables = RoutesLayer.tables

    def __init__(self, style: Style, routes: RoutesLayer, symbols: Layer) -> None:
        super().__init__(style)
        self.routes = routes
        self._symbols = symbols

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Stop numbers", lang)

    def size(self, view: View) -> float:
        """Return the diameter of a stop's disc in pixels."""
        return self.style.route.stop_size * float(np.clip((8 / view.scale) ** 0.4, 0.72, 1.15))

    def sites(self, view: View) -> Points:
        """Return the pixels of the sites of the stops, shape (n, 2)."""
        return view.world_to_screen([(stop.x, stop.y) for stop in self.routes.stops])

    def places(self, view: View) -> Points:
        """Return the middles of the discs, shape (n, 2): on the site from afar, beside its symbol from near."""
        # All stops are spread, not those in view: they stand the same wherever the view is, and none jumps on a pan.
        sites = self.sites(view)
        return apart(sites - self._aside(view), self.size(view) + 1.5)

    def _aside(self, view: View) -> float:
        near = self._symbols.visible and view.scale <= self.style.site.full_from
        return self.style.site.full_size * 0.72 if near else 0.0

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the bases, then the numbered discs, first stops last so that they lie on top."""
        size = self.size(view)
        for team in dict.fromkeys(self.routes.teams):
            if team in self.routes.bases:
                x, y = view.world_to_screen(self.routes.bases[team])[0].tolist()
                paint_base(painter, x, y, size * 1.1, self.routes.colour(team), self.style)
        yield
        stops = self.routes.stops  # an edit may replace them between two slices
        places, sites, aside = self.places(view), self.sites(view), self._aside(view)
        order = sorted(range(len(places)), key=lambda k: -stops[k].seq)
        for k in order:
            if np.hypot(*(places[k] - sites[k] + aside)) > size * 0.55:
                self._paint_leader(painter, sites[k], places[k], self.routes.colour(stops[k].team))
        for count, k in enumerate(order):
            x, y = places[k].tolist()
            if -size < x < view.width + size and -size < y < view.height + size:
                stop = stops[k]
                paint_number(painter, stop.seq, x, y, size, self.routes.colour(stop.team), self.style)
            if count % 40 == 39:
                yield

    def _paint_leader(self, painter: QPainter, site: Points, place: Points, colour: QColor) -> None:
        start, end = QPointF(*site.tolist()), QPointF(*place.tolist())
        painter.setPen(QPen(self.style.route.casing, 3.2))
        painter.drawLine(start, end)
        painter.setPen(QPen(colour.darker(115), 1.4))
        painter.drawLine(start, end)
        painter.setBrush(colour)
        painter.drawEllipse(start, 2.4, 2.4)

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the bases, where there is room for more than numbers."""
        if view.scale > self.style.site.full_from:
            return
        around = np.array([[0, 19], [0, -19], [34, 0], [-34, 0]])
        for team in dict.fromkeys(self.routes.teams):
            if team in self.routes.bases and self.routes.base_names[team]:
                middle = view.world_to_screen(self.routes.bases[team])
                yield Label(self.routes.base_names[team], "base", 80, middle + around)

    def obstacles(self, view: View) -> Points:
        """Return the boxes of the numbered discs and of the bases."""
        half = self.size(view) / 2 + 1
        bases = [self.routes.bases[team] for team in dict.fromkeys(self.routes.teams) if team in self.routes.bases]
        places = np.vstack([self.places(view), view.world_to_screen(np.array(bases).reshape(-1, 2))])
        return np.hstack([places - half, places + half])


def apart(points: Points, distance: float, rounds: int = 40) -> Points:
    """Return points, shape (n, 2), moved as little as need be to stand a distance from one another."""
    moved = points.copy()
    if not 1 < len(points) <= MOST:
        return moved
    # Points in the very same place go different ways, the same ones every time.
    turn = np.arange(len(points)) * 2.399963
    moved += 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])
    for count in range(rounds):
        if count % 8 == 0:
            spots = np.array(shapely.points(moved))
            one, other = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=distance * 2)
            one, other = one[one != other], other[one != other]
        between = moved[one] - moved[other]
        length = np.maximum(np.hypot(between[:, 0], between[:, 1]), 1e-9)
        overlap = np.clip(distance - length, 0, None)
        if not overlap.any():
            break
        np.add.at(moved, one, 0.42 * between * (overlap / length)[:, None])
        moved += 0.02 * (points - moved)
    return moved


def paint_number(painter: QPainter, number: int, x: float, y: float, size: float, colour: QColor, style: Style) -> None:
    """Draw a stop's number on a disc in the colour of the team."""
    route = style.route
    own = route.disc.isValid()
    painter.setPen(QPen(route.rim, max(size * 0.1, 1.2)))
    painter.setBrush(route.disc if own else colour)
    painter.drawEllipse(QPointF(x, y), size / 2, size / 2)
    digits = str(number)
    scale = {1: 0.68, 2: 0.6}.get(len(digits), 0.46)
    text.draw(painter, digits, TextStyle(size * scale, route.numerals.name(), "", 0, bold=True), x, y)


def paint_base(painter: QPainter, x: float, y: float, size: float, colour: QColor, style: Style) -> None:
    """Draw the base of a team: a square in its colour with a star."""
    painter.setPen(QPen(style.route.casing, max(size * 0.1, 1.2)))
    painter.setBrush(style.ink if style.route.disc.isValid() else colour)
    painter.drawRoundedRect(QRectF(x - size / 2, y - size / 2, size, size), size * 0.18, size * 0.18)
    star = QTransform(size * 0.38, 0, 0, size * 0.38, x, y).map(shapes.outline("star"))
    painter.fillPath(star, style.route.casing)
