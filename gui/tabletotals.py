"""The line under the table: how many sites are shown and selected, what a column comes to, and how they stand."""

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QWidget

from geo.language import tr
from gui import table
from gui.session import Session
from gui.slices import Slices
from gui.tablemodel import SitesModel
from gui.tableselection import SharedSelection
from gui.tableview import SitesView

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from geo.tablework.sheet import Rows, Sheet
    from geo.tablework.totals import Total

LEAST_PX = 240
AT_ONCE = 100_000
"""Rows counted in one go."""

STAY = "service_min"
"""The column summed up while the cursor is in none of numbers."""


class TotalsLine(QWidget):
    """Say what the rows come to: those selected where there are several, else those shown."""

    def __init__(self, session: Session, model: SitesModel, view: SitesView, shared: SharedSelection) -> None:
        super().__init__()
        self.session, self.model, self.view, self.shared = session, model, view, shared
        self.count, self.sums, self.states = QLabel(), QLabel(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(18)
        for label in (self.count, self.sums, self.states):
            label.setObjectName("quiet")
            row.addWidget(label)
        # What does not fit is left out on the right, and the window may be as narrow as it likes.
        row.addStretch(1)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumWidth(LEAST_PX)
        self.setAccessibleName(tr("Totals"))
        self._slices = Slices(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._begin)
        for signal in (model.arrangement.arranged, model.followed, model.loaded, session.selection.changed):
            signal.connect(self.refresh)
        view.selectionModel().currentColumnChanged.connect(self.refresh)
        session.released.connect(self._slices.stop)

    def refresh(self) -> None:
        """Count at once, and add up as soon as nothing else is to be done."""
        shown, chosen = self.model.rowCount(), len(self.session.selection.ids)
        count = 0 if self.model.sheet is None else self.model.sheet.count
        text = tr("{shown} sites shown", shown=f"{shown:,}")
        if shown != count:
            text = tr("{shown} of {count} sites", shown=f"{shown:,}", count=f"{count:,}")
        if chosen:
            text += " · " + tr("{count} selected", count=f"{chosen:,}")
        self.count.setText(text)
        self._slices.stop()
        self._soon.start()

    def _begin(self) -> None:
        sheet = self.model.sheet
        if sheet is None or self.model.rows is None:
            self.sums.clear()
            self.states.clear()
            return
        self._slices.start(self._work(sheet), _nothing)

    def _work(self, sheet: "Sheet") -> "Iterator[None]":
        from geo.tablework.totals import written

        rows = self.model.rows
        if rows is None or sheet is not self.model.sheet:
            return
        places = self.shared.places()
        if len(places) > 1:
            rows = rows[places]
        yield
        column = self._column()
        found = yield from _total(sheet, column.name, rows)
        name = table.title(column)
        if found is None:
            self.sums.setText("")
        else:
            self.sums.setText(
                tr(
                    "{column}: sum {sum}, mean {mean}, least {least}, greatest {greatest}",
                    column=name,
                    sum=written(found.sum),
                    mean=written(round(found.mean, 1)),
                    least=written(found.least),
                    greatest=written(found.greatest),
                )
            )
        self.sums.setToolTip(tr("Over the selected rows if there are several, else over all rows shown"))
        yield
        yield from self._count_states(rows)

    def _column(self) -> table.Heading:
        place = self.view.currentIndex().column()
        column = self.model.columns[place] if place >= 0 else None
        if column is None or not table.is_number(column):
            column = self.model.columns[self.model.place_of_column[STAY]]
        return column

    def _count_states(self, rows: "Rows") -> "Iterator[None]":
        found: Counter[str] = Counter()
        for start in range(0, len(rows), AT_ONCE):
            found.update(self.session.counts_at(rows[start : start + AT_ONCE]))
            yield
        parts = [f"{table.status_title(status)} {found[status]:,}" for status in table.URGENCY if found[status]]
        self.states.setText(" · ".join(parts))
        self.states.setToolTip("\n".join(parts))


def _total(sheet: "Sheet", name: str, rows: "Rows") -> "Generator[None, None, Total | None]":
    """Find out in steps what a column of numbers comes to over some rows."""
    from geo.tablework.columns import numbers_of
    from geo.tablework.totals import both, total

    values, found = sheet.cells(name), None
    for start in range(0, len(rows), AT_ONCE):
        found = both(found, total(numbers_of(values[rows[start : start + AT_ONCE]])))
        yield
    return found


def _nothing() -> None:
    """Do nothing at the end."""
