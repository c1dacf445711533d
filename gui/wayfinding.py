"""Getting about on the map: the search line, back and forward through views, and bookmarks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from gui.bookmarks import Bookmarks
from gui.canvas import Canvas
from gui.menus import Needs
from gui.searchbar import SearchBar
from gui.session import Session
from gui.views import ViewHistory

if TYPE_CHECKING:
    from geo.search.finding import Found

MARGIN_PX = 48


class Wayfinding(QObject):
    """Bring what is wanted into the picture.

    Parameters
    ----------
    session
        Whose project is shown.
    canvas
        The map.
    """

    selection_wanted = Signal()

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self.history = ViewHistory(canvas)
        self.bookmarks = Bookmarks(session, canvas)
        self.search = SearchBar(session)
        self.search.chosen.connect(self.show_found)
        self.search.left.connect(canvas.setFocus)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do to get about, by the name of the command."""
        return {"search": self.search.begin, **self.history.commands(), **self.bookmarks.commands()}

    def there(self) -> set[Needs]:
        """Return which of the things that commands need are there."""
        earlier: set[Needs] = {"earlier"} if self.history.can_go_back else set()
        return earlier | ({"later"} if self.history.can_go_forward else set())

    def show_found(self, found: "Found") -> None:
        """Show what was found: a site is selected, anything else just brought into the picture."""
        from geo.search import finding

        if found.table == "sites":
            self._session.selection.choose({found.id})
            self.selection_wanted.emit()
        elif (where := finding.bounds(self._session.open_project(), found)) is not None:
            self.bookmarks.show_bounds(where, MARGIN_PX)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
