"""The backups of a project: how old each is, a look at one, one put back, and one kept now."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report
from gui import theme
from gui.jobs import Job
from gui.session import Session
from gui.trees import tops

if TYPE_CHECKING:
    from geo.store.backups import Backup

SIZE = (560, 460)
BACKUP = Qt.ItemDataRole.UserRole
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class BackupsDialog(QDialog):
    """List the backups of a project file, which need not be open, nor whole.

    `restore_wanted` and `look_wanted` tell the backup that is to be put back or opened; the dialog has closed then.

    Parameters
    ----------
    path
        The project.
    """

    restore_wanted = Signal(object)
    look_wanted = Signal(object)
    listed = Signal()

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.path = session, path
        self._job: Job | None = None
        self.setWindowTitle(tr("Backups of {file}", file=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_widgets()
        self._lay_out()
        self.view.currentItemChanged.connect(lambda *_: self._let_through())
        self.view.itemDoubleClicked.connect(lambda *_: self.look())
        self.keep_button.clicked.connect(self.keep)
        self.look_button.clicked.connect(self.look)
        self.restore_button.clicked.connect(self.restore)
        self.resize(*SIZE)

    def _make_widgets(self) -> None:
        self.view = QTreeWidget()
        self.view.setAccessibleName(tr("Backups"))
        self.view.setHeaderLabels([tr("Kept on"), tr("Age"), tr("Size")])
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setAlternatingRowColors(True)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.resizeSection(0, 190)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(110)
        self.view.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note, self.said = QLabel(), QLabel()
        self.note.setObjectName("quiet")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(24)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setMinimumHeight(self.fontMetrics().lineSpacing() * 2 + 6)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (self.note, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setAccessibleName(tr("Progress"))
        self.restore_button = QPushButton(tr("&Restore this one"))
        self.restore_button.setToolTip(tr("Put it in the project's place; the present state becomes a backup"))
        self.look_button = QPushButton(tr("&Open a copy"))
        self.look_button.setToolTip(tr("Open it read-only in place of the project, to look at it"))
        self.keep_button = QPushButton(tr("&Keep one now"))
        for button in (self.restore_button, self.look_button, self.keep_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.note)
        self.pages.addWidget(self.view)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.restore_button, self.look_button, self.keep_button):
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        about = QLabel(
            tr(
                "One is kept by itself whenever the project is opened and has changed: the last ten, "
                "then one a day for two months. They lie in the folder “{folder}” beside it.",
                folder=f"{self.path.stem}.backups",
            )
        )
        about.setObjectName("quiet")
        about.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(about)
        column.addWidget(self.pages, 1)
        column.addWidget(self.said)
        column.addWidget(self.progress)
        column.addWidget(box)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list once the dialog stands."""
        super().showEvent(event)
        self.read()

    # The list

    def read(self) -> None:
        """Read which backups there are, in a job: on a share it may take its time."""
        path = self.path

        def work(_report: Report) -> "tuple[Backup, ...]":
            from geo.store import backups

            return backups.listed(path)

        self._start(work, self._show)

    def _show(self, found: "tuple[Backup, ...]") -> None:
        now = datetime.now().astimezone()
        self.view.clear()
        for backup in found:
            seconds = (now - backup.when).total_seconds()
            item = QTreeWidgetItem([f"{backup.when:%Y-%m-%d %H:%M:%S}", age(seconds), size(backup.bytes)])
            item.setData(0, BACKUP, backup)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, str(backup.path))
            self.view.addTopLevelItem(item)
        for newest in tops(self.view)[:1]:
            self.view.setCurrentItem(newest)
        self._let_through()
        self.listed.emit()

    @property
    def backup(self) -> "Backup | None":
        """Return the backup chosen."""
        item = self.view.currentItem()
        chosen: Backup | None = item.data(0, BACKUP) if item is not None else None
        return chosen

    # Doing

    def keep(self) -> None:
        """Keep a backup of the project as it stands."""
        path = self.path

        def work(_report: Report) -> Path | None:
            from geo.store import backups

            return backups.keep(path, datetime.now().astimezone())

        self._start(work, self._on_kept)

    def _on_kept(self, kept: Path | None) -> None:
        said = tr("Kept as {file}.", file=kept.name) if kept else tr("Nothing has changed since the newest backup.")
        self.said.setText(said)
        self._job = None
        self.read()

    def restore(self) -> None:
        """Ask for the backup chosen to be put in the project's place, and close."""
        backup = self.backup
        if backup is not None and self.restore_button.isEnabled():
            self.accept()
            self.restore_wanted.emit(backup)

    def look(self) -> None:
        """Ask for the backup chosen to be opened read-only, and close."""
        backup = self.backup
        if backup is not None and self.look_button.isEnabled():
            self.accept()
            self.look_wanted.emit(backup)

    def _start(self, work: object, done: object) -> None:
        self._stop()
        self.said.setStyleSheet("")
        self._job = self.session.jobs.start(work, done, self._on_failed)  # type: ignore[arg-type]
        self._job.ended.connect(self._on_ended)
        self._let_through()

    def _stop(self) -> None:
        """Let a job end without hearing of it any more."""
        if self._job is not None:
            self._job.succeeded.disconnect()
            self._job.failed.disconnect()
            self._job = None

    def _on_failed(self, error: XunluError) -> None:
        self.said.setText(f"{error.message}\n{error.hint}".strip())
        self.said.setStyleSheet(f"color: {theme.ALARM.name()}")

    def _on_ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
        self._let_through()

    def _let_through(self) -> None:
        is_busy, there = self._job is not None, self.view.topLevelItemCount() > 0
        self.progress.setVisible(is_busy)
        self.pages.setCurrentWidget(self.view if there else self.note)
        self.note.setText(tr("Reading the folder …") if is_busy else tr("There are no backups yet."))
        for button in (self.restore_button, self.look_button):
            button.setEnabled(self.backup is not None and not is_busy)
        self.keep_button.setEnabled(not is_busy)

    def done(self, result: int) -> None:
        """Hear no more of what is being read when the dialog closes."""
        self._stop()
        super().done(result)


def age(seconds: float) -> str:
    """Return in words how long ago something was, to the unit that matters."""
    if seconds < _MINUTE:
        return tr("just now")
    if seconds < _HOUR:
        return tr("{count} min ago", count=int(seconds // _MINUTE))
    if seconds < _DAY:
        return tr("{count} h ago", count=int(seconds // _HOUR))
    days = int(seconds // _DAY)
    return tr("1 day ago") if days == 1 else tr("{count} days ago", count=days)


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.0f} kB"
