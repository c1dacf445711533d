"""The selected sites and the one under the mouse, marked upon the map."""

import math
from collections.abc import Collection, Iterator
from itertools import batched

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from geo.store.rowset import RowSet
from layers.crowds import Crowd
from layers.device import transparent
from layers.sites import SitesLayer
from layers.style import Style
from layers.view import View
from layers.zorder import Indices

MANY = 120
"""With more marks than these in view they are drawn once, into a picture, and not whenever the mouse moves."""

BATCH = 200

SELECTED, HOVERED = 4.5, 3.5
"""Pixels from a symbol to its ring."""

LOOKED_UP = 5000
"""So many ids are looked up before the window is let on."""


class Chosen:
    """What is selected and hovered of the sites.

    Parameters
    ----------
    sites
        The layer that shows them.
    style
        How the map looks.
    """

    def __init__(self, sites: SitesLayer, style: Style) -> None:
        self._sites = sites
        self._style = style
        self._ids: Collection[str] = frozenset()
        self._mask: NDArray[np.bool_] | None = None
        self._rings: dict[tuple[float, float, bool], QImage] = {}
        self.hover: str | None = None
        self.version = 0
        """Grows with every other choice."""

    def wear(self, style: Style) -> None:
        """Look different from now on."""
        self._style = style
        self._rings.clear()
        self.version += 1

    @property
    def ids(self) -> Collection[str]:
        """Return the ids of the selected sites."""
        return self._ids

    def choose(self, ids: Collection[str]) -> None:
        """Select some sites and no others."""
        self._ids = ids
        self.forget()

    def forget(self) -> None:
        """Forget where the selected sites are, since sites have moved, come or gone."""
        self._mask = None
        self.version += 1

    def drop(self, gone: Collection[str]) -> None:
        """Take sites out of the selection."""
        lost = [one for one in gone if one in self._ids]
        if lost:
            self.choose(set(self._ids) - set(lost))

    def looking_up(self) -> Iterator[None]:
        """Find where the selected sites are, yielding every few milliseconds; done once for each choice."""
        rows, ids = self._sites.rows, self._ids
        if self._mask is not None and len(self._mask) == len(rows):
            return
        mask = rows.mask_of(ids) if isinstance(ids, RowSet) else None
        if mask is None:
            mask = np.zeros(len(rows), dtype=bool)
            for some in batched(ids, LOOKED_UP):
                positions = rows.positions(some)
                if len(mask) != len(rows):
                    return  # sites came or went meanwhile
                mask[positions[positions >= 0]] = True
                yield
        if ids is self._ids:
            self._mask = mask

    def in_view(self, view: View) -> tuple[Indices, list[tuple[Crowd, int]]]:
        """Return what is drawn of the selection: sites by position, and crowds with how many of each are selected."""
        for _ in self.looking_up():
            pass
        mask = self._mask
        if mask is None or not len(self._ids):
            return np.empty(0, dtype=np.intp), []
        few = not self.is_large
        scene = self._sites.scene_of(np.flatnonzero(mask), view) if few else self._sites.scene(view)
        counts = [(crowd, int(np.count_nonzero(mask[crowd.start : crowd.stop]))) for crowd in scene.crowds]
        return scene.positions[mask[scene.positions]], [(crowd, count) for crowd, count in counts if count]

    @property
    def is_large(self) -> bool:
        """Return whether so many are selected that marking them takes too long for every move of the mouse."""
        return len(self._ids) > MANY

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Mark the selected sites, yielding every few milliseconds."""
        yield from self.looking_up()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        positions, crowds = self.in_view(view)
        radii = (self._sites.radii(positions, view) + SELECTED).tolist()
        screen = view.world_to_screen(self._sites.xy[positions]).tolist()
        middles = view.world_to_screen(np.array([(crowd.x, crowd.y) for crowd, _ in crowds]).reshape(-1, 2)).tolist()
        symbols = self._sites.paint_some(painter, view, positions)
        yield
        for start in range(0, len(screen), BATCH):
            part = slice(start, start + BATCH)
            self._paint_rings(painter, radii[part], screen[part], view.ratio, selected=True)
            yield
        # Above the rings of their neighbours, or of two sites close together one would hide the other.
        yield from symbols
        for number, ((crowd, count), (x, y)) in enumerate(zip(crowds, middles, strict=True)):
            self._paint_share(painter, crowd, count, x, y)
            self._sites.discs.paint_mark(painter, crowd, x, y)
            if number % 20 == 19:
                yield

    def paint_hover(self, painter: QPainter, view: View) -> None:
        """Mark the site under the mouse."""
        if self.hover is None:
            return
        position = self._sites.rows.positions([self.hover])
        if position[0] >= 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            radii = (self._sites.radii(position, view) + HOVERED).tolist()
            screen = view.world_to_screen(self._sites.xy[position]).tolist()
            self._paint_rings(painter, radii, screen, view.ratio, selected=False)

    def _paint_share(self, painter: QPainter, crowd: Crowd, count: int, x: float, y: float) -> None:
        """Draw around a crowd as much of a ring as its selected sites are of all."""
        radius = crowd.radius + 3.6
        box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        span = -round(16 * 360 * max(count / crowd.count, 0.06))
        for colour, width in ((self._style.paper, 5.0), (self._style.accent, 3.0)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(box, 90 * 16, span)

    def _paint_rings(
        self, painter: QPainter, radii: list[float], screen: list[list[float]], ratio: float, *, selected: bool
    ) -> None:
        # Drawn from images: with everything selected, circles would hold up the window.
        for radius, (x, y) in zip(radii, screen, strict=True):
            image = self._ring_image(radius, ratio, selected)
            half = image.width() / ratio / 2
            painter.drawImage(QPointF(x - half, y - half), image)

    def _ring_image(self, radius: float, ratio: float, selected: bool) -> QImage:
        key = radius, ratio, selected
        if key not in self._rings:
            side = math.ceil((radius + 4) * 2)
            image = transparent(round(side * ratio), round(side * ratio), ratio)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = image.width() / ratio / 2
            self._draw_ring(painter, middle, middle, radius, selected=selected)
            painter.end()
            self._rings[key] = image
        return self._rings[key]

    def _draw_ring(self, painter: QPainter, x: float, y: float, radius: float, *, selected: bool) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected:
            halo = QColor(self._style.accent)
            halo.setAlpha(70)
            painter.setPen(QPen(halo, 6))
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QPen(self._style.paper, 4.4))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QPen(self._style.accent if selected else self._style.ink, 2.4 if selected else 1.8))
        painter.drawEllipse(QPointF(x, y), radius, radius)
