"""Doubts about where rows lie: swapped, negated or zero coordinates, outside of the district, far from streets."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.language import tr
from geo.quality.doubts import DoubtKind
from geo.quality.ground import FAR_M, Ground
from geo.quality.rows import Flags, Numbers, Rows

_ZERO = 1e-3
"""A hundred metres around 0, 0: what programs write for "unknown" is not always exactly zero."""

_METRES = 1_000.0
"""What is larger than this were metres of a map, not degrees."""


@dataclass(frozen=True)
class PositionDoubt:
    """A doubt about the position of one row.

    Attributes
    ----------
    row
        The place of the row, from 0.
    kind, text
        What is wrong.
    better
        The right place in degrees where it can be told, else None.
    remove
        Whether the position says nothing and is better taken away.
    """

    row: int
    kind: DoubtKind
    text: str
    better: tuple[float, float] | None = None
    remove: bool = False


def look_at_positions(rows: Rows, ground: Ground) -> Iterator[PositionDoubt]:
    """Give at most one doubt about the position of each row, the one that explains most."""
    lonlat, left = rows.lonlat, rows.placed.copy()
    for row in np.flatnonzero(~left).tolist():
        yield PositionDoubt(row, DoubtKind.NO_POSITION, tr("“{site}” has no coordinates.", site=rows.titles[row]))
    if ground.has_district:
        left &= ~ground.inside(lonlat)
        yield from _turned(rows, ground, left)
    yield from _zero(rows, ground, left)
    yield from _off_earth(rows, left)
    if ground.has_district:
        for row in np.flatnonzero(left).tolist():
            text = tr("“{site}” lies outside of the district.", site=rows.titles[row])
            yield PositionDoubt(row, DoubtKind.OUTSIDE, text)


def _turned(rows: Rows, ground: Ground, left: Flags) -> Iterator[PositionDoubt]:
    """Give the rows that lie in the district once their coordinates are swapped or negated, and take them off."""
    swap, keep = [1, 0], [0, 1]
    for order, signs in (
        (swap, (1, 1)), (keep, (-1, 1)), (keep, (1, -1)), (keep, (-1, -1)), (swap, (-1, 1)), (swap, (1, -1)),
        (swap, (-1, -1)),
    ):  # fmt: skip
        at = np.flatnonzero(left)
        better = rows.lonlat[at][:, order] * signs
        right = ground.inside(better)
        for row, (lon, lat) in zip(at[right].tolist(), better[right].tolist(), strict=True):
            swapped = order is swap
            text = (
                tr("“{site}”: longitude and latitude are swapped.", site=rows.titles[row])
                if swapped
                else tr("“{site}”: a coordinate has the wrong sign.", site=rows.titles[row])
            )
            kind = DoubtKind.SWAPPED if swapped else DoubtKind.WRONG_SIGN
            yield PositionDoubt(row, kind, text, better=(lon, lat))
        left[at[right]] = False


def _zero(rows: Rows, ground: Ground, left: Flags) -> Iterator[PositionDoubt]:
    """Give the rows at 0, 0 and, where the district is known, those with one zero, and take them off."""
    with np.errstate(invalid="ignore"):
        near = np.abs(rows.lonlat) < _ZERO
    zero = near.all(axis=1) | ((rows.lonlat == 0).any(axis=1) & ground.has_district)
    for row in np.flatnonzero(left & zero).tolist():
        text = tr("“{site}” has zero for a coordinate.", site=rows.titles[row])
        yield PositionDoubt(row, DoubtKind.NULL_ISLAND, text, remove=True)
    left[zero] = False


def _off_earth(rows: Rows, left: Flags) -> Iterator[PositionDoubt]:
    size = np.abs(rows.lonlat)
    off = left & ~((size[:, 0] <= 180) & (size[:, 1] <= 90))
    for row in np.flatnonzero(off).tolist():
        lon, lat = rows.lonlat[row].tolist()
        text = (
            tr("“{site}” has {lon}, {lat}: metres of a map, not degrees?", site=rows.titles[row], lon=lon, lat=lat)
            if size[row].max() > _METRES
            else tr("“{site}” has {lon}, {lat}, which is no place on Earth.", site=rows.titles[row], lon=lon, lat=lat)
        )
        yield PositionDoubt(row, DoubtKind.OUT_OF_RANGE, text, remove=True)
    left[off] = False


def look_at_streets(rows: Rows, ground: Ground) -> Iterator[PositionDoubt]:
    """Give the rows in the district that are far from any street; none in a project without streets."""
    if not len(ground.streets):
        return
    at, xy = in_district(rows, ground)
    metres = ground.metres_to_street(xy)
    for row, far in zip(at[metres > FAR_M].tolist(), metres[metres > FAR_M].tolist(), strict=True):
        text = tr("“{site}” is {metres} m from the nearest street.", site=rows.titles[row], metres=round(far))
        yield PositionDoubt(row, DoubtKind.FAR_FROM_STREET, text)


def in_district(rows: Rows, ground: Ground) -> tuple[Numbers, NDArray[np.float64]]:
    """Return which rows lie in the district, all on Earth where none is known, and where on the plane."""
    xy = ground.xy(rows.lonlat)
    sound = np.isfinite(xy).all(axis=1) & ~(np.abs(rows.lonlat) < _ZERO).all(axis=1)
    if ground.has_district:
        sound &= ground.inside(rows.lonlat)
    return np.flatnonzero(sound), xy[sound]
