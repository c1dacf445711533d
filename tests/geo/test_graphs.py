"""Graphs in the cache folder: made once, never half, mended when damaged, and true to the streets."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.errors import XunluError
from geo.model import HIGHWAYS, Mode
from geo.progress import Cancelled, silent
from geo.roads import access, graphs
from geo.roads.graphs import open_router
from geo.store.edits import insert
from tests.geo.test_roads import NO_CLOSURES, STREETS, at, frame_of, points, street

CORNERS = points(at(0, 0), at(4, 4), at(0, 4), at(2.3, 1))

SLOW_BUILD = """
import sys, time
from pathlib import Path
from geo.model import Mode
from geo.roads.graphs import open_router
from tests.geo.test_roads import NO_CLOSURES, STREETS

def report(done, text):
    if done > 0.4:
        print("building", flush=True)
        time.sleep(60)

open_router(STREETS, NO_CLOSURES, Mode.CAR, Path(sys.argv[1]), report)
"""


def test_times_are_what_one_reckons_by_hand(tmp_path: Path) -> None:
    """OSRM drives at 0.8 of a limit and walks 5 km/h: 1,107.5 m at 36 km/h take 138 s by car, 797 s on foot."""
    streets = frame_of("streets", [street((113.26, 23.12), (113.26, 23.13), maxspeed=36)])
    ends = points((113.26, 23.12), (113.26, 23.13))
    car, foot = (open_router(streets, NO_CLOSURES, mode, tmp_path).matrix(ends) for mode in (Mode.CAR, Mode.FOOT))
    assert car.metres[0, 1] == pytest.approx(1108, abs=6)
    assert car.seconds[0, 1] == pytest.approx(car.metres[0, 1] / (36 / 3.6 * 0.8), abs=1)
    assert foot.seconds[0, 1] == pytest.approx(foot.metres[0, 1] / (5 / 3.6), abs=1)


@pytest.mark.parametrize("mode", list(Mode))
def test_osrm_uses_the_classes_of_streets_that_we_give_it(tmp_path: Path, mode: Mode) -> None:
    """From the end of a street of every class that a mode may use one gets to all others."""
    classes = [choice.value for choice in HIGHWAYS if access.use({"highway": choice.value}, mode).start]
    spine = street(*(at(column, 0) for column in range(len(classes))))
    spurs = [street(at(column, 0), at(column, 1), highway=name) for column, name in enumerate(classes)]
    router = open_router(frame_of("streets", [spine, *spurs]), NO_CLOSURES, mode, tmp_path)
    matrix = router.matrix(points(*(at(column, 0.9) for column in range(len(classes)))))
    assert (matrix.seconds >= 0).all()


def test_a_one_way_street_is_pushed_against_on_a_bicycle(tmp_path: Path) -> None:
    """Against the direction of a one-way street a cyclist walks, which takes longer, but no round."""
    streets = frame_of("streets", [street(at(0, 0), at(3, 0), oneway=True)])
    router = open_router(streets, NO_CLOSURES, Mode.BICYCLE, tmp_path)
    matrix = router.matrix(points(at(0.3, 0), at(0.7, 0)))
    assert matrix.metres[1, 0] == matrix.metres[0, 1]
    assert matrix.seconds[1, 0] > 2 * matrix.seconds[0, 1]


def test_the_order_and_ids_of_rows_do_not_matter(tmp_path: Path) -> None:
    """Streets from another file with other ids in another order use the same graph; a changed one does not."""
    open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path)
    shuffled = STREETS.sample(frac=1, random_state=1)
    open_router(shuffled.set_index(np.arange(len(shuffled)).astype(str)), NO_CLOSURES, Mode.FOOT, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    open_router(STREETS.assign(highway="primary"), NO_CLOSURES, Mode.FOOT, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_building_twice_gives_the_same_times(tmp_path: Path) -> None:
    """A plan made again on another machine rests on the same matrix."""
    first, second = (open_router(STREETS, NO_CLOSURES, Mode.CAR, tmp_path / name).matrix(CORNERS) for name in "ab")
    np.testing.assert_array_equal(first.seconds, second.seconds)
    np.testing.assert_array_equal(first.metres, second.metres)


def damage_byte(graph: Path) -> None:
    """Turn one bit in the middle of a file round."""
    file = graph / "streets.osrm.ebg_nodes"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        damage_byte,
        lambda graph: (graph / "streets.osrm.cells").unlink(),
        lambda graph: (graph / "segments.npz").write_bytes(b""),
        lambda graph: (graph / "manifest.json").write_text("[1"),
        lambda graph: (graph / "manifest.json").write_text("{}"),
    ],
)
def test_a_damaged_graph_is_made_again(tmp_path: Path, damage: object) -> None:
    """Whatever file is damaged, truncated or gone, the next one to ask gets a good graph."""
    assert callable(damage)
    before = open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path).matrix(CORNERS)
    (graph,) = tmp_path.iterdir()
    damage(graph)
    np.testing.assert_array_equal(
        open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path).matrix(CORNERS).seconds, before.seconds
    )
    assert list(tmp_path.iterdir()) == [graph]


def test_a_router_outlives_its_files(tmp_path: Path) -> None:
    """Deleting the cache while a router is open does not disturb it."""
    router = open_router(STREETS, NO_CLOSURES, Mode.CAR, tmp_path / "c")
    before = router.matrix(CORNERS).seconds
    for file in (tmp_path / "c").rglob("*.*"):
        if file.is_file():
            file.unlink()
    np.testing.assert_array_equal(router.matrix(CORNERS).seconds, before)


def test_a_killed_build_leaves_no_half_graph(tmp_path: Path) -> None:
    """After a kill in the middle there is no graph under a final name, and the next one to ask gets a whole one."""
    with subprocess.Popen([sys.executable, "-c", SLOW_BUILD, tmp_path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"building"
        process.send_signal(signal.SIGKILL)
    assert [path.name.split("-")[0] for path in tmp_path.iterdir()] == ["building"]
    assert (open_router(STREETS, NO_CLOSURES, Mode.CAR, tmp_path).matrix(CORNERS).seconds >= 0).all()


def test_what_killed_builds_left_is_cleared_away_later(tmp_path: Path) -> None:
    """Half a graph of an hour ago goes when the next one is built; a young one may still be worked on."""
    old, young = tmp_path / "building-old", tmp_path / "building-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    open_router(STREETS, NO_CLOSURES, Mode.CAR, tmp_path)
    assert (old.exists(), young.exists()) == (False, True)


def test_only_the_last_few_graphs_of_a_mode_stay(tmp_path: Path) -> None:
    """A new closure every day does not fill the disk."""
    for day in range(graphs.KEEP + 2):
        area = shapely.MultiPolygon([shapely.box(*at(day * 0.3, 0.3), *at(day * 0.3 + 0.2, 0.6))])
        closed = frame_of("closures", [insert("closures", name="x", from_date="2021-06-01", geometry=area)])
        open_router(STREETS, closed, Mode.FOOT, tmp_path)
    assert len(list(tmp_path.iterdir())) == graphs.KEEP


def test_where_the_cache_cannot_be_written_the_users_own_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project on a read-only disk gets its graph in the user's cache folder, and finds it there again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    (tmp_path / "file").write_text("a file where the folder should be")
    for _ in range(2):
        open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path / "file" / "cache")
    assert len(list((tmp_path / "mine").rglob("manifest.json"))) == 1


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    """What OSRM says of a file it cannot read reaches the user."""
    (tmp_path / "x.osm.pbf").write_bytes(b"no streets")
    with pytest.raises(XunluError, match=r"osrm-extract failed with code 1: .*[a-z]"):
        graphs._run("osrm-extract", ["x.osm.pbf"], tmp_path, silent)


def test_a_build_can_be_cancelled_at_every_step(tmp_path: Path) -> None:
    """Progress only goes up, and stopping at any report leaves nothing behind."""
    heard: list[float] = []
    open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path / "whole", lambda done, _text: heard.append(done))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    for stop in sorted(set(heard)):

        def report(done: float, _text: str, stop: float = stop) -> None:
            if done >= stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            open_router(STREETS, NO_CLOSURES, Mode.FOOT, tmp_path / "cancelled", report)
        assert not list((tmp_path / "cancelled").glob("*"))


def test_a_router_opened_in_one_thread_serves_others(tmp_path: Path) -> None:
    """Plans and hand edits may ask at the same time."""
    with ThreadPoolExecutor(4) as pool:
        router = pool.submit(open_router, STREETS, NO_CLOSURES, Mode.CAR, tmp_path).result()
        expected = router.matrix(CORNERS).seconds
        for seconds in pool.map(lambda _: router.matrix(CORNERS).seconds, range(40)):
            np.testing.assert_array_equal(seconds, expected)
        assert {len(route.leg_lines) for route in pool.map(router.route, [CORNERS] * 20)} == {3}


def test_two_may_build_the_same_graph_at_once(tmp_path: Path) -> None:
    """Two windows on one project each get a router and leave one graph."""
    barrier = threading.Barrier(2)

    def build(_: int) -> int:
        barrier.wait()
        return int(open_router(STREETS, NO_CLOSURES, Mode.BICYCLE, tmp_path).matrix(CORNERS).seconds[0, 1])

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(build, range(2)))) == 1
    assert [path.name.split("-")[0] for path in tmp_path.iterdir()] == ["bicycle"]
