"""Edits of thousands of rows: written as exactly as small ones, with progress, and whole or not at all."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import TABLES
from geo.progress import Cancelled
from geo.store import bulk
from geo.store.base import Conflict
from geo.store.bulk import MANY
from geo.store.edits import RowChange, delete, edit, insert, update
from geo.store.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give an empty project."""
    with Project.create(tmp_path / "p.gpkg") as made:
        yield made


def sites(count: int, lon: float = 113.0) -> list[RowChange]:
    """Return insertions of sites in a square."""
    return [
        insert("sites", name=f"点{n}", kind="school", geometry=shapely.Point(lon + n % 97 / 97, 23 + n / count))
        for n in range(count)
    ]


def assert_index_is_right(project: Project) -> None:
    """Hold the R-tree, the count of features and the file to what the table holds."""
    db = sqlite3.connect(project.path)
    assert db.execute("SELECT rtreecheck('main', 'rtree_sites_geometry')").fetchone()[0] == "ok"
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    count = "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'sites'"
    assert db.execute(count).fetchone()[0] == len(project.frame("sites"))
    assert len(db.execute("SELECT * FROM gpkg_ogr_contents").fetchall()) == sum(bool(t.shape) for t in TABLES.values())
    db.close()
    for box in ((113.2, 23.1, 113.6, 23.7), (113, 23, 113.01, 23.01), (115.1, 23.4, 115.2, 23.8), (0, 0, 1, 1)):
        found = pyogrio.read_dataframe(project.path, layer="sites", bbox=box)
        assert len(found) == project.frame("sites").geometry.intersects(shapely.box(*box)).sum()


def test_the_spatial_index_is_right_whatever_order_edits_come_in(project: Project) -> None:
    """After many rows at once and single ones in turn, inserted, moved and deleted, GDAL finds what is there."""
    first = sites(MANY + 500)
    project.apply(edit("many", first))
    assert_index_is_right(project)
    project.apply(edit("few", [*sites(5, 115), delete("sites", first[0].id, first[0].after or {})]))
    assert_index_is_right(project)
    rows = project.frame("sites")
    moved = [
        RowChange("sites", str(row_id), {"geometry": place}, {"geometry": shapely.Point(place.x + 2, place.y)})
        for row_id, place in rows.geometry.items()
    ]
    project.apply(edit("few and many and few", [*sites(3, 115), *moved, *sites(60, 115)]))
    assert_index_is_right(project)
    gone = [delete("sites", str(row_id), project.row("sites", str(row_id))) for row_id in rows.index[:MANY]]
    project.apply(edit("away", gone))
    assert_index_is_right(project)
    for _ in range(3):
        project.undo()
        assert_index_is_right(project)


def test_a_few_rows_into_a_large_layer_do_not_make_its_index_anew(project: Project) -> None:
    """A layer twenty times as large is left as it is, so that an edit costs by its own size."""
    project.apply(edit("many", sites(MANY)))
    db = sqlite3.connect(project.path)
    nodes = db.execute("SELECT nodeno, data FROM rtree_sites_geometry_node").fetchall()
    project.apply(edit("one", sites(1, 150)))
    left = db.execute("SELECT nodeno, data FROM rtree_sites_geometry_node").fetchall()
    db.close()
    assert 0 < len(set(nodes) - set(left)) <= 3


boxes = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=400)


@settings(max_examples=30, deadline=None)
@given(boxes)
def test_any_places_are_packed_into_an_index_that_sqlite_accepts(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, float]]
) -> None:
    """Whatever the points, SQLite's own check of the packed R-tree finds nothing, and every point in it."""
    path = tmp_path_factory.mktemp("packed") / "t.db"
    cells = bulk.np.empty(len(places), dtype=bulk._CELL)
    cells["id"] = range(len(places))
    lon, lat = bulk.np.array(places).T
    cells["box"] = bulk.np.stack([bulk._down(lon), bulk._up(lon), bulk._down(lat), bulk._up(lat)], axis=1)
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE tree USING rtree(id, minx, maxx, miny, maxy)")
    size = db.execute("SELECT length(data) FROM tree_node").fetchone()[0]
    bulk._fill(db, "tree", bulk.pack(cells, size))
    assert db.execute("SELECT rtreecheck('tree')").fetchone()[0] == "ok"
    for at, (x, y) in enumerate(places):
        query = "SELECT 1 FROM tree WHERE id = ? AND minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
        assert db.execute(query, (at, x, x, y, y)).fetchone()
    db.close()


def test_progress_is_told_and_rises(project: Project) -> None:
    """A long edit says how far it is, from nothing to nearly done, in words."""
    told: list[tuple[float, str]] = []
    project.apply(edit("many", sites(5_000)), report=lambda done, text="": told.append((done, text)))
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.8 <= shares[-1] < 1
    assert "2000 of 5000 rows" in [text for _, text in told]


@pytest.mark.parametrize("at", [0.0, 0.3, 0.8, 0.9])
def test_a_cancelled_edit_leaves_nothing(project: Project, at: float) -> None:
    """Whenever the user stops it, file, memory, index, history and undo are as before, and work can go on."""
    project.apply(edit("before", sites(3)))

    def stop(done: float, _: str = "") -> None:
        if done >= at:
            raise Cancelled

    with pytest.raises(Cancelled):
        project.apply(edit("many", sites(5_000)), report=stop)
    assert len(project.frame("sites")) == 3
    assert project.undo_title == "before"
    assert_index_is_right(project)
    assert list(project.frame("history")["title"]) == ["before"]
    project.apply(edit("many", sites(5_000)))
    assert_index_is_right(project)


@pytest.mark.parametrize("place", [0, 1, 2_499, 4_999])
def test_a_conflict_anywhere_in_a_large_edit_names_its_row(project: Project, place: int) -> None:
    """The row that is in the way is named, be it inserted, changed or deleted, and nothing of the edit is written."""
    rows = sites(5_000)
    project.apply(edit("one", [rows[place]]))
    with pytest.raises(Conflict) as caught:
        project.apply(edit("many", rows))
    assert (caught.value.row_id, caught.value.stored) == (rows[place].id, rows[place].after)
    project.apply(edit("others", [row for row in rows if row is not rows[place]]))
    with Project.open(project.path) as other:
        one = update("sites", rows[place].id, other.row("sites", rows[place].id), {"name": "theirs"})
        other.apply(edit("theirs", [one]))
    renamed = [RowChange("sites", row.id, {"name": (row.after or {})["name"]}, {"name": "mine"}) for row in rows]
    for changes in (renamed, [row.inverse() for row in rows]):
        with pytest.raises(Conflict) as caught:
            project.apply(edit("all", changes))
        assert caught.value.row_id == rows[place].id
        assert caught.value.stored is not None
        assert caught.value.stored["name"] == "theirs"
    assert_index_is_right(project)


def test_a_row_touched_again_and_again_in_one_edit_ends_as_the_last_says(project: Project) -> None:
    """Changes are made in their order, though they are written many at a time."""
    row = insert("sites", name="0", kind="school")
    renames = [RowChange("sites", row.id, {"name": f"{n}"}, {"name": f"{n + 1}"}) for n in range(7)]
    again = {**(row.after or {}), "name": "7"}
    project.apply(edit("all", [row, *renames, delete("sites", row.id, again), row, *renames[:2]]))
    with Project.open(project.path) as other:
        assert other.frame("sites")["name"].tolist() == ["2"]
        pd.testing.assert_frame_equal(pd.DataFrame(other.frame("sites")), pd.DataFrame(project.frame("sites")))
