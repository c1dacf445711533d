"""The plan of a day: proposed by the program, shown as routes, changed by hand."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from geo.language import tr
from gui import planrows, theme
from gui.costcurve import CostCurve
from gui.fields import CalmCombo
from gui.lists import progress_line
from gui.offroadnote import OffRoadNote
from gui.planform import PlanForm
from gui.plantree import PlanTree
from gui.planwork import PlanWork
from gui.searchwatch import Seen
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit

SHOWN_BY = frozenset({"plans", "routes", "stops", "left_out", "teams", "sites"})


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
        self._faults: planrows.Faults = {}
        self._asked = 0
        # A panel follows a change in a turn of its own, and several changes in one.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
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
        self.choice.activated.connect(lambda _row: self.refresh())
        self.tree.currentItemChanged.connect(self._on_line)
        self.tree.move_wanted.connect(self.move_stop)
        self.tree.removal_wanted.connect(self.remove)
        self.tree.teams_shown.connect(self._show_teams)
        self.tree.menu_wanted.connect(self.menu_wanted)
        self.work.changed.connect(self._on_work)
        self.work.progressed.connect(self._on_progress)
        self.work.seen.connect(self._on_better)
        self.session.opened.connect(self._on_opened)
        self.session.edited.connect(self._on_edit)
        self.session.selection.changed.connect(self._follow_selection)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Plan menu does, by the name of the command."""
        return {
            "plan": self.plan,
            "stop_planning": self.work.stop,
            "use_plan": self.work.use,
            "stop_up": lambda: self._shift(-1),
            "stop_down": lambda: self._shift(1),
            "stop_previous": lambda: self._change_team(-1),
            "stop_next": lambda: self._change_team(1),
            "stop_best": self.place_best,
            "stop_remove": lambda: self.remove(self.tree.stop),
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

    def refresh(self) -> None:
        """Show the chosen plan as the project has it now; what breaks a rule is marked as soon as it is found."""
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
        self._show_on_map()
        project, stack, plan = self.session.project, self.session.stack, self.plan_id
        self.note.setVisible(self.is_planning or not plan)
        self.choice.setVisible(bool(plan))
        self.summary.setVisible(bool(plan))
        if project is None or stack is None:
            return
        routes = planrows.routes(project, plan) if plan else []
        left_out = planrows.left_out(project, plan) if plan else []
        self.tree.show_plan(routes, left_out, self._faults, stack)
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
        self.changed.emit()

    def _list_plans(self, chosen: str = "") -> None:
        project = self.session.project
        chosen = chosen or self.plan_id
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for plan, title in planrows.plans(project) if project is not None else []:
                self.choice.addItem(title, plan)
            self.choice.setCurrentIndex(max(self.choice.findData(chosen), 0) if self.choice.count() else -1)

    def _show_on_map(self) -> None:
        stack = self.session.stack
        if stack is not None and stack.plan != (self.plan_id or None):
            stack.set_plan(self.plan_id or None)
            self.session.stale.emit()

    def _on_opened(self) -> None:
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
            added = [change.id for change in edit.changes if change.table == "plans" and change.kind == "insert"]
            self._list_plans(added[-1] if added else "")
            self._name_button()
            if before or self.plan_id:
                self._later.start()

    def _name_button(self) -> None:
        number = self._due()
        self.button.setText(tr("Plan {number} due sites", number=number))
        self.button.setEnabled(
            bool(number and self.form.team_ids() and self.session.can_write and not self.work.is_busy)
        )

    def _due(self) -> int:
        """Return how many sites are due on the day chosen."""
        project, day = self.session.project, date.fromisoformat(self.form.iso_day)
        if project is None or day == self.session.day:
            return len(self.session.due)
        # Only here: it imports pandas, for which the window must not wait.
        from geo.inspection.status import due_mask

        return int(due_mask(project, day).sum())

    # Choosing lines

    def _on_line(self) -> None:
        site = self.tree.site
        if site:
            self.session.selection.choose({site}, current=site)
            self.site_chosen.emit(site)
        self.changed.emit()

    def _follow_selection(self) -> None:
        site = self.session.selection.current
        if site and site != self.tree.site:
            self.choose_site(site)

    def choose_site(self, site: str) -> bool:
        """Choose the line of a site without selecting it anew; return whether the plan has it."""
        with QSignalBlocker(self.tree):
            found = self.tree.choose(site)
        self.changed.emit()
        return found

    def list_teams(self, menu: QMenu) -> None:
        """Fill a menu with the teams that the chosen stop can be given to."""
        menu.clear()
        project = self.session.project
        if project is None or not self.tree.site:
            menu.addAction(tr("Choose a stop first")).setEnabled(False)
            return
        for route in planrows.routes(project, self.plan_id):
            action = menu.addAction(f"{route.name} ({len(route.stops)})")
            action.setEnabled(route.team != self.tree.team)
            action.triggered.connect(lambda _on=False, team=route.team: self.move_stop(self.tree.stop, team, -1))

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

    def move_stop(self, site: str, team: str, place: int) -> None:
        """Put a site at a place of a team's route, counted from 0; -1 is its end."""
        if site and team and self.plan_id:
            self.work.move(self.plan_id, site, team, len(self.tree.stops_of(team)) if place < 0 else place)

    def place_best(self) -> None:
        """Put the chosen site, wherever it is now, on the route where it fits best."""
        if self.tree.site and self.plan_id:
            self.work.add(self.plan_id, self.tree.site)

    def remove(self, site: str) -> None:
        """Take a site off its route."""
        if site and self.tree.team and self.plan_id:
            self.work.take_off(self.plan_id, site)

    def _shift(self, by: int) -> None:
        place = self.tree.place + by
        if self.tree.place >= 0 and 0 <= place < len(self.tree.stops_of(self.tree.team)):
            self.move_stop(self.tree.stop, self.tree.team, place)

    def _change_team(self, by: int) -> None:
        order = self.tree.team_order
        if not self.tree.site or not order:
            return
        start = order.index(self.tree.team) if self.tree.team else (len(order) if by < 0 else -1)
        if 0 <= start + by < len(order):
            self.move_stop(self.tree.stop, order[start + by], -1)

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

    def _on_better(self, seen: Seen) -> None:
        """Show a better plan of the search; it can be used from now on."""
        if self.work.is_planning:
            self.use.setEnabled(True)
            self.curve.setVisible(True)
            self.note.setVisible(False)
            self.curve.add(seen)
            self.changed.emit()
