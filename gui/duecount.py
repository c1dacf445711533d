"""How many sites a plan for a day would serve, counted beside the window."""

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from geo.progress import Report
from gui.latest import Latest
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.tables import Tables

ON_WHICH_IT_HANGS = ("sites", "kinds", "inspections", "findings", "rounds", "plans", "stops", "settings")


class DueCount(QObject):
    """Count the sites that are due on a day, must be visited then, or are wanted by a patrol round.

    `changed` tells that another number is known.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._latest: Latest[int] = Latest(session, ON_WHICH_IT_HANGS)
        self._known: tuple[date, int] | None = None
        session.released.connect(self._forget)

    def number(self, day: date) -> int:
        """Return how many they are on a day, as far as is known now."""
        return self._known[1] if self._known is not None and self._known[0] == day else len(self._session.due)

    def follow(self, day: date) -> None:
        """Have them counted for a day, unless that was done and nothing they hang on has changed."""

        def count(tables: "Tables", _report: Report) -> int:
            from geo.planning.office.intake import wanted_count

            return wanted_count(tables, day)

        def tell(number: int) -> None:
            if self._known != (day, number):
                self._known = (day, number)
                self.changed.emit()

        if self._session.project is not None:
            self._latest.ask(day, count, tell)

    def _forget(self) -> None:
        self._latest.forget()
        self._known = None
