"""What is planned beyond the one day at hand: random draws, several days at once, and patrol rounds."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from gui.session import Session


class Campaigns(QObject):
    """Open the dialogs for draws, several days and rounds; each is there once at most.

    Parameters
    ----------
    window
        Above which they stand.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session = session
        self._window = window
        self._open: dict[str, QDialog] = {}

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the menu does, by the name of the command."""
        return {"draw": self.show_draw, "horizon": self.show_horizon, "rounds": self.show_rounds}

    def show_draw(self) -> QDialog:
        """Open the dialog for random draws."""
        from gui.drawdialog import DrawDialog

        return self._show("draw", DrawDialog)

    def show_horizon(self) -> QDialog:
        """Open the dialog for several days."""
        from gui.horizondialog import HorizonDialog

        return self._show("horizon", HorizonDialog)

    def show_rounds(self) -> QDialog:
        """Open the dialog for patrol rounds."""
        from gui.roundsdialog import RoundsDialog

        return self._show("rounds", RoundsDialog)

    def _show(self, name: str, make: Callable[[Session, QWidget], QDialog]) -> QDialog:
        dialog = self._open.get(name)
        if dialog is None:
            dialog = make(self.session, self._window)
            self._open[name] = dialog
            dialog.finished.connect(lambda _code: self._open.pop(name, None))
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog
