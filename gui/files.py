"""The commands of the File menu: projects opened, made and copied, and the map written to a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from geo.language import current, tr
from geo.progress import Report
from gui.jobs import Job
from gui.session import Session, default_file
from gui.slices import Slices

if TYPE_CHECKING:
    from gui.importing import ImportDialog
    from gui.opening import Opened, Opener

PICTURE_PX = (2400, 1800)


class Files(QObject):
    """Open and write files without holding up the window.

    `opening` tells the name of a file that is being opened, and is empty once that has ended, well or not.
    """

    opening = Signal(str)
    started = Signal(object)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session = session
        self.drawing = Slices(self)
        self._window = window

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the File menu does, by the name of the command."""
        return {
            "new": self.ask_new,
            "open": self.ask_open,
            "sample": self.open_sample,
            "import": self.ask_import,
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

    def _open(self, path: Path, how: str) -> Job:
        def work(report: Report) -> "Opened":
            from gui import opening

            opener: Opener = getattr(opening, how)
            return opener(path, report)

        self.opening.emit(path.name)
        job = self.session.start(work, partial(self._show, path))
        job.ended.connect(lambda: self.opening.emit(""))
        self.started.emit(job)
        return job

    def _show(self, path: Path, opened: "Opened") -> None:
        self.session.settings.remember(path)
        self.session.show(opened)
        if opened.project.read_only:
            self.session.tell(
                tr("{file} is open read-only.", file=path.name), tr("Save a copy to make changes in that.")
            )

    # Asking for a file

    def ask_open(self) -> None:
        """Ask for a project file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a project"), self._folder(), _projects())
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

        kinds = tr("Tables and GIS files ({endings})", endings=" ".join(f"*{ending}" for ending in ENDINGS))
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Import"), self._folder(), kinds)
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> "ImportDialog":
        """Show what the import of a file would do."""
        from gui.importing import ImportDialog

        dialog = ImportDialog(self.session, path, self._window)
        dialog.open()
        return dialog

    def ask_copy(self) -> None:
        """Ask for a name and write a copy of the project there."""
        project = self.session.project
        path = self._ask_save(tr("Save a copy"), f"{project.path.stem}-copy.gpkg" if project else "", _projects())
        if path:
            self.copy_to(path)

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
        from layers.render import saving

        project, stack = self.session.project, self.session.stack
        if project is None or stack is None:
            return
        width, height = PICTURE_PX
        picture = saving(stack, path, width, height, title=project.title(), lang=current())
        self.session.tell(tr("Writing {file} …", file=path.name))
        self.drawing.start(
            picture, lambda: self.session.tell(tr("Saved {file}.", file=path.name)), self.session.tell_error
        )

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
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, str(Path(self._folder()) / name), kinds)
        if not chosen:
            return None
        path = Path(chosen)
        ending = kind.split("*")[-1].strip(")")
        return path if path.suffix else path.with_suffix(ending)

    def _folder(self) -> str:
        recent = self.session.settings.existing()
        return str(recent[0].parent if recent else Path.home())


def _projects() -> str:
    return tr("Xunlu projects (*.gpkg)")
