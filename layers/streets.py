"""Streets by class: casings first, then fills, minor to major, with widths that grow with the zoom, and their names."""

from collections.abc import Iterable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, current, tr
from layers.geometry import Geometry, Indices
from layers.label import Label
from layers.layer import Layer, LegendEntry, Swatch, across
from layers.style import StreetStyle
from layers.view import Bounds, View

CASING = 1.0
"""Pixels of casing on each side."""

CASED_FROM = 1.7
"""Width in pixels below which a street is one thin line."""

BATCH = 250


class StreetsLayer(Layer):
    """The street network."""

    name = "streets"
    tables = frozenset({"streets"})

    def load(self, streets: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        self._lines = Geometry(streets.geometry.array)
        ordered = sorted(self.style.streets, key=lambda name: self.style.streets[name].rank)
        self._classes = ordered
        codes = {name: code for code, name in enumerate(ordered)}
        self._class = streets["highway"].map(codes).fillna(codes["residential"]).to_numpy(np.int64)
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

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Streets", lang)

    def bounds(self) -> Bounds | None:
        """Return what the streets cover."""
        return self._lines.bounds()

    def _shown(self, view: View) -> list[tuple[StreetStyle, float, Indices]]:
        visible = self._lines.visible(view)
        classes = self._class[visible]
        shown = []
        for code, name in enumerate(self._classes):
            style = self.style.streets[name]
            if view.scale <= style.from_scale and (classes == code).any():
                shown.append((style, style.width(view.scale), visible[classes == code]))
        return shown

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw all casings, then all fills, each minor to major."""
        lines, shown = self._lines, self._shown(view)  # an edit may replace them between two slices
        yield
        painter.save()
        painter.setTransform(lines.transform(view), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for style, width, indices in shown:
            cased = width >= CASED_FROM
            painter.setPen(_pen(style.casing, (width + 2 * CASING if cased else width) * view.scale, cased))
            yield from self._draw(painter, lines, indices, view.step)
        for style, width, indices in shown:
            if width >= CASED_FROM:
                painter.setPen(_pen(style.fill, width * view.scale, True))
                yield from self._draw(painter, lines, indices, view.step)
        painter.restore()

    def _draw(self, painter: QPainter, lines: Geometry, indices: NDArray[np.intp], step: int) -> Iterator[None]:
        for start in range(0, len(indices), BATCH):
            for index in indices[start : start + BATCH].tolist():
                painter.drawPolyline(lines.line(index, step))
            yield

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of streets whose class is lettered at this scale, one every so often along them."""
        for index in np.sort(self._name_tree.query(shapely.box(*view.bounds))):
            style = self.style.streets[self._classes[self._name_class[index]]]
            if view.scale > style.label_from:
                continue
            line = view.world_to_screen(shapely.get_coordinates(self._name_lines[index]))
            major = style.rank >= 7
            crowded = view.scale > self.style.site.full_from
            lettering = "major" if major else "street"
            yield Label(self._names[index], lettering, 40 + style.rank, line=line, over_symbols=major and crowded)

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return an entry for main and for minor streets."""
        entries = (("primary", tr("Main road", lang)), ("residential", tr("Street", lang)))
        return [LegendEntry(text, _swatch(self.style.streets[name])) for name, text in entries]


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
        for colour, width in ((style.casing, 6.0), (style.fill, 4.0)):
            painter.setPen(_pen(colour, width, False))
            painter.drawLine(across(box))

    return paint
