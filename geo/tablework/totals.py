"""Sums over rows of a column of numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Total:
    """What some numbers come to: how many are filled, their sum, mean, least and greatest."""

    count: int
    sum: float
    mean: float
    least: float
    greatest: float


def total(values: NDArray[np.float64]) -> Total | None:
    """Return what numbers, shape (rows,), come to, NaN left out; None if there is none."""
    filled = values[~np.isnan(values)]
    if not len(filled):
        return None
    whole = float(filled.sum())
    return Total(len(filled), whole, whole / len(filled), float(filled.min()), float(filled.max()))


def both(one: Total | None, other: Total | None) -> Total | None:
    """Return what two lots of numbers come to together."""
    if one is None or other is None:
        return one or other
    count, whole = one.count + other.count, one.sum + other.sum
    return Total(count, whole, whole / count, min(one.least, other.least), max(one.greatest, other.greatest))


def written(number: float) -> str:
    """Return a number with its thousands apart, to one decimal where it is not whole."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
