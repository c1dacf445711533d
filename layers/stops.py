"""The numbered stops of the routes and the bases of the teams, moved apart where they would hide one another."""

from collections.abc import Container, Iterable, Iterator

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from geo.language import Language, tr
from geo.projection import Points
from layers import shapes, text, visitmarks
from layers.device import is_raster, ratio, transparent
from layers.label import Label
from layers.layer import Layer
from layers.routes import RoutesLayer, Stop
from layers.style import Style, TextStyle
from layers.view import View

MOST = 800
"""With more stops than this, none is moved: nobody could read them anyway at the scales where they collide."""

MARK_INK, MARK_PAPER = QColor("#14202a"), QColor("#ffffff")
"""The same in every style: dark on white is read in grey and at night."""

MOST_DISCS = 2000
"""So many images of numbers are kept."""


class StopsLayer(Layer):
    """The numbers of the stops and the bases of the teams, above the sites."""

    name = "stops"
    tables = RoutesLayer.tables | {"inspections"}

    def __init__(self, style: Style, routes: RoutesLayer, symbols: Layer) -> None:
        super().__init__(style)
        self.routes = routes
        self._symbols = symbols
        self.made: dict[str, str] = {}
        self._discs: dict[tuple[int, float, int, float], QImage] = {}
        self._moved: tuple[list[Stop], float, float, Points] | None = None

    def load(self, made: dict[str, str]) -> None:
        """Take over which sites were visited on the day of the plan, with the states of the inspections."""
        self.made = made

    def wear(self, style: Style) -> None:
        """Take over another style."""
        super().wear(style)
        self._discs.clear()

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
        return self.sites(view) + self._moves(view)

    def _moves(self, view: View) -> Points:
        """Return how far each disc stands from its site, in pixels, shape (n, 2)."""
        stops, aside = self.routes.stops, self._aside(view)
        if self._moved is None or self._moved[0] is not stops or self._moved[1:3] != (view.scale, aside):
            # All stops are spread, not those in view: they stand the same wherever the view is, and none jumps on a
            # pan. From the first of them, and not from the corner of the view, so that not even rounding differs.
            sites = self.sites(view)
            spread = sites - sites[:1]
            self._moved = stops, view.scale, aside, apart(spread - aside, self.size(view) + 1.5) - spread
        return self._moved[3]

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
        yield from self._paint_stops(painter, view, range(len(self.routes.stops)))

    def paint_again(self, painter: QPainter, view: View, chosen: Container[str]) -> Iterator[None]:
        """Draw the numbers of the stops at some sites once more, above the rings that mark these."""
        if self.visible and self.routes.stops:
            yield from self._paint_stops(
                painter, view, [k for k, stop in enumerate(self.routes.stops) if stop.site in chosen]
            )

    def _paint_stops(self, painter: QPainter, view: View, which: Iterable[int]) -> Iterator[None]:
        size, stops = self.size(view), self.routes.stops  # an edit may replace them between two slices
        places, sites, aside = self.places(view), self.sites(view), self._aside(view)
        inside = ((places > -size) & (places < (view.width + size, view.height + size))).all(axis=1)
        order = sorted((k for k in which if inside[k]), key=lambda k: -stops[k].seq)
        for k in order:
            if np.hypot(*(places[k] - sites[k] + aside)) > size * 0.55:
                self._paint_leader(painter, sites[k], places[k], self.routes.colour(stops[k].team))
        for count, k in enumerate(order):
            x, y = places[k].tolist()
            self._draw_number(painter, stops[k], x, y, size)
            if count % 60 == 59:
                yield
        yield

    def _draw_number(self, painter: QPainter, stop: Stop, x: float, y: float, size: float) -> None:
        self._draw_disc(painter, stop, x, y, size)
        if state := self.made.get(stop.site):
            corner = QPointF(x + size * 0.42, y - size * 0.42)
            visitmarks.paint(painter, state, corner, max(size * 0.3, 4.5), MARK_INK, MARK_PAPER)

    def _draw_disc(self, painter: QPainter, stop: Stop, x: float, y: float, size: float) -> None:
        colour = self.routes.colour(stop.team)
        if not is_raster(painter):
            paint_number(painter, stop.seq, x, y, size, colour, self.style)
            return
        # From an image: with every stop in view, discs and digits would hold up the window.
        key = stop.seq, size, colour.rgba(), ratio(painter)
        if key not in self._discs:
            if len(self._discs) > MOST_DISCS:
                self._discs.clear()
            side = int((size * 1.1 + 5) * key[3]) | 1
            image = transparent(side, side, key[3])
            brush = QPainter(image)
            brush.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_number(brush, stop.seq, side / key[3] / 2, side / key[3] / 2, size, colour, self.style)
            brush.end()
            self._discs[key] = image
        image = self._discs[key]
        half = image.width() / key[3] / 2
        painter.drawImage(QPointF(x - half, y - half), image)

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
