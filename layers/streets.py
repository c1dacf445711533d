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
from geo.projection import to_mercator
from geo.roads import tags
from geo.store.edits import Edit
from layers.device import is_raster, ratio
from layers.geometry import Geometry, Indices, Shapes, start_codes, with_others
from layers.label import Label
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.linework import Linework, Strokes
from layers.streetnames import StreetNames
from layers.style import StreetStyle, Style
from layers.view import Bounds, View

CASING = 1.0
"""Pixels of casing on each side."""

CASED_FROM = 1.7
"""Width in pixels below which a street is one thin line."""

BRIDGE_DARKER = 135
"""How much darker the casing of a bridge is, in per cent."""

BATCH = 100

HAIR = 1.0
"""Device pixels up to which a line is a hairline, which Qt draws fastest, and ends where it ends."""

BROAD = 7.0
"""Device pixels up to which lines have square ends and bends: who can tell a square of that size from a disc?"""

FEW, MOST_MENDED = 200, 2000
"""So many streets are mended at a time, and so many in all, before all are loaded anew."""

APART = 260.0
"""Pixels from a street's name to the next of the same street, at least; its two carriageways are named once."""


class StreetsLayer(Layer):
    """The street network."""

    name = "streets"
    tables = frozenset({"streets"})

    def __init__(self, style: Style, lang: Language | None = None) -> None:
        super().__init__(style, lang)
        self._news: set[str] = set()
        self._is_loaded = False

    def note(self, edit: Edit) -> None:
        """Remember which streets an edit touched, so that the next `reload` mends these and no others."""
        if "streets" in edit.tables():
            self._news.update(change.id for change in edit.changes_of("streets"))

    def reload(self, streets: gpd.GeoDataFrame) -> None:
        """Take over the rows to show: those only that were edited, where these are known and few."""
        news, self._news = sorted(self._news), set()
        if not (0 < len(news) <= FEW and self._is_loaded and self._mend(streets, news)):
            self.load(streets)

    def load(self, streets: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        streets = streets[~tags.unseen(streets["tags"])]
        self._classes = sorted(self.style.streets, key=lambda name: self.style.streets[name].rank)
        is_square = tags.squares(streets["tags"]).to_numpy() & shapely.is_ring(streets.geometry.array)
        classes = self._class_of(streets)
        self._squares = Geometry(_polygons(streets.geometry.array[is_square]))
        self._square_class = classes[is_square]
        self._square_ids = frozenset(streets.index[is_square].tolist())
        streets = streets[~is_square]
        # Those that lie together one after the other: in any other order, memory is what drawing them waits for.
        order = np.argsort(start_codes(streets.geometry.array, to_mercator), kind="stable")
        self._lines = Geometry(np.asarray(streets.geometry.array, dtype=object)[order])
        self._work = Linework(self._lines.shapes)
        streets = streets.iloc[order]
        self._ids = streets.index
        self._class, self._level = classes[~is_square][order], _levels(streets)
        self._called = self._names_of(streets)
        self._names = StreetNames(self._called, self._lines.shapes, self._class)
        self._is_loaded = True

    def _mend(self, streets: gpd.GeoDataFrame, ids: list[str]) -> bool:
        """Show streets as they are now and leave the others; return False, with nothing done, where that cannot be."""
        rows = streets.iloc[[at for at in streets.index.get_indexer(pd.Index(ids)).tolist() if at >= 0]]
        is_square = tags.squares(rows["tags"]).to_numpy() & shapely.is_ring(rows.geometry.array)
        if is_square.any() or self._square_ids.intersection(ids) or self._lines.late > MOST_MENDED:
            return False
        rows = rows[~tags.unseen(rows["tags"])]
        there = rows.index.tolist()
        gone = [one for one in ids if one not in set(there)]
        known = self._ids.get_indexer(pd.Index([*there, *gone]))
        lost = known[len(there) :]
        kept = known[: len(there)]
        added = kept < 0
        kept[added] = len(self._ids) + np.arange(int(added.sum()))
        lost = lost[lost >= 0]
        at = np.concatenate([kept, lost])
        before = set(self._called[at[at < len(self._ids)]].tolist())
        nothing = np.full(len(lost), None, dtype=object)
        self._ids = self._ids.append(rows.index[added]) if added.any() else self._ids
        self._class = with_others(self._class, kept, self._class_of(rows))
        self._level = with_others(self._level, kept, _levels(rows))
        called = self._names_of(rows)
        self._called = with_others(self._called, at, np.concatenate([called, np.full(len(lost), "", dtype=object)]))
        self._lines = self._lines.mended(at, np.concatenate([np.asarray(rows.geometry.array, dtype=object), nothing]))
        self._work = self._work.mended(at, self._lines.shapes[at])
        renamed = (before | set(called.tolist())) - {""}
        self._names = self._names.renew(renamed, self._called, self._lines.shapes, self._class)
        return True

    def _class_of(self, streets: gpd.GeoDataFrame) -> NDArray[np.intp]:
        codes = {name: code for code, name in enumerate(self._classes)}
        return np.asarray(streets["highway"].map(codes).fillna(codes["residential"]), dtype=np.intp)

    def _names_of(self, streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
        names = streets["name"]
        if (self.lang or current()) == "en":
            names = names.where(streets["name_en"] == "", streets["name_en"])
        return np.asarray(names, dtype=object)

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
            strokes = [Strokes(work, view, indices) for _, _, indices in classes]
            for (style, width, indices), own in zip(classes, strokes, strict=True):
                yield from _stroke(painter, view, (lines, indices), own, _casing_pen(style, width, 1, level))
            for (style, width, indices), own in zip(classes, strokes, strict=True):
                if width >= CASED_FROM and not style.dash:
                    fill = _between(style.fill, self.style.land) if level < 0 else style.fill
                    yield from _stroke(painter, view, (lines, indices), own, _pen(fill, width, True))
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
        names, crowded = self._names, view.scale > self.style.site.full_from
        near = list(names.lettered(view, lettered))
        if not near:
            return
        counts = shapely.get_num_coordinates(names.lines[near])
        screen = view.world_to_screen(shapely.get_coordinates(names.lines[near]))
        for index, line in zip(near, np.split(screen, np.cumsum(counts)[:-1]), strict=True):
            style = self.style.streets[self._classes[names.classes[index]]]
            major = style.rank >= 7
            yield Label(
                names.texts[index],
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


def _stroke(painter: QPainter, view: View, of: tuple[Geometry, Indices], strokes: Strokes, pen: QPen) -> Iterator[None]:
    """Draw some lines with a pen whose width is in logical pixels, in the way that is the fastest for it."""
    geometry, lines = of
    width = pen.widthF() * ratio(painter)
    if is_raster(painter) and pen.style() == Qt.PenStyle.SolidLine:
        is_round = pen.capStyle() == Qt.PenCapStyle.RoundCap and width > BROAD
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_round or width <= HAIR else Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        yield from strokes.draw(painter, is_round=is_round)
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


def _levels(streets: gpd.GeoDataFrame) -> NDArray[np.intp]:
    return np.asarray(streets["bridge"], dtype=np.intp) - np.asarray(streets["tunnel"], dtype=np.intp)


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
