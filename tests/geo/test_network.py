"""Streets as nodes, ways and segments."""

from pathlib import Path

import numpy as np
import osmium
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.model import STREETS, Mode
from geo.roads import access, network
from tests.geo.test_roads import at, frame_of, street


def read_back(path: Path) -> tuple[dict[int, tuple[float, float]], list[tuple[list[int], dict[str, str]]]]:
    """Return nodes and ways as another program reads them."""
    nodes: dict[int, tuple[float, float]] = {}
    ways = []
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            nodes[thing.id] = (thing.location.lon, thing.location.lat)
        else:
            ways.append(([node.ref for node in thing.nodes], dict(thing.tags)))
    return nodes, ways


def test_another_program_reads_the_streets_back(tmp_path: Path) -> None:
    """Every column of a street arrives as the OSM tag of its meaning, and shared vertices as one node."""
    named = street(
        (113.26, 23.12), (113.27, 23.12), name="东风路", name_en="Dongfeng Road", highway="primary", oneway=True,
        maxspeed=60, bridge=True, tunnel=True,
    )  # fmt: skip
    plain = street((113.27, 23.12), (113.27, 23.13))
    made = network.build(frame_of("streets", [named, plain]), Mode.CAR)
    network.write(made, tmp_path / "s.osm.pbf")
    nodes, ways = read_back(tmp_path / "s.osm.pbf")
    assert nodes == {1: (113.26, 23.12), 2: (113.27, 23.12), 3: (113.27, 23.13)}
    tags = {
        "highway": "primary", "name": "东风路", "name:en": "Dongfeng Road", "oneway": "yes", "maxspeed": "60",
        "bridge": "yes", "tunnel": "yes",
    }  # fmt: skip
    assert ways == [([1, 2], tags), ([2, 3], {"highway": "residential"})]


def test_vertices_closer_than_a_centimetre_are_one() -> None:
    """Streets whose ends differ in the eighth digit meet, and a street that shrinks to one node is dropped."""
    rows = [
        street((113.26, 23.12), (113.27, 23.12)),
        street((113.27 + 3e-8, 23.12 - 3e-8), (113.28, 23.12)),
        street((113.28, 23.12), (113.28 + 1e-8, 23.12)),
    ]
    made = network.build(frame_of("streets", rows), Mode.CAR)
    assert (len(made.nodes), len(made.ways), made.segments.tolist()) == (3, 2, [[0, 1], [1, 2]])


def test_the_main_network_is_where_one_gets_back_from() -> None:
    """An island, and a one-way street that only leads out, are not part of it; on foot the latter is."""
    block = street(at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0))
    rows = [block, street(at(1, 1), at(2, 2), oneway=True), street(at(5, 5), at(6, 5))]
    streets = frame_of("streets", rows)
    assert network.build(streets, Mode.CAR).main.tolist() == [True] * 4 + [False, False]
    assert network.build(streets, Mode.FOOT).main.tolist() == [True] * 5 + [False]


def test_every_class_of_street_serves_somebody() -> None:
    """No class that a user can choose is closed to all."""
    for choice in STREETS.column("highway").choices:
        assert any(access.use({"highway": choice.value}, mode).start for mode in Mode), choice.value


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40))
def test_strong_parts_are_those_that_reach_each_other(arcs: list[tuple[int, int]]) -> None:
    """Two nodes are in one part exactly if each reaches the other, as powers of the adjacency matrix tell."""
    reach = np.eye(12, dtype=bool)
    for start, end in arcs:
        reach[start, end] = True
    for _ in range(4):
        reach = reach @ reach
    part = network.strong_parts(12, np.array(arcs, dtype=np.int64).reshape(-1, 2))
    np.testing.assert_array_equal(part[:, None] == part[None, :], reach & reach.T)


def test_segments_keep_the_direction_of_the_street() -> None:
    """The ends of a segment are in driving order, in degrees."""
    made = network.build(frame_of("streets", [street(at(2, 2), at(1, 0))]), Mode.CAR)
    np.testing.assert_allclose(made.lonlat[0], [at(2, 2), at(1, 0)], atol=1e-7)


def test_a_street_without_a_shape_is_left_out() -> None:
    """A row whose line is missing or empty is no way."""
    rows = [street(at(0, 0), at(1, 0)), street(at(0, 0), at(1, 0), geometry=shapely.LineString())]
    made = network.build(network.usable(frame_of("streets", rows), Mode.CAR), Mode.CAR)
    assert len(made.ways) == 1
