"""Drawing closures and areas on the map, corner by corner; an outline that crosses itself turns red and is refused."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from geo import geodesic
from geo.language import tr
from geo.projection import to_lonlat
from gui import theme
from gui.corners import collect
from gui.session import Session
from gui.snapping import Snapping
from gui.tools import XY, Map, Mouse, Sketch, Stroke, Tool

if TYPE_CHECKING:
    from geo.editing.areas import Drawn
    from geo.projection import Points


class Drawing(QObject):
    """The two tools that draw: a closure, and an area such as a park.

    `drawn` tells table and id of what was drawn.
    """

    drawn = Signal(str, str)

    def __init__(self, session: Session, snapping: Snapping, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._snapping = snapping
        self._crossed: list[XY] = []
        self.kind = ""
        """The kind that the next area gets, empty for the usual one."""
        self.closure = self._tool(
            "draw_closure",
            "closures",
            lambda: tr("Click the corners of the closure; Enter or a double click ends, Backspace takes one back"),
        )
        self.area = self._tool(
            "draw_area",
            "areas",
            lambda: tr("Click the corners of the area; Enter or a double click ends, Backspace takes one back"),
        )

    def _tool(self, name: str, table: "Drawn", hint: Callable[[], str]) -> Tool:
        return Tool(name, partial(self._draw, table), hint, doubles=True, hover=self._snapping.at, paint=self._paint)

    def _draw(self, table: "Drawn", canvas: Map, press: Mouse) -> Stroke:
        done = yield from collect(
            canvas,
            press,
            lambda mouse: self._snapping.at(canvas, mouse),
            partial(self._show, canvas),
            closed=True,
            accept=self._accept,
        )
        self._crossed = []
        self._snapping.forget()
        canvas.show_sketch(None)
        canvas.tell("")
        if done is not None:
            self._add(table, done)

    def _add(self, table: "Drawn", corners: Sequence[XY]) -> None:
        from geo.editing.areas import drawn_edit

        def add() -> None:
            project = self._session.open_project()
            row_id, edit = drawn_edit(project, table, corners, self.kind if table == "areas" else "")
            project.apply(edit)
            made.append(row_id)

        made: list[str] = []
        if self._session.attempt(add):
            self.drawn.emit(table, made[0])

    def _accept(self, corners: Sequence[XY]) -> bool:
        """Return whether corners bound an area; say why if they do not."""
        from geo.editing.areas import trouble

        words = trouble(corners)
        if words:
            self._session.tell(words, tr("Move a corner, or take one back."))
        return not words

    def _show(self, canvas: Map, corners: Sequence[XY], place: XY) -> None:
        """Show the outline up to the mouse with its size, in red where it crosses itself."""
        from geo.editing.areas import trouble

        moving = [*corners, place] if place != corners[-1] else list(corners)
        words = trouble(moving) if len(moving) > 3 else ""
        self._crossed = moving if words else []
        if not words and len(moving) > 2:
            words = geodesic.written_area(geodesic.area(to_lonlat(moving))[0])
        elif not words and len(moving) == 2:
            words = geodesic.written_length(geodesic.length(to_lonlat(moving)))
        canvas.tell(words)
        texts = [(place, words)] if words else []
        canvas.show_sketch(Sketch(moving, closed=True, corners=True, texts=texts))

    def _paint(self, canvas: Map, painter: QPainter) -> None:
        if self._crossed:
            paint_crossed(canvas, painter, [self._crossed])
        self._snapping.paint(canvas, painter)


def paint_crossed(canvas: Map, painter: QPainter, rings: "Sequence[Sequence[XY]] | Sequence[Points]") -> None:
    """Draw rings, in EPSG:3857 metres, that bound no area, in the colour of alarm over whatever is there."""
    path = path_of(canvas, rings)
    tint = QColor(theme.ALARM)
    tint.setAlpha(50)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, tint)
    painter.strokePath(path, QPen(theme.ALARM, 2.6, Qt.PenStyle.DashLine))
    painter.restore()


def path_of(canvas: Map, rings: "Sequence[Sequence[XY]] | Sequence[Points]") -> QPainterPath:
    """Return rings in EPSG:3857 metres as a path in pixels."""
    from layers.geometry import polygon_of

    path = QPainterPath()
    for ring in rings:
        path.addPolygon(polygon_of(canvas.view.world_to_screen(ring)))
        path.closeSubpath()
    return path
