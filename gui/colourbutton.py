"""A button that shows a colour and lets the user choose another, seen on the map while choosing."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QToolButton, QWidget

SWATCH = QSize(34, 16)
RAMP = QSize(90, 14)


class ColourButton(QToolButton):
    """Show a colour; a click opens the colour chooser, which stays open beside the map.

    `tried` tells of every colour looked at, None when none was chosen in the end; `chosen` of the one that was.
    """

    tried = Signal(object)
    chosen = Signal(QColor)

    def __init__(self, colour: QColor, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setIconSize(SWATCH)
        self.setAutoRaise(True)
        self.clicked.connect(self._ask)
        self.show_colour(colour)

    @property
    def colour(self) -> QColor:
        """Return the colour shown."""
        return self._colour

    def show_colour(self, colour: QColor) -> None:
        """Show another colour."""
        self._colour = QColor(colour)
        self.setIcon(swatch(colour))
        self.setToolTip(f"{self._name}: {colour.name().upper()}")
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(colour.name().upper())

    def _ask(self) -> None:
        dialog = QColorDialog(self._colour, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._name)
        dialog.setModal(False)
        dialog.currentColorChanged.connect(self.tried)
        dialog.rejected.connect(lambda: self.tried.emit(None))
        dialog.colorSelected.connect(self._take)
        self.dialog = dialog
        dialog.open()

    def _take(self, colour: QColor) -> None:
        self.show_colour(colour)
        self.chosen.emit(colour)


def swatch(colour: QColor, size: QSize = SWATCH) -> QIcon:
    """Return a rectangle of a colour as an icon."""
    picture = QPixmap(size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(QColor(0, 0, 0, 70))
    painter.setBrush(colour)
    painter.drawRect(0, 0, size.width() - 1, size.height() - 1)
    painter.end()
    return QIcon(picture)


def ramp(colours: list[QColor]) -> QIcon:
    """Return colours side by side as an icon."""
    size = RAMP
    picture = QPixmap(size)
    painter = QPainter(picture)
    step = size.width() / max(len(colours), 1)
    for at, colour in enumerate(colours):
        painter.fillRect(round(at * step), 0, round(step + 1), size.height(), colour)
    painter.end()
    return QIcon(picture)
