"""An open project: its tables in memory, the one door for changes, undo and redo."""

import getpass
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pandas as pd

from geo.language import tr
from geo.model import TABLES
from geo.store import frames
from geo.store.base import Store
from geo.store.edits import Edit, RowChange, insert, update
from geo.store.geopackage import GeoPackage
from geo.store.tables import Tables

Listener = Callable[[Edit], None]


class Project(Tables):
    """Hold the tables of a project and let every change through one door.

    Parameters
    ----------
    store
        Where the project is kept.
    path
        The project's file, for its name and the cache beside it.
    """

    def __init__(self, store: Store, path: Path) -> None:
        # The history grows without end and is seldom looked at.
        super().__init__(path, {name: store.load(name) for name in TABLES if name != "history"})
        self.store = store
        self.who = _user()
        self._listeners: list[Listener] = []
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    @classmethod
    def create(cls, path: Path) -> "Project":
        """Make a new, empty project file; XunluError if there is a file already or none can be written."""
        return cls(GeoPackage.create(path), path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Project":
        """Open a project file; XunluError if it is missing, foreign, damaged or of a newer version."""
        store = GeoPackage(path, read_only=read_only)
        try:
            return cls(store, path)
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

    def apply(self, edit: Edit) -> None:
        """Make a change: on disk at once, undoable, in the history; an edit without changes is none.

        Raises
        ------
        Conflict
            If somebody else changed a row meanwhile.
        XunluError
            If it cannot be written.
        """
        if edit.changes:
            self._write(edit)
            self._done.append(edit)
            self._undone.clear()

    def undo(self) -> Edit | None:
        """Take the last change back and return it; None if there is none."""
        if not self._done:
            return None
        edit = self._done[-1]
        self._write(Edit(tr("Undo: {title}", title=edit.title), edit.inverse().changes))
        self._undone.append(self._done.pop())
        return edit

    def redo(self) -> Edit | None:
        """Make the change again that was taken back last and return it; None if there is none."""
        if not self._undone:
            return None
        edit = self._undone[-1]
        self._write(Edit(tr("Redo: {title}", title=edit.title), edit.changes))
        self._done.append(self._undone.pop())
        return edit

    @property
    def can_undo(self) -> bool:
        """Return whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Return whether there is a change to make again."""
        return bool(self._undone)

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

    def _write(self, edit: Edit) -> None:
        self.store.write(edit, self.who)
        for table in edit.tables() & set(self._frames):
            changes = [change for change in edit.changes if change.table == table]
            self._frames[table] = frames.patched(self._frames[table], TABLES[table], changes)
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

    def copy_to(self, path: Path) -> None:
        """Write a copy of the project to another file, which must not exist yet."""
        self.store.copy_to(path)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except OSError:
        # A container's user may have no name.
        return "unknown"
