"""The picture of the map on the screen: the last finished one, moved or scaled at once, and a new one behind it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from layers.view import View

if TYPE_CHECKING:
    from layers.frame import Frame
    from layers.stack import MapStack

SLICE_MS = 8


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
        self._shown: Frame | None = None
        self._coming: Frame | None = None
        self._stale = False
        self.setInterval(0)
        self.timeout.connect(self._advance)

    def draw(self) -> None:
        """Begin a picture of the view; one half done is finished first, so that a drag shows something new."""
        from layers.frame import Frame

        stack = self._stack()
        if stack is not None and self._coming is None:
            self._coming = Frame(stack, self._view())
            self.start()
        self._widget.update()

    def redraw(self) -> None:
        """Draw the map anew because what it shows has changed."""
        self._stale = self._coming is not None
        self.draw()

    def drop(self) -> None:
        """Forget all pictures."""
        self.finish()
        self._shown = None

    def finish(self) -> None:
        """Finish the picture begun: Qt complains of a painter that is left, and crashes where its image goes first."""
        while self._coming is not None and not self._coming.step(SLICE_MS):
            pass
        self._coming = None

    @property
    def is_there(self) -> bool:
        """Return whether there is any picture."""
        return self._shown is not None

    @property
    def is_current(self) -> bool:
        """Return whether the picture on screen is the finished one of the view."""
        return self._coming is None and self._shown is not None and self._shown.view == self._view()

    def paint(self, painter: QPainter) -> None:
        """Paint the last picture where it belongs in the view."""
        if self._shown is None:
            return
        view, drawn = self._view(), self._shown.view
        left, bottom, right, top = drawn.bounds
        (x1, y1), (x2, y2) = view.world_to_screen([(left, top), (right, bottom)])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, drawn.scale != view.scale)
        painter.drawImage(QRectF(QPointF(x1, y1), QPointF(x2, y2)), self._shown.image)

    def _advance(self) -> None:
        if self._coming is None:
            self.stop()
        elif self._coming.step(SLICE_MS):
            self._shown, self._coming = self._coming, None
            self._widget.update()
            self.finished.emit()
            if self._stale or self._shown.view != self._view():
                self._stale = False
                self.draw()
