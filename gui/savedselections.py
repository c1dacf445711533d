"""The selections kept under names: a small list over the map to keep, choose, rename and delete them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui import theme
from gui.chooser import Chooser
from gui.lists import add_action
from gui.selection import Gesture
from gui.tools import gesture_of

if TYPE_CHECKING:
    from geo.query.saved import SavedSelection
    from gui.chooser import Mask

WIDTH = 340


class SavedSelections(QFrame):
    """List the kept selections of the project, and keep the present one or a condition.

    Parameters
    ----------
    chooser
        Finds the sites.
    """

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.chooser = chooser
        self.session = chooser.session
        self.where = ""
        """The condition to keep; empty to keep the selected sites."""
        self.head, self.name, self.keep = QLabel(), QLineEdit(), QPushButton(tr("Keep"))
        self.items, self.problem, self.delete = QListWidget(), QLabel(), QPushButton(tr("Delete it"))
        self.choose_button = QPushButton(tr("Select"))
        self._lay_out()
        self.name.textChanged.connect(lambda _text: self._let_through())
        self.keep.clicked.connect(self.keep_it)
        self.delete.clicked.connect(self.delete_current)
        self.choose_button.clicked.connect(lambda: self.choose_current(Gesture.REPLACE))
        self.items.currentItemChanged.connect(lambda _new, _old: self._let_through())
        self.items.itemChanged.connect(self._rename)
        self.items.itemDoubleClicked.connect(lambda _item: self.choose_current(Gesture.REPLACE))
        add_action(self.items, tr("Rename"), self._edit_current, "F2")
        add_action(self.items, tr("Delete it"), self.delete_current, "Delete")
        self.items.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        # An edit comes from within a click on this very list, which must be over before the list is made anew.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self.session.edited.connect(lambda _edit: self._later.start())
        self.session.released.connect(self.hide)

    def _lay_out(self) -> None:
        self.setObjectName("popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFixedWidth(WIDTH)
        for label in (self.head, self.problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.problem.setStyleSheet(f"color: {theme.ALARM.name()}")
        self.problem.hide()
        self.name.setPlaceholderText(tr("Name"))
        self.name.setAccessibleName(tr("Name of the selection"))
        self.items.setAccessibleName(tr("Saved selections"))
        self.items.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.items.setToolTip(tr("Enter selects, Shift+Enter adds, F2 renames, Delete deletes"))
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.keep)
        foot.addWidget(self.choose_button)
        foot.addStretch(1)
        foot.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addLayout(top)
        column.addWidget(self.problem)
        column.addWidget(self.items)
        column.addLayout(foot)

    # Opening

    def open_at(self, place: QPoint, where: str = "", *, keeping: bool = True) -> None:
        """Show the list at a place of the screen; with a condition, that is what would be kept."""
        self.where = where.strip()
        self._head()
        self.name.clear()
        self.problem.hide()
        self.refresh()
        self.move(place)
        self.show()
        (self.name if keeping else self.items).setFocus(Qt.FocusReason.PopupFocusReason)

    def _head(self) -> None:
        number = len(self.session.selection.ids)
        if self.where:
            self.head.setText(tr("Keep the condition “{where}” as:", where=self.where))
        elif number:
            self.head.setText(tr("Keep the {number} selected sites as:", number=number))
        else:
            self.head.setText(tr("Saved selections"))
        for widget in (self.name, self.keep):
            widget.setVisible(bool(self.where or number))

    def refresh(self) -> None:
        """Show what the project keeps now."""
        self._later.stop()
        current = self.items.currentRow()
        with QSignalBlocker(self.items):
            self.items.clear()
            for one in self.saved():
                item = QListWidgetItem(one.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setData(Qt.ItemDataRole.UserRole, one)
                item.setToolTip(one.where or tr("{number} sites", number=len(one.sites or ())))
                self.items.addItem(item)
            self.items.setCurrentRow(min(max(current, 0), self.items.count() - 1))
        self._let_through()

    def saved(self) -> "list[SavedSelection]":
        """Return what the project keeps, by name."""
        from geo.query.saved import saved_in

        return [] if self.session.project is None else saved_in(self.session.project)

    @property
    def current(self) -> "SavedSelection | None":
        """Return the one that the list stands on."""
        item = self.items.currentItem()
        one: SavedSelection | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return one

    def _let_through(self) -> None:
        can_write = self.session.can_write
        there = bool(self.where or self.session.selection.ids)
        self.keep.setEnabled(can_write and there and bool(self.name.text().strip()))
        self.name.setEnabled(can_write and there)
        self.delete.setEnabled(can_write and self.current is not None)
        self.choose_button.setEnabled(self.current is not None)

    # Doing

    def keep_it(self) -> None:
        """Keep the condition or the selected sites under the name typed."""
        from geo.query.saved import keep

        project, name = self.session.open_project(), self.name.text()
        if self._do(lambda: self.session.apply(keep(project, name, self.session.selection.ids, self.where))):
            self.hide()
            self.session.tell(tr("The selection is kept as “{name}”.", name=name.strip()))

    def choose_current(self, gesture: Gesture) -> None:
        """Select what the current one holds."""
        if self.current is not None:
            self.hide()
            self.choose(self.current, gesture)

    def choose(self, one: "SavedSelection", gesture: Gesture = Gesture.REPLACE) -> None:
        """Select what a kept selection holds: its sites that are still there, or what now fulfils its condition."""
        if one.sites is not None:
            there = self.chooser.ids_of(self.chooser.mask_of(one.sites))
            self.session.selection.choose(there, gesture)
            return

        def choose(mask: "Mask") -> None:
            self.session.selection.choose(self.chooser.ids_of(mask), gesture)

        try:
            self.chooser.find(self.chooser.where(one.where), choose, self.session.tell_error)
        except XunluError as error:
            self.session.tell_error(error)

    def delete_current(self) -> None:
        """Delete the current one; undo brings it back."""
        from geo.query.saved import delete

        one = self.current
        if one is not None and self.session.can_write:
            self._do(lambda: self.session.apply(delete(self.session.open_project(), one)))

    def _edit_current(self) -> None:
        if self.session.can_write and self.items.currentItem() is not None:
            self.items.editItem(self.items.currentItem())

    def _rename(self, item: QListWidgetItem) -> None:
        from geo.query.saved import rename

        one: SavedSelection = item.data(Qt.ItemDataRole.UserRole)
        if item.text() != one.name:
            self._do(lambda: self.session.apply(rename(self.session.open_project(), one, item.text())))
            self._later.start()

    def _do(self, act: Callable[[], bool]) -> bool:
        """Do something that the user may have to mend, and say so here, where the message bar is not in sight."""
        self.problem.hide()
        try:
            return act()
        except XunluError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select or keep with Enter, as the keyboard stands on the list or the name."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.name.hasFocus():
            self.keep_it()
        else:
            self.choose_current(gesture_of(event.modifiers()))

    def fill(self, menu: QMenu) -> None:
        """List the kept selections in a menu, each to be selected."""
        for one in self.saved():
            action = menu.addAction(one.name.replace("&", "&&"))
            action.setStatusTip(one.where or tr("{number} sites", number=len(one.sites or ())))
            action.triggered.connect(lambda _on=False, one=one: self.choose(one))
