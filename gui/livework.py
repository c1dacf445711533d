"""The reasons of the plan and its changes on the day, wired into the window."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from geo.language import tr
from geo.progress import Report
from gui.planpanel import PlanPanel
from gui.session import Session
from gui.whypanel import WhyPanel

if TYPE_CHECKING:
    from geo.planning.byhand.live import Outcome
    from geo.planning.byhand.moment import Moment
    from geo.planning.orders import Answer
    from geo.store.edits import Edit
    from geo.store.tables import Tables
    from gui.livedialog import LiveDialog, Task

HEIGHT_PX = 360


class LiveWork(QObject):
    """Hold the panel of reasons in its dock, and make the changes of a day that goes on.

    Parameters
    ----------
    session, plan
        What it works on.
    beside
        The dock below which the reasons are shown.
    window
        What it lies in.
    """

    def __init__(self, session: Session, plan: PlanPanel, beside: QDockWidget, window: QMainWindow) -> None:
        super().__init__(window)
        self.session, self._plan, self._window = session, plan, window
        self.panel = WhyPanel(session, plan)
        self.dialog: LiveDialog | None = None
        self._outcome: Outcome | None = None
        self.dock = QDockWidget(tr("Why"), window)
        self.dock.setObjectName("why")
        self.dock.setWidget(self.panel)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        window.splitDockWidget(beside, self.dock, Qt.Orientation.Vertical)
        self.dock.hide()
        session.acted.connect(self._tell)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do here, by the name of the command."""
        return {
            "why": self.show_why,
            "replan": lambda: self.ask("replan"),
            "urgent": lambda: self.ask("urgent"),
            "drop_out": lambda: self.ask("drop"),
        }

    def show_why(self) -> None:
        """Show the reasons of the chosen line and give them the keyboard."""
        if self.dock.isHidden():
            self.dock.show()
            self._window.resizeDocks([self.dock], [HEIGHT_PX], Qt.Orientation.Vertical)
        self.panel.ask()
        self.panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask(self, task: "Task") -> None:
        """Ask from which moment on, and for whom."""
        from gui.livedialog import LiveDialog

        plan, site = self._plan.plan_id, self.session.selection.current or ""
        if not plan or not self.session.can_write:
            return
        if task == "urgent" and not site:
            self.session.tell(tr("Select the urgent site first."), tr("On the map or in the table."))
            return
        self.dialog = LiveDialog(self.session, plan, task, self._accept, site, self._window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    def _accept(self, dialog: "LiveDialog") -> None:
        plan, moment, site, task = dialog.plan, dialog.moment, dialog.site, dialog.task
        price, team = dialog.price, str(dialog.team.currentData() or "")
        few, seconds = dialog.few.isChecked(), dialog.seconds.value()

        if task == "replan":
            self._replan(plan, moment, few=few, seconds=seconds)
            return

        def work(tables: "Tables", report: Report) -> "Edit":
            outcome = _outcome(tables, report)
            self._outcome = outcome
            return outcome.edit

        def _outcome(tables: "Tables", report: Report) -> "Outcome":
            from geo.planning.byhand import live

            if task == "urgent" and price is not None:
                return live.insert_urgent(tables, plan, site, price.team, moment, report=report)
            return live.drop_out(tables, plan, team, moment, report=report)

        self._plan.work.enqueue(work)

    def _replan(self, plan: str, moment: "Moment", *, few: bool, seconds: float) -> None:
        from geo.planning.orders import Replan
        from geo.planning.plans.wish import Wish

        day = date.fromisoformat(self.session.open_project().row("plans", plan)["date"])
        wish = Wish(day, few_changes=few, seconds=seconds)
        self._plan.seek(Replan(plan, moment, wish), seconds, self._tell_what_changed)

    def _tell(self) -> None:
        """Say what a change on the day came to, once it is made."""
        outcome, self._outcome = self._outcome, None
        if outcome is not None:
            self._tell_what_changed(outcome)

    def _tell_what_changed(self, what: "Outcome | Answer") -> None:
        self.session.tell(
            tr("{title}: {moved} stops moved, {frozen} stay as they were made, {left_out} left out",
               title=what.edit.title, moved=what.moved, frozen=what.frozen, left_out=what.left_out)
        )  # fmt: skip
