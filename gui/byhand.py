"""The plan by hand, wired together: timeline, drags in tree and on the map, locks, and the comparison of plans."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from geo.language import tr
from gui.actions import Actions
from gui.canvas import Canvas
from gui.livedesk import LiveDesk
from gui.livewords import LiveWords
from gui.planpanel import PlanPanel
from gui.routedrag import RouteDrag
from gui.session import Session
from gui.statusline import StatusLine
from gui.timeline import TimelinePanel

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved
    from gui.comparedialog import CompareDialog


END = 1_000_000
"""A place past the end of every route."""


class ByHand(QObject):
    """Let a plan be changed by hand, and say what each change does while it is being made.

    Parameters
    ----------
    session, plan, canvas, status
        What it works on, and where it speaks.
    window
        What it lies in.
    """

    def __init__(
        self, session: Session, plan: PlanPanel, canvas: Canvas, status: StatusLine, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self.session, self._plan, self._canvas, self._status, self._window = session, plan, canvas, status, window
        self.desk = LiveDesk(session, lambda: plan.plan_id, plan.work.enqueue, self)
        self.words = LiveWords(window)
        self.timeline = TimelinePanel(session, plan, self.desk)
        self.drag = RouteDrag(session, self.desk, lambda at: canvas.mapToGlobal(at.toPoint()), self)
        self.dialog: CompareDialog | None = None
        self.dock = QDockWidget(tr("Timeline"), window)
        self._actions: dict[str, QAction] = {}
        plan.changed.connect(self.desk.follow)
        for source in (self.timeline, self.drag, plan.tree):
            source.trying.connect(self.show_move)
            source.tried.connect(self.hide_words)
        plan.tree.attempt = self.desk.tried
        plan.tree.touched.connect(self.desk.prepare)
        self.timeline.site_opened.connect(canvas.show_site)
        self.timeline.menu_wanted.connect(self.show_menu)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do here, by the name of the command."""
        return {
            "tool_routes": self._take_tool,
            "lock_team": lambda: self.lock("team"),
            "lock_place": lambda: self.lock("place"),
            "unlock": lambda: self.lock(""),
            "lock_route": self.lock_route,
            "compare": self.compare,
            "go_timeline": self.show_timeline,
        }

    def place(self, beside: QDockWidget) -> None:
        """Put the timeline into the window, behind another dock."""
        self.dock.setObjectName("timeline")
        self.dock.setWidget(self.timeline)
        self.dock.setTitleBarWidget(QWidget())
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self._window.tabifyDockWidget(beside, self.dock)
        beside.raise_()

    def attach(self, actions: Actions) -> None:
        """Take over the commands of the window, for the menus."""
        self._actions = actions.by_name

    def show_timeline(self) -> None:
        """Bring the timeline to the front and give it the keyboard."""
        self.dock.show()
        self.dock.raise_()
        self.timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take_tool(self) -> None:
        self.desk.prepare()
        self._canvas.set_tool(self.drag.tool)
        self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Words

    def show_move(self, moved: "Moved | None", at: QPoint) -> None:
        """Say what a move would do, beside the mouse if there is one, and in the status line."""
        if at.isNull():
            self._status.show_task("" if moved is None else moved.text())
        else:
            self._status.show_task(self.words.show_move(moved, at))

    def hide_words(self) -> None:
        """Say nothing any more."""
        self.words.hide()
        self._status.show_task("")

    # Locks

    @property
    def ids(self) -> list[str]:
        """Return the stops that a command means: those chosen on the timeline, else in the tree and on the map."""
        if self.timeline.view.hasFocus() and self.timeline.view.ids:
            return self.timeline.view.in_order
        planned = set(self._plan.tree.sites)
        chosen = [site for site in planned if site in self.session.selection.ids]
        return chosen or [one for one in (self._plan.tree.site,) if one in planned]

    def lock(self, to: str) -> None:
        """Lock the chosen stops to their team or place, or to nothing."""
        from geo.planning.plans.locks import Lock

        if self.session.can_write:
            self.desk.lock(self.ids, Lock(to))

    def lock_route(self) -> None:
        """Lock the whole route of the chosen team, or unlock it if it is locked."""
        team = self.timeline.view.team if self.timeline.view.hasFocus() else self._plan.tree.team
        if team and self.session.can_write:
            self.desk.lock_route(team, locked=not self._plan.tree.is_locked(team))

    def add_locks(self, menu: QMenu) -> None:
        """Put the locks into the menu of a stop."""
        menu.addSeparator()
        for name in ("lock_team", "lock_place", "unlock", "lock_route"):
            menu.addAction(self._actions[name])

    def show_menu(self, at: QPoint) -> None:
        """Show what can be done with the stops chosen on the timeline."""
        menu = QMenu(self._window)
        view, can_write = self.timeline.view, self.session.can_write
        ids = view.in_order
        teams = menu.addMenu(tr("Move to &team"))
        teams.setEnabled(can_write)
        for line in view.lines:
            action = teams.addAction(f"{line.name} ({len(line.bars)})")
            action.triggered.connect(lambda _on=False, team=line.team: self.desk.move(ids, team, END))
        off = menu.addAction(tr("Ta&ke off the plan"))
        off.setEnabled(can_write)
        off.triggered.connect(lambda: self.desk.move(ids, "", 0))
        self.add_locks(menu)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # Comparing

    def compare(self) -> None:
        """Show two plans side by side; the window stays usable beside it."""
        from gui.comparedialog import CompareDialog

        if self.session.project is None or not self._plan.plan_id:
            return
        if self.dialog is None:
            self.dialog = CompareDialog(self.session, self._canvas, self._plan.plan_id, self._window)
            self.dialog.destroyed.connect(self._forget_dialog)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _forget_dialog(self) -> None:
        self.dialog = None
