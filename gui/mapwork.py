"""The map following what happens to the project, layer by layer, while the window goes on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.slices import Slices

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from layers.stack import MapStack


class MapWork(QObject):
    """Reload the layers of a map in slices; `followed` tells that it is to be drawn anew."""

    followed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._touched: set[str] = set()
        self._work = Slices(self)

    def follow(self, stack: "MapStack", edit: "Edit") -> None:
        """Let the map follow an edit, so that a big one does not hold up the window in one piece."""
        self._touched |= edit.tables()
        stack.note(edit)
        work = stack.reload(self._touched)
        if "sites" in self._touched:
            # At once: a site may be gone, and the mouse may be on it.
            next(work, None)
        self._work.start(work, self._end)

    def show_plan(self, stack: "MapStack", plan: str) -> None:
        """Show the routes of a plan; none for an empty id."""
        if plan == (stack.plan or ""):
            return
        if not plan:
            stack.set_plan(None)
            self.followed.emit()
            return
        # An edit that brings a plan has the routes loaded anyway: then they are loaded once, as the work starts anew.
        stack.plan = plan
        self._touched.add("routes")
        self._work.start(stack.reload(self._touched), self._end)

    @property
    def is_busy(self) -> bool:
        """Return whether there is work left."""
        return self._work.is_busy

    def stop(self) -> None:
        """Drop what is left to do."""
        self._work.stop()
        self._touched.clear()

    def _end(self) -> None:
        self._touched.clear()
        self.followed.emit()
