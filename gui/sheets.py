"""Route sheets made beside the window, the maps in steps of its own thread and the paper in a worker, and printed."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from geo.errors import XunluError
from geo.language import Language, tr
from geo.progress import Report, part
from gui.fields import name_in
from gui.jobs import Job
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    # The window is made before any of it is printed.
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter

    from geo.store.edits import Edit

SLICE_MS = 6

Done = Callable[[bytes], None]

DPI = 300
_FORBIDDEN = '\\/:*?"<>|'


class SheetWork(QObject):
    """Make the route sheets of a plan as PDF, one wish at a time; a new wish takes the place of the last.

    Maps are painted in the window's thread, where painting in slices is what holds it up least, and kept until
    the project changes; the paper is set in a worker.
    """

    progressed = Signal(float, str)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._slices = Slices(self)
        self._job: Job | None = None
        self._pictures: dict[tuple[str, str, Language], QImage] = {}
        session.edited.connect(self._forget)
        session.opened.connect(self._forget)

    @property
    def is_busy(self) -> bool:
        """Return whether sheets are being made."""
        return self._slices.is_busy or self._job is not None

    def make(self, plan: str, teams: Sequence[str], lang: Language, done: Done) -> None:
        """Make the sheets of some teams in a language and hand the PDF to `done`."""
        self.stop()
        self._slices.start(self._paint_maps(plan, teams, lang), lambda: self._set_paper(plan, teams, lang, done))
        self.changed.emit()

    def stop(self) -> None:
        """Drop what is being made."""
        self._slices.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.changed.emit()

    def _paint_maps(self, plan: str, teams: Sequence[str], lang: Language) -> Iterator[None]:
        from geo.sheets.route_sheet import MAP_MM
        from layers.render import RouteFrame

        stack = self.session.stack
        if stack is None or stack.plan != plan:
            return
        for number, team in enumerate(teams):
            self.progressed.emit(0.4 * number / len(teams), tr("Drawing the maps …"))
            yield
            if (plan, team, lang) not in self._pictures:
                picture = RouteFrame(stack, team, MAP_MM, lang)
                try:
                    while not picture.step(SLICE_MS):
                        yield
                finally:
                    # Also where it is no longer wanted: a painter that is left in the middle complains.
                    picture.step(math.inf)
                self._pictures[plan, team, lang] = picture.image

    def _set_paper(self, plan: str, teams: Sequence[str], lang: Language, done: Done) -> None:
        tables = self.session.open_project().snapshot()
        images = {team: self._pictures[plan, team, lang] for team in teams}

        def work(report: Report) -> bytes:
            from geo.sheets.route_sheet import route_sheets
            from layers.render import png

            def picture(team: str) -> bytes | None:
                return png(images[team]) if team in images else None

            return route_sheets(tables, plan, list(teams), lang, picture, part(report, 0.4, 1.0))

        job = self.session.jobs.start(work, done, self._fail)
        self._job = job
        job.progressed.connect(self.progressed)
        job.ended.connect(lambda: self._end(job))

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self.changed.emit()

    def _fail(self, error: XunluError) -> None:
        self.session.tell_error(error)

    def _forget(self, _edit: "Edit | None" = None) -> None:
        self._pictures.clear()


def file_name(session: Session, team: str = "") -> str:
    """Return a file name for route sheets: of one team, or of all."""
    words = tr("route sheets")
    if team and session.project is not None:
        words = f"{words} {name_in(session.project.row('teams', team))}"
    return f"{''.join('_' if sign in _FORBIDDEN else sign for sign in words)}.pdf"


def pages(document: "QPdfDocument", printer: "QPrinter") -> Iterator[None]:
    """Print a document, yielding after every page."""
    printer.setResolution(DPI)
    printer.setFullPage(True)
    painter = QPainter(printer)
    try:
        for page in range(document.pageCount()):
            if page:
                printer.newPage()
            points = document.pagePointSize(page)
            size = QSize(round(points.width() / 72 * DPI), round(points.height() / 72 * DPI))
            image = document.render(page, size)
            yield
            painter.drawImage(printer.pageLayout().fullRectPixels(DPI), image)
            yield
    finally:
        painter.end()
