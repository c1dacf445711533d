"""The plan while its day goes on: plan the rest anew, insert an urgent site, let a team drop out."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, QTime, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QSpinBox,
    QTimeEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.progress import Report
from gui import planrows, theme
from gui.fields import CalmCombo, name_in
from gui.jobs import Job
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.byhand.moment import Moment
    from geo.planning.reasons.why import Price

Task = Literal["replan", "urgent", "drop"]
WAIT_MS = 300
SIZE = (520, 420)


class LiveDialog(QDialog):
    """Ask from which moment on, and for whom; what was done by then stays as it was.

    Parameters
    ----------
    session, plan
        The open project, and the id of the plan.
    task
        What is to be done.
    site
        Id of the urgent site.
    accept
        Called with the dialog once its user says yes.
    """

    def __init__(
        self,
        session: Session,
        plan: str,
        task: Task,
        accept: Callable[["LiveDialog"], None],
        site: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session, self.plan, self.task, self.site = session, plan, task, site
        self.found: list[Price] = []
        self._job: Job | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self._look)
        self._make()
        self._lay_out()
        self.accepted.connect(lambda: accept(self))
        self.finished.connect(self._end)
        self._later.start()

    def _make(self) -> None:
        now = datetime.now().astimezone()
        self.time = QTimeEdit(QTime(now.hour, now.minute))
        self.time.setDisplayFormat("HH:mm")
        self.as_planned = QCheckBox(tr("Stops that should have begun by then are &made"))
        self.as_planned.setToolTip(tr("Else only those count for which an inspection is recorded"))
        self.as_planned.setChecked(True)
        self.team = CalmCombo()
        self.team.setAccessibleName(tr("Team"))
        for route in planrows.routes(self.session.open_project(), self.plan):
            self.team.addItem(route.name, route.team)
        self.few = QCheckBox(tr("&Change as little as possible"))
        self.few.setToolTip(tr("A stop changes its team only if that saves half an hour on the way"))
        self.few.setChecked(True)
        self.seconds = QSpinBox()
        self.seconds.setRange(1, 600)
        self.seconds.setSuffix(f" {tr('s')}")
        self.seconds.setValue(self.session.settings.effort_s)
        self.prices = QTreeWidget()
        self.prices.setAccessibleName(tr("Price with each team"))
        self.prices.setRootIsDecorated(False)
        self.prices.setHeaderLabels([tr("Team"), tr("Way"), tr("km"), tr("Back"), tr("Rules broken")])
        header = self.prices.header()
        header.setStretchLastSection(True)
        for column in range(4):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setObjectName("quiet")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.yes = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.time.timeChanged.connect(lambda _time: self._later.start())
        self.as_planned.toggled.connect(lambda _on: self._later.start())
        self.prices.itemActivated.connect(lambda _item, _column: self.accept())
        self.prices.currentItemChanged.connect(lambda *_: self._enable())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        titles = {
            "replan": (tr("Plan the rest of the day"), tr("Plan")),
            "urgent": (tr("Insert an urgent site"), tr("Insert")),
            "drop": (tr("A team drops out"), tr("Give its stops away")),
        }
        title, yes = titles[self.task]
        self.setWindowTitle(title)
        self.yes.setText(yes)
        form = QFormLayout()
        form.addRow(tr("From &time on"), self.time)
        form.addRow(self.as_planned)
        if self.task == "replan":
            form.addRow(self.few)
            form.addRow(tr("&Search time"), self.seconds)
        if self.task == "drop":
            form.addRow(tr("&Team"), self.team)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.prices, 1)
        column.addWidget(self.buttons)
        self.prices.setVisible(self.task == "urgent")
        if self.task == "urgent":
            self.resize(*SIZE)
        notes = {
            "replan": tr("What is done stays as it was; the rest becomes a new version of the plan, to be compared "
                         "and printed."),
            "urgent": tr("What “{site}” would cost with each team from then on:", site=self._name()),
            "drop": tr("What the team has done stays with it; its other stops go where they fit, or are left out with "
                       "the reason. All other stops keep their team and order."),
        }  # fmt: skip
        self.note.setText(notes[self.task])
        self._enable()

    def _name(self) -> str:
        sites = self.session.open_project().frame("sites")
        return name_in(self.session.open_project().row("sites", self.site)) if self.site in sites.index else ""

    @property
    def moment(self) -> "Moment":
        """Return the moment that is set."""
        from geo.planning.byhand.moment import Moment

        at = self.time.time()
        return Moment(at.hour() * 3600 + at.minute() * 60, self.as_planned.isChecked())

    @property
    def price(self) -> "Price | None":
        """Return the price of the line that is chosen."""
        row = self.prices.currentIndex().row()
        return self.found[row] if 0 <= row < len(self.found) else None

    def _look(self) -> None:
        """Find the prices from the moment on, in a thread."""
        if self.task != "urgent" or self.session.project is None:
            return
        self._end()
        tables, moment = self.session.open_project().snapshot(), self.moment

        def work(report: Report) -> "list[Price]":
            from geo.planning.byhand.live import urgent_prices

            return urgent_prices(tables, self.plan, self.site, moment, report=report)

        self._job = self.session.start(work, self._take)

    def _end(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, found: "list[Price]") -> None:
        self._job = None
        self.found = found
        self.prices.clear()
        for price in found:
            texts = [
                price.name,
                tr("{minutes} min", minutes=f"{round(price.extra_s / 60):+d}"),
                f"{price.extra_m / 1000:+.1f}",
                tr("{minutes} min", minutes=f"{round(price.later_s / 60):+d}"),
                tr("; ").join(price.broken) or tr("fits"),
            ]
            item = QTreeWidgetItem(texts)
            for column in range(5):
                if 0 < column < 4:
                    item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if price.broken:
                    item.setForeground(column, theme.ALARM)
                item.setToolTip(column, "\n".join(price.broken))
            self.prices.addTopLevelItem(item)
        if found:
            self.prices.setCurrentIndex(self.prices.model().index(0, 0))
        else:
            self.note.setText(tr("No team can get there, or it has been visited today."))
        self._enable()

    def _enable(self) -> None:
        self.yes.setEnabled(self.task != "urgent" or self.price is not None)
