"""What a plan is made from: the day, the teams, the way of travel, the aim, and how long to look for better routes."""

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.model import MODES, Mode
from gui.fields import CalmCombo, name_in, sentence
from gui.lists import check_all
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.plans.wish import Wish
    from geo.store.edits import Edit

TIP = Qt.ItemDataRole.ToolTipRole
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
WHO_GOES = frozenset({"teams", "inspectors", "settings"})
"""The tables that say which teams go."""

ANEW, IMPROVED, FEW_CHANGES = range(3)
"""What a search starts from: nothing, the plan shown, or that plan, of which as much as possible is to stay."""


class PlanForm(QWidget):
    """Let the user choose what to plan."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.mode = CalmCombo()
        for choice in MODES:
            self.mode.addItem(sentence(choice.title()), choice.value)
        self.seconds = QSpinBox()
        self.seconds.setRange(1, 600)
        self.seconds.setSuffix(f" {tr('s')}")
        self.seconds.setValue(session.settings.effort_s)
        self.seconds.setToolTip(tr("The longer it looks, the shorter the routes"))
        self.aim = CalmCombo()
        self.start = CalmCombo()
        self._fill_wishes()
        self._usual: dict[str, bool] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self.teams = QListWidget()
        self.teams.setAccessibleName(tr("Teams"))
        self.teams.setMaximumHeight(170)
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.every = QPushButton(tr("All"))
        self.none = QPushButton(tr("None"))
        self._name_editors()
        self._lay_out()
        self._connect()
        self._unfold(False)

    def _fill_wishes(self) -> None:
        """Offer the aims and what a search may start from, each with what it means."""
        aims = (
            ("", tr("As in the rules"), tr("The aim that the rules of the project name")),
            ("travel", tr("Least travel"), tr("As little time on the way as possible")),
            ("teams", tr("Fewest teams"), tr("As few teams as possible, then least travel")),
            ("even_hours", tr("Even hours"), tr("The longest day as short as possible, then least travel")),
            ("even_stops", tr("Even stops"), tr("As many stops for one team as for the other, then least travel")),
            ("finish", tr("Earliest finish"), tr("The last team back as early as possible, then least travel")),
        )
        for value, text, hint in aims:
            self.aim.addItem(text, value)
            self.aim.setItemData(self.aim.count() - 1, hint, TIP)
        starts = (
            (ANEW, tr("Anew"), tr("The routes are sought from nothing")),
            (IMPROVED, tr("Plan shown"), tr("The plan shown is made better; what is locked in it stays")),
            (
                FEW_CHANGES,
                tr("Few changes"),
                tr("A stop of the plan shown changes its team only if that saves 30 min"),
            ),
        )
        for start, text, hint in starts:
            self.start.addItem(text, start)
            self.start.setItemData(start, hint, TIP)
        for combo in (self.aim, self.start):
            combo.currentIndexChanged.connect(lambda row, combo=combo: combo.setToolTip(combo.itemData(row, TIP)))
            combo.setToolTip(combo.itemData(0, TIP))

    def _name_editors(self) -> None:
        for widget, name in (
            (self.day, tr("Day")),
            (self.mode, tr("Travel mode")),
            (self.seconds, tr("Search time")),
            (self.aim, tr("Aim")),
            (self.start, tr("Start from")),
        ):
            widget.setAccessibleName(name)
        for button in (self.every, self.none):
            button.setFlat(True)
            button.setMaximumWidth(64)
        self.every.setAccessibleName(tr("All teams"))
        self.none.setAccessibleName(tr("No team"))

    def _lay_out(self) -> None:
        line = QGridLayout()
        line.setHorizontalSpacing(8)
        line.setVerticalSpacing(2)
        editors = (
            (tr("&Day"), self.day),
            (tr("T&ravel"), self.mode),
            (tr("Search &time"), self.seconds),
            (tr("Ai&m"), self.aim),
            (tr("Start fr&om"), self.start),
        )
        for number, (title, widget) in enumerate(editors):
            row, place = divmod(number, 3)
            label = QLabel(title)
            label.setObjectName("quiet")
            label.setBuddy(widget)
            line.addWidget(label, 2 * row, place)
            line.addWidget(widget, 2 * row + 1, place)
            line.setColumnStretch(place, 2 if place == 0 else 1)
        folding = QHBoxLayout()
        folding.addWidget(self.fold)
        folding.addStretch(1)
        folding.addWidget(self.every)
        folding.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addLayout(folding)
        column.addWidget(self.teams)

    def _connect(self) -> None:
        self.fold.toggled.connect(self._unfold)
        self.every.clicked.connect(lambda: self._check_all(Qt.CheckState.Checked))
        self.none.clicked.connect(lambda: self._check_all(Qt.CheckState.Unchecked))
        self.teams.itemChanged.connect(self._count)
        self.day.dateChanged.connect(self._list_teams)
        self.session.edited.connect(self._on_edit)
        self._later.timeout.connect(self._list_teams)
        self.seconds.valueChanged.connect(self._remember)

    def load(self) -> None:
        """Offer the teams and the day of the project just opened."""
        project = self.session.project
        if project is None:
            return
        day = project.today()
        self._usual.clear()
        self.day.setDate(QDate(day.year, day.month, day.day))
        self._list_teams()

    def _list_teams(self) -> None:
        """List the teams: those that go on the day ticked, those that cannot in grey with the reason.

        What somebody has ticked or not stays so, unless it is told otherwise now who goes.
        """
        from geo.planning.office.staying import why_not

        project = self.session.project
        if project is None:
            return
        reasons = why_not(project, date.fromisoformat(self.iso_day))
        ticked, usual = set(self.team_ids()), self._usual
        self._usual = {}
        self.teams.blockSignals(True)
        self.teams.clear()
        for team, row in project.frame("teams").iterrows():
            one, reason = str(team), reasons.get(str(team))
            goes = self._usual[one] = reason is None
            item = QListWidgetItem(name_in(row))
            item.setData(Qt.ItemDataRole.UserRole, one)
            # Who is off duty may be sent all the same; of whom too few are there, nobody can.
            able = reason is None or not reason.is_bound
            item.setFlags(FLAGS if able else Qt.ItemFlag.NoItemFlags)
            item.setToolTip("" if reason is None else reason.text)
            is_on = one in ticked if usual.get(one) is goes else goes
            item.setCheckState(Qt.CheckState.Checked if is_on and able else Qt.CheckState.Unchecked)
            self.teams.addItem(item)
        self.teams.blockSignals(False)
        self._count()

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & WHO_GOES:
            self._later.start()

    @property
    def iso_day(self) -> str:
        """Return the day chosen as an ISO date."""
        return self.day.date().toString(Qt.DateFormat.ISODate)

    def team_ids(self) -> list[str]:
        """Return the ids of the teams chosen."""
        items = (self.teams.item(place) for place in range(self.teams.count()))
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() is Qt.CheckState.Checked]

    def wish(self, plan: str) -> "Wish":
        """Return what is to be planned, given the plan that is shown; empty if none is."""
        from geo.planning.plans.wish import Wish
        from geo.planning.rules import Aim

        start = self.start.currentData() if plan else ANEW
        return Wish(
            date.fromisoformat(self.iso_day),
            Mode(self.mode.currentData()),
            tuple(self.team_ids()),
            present=None if start == ANEW else plan,
            few_changes=start == FEW_CHANGES,
            aim=Aim(self.aim.currentData()) if self.aim.currentData() else None,
            seconds=float(self.seconds.value()),
        )

    def offer_start(self, possible: bool) -> None:
        """Let the user choose what to start from, if there is a plan."""
        self.start.setEnabled(possible)
        if not possible:
            self.start.setCurrentIndex(ANEW)

    def _check_all(self, state: Qt.CheckState) -> None:
        check_all(self.teams, state)
        self._count()

    def _count(self) -> None:
        self.fold.setText(tr("Teams: {chosen} of {total}", chosen=len(self.team_ids()), total=self.teams.count()))
        self.changed.emit()

    def _unfold(self, open_: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        for widget in (self.teams, self.every, self.none):
            widget.setVisible(open_)

    def _remember(self, seconds: int) -> None:
        self.session.settings.effort_s = seconds
