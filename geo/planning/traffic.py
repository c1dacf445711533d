"""How long a leg takes at its hour of the day: the one place that knows of slow and fast hours."""

from collections.abc import Sequence

from geo.hours import DAY

HOUR = 3600
FREE = 100
"""Speed, in percent of what the streets allow, at which a leg takes the seconds of the matrix."""


def arrival(leave: int, seconds: int, speeds: Sequence[int] = ()) -> int:
    """Return when a crew arrives that leaves at a time for a leg of so many seconds of free travel.

    The leg goes on at the speed of each hour it meets, so that who leaves later never arrives earlier.

    Parameters
    ----------
    leave
        In seconds from midnight of the plan day; may lie on another day.
    seconds
        What the leg takes at the speed `FREE`.
    speeds
        Speed in percent for each of the 24 hours of the day; none means `FREE` all day.
    """
    if not speeds or not seconds:
        return leave + seconds
    left, now = seconds * FREE, leave
    while True:
        speed = speeds[now % DAY // HOUR]
        until = (now // HOUR + 1) * HOUR
        if left <= (until - now) * speed:
            return now - (-left // speed)
        left -= (until - now) * speed
        now = until


def departure(arrive: int, seconds: int, speeds: Sequence[int] = ()) -> int:
    """Return the latest time to leave so that a leg of so many seconds of free travel ends by a time.

    The inverse of `arrival`: leaving then arrives by `arrive`, leaving a second later does not.
    """
    if not speeds or not seconds:
        return arrive - seconds
    left, now = seconds * FREE, arrive
    while True:
        speed = speeds[(now - 1) % DAY // HOUR]
        since = (now - 1) // HOUR * HOUR
        if left <= (now - since) * speed:
            return now + (-left // speed)
        left -= (now - since) * speed
        now = since
