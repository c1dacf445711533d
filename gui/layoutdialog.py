"""The map on paper: a preview of the real page, the choices of the layout, and where it goes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui.fields import CalmCombo, name_in
from gui.layoutform import LayoutForm
from gui.layoutpreview import LayoutPreview
from gui.layoutwork import LayoutWork
from gui.lists import progress_line
from gui.planrows import routes
from gui.session import Session

if TYPE_CHECKING:
    from layers.book import Book
    from layers.view import View

WAIT_MS = 180
SIZE = (1080, 720)
FORM_PX = 330
KINDS = "PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"
_FORBIDDEN = '\\/:*?"<>|'


class LayoutDialog(QDialog):
    """Lay the map out on paper, beside the window, which stays usable.

    Parameters
    ----------
    view
        Returns what the map of the window shows.
    """

    def __init__(self, session: Session, view: "Callable[[], View]", parent: QWidget | None = None) -> None:
        from layers.layout import from_json

        super().__init__(parent)
        self.session = session
        self.work = LayoutWork(session, view, self)
        self.count, self._saving = 1, False
        self.setWindowTitle(tr("Map layout"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = LayoutForm(from_json(session.settings.layout))
        self.preview = LayoutPreview()
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = progress_line()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._lay_out()
        self._connect()
        self.resize(*SIZE)
        self._show_parts()
        self._follow()

    # Making

    def _lay_out(self) -> None:
        room = QScrollArea()
        room.setWidget(self.form)
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(self._make_presets())
        side.addWidget(room, 1)
        side.addWidget(self.note)
        side.addWidget(self.progress)
        side.addLayout(self._make_buttons())
        pages = QVBoxLayout()
        pages.addWidget(self.preview, 1)
        pages.addLayout(self._make_pages())
        row = QHBoxLayout(self)
        row.addLayout(pages, 1)
        holder = QWidget()
        holder.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        # As wide as the longest words of the language need, the scroll bar beside them.
        needed = self.form.minimumSizeHint().width() + room.verticalScrollBar().sizeHint().width() + 4
        holder.setFixedWidth(max(FORM_PX, needed))
        row.addWidget(holder)

    def _make_presets(self) -> QComboBox:
        from layers.layout import presets

        self.presets = CalmCombo()
        self.presets.setAccessibleName(tr("Ready layouts"))
        self.presets.addItem(tr("Begin with a ready layout …"), "")
        for name, (title, _) in presets().items():
            self.presets.addItem(title, name)
        self.presets.activated.connect(lambda _row: self._take_preset())
        return self.presets

    def _make_pages(self) -> QHBoxLayout:
        self.back, self.on = QToolButton(), QToolButton()
        self.page = QSpinBox()
        self.page.setAccessibleName(tr("Page"))
        self.page.setMinimum(1)
        self.of_pages = QLabel()
        for button, arrow, step, words in (
            (self.back, Qt.ArrowType.LeftArrow, -1, tr("Page before")),
            (self.on, Qt.ArrowType.RightArrow, 1, tr("Next page")),
        ):
            button.setArrowType(arrow)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _on=False, step=step: self.turn(step))
        self.actual = QToolButton()
        self.actual.setText(tr("Actual size"))
        self.actual.setCheckable(True)
        self.actual.setToolTip(tr("Show the page as large as it is on paper"))
        line = QHBoxLayout()
        line.addStretch(1)
        for widget in (self.back, self.page, self.of_pages, self.on):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self.actual)
        return line

    def _make_buttons(self) -> QVBoxLayout:
        self.save_button = QPushButton(tr("&Save as…"))
        self.each_button = QPushButton(tr("One file per &page…"))
        self.print_button = QPushButton(tr("&Print…"))
        self.stop_button = QPushButton(tr("Cancel"))
        self.save_button.setToolTip(tr("Save all pages as PDF, or pictures as SVG or PNG"))
        self.each_button.setToolTip(tr("Save a PDF for each page into a folder"))
        self.save_button.clicked.connect(self.ask_save)
        self.each_button.clicked.connect(self.ask_each)
        self.print_button.clicked.connect(self.ask_print)
        self.stop_button.clicked.connect(self._cancel)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        column = QVBoxLayout()
        for widgets in ((self.save_button, self.each_button), (self.print_button, self.stop_button, box)):
            line = QHBoxLayout()
            for widget in widgets:
                line.addWidget(widget)
            column.addLayout(line)
        # Enter ends a word or a figure that is typed, and closes nothing.
        buttons = (self.save_button, self.each_button, self.print_button, self.stop_button, *box.buttons())
        for button in (one for one in buttons if isinstance(one, QPushButton)):
            button.setAutoDefault(False)
        return column

    def _connect(self) -> None:
        self._wait.timeout.connect(self.redraw)
        self.form.changed.connect(self._on_changed)
        self.form.refused.connect(self._tell)
        self.preview.turned.connect(self.turn)
        self.preview.resized.connect(self._wait.start)
        self.page.valueChanged.connect(lambda _page: self._wait.start())
        self.actual.toggled.connect(self._on_actual)
        self.work.progressed.connect(self._on_progress)
        self.work.changed.connect(self._follow)
        self.work.failed.connect(self._on_failed)
        self.session.edited.connect(self._on_edited)
        self.session.stale.connect(self._wait.start)
        self.session.released.connect(self.close)
        for keys, step in ((QKeySequence("Alt+PgDown"), 1), (QKeySequence("Alt+PgUp"), -1)):
            QShortcut(keys, self, lambda step=step: self.turn(step))

    # Following

    def _on_changed(self) -> None:
        self.session.settings.layout = self.form.value.as_json()
        if self.form.value.is_set:
            self._show_parts()
        self._place()
        self.preview.wait()
        self._wait.start()

    def _on_actual(self) -> None:
        self._place()
        self._wait.start()

    def _place(self) -> None:
        self.preview.set_paper(*self.form.value.size, actual=self.actual.isChecked())

    def _on_edited(self) -> None:
        self._stop_saving()
        self.work.forget()
        self._wait.start()

    def _show_parts(self) -> None:
        project, stack = self.session.project, self.session.stack
        if project is None or stack is None:
            return
        self.form.set_placeholder(project.title())
        if self.form.value.by == "team":
            named = (
                [(route.team, route.name) for route in routes(project, stack.plan) if route.stops] if stack.plan else []
            )
        else:
            frame = project.frame("subdistricts").sort_values(["code", "name"])
            named = [(str(key), name_in(row)) for key, row in frame.iterrows()]
        self.form.show_parts(named)

    def _take_preset(self) -> None:
        from layers.layout import presets

        name = self.presets.currentData()
        self.presets.setCurrentIndex(0)
        if not name:
            return
        kept = self.form.value
        layout = presets()[name][1]
        self.form.show_layout(replace(layout, title=kept.title, office=kept.office, lang=kept.lang, datum=kept.datum))
        self._on_changed()

    @property
    def is_waiting(self) -> bool:
        """Return whether the page will be drawn anew in a moment."""
        return self._wait.isActive()

    def turn(self, step: int) -> None:
        """Show a page further on or back."""
        self.page.setValue(self.page.value() + step)

    def redraw(self) -> None:
        """Draw the page anew."""
        if self._saving or not self.isVisible():
            return
        self._place()
        self.preview.wait()
        width, ratio = self.preview.page_width(), self.devicePixelRatioF()
        self.work.draw(self.form.value, self.page.value() - 1, width, ratio, self._show_page)

    def _show_page(self, book: "Book", number: int, image: QImage) -> None:
        self.count = book.count
        self.page.setMaximum(book.count)
        self.of_pages.setText(tr("of {count}", count=book.count))
        self.preview.show_page(image)
        self._tell(book.title(number))

    def _tell(self, what: "str | XunluError") -> None:
        self.note.setText(str(what))

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        self._tell(text)

    def _on_failed(self, error: XunluError) -> None:
        self._saving = False
        self._tell(error)

    def _follow(self) -> None:
        self.progress.setVisible(self._saving)
        self.stop_button.setEnabled(self._saving)
        for widget in (self.save_button, self.each_button, self.print_button, self.form, self.presets):
            widget.setEnabled(not self._saving)
        self.each_button.setEnabled(not self._saving and self.count > 1)
        self.back.setEnabled(self.page.value() > 1)
        self.on.setEnabled(self.page.value() < self.count)

    # Where it goes

    def ask_save(self) -> None:
        """Ask for a file and save all pages."""
        name, kind = QFileDialog.getSaveFileName(self, tr("Save the map"), f"{self.file_stem()}.pdf", KINDS)
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(kind.split("*")[-1].strip(")")))

    def ask_each(self) -> None:
        """Ask for a folder and save a PDF for each page in it."""
        folder = QFileDialog.getExistingDirectory(self, tr("Folder for the pages"))
        if folder:
            self.save(Path(folder))

    def ask_print(self) -> None:
        """Ask for a printer and print all pages, or those that were asked for."""
        printer = self.make_printer()
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def make_printer(self) -> QPrinter:
        """Return a printer for the paper of the layout."""
        from layers.paper import page_layout

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.file_stem())
        printer.setFullPage(True)
        printer.setPageLayout(page_layout(self.form.value))
        return printer

    def file_stem(self) -> str:
        """Return what the file of the map is called, as file systems take it."""
        project = self.session.project
        title = self.form.value.title or (project.title() if project is not None else "")
        return "".join(letter for letter in title if letter not in _FORBIDDEN and letter.isprintable()).strip() or "map"

    def save(self, path: Path) -> None:
        """Save all pages in a file, or one file each in a folder."""
        self._begin_saving()
        self.work.save(self.form.value, path, lambda count: self._on_saved(count, path))

    def print_on(self, printer: QPrinter) -> None:
        """Print all pages, or those that the printer was told."""
        self._begin_saving()
        self.work.print_on(self.form.value, printer, lambda count: self._end(tr("Printed {count} pages.", count=count)))

    def _begin_saving(self) -> None:
        self._wait.stop()
        self._saving = True
        self.progress.setValue(0)
        self._follow()

    def _on_saved(self, count: int, path: Path) -> None:
        if path.is_dir():
            said = tr("Saved {number} files in {folder}.", number=count, folder=path.name)
        else:
            said = tr("Saved {file}.", file=path.name)
        self._end(said)

    def _end(self, said: str) -> None:
        self._saving = False
        self._tell(said)
        self.session.tell(said)

    def _cancel(self) -> None:
        self._stop_saving()
        self._tell(tr("Stopped; nothing half done is left."))
        self._wait.start()

    def _stop_saving(self) -> None:
        self._saving = False
        self.work.stop()

    def done(self, result: int) -> None:
        """Stop what is being made when the dialog closes, however that comes about."""
        self._wait.stop()
        self.work.stop()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the first page as soon as there is room for it."""
        super().showEvent(event)
        self._wait.start()
