"""Help for people who do not know the datum of their coordinates: where the points would lie in each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import datum
from geo.projection import ground_metres, to_mercator
from geo.store.tables import Tables

CANDIDATES = ("wgs84", "gcj02", "bd09")
"""CGCS2000 lies within a decimetre of WGS-84: no map tells them apart."""

SAMPLE = 3000
CLEARLY = 0.75
"""A candidate is proposed when its points lie at most this much as far away as those of the next best."""

FAR_M = 400.0
"""Longer distances count as this long, so that a few stray points do not decide."""

ENOUGH = 5


@dataclass(frozen=True)
class Candidate:
    """How well one datum fits.

    Attributes
    ----------
    datum
        Its name.
    street_m
        The mean distance of the points from their nearest street in metres; not a number without streets.
    known_m
        The median distance of rows from the places that the project has for them; not a number for fewer than 5.
    known
        How many rows the project has a place for.
    lonlat
        Where the points would lie in WGS-84, shape (n, 2).
    """

    datum: str
    street_m: float
    known_m: float
    known: int
    lonlat: NDArray[np.float64]


def compare(tables: Tables, given: NDArray[np.float64], ids: Sequence[str]) -> tuple[Candidate, ...]:
    """Return for each candidate how far the points of a ledger lie from what the project knows.

    Parameters
    ----------
    tables
        The project.
    given
        The points as they stand in the file, shape (n, 2); rows without one are not numbers.
    ids
        The site of the project that each row is, empty for a new one.
    """
    there = np.flatnonzero(np.isfinite(given).all(axis=1))
    if len(there) > SAMPLE:
        there = np.sort(np.random.default_rng(1).choice(there, SAMPLE, replace=False))
    streets = tables.frame("streets").geometry.dropna().to_numpy()
    tree = shapely.STRtree(shapely.transform(streets, to_mercator)) if len(streets) else None
    rows, places = _known(tables, there, ids)
    found = []
    for name in CANDIDATES:
        lonlat = datum.to_wgs84(given, name)
        away = _metres(lonlat[rows], places) if len(rows) >= ENOUGH else np.array([np.nan])
        street = _from_streets(tree, lonlat[there])
        found.append(Candidate(name, street, float(np.median(away)), len(rows), lonlat))
    return tuple(found)


def proposed(candidates: Sequence[Candidate]) -> str:
    """Return the datum that fits clearly best, empty if none does: known places tell more than streets."""
    for measure in ("known_m", "street_m"):
        distances = [getattr(candidate, measure) for candidate in candidates]
        if all(np.isfinite(distance) for distance in distances):
            first, second = np.argsort(distances)[:2]
            # Places keyed in from the same source agree to the metre, and then the ratio says nothing.
            if distances[first] <= CLEARLY * distances[second]:
                return str(candidates[first].datum)
    return ""


def _known(tables: Tables, there: NDArray[np.intp], ids: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    geometry = tables.frame("sites").geometry
    placed = dict(zip(geometry.index, geometry.to_numpy(), strict=True))
    rows = [int(at) for at in there if placed.get(ids[at]) is not None]
    points = [placed[ids[at]] for at in rows]
    return np.array(rows, dtype=np.intp), np.array([(p.x, p.y) for p in points], dtype=np.float64).reshape(-1, 2)


def _metres(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = np.array([ground_metres(float(latitude)) for latitude in b[:, 1]])
    metres: NDArray[np.float64] = np.hypot(*(to_mercator(a) - to_mercator(b)).T) * scale
    return metres


def _from_streets(tree: shapely.STRtree | None, lonlat: NDArray[np.float64]) -> float:
    sound = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180, 90)).all(axis=1)
    if tree is None or not sound.any():
        return float("nan")
    points = shapely.points(to_mercator(lonlat[sound]))
    _, metres = tree.query_nearest(points, all_matches=False, return_distance=True)
    scale = np.array([ground_metres(float(latitude)) for latitude in lonlat[sound, 1]])
    return float(np.mean(np.minimum(metres * scale, FAR_M)))
