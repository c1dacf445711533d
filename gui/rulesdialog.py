"""The form of all rules of the office: each with its range, and in a sentence what it does as it is set."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.planning.office import rulebook
from geo.planning.rules import PlanRules
from gui.ruleeditors import editor_of
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit

SIZE = (640, 680)
EDITOR_PX = 150


def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the headings of the form with the rules below each."""
    return (
        (tr("What a good plan is"), ("aim", "foreign_min", "move_min", "addresses_together")),
        (tr("At the sites"), ("setup_min", "verify_min")),
        (tr("Teams"), ("least_inspectors", "overtime_min", "overtime_price", "has_break", "break_from", "break_to",
                       "break_min")),
        (tr("Where not all sites fit"), ("keeps_must", "risk_weight", "overdue_weight", "deadline_weight")),
        (tr("Speed by hour, in percent of what the streets allow"), ("speeds",)),
    )  # fmt: skip


class RulesDialog(QDialog):
    """Change the rules; all changes together are one step that can be undone.

    Parameters
    ----------
    session
        Whose project has the rules.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Rules of the plan"))
        self.resize(*SIZE)
        self.session = session
        self.settings = {setting.name: setting for setting in rulebook.settings()}
        self.editors: dict[str, Any] = {}
        self.effects: dict[str, QLabel] = {}
        self._labels: list[QLabel] = []
        self._stored, self._spoilt = rulebook.read_or_default(session.open_project())
        self._make()
        self.show_rules(self._stored)
        session.edited.connect(self._follow)
        session.released.connect(self.close)

    # Making

    def _make(self) -> None:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(12, 4, 12, 12)
        for title, names in groups():
            heading = QLabel(title)
            heading.setObjectName("section")
            inside.addWidget(heading)
            inside.addLayout(self._group(names))
        inside.addStretch(1)
        wide = max(label.sizeHint().width() for label in self._labels)
        for label in self._labels:
            label.setMinimumWidth(wide)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(content)
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setStyleSheet("color: #b3261e;")
        self.error.setAccessibleName(tr("What is wrong"))
        column = QVBoxLayout(self)
        column.addWidget(room, 1)
        column.addWidget(self.error)
        column.addWidget(self._buttons())
        self.editors["aim"].setFocus()

    def _group(self, names: tuple[str, ...]) -> QFormLayout:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(3)
        for name in names:
            setting = self.settings[name]
            editor = editor_of(setting, self._on_change)
            self.editors[name] = editor
            if setting.kind in ("yes", "speeds"):
                form.addRow(editor)
            else:
                editor.setMinimumWidth(EDITOR_PX)
                label = QLabel(setting.title)
                label.setBuddy(editor)
                self._labels.append(label)
                form.addRow(label, editor)
            self.effects[name] = _quiet()
            form.addRow(self.effects[name])
        return form

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        self.save = QPushButton(tr("&Save"))
        self.save.setDefault(True)
        self.default = QPushButton(tr("As it &comes"))
        self.default.setAutoDefault(False)
        self.default.setToolTip(tr("Show all rules as they are where nobody has set any"))
        box.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.addButton(self.default, QDialogButtonBox.ButtonRole.ResetRole)
        box.accepted.connect(self._save)
        box.rejected.connect(self.reject)
        self.default.clicked.connect(lambda: self.show_rules(rulebook.defaults(self._stored)))
        return box

    # Showing

    def show_rules(self, rules: PlanRules) -> None:
        """Show rules in the form; nothing is written."""
        for name, editor in self.editors.items():
            with QSignalBlocker(editor):
                editor.show_value(getattr(rules, name))
        self._on_change()

    def rules(self) -> PlanRules:
        """Return the rules as the form shows them."""
        values = {name: editor.value() for name, editor in self.editors.items()}
        return PlanRules(**values, unknown=self._stored.unknown)

    def _on_change(self) -> None:
        if len(self.effects) < len(self.settings):
            return
        rules = self.rules()
        for name, label in self.effects.items():
            said = rulebook.effect(rules, name)
            label.setText(said)
            label.setVisible(bool(said))
        for name in ("break_from", "break_to", "break_min"):
            self.editors[name].setEnabled(rules.has_break)
        self._show_error(rules)

    def _show_error(self, rules: PlanRules) -> None:
        error = None
        try:
            rulebook.check(rules)
        except XunluError as found:
            error = found
        told = error or self._spoilt
        self.error.setText(f"{told.message} {told.hint}" if told else "")
        self.error.setVisible(told is not None)
        self.save.setEnabled(error is None and self.session.can_write)

    # Writing

    def _save(self) -> None:
        rules = self.rules()
        if rules == self._stored and self._spoilt is None:
            self.accept()
            return
        made = rulebook.change(self.session.open_project(), rules)
        if self.session.apply(made):
            self.accept()

    def _follow(self, edit: "Edit") -> None:
        """Show what somebody else, or undo, has made of the rules meanwhile."""
        if "settings" not in edit.tables() or self.session.project is None:
            return
        stored, self._spoilt = rulebook.read_or_default(self.session.project)
        if stored != self._stored:
            self._stored = stored
            self.show_rules(stored)


def _quiet() -> QLabel:
    label = QLabel()
    label.setObjectName("quiet")
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    label.setContentsMargins(0, 0, 0, 6)
    return label
