"""Slow and fast hours: how long a leg takes."""

from hypothesis import given
from hypothesis import strategies as st

from geo.hours import DAY
from geo.planning.traffic import FREE, arrival, departure

SPEEDS = st.one_of(st.just(()), st.lists(st.integers(10, 200), min_size=24, max_size=24).map(tuple))
TIMES = st.integers(-DAY, 3 * DAY)


def test_a_leg_goes_on_at_the_speed_of_each_hour() -> None:
    """An hour of free travel from 07:30 at half speed until 08:00 and full speed after: 15 min done, 45 min left."""
    speeds = (100,) * 7 + (50,) + (100,) * 16
    assert arrival(7 * 3600 + 1800, 3600, speeds) == 8 * 3600 + 2700
    assert departure(8 * 3600 + 2700, 3600, speeds) == 7 * 3600 + 1800


@given(TIMES, st.integers(0, 20_000), SPEEDS)
def test_departure_is_the_inverse_of_arrival(time: int, seconds: int, speeds: tuple[int, ...]) -> None:
    """Leaving then arrives by the time, leaving a second later does not; and whoever leaves is there when it says."""
    leave = departure(time, seconds, speeds)
    assert arrival(leave, seconds, speeds) <= time < arrival(leave + 1, seconds, speeds)
    assert departure(arrival(time, seconds, speeds), seconds, speeds) >= time


@given(TIMES, st.integers(0, 3600), st.integers(0, 20_000), SPEEDS)
def test_who_leaves_later_never_arrives_earlier(time: int, later: int, seconds: int, speeds: tuple[int, ...]) -> None:
    """A leg is first in, first out, at whatever hour it begins."""
    assert arrival(time, seconds, speeds) <= arrival(time + later, seconds, speeds)


@given(st.integers(0, DAY), st.integers(1, 4000), st.lists(st.integers(10, 200), min_size=24, max_size=24).map(tuple))
def test_a_leg_takes_what_going_second_by_second_takes(time: int, seconds: int, speeds: tuple[int, ...]) -> None:
    """The quick reckoning agrees with adding up the way second by second."""
    left, now = seconds * FREE, time
    while left > 0:
        left -= speeds[now % DAY // 3600]
        now += 1
    assert arrival(time, seconds, speeds) == now
