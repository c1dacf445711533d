"""The check of a file: nothing in a sound one, and every kind of trouble found, placed, and told how to mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely

from geo import language
from geo.errors import XunluError
from geo.model import TABLES
from geo.progress import Cancelled
from geo.store import geometry
from geo.store.check import Trouble, check, mend
from geo.store.connection import connect
from geo.store.edits import edit, insert
from geo.store.project import Project


@pytest.fixture
def path(sample_file: Path, tmp_path: Path) -> Path:
    """Give the sample project to be spoilt."""
    copy = tmp_path / "p.gpkg"
    copy.write_bytes(sample_file.read_bytes())
    return copy


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that writes past the program."""
    db = connect(path, read_only=False)
    try:
        yield db
    finally:
        db.close()


def spoil(path: Path, query: str, *values: object) -> list[Trouble]:
    """Write to a file past the program and return what the check then finds."""
    with raw(path) as db:
        db.execute(query, values)
    return check(path)


def test_a_sound_file_has_no_trouble(planned_file: Path, tmp_path: Path) -> None:
    """The sample with a plan, an empty project, and one of the previous format are without a word."""
    assert check(planned_file) == []
    Project.create(tmp_path / "empty.gpkg").close()
    assert check(tmp_path / "empty.gpkg") == []
    old = Path(__file__).parents[1] / "data" / "format-1.gpkg"
    before = old.read_bytes()
    assert check(old) == []
    assert old.read_bytes() == before


ONE = "WHERE fid = 3"
SPOILT = [
    ("sites", "windows", "ask Mrs Li", "“ask Mrs Li” is no opening time."),
    ("sites", "risk", "huge", "“huge” is none of the choices."),
    ("sites", "kind", "castle", "no site kind with the code “castle”"),
    ("sites", "service_min", -5, "-5 is less than nothing"),
    ("sites", "interval_days", -1, "-1 is less than nothing"),
    ("sites", "queue", "many", "“many” does not fit"),
    ("sites", "note", b"\xff", "does not fit"),
    ("sites", "name", "", "“Name” is empty"),
    ("sites", "subdistrict", "none", "refers to a row of “Subdistricts” that is not there (none)"),
    ("sites", "source", "none", "refers to a row of “Imports”"),
    ("sites", "confidence", 7.5, "7.5 is no share"),
    ("teams", "shift", "all day", "“all day” is no opening time."),
    ("teams", "active", 3, "3 is neither yes (1) nor no (0)"),
    ("inspectors", "away_from", "yesterday", "“yesterday” is no date."),
    ("inspectors", "away_from", "2021-02-30", "“2021-02-30” is no date."),
    ("inspectors", "team", "none", "refers to a row of “Teams”"),
    ("inspections", "started", "25 o'clock", "is no time of day"),
    ("inspections", "site", "none", "refers to a row of “Sites”"),
    ("inspections", "inspectors", "Mr Li", "“Mr Li” is no JSON"),
    ("inspections", "inspectors", '["none"]', "no list of inspectors"),
    ("inspections", "inspectors", '{"a": 1}', "no list of inspectors"),
    ("inspections", "date", "2031-01-01", "2031-01-01, which is yet to come"),
    ("findings", "inspection", "none", "refers to a row of “Inspections”"),
    ("findings", "due", "2001-01-01", "2001-01-01 is before"),
    ("findings", "description", None, "“Description” is empty"),
    ("streets", "tags", "{", "“{” is no JSON"),
]


@pytest.mark.parametrize(("table", "column", "value", "told"), SPOILT)
def test_a_spoilt_cell_is_found_at_its_place(path: Path, table: str, column: str, value: object, told: str) -> None:
    """Table, row, column, what is wrong and how to mend it; nothing else is accused."""
    with raw(path) as db:
        row_id = db.execute(f"SELECT id FROM {table} {ONE}").fetchone()[0]
    found = [one for one in spoil(path, f"UPDATE {table} SET {column} = ? {ONE}", value) if one.column == column]
    assert [(one.table, one.row_id) for one in found] == [(table, row_id)]
    assert told in found[0].what
    assert found[0].mend


def test_contradictions_between_rows_are_found(path: Path) -> None:
    """An end before its beginning, a finding at another site, a verification of nothing."""
    queries = [
        "UPDATE closures SET from_date = '2021-06-05', to_date = '2021-06-01'",
        "UPDATE inspectors SET away_from = '2021-06-05', away_to = '2021-06-01' WHERE fid = 1",
        "UPDATE inspections SET started = '10:00', ended = '09:00' WHERE fid = 1",
        "UPDATE inspections SET started = '23:30', ended = '00:30' WHERE fid = 2",
        "UPDATE findings SET site = (SELECT id FROM sites WHERE id <> findings.site LIMIT 1) WHERE fid = 1",
        "UPDATE findings SET state = 'verified', rectified_on = NULL, verified_on = NULL WHERE fid = 2",
        "UPDATE findings SET state = 'closed', rectified_on = '2022-06-02', verified_on = '2022-06-01' WHERE fid = 3",
        "UPDATE sites SET code = 'X' WHERE fid IN (1, 2)",
        "INSERT INTO settings (id, key, value) VALUES ('again', 'today', '2021-06-02')",
    ]
    with raw(path) as db:
        for query in queries:
            db.execute(query)
    assert sorted((one.table, one.column) for one in check(path)) == [
        ("closures", "to_date"),
        ("findings", "site"),
        ("findings", "state"),
        ("findings", "verified_on"),
        ("inspections", "ended"),
        ("inspectors", "away_to"),
        ("settings", "key"),
        ("settings", "key"),
        ("sites", "code"),
        ("sites", "code"),
    ]


@pytest.mark.parametrize(
    ("table", "shape", "told"),
    [
        ("sites", shapely.Point(2531000, 39500000), "outside the world: 2.531e+06, 3.95e+07"),
        ("sites", shapely.Point(23, 113), "outside the world"),
        ("sites", shapely.LineString([(0, 0), (1, 1)]), "It is a LineString, and not a Point"),
        ("areas", shapely.from_wkt("MULTIPOLYGON(((0 0, 2 2, 2 0, 0 2, 0 0)))"), "not valid: Self-intersection"),
        ("sites", None, ""),
        ("sites", shapely.Point(), ""),
    ],
)
def test_geometries_are_looked_at(path: Path, table: str, shape: shapely.Geometry, told: str) -> None:
    """Outside the world, crossing itself, of the wrong kind: each is told; having no place yet is no trouble."""
    found = spoil(path, f"UPDATE {table} SET geometry = ? WHERE fid = 2", geometry.encode(shape))
    assert [one.column for one in found] == (["geometry"] if told else [])
    assert all(told in one.what for one in found)


def test_a_geometry_that_cannot_be_read_is_told_with_its_row(path: Path) -> None:
    """Such a file does not open, but the check says which row it is."""
    with sqlite3.connect(path) as db:
        for name in geometry.SQL_FUNCTIONS:
            db.create_function(name, 1, lambda _: 0)
        db.execute("UPDATE sites SET geometry = ? WHERE fid = 2", (b"GP\x00\x01\xe6\x10\x00\x00rubbish",))
        row_id = db.execute("SELECT id FROM sites WHERE fid = 2").fetchone()[0]
    db.close()
    with pytest.raises(XunluError):
        Project.open(path)
    assert ("sites", row_id, "The geometry cannot be read.") in [
        (one.table, one.row_id, one.what) for one in check(path)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM rtree_sites_geometry WHERE id = 5",
        "UPDATE rtree_sites_geometry SET maxx = maxx + 1 WHERE id = 5",
        "INSERT INTO rtree_sites_geometry VALUES (99999, 0, 1, 0, 1)",
        "DELETE FROM rtree_sites_geometry_rowid",
        "UPDATE gpkg_ogr_contents SET feature_count = 7 WHERE table_name = 'sites'",
    ],
)
def test_a_wrong_spatial_index_is_found_and_mended(path: Path, query: str) -> None:
    """Mending makes it anew, for that layer only, changes no row, and the check is then content."""
    with Project.open(path) as project:
        rows = project.frame("sites")
    found = spoil(path, query)
    assert [one.table for one in found] == ["sites"]
    assert "Let the check mend it" in found[0].mend
    assert mend(path) == 1
    assert check(path) == []
    assert mend(path) == 0
    with Project.open(path) as project:
        assert project.frame("sites").equals(rows)


def test_a_damaged_or_incomplete_file_is_trouble_not_an_error(path: Path, tmp_path: Path) -> None:
    """Pages overwritten, cut short, a table gone: the check says so and points to the backups."""
    whole = path.read_bytes()
    for spoilt in (whole[: len(whole) // 2], whole[:200_000] + b"\xa5" * 60_000 + whole[260_000:]):
        (tmp_path / "spoilt.gpkg").write_bytes(spoilt)
        found = check(tmp_path / "spoilt.gpkg")
        assert found
        assert all("damaged" in one.what and "backup" in one.mend for one in found)
    with raw(path) as db:
        db.execute("DROP TABLE findings")
    assert "lacks the tables findings" in check(path)[0].what
    (tmp_path / "text.gpkg").write_text("hello")
    with pytest.raises(XunluError, match="no Xunlu project"):
        check(tmp_path / "text.gpkg")


def test_a_history_that_cannot_be_read_is_found(path: Path) -> None:
    """The line is named, the others are not."""
    with Project.open(path) as project:
        project.apply(edit("mine", [insert("kinds", code="z", name="z")]))
    found = spoil(path, "UPDATE history SET changes = '[[\"sites\"]]' WHERE title = 'mine'")
    assert [(one.table, one.what) for one in found] == [("history", "The line “mine” of the history cannot be read.")]


def test_it_speaks_chinese_and_tells_progress(path: Path) -> None:
    """Each sentence exists in both languages; progress rises to the end, and the user may stop."""
    language.use("zh")
    told: list[float] = []
    with raw(path) as db:
        db.execute("UPDATE sites SET windows = 'x', risk = 'y', kind = 'z', subdistrict = 'q' WHERE fid = 3")
    found = check(path, lambda done, _="": told.append(done))
    assert len(found) == 4
    assert all(one.what.endswith("。") and one.mend.endswith("。") for one in found)
    assert told == sorted(told)
    assert len(told) > len(TABLES)

    def stop(done: float, _: str = "") -> None:
        if done > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        check(path, stop)


def test_it_only_reads_and_works_while_the_project_is_open(path: Path) -> None:
    """Not a byte changes, and who works on it is not disturbed."""
    before = path.read_bytes()
    with Project.open(path) as project:
        assert check(path) == []
        assert path.read_bytes() == before
        project.apply(edit("on", [insert("kinds", code="z", name="z")]))
    assert check(path) == []
