"""The one door for changes."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.model import TABLES
from geo.store.base import Conflict
from geo.store.edits import Edit, RowChange, delete, edit, insert, update
from geo.store.frames import empty, patched
from geo.store.geometry import SQL_FUNCTIONS
from geo.store.geopackage import GeoPackage
from geo.store.project import Project
from geo.store.tables import name_of

Content = dict[str, pd.DataFrame]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give an empty project."""
    made = Project.create(tmp_path / "p.gpkg")
    yield made
    made.close()


def site(name: str, lon: float = 113.26, lat: float = 23.13, **values: Any) -> RowChange:
    """Return the insertion of a site."""
    return insert("sites", name=name, kind="school", geometry=shapely.Point(lon, lat), **values)


def stored_sites(project: Project) -> Content:
    """Return what another program would read of the sites alone, for edits that change nothing else."""
    with closing(GeoPackage(project.path)) as again:
        return {"sites": again.load("sites").sort_index()}


def stored(project: Project) -> Content:
    """Return what another program would read from the file, without the history."""
    again = Project.open(project.path)
    try:
        return {name: again.frame(name).sort_index() for name in TABLES if name != "history"}
    finally:
        again.close()


def assert_same(a: Content, b: Content) -> None:
    """Compare whole projects table by table."""
    for name, frame in a.items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(b[name]), check_like=True)


def test_an_edit_is_on_disk_when_apply_returns(project: Project) -> None:
    """A second reader sees every column of the new row at once."""
    change = site("三眼井", code="SQ-001", windows="08:30-12:00", service_min=25)
    project.apply(edit("add", [change]))
    assert_same({"sites": stored(project)["sites"]}, {"sites": project.frame("sites")})
    assert project.row("sites", change.id)["service_min"] == 25


@pytest.mark.parametrize("value", [{"queue": 2**63}, {"name": "\udcff"}])
def test_a_value_that_no_file_can_hold_is_told(project: Project, value: dict[str, Any]) -> None:
    """A number too large or a broken character is refused whole, and work can go on."""
    with pytest.raises(XunluError, match=r"cannot be stored in p\.gpkg"):
        project.apply(edit("odd", [insert("kinds", code="a", name="a"), insert("sites", **{"name": "a", **value})]))
    assert project.frame("kinds").empty
    project.apply(edit("add", [site("a")]))


def test_a_place_without_coordinates_is_none_in_memory_as_in_the_file(project: Project) -> None:
    """An empty point counts as no place at once, not only after reopening, and can be undone."""
    change = insert("sites", name="a", geometry=shapely.Point())
    project.apply(edit("add", [change]))
    assert project.row("sites", change.id)["geometry"] is None
    place = update("sites", change.id, project.row("sites", change.id), {"geometry": shapely.Point(1, 2)})
    project.apply(edit("place", [place]))
    project.undo()
    project.undo()
    assert project.frame("sites").empty


def test_what_stands_null_counts_as_the_default(project: Project) -> None:
    """A cell that another program left empty reads as the model's default, and can be changed from that."""
    with sqlite3.connect(project.path) as db:
        for name, function in SQL_FUNCTIONS.items():
            db.create_function(name, 1, function)
        db.execute("INSERT INTO teams (id, name) VALUES ('1', 'a')")
    db.close()
    with Project.open(project.path) as other:
        row = other.row("teams", "1")
        assert (row["active"], row["shift"], row["code"]) == (True, "08:30-17:30", "")
        other.apply(edit("off", [update("teams", "1", row, {"active": False, "shift": "09:00-12:00"})]))
        other.undo()
        assert other.row("teams", "1") == row


def test_undo_and_redo_give_the_same_file_content(project: Project) -> None:
    """Undo takes an import back whole; redo brings it back to the last value."""
    before = stored(project)
    project.apply(edit("import", [site(f"点{n}", lon=113 + n / 100) for n in range(20)]))
    after = stored(project)
    project.undo()
    assert_same(stored(project), before)
    project.redo()
    assert_same(stored(project), after)


def test_undo_tells_what_it_takes_back_and_a_new_edit_ends_redo(project: Project) -> None:
    """The menu can name the step, and history does not branch."""
    project.apply(edit("first", [site("a")]))
    project.apply(edit("second", [site("b")]))
    assert project.undo_title == "second"
    project.undo()
    assert (project.undo_title, project.redo_title) == ("first", "second")
    project.apply(edit("third", [site("c")]))
    assert not project.can_redo


def test_a_changed_row_is_a_conflict_and_nothing_is_written(project: Project) -> None:
    """When somebody else changed the row meanwhile, neither value is lost and the other row stays too."""
    one = site("a")
    project.apply(edit("add", [one]))
    seen = project.row("sites", one.id)
    other = Project.open(project.path)
    change = update("sites", one.id, other.row("sites", one.id), {"name": "theirs"})
    other.apply(edit("theirs", [change]))
    other.close()
    mine = [site("new"), update("sites", one.id, seen, {"name": "mine"})]
    with pytest.raises(Conflict) as caught:
        project.apply(edit("mine", mine))
    assert caught.value.stored == {"name": "theirs"}
    assert list(stored(project)["sites"]["name"]) == ["theirs"]


def test_two_people_may_change_different_columns_of_a_row(project: Project) -> None:
    """Only the columns that an edit touches are compared."""
    one = site("a")
    project.apply(edit("add", [one]))
    other = Project.open(project.path)
    other.apply(edit("note", [update("sites", one.id, other.row("sites", one.id), {"note": "theirs"})]))
    other.close()
    project.apply(edit("name", [update("sites", one.id, project.row("sites", one.id), {"name": "mine"})]))
    row = stored(project)["sites"].loc[one.id]
    assert (row["name"], row["note"]) == ("mine", "theirs")


def test_listeners_hear_edits_undo_and_redo_until_they_leave(project: Project) -> None:
    """Whoever shows data hears of every change once, after it is on disk."""
    heard: list[str] = []
    leave = project.subscribe(lambda done: heard.append(done.title))
    project.apply(edit("add", [site("a")]))
    project.undo()
    project.redo()
    leave()
    project.undo()
    assert heard == ["add", "Undo: add", "Redo: add"]


def test_every_change_is_in_the_history(project: Project) -> None:
    """Who, when, what, before and after are kept, undo included."""
    project.apply(edit("add", [site("a")]))
    project.undo()
    history = project.frame("history")
    assert list(history["title"]) == ["add", "Undo: add"]
    assert set(history["who"]) == {project.who}
    assert history["at"].str.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z").all()


def test_gdal_reads_the_file_and_its_spatial_index_follows_edits(project: Project) -> None:
    """What GDAL finds in a rectangle is what is there after inserts, moves and deletes."""
    rows = [site(f"点{n}", lon=100 + n, lat=20) for n in range(10)]
    project.apply(edit("add", rows))
    moved = update("sites", rows[0].id, project.row("sites", rows[0].id), {"geometry": shapely.Point(50, 5)})
    project.apply(edit("move", [moved, delete("sites", rows[9].id, project.row("sites", rows[9].id))]))

    def found(*box: float) -> list[str]:
        return sorted(pyogrio.read_dataframe(project.path, layer="sites", bbox=box)["name"])

    assert found(99, 19, 102.5, 21) == ["点1", "点2"]
    assert found(49, 4, 51, 6) == ["点0"]
    assert found(108.5, 19, 120, 21) == []
    assert pyogrio.read_info(project.path, layer="sites")["features"] == 9


def test_rows_that_another_program_added_are_adopted(project: Project) -> None:
    """A site drawn in QGIS without an id gets one when the project is opened."""
    project.close()
    drawn = gpd.GeoDataFrame({"name": ["drawn"], "kind": ["school"]}, geometry=[shapely.Point(113, 23)], crs=4326)
    pyogrio.write_dataframe(drawn, project.path, layer="sites", append=True)
    with_rows = Project.open(project.path)
    sites = with_rows.frame("sites")
    with_rows.close()
    assert len(sites.index[0]) == 36
    assert (sites["name"].iloc[0], sites["note"].iloc[0], sites["service_min"].isna().iloc[0]) == ("drawn", "", True)


def test_settings_travel_in_the_file_and_undo(project: Project) -> None:
    """The project's day is a setting like any other change."""
    project.apply(edit("today", [project.set_setting_change("today", "2021-06-02")]))
    assert project.today().isoformat() == "2021-06-02"
    assert project.set_setting_change("today", "2021-06-02") is None
    project.apply(edit("today", [project.set_setting_change("today", "2021-06-03")]))
    project.undo()
    assert project.setting("today") == "2021-06-02"


def test_a_day_that_is_none_is_told(project: Project) -> None:
    """A setting spoilt by another program names itself and says how to write it."""
    project.apply(edit("today", [project.set_setting_change("today", "soon")]))
    with pytest.raises(XunluError, match="“soon”, which is no day"):
        project.today()


def test_a_copy_holds_the_same(project: Project, tmp_path: Path) -> None:
    """A copy can be opened and has the same rows."""
    project.apply(edit("add", [site("a"), site("b")]))
    project.copy_to(tmp_path / "copy.gpkg")
    copy = Project.open(tmp_path / "copy.gpkg")
    assert_same(stored(project), stored(copy))
    copy.close()


def test_a_name_is_given_in_the_reader_s_language() -> None:
    """English readers see the English name where there is one."""
    row = {"name": "洪桥街道", "name_en": "Hongqiao"}
    assert (name_of(row, "en"), name_of(row, "zh")) == ("Hongqiao", "洪桥街道")
    assert name_of({"name": "洪桥街道", "name_en": ""}, "en") == "洪桥街道"


def _step(draw: Callable[..., Any], ids: list[str]) -> RowChange | tuple[str, str, str]:
    kind = draw(st.sampled_from(["insert", "update", "delete"])) if ids else "insert"
    if kind == "insert":
        return site(draw(st.text(max_size=5)))
    return (kind, draw(st.sampled_from(ids)), draw(st.text(max_size=5)))


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_edits_then_inverses_give_the_same_content(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is done and undone, file and memory agree at every step and end as they began."""
    project = Project.create(tmp_path_factory.mktemp("undo") / "p.gpkg")
    project.apply(edit("start", [site("a"), site("b")]))
    start = stored(project)
    for _ in range(data.draw(st.integers(1, 5))):
        step = _step(data.draw, list(project.frame("sites").index))
        if isinstance(step, tuple):
            kind, row_id, name = step
            row = project.row("sites", row_id)
            step = delete("sites", row_id, row) if kind == "delete" else update("sites", row_id, row, {"name": name})  # type: ignore[assignment]
        project.apply(edit("step", [step]))  # type: ignore[list-item]
        assert_same({"sites": project.frame("sites").sort_index()}, stored_sites(project))
    while project.undo_title == "step":
        project.undo()
    assert_same(stored(project), start)
    project.close()


def test_a_patched_frame_leaves_the_old_one_as_it_was() -> None:
    """A worker that still reads the old frame is not disturbed."""
    one = site("a")
    before = patched(empty("sites"), TABLES["sites"], [one])
    patched(before, TABLES["sites"], [RowChange("sites", one.id, {"name": "a"}, {"name": "b"})])
    assert before.loc[one.id, "name"] == "a"


def test_an_edit_may_touch_one_row_twice() -> None:
    """Insert and update of a row in one edit give the updated row; update and delete give none."""
    one = site("a")
    rename = RowChange("sites", one.id, {"name": "a"}, {"name": "b"})
    frame = patched(empty("sites"), TABLES["sites"], [one, rename])
    assert list(frame["name"]) == ["b"]
    gone = Edit("x", (rename.inverse(), one.inverse())).changes
    assert len(patched(frame, TABLES["sites"], gone)) == 0
