"""Measuring on the map: the length of a line and the size of an area, on the ground and not in the picture."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from geo import geodesic
from geo.language import tr
from geo.projection import to_lonlat
from gui.corners import collect
from gui.snapping import Snapping
from gui.tools import XY, Map, Mouse, Sketch, Stroke, Tool


class Measuring(QObject):
    """The two tools that measure; what was measured stays on the map until the next line or another tool.

    Parameters
    ----------
    snapping
        Where corners go.
    tell
        Called with a sentence for the message bar.
    """

    def __init__(self, snapping: Snapping, tell: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._snapping = snapping
        self._tell = tell
        self.result = ""
        self.length = Tool(
            "measure_length",
            self._measure_length,
            lambda: tr("Click along what to measure; Backspace takes a corner back, Enter ends, Ctrl+C copies"),
            doubles=True,
            hover=snapping.at,
            paint=snapping.paint,
            key=self._key,
        )
        self.area = Tool(
            "measure_area",
            self._measure_area,
            lambda: tr("Click the corners of what to measure; Backspace takes one back, Enter ends, Ctrl+C copies"),
            doubles=True,
            hover=snapping.at,
            paint=snapping.paint,
            key=self._key,
        )

    def _measure_length(self, canvas: Map, press: Mouse) -> Stroke:
        yield from self._measure(canvas, press, closed=False)

    def _measure_area(self, canvas: Map, press: Mouse) -> Stroke:
        yield from self._measure(canvas, press, closed=True)

    def _measure(self, canvas: Map, press: Mouse, *, closed: bool) -> Stroke:
        least = 3 if closed else 2

        def show(corners: Sequence[XY], place: XY) -> None:
            moving = [*corners, place] if place != corners[-1] else list(corners)
            self._show(canvas, moving, closed=closed)

        done = yield from collect(
            canvas,
            press,
            lambda mouse: self._snapping.at(canvas, mouse),
            show,
            closed=closed,
            accept=lambda corners: len(corners) >= least,
        )
        self._snapping.forget()
        if done is None:
            canvas.show_sketch(None)
        else:
            self._show(canvas, done, closed=closed)
        canvas.tell("")

    def _show(self, canvas: Map, corners: Sequence[XY], *, closed: bool) -> None:
        from geo.editing.areas import trouble

        lonlat = to_lonlat(corners)
        crossing = trouble(corners) if closed and len(corners) > 2 else ""
        self.result = crossing or (area_in_words if closed else length_in_words)(lonlat.tolist())
        place = corners[-1]
        canvas.show_sketch(Sketch(corners, closed, corners=True, texts=[(place, self.result)]))
        canvas.tell(self.result)

    def _key(self, _canvas: Map, event: QKeyEvent) -> bool:
        """Copy the result with Ctrl+C."""
        if not self.result or not event.matches(QKeySequence.StandardKey.Copy):
            return False
        QGuiApplication.clipboard().setText(self.result)
        self._tell(tr("Copied: {text}", text=self.result))
        return True


def length_in_words(lonlat: Sequence[Sequence[float]]) -> str:
    """Return how long a line through places in degrees is, and its last leg if there are several."""
    legs = geodesic.legs(lonlat)
    total = geodesic.written_length(float(legs.sum()))
    if len(legs) < 2:
        return total
    return tr("{total}, last leg {leg}", total=total, leg=geodesic.written_length(float(legs[-1])))


def area_in_words(lonlat: Sequence[Sequence[float]]) -> str:
    """Return how large an area with corners in degrees is, and how long its outline."""
    inside, around = geodesic.area(lonlat)
    if len(lonlat) < 3:
        return geodesic.written_length(geodesic.length(lonlat))
    return tr("{area}, outline {length}", area=geodesic.written_area(inside), length=geodesic.written_length(around))
