"""The foot of the queue of sites without a place: the current one, its guesses, and what can be done with them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from geo.language import tr
from gui import theme
from gui.fields import CalmCombo
from gui.queuemodel import Waiting, percent

if TYPE_CHECKING:
    from geo.places.finder import Found

SURE = 80
"""From so many per cent on a find is taken without being looked at, unless the user says otherwise."""


class PlacingForm(QWidget):
    """Show the current site with its guesses; `changed` tells that another guess or least confidence is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.address = QLabel(), QLabel()
        self.guesses = CalmCombo()
        self.accept = QPushButton(tr("Accept"))
        self.by_hand = QPushButton(tr("Place on the map"))
        self.least = QSpinBox()
        self.accept_all = QPushButton()
        self._set_up()
        one, every = QHBoxLayout(), QHBoxLayout()
        for button in (self.accept, self.by_hand):
            one.addWidget(button, 1)
        every.addWidget(self._label)
        every.addWidget(self.least)
        every.addWidget(self.accept_all, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 10, 10)
        column.setSpacing(6)
        for widget in (self.name, self.address, self.guesses):
            column.addWidget(widget)
        column.addLayout(one)
        column.addLayout(every)
        self.least.valueChanged.connect(lambda _value: self.changed.emit())
        self.guesses.currentIndexChanged.connect(lambda _at: self.changed.emit())

    def _set_up(self) -> None:
        self.address.setObjectName("quiet")
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        for label in (self.name, self.address):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.guesses.setAccessibleName(tr("Guesses, the best first"))
        self.guesses.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.guesses.setMinimumContentsLength(10)
        self.by_hand.setCheckable(True)
        self.by_hand.setIcon(theme.icon("place"))
        self.by_hand.setToolTip(tr("Click on the map for this site, then for the next; Escape ends it"))
        self.accept.setToolTip(tr("Put the site where the mark on the map is"))
        self.least.setRange(1, 100)
        self.least.setValue(SURE)
        self.least.setSuffix(" %")
        self._label = QLabel(tr("All that are this sure"))
        self._label.setBuddy(self.least)
        self.least.setAccessibleName(self._label.text())
        self.accept_all.setToolTip(tr("Put all of them on the map as one step that undo takes back"))

    def show_site(self, row: Waiting | None, found: "Found | None") -> None:
        """Show a site of the queue with what was found for it."""
        self.name.setText(row.name if row is not None else "")
        words = (row.address, row.subdistrict) if row is not None else ()
        self.address.setText(tr(", ").join(word for word in words if word) or tr("no address"))
        with QSignalBlocker(self.guesses):
            self.guesses.clear()
            for one in (found, *found.alternatives) if found is not None else ():
                self.guesses.addItem(f"{percent(one.confidence)} %  {one.text}", one)
                self.guesses.setItemData(self.guesses.count() - 1, one.text, Qt.ItemDataRole.ToolTipRole)
        self.guesses.setToolTip(self.guesses.currentText())

    @property
    def guess(self) -> "Found | None":
        """Return the guess that is chosen; None if there is none."""
        found: Found | None = self.guesses.currentData()
        return found

    @property
    def places(self) -> list[tuple[float, float]]:
        """Return the places of all guesses in degrees, the chosen one first."""
        found: list[Found] = [self.guesses.itemData(at) for at in range(self.guesses.count())]
        if found:
            found.insert(0, found.pop(max(self.guesses.currentIndex(), 0)))
        return [one.lonlat for one in found]
