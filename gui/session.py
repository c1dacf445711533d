"""What all panels share: the open project, the status of its sites, the selection, and the door for changes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report
from gui.jobs import Job, Jobs
from gui.messages import Level, Message, of_error
from gui.selection import Selection
from gui.settings import Settings
from gui.slices import Slices

if TYPE_CHECKING:
    # pandas takes two seconds to import; the window is on the screen before it.
    import pandas as pd

    from geo.store.edits import Edit
    from geo.store.project import Project
    from gui.opening import Opened
    from layers.stack import MapStack

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

    def show(self, opened: "Opened") -> None:
        """Take a project as the open one, in place of the present."""
        self.close()
        self.project, self.stack = opened.project, opened.stack
        self.statuses, self.due = opened.statuses, opened.due
        self._leave = opened.project.subscribe(self._on_edit)
        self.opened.emit()

    def release(self) -> "Project | None":
        """Hand the project over, still open, and forget it."""
        project = self.project
        if project is None:
            return None
        if self._leave is not None:
            self._leave()
        self._map_work.stop()
        self._touched.clear()
        self.released.emit()
        self.selection.clear()
        self.project, self.stack, self.statuses, self.due, self._leave = None, None, None, frozenset(), None
        return project

    def close(self) -> None:
        """Let go of the project."""
        project = self.release()
        if project is not None:
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

    def undo(self) -> None:
        """Take the last change back."""
        self.attempt(lambda: self.open_project().undo())

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self.attempt(lambda: self.open_project().redo())

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Do something that may meet what the user can mend; tell it and return False then."""
        try:
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
        self.statuses = assess(project)
        self.due = frozenset(due_sites(project, project.today()))
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
