"""Tables read in pieces, which must come out as if they were read in one."""

from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.model import TABLES
from geo.progress import Cancelled
from geo.store import frames, loading, rows
from geo.store.edits import edit, insert
from geo.store.project import Project

texts = st.sampled_from(["", "学校", "a", "东风中路 1 号"])
points = st.none() | st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
sites = st.fixed_dictionaries(
    {
        "name": texts,
        "kind": texts,
        "note": texts,
        "service_min": st.none() | st.integers(0, 90),
        "capacity": st.none() | st.integers(0, 2**40),
        "confidence": st.none() | st.floats(0, 1),
        "geometry": points,
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(sites, max_size=9))
def test_a_table_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, made: list[dict]) -> None:
    """Whatever is null or empty and wherever a piece ends, the frame read is the frame in memory, to the type."""
    path = tmp_path_factory.mktemp("loading") / "p.gpkg"
    changes = [insert("sites", id=f"s{at}", **row) for at, row in enumerate(made)]
    with pytest.MonkeyPatch.context() as patch, Project.create(path) as project:
        patch.setattr(rows, "AT_ONCE", 2)
        patch.setattr(loading, "FEW", 2)
        project.apply(edit("add", changes))
        names = [column.name for column in TABLES["sites"].columns] + ["geometry"]
        ids = [change.id for change in changes]
        built = frames.build(
            TABLES["sites"], ids, {name: [(change.after or {})[name] for change in changes] for name in names}
        )
        for found in (project.store.load("sites"), project.store.load("sites", ids)):
            assert found.dtypes.to_dict() == built.dtypes.to_dict()
            assert frames.differences(built, TABLES["sites"], found) == []
            assert list(found.index) == ids
            assert found.columns.tolist() == built.columns.tolist()


def test_what_occurs_often_is_kept_once(tmp_path: Path) -> None:
    """Equal texts of a column with few different ones are one object, so that a million take no room."""
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(
            edit("add", [insert("sites", name=f"点{n}", kind="school", phone="020-83331234") for n in range(50)])
        )
    with Project.open(tmp_path / "p.gpkg") as project:
        for column in ("kind", "phone"):
            assert len({id(cell) for cell in project.frame("sites")[column].to_numpy(dtype=object)}) == 1


def test_opening_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    """The share read only grows, and who stops leaves the file free for the next."""
    path = tmp_path / "p.gpkg"
    with Project.create(path) as project:
        project.apply(edit("add", [insert("sites", name=f"点{n}") for n in range(5000)]))
    told: list[float] = []
    Project.open(path, report=lambda done, _text: told.append(done)).close()
    assert told == sorted(told)
    assert 0 < told[0] < 1 == told[-1]

    def stop(done: float, _text: str) -> None:
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        Project.open(path, report=stop)
    with Project.open(path) as project:
        assert len(project.frame("sites")) == 5000
        assert isinstance(project.frame("sites"), pd.DataFrame)


def test_a_row_is_what_its_columns_say(planned: Project) -> None:
    """In every table a row has each cell as its column has it, of the same kind: no number becomes another."""
    for name in TABLES:
        frame = planned.frame(name)
        for position, row_id in enumerate(frame.index[:20]):
            row = frames.row(frame, row_id)
            cells = {column: frames.plain(frame[column].array[position]) for column in frame.columns}
            assert {column: (type(cell), cell) for column, cell in row.items()} == {
                column: (type(cell), cell) for column, cell in cells.items()
            }
