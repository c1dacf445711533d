"""The project file: what it refuses, and what it survives."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.store import geometry
from geo.store.edits import edit, insert
from geo.store.geopackage import GeoPackage
from geo.store.project import Project


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a project with one site."""
    made = Project.create(tmp_path / "district.gpkg")
    made.apply(edit("add", [insert("sites", name="a", kind="school", geometry=shapely.Point(113, 23))]))
    made.close()
    return made.path


def refuse(path: Path) -> XunluError:
    """Open a file that must be refused and stay as it is; return the error."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(XunluError) as caught:
        Project.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Opening a file that is not there says which."""
    assert "There is no file" in str(refuse(tmp_path / "none.gpkg"))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no project."""
    assert "is no file" in str(refuse(tmp_path))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" * 50, bytes(4096)])
def test_a_foreign_file_is_refused_and_left_untouched(tmp_path: Path, content: bytes) -> None:
    """What is no GeoPackage is refused with its name."""
    (tmp_path / "ledger.gpkg").write_bytes(content)
    assert "no Xunlu project" in str(refuse(tmp_path / "ledger.gpkg"))


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """A GeoPackage of another program, or any SQLite file, is not taken for a project."""
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(tmp_path / "other.gpkg")
    assert "no Xunlu project" in str(refuse(tmp_path / "other.gpkg"))
    with sqlite3.connect(tmp_path / "plain.gpkg") as db:
        db.execute("CREATE TABLE settings (a)")
    db.close()
    assert "no Xunlu project" in str(refuse(tmp_path / "plain.gpkg"))


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_truncated_project_is_refused(path: Path, keep: float) -> None:
    """A file that was cut short in copying is told from a whole one."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert "damaged or cut short" in str(refuse(path))


def test_a_project_of_a_newer_version_says_so(path: Path) -> None:
    """A file from the future is refused with its format."""
    with sqlite3.connect(path) as db:
        db.execute("UPDATE settings SET value = '99' WHERE key = 'schema'")
    db.close()
    assert "newer version of Xunlu (format 99)" in str(refuse(path))


def test_a_new_project_never_overwrites(path: Path) -> None:
    """Making a project where a file is leaves that file as it is."""
    before = path.read_bytes()
    with pytest.raises(XunluError, match="exists already"):
        Project.create(path)
    assert path.read_bytes() == before


def test_a_new_project_in_no_folder_is_refused(tmp_path: Path) -> None:
    """The folder that is missing is named."""
    with pytest.raises(XunluError, match="no folder"):
        Project.create(tmp_path / "none" / "p.gpkg")


def test_a_read_only_project_can_be_read_and_refuses_edits(path: Path) -> None:
    """Reading works, writing says what to do, and memory stays as the file is."""
    project = Project.open(path, read_only=True)
    assert project.read_only
    with pytest.raises(XunluError, match="read-only"):
        project.apply(edit("add", [insert("sites", name="b", kind="school", geometry=shapely.Point(1, 1))]))
    assert list(project.frame("sites")["name"]) == ["a"]
    assert not project.can_undo
    project.close()


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """SQLite out of room: the edit is refused whole, the file and the memory stay whole, work can go on."""
    project = Project.open(path)
    store = project.store
    assert isinstance(store, GeoPackage)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    many = [insert("sites", name=f"{n}" * 50, kind="school", geometry=shapely.Point(n / 100, 0)) for n in range(500)]
    with pytest.raises(XunluError, match="disk is full"):
        project.apply(edit("import", many))
    assert list(project.frame("sites")["name"]) == ["a"]
    store._db.execute("PRAGMA max_page_count = 1000000")
    project.apply(edit("import", many))
    project.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT count(*) FROM sites").fetchone()[0] == 501
    db.close()


def test_a_file_that_another_program_writes_is_not_waited_for_forever(path: Path) -> None:
    """A lock held by another program is told as such, and nothing is half done."""
    project = Project.open(path)
    store = project.store
    assert isinstance(store, GeoPackage)
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(XunluError, match="another program"):
        project.apply(edit("add", [insert("sites", name="b", kind="school", geometry=shapely.Point(1, 1))]))
    other.execute("ROLLBACK")
    other.close()
    project.close()


WRITER = """
import sys, shapely
from pathlib import Path
from geo.store.edits import edit, insert
from geo.store.project import Project
project = Project.open(Path(sys.argv[1]))
for n in range(10_000):
    rows = [insert("sites", name=f"{n}", kind="school", geometry=shapely.Point(n / 100, k)) for k in range(3)]
    project.apply(edit(f"{n}", rows))
    print(n, flush=True)
"""


def test_a_killed_writer_leaves_every_acknowledged_edit_and_no_half_one(path: Path, tmp_path: Path) -> None:
    """After SIGKILL at any moment, each edit that was acknowledged is there whole, and none is there in part."""
    root = Path(__file__).parents[2]
    for delay in (0.0, 0.05, 0.11):
        copy = tmp_path / f"killed-{delay}.gpkg"
        shutil.copy(path, copy)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(copy)], cwd=root, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            acknowledged = [int(writer.stdout.readline())]
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout.read().splitlines()]
        project = Project.open(copy)
        counts = project.frame("sites")["name"].value_counts().drop("a")
        titles = set(project.frame("history")["title"])
        project.close()
        assert {str(n) for n in acknowledged} <= set(counts.index)
        assert set(counts) == {3}
        assert set(counts.index) <= titles


shapes = (
    st.sampled_from([shapely.Point(), shapely.MultiPolygon()])
    | st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
    | st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=6).map(shapely.LineString)
)


@given(shapes)
def test_geometries_survive_the_file_format(shape: shapely.Geometry) -> None:
    """A geometry encoded and decoded is the same to the last bit."""
    again = geometry.decode(geometry.encode(shape))
    assert again is not None
    assert shapely.to_wkb(again) == shapely.to_wkb(shape)
