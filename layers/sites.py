"""Sites as symbols: dots from afar, badges with pictogram and status mark from near, important ones on top."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from geo.language import Language, current, tr
from geo.model import STATUSES
from geo.projection import Points, to_mercator
from layers import symbols, text
from layers.device import is_raster
from layers.geometry import Indices
from layers.label import Label
from layers.layer import Layer, LegendEntry, Swatch
from layers.style import Style
from layers.symbols import Sprites, Symbol
from layers.view import Bounds, View

CROWD = 4000
"""From this many sites in view on, only the topmost of each cell of `CELL` pixels is drawn."""

CELL = 7
BATCH = 400


@dataclass(frozen=True)
class Look:
    """The distinct look of some sites: what their sprite is made of, at each amount of room."""

    kind: str
    status: str


class SitesLayer(Layer):
    """The places that are inspected."""

    name = "sites"
    tables = frozenset({"sites", "kinds", "inspections", "findings", "plans", "stops", "settings"})

    def __init__(self, style: Style, sprites: Sprites, lang: Language | None = None) -> None:
        super().__init__(style, lang)
        self.sprites = sprites

    def load(self, sites: gpd.GeoDataFrame, kinds: pd.DataFrame, statuses: pd.Series) -> None:
        """Take over the rows to show; statuses by site id, a site without one is not due."""
        symbol_of = dict(zip(kinds["code"], kinds["symbol"], strict=True))
        kind = sites["kind"].map(symbol_of).fillna("")
        status = statuses.reindex(sites.index).fillna("not_due")
        ranks = np.array([self.style.status[name].rank for name in status], dtype=np.int64)
        # Drawn in this order: what matters more lies on top, and what lies further south covers what is behind it.
        xy = to_mercator(_coordinates(sites))
        order = np.lexsort((-xy[:, 1], ranks))
        self.ids: NDArray[np.object_] = sites.index.to_numpy(dtype=object)[order]
        self.xy = xy[order]
        self.rank = ranks[order]
        self._load_looks(kind.iloc[order], status.iloc[order])
        self._load_names(sites.iloc[order], kinds)
        self.position: Mapping[str, int] = {site: k for k, site in enumerate(self.ids)}

    def _load_looks(self, kind: pd.Series, status: pd.Series) -> None:
        codes, looks = pd.MultiIndex.from_arrays([kind, status]).factorize()
        self._look = codes
        self._looks = [Look(*look) for look in looks]
        self.status = status.to_numpy(dtype=object)
        self.kind = kind.to_numpy(dtype=object)

    def _load_names(self, sites: gpd.GeoDataFrame, kinds: pd.DataFrame) -> None:
        names, titles = sites["name"], kinds["name"]
        if (self.lang or current()) == "en":
            names = names.where(sites["name_en"] == "", sites["name_en"])
            titles = titles.where(kinds["name_en"] == "", kinds["name_en"])
        self.names = names.to_numpy(dtype=object)
        self._kind_titles = dict(zip(kinds["symbol"], titles, strict=True))

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Sites", lang)

    def bounds(self, positions: Indices | None = None) -> Bounds | None:
        """Return what the sites, or those at some positions, cover; None if none of them has a place."""
        xy = self.xy if positions is None else self.xy[positions]
        xy = xy[np.isfinite(xy).all(axis=1)]
        if not len(xy):
            return None
        (left, bottom), (right, top) = xy.min(axis=0), xy.max(axis=0)
        return float(left), float(bottom), float(right), float(top)

    def symbol(self, look: Look, view: View) -> Symbol:
        """Return the symbol of a look at the scale of a view; what is not due steps back."""
        site, quiet = self.style.site, self.style.status[look.status].rank == 0
        if view.scale > site.badge_from:
            form, size = symbols.DOT, site.dot_size
        elif view.scale > site.full_from:
            form, size = (symbols.DOT, site.dot_size) if quiet else (symbols.BADGE, site.badge_size)
        else:
            form, size = (symbols.BADGE, site.badge_size) if quiet else (symbols.FULL, site.full_size)
        if form == symbols.DOT:
            size *= 0.72 if quiet else 1.0
            size *= float(np.clip((site.badge_from * 2 / view.scale) ** 0.25, 0.7, 1.2))
        return Symbol(look.kind, look.status, form, round(size, 1))

    def visible_positions(self, view: View, margin: float = 16) -> Indices:
        """Return the positions, in drawing order, of the sites in view; in a crowd the topmost of each cell."""
        left, bottom, right, top = view.bounds
        by = margin * view.scale
        x, y = self.xy[:, 0], self.xy[:, 1]
        inside = np.flatnonzero((x > left - by) & (x < right + by) & (y > bottom - by) & (y < top + by))
        return inside if len(inside) <= CROWD else self._topmost(view, inside, margin)

    def _topmost(self, view: View, inside: Indices, margin: float) -> Indices:
        cells = ((view.world_to_screen(self.xy[inside]) + margin) / CELL).astype(np.int64)
        columns = int((view.width + 2 * margin) / CELL) + 2
        rows = int((view.height + 2 * margin) / CELL) + 2
        winners = np.full(columns * rows, -1, dtype=np.intp)
        # Later sites overwrite earlier ones, and the later ones are those on top.
        winners[cells[:, 1] * columns + cells[:, 0]] = inside
        return np.sort(winners[winners >= 0])

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the sites in view."""
        yield from self.paint_some(painter, view, self.visible_positions(view))

    def paint_some(self, painter: QPainter, view: View, positions: Indices) -> Iterator[None]:
        """Draw the sites at some positions."""
        screen = view.world_to_screen(self.xy[positions])
        looks = [self.symbol(look, view) for look in self._looks]
        chosen = self._look[positions]
        for start in range(0, len(positions), BATCH):
            part = slice(start, start + BATCH)
            if is_raster(painter):
                self._blit(painter, view, looks, chosen[part], screen[part])
            else:
                for code, (x, y) in zip(chosen[part].tolist(), screen[part].tolist(), strict=True):
                    symbols.paint(painter, self.style, looks[code], x, y)
            yield

    def _blit(self, painter: QPainter, view: View, looks: list[Symbol], codes: Indices, screen: Points) -> None:
        images: dict[int, tuple[QImage, float]] = {}
        for code in np.unique(codes).tolist():
            image = self.sprites.image(looks[code], view.ratio)
            images[code] = image, image.width() / view.ratio / 2
        for code, (x, y) in zip(codes.tolist(), screen.tolist(), strict=True):
            image, half = images[code]
            painter.drawImage(QPointF(x - half, y - half), image)

    def radius(self, position: int, view: View) -> float:
        """Return how far the symbol of a site reaches, in pixels."""
        return self.symbol(self._looks[self._look[position]], view).size / 2

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the sites, once the map is large enough for them."""
        if view.scale > self.style.site.name_from:
            return
        for position in self.visible_positions(view, 0).tolist():
            name = str(self.names[position])
            middle = view.world_to_screen(self.xy[position])
            # Far enough away for the ring of a selected site.
            radius = self.radius(position, view)
            aside, down = radius + 9 + text.width(name, self.style.texts["site"]) / 2, radius + 15
            around = np.array([[aside, 0], [-aside, 0], [0, down], [0, -down]])
            yield Label(name, "site", 20 + float(self.rank[position]), middle + around)

    def obstacles(self, view: View) -> Points:
        """Return the boxes of the symbols, where these are more than dots."""
        if view.scale > self.style.site.badge_from:
            return np.empty((0, 4))
        positions = self.visible_positions(view)
        if view.scale > self.style.site.full_from:
            positions = positions[self.rank[positions] > 0]
        screen = view.world_to_screen(self.xy[positions])
        half = np.array([self.radius(int(p), view) for p in positions])[:, None] - 1
        return np.hstack([screen - half, screen + half])

    def hits(self, view: View, x: float, y: float, tolerance: float = 10) -> list[str]:
        """Return the ids of the sites within a tolerance of a pixel, nearest first."""
        (at_x, at_y), by = view.screen_to_world([[x, y]])[0], tolerance * view.scale
        near = np.flatnonzero((abs(self.xy[:, 0] - at_x) <= by) & (abs(self.xy[:, 1] - at_y) <= by))
        away = np.hypot(*(self.xy[near] - (at_x, at_y)).T)
        near, away = near[away <= by], away[away <= by]
        return [str(site) for site in self.ids[near[np.lexsort((-near, away))]]]

    def within(self, view: View, polygon: Points) -> list[str]:
        """Return the ids of the sites inside a polygon of logical pixels, shape (n, 2) with n >= 3."""
        area = shapely.Polygon(view.screen_to_world(polygon))
        left, bottom, right, top = area.bounds
        x, y = self.xy[:, 0], self.xy[:, 1]
        inside = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
        shapely.prepare(area)
        return [str(site) for site in self.ids[inside[shapely.intersects_xy(area, x[inside], y[inside])]]]

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry per status and one per kind that occurs."""
        return self.status_legend(lang) + self.kind_legend()

    def status_legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry per status that occurs."""
        statuses = [choice for choice in STATUSES if choice.value in set(self.status)]
        return [LegendEntry(choice.title(lang), self._swatch("", choice.value)) for choice in statuses]

    def kind_legend(self) -> list[LegendEntry]:
        """Return an entry per site kind that occurs, in the language of the map."""
        kinds = [symbol for symbol in self.style.kinds if symbol in set(self.kind)]
        titles = self._kind_titles
        return [LegendEntry(str(titles.get(kind, kind)), self._swatch(kind, "not_due")) for kind in kinds]

    def _swatch(self, kind: str, status: str) -> Swatch:
        def paint(painter: QPainter, box: QRectF) -> None:
            size = min(box.width(), box.height()) * 0.82
            symbol = Symbol(kind, status, symbols.BADGE if kind else symbols.FULL, size)
            symbols.paint(painter, self.style, symbol, box.center().x(), box.center().y())

        return paint


def _coordinates(frame: gpd.GeoDataFrame) -> Points:
    xy = np.full((len(frame), 2), np.nan)
    points, rows = shapely.get_coordinates(frame.geometry.array, return_index=True)
    xy[rows] = points
    return xy
