"""Maps on paper, made beside the window: the map of the paper in a worker, pages in slices, files in a process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter

from geo.errors import XunluError
from geo.language import Language, current
from geo.progress import Report
from gui.jobs import Job
from gui.paperprocess import PaperProcess, order_for
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from layers.book import Book
    from layers.layout import Layout
    from layers.stack import MapStack
    from layers.view import View

Drawn = Callable[["Book", int, QImage], None]


class LayoutWork(QObject):
    """Draw the pages of a layout for the screen, or write them; one wish at a time, a new one takes its place.

    The paper has a map of its own, in its own style and language, so that neither the map on the screen nor a route
    sheet that is drawn at the same time changes what is seen on it.

    Parameters
    ----------
    view
        Returns what the screen shows.
    """

    progressed = Signal(float, str)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, view: "Callable[[], View]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._view = view
        self._slices = Slices(self)
        self._saved: Callable[[int], None] = lambda _count: None
        self._paper = PaperProcess(self)
        self._paper.progressed.connect(self.progressed)
        self._paper.written.connect(lambda count: self._finish(lambda: self._saved(count)))
        self._paper.failed.connect(self._fail)
        self._job: Job | None = None
        self._stack: MapStack | None = None
        self._made_for: tuple[str, Language] | None = None
        self._book: tuple[tuple[object, ...], Book] | None = None

    @property
    def is_busy(self) -> bool:
        """Return whether anything is being made."""
        return self._slices.is_busy or self._paper.is_busy or self._job is not None

    def forget(self) -> None:
        """Make the map of the paper anew next time: the project has changed."""
        self.stop()
        self._stack = self._book = None

    def stop(self) -> None:
        """Drop what is being made; a file that was being written stays as it was before."""
        self._slices.stop()
        self._paper.cancel()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.changed.emit()

    def draw(self, layout: "Layout", number: int, width: float, ratio: float, done: Drawn) -> None:
        """Draw a page, the last one where there are fewer, so many logical pixels wide, and hand it to `done`."""

        def begin(stack: "MapStack") -> None:
            book = self._book_of(stack, layout)
            image = QImage()

            def work() -> Iterator[None]:
                nonlocal image, number
                yield from book.prepare()
                number = min(number, book.count - 1)
                image = _blank(layout, width, ratio)
                yield from _drawing(book, number, image)

            self._slices.start(work(), lambda: self._finish(lambda: done(book, number, image)), self._fail)

        self._with_map(layout, begin)

    def save(self, layout: "Layout", path: Path, done: Callable[[int], None]) -> None:
        """Write all pages in a process of their own, and hand their number to `done`; see `layers.paper.saving`."""
        self.stop()
        order = order_for(self.session, path, _language(layout), layout.as_json(), self._view().bounds)
        if order is not None:
            self._saved = done
            self._paper.start(order)
            self.changed.emit()

    def print_on(self, layout: "Layout", printer: "QPrinter", done: Callable[[int], None]) -> None:
        """Draw the pages that were asked for on a printer, whose paper is set already."""

        def begin(stack: "MapStack") -> None:
            from layers import paper

            book = self._book_of(stack, layout)

            def work() -> Iterator[None]:
                yield from book.prepare()
                first, last = printer.fromPage() or 1, printer.toPage() or book.count
                numbers = range(min(first, book.count) - 1, min(last, book.count))
                yield from paper.paging(book, printer, numbers, printer.resolution(), self.progressed.emit)

            self._slices.start(work(), lambda: self._finish(lambda: done(book.count)), self._fail)

        self._with_map(layout, begin)

    # The map of the paper

    def _book_of(self, stack: "MapStack", layout: "Layout") -> "Book":
        """Return the pages of a layout, the same ones as before where they would be the same."""
        from layers.book import Book

        shown = self._view().bounds
        names = [layer.visible for layer in stack.layers]
        key = (layout, shown if layout.by == "view" else None, stack.plan, stack.teams, *names)
        if self._book is None or self._book[0] != key or self._book[1].stack is not stack:
            self._book = key, Book(stack, layout, shown)
        return self._book[1]

    def _with_map(self, layout: "Layout", begin: "Callable[[MapStack], None]") -> None:
        """Call `begin` with the map of the paper, made first in a worker where it is not there yet."""
        self.stop()
        lang = _language(layout)
        key = layout.style, lang
        project = self.session.project
        if project is None:
            return
        if self._stack is not None and self._made_for == key:
            self._begin(self._stack, begin)
            return
        tables = project.snapshot()

        def work(report: Report) -> "MapStack":
            from layers.stack import MapStack

            report(0.0, "")
            return MapStack(tables, lang, layout.style)

        def take(stack: "MapStack") -> None:
            self._job = None
            self._stack, self._made_for = stack, key
            self._begin(stack, begin)

        self._job = self.session.jobs.start(work, take, self._fail)
        self.changed.emit()

    def _begin(self, stack: "MapStack", begin: "Callable[[MapStack], None]") -> None:
        shown = self.session.stack
        if shown is None:
            return
        stack.set_plan(shown.plan)
        stack.set_teams(shown.teams)
        stack.basemap.follow(shown.basemap)
        for layer in shown.layers:
            stack[layer.name].visible = layer.visible
        try:
            begin(stack)
        except XunluError as error:
            self._fail(error)
        self.changed.emit()

    def _finish(self, tell: Callable[[], None]) -> None:
        tell()
        self.changed.emit()

    def _fail(self, error: XunluError) -> None:
        self._job = None
        self.failed.emit(error)
        self.changed.emit()


def _language(layout: "Layout") -> Language:
    return "zh" if layout.lang == "zh" else "en" if layout.lang == "en" else current()


def _blank(layout: "Layout", width: float, ratio: float) -> QImage:
    wide, high = layout.size
    image = QImage(round(width * ratio), round(width * ratio * high / wide), QImage.Format.Format_ARGB32_Premultiplied)
    # In units of the page, as everything on it is drawn.
    image.setDevicePixelRatio(width * ratio / wide)
    image.fill(0xFFFFFFFF)
    return image


def _drawing(book: "Book", number: int, image: QImage) -> Iterator[None]:
    from layers import paper

    painter = QPainter(image)
    try:
        yield from paper.painting(book, number, painter, 1.0, image.devicePixelRatio())
    finally:
        # Qt crashes where an image goes before its painter.
        painter.end()
