"""Write a table for other programs: which rows, in which datum, to which file."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import current, tr
from geo.model import TABLES
from geo.progress import Report
from gui.fields import CalmCombo
from gui.session import Session

if TYPE_CHECKING:
    from geo.exchange.export import Written

KINDS = {
    ".xlsx": "Excel (*.xlsx)",
    ".csv": "CSV (*.csv)",
    ".gpkg": "GeoPackage (*.gpkg)",
    ".geojson": "GeoJSON (*.geojson)",
    ".shp": "Shapefile (*.shp)",
    ".kml": "KML (*.kml)",
    ".gpx": "GPX (*.gpx)",
}
ALL = "all"


class ExportDialog(QDialog):
    """Ask what to export and write it in a worker."""

    written = Signal()
    failed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(tr("Export a table"))
        self.table, self.datum = CalmCombo(), CalmCombo()
        self.only_selected = QCheckBox()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.save_button = QPushButton(tr("&Save as…"))
        self.save_button.setDefault(True)
        self._fill()
        self._lay_out()
        self.table.currentIndexChanged.connect(self._follow)
        self._follow()

    def _fill(self) -> None:
        from geo import datum
        from geo.exchange.export import EXPORTED

        for name in EXPORTED:
            self.table.addItem(TABLES[name].title(), name)
        self.table.addItem(tr("All tables in one GeoPackage"), ALL)
        for name in datum.DATUMS:
            self.datum.addItem(datum.title(name), name)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&Table"), self.table)
        form.addRow(tr("&Datum"), self.datum)
        form.addRow("", self.only_selected)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        self.save_button.clicked.connect(self.ask)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.message)
        column.addWidget(box)
        self.setMinimumWidth(420)

    def _follow(self) -> None:
        """Offer only what makes sense for the table chosen."""
        count = len(self.session.selection.ids)
        is_sites = self.table.currentData() == "sites"
        self.only_selected.setText(tr("Only the {count} selected sites", count=count))
        self.only_selected.setEnabled(is_sites and count > 0)
        self.only_selected.setChecked(is_sites and count > 0)
        self.datum.setEnabled(self.table.currentData() != ALL)

    def ask(self) -> None:
        """Ask for a file and write it."""
        from geo.exchange.export import endings

        name = str(self.table.currentData())
        possible = (".gpkg",) if name == ALL else endings(name)
        kinds = [text for ending, text in KINDS.items() if ending in possible]
        chosen, kind = QFileDialog.getSaveFileName(self, self.windowTitle(), name, ";;".join(kinds))
        if chosen:
            path = Path(chosen)
            self.write(path if path.suffix else path.with_suffix(kind.split("*")[-1].strip(")")))

    def write(self, path: Path) -> None:
        """Write what was chosen to a file."""
        tables, name = self.session.open_project().snapshot(), str(self.table.currentData())
        datum, lang = str(self.datum.currentData()), current()
        ids = self.session.selection.ids if self.only_selected.isChecked() and name == "sites" else None

        def work(report: Report) -> "Written":
            from geo import datum as datums
            from geo.exchange import export

            if name == ALL:
                return export.export_project(tables, path, lang=lang, report=report)
            convert = datums.converter(datum)
            return export.write(tables, name, path, ids=ids, lang=lang, convert=convert, report=report)

        self.message.setText(tr("Writing {file} …", file=path.name))
        self.save_button.setEnabled(False)
        job = self.session.jobs.start(work, lambda written: self._on_written(path, written), self._on_failed)
        job.ended.connect(lambda: self.save_button.setEnabled(True))

    def _on_written(self, path: Path, written: "Written") -> None:
        said = tr("Wrote {rows} rows to {file}.", rows=written.rows, file=path.name)
        self.message.setText("\n".join([said, *written.notes]))
        self.session.tell(said, " ".join(written.notes))
        self.written.emit()

    def _on_failed(self, error: XunluError) -> None:
        self.message.setText(str(error))
        self.failed.emit()
