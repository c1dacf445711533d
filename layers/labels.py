"""All texts of the map, placed in one pass: important ones first, none over another, none cut by the frame."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter

from geo.language import Language, tr
from layers import text
from layers.label import Label
from layers.layer import Layer
from layers.lettering import Box, Layout, along, straight
from layers.style import Style, TextStyle
from layers.view import View

CELL = 48.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A label and the layout in which it found room; a street's name may find room more than once."""

    label: Label
    layout: Layout


class Room:
    """The boxes that are taken, found by a grid of cells."""

    def __init__(self, view: View, taken: Iterable[Box] = ()) -> None:
        self._width, self._height = view.width, view.height
        self._cells: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        self.take(taken)

    def take(self, boxes: Iterable[Box]) -> None:
        """Mark boxes as taken."""
        for box in boxes:
            for cell in _cells(box):
                self._cells[cell].append(box)

    def is_free(self, boxes: Iterable[Box]) -> bool:
        """Return whether boxes lie in the frame and meet none that is taken."""
        return all(self._inside(box) and not self._is_met(box) for box in boxes)

    def met(self, boxes: Iterable[Box]) -> int:
        """Return how many of the boxes meet one that is taken."""
        return sum(self._is_met(box) for box in boxes)

    def _inside(self, box: Box) -> bool:
        return box[0] >= 2 and box[1] >= 2 and box[2] <= self._width - 2 and box[3] <= self._height - 2

    def _is_met(self, box: Box) -> bool:
        return any(_meet(box, other) for cell in _cells(box) for other in self._cells.get(cell, ()))


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box[0] // CELL), int(box[2] // CELL) + 1):
        for row in range(int(box[1] // CELL), int(box[3] // CELL) + 1):
            yield column, row


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def place(
    labels: Iterable[Label],
    symbols: Iterable[Box],
    styles: Mapping[str, TextStyle],
    view: View,
    never_covered: Iterable[Box] = (),
) -> Iterator[Placed]:
    """Yield the labels that find room, where they stand; boxes of symbols are kept clear.

    A label that may cover symbols stands where it covers the fewest, and never over a box of `never_covered`.
    """
    never = list(never_covered)
    room, names_only = Room(view, [*symbols, *never]), Room(view, never)
    for label in sorted(labels, key=lambda label: -label.priority):
        style = styles[label.style]
        stretches = [straight(label, style)] if label.line is None else along(label, style)
        for stretch in stretches:
            if label.over_symbols:
                open_places = [layout for layout in stretch if names_only.is_free(layout.boxes)]
                layout = min(open_places, key=lambda layout: room.met(layout.boxes), default=None)
            else:
                layout = next((layout for layout in stretch if room.is_free(layout.boxes)), None)
            if layout is not None:
                room.take(layout.boxes)
                names_only.take(layout.boxes)
                yield Placed(label, layout)


def _boxes(layers: Iterable[Layer], view: View) -> list[Box]:
    return [(a, b, c, d) for layer in layers for a, b, c, d in layer.obstacles(view).tolist()]


class LabelsLayer(Layer):
    """The texts of all visible layers."""

    name = "labels"

    def __init__(self, style: Style, layers: Sequence[Layer]) -> None:
        super().__init__(style)
        self._layers = layers
        self.keep_clear: tuple[Box, ...] = ()
        """Boxes in logical pixels where something else stands, such as a scale bar."""
        self.never_covered: tuple[Layer, ...] = ()
        """Layers whose symbols no name may cover, however crowded the map is."""

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Names", lang)

    def placed(self, view: View) -> Iterator[Placed]:
        """Yield the labels of the visible layers where they find room."""
        shown = [layer for layer in self._layers if layer.visible]
        labels = [label for layer in shown for label in layer.labels(view)]
        symbols, kept = _boxes(shown, view), _boxes(self.never_covered, view)
        yield from place(labels, symbols, self.style.texts, view, [*kept, *self.keep_clear])

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Write the labels."""
        for placed in self.placed(view):
            style = self.style.texts[placed.label.style]
            for glyph in placed.layout.glyphs:
                text.draw(painter, glyph.text, style, glyph.x, glyph.y, glyph.angle)
            yield
