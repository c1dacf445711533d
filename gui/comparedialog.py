"""Two plans side by side: figures in a table, the stops that differ on the map, the second plan pale below."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.progress import Report
from geo.projection import Points, to_mercator
from gui import planrows, theme
from gui.canvas import Canvas
from gui.fields import CalmCombo
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.plans.compare import Comparison

    Compared = tuple[Comparison, list[Points]]

RING_PX = 12.0


class CompareDialog(QDialog):
    """Compare two plans; the window stays usable beside it, and the map shows what differs while it is open.

    Parameters
    ----------
    session
        Whose plans they are.
    canvas
        The map.
    plan
        Id of the plan that is shown.
    """

    shown = Signal()

    def __init__(self, session: Session, canvas: Canvas, plan: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self._canvas = session, canvas
        self.compared: Comparison | None = None
        self._lines: list[Points] = []
        self._places: Points = np.empty((0, 2))
        self._asked = 0
        self.setWindowTitle(tr("Compare two plans"))
        self.one, self.other = CalmCombo(), CalmCombo()
        self.table = QTableWidget(0, 4)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.mark = QCheckBox(tr("&Mark the stops that differ on the map"))
        self.draw = QCheckBox(tr("Show the routes of the &second plan pale on the map"))
        self.choose = QPushButton(tr("Se&lect these sites"))
        self._lay_out()
        self._list(plan)
        for combo in (self.one, self.other):
            combo.activated.connect(lambda _row: self.refresh())
        for box in (self.mark, self.draw):
            box.setChecked(True)
            box.toggled.connect(lambda _on: self._canvas.update())
        self.choose.clicked.connect(self._choose)
        session.released.connect(self.reject)
        canvas.over.append(self._paint)
        self.finished.connect(self._leave)
        self.refresh()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&First plan"), self.one)
        form.addRow(tr("Second &plan"), self.other)
        table = self.table
        table.setAccessibleName(tr("Figures of both plans"))
        table.setHorizontalHeaderLabels(["", tr("First"), tr("Second"), tr("Difference")])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        close = QPushButton(tr("&Close"))
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(table, 1)
        for widget in (self.note, self.mark, self.draw):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.resize(460, 560)

    def _list(self, plan: str) -> None:
        project = self.session.project
        listed = planrows.plans(project) if project is not None else []
        for combo in (self.one, self.other):
            for one, title in listed:
                combo.addItem(title, one)
        here = max(self.one.findData(plan), 0)
        self.one.setCurrentIndex(here)
        # The version before it is what one wants to see.
        self.other.setCurrentIndex(min(here + 1, len(listed) - 1) if here + 1 < len(listed) else max(here - 1, 0))

    def refresh(self) -> None:
        """Compare the plans chosen."""
        project = self.session.project
        one, other = str(self.one.currentData() or ""), str(self.other.currentData() or "")
        if project is None or not one or not other:
            return
        tables = project.snapshot()
        self._asked += 1
        asked = self._asked

        def work(_report: Report) -> "Compared":
            import shapely

            from geo.planning.plans.compare import compare

            routes = tables.frame("routes")
            shapes = routes.loc[routes["plan"] == other, "geometry"]
            lines = [to_mercator(shapely.get_coordinates(line)) for line in shapes if line is not None]
            return compare(tables, one, other), lines

        def take(compared: "Compared") -> None:
            if asked == self._asked:
                self._show(*compared)

        self.session.start(work, take)

    def _show(self, compared: "Comparison", lines: "list[Points]") -> None:
        self.compared, self._lines = compared, lines
        rows = compared.figures()
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        for column in (1, 2, 3):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.note.setText("\n".join(compared.changes()))
        stack = self.session.stack
        places = [stack.site_xy(site) for site in compared.moved] if stack is not None else []
        self._places = np.array([place for place in places if np.isfinite(place[0])]).reshape(-1, 2)
        self.choose.setEnabled(bool(compared.moved))
        self._canvas.update()
        self.shown.emit()

    def _choose(self) -> None:
        if self.compared is not None:
            self.session.selection.choose(set(self.compared.moved))

    def _paint(self, painter: QPainter) -> None:
        """Draw the second plan dashed and pale, and a ring with a bar around every stop that differs."""
        painter.save()
        view = self._canvas.view
        pale = QColor(theme.INK)
        pale.setAlpha(120)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.draw.isChecked():
            painter.setPen(QPen(pale, 1.4, Qt.PenStyle.DashLine))
            for line in self._lines:
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in view.world_to_screen(line).tolist()]))
        if self.mark.isChecked() and len(self._places):
            for colour, width in ((theme.PAPER, 4.4), (theme.ALARM, 1.8)):
                painter.setPen(QPen(colour, width))
                for x, y in view.world_to_screen(self._places).tolist():
                    painter.drawEllipse(QPointF(x, y), RING_PX, RING_PX)
                    painter.drawLine(QPointF(x + 8, y - 8), QPointF(x + 13, y - 13))
        painter.restore()

    def _leave(self) -> None:
        if self._paint in self._canvas.over:
            self._canvas.over.remove(self._paint)
        self._canvas.update()
        self.deleteLater()
