"""Let lines of any source share a vertex where they meet, so that they become a network."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.progress import Report, silent
from geo.projection import ground_metres, to_mercator

TOLERANCE_M = 0.2
"""Ends and vertices closer than this are one."""

_NUDGE_DEG = 1e-7

Lines = NDArray[np.object_]


def meet(
    lines: Lines, apart: NDArray[np.bool_], fixed: Lines, *, crossings: bool = False, report: Report = silent
) -> tuple[Lines, int, int]:
    """Return lines that share vertices where they meet, how many ends were moved, and how many vertices put in.

    Vertices closer than `TOLERANCE_M` become one. Where a line ends on another one, that one gets a vertex there.

    Parameters
    ----------
    lines
        LineStrings in degrees, shape (n,), each of two or more different vertices.
    apart
        Whether a line is a bridge or a tunnel, shape (n,): such a one meets others at its ends alone.
    fixed
        Lines that stay as they are and whose vertices draw others to them.
    crossings
        Whether lines that cross without a vertex meet there too, unless one is a bridge or a tunnel.
    report
        Told how far it is.
    """
    if not len(lines):
        return lines, 0, 0
    lines, moved = _one_vertex(lines, apart, fixed)
    report(0.4, "")
    spots = _ends_on_lines(lines, apart)
    report(0.7, "")
    if crossings:
        spots += _crossings(lines, apart)
    lines = _with_vertices(lines, spots)
    return _lifted(lines, apart), moved, len(spots)


Spot = tuple[int, float, float]
"""A line that shall get a vertex, and the place in degrees."""


def _tolerance(lines: Lines) -> float:
    """Return `TOLERANCE_M` in Mercator metres at the middle latitude of some lines."""
    bounds = shapely.total_bounds(lines)
    return TOLERANCE_M / ground_metres(float(bounds[1] + bounds[3]) / 2)


def _projected(lines: Lines) -> Lines:
    return np.asarray(shapely.transform(lines, to_mercator), dtype=object)


def _one_vertex(lines: Lines, apart: NDArray[np.bool_], fixed: Lines) -> tuple[Lines, int]:
    """Draw vertices that lie close together to one place: that of a fixed line, else that of the first one."""
    degrees, owner = shapely.get_coordinates(lines, return_index=True)
    end = _is_end(owner)
    free = np.flatnonzero(end | ~apart[owner])
    held = shapely.get_coordinates(fixed)
    places = np.concatenate([held, degrees[free]])
    different, number = np.unique(places, axis=0, return_inverse=True)
    number = number.reshape(-1)
    if len(different) < 2:
        return lines, 0
    points = np.asarray(shapely.points(to_mercator(different)), dtype=object)
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=_tolerance(lines))
    pairs = pairs[:, pairs[0] < pairs[1]].T
    rank = np.full(len(different), len(places))
    np.minimum.at(rank, number, np.arange(len(places)))
    chosen = _gathered(pairs, rank, _lines_at(number, len(held), owner[free]), set(number[: len(held)].tolist()))
    drawn = different[chosen[number[len(held) :]]]
    moved = int((drawn != degrees[free]).any(axis=1).sum())
    degrees[free] = drawn
    made = np.asarray(shapely.linestrings(degrees, indices=owner), dtype=object).reshape(len(lines))
    # A line shorter than the tolerance stays as it was.
    gone = shapely.length(made) == 0
    made[gone] = lines[gone]
    return made, moved


def _is_end(owner: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return of each vertex whether it is the first or last one of its line."""
    change = owner[1:] != owner[:-1]
    return np.asarray(np.append(True, change) | np.append(change, True), dtype=bool)


def _lines_at(number: NDArray[np.intp], held: int, owner: NDArray[np.intp]) -> dict[int, set[int]]:
    """Return of each place the lines that have a vertex there, those that stay as they are left out."""
    found: dict[int, set[int]] = {}
    for place, line in zip(number[held:].tolist(), owner.tolist(), strict=True):
        found.setdefault(place, set()).add(line)
    return found


def _gathered(
    pairs: NDArray[np.intp], rank: NDArray[np.intp], lines: dict[int, set[int]], fixed: set[int]
) -> NDArray[np.intp]:
    """Return for each place the one it is drawn to: of all that hang together by pairs, the one of lowest rank.

    Two places of one line are joined by it already: they may be neighbours of a finely drawn one.
    """
    root = np.arange(len(rank))

    def of(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for a, b in pairs.tolist():
        if not lines.get(a, set()).isdisjoint(lines.get(b, set())):
            continue
        first, second = sorted((of(a), of(b)), key=rank.__getitem__)
        if first in fixed and second in fixed:
            continue
        root[second] = first
    return np.array([of(place) for place in range(len(rank))], dtype=np.intp)


def _ends_on_lines(lines: Lines, apart: NDArray[np.bool_]) -> list[Spot]:
    """Return where lines end on others that have no vertex there."""
    ends = np.unique(np.concatenate([_first(lines), _last(lines)]), axis=0)
    ground = np.flatnonzero(~apart)
    tree = shapely.STRtree(_projected(lines[ground]))
    points = shapely.points(to_mercator(ends))
    end, at = tree.query(points, predicate="dwithin", distance=_tolerance(lines))
    return _without_vertex(lines, ground[at], ends[end])


def _without_vertex(lines: Lines, line: NDArray[np.intp], places: NDArray[np.float64]) -> list[Spot]:
    """Return those pairs of a line and a place at which the line has no vertex yet."""
    degrees, owner = shapely.get_coordinates(lines, return_index=True)
    _, number = np.unique(np.concatenate([degrees, places]), axis=0, return_inverse=True)
    number = number.reshape(-1)
    count = int(number.max(initial=0)) + 1
    has = np.isin(line * count + number[len(degrees) :], owner * count + number[: len(degrees)])
    return [(int(at), float(lon), float(lat)) for at, (lon, lat) in zip(line[~has], places[~has], strict=True)]


def _first(lines: Lines) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(lines, 0))


def _last(lines: Lines) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(lines, -1))


def _crossings(lines: Lines, apart: NDArray[np.bool_]) -> list[Spot]:
    """Return where two lines at ground level cross, once for each of the two that has no vertex there."""
    ground = np.flatnonzero(~apart)
    first, second = shapely.STRtree(lines[ground]).query(lines[ground], predicate="crosses")
    wanted = first < second
    first, second = ground[first[wanted]], ground[second[wanted]]
    places, pair = shapely.get_coordinates(shapely.intersection(lines[first], lines[second]), return_index=True)
    places = _at_vertices(np.round(places, 7), lines)
    return _without_vertex(lines, np.concatenate([first[pair], second[pair]]), np.concatenate([places, places]))


def _at_vertices(places: NDArray[np.float64], lines: Lines) -> NDArray[np.float64]:
    """Return places, but the vertex of a line where there is one within the tolerance."""
    vertices = np.unique(shapely.get_coordinates(lines), axis=0)
    tree = shapely.STRtree(np.asarray(shapely.points(to_mercator(vertices)), dtype=object))
    points = shapely.points(to_mercator(places))
    at, vertex = tree.query_nearest(points, max_distance=_tolerance(lines), all_matches=False)
    places = places.copy()
    places[at] = vertices[vertex]
    return places


def _with_vertices(lines: Lines, spots: Sequence[Spot]) -> Lines:
    """Return the lines with vertices put in, each into the segment nearest to it."""
    by_line: dict[int, set[tuple[float, float]]] = {}
    for line, lon, lat in spots:
        by_line.setdefault(line, set()).add((lon, lat))
    made = lines.copy()
    for line, places in by_line.items():
        made[line] = _with_places(lines[line], np.array(sorted(places)))
    return made


def _with_places(line: shapely.LineString, places: NDArray[np.float64]) -> shapely.LineString:
    degrees = shapely.get_coordinates(line)
    flat = to_mercator(degrees)
    reached = np.append(0, np.cumsum(np.hypot(*np.diff(flat, axis=0).T)))
    along = shapely.line_locate_point(shapely.LineString(flat), shapely.points(to_mercator(places)))
    order = np.argsort(np.concatenate([reached, np.atleast_1d(along)]), kind="stable")
    return shapely.remove_repeated_points(shapely.LineString(np.concatenate([degrees, places])[order]))


def _lifted(lines: Lines, apart: NDArray[np.bool_]) -> Lines:
    """Return the lines with inner vertices of bridges and tunnels moved off those of other lines."""
    degrees, owner = shapely.get_coordinates(lines, return_index=True)
    inner = apart[owner] & ~_is_end(owner)
    if not inner.any():
        return lines
    taken = set(map(tuple, degrees[~apart[owner]].tolist()))
    for at in np.flatnonzero(inner).tolist():
        while tuple(degrees[at].tolist()) in taken:
            degrees[at, 0] = round(degrees[at, 0] + _NUDGE_DEG, 7)
    return np.asarray(shapely.linestrings(degrees, indices=owner), dtype=object).reshape(len(lines))
