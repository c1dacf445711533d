"""The menu that shows the map as it looks in grey and to people with a colour-vision deficiency."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QPainter
from PySide6.QtWidgets import QGraphicsEffect, QMenu, QWidget

from geo.language import tr
from layers import vision
from layers.vision import Look


class VisionEffect(QGraphicsEffect):
    """Show what a widget paints, whatever it is, as it looks to others."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    def draw(self, painter: QPainter) -> None:
        """Paint the changed picture of the widget."""
        # Qt fills the place of the picture in through the point given.
        offset = QPoint()
        picture = self.sourcePixmap(Qt.CoordinateSystem.DeviceCoordinates, offset)
        if picture.isNull():
            return
        kept = painter.worldTransform()
        painter.resetTransform()
        painter.drawImage(offset, vision.preview(picture.toImage(), self.look))
        painter.setWorldTransform(kept)


class VisionMenu:
    """Let the user choose how the map is shown; it is a preview, so nothing is kept.

    Parameters
    ----------
    menu
        Which is filled.
    shown
        The widgets that are shown so.
    """

    def __init__(self, menu: QMenu, shown: Sequence[QWidget]) -> None:
        self.look: Look | None = None
        self.actions: dict[Look | None, QAction] = {}
        self._shown = shown
        group = QActionGroup(menu)
        for look, (text, tip) in _choices().items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(look is None)
            action.setStatusTip(tip)
            action.setToolTip(tip)
            action.triggered.connect(lambda _on=False, look=look: self.show(look))
            group.addAction(action)
            self.actions[look] = action
            if look in (None, "grey"):
                menu.addSeparator()

    def show(self, look: Look | None) -> None:
        """Show the map as it looks; None shows it as it is."""
        self.look = look
        self.actions[look].setChecked(True)
        for widget in self._shown:
            # The type of the argument does not tell that None takes the effect away.
            widget.setGraphicsEffect(None if look is None else VisionEffect(look, widget))  # type: ignore[arg-type]


def _choices() -> Mapping[Look | None, tuple[str, str]]:
    return {
        None: (tr("&As it is"), tr("Show the colours of the map")),
        "grey": (tr("In &grey"), tr("Show the map as a black-and-white copier prints it")),
        "protanopia": (tr("&Protanopia"), tr("Show the map as people see it who lack the cones for red")),
        "deuteranopia": (tr("&Deuteranopia"), tr("Show the map as people see it who lack the cones for green")),
        "tritanopia": (tr("&Tritanopia"), tr("Show the map as people see it who lack the cones for blue")),
    }
