"""Rows that are likely twice there: the same code, the same name at one place, nearly the same name nearby."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.places.names import told_apart
from geo.quality.ground import Ground
from geo.quality.rows import Numbers, Rows

SAME_PLACE_M = 50.0
"""The same name within this distance is the same site."""

NEARBY_M = 150.0
"""Nearly the same name within this distance may be the same site."""

_LEAST_LETTERS = 5
"""Shorter names differ in one letter and mean two things."""

_WORLD_M = 200_000.0
_BAND_M = 1_000_000.0
"""Each group of names is looked at in a band of its own on the plane, so that one index serves all of them."""

Pairs = tuple[Numbers, Numbers]


def same_codes(rows: Rows) -> Iterator[list[int]]:
    """Give the rows of each code that several have."""
    yield from _groups_of(rows.plain_codes)


def _groups_of(keys: Sequence[str]) -> Iterator[list[int]]:
    series = pd.Series(keys)
    repeated = series[series.duplicated(keep=False) & (series != "")]
    for _, rows in repeated.groupby(repeated, sort=False):
        yield rows.index.tolist()


def same_names(rows: Rows, ground: Ground) -> Iterator[list[int]]:
    """Give groups of rows that have one name and lie each within `SAME_PLACE_M` of another of the group."""
    series = pd.Series(rows.keys)
    at = np.flatnonzero((series.duplicated(keep=False) & (series != "")).to_numpy() & rows.placed)
    group, _ = pd.factorize(series.iloc[at])
    first, second = _near(ground.xy(rows.lonlat[at]), np.asarray(group), SAME_PLACE_M)
    yield from _connected(at[first], at[second])


def near_names(rows: Rows, ground: Ground) -> Iterator[list[int]]:
    """Give pairs of rows within `NEARBY_M` whose names are the same loosely or differ in one letter.

    Two names that differ in one letter have the same text once that letter is left out of each, so names are grouped
    by all they give with one letter left out, never compared all with all.
    """
    key, loose = pd.factorize(pd.Series(rows.keys))[0], pd.Series(rows.loose_keys)
    xy = ground.xy(rows.lonlat)
    at = np.flatnonzero((loose.str.len() > 1).to_numpy() & np.isfinite(xy).all(axis=1))
    owner, variant = _variants(loose.iloc[at].tolist())
    first, second = _near(xy[at[owner]], variant, NEARBY_M)
    pairs = np.unique(np.sort(np.stack([at[owner[first]], at[owner[second]]], axis=1), axis=1), axis=0)
    pairs = pairs[key[pairs[:, 0]] != key[pairs[:, 1]]]
    texts = loose.tolist()
    yield from (
        [one, other] for one, other in pairs.tolist() if one != other and not told_apart(texts[one], texts[other])
    )


def _variants(names: Sequence[str]) -> Pairs:
    """Return each name itself and with each letter left out, as (whose it is, number of the text)."""
    texts, numbers = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    owners, made = [], []
    for number, text in enumerate(texts.tolist()):
        made.append(text)
        owners.append(number)
        if len(text) >= _LEAST_LETTERS:
            cut = {text[:at] + text[at + 1 :] for at in range(len(text))}
            made.extend(cut)
            owners.extend([number] * len(cut))
    variant = pd.factorize(pd.Series(made, dtype="str"))[0]
    owner = np.array(owners, dtype=np.int64)
    # Only what several rows give is of use.
    counts = np.bincount(numbers, minlength=len(texts))
    shared = np.bincount(variant, counts[owner], minlength=variant.max(initial=0) + 1)[variant] > 1
    owner, variant = owner[shared], variant[shared]
    members = pd.Series(np.arange(len(names))).groupby(numbers).indices
    repeat = counts[owner]
    rows = np.concatenate([members[one] for one in owner.tolist()]) if len(owner) else np.zeros(0, dtype=np.int64)
    return rows.astype(np.int64), np.repeat(variant, repeat)


def _near(xy: NDArray[np.float64], group: Numbers, radius_m: float) -> Pairs:
    """Return the pairs of one group within a radius; of many at the very same place just a chain of pairs."""
    sound = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if len(sound) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    spot = np.round(xy[sound]).astype(np.int64)
    order = sound[np.lexsort((spot[:, 1], spot[:, 0], group[sound]))]
    whole = np.round(xy[order])
    again = (np.diff(group[order]) == 0) & (np.diff(whole, axis=0) == 0).all(axis=1)
    distinct = order[np.concatenate([[True], ~again])]
    middle = np.median(xy[distinct], axis=0)
    banded = np.mod(xy[distinct] - middle + _WORLD_M / 2, _WORLD_M)
    banded[:, 0] += group[distinct] * _BAND_M
    points = shapely.points(banded)
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=radius_m)
    first, second = distinct[first], distinct[second]
    # Far-away places fall on one another when they are brought into the band.
    real = (first < second) & (np.hypot(*(xy[first] - xy[second]).T) < radius_m)
    chain = order[:-1][again], order[1:][again]
    return np.concatenate([first[real], chain[0]]), np.concatenate([second[real], chain[1]])


def _connected(first: Numbers, second: Numbers) -> Iterator[list[int]]:
    """Give the groups of rows that pairs connect, each in order."""
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for one in sorted(parent):
        groups.setdefault(root(one), []).append(one)
    yield from groups.values()
