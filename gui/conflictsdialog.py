"""The dialog that says which inspectors may not inspect the selected sites."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.planning.office import conflicts
from gui.fields import name_in
from gui.session import Session

SIZE = (420, 480)
ID = Qt.ItemDataRole.UserRole
FULL, PART, NONE = Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked


class ConflictsDialog(QDialog):
    """Tick the inspectors who may not come; what is changed is one step that can be undone.

    Parameters
    ----------
    session
        Whose project has the sites.
    sites
        Ids of the sites, one or more.
    """

    def __init__(self, session: Session, sites: list[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("May not be inspected by"))
        self.resize(*SIZE)
        self.session, self.sites = session, sites
        self.before: dict[str, Qt.CheckState] = {}
        self._make()
        self._fill()
        session.released.connect(self.close)

    def _make(self) -> None:
        head = QLabel(self._heading())
        head.setWordWrap(True)
        head.setTextFormat(Qt.TextFormat.PlainText)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Part of a name or team"))
        self.search.setAccessibleName(tr("Part of a name or team"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Inspectors who may not come"))
        box = QDialogButtonBox()
        self.save = box.addButton(tr("&Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._save)
        box.rejected.connect(self.reject)
        self.save.setEnabled(self.session.can_write)
        column = QVBoxLayout(self)
        for widget in (head, self.search, self.list, box):
            column.addWidget(widget)

    def _heading(self) -> str:
        project = self.session.open_project()
        if len(self.sites) == 1:
            return tr("A team with one of these inspectors present is not sent to “{site}”:",
                      site=name_in(project.row("sites", self.sites[0])))  # fmt: skip
        return tr("A team with one of these inspectors present is not sent to the {count} selected sites:",
                  count=len(self.sites))  # fmt: skip

    def _fill(self) -> None:
        project = self.session.open_project()
        teams, people = project.frame("teams"), project.frame("inspectors")
        barred = conflicts.counts(project, self.sites)
        self.before = {one: FULL if count == len(self.sites) else PART for one, count in barred.items()}
        lines = []
        for person, row in people.iterrows():
            team = name_in(teams.loc[row["team"]]) if row["team"] in teams.index else ""
            lines.append((self.before.setdefault(str(person), NONE) is NONE, team, name_in(row), str(person)))
        for _, team, name, person in sorted(lines):
            item = QListWidgetItem(f"{name}  ·  {team}" if team else name)
            item.setData(ID, person)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if self.session.can_write else Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(self.before[person])
            self.list.addItem(item)

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for at in range(self.list.count()):
            item = self.list.item(at)
            item.setHidden(wanted not in item.text().casefold())

    def _save(self) -> None:
        items = [self.list.item(at) for at in range(self.list.count())]
        now = {str(item.data(ID)): item.checkState() for item in items}
        wanted = {person: state is FULL for person, state in now.items() if state is not self.before[person]}
        if not wanted or self.session.apply(conflicts.change(self.session.open_project(), self.sites, wanted)):
            self.accept()
