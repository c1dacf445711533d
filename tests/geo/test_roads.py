"""Streets to graphs to travel times, on a grid whose numbers can be checked by hand, with real OSRM."""

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import XunluError
from geo.model import TABLES, Mode
from geo.progress import Cancelled
from geo.roads import closures, network
from geo.roads.graphs import open_router
from geo.roads.routing import UNREACHABLE, Router
from geo.store.edits import RowChange, insert
from geo.store.frames import empty, patched

STEP = 0.004
"""Between two streets of the grid, in degrees: 445 m north to south."""

SIZE = 4


def at(column: float, row: float) -> tuple[float, float]:
    """Return longitude and latitude of a place of the grid, counted in blocks from its south-west."""
    return 113.26 + column * STEP, 23.12 + row * STEP


def street(*places: tuple[float, float], **values: object) -> RowChange:
    """Return a street through places of the grid."""
    return insert("streets", **{"highway": "residential", "geometry": shapely.LineString(places)} | values)


def frame_of(table: str, rows: list[RowChange]) -> gpd.GeoDataFrame:
    """Return a table with some rows."""
    return gpd.GeoDataFrame(patched(empty(table), TABLES[table], rows))


def grid() -> list[RowChange]:
    """Return five by five streets, an island of two streets in the east, and one way against the sun in the north."""
    across = [street(*(at(column, row) for column in range(SIZE + 1))) for row in range(SIZE + 1)]
    along = [street(*(at(column, row) for row in range(SIZE + 1))) for column in range(SIZE + 1)]
    island = [street(at(6, 1), at(6, 2)), street(at(6, 2), at(7, 2))]
    return [*across, *along, *island]


STREETS = frame_of("streets", grid())
NO_CLOSURES = frame_of("closures", [])


def points(*places: tuple[float, float]) -> np.ndarray:
    """Return places as an array."""
    return np.array(places, dtype=np.float64)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for graphs."""
    return tmp_path_factory.mktemp("graphs")


@pytest.fixture(scope="module")
def car(cache: Path) -> Router:
    """Give the router for cars over the grid."""
    return open_router(STREETS, NO_CLOSURES, Mode.CAR, cache)


def test_distances_are_those_of_the_grid(car: Router) -> None:
    """Two blocks north and one east are 890 m and 408 m of street, whichever corner one turns."""
    matrix = car.matrix(points(at(0, 0), at(1, 2)))
    assert matrix.metres[0, 1] == pytest.approx(2 * 444 + 409, abs=6)
    assert matrix.seconds[0, 1] == matrix.seconds[1, 0] > 60
    assert matrix.seconds[0, 0] == matrix.metres[1, 1] == 0


@pytest.mark.parametrize("mode", list(Mode))
def test_every_way_of_travel_has_a_graph(cache: Path, mode: Mode) -> None:
    """One gets across the grid by car, on foot and by bicycle, at their own speeds."""
    matrix = open_router(STREETS, NO_CLOSURES, mode, cache).matrix(points(at(0, 0), at(4, 4)))
    speed = matrix.metres[0, 1] / matrix.seconds[0, 1]
    low, high = {Mode.CAR: (4, 16), Mode.FOOT: (1, 1.7), Mode.BICYCLE: (2.5, 6)}[mode]
    assert low < speed < high


def test_an_island_is_not_reachable_and_no_line_is_invented(car: Router) -> None:
    """A site on streets that nothing connects has no way there and back, and asking for the way says so."""
    places = points(at(0, 0), at(6, 1.5), at(6.5, 2))
    matrix = car.matrix(places)
    assert matrix.seconds[0, 1] == matrix.metres[1, 0] == UNREACHABLE
    with pytest.raises(XunluError, match="no way by street from point 1 to point 2"):
        car.route(places[:2])


def test_a_point_beside_an_island_and_the_network_uses_the_network(cache: Path) -> None:
    """A stub of street that is not connected does not catch a site that the network passes by."""
    stub = [*grid(), street((at(1, 0.5)[0] + 4e-4, at(1, 0.5)[1]), (at(1, 0.5)[0] + 4e-4, at(1, 0.6)[1]))]
    router = open_router(frame_of("streets", stub), NO_CLOSURES, Mode.CAR, cache)
    beside = (at(1, 0.55)[0] + 3.5e-4, at(1, 0.55)[1])
    assert router.matrix(points(at(0, 0), beside)).seconds[0, 1] > 0


def test_a_point_far_from_any_street_is_unreachable(car: Router) -> None:
    """Half a kilometre of field is not a street."""
    far = at(-2, 2)
    assert car.matrix(points(at(0, 0), far)).seconds[0, 1] == UNREACHABLE
    assert car.snap(points(far))[0] == pytest.approx(818, abs=6)


def test_a_one_way_street_is_driven_one_way(cache: Path) -> None:
    """Against a one-way street a car goes round the block; on foot one walks back."""
    rows = [street(at(0, 0), at(1, 0), oneway=True), street(at(1, 0), at(1, 1), at(0, 1), at(0, 0))]
    streets = frame_of("streets", rows)
    places = points(at(0.3, 0), at(0.7, 0))
    driven = open_router(streets, NO_CLOSURES, Mode.CAR, cache).matrix(places).metres
    walked = open_router(streets, NO_CLOSURES, Mode.FOOT, cache).matrix(places).metres
    assert driven[1, 0] > 5 * driven[0, 1]
    assert walked[1, 0] == walked[0, 1]


def test_streets_meet_where_they_share_a_vertex_and_nowhere_else(cache: Path) -> None:
    """A street that crosses another on a bridge, without a common vertex, does not meet it."""
    apart = [street(at(0, 0), at(2, 0)), street(at(1, -1), at(1, 1))]
    joined = [street(at(0, 0), at(1, 0), at(2, 0)), street(at(1, -1), at(1, 0), at(1, 1))]
    places = points(at(0, 0), at(1, 1))
    far, near = (
        open_router(frame_of("streets", rows), NO_CLOSURES, Mode.CAR, cache).matrix(places) for rows in (apart, joined)
    )
    assert (far.seconds[0, 1], near.seconds[0, 1] > 0) == (UNREACHABLE, True)


def closed_block() -> gpd.GeoDataFrame:
    """Return a closure over the middle crossing of the grid, in force in June 2021."""
    area = shapely.MultiPolygon([shapely.box(*at(1.5, 1.5), *at(2.5, 2.5))])
    return frame_of(
        "closures", [insert("closures", name="x", from_date="2021-06-01", to_date="2021-06-11", geometry=area)]
    )


@pytest.mark.parametrize("mode", list(Mode))
def test_ways_go_round_a_closure(cache: Path, mode: Mode) -> None:
    """Between two places on either side of a closure the way is longer, and no part of it is inside."""
    closed = closed_block()
    places = points(at(1, 2), at(3, 2))
    free = open_router(STREETS, NO_CLOSURES, mode, cache).route(places)
    around = open_router(STREETS, closed, mode, cache).route(places)
    area = closed.geometry.iloc[0]
    assert free.line.intersects(area)
    assert not around.line.intersects(area)
    assert around.leg_metres[0] > free.leg_metres[0] + 400


def test_a_site_inside_a_closure_is_unreachable(cache: Path) -> None:
    """Nobody is sent into a closed area."""
    router = open_router(STREETS, closed_block(), Mode.CAR, cache)
    assert router.matrix(points(at(0, 0), at(2, 2))).seconds[0, 1] == UNREACHABLE


def test_closures_are_in_force_from_a_day_to_a_day() -> None:
    """The first and last day count; an open end lasts."""
    closed = closed_block()
    found = [
        len(closures.in_force(closed, date(2021, month, day))) for month, day in ((5, 31), (6, 1), (6, 11), (6, 12))
    ]
    assert found == [0, 1, 1, 0]
    assert list(closures.inside(points(at(2, 2), at(0, 0)), closed)) == [closed.index[0], ""]


places_of_grid = st.tuples(st.floats(0, SIZE), st.integers(0, SIZE)).map(lambda place: at(*place))


@settings(max_examples=25, deadline=None)
@given(st.lists(places_of_grid, min_size=2, max_size=5))
def test_a_route_is_what_the_matrix_says(car: Router, places: list[tuple[float, float]]) -> None:
    """Each leg of a route has the seconds and metres of the matrix, and its line is as long; ways obey the triangle."""
    lonlat = points(*places)
    matrix, route = car.matrix(lonlat), car.route(lonlat)
    for leg, (seconds, metres, line) in enumerate(
        zip(route.leg_seconds, route.leg_metres, route.leg_lines, strict=True)
    ):
        assert seconds == matrix.seconds[leg, leg + 1]
        assert metres == matrix.metres[leg, leg + 1]
        assert Geod(ellps="WGS84").geometry_length(line) == pytest.approx(metres, abs=2 + metres * 0.01)
    if len(places) > 2:
        # Stopping at a crossing saves the time that OSRM counts for the turn.
        assert matrix.seconds[0, 2] <= matrix.seconds[0, 1] + matrix.seconds[1, 2] + 15


def test_two_sites_at_one_place_are_no_time_apart(car: Router) -> None:
    """A leg between two sites in one building takes 0 s and is a line all the same."""
    route = car.route(points(at(0, 0), at(1, 1), at(1, 1), at(0, 0)))
    assert route.leg_seconds[1] == 0
    assert [len(line.coords) >= 2 for line in route.leg_lines] == [True] * 3


def test_the_cache_may_be_deleted_or_damaged_at_any_time(tmp_path: Path) -> None:
    """A graph that is gone or spoilt is made again by itself, and a good one is used as it is."""
    folder = tmp_path / "p.cache"

    def seconds() -> int:
        return int(open_router(STREETS, NO_CLOSURES, Mode.CAR, folder).matrix(points(at(0, 0), at(3, 3))).seconds[0, 1])

    first = seconds()
    graph = next(path for path in folder.iterdir() if path.is_dir())
    made = graph.stat().st_ino
    assert seconds() == first
    assert graph.stat().st_ino == made
    (graph / "streets.osrm.mldgr").write_bytes(b"spoilt")
    assert seconds() == first
    shutil.rmtree(folder)
    assert seconds() == first


def test_a_cancelled_build_leaves_nothing_behind(tmp_path: Path) -> None:
    """Stopping in the middle of a build leaves no half graph."""

    def report(done: float, _text: str) -> None:
        if done > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_router(STREETS, NO_CLOSURES, Mode.CAR, tmp_path, report)
    assert list(tmp_path.iterdir()) == []


def test_a_matrix_can_be_cancelled_and_tells_its_progress(car: Router) -> None:
    """A big matrix is asked for in tiles, so that one need not wait for all of it."""
    heard: list[float] = []

    def report(done: float, _text: str) -> None:
        heard.append(done)
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        car.matrix(points(*(at(place / 100, 0) for place in range(200))), report)
    assert max(np.diff(heard)) <= 1 / 16
    assert heard[-2] <= 0.3 < heard[-1]


def test_no_street_for_a_way_of_travel_is_told(tmp_path: Path) -> None:
    """A project with footways only cannot be driven in, and says so."""
    streets = frame_of("streets", [street(at(0, 0), at(1, 0), highway="footway")])
    with pytest.raises(XunluError, match="No street of the project can be used: car"):
        open_router(streets, NO_CLOSURES, Mode.CAR, tmp_path)


def test_the_same_streets_give_the_same_bytes(tmp_path: Path) -> None:
    """The OSM file does not depend on chance."""
    for name in ("a.osm.pbf", "b.osm.pbf"):
        network.write(network.build(network.usable(STREETS, Mode.CAR), Mode.CAR), tmp_path / name)
    assert (tmp_path / "a.osm.pbf").read_bytes() == (tmp_path / "b.osm.pbf").read_bytes()
