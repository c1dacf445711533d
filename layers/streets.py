"""Streets by class: casings first, then fills, minor to major, with widths that grow with the zoom, and their names.

Tunnels are drawn first, pale and with a dashed casing, and bridges last, upon what they cross.
"""

from collections.abc import Iterable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, current, tr
from geo.roads import tags
from layers.device import is_raster, ratio
from layers.geometry import Geometry, Indices, Shapes
from layers.label import Label
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.linework import Linework
from layers.style import StreetStyle
from layers.view import Bounds, View

CASING = 1.0
"""Pixels of casing on each side."""

CASED_FROM = 1.7
"""Width in pixels below which a street is one thin line."""

BRIDGE_DARKER = 135
"""How much darker the casing of a bridge is, in per cent."""

BATCH = 100

HAIR = 2.0
"""Device pixels up to which an uncased street is drawn as one or two hairlines, which is several times faster."""

BROAD = 7.0
"""Device pixels up to which lines with round ends are drawn stretch by stretch: who can tell a square of that size?"""

APART = 260.0
"""Pixels from a street's name to the next of the same street, at least; its two carriageways are named once."""


class StreetsLayer(Layer):
    """The street network."""

    name = "streets"
    tables = frozenset({"streets"})

    def load(self, streets: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        streets = streets[~tags.unseen(streets["tags"])]
        ordered = sorted(self.style.streets, key=lambda name: self.style.streets[name].rank)
        self._classes = ordered
        codes = {name: code for code, name in enumerate(ordered)}
        classes = streets["highway"].map(codes).fillna(codes["residential"]).to_numpy(np.int64)
        is_square = tags.squares(streets["tags"]).to_numpy() & shapely.is_ring(streets.geometry.array)
        self._squares = Geometry(_polygons(streets.geometry.array[is_square]))
        self._square_class = classes[is_square]
        streets = streets[~is_square]
        self._lines = Geometry(streets.geometry.array)
        self._work = Linework(self._lines.shapes)
        self._class = classes[~is_square]
        self._level = streets["bridge"].to_numpy(np.int64) - streets["tunnel"].to_numpy(np.int64)
        self._load_names(streets)

    def _load_names(self, streets: gpd.GeoDataFrame) -> None:
        names = streets["name"]
        if (self.lang or current()) == "en":
            names = names.where(streets["name_en"] == "", streets["name_en"])
        named = (names != "").to_numpy() & (shapely.get_num_coordinates(self._lines.shapes) > 1)
        codes, texts = pd.factorize(names[named], sort=True)
        merged = _merged(self._lines.shapes[named], codes, len(texts))
        parts, owner = shapely.get_parts(merged, return_index=True)
        best = np.zeros(len(texts), dtype=np.int64)
        np.maximum.at(best, codes, self._class[named])
        self._names = [str(texts[k]) for k in owner]
        self._name_class = best[owner]
        self._name_lines = parts
        self._name_tree = shapely.STRtree(parts)
        # The scale from which the line is long enough: letters take 4 pixels each at the very least.
        self._name_room = shapely.length(parts) / np.array([4.0 * len(name) for name in self._names])

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Streets", lang)

    def bounds(self) -> Bounds | None:
        """Return what the streets cover."""
        return self._lines.bounds()

    def _shown(self, view: View) -> list[list[tuple[StreetStyle, float, Indices]]]:
        """Return what is drawn: for tunnels, streets and bridges the classes, their widths, and their lines."""
        visible = self._lines.visible(view)
        drawn = np.array([view.scale <= self.style.streets[name].from_scale for name in self._classes])
        visible = visible[drawn[self._class[visible]]]
        classes, levels = self._class[visible], self._level[visible]
        shown: list[list[tuple[StreetStyle, float, Indices]]] = [[], [], []]
        for code, name in enumerate(self._classes):
            style, own = self.style.streets[name], classes == code
            if not own.any():
                continue
            for level in (-1, 0, 1):
                if len(chosen := visible[own & (levels == level)]):
                    shown[level + 1].append((style, style.width(view.scale), chosen))
        return shown

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw all casings, then all fills, each minor to major; tunnels before and bridges after the rest."""
        lines, work, shown = self._lines, self._work, self._shown(view)  # an edit may replace them between two slices
        yield
        yield from self._paint_squares(painter, view)
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for level, classes in zip((-1, 0, 1), shown, strict=True):
            for style, width, indices in classes:
                yield from _stroke(painter, view, (lines, work), indices, _casing_pen(style, width, 1, level))
            for style, width, indices in classes:
                if width >= CASED_FROM and not style.dash:
                    fill = _between(style.fill, self.style.land) if level < 0 else style.fill
                    yield from _stroke(painter, view, (lines, work), indices, _pen(fill, width, True))
        painter.restore()

    def _paint_squares(self, painter: QPainter, view: View) -> Iterator[None]:
        squares, classes = self._squares, self._square_class
        for index in squares.visible(view).tolist():
            style = self.style.streets[self._classes[classes[index]]]
            if view.scale > style.from_scale:
                continue
            painter.save()
            painter.setTransform(squares.transform(view), True)
            painter.setPen(QPen(style.fill.darker(106), view.scale * 0.8))
            painter.setBrush(style.fill)
            painter.drawPath(squares.path(index, view.step))
            painter.restore()
            yield

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of streets whose class is lettered at this scale, one every so often along them."""
        lettered = np.array([view.scale <= self.style.streets[name].label_from for name in self._classes])
        if not lettered.any():
            return
        classes, crowded = self._name_class, view.scale > self.style.site.full_from
        near = np.sort(self._name_tree.query(shapely.box(*view.bounds)))
        # Most are too short for their name, and most of the time goes into finding that out one by one.
        near = near[lettered[classes[near]] & (self._name_room[near] >= view.scale)]
        if not len(near):
            return
        counts = shapely.get_num_coordinates(self._name_lines[near])
        screen = view.world_to_screen(shapely.get_coordinates(self._name_lines[near]))
        for index, line in zip(near.tolist(), np.split(screen, np.cumsum(counts)[:-1]), strict=True):
            style = self.style.streets[self._classes[classes[index]]]
            major = style.rank >= 7
            yield Label(
                self._names[index],
                "major" if major else "street",
                40 + style.rank,
                line=line,
                over_symbols=major and crowded,
                apart=APART,
            )

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry for main and for minor streets, and for paths where there are any."""
        entries = [("primary", tr("Main road", lang)), ("residential", tr("Street", lang))]
        paths = [code for code, name in enumerate(self._classes) if name in ("footway", "path")]
        if np.isin(self._class, paths).any():
            entries.append(("footway", tr("Footpath", lang)))
        return [LegendEntry(text, _swatch(self.style.streets[name])) for name, text in entries]


def _polygons(rings: Shapes) -> Shapes:
    return np.array([shapely.Polygon(shapely.get_coordinates(ring)) for ring in rings], dtype=object)


def _stroke(painter: QPainter, view: View, of: tuple[Geometry, Linework], lines: Indices, pen: QPen) -> Iterator[None]:
    """Draw some lines with a pen whose width is in logical pixels, in the way that is the fastest for it."""
    geometry, work = of
    width = pen.widthF() * ratio(painter)
    if is_raster(painter) and pen.style() == Qt.PenStyle.SolidLine:
        is_round = pen.capStyle() == Qt.PenCapStyle.RoundCap
        if width <= HAIR and not is_round:
            pen.setWidthF(min(width, 1) / ratio(painter))
            painter.setPen(pen)
            yield from work.draw(painter, view, lines, width)
            return
        if width <= BROAD and is_round:
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            yield from work.draw_stretches(painter, view, lines)
            return
    pen.setWidthF(pen.widthF() * view.scale)
    painter.setPen(pen)
    for start in range(0, len(lines), BATCH):
        painter.save()
        painter.setTransform(geometry.transform(view), True)
        for index in lines[start : start + BATCH].tolist():
            painter.drawPolyline(geometry.line(index, view.step))
        painter.restore()
        yield


def _casing_pen(style: StreetStyle, width: float, scale: float, level: int) -> QPen:
    """Return the pen of the lower line of a street: all of it where it is thin or dashed."""
    if style.dash:
        pen = _pen(style.casing, width * scale, False)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(list(style.dash))
        if level < 0:
            pen.setColor(_between(style.casing, style.fill))
        return pen
    cased = width >= CASED_FROM
    colour = style.casing.darker(BRIDGE_DARKER) if level > 0 and cased else style.casing
    pen = _pen(colour, (width + 2 * CASING if cased else width) * scale, cased and level == 0)
    if level < 0 and cased:
        # Qt counts dashes in widths.
        pen.setDashPattern([6 / (width + 2 * CASING), 4 / (width + 2 * CASING)])
    return pen


def _between(one: QColor, other: QColor) -> QColor:
    red, green, blue = ((a + b) // 2 for a, b in zip(_parts(one), _parts(other), strict=True))
    return QColor(red, green, blue)


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def _merged(lines: NDArray[np.object_], codes: NDArray[np.intp], count: int) -> NDArray[np.object_]:
    if not count:
        return np.empty(0, dtype=object)
    order = np.argsort(codes, kind="stable")
    together = shapely.multilinestrings(lines[order], indices=codes[order])
    return np.asarray(shapely.line_merge(together), dtype=object)


def _pen(colour: QColor, width: float, round_caps: bool) -> QPen:
    cap = Qt.PenCapStyle.RoundCap if round_caps else Qt.PenCapStyle.FlatCap
    return QPen(colour, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)


def _swatch(style: StreetStyle) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        if style.dash:
            painter.setPen(_casing_pen(style, 1.6, 1, 0))
            painter.drawLine(across(box))
            return
        for colour, width in ((style.casing, 6.0), (style.fill, 4.0)):
            painter.setPen(_pen(colour, width, False))
            painter.drawLine(across(box))

    return paint
