"""The room on a map that is taken, as boxes found by a grid of cells."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from layers.lettering import Box
from layers.view import View

CELL = 48.0


class Room:
    """The boxes that are taken in the frame of a view.

    Parameters
    ----------
    view
        Whose frame nothing may cross.
    taken
        Boxes that are taken from the start.
    """

    def __init__(self, view: View, taken: Iterable[Box] = ()) -> None:
        self._width, self._height = view.width, view.height
        self._cells: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        self.take(taken)

    def take(self, boxes: Iterable[Box]) -> None:
        """Mark boxes as taken."""
        taken = list(boxes)
        if not taken:
            return
        # All at once, since thousands of symbols may be in view.
        cells = np.floor(np.array(taken) / CELL).astype(int).tolist()
        for box, (left, top, right, bottom) in zip(taken, cells, strict=True):
            if left == right and top == bottom:
                self._cells[left, top].append(box)
                continue
            for column in range(left, right + 1):
                for row in range(top, bottom + 1):
                    self._cells[column, row].append(box)

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
