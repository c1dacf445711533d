"""Changing the outline of a closure or area on the map: corners dragged, put in, taken out, or the whole moved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPen

from geo.language import tr
from geo.late import np
from gui import theme
from gui.drawing import paint_crossed, path_of
from gui.session import Session
from gui.snapping import Snapping
from gui.tools import Map, Mouse, Phase, Stroke, Tool, click_or_pan, near

if TYPE_CHECKING:
    from geo.editing.areas import Drawn, Rings
    from geo.projection import Points
    from geo.store.edits import Edit

HANDLE_PX, GRAB_PX = 4.0, 8.0
MOST_HANDLES = 600
"""With more corners than this in view none is shown: nobody could tell them apart."""

What = Literal["corner", "middle", "whole"]


@dataclass(frozen=True)
class Grip:
    """What of a shape can be taken hold of: a corner, the middle of an edge, or the whole."""

    what: What
    part: int = 0
    ring: int = 0
    at: int = 0


class Reshaping(QObject):
    """The tool that changes outlines; every drag is a change of its own, written when the button is let go.

    `chosen` tells table and id of the shape that a click has chosen, both empty for none.
    """

    chosen = Signal(str, str)
    changed = Signal()

    def __init__(self, session: Session, snapping: Snapping, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._snapping = snapping
        self.table: Drawn | None = None
        self.row = ""
        self._rings: Rings = []
        self._grip: Grip | None = None
        self._trouble = ""
        self.tool = Tool(
            "reshape",
            self._reshape,
            self._hint,
            cursor=Qt.CursorShape.ArrowCursor,
            drags=True,
            hover=self._hover,
            paint=self._paint,
            key=self._key,
        )
        session.released.connect(lambda: self.choose("", ""))
        session.edited.connect(self._on_edit)

    def _hint(self) -> str:
        if not self.row:
            return tr("Click a closure or an area to change its outline")
        return tr("Drag a corner, the middle of an edge, or the whole; Delete takes a corner out, Esc ends")

    # Choosing

    def choose(self, table: str, row: str) -> None:
        """Take a closure or area, by table and id, as the one to be changed; none if they are empty."""
        from geo.editing.areas import DRAWN

        if (table, row) != (self.table or "", self.row):
            self.table = next((name for name in DRAWN if name == table), None)
            self.row = row if self.table else ""
            self._grip = None
            self._read()
            self.changed.emit()
            self.chosen.emit(self.table or "", self.row)

    def _read(self) -> None:
        """Take the outline as the project has it."""
        from geo.editing.areas import rings_of

        self._trouble, self._rings = "", []
        project = self._session.project
        if project is not None and self.table is not None and self.row in project.frame(self.table).index:
            shape = project.row(self.table, self.row)["geometry"]
            self._rings = rings_of(shape) if shape is not None else []

    def _on_edit(self, edit: "Edit") -> None:
        project = self._session.project
        if self.table is None or project is None or self.table not in edit.tables():
            return
        if self.row not in project.frame(self.table).index:
            self.choose("", "")
        else:
            self._read()
        self.changed.emit()

    def _under(self, canvas: Map, at: QPointF) -> tuple[str, str]:
        """Return table and id of the smallest closure or area under a pixel; both empty if there is none."""
        from geo.editing.areas import DRAWN

        lon, lat = canvas.view.screen_to_lonlat([(at.x(), at.y())])[0].tolist()
        index = self._snapping.index
        for table in DRAWN if index is not None else ():
            if index is not None and (row := index.holding(table, (lon, lat))):
                return table, row
        return "", ""

    # The mouse

    def _hover(self, canvas: Map, mouse: Mouse) -> None:
        grip = self._grip_at(canvas, mouse.position)
        if grip != self._grip and (grip is not None or self._grip is None or self._grip.what != "corner"):
            self._grip = grip
            self.changed.emit()

    def _grip_at(self, canvas: Map, at: QPointF) -> Grip | None:
        """Return what lies under a pixel: a corner before the middle of an edge, that before the whole."""
        for what in ("corner", "middle"):
            best, nearest = None, GRAB_PX
            for part, rings in enumerate(self._rings):
                for ring, corners in enumerate(rings):
                    places = corners if what == "corner" else _middles(corners)
                    away = np.hypot(*(canvas.view.world_to_screen(places) - (at.x(), at.y())).T)
                    first = int(np.argmin(away))
                    if away[first] <= nearest:
                        best, nearest = Grip("corner" if what == "corner" else "middle", part, ring, first), away[first]
            if best is not None:
                return best
        path = QPainterPath()
        for part_rings in self._rings:
            path.addPath(path_of(canvas, part_rings))
        return Grip("whole") if path.contains(at) else None

    def _reshape(self, canvas: Map, press: Mouse) -> Stroke:
        grip = self._grip_at(canvas, press.position)
        if grip is None or not self._session.can_write:
            table, row = self._under(canvas, press.position)
            yield from click_or_pan(canvas, press, lambda: self.choose(table, row))
            canvas.tell("")
            return
        start, before = canvas.to_world(press.position), self._rings
        if grip.what == "middle":
            before = _with_corner(before, grip)
            grip = Grip("corner", grip.part, grip.ring, grip.at + 1)
        self._grip, moved = grip, grip.what == "corner" and before is not self._rings
        while True:
            mouse = yield
            if mouse.phase is Phase.CANCEL:
                break
            if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
                continue
            pressed = Mouse(Phase.PRESS, canvas.to_screen(start))
            if moved or not near(pressed, mouse):
                moved = True
                self._drag(canvas, mouse, before, start)
            if mouse.phase is Phase.RELEASE:
                self._finish(canvas, moved=moved)
                return
        self._give_up(canvas)

    def _drag(self, canvas: Map, mouse: Mouse, before: "Rings", start: tuple[float, float]) -> None:
        grip = self._grip
        if grip is None:
            return
        rings = [[ring.copy() for ring in part] for part in before]
        if grip.what == "whole":
            x, y = canvas.to_world(mouse.position)
            way = np.array([x - start[0], y - start[1]])
            rings = [[ring + way for ring in part] for part in rings]
        else:
            rings[grip.part][grip.ring][grip.at] = self._snapping.at(canvas, mouse, (self.table or "", self.row))
        self._show(canvas, rings)

    def _show(self, canvas: Map, rings: "Rings") -> None:
        from geo import geodesic
        from geo.editing.areas import trouble_in
        from geo.projection import to_lonlat

        self._rings, self._trouble = rings, trouble_in(rings)
        inside = sum(
            geodesic.area(to_lonlat(ring))[0] * (1 if at == 0 else -1) for part in rings for at, ring in enumerate(part)
        )
        canvas.tell(self._trouble or geodesic.written_area(inside))
        self.changed.emit()

    def _finish(self, canvas: Map, *, moved: bool) -> None:
        """Write the outline as it now is, or put it back where it bounds no area."""
        from geo.editing.areas import reshape_edit

        self._snapping.forget()
        canvas.tell("")
        if not moved or self.table is None:
            self.changed.emit()
            return
        table, row, rings = self.table, self.row, self._rings

        def write() -> None:
            project = self._session.open_project()
            project.apply(reshape_edit(project, table, row, rings))

        if not self._session.attempt(write):
            self._read()
        self.changed.emit()

    def _give_up(self, canvas: Map) -> None:
        self._grip = None
        self._snapping.forget()
        self._read()
        canvas.tell("")
        self.changed.emit()

    # The keyboard

    def _key(self, canvas: Map, event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.take_out(canvas)

    def take_out(self, canvas: Map) -> bool:
        """Take the corner out that was touched last, or is under the mouse; return whether there is one."""
        grip = self._grip
        if grip is None or grip.what != "corner" or not self._rings or not self._session.can_write:
            return False
        rings = [list(part) for part in self._rings]
        left = np.delete(rings[grip.part][grip.ring], grip.at, axis=0)
        if len(left) >= 3:
            rings[grip.part][grip.ring] = left
        elif grip.ring > 0:
            del rings[grip.part][grip.ring]
        elif len(rings) > 1:
            del rings[grip.part]
        else:
            rings[grip.part][grip.ring] = left
        self._rings, self._grip = rings, None
        self._finish(canvas, moved=True)
        return True

    # Painting

    def _paint(self, canvas: Map, painter: QPainter) -> None:
        if not self._rings:
            return
        if self._trouble:
            paint_crossed(canvas, painter, [ring for part in self._rings for ring in part])
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in self._rings:
            path = path_of(canvas, part)
            for colour, width in ((theme.PAPER, 4.4), (theme.ACCENT, 2.0)) if not self._trouble else ():
                painter.strokePath(path, QPen(colour, width))
        self._paint_handles(canvas, painter)
        painter.restore()
        self._snapping.paint(canvas, painter)

    def _paint_handles(self, canvas: Map, painter: QPainter) -> None:
        view = canvas.view
        shown: list[tuple[Grip, QPointF]] = []
        for part, rings in enumerate(self._rings):
            for ring, corners in enumerate(rings):
                for what, places in (("middle", _middles(corners)), ("corner", corners)):
                    kind: What = "middle" if what == "middle" else "corner"
                    screen = view.world_to_screen(places)
                    inside = np.flatnonzero(((screen >= 0) & (screen <= (view.width, view.height))).all(axis=1))
                    if len(shown) + len(inside) > 2 * MOST_HANDLES:
                        return
                    shown += [(Grip(kind, part, ring, at), QPointF(*screen[at].tolist())) for at in inside.tolist()]
        for grip, place in shown:
            side = HANDLE_PX if grip.what == "corner" else HANDLE_PX - 1.4
            box = QRectF(place.x() - side, place.y() - side, 2 * side, 2 * side)
            painter.setPen(QPen(theme.ACCENT, 1.6 if grip.what == "corner" else 1.1))
            painter.setBrush(theme.ACCENT if grip == self._grip else theme.PAPER)
            if grip.what == "corner":
                painter.drawRect(box)
            else:
                painter.drawEllipse(box)


def _middles(corners: "Points") -> "Points":
    """Return the middle of the edge from each corner to the next, shape (n, 2)."""
    return (corners + np.roll(corners, -1, axis=0)) / 2


def _with_corner(rings: "Rings", grip: Grip) -> "Rings":
    """Return rings with a corner more, in the middle of an edge."""
    middle = _middles(rings[grip.part][grip.ring])[grip.at]
    more = [list(part) for part in rings]
    more[grip.part][grip.ring] = np.insert(rings[grip.part][grip.ring], grip.at + 1, middle, axis=0)
    return more
