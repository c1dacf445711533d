"""A short list to read, as high as its lines: inspections, findings, totals."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

MOST_LINES = 8


class FactList(QTreeWidget):
    """Show rows of text.

    Parameters
    ----------
    headings
        The columns.
    name
        What a screen reader calls the list.
    nothing
        The line that stands in an empty list.
    """

    def __init__(self, headings: Sequence[str], name: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nothing = nothing
        self.setAccessibleName(name)
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(len(headings) - 1, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(True)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show rows in place of the present ones."""
        self.clear()
        self.setHeaderHidden(not rows)
        for row in rows:
            self.addTopLevelItem(QTreeWidgetItem(list(row)))
        if not rows:
            item = QTreeWidgetItem([self._nothing])
            item.setForeground(0, self.palette().placeholderText())
            self.addTopLevelItem(item)
            item.setFirstColumnSpanned(True)
        self._fit(min(self.topLevelItemCount(), MOST_LINES))

    def _fit(self, lines: int) -> None:
        row = self.fontMetrics().height() + 5
        header = 0 if self.isHeaderHidden() else self.header().sizeHint().height()
        self.setFixedHeight(header + lines * row + 6)

    def sizeHint(self) -> QSize:
        """Return a size that leaves the width to the panel."""
        return QSize(180, self.height())
