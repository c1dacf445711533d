"""A clock without the break: what a search that knows no breaks goes by, so that it leaves time for them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from geo.hours import Window
from geo.planning.problem import Crew, Visit
from geo.planning.rules import Break
from geo.planning.traffic import FREE, HOUR

STEP_S = 900
"""How far apart the times are that are tried for the break."""


@dataclass(frozen=True)
class Clock:
    """A clock that stands still during the break that most crews take.

    Attributes
    ----------
    pause
        The break; None if no crew takes one.
    at
        When the clock stands still.
    """

    pause: Break | None = None
    at: int = 0

    @property
    def seconds(self) -> int:
        """Return how long it stands still."""
        return 0 if self.pause is None else self.pause.seconds

    def read(self, time: int) -> int:
        """Return what the clock shows at a time."""
        return time if time <= self.at else max(self.at, time - self.seconds)

    def unread(self, shown: int) -> int:
        """Return the time at which the clock shows a time, the later one if it stands still."""
        return shown if shown < self.at else shown + self.seconds

    def window(self, window: Window) -> Window:
        """Return a window within which a visit may begin by this clock; it takes the break before or after it."""
        earliest, latest = window
        return self.read(earliest), max(self.read(earliest), self.read(latest))

    def shift(self, crew: Crew, opens: int, closes: int) -> Window:
        """Return the shift of a crew by this clock; who takes another break has so much less time at its end."""
        if self.pause is None or crew.pause == self.pause:
            return self.read(opens), self.read(closes)
        other = 0 if crew.pause is None or opens > crew.pause.latest_s else crew.pause.seconds
        return opens, max(opens, closes - other)


def clock_of(crews: Iterable[Crew], visits: Iterable[Visit]) -> Clock:
    """Return the clock for some crews and visits: it stands still when the fewest sites are open."""
    pauses = Counter(crew.pause for crew in crews if crew.pause is not None and crew.shift[0] <= crew.pause.latest_s)
    if not pauses:
        return Clock()
    pause = max(pauses, key=lambda one: (pauses[one], -one.earliest_s, -one.latest_s, -one.seconds))
    assert pause is not None  # noqa: S101
    windows = Counter(window for visit in visits for window in visit.windows)
    times = [*range(pause.earliest_s, pause.latest_s, STEP_S), pause.latest_s]
    middle = (pause.earliest_s + pause.latest_s) // 2

    def lost(at: int) -> tuple[int, int]:
        shut = sum(count * max(0, min(b, at + pause.seconds) - max(a, at)) for (a, b), count in windows.items())
        return shut, abs(at - middle)

    return Clock(pause, min(times, key=lost))


def slowness(speeds: tuple[int, ...], crews: Iterable[Crew]) -> float:
    """Return how much longer a leg takes than at free speed, on the average of the hours that crews work."""
    hours = [hour % 24 for crew in crews for hour in range(crew.shift[0] // HOUR, -(-crew.shift[1] // HOUR))]
    return FREE * len(hours) / sum(speeds[hour] for hour in hours) if speeds and hours else 1.0
