"""The window: makes the panels and connects them; what they do is their own business."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QWidget

from geo.language import tr
from gui import languagemenu, stylemenu, tools
from gui import settings as storage
from gui.actions import Actions
from gui.basemaps import Basemaps
from gui.byhand import ByHand
from gui.campaigns import Campaigns
from gui.canvas import ZOOM_STEP, Canvas
from gui.choosing import Choosing
from gui.fields import name_in
from gui.files import Files
from gui.firstpicture import FirstPicture
from gui.form import SiteForm
from gui.furnituremenu import FurnitureMenu
from gui.help import AboutDialog, ShortcutsDialog
from gui.layerspanel import LayersPanel
from gui.livework import LiveWork
from gui.mapediting import MapEditing
from gui.mapstyle import MapStyle
from gui.menus import Needs
from gui.messages import MessageBar
from gui.office import Office
from gui.overlay import Overlay
from gui.placingpanel import PlacingPanel
from gui.planpanel import PlanPanel
from gui.printing import Printing
from gui.proposal import Proposal
from gui.qualitypanel import QualityPanel
from gui.safety import Safety
from gui.session import Session
from gui.settings import Settings
from gui.statusline import StatusLine
from gui.tablepanel import TablePanel
from gui.visionmenu import VisionMenu
from gui.wayfinding import Wayfinding

FIRST_SIZE = (1440, 900)
PANEL_PX, LAYERS_PX, TABLE_PX = 390, 240, 262
"""What the panels take where there is room."""


class Window(QMainWindow):
    """Show one project.

    Parameters
    ----------
    settings
        What this user has set; the window writes its own place back into them when it closes.
    at_once
        Whether it is whole when it is there; else whoever made it goes through `making`, before it is shown.
    """

    language_wanted = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None, *, at_once: bool = True) -> None:
        super().__init__(parent)
        self.settings = settings
        self.session = Session(settings, self)
        self.making = self._make()
        for _ in self.making if at_once else ():
            pass

    # Making

    def _make(self) -> Iterator[None]:
        """Make the panels and connect them, yielding often enough for another window to go on meanwhile."""
        self.messages = MessageBar()
        self.canvas = Canvas(self.session)
        self.choosing = Choosing(self.session, self.canvas)
        self.files = Files(self.session, self, self.canvas.shown)
        FirstPicture(self.canvas, self.files)
        self.safety = Safety(self.session, self.files, self)
        self.office = Office(self.session, self)
        yield
        self.layers = LayersPanel(self.session)
        self.table = TablePanel(self.session)
        yield
        self.form = SiteForm(self.session)
        self.plan = PlanPanel(self.session)
        yield
        self.quality = QualityPanel(self.session)
        self.placing = PlacingPanel(self.session)
        yield
        self.proposal = Proposal(self.canvas, self.plan, self)
        self.campaigns = Campaigns(self.session, self)
        self.printing = Printing(self.session, self.plan, self, lambda: self.canvas.view)
        self.ways = Wayfinding(self.session, self.canvas)
        self.menuBar().setCornerWidget(self.ways.search)
        self.status = StatusLine(self.session)
        self.setStatusBar(self.status)
        yield
        self.editing = MapEditing(self.session, self.canvas, self.status, self)
        self.by_hand = ByHand(self.session, self.plan, self.canvas, self.status, self)
        yield
        yield from self._place_panels()
        self.live = LiveWork(self.session, self.plan, self.side_dock, self)
        yield
        self.actions_by_name = Actions(self, self._handlers())
        yield
        self._fill_menus()
        self._connect()
        yield
        self._restore()
        self.refresh()

    def _place_panels(self) -> Iterator[None]:
        self.setCentralWidget(Overlay(self.canvas, self.messages, self.choosing.bars, self.editing.goto))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.form, tr("Site"))
        self.tabs.addTab(self.plan, tr("Plan"))
        self.tabs.addTab(self.quality, self.quality.title)
        self.tabs.addTab(self.placing, self.placing.title)
        self.tabs.addTab(self.editing.areas, self.editing.areas.title)
        yield
        self.layers_dock = self._dock("layers", tr("Layers"), self.layers, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.side_dock = self._dock("side", tr("Site and plan"), self.tabs, Qt.DockWidgetArea.RightDockWidgetArea)
        self.table_dock = self._dock("table", tr("Table"), self.table, Qt.DockWidgetArea.BottomDockWidgetArea)
        yield
        self.by_hand.place(self.table_dock)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        # The panels head themselves; a title bar above each would only repeat it. View > Panels brings one back.
        dock.setTitleBarWidget(QWidget())
        self.addDockWidget(area, dock)
        return dock

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            **self.files.commands(),
            **self.safety.commands(),
            **self.office.commands(),
            **self.choosing.commands(),
            **self.plan.commands(),
            **self.campaigns.commands(),
            **self.printing.commands(),
            **self.table.commands(),
            **self.ways.commands(),
            **self.editing.commands(),
            **self.by_hand.commands(),
            **self.live.commands(),
            "find_places": self._find_places,
            "check": self._check,
            "web": lambda: self.files.ask_web(self.plan.plan_id),
            "quit": self.close,
            "undo": self.session.undo,
            "redo": self.session.redo,
            "find": self._find,
            "tool_select": lambda: self.canvas.set_tool(tools.select),
            "tool_pan": lambda: self.canvas.set_tool(tools.pan_or_click),
            "tool_place": self._begin_placing,
            "zoom_in": lambda: self.canvas.zoom(ZOOM_STEP),
            "zoom_out": lambda: self.canvas.zoom(1 / ZOOM_STEP),
            "fit": self.canvas.fit,
            "fit_selection": self._fit_selection,
            "go_map": self.canvas.setFocus,
            "go_table": lambda: self._go(self.table_dock, self.table),
            "go_form": lambda: self.show_tab(self.form),
            "go_plan": lambda: self.show_tab(self.plan),
            "go_layers": lambda: self._go(self.layers_dock, self.layers),
            "go_quality": lambda: self.show_tab(self.quality),
            "go_placing": lambda: self.show_tab(self.placing),
            "shortcuts": lambda: ShortcutsDialog(self).open(),
            "about": lambda: AboutDialog(QGuiApplication.applicationVersion(), self).open(),
        }

    def _fill_menus(self) -> None:
        menus = self.actions_by_name.menus
        for dock in (self.layers_dock, self.side_dock, self.table_dock, self.by_hand.dock, self.live.dock):
            menus["panels"].addAction(dock.toggleViewAction())
        languagemenu.fill(menus["language"], self.language_wanted.emit)
        self.furniture = FurnitureMenu(menus["furniture"], self.session, self.canvas)
        self.ways.bookmarks.attach(menus["bookmarks"])
        self.vision = VisionMenu(menus["vision"], (self.canvas, self.layers))
        self.style_of_map = MapStyle(self.session, self)
        stylemenu.fill(menus["style"], self.style_of_map, self)
        self.style_of_map.worn.connect(self.layers.load)
        self.basemaps = Basemaps(self.session, self.canvas, self)
        self.basemaps.attach(menus["basemap"])
        self.basemaps.changed.connect(self.layers.load)
        menus["recent"].aboutToShow.connect(lambda: self.files.list_recent(menus["recent"]))
        self.choosing.attach(self.actions_by_name)
        self.by_hand.attach(self.actions_by_name)
        menus["to_team"].aboutToShow.connect(lambda: self.plan.list_teams(menus["to_team"]))
        self.actions_by_name.by_name["tool_select"].setChecked(True)
        self.editing.bind_delete(self.actions_by_name.by_name["delete_sites"], self.table.view)
        self.actions_by_name.by_name["redo"].setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])

    def _connect(self) -> None:
        session = self.session
        session.told.connect(self.messages.show_message)
        for signal in (session.opened, session.acted, session.selection.changed, self.plan.changed):
            signal.connect(self.refresh)
        self.files.opening.connect(self._on_opening)
        self.files.started.connect(self.status.follow)
        self.plan.site_chosen.connect(self.canvas.show_site)
        self.ways.history.changed.connect(self.refresh)
        self.ways.selection_wanted.connect(self._fit_selection)
        self.safety.site_chosen.connect(self.canvas.show_site)
        self.form.history_wanted.connect(self.safety.show_site_history)
        self.form.conflicts_wanted.connect(self.office.show_conflicts_of)
        self.canvas.pointed.connect(self.status.show_place)
        self.canvas.hinted.connect(self.status.show_hint)
        self.canvas.viewed.connect(lambda: self.status.show_scale(self.canvas.view))
        self.canvas.menu_wanted.connect(self._show_map_menu)
        self.plan.menu_wanted.connect(self._show_stop_menu)
        self._connect_quality()
        self._connect_placing()
        self._connect_editing()

    def _connect_quality(self) -> None:
        quality = self.quality
        quality.sites_chosen.connect(self.canvas.fit_sites)
        quality.marked.connect(self.canvas.show_marks)
        quality.edit_wanted.connect(lambda: self.show_tab(self.form))
        quality.placing_wanted.connect(self._show_placing)
        quality.retitled.connect(lambda: self.tabs.setTabText(self.tabs.indexOf(quality), quality.title))

    def _connect_placing(self) -> None:
        placing, canvas = self.placing, self.canvas
        placing.marked.connect(canvas.show_marks)
        placing.told.connect(self.status.show_task)
        placing.edit_wanted.connect(lambda: self.show_tab(self.form))
        placing.tool_wanted.connect(self._want_placing)
        placing.retitled.connect(lambda: self.tabs.setTabText(self.tabs.indexOf(placing), placing.title))
        placing.retitled.connect(self.refresh)
        canvas.place_wanted.connect(placing.place_at)
        canvas.escaped.connect(lambda: self._want_placing(False))
        canvas.tool_changed.connect(lambda: placing.set_placing(active=canvas.tool is tools.place))

    def _connect_editing(self) -> None:
        editing = self.editing
        editing.tool_wanted.connect(lambda name: self.actions_by_name.by_name[name].trigger())
        editing.panel_wanted.connect(lambda: self.show_tab(editing.areas))
        editing.site_made.connect(lambda: self.show_tab(self.form))
        editing.site_made.connect(lambda: self.form.edit_field("name"))

    # Following

    def refresh(self) -> None:
        """Let the title and the commands follow what is open, selected and done."""
        project, session = self.session.project, self.session
        there: set[Needs] = set()
        if project is not None:
            there |= {"project", "write"} if session.can_write else {"project"}
            there |= {"undo"} if project.can_undo else set()
            there |= {"redo"} if project.can_redo else set()
        there |= {"selection"} if session.selection.ids else set()
        there |= {"plan"} if self.plan.plan_id else set()
        there |= {"stop"} if self.plan.stop_site and session.can_write else set()
        there |= self.ways.there()
        there |= {"unplaced"} if self.placing.has_work else set()
        actions = self.actions_by_name
        actions.enable(frozenset(there))
        actions.by_name["stop_planning"].setEnabled(self.plan.is_planning)
        actions.by_name["use_plan"].setEnabled(self.plan.can_be_used)
        actions.by_name["plan"].setEnabled("write" in there and not self.plan.is_planning)
        actions.show_steps(*((project.undo_title, project.redo_title) if project is not None else ("", "")))
        self._show_title()

    def _show_title(self) -> None:
        project = self.session.project
        if project is None:
            self.setWindowTitle(tr("Xunlu"))
            return
        mark = f" [{tr('read-only')}]" if project.read_only else ""
        self.setWindowTitle(f"{project.title()}{mark} – {tr('Xunlu')}")

    def _on_opening(self, name: str) -> None:
        if name or self.session.project is None:
            self.canvas.notice = tr("Opening {file} …", file=name) if name else self._invitation()
        self.canvas.update()

    def _invitation(self) -> str:
        return tr("No project is open. Open one, or the sample, from the File menu.")

    # Going about

    def show_tab(self, panel: QWidget) -> None:
        """Bring the form or the plan to the front and give it the keyboard."""
        self.side_dock.show()
        self.tabs.setCurrentWidget(panel)
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, dock: QDockWidget, panel: QWidget) -> None:
        dock.show()
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _find_places(self) -> None:
        self.show_tab(self.placing)
        self.placing.search()

    def _check(self) -> None:
        self.show_tab(self.quality)
        self.quality.work.look()

    def _fit_selection(self) -> None:
        if not self.canvas.fit_sites(self.session.selection.ids):
            self.session.tell(tr("The selected sites have no place on the map."), tr("“To be placed” gives them one."))

    def _show_placing(self, site: str) -> None:
        self.show_tab(self.placing)
        self.placing.choose(site)

    def _want_placing(self, wanted: bool) -> None:
        self.actions_by_name.by_name["tool_place" if wanted else "tool_select"].trigger()

    def _begin_placing(self) -> None:
        self.show_tab(self.placing)
        self.canvas.set_tool(tools.place)
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _find(self) -> None:
        self.table_dock.show()
        self.table.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.table.search.selectAll()

    def _show_map_menu(self, position: QPoint, site: str) -> None:
        by_name = self.actions_by_name.by_name
        menu = QMenu(self)
        if site and self.session.project is not None:
            if site not in self.session.selection.ids:
                self.session.selection.choose({site})
            head = menu.addAction(name_in(self.session.project.row("sites", site)))
            head.triggered.connect(lambda: self.show_tab(self.form))
            menu.addAction(by_name["site_history"])
            if self.plan.choose_site(site):
                menu.addAction(by_name["stop_remove"])
                menu.addMenu(self.actions_by_name.menus["to_team"])
            menu.addSeparator()
        menu.addActions([by_name[name] for name in ("fit_selection", "fit", "select_due", "select_none")])
        self.editing.add_to_menu(menu, position)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _show_stop_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        for name in ("stop_up", "stop_down", "stop_previous", "stop_next", "stop_best"):
            menu.addAction(self.actions_by_name.by_name[name])
        menu.addMenu(self.actions_by_name.menus["to_team"])
        menu.addAction(self.actions_by_name.by_name["stop_remove"])
        self.by_hand.add_locks(menu)
        menu.addSeparator()
        menu.addAction(self.actions_by_name.by_name["fit_selection"])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    # Beginning and ending

    def start(self, path: Path | None) -> None:
        """Open a project once the window stands; without a path the sample."""
        if path is None:
            self.files.open_sample()
        else:
            self.files.open_path(path)

    def _restore(self) -> None:
        self.resize(QSize(*FIRST_SIZE).boundedTo(self.screen().availableSize()))
        self._share_out()
        if self.settings.geometry:
            self.restoreGeometry(storage.unpacked(self.settings.geometry))
            self.restoreState(storage.unpacked(self.settings.state))
        self.canvas.notice = self._invitation()
        # Else Qt gives the keyboard to the first that takes it, the search line.
        self.canvas.setFocus()

    def _share_out(self) -> None:
        """Give the panels their room: less of it in a small window, where the map would be the smallest of all."""
        wide, high = self.width(), self.height()
        sides = [min(LAYERS_PX, wide // 4), min(PANEL_PX, wide * 3 // 10)]
        self.resizeDocks([self.layers_dock, self.side_dock], sides, Qt.Orientation.Horizontal)
        self.resizeDocks([self.table_dock], [min(TABLE_PX, high * 3 // 8)], Qt.Orientation.Vertical)

    def remember_place(self) -> None:
        """Write where the window and its panels stand into the settings."""
        self.settings.geometry = storage.packed(self.saveGeometry())
        self.settings.state = storage.packed(self.saveState())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the work going on and let go of the project; all changes are on disk already."""
        self.remember_place()
        self.safety.close()
        self.session.jobs.stop_all()
        self.session.searches.finish()
        self.session.close()
        super().closeEvent(event)
