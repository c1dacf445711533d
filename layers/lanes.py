"""Lines that share a street, drawn side by side in lanes, each on the right of its own direction.

Where several lines run along the same stretch, in either direction, each takes a lane of its own; the order of the
lanes is that of the lines, so that it is the same all along. A line that runs alone stays in the middle.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.projection import Points

SAME = 0.6
"""Metres by which places of one street differ, at most, in two lines: routers round."""

MITRE = 2.5
"""How far, in offsets, the corner of an offset line may reach; a sharper one is cut off."""

MOST = 6
"""With more lanes than so many they are closer to one another, or they would fill the blocks between the streets."""

AT_ONCE = 500
"""So many places are compared in one go."""

Lanes = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Laned:
    """A line with the lane of each of its segments.

    Attributes
    ----------
    xy
        The places of the line, shape (n, 2), those where others join it or leave it included.
    lanes
        How many lanes to the right of the middle each segment lies, shape (n - 1,).
    """

    xy: Points
    lanes: Lanes


def assign(lines: Sequence[Points]) -> list[Laned]:
    """Return lines, each shape (n, 2) in metres with n >= 2, with their lanes; the first of them is leftmost."""
    work = assigning(lines)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: list[Laned] = end.value
            return found


def assigning(lines: Sequence[Points]) -> Generator[None, None, list[Laned]]:
    """Do what `assign` does, yielding every few milliseconds."""
    noded = yield from _noded([_distinct(line) for line in lines])
    owner = np.repeat(np.arange(len(noded)), [len(line) - 1 for line in noded])
    if not len(owner):
        return [Laned(line, np.empty(0)) for line in noded]
    yield
    node = yield from _nodes(np.vstack(noded))
    yield
    first = np.cumsum([0, *(len(line) for line in noded)])
    starts = np.concatenate([np.arange(a, b - 1) for a, b in pairwise(first.tolist())])
    lanes = _lanes(owner, node[starts], node[starts + 1])
    cuts = np.cumsum([len(line) - 1 for line in noded])[:-1]
    return [Laned(line, part) for line, part in zip(noded, np.split(lanes, cuts), strict=True)]


def _distinct(line: Points) -> Points:
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = np.hypot(*np.diff(line, axis=0).T) > SAME / 2
    return line[keep]


def _noded(lines: list[Points]) -> Generator[None, None, list[Points]]:
    """Return the lines with a vertex wherever any of them has one."""
    filled = [line for line in lines if len(line) > 1]
    if not filled:
        return lines
    segments = np.vstack([np.hstack([line[:-1], line[1:]]) for line in filled]).reshape(-1, 2, 2)
    spots = np.unique(np.rint(np.vstack(filled) / SAME), axis=0) * SAME
    tree = shapely.STRtree(np.asarray(shapely.linestrings(segments)))
    spot, segment = yield from _near(tree, spots, SAME)
    start, along = segments[segment, 0], segments[segment, 1] - segments[segment, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    reached = ((spots[spot] - start) * along).sum(axis=1) / length
    inner = (reached > SAME * 1.5) & (reached < length - SAME * 1.5)
    segment, share = segment[inner], (reached / length)[inner]
    order = np.lexsort((share, segment))
    segment, share = segment[order], share[order]
    added = segments[segment, 0] + (segments[segment, 1] - segments[segment, 0]) * share[:, None]
    found, at = [], 0
    for line in lines:
        mine = (segment >= at) & (segment < at + len(line) - 1)
        found.append(_distinct(np.insert(line, segment[mine] - at + 1, added[mine], axis=0)))
        at += max(len(line) - 1, 0)
    return found


def _near(tree: shapely.STRtree, spots: Points, distance: float) -> Generator[None, None, tuple[Indices, Indices]]:
    """Return the numbers of places and of the shapes of a tree, shape (n,) each, that lie near one another."""
    found: list[NDArray[np.intp]] = [np.empty((2, 0), dtype=np.intp)]
    for first in range(0, len(spots), AT_ONCE):
        some = shapely.points(spots[first : first + AT_ONCE])
        found.append(np.add(tree.query(some, predicate="dwithin", distance=distance), [[first], [0]]))
        yield
    spot, near = np.hstack(found)
    return spot, near


def _nodes(places: Points) -> Generator[None, None, Indices]:
    """Return the same number for places that are the same but for rounding."""
    tree = shapely.STRtree(np.asarray(shapely.points(places)))
    one, other = yield from _near(tree, places, SAME * 1.5)
    # The first of those nearby stands for all of them.
    node = np.arange(len(places))
    np.minimum.at(node, one, other)
    return node[node]


def _lanes(owner: Indices, start: Indices, end: Indices) -> Lanes:
    """Return the lane of each segment, between two nodes, of the line that owns it."""
    forward = start < end
    low, high = np.minimum(start, end), np.maximum(start, end)
    # What one line drives twice the same way is one lane.
    rides = np.column_stack([low, high, forward, owner])
    distinct, ride_of = np.unique(rides, axis=0, return_inverse=True)
    first = np.ones(len(distinct), dtype=bool)
    first[1:] = (distinct[1:, :2] != distinct[:-1, :2]).any(axis=1)
    street = np.cumsum(first) - 1
    begin = np.flatnonzero(first)
    total = np.bincount(street)[street]
    # Sorted: on each street those that come back, then those that go; each in the order of the lines.
    place = np.arange(len(distinct)) - begin[street]
    back = np.bincount(street, weights=distinct[:, 2] == 0)[street].astype(np.intp)
    comes_back = distinct[:, 2] == 0
    # Seen in the direction of those that go, those that come back are on the left, and their first rightmost.
    slot = np.where(comes_back, back - 1 - place, place)
    lane = (slot - (total - 1) / 2) * np.minimum(1.0, MOST / total)
    lanes: Lanes = np.where(comes_back, -lane, lane)[ride_of.ravel()]
    return lanes


def offset(line: Points, lanes: Lanes, apart: float) -> Points:
    """Return a line moved into its lanes.

    Parameters
    ----------
    line
        Pixels, shape (n, 2) with n >= 2, y downwards; no two neighbours are the same.
    lanes
        To the right of the middle, shape (n - 1,).
    apart
        Pixels from the middle of a lane to that of the next.

    Returns
    -------
    Points
        Shape (2 n - 2, 2): two for every corner, which are the same where the lines meet in a mitre.
    """
    steps = np.diff(line, axis=0)
    lengths = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)
    ahead = steps / lengths[:, None]
    right = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    by = lanes * apart
    moved = np.repeat(line, 2, axis=0)[1:-1]
    shift = right * by[:, None]
    moved[0::2] += shift
    moved[1::2] += shift
    if len(line) == 2:
        return moved
    one, other, before, after = ahead[:-1], ahead[1:], by[:-1], by[1:]
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    onward = (one * other).sum(axis=1) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        mitre = (before[:, None] * other - after[:, None] * one) / cross[:, None]
    reach = MITRE * np.maximum(np.maximum(abs(before), abs(after)), 1e-9)
    shortest = np.minimum(lengths[:-1], lengths[1:])
    meets = (abs(cross) > 0.05) & (np.hypot(mitre[:, 0], mitre[:, 1]) < np.minimum(reach, shortest + abs(before)))
    corner = line[1:-1] + mitre
    # A change of lanes straight on is a slope and not a step.
    slope = np.where(onward, np.minimum(abs(after - before), shortest * 0.4), 0.0)[:, None]
    moved[1:-1:2] = np.where(meets[:, None], corner, moved[1:-1:2] - one * slope)
    moved[2::2] = np.where(meets[:, None], corner, moved[2::2] + other * slope)
    return moved
