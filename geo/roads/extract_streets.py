"""The streets of an OpenStreetMap extract with all that routing reads: tags, tagged nodes and turn restrictions."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from geo.model import Mode
from geo.progress import Report
from geo.roads import access, tags
from geo.roads.extract_rows import EVERY, Clip, Row, row_id
from geo.roads.network import DEGREE, VIA, place_keys

KEYS = ("highway", "route", "railway", "public_transport", "man_made", "amenity", "bridge")
"""The keys that a way needs, one of them at least, to be travelled."""


def is_street(way: Mapping[str, str]) -> bool:
    """Return whether a way is a street, or anything else that OSRM lets somebody travel, such as a ferry."""
    if way.get("highway") in tags.CLASSES:
        return True
    return any(use.forward or use.backward for use in (access.use(way, mode) for mode in Mode))


@dataclass(frozen=True)
class _Restriction:
    id: int
    tags: dict[str, str]
    members: tuple[tuple[str, int, str], ...]


class Streets:
    """Collect the ways and restrictions of a file as they come by, then make rows of those in the area.

    Vertices are kept as plain numbers, 16 bytes each, however long the file is.
    """

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._names: list[str] = []
        self._columns: list[dict[str, Any]] = []
        self._turned: list[bool] = []
        self._lengths = array("q")
        self._refs, self._xs, self._ys = array("q"), array("i"), array("i")
        self._parts: dict[int, list[int]] = {}
        self._restrictions: dict[int, _Restriction] = {}

    def __len__(self) -> int:
        return len(self._names)

    def add(self, way: osmium.osm.Way, said: Mapping[str, str]) -> None:
        """Take a way up, if it is a street that may reach into the area; where nodes are missing it is cut."""
        if way.id in self._parts or not is_street(said):
            return
        columns, turned = tags.columns(said)
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        for number, run in enumerate(_runs(reversed(nodes) if turned else nodes)):
            refs, xs, ys = zip(*run, strict=True)
            if not self._clip.may_hold(min(xs), min(ys), max(xs), max(ys)):
                continue
            self._parts.setdefault(way.id, []).append(len(self._names))
            self._names.append(f"way/{way.id}#{number}" if number else f"way/{way.id}")
            self._columns.append(columns)
            self._turned.append(turned)
            self._lengths.append(len(run))
            self._refs.extend(refs)
            self._xs.extend(xs)
            self._ys.extend(ys)

    def add_restriction(self, relation: osmium.osm.Relation, said: Mapping[str, str]) -> None:
        """Take a turn restriction up."""
        kept = {key: value for key, value in said.items() if key.startswith("restriction") or key == "except"}
        if kept:
            members = tuple((member.type, member.ref, member.role) for member in relation.members)
            self._restrictions[relation.id] = _Restriction(relation.id, kept, members)

    def rows(self, nodes: Iterable[osmium.osm.Node], report: Report) -> dict[str, list[Row]]:
        """Return the rows of `streets`, `street_points` and `turns`.

        Parameters
        ----------
        nodes
            The tagged nodes of the file, read once more.
        report
            Told how far it is.
        """
        made = self._made()
        streets = [
            (row_id(self._names[at], "streets"), {**self._columns[at], "geometry": made.lines[at]})
            for at in np.flatnonzero(made.inside).tolist()
        ]
        report(0.3, "")
        points = list(self._points(nodes, made, report))
        turns = [row for one in self._restrictions.values() for row in self._turns(one, made)]
        return {"streets": streets, "street_points": points, "turns": turns}

    def _made(self) -> "_Made":
        refs = np.frombuffer(self._refs, dtype=np.int64)
        fixed = np.stack([np.frombuffer(self._xs, dtype=np.int32), np.frombuffer(self._ys, dtype=np.int32)], axis=1)
        ids, first, number = np.unique(refs, return_index=True, return_inverse=True)
        places = told_apart(fixed[first].astype(np.int64)) / DEGREE
        lengths = np.frombuffer(self._lengths, dtype=np.int64)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        lines = np.asarray(shapely.linestrings(places[number], indices=owner), dtype=object).reshape(len(lengths))
        return _Made(ids, places, number, np.append(0, np.cumsum(lengths)), lines, self._clip.holds(lines))

    def _points(self, nodes: Iterable[osmium.osm.Node], made: "_Made", report: Report) -> Iterator[Row]:
        one_way_round = self._only_turned(made)
        used = made.used_nodes()
        for count, node in enumerate(nodes):
            if count % EVERY == 0:
                report(0.3 + 0.6 * count / (count + EVERY), "")
            at = int(np.searchsorted(made.ids, node.id))
            if at == len(made.ids) or made.ids[at] != node.id or not used[at]:
                continue
            said = tags.point_tags({tag.k: tag.v for tag in node.tags})
            if one_way_round[at]:
                said = tags.reversed_point(said)
            if said:
                yield (
                    row_id(f"node/{node.id}", "street_points"),
                    {"tags": tags.written(said), "geometry": made.point(at)},
                )

    def _only_turned(self, made: "_Made") -> NDArray[np.bool_]:
        """Return of each node whether all streets through it were turned round."""
        turned = np.repeat(np.array(self._turned, dtype=bool), np.diff(made.starts))
        kept_way = np.bincount(made.number[~turned], minlength=len(made.ids)) > 0
        return np.asarray((np.bincount(made.number[turned], minlength=len(made.ids)) > 0) & ~kept_way)

    def _turns(self, one: _Restriction, made: "_Made") -> Iterator[Row]:
        def of(role: str) -> list[tuple[str, int]]:
            return [(kind, ref) for kind, ref, said in one.members if said == role]

        start, over, end = (of(role) for role in ("from", "via", "to"))
        via_nodes, via_ways = [ref for kind, ref in over if kind == "n"], [ref for kind, ref in over if kind == "w"]
        plain = one.tags.get("restriction") or next(iter(one.tags.values()))
        for (_, first), (_, last) in product(start, end):
            chain = [first, *via_ways, last]
            if any(way not in self._parts for way in chain) or not (via_ways or via_nodes):
                continue
            node = made.number_of(via_nodes[0]) if not via_ways else self._meeting(made, first, via_ways[0])
            parts = [self._part(made, way, node) for way in chain]
            if node is None or not made.inside[parts].all():
                continue
            ids = [row_id(self._names[part], "streets") for part in parts]
            extra = one.tags if one.tags != {"restriction": plain} else {}
            values = {
                "restriction": plain,
                "from_street": ids[0],
                "via_street": ids[1] if via_ways else "",
                "to_street": ids[-1],
                "tags": tags.written(extra | ({VIA: " ".join(ids[2:-1])} if len(via_ways) > 1 else {})),
                "geometry": made.point(node),
            }
            yield row_id(f"relation/{one.id}/{first}/{last}", "turns"), values

    def _part(self, made: "_Made", way: int, node: int | None) -> int:
        """Return the part of a way that a node lies on, the first one if on none."""
        parts = self._parts[way]
        return next((part for part in parts if node in made.nodes(part)), parts[0])

    def _meeting(self, made: "_Made", way: int, other: int) -> int | None:
        """Return the node at which two ways meet."""
        here, there = (np.concatenate([made.nodes(part) for part in self._parts[each]]) for each in (way, other))
        met = np.intersect1d(here, there)
        return int(met[0]) if len(met) else None


@dataclass(frozen=True)
class _Made:
    """The streets as arrays: their nodes, the number of the node of each vertex, and where each line starts."""

    ids: NDArray[np.int64]
    places: NDArray[np.float64]
    number: NDArray[np.intp]
    starts: NDArray[np.int64]
    lines: NDArray[np.object_]
    inside: NDArray[np.bool_]

    def nodes(self, line: int) -> NDArray[np.intp]:
        return self.number[self.starts[line] : self.starts[line + 1]]

    def used_nodes(self) -> NDArray[np.bool_]:
        """Return of each node whether a street in the area goes through it."""
        kept = np.repeat(self.inside, np.diff(self.starts))
        return np.asarray(np.bincount(self.number[kept], minlength=len(self.ids)) > 0)

    def number_of(self, node: int) -> int | None:
        at = int(np.searchsorted(self.ids, node))
        return at if at < len(self.ids) and self.ids[at] == node else None

    def point(self, node: int) -> shapely.Point:
        return shapely.Point(*self.places[node])


def _runs(nodes: Iterable[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    """Return the stretches of at least two different nodes between those that the file does not hold."""
    nodes = list(nodes)
    if all(abs(x) <= _EAST and abs(y) <= _NORTH for _, x, y in nodes) and _all_different(nodes):
        if len(nodes) > 1:
            yield nodes
        return
    run: list[tuple[int, int, int]] = []
    for node in nodes:
        # osmium gives the largest number there is for a node that the file does not hold.
        if abs(node[1]) > _EAST or abs(node[2]) > _NORTH:
            if len(run) > 1:
                yield run
            run = []
        elif not run or run[-1][0] != node[0]:
            run.append(node)
    if len(run) > 1:
        yield run


_EAST, _NORTH = 180 * DEGREE, 90 * DEGREE


def _all_different(nodes: Sequence[tuple[int, int, int]]) -> bool:
    """Return whether no node comes twice in a row."""
    return all(one[0] != other[0] for one, other in pairwise(nodes))


def told_apart(fixed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return places in 1e-7 degrees of which no two are the same: a later one moves east until it is alone.

    Two nodes at one place, as of a bridge and the street below, do not meet in OpenStreetMap; in a project streets
    meet where they share a vertex. It moves by a centimetre.
    """
    different, first = np.unique(place_keys(fixed), return_index=True)
    if len(different) == len(fixed):
        return fixed
    places = fixed.copy()
    taken = set(different.tolist())
    later = np.ones(len(fixed), dtype=bool)
    later[first] = False
    for at in np.flatnonzero(later):
        while int(place_keys(places[at : at + 1])[0]) in taken:
            places[at, 0] += 1
        taken.add(int(place_keys(places[at : at + 1])[0]))
    return places
