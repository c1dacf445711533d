"""The plan of a day: proposed by the program, shown as routes, changed by hand."""

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from geo.language import tr
from geo.progress import Report
from gui import planrows, theme
from gui.costcurve import CostCurve
from gui.duecount import DueCount
from gui.fields import CalmCombo
from gui.lists import progress_line
from gui.offroadnote import OffRoadNote
from gui.planform import PlanForm
from gui.planmoves import PlanMoves
from gui.plantree import PlanTree
from gui.planwork import PlanWork
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from geo.planning.onlooker import Seen
    from geo.planning.orders import Answer, Order
    from geo.store.edits import Edit

SHOWN_BY = frozenset({"plans", "routes", "stops", "left_out", "teams", "sites", "inspections"})
"""The tables that the list of stops is made from."""

PREPARE_MS = 700
"""How long after a project is opened, or the panel first looked at, a process for searches is begun."""


class PlanPanel(QWidget):
    """Make a plan, show its routes, and let stops be moved.

    `changed` tells that another plan or line is chosen, or that work on a plan begins or ends.
    """

    changed = Signal()
    site_chosen = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.form = PlanForm(session)
        self.due_count = DueCount(session, self)
        self.button = QPushButton()
        self.progress = progress_line()
        self.use = QPushButton(tr("Use this"))
        self.use.setToolTip(tr("End the search and take the best plan so far"))
        self.cancel = QPushButton(tr("Stop"))
        self.cancel.setToolTip(tr("End the search; nothing is changed"))
        self.curve = CostCurve()
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.choice = CalmCombo()
        self.choice.setAccessibleName(tr("Plan"))
        self.off_road = OffRoadNote(session)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.tree = PlanTree()
        self.work = PlanWork(session, self)
        self.moves = PlanMoves(session, self.tree, self.work, lambda: self.plan_id)
        self._faults: planrows.Faults = {}
        self._asked = 0
        self._has_modules = False
        # A panel follows a change in a turn of its own, and several changes in one.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self._filling = Slices(self)
        self._prepare = QTimer(self, singleShot=True, interval=PREPARE_MS)
        self._prepare.timeout.connect(self._get_ready)
        self._lay_out()
        self._connect()
        self._on_work()

    def _lay_out(self) -> None:
        self.note.setObjectName("quiet")
        self.button.setIcon(theme.icon("plan"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.use)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 0, 0)
        column.setSpacing(6)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, 10, 0)
        top.setSpacing(6)
        top.addWidget(self.form)
        top.addLayout(buttons)
        for widget in (self.progress, self.curve, self.note, self.choice, self.summary, self.off_road):
            top.addWidget(widget)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        # Holds the form at the top while there is no tree below it.
        self._room = QWidget()
        column.addWidget(self._room, 1)
        self.setFocusProxy(self.tree)

    def _connect(self) -> None:
        self.button.clicked.connect(self.plan)
        self.use.clicked.connect(self.work.use)
        self.cancel.clicked.connect(self.work.stop)
        self.form.changed.connect(self._name_button)
        self.due_count.changed.connect(self._name_button)
        self.choice.activated.connect(lambda _row: self.refresh())
        self.tree.currentItemChanged.connect(self._on_line)
        self.tree.itemSelectionChanged.connect(self._on_lines)
        self.tree.move_wanted.connect(self.moves.move)
        self.tree.removal_wanted.connect(self.moves.take_off)
        self.tree.teams_shown.connect(self._show_teams)
        self.tree.menu_wanted.connect(self.menu_wanted)
        self.work.changed.connect(self._on_work)
        self.work.progressed.connect(self._on_progress)
        self.work.seen.connect(self._on_better)
        self.session.opened.connect(self._on_opened)
        self.session.released.connect(self._filling.stop)
        self.session.edited.connect(self._on_edit)
        self.session.selection.changed.connect(self._follow_selection)

    def showEvent(self, event: QShowEvent) -> None:
        """Prepare for a search, as whoever looks at plans will soon want one; but not while the map is being drawn."""
        super().showEvent(event)
        self._prepare.start()
        self._name_button()

    def _get_ready(self) -> None:
        if self.isVisible() and self.session.can_write:
            self.session.searches.prepare()
            self._load_modules()

    def _load_modules(self) -> None:
        """Load beside the window what showing a plan needs, lest the first plan waits for it as it appears."""
        if not self._has_modules:
            self._has_modules = True
            self.session.start(_load_modules, lambda _none: None)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Plan menu does, by the name of the command."""
        return {
            "plan": self.plan,
            "stop_planning": self.work.stop,
            "use_plan": self.work.use,
            **self.moves.commands(),
        }

    # What is shown

    @property
    def plan_id(self) -> str:
        """Return the plan that is shown, empty if there is none."""
        return str(self.choice.currentData() or "")

    @property
    def faults(self) -> planrows.Faults:
        """Return what breaks a rule in the plan that is shown, in words."""
        return self._faults

    @property
    def stop_site(self) -> str:
        """Return the site of the chosen line, on a route or left out."""
        return self.tree.site

    @property
    def can_be_used(self) -> bool:
        """Return whether the search has found a plan that could be used now."""
        return self.is_planning and self.use.isEnabled()

    @property
    def is_planning(self) -> bool:
        """Return whether a plan is being worked out."""
        return self.work.is_planning

    @property
    def is_filling(self) -> bool:
        """Return whether the panel still shows, in part, what was there before."""
        return self._filling.is_busy or self._later.isActive()

    def refresh(self) -> None:
        """Show the chosen plan as the project has it now; what breaks a rule is marked as soon as it is found."""
        self._show_on_map()
        self._show()
        self.off_road.follow(self.plan_id)
        if self.session.project is not None and self.plan_id:
            self._asked += 1
            asked = self._asked
            self.work.mark(self.plan_id, lambda faults: self._mark(asked, faults))

    def _mark(self, asked: int, faults: dict[str, list[str]]) -> None:
        # What was asked before the last change no longer counts.
        if asked == self._asked and faults != self._faults:
            self._faults = faults
            self._show()

    def _show(self) -> None:
        """Fill the panel, each part at a turn of its own: so many lines take a while."""
        plan = self.plan_id
        self.note.setVisible(self.is_planning or not plan)
        self.choice.setVisible(bool(plan))
        self.summary.setVisible(bool(plan))
        self._filling.start(self._fill(plan), self.changed.emit)

    def _fill(self, plan: str) -> Iterator[None]:
        project, stack = self.session.project, self.session.stack
        if project is None or stack is None:
            return
        routes = planrows.routes(project, plan) if plan else []
        yield
        left_out = planrows.left_out(project, plan) if plan else []
        yield
        yield from self.tree.showing(routes, left_out, self._faults, stack)
        self.tree.setVisible(bool(plan))
        self._room.setVisible(not plan)
        stops, metres = sum(len(route.stops) for route in routes), sum(route.metres for route in routes)
        words = tr("{stops} stops on {routes} routes, {km} km", stops=stops, km=f"{metres / 1000:.0f}",
                   routes=sum(1 for route in routes if route.stops))  # fmt: skip
        faulty = sum(1 for route in routes if route.is_faulty(self._faults))
        rest = [tr("{number} left out", number=len(left_out))] if left_out else [tr("nothing left out")]
        rest += [tr("{number} routes do not work out", number=faulty)] if faulty else []
        self.summary.setText(tr(", ").join((words, *rest)))
        self.form.offer_start(bool(plan))
        if not plan:
            self.note.setText(tr("No plan yet. It will serve every due site or say why it cannot."))
        yield

    def _list_plans(self, chosen: str = "") -> None:
        project = self.session.project
        chosen = chosen or self.plan_id
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for plan, title in planrows.plans(project) if project is not None else []:
                self.choice.addItem(title, plan)
            self.choice.setCurrentIndex(max(self.choice.findData(chosen), 0) if self.choice.count() else -1)

    def _show_on_map(self) -> None:
        if self.session.stack is not None:
            self.session.map_work.show_plan(self.session.stack, self.plan_id)

    def _on_opened(self) -> None:
        self._prepare.start()
        self._faults = {}
        self.form.load()
        self.note.setText("")
        self._list_plans()
        self._name_button()
        # A moment later: the table fills at the same time.
        self._later.start()

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & SHOWN_BY:
            before = self.plan_id
            added = [change.id for change in edit.changes_of("plans") if change.kind == "insert"]
            self._list_plans(added[-1] if added else "")
            self._show_on_map()
            if before or self.plan_id:
                self._later.start()
        self._name_button()

    def _name_button(self) -> None:
        day = date.fromisoformat(self.form.iso_day)
        if self.isVisible():
            # Not as the program starts: the panel is behind another, and the map is being drawn.
            self.due_count.follow(day)
        number = self.due_count.number(day)
        self.button.setText(tr("Plan {number} due sites", number=number))
        self.button.setEnabled(
            bool(number and self.form.team_ids() and self.session.can_write and not self.work.is_busy)
        )

    # Choosing lines

    def _on_line(self) -> None:
        if self.tree.site:
            self.site_chosen.emit(self.tree.site)
        self.changed.emit()

    def _on_lines(self) -> None:
        """Select the sites of the lines that are chosen, on the map and in the table."""
        sites, site = self.tree.chosen_sites, self.tree.site
        if sites:
            self.session.selection.choose(set(sites), current=site if site in sites else sites[0])
        self.changed.emit()

    def _follow_selection(self) -> None:
        """Choose the lines of the sites selected on the map or in the table, to move them together."""
        site, chosen = self.session.selection.current, self.session.selection.ids
        if site and site != self.tree.site:
            self.choose_site(site)
        mine = self.tree.known(chosen) if len(chosen) > 1 else []
        if mine and set(mine) != set(self.tree.chosen_sites):
            with QSignalBlocker(self.tree):
                if self.tree.site not in mine:
                    self.tree.choose(mine[0])
                self.tree.choose_all(mine)
            self.changed.emit()

    def choose_site(self, site: str) -> bool:
        """Choose the line of a site without selecting it anew; return whether the plan has it."""
        with QSignalBlocker(self.tree):
            found = self.tree.choose(site)
        self.changed.emit()
        return found

    def _show_teams(self, teams: list[str] | None) -> None:
        if self.session.stack is not None:
            self.session.stack.set_teams(teams)
            self.session.stale.emit()

    # Working

    def plan(self) -> None:
        """Plan the due sites of the day chosen with the teams chosen."""
        wish = self.form.wish(self.plan_id)
        self.curve.begin(wish.seconds)
        self.work.make(wish)
        self._load_modules()

    def seek(self, order: "Order", seconds: float, done: "Callable[[Answer], None]") -> None:
        """Have the plan that is shown planned anew for some seconds; `done` is told of what was found."""
        self.curve.begin(seconds)
        self.work.seek(order, done)

    def move_stop(self, site: str, team: str, place: int) -> None:
        """Put a site at a place of a team's route, counted from 0; -1 is its end."""
        self.moves.move([site] if site else [], team, place)

    def remove(self, site: str) -> None:
        """Take a site off its route."""
        self.moves.take_off([site] if site else [])

    def list_teams(self, menu: QMenu) -> None:
        """Fill a menu with the teams that the chosen stops can be given to."""
        self.moves.list_teams(menu)

    def _on_work(self) -> None:
        planning = self.work.is_planning
        for widget in (self.progress, self.use, self.cancel):
            widget.setVisible(planning)
        self.use.setEnabled(False)
        self.curve.setVisible(False)
        self.note.setVisible(planning or not self.plan_id)
        if planning:
            self.progress.setValue(0)
            self.note.setText(tr("Planning …"))
        self._name_button()
        self.changed.emit()

    def _on_progress(self, done: float, text: str) -> None:
        if self.work.is_planning:
            self.progress.setValue(round(done * 1000))
            self.curve.advance(done)
            self.note.setText(text or tr("Planning …"))

    def _on_better(self, seen: "Seen") -> None:
        """Show a better plan of the search; it can be used from now on."""
        if self.work.is_planning:
            self.use.setEnabled(True)
            self.curve.setVisible(True)
            self.note.setVisible(False)
            self.curve.add(seen)
            self.changed.emit()


def _load_modules(_report: Report) -> None:
    for name in ("byhand.desk", "office.staff", "onlooker", "plans.marks", "plans.timeline", "reasons.whywords"):
        import_module(f"geo.planning.{name}")
