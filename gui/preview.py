"""The route sheets before they are printed: which teams, which language, the pages, and where they go."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QTimer, Signal
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.files import write_whole
from geo.language import Language, tr
from gui.fields import CalmCombo
from gui.lists import check_all, progress_line
from gui.planrows import RouteRow
from gui.session import Session
from gui.sheets import SheetWork, file_name, pages
from gui.slices import Slices

WAIT_MS = 250
ROLE = Qt.ItemDataRole.UserRole


class SheetsDialog(QDialog):
    """Show the route sheets of a plan as they will be on paper.

    Parameters
    ----------
    plan
        The id of the plan.
    routes
        Its routes; those without a stop have no sheet.
    """

    printed = Signal()

    def __init__(
        self, session: Session, plan: str, routes: list[RouteRow], lang: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.plan = session, plan
        self.pdf = b""
        self.work = SheetWork(session, self)
        self.setWindowTitle(tr("Route sheets"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.language = CalmCombo()
        self.language.setAccessibleName(tr("Language"))
        self.language.addItem("中文", "zh")
        self.language.addItem("English", "en")
        self.language.setCurrentIndex(self.language.findData(lang))
        self.teams = _team_list(routes)
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self.view = QPdfView(self)
        self.progress = progress_line()
        self.note = QLabel()
        self._slices = Slices(self)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._lay_out()
        self._connect()
        self.resize(1080, 820)
        self.remake()

    def _lay_out(self) -> None:
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.document)
        self.view.setAccessibleName(tr("Pages"))
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        side = QVBoxLayout()
        side.setSpacing(6)
        for title, widget in ((tr("&Language"), self.language), (tr("&Teams"), self.teams)):
            label = QLabel(title)
            label.setBuddy(widget)
            side.addWidget(label)
            side.addWidget(widget)
        side.setStretch(3, 1)
        side.addLayout(self._all_or_none())
        side.addWidget(self.note)
        side.addWidget(self.progress)
        for button in self._buttons():
            side.addWidget(button)
        row = QHBoxLayout(self)
        row.addLayout(side)
        row.addWidget(self.view, 1)
        self.teams.setFixedWidth(240)

    def _all_or_none(self) -> QHBoxLayout:
        line = QHBoxLayout()
        for text, state in ((tr("All"), Qt.CheckState.Checked), (tr("None"), Qt.CheckState.Unchecked)):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, state=state: self._check_all(state))
            line.addWidget(button)
        return line

    def _buttons(self) -> list[QWidget]:
        self.save_button = QPushButton(tr("&Save PDF…"))
        self.each_button = QPushButton(tr("Save &one per team…"))
        self.print_button = QPushButton(tr("&Print…"))
        self.save_button.clicked.connect(self.ask_save)
        self.each_button.clicked.connect(self.ask_each)
        self.print_button.clicked.connect(self.ask_print)
        for button in (self.save_button, self.each_button, self.print_button):
            button.setAutoDefault(False)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        return [self.save_button, self.each_button, self.print_button, box]

    def _connect(self) -> None:
        self._wait.timeout.connect(self.remake)
        self.language.activated.connect(lambda _row: self._wait.start())
        self.teams.itemChanged.connect(lambda _item: self._wait.start())
        self.work.progressed.connect(self._on_progress)
        self.work.changed.connect(self._on_work)

    # What is shown

    @property
    def lang(self) -> Language:
        """Return the language of the sheets."""
        return "zh" if self.language.currentData() == "zh" else "en"

    def team_ids(self) -> list[str]:
        """Return the ids of the teams whose sheets are wanted."""
        items = (self.teams.item(place) for place in range(self.teams.count()))
        return [item.data(ROLE) for item in items if item.checkState() is Qt.CheckState.Checked]

    def remake(self) -> None:
        """Make the sheets anew for the teams and the language chosen."""
        self.session.settings.sheets_language = self.lang
        teams = self.team_ids()
        if teams:
            self.work.make(self.plan, teams, self.lang, self._show)
        else:
            self.work.stop()
            self._show(b"")

    def _show(self, pdf: bytes) -> None:
        self.pdf = pdf
        place = self.view.verticalScrollBar().value()
        self.document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        if pdf:
            self.document.load(self._buffer)
        self.view.verticalScrollBar().setValue(place)
        self._on_work()

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        self.note.setText(text)

    def _on_work(self) -> None:
        busy = self.work.is_busy
        self.progress.setVisible(busy)
        for button in (self.save_button, self.each_button, self.print_button):
            button.setEnabled(bool(self.pdf) and not busy)
        if not busy:
            teams = len(self.team_ids())
            pages = tr("{teams} teams, {pages} pages", teams=teams, pages=self.document.pageCount())
            self.note.setText(pages if self.pdf else tr("Choose at least one team."))

    def _check_all(self, state: Qt.CheckState) -> None:
        check_all(self.teams, state)
        self._wait.start()

    # Where the sheets go

    def ask_save(self) -> None:
        """Ask for a file and save all sheets in it."""
        name, _ = QFileDialog.getSaveFileName(self, tr("Save the route sheets"), file_name(self.session), "PDF (*.pdf)")
        if name:
            self.save(Path(name).with_suffix(".pdf"))

    def save(self, path: Path) -> None:
        """Save all sheets in one file."""
        if self.session.attempt(lambda: write_whole(path, self.pdf)):
            self.session.tell(tr("Saved {file}.", file=path.name))
            self.note.setText(tr("Saved {file}.", file=path.name))

    def ask_each(self) -> None:
        """Ask for a folder and save one file per team in it."""
        folder = QFileDialog.getExistingDirectory(self, tr("Folder for the route sheets"))
        if folder:
            self.save_each(Path(folder))

    def save_each(self, folder: Path) -> None:
        """Save one file per team in a folder."""
        self._save_next(folder, self.team_ids(), 0)

    def _save_next(self, folder: Path, teams: list[str], number: int) -> None:
        if number == len(teams):
            self.note.setText(tr("Saved {number} files in {folder}.", number=number, folder=folder.name))
            return

        def keep(pdf: bytes) -> None:
            path = folder / file_name(self.session, teams[number])
            if self.session.attempt(lambda: write_whole(path, pdf)):
                QTimer.singleShot(0, lambda: self._save_next(folder, teams, number + 1))

        self.work.make(self.plan, [teams[number]], self.lang, keep)

    def ask_print(self) -> None:
        """Ask for a printer and print all sheets."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(tr("Route sheets"))
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print all sheets on a printer, page by page."""
        self._slices.start(pages(self.document, printer), self.printed.emit)

    def done(self, result: int) -> None:
        """Stop what is being made when the dialog closes, however that comes about."""
        self.work.stop()
        super().done(result)


def _team_list(routes: list[RouteRow]) -> QListWidget:
    teams = QListWidget()
    teams.setAccessibleName(tr("Teams"))
    for route in routes:
        if route.stops:
            item = QListWidgetItem(f"{route.name} ({len(route.stops)})")
            item.setData(ROLE, route.team)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked)
            teams.addItem(item)
    return teams
