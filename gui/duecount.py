"""How many sites a plan for a day would serve, counted beside the window."""

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from geo.progress import Report
from gui.session import Session

if TYPE_CHECKING:
    import pandas as pd

ON_WHICH_IT_HANGS = ("sites", "kinds", "inspections", "findings", "rounds", "plans", "stops", "settings")


class DueCount(QObject):
    """Count the sites that are due on a day, must be visited then, or are wanted by a patrol round.

    `changed` tells that another number is known.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: tuple[date, tuple[pd.DataFrame, ...]] | None = None
        self._known: tuple[date, int] | None = None
        session.released.connect(self._forget)

    def number(self, day: date) -> int:
        """Return how many they are on a day, as far as is known now, and have it counted if it may have changed."""
        self._follow(day)
        if self._known is not None and self._known[0] == day:
            return self._known[1]
        return len(self._session.due)

    def _forget(self) -> None:
        self._asked = self._known = None

    def _follow(self, day: date) -> None:
        project = self._session.project
        if project is None:
            return
        frames = tuple(project.frame(name) for name in ON_WHICH_IT_HANGS)
        before = self._asked
        if before is not None and before[0] == day and all(a is b for a, b in zip(before[1], frames, strict=True)):
            return
        asked = self._asked = (day, frames)
        tables = project.snapshot()

        def work(_report: Report) -> int:
            from geo.planning.office.intake import wanted_count

            return wanted_count(tables, day)

        def tell(number: int) -> None:
            if self._asked is asked and self._known != (day, number):
                self._known = (day, number)
                self.changed.emit()

        self._session.start(work, tell)
