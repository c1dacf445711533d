"""Files of the previous format: upgraded whole, with a copy kept, and never half."""

import shutil
import sqlite3
import time
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import XunluError
from geo.model import TABLES
from geo.store.base import SCHEMA
from geo.store.edits import edit, from_json, insert, update
from geo.store.project import Project
from tests.geo.safety_forks import Forks

FORMAT_1 = Path(__file__).parents[1] / "data" / "format-1.gpkg"
FORMAT_2 = Path(__file__).parents[1] / "data" / "format-2.gpkg"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Give a project that the previous version has written."""
    return Path(shutil.copy(FORMAT_1, tmp_path / "district.gpkg"))


def schema_of(path: Path) -> tuple[str, set[str]]:
    """Return the format that a file names and its tables."""
    db = sqlite3.connect(path)
    version = db.execute("SELECT value FROM settings WHERE key = 'schema'").fetchone()[0]
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
    return version, tables


def test_an_older_project_opens_with_all_it_held(old: Path) -> None:
    """Every row of the old file is there, and what is new stands at its default."""
    with Project.open(old) as project:
        site = project.frame("sites").iloc[0]
        street = project.frame("streets").iloc[0]
        assert (site["name"], site["code"], site["windows"]) == ("乙酒店", "A1", "08:30-17:30")
        assert (site["placed_by"], site["source"], street["tags"]) == ("", "", "{}")
        assert project.frame("kinds")["name"].tolist() == ["隔离酒店"]
        assert {name: len(project.frame(name)) for name in ("turns", "railways", "addresses", "imports")} == {
            "turns": 0, "railways": 0, "addresses": 0, "imports": 0
        }  # fmt: skip
        assert project.frame("history")["title"].tolist() == ["Add", "Rename", f"Upgraded from format 1 to {SCHEMA}"]
    assert schema_of(old)[0] == str(SCHEMA)


def test_a_copy_of_the_older_file_is_kept_beside_it(old: Path) -> None:
    """The copy can be opened by the previous version, and no earlier copy is overwritten."""
    earlier = old.with_name("district.format-1.gpkg")
    earlier.write_bytes(b"mine")
    Project.open(old).close()
    assert earlier.read_bytes() == b"mine"
    version, tables = schema_of(old.with_name("district.format-1-2.gpkg"))
    assert (version, "turns" in tables) == ("1", False)
    assert len(list(old.parent.iterdir())) == 3
    Project.open(old).close()
    assert len(list(old.parent.iterdir())) == 3


def test_edits_and_undo_work_on_an_upgraded_file(old: Path) -> None:
    """New columns and tables take values, old rows change, and all of it can be taken back."""
    with Project.open(old) as project:
        site, street = (project.frame(name).index[0] for name in ("sites", "streets"))
        changes = [
            update("sites", site, project.row("sites", site), {"placed_by": "hand", "confidence": 0.5}),
            update("streets", street, project.row("streets", street), {"tags": '{"lit": "yes"}'}),
            insert("railways", name="地铁", geometry=shapely.LineString([(113, 23), (114, 23)])),
            insert("turns", restriction="no_left_turn", from_street=street, to_street=street),
        ]
        project.apply(edit("change", changes))
    with Project.open(old) as project:
        assert project.row("sites", site)["confidence"] == 0.5
        assert project.frame("railways")["kind"].tolist() == ["rail"]
        project.apply(edit("again", [update("streets", street, project.row("streets", street), {"tags": "{}"})]))
        project.undo()
        assert project.row("streets", street)["tags"] == '{"lit": "yes"}'


def test_the_old_history_is_read_with_the_new_columns(old: Path) -> None:
    """A row that the previous version inserted counts as one with the defaults of today."""
    with Project.open(old) as project:
        changes = from_json(project.frame("history")["changes"].iloc[0])
    site = next(change for change in changes if change.table == "sites")
    assert site.after is not None
    assert set(site.after) == {column.name for column in TABLES["sites"].columns} | {"geometry"}
    assert (site.after["name"], site.after["confidence"]) == ("甲酒店", None)


def test_gdal_reads_every_layer_of_an_upgraded_file_and_its_spatial_index(old: Path) -> None:
    """New layers are layers to other programs too: listed, typed, indexed, and open to appended rows."""
    with Project.open(old) as project:
        project.apply(edit("add", [insert("addresses", street="东风路", number="1", geometry=shapely.Point(113, 23))]))
    layers = dict(pyogrio.list_layers(old))
    shapes = {table.name: table.shape for table in TABLES.values()}
    assert layers == shapes
    for name in layers:
        pyogrio.read_dataframe(old, layer=name)
    assert len(pyogrio.read_dataframe(old, layer="addresses", bbox=(112, 22, 114, 24))) == 1
    assert len(pyogrio.read_dataframe(old, layer="addresses", bbox=(0, 0, 1, 1))) == 0
    again = pyogrio.read_dataframe(old, layer="addresses").drop(columns="id")
    pyogrio.write_dataframe(again, old, layer="addresses", append=True)
    with Project.open(old) as project:
        assert project.frame("addresses")["number"].tolist() == ["1", "1"]
    fresh = old.with_name("fresh.gpkg")
    Project.create(fresh).close()
    with sqlite3.connect(fresh) as new, sqlite3.connect(old) as upgraded:
        query = (
            "SELECT type, name FROM sqlite_master WHERE name LIKE 'rtree%' OR name LIKE 'trigger%' OR type = 'index'"
        )
        assert set(new.execute(query)) == set(upgraded.execute(query))
        for register in ("gpkg_geometry_columns", "gpkg_extensions"):
            rows = f"SELECT * FROM {register}"
            assert set(new.execute(rows)) == set(upgraded.execute(rows))
    new.close()
    upgraded.close()


def test_who_only_reads_an_older_file_leaves_it_as_it_is(old: Path) -> None:
    """Opened to be read, the old file is shown as the present format shows it, and not a byte of it changes."""
    before = old.read_bytes()
    with Project.open(old, read_only=True) as project:
        assert project.frame("sites")["name"].tolist() == ["乙酒店"]
        assert project.frame("turns").empty
        assert project.path == old
        with pytest.raises(XunluError, match="read-only"):
            project.apply(edit("x", [insert("kinds", code="x", name="x")]))
    assert old.read_bytes() == before
    assert [file.name for file in old.parent.iterdir()] == [old.name]


def test_a_table_of_another_program_in_the_way_is_named(old: Path) -> None:
    """A user's own table that has the name of a new one is neither taken over nor lost."""
    with sqlite3.connect(old) as db:
        db.execute("CREATE TABLE addresses (mine TEXT)")
    db.close()
    before = old.read_bytes()
    with pytest.raises(XunluError, match="“addresses”"):
        Project.open(old)
    assert schema_of(old)[0] == "1"
    assert old.read_bytes() == before


def test_an_upgrade_that_is_killed_leaves_the_old_format_or_the_new(tmp_path: Path) -> None:
    """SIGKILL at many moments of the upgrade: the file is of one format throughout, and opens with all its rows."""
    code = "print('go', flush=True); Project.open(Path(args[0]))"
    seen = set()
    with Forks() as forks:
        for n in range(16):
            path = Path(shutil.copy(FORMAT_1, tmp_path / f"{n}.gpkg"))
            pid = forks.start(code, str(path))
            assert forks.line() == "go"
            time.sleep(0.02 * n)
            told = forks.rest(pid) if n == 15 else forks.kill(pid)
            version, tables = schema_of(path)
            seen.add(version)
            assert ("turns" in tables) == ("draws" in tables) == (version == str(SCHEMA)) >= ("done" in told)
            with Project.open(path) as project:
                assert project.frame("sites")["name"].tolist() == ["乙酒店"]
    assert seen == {"1", str(SCHEMA)}


def test_a_project_of_format_2_keeps_its_teams_and_plans_and_gets_the_rules(tmp_path: Path) -> None:
    """What a plan held is there to the cell, and every new column stands at what changes nothing."""
    old = Path(shutil.copy(FORMAT_2, tmp_path / "district.gpkg"))
    with sqlite3.connect(old) as db:
        db.row_factory = sqlite3.Row
        before = {name: [dict(row) for row in db.execute(f"SELECT * FROM {name}")] for name in ("stops", "teams")}
    db.close()
    with Project.open(old) as project:
        stop, team = project.frame("stops").iloc[0], project.frame("teams").iloc[0]
        site, plan = project.frame("sites").iloc[0], project.frame("plans").iloc[0]
        assert all(stop[name] == before["stops"][0][name] for name in ("team", "site", "start_s", "leg_m", "locked"))
        assert (team["shift"], team["name"]) == (before["teams"][0]["shift"], "第一组")
        assert (stop["lock_place"] is pd.NA, plan["aim"], plan["rules"], plan["horizon"]) == (True, "travel", "{}", "")
        assert [team[name] for name in ("mode", "start_kind", "end_kind", "skills")] == ["", "base", "base", ""]
        assert not team["hard_area"]
        limits = ["break_min", "overtime_min", "max_stops", "max_km", "max_travel_min", "home_lon", "home_lat"]
        assert team[limits].isna().all()
        assert site[["exceptions", "must_visit", "needs", "return_by"]].tolist() == [""] * 4
        assert site[["teams_needed", "setup_min"]].isna().all()
        assert all(project.frame(name).empty for name in ("conflicts", "draws", "rounds"))
        inserted = from_json(project.frame("history")["changes"].iloc[0])
        after = next(one.after for one in inserted if one.table == "teams")
        assert after is not None
        assert after["start_kind"] == "base"
    kept = old.with_name("district.format-2.gpkg")
    assert schema_of(kept)[0] == "2"
    assert schema_of(old)[0] == str(SCHEMA)
