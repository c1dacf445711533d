"""What a plan is made from: the day, the teams, the way of travel, and how long to look for better routes."""

from PySide6.QtCore import QDate, Qt, Signal
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
from geo.model import MODES
from gui.fields import CalmCombo, name_in, sentence
from gui.lists import check_all
from gui.session import Session


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

    def _name_editors(self) -> None:
        for widget, name in ((self.day, tr("Day")), (self.mode, tr("Travel mode")), (self.seconds, tr("Search time"))):
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
        titles = (tr("&Day"), tr("T&ravel"), tr("Search &time"))
        for place, (title, widget) in enumerate(zip(titles, (self.day, self.mode, self.seconds), strict=True)):
            label = QLabel(title)
            label.setObjectName("quiet")
            label.setBuddy(widget)
            line.addWidget(label, 0, place)
            line.addWidget(widget, 1, place)
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
        self.day.dateChanged.connect(self.changed)
        self.seconds.valueChanged.connect(self._remember)

    def load(self) -> None:
        """Offer the teams and the day of the project just opened."""
        from geo.inspection.absence import on_duty

        project = self.session.project
        if project is None:
            return
        day = project.today()
        self.day.setDate(QDate(day.year, day.month, day.day))
        self.teams.blockSignals(True)
        self.teams.clear()
        going = set(on_duty(project, day))
        for team, row in project.frame("teams").iterrows():
            item = QListWidgetItem(name_in(row))
            item.setData(Qt.ItemDataRole.UserRole, str(team))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if team in going else Qt.CheckState.Unchecked)
            self.teams.addItem(item)
        self.teams.blockSignals(False)
        self._count()

    @property
    def iso_day(self) -> str:
        """Return the day chosen as an ISO date."""
        return self.day.date().toString(Qt.DateFormat.ISODate)

    def team_ids(self) -> list[str]:
        """Return the ids of the teams chosen."""
        items = (self.teams.item(place) for place in range(self.teams.count()))
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() is Qt.CheckState.Checked]

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
