"""How a text is laid out: straight at a place, or along a line, and what room it takes.

Latin names follow the line and never hang upside down. Chinese ones stand upright, character by character at the same
distance along the line, from left to right, and on steep streets from top to bottom, as on printed city plans.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, radians, sin

from layers import fonts, text
from layers.label import Label
from layers.style import TextStyle
from layers.track import Spot, Track

REPEAT = 620.0
"""Pixels after which a street's name is written again."""

BEND, CHINESE_BEND = 24.0, 40.0
"""Degrees that a line may turn from one letter to the next; upright characters bear more."""

WHOLE_BEND = 75.0
"""Degrees that a line may turn from the first to the last letter, in all."""

STRAIGHT = 2.5
"""Degrees that a line may turn under a name that is still written in one piece."""

SHIFTS = (0.0, 0.3, -0.3, 0.6, -0.6, 0.95, -0.95)
"""Where along its stretch of the street a name is tried, as shares of the room to either side."""

LEAST_GAP, MOST_GAP = 1.1, 1.6
"""From one Chinese character to the next along a line, in ems."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in logical pixels."""

_PIECES = re.compile(r"[!-~]+|[^ ]")


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


def along(label: Label, style: TextStyle, frame: Box | None = None) -> Iterator[Iterable[Layout]]:
    """Yield, for each stretch of a label's line, the layouts of the name there, best first.

    The stretches are counted from the start of the line, so that a name stays where it is on the ground however the
    picture is moved; those that lie outside of a frame are passed over.
    """
    if label.line is None or len(label.line) < 2:
        return
    track = Track(label.line)
    pieces = _pieces(label.text)
    offsets = _offsets(pieces, style, track.length)
    room = offsets[-1] - offsets[0] + style.size * 1.6
    if room > track.length:
        return
    count = max(1, round(track.length / REPEAT))
    spread = max((track.length / count - room) / 2, 0)
    for k in range(count):
        middle = (k + 0.5) * track.length / count
        if frame is None or _near(track.point(middle), spread + room, frame):
            yield _tried(pieces, style, track, [middle + shift * spread for shift in SHIFTS], offsets)


def _near(point: tuple[float, float], reach: float, frame: Box) -> bool:
    x, y = point
    return frame[0] - reach < x < frame[2] + reach and frame[1] - reach < y < frame[3] + reach


def _tried(
    pieces: Sequence[str], style: TextStyle, track: Track, middles: Iterable[float], offsets: list[float]
) -> Iterator[Layout]:
    set_along = _chinese if is_chinese("".join(pieces)) else _latin
    for middle in middles:
        layout = set_along(pieces, style, track, middle, offsets)
        if layout is not None:
            yield layout


def _pieces(word: str) -> list[str]:
    """Return what stands apart from one another: characters, and in a Chinese name also numbers and Latin words."""
    return _PIECES.findall(word) if is_chinese(word) else list(word)


def _offsets(pieces: Sequence[str], style: TextStyle, length: float) -> list[float]:
    """Return where along the line the middles of the pieces stand, around the middle of the name, in pixels."""
    widths = [fonts.advance(piece) * style.size for piece in pieces]
    if is_chinese("".join(pieces)):
        gap = min(max(length * 0.3 / len(pieces), LEAST_GAP * style.size), MOST_GAP * style.size)
        steps = [gap + (max(a - style.size, 0) + max(b - style.size, 0)) / 2 for a, b in pairwise(widths)]
    else:
        steps = [(a + b) / 2 + style.spacing for a, b in pairwise(widths)]
    places = [0.0]
    for step in steps:
        places.append(places[-1] + step)
    return [place - places[-1] / 2 for place in places]


def _latin(pieces: Sequence[str], style: TextStyle, track: Track, middle: float, offsets: list[float]) -> Layout | None:
    spots = [track.spot(middle + offset, style.size * 0.5) for offset in offsets]
    across, down = spots[-1][0] - spots[0][0], spots[-1][1] - spots[0][1]
    turn = 0.0
    # From left to right; close to the vertical always upwards, so that neighbouring streets read the same way.
    if across - 0.18 * down < 0:
        spots = [track.spot(middle - offset, style.size * 0.5) for offset in offsets]
        turn = 180.0
    angles = [_half_turn(angle + turn) for _, _, angle in spots]
    if any(abs(_half_turn(b - a)) > BEND for a, b in pairwise(angles)):
        return None
    bends = [_half_turn(angle - angles[0]) for angle in angles]
    bent = max(bends) - min(bends)
    if bent > WHOLE_BEND:
        return None
    set_apart = [
        Glyph(letter, x, y, angle)
        for letter, (x, y, _), angle in zip(pieces, spots, angles, strict=True)
        if letter != " "
    ]
    boxes = tuple(_box(glyph, style) for glyph in set_apart)
    if bent > STRAIGHT:
        return Layout(tuple(set_apart), boxes)
    x, y = track.point(middle)
    return Layout((Glyph("".join(pieces), x, y, _half_turn(angles[0] + sum(bends) / len(bends))),), boxes)


def _chinese(
    pieces: Sequence[str], style: TextStyle, track: Track, middle: float, offsets: list[float]
) -> Layout | None:
    spots = _upright_spots(style, track, middle, offsets)
    if not spots:
        return None
    chords = [_half_turn(angle) for _, _, angle in spots]
    if any(abs(_half_turn(b - a)) > CHINESE_BEND for a, b in pairwise(chords)):
        return None
    bends = [_half_turn(angle - chords[0]) for angle in chords]
    if max(bends) - min(bends) > WHOLE_BEND:
        return None
    across, down = spots[-1][0] - spots[0][0], spots[-1][1] - spots[0][1]
    # At half a right angle from left to right, whichever end the line begins at.
    if (down if abs(down) > 1.02 * abs(across) else across) < 0:
        # Not the same places for an even count of characters and for pieces of different widths.
        spots = _upright_spots(style, track, middle, [-offset for offset in offsets])
    steps = [degrees(atan2(y1 - y0, x1 - x0)) for (x0, y0, _), (x1, y1, _) in pairwise(spots)]
    if any(abs(_half_turn(b - a)) > CHINESE_BEND for a, b in pairwise(steps)):
        return None
    glyphs = tuple(Glyph(piece, x, y) for piece, (x, y, _) in zip(pieces, spots, strict=True))
    boxes = tuple(_box(glyph, style) for glyph in glyphs)
    # On a bend the characters come closer to one another; their boxes are a little larger than they are.
    if any(_overlap(a, b, 2 + 0.1 * style.size) for a, b in pairwise(boxes)):
        return None
    return Layout(glyphs, boxes)


def _upright_spots(style: TextStyle, track: Track, middle: float, offsets: list[float]) -> list[Spot]:
    """Return where the characters stand; nowhere if they would hang over the ends of the line."""
    # Squares that stand upright on a sloping line need more of it: they meet at their corners.
    _, _, angle = track.spot(middle, max(offsets[-1], offsets[0], style.size))
    slope = max(abs(cos(radians(angle))), abs(sin(radians(angle))))
    least = LEAST_GAP * style.size
    gap = abs(offsets[1] - offsets[0]) if len(offsets) > 1 else least
    wider = max(1.0, least / slope / gap)
    if max(abs(offset) for offset in offsets) * wider > min(middle, track.length - middle) + style.size * 0.3:
        return []
    return [track.spot(middle + offset * wider, style.size * 0.8) for offset in offsets]


def _overlap(a: Box, b: Box, allowed: float) -> bool:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > allowed and down > allowed


def _half_turn(angle: float) -> float:
    return (angle + 180) % 360 - 180


def _box(glyph: Glyph, style: TextStyle) -> Box:
    wide, high = fonts.advance(glyph.text) * style.size / 2, style.size * 0.55
    cosine, sine = abs(cos(radians(glyph.angle))), abs(sin(radians(glyph.angle)))
    half_x, half_y = wide * cosine + high * sine + 1, wide * sine + high * cosine + 1
    return glyph.x - half_x, glyph.y - half_y, glyph.x + half_x, glyph.y + half_y
