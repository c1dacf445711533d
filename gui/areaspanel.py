"""The panel of closures and areas: their list, the fields of the current one, and the ways to draw and change them."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.model import AREA_KINDS, AREAS, CLOSURES
from gui import fields
from gui.areasmodel import END, NAME, SIZE, START, AreasModel
from gui.fields import CalmCombo, Field, sentence
from gui.lists import add_action, row_table
from gui.session import Session

if TYPE_CHECKING:
    from geo.editing.areas import Drawn
    from geo.store.edits import Edit

SHOWN = frozenset({"closures", "areas", "settings"})
FIELDS = {"closures": ("name", "name_en", "from_date", "to_date", "note"), "areas": ("name", "name_en", "kind")}


class AreasPanel(QWidget):
    """List closures or the areas of a kind and change the current one.

    `chosen` tells table and id of the current one, both empty for none; `tool_wanted` the tool that is wanted by name,
    empty for the usual one; `show_wanted` what the map is to show: west, south, east and north in degrees.
    """

    chosen = Signal(str, str)
    tool_wanted = Signal(str)
    show_wanted = Signal(float, float, float, float)
    kind_changed = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = tr("Areas")
        self.model = AreasModel(self)
        self.which: QComboBox = CalmCombo()
        self.view = row_table(self.model, tr("Closures and areas"))
        self.draw = QPushButton(tr("Draw"))
        self.reshape = QPushButton(tr("Outline"))
        self.go = QPushButton(tr("Show"))
        self.remove = QPushButton(tr("Delete it"))
        self.note = QLabel()
        self._forms: dict[str, QWidget] = {}
        self._fields: dict[str, dict[str, Field]] = {}
        self._wanted = ""
        self._is_stale = self._is_filling = False
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        self.which.setAccessibleName(tr("What is listed"))
        self.which.addItem(CLOSURES.title(), ("closures", ""))
        for choice in AREA_KINDS:
            self.which.addItem(sentence(choice.title()), ("areas", choice.value))
        self.draw.setToolTip(tr("Draw another one on the map, corner by corner"))
        self.reshape.setToolTip(tr("Drag the corners of the current one on the map"))
        self.reshape.setCheckable(True)
        self.go.setToolTip(tr("Show the current one on the map (Enter)"))
        self.remove.setToolTip(tr("Delete the current one (Delete)"))
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (START, END, SIZE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.view.setMinimumHeight(140)
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        head, buttons = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(0, 0, 10, 0)
        head.addWidget(self.which, 1)
        head.addWidget(self.draw)
        buttons.setContentsMargins(0, 0, 10, 0)
        for button in (self.go, self.reshape, self.remove):
            buttons.addWidget(button)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(10, 10, 0, 10)
        column_.setSpacing(6)
        column_.addLayout(head)
        column_.addWidget(self.view, 1)
        column_.addLayout(buttons)
        for table in FIELDS:
            self._forms[table] = self._form(table)
            column_.addWidget(self._forms[table])
        column_.addWidget(self.note)
        self.setFocusProxy(self.view)

    def _form(self, table: str) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 4, 10, 0)
        form.setVerticalSpacing(4)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._fields[table] = {}
        model = CLOSURES if table == "closures" else AREAS
        for name in FIELDS[table]:
            column = model.column(name)
            pairs = tuple((choice.value, sentence(choice.title())) for choice in column.choices)
            field = Field(column, pairs)
            field.committed.connect(lambda value, name=name: self._commit(name, value))
            field.refused.connect(self.session.tell_error)
            label = QLabel(fields.heading(column))
            label.setBuddy(field.editor)
            form.addRow(label, field)
            self._fields[table][name] = field
        if table == "closures":
            self._fields[table]["to_date"].hint(tr("open end"))
        return page

    def _connect(self) -> None:
        self.which.currentIndexChanged.connect(self._on_which)
        self.view.selectionModel().currentRowChanged.connect(self._show_row)
        self.view.doubleClicked.connect(lambda _index: self.show_current())
        self.draw.clicked.connect(lambda: self.tool_wanted.emit(self._draw_tool()))
        self.reshape.clicked.connect(lambda on: self.tool_wanted.emit("reshape" if on else ""))
        self.go.clicked.connect(self.show_current)
        self.remove.clicked.connect(self.delete)
        self.delete_action = add_action(self.view, tr("Delete it"), self.delete, "Delete")
        self.show_action = add_action(self.view, tr("Show on the map"), self.show_current, "Return", "Enter")
        self.shape_action = add_action(self.view, tr("Change the outline"), self.reshape.click)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.session.opened.connect(self._on_change)
        self.session.released.connect(self._on_released)
        self.session.edited.connect(self._on_edit)

    def _draw_tool(self) -> str:
        return "draw_closure" if self.table == "closures" else "draw_area"

    # What is shown

    @property
    def table(self) -> "Drawn":
        """Return the table that is listed."""
        return "closures" if self.which.currentData()[0] == "closures" else "areas"

    @property
    def row(self) -> str:
        """Return the id of the current row, empty if there is none."""
        at = self.view.currentIndex().row()
        return self.model.ids[at] if 0 <= at < len(self.model.ids) else ""

    def _on_which(self) -> None:
        self.refresh()
        self.kind_changed.emit(self.which.currentData()[1])

    def _on_released(self) -> None:
        self._is_stale = False
        self.model.show_rows(None, "closures", "")

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & SHOWN:
            self._on_change()

    def _on_change(self) -> None:
        """Follow the project at once while the panel is seen, else when it is next asked for."""
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the panel was hidden."""
        super().showEvent(event)
        self.catch_up()

    def catch_up(self) -> None:
        """Show the project as it is now, if that has not been done yet."""
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Show the list as the project has it now; the current one stays the current one."""
        self._is_stale = False
        table, kind = self.which.currentData()
        before, at = self._wanted or self.row, self.view.currentIndex().row()
        self._is_filling = True
        self.model.show_rows(self.session.project, table, kind)
        place = self.model.ids.index(before) if before in self.model.ids else min(at, self.model.rowCount() - 1)
        if self.model.rowCount():
            self.view.selectRow(max(place, 0))
        self._is_filling = False
        self._show_row()

    def choose(self, table: str, row: str) -> None:
        """Make a closure or area the current one, by table and id."""
        project = self.session.project
        if project is None or not row:
            return
        self.catch_up()
        if (table, row) == (self.table, self.row):
            return
        kind = str(project.row(table, row)["kind"]) if table == "areas" else ""
        self._wanted = row
        place = self._place_of(table, kind)
        if place != self.which.currentIndex():
            self.which.setCurrentIndex(place)
        else:
            self.refresh()
        self._wanted = ""

    def _place_of(self, table: str, kind: str) -> int:
        """Return where in the list of what can be listed a table and kind stand; the first where they do not."""
        places = range(self.which.count())
        return next((at for at in places if tuple(self.which.itemData(at)) == (table, kind)), 0)

    def _show_row(self) -> None:
        if self._is_filling:
            return
        project, row = self.session.project, self.row
        can = self.session.can_write
        for table, form in self._forms.items():
            form.setVisible(table == self.table and bool(row))
        values: dict[str, Any] = project.row(self.table, row) if project is not None and row else {}
        for name, field in self._fields[self.table].items() if values else ():
            field.show_value(values[name])
            field.setEnabled(can)
        for widget in (self.go, self.show_action):
            widget.setEnabled(bool(row))
        for widget in (self.reshape, self.remove, self.delete_action, self.shape_action):
            widget.setEnabled(bool(row) and can)
        self.draw.setEnabled(can)
        empty = tr("None yet. “Draw” makes one on the map.") if can else tr("None yet.")
        self.note.setText(empty if project is not None and not self.model.ids else "")
        self.note.setVisible(bool(self.note.text()))
        self.chosen.emit(self.table if row else "", row)

    # Changing

    def name_it(self, table: str, row: str) -> None:
        """Make one the current and give the keyboard to its name."""
        self.choose(table, row)
        line = self._fields[self.table]["name"].line
        if line is not None:
            line.setFocus(Qt.FocusReason.OtherFocusReason)
            line.selectAll()

    def show_current(self) -> None:
        """Show the current one on the map."""
        at = self.view.currentIndex().row()
        box = self.model.bounds(at) if 0 <= at < self.model.rowCount() else None
        if box is not None:
            self.show_wanted.emit(*box)

    def _commit(self, name: str, value: Any) -> None:
        from geo.editing.areas import change_edit

        table, row, project = self.table, self.row, self.session.project
        if project is None or not row:
            return
        if table == "areas" and name == "kind":
            self._wanted = row
        if not self.session.attempt(lambda: project.apply(change_edit(project, table, row, name, value))):
            self._show_row()
        if table == "areas" and name == "kind" and row in project.frame("areas").index:
            self.which.setCurrentIndex(self._place_of("areas", value))
        self._wanted = ""

    def delete(self) -> None:
        """Delete the current one; undo brings it back."""
        from geo.editing.areas import delete_edit

        table, row, project = self.table, self.row, self.session.project
        if project is None or not row or not self.session.can_write:
            return
        edit = delete_edit(project, table, row)
        if self.session.apply(edit):
            self.session.tell(f"{edit.title}{tr('.')}", tr("Undo brings it back."))
