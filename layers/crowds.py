"""Where sites stand so close that their symbols would hide one another: one disc with their number for each crowd.

The ground is cut into squares that are fixed to it, so that crowds do not dance while the map is moved. In each square
the symbols are drawn one by one if they find room there, and otherwise the crowd is. Its ring shows which statuses its
sites have, the most urgent first, clockwise from the top; the mark at its corner is that of the most urgent one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from geo.projection import Points
from layers import symbols, text, zorder
from layers.device import is_raster, on_pixel, ratio, transparent
from layers.siterows import STATUS_NAMES, SiteRows
from layers.style import Style, TextStyle
from layers.view import Bounds, View
from layers.zorder import Cells, Indices

SQUARE = 54.0
"""Pixels: the squares are at least so wide, and less than twice as wide."""

FILLED = 0.9
"""What share of a square its symbols may cover before it is a crowd."""

FEWEST = 9
"""Fewer sites are never a crowd."""

SAMPLED = 64
"""Of how many sites of a crowd the middle is taken."""

INNER = 0.3
"""How far, in sides of the square, the disc stays away from its edge, so that no two discs meet."""

RING = 4.6
"""Pixels from the outer to the inner edge of the ring."""

EDGE = 0.8
"""Pixels from the ring to the line around it."""

MARK = 5.6
"""Pixels from the middle to the edge of the mark at the corner."""

SMALLEST, LARGEST = 13.0, 20.0
"""Pixels from the middle to the edge of the discs of small and of very large crowds."""


@dataclass(frozen=True)
class Crowd:
    """A crowd of sites.

    Attributes
    ----------
    x, y
        Where its disc stands, in EPSG:3857 metres.
    bounds
        Its square.
    start, stop
        The positions of its sites.
    shares
        How many of them have each status, by number in `STATUS_NAMES`.
    """

    x: float
    y: float
    bounds: Bounds
    start: int
    stop: int
    shares: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return how many sites it has."""
        return self.stop - self.start

    @property
    def radius(self) -> float:
        """Return how far its disc reaches, in pixels: a little farther for more sites."""
        grown = (math.log10(self.count) - 1) / 4
        return SMALLEST + (LARGEST - SMALLEST) * min(max(grown, 0.0), 1.0)


@dataclass(frozen=True)
class Scene:
    """What is drawn of the sites in a view: some one by one, in positions from the bottom up, the others as crowds."""

    positions: Indices
    crowds: tuple[Crowd, ...]


def most(view: View, size: float) -> int:
    """Return how many symbols of a size in pixels find room in a square at the scale of a view."""
    wide = zorder.side(level(view)) / view.scale
    return max(int(FILLED * (wide / size) ** 2), FEWEST)


def level(view: View) -> int:
    """Return the level of the squares at the scale of a view."""
    return zorder.level_of(SQUARE * view.scale)


def squares(rows: SiteRows, view: View, margin: float, size: float) -> tuple[Cells, NDArray[np.bool_]]:
    """Return the squares near a view that hold sites, and which of them are crowded with symbols of a size."""
    left, bottom, right, top = view.bounds
    by = margin * view.scale
    cells = zorder.cells_in(rows.codes, (left - by, bottom - by, right + by, top + by), level(view))
    return cells, cells.counts > most(view, size)


def crowds_of(rows: SiteRows, cells: Cells) -> tuple[Crowd, ...]:
    """Return the crowds of crowded squares."""
    wide = zorder.side(cells.level)
    inner = wide * INNER
    middles = _middles(rows, cells)
    x = np.clip(middles[:, 0], cells.left + inner, cells.left + wide - inner).tolist()
    y = np.clip(middles[:, 1], cells.bottom + inner, cells.bottom + wide - inner).tolist()
    count, found = len(rows.states), []
    columns = (cells.starts, cells.stops, cells.left, cells.bottom)
    told = zip(x, y, *(column.tolist() for column in columns), strict=True)
    for across, up, start, stop, left, bottom in told:
        shares = np.bincount(rows.shades[start:stop], minlength=count).tolist()
        found.append(Crowd(across, up, (left, bottom, left + wide, bottom + wide), start, stop, tuple(shares)))
    return tuple(found)


def _middles(rows: SiteRows, cells: Cells) -> Points:
    """Return the middles of samples of the sites in cells, shape (n, 2)."""
    if not len(cells.starts):
        return np.empty((0, 2))
    steps = np.maximum(cells.counts // SAMPLED, 1)
    counts = -(-cells.counts // steps)
    begins = np.cumsum(counts) - counts
    turn = np.arange(int(counts.sum())) - np.repeat(begins, counts)
    sampled = np.repeat(cells.starts, counts) + turn * np.repeat(steps, counts)
    middles: Points = np.add.reduceat(rows.xy[sampled], begins, axis=0) / counts[:, None]
    return middles


def written(count: int, lang: str) -> str:
    """Return a number as it stands on a disc: in full up to four digits, then in thousands or 万."""
    if count < 10_000:
        return str(count)
    if lang == "zh":
        return f"{count / 1e4:.1f}万" if count < 100_000 else f"{count / 1e4:.0f}万"
    return f"{count / 1e3:.0f}k" if count < 1_000_000 else f"{count / 1e6:.1f}M"


def urgent(style: Style, states: Sequence[str], shares: Sequence[int]) -> list[int]:
    """Return the states that occur, by number, the most urgent first."""
    there = [code for code, count in enumerate(shares) if count]
    return sorted(there, key=lambda code: -style.status[states[code]].rank)


class Discs:
    """Draws crowds in one style and language, what they have in common from images made once.

    Parameters
    ----------
    style, lang
        How they look, and in which language numbers are written.
    states
        The names of what the shares of a crowd count.
    """

    def __init__(self, style: Style, lang: str, states: tuple[str, ...] = STATUS_NAMES) -> None:
        self._style = style
        self._states = states
        self._lang = lang
        self._marks: dict[tuple[int, float], QImage] = {}
        self._plates: dict[tuple[float, bool, float], QImage] = {}

    def paint(self, painter: QPainter, crowd: Crowd, x: float, y: float) -> None:
        """Draw a crowd with its middle at a pixel."""
        style, radius = self._style, crowd.radius
        if is_raster(painter):
            # In few sizes and on whole pixels, where images lie.
            radius = round(radius * 4) / 4
            x, y = on_pixel(painter, x, y)
        self._paint_plate(painter, x, y, radius + EDGE, is_edged=True)
        statuses = urgent(style, self._states, crowd.shares)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        # Sectors whose middle is covered: arcs with a wide pen take three times as long.
        for code, start, span in _sectors(statuses, crowd):
            painter.setBrush(style.status[self._states[code]].fill)
            painter.drawPie(box, start, span)
        self._paint_plate(painter, x, y, radius - RING, is_edged=False)
        label = written(crowd.count, self._lang)
        size = min(radius * 0.84, 1.7 * (radius - RING) / max(text.width(label, TextStyle(1, "", "", 0)), 0.1))
        text.draw(painter, label, TextStyle(round(size * 2) / 2, style.ink.name(), "", 0, bold=True), x, y)
        self.paint_mark(painter, crowd, x, y)

    def _paint_plate(self, painter: QPainter, x: float, y: float, radius: float, *, is_edged: bool) -> None:
        """Draw what lies under or upon the sectors, on a screen from an image made once."""
        pen = QPen(self._style.ink, 0.7) if is_edged else QPen(Qt.PenStyle.NoPen)
        if not is_raster(painter):
            painter.setPen(pen)
            painter.setBrush(self._style.site.rim)
            painter.drawEllipse(QPointF(x, y), radius, radius)
            return
        key = radius, is_edged, ratio(painter)
        image = self._plates.get(key)
        if image is None:
            half = math.ceil((radius + 2) * key[2])
            image = self._plates[key] = transparent(2 * half, 2 * half, key[2])
            inner = QPainter(image)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.setPen(pen)
            inner.setBrush(self._style.site.rim)
            inner.drawEllipse(QPointF(half / key[2], half / key[2]), radius, radius)
            inner.end()
        across = image.width() / key[2] / 2
        painter.drawImage(QPointF(x - across, y - across), image)

    def swatch(self, painter: QPainter, box: QRectF) -> None:
        """Draw a crowd as a sample into a rectangle."""
        shown = {"not_due", "due", "passed"} & set(self._states) or set(self._states[:3])
        shares = tuple(int(name in shown) * 8 for name in self._states)
        crowd = Crowd(0, 0, (0, 0, 0, 0), 0, sum(shares), shares)
        scale = min(box.width(), box.height()) / 2 / (crowd.radius + 2)
        painter.save()
        painter.translate(box.center())
        painter.scale(scale, scale)
        self.paint(painter, crowd, 0, 0)
        painter.restore()

    def paint_mark(self, painter: QPainter, crowd: Crowd, x: float, y: float) -> None:
        """Draw the mark of the most urgent status at the corner of a crowd whose middle is at a pixel."""
        code = urgent(self._style, self._states, crowd.shares)[0]
        x, y = x + crowd.radius * 0.74, y + crowd.radius * 0.74
        if not is_raster(painter):
            symbols.paint_mark(painter, self._style, self._style.status[self._states[code]], x, y, MARK)
            return
        key = code, ratio(painter)
        if key not in self._marks:
            side = math.ceil((2 * MARK + 4) * key[1])
            image = transparent(side, side, key[1])
            inner = QPainter(image)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            at = side / key[1] / 2
            symbols.paint_mark(inner, self._style, self._style.status[self._states[code]], at, at, MARK)
            inner.end()
            self._marks[key] = image
        half = self._marks[key].width() / key[1] / 2
        painter.drawImage(QPointF(x - half, y - half), self._marks[key])


def _sectors(statuses: Sequence[int], crowd: Crowd) -> Iterator[tuple[int, int, int]]:
    """Yield statuses with where their sector starts and how far it goes, as Qt counts: 16 to the degree, leftward."""
    whole = 360 * 16
    start, left = whole // 4, whole
    for code in statuses:
        # Even a single site is seen.
        span = left if code == statuses[-1] else min(max(round(whole * crowd.shares[code] / crowd.count), 9 * 16), left)
        yield code, start, -span
        start, left = start - span, left - span
