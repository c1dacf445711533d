"""The map as a picture: in slices for the screen, whole as an image, as PNG, SVG or PDF, and for route sheets."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgGenerator

from geo.errors import XunluError
from geo.files import write_whole
from geo.language import Language, tr
from layers.device import FORMAT
from layers.frame import Frame, blank
from layers.page import Sheet, paint_framed, paint_sheet
from layers.stack import MapStack
from layers.view import Bounds, View

PER_INCH = 96.0
"""Logical pixels to the inch."""

PRINT_DPI = 240
"""Of the pictures on route sheets: as fine as office printers and copiers show."""

QUICK = 85
"""How Qt is asked to compress a PNG lightly: the picture goes into a PDF, which compresses it once more."""

CLOSEST = 0.7
"""Mercator metres per pixel: a route of two neighbouring sites is not blown up further."""


class RouteFrame(Frame):
    """The picture of one team's route for paper, painted in slices; one at a time for each map."""

    def __init__(
        self, stack: MapStack, team: str, size: tuple[float, float] = (180, 110), lang: Language | None = None
    ) -> None:
        printed = stack.twin("print", lang)
        printed.set_teams({team})
        printed.sites.visible = printed.basemap.visible = False
        printed.labels.never_covered = (printed["stops"],)
        ratio = PRINT_DPI / PER_INCH
        width, height = (round(side / 25.4 * PER_INCH) for side in size)
        self.view = View(0, 0, 1, width, height, ratio)
        self.image = blank(self.view)
        self.done = False
        self._painter = QPainter(self.image)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._slices = _paint_route(self._painter, printed, QRectF(0, 0, width, height), ratio)


def to_image(stack: MapStack, view: View) -> QImage:
    """Return the map of a view with the selection."""
    image = blank(view)
    for _ in _painting(image, lambda painter: stack.paint(painter, view)):
        pass
    return image


def _painting(device: QPaintDevice, paint: Callable[[QPainter], Iterator[None]], scale: float = 1) -> Iterator[None]:
    painter = QPainter(device)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        yield from paint(painter)
    finally:
        # Qt crashes where a device goes before its painter.
        painter.end()


def save(
    stack: MapStack,
    path: Path,
    width: int,
    height: int,
    *,
    title: str = "",
    legend: bool = True,
    lang: Language | None = None,
) -> None:
    """Write the whole map as a framed picture; the ending of the file name says which kind.

    Parameters
    ----------
    stack
        The map, as it is shown.
    path
        A ``.png``, ``.svg`` or ``.pdf`` file.
    width, height
        Pixels; for PDF 96 of them to the inch.
    title
        Written above the map; none if empty.
    legend
        Whether the symbols are explained, where there is room.
    lang
        The language of the names; that of the map when left out.

    Raises
    ------
    XunluError
        If the kind is not known or the file cannot be written.
    """
    for _ in saving(stack, path, width, height, title=title, legend=legend, lang=lang):
        pass


def saving(
    stack: MapStack,
    path: Path,
    width: int,
    height: int,
    *,
    title: str = "",
    legend: bool = True,
    lang: Language | None = None,
) -> Iterator[None]:
    """Do what `save` does, yielding every few milliseconds, so that a window stays alive meanwhile."""
    if lang and lang != stack.lang:
        stack = stack.twin(stack.style_name, lang)
    # A larger picture is a sharper and larger one, not one with tiny letters.
    ratio = max(min(width, height) / 1000, 0.75)
    sheet = Sheet(width / ratio, height / ratio, title, legend)
    writers = {".png": _save_png, ".svg": _save_svg, ".pdf": _save_pdf}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise XunluError(
            tr("“{name}” is no kind of picture that can be written.", name=path.name),
            tr("Let the name end in .png, .svg or .pdf."),
        )
    # In memory first: Qt's writers fail without saying why, and leave half a file.
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    yield from writer(stack, buffer, sheet, ratio)
    write_whole(path, bytes(buffer.data().data()))


def _save_png(stack: MapStack, buffer: QBuffer, sheet: Sheet, ratio: float) -> Iterator[None]:
    image = QImage(round(sheet.width * ratio), round(sheet.height * ratio), FORMAT)
    image.setDevicePixelRatio(ratio)
    yield from _painting(image, lambda painter: paint_sheet(painter, stack, sheet, ratio))
    # Without the ratio that only painting needed, readers see the true size.
    image.setDevicePixelRatio(1)
    yield
    # Compressed lightly: it takes a third of the time and a few per cent more room.
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "PNG", 80)  # type: ignore[call-overload]


def _save_svg(stack: MapStack, buffer: QBuffer, sheet: Sheet, ratio: float) -> Iterator[None]:
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(round(PER_INCH))
    generator.setTitle(sheet.title or stack.project.title(stack.lang))
    size = QSize(round(sheet.width * ratio), round(sheet.height * ratio))
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    yield from _painting(generator, lambda painter: paint_sheet(painter, stack, sheet, 1.0), ratio)


def _save_pdf(stack: MapStack, buffer: QBuffer, sheet: Sheet, ratio: float) -> Iterator[None]:
    writer = QPdfWriter(buffer)
    inches = QSizeF(sheet.width * ratio / PER_INCH, sheet.height * ratio / PER_INCH)
    writer.setPageSize(QPageSize(inches, QPageSize.Unit.Inch, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(sheet.title or stack.project.title(stack.lang))
    writer.setCreator("Xunlu")
    scale = ratio * writer.resolution() / PER_INCH
    yield from _painting(writer, lambda painter: paint_sheet(painter, stack, sheet, 1.0), scale)


def route_picture(
    stack: MapStack, team: str, size: tuple[float, float] = (180, 110), lang: Language | None = None
) -> bytes:
    """Return the map of one team's route in the plan shown, as PNG, readable when copied in black and white.

    Parameters
    ----------
    stack
        A map whose plan was set.
    team
        The team's id.
    size
        Width and height in millimetres.
    lang
        The language of the names; that of the map when left out.
    """
    picture = RouteFrame(stack, team, size, lang)
    picture.step(math.inf)
    return png(picture.image)


def png(image: QImage) -> bytes:
    """Return a picture for paper as PNG; any thread may do it, and it takes a while."""
    image.setDotsPerMeterX(round(PRINT_DPI / 0.0254))
    image.setDotsPerMeterY(round(PRINT_DPI / 0.0254))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "PNG", QUICK)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _paint_route(painter: QPainter, stack: MapStack, frame: QRectF, ratio: float) -> Iterator[None]:
    bounds = _no_closer(stack.routes.bounds() or stack.bounds(), frame)
    yield from paint_framed(painter, stack, frame, bounds, ratio, margin=34)
    painter.setPen(QPen(stack.style.ink, 1.4))
    painter.drawRect(frame.adjusted(0.7, 0.7, -0.7, -0.7))


def _no_closer(bounds: Bounds, frame: QRectF) -> Bounds:
    view = View(0, 0, 1, round(frame.width()), round(frame.height())).fitted(bounds, 34)
    return bounds if view.scale >= CLOSEST else replace(view, scale=CLOSEST).bounds
