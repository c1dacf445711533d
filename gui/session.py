"""What all panels share: the open project, the status of its sites, the selection, and the door for changes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report, part
from gui.jobs import Job, Jobs
from gui.messages import Level, Message, of_error
from gui.selection import Selection
from gui.settings import Settings
from gui.slices import Slices

if TYPE_CHECKING:
    # pandas takes two seconds to import; the window is on the screen before it.
    import pandas as pd

    from geo.store.edits import Edit
    from geo.store.project import Project, Step
    from gui.opening import Opened
    from layers.stack import MapStack

    Written = tuple[dict[str, pd.DataFrame], tuple[pd.DataFrame, frozenset[str]]]

Failed = Callable[[XunluError], None]

LARGE = 400
"""From so many rows on, a change is written beside the window."""

NEWS_MS = 2000
"""How often to look whether somebody else has written to the file."""

ASSESSED_BY = frozenset({"kinds", "inspections", "findings", "plans", "stops", "settings"})
"""The tables on which the inspection status of a site hangs, but for the sites themselves."""

ASSESSED_BY_SITE = frozenset({"kind", "risk", "interval_days"})
"""The columns of a site on which its own status hangs."""


class Session(QObject):
    """Hold the one open project and tell the panels of everything that happens to it.

    Parameters
    ----------
    settings
        What this user has set.
    """

    opened = Signal()
    released = Signal()
    edited = Signal(object)
    acted = Signal()
    assessed = Signal()
    stale = Signal()
    told = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.selection = Selection(self)
        self.jobs = Jobs(self)
        self.project: Project | None = None
        self.stack: MapStack | None = None
        self.statuses: pd.DataFrame | None = None
        self.due: frozenset[str] = frozenset()
        self._leave: Callable[[], None] | None = None
        self._touched: set[str] = set()
        self._map_work = Slices(self)
        self._writing = False
        self._assessed: tuple[pd.DataFrame, frozenset[str]] | None = None
        self._news = QTimer(self)
        self._news.setInterval(NEWS_MS)
        self._news.timeout.connect(self._catch_up)

    def show(self, opened: "Opened") -> None:
        """Take a project as the open one, in place of the present."""
        self.close()
        self.project, self.stack = opened.project, opened.stack
        self.statuses, self.due = opened.statuses, opened.due
        self._leave = opened.project.subscribe(self._on_edit)
        self._news.start()
        self.opened.emit()

    def release(self) -> "Project | None":
        """Hand the project over, still open, and forget it."""
        project = self.project
        if project is None:
            return None
        if self._leave is not None:
            self._leave()
        self._news.stop()
        self._map_work.stop()
        self._touched.clear()
        self.released.emit()
        self.selection.clear()
        self.project, self.stack, self.statuses, self.due, self._leave = None, None, None, frozenset(), None
        return project

    def close(self) -> None:
        """Let go of the project."""
        project = self.release()
        if project is None:
            return
        try:
            if project.can_undo:
                from geo.exchange import qgis

                qgis.refresh(project)
        finally:
            project.close()

    @property
    def day(self) -> date:
        """Return the day on which the open project stands."""
        if self.project is None:
            return date.today()  # noqa: DTZ011  the user's own calendar day
        return self.project.today()

    @property
    def can_write(self) -> bool:
        """Return whether there is a project that takes changes."""
        return self.project is not None and not self.project.read_only

    def apply(self, edit: "Edit") -> bool:
        """Make a change to the project; tell the user, and return False, if it cannot be."""
        return self.attempt(lambda: self.open_project().apply(edit))

    def apply_large(self, edit: "Edit", done: Callable[[], None], failed: Failed | None = None) -> Job | None:
        """Make a change of many rows without holding up the window; `done` is called once it is on disk and shown.

        Until then nothing else can be changed. A small change is made at once.
        """
        try:
            self._check_free()
            if len(edit.changes) >= LARGE:
                return self._write_apart(edit, "do", done, failed or self.tell_error)
            self.open_project().apply(edit)
        except XunluError as error:
            (failed or self.tell_error)(error)
            return None
        self.acted.emit()
        done()
        return None

    def _write_apart(self, edit: "Edit", step: "Step", done: Callable[[], None], failed: Failed) -> Job:
        project = self.open_project()
        self._writing = True

        def work(report: Report) -> "Written":
            from geo.inspection.status import assess, due_sites
            from geo.store.tables import Tables

            patched = project.write_apart(edit, part(report, 0.0, 0.9))
            after = Tables(project.path, {**project.snapshot().held(), **patched})
            return patched, (assess(after), frozenset(due_sites(after, after.today())))

        def finish(written: "Written") -> None:
            self._writing = False
            patched, self._assessed = written
            project.adopt(edit, patched, step)
            self._assessed = None
            self.acted.emit()
            done()

        def fail(error: XunluError) -> None:
            self._writing = False
            failed(error)

        job = self.jobs.start(work, finish, fail)
        job.stopped.connect(self._on_stopped)
        return job

    def _on_stopped(self) -> None:
        self._writing = False

    def undo(self) -> None:
        """Take the last change back."""
        project = self.open_project()
        self._step(project.undoing(), "undo", project.undo)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        project = self.open_project()
        self._step(project.redoing(), "redo", project.redo)

    def _step(self, edit: "Edit | None", step: "Step", at_once: Callable[[], object]) -> None:
        if edit is None or len(edit.changes) < LARGE:
            self.attempt(at_once)
        elif self.attempt(self._check_free):
            self.tell(f"{edit.title} …")
            self._write_apart(edit, step, lambda: self.tell(edit.title), self.tell_error)

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Do something that may meet what the user can mend; tell it and return False then."""
        try:
            self._check_free()
            act()
        except XunluError as error:
            self.tell_error(error)
            return False
        # After the edit itself has been told, since only now the project knows what can be undone.
        self.acted.emit()
        return True

    def tell(self, text: str, hint: str = "", level: Level = Level.INFO) -> None:
        """Show a message in the bar."""
        self.told.emit(Message(level, text, hint))

    def tell_error(self, error: XunluError) -> None:
        """Show what went wrong and how to mend it."""
        self.told.emit(of_error(error))

    def start(self, work: Callable[[Report], Any], done: Callable[[Any], None]) -> Job:
        """Run long work in a thread; see `gui.jobs.Jobs.start`."""
        return self.jobs.start(work, done, self.tell_error)

    def ids_of(self, *statuses: str) -> frozenset[str]:
        """Return the ids of the sites that have one of the given statuses."""
        if self.statuses is None:
            return frozenset()
        return frozenset(self.statuses.index[self.statuses["status"].isin(statuses)])

    def open_project(self) -> "Project":
        """Return the project; XunluError if none is open."""
        if self.project is None:
            raise XunluError(tr("No project is open."), tr("Open one first."))
        return self.project

    def _check_free(self) -> None:
        if self._writing:
            raise XunluError(tr("A large change is being written."), tr("Wait until it is done, then do it again."))

    def _catch_up(self) -> None:
        """Show what others have changed in the file meanwhile."""
        if self._writing or self.project is None:
            return
        try:
            edit = self.project.catch_up()
        except XunluError as error:
            self._news.stop()  # it would be said again and again
            self.tell_error(error)
            return
        if edit is not None:
            self.tell(tr("Somebody else has changed the project: {what}", what=edit.title))
            self.acted.emit()

    def _on_edit(self, edit: "Edit") -> None:
        if changes_status(edit):
            self._assess()
        if self.project is not None:
            gone = self.selection.ids - set(self.project.frame("sites").index)
            if gone:
                self.selection.choose(self.selection.ids - gone)
        self._update_map(edit)
        self.edited.emit(edit)

    def _update_map(self, edit: "Edit") -> None:
        """Let the map follow, layer by layer, so that a big edit does not hold up the window in one piece."""
        if self.stack is None:
            return
        self._touched |= edit.tables()
        work = self.stack.reload(self._touched)
        if "sites" in self._touched:
            # At once: a site may be gone, and the mouse may be on it.
            next(work, None)
        self._map_work.start(work, self._on_map_followed)

    def _on_map_followed(self) -> None:
        self._touched.clear()
        self.stale.emit()

    def _assess(self) -> None:
        from geo.inspection.status import assess, due_sites

        project = self.open_project()
        if self._assessed is None:
            self.statuses, self.due = assess(project), frozenset(due_sites(project, project.today()))
        else:
            self.statuses, self.due = self._assessed
        self.assessed.emit()


def changes_status(edit: "Edit") -> bool:
    """Return whether an edit may change the inspection status of a site."""
    if edit.tables() & ASSESSED_BY:
        return True
    sites = (change for change in edit.changes if change.table == "sites")
    return any(change.kind != "update" or ASSESSED_BY_SITE & set(change.after or ()) for change in sites)


def default_file() -> Path:
    """Return where the sample project of this user lies."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Xunlu", appauthor=False)) / "yuexiu.gpkg"
