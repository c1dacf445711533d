"""The commands that select sites: all, none, the others, those due, those late."""

from collections.abc import Callable

from gui.session import Session


class Choosing:
    """Select sites of the session's project by what they are."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Edit menu does with the selection, by the name of the command."""
        selection = self.session.selection
        return {
            "select_all": lambda: selection.choose(self._all()),
            "select_none": selection.clear,
            "invert": lambda: selection.choose(self._all() - selection.ids),
            "select_due": lambda: selection.choose(self.session.due),
            "select_overdue": lambda: selection.choose(self.session.ids_of("overdue", "rectification_overdue")),
        }

    def _all(self) -> frozenset[str]:
        project = self.session.project
        return frozenset() if project is None else frozenset(project.frame("sites").index)
