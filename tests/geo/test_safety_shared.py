"""One file open twice: nobody's change is lost, everybody is seen."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import XunluError
from geo.model import TABLES
from geo.store import presence
from geo.store.base import Conflict
from geo.store.check import check
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.geometry import SQL_FUNCTIONS
from geo.store.project import Project
from tests.geo.safety_forks import Forks
from tests.source import ROOT


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Project]:
    """Give a project with three sites and a kind."""
    with Project.create(tmp_path / "p.gpkg") as made:
        places = [insert("sites", name=name, kind="x", geometry=shapely.Point(113, 23)) for name in "abc"]
        made.apply(edit("start", [*places, insert("kinds", code="x", name="x")]))
        yield made


@pytest.fixture
def theirs(mine: Project) -> Iterator[Project]:
    """Give the same project opened a second time."""
    with Project.open(mine.path) as other:
        yield other


def change(project: Project, table: str, row_id: str, **values: object) -> Edit:
    """Change a row of a project and return the edit."""
    made = edit(f"{values}", [update(table, row_id, project.row(table, row_id), values)])
    project.apply(made)
    return made


def site(project: Project, name: str) -> str:
    """Return the id of a site by its name."""
    sites = project.frame("sites")
    return str(sites.index[sites["name"] == name][0])


def assert_as_in_the_file(project: Project) -> None:
    """Hold what a project has in memory to what one would read."""
    with Project.open(project.path, read_only=True) as fresh:
        for name in TABLES:
            a, b = (pd.DataFrame(one.frame(name)).sort_index() for one in (project, fresh))
            pd.testing.assert_frame_equal(a, b, check_like=True)


def raw(path: Path, *queries: str) -> None:
    """Write to a file as a program does that knows nothing of Xunlu."""
    with sqlite3.connect(path) as db:
        for name, function in SQL_FUNCTIONS.items():
            db.create_function(name, 1, function)
        for query in queries:
            db.execute(query)
    db.close()


def test_nothing_new_is_nothing(mine: Project) -> None:
    """Where nobody else wrote there is no edit, own changes included, and asking is cheap."""
    assert mine.catch_up() is None
    change(mine, "sites", site(mine, "a"), name="A")
    started = time.perf_counter()
    for _ in range(1_000):
        assert mine.catch_up() is None
    assert time.perf_counter() - started < 1


def test_what_others_did_is_taken_over_and_told(mine: Project, theirs: Project) -> None:
    """Their inserts, updates and deletions come as one edit, to the listeners too, and undo does not touch them."""
    heard: list[Edit] = []
    mine.subscribe(heard.append)
    a, b = site(theirs, "a"), site(theirs, "b")
    theirs.apply(edit("new", [insert("sites", name="d", kind="x", geometry=shapely.Point(1, 2))]))
    change(theirs, "sites", a, name="A", service_min=5)
    theirs.apply(edit("away", [delete("sites", b, theirs.row("sites", b))]))
    taken = mine.catch_up()
    assert taken is not None
    assert taken.title == "3 changes by others"
    assert sorted(change.kind for change in taken.changes) == ["delete", "insert", "update"]
    assert next(change for change in taken.changes if change.kind == "update") == RowChange(
        "sites", a, {"name": "a", "service_min": None}, {"name": "A", "service_min": 5}
    )
    assert heard == [taken]
    assert mine.undo_title == "start"
    assert list(mine.frame("history")["title"])[-1] == "away"
    assert_as_in_the_file(mine)
    assert mine.catch_up() is None


def test_one_change_of_others_keeps_its_title(mine: Project, theirs: Project) -> None:
    """Whoever looks at the screen can be told what happened."""
    theirs.apply(edit("Rename", [update("kinds", str(mine.frame("kinds").index[0]), {"name": "x"}, {"name": "y"})]))
    taken = mine.catch_up()
    assert taken is not None
    assert taken.title == "Rename"


def test_a_stale_edit_is_a_conflict_until_caught_up(mine: Project, theirs: Project) -> None:
    """Nothing of it is written; after catching up it can be made again."""
    a = site(mine, "a")
    change(theirs, "sites", a, name="theirs")
    with pytest.raises(Conflict):
        change(mine, "sites", a, name="mine")
    assert mine.row("sites", a)["name"] == "a"
    mine.catch_up()
    change(mine, "sites", a, name="mine")
    assert_as_in_the_file(mine)


def test_an_undo_that_others_are_in_the_way_of_stays(mine: Project, theirs: Project) -> None:
    """It raises a conflict, changes nothing, and can be done once their change is gone."""
    a = site(mine, "a")
    change(mine, "sites", a, name="mine")
    theirs.catch_up()
    change(theirs, "sites", a, name="theirs")
    for _ in range(2):
        with pytest.raises(Conflict):
            mine.undo()
        mine.catch_up()
        assert mine.row("sites", a)["name"] == "theirs"
        assert mine.can_undo
    theirs.undo()
    mine.catch_up()
    mine.undo()
    assert mine.row("sites", a)["name"] == "a"
    assert_as_in_the_file(mine)


def test_changes_of_both_sides_in_any_order_end_the_same(mine: Project, theirs: Project) -> None:
    """What others did before an own change, and what they did after it, do not overrule each other."""
    a = site(mine, "a")
    change(theirs, "sites", a, name="x")
    change(theirs, "sites", a, name="a")
    change(mine, "sites", a, name="mine")
    change(theirs, "sites", site(theirs, "b"), note="late")
    taken = mine.catch_up()
    assert taken is not None
    assert [change.after for change in taken.changes] == [{"note": "late"}]
    theirs.catch_up()
    for project in (mine, theirs):
        assert project.row("sites", a)["name"] == "mine"
        assert_as_in_the_file(project)


def test_a_large_import_of_others_is_taken_over(mine: Project, theirs: Project) -> None:
    """Six thousand rows come over as well as one."""
    rows = [insert("sites", name=f"{n}", kind="x", geometry=shapely.Point(n / 100, 0)) for n in range(6_000)]
    theirs.apply(edit("import", rows))
    taken = mine.catch_up()
    assert taken is not None
    assert {change.id: change.after for change in taken.changes} == {row.id: row.after for row in rows}
    assert_as_in_the_file(mine)


def test_rows_that_gdal_appends_are_taken_over_with_new_ids(mine: Project) -> None:
    """A site drawn in QGIS while the project is open appears, without a line in the history."""
    drawn = gpd.GeoDataFrame({"name": ["drawn"], "kind": ["x"]}, geometry=[shapely.Point(113, 23)], crs=4326)
    pyogrio.write_dataframe(drawn, mine.path, layer="sites", append=True)
    taken = mine.catch_up()
    assert taken is not None
    assert taken.title == "Changes by another program"
    (one,) = taken.changes
    assert one.after is not None
    assert (one.kind, one.after["name"], one.after["risk"], len(one.id)) == ("insert", "drawn", "low", 36)
    assert_as_in_the_file(mine)
    mine.apply(edit("risk", [update("sites", one.id, mine.row("sites", one.id), {"risk": "high"})]))
    assert_as_in_the_file(mine)


@pytest.mark.parametrize("dated", [True, False])
def test_what_another_program_changes_is_found_dated_or_not(mine: Project, dated: bool) -> None:
    """Whether it keeps the GeoPackage's register or not, the rows that differ come over."""
    queries = ["UPDATE sites SET name = 'A' WHERE name = 'a'", "DELETE FROM sites WHERE name = 'b'"]
    if dated:
        queries.append("UPDATE gpkg_contents SET last_change = '2030-01-01T00:00:00.000Z' WHERE table_name = 'sites'")
    else:
        queries.append("UPDATE kinds SET name = 'y'")
    raw(mine.path, *queries)
    taken = mine.catch_up()
    assert taken is not None
    assert sorted(change.kind for change in taken.changes) == ["delete", "update"] + (["update"] if not dated else [])
    assert_as_in_the_file(mine)


def test_another_program_s_change_is_found_behind_an_own_one(mine: Project) -> None:
    """An own edit of the same table does not hide it."""
    date = "UPDATE gpkg_contents SET last_change = '2030-01-01T00:00:00.000Z' WHERE table_name = 'sites'"
    raw(mine.path, "UPDATE sites SET note = 'theirs' WHERE name = 'b'", date)
    change(mine, "sites", site(mine, "a"), name="A")
    mine.catch_up()
    assert mine.row("sites", site(mine, "b"))["note"] == "theirs"
    assert_as_in_the_file(mine)


def test_what_was_overlooked_is_read_anew_after_the_conflict(mine: Project, theirs: Project) -> None:
    """A change without date and history, hidden behind one with, is met as a conflict, and then known."""
    raw(mine.path, "UPDATE sites SET note = 'sly' WHERE name = 'b'")
    change(theirs, "sites", site(theirs, "a"), name="A")
    mine.catch_up()
    b = site(mine, "b")
    with pytest.raises(Conflict):
        change(mine, "sites", b, note="mine")
    mine.catch_up()
    assert mine.row("sites", b)["note"] == "sly"
    change(mine, "sites", b, note="mine")
    assert_as_in_the_file(mine)


def test_a_value_that_does_not_fit_is_told_at_every_call_and_taken_over_once_mended(mine: Project) -> None:
    """What another program spoils while the project is open is named, and the tables in memory stay."""
    raw(mine.path, "UPDATE sites SET queue = 'many' WHERE name = 'b'")
    for _ in range(2):
        with pytest.raises(XunluError, match="“many”"):
            mine.catch_up()
        assert len(mine.frame("sites")) == 3
    raw(mine.path, "UPDATE sites SET queue = 7 WHERE name = 'b'")
    mine.catch_up()
    assert mine.row("sites", site(mine, "b"))["queue"] == 7


def test_a_file_that_qgis_holds_in_write_ahead_mode_is_shared_too(mine: Project) -> None:
    """While it is in that mode both sides write, and each sees what the other did."""
    qgis = sqlite3.connect(mine.path, isolation_level=None)
    for name, function in SQL_FUNCTIONS.items():
        qgis.create_function(name, 1, function)
    assert qgis.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
    mine.catch_up()
    change(mine, "sites", site(mine, "a"), name="A")
    assert qgis.execute("SELECT name FROM sites WHERE name = 'A'").fetchone() == ("A",)
    qgis.execute("UPDATE sites SET name = 'B' WHERE name = 'b'")
    mine.catch_up()
    assert sorted(mine.frame("sites")["name"]) == ["A", "B", "c"]
    assert_as_in_the_file(mine)
    qgis.close()


def test_who_only_reads_is_kept_up_to_date(mine: Project) -> None:
    """A supervisor's screen follows what the others do, rows without an id included."""
    with Project.open(mine.path, read_only=True) as reader:
        change(mine, "sites", site(mine, "a"), name="A")
        assert reader.catch_up() is not None
        raw(mine.path, "INSERT INTO sites (name) VALUES ('drawn')")
        assert reader.catch_up() is not None
        assert set(reader.frame("sites")["name"]) == {"A", "b", "c", "drawn"}
        mine.catch_up()
        assert reader.catch_up() is not None
        assert_as_in_the_file(reader)


COUNTER = """
import time
from collections import Counter
with Project.open(Path(args[0])) as project:
    ids = sorted(project.frame("sites").index)
    print("open", flush=True)
    sys.stdin.readline()
    conflicts = 0
    for n in range(args[1]):
        row_id = ids[(n * args[2]) % len(ids)]
        while True:
            queue = project.row("sites", row_id)["queue"] or 0
            change = update("sites", row_id, project.row("sites", row_id), {"queue": queue + 1})
            try:
                project.apply(edit("count", [change]))
                break
            except Conflict:
                conflicts += 1
                project.catch_up()
        if n % 3 == 0:
            project.catch_up()
    print(conflicts, flush=True)
"""


def test_two_processes_lose_no_edit_of_two_thousand(mine: Project) -> None:
    """Both count up the same rows; the sum is the number of edits they were told are on disk."""
    head = "import sys\nfrom pathlib import Path\nfrom geo.store.base import Conflict\n"
    head += "from geo.store.edits import edit, update\nfrom geo.store.project import Project\n"
    code = head + "args = [sys.argv[1], int(sys.argv[2]), int(sys.argv[3])]\n" + COUNTER
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(mine.path), "1000", step],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for step in ("1", "2")
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    assert len(mine.others()) == 2
    told = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        told.append(process.communicate()[0])
        assert process.returncode == 0
    conflicts = [int(text) for text in told]
    taken = mine.catch_up()
    assert taken is not None
    assert taken.title == "2000 changes by others"
    assert mine.frame("sites")["queue"].sum() == 2_000
    assert sum(conflicts) > 0
    assert len(mine.frame("history")) == 2_001
    assert_as_in_the_file(mine)


def test_others_are_seen_while_they_have_it_open(mine: Project) -> None:
    """A second process is named with user, computer and time, until it closes the project or dies."""
    assert mine.others() == ()
    code = """
with Project.open(Path(args[0]), read_only=True) as project:
    print([opener.pid for opener in project.others()], flush=True)
    __import__('time').sleep(args[1])
"""
    with Forks() as forks:
        pid = forks.start(code, str(mine.path), 60)
        assert json.loads(forks.line()) == [os.getpid()]
        (other,) = mine.others()
        assert (other.pid, other.read_only, other.user, other.host) == (pid, True, mine.who, os.uname().nodename)
        assert other.since.tzinfo is not None
        forks.kill(pid)
        assert other.file.exists()
        assert mine.others() == ()
        assert not other.file.exists()
        pid = forks.start(code, str(mine.path), 0)
        assert forks.rest(pid)[-1] == "done"
        assert mine.others() == ()


def test_the_mark_goes_with_the_last_of_two_openings(tmp_path: Path) -> None:
    """A process that has a project open twice is marked until both are closed."""
    path = tmp_path / "p.gpkg"
    first = Project.create(path)
    second = Project.open(path)
    first.close()
    first.close()
    assert [opener.pid for opener in presence.everybody(path)] == [os.getpid()]
    assert first.others() == ()
    second.close()
    assert [file.name for file in tmp_path.iterdir()] == ["p.gpkg"]


def test_opening_again_in_one_process_does_not_let_others_in_between(mine: Project) -> None:
    """While a change is being written, neither a second opening nor a check takes the lock on the file away."""
    code = """
other = __import__('sqlite3').connect(args[0], timeout=0, isolation_level=None)
try:
    other.execute("BEGIN IMMEDIATE")
    print("in", flush=True)
except Exception as error:
    print(error, flush=True)
"""

    def meddle(done: float, _: str = "") -> None:
        if done == 0.9:
            Project.open(mine.path, read_only=True).close()
            check(mine.path)
            pid = forks.start(code, str(mine.path))
            told.append(forks.line())
            forks.kill(pid)

    told: list[str] = []
    with Forks() as forks:
        mine.apply(edit("slow", [insert("kinds", code="y", name="y")]), meddle)
    assert told == ["database is locked"]


def test_another_computer_is_believed_for_a_day(mine: Project) -> None:
    """Its mark is not swept, but counts no longer once it has been silent for long; nonsense is swept."""
    mark = mine.path.with_name(".p.gpkg.open-office-7")
    mark.write_text(
        json.dumps({"host": "office", "pid": 7, "user": "李", "since": "2021-06-02T08:30:00+00:00", "read_only": False})
    )
    spoilt = mine.path.with_name(".p.gpkg.open-office-8")
    spoilt.write_text("{")
    assert [(one.user, one.host) for one in mine.others()] == [("李", "office")]
    assert not spoilt.exists()
    old = time.time() - presence.SILENT_S - 60
    os.utime(mark, (old, old))
    assert mine.others() == ()
    assert mark.exists()


def test_a_folder_that_cannot_be_written_is_no_obstacle(mine: Project, tmp_path: Path) -> None:
    """Where no mark can be made, the project opens all the same."""
    taken = presence._file(mine.path, os.uname().nodename, os.getpid())
    mine.close()
    taken.mkdir()
    with Project.open(mine.path) as project:
        assert len(project.frame("sites")) == 3
        assert project.others() == ()
    assert taken.is_dir()
    assert tmp_path.exists()
