"""The selection that the table shares with the map: cells selected here select their sites, and back."""

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Qt
from PySide6.QtWidgets import QApplication

from gui.selection import Gesture
from gui.session import Session
from gui.slices import Slices
from gui.tablemodel import SitesModel
from gui.tableorder import SMALL
from gui.tableview import SitesView

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from geo.tablework.sheet import Mask, Sheet

MOST_RUNS = 2000
"""Qt compares the runs of selected rows pair by pair; where there are more, the rows are only tinted."""

Flag = QItemSelectionModel.SelectionFlag


class SharedSelection(QObject):
    """Keep the selected cells of a view and the selected sites of the session together."""

    def __init__(self, session: Session, model: SitesModel, view: SitesView) -> None:
        super().__init__(view)
        self.session, self.model, self.view = session, model, view
        self._slices = Slices(self)
        self._showing = False
        self._is_listed = True
        self._current = ""
        view.selectionModel().selectionChanged.connect(self._on_cells)
        view.selectionModel().currentRowChanged.connect(self._on_current)
        view.toggled.connect(self._toggle)
        session.selection.changed.connect(self.show)
        model.modelReset.connect(self.show)
        session.released.connect(self._slices.stop)

    def places(self) -> "NDArray[np.intp]":
        """Return the shown rows in which cells are selected, or whose sites are where these are too many runs."""
        import numpy as np

        if not self._is_listed and self.model.chosen is not None and self.model.rows is not None:
            return np.flatnonzero(self.model.chosen[self.model.rows])
        return np.flatnonzero(self._touched())

    def _touched(self) -> "Mask":
        import numpy as np

        touched = np.zeros(self.model.rowCount(), dtype=bool)
        for each in self.view.selectionModel().selection().toList():
            touched[each.top() : each.bottom() + 1] = True
        return touched

    # From the table

    def _on_cells(self) -> None:
        import numpy as np

        sheet, rows = self.model.sheet, self.model.rows
        if self._showing or sheet is None or rows is None:
            return
        touched = self._touched()
        current = self.view.currentIndex()
        site = self.model.site(current.row()) if current.isValid() else ""
        # Where the rows are too many runs for Qt it does not know what Ctrl adds to.
        adds = not self._is_listed and QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        ids = sheet.set_of(rows[np.flatnonzero(touched)])
        self.session.selection.choose(ids, Gesture.TOGGLE if adds else Gesture.REPLACE, site)

    def _on_current(self) -> None:
        index = self.view.currentIndex()
        if self._showing or not index.isValid() or self.model.chosen is None:
            return
        if self.model.is_chosen(index.row()):
            selection = self.session.selection
            selection.choose(selection.ids, Gesture.REPLACE, self.model.site(index.row()))

    def _toggle(self, place: int) -> None:
        site = self.model.site(place)
        self.session.selection.choose({site}, Gesture.TOGGLE, site)

    # To the table

    def show(self) -> None:
        """Show which sites are selected."""
        self._slices.stop()
        sheet, ids = self.model.sheet, self.session.selection.ids
        if sheet is None or self.model.rows is None:
            return
        work = self._find(sheet, ids)
        if sheet.count <= SMALL or len(ids) < SMALL:
            for _ in work:
                pass
        else:
            self._slices.start(work, _nothing)

    def _find(self, sheet: "Sheet", ids: AbstractSet[str]) -> "Iterator[None]":
        for mask in sheet.having(ids):
            if mask is not None:
                self._show(mask)
            yield

    def _show(self, mask: "Mask") -> None:
        import numpy as np

        model, rows = self.model, self.model.rows
        if rows is None or len(mask) != (0 if model.sheet is None else model.sheet.count):
            return
        model.chosen = mask
        count = np.count_nonzero(mask)
        # All and none are told without a look at each row.
        wanted = mask[rows] if 0 < count < len(mask) else np.full(len(rows), count > 0)
        if not np.array_equal(wanted, self._touched()):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8)))
            runs = edges.reshape(-1, 2)
            self._is_listed = len(runs) <= MOST_RUNS
            self._select(runs.tolist() if self._is_listed else [])
        self._follow_current()
        self.view.viewport().update()

    def _select(self, runs: list[list[int]]) -> None:
        chosen, last = QItemSelection(), self.model.columnCount() - 1
        for start, end in runs:
            chosen.select(self.model.index(start, 0), self.model.index(end - 1, last))
        self._showing = True
        try:
            self.view.selectionModel().select(chosen, Flag.ClearAndSelect)
        finally:
            self._showing = False

    def _follow_current(self) -> None:
        current = self.session.selection.current
        place = self.model.place(current) if current else -1
        if place < 0 or self.view.currentIndex().row() == place:
            return
        column = max(self.view.currentIndex().column(), 0)
        if self.view.isColumnHidden(column):
            column = next(iter(self.view.visible_columns()), 0)
        index = self.model.index(place, column)
        self._showing = True
        try:
            self.view.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        finally:
            self._showing = False
        self.view.scrollTo(index)


def _nothing() -> None:
    """Do nothing at the end."""
