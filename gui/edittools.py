"""The tools that make and move sites on the map, and the deletion of those selected."""

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen

from geo import geodesic
from geo.language import tr
from geo.late import np
from geo.model import TABLES
from geo.progress import Report
from geo.projection import to_lonlat, to_mercator
from gui import theme
from gui.messages import Level
from gui.selection import Gesture
from gui.session import LARGE, Session
from gui.snapping import Snapping
from gui.tools import XY, Map, Mouse, Phase, Sketch, Stroke, Tool, click_or_pan, near

if TYPE_CHECKING:
    from geo.editing.sites import Deletion
    from geo.projection import Points
    from geo.store.edits import Edit

NUDGE_M, FAR_NUDGE_M = 1.0, 10.0
GHOST_PX = 7.0
MOST_GHOSTS = 400
"""So many of the sites being moved are shown where they go."""


class EditTools(QObject):
    """New site, move, delete.

    `made` tells the id of a new site, which is selected by then.
    """

    made = Signal(str)
    changed = Signal()

    def __init__(self, session: Session, snapping: Snapping, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._snapping = snapping
        self._kind = ""
        self._grabbed: XY | None = None
        self._nudged = (0.0, 0.0)
        self._ghosts: list[tuple[XY, XY]] = []
        self.new = Tool(
            "new_site",
            self._click_new,
            lambda: tr("Click where the new site is; it snaps to streets and outlines, not with Ctrl; Esc ends"),
            doubles=True,
            hover=snapping.at,
            paint=snapping.paint,
        )
        self.move = Tool(
            "move_sites",
            self._drag_site,
            self._move_hint,
            cursor=Qt.CursorShape.SizeAllCursor,
            drags=True,
            paint=self._paint,
            key=self._move_key,
        )
        session.selection.changed.connect(self._forget_nudge)
        session.released.connect(self._forget_nudge)

    # A new site

    def _click_new(self, canvas: Map, press: Mouse) -> Stroke:
        place = self._snapping.at(canvas, press)
        yield from click_or_pan(canvas, press, lambda: self.add(*to_lonlat([place])[0].tolist()))
        self._snapping.forget()

    def add(self, lon: float, lat: float) -> None:
        """Make a site at a place in degrees, of the kind of the current site or else of the last new one, select it."""
        from geo.editing.sites import new_site

        def make() -> None:
            project, current = self._session.open_project(), self._session.selection.current
            if current:
                self._kind = str(project.row("sites", current)["kind"])
            site, edit = new_site(project, (lon, lat), self._kind)
            project.apply(edit)
            found.append(site)

        found: list[str] = []
        if self._session.attempt(make):
            self._session.selection.choose(found, current=found[0])
            self.made.emit(found[0])

    # Moving

    def _move_hint(self) -> str:
        if not self._session.selection.ids:
            return tr("Drag a site to where it belongs")
        return tr("Drag a site, or nudge the selected ones with the arrow keys: 1 m, with Shift 10 m; Enter moves them")

    def _drag_site(self, canvas: Map, press: Mouse) -> Stroke:
        stack, selection = self._session.stack, self._session.selection
        at = press.position
        site = stack.site_at(canvas.view, at.x(), at.y()) if stack is not None else None
        if stack is None or not site or not self._session.can_write:
            yield from click_or_pan(canvas, press, lambda: canvas.choose_at(at, press.gesture))
            return
        if site not in selection.ids:
            selection.choose({site}, Gesture.REPLACE, site)
        start, moved = stack.site_xy(site), False
        while True:
            mouse = yield
            if mouse.phase is Phase.CANCEL:
                break
            if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
                continue
            moved = moved or not near(press, mouse)
            if moved:
                place = self._snapping.at(canvas, mouse, but=selection.ids)
                self._nudged = geodesic.vector(to_lonlat([start]), to_lonlat([place]))
                self._show_ghosts(canvas)
            if mouse.phase is Phase.RELEASE:
                if moved:
                    self._commit(canvas)
                break
        self._end(canvas)

    def _move_key(self, canvas: Map, event: QKeyEvent) -> bool:
        """Nudge the selected sites with the arrow keys; Enter moves them there, Escape leaves them where they were."""
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        key = Qt.Key(event.key())
        if self._ghosts and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit(canvas)
            self._end(canvas)
        elif self._ghosts and key == Qt.Key.Key_Escape:
            self._end(canvas)
        elif key in ways and self._session.selection.ids and self._session.can_write:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            by = FAR_NUDGE_M if far else NUDGE_M
            self._nudged = (self._nudged[0] + by * ways[key][0], self._nudged[1] + by * ways[key][1])
            self._show_ghosts(canvas)
        else:
            return False
        return True

    def _show_ghosts(self, canvas: Map) -> None:
        before = self._places()
        after = to_mercator(geodesic.shifted(to_lonlat(before), *self._nudged))
        self._ghosts = [
            ((x, y), (to_x, to_y)) for (x, y), (to_x, to_y) in zip(before.tolist(), after.tolist(), strict=True)
        ]
        way = geodesic.written_length(float(np.hypot(*self._nudged)))
        canvas.tell(tr("{way} from where it was; Enter moves, Esc does not", way=way))
        lead = self._ghosts[0][1] if self._ghosts else None
        canvas.show_sketch(Sketch(texts=[(lead, way)]) if lead is not None else None)
        self.changed.emit()

    def _places(self) -> "Points":
        """Return where the selected sites lie, the current one first, shape (n, 2), as many as are shown."""
        stack, selection = self._session.stack, self._session.selection
        if stack is None:
            return np.empty((0, 2))
        others = islice((site for site in selection.ids if site != selection.current), MOST_GHOSTS - 1)
        first = [selection.current] if selection.current else []
        xy = np.array([stack.site_xy(site) for site in (*first, *others)]).reshape(-1, 2)
        return np.asarray(xy[np.isfinite(xy).all(axis=1)], dtype=np.float64)

    def _commit(self, canvas: Map) -> None:
        from geo.editing.sites import move_edit

        ids, (east, north) = self._session.selection.ids, self._nudged
        project = self._session.project
        self._end(canvas)
        if project is None or not np.hypot(east, north) > 0:
            return
        if len(ids) < LARGE:
            self._session.attempt(lambda: project.apply(move_edit(project, ids, east, north)))
            return
        tables = project.snapshot()

        def work(_report: Report) -> "Edit":
            return move_edit(tables, ids, east, north)

        self._session.start(work, self._write_move)

    def _write_move(self, edit: "Edit") -> None:
        self._session.apply_large(edit, lambda: self._session.tell(f"{edit.title}{tr('.')}"))

    def _end(self, canvas: Map) -> None:
        self._forget_nudge()
        self._snapping.forget()
        canvas.show_sketch(None)
        canvas.tell("")

    def _forget_nudge(self) -> None:
        self._ghosts, self._nudged = [], (0.0, 0.0)
        self.changed.emit()

    def _paint(self, canvas: Map, painter: QPainter) -> None:
        """Draw where the sites were and where they go."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ends = [(canvas.to_screen(start), canvas.to_screen(end)) for start, end in self._ghosts]
        for colour, width in ((theme.PAPER, 4.6), (theme.ACCENT, 2.0)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for start, end in ends:
                _arrow(painter, start, end)
                painter.drawEllipse(end, GHOST_PX, GHOST_PX)
        painter.restore()
        self._snapping.paint(canvas, painter)

    # Deleting

    def delete(self) -> None:
        """Delete the selected sites with all that hangs on them, and tell what that was."""
        project, ids = self._session.project, self._session.selection.ids
        if project is None or not ids:
            return
        tables = project.snapshot()

        def work(_report: Report) -> "Deletion":
            from geo.editing.sites import deletion

            return deletion(tables, ids)

        if len(ids) < LARGE:
            from geo.editing.sites import deletion

            self._write(deletion(project, ids))
        else:
            self._session.start(work, self._write)

    def _write(self, deletion: "Deletion") -> None:
        self._session.apply_large(deletion.edit, lambda: self._tell(deletion))

    def _tell(self, deletion: "Deletion") -> None:
        text = tr("Deleted: {what}.", what=deletion.what)
        if deletion.others:
            others = tr(", ").join(
                tr("{title}: {number}", title=TABLES[name].title(), number=number)
                for name, number in deletion.others.items()
            )
            text = tr("Deleted: {what}, with what hangs on it ({others}).", what=deletion.what, others=others)
        figures = "inspections" in deletion.others
        hint = tr("Undo brings them back.")
        if figures:
            hint = tr("Figures of past days no longer count them. Undo brings all of it back.")
        self._session.tell(text, hint, Level.WARNING if figures else Level.INFO)


def _arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """Draw a line up to the ring around its end."""
    way = end - start
    length = float(np.hypot(way.x(), way.y()))
    if length > GHOST_PX:
        painter.drawLine(start, end - way * (GHOST_PX / length))
