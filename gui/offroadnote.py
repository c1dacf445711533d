"""A line in the plan panel that names the sites which stand oddly to the streets, with their distance."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from geo.language import tr
from geo.progress import Report
from gui.latest import Latest
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.office.offroad import OffRoad
    from geo.store.tables import Tables

NAMED = 12
ON_WHICH_IT_HANGS = ("sites", "streets", "closures", "teams")


class OffRoadNote(QPushButton):
    """Say how many sites of a plan lie off the streets; a click selects them, its tip names each with its distance."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.found: list[OffRoad] = []
        self._latest: Latest[list[OffRoad]] = Latest(session, ON_WHICH_IT_HANGS)
        self.setFlat(True)
        self.setObjectName("quiet")
        self.setStyleSheet("text-align: left")
        self.hide()
        self.clicked.connect(self.select)
        session.released.connect(self.forget)

    def forget(self) -> None:
        """Say nothing: there is no plan."""
        self._latest.forget()
        self._show([])

    def follow(self, plan: str) -> None:
        """Look at the sites of a plan beside the window, unless that was done and nothing they hang on has changed."""
        if self.session.project is None or not plan:
            self.forget()
            return

        def look(tables: "Tables", report: Report) -> "list[OffRoad]":
            from geo.planning.office.offroad import off_road_of

            return off_road_of(tables, plan, report)

        # What stands in its way, such as no streets at all, the plan itself has said.
        self._latest.ask(plan, look, self._show, lambda _error: self._show([]))

    def _show(self, found: "list[OffRoad]") -> None:
        self.found = found
        self.setVisible(bool(found))
        self.setText(tr("Sites off the streets: {count} …", count=len(found)))
        lines = [one.text() for one in found[:NAMED]]
        more = [tr("and {count} more", count=len(found) - NAMED)] if len(found) > NAMED else []
        self.setToolTip("\n".join([*lines, *more]).replace("<", "‹"))
        self.setAccessibleDescription("; ".join([*lines, *more]))

    def select(self) -> None:
        """Select the sites named and say what each has."""
        self.session.selection.choose({one.site for one in self.found})
        self.session.tell("; ".join(one.text() for one in self.found[:NAMED]))
