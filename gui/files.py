"""The commands of the File menu: projects opened, made and copied, and the map written to a file."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from geo.errors import XunluError
from geo.language import current, tr
from geo.progress import Report
from gui import notices
from gui.jobs import Job
from gui.messages import Level
from gui.paperprocess import PaperProcess, order_for
from gui.session import Session, default_file

if TYPE_CHECKING:
    from gui.importing import ImportDialog
    from gui.opening import Opened, Opener
    from gui.streetsdialog import StreetsDialog

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

PICTURE_PX = (2400, 1800)
RINGED = 20_000
"""A selection of more sites is not on a picture: ring upon ring would hide the map."""


class Files(QObject):
    """Open and write files without holding up the window.

    `shown` says what the map shows. `opening` tells the name of a file that is being opened, and is empty once that has
    ended, well or not.
    """

    opening = Signal(str)
    started = Signal(object)

    def __init__(self, session: Session, window: QWidget, shown: Callable[[], Box]) -> None:
        super().__init__(window)
        self.session, self.shown = session, shown
        self._writing = ""
        self.painting = PaperProcess(self)
        self.painting.written.connect(lambda _count: self.session.tell(tr("Saved {file}.", file=self._writing)))
        self.painting.failed.connect(session.tell_error)
        session.released.connect(self.painting.cancel)
        self.coming: Path | None = None
        """The file that is being opened."""
        self.failed: Path | None = None
        """The file that did not open last, if there are backups of it."""
        self._window = window

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the File menu does, by the name of the command."""
        return {
            "new": self.ask_new,
            "open": self.ask_open,
            "sample": self.open_sample,
            "import": self.ask_import,
            "download": self.import_streets,
            "export": self.ask_export,
            "copy": self.ask_copy,
            "picture": self.ask_picture,
        }

    # Opening

    def open_path(self, path: Path) -> Job:
        """Open a project file."""
        return self._open(path, "open_file")

    def open_sample(self, path: Path | None = None) -> Job:
        """Open the sample project of this user, made first where there is none."""
        return self._open(path or default_file(), "open_sample")

    def create(self, path: Path) -> Job:
        """Make an empty project and open it."""
        return self._open(path, "create_file")

    def open_read_only(self, path: Path, *, is_recent: bool = True, hint: str = "") -> Job:
        """Open a project file only to look at it; `hint` says what to do next."""
        return self._open(path, "open_read_only", is_recent=is_recent, hint=hint)

    def _open(self, path: Path, how: str, *, is_recent: bool = True, hint: str = "") -> Job:
        def work(report: Report) -> "Opened":
            from gui import opening

            opener: Opener = getattr(opening, how)
            return opener(path, report)

        self.coming = path
        self.opening.emit(path.name)
        show = partial(self.show_opened, path, is_recent=is_recent, hint=hint)
        job = self.session.jobs.start(work, show, partial(self._on_failed, path))
        job.ended.connect(self._on_ended)
        self.started.emit(job)
        return job

    def _on_ended(self) -> None:
        self.coming = None
        self.opening.emit("")

    def show_opened(self, path: Path, opened: "Opened", *, is_recent: bool = True, hint: str = "") -> None:
        """Take a project that was opened as the present one, and say what should be known about it."""
        self.failed = None
        if is_recent:
            self.session.settings.remember(path)
        self.session.show(opened)
        message = notices.of_opening(path, opened.found, read_only=opened.project.read_only)
        if message is not None:
            self.session.tell(message.text, hint or message.hint, message.level)

    def _on_failed(self, path: Path, error: XunluError) -> None:
        """Say why a file did not open, and whether there is an earlier state of it."""
        from geo.store import backups

        there = len(backups.listed(path))
        self.failed = path if there else None
        hint = tr("File > Backups… has {count} earlier states of it.", count=there) if there else ""
        self.session.tell(error.message, f"{error.hint} {hint}".strip(), Level.ERROR)

    def list_recent(self, menu: QMenu) -> None:
        """Fill a menu with the projects opened last."""
        menu.clear()
        for path in self.session.settings.existing():
            action = menu.addAction(str(path))
            action.triggered.connect(lambda _on=False, path=path: self.open_path(path))
        if menu.isEmpty():
            menu.addAction(tr("None yet")).setEnabled(False)

    # Asking for a file

    def ask_open(self) -> None:
        """Ask for a project file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a project"), self.folder(), _projects())
        if name:
            self.open_path(Path(name))

    def ask_new(self) -> None:
        """Ask for the name of a new project and make it."""
        path = self._ask_save(tr("New project"), "project.gpkg", _projects())
        if path:
            self.create(path)

    def ask_import(self) -> None:
        """Ask for a file and show what its import would do."""
        from geo.exchange.reading import ENDINGS
        from geo.roads import osm

        endings = " ".join(f"*{ending}" for ending in (*ENDINGS, *osm.ENDINGS))
        kinds = tr("Tables, GIS files and extracts ({endings})", endings=endings)
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Import"), self.folder(), kinds)
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> "ImportDialog | StreetsDialog":
        """Show what the import of a file would do."""
        from geo.roads.osm import is_extract

        if is_extract(path):
            return self.import_streets(path)
        from gui.importing import ImportDialog

        dialog = ImportDialog(self.session, path, self._window)
        dialog.streets_wanted.connect(lambda: self.import_streets(path))
        dialog.open()
        return dialog

    def import_streets(self, path: Path | None = None) -> "StreetsDialog":
        """Ask what of an extract or of lines is wanted; without a file, of what a server has."""
        from gui.streetsdialog import StreetsDialog

        dialog = StreetsDialog(self.session, path, self.shown(), self._window)
        dialog.open()
        return dialog

    def ask_copy(self) -> None:
        """Ask for a name and write a copy of the project there."""
        project = self.session.project
        path = self._ask_save(tr("Save a copy"), f"{project.path.stem}-copy.gpkg" if project else "", _projects())
        if path:
            self.copy_to(path)

    def ask_export(self) -> None:
        """Ask for a name and write the sites there: all, or those selected."""
        from gui.exporting import ExportDialog

        ExportDialog(self.session, self._window).open()

    def ask_picture(self) -> None:
        """Ask for a name and write the map there, as the ending says: PNG, SVG or PDF."""
        path = self._ask_save(tr("Save the map"), "map.png", "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)")
        if path:
            self.write_picture(path)

    def ask_web(self, plan: str) -> None:
        """Ask for a name and write a web map there, with the routes of a plan if one is named."""
        path = self._ask_save(tr("Save the web map"), "map.html", "HTML (*.html)")
        if path:
            self.write_web(path, plan)

    # Writing

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project to another file."""
        project = self.session.project
        if project is None:
            return
        # The file dialog has asked whether to replace it.
        if path.exists() and path.resolve() != project.path.resolve():
            path.unlink()
        if self.session.attempt(lambda: project.copy_to(path)):
            self.session.tell(tr("Saved {file}.", file=path.name))

    def write_picture(self, path: Path) -> None:
        """Write the map, framed with title, legend and scale, to a PNG, SVG or PDF file."""
        order = order_for(self.session, path, current())
        project, stack = self.session.project, self.session.stack
        if order is None or project is None or stack is None:
            return
        chosen = tuple(stack.selection) if len(stack.selection) <= RINGED else ()
        picture = replace(order, pixels=PICTURE_PX, style=stack.style_name, title=project.title(), chosen=chosen)
        self.session.tell(tr("Writing {file} …", file=path.name))
        self._writing = path.name
        self.painting.start(picture)
        self.started.emit(self.painting)

    def write_web(self, path: Path, plan: str = "") -> Job | None:
        """Write one web page with the map that opens offline."""
        project = self.session.project
        if project is None:
            return None
        tables = project.snapshot()

        def work(report: Report) -> None:
            from geo.exchange.webmap import write_webmap

            report(0.1, tr("Writing {file} …", file=path.name))
            write_webmap(tables, plan or None, path, current())

        job = self.session.start(work, lambda _none: self.session.tell(tr("Saved {file}.", file=path.name)))
        self.started.emit(job)
        return job

    def _ask_save(self, title: str, name: str, kinds: str) -> Path | None:
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, str(Path(self.folder()) / name), kinds)
        if not chosen:
            return None
        path = Path(chosen)
        ending = kind.split("*")[-1].strip(")")
        return path if path.suffix else path.with_suffix(ending)

    def folder(self) -> str:
        """Return the folder in which to look for files first."""
        recent = self.session.settings.existing()
        return str(recent[0].parent if recent else Path.home())


def _projects() -> str:
    return tr("Xunlu projects (*.gpkg)")
