"""What lies over the map: messages and lines to type into, which open without moving the ground under the mouse."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from gui import theme


class Overlay(QWidget):
    """Show a map, and over its upper edge the bars that are open, one below the other.

    Parameters
    ----------
    ground
        The map; it fills the room and keeps its size whatever opens.
    bars
        What may lie over it, from the top down.
    """

    def __init__(self, ground: QWidget, *bars: QWidget) -> None:
        super().__init__()
        over = QWidget()
        column = QVBoxLayout(over)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in bars:
            column.addWidget(bar)
        cell = QGridLayout(self)
        cell.setContentsMargins(0, 0, 0, 0)
        cell.addWidget(ground, 0, 0)
        cell.addWidget(over, 0, 0, Qt.AlignmentFlag.AlignTop)


def close_button(text: str, name: str = "") -> QToolButton:
    """Return the cross that closes a bar; `name` is what a screen reader says of it, the tip where it is left out."""
    button = QToolButton()
    button.setIcon(theme.icon("close"))
    button.setAutoRaise(True)
    button.setToolTip(text)
    button.setAccessibleName(name or text)
    return button
