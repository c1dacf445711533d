"""The commands, tools and lines that select sites, and where they stand in the window."""

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.model import STATUSES
from gui import describe
from gui.actions import Actions
from gui.canvas import Canvas
from gui.chooser import Chooser
from gui.fields import name_in, sentence
from gui.querybar import QueryBar
from gui.savedselections import SavedSelections
from gui.selectbar import DistanceBar
from gui.selection import Gesture
from gui.selecttools import SelectTools
from gui.session import Session
from gui.tools import Tool

if TYPE_CHECKING:
    from gui.chooser import Mask


class Choosing(QObject):
    """Select sites of the session's project: by what they are, where they are, and what was kept.

    Parameters
    ----------
    session
        Whose selection it is.
    canvas
        The map that the tools work on.
    """

    def __init__(self, session: Session, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.canvas = canvas
        self.chooser = Chooser(session, self)
        self.tools = SelectTools(self.chooser)
        self.query = QueryBar(self.chooser)
        self.distance = DistanceBar(self.chooser)
        self.saved = SavedSelections(self.chooser, canvas)
        self.bars = QWidget()
        column = QVBoxLayout(self.bars)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in (self.query, self.distance):
            column.addWidget(bar)
            bar.closed.connect(lambda: canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.query.keep_wanted.connect(self.open_saved)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do with the selection, by the name of the command."""
        selection = self.session.selection
        return {
            "select_all": lambda: selection.choose(self.session.all_ids()),
            "select_none": selection.clear,
            "invert": lambda: selection.choose(self.session.all_ids() - selection.ids),
            "select_due": lambda: selection.choose(self.session.due),
            "select_overdue": lambda: selection.choose(self.session.ids_of("overdue", "rectification_overdue")),
            "select_grow": self.grow,
            "select_near": lambda: self._open(self.distance, routes=False),
            "select_along": lambda: self._open(self.distance, routes=True),
            "select_subdistrict": self.choose_subdistrict,
            "select_where": self.open_query,
            "save_selection": self.open_saved,
            "saved_list": lambda: self.open_saved(keeping=False),
            **{f"tool_{tool.name}": partial(self._take, tool) for tool in self.tools.every},
        }

    def _take(self, tool: Tool) -> None:
        self.canvas.set_tool(tool)
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # By lines over the map

    def open_query(self) -> None:
        """Ask for an expression."""
        self.distance.hide()
        self.query.open()
        self.query.line.selectAll()

    def _open(self, bar: DistanceBar, *, routes: bool) -> None:
        self.query.hide()
        bar.open_for(routes=routes)

    def open_saved(self, where: str = "", *, keeping: bool = True) -> None:
        """Show the kept selections over the map, ready to keep the present one or a condition."""
        if self.session.project is not None:
            self.saved.open_at(self.canvas.mapToGlobal(QPoint(12, 12)), where, keeping=keeping)

    # At once

    def grow(self) -> None:
        """Add to the selection, of each selected site, the nearest one that is not selected."""
        from geo.query.spatial import grown

        xy, chosen = self.chooser.xy(), self.chooser.mask_of(self.session.selection.ids)

        def choose(mask: "Mask") -> None:
            self.session.selection.choose(self.chooser.ids_of(mask), Gesture.ADD)

        self.chooser.find(lambda: grown(xy, chosen), choose, self.session.tell_error)

    def choose_subdistrict(self) -> None:
        """Select the sites in the subdistrict in which the current site lies; of one without a place, its own."""
        site, project = self.session.selection.current, self.session.project
        if project is None or not site:
            return
        x, y = self.chooser.xy()[project.frame("sites").index.get_loc(site)].tolist()
        found = [area for area in self.chooser.areas().at(x, y) if area.table == "subdistricts"] if x == x else []  # noqa: PLR0124
        if not found:
            own = str(project.row("sites", site)["subdistrict"])
            found = [area for area in [self.chooser.areas().of("subdistricts", own)] if area is not None]
        if found:
            self.chooser.choose_inside(found[0].shape, Gesture.REPLACE)
            number = len(self.session.selection.ids)
            self.session.tell(tr("{area}: {number} sites.", area=found[0].title, number=number))
        else:
            self.session.tell_error(XunluError(tr("The current site lies in no subdistrict.")))

    # In the window

    def attach(self, actions: Actions) -> None:
        """Fill the submenus, and put the tools behind one button of the toolbar."""
        filled = {"by_status": self._list_statuses, "by_kind": self._list_kinds, "kept": self.saved.fill}
        for name, fill in filled.items():
            actions.menus[name].aboutToShow.connect(partial(self._fill, actions.menus[name], fill))
        self._add_button(actions)

    def _add_button(self, actions: Actions) -> None:
        button = QToolButton()
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        several = [actions.by_name[f"tool_{tool.name}"] for tool in self.tools.every]
        for action in several:
            menu.addAction(action)
            action.triggered.connect(lambda _on=False, action=action: button.setDefaultAction(action))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setDefaultAction(several[0])
        actions.toolbar.insertWidget(actions.by_name["tool_pan"], button)

    def _fill(self, menu: QMenu, fill: Callable[[QMenu], None]) -> None:
        menu.clear()
        if self.session.project is not None:
            fill(menu)
        if menu.isEmpty():
            menu.addAction(tr("None yet")).setEnabled(False)

    def _list_statuses(self, menu: QMenu) -> None:
        for choice in STATUSES:
            action = self._offer(menu, describe.status_title(choice.value), self.session.ids_of(choice.value))
            if self.session.stack is not None:
                image = self.session.stack.status_icon(choice.value, 16, self.canvas.devicePixelRatioF())
                action.setIcon(QIcon(QPixmap.fromImage(image)))

    def _list_kinds(self, menu: QMenu) -> None:
        project = self.session.open_project()
        kind = project.frame("sites")["kind"]
        for _, row in project.frame("kinds").iterrows():
            self._offer(menu, sentence(name_in(row)), self.chooser.ids_of((kind == row["code"]).to_numpy()))

    def _offer(self, menu: QMenu, title: str, ids: Collection[str]) -> QAction:
        action = menu.addAction(f"{title} ({len(ids)})".replace("&", "&&"))
        action.setEnabled(bool(ids))
        action.setStatusTip(tr("Select the sites of a legend line"))
        action.triggered.connect(lambda _on=False: self.session.selection.choose(ids))
        return action
