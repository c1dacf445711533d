"""The map: shows the picture of the view with what lies over it, and lets mouse and keyboard work on it."""

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from geo.language import tr
from geo.late import np
from geo.projection import Points, to_lonlat, to_mercator
from gui import describe, overmap, theme, tools
from gui.mappicture import MapPicture
from gui.selection import Gesture
from gui.session import Session
from gui.toolhand import ToolHand
from layers.view import View

KEY_PAN, KEY_PAN_FINE = 0.2, 0.01
ZOOM_STEP = 1.5
WHEEL_DOUBLING = 240
"""Eighths of a degree of the wheel that make the map twice as large."""
POINT_SPAN_M = 600.0
"""How much of the world to show around a single site, in metres."""
CLOSE = 4.0
"""Up to so many metres to the pixel a reader can tell streets apart."""


class Canvas(QWidget):
    """Show the map of the session's project and let the mouse and the keyboard work on it."""

    pointed = Signal(object)
    viewed = Signal()
    menu_wanted = Signal(QPoint, str)
    tool_changed = Signal()
    place_wanted = Signal(float, float)
    escaped = Signal()
    hinted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.view = View(0.0, 0.0, 40.0, 100, 100)
        self.notice = ""
        self.still = QImage()
        """What is shown while there is no map yet."""
        self.picture = MapPicture(self, lambda: self.session.stack, lambda: self.view)
        self.hand = ToolHand(self, lambda: self._middle)
        self._sketch: tools.Sketch | None = None
        self._band: QRectF | None = None
        self._marks: Points | tuple[()] = ()
        self.over: list[Callable[[QPainter], None]] = []
        """What others paint over the picture, at each painting anew."""
        self._space = False
        self._fit_pending = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(tr("Map"))
        self.setAccessibleDescription(tr("Arrow keys move the map, plus and minus zoom, 0 shows all of it."))
        session.opened.connect(self._on_opened)
        session.released.connect(self.hand.drop)
        session.released.connect(self.picture.drop)
        session.stale.connect(self.picture.redraw)
        session.selection.changed.connect(self._show_selection)

    # What is shown

    def set_view(self, view: View) -> None:
        """Show another part of the world, at once from the last picture and soon in full."""
        if view != self.view:
            self.view = view
            self._fit_pending = False
            self.picture.draw()
            self.viewed.emit()

    def shown(self) -> tuple[float, float, float, float]:
        """Return what the map shows: west, south, east and north in degrees."""
        (west, south), (east, north) = to_lonlat(np.array(self.view.bounds).reshape(2, 2)).tolist()
        return west, south, east, north

    def fit(self) -> None:
        """Show the whole district."""
        if self.session.stack is not None:
            self.set_view(self.view.fitted(self.session.stack.bounds()))

    def fit_sites(self, ids: Collection[str]) -> bool:
        """Show the given sites, with some surroundings; return whether any of them has a place on the map."""
        box = None if self.session.stack is None else self.session.stack.bounds_of(ids)
        if self.session.stack is None or box is None:
            return False
        whole = self.session.stack.bounds()
        if box[2] < whole[0] or box[0] > whole[2] or box[3] < whole[1] or box[1] > whole[3]:
            # Nothing is drawn around what lies outside of the map; with the map it shows in which direction.
            box = min(box[0], whole[0]), min(box[1], whole[1]), max(box[2], whole[2]), max(box[3], whole[3])
        self.set_view(self.view.fitted(box, 48, POINT_SPAN_M))
        return True

    def show_site(self, site: str) -> None:
        """Bring a site into the picture if it is not in it."""
        if self.session.stack is not None:
            self._bring_in(*self.session.stack.site_xy(site))

    def _bring_in(self, x: float, y: float) -> None:
        left, bottom, right, top = self.view.bounds
        if np.isfinite(x) and not (left <= x <= right and bottom <= y <= top):
            self.set_view(self.view.centred(x, y))

    def show_marks(self, lonlat: Sequence[tuple[float, float]], go: bool = False) -> None:
        """Mark places, in degrees, that a site may get, the first before the others; go there if that is wanted."""
        self._marks = to_mercator(lonlat) if lonlat else ()
        for x, y in to_mercator(lonlat[:1]).tolist() if lonlat and go else ():
            self._bring_in(x, y)
            if self.view.scale > CLOSE:
                self.set_view(self.view.fitted((x, y, x, y), 48, POINT_SPAN_M))
        self.update()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor, 2 shows half as much, about a pixel or the middle."""
        middle = at or self._middle
        self.set_view(self.view.zoomed(factor, middle.x(), middle.y()))

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    @property
    def is_drawn(self) -> bool:
        """Return whether the picture on screen is the finished one of this view."""
        return self.picture.is_current

    def _on_opened(self) -> None:
        self._fit_pending = True
        self._refit()
        self.picture.redraw()

    def _show_selection(self) -> None:
        if self.session.stack is not None:
            self.session.stack.selection = self.session.selection.ids
            self.picture.draw()

    def _refit(self) -> None:
        if self._fit_pending and self.session.stack is not None:
            self.view = self.view.fitted(self.session.stack.bounds())
            self.viewed.emit()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the last picture where it now belongs, then what is cheap and always sharp."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.GROUND)
        stack = self.session.stack
        if stack is None or not self.picture.is_there:
            if self.still.isNull():
                overmap.notice(painter, self.rect(), self.notice)
            else:
                painter.drawImage(0, 0, self.still)
            return
        self.still = QImage()
        self.picture.paint(painter)
        self.picture.paint_overlay(painter)
        stack.paint_furniture(painter, self.view)
        for paint in self.over:
            paint(painter)
        overmap.marks(painter, self.view, self._marks)
        if self._band is not None:
            overmap.band(painter, self._band)
        if self._sketch is not None:
            overmap.sketch(painter, self.view, self._sketch)
        if self.tool.paint is not None:
            self.tool.paint(self, painter)
        if self.hasFocus() and (self.tool is tools.place or self.hand.by_keys):
            overmap.cross(painter, self._middle)
        if self.hasFocus():
            painter.setPen(QPen(theme.ACCENT, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # What the tools may do

    def pan_by(self, moved: QPointF) -> None:
        """Move the picture by pixels."""
        self.set_view(self.view.panned(moved.x(), moved.y()))

    def to_world(self, position: QPointF) -> tools.XY:
        """Return the place under a pixel, in EPSG:3857 metres."""
        x, y = self.view.screen_to_world([(position.x(), position.y())])[0].tolist()
        return x, y

    def to_screen(self, place: tools.XY) -> QPointF:
        """Return the pixel of a place in EPSG:3857 metres."""
        return QPointF(*self.view.world_to_screen([place])[0].tolist())

    def show_sketch(self, sketch: tools.Sketch | None) -> None:
        """Show what is being drawn, or nothing."""
        if sketch is not self._sketch:
            self._sketch = sketch
            self.update()

    def tell(self, text: str) -> None:
        """Say what the stroke would do now; empty brings the hint of the tool back."""
        self.hinted.emit(text or self.tool.hint())

    def show_band(self, box: QRectF | None) -> None:
        """Show the rubber band, or none."""
        self._band = box
        self.update()

    def choose_at(self, position: QPointF, gesture: Gesture) -> None:
        """Select the site under a pixel, or go to the crowd; nothing there empties the selection without a key down."""
        site = self.site_at(position)
        if site:
            self.session.selection.choose({site}, gesture, site)
        elif not self._choose_crowd(position, gesture) and gesture is Gesture.REPLACE:
            self.session.selection.clear()

    def _choose_crowd(self, position: QPointF, gesture: Gesture) -> bool:
        """Go nearer to the crowd under a pixel, or with a key held down select its sites; return False if none is."""
        stack = self.session.stack
        crowd = None if stack is None else stack.crowd_at(self.view, position.x(), position.y())
        if stack is None or crowd is None:
            return False
        if gesture is Gesture.REPLACE:
            nearer = self.view.fitted(crowd.bounds, 48, POINT_SPAN_M)
            self.set_view(nearer if nearer.scale < self.view.scale else self.view.zoomed(2, position.x(), position.y()))
        else:
            self.session.selection.choose(stack.sites.rows.ids(np.arange(crowd.start, crowd.stop)), gesture)
        return True

    def choose_in(self, box: QRectF, gesture: Gesture) -> None:
        """Select the sites in a box of pixels."""
        if self.session.stack is not None:
            left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
            corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float64)
            inside = self.session.stack.sites_within(self.view, corners)
            self.session.selection.choose(inside, gesture)

    def place_at(self, position: QPointF) -> None:
        """Tell which place, in degrees, was pointed at for a site that has none."""
        lon, lat = self.view.screen_to_lonlat([(position.x(), position.y())])[0].tolist()
        self.place_wanted.emit(lon, lat)

    def site_at(self, position: QPointF) -> str:
        """Return the id of the site under a pixel, empty if there is none."""
        if self.session.stack is None:
            return ""
        return self.session.stack.site_at(self.view, position.x(), position.y()) or ""

    # The mouse

    @property
    def tool(self) -> tools.Tool:
        """Return the tool that has the left button."""
        return self.hand.tool

    def set_tool(self, tool: tools.Tool) -> None:
        """Give the left button to a tool."""
        self.hand.take(tool)
        self.tell("")
        self._show_cursor()
        self.update()
        self.tool_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Send the press to the tool; the middle button or the space bar always moves the map."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        mouse = tools.Mouse(tools.Phase.PRESS, event.position(), event.modifiers())
        if event.button() is Qt.MouseButton.MiddleButton or (
            event.button() is Qt.MouseButton.LeftButton and self._space
        ):
            self.hand.begin_drag(mouse)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.hand.press(mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Feed the tool, or show what lies under the mouse."""
        lonlat = self.view.screen_to_lonlat([(event.position().x(), event.position().y())])[0]
        self.pointed.emit((float(lonlat[0]), float(lonlat[1])))
        if self.hand.by_keys:
            self.update()  # the cross goes
        if not self.hand.move(tools.Mouse(tools.Phase.MOVE, event.position(), event.modifiers())):
            self._hover(self.site_at(event.position()) or None)

    def _hover(self, site: str | None) -> None:
        if self.session.stack is not None and site != self.session.stack.hover:
            self.session.stack.hover = site
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Send the release to the tool."""
        if event.button() is not Qt.MouseButton.RightButton:
            self.hand.release(tools.Mouse(tools.Phase.RELEASE, event.position(), event.modifiers()))
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the tool have a double click; else zoom in there, or out with Shift."""
        # Who places sites and clicks twice means the first one, neither the next site nor a zoom.
        mouse = tools.Mouse(tools.Phase.DOUBLE, event.position(), event.modifiers())
        if event.button() is Qt.MouseButton.LeftButton and not self.hand.double(mouse):
            self.zoom(0.5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 2.0, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the place under the mouse."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom(2 ** (turned / WHEEL_DOUBLING), event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the mouse."""
        self.pointed.emit(None)
        self._hover(None)
        if not self.hand.is_busy:
            self.show_sketch(None)
            self.tell("")
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the site or the place; from the keyboard, of the current site."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        site = self.site_at(QPointF(event.pos())) if by_mouse else self.session.selection.current
        self.menu_wanted.emit(event.globalPos(), site)

    def event(self, event: QEvent) -> bool:
        """Show the tip of the site under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, position: QPointF) -> str:
        site, stack = self.site_at(position), self.session.stack
        crowd = None if site or stack is None else stack.crowd_at(self.view, position.x(), position.y())
        if crowd is not None:
            return tr("{number} sites; a click goes nearer, Shift+click adds them", number=crowd.count)
        return describe.tip(self.session, site) if site else ""

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else self.tool.cursor)

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the tool have the key; else move and zoom the map, and empty the selection with Escape."""
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = QPointF(self.width(), self.height()) * (KEY_PAN_FINE if shift else KEY_PAN)
        moves = {
            Qt.Key.Key_Left: QPointF(step.x(), 0),
            Qt.Key.Key_Right: QPointF(-step.x(), 0),
            Qt.Key.Key_Up: QPointF(0, step.y()),
            Qt.Key.Key_Down: QPointF(0, -step.y()),
        }
        if self.hand.key(event):
            self.update()
        elif key in moves:
            self.pan_by(moves[key])
            self.hand.moved_by_keys()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif key == Qt.Key.Key_Escape and self.tool in (tools.select, tools.pan_or_click):
            self.session.selection.clear()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the hand when the space bar is released."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the middle of the map in the middle; fit the district until the user has moved the map."""
        self.view = self.view.resized(max(self.width(), 1), max(self.height(), 1), self.devicePixelRatioF())
        self._refit()
        self.viewed.emit()
        self.picture.draw()
