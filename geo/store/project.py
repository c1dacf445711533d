"""An open project: its tables in memory, the one door for changes, undo and redo."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Self

import pandas as pd

from geo.language import tr
from geo.model import TABLES
from geo.progress import Report, silent
from geo.store import frames, presence
from geo.store.base import Store
from geo.store.edits import Edit, RowChange, Shelved, delete, insert, update
from geo.store.geopackage import GeoPackage
from geo.store.tables import Tables

Listener = Callable[[Edit], None]
Step = Literal["do", "undo", "redo"]

MANY = 5_000
"""Changes from which those of an edit are not kept in memory to be taken back; a row takes a kilobyte and more."""


class Project(Tables):
    """Hold the tables of a project and let every change through one door.

    Parameters
    ----------
    store
        Where the project is kept.
    path
        The project's file, for its name and the cache beside it.
    report
        Told how much of it is read.
    """

    def __init__(self, store: Store, path: Path, report: Report = silent) -> None:
        # The history grows without end and is seldom looked at.
        super().__init__(path, store.load_all(report))
        self.store = store
        self.who = presence.user()
        self._presence = presence.Presence(path, read_only=store.read_only)
        self._listeners: list[Listener] = []
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._line = ""

    @classmethod
    def create(cls, path: Path) -> "Project":
        """Make a new, empty project file; XunluError if there is a file already or none can be written."""
        return cls(GeoPackage.create(path), path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, report: Report = silent) -> "Project":
        """Open a project file; XunluError if it is missing, foreign, damaged or of a newer version."""
        store = GeoPackage(path, read_only=read_only)
        try:
            return cls(store, path, report)
        except BaseException:
            store.close()
            raise

    @property
    def read_only(self) -> bool:
        """Return whether changes are refused."""
        return self.store.read_only

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table, indexed by id, to be read only; a GeoDataFrame where the table has a shape."""
        if table not in self._frames:
            self._frames[table] = self.store.load(table)
        return self._frames[table]

    def snapshot(self) -> Tables:
        """Return the tables as they stand now, the history left out, for work in another thread."""
        return Tables(self.path, {name: frame for name, frame in self._frames.items() if name != "history"})

    def apply(self, edit: Edit, report: Report = silent) -> None:
        """Make a change: on disk at once, undoable, in the history; an edit without changes is none.

        Raises
        ------
        Conflict
            If somebody else changed a row meanwhile.
        XunluError
            If it cannot be written.
        Cancelled
            If `report` says so; nothing is changed.
        """
        if edit.changes:
            self._write(edit, report)
            self._count(edit, "do")

    def write_apart(self, edit: Edit, report: Report = silent) -> dict[str, pd.DataFrame]:
        """Write a large change from another thread and return the tables as they then stand, to be handed to `adopt`.

        On return it is on disk. Nothing else may be written meanwhile.

        Raises
        ------
        Conflict, XunluError, Cancelled
            As `apply` does.
        """
        self._line = self.store.write(edit, self.who, report)
        return self._patched(edit)

    def adopt(self, edit: Edit, patched: dict[str, pd.DataFrame], step: Step = "do") -> None:
        """Take over what `write_apart` has written, as `apply`, `undo` or `redo` would, and tell the listeners."""
        self._show(edit, patched)
        self._count(edit, step)

    def undoing(self) -> Edit | None:
        """Return the change that `undo` would write; None if there is nothing to take back."""
        if not self._done:
            return None
        edit = self._done[-1]
        return Edit(tr("Undo: {title}", title=edit.title), edit.inverse().changes)

    def redoing(self) -> Edit | None:
        """Return the change that `redo` would write; None if there is nothing to make again."""
        if not self._undone:
            return None
        edit = self._undone[-1]
        # Read once: those that are shelved are read anew whenever somebody looks at them.
        return Edit(tr("Redo: {title}", title=edit.title), tuple(edit.changes))

    def undo(self) -> Edit | None:
        """Take the last change back and return it; None if there is none."""
        edit = self.undoing()
        if edit is None:
            return None
        self._write(edit)
        return self._count(edit, "undo")

    def redo(self) -> Edit | None:
        """Make the change again that was taken back last and return it; None if there is none."""
        edit = self.redoing()
        if edit is None:
            return None
        self._write(edit)
        return self._count(edit, "redo")

    def _count(self, edit: Edit, step: Step) -> Edit:
        """Note what can be taken back and made again after a step; return the change that it was about."""
        if step == "do":
            self._done.append(self._shelved(edit, self._line) if len(edit.changes) > MANY else edit)
            self._undone.clear()
        else:
            source, target = (self._done, self._undone) if step == "undo" else (self._undone, self._done)
            target.append(source.pop())
            edit = target[-1]
        return edit

    def _shelved(self, edit: Edit, line: str) -> Edit:
        """Return an edit whose changes stay in its line of history until they are looked at: an import is large."""
        shelved = Edit(edit.title, Shelved(len(edit.changes), lambda: self.store.line(line)[1]))
        shelved.know_tables(edit.tables())
        return shelved

    def catch_up(self) -> Edit | None:
        """Take over what others have written to the file since, tell the listeners, and return it; None if nothing.

        Cheap where nothing was written, so that it may be called often. What was not taken over by then is not lost: a
        change that starts from values that no longer stand is a `Conflict`; after the next call it can be made again.
        Undo takes back none of it.

        Raises
        ------
        XunluError
            If another program has written what does not fit, or the file is gone; then again at every call.
        """
        self._presence.refresh()
        news = self.store.news()
        if news is None:
            return None
        changes = news.changes(self._frames)
        edit = Edit(news.title, tuple(changes))
        # The history has grown even where no row differs any more.
        self._frames.pop("history", None)
        if changes:
            self._take_over(edit)
        return edit if changes else None

    def others(self) -> tuple[presence.Opener, ...]:
        """Return the other processes, here and on other computers, that have this project open."""
        return presence.others(self.path)

    @property
    def can_undo(self) -> bool:
        """Return whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Return whether there is a change to make again."""
        return bool(self._undone)

    def nearest(self, step: Step) -> Edit | None:
        """Return the change that a step would take back or make again; None if there is none."""
        changes = {"undo": self._done, "redo": self._undone}.get(step)
        return changes[-1] if changes else None

    @property
    def undo_title(self) -> str:
        """Return what `undo` would take back, empty if nothing."""
        return self._done[-1].title if self._done else ""

    @property
    def redo_title(self) -> str:
        """Return what `redo` would make again, empty if nothing."""
        return self._undone[-1].title if self._undone else ""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call a function with every edit once it is on disk; return the function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _write(self, edit: Edit, report: Report = silent) -> None:
        self._line = self.store.write(edit, self.who, report)
        self._take_over(edit)

    def _take_over(self, edit: Edit) -> None:
        self._show(edit, self._patched(edit))

    def _patched(self, edit: Edit) -> dict[str, pd.DataFrame]:
        return {
            table: frames.patched(self._frames[table], TABLES[table], edit.changes_of(table))
            for table in edit.tables() & set(self._frames)
        }

    def _show(self, edit: Edit, patched: dict[str, pd.DataFrame]) -> None:
        self._frames |= patched
        self._frames.pop("history", None)
        for listener in list(self._listeners):
            listener(edit)

    def set_setting_change(self, key: str, value: str) -> RowChange | None:
        """Return the change that gives a setting a value; None if it has it."""
        settings = self.frame("settings")
        found = settings.index[settings["key"] == key]
        if len(found):
            return update("settings", found[0], self.row("settings", found[0]), {"value": value})
        # The same key gives the same id, so that two people who add it apart collide and see it.
        return insert("settings", id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"xunlu:{key}")), key=key, value=value)

    def drop_setting_change(self, key: str) -> RowChange | None:
        """Return the change that takes a setting out of the project; None if it is not there."""
        settings = self.frame("settings")
        found = settings.index[settings["key"] == key]
        return delete("settings", found[0], self.row("settings", found[0])) if len(found) else None

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project to another file, which must not exist yet."""
        self.store.copy_to(path)

    def forget(self) -> None:
        """Let go of all tables and of what could be taken back, once the project is closed."""
        for held in (self._frames, self._done, self._undone, self._listeners):
            held.clear()

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()
        self._presence.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
