"""Where everything stands on a sheet of paper: header, map, frame, legend and footer, in logical pixels."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from geo.errors import XunluError
from geo.language import tr
from geo.projection import east_metres, to_lonlat
from layers.blocks import Panel
from layers.layout import INCH_M, MM, POINT, Layout, nice_scale
from layers.view import Bounds, View

TITLE_PT, SUBTITLE_PT, SMALL_PT, BAND_PT = 17.0, 10.0, 7.5, 6.5
BAND_MM = 4.4
PANEL_MM, PANEL_MOST_MM = 42.0, 66.0
GUTTER_MM = 5.0
FOOTER_MM = 11.0
FIT_MM = 4.0
"""What is left free around what is fitted into a frame."""

LEAST_MAP_MM = 40.0

SQUEEZE = 0.74
"""How much closer together than usual the rows of a legend may stand."""


@dataclass(frozen=True)
class Composition:
    """The boxes of a page, in logical pixels from its upper left corner.

    Parameters
    ----------
    header
        The title and what stands beside it; empty where there is none.
    map
        What is drawn of the world.
    band
        The width of the band around the map that carries letters and coordinates; 0 without one.
    panel, columns
        The legend and what stands with it, in so many columns; None if there is none beside the map.
    footer
        Scale, north, date, attribution, page.
    """

    header: QRectF
    map: QRectF
    band: float
    panel: QRectF | None
    columns: int
    footer: QRectF


def compose(layout: Layout, panel: Panel, place: str, *, titled: bool, subtitled: bool) -> Composition:
    """Divide a sheet.

    Parameters
    ----------
    layout
        What is wanted.
    panel
        What stands beside the map.
    place
        ``side``, ``below`` or ``none``.
    titled, subtitled
        Whether there is a line of title, and one below it.

    Raises
    ------
    XunluError
        If no room is left for a map.
    """
    k = layout.titling
    width, height = layout.size
    margin = layout.margin_mm * MM
    page = QRectF(margin, margin, width - 2 * margin, height - 2 * margin)
    head = (title_size(layout) * 1.45 if titled else 0) + (SUBTITLE_PT * 1.5 * POINT * k if subtitled else 0)
    header = QRectF(page.left(), page.top(), page.width(), head)
    has_footer = layout.north or layout.bar or layout.date or layout.attribution or layout.numbers
    foot = FOOTER_MM * MM * (0.55 + 0.45 * k) if has_footer else 0.0
    footer = QRectF(page.left(), page.bottom() - foot, page.width(), foot)
    body = QRectF(page.left(), header.bottom(), page.width(), footer.top() - header.bottom())
    band = BAND_MM * MM * math.sqrt(k) if layout.has_band else 0.0
    box, columns = (None, 1) if panel.is_empty or place == "none" else _cut_panel(layout, panel, place, body)
    inner = body.adjusted(band, band, -band, -band)
    if min(inner.width(), inner.height()) < LEAST_MAP_MM * MM:
        raise XunluError(
            tr("There is no room for the map on {paper} with these margins and this legend.", paper=layout.paper),
            tr("Choose a larger paper, a smaller margin, or no legend."),
        )
    return Composition(header, _whole(inner, layout.symbols), band, box, columns, footer)


def _cut_panel(layout: Layout, panel: Panel, place: str, body: QRectF) -> tuple[QRectF, int]:
    """Take the room of a panel away from the body of a page; return it and its columns."""
    k = layout.titling
    gutter = GUTTER_MM * MM * math.sqrt(k)
    column = min(max(panel.natural_width(), PANEL_MM * MM * k), PANEL_MOST_MM * MM * k)
    if place == "side":
        # Rows a little closer together are better than another column, which takes its room from the map.
        columns = 1 if panel.height(column) * SQUEEZE <= body.height() else 2
        wide = column * columns + gutter * (columns - 1)
        box = QRectF(body.right() - wide, body.top(), wide, body.height())
        body.setRight(box.left() - gutter)
        return box, columns
    columns = max(int((body.width() + gutter) / (column + gutter)), 1)
    wide = (body.width() - gutter * (columns - 1)) / columns
    high = min(panel.height_for(columns, wide), body.height() * 0.45)
    box = QRectF(body.left(), body.bottom() - high, body.width(), high)
    body.setBottom(box.top() - gutter * 0.7)
    return box, columns


def title_size(layout: Layout) -> float:
    """Return the size of the title in logical pixels; it grows more with the paper than all the rest."""
    return TITLE_PT * POINT * float(layout.titling**1.4)


def _whole(box: QRectF, unit: float) -> QRectF:
    """Return a box made smaller by less than a pixel each way, so that a view of whole pixels fills it exactly."""
    return QRectF(box.left(), box.top(), math.floor(box.width() / unit) * unit, math.floor(box.height() / unit) * unit)


def view_of(layout: Layout, frame: QRectF, bounds: Bounds, ratio: float) -> View:
    """Return the view of bounds, in EPSG:3857 metres, in a frame of logical pixels, at the scale that is wanted.

    A scale of 0 shows all of the bounds at a round scale; any other is exact at the middle of the frame, measured
    from west to east. The pixels of the view are those of the page times the size of symbols.

    Parameters
    ----------
    ratio
        Device pixels per logical pixel of the page.
    """
    left, bottom, right, top = bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    metres = east_metres(float(to_lonlat([[x, y]])[0, 1]))
    # Metres of the world in one pixel of the page at 1:1.
    unit = INCH_M / 96 / metres
    free = 2 * FIT_MM * MM
    wide, high = max(frame.width() - free, 10.0), max(frame.height() - free, 10.0)
    needed = max((right - left) / wide, (top - bottom) / high, unit * 100)
    scale = layout.scale or nice_scale(needed / unit)
    size = round(frame.width() / layout.symbols), round(frame.height() / layout.symbols)
    return View(x, y, scale * unit * layout.symbols, *size, ratio * layout.symbols)


def scale_of(layout: Layout, view: View) -> float:
    """Return the n of 1:n at which a view stands on paper, at its middle, from west to east."""
    metres = east_metres(float(to_lonlat([[view.x, view.y]])[0, 1]))
    return view.scale / layout.symbols * metres * 96 / INCH_M
