"""A picture of the map that is painted in slices, so that the window stays alive meanwhile."""

import time
from collections.abc import Iterator

from PySide6.QtGui import QImage, QPainter

from layers.device import transparent
from layers.stack import MapStack
from layers.view import View


def blank(view: View) -> QImage:
    """Return an empty image for a view, its device pixels counted."""
    return transparent(round(view.width * view.ratio), round(view.height * view.ratio), view.ratio)


class Frame:
    """A picture of the base map that is painted in slices, so that the window stays alive meanwhile."""

    def __init__(self, stack: MapStack, view: View) -> None:
        self.view = view
        self.image = blank(view)
        self.done = False
        self._painter = QPainter(self.image)
        self._slices: Iterator[None] = stack.paint_base(self._painter, view)

    def step(self, budget_ms: float) -> bool:
        """Paint for about so many milliseconds; return whether the picture is finished."""
        end = time.perf_counter() + budget_ms / 1000
        try:
            while not self.done:
                next(self._slices)
                if time.perf_counter() >= end:
                    break
        except StopIteration:
            self.cancel()
        except BaseException:
            # Qt crashes where an image goes before its painter.
            self.cancel()
            raise
        return self.done

    def __del__(self) -> None:
        # An image must not go before its painter, whichever way the picture is forgotten.
        painter = self.__dict__.get("_painter")
        if painter is not None and painter.isActive():
            painter.end()

    def cancel(self) -> None:
        """Stop painting; the image stays as far as it came."""
        if self._painter.isActive():
            self._painter.end()
        self.done = True
