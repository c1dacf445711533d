"""Snapping on the map: the index of what there is to snap to, made off the window's thread, and the mark of a snap."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from geo.language import tr
from geo.progress import Report
from gui import overmap, theme
from gui.session import Session
from gui.tools import XY, Map, Mouse, Sketch

if TYPE_CHECKING:
    from geo.editing.snapping import Snap, SnapIndex
    from geo.store.edits import Edit

REACH_PX = 10.0
SIDE_PX = 5.0
WORD_DOWN_PX = 44.0
SOURCES = frozenset({"streets", "areas", "closures", "subdistricts"})


class Snapping(QObject):
    """Say where a point goes that is drawn at a pixel, and show there what it snaps to.

    Ctrl held down lets the point go where the mouse is. `changed` tells that another snap is to be shown.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.index: SnapIndex | None = None
        self._snap: Snap | None = None
        self._is_stale = True
        self._is_wanted = False
        self._state = 0
        session.released.connect(self._drop)
        session.edited.connect(self._on_edit)

    def prepare(self, *, wanted: bool = True) -> None:
        """Make the index ready, now that a tool snaps; or, not wanted, let it rest."""
        self._is_wanted = wanted
        self.forget()
        project = self.session.project
        if not wanted or project is None or not self._is_stale:
            return
        self._is_stale = False
        self._state += 1
        tables, before, state = project.snapshot(), self.index, self._state

        def work(_report: Report) -> "SnapIndex":
            from geo.editing.snapping import SnapIndex

            return SnapIndex(tables, before)

        def take(index: "SnapIndex") -> None:
            # An earlier state may be ready after a later one.
            if self.session.project is project and state == self._state:
                self.index = index

        self.session.start(work, take)

    def _drop(self) -> None:
        self.index, self._snap, self._is_stale = None, None, True

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & SOURCES:
            self._is_stale = True
            if self._is_wanted:
                self.prepare()

    def at(
        self, canvas: Map, mouse: Mouse, without: tuple[str, str] = ("", ""), but: Collection[str] = frozenset()
    ) -> XY:
        """Return where a point goes that is drawn at the mouse.

        Parameters
        ----------
        canvas
            The map.
        mouse
            Where, and whether Ctrl is held down.
        without
            Table and id of a shape that is not snapped to.
        but
            Sites that are not snapped to.
        """
        free, snap = canvas.to_world(mouse.position), None
        if not mouse.modifiers & Qt.KeyboardModifier.ControlModifier:
            snap = self._site(canvas, mouse.position, but)
            if snap is None and self.index is not None:
                snap = self.index.near(free, REACH_PX * canvas.view.scale, without)
        self._show(snap)
        return snap.xy if snap is not None else free

    def _site(self, canvas: Map, at: QPointF, but: Collection[str]) -> "Snap | None":
        from geo.editing.snapping import Snap

        stack = self.session.stack
        if stack is None or not stack.sites.visible:
            return None
        # A site below those being moved is still found, but not under a heap of them.
        near = stack.sites.hits(canvas.view, at.x(), at.y(), REACH_PX)
        site = next((one for one in near if one not in but), None)
        return Snap(stack.site_xy(site), "site", "sites") if site is not None else None

    def forget(self) -> None:
        """Show no snap any more."""
        self._show(None)

    def _show(self, snap: "Snap | None") -> None:
        if snap != self._snap:
            self._snap = snap
            self.changed.emit()

    def paint(self, canvas: Map, painter: QPainter) -> None:
        """Draw the mark of the snap, a ring at a site, a square at a corner, a cross on an edge, and its word."""
        snap = self._snap
        if snap is None:
            return
        at = canvas.to_screen(snap.xy)
        box = QRectF(at.x() - SIDE_PX, at.y() - SIDE_PX, 2 * SIDE_PX, 2 * SIDE_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.PAPER, 5.0), (theme.ALARM, 2.2)):
            painter.setPen(QPen(colour, width))
            if snap.kind == "site":
                painter.drawEllipse(box.adjusted(-4, -4, 4, 4))
            elif snap.kind == "corner":
                painter.drawRect(box)
            else:
                painter.drawLine(box.topLeft(), box.bottomRight())
                painter.drawLine(box.topRight(), box.bottomLeft())
        painter.restore()
        below = canvas.to_world(at + QPointF(0, WORD_DOWN_PX))
        overmap.sketch(painter, canvas.view, Sketch(texts=[(below, _word(snap))]))


def _word(snap: "Snap") -> str:
    things = {
        "sites": tr("a site"),
        "streets": tr("a street"),
        "areas": tr("an area"),
        "closures": tr("a closure"),
        "subdistricts": tr("a subdistrict boundary"),
    }
    if snap.kind == "site":
        return tr("at {thing}", thing=things[snap.table])
    if snap.kind == "corner":
        return tr("corner of {thing}", thing=things[snap.table])
    return tr("edge of {thing}", thing=things[snap.table])
