"""The commands that keep data safe: history, backups, the check of a file, and opening one only to look at it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report
from gui.files import Files
from gui.historydialog import HistoryDialog
from gui.jobs import Job
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.backups import Backup
    from gui.backupsdialog import BackupsDialog
    from gui.checkdialog import CheckDialog
    from gui.opening import Restored


class Safety(QObject):
    """Show the dialogs and do what they ask for; `site_chosen` tells a site to be shown on the map."""

    site_chosen = Signal(str)

    def __init__(self, session: Session, files: Files, window: QWidget) -> None:
        super().__init__(window)
        self.session, self.files = session, files
        self._window = window
        self._history: HistoryDialog | None = None

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do here, by the name of the command."""
        return {
            "open_read_only": self.ask_read_only,
            "backups": self.ask_backups,
            "history": self.show_history,
            "site_history": lambda: self.show_site_history(self.session.selection.current),
            "check_file": self.ask_check,
        }

    def close(self) -> None:
        """Close the dialogs, which would outlive the window."""
        for dialog in self._window.findChildren(QDialog):
            dialog.close()

    # History

    @property
    def history(self) -> HistoryDialog:
        """Return the one dialog of the history, made when it is first asked for."""
        if self._history is None:
            self._history = HistoryDialog(self.session, self._window)
            self._history.site_chosen.connect(self.site_chosen)
        return self._history

    def show_history(self) -> None:
        """Show all that was done to the project."""
        self.history.show_row(None)

    def show_site_history(self, site: str) -> None:
        """Show what was done to a site."""
        if site:
            self.history.show_row(("sites", site))

    # Backups

    def ask_read_only(self) -> None:
        """Ask for a project and open it only to look at it."""
        if path := self._ask_project(tr("Open read-only")):
            self.files.open_read_only(path)

    def ask_backups(self) -> None:
        """Show the backups of the project that is open or did not open, else of one that is asked for."""
        if path := self._file_meant(tr("Backups of which project?")):
            self.show_backups(path)

    def show_backups(self, path: Path) -> "BackupsDialog":
        """Show the backups of a project file."""
        from gui.backupsdialog import BackupsDialog

        dialog = BackupsDialog(self.session, path, self._window)
        dialog.restore_wanted.connect(partial(self.restore, path))
        dialog.look_wanted.connect(partial(self.look_at, path))
        dialog.open()
        return dialog

    def restore(self, path: Path, backup: "Backup") -> Job | None:
        """Put a backup in a project's place and open the project; what stood there becomes a backup."""
        # It is not let go of while a large change is being written.
        if self.session.project is not None and not self.session.attempt(self.session.close):
            return None

        def work(report: Report) -> "Restored":
            from gui import opening

            return opening.restore(path, backup.path, report)

        self.files.opening.emit(path.name)
        job = self.session.jobs.start(work, partial(self._on_restored, path, backup), partial(self._on_failed, path))
        job.stopped.connect(lambda: self._reopen(path))
        job.ended.connect(lambda: self.files.opening.emit(""))
        self.files.started.emit(job)
        return job

    def _on_restored(self, path: Path, backup: "Backup", restored: "Restored") -> None:
        self.files.show_opened(path, restored.opened)
        if restored.error is not None:
            self.session.tell_error(restored.error)
            return
        hint = ""
        if restored.before is not None and restored.is_damaged:
            hint = tr("What stood there is damaged; it is set aside as {file}.", file=restored.before.name)
        elif restored.before is not None:
            hint = tr("The state before is kept: to go back, restore {backup}.", backup=restored.before.name)
        self.session.tell(
            tr("{file} is as it was on {when}.", file=path.name, when=f"{backup.when:%Y-%m-%d %H:%M}"), hint
        )

    def _on_failed(self, path: Path, error: XunluError) -> None:
        self.files.failed = path
        # No project is open now, and the panels are to show that.
        self.session.opened.emit()
        self.session.tell_error(error)

    def _reopen(self, path: Path) -> None:
        # Stopped halfway there is the one state or the other; a window that closes needs neither.
        if self._window.isVisible() and self.session.project is None:
            self.files.open_path(path)

    def look_at(self, path: Path, backup: "Backup") -> Job:
        """Open a backup read-only, in place of the project."""
        hint = tr("File > Recent projects brings {file} back.", file=path.name)
        return self.files.open_read_only(backup.path, is_recent=False, hint=hint)

    # Check

    def ask_check(self) -> None:
        """Check the project that is open or did not open, else one that is asked for."""
        if path := self._file_meant(tr("Check which project?")):
            self.show_check(path)

    def show_check(self, path: Path) -> "CheckDialog":
        """Check a file and show what is wrong in it."""
        from gui.checkdialog import CheckDialog

        dialog = CheckDialog(self.session, path, self._window)
        dialog.site_chosen.connect(self.site_chosen)
        dialog.backups_wanted.connect(lambda: self.show_backups(path))
        dialog.show()
        return dialog

    def _file_meant(self, title: str) -> Path | None:
        if self.files.failed is not None:
            return self.files.failed
        project = self.session.project
        return project.path if project is not None else self._ask_project(title)

    def _ask_project(self, title: str) -> Path | None:
        kinds = tr("Xunlu projects (*.gpkg)")
        name, _ = QFileDialog.getOpenFileName(self._window, title, self.files.folder(), kinds)
        return Path(name) if name else None
