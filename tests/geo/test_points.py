"""Tests of points kept as coordinates: whoever looks at the frame must find what geometries of shapely would say."""

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import memory
from geo.model import TABLES
from geo.places import placing
from geo.store import frames, points, rows
from geo.store.edits import Edit, RowChange, delete, edit, insert
from geo.store.project import Project

SITES = TABLES["sites"]
CRS = "EPSG:4326"

degrees = st.floats(-180, 180).filter(lambda value: abs(value) > 1e-300 or value == 0)
one_point = st.none() | st.builds(shapely.Point, degrees, degrees)
columns = st.lists(one_point, min_size=1, max_size=8)


@pytest.fixture(autouse=True)
def all_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the points of the shortest table as coordinates."""
    monkeypatch.setattr(points, "LONG", 1)


def two(shapes: list[shapely.Point | None]) -> Iterator[gpd.GeoDataFrame]:
    """Give a frame whose points are coordinates, and the same one of geometries."""
    cells = np.array([*shapes, None], dtype=object)[:-1]
    lonlat = points.lonlat_if_points(cells)
    assert lonlat is not None
    index = pd.Index([f"s{at}" for at in range(len(shapes))], name="id", dtype="str")
    for array in (points.PointArray(lonlat, CRS), gpd.array.GeometryArray(cells, CRS)):
        data = pd.DataFrame({"number": range(len(shapes))}, index=index)
        yield gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(array, index=index, crs=CRS, copy=False), copy=False)


ASKED = {
    "cells": lambda frame: list(frame.geometry),
    "one": lambda frame: [frame.geometry.iloc[-1], frame.geometry.array[0]],
    "some": lambda frame: frame.iloc[::2].geometry.tolist(),
    "by mask": lambda frame: frame[frame["number"] % 2 == 1].geometry.tolist(),
    "by id": lambda frame: frame.loc[["s0"]].geometry.tolist(),
    "absent": lambda frame: frame.reindex(["s0", "none", "s0"]).geometry.tolist(),
    "missing": lambda frame: frame.geometry.isna().tolist(),
    "placed": lambda frame: frame.geometry.dropna().tolist(),
    "filled": lambda frame: frame.geometry.fillna(shapely.Point(1, 2)).tolist(),
    "empty": lambda frame: frame.geometry.is_empty.tolist(),
    "twice": lambda frame: pd.concat([frame, frame.iloc[:1]]).geometry.tolist(),
    "copied": lambda frame: frame.copy().geometry.tolist(),
    "sorted": lambda frame: frame.sort_values("number", ascending=False).geometry.tolist(),
    "dropped": lambda frame: frame.drop(index="s0").geometry.tolist(),
    "packed": lambda frame: pickle.loads(pickle.dumps(frame)).geometry.tolist(),
    "size": lambda frame: [len(frame), frame.geometry.array.size, frame.geometry.array.shape, frame.crs.to_epsg()],
    "metres": lambda frame: np.asarray(frame.geometry.array, dtype=object).tolist(),
    "equal": lambda frame: frame.geometry.equals(frame.geometry.copy()),
    "shifted": lambda frame: frame.geometry.shift(1).tolist(),
    "as text": lambda frame: frame.geometry.to_wkt().fillna("").tolist(),
}
NUMBERS = {
    "x": lambda frame: frame.geometry.x.to_numpy(),
    "y": lambda frame: frame.geometry.y.to_numpy(),
    "boxes": lambda frame: frame.bounds.to_numpy(),
    "whole box": lambda frame: frame.total_bounds,
    "coordinates": lambda frame: points.lonlat_of(frame.geometry.array),
    "without a place": lambda frame: points.missing(frame.geometry.array, slice(1, 5)),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns)
def test_a_frame_says_the_same_as_one_of_geometries(shapes: list[shapely.Point | None]) -> None:
    """Rows, places, boxes and all that pandas and geopandas make of a frame are those of shapely's geometries."""
    kept, plain = two(shapes)
    assert isinstance(kept.geometry.array, points.PointArray)
    for asked, ask in ASKED.items():
        assert ask(kept) == ask(plain), asked
    for asked, tell in NUMBERS.items():
        np.testing.assert_array_equal(tell(kept), tell(plain), asked)
    assert kept.geometry.tolist() == shapes


def test_a_copy_may_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points set in a copy are there, the frame copied keeps its own, and what is no point is refused."""
    kept, _ = two([shapely.Point(1, 2), None, shapely.Point(3, 4)])
    copy = kept.copy()
    copy.loc["s1", "geometry"] = shapely.Point(5, 6)
    copy.geometry.array[0] = None
    assert copy.geometry.tolist() == [None, shapely.Point(5, 6), shapely.Point(3, 4)]
    assert kept.geometry.tolist() == [shapely.Point(1, 2), None, shapely.Point(3, 4)]
    with pytest.raises(TypeError):
        copy.geometry.array[0] = shapely.LineString([(0, 0), (1, 1)])
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(kept.geometry.array)[0] = None
    # Few of many are geometries.
    monkeypatch.setattr(points, "LONG", 3)
    assert type(kept.iloc[:2].geometry.array) is gpd.array.GeometryArray


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "move", "spoil", "delete"]), st.integers(0, 30), one_point), max_size=8
)


def steps_of(steps: list[tuple[str, int, shapely.Point | None]]) -> Iterator[list[RowChange]]:
    """Give the changes of each step, on what the ones before left."""
    there: dict[str, RowChange] = {}
    for number, (step, at, point) in enumerate(steps):
        if step == "add" or not there:
            made = [
                insert("sites", id=f"s{number}.{more}", name=f"{more}", geometry=point) for more in range(at % 3 + 1)
            ]
            there |= {change.id: change for change in made}
            yield made
            continue
        row = list(there)[at % len(there)]
        values = dict(there[row].after or {})
        if step == "delete":
            del there[row]
            yield [delete("sites", row, values)]
            continue
        place = {"move": point, "spoil": [shapely.Point(1, 2, 3), shapely.Point()][at % 2]}[step]
        there[row] = RowChange("sites", row, None, {**values, "geometry": place})
        yield [RowChange("sites", row, {"geometry": values["geometry"]}, {"geometry": place})]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns, STEPS)
def test_edits_make_of_it_what_they_make_of_geometries(
    shapes: list[shapely.Point | None], steps: list[tuple[str, int, shapely.Point | None]]
) -> None:
    """Whatever comes, moves or goes, also a point with a height, the two tables agree; one given out stays as it is."""
    names = [column.name for column in SITES.columns]
    empty = insert("sites").after or {}
    made: list[pd.DataFrame] = []
    with pytest.MonkeyPatch.context() as patch:
        for long in (1, sys.maxsize):
            patch.setattr(points, "LONG", long)
            columns = {name: [empty[name]] * len(shapes) for name in names} | {"geometry": shapes}
            frame = frames.build(SITES, [f"a{at}" for at in range(len(shapes))], columns)
            before, held = frame.geometry.tolist(), frame
            for changes in steps_of(steps):
                frame = frames.patched(frame, SITES, changes)
            assert held.geometry.tolist() == before
            made.append(frame)
    kept, plain = made
    assert list(kept.index) == list(plain.index)
    assert _told(kept) == _told(plain)
    assert frames.differences(kept, SITES, kept.copy()) == []


def _told(frame: pd.DataFrame) -> list[object]:
    # An empty point is no place, whether a table says so by it or by nothing.
    return [None if shape is None or shape.is_empty else shape.wkt for shape in frame["geometry"]]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes=columns, odd=st.none() | st.tuples(st.integers(0, 9), st.sampled_from([shapely.Point(1, 2, 3)])))
def test_a_file_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    shapes: list[shapely.Point | None],
    odd: tuple[int, shapely.Point] | None,
) -> None:
    """Points come back to the last bit, wherever a piece ends and also where one of them has a height."""
    if odd is not None:
        shapes = [*shapes[: odd[0]], odd[1], *shapes[odd[0] :]]
    path = tmp_path_factory.mktemp("points") / "p.gpkg"
    with pytest.MonkeyPatch.context() as patch, Project.create(path) as project:
        patch.setattr(rows, "AT_ONCE", 2)
        project.apply(edit("add", [insert("sites", id=f"s{at}", geometry=shape) for at, shape in enumerate(shapes)]))
        read = project.store.load("sites")
        assert isinstance(read.geometry.array, points.PointArray) == (odd is None)
        assert [None if shape is None else shape.wkb for shape in read["geometry"]] == [
            None if shape is None else shape.wkb for shape in shapes
        ]
        assert [shape and shape.has_z for shape in read["geometry"]] == [shape and shape.has_z for shape in shapes]
        assert placing.unplaced(project) == [f"s{at}" for at, shape in enumerate(shapes) if shape is None]


def test_columns_in_which_nothing_stands_share_their_cells(tmp_path: Path) -> None:
    """Empty columns take no room as they are read and after rows came and went, and a text put into one stays there."""
    rows_ = [insert("sites", id=f"s{at}", name=f"点{at}", note="" if at else "n") for at in range(5)]
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(edit("add", rows_))
    with Project.open(tmp_path / "p.gpkg") as project:

        def is_shared(some: str, other: str) -> bool:
            frame = project.frame("sites")
            return np.shares_memory(*(np.asarray(frame[name].array, dtype=object) for name in (some, other)))

        assert is_shared("name_en", "source")
        assert not is_shared("name_en", "note")
        project.apply(edit("more", [insert("sites", id="new", name="新")]))
        assert is_shared("name_en", "source")
        project.apply(edit("less", [delete("sites", "s1", project.row("sites", "s1"))]))
        assert is_shared("name_en", "source")
        project.apply(Edit("say", [RowChange("sites", "s2", {"source": ""}, {"source": "台账"})]))
        frame = project.frame("sites")
        assert frame["source"].tolist() == ["", "台账", "", "", ""]
        assert frame["name_en"].tolist() == frame["exceptions"].tolist() == [""] * 5
        assert frame["note"].tolist() == ["n", "", "", "", ""]


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of GNU keeps it")
def test_what_was_freed_is_given_back() -> None:
    """A heap full of holes goes back to the system; asking again for nothing does no harm."""

    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    memory.give_back()
    before = held()
    made = [np.empty(12_500) for _ in range(1000)]
    for each in made:
        each.fill(1)
    last = np.zeros(100)
    full = held()
    del made, each
    memory.give_back()
    memory.give_back()
    assert held() - before < (full - before) / 4
    assert not last.any()
