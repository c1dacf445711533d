"""What stands beside a map, such as a legend: blocks of rows that flow into columns and are never cut apart badly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from layers import fonts, text
from layers.layer import Swatch
from layers.layout import MM, POINT
from layers.style import Style, TextStyle

ROW_MM = 5.3
HEADING_MM = 6.6
GAP_MM = 2.2
SWATCH_MM = 7.0
BODY_PT, HEADING_PT = 8.0, 8.5


@dataclass(frozen=True)
class Row:
    """One line: a small picture, words, and a figure at the right, each of which may be missing."""

    words: str
    figure: str = ""
    swatch: Swatch | None = None


@dataclass(frozen=True)
class Block:
    """A heading with its rows, or with one picture of a height in millimetres (at a titling of 1)."""

    title: str
    rows: tuple[Row, ...] = ()
    picture: Callable[[QPainter, QRectF], None] | None = None
    picture_mm: float = 0.0


@dataclass(frozen=True)
class _Piece:
    """What is placed as a whole."""

    height: float
    paint: Callable[[QPainter, QRectF], None]
    is_heading: bool = False


class Panel:
    """Blocks, measured, to be set into columns of one width.

    Parameters
    ----------
    blocks
        In the order in which they are read.
    style
        Of the map; its inks are used.
    titling
        How much larger than on A4 everything is written.
    natural
        The width wished for, in logical pixels, so that the panels of a set are alike; by its own rows if left out.
    """

    def __init__(self, blocks: Sequence[Block], style: Style, titling: float, natural: float = 0.0) -> None:
        self.blocks = [block for block in blocks if block.rows or block.picture is not None]
        self._style = style
        self._natural = natural
        self._k = titling * MM
        ink = style.ink.name()
        self._body = TextStyle(BODY_PT * POINT * titling, ink, style.paper.name(), 0)
        self._heading = TextStyle(HEADING_PT * POINT * titling, ink, style.paper.name(), 0, bold=True)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to set."""
        return not self.blocks

    def natural_width(self) -> float:
        """Return the width in which no row is broken, in logical pixels."""
        if self._natural:
            return self._natural
        widest = 0.0
        for block in self.blocks:
            widest = max(widest, text.width(block.title, self._heading))
            for row in block.rows:
                figure = text.width(row.figure, self._body) + 2.5 * self._k if row.figure else 0.0
                widest = max(widest, self._indent(row) + text.width(row.words, self._body) + figure)
        return widest + 1.0 * self._k

    def _indent(self, row: Row) -> float:
        return SWATCH_MM * self._k + 1.6 * self._k if row.swatch is not None else 0.0

    def height(self, width: float) -> float:
        """Return the height of everything in one column of a width, in logical pixels."""
        return sum(piece.height for piece in self._pieces(width))

    def height_for(self, columns: int, width: float) -> float:
        """Return the least height in which so many columns of a width take everything."""
        pieces = self._pieces(width)
        whole = sum(piece.height for piece in pieces)
        low, high = whole / columns, whole
        for _ in range(14):
            middle = (low + high) / 2
            low, high = (low, middle) if _flow(pieces, middle, columns) is not None else (middle, high)
        return high + 0.1

    def paint(self, painter: QPainter, box: QRectF, columns: int, gap: float) -> None:
        """Set everything into columns in a box, its rows closer together where they would not fit."""
        width = (box.width() - gap * (columns - 1)) / columns
        pieces = self._pieces(width)
        squeeze = 1.0
        columned = _flow(pieces, box.height(), columns)
        while columned is None and squeeze > 0.3:
            squeeze *= 0.97
            columned = _flow([replace(piece, height=piece.height * squeeze) for piece in pieces], box.height(), columns)
        for number, column in enumerate(columned or [pieces]):
            y = box.top()
            for piece in column:
                piece.paint(painter, QRectF(box.left() + number * (width + gap), y, width, piece.height))
                y += piece.height

    def _pieces(self, width: float) -> list[_Piece]:
        pieces: list[_Piece] = []
        for number, block in enumerate(self.blocks):
            gap = GAP_MM * self._k if number else 0.0
            if block.title:
                pieces.append(_Piece(HEADING_MM * self._k + gap, self._heading_of(block.title), is_heading=True))
            if block.picture is not None:
                pieces.append(_Piece(block.picture_mm * self._k, block.picture))
            for row in block.rows:
                lines = wrapped(row.words, self._body, self._room(row, width))
                more = (len(lines) - 1) * self._body.size * 1.22
                pieces.append(_Piece(ROW_MM * self._k + more, self._line_of(row, lines)))
        return pieces

    def _room(self, row: Row, width: float) -> float:
        figure = text.width(row.figure, self._body) + 2 * self._k if row.figure else 0.0
        return width - self._indent(row) - figure

    def _heading_of(self, title: str) -> Callable[[QPainter, QRectF], None]:
        def paint(painter: QPainter, box: QRectF) -> None:
            base = box.bottom() - 1.2 * self._k
            shown = shortened(title, self._heading, box.width())
            text.draw_left(painter, shown, self._heading, box.left(), base - self._heading.size * 0.6)
            painter.setPen(QPen(self._style.ink, 0.18 * MM))
            painter.drawLine(QLineF(box.left(), base, box.right(), base))

        return paint

    def _line_of(self, row: Row, lines: Sequence[str]) -> Callable[[QPainter, QRectF], None]:
        def paint(painter: QPainter, box: QRectF) -> None:
            step = min(self._body.size * 1.22, box.height() / len(lines))
            middle = box.center().y() - step * (len(lines) - 1) / 2
            indent = self._indent(row)
            if row.swatch is not None:
                side = min(box.height() - step * (len(lines) - 1), SWATCH_MM * self._k) * 0.94
                painter.save()
                row.swatch(painter, QRectF(box.left(), middle - side / 2, SWATCH_MM * self._k, side))
                painter.restore()
            for number, line in enumerate(lines):
                text.draw_left(painter, line, self._body, box.left() + indent, middle + number * step)
            if row.figure:
                figure = text.width(row.figure, self._body)
                text.draw_left(painter, row.figure, self._body, box.right() - figure, middle)

        return paint


def _flow(pieces: Sequence[_Piece], height: float, columns: int) -> "list[list[_Piece]] | None":
    """Return the pieces by column; None if they do not fit. A heading never ends a column."""
    filled: list[list[_Piece]] = [[]]
    used = 0.0
    for place, piece in enumerate(pieces):
        needed = piece.height
        if piece.is_heading and place + 1 < len(pieces):
            needed += pieces[place + 1].height
        if filled[-1] and used + needed > height + 0.01:
            filled.append([])
            used = 0.0
        if len(filled) > columns or needed > height + 0.01:
            return None
        filled[-1].append(piece)
        used += piece.height
    return filled


def shortened(words: str, style: TextStyle, room: float) -> str:
    """Return a text, cut at its end with an ellipsis where it is wider than the room in logical pixels."""
    if text.width(words, style) <= room:
        return words
    kept = words
    while kept and fonts.advance(f"{kept}…") * style.size > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(words: str, style: TextStyle, room: float) -> list[str]:
    """Return a text as one line, or as two where it is wider than the room; what does not fit into two is cut."""
    if text.width(words, style) <= room:
        return [words]
    fitting = next((end for end in range(len(words), 0, -1) if fonts.advance(words[:end]) * style.size <= room), 1)
    # A Latin word stays whole; Chinese may break anywhere.
    broken = words.rfind(" ", 0, fitting + 1) if words[fitting - 1 : fitting + 1].isascii() else fitting
    end = broken if broken > 0 else fitting
    return [words[:end].rstrip(), shortened(words[end:].lstrip(), style, room)]
