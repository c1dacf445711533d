"""The list of cells that a pasted block was not taken for, above the table, without standing in the way."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from geo.language import tr
from gui import table
from gui.overlay import close_button
from gui.tableclipboard import Refused
from gui.tablemodel import SitesModel

AT_ONCE = 4
"""So many cells are in sight; the table below is to be seen too."""


class RefusedCells(QFrame):
    """List wrong cells with row, column and reason; `wanted` is the row and column of the one chosen."""

    wanted = Signal(int, int)
    left = Signal()

    def __init__(self, model: SitesModel) -> None:
        super().__init__()
        self.model = model
        self.heading = QLabel()
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setStyleSheet("color: #b3261e;")
        close = close_button(tr("Close this list"))
        close.clicked.connect(self._leave)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels([tr("Row"), tr("Column"), tr("Pasted"), tr("Why not")])
        self.list.setAccessibleName(tr("Cells that do not fit"))
        self.list.itemActivated.connect(self._go)
        self.list.itemClicked.connect(self._go)
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 4, 2)
        head.addWidget(self.heading, 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list)
        self.hide()

    def show_cells(self, refused: Sequence[Refused], count: int) -> None:
        """List cells; `count` is how many there are in all. None hides the list."""
        self.list.clear()
        self.setVisible(bool(refused))
        if not refused:
            return
        text = tr("Nothing was pasted: {count} cells do not fit.", count=f"{count:,}")
        if count > len(refused):
            text += " " + tr("The first {some} are listed.", some=len(refused))
        self.heading.setText(text)
        for each in refused:
            title = table.title(self.model.columns[each.column])
            item = QTreeWidgetItem([str(each.row + 1), title, each.text, each.why])
            item.setData(0, Qt.ItemDataRole.UserRole, (each.row, each.column))
            item.setToolTip(3, each.why)
            self.list.addTopLevelItem(item)
        for place in range(3):
            self.list.resizeColumnToContents(place)
        line = self.list.sizeHintForRow(0)
        self.list.setFixedHeight(self.list.header().sizeHint().height() + line * min(len(refused), AT_ONCE) + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _go(self, item: QTreeWidgetItem) -> None:
        row, column = item.data(0, Qt.ItemDataRole.UserRole)
        self.wanted.emit(row, column)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
