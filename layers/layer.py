"""What every layer of the map can do: be drawn in slices, say what lies where, and explain itself in the legend."""

# ruff: noqa: ARG002  the empty layer uses none of what it is given

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from geo.language import Language
from geo.late import np
from geo.projection import Points
from layers.label import Label
from layers.style import Style
from layers.view import Bounds, View

Swatch = Callable[[QPainter, QRectF], None]
"""Paints the sample of a legend entry into a rectangle."""


def across(box: QRectF) -> QLineF:
    """Return the line through the middle of a box, from left to right."""
    return QLineF(box.left(), box.center().y(), box.right(), box.center().y())


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend: a swatch and what it stands for."""

    text: str
    swatch: Swatch


class Layer:
    """A layer that shows nothing; what a kind of layer shows it says by overriding.

    Parameters
    ----------
    style
        How the map looks.
    lang
        The language of names on the map.
    """

    name = ""
    """How programs call it; stays the same for ever, settings keep it."""

    tables: frozenset[str] = frozenset()
    """The project tables that the layer shows; an edit to one of them reloads it."""

    def __init__(self, style: Style, lang: Language | None = None) -> None:
        self.style = style
        self.lang = lang
        self.visible = True

    def wear(self, style: Style) -> None:
        """Look different from now on."""
        self.style = style

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls the layer."""
        return self.name

    def shows_at(self, scale: float) -> bool:
        """Return whether anything of the layer is drawn at so many Mercator metres per pixel."""
        return True

    def paint(self, painter: QPainter, view: View) -> Iterator[None]:
        """Draw the layer in logical pixels of the view, yielding every few milliseconds."""
        yield from ()

    def labels(self, view: View) -> Iterable[Label]:
        """Return the texts that the layer wants on the map; the label layer decides which find room."""
        return ()

    def obstacles(self, view: View) -> Points:
        """Return rectangles, shape (n, 4): left, top, right, bottom, that labels should keep clear of."""
        return np.empty((0, 4))

    def hits(self, view: View, x: float, y: float, tolerance: float = 10) -> list[str]:
        """Return the ids of what lies within a tolerance of a pixel, nearest first."""
        return []

    def within(self, view: View, polygon: Points) -> list[str]:
        """Return the ids of what lies inside a polygon of logical pixels, shape (n, 2)."""
        return []

    def legend(self, lang: Language | None = None) -> list[LegendEntry]:
        """Return the entries of the layer in the legend."""
        return []

    def bounds(self) -> Bounds | None:
        """Return what the layer covers in EPSG:3857 metres; None if it is empty."""
        return None
