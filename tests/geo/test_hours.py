"""Times of day in text and in seconds."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.hours import DAY, common_windows, format_clock, format_windows, parse_clock, parse_windows

minutes = st.integers(0, 1439).map(lambda minute: minute * 60)


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Draw opening windows in order, some over midnight."""
    pairs = draw(st.lists(st.tuples(minutes, st.integers(1, 1439)), max_size=4))
    return tuple(sorted((start, start + length * 60) for start, length in pairs if start + length * 60 <= start + DAY))


@given(windows())
def test_windows_survive_being_written_and_read(given_windows: tuple[tuple[int, int], ...]) -> None:
    """Windows written as text and read again are the same, those over midnight too."""
    assert parse_windows(format_windows(given_windows)) == given_windows


@given(minutes)
def test_a_clock_time_survives_being_written_and_read(second: int) -> None:
    """A time of day written as HH:MM and read again is the same."""
    assert parse_clock(format_clock(second)) == second


def test_windows_are_read_as_chinese_offices_write_them() -> None:
    """Full-width colons, commas and 至 are understood."""
    assert parse_windows("8：30至11：30，14:00～17:30") == ((30600, 41400), (50400, 63000))


def test_a_window_that_ends_before_it_begins_crosses_midnight() -> None:
    """A night window ends on the next day."""
    assert parse_windows("20:00-04:00") == ((72000, 100800),)


@given(st.text(max_size=20))
def test_any_text_is_windows_or_a_clear_error(text: str) -> None:
    """Whatever is typed is read or refused with the one error class."""
    try:
        windows_read = parse_windows(text)
    except XunluError:
        return
    assert all(0 <= start < end for start, end in windows_read)


@pytest.mark.parametrize("text", ["25", "8:60", "48:00", "a:00", ""])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    """A text that is no time of day is refused, and the error shows how to write one."""
    with pytest.raises(XunluError, match="08:30"):
        parse_clock(text)


@given(windows(), windows(), st.integers(0, 2 * DAY))
def test_a_time_is_in_the_common_windows_if_it_is_in_both(
    first: tuple[tuple[int, int], ...], second: tuple[tuple[int, int], ...], second_of_day: int
) -> None:
    """No time is lost and none gained."""

    def holds(some: Sequence[tuple[int, int]]) -> bool:
        return any(a <= second_of_day <= b for a, b in some)

    assert holds(common_windows(first, second)) == (holds(first) and holds(second))
