"""Arrows along streets that may be driven one way only, where the map is near enough and nothing else stands."""

from collections.abc import Callable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from geo.language import Language, tr
from geo.projection import Points
from geo.roads import tags
from layers.geometry import Geometry
from layers.layer import Layer, LegendEntry, across
from layers.style import Style
from layers.view import View

EVERY = 150.0
"""Pixels from one arrow to the next on a long street."""

SHORTEST = 26.0
"""Pixels; a shorter street has no room for an arrow."""

NARROWEST = 5.0
"""Pixels of a street's width below which an arrow would hide it."""


class OnewayLayer(Layer):
    """The direction of one-way streets.

    Parameters
    ----------
    taken
        Returns the boxes in a view that arrows keep clear of, shape (n, 4): left, top, right, bottom.
    """

    name = "oneway"
    tables = frozenset({"streets"})

    def __init__(self, style: Style, taken: Callable[[View], Points], lang: Language | None = None) -> None:
        super().__init__(style, lang)
        self._taken = taken
        self._chains: tuple[Geometry, NDArray[np.object_]] | None = None
        self._classes: NDArray[np.object_] = np.empty(0, dtype=object)
        self._shapes: NDArray[np.object_] = np.empty(0, dtype=object)

    def load(self, streets: gpd.GeoDataFrame) -> None:
        """Take over those streets that may be driven along their line only."""
        shown = streets[streets["oneway"].to_numpy(bool)]
        shown = shown[~tags.unseen(shown["tags"]).to_numpy(bool)]
        shown = shown[~shapely.is_missing(shown.geometry.array) & shown["highway"].isin(list(self.style.streets))]
        classes, shapes = shown["highway"].to_numpy(object), np.asarray(shown.geometry.array, dtype=object)
        # To make the chains takes a while, and most edits are of other streets.
        is_same = self._chains is not None and np.array_equal(classes, self._classes)
        if not (is_same and shapely.equals_exact(shapes, self._shapes).all()):
            self._classes, self._shapes, self._chains = classes, shapes, None

    def _chained(self) -> tuple[Geometry, NDArray[np.object_]]:
        """Return the lines with their classes; made when the map is first near enough, not when it is opened."""
        if self._chains is None:
            codes, classes = pd.factorize(self._classes, sort=True)
            # What follows one another is one line, or the pieces between junctions would each have an arrow.
            lines, class_of = _chained(self._shapes, codes, len(classes))
            self._chains = Geometry(lines), np.asarray(classes, dtype=object)[class_of]
        return self._chains

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("One-way arrows", lang)

    def shows_at(self, scale: float) -> bool:
        """Return whether the map is near enough for arrows."""
        return scale <= self.style.oneway.to_scale

    def arrows(self, view: View) -> tuple[Points, NDArray[np.float64], NDArray[np.float64]]:
        """Return where arrows stand in a view, their directions and the widths of their streets.

        Returns
        -------
        places
            Logical pixels, shape (n, 2); fixed to the ground while the map is moved.
        angles
            Degrees clockwise from the right, shape (n,).
        widths
            Of the streets, in pixels, shape (n,).
        """
        found: list[tuple[Points, NDArray[np.float64], NDArray[np.float64]]] = []
        if not self.shows_at(view.scale):
            return _nothing()
        lines, classes = self._chained()
        for index in lines.visible(view).tolist():
            style = self.style.streets[classes[index]]
            width = style.width(view.scale)
            if view.scale > style.from_scale or width < NARROWEST or style.dash:
                continue
            places, angles = _spread(view.world_to_screen(shapely.get_coordinates(lines.shapes[index])))
            found.append((places, angles, np.full(len(places), width)))
        if not found:
            return _nothing()
        places, angles, widths = (np.concatenate(parts) for parts in zip(*found, strict=True))
        free = _free(places, widths, self._taken(view), view)
        return places[free], angles[free], widths[free]

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the arrows."""
        places, angles, widths = self.arrows(view)
        for count, ((x, y), angle, width) in enumerate(
            zip(places.tolist(), angles.tolist(), widths.tolist(), strict=True)
        ):
            _paint_arrow(painter, x, y, angle, width, self.style.oneway.colour)
            if count % 60 == 59:
                yield
        yield

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return the entry of a one-way street, if there is any."""
        return [LegendEntry(tr("One-way street", lang), self._swatch)] if len(self._shapes) else []

    def _swatch(self, painter: QPainter, box: QRectF) -> None:
        street = self.style.streets["residential"]
        for colour, width in ((street.casing, 9.0), (street.fill, 7.5)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(across(box))
        _paint_arrow(painter, box.center().x(), box.center().y(), 0, 8, self.style.oneway.colour)


def _nothing() -> tuple[Points, NDArray[np.float64], NDArray[np.float64]]:
    return np.empty((0, 2)), np.empty(0), np.empty(0)


def _chained(
    lines: NDArray[np.object_], codes: NDArray[np.intp], count: int
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    if not count:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.intp)
    order = np.argsort(codes, kind="stable")
    together = shapely.multilinestrings(lines[order], indices=codes[order])
    parts, owner = shapely.get_parts(shapely.line_merge(together, directed=True), return_index=True)
    return parts, owner


def _spread(line: Points) -> tuple[Points, NDArray[np.float64]]:
    """Return points evenly along a line in pixels, none near its ends, and the directions there in degrees."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    if reached[-1] < SHORTEST:
        return np.empty((0, 2)), np.empty(0)
    count = max(1, round(reached[-1] / EVERY))
    wanted = (np.arange(count) + 0.5) * reached[-1] / count
    segment = np.clip(np.searchsorted(reached, wanted, side="right") - 1, 0, len(lengths) - 1)
    share = (wanted - reached[segment]) / np.maximum(lengths[segment], 1e-9)
    return line[segment] + steps[segment] * share[:, None], np.degrees(np.arctan2(steps[segment, 1], steps[segment, 0]))


def _free(places: Points, widths: NDArray[np.float64], taken: Points, view: View) -> NDArray[np.bool_]:
    """Return which arrows lie in the picture and meet no box that is taken."""
    reach = _length(widths) / 2 + 1
    inside = ((places > -reach[:, None]) & (places < (view.width, view.height) + reach[:, None])).all(axis=1)
    if len(taken) and len(places):
        boxes = shapely.box(*taken.T)
        arrows = shapely.box(*(places - reach[:, None]).T, *(places + reach[:, None]).T)
        met = shapely.STRtree(np.asarray(boxes)).query(arrows, predicate="intersects")[0]
        inside[met] = False
    return inside


def _length(width: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(width * 1.5, 11, 24)


def _paint_arrow(painter: QPainter, x: float, y: float, angle: float, width: float, colour: QColor) -> None:
    half = float(_length(np.array([width]))[0]) / 2
    head = min(max(width * 0.26, 2.3), 5)
    path = QPainterPath(QPointF(-half, 0))
    path.lineTo(half - head, 0)
    tip = QPainterPath(QPointF(half - head * 1.5, -head))
    tip.lineTo(half, 0)
    tip.lineTo(half - head * 1.5, head)
    tip.closeSubpath()
    turned = QTransform().translate(x, y).rotate(angle)
    painter.strokePath(turned.map(path), QPen(colour, max(head * 0.42, 1.1)))
    painter.fillPath(turned.map(tip), colour)
