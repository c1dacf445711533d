"""All texts of the map, placed in one pass: important ones first, none over another.

Texts are placed in a frame that is fixed to the ground and larger than the picture, so that they stay where they are on
the ground while the picture is moved, and come into it and leave it whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, hypot

import numpy as np
from PySide6.QtGui import QPainter

from geo.language import Language, tr
from geo.projection import Points
from layers import text
from layers.label import Label
from layers.layer import Layer
from layers.lettering import Box, Glyph, Layout, along, straight
from layers.room import Room
from layers.style import Style, TextStyle
from layers.view import View

BLOCK = 256
"""Pixels by which the frame grows and moves on."""

MARGIN = 224
"""Pixels around the picture in which texts are placed as well, at least: who stands there decides who stands inside."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A label and the layout in which it found room; a street's name may find room more than once."""

    label: Label
    layout: Layout


def place(
    labels: Iterable[Label],
    symbols: Iterable[Box],
    styles: Mapping[str, TextStyle],
    view: View,
    never_covered: Iterable[Box] = (),
) -> Iterator[Placed]:
    """Yield the labels that find room, where they stand; boxes of symbols are kept clear.

    A label that may cover symbols stands where it covers the fewest, and never over a box of `never_covered`. Of two
    labels that matter as much, the one given first goes first.
    """
    return (placed for placed in _placing(labels, symbols, styles, view, never_covered) if placed is not None)


def _placing(
    labels: Iterable[Label],
    symbols: Iterable[Box],
    styles: Mapping[str, TextStyle],
    view: View,
    never_covered: Iterable[Box] = (),
) -> Iterator[Placed | None]:
    """Do what `place` does, yielding None for what finds no room."""
    never = list(never_covered)
    room, names_only = Room(view, [*symbols, *never]), Room(view, never)
    frame = (0.0, 0.0, float(view.width), float(view.height))
    written: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for label in sorted(labels, key=lambda label: -label.priority):
        style = styles[label.style]
        stretches = [straight(label, style)] if label.line is None else along(label, style, frame)
        for stretch in stretches:
            layouts = (layout for layout in stretch if _far_enough(label, layout, written))
            if label.over_symbols:
                open_places = [layout for layout in layouts if names_only.is_free(layout.boxes)]
                layout = min(open_places, key=lambda layout: room.met(layout.boxes), default=None)
            else:
                layout = next((layout for layout in layouts if room.is_free(layout.boxes)), None)
            if layout is not None:
                room.take(layout.boxes)
                names_only.take(layout.boxes)
                if label.apart:
                    written[label.text].append(_middle(layout))
                yield Placed(label, layout)
        yield None


def _far_enough(label: Label, layout: Layout, written: Mapping[str, list[tuple[float, float]]]) -> bool:
    if not label.apart or label.text not in written:
        return True
    x, y = _middle(layout)
    return all(hypot(x - other_x, y - other_y) >= label.apart for other_x, other_y in written[label.text])


def _middle(layout: Layout) -> tuple[float, float]:
    first, last = layout.glyphs[0], layout.glyphs[-1]
    return (first.x + last.x) / 2, (first.y + last.y) / 2


def ground_frame(view: View) -> View:
    """Return the view that is fixed to the ground, of the same scale, and larger than a view by a margin."""
    block = BLOCK * view.scale
    left, bottom, right, top = view.bounds
    column, row = floor(left / block), floor(bottom / block)
    columns, rows = floor(right / block) + 1 - column, floor(top / block) + 1 - row
    middle_x, middle_y = (column + columns / 2) * block, (row + rows / 2) * block
    width, height = columns * BLOCK + 2 * MARGIN, rows * BLOCK + 2 * MARGIN
    return replace(view, x=middle_x, y=middle_y, width=width, height=height)


def _boxes(layers: Iterable[Layer], view: View) -> list[Box]:
    return [(a, b, c, d) for layer in layers for a, b, c, d in layer.obstacles(view).tolist()]


class LabelsLayer(Layer):
    """The texts of all visible layers."""

    name = "labels"

    def __init__(self, style: Style, layers: Sequence[Layer]) -> None:
        super().__init__(style)
        self._layers = layers
        self.keep_clear: tuple[Box, ...] = ()
        """Boxes in logical pixels where something else stands, such as a scale bar.

        With any, the picture is a finished sheet: no text is cut by its frame.
        """
        self.never_covered: tuple[Layer, ...] = ()
        """Layers whose symbols no name may cover, however crowded the map is."""
        self._kept: tuple[tuple[object, ...], list[Placed]] | None = None
        self._version = 0

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return tr("Names", lang)

    def forget(self) -> None:
        """Place the texts anew for the next picture: what a layer shows has changed."""
        # What a thread places meanwhile is of the version before, whenever it comes to keep it.
        self._version += 1
        self._kept = None

    def placed(self, view: View) -> Iterator[Placed]:
        """Yield the labels of the visible layers where they find room, whole or in part in the picture."""
        frame, found = self._frame(view), self._placing(view)
        dx, dy = _shift(frame, view)
        for placed in found:
            if placed is not None and _is_seen(placed.layout.boxes, view, dx, dy):
                yield Placed(placed.label, _moved(placed.layout, dx, dy))

    def taken(self, view: View) -> Points:
        """Return the boxes that the texts cover, shape (n, 4): left, top, right, bottom."""
        boxes = [box for placed in self.placed(view) for box in placed.layout.boxes]
        return np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def _frame(self, view: View) -> View:
        return view if self.keep_clear else ground_frame(view)

    def _placing(self, view: View) -> Iterator[Placed | None]:
        """Yield what is placed in the frame of a view, and now and then None, where a picture may take a breath."""
        frame, shown = self._frame(view), [layer for layer in self._layers if layer.visible]
        names = tuple(layer.visible for layer in self._layers)
        key = (self._version, frame, names, self.keep_clear, self.never_covered)
        held = self._kept
        if held is not None and held[0] == key:
            yield from held[1]
            return
        clear, labels = self.keep_clear, list[Label]()
        for layer in shown:
            # Each layer at once: an edit may replace what it shows between two slices.
            labels += layer.labels(frame)
            yield None
        symbols, kept = _boxes(shown, frame), _boxes(self.never_covered, frame)
        yield None
        found = []
        for placed in _placing(labels, symbols, self.style.texts, frame, [*kept, *clear]):
            if placed is not None:
                found.append(placed)
            yield placed
        self._kept = key, found

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Write the labels."""
        dx, dy = _shift(self._frame(view), view)
        for placed in self._placing(view):
            if placed is not None and _is_seen(placed.layout.boxes, view, dx, dy):
                style = self.style.texts[placed.label.style]
                for glyph in placed.layout.glyphs:
                    text.draw(painter, glyph.text, style, glyph.x + dx, glyph.y + dy, glyph.angle)
            yield


def _shift(frame: View, view: View) -> tuple[float, float]:
    """Return how far right and down of its place in a view a place in a frame of the same scale is, in pixels."""
    across = (frame.x - view.x) / view.scale - (frame.width - view.width) / 2
    down = (view.y - frame.y) / view.scale - (frame.height - view.height) / 2
    return across, down


def _is_seen(boxes: Iterable[Box], view: View, dx: float, dy: float) -> bool:
    return any(
        box[2] + dx > 0 and box[3] + dy > 0 and box[0] + dx < view.width and box[1] + dy < view.height for box in boxes
    )


def _moved(layout: Layout, dx: float, dy: float) -> Layout:
    glyphs = tuple(Glyph(glyph.text, glyph.x + dx, glyph.y + dy, glyph.angle) for glyph in layout.glyphs)
    boxes = tuple((a + dx, b + dy, c + dx, d + dy) for a, b, c, d in layout.boxes)
    return Layout(glyphs, boxes)
