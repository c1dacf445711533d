"""The street network of one way of travel: nodes, segments, the part that hangs together, and its OSM file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray
from osmium.osm import mutable

from geo.model import Mode
from geo.roads import access, tags

DEGREE = 10_000_000
"""Whole numbers per degree: OSM's own precision, about a centimetre."""

VIA = "@via"
"""In the tags of a turn restriction over several streets: the ids of those behind the first one, space between."""


@dataclass(frozen=True)
class Way:
    """One street, or what a closure leaves of it: the numbers of its nodes in its direction, and its OSM tags."""

    nodes: tuple[int, ...]
    tags: dict[str, str]


@dataclass(frozen=True)
class Turn:
    """One turn restriction: its members as OSM has them (type, number of the node or way, role), and its tags."""

    members: tuple[tuple[str, int, str], ...]
    tags: dict[str, str]


@dataclass(frozen=True)
class Network:
    """Streets that meet where they share a vertex, as bridges and tunnels do too.

    Attributes
    ----------
    nodes
        Longitude and latitude in 1e-7 degrees, shape (n, 2), sorted; node k has the OSM id k + 1.
    ways
        The streets, of at least two nodes each; way k has the OSM id k + 1.
    segments
        The numbers of the two nodes of each segment in its direction, shape (m, 2).
    main
        Whether a segment belongs to the main network, shape (m,): the longest part in which one can get from
        everywhere to everywhere.
    start
        Whether one may set out from a segment, shape (m,): not from the middle of a ferry.
    points
        The OSM tags of nodes, such as barriers and traffic signals, by number.
    turns
        The turn restrictions whose streets meet as they say.
    """

    nodes: NDArray[np.int64]
    ways: tuple[Way, ...]
    segments: NDArray[np.int64]
    main: NDArray[np.bool_]
    start: NDArray[np.bool_]
    points: dict[int, dict[str, str]] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """Return both ends of each segment in degrees, shape (m, 2, 2)."""
        return (self.nodes / DEGREE)[self.segments]


def usable(streets: pd.DataFrame, mode: Mode) -> pd.DataFrame:
    """Return the rows of table `streets` that a way of travel may use and that have a shape."""
    has_shape = shapely.get_num_coordinates(streets.geometry.to_numpy()) > 1
    used = [use.forward or use.backward for use in (access.use(way, mode) for way in _routed(streets))]
    return streets[np.array(used, dtype=bool) & has_shape]


def build(
    streets: pd.DataFrame, mode: Mode, points: pd.DataFrame | None = None, turns: pd.DataFrame | None = None
) -> Network:
    """Return the network of streets.

    The same rows in the same order give the same numbers.

    Parameters
    ----------
    streets
        Rows of table `streets` that `mode` may use, LineStrings in degrees.
    mode
        How one travels.
    points
        Rows of table `street_points`; those that are no vertex of a street are left out.
    turns
        Rows of table `turns`. One whose streets are missing, or do not meet any more because they were changed or cut
        by a closure, is left out.
    """
    coordinates, row = shapely.get_coordinates(streets.geometry.to_numpy(), return_index=True)
    nodes, number = _numbered(_fixed(coordinates))
    # Vertices that fall together after rounding are one.
    fresh = np.append(True, (row[1:] != row[:-1]) | (number[1:] != number[:-1])) if len(row) else np.zeros(0, bool)
    number, row = number[fresh], row[fresh]
    inner = row[1:] == row[:-1]
    segments = np.stack([number[:-1][inner], number[1:][inner]], axis=1)
    routed = _routed(streets)
    uses = np.array([access.use(way, mode) for way in routed], dtype=bool).reshape(-1, 3)[row[:-1][inner]]
    rows, ways = _ways(_named(streets, routed), row, number)
    marked = _points(nodes, points)
    shut = [node for node, said in marked.items() if access.blocks(said, mode)]
    main = _main(nodes, segments, uses, np.array(shut, dtype=np.int64))
    pieces: dict[str, list[int]] = {}
    for at, row_number in enumerate(rows):
        pieces.setdefault(str(streets.index[row_number]), []).append(at)
    kept = () if turns is None else tuple(_turns(turns, nodes, ways, pieces))
    return Network(nodes, tuple(ways), segments, main, uses[:, 2], marked, kept)


def write(network: Network, path: Path) -> None:
    """Write a network as an OSM file, whose format the ending of `path` tells; the same network, the same bytes."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, (lon, lat) in enumerate(network.nodes / DEGREE, start=1):
            said = network.points.get(number - 1, {})
            writer.add_node(mutable.Node(id=number, location=(float(lon), float(lat)), tags=said))
        for number, way in enumerate(network.ways, start=1):
            writer.add_way(mutable.Way(id=number, nodes=[node + 1 for node in way.nodes], tags=way.tags))
        for number, turn in enumerate(network.turns, start=1):
            members = [(kind, ref + 1, role) for kind, ref, role in turn.members]
            writer.add_relation(mutable.Relation(id=number, members=members, tags=turn.tags))


def _routed(streets: pd.DataFrame) -> list[dict[str, str]]:
    """Return the tags that routing reads of each street; like streets share theirs."""
    known: dict[tuple[object, ...], dict[str, str]] = {}
    names = ("highway", "oneway", "maxspeed", "bridge", "tunnel")
    found = []
    for *values, text in zip(*(streets[name].tolist() for name in (*names, "tags")), strict=True):
        key = (*values, text)
        if key not in known:
            known[key] = tags.routed(dict(zip(names, values, strict=True)), tags.read(str(text)))
        found.append(known[key])
    return found


def _named(streets: pd.DataFrame, routed: list[dict[str, str]]) -> list[dict[str, str]]:
    names = zip(streets["name"].tolist(), streets["name_en"].tolist(), strict=True)
    named = [{"name": name, "name:en": english} for name, english in names]
    return [way | {key: value for key, value in said.items() if value} for way, said in zip(routed, named, strict=True)]


def _fixed(coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(coordinates * DEGREE).astype(np.int64)


def _numbered(fixed: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different points, sorted, and the number of each given one."""
    keys, number = np.unique(place_keys(fixed), return_inverse=True)
    return np.stack([keys // _BAND - 2 * _SOUTH, keys % _BAND - _SOUTH], axis=1), number


_SOUTH = 90 * DEGREE
_BAND = 2 * _SOUTH + 1


def place_keys(fixed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number per place in 1e-7 degrees: it sorts much faster than pairs; 3.6e9 * 1.8e9 < 2**63."""
    keys: NDArray[np.int64] = (fixed[:, 0] + 2 * _SOUTH) * _BAND + fixed[:, 1] + _SOUTH
    return keys


def _at(nodes: NDArray[np.int64], rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of the node at which each row lies, -1 for none."""
    places = rows.geometry.to_numpy()
    good = np.array([place is not None and not place.is_empty for place in places], dtype=bool)
    found = np.full(len(places), -1, dtype=np.int64)
    if not len(nodes) or not good.any():
        return found
    keys, wanted = place_keys(nodes), place_keys(_fixed(shapely.get_coordinates(places[good])))
    number = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found[good] = np.where(keys[number] == wanted, number, -1)
    return found


def _points(nodes: NDArray[np.int64], points: pd.DataFrame | None) -> dict[int, dict[str, str]]:
    if points is None:
        return {}
    marked: dict[int, dict[str, str]] = {}
    for node, text in zip(_at(nodes, points).tolist(), points["tags"].tolist(), strict=True):
        if node >= 0 and (said := tags.read(str(text))):
            marked[node] = marked.get(node, {}) | said
    return dict(sorted(marked.items()))


def _ways(
    named: list[dict[str, str]], row: NDArray[np.int64], number: NDArray[np.int64]
) -> tuple[list[int], list[Way]]:
    """Return the numbers of the rows that are ways of two nodes or more, and these ways."""
    if not len(row):
        return [], []
    starts = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
    found = zip(row[starts].tolist(), np.split(number, starts[1:]), strict=True)
    kept = [(at, Way(tuple(nodes.tolist()), named[at])) for at, nodes in found if len(nodes) > 1]
    return [at for at, _ in kept], [way for _, way in kept]


def _turns(
    turns: pd.DataFrame, nodes: NDArray[np.int64], ways: Sequence[Way], pieces: dict[str, list[int]]
) -> Iterator[Turn]:
    columns = ("restriction", "from_street", "via_street", "to_street", "tags")
    rows = zip(*(turns[name].tolist() for name in columns), _at(nodes, turns).tolist(), strict=True)
    for restriction, start, over, end, text, node in rows:
        said = tags.read(str(text))
        between = [street for street in (over, *said.pop(VIA, "").split()) if street]
        chain = [pieces.get(str(street), []) for street in (start, *between, end)]
        members = _over_streets(chain, ways) if between else _at_node(chain, node, ways)
        if members:
            yield Turn(members, _turn_tags(str(restriction), said))


def _turn_tags(restriction: str, said: dict[str, str]) -> dict[str, str]:
    """Return the tags of a restriction; what it forbids stands in the column, unless it is for some vehicles only."""
    if "restriction" in said or not any(key.startswith("restriction:") for key in said):
        said = said | {"restriction": restriction}
    return {"type": "restriction"} | said


def _at_node(chain: list[list[int]], node: int, ways: Sequence[Way]) -> tuple[tuple[str, int, str], ...]:
    start, end = ([way for way in street if node in ways[way].nodes] for street in chain)
    return (("w", start[0], "from"), ("n", node, "via"), ("w", end[0], "to")) if start and end else ()


def _over_streets(chain: list[list[int]], ways: Sequence[Way]) -> tuple[tuple[str, int, str], ...]:
    """Return the members of a restriction over streets: a piece of each street, such that all meet in turn."""
    found = [[way] for way in chain[0]]
    for street in chain[1:]:
        found = [[*path, way] for path in found for way in street if set(ways[path[-1]].nodes) & set(ways[way].nodes)]
    if not found:
        return ()
    start, *between, end = found[0]
    return (("w", start, "from"), *(("w", way, "via") for way in between), ("w", end, "to"))


def _main(
    nodes: NDArray[np.int64], segments: NDArray[np.int64], uses: NDArray[np.bool_], shut: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which segments lie in the longest part in which everything reaches everything."""
    if not len(segments):
        return np.zeros(0, dtype=bool)
    # A barrier is the end of each segment that leads to it, apart from the others.
    ends = segments.copy()
    at_barrier = np.isin(ends, shut)
    ends[at_barrier] = len(nodes) + np.arange(np.count_nonzero(at_barrier))
    arcs = np.concatenate([ends[uses[:, 0]], ends[uses[:, 1]][:, ::-1]])
    part = strong_parts(len(nodes) + int(at_barrier.sum()), arcs)[ends]
    within = part[:, 0] == part[:, 1]
    degrees = nodes[segments[:, 1]] - nodes[segments[:, 0]]
    shrink = np.cos(np.radians(nodes[segments[:, 0], 1] / DEGREE))
    length = np.hypot(degrees[:, 0] * shrink, degrees[:, 1])
    total = np.bincount(part[within, 0], weights=length[within], minlength=1)
    main: NDArray[np.bool_] = within & (part[:, 0] == np.argmax(total))
    return main


def strong_parts(count: int, arcs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of `count` nodes the number of its strongly connected part (Kosaraju's two searches).

    Parameters
    ----------
    count
        How many nodes there are.
    arcs
        From and to node of each arc, shape (m, 2).
    """
    ahead, back = _neighbours(count, arcs), _neighbours(count, arcs[:, ::-1])
    part = np.full(count, -1, dtype=np.int64)
    for root in reversed(_finished(ahead)):
        if part[root] >= 0:
            continue
        part[root], stack = root, [root]
        while stack:
            for node in back[stack.pop()]:
                if part[node] < 0:
                    part[node] = root
                    stack.append(node)
    return part


def _neighbours(count: int, arcs: NDArray[np.int64]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for start, end in arcs.tolist():
        found[start].append(end)
    return found


def _finished(ahead: list[list[int]]) -> list[int]:
    """Return the nodes in the order in which a depth-first search is done with them."""
    seen = [False] * len(ahead)
    order: list[int] = []
    for root in range(len(ahead)):
        if seen[root]:
            continue
        seen[root] = True
        stack = [(root, iter(ahead[root]))]
        while stack:
            node, rest = stack[-1]
            following = next((other for other in rest if not seen[other]), None)
            if following is None:
                order.append(node)
                stack.pop()
            else:
                seen[following] = True
                stack.append((following, iter(ahead[following])))
    return order
