"""Plan several days at once: which days, how, for how long, and progress that can be cancelled."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.model import MODES, Mode
from gui.fields import CalmCombo, name_in, sentence
from gui.lists import check_all, progress_line
from gui.searches import Search
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.orders import Answer

USUAL_DAYS = 5
MOST_DAYS = 31
USUAL_S = 60


class HorizonDialog(QDialog):
    """Plan the sites that are due over some days in one go; `planned` tells that the plans are in the project."""

    planned = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._job: Search | None = None
        self.setWindowTitle(tr("Plan several days"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        day = session.day
        self.first = QDateEdit(QDate(day.year, day.month, day.day))
        self.first.setCalendarPopup(True)
        self.first.setDisplayFormat("yyyy-MM-dd")
        self.number = QSpinBox()
        self.number.setRange(2, MOST_DAYS)
        self.number.setValue(USUAL_DAYS)
        self.weekends = QCheckBox(tr("&Saturdays and Sundays too"))
        self.weekends.setChecked(True)
        self.even = QCheckBox(tr("&Even days, as far as what is due lets them; else as little travel as possible"))
        self.even.setChecked(True)
        self.mode = CalmCombo()
        for choice in MODES:
            self.mode.addItem(sentence(choice.title()), choice.value)
        self.seconds = QSpinBox()
        self.seconds.setRange(5, 3600)
        self.seconds.setValue(USUAL_S)
        self.seconds.setSuffix(f" {tr('s')}")
        self.teams = QListWidget()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = progress_line()
        self.plan_button = QPushButton(tr("&Plan the days"))
        self.plan_button.setDefault(True)
        self.stop_button = QPushButton(tr("&Cancel planning"))
        self._list_teams()
        self._lay_out()
        self.number.valueChanged.connect(self._tell)
        self.first.dateChanged.connect(self._tell)
        self.weekends.toggled.connect(self._tell)
        self.plan_button.clicked.connect(self.plan)
        self.stop_button.clicked.connect(self.stop)
        session.opened.connect(self.reject)
        self._busy(False)
        self._tell()

    def _list_teams(self) -> None:
        teams = self.session.open_project().frame("teams")
        for team, row in teams.iterrows():
            item = QListWidgetItem(name_in(row))
            item.setData(Qt.ItemDataRole.UserRole, str(team))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if row["active"] else Qt.CheckState.Unchecked)
            self.teams.addItem(item)

    def _lay_out(self) -> None:
        form = QFormLayout()
        for title, widget in (
            (tr("&First day"), self.first),
            (tr("&Number of days"), self.number),
            (tr("T&ravel"), self.mode),
            (tr("Search &time"), self.seconds),
        ):
            form.addRow(title, widget)
            widget.setAccessibleName(title.replace("&", ""))
        form.addRow(self.weekends)
        form.addRow(self.even)
        self.teams.setAccessibleName(tr("Teams"))
        every, none = QPushButton(tr("All")), QPushButton(tr("None"))
        every.clicked.connect(lambda: check_all(self.teams, Qt.CheckState.Checked))
        none.clicked.connect(lambda: check_all(self.teams, Qt.CheckState.Unchecked))
        heads = QHBoxLayout()
        label = QLabel(tr("Te&ams, on each day that they are on duty"))
        label.setBuddy(self.teams)
        heads.addWidget(label, 1)
        for button in (every, none):
            button.setFlat(True)
            button.setAutoDefault(False)
            heads.addWidget(button)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.plan_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addLayout(heads)
        column.addWidget(self.teams, 1)
        column.addWidget(self.said)
        column.addWidget(self.progress)
        column.addWidget(box)
        self.resize(520, 600)

    def days(self) -> tuple[date, ...]:
        """Return the days chosen, in order."""
        day = date.fromisoformat(self.first.date().toString("yyyy-MM-dd"))
        found: list[date] = []
        while len(found) < self.number.value():
            if self.weekends.isChecked() or day.weekday() < 5:
                found.append(day)
            day += timedelta(1)
        return tuple(found)

    def team_ids(self) -> tuple[str, ...]:
        """Return the ids of the teams chosen."""
        items = (self.teams.item(place) for place in range(self.teams.count()))
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    def _tell(self) -> None:
        days = self.days()
        self.said.setText(
            tr(
                "From {first} to {last}; each site not after the day it is due, what is overdue first.",
                first=days[0],
                last=days[-1],
            )
        )

    def plan(self) -> None:
        """Plan the days beside the window and keep the plans, as one change."""
        if self._job is not None:
            return
        from geo.planning.orders import DaysPlan
        from geo.planning.plans.wish import Days

        days, mode, teams = self.days(), Mode(self.mode.currentData()), self.team_ids()
        even, seconds = self.even.isChecked(), self.seconds.value()

        order = DaysPlan(Days(days, mode, teams, even=even, seconds=seconds))
        job = self.session.searches.start(order, self._keep, self._fail)
        self._job = job
        job.progressed.connect(self._on_progress)
        job.stopped.connect(lambda: self.said.setText(tr("Nothing was changed.")))
        job.ended.connect(self._end)
        self._busy(True)

    def stop(self) -> None:
        """Stop planning; nothing is changed."""
        if self._job is not None:
            self._job.cancel()

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        self.said.setText(text)

    def _keep(self, answer: "Answer") -> None:
        edit = answer.edit
        plans = sum(change.table == "plans" for change in edit.changes)
        stops = sum(change.table == "stops" for change in edit.changes)
        left = sum(change.table == "left_out" for change in edit.changes)

        def done() -> None:
            self.said.setText(
                tr(
                    "{plans} plans with {stops} stops are made, {left} sites are left out; one undo takes all back.",
                    plans=plans,
                    stops=stops,
                    left=left,
                )
            )
            self.planned.emit()

        self.session.apply_large(edit, done)

    def _fail(self, error: XunluError) -> None:
        self.said.setText(f"{error.message} {error.hint}".strip())

    def _end(self) -> None:
        self._job = None
        self._busy(False)

    def _busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.stop_button.setEnabled(busy)
        self.plan_button.setEnabled(not busy and self.session.can_write)

    def reject(self) -> None:
        """Close; planning that goes on is stopped."""
        self.stop()
        super().reject()
