"""Sites as symbols: dots from afar, badges with pictogram and status mark from near, important ones on top."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from geo.language import Language, current, tr
from geo.model import STATUSES
from geo.projection import Points
from geo.store.edits import RowChange
from layers import crowds, sitelegend, sitesearch, symbols, text, zorder
from layers.classes import Classed, SiteClass
from layers.crowds import Crowd, Discs, Scene
from layers.device import is_raster
from layers.label import Label
from layers.lasso import inside_of
from layers.layer import Layer, LegendEntry
from layers.sitechanges import SiteChanges
from layers.siterows import RISK_NAMES, STATUS_NAMES, SiteRows, Small, status_codes
from layers.style import Style
from layers.symbols import Sprites, Symbol
from layers.view import Bounds, View
from layers.zorder import Indices

CLASS = "class:"
"""What tells the look of a class from that of a status."""

MARGIN = 26.0
"""Pixels that the largest symbol reaches beyond its site."""

BATCH = 400

MOST_NAMES = 600
"""So many sites in view are named at most, those that matter more first."""

MANY = 2000
"""From so many sites on the legend explains what a crowd looks like."""


@dataclass(frozen=True)
class Look:
    """The distinct look of some sites: what their sprite is made of, at each amount of room."""

    kind: str
    status: str
    risk: str = "low"


class SitesLayer(Layer):
    """The places that are inspected."""

    name = "sites"
    tables = frozenset({"sites", "kinds", "inspections", "findings", "plans", "stops", "settings"})

    def __init__(self, style: Style, sprites: Sprites, lang: Language | None = None) -> None:
        super().__init__(style, lang)
        self.sprites = sprites
        self.classes: tuple[SiteClass, ...] = ()
        self.heading = ""
        """What the classes in place of the statuses are classes of."""
        self.name_of: Callable[[str], str] | None = None
        """What a site is called on the map, by its id, where that is not its name."""
        self._plain = style
        self._wear()
        self._scene: tuple[tuple[object, ...], Scene] | None = None

    def wear(self, style: Style) -> None:
        """Look different from now on."""
        self._plain = style
        self._wear()

    def classify(self, classed: Classed | None, heading: str, frame: pd.DataFrame) -> None:
        """Colour the sites by classes in place of their status; None colours them by status again.

        Parameters
        ----------
        classed
            In the order of the project's table.
        heading
            What they are classes of, for the legend.
        frame
            The table.
        """
        self.classes, self.heading = (), heading
        if classed is None:
            self.rows.shade(None, STATUS_NAMES, frame)
        else:
            self.classes = classed.classes
            states = tuple(CLASS + each.key for each in classed.classes)
            self.rows.shade(classed.codes.astype(np.int8), states, frame)
        self._wear()

    def _wear(self) -> None:
        looks = {CLASS + each.key: each.look for each in self.classes}
        self.style = replace(self._plain, status={**self._plain.status, **looks}) if looks else self._plain
        self.states = tuple(looks) or STATUS_NAMES
        self.sprites = Sprites(self.style) if self.sprites.style is not self.style else self.sprites
        self.discs = Discs(self.style, self.lang or current(), self.states)
        self._ranks = np.array([self.style.status[name].rank for name in self.states])
        self.forget()

    def load(self, sites: gpd.GeoDataFrame, kinds: pd.DataFrame, statuses: pd.Series | Small) -> None:
        """Take over the rows to show; statuses by site id, a site without one is not due, or as numbers by row."""
        codes = status_codes(statuses.reindex(sites.index)) if isinstance(statuses, pd.Series) else statuses
        self.rows = SiteRows(sites, codes)
        self.load_kinds(kinds)

    def load_kinds(self, kinds: pd.DataFrame) -> None:
        """Take over how the kinds of sites look and what they are called."""
        self._symbol_of = dict(zip(kinds["code"].astype(str), kinds["symbol"].astype(str), strict=True))
        titles = kinds["name"]
        if (self.lang or current()) == "en":
            titles = titles.where(kinds["name_en"] == "", kinds["name_en"])
        self._kind_titles = dict(zip(kinds["symbol"], titles, strict=True))
        self.forget()

    def follow(self, changes: Sequence[RowChange]) -> Iterator[None]:
        """Make changes of the table of sites, in their order, yielding every few milliseconds."""
        made = SiteChanges()
        for count, change in enumerate(changes):
            made.note(change)
            if count % BATCH == BATCH - 1:
                yield
        yield from made.apply(self.rows)
        self.forget()

    def forget(self) -> None:
        """Forget what was worked out, since sites have changed."""
        self._scene = None

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Sites", lang)

    # By position

    @property
    def xy(self) -> Points:
        """Return where the sites lie, by position, in EPSG:3857 metres, shape (n, 2)."""
        return self.rows.xy

    @property
    def ids(self) -> NDArray[np.object_]:
        """Return the ids by position."""
        return np.array(self.rows.ids(np.arange(len(self.rows))), dtype=object)

    @property
    def status(self) -> NDArray[np.object_]:
        """Return the statuses by position."""
        return np.array(STATUS_NAMES, dtype=object)[self.rows.status]

    @property
    def rank(self) -> Indices:
        """Return what covers what, by position: higher lies on top."""
        return self._ranks[self.rows.shades]

    def status_at(self, position: int) -> str:
        """Return the status of the site at a position."""
        return STATUS_NAMES[int(self.rows.status[position])]

    def look(self, position: int) -> Look:
        """Return the look of the site at a position."""
        rows = self.rows
        return self._look(int(rows.kind[position]), int(rows.risk[position]), int(rows.shades[position]))

    def _look(self, kind: int, risk: int, status: int) -> Look:
        return Look(self._symbol_of.get(self.rows.kinds[kind], ""), self.states[status], RISK_NAMES[risk])

    def bounds(self, positions: Indices | None = None) -> Bounds | None:
        """Return what the sites, or those at some positions, cover; None if none of them has a place."""
        if positions is None:
            return self.rows.bounds
        xy = self.xy[positions]
        xy = xy[np.isfinite(xy).all(axis=1)]
        if not len(xy):
            return None
        (left, bottom), (right, top) = xy.min(axis=0), xy.max(axis=0)
        return float(left), float(bottom), float(right), float(top)

    # What is drawn

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
        return Symbol(look.kind, look.status, form, round(size, 1), look.risk)

    def _size(self, view: View) -> float:
        """Return the size of the symbols that call for action, by which crowds are told."""
        return self.symbol(Look("", self.states[0] if self.classes else "due"), view).size

    def scene(self, view: View, margin: float = MARGIN) -> Scene:
        """Return what is drawn in a view and a margin in pixels around it."""
        rows = self.rows
        key = (view, margin, id(rows.xy), id(rows.shades))
        if self._scene is not None and self._scene[0] == key:
            return self._scene[1]
        cells, crowded = crowds.squares(rows, view, margin, self._size(view))
        positions = self._in_order(self._near(cells.chosen(~crowded).points(), view, margin))
        scene = Scene(positions, crowds.crowds_of(rows, cells.chosen(crowded)))
        self._scene = key, scene
        return scene

    def scene_of(self, positions: Indices, view: View, margin: float = MARGIN) -> Scene:
        """Return what is drawn in a view of a few sites, with the crowds to which they belong."""
        positions = self._near(positions, view, margin)
        level = crowds.level(view)
        cells = zorder.cells_around(self.rows.codes, self.xy[positions], level)
        cells = cells.chosen(cells.counts > crowds.most(view, self._size(view)))
        crowded = np.zeros(len(positions), dtype=bool)
        for start, stop in zip(cells.starts.tolist(), cells.stops.tolist(), strict=True):
            crowded |= (positions >= start) & (positions < stop)
        return Scene(self._in_order(positions[~crowded]), crowds.crowds_of(self.rows, cells))

    def _near(self, positions: Indices, view: View, margin: float) -> Indices:
        left, bottom, right, top = view.bounds
        by = margin * view.scale
        x, y = self.xy[positions, 0], self.xy[positions, 1]
        near: Indices = positions[(x > left - by) & (x < right + by) & (y > bottom - by) & (y < top + by)]
        return near

    def _in_order(self, positions: Indices) -> Indices:
        # What matters more lies on top, and what lies further south covers what is behind it.
        return positions[np.lexsort((-self.xy[positions, 1], self._ranks[self.rows.shades[positions]]))]

    def visible_positions(self, view: View, margin: float = MARGIN) -> Indices:
        """Return the positions, in drawing order, of the sites in view that are drawn one by one."""
        return self.scene(view, margin).positions

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the sites in view."""
        scene = self.scene(view)
        yield from self.paint_some(painter, view, scene.positions)
        middles = view.world_to_screen(np.array([(crowd.x, crowd.y) for crowd in scene.crowds]).reshape(-1, 2))
        for count, (crowd, (x, y)) in enumerate(zip(scene.crowds, middles.tolist(), strict=True)):
            self.discs.paint(painter, crowd, x, y)
            if count % 16 == 15:
                yield

    def paint_some(self, painter: QPainter, view: View, positions: Indices) -> Iterator[None]:
        """Draw the sites at some positions."""
        # At once, and not when the first is drawn: an edit may move them meanwhile.
        return self._painting(painter, view, view.world_to_screen(self.xy[positions]), self._symbols(positions, view))

    def _painting(
        self, painter: QPainter, view: View, screen: Points, symbols_of: tuple[Indices, dict[int, Symbol]]
    ) -> Iterator[None]:
        codes, looks = symbols_of
        for start in range(0, len(codes), BATCH):
            part = slice(start, start + BATCH)
            if is_raster(painter):
                self._blit(painter, view, looks, codes[part], screen[part])
            else:
                for code, (x, y) in zip(codes[part].tolist(), screen[part].tolist(), strict=True):
                    symbols.paint(painter, self.style, looks[code], x, y)
            yield

    def _symbols(self, positions: Indices, view: View) -> tuple[Indices, dict[int, Symbol]]:
        """Return for each position the number of its symbol, and the symbols by number."""
        rows, statuses, risks = self.rows, len(self.states), len(RISK_NAMES)
        codes = rows.kind[positions].astype(np.intp) * risks + rows.risk[positions]
        codes = codes * statuses + rows.shades[positions]
        looks = {
            code: self._look(code // statuses // risks, code // statuses % risks, code % statuses)
            for code in np.unique(codes).tolist()
        }
        return codes, {code: self.symbol(look, view) for code, look in looks.items()}

    def _blit(self, painter: QPainter, view: View, looks: Mapping[int, Symbol], codes: Indices, screen: Points) -> None:
        images: dict[int, tuple[QImage, float]] = {}
        for code in np.unique(codes).tolist():
            image = self.sprites.image(looks[code], view.ratio)
            images[code] = image, image.width() / view.ratio / 2
        for code, (x, y) in zip(codes.tolist(), screen.tolist(), strict=True):
            image, half = images[code]
            painter.drawImage(QPointF(x - half, y - half), image)

    def radius(self, position: int, view: View) -> float:
        """Return how far the symbol of a site reaches, in pixels."""
        return symbols.reach(self.style, self.symbol(self.look(position), view))

    def radii(self, positions: Indices, view: View) -> NDArray[np.float64]:
        """Return how far the symbols of some sites reach, in pixels, shape (n,)."""
        codes, looks = self._symbols(positions, view)
        sizes = np.zeros(max(looks, default=0) + 1)
        for code, symbol in looks.items():
            sizes[code] = symbols.reach(self.style, symbol)
        return sizes[codes]

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the sites, once the map is large enough for them."""
        if view.scale > self.style.site.name_from:
            return
        positions = self.visible_positions(view, 0)[-MOST_NAMES:]
        lang = self.lang or current()
        # All at once: an edit may change what is where before the last one is asked for.
        names = [self.rows.name(at, lang) if self.name_of is None else self._named(at) for at in positions.tolist()]
        middles, radii = view.world_to_screen(self.xy[positions]), self.radii(positions, view).tolist()
        told = zip(names, middles, radii, self.rank_of(positions).tolist(), strict=True)
        for name, middle, radius, rank in told:
            if name:
                # Far enough away for the ring of a selected site.
                aside, down = radius + 9 + text.width(name, self.style.texts["site"]) / 2, radius + 15
                around = np.array([[aside, 0], [-aside, 0], [0, down], [0, -down]])
                yield Label(name, "site", 20 + float(rank), middle + around)

    def _named(self, position: int) -> str:
        return self.name_of(self.rows.ids(np.array([position]))[0]) if self.name_of is not None else ""

    def rank_of(self, positions: Indices) -> Indices:
        """Return what covers what of some sites: higher lies on top."""
        return self._ranks[self.rows.shades[positions]]

    def obstacles(self, view: View) -> Points:
        """Return the boxes of the crowds, and of the symbols where these are more than dots."""
        scene = self.scene(view)
        middles = view.world_to_screen(np.array([(crowd.x, crowd.y) for crowd in scene.crowds]).reshape(-1, 2))
        reach = np.array([crowd.radius for crowd in scene.crowds])[:, None]
        if view.scale > self.style.site.badge_from:
            return np.hstack([middles - reach, middles + reach]).reshape(-1, 4)
        positions = scene.positions
        if view.scale > self.style.site.full_from:
            positions = positions[self.rank_of(positions) > 0]
        middles = np.vstack([middles, view.world_to_screen(self.xy[positions])])
        half = np.concatenate([reach.reshape(-1), self.radii(positions, view) - 1])[:, None]
        return np.hstack([middles - half, middles + half])

    # What is where

    def hits(self, view: View, x: float, y: float, tolerance: float = 10) -> list[str]:
        """Return the ids of the sites within a tolerance of a pixel, nearest first; none of those in a crowd."""
        return self.rows.ids(sitesearch.near(self.rows, self._ranks, view, (x, y), (tolerance, self._size(view))))

    def crowd_at(self, view: View, x: float, y: float) -> Crowd | None:
        """Return the crowd whose disc is under a pixel."""
        return sitesearch.crowd_at(self.rows, view, (x, y), self._size(view))

    def positions_within(self, view: View, polygon: Points) -> Indices:
        """Return the positions of the sites inside a polygon of logical pixels, shape (n, 2) with n >= 3."""
        area = shapely.Polygon(view.screen_to_world(polygon))
        return inside_of(self.rows.codes, self.xy, area)

    def within(self, view: View, polygon: Points) -> list[str]:
        """Return the ids of the sites inside a polygon of logical pixels, shape (n, 2) with n >= 3."""
        return self.rows.ids_of(self.positions_within(view, polygon))

    # The legend

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry per status and one per kind that occurs."""
        return self.status_legend(lang) + self.kind_legend()

    def status_legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry per status that occurs."""
        there = {self.states[code] for code in np.flatnonzero(np.bincount(self.rows.shades, minlength=1)).tolist()}
        titles = zip(self.states, self.state_titles(lang), strict=True)
        form = symbols.DOT if self.classes else symbols.FULL
        samples = [(title, sitelegend.swatch(self.style, "", state, form)) for state, title in titles if state in there]
        entries = [LegendEntry(*sample) for sample in samples]
        if len(self.rows) > MANY:
            entries.append(LegendEntry(tr("Many sites, by status", lang), self.discs.swatch))
        return entries

    def heading_in(self, lang: Language | None = None) -> str:
        """Return what the statuses, or the classes in their place, are called together."""
        return self.heading if self.classes else tr("Status", lang)

    def state_titles(self, lang: Language | None = None) -> list[str]:
        """Return what the statuses, or the classes in their place, are called one by one, in their order."""
        return [each.title for each in self.classes] or [choice.title(lang) for choice in STATUSES]

    def class_counts(self) -> dict[str, tuple[int, int]]:
        """Return by title the number of each class in place of the statuses, and how many sites it has."""
        counts = np.bincount(self.rows.shades, minlength=len(self.states)).tolist()
        return {each.title: (at, counts[at]) for at, each in enumerate(self.classes)}

    def of_class(self, number: int) -> list[str]:
        """Return the ids of the sites of a class, by its number."""
        return self.rows.ids_of(np.flatnonzero(self.rows.shades == number))

    def kind_legend(self) -> list[LegendEntry]:
        """Return an entry per site kind that occurs, in the language of the map."""
        codes = np.flatnonzero(np.bincount(self.rows.kind, minlength=1)).tolist() if len(self.rows) else []
        there = {self._symbol_of.get(self.rows.kinds[code], "") for code in codes}
        return sitelegend.kind_entries(self.style, there, self._kind_titles)
