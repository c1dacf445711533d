"""Cells to and from the clipboard as spreadsheets know them, and one value into many cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from geo.errors import XunluError
from geo.language import tr
from geo.model import Column
from gui import table
from gui.session import LARGE, Session
from gui.slices import Slices
from gui.tablemodel import SitesModel
from gui.tableselection import SharedSelection
from gui.tableview import SitesView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.store.edits import Edit
    from geo.tablework.blocks import Block
    from geo.tablework.sheet import Sheet

AT_ONCE = 256
"""Rows handled between two looks at the clock."""

MOST_REFUSED = 200
"""So many wrong cells are listed."""

Cells = dict[int, dict[str, Any]]
"""New values by position of the row and name of the column."""


@dataclass(frozen=True)
class Refused:
    """A cell that could not be taken: the place of its row and column in the view, what was to stand there, and why."""

    row: int
    column: int
    text: str
    why: str


class Clipboard(QObject):
    """Copy, paste and fill cells of a view.

    `refused` tells the cells that a block was not taken for, and how many cells it had; an empty list that all is well.
    """

    refused = Signal(object, int)

    def __init__(self, session: Session, model: SitesModel, view: SitesView, shared: SharedSelection) -> None:
        super().__init__(view)
        self.session, self.model, self.view, self.shared = session, model, view, shared
        self._slices = Slices(self)
        session.released.connect(self._slices.stop)

    # Copying

    def copy(self, *, heads: bool = False) -> None:
        """Put the selected cells on the clipboard; whole rows, of the columns shown, where no cells are selected."""
        try:
            rows, columns = self._chosen()
        except XunluError as error:
            self.session.tell_error(error)
            return
        if len(rows):
            self._slices.start(self._copying(rows, columns, heads=heads), _nothing)

    def _chosen(self) -> tuple[Sequence[int], list[int]]:
        """Return which rows and columns are to be copied, as they stand; XunluError if they make no block."""
        import numpy as np

        ranges = self.view.selectionModel().selection().toList()
        shown = self.view.visible_columns()
        if not ranges:
            return self.shared.places().tolist(), shown
        by_column: dict[int, Any] = {}
        for each in ranges:
            for column in range(each.left(), each.right() + 1):
                rows = by_column.setdefault(column, np.zeros(self.model.rowCount(), dtype=bool))
                rows[each.top() : each.bottom() + 1] = True
        columns = [column for column in shown if column in by_column]
        if not columns:
            return [], []
        first = by_column[columns[0]]
        if not all(np.array_equal(first, by_column[column]) for column in columns[1:]):
            raise XunluError(
                tr("These cells make no block, so they cannot be copied together."),
                tr("Select the same columns in every row."),
            )
        return np.flatnonzero(first).tolist(), columns

    def _copying(self, rows: Sequence[int], places: Sequence[int], *, heads: bool) -> "Iterator[None]":
        from geo.tablework import blocks

        model = self.model
        columns = [model.columns[place] for place in places]
        positions = [model.position(row) for row in rows]
        titles = [table.title(column) for column in columns]
        block: Block = []
        for start in range(0, len(positions), AT_ONCE):
            block += [[model.text(column, at) for column in columns] for at in positions[start : start + AT_ONCE]]
            yield
        text = [blocks.to_text([titles])] if heads else []
        for start in range(0, len(block), AT_ONCE):
            text.append(blocks.to_text(block[start : start + AT_ONCE]))
            yield
        mime = QMimeData()
        mime.setText("".join(text))
        if len(block) * len(columns) <= blocks.MOST_HTML:
            numbers = [table.is_number(column) for column in columns]
            mime.setHtml(blocks.to_html(block, titles if heads else (), numbers))
        QGuiApplication.clipboard().setMimeData(mime)
        self.session.tell(tr("Copied {rows} rows of {columns} columns", rows=f"{len(rows):,}", columns=len(columns)))

    # Pasting

    def paste(self) -> None:
        """Write the block on the clipboard into the cells from the current one on, all of it or nothing."""
        from geo.tablework.blocks import from_text

        block = from_text(QGuiApplication.clipboard().text())
        current = self.view.currentIndex()
        if not block or not current.isValid():
            return
        try:
            targets, columns = self._targets(len(block), max(map(len, block)))
        except XunluError as error:
            self.session.tell_error(error)
            return
        self._slices.start(self._pasting(block, targets, columns), _nothing)

    def _targets(self, rows: int, width: int) -> tuple[Sequence[int], list[int]]:
        """Return the rows and columns to write to; XunluError if the block reaches beyond the table."""
        shown, current = self.view.visible_columns(), self.view.currentIndex()
        top, left = current.row(), shown.index(current.column())
        ranges = self.view.selectionModel().selection().toList()
        if ranges:
            try:
                chosen, columns = self._chosen()
            except XunluError:
                chosen, columns = [], []
            # A larger selection takes the block as often as it fits, as in a spreadsheet.
            if chosen and len(chosen) % rows == 0 and len(columns) % width == 0:
                return chosen, columns
            if chosen:
                top, left = chosen[0], shown.index(columns[0])
        if top + rows > self.model.rowCount() or left + width > len(shown):
            raise XunluError(
                tr(
                    "The block of {rows} rows and {columns} columns does not fit here: there are {free_rows} rows and "
                    "{free_columns} columns from this cell on.",
                    rows=rows,
                    columns=width,
                    free_rows=self.model.rowCount() - top,
                    free_columns=len(shown) - left,
                ),
                tr("Begin further up or left, or show all sites. New sites come in by File > Import."),
            )
        return range(top, top + rows), shown[left : left + width]

    def _pasting(self, block: "Block", rows: Sequence[int], columns: Sequence[int]) -> "Iterator[None]":
        cells: Cells = {}
        refused: list[Refused] = []
        count = 0
        width = max(map(len, block))
        for number, row in enumerate(rows):
            line = block[number % len(block)]
            for place, column in enumerate(columns):
                if place % width < len(line):
                    count += 1
                    self._take(cells, refused, (row, column), line[place % width])
            if number % 64 == 63:
                yield
        self.refused.emit(refused[:MOST_REFUSED], len(refused))
        if not refused:
            self._write(tr("Paste {count} cells", count=f"{count:,}"), cells)

    def _take(self, cells: Cells, refused: list[Refused], place: tuple[int, int], text: str) -> None:
        """Read the text for one cell into its value, or note why it cannot be."""
        row, number = place
        model, column = self.model, self.model.columns[number]
        position = model.position(row)
        # What stands there already needs no reading: so a copied block goes back, whatever it holds.
        if text == model.text(column, position):
            return
        try:
            cells.setdefault(position, {})[column.name] = model.read(column, text)
        except XunluError as error:
            why = f"{error.message} {error.hint}" if error.hint else error.message
            refused.append(Refused(row, number, text, why))

    # Filling

    def fill(self, column: Column, value: Any) -> None:
        """Give a column one value, as typed or chosen, in all rows selected, as one change."""
        try:
            wanted = self.model.read(column, value)
        except XunluError as error:
            self.session.tell_error(error)
            return
        rows = self.shared.places().tolist()
        title = tr("{column} of {count} sites", column=column.title(), count=f"{len(rows):,}")
        self._write(title, {self.model.position(row): {column.name: wanted} for row in rows})

    def fill_down(self) -> None:
        """Write what stands in the first selected row into the selected cells below it."""
        try:
            rows, places = self._chosen()
        except XunluError as error:
            self.session.tell_error(error)
            return
        columns = [self.model.columns[place] for place in places]
        columns = [column for column in columns if table.is_editable(column)]
        sheet = self.model.sheet
        if len(rows) < 2 or not columns or sheet is None:
            self.session.tell(
                tr("There is nothing to fill down."), tr("Select a cell with the value and the cells below it.")
            )
            return
        first = self.model.position(rows[0])
        values = {column.name: sheet.value(column.name, first) for column in columns}
        title = tr("Fill {count} cells down", count=f"{(len(rows) - 1) * len(columns):,}")
        self._write(title, {self.model.position(row): values for row in rows[1:]})

    def _write(self, title: str, cells: Cells) -> None:
        sheet = self.model.sheet
        if sheet is not None:
            self._slices.start(self._making(sheet, title, cells), _nothing)

    def _making(self, sheet: "Sheet", title: str, cells: Cells) -> "Iterator[None]":
        """Make the edit piece by piece, then write it."""
        from geo.store.edits import Edit

        changes: list[Any] = []
        rows = list(cells)
        for start in range(0, len(rows), AT_ONCE):
            part = {row: cells[row] for row in rows[start : start + AT_ONCE]}
            changes += table.cells_edit(sheet, title, part).changes
            yield
        if not changes:
            self.session.tell(tr("Nothing to change: the cells hold that already."))
            return
        self._apply(Edit(title, tuple(changes)))

    def _apply(self, edit: "Edit") -> None:
        if len(edit.changes) >= LARGE:
            self.session.tell(f"{edit.title} …")
        self.session.apply_large(edit, lambda: self.session.tell(edit.title))


def _nothing() -> None:
    """Do nothing at the end."""
