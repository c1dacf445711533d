"""The inspectors of a team as a small table: their skills and when they are away, changed in place."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.model import INSPECTORS
from geo.store.edits import edit, update
from gui import fields
from gui.session import Session

SHOWN = ("skills", "away_from", "away_to")
ID = Qt.ItemDataRole.UserRole
MOST_LINES = 8


class PeopleTable(QTableWidget):
    """Show the inspectors of one team; a cell is written as soon as it is left."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(0, 1 + len(SHOWN), parent)
        self.session = session
        self._team = ""
        titles = [tr("Name"), *(INSPECTORS.column(name).title() for name in SHOWN)]
        self.setHorizontalHeaderLabels(titles)
        self.setAccessibleName(tr("Inspectors"))
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.itemChanged.connect(self._commit)

    def show_team(self, team: str) -> None:
        """Show the inspectors of a team as the project has them."""
        self._team = team
        people = self.session.open_project().frame("inspectors")
        mine = people[people["team"] == team]
        with QSignalBlocker(self):
            self.setRowCount(len(mine))
            for line, (person, someone) in enumerate(mine.iterrows()):
                name = QTableWidgetItem(fields.name_in(someone) + ("  ★" if someone["leader"] else ""))
                name.setFlags(Qt.ItemFlag.ItemIsEnabled)
                name.setData(ID, str(person))
                if someone["leader"]:
                    name.setToolTip(tr("Team leader"))
                self.setItem(line, 0, name)
                for place, column in enumerate(SHOWN, 1):
                    item = QTableWidgetItem(str(someone[column]))
                    if not self.session.can_write:
                        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                    self.setItem(line, place, item)
        lines = min(max(len(mine), 1), MOST_LINES)
        row = self.rowHeight(0) if len(mine) else self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + lines * row + 4)

    def _commit(self, item: QTableWidgetItem) -> None:
        name = self.item(item.row(), 0)
        if name is None or item.column() == 0:
            return
        person, column = str(name.data(ID)), INSPECTORS.column(SHOWN[item.column() - 1])
        project = self.session.open_project()
        row = project.row("inspectors", person)
        try:
            value = fields.read(column, item.text())
        except XunluError as error:
            self.session.tell_error(error)
            self.show_team(self._team)
            return
        title = tr("{column} of {site}", column=column.title(), site=fields.name_in(row))
        made = edit(title, [update("inspectors", person, row, {column.name: value})])
        if made.changes and not self.session.apply(made):
            self.show_team(self._team)
