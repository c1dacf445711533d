"""The bar above the map that says what happened and what to do, without standing in the way."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QStyle, QWidget

from geo.errors import XunluError
from geo.language import tr
from gui.overlay import close_button

INFO_MS = 8000


class Level(Enum):
    """How much a message asks for."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Message:
    """What the bar shows: a sentence and, where there is one, what to do about it."""

    level: Level
    text: str
    hint: str = ""


def of_error(error: XunluError) -> Message:
    """Return the message for something that the user can mend."""
    return Message(Level.ERROR, error.message, error.hint)


class MessageBar(QFrame):
    """Show one message at a time; information goes by itself, the rest stays until closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName(tr("Message"))
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = close_button(tr("Close this message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.setSpacing(8)
        for widget in (self._icon, self._text, close):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.setStretch(1, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """Return what the bar says, empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_message(self, message: Message) -> None:
        """Show a message in place of the present one, and read it out to a screen reader."""
        symbol = {
            Level.INFO: QStyle.StandardPixmap.SP_MessageBoxInformation,
            Level.WARNING: QStyle.StandardPixmap.SP_MessageBoxWarning,
            Level.ERROR: QStyle.StandardPixmap.SP_MessageBoxCritical,
        }[message.level]
        self._icon.setPixmap(self.style().standardIcon(symbol).pixmap(18, 18))
        self._text.setText(f"{message.text} {message.hint}".strip())
        self.setProperty("level", message.level.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._text.text()))
        self._timer.stop()
        if message.level is Level.INFO:
            self._timer.start(INFO_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the message with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
