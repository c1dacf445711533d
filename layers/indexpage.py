"""Pages that list what lies in which square, in columns under headings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from layers import text
from layers.blocks import shortened
from layers.composition import FOOTER_MM, title_size
from layers.gridindex import Entry
from layers.layout import MM, POINT, Layout
from layers.sheetpaint import paint_footing, paint_header
from layers.style import Style, TextStyle

ENTRY_PT, ROW_MM, HEADING_ROWS = 7.5, 4.1, 1.7
NARROWEST_MM, WIDEST_MM, GAP_MM = 48.0, 78.0, 6.0


@dataclass(frozen=True)
class _Line:
    """A heading or an entry in a column."""

    heading: str = ""
    entry: Entry | None = None


class IndexPages:
    """The entries of an index, set into the columns of as many pages as they take."""

    def __init__(self, layout: Layout, style: Style, entries: Sequence[Entry]) -> None:
        self._layout, self._style = layout, style
        self._k = math.sqrt(layout.titling)
        ink, paper = style.ink.name(), style.paper.name()
        self._body = TextStyle(ENTRY_PT * POINT * self._k, ink, paper, 0)
        self._strong = TextStyle(ENTRY_PT * POINT * self._k, ink, paper, 0, bold=True)
        self._measure(entries)
        self._columns = self._flow(entries)

    def _measure(self, entries: Sequence[Entry]) -> None:
        width, height = self._layout.size
        margin = self._layout.margin_mm * MM
        k = self._layout.titling
        top = margin + title_size(self._layout) * 1.6
        foot = FOOTER_MM * MM * (0.55 + 0.45 * k)
        self._page = QRectF(margin, top, width - 2 * margin, height - top - margin - foot)
        self._header = QRectF(margin, margin, width - 2 * margin, top - margin)
        self._footer = QRectF(margin, height - margin - foot, width - 2 * margin, foot)
        self._row = ROW_MM * MM * self._k
        self._codes: dict[str, float] = {}
        for entry in entries:
            self._codes[entry.group] = max(self._codes.get(entry.group, 0.0), text.width(entry.code, self._body))
        self._square = max((text.width(entry.square, self._strong) for entry in entries), default=0.0)
        names = max((text.width(entry.name, self._body) for entry in entries), default=0.0)
        wanted = max(self._codes.values(), default=0.0) + names + self._square + 9 * MM
        least, most = NARROWEST_MM * MM * self._k, WIDEST_MM * MM * self._k
        gap = GAP_MM * MM * self._k
        self._across = max(int((self._page.width() + gap) / (min(max(wanted, least), most) + gap)), 1)
        self._width = (self._page.width() - gap * (self._across - 1)) / self._across
        self._gap = gap

    def _flow(self, entries: Sequence[Entry]) -> list[list[_Line]]:
        high = self._page.height() / self._row
        columns: list[list[_Line]] = [[]]
        used, group = 0.0, ""
        for entry in entries:
            begins = entry.group != group
            needed = 1 + (HEADING_ROWS if begins and entry.group else 0)
            if columns[-1] and used + needed > high:
                columns.append([])
                used = 0.0
            if entry.group and (begins or not columns[-1]):
                # A heading is said again at the head of each column that goes on with it.
                columns[-1].append(_Line(heading=entry.group))
                used += HEADING_ROWS
            group = entry.group
            columns[-1].append(_Line(entry=entry))
            used += 1
        return columns if columns[0] else []

    @property
    def count(self) -> int:
        """Return how many pages there are."""
        return math.ceil(len(self._columns) / self._across)

    def paint(self, painter: QPainter, part: int, title: str, footing: str) -> None:
        """Draw one page in logical pixels.

        Parameters
        ----------
        part
            Which, from 0.
        title
            Written above.
        footing
            The page's number and the day.
        """
        width, height = self._layout.size
        painter.fillRect(QRectF(0, 0, width, height), self._style.paper)
        paint_header(painter, self._layout, self._style, (title, ""), self._header)
        x = self._page.left()
        for column in self._columns[part * self._across : (part + 1) * self._across]:
            y = self._page.top()
            for line in column:
                y += self._paint_line(painter, line, x, y)
            x += self._width + self._gap
        paint_footing(painter, self._layout, self._style, self._footer, (footing, "", ""))

    def _paint_line(self, painter: QPainter, line: _Line, x: float, y: float) -> float:
        if line.entry is None:
            high = HEADING_ROWS * self._row
            base = y + high - 0.8 * MM
            shown = shortened(line.heading, self._strong, self._width)
            text.draw_left(painter, shown, self._strong, x, base - self._strong.size * 0.72)
            painter.setPen(QPen(self._style.ink, 0.18 * MM))
            painter.drawLine(QLineF(x, base, x + self._width, base))
            return high
        middle, entry = y + self._row / 2, line.entry
        code = self._codes[entry.group]
        indent = code + 2.2 * MM if code else 0.0
        if entry.code:
            text.draw_left(painter, entry.code, self._body, x, middle)
        room = self._width - indent - self._square - 2.5 * MM
        name = text.draw_left(painter, shortened(entry.name, self._body, room), self._body, x + indent, middle)
        square = text.width(entry.square, self._strong)
        text.draw_left(painter, entry.square, self._strong, x + self._width - square, middle)
        start, end = name.right() + 1.2 * MM, x + self._width - square - 1.2 * MM
        if end - start > 3 * MM:
            # Drawn as a line: it leads the eye, and is no text to be found or copied.
            pen = QPen(self._style.ink, 0.12 * MM)
            pen.setDashPattern([1, 7])
            painter.setPen(pen)
            leader = middle + self._body.size * 0.3
            painter.drawLine(QLineF(start, leader, end, leader))
        return self._row
