"""The names of streets with the lines along which they can be written: pieces of one name that meet are one line."""

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.geometry import Indices, Places, Shapes, start_codes
from layers.view import View

LETTER = 4.0
"""Pixels that a letter takes at the very least."""


class StreetNames:
    """Names and their lines in EPSG:3857.

    Parameters
    ----------
    names
        Of the streets, empty for those without one; shape (n,).
    shapes, classes
        Their lines, and the numbers of their classes, higher for more important ones; shape (n,).
    """

    def __init__(self, names: NDArray[np.object_], shapes: Shapes, classes: Indices) -> None:
        self.texts: NDArray[np.object_] = np.empty(0, dtype=object)
        self.lines: Shapes = np.empty(0, dtype=object)
        self.classes: Indices = np.empty(0, dtype=np.intp)
        self._room = np.empty(0)
        self._add(names, shapes, classes)
        self._places = Places(self.lines)

    def _add(self, names: NDArray[np.object_], shapes: Shapes, classes: Indices) -> None:
        named = (names != "") & (shapely.get_num_coordinates(shapes) > 1)
        codes, texts = pd.factorize(names[named], sort=True)
        parts, owner = shapely.get_parts(_merged(shapes[named], codes, len(texts)), return_index=True)
        best = np.zeros(len(texts), dtype=np.intp)
        np.maximum.at(best, codes, classes[named])
        found = np.array([str(texts[k]) for k in owner], dtype=object)
        self.texts = np.concatenate([self.texts, found])
        self.lines = np.concatenate([self.lines, parts])
        self.classes = np.concatenate([self.classes, best[owner]])
        # The scale from which the line is long enough.
        room = shapely.length(parts) / np.array([LETTER * len(name) for name in found])
        self._room = np.concatenate([self._room, room])

    def renew(
        self, changed: Collection[str], names: NDArray[np.object_], shapes: Shapes, classes: Indices
    ) -> "StreetNames":
        """Return the names after some of them have changed, given all streets; the others stay as they are."""
        new = object.__new__(StreetNames)
        count, old = len(self.lines), np.flatnonzero(_among(self.texts, changed))
        new.texts, new.classes, new._room = self.texts, self.classes, self._room
        new.lines = self.lines.copy()
        new.lines[old] = None
        own = np.flatnonzero(_among(names, changed))
        # In the order in which all streets are loaded, on which depends where the merged lines begin.
        own = own[np.argsort(start_codes(shapes[own], lambda xy: xy), kind="stable")]
        new._add(names[own], shapes[own], classes[own])
        new._places = self._places.replaced(np.concatenate([old, np.arange(count, len(new.lines))]))
        return new

    def lettered(self, view: View, classes: NDArray[np.bool_]) -> Iterator[int]:
        """Yield which of the names, of some classes, may find room along their line in a view, in their order."""
        near = np.sort(self._places.query(view.bounds, self.lines))
        # Most are too short for their name, and most of the time goes into finding that out one by one.
        near = near[classes[self.classes[near]] & (self._room[near] >= view.scale)]
        yield from sorted(near.tolist(), key=lambda each: str(self.texts[each]))


def _among(texts: NDArray[np.object_], some: Collection[str]) -> NDArray[np.bool_]:
    found = np.zeros(len(texts), dtype=bool)
    for text in some:
        found |= texts == text
    return found


def _merged(lines: Shapes, codes: Indices, count: int) -> Shapes:
    if not count:
        return np.empty(0, dtype=object)
    order = np.argsort(codes, kind="stable")
    together = shapely.multilinestrings(lines[order], indices=codes[order])
    return np.asarray(shapely.line_merge(together), dtype=object)
