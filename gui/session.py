"""What all panels share: the open project, the status of its sites, the selection, and the door for changes."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from geo.errors import XunluError
from geo.inspection.concerns import ASSESSED_BY, changes_status, is_for_all
from geo.language import tr
from geo.progress import Report, part
from gui.jobs import Job, Jobs
from gui.lettinggo import LettingGo
from gui.mapwork import MapWork
from gui.messages import Level, Message, of_error
from gui.searches import Searches
from gui.selection import Selection
from gui.settings import Settings

if TYPE_CHECKING:
    # pandas takes two seconds to import; the window is on the screen before it.
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geo.inspection.assessment import Assessment
    from geo.store.edits import Edit
    from geo.store.project import Project, Step
    from gui.opening import Opened
    from layers.siterows import SiteRows
    from layers.stack import MapStack

    Written = tuple[Edit, dict[str, pd.DataFrame], Assessment, SiteRows | None]

Failed = Callable[[XunluError], None]

LARGE = 400
"""From so many rows on, a change is written beside the window."""

LONG = 100_000
"""From so many rows of a table on, one that comes or goes is written beside the window too: all columns are copied."""

NEWS_MS = 2000
"""How often to look whether somebody else has written to the file."""


class Session(QObject):
    """Hold the one open project and tell the panels of everything that happens to it.

    Parameters
    ----------
    settings
        What this user has set.
    """

    opened = Signal()
    released = Signal()
    closed = Signal(Path)
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
        self.searches = Searches(self.catch_up, self)
        self.project: Project | None = None
        self.stack: MapStack | None = None
        self._leave: Callable[[], None] | None = None
        self.map_work = MapWork(self)
        self.map_work.followed.connect(self.stale)
        self._letting_go = LettingGo(lambda: self._writing or self.map_work.is_busy, self)
        self._writing = False
        self._brief: Job | None = None
        self._assessment: Assessment | None = None
        self._coming: Assessment | None = None
        self._news = QTimer(self)
        self._news.setInterval(NEWS_MS)
        self._news.timeout.connect(self.catch_up)

    def show(self, opened: "Opened") -> None:
        """Take a project as the open one, in place of the present."""
        self.close()
        self.project, self.stack = opened.project, opened.stack
        self._assessment = opened.assessment
        self._leave = opened.project.subscribe(self._on_edit)
        self._news.start()
        self.searches.open(opened.project.path)
        self.opened.emit()

    def release(self) -> "Project | None":
        """Hand the project over, still open, and forget it."""
        project = self.project
        if project is None:
            return None
        if self._leave is not None:
            self._leave()
        self._news.stop()
        self.map_work.stop()
        self.released.emit()
        self.searches.release()
        self.selection.clear()
        self.project, self.stack, self._assessment, self._leave = None, None, None, None
        return project

    def close(self) -> None:
        """Let go of the project."""
        stack, project = self.stack, self.release()
        if project is None:
            return
        try:
            if project.can_undo:
                from geo.exchange import qgis

                qgis.refresh(project)
        finally:
            project.close()
            # They hold on to one another, and to many rows; the collector does not look at what a job has made.
            self._letting_go.take(*project.held().values())
            project.forget()
            if stack is not None:
                stack.sites.rows = stack.sites.rows.none()
                stack.sites.forget()
            if not project.read_only:
                self.closed.emit(project.path)

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

        Until then nothing else can be changed. A small change is made at once, unless it is a whole plan: it may come
        at any moment, so that whoever works on something else must not be stopped, nor refused, on its account.
        """
        try:
            self._check_free()
            if self._is_plan(edit) or self._is_large(edit):
                job = self._write_apart(lambda: edit, "do", done, failed or self.tell_error)
                self._brief = job if self._is_plan(edit) else None
                return job
            self.open_project().apply(edit)
        except XunluError as error:
            (failed or self.tell_error)(error)
            return None
        self.acted.emit()
        done()
        return None

    def _is_plan(self, edit: "Edit") -> bool:
        """Return whether a plan comes or goes."""
        return {"plans", "routes"} <= edit.tables() and len(edit.changes) < LARGE

    def _is_large(self, edit: "Edit") -> bool:
        """Return whether the window would be held up by an edit."""
        if len(edit.changes) >= LARGE or self.project is None:
            return len(edit.changes) >= LARGE
        long = {table for table in edit.tables() & {"sites", *ASSESSED_BY} if len(self.project.frame(table)) > LONG}
        moves = any(change.table in long and change.kind != "update" for change in edit.changes)
        return moves or (len(self.project.frame("sites")) > LONG and is_for_all(self.project, edit))

    def _write_apart(self, make: "Callable[[], Edit]", step: "Step", done: Callable[[], None], failed: Failed) -> Job:
        project, stack, known = self.open_project(), self.stack, self._assessment
        self._writing = True

        def work(report: Report) -> "Written":
            from geo.inspection.assessment import Assessment
            from geo.store.tables import Tables
            from layers.siterows import SiteRows, assessed

            # Made here: the inverse of a long one takes a while.
            edit = make()
            edit.columns("sites")  # kept with it: panels ask for it
            patched = project.write_apart(edit, part(report, 0.0, 0.9))
            after = Tables(project.path, {**project.snapshot().held(), **patched})
            assessment = Assessment.of(after) if known is None else known.after(after, edit)
            is_shown = len(edit.changes) >= LARGE and stack is not None and bool(edit.tables() & stack.sites.tables)
            return edit, patched, assessment, SiteRows(after.frame("sites"), assessed(after)) if is_shown else None

        def finish(written: "Written") -> None:
            self._writing = False
            edit, patched, self._coming, rows = written
            if stack is not None:
                stack.sites.rows.successor = rows
            self._letting_go.take(*map(project.frame, patched), *([] if known is None else [known.statuses]), edit=edit)
            project.adopt(edit, patched, step)
            self._coming = None
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
        self._step("undo", project.undoing, project.undo)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        project = self.open_project()
        self._step("redo", project.redoing, project.redo)

    def _step(self, step: "Step", make: "Callable[[], Edit | None]", at_once: Callable[[], object]) -> None:
        self._settle()
        edit = self.open_project().nearest(step)
        if edit is None or not (self._is_plan(edit) or self._is_large(edit)):
            self.attempt(at_once)
        elif self.attempt(self._check_free):
            what = edit.title
            title = tr("Undo: {title}", title=what) if step == "undo" else tr("Redo: {title}", title=what)
            # What takes no more than a moment needs no words.
            tell = (lambda _text: None) if self._is_plan(edit) else self.tell
            tell(f"{title} …")
            job = self._write_apart(lambda: make() or edit, step, lambda: tell(title), self.tell_error)
            self._brief = job if self._is_plan(edit) else None

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

    @property
    def statuses(self) -> "pd.DataFrame | None":
        """Return the status of every site, as `geo.inspection.status.assess` does; None without a project."""
        return None if self._assessment is None else self._assessment.statuses

    @property
    def due(self) -> AbstractSet[str]:
        """Return the ids of the sites that are due."""
        return frozenset() if self._assessment is None else self._assessment.due

    def ids_of(self, *statuses: str) -> AbstractSet[str]:
        """Return the ids of the sites that have one of the given statuses."""
        return frozenset() if self._assessment is None else self._assessment.having(*statuses)

    def count_of(self, *statuses: str) -> int:
        """Return how many sites have one of the given statuses."""
        return 0 if self._assessment is None else self._assessment.count(*statuses)

    def counts_at(self, rows: "NDArray[np.integer]") -> dict[str, int]:
        """Return how many of the sites at some rows of their table have each status."""
        return {} if self._assessment is None else self._assessment.counts_at(rows)

    def all_ids(self) -> AbstractSet[str]:
        """Return the ids of all sites."""
        if self.project is None:
            return frozenset()
        from geo.store.rowset import RowSet

        return RowSet.all_of(self.project.frame("sites").index)

    def open_project(self) -> "Project":
        """Return the project; XunluError if none is open."""
        if self.project is None:
            raise XunluError(tr("No project is open."), tr("Open one first."))
        return self.project

    def _settle(self) -> None:
        """Wait for a plan that is being written: it takes a moment, and the next change need not be refused for it."""
        if self._writing and self._brief is not None:
            self._brief.settle()

    def _check_free(self) -> None:
        self._settle()
        if self._writing:
            raise XunluError(tr("A large change is being written."), tr("Wait until it is done, then do it again."))

    def catch_up(self) -> None:
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
        if changes_status(self.open_project(), edit):
            self._assess(edit)
        elif self.project is not None:
            from geo.inspection import status

            status.carry(self.project, edit.tables())
        self._follow_selection(edit)
        self._update_map(edit)
        self.edited.emit(edit)

    def _update_map(self, edit: "Edit") -> None:
        """Let the map follow, layer by layer, so that a big edit does not hold up the window in one piece."""
        if self.stack is None:
            return
        if self.stack.sites.rows.successor is not None:
            self.stack.selection = self.selection.ids
        self.map_work.follow(self.stack, edit)

    def _follow_selection(self, edit: "Edit") -> None:
        """Leave out of the selection what is gone, and let it be about the table as it stands now."""
        if self.project is None or "sites" not in edit.tables() or not self.selection.ids:
            return
        sites = edit.changes_of("sites")
        gone, added = ([change.id for change in sites if change.kind == kind] for kind in ("delete", "insert"))
        if not gone and not added:
            return
        from geo.store.rowset import RowSet, followed, mask_of

        index = self.project.frame("sites").index
        chosen = self.selection.ids
        same = followed(chosen, index, gone, added) if isinstance(chosen, RowSet) else None
        if same is not None:
            self.selection.follow(same)
            return
        there = RowSet(index, mask_of(chosen, index))
        self.selection.follow(there if isinstance(chosen, RowSet) else frozenset(there))

    def _assess(self, edit: "Edit") -> None:
        if self._coming is not None:
            self._assessment = self._coming
        elif self._assessment is not None:
            self._assessment = self._assessment.after(self.open_project(), edit)
        self.assessed.emit()


def default_file() -> Path:
    """Return where the sample project of this user lies."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Xunlu", appauthor=False)) / "yuexiu.gpkg"
