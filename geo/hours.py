"""Times of day as people write them (``08:30-11:30; 14:00-17:30``) and as seconds from midnight."""

import re
from collections.abc import Sequence

from geo.errors import XunluError
from geo.language import tr

DAY = 86_400
Window = tuple[int, int]

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
_WINDOW = re.compile(r"([\d:]+)-([\d:]+)")


def parse_clock(text: str) -> int:
    """Return the seconds from midnight of ``HH:MM`` or ``HH:MM:SS``; hours up to 47 are the next day's.

    Raises
    ------
    XunluError
        If the text is no such time.
    """
    match = _CLOCK.fullmatch(text.strip().replace("：", ":"))
    if not match or int(match[1]) > 47:
        raise XunluError(tr("“{text}” is no time of day.", text=text), tr("Write it like 08:30."))
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def format_clock(seconds: float, *, wrap: bool = False) -> str:
    """Return seconds from midnight as ``HH:MM``, rounded to the minute; `wrap` shows 25:10 as 01:10."""
    minutes = round(seconds / 60)
    if wrap:
        minutes %= 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_windows(text: str) -> tuple[Window, ...]:
    """Return the opening windows of a text as (from, to) in seconds from midnight, in order.

    A window that ends before it begins crosses midnight: ``20:00-04:00`` is (72000, 100800).
    An empty text means open all day and gives no window at all.

    Raises
    ------
    XunluError
        If a part of the text is no window.
    """
    windows = []
    for raw in re.split(r"[;,，；、]", text):
        part = re.sub(r"\s+", "", raw).replace("：", ":")
        part = re.sub(r"[–—~～至]", "-", part)
        if not part:
            continue
        match = _WINDOW.fullmatch(part)
        if not match:
            raise XunluError(
                tr("“{text}” is no opening time.", text=raw.strip()),
                tr("Write it like 08:30-11:30; 14:00-17:30."),
            )
        start, end = parse_clock(match[1]), parse_clock(match[2])
        windows.append((start, end if end > start else end + DAY))
    return tuple(sorted(windows))


def read_windows(text: str) -> tuple[Window, ...] | None:
    """Return the opening windows of a text as `parse_windows` does; None if it cannot be read."""
    try:
        return parse_windows(text)
    except XunluError:
        return None


def format_windows(windows: tuple[Window, ...]) -> str:
    """Return windows as the text that `parse_windows` reads."""
    return "; ".join(f"{format_clock(a)}-{format_clock(b, wrap=b > DAY)}" for a, b in windows)


def common_windows(first: Sequence[Window], second: Sequence[Window]) -> list[Window]:
    """Return the windows that lie in both of two lists, in order; such as touch in one second only are among them."""
    both = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return sorted(window for window in both if window[0] <= window[1])
