"""The menu that shows and hides what stands on the map beside the map: scale bar, north arrow, legend, coordinates."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from geo.language import tr
from gui.session import Session


class FurnitureMenu(QObject):
    """Fill a menu with what may stand on the map, and keep the map and the settings up with it.

    Parameters
    ----------
    canvas
        The widget that is painted anew.
    """

    def __init__(self, menu: QMenu, session: Session, canvas: QWidget) -> None:
        super().__init__(menu)
        self.session = session
        self._canvas = canvas
        self.actions: dict[str, QAction] = {}
        for name, words, tip in (
            ("bar", tr("&Scale bar"), tr("Show how long distances are on the map")),
            ("north", tr("&North arrow"), tr("Show where north is")),
            ("legend", tr("&Legend on the map"), tr("Explain status and kinds in the corner of the map")),
            ("grid", tr("&Coordinate grid"), tr("Show lines of round coordinates, in the datum of the status line")),
        ):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setStatusTip(tip)
            action.setToolTip(tip)
            action.setChecked(name in session.settings.furniture.split(","))
            action.toggled.connect(self._follow)
            self.actions[name] = action
        menu.setToolTipsVisible(True)
        session.opened.connect(self._follow)
        session.stale.connect(self._forget)

    def _follow(self) -> None:
        """Show on the map what is ticked, and keep it for the next start."""
        ticked = [name for name, action in self.actions.items() if action.isChecked()]
        self.session.settings.furniture = ",".join(ticked)
        if self.session.stack is not None:
            shown = self.session.stack.furniture
            shown.shown = frozenset(ticked)
            shown.datum = lambda: self.session.settings.datum
            shown.forget()
        self._canvas.update()

    def _forget(self) -> None:
        if self.session.stack is not None:
            self.session.stack.furniture.forget()
