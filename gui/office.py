"""The commands for what an office sets for all its plans: rules, teams, and who may not inspect what."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from geo.language import tr
from gui.messages import Level
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit


class Office(QObject):
    """Show the dialogs, each made when it is asked for."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session = session
        self._window = window
        session.edited.connect(self._tell_who_stays)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do here, by the name of the command."""
        return {"rules": self.show_rules, "teams": self.show_teams, "conflicts": self.show_conflicts}

    def show_rules(self) -> None:
        """Show the form of the rules."""
        if self.session.project is not None:
            from gui.rulesdialog import RulesDialog

            RulesDialog(self.session, self._window).open()

    def show_teams(self) -> None:
        """Show the teams with their limits and their inspectors."""
        if self.session.project is not None:
            from gui.teamsdialog import TeamsDialog

            TeamsDialog(self.session, self._window).open()

    def show_conflicts(self) -> None:
        """Show who may not inspect the selected sites, those of the present selection at most."""
        self._show_conflicts(sorted(self.session.selection.ids))

    def show_conflicts_of(self, site: str) -> None:
        """Show who may not inspect one site."""
        self._show_conflicts([site] if site else [])

    def _show_conflicts(self, sites: list[str]) -> None:
        if self.session.project is not None and sites:
            from gui.conflictsdialog import ConflictsDialog

            ConflictsDialog(self.session, sites, self._window).open()

    def _tell_who_stays(self, edit: "Edit") -> None:
        """Say which teams a new plan leaves at their base because too few of their inspectors are there."""
        made = [change.id for change in edit.changes_of("plans") if change.kind == "insert"]
        if self.session.project is None or not made:
            return
        from geo.planning.plans.stored_rules import stayed

        if said := stayed(self.session.project, made[-1]):
            hint = tr("“Rules of the plan” says how many a team must have.")
            self.session.tell(" ".join(said), hint, Level.WARNING)
