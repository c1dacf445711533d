"""The dialog of teams: what each is able to do, where and how long it goes, and who is in it."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from geo.language import current, tr
from geo.model import TEAMS, Column
from geo.planning.office import rulebook
from geo.store.edits import edit, update
from gui import fields
from gui.peopletable import PeopleTable
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit

SIZE = (820, 680)
LIST_PX = 200
ID = Qt.ItemDataRole.UserRole


def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the headings of the form with the columns below each."""
    names = ("name_en", "name") if current() == "en" else ("name", "name_en")
    return (
        (tr("Team"), ("code", *names, "subdistrict", "hard_area", "skills", "active")),
        (tr("Its day"), ("shift", "overtime_min", "break_window", "break_min", "mode")),
        (tr("Where it begins and ends"), ("start_kind", "end_kind", "base", "base_en", "home_lon", "home_lat")),
        (tr("At most"), ("max_stops", "max_km", "max_travel_min")),
    )


class TeamsDialog(QDialog):
    """Show a team's row; an edit is written as soon as the field is left.

    Parameters
    ----------
    session
        Whose project has the teams.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Teams and inspectors"))
        self.resize(*SIZE)
        self.session = session
        self.fields: dict[str, fields.Field] = {}
        self._labels: list[QLabel] = []
        self.team = ""
        self._make()
        self._list_teams()
        session.edited.connect(self._follow)
        session.released.connect(self.close)

    # Making

    def _make(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Teams"))
        self.list.setFixedWidth(LIST_PX)
        self.list.currentItemChanged.connect(lambda *_: self.refresh())
        self.people = PeopleTable(self.session)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(12, 4, 12, 12)
        for title, names in groups():
            inside.addWidget(_section(title))
            inside.addLayout(self._group(names))
        inside.addWidget(_section(tr("Inspectors")))
        inside.addWidget(self.people)
        inside.addStretch(1)
        wide = max(label.sizeHint().width() for label in self._labels)
        for label in self._labels:
            label.setMinimumWidth(wide)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(content)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        middle, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        middle.addWidget(self.list)
        middle.addWidget(room, 1)
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def _group(self, names: tuple[str, ...]) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(4)
        for name in names:
            column = TEAMS.column(name)
            field = fields.Field(column, self._pairs(column))
            field.committed.connect(lambda value, name=name: self._commit(name, value))
            field.refused.connect(self.session.tell_error)
            field.setEnabled(self.session.can_write)
            label = QLabel(fields.heading(column))
            label.setBuddy(field.editor)
            self._labels.append(label)
            form.addRow(label, field)
            self.fields[name] = field
        return form

    def _pairs(self, column: Column) -> Any:
        if column.type == "bool":
            return ((False, fields.sentence(tr("no"))), (True, fields.sentence(tr("yes"))))
        return fields.pairs_of(self.session.open_project(), TEAMS, column)

    def _list_teams(self) -> None:
        project, before = self.session.open_project(), self.team
        with QSignalBlocker(self.list):
            self.list.clear()
            for team, row in project.frame("teams").iterrows():
                item = QListWidgetItem(" ".join(part for part in (str(row["code"]), fields.name_in(row)) if part))
                item.setData(ID, str(team))
                self.list.addItem(item)
                if str(team) == before:
                    self.list.setCurrentItem(item)
            if self.list.currentRow() < 0:
                self.list.setCurrentRow(0)
        self.refresh()

    # Showing

    def choose(self, team: str) -> None:
        """Show a team."""
        for at in range(self.list.count()):
            if self.list.item(at).data(ID) == team:
                self.list.setCurrentRow(at)

    def refresh(self) -> None:
        """Show the current team as the project has it now."""
        item, project = self.list.currentItem(), self.session.project
        if item is None or project is None:
            return
        self.team = str(item.data(ID))
        row = project.row("teams", self.team)
        for name, field in self.fields.items():
            field.show_value(row[name])
        self._hint_defaults()
        self.people.show_team(self.team)

    def _hint_defaults(self) -> None:
        """Show in empty fields what counts while nothing is said there."""
        rules, _ = rulebook.read_or_default(self.session.open_project())
        pause = rules.has_break
        window = f"{_clock(rules.break_from)}-{_clock(rules.break_to)}"
        self.fields["overtime_min"].hint(tr("{value}, by the rules", value=rules.overtime_min))
        self.fields["break_min"].hint(tr("{value}, by the rules", value=rules.break_min if pause else tr("none")))
        self.fields["break_window"].hint(tr("{value}, by the rules", value=window))
        self.fields["skills"].hint(tr("like cold chain; ladder"))
        self.fields["home_lon"].hint(tr("like {example}", example="113.2644"))
        self.fields["home_lat"].hint(tr("like {example}", example="23.1291"))
        for name in ("max_stops", "max_km", "max_travel_min"):
            self.fields[name].hint(tr("no limit"))

    def _commit(self, name: str, value: Any) -> None:
        project = self.session.open_project()
        row = project.row("teams", self.team)
        title = tr("{column} of {site}", column=TEAMS.column(name).title(), site=fields.name_in(row))
        made = edit(title, [update("teams", self.team, row, {name: value})])
        if made.changes and not self.session.apply(made):
            self.refresh()

    def _follow(self, made: "Edit") -> None:
        if made.tables() & {"teams"}:
            self._list_teams()
        elif made.tables() & {"inspectors", "settings"}:
            self.refresh()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _section(title: str) -> QLabel:
    label = QLabel(title)
    label.setObjectName("section")
    return label
