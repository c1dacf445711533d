"""Where route sheets go: the Print menu's commands, files and printers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from geo.files import write_whole
from geo.language import Language, current, tr
from gui import planrows
from gui.session import Session
from gui.sheets import SheetWork, file_name

if TYPE_CHECKING:
    from gui.layoutdialog import LayoutDialog
    from gui.planpanel import PlanPanel
    from layers.view import View


class Printing(QObject):
    """Do what the Print menu says with the plan that is shown."""

    def __init__(self, session: Session, plan: "PlanPanel", window: QWidget, view: "Callable[[], View]") -> None:
        super().__init__(window)
        self._view = view
        self.layouts: LayoutDialog | None = None
        self.session, self.plan = session, plan
        self.work = SheetWork(session, self)
        self._window = window

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the Print menu does, by the name of the command."""
        return {"layout": self.show_layout, "sheets": self.show_sheets, "sheets_pdf": self.ask_pdf}

    @property
    def lang(self) -> Language:
        """Return the language of the sheets: the one chosen last, else the window's."""
        kept = self.session.settings.sheets_language
        return "zh" if kept == "zh" else "en" if kept == "en" else current()

    def show_layout(self) -> None:
        """Show how the map is laid out on paper; the window stays usable beside it."""
        from gui.layoutdialog import LayoutDialog

        if self.session.project is None or self.session.stack is None:
            return
        if self.layouts is None:
            self.layouts = LayoutDialog(self.session, self._view, self._window)
            self.layouts.destroyed.connect(self._forget_layouts)
        self.layouts.show()
        self.layouts.raise_()
        self.layouts.activateWindow()

    def _forget_layouts(self) -> None:
        self.layouts = None

    def show_sheets(self) -> None:
        """Show the sheets of the plan."""
        from gui.preview import SheetsDialog

        if self.session.project is not None and self.plan.plan_id:
            routes = planrows.routes(self.session.project, self.plan.plan_id)
            SheetsDialog(self.session, self.plan.plan_id, routes, self.lang, self._window).open()

    def ask_pdf(self) -> None:
        """Ask for a file and save the sheets of all teams in it."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the route sheets"), file_name(self.session), "PDF (*.pdf)"
        )
        if name:
            self.save_pdf(Path(name).with_suffix(".pdf"))

    def save_pdf(self, path: Path) -> None:
        """Save the sheets of all teams in one file."""
        project = self.session.project
        if project is None or not self.plan.plan_id:
            return
        teams = [route.team for route in planrows.routes(project, self.plan.plan_id) if route.stops]

        def keep(pdf: bytes) -> None:
            if self.session.attempt(lambda: write_whole(path, pdf)):
                self.session.tell(tr("Saved {file}.", file=path.name))

        self.session.tell(tr("Setting the sheets …"))
        self.work.make(self.plan.plan_id, teams, self.lang, keep)
