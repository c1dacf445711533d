"""Small tables in dialogs that are filled with rows of words and numbers."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableWidget, QTableWidgetItem


def heading(text: str) -> QLabel:
    """Return the title of a part of a dialog."""
    label = QLabel(text)
    label.setObjectName("section")
    return label


def plain_table(name: str) -> QTableWidget:
    """Return a dense table for few rows; `name` is what a screen reader says."""
    table = QTableWidget()
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 5)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setStretchLastSection(True)
    return table


def fill(table: QTableWidget, heads: list[str], rows: list[list[Any]], editable: int = -1) -> None:
    """Show rows; numbers stand at the right, and only one column can be typed in."""
    table.setColumnCount(len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.setRowCount(len(rows))
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            item = QTableWidgetItem(str(value))
            if isinstance(value, int):
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column != editable:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            table.setItem(place, column, item)
    table.resizeColumnsToContents()
