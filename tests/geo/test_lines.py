"""Streets from any lines: what the columns mean, where lines meet, and that one can travel on them."""

import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.model import Mode
from geo.progress import Cancelled
from geo.projection import ground_metres, to_mercator
from geo.roads import noding
from geo.roads.graphs import open_router
from geo.roads.lines import Lines, guess, streets_edit
from geo.store.frames import empty
from geo.store.project import Project
from geo.store.tables import Tables
from tests.geo.test_roads import NO_CLOSURES, at, frame_of, points

EMPTY = Tables(Path("x.gpkg"), {name: empty(name) for name in ("streets", "imports")})
with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = shapely.from_wkb(struct.pack("<BII4d", 1, 2, 2, 113.2, 23.1, float("nan"), 23.2))
DECIMETRE = 1e-6
"""About 0.1 m in degrees."""


def layer(*lines: shapely.Geometry | None, **columns: list[object]) -> gpd.GeoDataFrame:
    """Return a layer of some lines."""
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs="EPSG:4326", index=range(len(lines)))


def line(*places: tuple[float, float]) -> shapely.LineString:
    """Return a line through places of the grid of `test_roads`."""
    return shapely.LineString([at(*place) for place in places])


def streets(frame: gpd.GeoDataFrame, mapping: Lines | None = None) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return the streets that a layer becomes, in its order, and the notes."""
    change, notes = streets_edit(EMPTY, frame, mapping or Lines(), "x.shp")
    return frame_of("streets", [row for row in change.changes if row.table == "streets"]), notes


def values(column: str, given: list[object], result: str) -> list[object]:
    """Return what a column of a layer becomes."""
    frame = layer(*(line((0, row), (1, row)) for row in range(len(given))), **{column: given})
    return streets(frame, Lines(**{result: column}))[0][result].tolist()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["yes", "no", "", None], [True, False, False, False]),
        ([1, 0, np.nan], [True, False, False]),
        (["T", "F"], [True, False]),
        (["FT", "TF", "N"], [True, True, False]),
        (["F", "T", "B"], [True, True, False]),
        (["单行", "双向", "单向通行", "否"], [True, False, True, False]),
        (["0", "1", "2", "3"], [False, False, True, True]),
        ([True, False], [True, False]),
        (["sideways"], [False]),
    ],
)
def test_directions_are_written_in_many_ways(given: list[object], expected: list[bool]) -> None:
    """Chinese and English words, and the letters and numbers of the usual makers of data, are understood."""
    assert values("d", given, "oneway") == expected


@pytest.mark.parametrize(("given", "turned"), [(["F", "T", "B"], 1), (["TF", "FT", ""], 0), (["1", "2", "3"], 2)])
def test_a_street_against_its_line_is_turned_round(given: list[str], turned: int) -> None:
    """One-way always means along the line."""
    frame = layer(*(line((0, row), (1, row)) for row in range(3)), d=given)
    found = streets(frame, Lines(oneway="d"))[0]
    assert [place.x > at(0.5, 0)[0] for place in shapely.get_point(found.geometry.to_numpy(), 0)] == [
        row == turned for row in range(3)
    ]


def test_speeds_and_classes_are_understood() -> None:
    """Numbers with units and Chinese classes become ours; what is not known is counted, never guessed."""
    assert values("v", ["50 km/h", 60.0, "30 mph", "0", "fast", None], "maxspeed")[:3] == [50, 60, 48]
    assert pd.isna(values("v", ["0", "fast", None], "maxspeed")).all()
    given = ["主干路", "次干道", "Primary_link", "living street", "土路", "xyz", ""]
    assert values("k", given, "highway") == [
        "primary", "secondary", "primary", "living_street", "track", "residential", "residential",
    ]  # fmt: skip
    notes = streets(layer(line((0, 0), (1, 0)), k=["xyz"]), Lines(highway="k"))[1]
    assert notes[-1] == "1 values of “k” are not known: xyz"
    assert values("b", ["T", "否", 1, None, "是"], "bridge") == [True, False, True, False, True]


def test_columns_are_guessed_from_their_titles() -> None:
    """What planning bureaus and OpenStreetMap call their columns is known."""
    assert guess(["ID", "道路名称", "道路等级", "单行", "限速"]).columns() == {
        "name": "道路名称", "highway": "道路等级", "oneway": "单行", "maxspeed": "限速",
    }  # fmt: skip
    assert guess(["NAME", "fclass", "oneway", "maxspeed", "bridge", "tunnel"]).columns()["highway"] == "fclass"
    assert guess([]) == Lines()


def test_lines_of_every_sort_are_taken_or_counted() -> None:
    """Parts become streets, heights go, and whatever is no line is told."""
    frame = layer(
        shapely.MultiLineString([line((0, 0), (1, 0)), line((2, 0), (3, 0))]),
        shapely.LineString([(*at(0, 1), 12.0), (*at(1, 1), 13.0)]),
        None, shapely.LineString(), shapely.Point(at(0, 0)), shapely.LineString([at(0, 2), at(0, 2)]),
        NOT_A_NUMBER, line((0, 0), (1, 0)), line((1, 0), (0, 0)),
        shapely.LinearRing([at(5, 5), at(6, 5), at(6, 6)]),
    )  # fmt: skip
    found, notes = streets(frame)
    assert len(found) == 4
    assert not shapely.has_z(found.geometry.to_numpy()).any()
    assert notes == [
        "4 streets added.", "2 were in the layer twice and were taken once.",
        "4 have no line and were left out.", "1 are points or areas and were left out.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "mapping", "said"),
    [
        (layer(line((0, 0), (1, 0))), Lines(name="路名"), "x.shp has no column “路名”"),
        (layer(None), Lines(), "x.shp has no line in it"),
        (layer(), Lines(), "x.shp has no line in it"),
        (layer(shapely.LineString([(38_500_000, 2_500_000), (38_500_100, 2_500_000)])), Lines(), "are no degrees"),
    ],
)
def test_what_cannot_be_streets_is_told(frame: gpd.GeoDataFrame, mapping: Lines, said: str) -> None:
    """The message names the file and what to do."""
    with pytest.raises(XunluError, match=said):
        streets(frame, mapping)


def seconds(found: gpd.GeoDataFrame, cache: Path, *places: tuple[float, float]) -> int:
    """Return how long one drives between the first two places of the grid; -1 if there is no way."""
    matrix = open_router(found, NO_CLOSURES, Mode.CAR, cache).matrix(points(*(at(*place) for place in places)))
    return int(matrix.seconds[0, 1])


@pytest.mark.parametrize(
    ("lines", "crossings", "meets"),
    [
        ([line((0, 0), (2, 0)), line((1, 0), (1, 2))], False, True),
        ([line((0, 0), (1, 0), (2, 0)), line((1, -1), (1, 0), (1, 2))], False, True),
        ([line((0, 0), (2, 0)), line((1, -1), (1, 2))], False, False),
        ([line((0, 0), (2, 0)), line((1, -1), (1, 2))], True, True),
    ],
)
def test_lines_meet_where_they_touch(
    tmp_path: Path, lines: list[shapely.LineString], crossings: bool, meets: bool
) -> None:
    """An end on a line and a shared vertex join; a crossing does if that is asked for."""
    found = streets(layer(*lines), Lines(crossings=crossings))[0]
    assert (seconds(found, tmp_path, (0.2, 0), (1, 1.5)) > 0) == meets


def test_ends_that_almost_touch_meet(tmp_path: Path) -> None:
    """Lines drawn by hand end a decimetre beside each other or beside a line, not two metres."""
    x, y = at(1, 0)
    for gap, meets in ((DECIMETRE, True), (20 * DECIMETRE, False)):
        for other in (line((0, 0), (2, 0)), line((0, 0), (1, 0)), line((0, 0), (1, 0), (2, 0))):
            found = streets(layer(other, shapely.LineString([(x, y + gap), at(1, 2)])))[0]
            assert (seconds(found, tmp_path / str(gap), (0.2, 0), (1, 1.5)) > 0) == meets


def test_a_bridge_meets_at_its_ends_alone(tmp_path: Path) -> None:
    """A bridge over a street, with a vertex right above one of it or not, does not meet it; its ends do."""
    for below in (line((0, 0), (2, 0)), line((0, 0), (1, 0), (2, 0))):
        bridge, ramp = line((1, -1), (1, 0), (1, 1)), line((1, 1), (1, 2))
        frame = layer(below, bridge, ramp, b=["no", "yes", "no"])
        found = streets(frame, Lines(bridge="b", crossings=True))[0]
        assert seconds(found, tmp_path, (0.2, 0), (1, 1.5)) == -1
        assert seconds(found, tmp_path, (1, -0.5), (1, 1.5)) > 0


def test_a_planning_layer_can_be_travelled_on(tmp_path: Path) -> None:
    """A grid of streets, each end drawn a little off, one of them one-way, routes as a grid does."""
    dice = np.random.default_rng(1)
    lines = [line((0, row), (4, row)) for row in range(5)]
    for column in range(5):
        for row in range(4):
            ends = np.array([at(column, row), at(column, row + 1)]) + dice.uniform(-DECIMETRE, DECIMETRE, (2, 2))
            lines.append(shapely.LineString(ends))
    frame = layer(*lines, 路名=[f"{at}路" for at in range(25)], 限速=["40 km/h"] * 25, 单行=["双向"] * 24 + ["单行"])
    with Project.create(tmp_path / "p.gpkg") as project:
        mapping = guess(list(frame.columns))
        change, notes = streets_edit(project, frame, mapping, "规划.shp", datum="gcj02")
        project.apply(change)
        assert notes[1] == "24 vertices were moved by less than 0.2 m so that streets meet, and 16 were put in."
        assert project.frame("imports").iloc[0][["file", "datum", "added"]].tolist() == ["规划.shp", "gcj02", 25]
        router = open_router(project.frame("streets"), NO_CLOSURES, Mode.CAR, tmp_path / "cache")
        assert router.matrix(points(at(0, 0), at(4, 4))).metres[0, 1] == pytest.approx(4 * 444 + 4 * 409, abs=20)
        again, notes = streets_edit(project, frame, mapping, "规划.shp")
        assert (again.changes, notes) == ((), ["0 streets added.", "25 were there already."])


def test_crossings_put_no_vertex_beside_another_one() -> None:
    """Where lines already meet at a vertex, asking for crossings adds none, however they were drawn."""
    dice = np.random.default_rng(2)
    lines = [line((0, row), (1, row), (2, row)) for row in range(3)]
    lines += [line((column, 0), (column, 1), (column, 2)) for column in range(3)]
    drawn_by_hand = [shapely.transform(each, lambda xy: xy + dice.uniform(-4e-7, 4e-7, xy.shape)) for each in lines]
    frame = layer(*drawn_by_hand)
    plain, crossed = (streets(frame, Lines(crossings=crossings))[0] for crossings in (False, True))
    assert plain.geometry.to_list() == crossed.geometry.to_list()


def test_new_lines_meet_the_streets_that_are_there(tmp_path: Path) -> None:
    """A line that ends a decimetre beside a crossing of the project joins it, and the project's streets stay."""
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(streets_edit(project, layer(line((0, 0), (1, 0), (2, 0))), Lines(), "a")[0])
        before = project.frame("streets").geometry.to_list()
        end = (at(1, 0)[0] + DECIMETRE, at(1, 0)[1])
        project.apply(streets_edit(project, layer(shapely.LineString([end, at(1, 2)])), Lines(), "b")[0])
        assert project.frame("streets").geometry.to_list()[:1] == before
        assert seconds(project.frame("streets"), tmp_path / "cache", (0.2, 0), (1, 1.5)) > 0


coordinates = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda place: at(place[0] / 4, place[1] / 4))
drawn = st.lists(coordinates, min_size=2, max_size=5).filter(lambda places: len(set(places)) > 1)
shaken = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=5, max_size=5)


@settings(max_examples=60, deadline=None)
@example(
    [
        ([(113.26, 23.12), (113.268, 23.126)], [(0.0, 0.0)] * 5, False),
        ([(113.26, 23.12), (113.264, 23.123), (113.264, 23.123)], [(0.0, 0.0), (0.0, 0.0), (0.0, 1.0)] * 2, False),
    ],
    False,
)
@given(st.lists(st.tuples(drawn, shaken, st.booleans()), min_size=1, max_size=8), st.booleans())
def test_meeting_moves_nothing_far_and_needs_no_second_time(
    given: list[tuple[list[tuple[float, float]], list[tuple[float, float]], bool]], crossings: bool
) -> None:
    """No vertex moves farther than a chain of neighbours reaches, and a second time nothing is left to do."""
    lines = np.array(
        [shapely.remove_repeated_points(shapely.LineString(np.array(places) + np.array(shake[: len(places)]) * 5e-7))
         for places, shake, _ in given],
        dtype=object,
    )  # fmt: skip
    apart = np.array([bridge for _, _, bridge in given], dtype=bool)
    nothing = np.empty(0, dtype=object)
    met, _, _ = noding.meet(lines, apart, nothing, crossings=crossings)
    scale = ground_metres(at(0, 0)[1])
    for before, after in zip(lines, met, strict=True):
        flat, moved = (shapely.transform(each, to_mercator) for each in (before, after))
        assert shapely.hausdorff_distance(flat, moved) * scale < len(given) * noding.TOLERANCE_M
    again, moved_again, added_again = noding.meet(met, apart, nothing, crossings=crossings)
    assert (moved_again, added_again) == (0, 0) or crossings
    if not crossings:
        assert all(shapely.equals_exact(met, again))


def test_it_can_be_stopped() -> None:
    """Progress only goes up, and each report may stop the work."""
    heard: list[float] = []
    frame = layer(*(line((0, row), (1, row)) for row in range(5)))
    streets_edit(EMPTY, frame, Lines(), "x", lambda done, _text: heard.append(done))
    assert heard == sorted(heard)

    def stop(_done: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        streets_edit(EMPTY, frame, Lines(), "x", stop)
