"""A text that a layer wants on the map, and the places where it could stand."""

from dataclasses import dataclass

from geo.projection import Points


@dataclass(frozen=True, eq=False)
class Label:
    """A text with its candidate places, best first, in logical pixels.

    Parameters
    ----------
    text
        What is written.
    style
        The name of its text style.
    priority
        Who goes first where two want the same room; higher wins.
    anchors
        Middles for a straight label, shape (n, 2).
    line
        For a label along a line, the line, shape (n, 2); it is then written along it instead of at the anchors.
    over_symbols
        Whether the label may cover site symbols.
    apart
        Pixels to the next label of the same text, at least: the two carriageways of a street are named once.
    """

    text: str
    style: str
    priority: float
    anchors: Points | None = None
    line: Points | None = None
    over_symbols: bool = False
    apart: float = 0
