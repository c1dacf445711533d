"""Bring a ledger in on one page: the file, what its columns are, every row on the map and in a table, and Import."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.progress import Report, part
from gui.fields import CalmCombo
from gui.importform import COLOURS, ImportForm
from gui.importmap import Dots, ImportMap
from gui.importrows import FILTERS, RowRole, RowsModel
from gui.jobs import Job
from gui.lists import progress_line, row_table
from gui.session import Session

if TYPE_CHECKING:
    from geo.exchange.datumcheck import Candidate
    from geo.exchange.importing import Prepared, Recipe
    from geo.exchange.ledger import Ledger

WAIT_MS = 250
WIDTHS = (52, 92, 330)
ENCODINGS = ("", "utf-8", "gb18030", "utf-16", "big5", "latin-1")


@dataclass(frozen=True)
class Read:
    """A ledger as read, with the sheets beside it and the recipe that it would be read with."""

    ledger: "Ledger"
    sheets: tuple[str, ...]
    recipe: "Recipe"


class ImportDialog(QDialog):
    """Show what the import of a file would do, and do it.

    Parameters
    ----------
    path
        The file.
    """

    imported = Signal()
    ready = Signal()
    streets_wanted = Signal()

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.path = session, path
        self.prepared: Prepared | None = None
        self._ledger: Ledger | None = None
        self._job: Job | None = None
        self._fitted = False
        self.setWindowTitle(tr("Import {file}", file=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.resize(1180, 780)
        self.read()

    def _make_widgets(self) -> None:
        from geo.exchange.columns import IMPORTED

        self.into, self.sheet, self.encoding = CalmCombo(), CalmCombo(), CalmCombo()
        for name in (*IMPORTED, "streets"):
            self.into.addItem(TABLES[name].title(), name)
        for name in ENCODINGS:
            self.encoding.addItem(name.upper() if name else tr("found out"), name)
        self.form = ImportForm(self.session)
        self.map = ImportMap(self.session.stack)
        self.rows = RowsModel(self)
        self.view = row_table(self.rows, tr("Rows of the file"))
        self.shown = CalmCombo()
        self.shown.setAccessibleName(tr("Show which rows"))
        self.shown.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToContents)
        self.summary = QLabel(tr("Reading {file} …", file=self.path.name))
        self.summary.setWordWrap(True)
        self.progress = progress_line()
        self.report_button = QPushButton(tr("Save the &problems…"))
        self.report_button.setAutoDefault(False)
        self.import_button = QPushButton(tr("&Import"))
        self.import_button.setDefault(True)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        self._labels: dict[QWidget, QLabel] = {}
        for text, widget in (
            (tr("&Into"), self.into),
            (tr("&Sheet or layer"), self.sheet),
            (tr("&Encoding"), self.encoding),
        ):
            label = QLabel(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text.replace("&", ""))
            self._labels[widget] = label
            head.addWidget(label)
            head.addWidget(widget)
            head.addSpacing(10)
        head.addStretch(1)
        head.addWidget(self.shown)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.map)
        right.addWidget(self.view)
        right.setSizes([360, 300])
        middle = QSplitter()
        middle.addWidget(self.form)
        middle.addWidget(right)
        middle.setStretchFactor(1, 1)
        middle.setSizes([430, 750])
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.report_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.accepted.connect(self.do_import)
        box.rejected.connect(self.reject)
        self.report_button.clicked.connect(self.ask_report)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(middle, 1)
        column.addWidget(self.summary)
        column.addWidget(self.progress)
        column.addWidget(box)

    def _connect(self) -> None:
        self._wait.timeout.connect(self.prepare)
        self.form.changed.connect(self._wait.start)
        self.into.activated.connect(lambda _at: self._on_table())
        self.sheet.activated.connect(lambda _at: self.read())
        self.encoding.activated.connect(lambda _at: self.read())
        self.shown.activated.connect(lambda _at: self.rows.set_filter(str(self.shown.currentData())))
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.map.picked.connect(self._show_row)

    def _on_table(self) -> None:
        if self.into.currentData() == "streets":
            # They must meet one another, and have a page of their own.
            self.reject()
            self.streets_wanted.emit()
        else:
            self.read()

    # Reading and preparing, in a worker

    def read(self) -> None:
        """Read the file anew, as sheet, encoding and table say."""
        path, table = self.path, str(self.into.currentData())
        sheet, encoding = str(self.sheet.currentData() or ""), str(self.encoding.currentData() or "")
        tables = self.session.open_project().snapshot()

        def work(report: Report) -> Read:
            from geo.exchange import columns, importing, reading

            sheets = reading.sheets(path)
            known = columns.known_titles(columns.table_named(table))
            ledger = reading.read(path, known, sheet=sheet, encoding=encoding, report=part(report, 0.1, 1.0))
            return Read(ledger, sheets, importing.recall(tables, ledger, table))

        self._start(work, self._on_read)

    def _on_read(self, read: Read) -> None:
        self._ledger, self._fitted = read.ledger, False
        with QSignalBlocker(self.sheet):
            self.sheet.clear()
            for name in read.sheets:
                self.sheet.addItem(name, name)
            self.sheet.setCurrentIndex(self.sheet.findData(read.ledger.sheet))
        is_text = not read.sheets
        for widget, there in ((self.sheet, len(read.sheets) > 1), (self.encoding, is_text)):
            widget.setVisible(there)
            self._labels[widget].setVisible(there)
        self.rows.show_ledger(read.ledger, None)
        for place, width in enumerate(WIDTHS):
            self.view.setColumnWidth(place, width)
        self.form.load(read.ledger, read.recipe)
        self.prepare()

    def prepare(self) -> None:
        """Work out what the import would do with the answers given."""
        if self._ledger is None:
            return
        ledger, recipe, tables = self._ledger, self.form.recipe(), self.session.open_project().snapshot()

        def work(report: Report) -> "tuple[Prepared, tuple[Candidate, ...], str]":
            from geo.exchange import datumcheck, importing

            prepared = importing.prepare(tables, ledger, recipe, part(report, 0.0, 0.8))
            placed = np.isfinite(prepared.given).any()
            candidates = datumcheck.compare(tables, prepared.given, prepared.ids) if placed else ()
            return prepared, candidates, datumcheck.proposed(candidates) if candidates else ""

        self._start(work, self._on_prepared)

    def _on_prepared(self, result: "tuple[Prepared, tuple[Candidate, ...], str]") -> None:
        from geo.exchange.report import summary

        prepared, candidates, proposed = result
        self.prepared = prepared
        self.rows.show_ledger(prepared.ledger, prepared)
        self._name_filters()
        self.form.show_candidates(candidates, proposed)
        chosen = Dots(prepared.lonlat, COLOURS.get(prepared.recipe.datum, COLOURS["wgs84"]))
        others = [Dots(c.lonlat, COLOURS[c.datum], hollow=True) for c in candidates if c.datum != prepared.recipe.datum]
        self.map.show_dots([chosen, *others], fit=not self._fitted)
        self._fitted = True
        remarks = [summary(prepared), *prepared.ledger.notes]
        if prepared.without_place:
            remarks.append(tr("{count} sites have no place yet.", count=prepared.without_place))
        if prepared.missing:
            remarks.append(
                tr("{count} sites of the project are not in the file; they stay.", count=len(prepared.missing))
            )
        if (kind := shape_of(prepared.ledger)) and kind != TABLES[prepared.recipe.table].shape:
            remarks.append(SHAPES[kind]())
        self.summary.setText(" ".join(remarks))
        self._let_through()
        self.ready.emit()

    def _start(self, work: object, done: object) -> None:
        self._stop()
        self.prepared = None
        self._job = self.session.jobs.start(work, done, self._on_failed)  # type: ignore[arg-type]
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_ended)
        self._let_through()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.succeeded.disconnect()
            self._job.failed.disconnect()
            self._job.cancel()
            self._job = None

    def _on_progress(self, done: float, _text: str) -> None:
        self.progress.setValue(round(done * 1000))

    def _on_ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
        self._let_through()

    def _on_failed(self, error: XunluError) -> None:
        self.prepared = None
        self.summary.setText(str(error))
        self.map.show_dots([])
        self._let_through()
        self.ready.emit()

    def _let_through(self) -> None:
        self.progress.setVisible(self._job is not None)
        changes = self.prepared is not None and bool(self.prepared.changes) and self._job is None
        self.import_button.setEnabled(changes and self.session.can_write)
        self.report_button.setEnabled(self.prepared is not None and bool(self.prepared.problems))

    # The rows

    def _name_filters(self) -> None:
        titles = {
            "all": tr("All rows"),
            "problems": tr("With remarks"),
            "added": tr("New"),
            "changed": tr("Changed"),
            "refused": tr("Refused"),
        }
        present = self.shown.currentData() or "all"
        self.shown.clear()
        for name in FILTERS:
            self.shown.addItem(f"{titles[name]} ({self.rows.count(name)})", name)
        self.shown.setCurrentIndex(self.shown.findData(present))
        self.rows.set_filter(str(present))

    def _on_row(self, current: QModelIndex) -> None:
        at = current.data(RowRole) if current.isValid() else -1
        self.map.show_row(-1 if at is None else int(at))

    def _show_row(self, at: int) -> None:
        place = self.rows.place_of(at)
        if place >= 0:
            self.view.selectRow(place)
            self.view.scrollTo(self.rows.index(place, 0))

    # Doing it

    def do_import(self) -> None:
        """Make the import, as one step that undo takes back, and close."""
        prepared = self.prepared
        if prepared is None or self._job is not None:
            return
        self._job = self.session.apply_large(prepared.edit(), lambda: self._on_imported(prepared), self._on_failed)
        if self._job is not None:
            self._job.progressed.connect(self._on_progress)
            self._job.ended.connect(self._on_ended)
        self._let_through()

    def _on_imported(self, prepared: "Prepared") -> None:
        from geo.exchange.report import summary

        self.session.tell(summary(prepared), tr("Undo takes all of it back."))
        self.imported.emit()
        self.accept()

    def ask_report(self) -> None:
        """Ask for a file and write the rows with problems to it."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the problems"), str(self.path.with_name(f"{self.path.stem}-problems.csv")), "CSV (*.csv)"
        )
        if name:
            self.save_report(Path(name))

    def save_report(self, path: Path) -> None:
        """Write the rows with problems to a CSV file."""
        from geo.exchange import report

        prepared = self.prepared
        if prepared is not None and self.session.attempt(lambda: report.write(prepared, path)):
            self.summary.setText(tr("Saved {file}.", file=path.name))

    def done(self, result: int) -> None:
        """Stop what is being read when the dialog closes, however that comes about."""
        self._wait.stop()
        self._stop()
        super().done(result)


SHAPES = {
    "LineString": lambda: tr("The file holds lines: should they become streets? Choose that above."),
    "MultiPolygon": lambda: tr("The file holds areas: should they become subdistricts? Choose that above."),
}


def shape_of(ledger: "Ledger") -> str:
    """Return what most shapes of a file are, empty for points or none."""
    shapes = [shape for shape in (ledger.shapes if ledger.shapes is not None else [])[:200] if shape is not None]
    lines = sum("Line" in shape.geom_type for shape in shapes)
    areas = sum("Polygon" in shape.geom_type for shape in shapes)
    if 2 * lines > len(shapes):
        return "LineString"
    return "MultiPolygon" if 2 * areas > len(shapes) else ""
