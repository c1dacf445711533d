"""The picture of the map on the screen: the last finished one, moved or scaled at once, and a new one behind it.

One piece of work after the other, in slices: what the view shows and is not drawn yet; the selection, where it is
large; a margin around the view, so that dragging shows no empty edges; and once a picture of the whole map, which is
what one sees at first after zooming out.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from geo.late import np
from geo.projection import Points
from layers.view import View

if TYPE_CHECKING:
    from layers.frame import Frame
    from layers.mapframe import MapFrame, SelectionFrame
    from layers.stack import MapStack

SLICE_MS = 8

MARGIN = 0.2
"""How far the picture reaches beyond the view on each side, in widths and heights of it."""

LEAST = 0.06
"""With less of a margin left on any side the picture is drawn on."""

COARSER = 6.0
"""How many times coarser the picture of the whole map may be to be shown meanwhile; blown up further it only blurs."""


class MapPicture(QTimer):
    """Keep the picture of a map up with the view of a widget.

    Parameters
    ----------
    widget
        What the picture is painted on; it is updated when there is a new one.
    stack
        Returns the map, None while there is none.
    view
        Returns what the widget shows now.
    """

    finished = Signal()

    def __init__(self, widget: QWidget, stack: "Callable[[], MapStack | None]", view: Callable[[], View]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._stack = stack
        self._view = view
        self._shown: MapFrame | None = None
        self._whole: MapFrame | None = None
        self._marks: SelectionFrame | None = None
        self._coming: tuple[Frame, Callable[[Frame], None]] | None = None
        self._dirty: Points | None = None
        self._whole_dirty: list[Points] = []
        self.last: QImage | None = None
        """The picture of the whole map as it was when the pictures were dropped; None if it was not up to date."""
        self._stale = False
        self._renewing = False
        self._dropped = False
        self.setInterval(0)
        self.timeout.connect(self._advance)

    def draw(self) -> None:
        """Begin a picture of the view; one half done is finished first, so that a drag shows something new."""
        if self._coming is None:
            self._coming = self._next()
        if self._coming is not None:
            self.start()
        self._widget.update()

    def redraw(self) -> None:
        """Draw anew what of the map has changed."""
        stack = self._stack()
        fresh = None if stack is None else stack.take_dirty()
        if fresh is None or not len(fresh) or self._dirty is None:
            self._dirty, self._whole = None, None
        else:
            self._dirty = np.concatenate([self._dirty, fresh])
            self._whole_dirty.append(fresh)
        self._stale, self._dropped, self._renewing = True, False, True
        self.draw()

    def drop(self) -> None:
        """Forget all pictures, and make none until `redraw` says that there is a map again."""
        self.finish()
        self.last = self._of_all()
        self._dropped = True
        self._shown = self._whole = self._marks = None

    def finish(self) -> None:
        """Finish the picture begun: Qt complains of a painter that is left, and crashes where its image goes first."""
        self.stop()
        while self._coming is not None and not self._coming[0].step(SLICE_MS):
            pass
        self._coming = None

    @property
    def is_there(self) -> bool:
        """Return whether there is any picture."""
        return self._shown is not None

    @property
    def is_current(self) -> bool:
        """Return whether what is on screen is the finished picture of the view, its selection included."""
        stack = self._stack()
        is_fresh = not self._stale and not self._renewing
        return self._covers(self._view()) and is_fresh and (stack is None or not self._lacks_marks(stack))

    def paint(self, painter: QPainter) -> None:
        """Paint the last picture where it belongs in the view."""
        view = self._view()
        if self._whole is not None and not self._covers(view) and self._whole.view.scale < COARSER * view.scale:
            _blit(painter, self._whole, view, opaque=True)
        if self._shown is not None:
            _blit(painter, self._shown, view, opaque=True)

    def paint_overlay(self, painter: QPainter) -> None:
        """Paint the selection and the site under the mouse: sharp, or where there is much of it, from a picture."""
        stack = self._stack()
        if stack is None:
            return
        painter.save()
        if not stack.chosen.is_large:
            stack.paint_overlay(painter, self._view())
        else:
            if self._marks is not None and self._marks.version == stack.chosen.version and stack.sites.visible:
                _blit(painter, self._marks, self._view(), opaque=False)
            stack.paint_hover(painter, self._view())
        painter.restore()

    # What comes next

    def _next(self) -> "tuple[Frame, Callable[[Frame], None]] | None":
        """Return the next piece of work, and who takes what comes of it."""
        stack, view = self._stack(), self._view()
        if stack is None or self._dropped:
            return None
        # Only here: it imports pandas, for which the empty window must not wait.
        from layers.mapframe import MapFrame, SelectionFrame

        shown, nothing = self._shown, np.empty((0, 2))
        if self._stale:
            dirty, self._dirty, self._stale = self._dirty, nothing, False
            if shown is not None and dirty is not None and self._covers(view):
                view = shown.view
            return MapFrame(stack, view, shown, dirty), self._show
        if shown is None or not self._covers(view):
            is_moved = shown is not None and (shown.view.scale, shown.view.ratio) == (view.scale, view.ratio)
            return MapFrame(stack, _grown(view, MARGIN) if is_moved else view, shown, nothing), self._show
        if self._lacks_marks(stack):
            return SelectionFrame(stack, shown.view), self._mark
        if not self._covers(_grown(view, LEAST)):
            return MapFrame(stack, _grown(view, MARGIN), shown, nothing), self._show
        whole = self._whole
        if whole is None or self._whole_dirty:
            dirty = None if whole is None else np.concatenate(self._whole_dirty)
            self._whole_dirty.clear()
            all_of_it = view.fitted(stack.bounds()) if whole is None else whole.view
            return MapFrame(stack, all_of_it, whole, dirty), self._keep_whole
        return None

    def _show(self, frame: "Frame") -> None:
        self._shown = cast("MapFrame", frame)
        self._renewing = self._stale
        self.finished.emit()

    def _mark(self, frame: "Frame") -> None:
        self._marks = cast("SelectionFrame", frame)

    def _keep_whole(self, frame: "Frame") -> None:
        self._whole = cast("MapFrame", frame)

    def _of_all(self) -> QImage | None:
        """Return the picture of the whole map, as the widget shows it first; None if there is none up to date."""
        stack, view = self._stack(), self._view()
        if stack is None or self._stale or self._renewing or self._whole_dirty:
            return None
        view = view.fitted(stack.bounds())
        frame = next((one for one in (self._shown, self._whole) if one is not None and _holds(one.view, view)), None)
        if frame is None:
            return None
        image = QImage(round(view.width * view.ratio), round(view.height * view.ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(view.ratio)
        painter = QPainter(image)
        _blit(painter, frame, view, opaque=True)
        painter.end()
        return image

    def _covers(self, view: View) -> bool:
        return self._shown is not None and _holds(self._shown.view, view)

    def _lacks_marks(self, stack: "MapStack") -> bool:
        if not stack.chosen.is_large or not stack.sites.visible:
            return False
        marks = self._marks
        return marks is None or marks.version != stack.chosen.version or not _holds(marks.view, self._view())

    def _advance(self) -> None:
        if self._coming is None:
            self.stop()
            return
        frame, take = self._coming
        if frame.step(SLICE_MS):
            take(frame)
            self._coming = self._next()
            self._widget.update()


def _blit(painter: QPainter, frame: "Frame", view: View, *, opaque: bool) -> None:
    """Paint a picture where it belongs in a view."""
    drawn = frame.view
    left, bottom, right, top = drawn.bounds
    (x1, y1), (x2, y2) = view.world_to_screen([(left, top), (right, bottom)]).tolist()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, drawn.scale != view.scale)
    if opaque and painter.opacity() == 1.0:
        # Copying is three times as fast as blending.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    if drawn.scale == view.scale and drawn.ratio == view.ratio:
        painter.drawImage(QPointF(x1, y1), frame.image)
    else:
        painter.drawImage(QRectF(QPointF(x1, y1), QPointF(x2, y2)), frame.image)
    painter.restore()


def _holds(drawn: View, view: View) -> bool:
    """Return whether a picture of one view has all that another shows, as sharp."""
    if (drawn.scale, drawn.ratio) != (view.scale, view.ratio):
        return False
    slack = view.scale * 0.01
    (a, b, c, d), (left, bottom, right, top) = drawn.bounds, view.bounds
    return a <= left + slack and b <= bottom + slack and c >= right - slack and d >= top - slack


def _grown(view: View, share: float) -> View:
    """Return a view larger on each side by whole pixels, about so many of its widths and heights."""
    return view.resized(view.width + 2 * round(view.width * share), view.height + 2 * round(view.height * share))
