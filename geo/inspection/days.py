"""Days as arrays: read from and written as ISO dates, the first or the last of each site."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Days = NDArray[np.datetime64]

CLOSE = 100_000
"""Days over which dates are spread where a table of all of them is worth while."""


def parsed(dates: pd.Series) -> Days:
    """Return ISO dates as days, NaT for what is none."""
    found = pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce")
    return found.to_numpy(dtype="datetime64[D]")


def iso(days: Days) -> NDArray[np.object_]:
    """Return days as ISO dates, ``""`` for none; each different day is written, and kept, once."""
    text = np.full(len(days), "", dtype=object)
    known = np.flatnonzero(~np.isnat(days))
    if len(known):
        numbers, place = _different(days[known].astype(np.int64))
        text[known] = np.datetime_as_string(numbers.astype("datetime64[D]")).astype(object)[place]
    return text


def _different(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the different numbers in order and where each stands among them; without sorting if they lie close."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low > CLOSE:
        different, place = np.unique(numbers, return_inverse=True)
        return different, place
    occurs = np.zeros(high - low + 1, dtype=bool)
    occurs[numbers - low] = True
    return np.flatnonzero(occurs) + low, (np.cumsum(occurs) - 1)[numbers - low]


def extreme(site: NDArray[np.int64], days: Days, sites: int, *, latest: bool = False) -> Days:
    """Return the earliest (or latest) day given for each site, NaT where none is."""
    found = np.full(sites, np.datetime64("NaT", "D"), dtype="datetime64[D]")
    dated = np.flatnonzero(~np.isnat(days))
    order = dated[np.argsort(days[dated], kind="stable")]
    order = order if latest else order[::-1]
    found[site[order]] = days[order]
    return found
