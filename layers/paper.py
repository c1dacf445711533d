"""A layout on paper: its pages as one PDF, as SVG or PNG files, or on a printer, in slices of a few milliseconds."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from geo.errors import XunluError
from geo.files import cannot_write, write_whole
from geo.language import tr
from geo.progress import Report, silent
from geo.projection import to_mercator
from layers.book import Book
from layers.device import restoring
from layers.layout import Layout
from layers.pdftext import searchable
from layers.pngstream import PngStream
from layers.view import Bounds

PER_INCH = 96.0
BAND_PIXELS = 24_000_000
"""A larger PNG is painted in bands of so many pixels, 96 MB each, so that an A0 sheet fits into any machine."""

KINDS = (".pdf", ".svg", ".png")
LONGEST_NAME = 80


def saving(book: Book, path: Path, report: Report = silent) -> Generator[None]:
    """Write a book, yielding every few milliseconds.

    Parameters
    ----------
    path
        A ``.pdf`` file for all pages; an ``.svg`` or ``.png`` file for the first, the others beside it with the name
        of what they show behind its own; a folder, or a name without an ending, for one PDF for each page.
    report
        Told how much is done.

    Raises
    ------
    XunluError
        If the kind is not known or a file cannot be written. Each file is written whole or not at all.
    """
    yield from book.prepare()
    kind = path.suffix.lower()
    if kind == ".pdf":
        yield from _writing(path, _pdf(book, range(book.count), report))
    elif kind in KINDS:
        for number, file in enumerate(file_names(book, path)):
            report(number / book.count, file.name)
            yield from _writing(file, _svg(book, number) if kind == ".svg" else png(book, number))
    elif not kind or path.is_dir():
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
        for number, file in enumerate(file_names(book, path / ".pdf")):
            report(number / book.count, file.name)
            yield from _writing(file, _pdf(book, range(number, number + 1), silent))
    else:
        raise XunluError(
            tr("“{name}” is no kind of picture that can be written.", name=path.name),
            tr("Let the name end in .png, .svg or .pdf."),
        )
    report(1.0, "")


def bounds_of(box: tuple[float, float, float, float]) -> Bounds:
    """Return west, south, east and north in degrees as EPSG:3857 metres."""
    west, south, east, north = box
    (left, bottom), (right, top) = to_mercator([(west, south), (east, north)]).tolist()
    return float(left), float(bottom), float(right), float(top)


def save(book: Book, path: Path, report: Report = silent) -> None:
    """Do what `saving` does in one go."""
    for _ in saving(book, path, report):
        pass


def _writing(path: Path, made: "Iterator[bytes | None]") -> Iterator[None]:
    for content in made:
        if content is not None:
            # In memory first: Qt's writers fail without saying why, and leave half a file.
            write_whole(path, content)
        yield


def file_names(book: Book, path: Path) -> list[Path]:
    """Return a file for each page: the name given for an only one, else with the number and the name of the page.

    Names are data: what a file system does not take is left out, and no two files have one name.
    """
    if book.count == 1 and path.suffix:
        return [path]
    ending = path.suffix or path.name
    stem = f"{path.stem}-" if path.suffix else ""
    digits = len(str(book.count))
    names = []
    for number in range(book.count):
        # The number comes first, so that names are told apart even where nothing of them can be kept.
        words = re.sub(r"[^\w-]+", "_", book.title(number)).strip("_")[:LONGEST_NAME].rstrip("_")
        names.append(f"{stem}{number + 1:0{digits}d}{'-' if words else ''}{words}{ending}")
    return [path.with_name(name) for name in names]


def painting(book: Book, number: int, painter: QPainter, scale: float, ratio: float) -> Iterator[None]:
    """Draw a page with a painter whose units are `scale` to the logical pixel, yielding every few milliseconds."""
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        yield from book.paint(painter, number, ratio)


def page_layout(layout: Layout) -> QPageLayout:
    """Return the paper as Qt's writers and printers take it, without margins of their own."""
    width, height = layout.size_mm
    short, long = min(width, height), max(width, height)
    size = QPageSize(QSizeF(short, long), QPageSize.Unit.Millimeter, layout.paper, QPageSize.SizeMatchPolicy.FuzzyMatch)
    way = QPageLayout.Orientation.Landscape if layout.landscape else QPageLayout.Orientation.Portrait
    return QPageLayout(size, way, QMarginsF(0, 0, 0, 0))


def paging(book: Book, device: QPagedPaintDevice, numbers: range, dpi: float, report: Report) -> Iterator[None]:
    """Draw pages on what has pages, a PDF or a printer, yielding every few milliseconds.

    Parameters
    ----------
    device
        Its paper and margins are set already.
    dpi
        The units of the device to the inch.
    """
    painter = QPainter()
    try:
        for place, number in enumerate(numbers):
            report(place / len(numbers), book.title(number))
            if place == 0:
                if not painter.begin(device):
                    raise XunluError(tr("The printer does not answer."), tr("Look whether it is on, or save as PDF."))
            else:
                device.newPage()
            yield from painting(book, number, painter, dpi / PER_INCH, 1.0)
    finally:
        # Qt crashes where a device goes before its painter.
        if painter.isActive():
            painter.end()


def _pdf(book: Book, numbers: range, report: Report) -> "Iterator[bytes | None]":
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(page_layout(book.layout))
    title = book.layout.title or book.stack.project.title(book.stack.lang)
    writer.setTitle(title)
    writer.setCreator("Xunlu")
    for _ in paging(book, writer, numbers, writer.resolution(), report):
        yield None
    yield searchable(bytes(buffer.data().data()))


def _svg(book: Book, number: int) -> "Iterator[bytes | None]":
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(round(PER_INCH))
    generator.setTitle(book.title(number) or book.layout.title or book.stack.project.title(book.stack.lang))
    width, height = (round(side) for side in book.layout.size)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    painter = QPainter(generator)
    try:
        for _ in painting(book, number, painter, 1.0, 1.0):
            yield None
    finally:
        painter.end()
    yield bytes(buffer.data().data())


def png(book: Book, number: int, most: int = BAND_PIXELS) -> "Iterator[bytes | None]":
    """Yield nothing every few milliseconds while a page is painted, band by band, and at last the PNG of it.

    Parameters
    ----------
    number
        The page, from 0.
    most
        Pixels of one band.
    """
    width, height = book.layout.pixels
    ratio = book.layout.dpi / PER_INCH
    bands = -(-width * height // most)
    rows = -(-height // bands)
    stream = PngStream(width, height, book.layout.dpi)
    for top in range(0, height, rows):
        high = min(rows, height - top)
        image = QImage(width, high, QImage.Format.Format_ARGB32_Premultiplied)
        # The paper may end in the middle of a pixel.
        image.fill(0xFFFFFFFF)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        try:
            painter.translate(0, -top / ratio)
            # The whole page for each band: who is painted where must not depend on where the bands end.
            for _ in painting(book, number, painter, 1.0, ratio):
                yield None
        finally:
            painter.end()
        for _ in stream.add(image, high):
            yield None
    yield stream.finished()


def pixels_note(layout: Layout) -> str:
    """Return how large a PNG of a layout is, for who chooses the resolution."""
    width, height = layout.pixels
    return tr("{width} × {height} pixels", width=f"{width:,}", height=f"{height:,}")
