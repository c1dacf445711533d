"""What is wrong in a project file, looked for beside the window: where, what, and how to mend it."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from geo.progress import Report
from gui.jobs import Job
from gui.lists import progress_line, row_table
from gui.session import Session
from gui.troubles import TroublesModel

if TYPE_CHECKING:
    from geo.store.tables import Tables
    from geo.store.trouble import Trouble

SIZE = (1060, 540)
WIDTHS = (330, 130, 320)


class CheckDialog(QDialog):
    """Check a project file and list what is wrong; the window can be used meanwhile.

    `site_chosen` tells a site whose trouble was chosen, `backups_wanted` that the file is to be restored.

    Parameters
    ----------
    path
        The file; it need not be the project that is open, nor one that opens.
    """

    site_chosen = Signal(str)
    backups_wanted = Signal()
    checked = Signal()

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.path = session, path
        self.model = TroublesModel(self)
        self._job: Job | None = None
        self._has_checked = self._is_filling = False
        self.setWindowTitle(tr("Check of {file}", file=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_widgets()
        self._lay_out()
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.again.clicked.connect(self.check)
        self.mend_button.clicked.connect(self.mend)
        self.backups_button.clicked.connect(self.backups_wanted)
        session.opened.connect(self.reject)
        self.resize(*SIZE)
        self.check()

    def _make_widgets(self) -> None:
        self.view = _view(self.model)
        self.note, self.summary, self.said = QLabel(), QLabel(), QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(24)
        self.summary.setObjectName("section")
        self.said.setMinimumHeight(self.fontMetrics().lineSpacing() * 3 + 6)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.summary, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.note, self.summary, self.said):
            label.setWordWrap(True)
        self.progress = progress_line()
        self.again = QPushButton(tr("&Check again"))
        self.mend_button = QPushButton(tr("&Mend the indexes"))
        self.mend_button.setToolTip(tr("Make spatial indexes and counts anew; no row is changed by that"))
        self.backups_button = QPushButton(tr("&Backups…"))
        for button in (self.again, self.mend_button, self.backups_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.note)
        self.pages.addWidget(self.view)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.again, self.mend_button, self.backups_button):
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.summary, self.pages, self.said, self.progress, box):
            column.addWidget(widget)
        column.setStretchFactor(self.pages, 1)

    # Looking

    @property
    def _tables(self) -> "Tables | None":
        project = self.session.project
        return project if project is not None and project.path == self.path else None

    def check(self) -> None:
        """Look through the file as it stands now."""
        path = self.path

        def work(report: Report) -> "list[Trouble]":
            from geo.store.check import check

            return check(path, report)

        self._start(work, self._show)

    def _show(self, troubles: "list[Trouble]") -> None:
        self._has_checked = True
        self.model.show_troubles(troubles, self._tables)
        tables = len({trouble.table for trouble in troubles})
        self.summary.setText(
            tr("{count} troubles in {tables} tables", count=f"{len(troubles):,}", tables=tables)
            if tables > 1
            else tr("Troubles found: {count}", count=f"{len(troubles):,}")
        )
        self._let_through()
        # The first is read out, but the selection on the map is left alone until somebody chooses one.
        self._is_filling = True
        self.view.selectRow(0)
        self._is_filling = False
        self.checked.emit()

    def mend(self) -> None:
        """Make anew what follows from the rows, and check again."""
        path = self.path

        def work(report: Report) -> int:
            from geo.store.check import mend

            return mend(path, report)

        self._start(work, self._on_mended)

    def _on_mended(self, _layers: int) -> None:
        self._job = None
        self.check()

    def _start(self, work: Callable[[Report], Any], done: Callable[[Any], None]) -> None:
        self._stop()
        self.progress.setValue(0)
        self._job = self.session.jobs.start(work, done, self._on_failed)
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_ended)
        self._let_through()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.succeeded.disconnect()
            self._job.failed.disconnect()
            self._job.cancel()
            self._job = None

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        if text and not self.model.troubles:
            self.note.setText(escape(tr("Checking: {what} …", what=text)))

    def _on_failed(self, error: XunluError) -> None:
        self._has_checked = False
        self.model.show_troubles((), None)
        self._job = None
        self._let_through()
        self.note.setText(f"<p>{escape(error.message)}</p><p>{escape(error.hint)}</p>")
        self.checked.emit()

    def _on_ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self._let_through()

    # The trouble chosen

    def _on_row(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        trouble = self.model.troubles[current.row()]
        self.said.setText(f"{self.model.where(trouble)}\n{trouble.what}\n{trouble.mend}")
        site = "" if self._is_filling else self._site_of(trouble)
        if site:
            self.session.selection.choose({site}, current=site)
            self.site_chosen.emit(site)

    def _site_of(self, trouble: "Trouble") -> str:
        """Return the site that a trouble is of or concerns; empty if there is none."""
        tables = self._tables
        if tables is None or not trouble.row_id or trouble.table not in TABLES or trouble.table == "history":
            return ""
        if trouble.row_id not in tables.frame(trouble.table).index:
            return ""
        site = trouble.row_id if trouble.table == "sites" else tables.row(trouble.table, trouble.row_id).get("site")
        return str(site) if site in tables.frame("sites").index else ""

    def _let_through(self) -> None:
        """Let what is shown and can be done follow what was found."""
        is_busy, troubles = self._job is not None, self.model.troubles
        self.progress.setVisible(is_busy)
        self.pages.setCurrentWidget(self.view if troubles else self.note)
        for label in (self.summary, self.said):
            label.setVisible(bool(troubles))
        if is_busy:
            self.note.setText(escape(tr("Checking {file} …", file=self.path.name)))
        elif self._has_checked:
            head = escape(tr("{file} is sound.", file=self.path.name))
            text = tr(
                "No part of it is damaged, nothing refers to what is not there, and all values fit their columns."
            )
            self.note.setText(f"<p style='font-size:14pt'>✓ {head}</p><p>{text}</p>")
        # What concerns a table but no row of it follows from its rows.
        mendable = any(trouble.table and not trouble.row_id for trouble in troubles)
        is_open = self._tables is not None
        self.mend_button.setVisible(mendable)
        self.mend_button.setEnabled(not is_busy and (self.session.can_write or not is_open))
        self.backups_button.setVisible(any(not trouble.table for trouble in troubles))
        self.again.setEnabled(not is_busy)

    def done(self, result: int) -> None:
        """Stop the check when the dialog closes, however that comes about."""
        self._stop()
        super().done(result)


def _view(model: TroublesModel) -> QTableView:
    view = row_table(model, tr("Troubles"))
    header = view.horizontalHeader()
    for place, width in enumerate(WIDTHS):
        view.setColumnWidth(place, width)
    header.setSectionResizeMode(3, header.ResizeMode.Stretch)
    return view
