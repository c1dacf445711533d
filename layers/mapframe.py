"""A picture of the map on the screen, painted in slices, that takes over what an earlier one has already drawn."""

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QRegion

from geo.projection import Points
from layers import crowds, zorder
from layers.frame import Frame, blank
from layers.sites import MARGIN
from layers.stack import MapStack
from layers.view import View

EXACT = 0.01
"""By how much of a device pixel pictures may lie beside each other and still be put together."""


class MapFrame(Frame):
    """A picture of the map without selection.

    What lies under the names is kept as well: of that, what an earlier picture of the same scale has can be taken over,
    and only the rest is drawn. The names are written anew, since one that comes into view may drive out others.

    Parameters
    ----------
    stack
        The map.
    view
        What is shown.
    before
        An earlier picture, finished.
    dirty
        Where sites have changed since, in EPSG:3857 metres, shape (n, 2); None if anything may have changed.
    """

    def __init__(
        self, stack: MapStack, view: View, before: "MapFrame | None" = None, dirty: Points | None = None
    ) -> None:
        self.view = view
        self.ground = blank(view)
        self.image = self.ground
        self.done = False
        self.painted = QRegion()
        """What was drawn and not taken over, in logical pixels."""
        self.shows = stack.shows()
        """What decides what is drawn, but for the rows."""
        self._stack = stack
        self._painter = QPainter(self.ground)
        self._slices = self._painting(before, dirty)

    def _painting(self, before: "MapFrame | None", dirty: Points | None) -> Iterator[None]:
        whole = QRegion(0, 0, self.view.width, self.view.height)
        kept = QRegion()
        if before is not None and dirty is not None and self._stack.is_in_parts(self.view):
            kept = self._take_over(before)
        self.painted = whole.subtracted(kept)
        for place in self._soiled(dirty) if not kept.isEmpty() else ():
            self.painted += place
        self.painted &= whole
        for part in _rectangles(self.painted):
            yield from self._paint_part(part)
        self._painter.end()
        self.image = self.ground.copy()
        self._painter = QPainter(self.image)
        yield
        yield from self._stack.paint_names(self._painter, self.view)

    def _take_over(self, before: "MapFrame") -> QRegion:
        """Copy what an earlier picture has of this one, and return where that is."""
        old, new = before.view, self.view
        if not before.done or (old.scale, old.ratio, before.shows) != (new.scale, new.ratio, self.shows):
            return QRegion()
        dots = new.ratio / new.scale
        right, down = (old.bounds[0] - new.bounds[0]) * dots, (new.bounds[3] - old.bounds[3]) * dots
        if abs(right - round(right)) > EXACT or abs(down - round(down)) > EXACT:
            return QRegion()
        at = QPoint(round(right), round(down))
        there = QRect(at, before.ground.size()).intersected(self.ground.rect())
        self._painter.save()
        self._painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        target = QRectF(there.x() / new.ratio, there.y() / new.ratio, *(s / new.ratio for s in there.size().toTuple()))
        self._painter.drawImage(target, before.ground, QRectF(there.translated(-at)))
        self._painter.restore()
        inner = target.adjusted(1, 1, -1, -1) if not there.contains(self.ground.rect()) else target
        left, top = math.ceil(inner.left()), math.ceil(inner.top())
        return QRegion(left, top, math.floor(inner.right()) - left, math.floor(inner.bottom()) - top)

    def _soiled(self, dirty: Points | None) -> list[QRect]:
        """Return where sites that have changed are drawn, be it one by one or in a crowd."""
        if dirty is None or not len(dirty):
            return []
        places = dirty[np.isfinite(dirty).all(axis=1)]
        wide = zorder.side(crowds.level(self.view))
        corners = np.floor((places + zorder.HALF) / wide) * wide - zorder.HALF
        by = MARGIN * self.view.scale
        low, high = np.minimum(corners, places - by), np.maximum(corners + wide, places + by)
        low, high = self.view.world_to_screen(low), self.view.world_to_screen(high)
        boxes = np.column_stack([np.floor(low[:, 0]), np.floor(high[:, 1]), np.ceil(high[:, 0]), np.ceil(low[:, 1])])
        frame = (self.view.width, self.view.height) * 2
        boxes = np.clip(boxes, 0, frame).astype(int)
        return [QRect(a, b, c - a, d - b) for a, b, c, d in boxes.tolist()]

    def _paint_part(self, part: QRect) -> Iterator[None]:
        view = self.view
        middle_x, middle_y = part.x() + part.width() / 2, part.y() + part.height() / 2
        (x, y), *_ = view.screen_to_world([(middle_x, middle_y)]).tolist()
        self._painter.save()
        self._painter.setClipRect(part)
        self._painter.translate(part.topLeft())
        inside = View(x, y, view.scale, part.width(), part.height(), view.ratio)
        yield from self._stack.paint_ground(self._painter, inside)
        self._painter.restore()


class SelectionFrame(Frame):
    """A picture of what is selected, to be laid over one of the map."""

    def __init__(self, stack: MapStack, view: View) -> None:
        self.view = view
        self.image = blank(view)
        self.done = False
        self.version = stack.chosen.version
        self._painter = QPainter(self.image)
        self._slices = stack.paint_selection(self._painter, view)


def _rectangles(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region, or the one around it where there are many."""
    parts = [rect for rect in region if not rect.isEmpty()]  # type: ignore[attr-defined]
    return parts if len(parts) <= 12 else [region.boundingRect()]
