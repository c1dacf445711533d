"""A line over the map that asks for what cannot be shown with the mouse, counts while it is typed, and then selects."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui import theme
from gui.chooser import Chooser
from gui.overlay import close_button
from gui.selection import Gesture
from gui.tools import gesture_of

if TYPE_CHECKING:
    from gui.chooser import Mask

TYPING_MS = 180
"""How long to wait for the next key before the sites are asked."""


class SelectBar(QFrame):
    """Hold an editor between a title and what was found; Enter selects, Shift+Enter adds, Escape closes.

    `closed` tells that the keyboard belongs to the map again.

    Parameters
    ----------
    chooser
        Finds the sites.
    editor
        What is typed into.
    """

    closed = Signal()

    def __init__(self, chooser: Chooser, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selectBar")
        self.chooser = chooser
        self.editor = editor
        self.title, self.found = QLabel(), QLabel()
        self.select, self.add = QPushButton(tr("Select")), QPushButton(tr("Add"))
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self.ask)
        self._lay_out()
        self.hide()
        chooser.session.released.connect(self.hide)

    def _lay_out(self) -> None:
        for label in (self.title, self.found):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setBuddy(self.editor)
        self.found.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.select.setToolTip(tr("Select what was found (Enter)"))
        self.add.setToolTip(tr("Add what was found to the selection (Shift+Enter)"))
        self.select.clicked.connect(lambda: self.commit(Gesture.REPLACE))
        self.add.clicked.connect(lambda: self.commit(Gesture.ADD))
        close = close_button(tr("Close (Esc)"), tr("Close"))
        close.clicked.connect(self.leave)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(10, 4, 6, 4)
        self.row.setSpacing(8)
        self.row.addWidget(self.title)
        # The right half keeps its width whatever it says, so that the editor does not move under the typing.
        half = QWidget()
        half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        right = QHBoxLayout(half)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.found, 1)
        for widget in (self.select, self.add):
            right.addWidget(widget)
        self.row.addWidget(self.editor, 1)
        self.row.addWidget(half, 1)
        self.row.addWidget(close)

    def open(self) -> None:
        """Show the line and give it the keyboard."""
        self.show()
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.ask_soon()

    def leave(self) -> None:
        """Hide the line and give the keyboard back."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select with Enter, by what Shift and Ctrl make of it; close with Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit(gesture_of(event.modifiers()))
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # Asking

    def work(self) -> "Callable[[], Mask]":
        """Return what finds the sites, for a thread perhaps; XunluError where what is typed makes no sense."""
        raise NotImplementedError

    def ask_soon(self) -> None:
        """Count what is found once nothing more is typed."""
        self._asked += 1
        self._timer.start()

    def ask(self, then: "Callable[[Mask], None] | None" = None) -> None:
        """Count what is found now, and hand it over."""
        self._timer.stop()
        self._asked += 1
        asked = self._asked

        def done(mask: "Mask") -> None:
            if asked == self._asked and self.chooser.session.project is not None:
                self.show_number(int(mask.sum()))
                if then is not None:
                    then(mask)

        try:
            self.chooser.find(self.work(), done, self.show_problem)
        except XunluError as error:
            self.show_problem(error)

    def show_number(self, number: int) -> None:
        """Say how many sites are found."""
        self.found.setStyleSheet("")
        self._say(tr("{number} sites", number=number))
        self._let_through(number > 0)

    def show_problem(self, error: XunluError) -> None:
        """Say what is wrong with what is typed."""
        self.found.setStyleSheet(f"color: {theme.ALARM.name()}")
        self._say(str(error))
        self._let_through(False, problem=True)

    def _say(self, text: str) -> None:
        self.found.setText(text)
        self.found.setToolTip(text)

    def _let_through(self, there: bool, *, problem: bool = False) -> None:
        for button in (self.select, self.add):
            button.setEnabled(there)
            button.setVisible(not problem)

    def commit(self, gesture: Gesture) -> None:
        """Select what is found, as it stands now."""

        def choose(mask: "Mask") -> None:
            self.chooser.session.selection.choose(self.chooser.ids_of(mask), gesture)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.found.text()))

        self.ask(choose)


class DistanceBar(SelectBar):
    """Ask for a distance from the selected sites, or from the routes shown.

    Parameters
    ----------
    chooser
        Finds the sites.
    """

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        self.metres = QDoubleSpinBox()
        self.metres.setDecimals(0)
        self.metres.setRange(1, 100_000)
        self.metres.setSingleStep(50)
        self.metres.setValue(500)
        self.metres.setSuffix(tr(" m"))
        self.metres.setAccessibleName(tr("Distance"))
        self.metres.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        super().__init__(chooser, self.metres, parent)
        self._of_routes = False
        self.metres.valueChanged.connect(lambda _value: self.ask_soon())
        self.metres.lineEdit().installEventFilter(self)
        chooser.session.selection.changed.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter select at once: the spin box would only take the number over."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            self.metres.interpretText()
            self.commit(gesture_of(event.modifiers()))
            return True
        return super().eventFilter(watched, event)

    def open_for(self, *, routes: bool) -> None:
        """Ask how far from the routes shown, or else from the selected sites."""
        self._of_routes = routes
        self.title.setText(tr("Near the routes shown:") if routes else tr("Near the selected sites:"))
        self.open()
        self.metres.selectAll()

    def _follow(self) -> None:
        if not self.isHidden() and not self._of_routes:
            self.ask_soon()

    def work(self) -> "Callable[[], Mask]":
        """Return what finds the sites within the distance."""
        from geo.query import spatial

        xy, metres = self.chooser.xy(), self.metres.value()
        if self._of_routes:
            from gui.selecttools import lines_of

            lines = lines_of(self.chooser.routes())
            if not lines:
                raise XunluError(tr("The map shows no routes."), tr("Choose a plan first."))
            return lambda: spatial.inside(xy, spatial.corridor(lines, metres))
        chosen = self.chooser.mask_of(self.chooser.session.selection.ids)
        return lambda: spatial.within_distance(xy, chosen, metres)
