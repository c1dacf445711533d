"""The map as a sheet: framed, with title, legend, scale bar, north arrow, date and attribution around it."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from layers import furniture, text
from layers.stack import MapStack
from layers.view import Bounds, View

MARGIN = 18.0
FOOTER = 24.0
FRAME_MARGIN = 22.0
"""What is left free around the district within the frame."""
LEGEND_FROM = 760.0
"""Narrower sheets carry no legend: it would leave no map."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper in logical pixels, with a title or without."""

    width: float
    height: float
    title: str = ""
    legend: bool = True


def paint_sheet(painter: QPainter, stack: MapStack, sheet: Sheet, ratio: float) -> Iterator[None]:
    """Draw the map of all there is on a sheet, yielding every few milliseconds."""
    style = stack.style
    # As wide as for all there may be: which of it is drawn hangs on the scale, and that on the room left.
    groups = stack.legend() if sheet.legend and sheet.width >= LEGEND_FROM else []
    column = furniture.legend_size(groups, style)[0] + MARGIN if groups else 0
    head = style.texts["title"].size * 1.9 if sheet.title else 0
    frame = QRectF(MARGIN, MARGIN + head, sheet.width - 2 * MARGIN - column, sheet.height - 2 * MARGIN - head - FOOTER)
    painter.fillRect(QRectF(0, 0, sheet.width, sheet.height), style.paper)
    yield from paint_framed(painter, stack, frame, stack.bounds(), ratio)
    _cover(painter, stack, frame, sheet)
    painter.setPen(QPen(style.ink, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    if sheet.title:
        text.draw_left(painter, sheet.title, style.texts["title"], MARGIN, MARGIN + head * 0.42)
    if groups:
        groups = stack.legend(_framed(frame, stack.bounds(), ratio).scale)
        furniture.legend(painter, groups, style, frame.right() + MARGIN, frame.top(), frame.height())
    footing = sheet.height - MARGIN - FOOTER / 2 + 4
    text.draw_left(painter, stack.project.today().isoformat(), style.texts["attribution"], MARGIN, footing)
    furniture.attribution(painter, stack.attribution(), style, frame.right() + 6, footing + 10)


def _framed(frame: QRectF, bounds: Bounds, ratio: float, margin: float = FRAME_MARGIN) -> View:
    """Return the view that shows some bounds in a frame."""
    return View(0, 0, 1, round(frame.width()), round(frame.height()), ratio).fitted(bounds, margin)


def paint_framed(
    painter: QPainter, stack: MapStack, frame: QRectF, bounds: Bounds, ratio: float, margin: float = FRAME_MARGIN
) -> Iterator[None]:
    """Draw the map of some bounds, with scale bar and north arrow, into a frame; what hangs over is not cut."""
    view = _framed(frame, bounds, ratio, margin)
    painter.save()
    painter.translate(frame.topLeft())
    # Not every device can clip; those that cannot are covered afterwards.
    painter.setClipRect(QRectF(0, 0, view.width, view.height))
    stack.labels.keep_clear = ((0, view.height - 40, 190, view.height), (view.width - 52, 0, view.width, 66))
    try:
        yield from stack.paint(painter, view)
    finally:
        stack.labels.keep_clear = ()
    painter.setClipping(False)
    furniture.scale_bar(painter, view, stack.style, 14, view.height - 12)
    furniture.north_arrow(painter, stack.style, view.width - 28, 36)
    painter.restore()


def _cover(painter: QPainter, stack: MapStack, frame: QRectF, sheet: Sheet) -> None:
    for box in (
        QRectF(0, 0, sheet.width, frame.top()),
        QRectF(0, frame.bottom(), sheet.width, sheet.height - frame.bottom()),
        QRectF(0, 0, frame.left(), sheet.height),
        QRectF(frame.right(), 0, sheet.width - frame.right(), sheet.height),
    ):
        painter.fillRect(box, stack.style.paper)
