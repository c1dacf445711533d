"""Landmarks by which people find their way: a small sign and a name."""

from collections.abc import Iterable, Iterator

import geopandas as gpd
import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from geo.language import Language, tr
from geo.projection import Points, to_mercator
from geo.store.tables import name_of
from layers import text
from layers.label import Label
from layers.layer import Layer, LegendEntry
from layers.view import View

FROM_SCALE = 14.0
"""Mercator metres per pixel; landmarks are for finding one's way, not for the overview."""

SIGN = 7.2
"""Pixels."""


class LandmarksLayer(Layer):
    """Stations, squares and halls that everybody knows."""

    name = "landmarks"
    tables = frozenset({"landmarks"})

    def load(self, landmarks: gpd.GeoDataFrame) -> None:
        """Take over the rows to show."""
        placed = landmarks[~shapely.is_missing(landmarks.geometry.array)]
        self._xy = to_mercator(shapely.get_coordinates(placed.geometry.array))
        self._names = [name_of(row, self.lang) for _, row in placed.iterrows()]

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Landmarks", lang)

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the sign of each landmark."""
        if view.scale <= FROM_SCALE:
            for x, y in view.world_to_screen(self._xy).tolist():
                self._sign(painter, x, y)
        yield

    def _sign(self, painter: QPainter, x: float, y: float) -> None:
        colour = QColor(self.style.texts["landmark"].colour)
        painter.setPen(QPen(self.style.site.rim, 1.4))
        painter.setBrush(colour)
        painter.drawRect(QRectF(x - SIGN / 2, y - SIGN / 2, SIGN, SIGN))
        painter.setBrush(self.style.site.rim)
        painter.drawEllipse(QPointF(x, y), 1.1, 1.1)

    def labels(self, view: View) -> Iterable[Label]:
        """Return the names of the landmarks."""
        if view.scale > FROM_SCALE:
            return
        for name, middle in zip(self._names, view.world_to_screen(self._xy), strict=True):
            aside = text.width(name, self.style.texts["landmark"]) / 2 + 9
            around = np.array([[0, 13], [0, -13], [aside, 0], [-aside, 0]])
            yield Label(name, "landmark", 55, middle + around, over_symbols=view.scale > self.style.site.full_from)

    def obstacles(self, view: View) -> Points:
        """Return the boxes of the signs."""
        shown = self._xy if view.scale <= FROM_SCALE else self._xy[:0]
        places = view.world_to_screen(shown)
        return np.hstack([places - SIGN / 2, places + SIGN / 2])

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return the entry of a landmark."""
        return [LegendEntry(tr("Landmark", lang), self._swatch)] if len(self._xy) else []

    def _swatch(self, painter: QPainter, box: QRectF) -> None:
        self._sign(painter, box.center().x(), box.center().y())
