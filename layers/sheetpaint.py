"""Paint a page with a map: the world in its frame, what matters strong and the rest pale, and all that is around it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import shapely
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers import furniture, text
from layers.atlas import Neighbour, Page
from layers.blocks import shortened
from layers.composition import BAND_PT, SMALL_PT, SUBTITLE_PT, scale_of, title_size
from layers.geometry import path_of
from layers.gridindex import LETTERS, positions
from layers.layout import MM, POINT, Layout, written
from layers.mapsheet import INSET_MM, MapSheet
from layers.stack import MapStack
from layers.style import Style, TextStyle
from layers.view import View

PALE = 165
"""How much of 255 is taken from what lies outside of the area of a sheet."""

FRAME_MM, LINE_MM, HAIR_MM, AREA_MM = 0.5, 0.25, 0.13, 0.7
TAG_PT = 7.5
NUMBER_PX = 28.0


def paint_sheet(painter: QPainter, stack: MapStack, layout: Layout, sheet: MapSheet, footing: str) -> Iterator[None]:
    """Draw a page with a map in logical pixels, yielding every few milliseconds.

    Parameters
    ----------
    stack
        The map, arranged for the page.
    footing
        The page's number and the day, as they are written in the footer.
    """
    style = stack.style
    width, height = layout.size
    painter.fillRect(QRectF(0, 0, width, height), style.paper)
    yield from _paint_world(painter, stack, layout, sheet)
    _cover(painter, sheet.boxes.map, layout, style)
    yield
    paint_header(painter, layout, style, (sheet.title, sheet.subtitle), sheet.boxes.header)
    if sheet.inset is not None:
        _paint_inset(painter, sheet, style)
    elif sheet.boxes.panel is not None:
        sheet.panel.paint(painter, sheet.boxes.panel, sheet.boxes.columns, 5 * MM * math.sqrt(layout.titling))
    yield
    _paint_frame(painter, layout, sheet, style)
    _paint_footer(painter, stack, layout, sheet, footing)
    yield


def _paint_world(painter: QPainter, stack: MapStack, layout: Layout, sheet: MapSheet) -> Iterator[None]:
    view, frame = sheet.view, sheet.boxes.map
    painter.save()
    try:
        painter.translate(frame.topLeft())
        painter.scale(layout.symbols, layout.symbols)
        # Not every device can clip; those that cannot are covered afterwards.
        painter.setClipRect(QRectF(0, 0, view.width, view.height))
        stack.labels.keep_clear = _kept_clear(sheet, layout)
        yield from stack.paint_base(painter, view)
        _paint_grid(painter, sheet, stack.style)
        if sheet.page.area is not None:
            _paint_area(painter, sheet.page.area, view, stack.style)
        yield
        if sheet.page.kind == "overview":
            _paint_numbers(painter, sheet, stack.style)
        elif layout.neighbours:
            _paint_neighbours(painter, sheet, stack.style)
        painter.restore()
    finally:
        stack.labels.keep_clear = ()
    yield


def _kept_clear(sheet: MapSheet, layout: Layout) -> "tuple[tuple[float, float, float, float], ...]":
    """Return where no text may stand: under a legend inside of the map, and under the numbers of an overview."""
    # With any box at all, no text is cut by the frame.
    boxes = [(-2.0, -2.0, -1.0, -1.0)]
    if sheet.inset is not None:
        inset = sheet.inset.translated(-sheet.boxes.map.topLeft())
        corners = (inset.left(), inset.top(), inset.right(), inset.bottom())
        left, top, right, bottom = (side / layout.symbols for side in corners)
        boxes.append((left, top, right, bottom))
    boxes += [(box.left(), box.top(), box.right(), box.bottom()) for _, box in _numbered(sheet)]
    return tuple(boxes)


def _paint_grid(painter: QPainter, sheet: MapSheet, style: Style) -> None:
    w, h = sheet.view.width, sheet.view.height
    faint = QColor(style.ink)
    if sheet.squares is not None:
        faint.setAlpha(75)
        painter.setPen(QPen(faint, LINE_MM * 0.7 * MM))
        painter.drawLines([QLineF(x, 0, x, h) for x in positions(sheet.squares.columns, w)[1:-1]])
        painter.drawLines([QLineF(0, y, w, y) for y in positions(sheet.squares.rows, h)[1:-1]])
    if sheet.grid is not None:
        faint.setAlpha(150)
        painter.setPen(QPen(faint, HAIR_MM * MM))
        ups = [QLineF(tick.first, 0, tick.second, h) for tick in sheet.grid.up]
        acrosses = [QLineF(0, tick.first, w, tick.second) for tick in sheet.grid.across]
        if sheet.squares is None:
            painter.drawLines([*ups, *acrosses])
            return
        # Crosses only: two sets of lines would be taken for one another.
        for up in ups:
            for across in acrosses:
                _, point = up.intersects(across)
                painter.drawLine(QLineF(point.x() - 6, point.y(), point.x() + 6, point.y()))
                painter.drawLine(QLineF(point.x(), point.y() - 6, point.x(), point.y() + 6))


def _paint_area(painter: QPainter, shape: shapely.Geometry, view: View, style: Style) -> None:
    frame = shapely.box(-20, -20, view.width + 20, view.height + 20)
    area: shapely.Geometry = shapely.transform(shape, view.world_to_screen)
    pale = QColor(style.paper)
    pale.setAlpha(PALE)
    painter.fillPath(path_of(shapely.difference(frame, area)), pale)
    for colour, width in ((style.paper, AREA_MM * 2.0 * MM), (style.ink, AREA_MM * MM)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path_of(area), pen)


def _numbered(sheet: MapSheet) -> "list[tuple[Page, QRectF]]":
    """Return the sheets of a set with the boxes, in pixels of the view, in which their numbers stand."""
    found = []
    for one in sheet.page.sheets:
        left, bottom, right, top = one.bounds
        place = [((left + right) / 2, (bottom + top) / 2)]
        if one.area is not None:
            place = shapely.get_coordinates(shapely.point_on_surface(one.area)).tolist()
        x, y = sheet.view.world_to_screen(place)[0].tolist()
        found.append((one, QRectF(x - NUMBER_PX / 2, y - NUMBER_PX / 2, NUMBER_PX, NUMBER_PX)))
    return found


def _paint_numbers(painter: QPainter, sheet: MapSheet, style: Style) -> None:
    """Mark each sheet of the set with its area or frame, then with its number."""
    view = sheet.view
    number = TextStyle(NUMBER_PX * 0.55, style.ink.name(), style.paper.name(), 0, bold=True)
    pen = QPen(style.ink, LINE_MM * 1.6 * MM)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for one in sheet.page.sheets:
        if one.area is not None:
            painter.strokePath(path_of(shapely.transform(one.area, view.world_to_screen)), pen)
            continue
        left, bottom, right, top = one.bounds
        first, last = (QPointF(*point) for point in view.world_to_screen([(left, top), (right, bottom)]).tolist())
        painter.setPen(QPen(style.ink, HAIR_MM * MM, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(first, last))
    for one, box in _numbered(sheet):
        painter.setPen(QPen(style.ink, LINE_MM * 1.4 * MM))
        painter.setBrush(style.paper)
        painter.drawEllipse(box)
        text.draw(painter, str(one.number), number, box.center().x(), box.center().y())


def _paint_neighbours(painter: QPainter, sheet: MapSheet, style: Style) -> None:
    """Name, at the edge of the map, the sheets that go on there."""
    view = sheet.view
    frame = shapely.box(0, 0, view.width, view.height)
    lettering = TextStyle(TAG_PT * POINT, style.ink.name(), style.paper.name(), 0)
    taken: list[QRectF] = []
    for near in sheet.page.neighbours:
        shape = shapely.transform(near.area, view.world_to_screen)
        cut = shapely.intersection(shape, shapely.boundary(frame))
        if cut.length < 1:
            continue
        longest = max(shapely.get_parts(shapely.line_merge(cut)), key=shapely.length)
        at = shapely.line_interpolate_point(longest, 0.5, normalized=True)
        box = _tag_box(near, lettering, at, (view.width, view.height))
        if any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        _paint_tag(painter, near, lettering, box, style)


def _tag_words(near: Neighbour) -> str:
    return f"{near.name}  {near.number}" if near.number else near.name


def _tag_box(near: Neighbour, lettering: TextStyle, at: shapely.Point, size: tuple[float, float]) -> QRectF:
    wide, high = text.width(_tag_words(near), lettering) + 10, lettering.size * 1.55
    x = min(max(at.x - wide / 2, 3.0), size[0] - wide - 3)
    y = min(max(at.y - high / 2, 3.0), size[1] - high - 3)
    return QRectF(x, y, wide, high)


def _paint_tag(painter: QPainter, near: Neighbour, lettering: TextStyle, box: QRectF, style: Style) -> None:
    painter.setPen(QPen(style.ink, HAIR_MM * MM))
    painter.setBrush(style.paper)
    painter.drawRoundedRect(box, 2.5, 2.5)
    text.draw(painter, _tag_words(near), lettering, box.center().x(), box.center().y())


# Around the map


def _cover(painter: QPainter, frame: QRectF, layout: Layout, style: Style) -> None:
    width, height = layout.size
    for box in (
        QRectF(0, 0, width, frame.top()),
        QRectF(0, frame.bottom(), width, height - frame.bottom()),
        QRectF(0, 0, frame.left(), height),
        QRectF(frame.right(), 0, width - frame.right(), height),
    ):
        painter.fillRect(box, style.paper)


def paint_header(painter: QPainter, layout: Layout, style: Style, words: tuple[str, str], box: QRectF) -> None:
    """Write title and subtitle, and at the right whose map it is, into a box."""
    k, ink, paper = layout.titling, style.ink.name(), style.paper.name()
    title = TextStyle(title_size(layout), ink, paper, 0, bold=True)
    small = TextStyle(SUBTITLE_PT * POINT * k, ink, paper, 0)
    office = text.width(layout.office, small) if layout.office else 0.0
    base = box.top() + title.size * 0.62
    shown = shortened(words[0], title, box.width() - office - 4 * MM)
    text.draw_left(painter, shown, title, box.left(), base)
    if layout.office:
        text.draw_left(painter, layout.office, small, box.right() - office, base + title.size * 0.14)
    if words[1]:
        below = base + title.size * 0.62 + small.size * 0.75
        text.draw_left(painter, shortened(words[1], small, box.width()), small, box.left(), below)


def _paint_inset(painter: QPainter, sheet: MapSheet, style: Style) -> None:
    box = sheet.inset
    if box is None:
        return
    painter.setPen(QPen(style.ink, LINE_MM * MM))
    painter.setBrush(style.paper)
    painter.drawRect(box)
    pad = INSET_MM * MM
    sheet.panel.paint(painter, box.adjusted(pad, pad * 0.6, -pad, -pad * 0.6), 1, 0)


def _paint_frame(painter: QPainter, layout: Layout, sheet: MapSheet, style: Style) -> None:
    inner, band = sheet.boxes.map, sheet.boxes.band
    outer = inner.adjusted(-band, -band, band, band)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    square = QPen(style.ink, FRAME_MM * MM)
    square.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(square)
    painter.drawRect(outer)
    if not band:
        return
    square.setWidthF(LINE_MM * MM)
    painter.setPen(square)
    painter.drawRect(inner)
    taken: list[QRectF] = []
    if sheet.squares is not None:
        names = LETTERS[: sheet.squares.columns], [str(row + 1) for row in range(sheet.squares.rows)]
        taken = _paint_names(painter, layout, (inner, band), names, style)
    if sheet.grid is not None:
        _paint_coordinates(painter, layout, sheet, taken, style)


def _paint_names(
    painter: QPainter,
    layout: Layout,
    frame: tuple[QRectF, float],
    names: tuple[Sequence[str], Sequence[str]],
    style: Style,
) -> list[QRectF]:
    """Write the letters and numbers of the squares on all four sides; return the boxes they take."""
    inner, band = frame
    lettering = TextStyle(8.0 * POINT * math.sqrt(layout.titling), style.ink.name(), style.paper.name(), 0, bold=True)
    xs, ys = positions(len(names[0]), inner.width()), positions(len(names[1]), inner.height())
    painter.setPen(QPen(style.ink, LINE_MM * MM))
    for x in xs[1:-1]:
        for y in (inner.top() - band, inner.bottom()):
            painter.drawLine(QLineF(inner.left() + x, y, inner.left() + x, y + band))
    for y in ys[1:-1]:
        for x in (inner.left() - band, inner.right()):
            painter.drawLine(QLineF(x, inner.top() + y, x + band, inner.top() + y))
    places = [
        (name, inner.left() + (xs[k] + xs[k + 1]) / 2, y)
        for k, name in enumerate(names[0])
        for y in (inner.top() - band / 2, inner.bottom() + band / 2)
    ] + [
        (name, x, inner.top() + (ys[k] + ys[k + 1]) / 2)
        for k, name in enumerate(names[1])
        for x in (inner.left() - band / 2, inner.right() + band / 2)
    ]
    for name, x, y in places:
        text.draw(painter, name, lettering, x, y)
    half = lettering.size * 0.9
    return [QRectF(x - half, y - half, 2 * half, 2 * half) for _, x, y in places]


def _paint_coordinates(
    painter: QPainter, layout: Layout, sheet: MapSheet, taken: Sequence[QRectF], style: Style
) -> None:
    inner, band, grid = sheet.boxes.map, sheet.boxes.band, sheet.grid
    if grid is None:
        return
    lettering = TextStyle(BAND_PT * POINT * math.sqrt(layout.titling), style.ink.name(), style.paper.name(), 0)
    painter.setPen(QPen(style.ink, HAIR_MM * 1.4 * MM))
    tick = band * 0.22
    room = inner.adjusted(-band, -band, band, band)
    sides = [
        (words, inner.left() + place * layout.symbols, y, 0.0, (0.0, inward))
        for first, y, inward in ((True, inner.top() - band / 2, 1), (False, inner.bottom() + band / 2, -1))
        for words, place in ((one.words, one.first if first else one.second) for one in grid.up)
    ] + [
        (words, x, inner.top() + place * layout.symbols, -90.0, (inward, 0.0))
        for first, x, inward in ((True, inner.left() - band / 2, 1), (False, inner.right() + band / 2, -1))
        for words, place in ((one.words, one.first if first else one.second) for one in grid.across)
    ]
    for words, x, y, angle, (dx, dy) in sides:
        edge = QPointF(x + dx * band / 2, y + dy * band / 2)
        painter.drawLine(edge, QPointF(edge.x() - dx * tick, edge.y() - dy * tick))
        # Beside its tick where a letter stands at it.
        aside = text.width(words, lettering) / 2 + lettering.size
        for shift in (0.0, aside, -aside):
            at = QPointF(x + (0 if angle else shift), y + (shift if angle else 0))
            box = _coordinate_box(words, lettering, at, angle)
            if room.contains(box) and not any(box.intersects(other) for other in taken):
                text.draw(painter, words, lettering, at.x() - dx * tick * 0.5, at.y() - dy * tick * 0.5, angle)
                break


def _coordinate_box(words: str, lettering: TextStyle, at: QPointF, angle: float) -> QRectF:
    half_wide, half_high = text.width(words, lettering) / 2 + 1, lettering.size * 0.6
    if angle:
        half_wide, half_high = half_high, half_wide
    return QRectF(at.x() - half_wide, at.y() - half_high, 2 * half_wide, 2 * half_high)


def _paint_footer(painter: QPainter, stack: MapStack, layout: Layout, sheet: MapSheet, footing: str) -> None:
    style, box = stack.style, sheet.boxes.footer
    if box.height() <= 0:
        return
    k = 0.55 + 0.45 * layout.titling
    ink, paper = style.ink.name(), style.paper.name()
    strong = TextStyle(9.5 * POINT * k, ink, paper, 0, bold=True)
    x, middle = box.left(), box.top() + box.height() * 0.56
    if layout.north:
        size = box.height() * 0.62
        furniture.north_arrow(painter, style, x + size * 0.35, middle + size * 0.1, size)
        x += size * 0.7 + 3.5 * MM * k
    scale = f"{written(scale_of(layout, sheet.view))} ({layout.paper})"
    wide = text.draw_left(painter, scale, strong, x, middle).width()
    x += wide + 5 * MM * k
    if layout.bar:
        painter.save()
        painter.translate(x, middle)
        painter.scale(k, k)
        bar = replace(sheet.view, scale=sheet.view.scale / layout.symbols * k)
        covered = furniture.scale_bar(painter, bar, style, 0, 9, 50 * MM)
        painter.restore()
        x += (covered.width() + 10 * MM) * k
    grid = sheet.grid.title if sheet.grid is not None else ""
    attribution = stack.attribution() if layout.attribution else ""
    paint_footing(
        painter, layout, style, QRectF(x, box.top(), box.right() - x, box.height()), (footing, attribution, grid)
    )


def paint_footing(painter: QPainter, layout: Layout, style: Style, box: QRectF, words: tuple[str, str, str]) -> None:
    """Write two lines to the right of a box: day and page above, the grid and who made the data below."""
    k = 0.55 + 0.45 * layout.titling
    small = TextStyle(SMALL_PT * POINT * k, style.ink.name(), style.paper.name(), 0)
    footing, attribution, grid = words
    lines = [line for line in (footing, " · ".join(filter(None, (grid, attribution)))) if line]
    y = box.top() + box.height() * 0.56 - small.size * 0.7 * (len(lines) - 1)
    for line in lines:
        shown = shortened(line, small, box.width())
        text.draw_left(painter, shown, small, box.right() - text.width(shown, small), y)
        y += small.size * 1.4
