"""Test `layers.gridindex`: squares, round coordinates along a frame, and what lies where."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import datum
from geo.projection import to_mercator
from geo.store.project import Project
from layers.gridindex import Entry, Listed, Squares, by_name, graticule, places_of, sites_index, streets_index
from layers.stack import MapStack
from layers.view import View

GUANGZHOU = tuple(to_mercator([[113.27, 23.13]])[0].tolist())


def _view(scale: float, width: int = 900, height: int = 600) -> View:
    return View(*GUANGZHOU, scale, width, height)


@given(
    width=st.floats(50, 5000), height=st.floats(50, 5000), side=st.floats(20, 800), x=st.floats(0, 1), y=st.floats(0, 1)
)
def test_a_point_lies_in_the_square_that_is_named(width: float, height: float, side: float, x: float, y: float) -> None:
    """Going by letter and number leads back to the point, to half a square."""
    squares = Squares.of(width, height, side)
    column, row = squares.places(np.array([[x * width, y * height]]))
    name = squares.name(int(column[0]), int(row[0]))
    assert re.fullmatch(r"[A-HJ-NP-Z][1-9]\d?", name)
    assert abs((column[0] + 0.5) * width / squares.columns - x * width) <= width / squares.columns / 2 + 1e-6
    assert abs((row[0] + 0.5) * height / squares.rows - y * height) <= height / squares.rows / 2 + 1e-6


def test_what_lies_outside_of_the_frame_has_no_square() -> None:
    """Points beyond the edge are told from those in the last square, and so are sites without a place."""
    column, row = Squares(100, 100, 4, 4).places(np.array([[-1, 50], [101, 50], [50, -1], [np.nan, 5], [100, 100]]))
    assert column.tolist() == [-1, -1, -1, -1, 3]
    assert row.tolist() == [-1, -1, -1, -1, 3]


@settings(deadline=None)  # pyproj reads its data base the first time
@given(scale=st.floats(0.2, 400), name=st.sampled_from(["wgs84", "gcj02", "cgcs2000"]))
def test_a_line_of_degrees_runs_where_it_says(scale: float, name: str) -> None:
    """Where a line meets the frame, the datum has the degrees that are written, to a tenth of a pixel."""
    view = _view(scale)
    grid = graticule(view, name, 150, metres=False)
    assert grid.up
    for tick in grid.up:
        top, bottom = datum.from_wgs84(view.screen_to_lonlat([(tick.first, 0), (tick.second, view.height)]), name)
        pixel = scale / 111_000
        assert top[0] == pytest.approx(_degrees(tick.words), abs=pixel * 0.2 + 1e-7)
        assert bottom[0] == pytest.approx(_degrees(tick.words), abs=pixel * 0.2 + 1e-7)


def _degrees(words: str) -> float:
    parts = [float(part) for part in re.findall(r"\d+", words)]
    return sum(part / 60**place for place, part in enumerate(parts))


def test_metres_are_those_of_the_zone() -> None:
    """In CGCS2000 the lines are of the 3-degree zone around 114° E, a round number of metres apart."""
    view = _view(4)
    grid = graticule(view, "cgcs2000", 150, metres=True)
    assert "114E" in grid.title
    values = [int(tick.words.replace(" ", "")) for tick in grid.up]
    assert set(np.diff(values)) == {500}
    east = datum.from_wgs84(view.screen_to_lonlat([(grid.up[0].first, 0)]), "epsg:4547")[0, 0]
    assert east == pytest.approx(values[0], abs=0.5)


def test_gps_metres_are_those_of_utm() -> None:
    """Everywhere else the zone of UTM is used."""
    assert "zone 49N" in graticule(_view(4), "wgs84", 150, metres=True).title


def test_the_index_names_the_square_of_each_site(project: Project) -> None:
    """In a frame of two columns, sites of the west are in A and those of the east in B."""
    view = _view(1).fitted(MapStack(project, "zh").bounds(), 0)
    squares = Squares(view.width, view.height, 2, 1)
    found = sites_index(project, places_of(project), view, squares, Listed(), "en")
    assert {entry.name: entry.square for entry in found} == {
        "Site passed": "A1",
        "Site overdue": "A1",
        "Site never": "B1",
        "Site blocked": "B1",
    }
    assert {entry.group for entry in found} == {"Hotel"}


def test_the_index_of_a_team_has_its_own_sites(project: Project) -> None:
    """Only the sites that were asked for are listed."""
    view = _view(1).fitted(MapStack(project, "zh").bounds(), 0)
    squares = Squares(view.width, view.height, 2, 1)
    found = sites_index(project, places_of(project), view, squares, Listed(ids={"never"}), "en")
    assert [entry.name for entry in found] == ["Site never"]


def test_a_street_is_listed_with_all_its_squares(project: Project) -> None:
    """A street through both columns stands in the index once, with both."""
    view = _view(1).fitted(MapStack(project, "zh").bounds(), 0)
    squares = Squares(view.width, view.height, 2, 1)
    found = streets_index(project, view, squares, "Streets", "en")
    assert {entry.name: entry.square for entry in found} == {"Zhongshan Road": "A1 B1", "Jiefang Road": "B1"}


def test_chinese_streets_stand_in_the_order_of_their_sound() -> None:
    """As in any Chinese index: 北京路 before 解放路 before 中山路, and numbers by their size."""
    names = ["中山路", "解放路", "北京路", "第10街", "第2街"]
    found = by_name([Entry("", "", name, "A1") for name in names], "zh")
    assert [entry.name for entry in found] == ["北京路", "第2街", "第10街", "解放路", "中山路"]
