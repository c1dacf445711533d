"""What a large change leaves behind is freed little by little: to free a hundred thousand rows stops the window."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from geo.memory import give_back
from gui.slices import Slices

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geo.store.edits import Edit, RowChange

LET_GO_MS = 1000
"""How long after a large change what it leaves behind is freed: by then the panels have let go of it too."""

AT_ONCE = 500
"""Changes of an edit freed in one go."""


class LettingGo(QObject):
    """Hold what is no longer needed until it can be freed in slices.

    Parameters
    ----------
    is_early
        Whether somebody still works with it.
    """

    def __init__(self, is_early: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_early = is_early
        self._columns: list[NDArray[np.object_]] = []
        self._edits: list[Edit] = []
        self._freeing = Slices(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LET_GO_MS)
        self._timer.timeout.connect(self._start)

    def take(self, *tables: "pd.DataFrame", edit: "Edit | None" = None) -> None:
        """Free the columns of tables, and the changes of an edit, in a while; what somebody still holds is left."""
        from geo.store import frames

        for table in tables:
            self._columns += frames.objects_of(table)
        if edit is not None:
            self._edits.append(edit)
        self._timer.start()

    def _start(self) -> None:
        if self._is_early():
            self._timer.start()
        else:
            self._freeing.start(self._free(), give_back)

    def _free(self) -> Iterator[None]:
        from geo.store import spare

        while self._edits:
            changes = list(self._edits.pop().changes)
            yield
            yield from _free_changes(changes)
        yield from spare.dropping(self._columns)


def _free_changes(changes: "list[RowChange]") -> Iterator[None]:
    while changes:
        del changes[-AT_ONCE:]
        yield
