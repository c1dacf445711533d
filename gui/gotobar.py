"""The bar above the map that goes to a coordinate, in any usual notation and datum, and says what it understood."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geo import coordinates
from geo.coordinates import Reading
from geo.errors import XunluError
from geo.language import tr
from gui import datums
from gui.datumbox import DatumBox
from gui.overlay import close_button

if TYPE_CHECKING:
    from gui.session import Session

WAIT_MS = 120
"""How long to wait for the next character before the text is read."""


class GotoBar(QFrame):
    """Read what is typed as a place, show it in WGS-84, and tell the map.

    `marked` tells the places in degrees that the text may mean, the likeliest first, and whether to go there;
    `new_wanted` that a site is wanted there; `left` that the bar has been closed.

    Parameters
    ----------
    session
        The open project; of two readings the one nearer to its district is the likelier.
    near
        Returns the middle of the map in degrees.
    """

    marked = Signal(object, bool)
    new_wanted = Signal(float, float)
    left = Signal()

    def __init__(
        self, session: "Session", near: Callable[[], tuple[float, float]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gotoBar")
        self.setAccessibleName(tr("Go to a coordinate"))
        self._session = session
        self._near = near
        self._readings: list[Reading] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("23.1291, 113.2644 · 23°07′45″N 113°15′52″E · EPSG:4547 424614 2559014"))
        self.line.setAccessibleName(tr("Coordinate"))
        self.line.setClearButtonEnabled(True)
        self.datum = DatumBox()
        self.datum.setAccessibleName(tr("Datum of what is typed"))
        self.datum.setToolTip(tr("What the typed coordinate is given in"))
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.other = QToolButton()
        self.other.setAutoRaise(True)
        self.other.setToolTip(tr("Read the numbers in the other order"))
        self.go = QPushButton(tr("Go there"))
        self.go.setToolTip(tr("Show the place in the middle of the map (Enter)"))
        self.new = QPushButton(tr("New site here"))
        self.new.setToolTip(tr("Make a site at this coordinate"))
        self.close_button = close_button(tr("Close (Esc)"), tr("Close"))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._lay_out()
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        head = QLabel(tr("Go to"))
        head.setBuddy(self.line)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(head)
        first.addWidget(self.line, 1)
        first.addWidget(self.datum)
        first.addWidget(self.close_button)
        second.addWidget(self.said, 1)
        for widget in (self.other, self.go, self.new):
            second.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 6, 5)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)
        self.setFocusProxy(self.line)

    def _connect(self) -> None:
        self._later.timeout.connect(self._read)
        self.line.textChanged.connect(lambda _text: self._later.start())
        self.line.returnPressed.connect(self.go_there)
        self.datum.currentIndexChanged.connect(lambda _index: self._read())
        self.other.clicked.connect(self._swap)
        self.go.clicked.connect(self.go_there)
        self.new.clicked.connect(self._make)
        self.close_button.clicked.connect(self.leave)
        self._session.released.connect(self.hide)

    def begin(self) -> None:
        """Show the bar and give it the keyboard."""
        self._list_datums()
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        self._read()

    def _list_datums(self) -> None:
        self.datum.fill((*datums.NAMED, *datums.fitting(*self._near())), self.datum.chosen)

    # Reading

    @property
    def reading(self) -> Reading | None:
        """Return how the text is understood; None if it is not."""
        return self._readings[0] if self._readings else None

    def _read(self) -> None:
        self._later.stop()
        text, error = self.line.text(), None
        try:
            readings = coordinates.read(text, self.datum.chosen, self._near())
        except XunluError as wrong:
            readings, error = [], wrong
        self._show(readings, error if text.strip() else None)

    def _show(self, readings: list[Reading], error: XunluError | None = None) -> None:
        self._readings = readings
        self.said.setText(f"= {_words(readings[0])}" if readings else error.message if error is not None else "")
        self.said.setToolTip(str(error) if error is not None else "")
        self.said.setObjectName("" if readings else "quiet")
        self.other.setVisible(len(readings) > 1)
        if len(readings) > 1:
            self.other.setText(tr("or {place}", place=_words(readings[1])))
        for button in (self.go, self.new):
            button.setEnabled(bool(readings))
        self.new.setEnabled(bool(readings) and self._session.can_write)
        if self.isVisible():
            self.marked.emit([one.lonlat for one in readings], False)

    def _swap(self) -> None:
        self._show(self._readings[::-1])
        self.go_there()

    # Going

    def go_there(self) -> None:
        """Show the place in the middle of the map, with a pin; say what is wrong where there is none."""
        self._read_if_late()
        if self.reading is None:
            self._complain()
            return
        self.marked.emit([self.reading.lonlat], True)

    def _read_if_late(self) -> None:
        if self._later.isActive():
            self._read()

    def _complain(self) -> None:
        try:
            coordinates.read(self.line.text(), self.datum.chosen)
        except XunluError as error:
            self._session.tell_error(error)

    def _make(self) -> None:
        self._read_if_late()
        if self.reading is not None:
            self.new_wanted.emit(*self.reading.lonlat)

    def leave(self) -> None:
        """Close the bar and give the keyboard back to the map."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the bar with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the pin off the map."""
        super().hideEvent(event)
        if self._readings:
            self.marked.emit([], False)


def _words(reading: Reading) -> str:
    return coordinates.written(reading.lonlat)
