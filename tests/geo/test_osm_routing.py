"""Travel times over imported streets are those of OSRM over the extract itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from osmium.osm import mutable

from geo.inspection.status import due_sites
from geo.model import Mode
from geo.planning.plans import day
from geo.planning.plans.wish import Wish
from geo.roads import network, osm
from geo.roads.extract_rows import row_id
from geo.roads.graphs import open_router
from geo.roads.routing import UNREACHABLE, Router
from geo.store.edits import RowChange, edit, insert, update
from geo.store.project import Project
from tests.geo.osm_data import HELSINKI, imported, node, relation, way, write
from tests.geo.test_osm_access import engine, seconds
from tests.geo.test_roads import NO_CLOSURES, frame_of


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Give a project with Helsinki in it."""
    with imported(tmp_path_factory.mktemp("helsinki") / "h.gpkg") as project:
        yield project


def router_of(project: Project, mode: Mode, cache: Path, closures: gpd.GeoDataFrame = NO_CLOSURES) -> Router:
    """Return a router over all that a project says of its streets."""
    points, turns = project.frame("street_points"), project.frame("turns")
    return open_router(project.frame("streets"), closures, mode, cache, points=points, turns=turns)


def renumbered(source: Path, target: Path) -> None:
    """Write an extract again with its nodes numbered by place, as ours are, and nothing else changed."""
    nodes = sorted(
        ((thing.location.x, thing.location.y, thing.id, dict(thing.tags)) for thing in osmium.FileProcessor(str(source))
         if thing.is_node()),
        key=lambda each: each[:3],
    )  # fmt: skip
    number = {old: new for new, (_, _, old, _) in enumerate(nodes, start=1)}
    with osmium.SimpleWriter(str(target)) as writer:
        for x, y, old, tags in nodes:
            writer.add_node(mutable.Node(id=number[old], location=(x / 1e7, y / 1e7), tags=tags))
        for thing in osmium.FileProcessor(str(source)):
            if thing.is_way():
                refs = [number.get(each.ref, each.ref + 10**12) for each in thing.nodes]
                writer.add_way(mutable.Way(id=thing.id, nodes=refs, tags=dict(thing.tags)))
            elif thing.is_relation():
                members = [
                    (each.type, number.get(each.ref, each.ref) if each.type == "n" else each.ref, each.role)
                    for each in thing.members
                ]
                writer.add_relation(mutable.Relation(id=thing.id, members=members, tags=dict(thing.tags)))


def street_places(project: Project, mode: Mode, count: int) -> np.ndarray:
    """Return random places in the middle of segments of the main network."""
    made = network.build(network.usable(project.frame("streets"), mode), mode, project.frame("street_points"))
    segments = made.lonlat[made.start & made.main]
    chosen = np.random.default_rng(1).choice(len(segments), count, replace=False)
    return np.asarray(segments[chosen].mean(axis=1))


@pytest.mark.parametrize("mode", list(Mode))
def test_travel_times_are_those_of_the_extract(helsinki: Project, tmp_path: Path, mode: Mode) -> None:
    """Between 100 places OSRM takes the same time over our tables as over the extract, to the second.

    Where a loop of streets has no other way in, OSRM leaves it to the numbers of nodes which of them it draws together,
    and the cost of a turn there may vanish. So nodes are numbered alike; with the numbers of the extract, one pair in
    fifty may be some seconds apart by bicycle, and none by car or on foot.
    """
    places = street_places(helsinki, mode, 100)
    ours = router_of(helsinki, mode, tmp_path / "cache").matrix(places).seconds
    for share, prepare in ((0.0, renumbered), (0.02 if mode == Mode.BICYCLE else 0.0, shutil.copy)):
        prepare(HELSINKI, tmp_path / "x.osm.pbf")
        theirs = seconds(engine(tmp_path, mode), [(lon, lat) for lon, lat in places.tolist()])
        assert ((ours == UNREACHABLE) == np.isnan(theirs)).all()
        apart = np.abs(ours - np.nan_to_num(theirs, nan=UNREACHABLE))
        assert (apart > 1).mean() <= share
        assert apart.max() < 20


CROSS = (
    node(1, 113.26, 23.12), node(2, 113.27, 23.12), node(3, 113.28, 23.12), node(4, 113.27, 23.13),
    node(5, 113.28, 23.13), node(6, 113.29, 23.12),
    way(1, [1, 2], highway="residential"), way(2, [2, 3, 6], highway="residential"),
    way(3, [2, 4], highway="residential"), way(4, [4, 5, 3], highway="residential"),
)  # fmt: skip
NO_LEFT = relation(
    1, [("w", 1, "from"), ("n", 2, "via"), ("w", 3, "to")], type="restriction", restriction="no_left_turn"
)
OVER_WAY = relation(
    2, [("w", 1, "from"), ("w", 3, "via"), ("w", 4, "to")], type="restriction", restriction="no_right_turn"
)
TO_NORTH = np.array([[113.262, 23.12], [113.27, 23.128]])
TO_NORTH_EAST = np.array([[113.262, 23.12], [113.275, 23.13]])


def metres(tmp_path: Path, places: np.ndarray, *things: str) -> int:
    """Return how far it is between two places by car in a small file."""
    file = write(tmp_path / f"{len(list(tmp_path.iterdir()))}.osm", *CROSS, *things)
    with imported(file.with_suffix(".gpkg"), file, osm.Wanted()) as project:
        return int(router_of(project, Mode.CAR, tmp_path / "cache").matrix(places).metres[0, 1])


def test_a_turn_restriction_changes_the_way(tmp_path: Path) -> None:
    """Where one may not turn left at a crossing, one drives round the block; a cyclist exempt from it does not."""
    free, forbidden = (metres(tmp_path, TO_NORTH, *things) for things in ((), (NO_LEFT,)))
    assert forbidden > free + 2000
    spared = NO_LEFT.replace("</relation>", "<tag k='except' v='motorcar'/></relation>")
    assert metres(tmp_path, TO_NORTH, spared) == free


def test_a_restriction_over_a_street_changes_the_way(tmp_path: Path) -> None:
    """One may turn into the street in the middle, but not out of it at its end."""
    free, forbidden = (metres(tmp_path, TO_NORTH_EAST, *things) for things in ((), (OVER_WAY,)))
    assert forbidden > free
    assert metres(tmp_path, TO_NORTH, OVER_WAY) == metres(tmp_path, TO_NORTH)


def test_a_restriction_over_two_streets_stays_whole(tmp_path: Path) -> None:
    """Its members reach OSRM in their order, and what it says of vehicles too; without one of them it goes."""
    members = [("w", 1, "from"), ("w", 3, "via"), ("w", 4, "via"), ("w", 2, "to")]
    tags = {"type": "restriction", "restriction:bicycle": "no_u_turn", "except": "psv"}
    file = write(
        tmp_path / "x.osm", *CROSS, relation(3, members, **{key.replace(":", "__"): tags[key] for key in tags})
    )
    with imported(tmp_path / "x.gpkg", file, osm.Wanted()) as project:
        streets, turns = project.frame("streets"), project.frame("turns")
        ids = [row_id(f"way/{way}", "streets") for way in (1, 3, 4, 2)]
        (turn,) = network.build(streets, Mode.CAR, None, turns).turns
        assert turn.tags == tags
        assert [role for _, _, role in turn.members] == ["from", "via", "via", "to"]
        assert [streets.index[number] for _, number, _ in turn.members] == ids
        assert network.build(streets.drop(ids[2]), Mode.CAR, None, turns).turns == ()


def test_a_restriction_whose_streets_no_longer_meet_is_dropped(tmp_path: Path) -> None:
    """A street that was moved away, or closed at the crossing, takes its restriction with it."""
    file = write(tmp_path / "x.osm", *CROSS, NO_LEFT, OVER_WAY)
    with imported(tmp_path / "x.gpkg", file, osm.Wanted()) as project:
        streets, turns = project.frame("streets"), project.frame("turns")
        assert len(network.build(streets, Mode.CAR, None, turns).turns) == 2
        closed = shapely.MultiPolygon([shapely.box(113.2695, 23.124, 113.2705, 23.126)])
        closure = frame_of("closures", [insert("closures", name="x", from_date="2021-06-01", geometry=closed)])
        cut = network.build(network.usable(_open(streets, closure), Mode.CAR), Mode.CAR, None, turns)
        assert [dict(turn.tags)["restriction"] for turn in cut.turns] == ["no_left_turn"]
        assert router_of(project, Mode.CAR, tmp_path / "cache", closure).matrix(TO_NORTH).seconds[0, 1] > 0
        first = row_id("way/1", "streets")
        away = shapely.LineString([(113.26, 23.12), (113.27, 23.1201)])
        project.apply(edit("x", [update("streets", first, project.row("streets", first), {"geometry": away})]))
        assert network.build(project.frame("streets"), Mode.CAR, None, turns).turns == ()


def _open(streets: gpd.GeoDataFrame, closure: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    from geo.roads.closures import closed_area, open_streets

    return open_streets(streets, closed_area(closure))


def test_a_barrier_stops_cars_and_nobody_else(tmp_path: Path) -> None:
    """A bollard in a street is driven round and walked past, and a gate costs a minute."""
    ring = (node(1, 113.26, 23.12), node(3, 113.27, 23.12), node(4, 113.27, 23.125), node(5, 113.26, 23.125))
    streets = (way(1, [1, 2, 3], highway="residential"), way(2, [3, 4, 5, 1], highway="residential"))
    ends = np.array([[113.262, 23.12], [113.268, 23.12]])
    times = {}
    for barrier in ("no", "bollard", "gate"):
        file = write(tmp_path / f"{barrier}.osm", *ring, node(2, 113.265, 23.12, barrier=barrier), *streets)
        with imported(tmp_path / f"{barrier}.gpkg", file, osm.Wanted()) as project:
            for mode in (Mode.CAR, Mode.FOOT):
                times[barrier, mode] = router_of(project, mode, tmp_path / "cache").matrix(ends).seconds[0, 1]
    assert times["bollard", Mode.CAR] > times["no", Mode.CAR] + 60
    assert times["gate", Mode.CAR] == times["no", Mode.CAR] + 60
    assert len({times[barrier, Mode.FOOT] for barrier in ("no", "bollard", "gate")}) == 1


def test_the_key_of_a_graph_counts_points_and_turns(helsinki: Project, tmp_path: Path) -> None:
    """Without its barriers or its restrictions a project has another graph; in another order it has the same."""
    streets, points, turns = (helsinki.frame(name) for name in ("streets", "street_points", "turns"))
    for given in ({}, {"points": points}, {"points": points, "turns": turns},
                  {"points": points.iloc[::-1], "turns": turns.iloc[::-1]}):  # fmt: skip
        open_router(streets, NO_CLOSURES, Mode.CAR, tmp_path, **given)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("mode", list(Mode))
def test_a_day_over_two_hundred_sites_is_planned(helsinki: Project, tmp_path: Path, mode: Mode) -> None:
    """On a real city every due site is on a route or left out with a reason, and the routes run along its streets."""
    shutil.copy(helsinki.path, tmp_path / "h.gpkg")
    with Project.open(tmp_path / "h.gpkg") as project:
        project.apply(edit("sites", list(_sites_and_teams(project))))
        plan = day.make_plan(project.snapshot(), Wish(project.today(), mode, iterations=50))
        project.apply(plan)
        stops, left_out, routes = (project.frame(name) for name in ("stops", "left_out", "routes"))
        due = due_sites(project, project.today())
        assert len(due) >= 200
        assert sorted([*stops["site"], *left_out["site"]]) == sorted(due)
        assert len(stops) > 150
        lines = shapely.segmentize(routes.geometry.dropna().to_numpy(), 1e-4)
        points = shapely.points(shapely.get_coordinates(lines))
        _, away = project.frame("streets").sindex.nearest(points, return_all=False, return_distance=True)
        assert away.max() < 1e-6


def _sites_and_teams(project: Project) -> Iterator[RowChange]:
    places = street_places(project, Mode.CAR, 208)
    yield insert("kinds", code="x", name="x", service_min=10, interval_low=7)
    for at, place in enumerate(places[:200]):
        yield insert("sites", code=str(at), name=str(at), kind="x", geometry=shapely.Point(place + 1e-4))
    for at, place in enumerate(places[200:]):
        yield insert("teams", code=f"T{at}", name=str(at), geometry=shapely.Point(place))
