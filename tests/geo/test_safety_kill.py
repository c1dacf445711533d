"""Killed at any moment: what was acknowledged is on disk, and nothing is there by half."""

import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import TABLES
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.project import Project
from tests.geo.safety_forks import Forks

ROUNDS = 200

WRITER = """
store = GeoPackage(Path(args[0]))  # without the tables of a project, so that two hundred start quickly
kinds = store.load("kinds")
row_id, count = kinds.index[0], int(kinds["service_min"].iloc[0])
for n in range(10_000):
    name = f"{args[1]}-{n}"
    sites = [insert("sites", name=name, kind="x", geometry=shapely.Point(n % 180, k)) for k in range(3)]
    up = update("kinds", row_id, {"service_min": count + n}, {"service_min": count + n + 1})
    store.write(edit(name, [*sites, up]), "somebody")
    os.write(1, f"{name}\\n".encode())
"""


def test_a_process_killed_two_hundred_times_loses_no_acknowledged_edit(tmp_path: Path) -> None:
    """After each SIGKILL the file is intact, every acknowledged edit is in it whole, and none is in it by half."""
    path = tmp_path / "p.gpkg"
    with Project.create(path) as project:
        project.apply(edit("start", [insert("kinds", code="x", name="x", service_min=0)]))
    dice = random.Random(7)
    acknowledged: set[str] = set()
    with Forks() as forks:
        for number in range(ROUNDS):
            pid = forks.start(WRITER, str(path), number)
            # Sometimes while it opens the file, and rolls back what the last one left.
            acknowledged.update(forks.line() for _ in range(dice.choice((0, 1, 1, 2, 3))))
            time.sleep(dice.uniform(0, 0.015))
            acknowledged.update(forks.kill(pid))
            _assert_whole(path, acknowledged)
    assert len(acknowledged) > ROUNDS
    with Project.open(path) as project:
        assert (
            len(project.frame("sites")) == 3 * project.row("kinds", str(project.frame("kinds").index[0]))["service_min"]
        )
        project.apply(edit("on", [insert("kinds", code="y", name="y")]))


def _assert_whole(path: Path, acknowledged: set[str]) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT rtreecheck('main', 'rtree_sites_geometry')").fetchone()[0] == "ok"
        counts = dict(db.execute("SELECT name, count(*) FROM sites GROUP BY name").fetchall())
        titles = {title for (title,) in db.execute("SELECT title FROM history WHERE title <> 'start'")}
        total = db.execute("SELECT service_min FROM kinds").fetchone()[0]
        features = db.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'sites'").fetchone()[0]
    assert acknowledged <= counts.keys()
    assert counts.keys() == titles
    assert set(counts.values()) <= {3}
    assert (total, features) == (len(counts), 3 * len(counts))


def test_a_large_import_killed_on_its_way_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """Thousands of rows, their index made anew: a kill in the middle leaves nothing of them."""
    path = tmp_path / "p.gpkg"
    with Project.create(path) as project:
        project.apply(edit("start", [insert("sites", name="a", kind="x", geometry=shapely.Point(1, 1))]))
    code = """
project = Project.open(Path(args[0]))
rows = [insert("sites", name=f"{n}", kind="x", geometry=shapely.Point(n / 100, 0)) for n in range(6_000)]
print("go", flush=True)
project.apply(edit("import", rows))
print("on disk", flush=True)
"""
    with Forks() as forks:
        for number in range(10):
            copy = Path(shutil.copy(path, tmp_path / f"{number}.gpkg"))
            pid = forks.start(code, str(copy))
            assert forks.line() == "go"
            time.sleep(0.04 * number)
            told = forks.kill(pid)
            with closing(sqlite3.connect(copy)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                assert db.execute("SELECT rtreecheck('main', 'rtree_sites_geometry')").fetchone()[0] == "ok"
                count = db.execute("SELECT count(*) FROM sites").fetchone()[0]
                features = "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'sites'"
                assert db.execute(features).fetchone()[0] == count
                assert len(db.execute("SELECT * FROM history").fetchall()) == (2 if count > 1 else 1)
            assert count in ((6_001,) if "on disk" in told else (1, 6_001))


def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """The file is written so that an acknowledged edit survives a power cut: synced, and the folder with it."""
    with Project.create(tmp_path / "p.gpkg") as project:
        assert project.store._db.execute("PRAGMA synchronous").fetchone()[0] == 3  # type: ignore[attr-defined]
        assert project.store._db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"  # type: ignore[attr-defined]


texts = st.text(max_size=6)
points = st.none() | st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
places = st.builds(
    shapely.LineString, st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=4)
)
values = {
    "sites": st.fixed_dictionaries(
        {},
        optional={
            "name": texts, "windows": texts, "service_min": st.none() | st.integers(-(2**62), 2**62),
            "risk": st.sampled_from(["low", "high", ""]), "confidence": st.none() | st.floats(0, 1), "geometry": points,
        },
    ),
    "streets": st.fixed_dictionaries(
        {},
        optional={
            "name": texts, "oneway": st.booleans(), "geometry": places,
            "tags": st.sampled_from(["{}", "", '{"a": "b"}']),
        },
    ),
    "closures": st.fixed_dictionaries(
        {}, optional={"name": texts, "from_date": st.dates().map(str), "to_date": st.just("") | st.dates().map(str)}
    ),
    "teams": st.fixed_dictionaries({}, optional={"name": texts, "active": st.booleans(), "shift": texts}),
    "imports": st.fixed_dictionaries(
        {}, optional={"at": st.just("") | st.datetimes().map(str), "added": st.integers(0, 9)}
    ),
}  # fmt: skip


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, str, int, dict[str, object]]]:
    """Draw what one edit does: a kind of change, a table, which row of it, and values."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        table = draw(st.sampled_from(sorted(values)))
        kind = draw(st.sampled_from(["insert", "insert", "update", "delete"]))
        found.append((kind, table, draw(st.integers(0, 9)), draw(values[table])))
    return found


def _edit(project: Project, wanted: list[tuple[str, str, int, dict[str, object]]]) -> Edit:
    changes: list[RowChange | None] = []
    touched = set()
    for kind, table, place, row in wanted:
        ids = [row_id for row_id in project.frame(table).index if row_id not in touched]
        if kind == "insert" or not ids:
            changes.append(insert(table, **row))
            continue
        row_id = str(ids[place % len(ids)])
        touched.add(row_id)
        stored = project.row(table, row_id)
        changes.append(delete(table, row_id, stored) if kind == "delete" else update(table, row_id, stored, row))
    return edit("random", changes)


def _content(project: Project) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(project.frame(name)).sort_index() for name in TABLES if name != "history"}


def _assert_equal(some: dict[str, pd.DataFrame], others: dict[str, pd.DataFrame]) -> None:
    for name, frame in some.items():
        pd.testing.assert_frame_equal(frame, others[name], check_like=True)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty project to be copied."""
    path = tmp_path_factory.mktemp("blank") / "p.gpkg"
    Project.create(path).close()
    return path


@settings(max_examples=8, deadline=None)
@given(st.lists(steps(), min_size=1, max_size=3))
def test_random_edits_survive_reopening_and_their_inverses_leave_nothing(
    blank: Path, tmp_path_factory: pytest.TempPathFactory, wanted: list[list[tuple[str, str, int, dict[str, object]]]]
) -> None:
    """Memory is what a new reader reads, others catch up to it, and undone edits leave all tables as they were."""
    path = Path(shutil.copy(blank, tmp_path_factory.mktemp("random") / "p.gpkg"))
    with Project.open(path) as project, Project.open(path, read_only=True) as reader:
        stages = [_content(project)]
        done = []
        for one in wanted:
            made = _edit(project, one)
            project.apply(made)
            done.append(made)
            stages.append(_content(project))
            with Project.open(path, read_only=True) as again:
                _assert_equal(stages[-1], _content(again))
        reader.catch_up()
        _assert_equal(stages[-1], _content(reader))
        for made in reversed(done):
            _assert_equal(stages.pop(), _content(project))
            project.apply(made.inverse())
        _assert_equal(stages.pop(), _content(project))
        reader.catch_up()
        _assert_equal(_content(reader), _content(project))
        assert all(frame.empty or name == "settings" for name, frame in _content(reader).items())
