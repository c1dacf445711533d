"""Patrol rounds: see them, make one of the selection, change or delete one, and plan what a day has of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
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
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui.plaintable import fill, plain_table
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.office.rounds import Round
    from geo.planning.orders import Answer
    from geo.store.edits import Edit

SIZE = (760, 520)
USUAL_DAYS = 14
LONGEST = 366


class RoundsDialog(QDialog):
    """List the rounds of the project and let them be made, changed, deleted and planned."""

    planned = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._rounds: list[Round] = []
        self.setWindowTitle(tr("Patrol rounds"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = plain_table(tr("Patrol rounds"))
        self.table.setSelectionBehavior(self.table.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(self.table.SelectionMode.SingleSelection)
        self.title = QLineEdit()
        self.every = QSpinBox()
        self.every.setRange(1, LONGEST)
        self.every.setValue(USUAL_DAYS)
        self.every.setSuffix(f" {tr('d')}")
        self.begins = QDateEdit()
        self.begins.setCalendarPopup(True)
        self.begins.setDisplayFormat("yyyy-MM-dd")
        self.weekdays = [QCheckBox(name) for name in _short_names()]
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._begin_new()
        self.load()
        self.resize(*SIZE)

    def _make_buttons(self) -> None:
        self.add_button = QPushButton(tr("&New from the selection"))
        self.change_button = QPushButton(tr("&Change"))
        self.sites_button = QPushButton(tr("Take the selection as its s&ites"))
        self.delete_button = QPushButton(tr("&Delete"))
        self.select_button = QPushButton(tr("&Select its sites"))
        self.plan_button = QPushButton(tr("&Plan its day"))
        self.plan_button.setToolTip(tr("Plan what the round wants visited on the project's day"))
        for button in self.buttons():
            button.setAutoDefault(False)

    def buttons(self) -> tuple[QPushButton, ...]:
        """Return the buttons in their order."""
        return (self.add_button, self.change_button, self.sites_button, self.delete_button, self.select_button,
                self.plan_button)  # fmt: skip

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Na&me"), self.title)
        form.addRow(tr("Each site &every"), self.every)
        form.addRow(tr("&Begins on"), self.begins)
        days = QHBoxLayout()
        for box in self.weekdays:
            days.addWidget(box)
        days.addStretch(1)
        form.addRow(tr("On"), days)
        for widget, name in ((self.title, tr("Name")), (self.every, tr("Each site every")),
                             (self.begins, tr("Begins on"))):  # fmt: skip
            widget.setAccessibleName(name)
        closing = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        closing.rejected.connect(self.reject)
        rows = [QHBoxLayout(), QHBoxLayout()]
        for place, button in enumerate(self.buttons()):
            rows[place // 3].addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.table, 1)
        column.addLayout(form)
        column.addWidget(self.said)
        for row in rows:
            column.addLayout(row)
        column.addWidget(closing)

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._on_row)
        self.add_button.clicked.connect(self.add)
        self.change_button.clicked.connect(lambda _on=False: self.change())
        self.sites_button.clicked.connect(lambda _on=False: self.change(with_selection=True))
        self.delete_button.clicked.connect(self.delete)
        self.select_button.clicked.connect(self.select)
        self.plan_button.clicked.connect(self.plan)
        self.session.opened.connect(self.reject)
        self.session.selection.changed.connect(self._let_through)
        self.session.edited.connect(self._on_edit)

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & {"rounds", "inspections", "plans"}:
            self.load()

    def load(self) -> None:
        """Show the rounds as the project has them."""
        from geo.planning.office import rounds

        project = self.session.open_project()
        chosen = self.current.id if self.current else ""
        self._rounds = rounds.rounds_in(project)
        day = self.session.day
        rows = [
            [one.title, len(one.sites), one.every_days, self._days(one), len(rounds.due_on(project, one, day))]
            for one in self._rounds
        ]
        heads = [tr("Name"), tr("Sites"), tr("Days"), tr("On"), tr("Wanted on {day}", day=day)]
        self.table.blockSignals(True)
        fill(self.table, heads, rows)
        self.table.blockSignals(False)
        place = next((row for row, one in enumerate(self._rounds) if one.id == chosen), -1)
        if place >= 0:
            self.table.selectRow(place)
        self._let_through()

    def _days(self, one: "Round") -> str:
        return " ".join(self.weekdays[number].text() for number in one.weekdays)

    @property
    def current(self) -> "Round | None":
        """Return the round that is chosen."""
        row = self.table.currentRow()
        return self._rounds[row] if 0 <= row < len(self._rounds) else None

    def _on_row(self) -> None:
        one = self.current
        if one is not None:
            self.title.setText(one.title)
            self.every.setValue(one.every_days)
            self.begins.setDate(QDate(one.begins.year, one.begins.month, one.begins.day))
            for number, box in enumerate(self.weekdays):
                box.setChecked(number in one.weekdays)
        self._let_through()

    def _begin_new(self) -> None:
        day = self.session.day
        self.begins.setDate(QDate(day.year, day.month, day.day))
        for number, box in enumerate(self.weekdays):
            box.setChecked(number < 5)

    def _let_through(self) -> None:
        write, chosen = self.session.can_write, self.current is not None
        some = bool(self.session.selection.ids)
        self.add_button.setEnabled(write and some)
        self.sites_button.setEnabled(write and some and chosen)
        for button in (self.change_button, self.delete_button, self.plan_button):
            button.setEnabled(write and chosen)
        self.select_button.setEnabled(chosen)

    def _form(self) -> tuple[str, int, tuple[int, ...], date]:
        days = tuple(number for number, box in enumerate(self.weekdays) if box.isChecked())
        begins = date.fromisoformat(self.begins.date().toString("yyyy-MM-dd"))
        return self.title.text(), self.every.value(), days, begins

    def add(self) -> None:
        """Make a round of the selected sites."""
        from geo.planning.office import rounds

        title, every, days, begins = self._form()
        self._try(lambda: rounds.added(title, self.session.selection.ids, every, days, begins))

    def change(self, *, with_selection: bool = False) -> None:
        """Make the chosen round what the form says, with the selected sites or those it has."""
        from geo.planning.office import rounds

        one = self.current
        if one is None:
            return
        title, every, days, begins = self._form()
        kept = tuple(sorted(self.session.selection.ids)) if with_selection else one.sites
        wanted = replace(one, title=title.strip(), every_days=every, weekdays=days, begins=begins, sites=kept)
        self._try(lambda: rounds.changed(self.session.open_project(), wanted))

    def delete(self) -> None:
        """Take the chosen round away."""
        from geo.planning.office import rounds

        one = self.current
        if one is not None:
            self._try(lambda: rounds.removed(self.session.open_project(), one))

    def _try(self, make: "Callable[[], Edit]") -> None:
        try:
            edit = make()
        except XunluError as error:
            self.said.setText(f"{error.message} {error.hint}".strip())
            return
        self.said.setText(edit.title if self.session.apply(edit) else "")

    def select(self) -> None:
        """Select the sites of the chosen round."""
        one = self.current
        if one is not None:
            there = self.session.open_project().frame("sites").index
            self.session.selection.choose({site for site in one.sites if site in there})

    def plan(self) -> None:
        """Plan what the chosen round wants visited on the project's day."""
        from geo.planning.office import rounds
        from geo.planning.orders import DayPlan
        from geo.planning.plans.wish import Wish

        one, day, tables = self.current, self.session.day, self.session.open_project().snapshot()
        if one is None:
            return
        sites = tuple(rounds.due_on(tables, one, day))
        if not sites:
            self.said.setText(tr("The round wants nothing visited on {day}.", day=day))
            return
        self.said.setText(tr("Planning …"))
        self.plan_button.setEnabled(False)

        order = DayPlan(Wish(day, sites=sites))
        job = self.session.searches.start(order, self._keep, self.session.tell_error)
        job.progressed.connect(lambda _done, text: self.said.setText(text))
        job.ended.connect(self._let_through)

    def _keep(self, answer: "Answer") -> None:
        if self.session.apply(answer.edit):
            self.said.setText(tr("The plan of the round is made; see the plan panel."))
            self.planned.emit()


def _short_names() -> tuple[str, ...]:
    return tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun")
