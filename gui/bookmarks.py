"""Bookmarks: what the map shows kept under a name, the menu that goes there, and the list in which they are renamed."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLabel, QListWidget, QListWidgetItem, QMenu, QVBoxLayout

from geo.language import tr
from geo.late import np
from geo.projection import to_mercator
from gui.canvas import Canvas
from gui.lists import add_action
from gui.session import Session

if TYPE_CHECKING:
    from geo.bookmarks import Bookmark
    from geo.store.edits import Edit
    from geo.store.project import Project

LEAST_M = 400.0
"""So much of the world is shown at least, in metres."""

BookmarkRole = Qt.ItemDataRole.UserRole


class Bookmarks(QObject):
    """Keep parts of the map of the session's project under names, and go there.

    Parameters
    ----------
    session
        Whose project keeps them.
    canvas
        The map.
    """

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.session = session
        self.canvas = canvas

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the View menu does with bookmarks, by the name of the command."""
        return {"bookmark": self.keep}

    def listed(self) -> "list[Bookmark]":
        """Return the bookmarks of the open project by name."""
        from geo import bookmarks

        return [] if self.session.project is None else bookmarks.listed(self.session.project)

    def keep(self) -> bool:
        """Keep what the map shows, under the name of the subdistrict in its middle."""
        from geo import bookmarks

        name = self._free_name()
        done = self._apply(lambda project: bookmarks.keep(project, name, self.canvas.shown()))
        if done:
            self.session.tell(
                tr("Kept as bookmark “{name}”.", name=name), tr("View › Bookmarks goes there and renames it.")
            )
        return done

    def rename(self, bookmark: "Bookmark", name: str) -> bool:
        """Give a bookmark another name; tell the user, and return False, if it cannot be."""
        from geo import bookmarks

        return self._apply(lambda project: bookmarks.rename(project, bookmark, name))

    def drop(self, bookmark: "Bookmark") -> bool:
        """Remove a bookmark."""
        from geo import bookmarks

        return self._apply(lambda project: bookmarks.drop(project, bookmark))

    def go(self, bookmark: "Bookmark") -> None:
        """Show the part of the map that a bookmark keeps."""
        self.show_bounds(bookmark.bounds)

    def show_bounds(self, bounds: tuple[float, float, float, float], margin: float = 0) -> None:
        """Show a part of the world: west, south, east and north in degrees, with a margin in pixels."""
        (left, bottom), (right, top) = to_mercator(np.array(bounds).reshape(2, 2)).tolist()
        self.canvas.set_view(self.canvas.view.fitted((left, bottom, right, top), margin, LEAST_M))

    def attach(self, menu: QMenu) -> None:
        """Let a menu list the bookmarks whenever it is opened."""
        editing = menu.addAction(tr("&Rename and remove…"))
        editing.setStatusTip(tr("List the bookmarks to rename or remove them"))
        editing.triggered.connect(lambda _checked=False: BookmarksDialog(self).open())
        menu.aboutToShow.connect(lambda: self._fill(menu, editing))

    def _fill(self, menu: QMenu, before: QAction) -> None:
        for action in menu.actions()[:-1]:
            menu.removeAction(action)
        for bookmark in self.listed():
            action = menu.addAction(bookmark.name.replace("&", "&&"))
            action.setStatusTip(tr("Show this part of the map"))
            action.triggered.connect(partial(self._go, bookmark))
            menu.insertAction(before, action)
        if menu.actions()[0] is not before:
            menu.insertSeparator(before)

    def _go(self, bookmark: "Bookmark", _checked: bool = False) -> None:
        self.go(bookmark)

    def _apply(self, make: "Callable[[Project], Edit]") -> bool:
        return self.session.attempt(lambda: self.session.open_project().apply(make(self.session.open_project())))

    def _free_name(self) -> str:
        wanted, taken = self._place_name() or tr("Part of the map"), {each.name for each in self.listed()}
        numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
        return next(name for name in (wanted, *numbered) if name not in taken)

    def _place_name(self) -> str:
        import shapely

        from geo.store.tables import name_of

        if self.session.project is None:
            return ""
        west, south, east, north = self.canvas.shown()
        parts = self.session.project.frame("subdistricts")
        there = shapely.contains_xy(parts.geometry.array, (west + east) / 2, (south + north) / 2)
        return name_of(parts[there].iloc[0]) if there.any() else ""


class BookmarksDialog(QDialog):
    """List the bookmarks: Enter goes there, F2 renames, Delete removes; every change can be undone."""

    def __init__(self, bookmarks: Bookmarks) -> None:
        super().__init__(bookmarks.canvas.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(tr("Bookmarks"))
        self.resize(340, 380)
        self._bookmarks = bookmarks
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Bookmarks"))
        self.list.setAlternatingRowColors(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.itemActivated.connect(lambda item: bookmarks.go(item.data(BookmarkRole)))
        self.list.itemChanged.connect(self._on_changed)
        self.hint = QLabel(tr("Enter goes there, F2 renames, Delete removes."))
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        add_action(self.list, tr("&Remove"), self._drop, "Delete")
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)
        bookmarks.session.edited.connect(self._follow)
        bookmarks.session.opened.connect(self._fill)
        bookmarks.session.released.connect(self.close)
        self._fill()

    def _follow(self, edit: "Edit") -> None:
        if "settings" in edit.tables():
            self._fill()

    def _fill(self) -> None:
        row = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for bookmark in self._bookmarks.listed():
            item = QListWidgetItem(bookmark.name)
            item.setData(BookmarkRole, bookmark)
            if self._bookmarks.session.can_write:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        if not self.list.count():
            self.hint.setText(tr("None yet. Ctrl+B keeps what the map shows."))

    def _on_changed(self, item: QListWidgetItem) -> None:
        bookmark = item.data(BookmarkRole)
        if item.text() != bookmark.name and not self._bookmarks.rename(bookmark, item.text()):
            self._fill()

    def _drop(self) -> None:
        item = self.list.currentItem()
        if item is not None and self._bookmarks.session.can_write:
            self._bookmarks.drop(item.data(BookmarkRole))
