"""Back and forward through the parts of the map that were looked at."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gui.canvas import Canvas
from layers.view import View

REST_MS = 500
"""A view that stands for so long is one to come back to; those on the way there are not."""

MOST = 100


class ViewHistory(QObject):
    """Remember the views of a map that stood for a while, and go back and forward through them.

    Parameters
    ----------
    canvas
        The map.
    """

    changed = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._views: list[View] = []
        self._at = -1
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._note)
        canvas.viewed.connect(self._rest.start)
        canvas.session.released.connect(self._forget)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the View menu does with views, by the name of the command."""
        return {"view_back": self.back, "view_forward": self.forward}

    @property
    def can_go_back(self) -> bool:
        """Return whether there is an earlier view."""
        return self._at > 0 or (self._at == 0 and not _same(self._views[0], self._canvas.view))

    @property
    def can_go_forward(self) -> bool:
        """Return whether there is a later view."""
        return self._at + 1 < len(self._views)

    def back(self) -> None:
        """Show the view before this one."""
        self._note()
        self._go(self._at - 1)

    def forward(self) -> None:
        """Show the view that was left by going back."""
        self._go(self._at + 1)

    def _go(self, at: int) -> None:
        if not 0 <= at < len(self._views):
            return
        self._at = at
        kept, now = self._views[at], self._canvas.view
        self._canvas.set_view(kept.resized(now.width, now.height, now.ratio))
        self._rest.stop()
        self.changed.emit()

    def _note(self) -> None:
        self._rest.stop()
        view = self._canvas.view
        if self._canvas.session.stack is None or (self._at >= 0 and _same(self._views[self._at], view)):
            return
        self._views = [*self._views[: self._at + 1], view][-MOST:]
        self._at = len(self._views) - 1
        self.changed.emit()

    def _forget(self) -> None:
        self._rest.stop()
        self._views, self._at = [], -1
        self.changed.emit()


def _same(one: View, other: View) -> bool:
    return (one.x, one.y, one.scale) == (other.x, other.y, other.scale)
