"""The list of datums of a narrow bar: by full names in the list, the chosen one as briefly as it can be said."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from gui import datums
from gui.fields import CalmCombo


class DatumBox(CalmCombo):
    """Choose a datum; the data of each entry is its name in the code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        # As EPSG:32650.
        self.setMinimumContentsLength(10)

    def fill(self, names: tuple[str, ...], chosen: str) -> None:
        """List these datums, the chosen one or else the first in front, without telling of a change."""
        self.blockSignals(True)
        self.clear()
        for name in names:
            self.addItem(datums.title(name), name)
        self.setCurrentIndex(max(self.findData(chosen), 0))
        self.blockSignals(False)

    @property
    def chosen(self) -> str:
        """Return the datum chosen, WGS-84 while nothing is listed."""
        return self.currentData() or "wgs84"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box with the short name, which a narrow window does not cut."""
        painter, look = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(look)
        look.currentText = datums.short(self.chosen)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, look)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, look)

    def showPopup(self) -> None:
        """Make the list as wide as its longest name."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()
