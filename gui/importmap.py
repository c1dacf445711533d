"""A small map for the import: the project behind, the rows of the ledger on it, in each datum that they may be in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from geo.language import tr
from geo.projection import Points, to_mercator
from gui import theme
from gui.canvas import KEY_PAN, WHEEL_DOUBLING, ZOOM_STEP
from gui.mappicture import MapPicture
from layers.device import transparent
from layers.view import View

if TYPE_CHECKING:
    from layers.stack import MapStack

MOST_DOTS, MOST_HOLLOW = 4000, 1200
CELL_PX = 2.0
DOT_PX, MARK_PX = 5.0, 11.0
NEAR_PX = 8.0


@dataclass(frozen=True)
class Dots:
    """Points of one colour.

    Attributes
    ----------
    lonlat
        In WGS-84 degrees, shape (n, 2); rows without a place are not numbers.
    colour
        Of the dots.
    hollow
        Whether they are only outlined, as places that the rows would have in another datum.
    """

    lonlat: Points
    colour: QColor
    hollow: bool = False


class ImportMap(QWidget):
    """Show dots on the map of the project; drag moves, the wheel zooms, a click picks a row."""

    picked = Signal(int)

    def __init__(self, stack: "MapStack | None", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = View(0.0, 0.0, 40.0, 100, 100)
        self.current = -1
        self._stack = stack
        self._dots: list[tuple[Points, Dots]] = []
        self._picture = MapPicture(self, lambda: self._stack if self.isVisible() else None, lambda: self.view)
        self._drag: QPointF | None = None
        self._moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(260, 180))
        self.setAccessibleName(tr("Map of the rows"))
        self.setAccessibleDescription(tr("Arrow keys move the map, plus and minus zoom, 0 shows all of it."))

    def show_dots(self, dots: Sequence[Dots], *, fit: bool = False) -> None:
        """Show dots, the first row's points on top of the others."""
        self._dots = [(_mercator(each.lonlat), each) for each in dots]
        if fit:
            self.fit()
        self.update()

    def show_row(self, at: int) -> None:
        """Mark a row and bring it into the picture; -1 marks none."""
        self.current = at
        if self._dots and 0 <= at < len(self._dots[0][0]):
            x, y = self._dots[0][0][at]
            left, bottom, right, top = self.view.bounds
            if np.isfinite(x) and not (left <= x <= right and bottom <= y <= top):
                self._set_view(self.view.centred(float(x), float(y)))
        self.update()

    def fit(self) -> None:
        """Show all rows, all but the few that lie farthest out; without any the project."""
        shown = [xy[np.isfinite(xy).all(axis=1)] for xy, each in self._dots if not each.hollow]
        points = np.concatenate([np.empty((0, 2)), *shown])
        if len(points):
            low, high = np.percentile(points, [1, 99], axis=0) if len(points) > 50 else (points.min(0), points.max(0))
            room = np.maximum((high - low) * 0.05, 300)
            self._set_view(self.view.fitted((*(low - room).tolist(), *(high + room).tolist())))
        elif self._stack is not None:
            self._set_view(self.view.fitted(self._stack.bounds()))

    def _set_view(self, view: View) -> None:
        self.view = view
        self._picture.draw()

    # Painting

    def hideEvent(self, event: QHideEvent) -> None:
        """Finish the picture begun: a painter that is left in the middle complains."""
        self._picture.finish()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the last picture of the project where it now belongs, then the dots."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.GROUND)
        painter.setOpacity(0.6)
        self._picture.paint(painter)
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for xy, dots in reversed(self._dots):
            self._paint_dots(painter, xy, dots)
        if self._dots and 0 <= self.current < len(self._dots[0][0]):
            self._paint_mark(painter, self.view.world_to_screen(self._dots[0][0][self.current])[0])
        painter.setPen(QPen(theme.ACCENT if self.hasFocus() else theme.LINE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _on_screen(self, xy: Points, most: int) -> Points:
        left, bottom, right, top = self.view.bounds
        by = DOT_PX * self.view.scale
        with np.errstate(invalid="ignore"):
            x, y = xy[:, 0], xy[:, 1]
            inside = (x > left - by) & (x < right + by) & (y > bottom - by) & (y < top + by)
        # Of a crowd one dot for every few pixels: the others would lie under it. One number per place sorts fastest.
        places = np.rint(self.view.world_to_screen(xy[inside]) / CELL_PX).astype(np.int64)
        keys = np.unique((places[:, 0] << 32) + places[:, 1])
        if len(keys) > most:
            keys = np.sort(np.random.default_rng(1).choice(keys, most, replace=False))
        whole = keys + (1 << 31)
        return np.stack([whole >> 32, (whole & 0xFFFFFFFF) - (1 << 31)], axis=1) * CELL_PX

    def _paint_dots(self, painter: QPainter, xy: Points, dots: Dots) -> None:
        image = _dot(dots, self.view.ratio)
        half = image.width() / self.view.ratio / 2
        for x, y in self._on_screen(xy, MOST_HOLLOW if dots.hollow else MOST_DOTS).tolist():
            painter.drawImage(QPointF(x - half, y - half), image)

    def _paint_mark(self, painter: QPainter, at: Points) -> None:
        if np.isfinite(at).all():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((theme.PAPER, 5.0), (theme.INK, 2.0)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(QPointF(*at), MARK_PX, MARK_PX)

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, or a click."""
        self._drag, self._moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the map along."""
        if self._drag is None:
            return
        moved = event.position() - self._drag
        if self._moved or moved.manhattanLength() > 4:
            self._moved, self._drag = True, event.position()
            self._set_view(self.view.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; a click picks the row whose dot is nearest."""
        if self._drag is not None and not self._moved and self._dots:
            screen = self.view.world_to_screen(self._dots[0][0])
            away = np.hypot(*(screen - (event.position().x(), event.position().y())).T)
            if np.isfinite(away).any() and np.nanmin(away) <= NEAR_PX:
                self.picked.emit(int(np.nanargmin(away)))
        self._drag = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the place under the mouse."""
        factor = 2 ** (event.angleDelta().y() / WHEEL_DOUBLING)
        self._set_view(self.view.zoomed(factor, event.position().x(), event.position().y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and zoom the map."""
        x, y = self.width() * KEY_PAN, self.height() * KEY_PAN
        key = Qt.Key
        moves = {key.Key_Left: (x, 0.0), key.Key_Right: (-x, 0.0), key.Key_Up: (0.0, y), key.Key_Down: (0.0, -y)}
        if (pressed := key(event.key())) in moves:
            self._set_view(self.view.panned(*moves[pressed]))
        elif pressed in (key.Key_Plus, key.Key_Equal):
            self._set_view(self.view.zoomed(ZOOM_STEP))
        elif pressed == key.Key_Minus:
            self._set_view(self.view.zoomed(1 / ZOOM_STEP))
        elif pressed == key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the middle in the middle."""
        first = self.view.width == 100
        self.view = self.view.resized(max(self.width(), 1), max(self.height(), 1), self.devicePixelRatioF())
        if first:
            self.fit()
        self._picture.draw()


def _dot(dots: Dots, ratio: float) -> QImage:
    side = round((DOT_PX + 6) * ratio)
    image = transparent(side, side, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline, inside = (dots.colour, theme.PAPER) if dots.hollow else (theme.PAPER, dots.colour)
    painter.setPen(QPen(outline, 1.5))
    painter.setBrush(inside)
    painter.drawEllipse(QPointF(side / ratio / 2, side / ratio / 2), DOT_PX / 2 + 0.75, DOT_PX / 2 + 0.75)
    painter.end()
    return image


def _mercator(lonlat: Points) -> Points:
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180, 90)).all(axis=1)
    xy = np.full((len(lonlat), 2), np.nan)
    xy[sound] = to_mercator(lonlat[sound])
    return xy
