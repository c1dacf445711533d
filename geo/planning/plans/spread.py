"""Visits spread over days: none after the day it is due, days with equal work, and near one another on one day."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SLACK = 1.15
"""How much more than its even share a day may get, so that sites can lie together."""

Bools = NDArray[np.bool_]


def even_loads(work: NDArray[np.float64], latest: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return the flattest work of each day that gets everything done by its latest day.

    What is due early may force early days to more than the others; nothing else does.

    Parameters
    ----------
    work, latest
        Of each visit the work and the last day, as a number from 0, on which it is to be done.
    shares
        How much of the work can be done on each day, such as the number of teams.
    """
    due = np.bincount(np.clip(latest, 0, len(shares) - 1), weights=work, minlength=len(shares))
    strength = np.maximum(np.asarray(shares, dtype=np.float64), 1e-9)
    loads = np.zeros(len(shares))
    first = 0
    while first < len(shares):
        rates = np.cumsum(due[first:]) / np.cumsum(strength[first:])
        # The days up to the steepest rise are equally full; the last of equal ones, so that steps are long.
        last = first + len(rates) - 1 - int(np.argmax(rates[::-1]))
        loads[first : last + 1] = rates[last - first] * strength[first : last + 1]
        first = last + 1
    return loads


def spread(
    places: NDArray[np.float64],
    work: NDArray[np.float64],
    allowed: Bools,
    loads: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the day of each visit, as a number from 0.

    What has one day only goes there first. Then the visit that lies nearest to those of a day with room goes to that
    day, and so on; what finds room nowhere goes to the first day that it may.

    Parameters
    ----------
    places
        Where the visits are, in metres, shape (n, 2); NaN for one without a place.
    work
        What each takes.
    allowed
        Which may be made on which day, shape (n, days); one that may on none goes to the first.
    loads
        How much each day is to have.
    """
    count, days = allowed.shape
    found = np.where(allowed.any(axis=1), np.argmax(allowed, axis=1), 0)
    open_ = (allowed.sum(axis=1) > 1) & ~np.isnan(places[:, 0])
    room = loads * SLACK - np.bincount(found[~open_], weights=work[~open_], minlength=days)
    away = np.full((count, days), np.inf)
    for number in np.flatnonzero(~open_ & ~np.isnan(places[:, 0])).tolist():
        _near(away, places, number, int(found[number]))
    far = np.linalg.norm(places - np.nanmean(places, axis=0), axis=1) if open_.any() else work
    left = open_.copy()
    while left.any():
        rows = np.flatnonzero(left)
        near = np.where(allowed[rows] & (room > 0), away[rows], np.nan)
        if np.isnan(near).all():
            break
        row, day = _nearest(near, far[rows])
        visit = int(rows[row])
        found[visit], left[visit] = day, False
        room[day] -= work[visit]
        _near(away, places, visit, day)
    return found.astype(np.int64)


def _nearest(near: NDArray[np.float64], far: NDArray[np.float64]) -> tuple[int, int]:
    """Return row and column of the smallest distance; where all are endless, the first column and what is farthest.

    A day on which nothing must be made so begins, once the others are full, with what is farthest from all.
    """
    if np.isfinite(near).any():
        row, day = divmod(int(np.nanargmin(near)), near.shape[1])
        return row, day
    day = int(np.flatnonzero(np.isinf(near).any(axis=0))[0])
    return int(np.argmax(np.where(np.isinf(near[:, day]), far, -1.0))), day


def _near(away: NDArray[np.float64], places: NDArray[np.float64], visit: int, day: int) -> None:
    """Note how near each visit is to one that is made on a day."""
    distance = np.nan_to_num(np.linalg.norm(places - places[visit], axis=1), nan=np.inf)
    np.minimum(away[:, day], distance, out=away[:, day])
