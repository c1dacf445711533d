"""A page with a map: what stands on it and where, resolved from the layout and the area that it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from geo.hours import format_clock
from geo.language import tr
from geo.projection import to_mercator
from geo.store.tables import name_of
from layers import stops
from layers.atlas import Page
from layers.blocks import Block, Panel, Row
from layers.composition import Composition, compose, view_of
from layers.geometry import path_of
from layers.gridindex import Graticule, Squares, graticule
from layers.layer import Swatch
from layers.layout import MM, Layout
from layers.onpage import PageLegend
from layers.stack import MapStack
from layers.view import View

LOCATOR_MM = 34.0
SQUARE_MM = {"A4": 42.0, "Letter": 42.0, "A3": 50.0, "A2": 60.0, "A1": 72.0, "A0": 86.0}
"""The side of a square of the index: on larger paper larger, so that there never are too many to look through."""

TICK_MM = 50.0
INSET_MM = 2.5
INSIDE_SHARE = 0.28
"""How much of the map's width or height a legend inside of it may take."""


@dataclass(frozen=True)
class MapSheet:
    """What a page with a map consists of.

    Parameters
    ----------
    title, subtitle
        Written above the map.
    boxes
        Where everything stands.
    panel
        What stands beside the map, or in a corner of it.
    inset
        The corner of the map, in logical pixels of the page, that the panel takes; None if it stands beside.
    view
        What the map shows.
    squares, grid
        The squares that the frame names and the coordinates along it, where these are wanted.
    """

    page: Page
    title: str
    subtitle: str
    boxes: Composition
    panel: Panel
    inset: QRectF | None
    view: View
    squares: Squares | None
    grid: Graticule | None


def lay_out(stack: MapStack, layout: Layout, page: Page, legend: PageLegend, ratio: float = 1.0) -> MapSheet:
    """Resolve a page.

    Parameters
    ----------
    stack
        The map, arranged for the page.
    legend
        The legends of the map.
    ratio
        Device pixels per logical pixel.

    Raises
    ------
    XunluError
        If the paper has no room for a map.
    """
    title, subtitle = titles(stack, layout, page)
    own = _own_blocks(stack, layout, page)
    explained = [] if layout.legend == "none" or page.kind == "overview" else legend.blocks()
    whole = Panel([*own, *explained], stack.style, layout.titling)

    def composed(place: str, panel: Panel) -> tuple[Composition, View]:
        boxes = compose(layout, panel, place, titled=bool(title), subtitled=bool(subtitle))
        return boxes, view_of(layout, boxes.map, page.bounds, ratio)

    def panel_of(view: View) -> Panel:
        seen = legend.blocks(view, page.area) if explained else []
        if not layout.counts:
            seen = [Block(block.title, tuple(Row(row.words, "", row.swatch) for row in block.rows)) for block in seen]
        return Panel([*own, *seen], stack.style, layout.titling, whole.natural_width())

    boxes, view = composed("none", whole)
    panel, inset = panel_of(view), None
    if not own and layout.legend in {"auto", "inside"}:
        inset = _corner(stack, layout, page, (boxes, view, panel))
    if inset is None and not whole.is_empty:
        # What is to be seen hangs on the room that its legend leaves: once more with the legend of the first try.
        boxes, view = composed(_beside(layout), panel)
        panel = panel_of(view)
    squares, grid = _grids(layout, view)
    return MapSheet(page, title, subtitle, boxes, panel, inset, view, squares, grid)


def titles(stack: MapStack, layout: Layout, page: Page) -> tuple[str, str]:
    """Return what is written above a page, large and small."""
    whole = layout.title or stack.project.title(stack.lang)
    if not page.name:
        return whole, layout.subtitle
    number = f"{page.number}  " if page.number else ""
    return f"{number}{page.name}", " · ".join(filter(None, (whole, layout.subtitle)))


def _beside(layout: Layout) -> str:
    if layout.legend in {"side", "below"}:
        return layout.legend
    return "side" if layout.landscape else "below"


def _grids(layout: Layout, view: View) -> tuple[Squares | None, Graticule | None]:
    squares = grid = None
    if layout.squares or layout.index != "none":
        squares = Squares.of(view.width, view.height, SQUARE_MM[layout.paper] * MM / layout.symbols)
    if layout.coordinates != "none":
        spacing = TICK_MM * MM / layout.symbols
        grid = graticule(view, layout.datum, spacing, metres=layout.coordinates == "metres")
    return squares, grid


def _corner(stack: MapStack, layout: Layout, page: Page, drawn: tuple[Composition, View, Panel]) -> QRectF | None:
    """Return the corner of the map for the legend; None if it would lie on what the map is about."""
    boxes, view, panel = drawn
    if panel.is_empty:
        return None
    pad = 2 * INSET_MM * MM
    width = panel.natural_width() + pad
    height = panel.height(panel.natural_width()) + pad
    frame = boxes.map
    fits = width <= frame.width() * 0.6 and height <= frame.height() * 0.9
    is_asked = layout.legend == "inside"
    if not is_asked and (not fits or width > frame.width() * INSIDE_SHARE * 1.5):
        return None
    width, height = min(width, frame.width() * 0.6), min(height, frame.height() * 0.9)
    corners = [
        QRectF(x, y, width, height)
        for y in (frame.bottom() - height, frame.top())
        for x in (frame.right() - width, frame.left())
    ]
    covered = [_content(stack, page, view, corner.translated(-frame.topLeft()), layout) for corner in corners]
    best = min(range(4), key=lambda k: covered[k])
    return corners[best] if is_asked or covered[best] == 0 else None


def _content(stack: MapStack, page: Page, view: View, box: QRectF, layout: Layout) -> float:
    """Return how much of what the map is about lies in a box of its pixels: area, sites and stops."""
    points = np.array([(box.left(), box.bottom()), (box.right(), box.top())]) / layout.symbols
    (left, bottom), (right, top) = view.screen_to_world(points).tolist()
    area = shapely.box(left, bottom, right, top)
    shapes = np.array([page.area], dtype=object)
    if page.area is None:
        shapes = shapely.transform(np.asarray(stack.project.frame("subdistricts").geometry.array), to_mercator)
    part = float(np.nansum(shapely.area(shapely.intersection(shapely.make_valid(shapes), area))) / area.area)
    x, y = stack.sites.xy[:, 0], stack.sites.xy[:, 1]
    sites = int(np.count_nonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))) if stack.sites.visible else 0
    return part + sites


# What stands beside the map besides the legend


def _own_blocks(stack: MapStack, layout: Layout, page: Page) -> list[Block]:
    blocks = []
    if page.kind == "overview":
        rows = tuple(Row(f"{sheet.number}  {sheet.name}") for sheet in page.sheets)
        blocks.append(Block(tr("Sheets", stack.lang), rows))
    elif page.number and layout.locator:
        blocks.append(Block("", picture=_locator(stack, page), picture_mm=LOCATOR_MM))
    if page.team:
        blocks.append(_stops(stack, page.team))
    return blocks


def _stops(stack: MapStack, team: str) -> Block:
    frame, sites = stack.project.frame("stops"), stack.project.frame("sites")
    shown = frame[(frame["plan"] == stack.plan) & (frame["team"] == team)].sort_values("seq")
    rows = []
    for stop in shown.to_dict("records"):
        name = name_of(sites.loc[stop["site"]], stack.lang) if stop["site"] in sites.index else ""
        rows.append(Row(name, _clock(stop["arrive_s"]), _disc(stack, team, int(stop["seq"]))))
    routes = stack.project.frame("routes")
    back = routes.loc[(routes["plan"] == stack.plan) & (routes["team"] == team), "end_s"].dropna()
    rows += [Row(tr("Back", stack.lang), _clock(end), _base(stack, team)) for end in back]
    return Block(tr("Stops, with arrival", stack.lang), tuple(rows))


def _clock(seconds: Any) -> str:
    return "" if pd.isna(seconds) else format_clock(float(seconds), wrap=True)


def _base(stack: MapStack, team: str) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        size = min(box.width(), box.height()) * 0.8
        stops.paint_base(painter, box.center().x(), box.center().y(), size, stack.team_colour(team), stack.style)

    return paint


def _disc(stack: MapStack, team: str, number: int) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        size = min(box.width(), box.height()) * 0.9
        middle = box.center()
        stops.paint_number(painter, number, middle.x(), middle.y(), size, stack.team_colour(team), stack.style)

    return paint


def _locator(stack: MapStack, page: Page) -> Callable[[QPainter, QRectF], None]:
    """Return what paints where in the district a sheet lies."""
    frame = np.asarray(stack.project.frame("subdistricts").geometry.array)
    shapes = shapely.transform(frame[~shapely.is_missing(frame)], to_mercator)

    def paint(painter: QPainter, box: QRectF) -> None:
        room = box.adjusted(0, 0, 0, -1.5 * MM)
        whole = View(0, 0, 1, max(round(room.width()), 1), max(round(room.height()), 1)).fitted(stack.bounds(), 2)
        ink = stack.style.ink
        painter.save()
        painter.translate(room.topLeft())
        painter.setPen(QPen(Qt.GlobalColor.gray, 0.12 * MM))
        painter.setBrush(Qt.GlobalColor.white)
        for shape in shapes:
            # Simplified to what can be seen at this size.
            shown = shapely.simplify(shape, whole.scale * 0.4)
            painter.drawPath(path_of(shapely.transform(shown, whole.world_to_screen)))
        if page.area is not None:
            area = shapely.simplify(page.area, whole.scale * 0.4)
            painter.fillPath(path_of(shapely.transform(area, whole.world_to_screen)), ink)
        left, bottom, right, top = page.bounds
        first, last = (QPointF(*point) for point in whole.world_to_screen([(left, top), (right, bottom)]).tolist())
        painter.setPen(QPen(ink, 0.35 * MM))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(first, last))
        painter.restore()

    return paint
