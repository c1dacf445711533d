"""Editing on the map, wired together: tools that add, move, draw and measure, the bar for coordinates, the areas."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from geo.language import tr
from geo.projection import to_mercator
from gui.areaspanel import AreasPanel
from gui.canvas import Canvas
from gui.drawing import Drawing
from gui.edittools import EditTools
from gui.gotobar import GotoBar
from gui.lists import add_action
from gui.measuring import Measuring
from gui.reshaping import Reshaping
from gui.session import Session
from gui.snapping import Snapping
from gui.statusline import StatusLine
from gui.tools import Tool


class MapEditing(QObject):
    """Everything that edits and measures on the map.

    `tool_wanted` tells the name of the command that chooses a tool; `site_made` that the new site wants its name;
    `panel_wanted` that the panel of areas is to come to the front.
    """

    tool_wanted = Signal(str)
    site_made = Signal()
    panel_wanted = Signal()

    def __init__(self, session: Session, canvas: Canvas, status: StatusLine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._status = status
        self.snapping = Snapping(session, self)
        self.sites = EditTools(session, self.snapping, self)
        self.measuring = Measuring(self.snapping, session.tell, self)
        self.drawing = Drawing(session, self.snapping, self)
        self.reshaping = Reshaping(session, self.snapping, self)
        self.goto = GotoBar(session, self._middle)
        self.areas = AreasPanel(session)
        canvas.installEventFilter(self)
        self._connect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Ctrl+C on the map copy what was measured, where else it copies cells of the table."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and watched is self._canvas:
            tools, measuring = (self.measuring.length, self.measuring.area), self.measuring
            if self._canvas.tool in tools and measuring.result and event.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
        return False

    def _connect(self) -> None:
        canvas, sites, areas, goto = self._canvas, self.sites, self.areas, self.goto
        for signal in (self.snapping.changed, sites.changed, self.reshaping.changed):
            signal.connect(canvas.update)
        canvas.tool_changed.connect(self._on_tool)
        sites.made.connect(lambda _site: self.site_made.emit())
        self.drawing.drawn.connect(self._on_drawn)
        self.reshaping.chosen.connect(areas.choose)
        areas.chosen.connect(self._on_chosen)
        areas.kind_changed.connect(self._on_kind)
        areas.tool_wanted.connect(lambda name: self.tool_wanted.emit(f"tool_{name or 'select'}"))
        areas.show_wanted.connect(self._show)
        goto.marked.connect(self._mark)
        goto.new_wanted.connect(sites.add)
        goto.left.connect(canvas.setFocus)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do here, by the name of the command."""
        return {
            "tool_new_site": lambda: self._take(self.sites.new),
            "tool_move_sites": lambda: self._take(self.sites.move),
            "tool_draw_closure": lambda: self._take(self.drawing.closure),
            "tool_draw_area": lambda: self._take(self.drawing.area),
            "tool_reshape": lambda: self._take(self.reshaping.tool),
            "tool_measure_length": lambda: self._take(self.measuring.length),
            "tool_measure_area": lambda: self._take(self.measuring.area),
            "delete_sites": self.delete,
            "goto": self.goto.begin,
            "go_areas": self.panel_wanted.emit,
        }

    def bind_delete(self, action: QAction, table: QWidget) -> None:
        """Let Delete take sites on the map, and Ctrl+Delete in the table, where Delete alone is for cells."""
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._canvas.addAction(action)
        add_action(table, action.text(), self.delete, "Ctrl+Delete")

    def _take(self, tool: Tool) -> None:
        self._canvas.set_tool(tool)
        self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_tool(self) -> None:
        """Make ready to snap where the tool does, and tell the panel whether outlines are being changed."""
        tool = self._canvas.tool
        own = (self.sites.new, self.sites.move, self.drawing.closure, self.drawing.area, self.reshaping.tool,
               self.measuring.length, self.measuring.area)  # fmt: skip
        self.snapping.prepare(wanted=tool in own)
        is_reshaping = tool is self.reshaping.tool
        self.areas.reshape.setChecked(is_reshaping)
        if is_reshaping:
            self.areas.catch_up()
            self.reshaping.choose(self.areas.table if self.areas.row else "", self.areas.row)
            self._canvas.tell("")

    def _on_drawn(self, table: str, row: str) -> None:
        self.panel_wanted.emit()
        self.areas.name_it(table, row)

    def _on_chosen(self, table: str, row: str) -> None:
        if self._canvas.tool is self.reshaping.tool:
            self.reshaping.choose(table, row)

    def _on_kind(self, kind: str) -> None:
        self.drawing.kind = kind

    def delete(self) -> None:
        """Delete the selected sites; while outlines are changed, the corner touched last."""
        if self._canvas.tool is not self.reshaping.tool or not self.reshaping.take_out(self._canvas):
            self.sites.delete()

    # Places

    def _middle(self) -> tuple[float, float]:
        lon, lat = self._canvas.view.screen_to_lonlat([(self._canvas.width() / 2, self._canvas.height() / 2)])[0]
        return float(lon), float(lat)

    def _show(self, west: float, south: float, east: float, north: float) -> None:
        (left, bottom), (right, top) = to_mercator([(west, south), (east, north)]).tolist()
        self._canvas.set_view(self._canvas.view.fitted((left, bottom, right, top), 60, 200))

    def _mark(self, places: list[tuple[float, float]], go: bool) -> None:
        self._canvas.show_marks(places, go)
        if go and places:
            x, y = to_mercator(places[:1])[0].tolist()
            self._canvas.set_view(self._canvas.view.centred(x, y))

    def add_to_menu(self, menu: QMenu, position: QPoint) -> None:
        """Put into the menu of the map what can be done at a place, given in pixels of the screen."""
        at = QPointF(self._canvas.mapFromGlobal(position))
        lon, lat = self._canvas.view.screen_to_lonlat([(at.x(), at.y())])[0].tolist()
        menu.addSeparator()
        words = self._status.place.words((lon, lat))
        copy = menu.addAction(tr("Copy coordinates: {place}", place=words))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(words))
        copy.setEnabled(bool(words))
        new = menu.addAction(tr("New site here"))
        new.triggered.connect(lambda: self.sites.add(lon, lat))
        new.setEnabled(self._session.can_write)
