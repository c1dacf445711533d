"""Opening times on dates: read as people write them, written as they are read, and told where they are none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.dayhours import ALL_DAY, DayHours, format_exceptions, hours_on, parse_exceptions, read_exceptions
from geo.errors import XunluError
from geo.hours import DAY, Window
from geo.planning.office.opening import open_around
from geo.planning.problem import openings

HOUR = 3600
DATES = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def daily(draw: st.DrawFn, *, least: int = 0) -> tuple[Window, ...]:
    """Draw windows of a day in order that do not meet; the last may cross midnight."""
    times = sorted(draw(st.sets(st.integers(0, 1439), min_size=2 * least, max_size=6)))
    windows = [(a * 60, b * 60) for a, b in zip(times[::2], times[1::2], strict=False)]
    return tuple(windows)


@st.composite
def exceptions(draw: st.DrawFn) -> tuple[DayHours, ...]:
    """Draw exceptions, closed, open all day, or with windows."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(DATES)
        last = first + timedelta(days=draw(st.integers(0, 5)))
        found.append(DayHours(first, last, draw(st.one_of(st.just(()), st.just(ALL_DAY), daily(least=1)))))
    return tuple(found)


@given(exceptions())
def test_what_is_written_is_read_again(some: tuple[DayHours, ...]) -> None:
    """Every list of exceptions survives the way through its text."""
    assert parse_exceptions(format_exceptions(some)) == some


@given(st.text(alphabet="2026-1./年月日 .;；,:~至closedopen休全天09\n", max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    """Nothing but the error for users comes out of the reader, and what it reads it writes in one form."""
    found = read_exceptions(text)
    if found is None:
        with pytest.raises(XunluError) as caught:
            parse_exceptions(text)
        assert caught.value.message
        assert caught.value.hint
    else:
        assert parse_exceptions(format_exceptions(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-24 closed; 2026-12-25..2026-12-26 09:00-12:00, 14:00-16:00",
        "2026年12月24日 休；2026年12月25日至2026年12月26日 09:00-12:00；14:00-16:00",
        "2026/12/24: 关闭\n2026-12-25 to 2026-12-26 9:00-12:00；14：00～16：00",
        "2026.12.24 Closed;2026.12.25..2026.12.26 09:00-12:00;14:00-16:00;",
    ],
)
def test_the_ways_in_which_people_write_it_mean_the_same(text: str) -> None:
    """Chinese and Latin, dots and strokes, semicolons and lines."""
    assert parse_exceptions(text) == (
        DayHours(date(2026, 12, 24), date(2026, 12, 24)),
        DayHours(date(2026, 12, 25), date(2026, 12, 26), ((9 * HOUR, 12 * HOUR), (14 * HOUR, 16 * HOUR))),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-12-24", "2026-12-24"),
        ("closed", "closed"),
        ("2026-02-30 closed", "2026-02-30 closed"),
        ("2026-12-26..2026-12-24 closed", "ends before it begins"),
        ("2026-12-24 sometimes", "sometimes"),
        ("2026-12-24.. 09:00-10:00", "2026-12-24.."),
        ("2026-12-24 closed; 09:00-10:00", "09:00-10:00"),
    ],
)
def test_what_is_no_exception_is_named(text: str, said: str) -> None:
    """The part that cannot be read stands in the message, and an example in the hint."""
    with pytest.raises(XunluError) as caught:
        parse_exceptions(text)
    assert said in caught.value.message
    assert "2026-12-2" in caught.value.hint


def test_the_last_exception_of_a_date_counts() -> None:
    """A week that is closed may have a day that is open."""
    some = parse_exceptions("2026-10-01..2026-10-07 closed; 2026-10-03 10:00-12:00")
    assert hours_on(some, date(2026, 10, 2)) == ()
    assert hours_on(some, date(2026, 10, 3)) == ((10 * HOUR, 12 * HOUR),)
    assert hours_on(some, date(2026, 10, 8)) is None


@given(daily(), exceptions(), DATES, st.integers(0, 23), st.integers(1, 20))
def test_a_day_without_exceptions_around_it_is_as_any_other(
    usual: tuple[Window, ...], some: tuple[DayHours, ...], day: date, hour: int, long: int
) -> None:
    """Only the dates that a shift can meet change when a site is open."""
    some = tuple(one for one in some if one.last < day - timedelta(1) or one.first > day + timedelta(2))
    first, last = hour * HOUR, (hour + long) * HOUR
    assert open_around(usual, some, day, first, last) == openings(usual, first, last)


@given(daily(), daily(), DATES, st.integers(0, 23), st.integers(1, 20))
def test_the_windows_of_a_day_with_an_exception_are_those_of_the_exception(
    usual: tuple[Window, ...], other: tuple[Window, ...], day: date, hour: int, long: int
) -> None:
    """Every minute of the plan day that the site is open lies in a window of that day or the night before, no other."""
    first, last = hour * HOUR, (hour + long) * HOUR
    found = open_around(usual, [DayHours(day, day, other)], day, first, last)
    today = [(a, b) for a, b in found or () if a < DAY]
    for minute in range(0, DAY, 600):
        assert any(a <= minute < b for a, b in today) == any(a <= minute < b for a, b in other)


def test_a_closed_day_is_no_day_on_which_it_is_open_all_day() -> None:
    """A site without times of its own is closed on the date, and a night shift finds it open after midnight."""
    some = [DayHours(date(2026, 12, 24), date(2026, 12, 24))]
    assert open_around((), some, date(2026, 12, 24), 8 * HOUR, 17 * HOUR) is None
    assert open_around((), some, date(2026, 12, 24), 20 * HOUR, 28 * HOUR) == ((DAY, 2 * DAY),)
    assert open_around((), some, date(2026, 12, 22), 8 * HOUR, 17 * HOUR) == ((0, DAY),)
