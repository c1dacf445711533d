"""Opening times on single dates, as people write them (``2026-12-24 closed; 2026-12-25..2026-12-26 09:00-12:00``)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import XunluError
from geo.hours import DAY, Window, format_windows, parse_windows
from geo.language import tr

ALL_DAY: tuple[Window, ...] = ((0, DAY),)
"""The windows of a date on which a site is open all day."""

_DATE = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?:\s*日)?")
_TO = re.compile(r"\s*(?:\.\.+|…|~|～|-|–|—|至|到|to\b)\s*", re.IGNORECASE)
_CLOSED = frozenset({"closed", "shut", "no", "关闭", "休", "休息", "放假", "不开放", "停业", "闭馆", "停诊"})
_OPEN = frozenset({"open", "allday", "24h", "24小时", "全天", "开放", "全天开放"})


@dataclass(frozen=True)
class DayHours:
    """When a site is open on some dates, in place of its usual times.

    Attributes
    ----------
    first, last
        The dates, both included.
    windows
        From and to in seconds from midnight, in order; none means closed, `ALL_DAY` open all day.
    """

    first: date
    last: date
    windows: tuple[Window, ...] = ()

    def covers(self, day: date) -> bool:
        """Return whether a date is among them."""
        return self.first <= day <= self.last


def parse_exceptions(text: str) -> tuple[DayHours, ...]:
    """Return the exceptions of a text in the order in which they are written.

    Parts are set apart by semicolons or lines, each a date or two with ``..`` between them and then ``closed``,
    ``open`` or windows; a part without a date goes on with the dates of the one before.

    Raises
    ------
    XunluError
        If a part is no exception.
    """
    found: list[DayHours] = []
    for raw in re.split(r"[;；\n]", text):
        part = raw.strip()
        if not part:
            continue
        dates, rest = _dates(part)
        if dates is None and found and found[-1].windows:
            windows = _windows(rest, part)
            before = found.pop()
            found.append(DayHours(before.first, before.last, tuple(sorted({*before.windows, *windows}))))
            continue
        if dates is None:
            raise _unreadable(part)
        found.append(DayHours(*dates, _windows(rest, part)))
    return tuple(found)


def read_exceptions(text: str) -> tuple[DayHours, ...] | None:
    """Return the exceptions of a text as `parse_exceptions` does; None if it cannot be read."""
    try:
        return parse_exceptions(text)
    except XunluError:
        return None


def format_exceptions(exceptions: Iterable[DayHours]) -> str:
    """Return exceptions as the text that `parse_exceptions` reads."""
    return "; ".join(f"{_written(one)} {_hours(one.windows)}" for one in exceptions)


def hours_on(exceptions: Sequence[DayHours], day: date) -> tuple[Window, ...] | None:
    """Return the windows of a date by the last exception that covers it, none for closed; None if none does."""
    return next((one.windows for one in reversed(exceptions) if one.covers(day)), None)


def _dates(part: str) -> tuple[tuple[date, date] | None, str]:
    """Return the dates that a part begins with, None if with none, and the rest of it."""
    match = _DATE.match(part)
    if not match:
        return None, part
    first, rest = _day(match, part), part[match.end() :]
    to = _TO.match(rest)
    if not to:
        return (first, first), rest
    match = _DATE.match(rest, to.end())
    if not match:
        raise _unreadable(part)
    last = _day(match, part)
    if last < first:
        raise XunluError(
            tr("“{text}” ends before it begins.", text=part), tr("Write the earlier date first, like {example}.",
            example="2026-12-24..2026-12-26 09:00-12:00"),
        )  # fmt: skip
    return (first, last), rest[match.end() :]


def _day(match: re.Match[str], part: str) -> date:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise _unreadable(part) from error


def _windows(text: str, part: str) -> tuple[Window, ...]:
    word = re.sub(r"[\s:：]", "", text).lower()
    if word in _CLOSED:
        return ()
    if word in _OPEN:
        return ALL_DAY
    try:
        windows = parse_windows(text.strip().lstrip(":："))
    except XunluError as error:
        raise _unreadable(part) from error
    if not windows:
        raise _unreadable(part)
    return windows


def _unreadable(part: str) -> XunluError:
    return XunluError(
        tr("“{text}” says not when it is open on which dates.", text=part),
        tr("Write it like {example}.", example="2026-12-24 closed; 2026-12-25..2026-12-26 09:00-12:00"),
    )


def _written(one: DayHours) -> str:
    return f"{one.first}" if one.first == one.last else f"{one.first}..{one.last}"


def _hours(windows: tuple[Window, ...]) -> str:
    if not windows:
        return "closed"
    return "open" if windows == ALL_DAY else format_windows(windows).replace(";", ",")
