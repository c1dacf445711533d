"""A line on the screen that letters can be set along."""

from bisect import bisect_right
from math import atan2, degrees

import numpy as np

from geo.projection import Points

Spot = tuple[float, float, float]
"""Where a letter stands, in logical pixels, and the direction of the line there, in degrees clockwise."""


class Track:
    """A line on the screen, measured.

    Parameters
    ----------
    line
        Logical pixels, shape (n, 2) with n >= 2.
    """

    def __init__(self, line: Points) -> None:
        steps = np.diff(line, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        self._line = line.tolist()
        self._lengths = np.maximum(lengths, 1e-9).tolist()
        self._reached = np.concatenate([[0], np.cumsum(lengths)]).tolist()
        self.length: float = self._reached[-1]

    def point(self, distance: float) -> tuple[float, float]:
        """Return the place at a distance from the start; beyond its ends the line goes straight on."""
        k = min(max(bisect_right(self._reached, distance) - 1, 0), len(self._lengths) - 1)
        share = (distance - self._reached[k]) / self._lengths[k]
        (x0, y0), (x1, y1) = self._line[k], self._line[k + 1]
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share

    def spot(self, distance: float, reach: float) -> Spot:
        """Return the place at a distance from the start, with the direction of the chord so far to either side.

        The chord and not the segment: a letter on a kink of the line takes half of the turn.
        """
        x0, y0 = self.point(distance - reach)
        x1, y1 = self.point(distance + reach)
        x, y = self.point(distance)
        return x, y, degrees(atan2(y1 - y0, x1 - x0))
