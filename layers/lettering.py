"""How a text is laid out: straight at a place, or letter by letter along a line, and what room it takes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin

import numpy as np

from geo.projection import Points
from layers import fonts, text
from layers.label import Label
from layers.style import TextStyle

REPEAT = 620.0
"""Pixels after which a street's name is written again."""

BEND = 34.0
"""Degrees that a line may turn from one letter to the next."""

SHIFTS = (0.0, 0.3, -0.3, 0.6, -0.6, 0.95, -0.95)
"""Where along its stretch of the street a name is tried, as shares of the room to either side."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in logical pixels."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A piece of text with its middle at a pixel, turned clockwise by an angle in degrees."""

    text: str
    x: float
    y: float
    angle: float = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to write a label: its pieces and the boxes they cover."""

    glyphs: tuple[Glyph, ...]
    boxes: tuple[Box, ...]


def is_chinese(word: str) -> bool:
    """Return whether a text is written in square characters, which stand upright and apart from one another."""
    return any("\u2e80" <= letter <= "\u9fff" for letter in word)


def straight(label: Label, style: TextStyle) -> Iterator[Layout]:
    """Yield the layouts of a label at its anchors."""
    wide, high = text.width(label.text, style) / 2 + 2, style.size * 0.62 + 1
    for x, y in [] if label.anchors is None else label.anchors.tolist():
        yield Layout((Glyph(label.text, x, y),), ((x - wide, y - high, x + wide, y + high),))


def along(label: Label, style: TextStyle) -> Iterator[Iterable[Layout]]:
    """Yield, for each stretch of a label's line, the layouts of the name there, best first."""
    if label.line is None or len(label.line) < 2:
        return
    track = Track(label.line)
    offsets = _offsets(label.text, style, track.length)
    room = offsets[-1] - offsets[0] + style.size * 1.6
    if room > track.length:
        return
    count = max(1, round(track.length / REPEAT))
    spread = max((track.length / count - room) / 2, 0)
    for k in range(count):
        middle = (k + 0.5) * track.length / count
        yield _tried(label.text, style, track, [middle + shift * spread for shift in SHIFTS], offsets)


class Track:
    """A line on the screen that letters can be set along.

    Parameters
    ----------
    line
        Logical pixels, shape (n, 2) with n >= 2.
    """

    def __init__(self, line: Points) -> None:
        steps = np.diff(line, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        self._line = line.tolist()
        self._angles = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])).tolist()
        self._lengths = np.maximum(lengths, 1e-9).tolist()
        self._reached = np.concatenate([[0], np.cumsum(lengths)]).tolist()
        self.length: float = self._reached[-1]

    def at(self, distance: float) -> tuple[float, float, float]:
        """Return the place at a distance from the start and the direction there, in degrees clockwise."""
        k = min(max(bisect_right(self._reached, distance) - 1, 0), len(self._lengths) - 1)
        share = (distance - self._reached[k]) / self._lengths[k]
        (x0, y0), (x1, y1) = self._line[k], self._line[k + 1]
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, self._angles[k]


def _tried(
    word: str, style: TextStyle, track: Track, middles: Iterable[float], offsets: list[float]
) -> Iterator[Layout]:
    for middle in middles:
        layout = _at(word, style, track, middle, offsets)
        if layout is not None:
            yield layout


def _offsets(word: str, style: TextStyle, length: float) -> list[float]:
    if is_chinese(word):
        # Characters are set apart along the street, further where there is room, as on a printed plan.
        gap = min(max(length * 0.32 / len(word), 1.12 * style.size), 2.1 * style.size)
        return [(k - (len(word) - 1) / 2) * gap for k in range(len(word))]
    advances = [fonts.advance(letter) * style.size + style.spacing + 0.4 for letter in word]
    start, offsets = -sum(advances) / 2, []
    for advance in advances:
        offsets.append(start + advance / 2)
        start += advance
    return offsets


def _at(word: str, style: TextStyle, track: Track, middle: float, offsets: list[float]) -> Layout | None:
    places = [track.at(middle + offset) for offset in offsets]
    chinese = is_chinese(word)
    across, down = places[-1][0] - places[0][0], places[-1][1] - places[0][1]
    # Written from left to right; Chinese on a steep street from top to bottom.
    steep = chinese and abs(down) > abs(across) * 1.3
    turn = -90.0 if steep else 0.0
    if (down if steep else across) < 0:
        places = [track.at(middle - offset) for offset in offsets]
        turn += 180
    angles = [_half_turn(angle + turn) for _, _, angle in places]
    if any(abs(_half_turn(b - a)) > BEND for a, b in pairwise(angles)):
        return None
    if chinese and any(abs(angle) > 60 for angle in angles):
        return None
    glyphs = [
        Glyph(letter, x, y, angle)
        for letter, (x, y, _), angle in zip(word, places, angles, strict=True)
        if letter != " "
    ]
    return Layout(tuple(glyphs), tuple(_box(glyph, style) for glyph in glyphs))


def _half_turn(angle: float) -> float:
    return (angle + 180) % 360 - 180


def _box(glyph: Glyph, style: TextStyle) -> Box:
    wide, high = fonts.advance(glyph.text) * style.size / 2, style.size * 0.55
    cosine, sine = abs(cos(radians(glyph.angle))), abs(sin(radians(glyph.angle)))
    half_x, half_y = wide * cosine + high * sine + 1, wide * sine + high * cosine + 1
    return glyph.x - half_x, glyph.y - half_y, glyph.x + half_x, glyph.y + half_y
