"""The facts and words that the sample is made from, and a flat map of the district in metres."""

import json
import uuid
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import resource

ORIGIN = (113.275, 23.135)
"""Longitude and latitude of the point (0, 0) of the flat map."""

_SCALE = np.array([111_320.0 * np.cos(np.radians(ORIGIN[1])), 110_750.0])
_DIGITS = 7


def load(name: str) -> dict[str, Any]:
    """Return a file of ``resources/sample``: ``yuexiu.json`` holds the facts, ``words.json`` what is invented."""
    facts: dict[str, Any] = json.loads(resource.path(f"sample/{name}").read_text("utf-8"))
    return facts


def to_metres(lonlat: Any) -> NDArray[np.float64]:
    """Return metres east and north of `ORIGIN`, shape (n, 2), of longitudes and latitudes, shape (n, 2)."""
    return np.asarray((np.asarray(lonlat, dtype=np.float64) - ORIGIN) * _SCALE)


def to_lonlat(xy: Any) -> NDArray[np.float64]:
    """Return longitudes and latitudes, rounded to a centimetre, of metres, both of shape (n, 2)."""
    return np.asarray(np.round(np.asarray(xy, dtype=np.float64) / _SCALE + ORIGIN, _DIGITS))


def stored[Shape: BaseGeometry](shape: Shape) -> Shape:
    """Return a shape of the flat map in longitude and latitude; equal corners stay equal."""
    placed: Shape = shapely.transform(shape, to_lonlat)
    return placed


def polygon(outline: Any) -> shapely.Polygon:
    """Return the polygon on the flat map of an outline in longitude and latitude."""
    return shapely.Polygon(to_metres(outline))


def biggest(shape: shapely.Geometry) -> shapely.Polygon:
    """Return the biggest polygon of a shape."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return max(parts, key=lambda part: part.area)


class Dice:
    """Draw what is left to chance, the same for the same seed and part of the sample.

    Parameters
    ----------
    seed
        The seed of the sample.
    part
        A number for each part, so that a change to one part leaves the others as they were.
    """

    def __init__(self, seed: int, part: int) -> None:
        self.rng = np.random.default_rng([seed, part])

    def id(self) -> str:
        """Return a row id."""
        return str(uuid.UUID(bytes=self.rng.bytes(16), version=4))

    def chance(self, share: float) -> bool:
        """Return True in that share of all calls."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))

    def pick[Item](self, items: "list[Item] | tuple[Item, ...]") -> Item:
        """Return one of the items."""
        return items[int(self.rng.integers(len(items)))]

    def shuffled[Item](self, items: "list[Item] | tuple[Item, ...]") -> list[Item]:
        """Return the items in another order."""
        return [items[int(index)] for index in self.rng.permutation(len(items))]
