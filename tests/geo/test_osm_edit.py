"""An extract in a project: once, again, and after somebody has worked with it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from geo.errors import XunluError
from geo.roads import osm
from geo.roads.extract_rows import row_id
from geo.roads.osm_edit import import_edit
from geo.store.check import check
from geo.store.edits import delete, edit, update
from geo.store.project import Project
from tests.geo.osm_data import ALL, HELSINKI, imported, node, way, write

SMALL = (
    node(1, 113.26, 23.12),
    node(2, 113.27, 23.12, barrier="gate"),
    node(3, 113.28, 23.12, amenity="school", name="小学"),
    way(1, [1, 2], highway="residential", name="东街"),
    way(2, [2, 3], highway="residential", name="西街"),
)
WANTED = osm.Wanted(amenities=frozenset({"school"}))
EAST, WEST = row_id("way/1", "streets"), row_id("way/2", "streets")


def again(project: Project, file: Path, *things: str) -> list[str]:
    """Import the small file as it is now, and return what a person is told."""
    change, notes = import_edit(project, osm.read(write(file, *things), WANTED))
    project.apply(change)
    return notes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the name of the small file."""
    return write(tmp_path / "small.osm", *SMALL)


@pytest.fixture
def project(tmp_path: Path, file: Path) -> Iterator[Project]:
    """Give a project with the small file in it."""
    with imported(tmp_path / "p.gpkg", file, WANTED) as made:
        yield made


def test_importing_is_one_change_that_can_be_taken_back(project: Project) -> None:
    """Streets, sites, the kinds they need, attribution and the note of the import come and go together."""
    assert sorted(project.frame("streets")["name"]) == ["东街", "西街"]
    site = project.frame("sites").iloc[0]
    assert (site["name"], site["kind"], site["placed_by"]) == ("小学", "school", "given")
    assert project.frame("kinds")["name"].tolist() == ["学校"]
    assert project.setting("attribution") == "© OpenStreetMap contributors"
    note = project.row("imports", site["source"])
    assert (note["file"], note["into"], note["datum"], note["added"]) == (
        "small.osm", "sites, streets, street_points", "wgs84", 4,
    )  # fmt: skip
    project.undo()
    assert [len(project.frame(table)) for table in ("streets", "sites", "kinds", "imports", "street_points")] == [0] * 5
    assert project.setting("attribution") == ""


def test_importing_again_changes_nothing(project: Project, file: Path) -> None:
    """Not a row is doubled, nor another line of history written."""
    change, notes = import_edit(project, osm.read(file, WANTED))
    assert change.changes == ()
    assert notes == ["0 added, 0 updated, 4 unchanged."]


def test_what_changed_in_openstreetmap_is_updated(project: Project, file: Path) -> None:
    """A new name and a new street come in; a row that is gone there stays."""
    changed = (*SMALL[:3], way(1, [1, 2], highway="residential", name="北街"), way(3, [1, 3], highway="service"))
    assert again(project, file, *changed) == ["1 added, 1 updated, 2 unchanged."]
    assert project.row("streets", EAST)["name"] == "北街"
    assert len(project.frame("streets")) == 3
    assert again(project, file, *changed) == ["0 added, 0 updated, 4 unchanged."]


def test_what_somebody_changed_by_hand_stays(project: Project, file: Path) -> None:
    """A name given by hand is not overwritten, now or later, even if OpenStreetMap changes too."""
    row = project.row("streets", EAST)
    project.apply(edit("x", [update("streets", EAST, row, {"name": "我的街"})]))
    for name in ("东街", "北街", "南街"):
        notes = again(project, file, *SMALL[:3], way(1, [1, 2], highway="residential", name=name), SMALL[4])
        assert notes[1:] == [f"1 were edited by hand and differ from OpenStreetMap; they stay as they are: {name}"]
        assert project.row("streets", EAST)["name"] == "我的街"
    assert again(project, file, *SMALL[:3], way(1, [1, 2], highway="residential", name="我的街"), SMALL[4])[1:] == []


def test_what_openstreetmap_does_not_know_may_be_changed(project: Project, file: Path) -> None:
    """A site's contact, given by hand, does not keep its name from being updated."""
    site = project.frame("sites").index[0]
    project.apply(edit("x", [update("sites", site, project.row("sites", site), {"contact": "王"})]))
    again(project, file, *SMALL[:2], node(3, 113.28, 23.12, amenity="school", name="中学"), *SMALL[3:])
    assert (project.row("sites", site)["name"], project.row("sites", site)["contact"]) == ("中学", "王")


def test_what_somebody_deleted_stays_deleted(project: Project, file: Path) -> None:
    """A street that was taken out does not come back with the next extract."""
    project.apply(edit("x", [delete("streets", WEST, project.row("streets", WEST))]))
    assert again(project, file, *SMALL)[1:] == ["1 were deleted by hand and stay deleted."]
    assert project.frame("streets").index.tolist() == [EAST]


def test_an_import_taken_back_may_come_again(project: Project, file: Path) -> None:
    """Undo leaves no mark that would keep the rows out."""
    project.undo()
    assert again(project, file, *SMALL) == ["4 added, 0 updated, 0 unchanged."]


def test_the_attribution_is_added_to_what_is_there(tmp_path: Path, file: Path, sample_file: Path) -> None:
    """Whoever made the other data is still named."""
    shutil.copy(sample_file, tmp_path / "s.gpkg")
    with Project.open(tmp_path / "s.gpkg") as project:
        for _ in range(2):
            project.apply(import_edit(project, osm.read(file, WANTED))[0])
        assert project.setting("attribution") == "示意样例，非测绘成果 · © OpenStreetMap contributors"
        assert project.setting("attribution_en") == "Schematic sample, not a survey · © OpenStreetMap contributors"
        assert (project.frame("kinds")["code"] == "school").sum() == 1


def test_a_site_is_put_into_its_subdistrict(tmp_path: Path) -> None:
    """A site in an administrative area of the extract, or of the project, belongs to it; one beside to none."""
    corners = [node(11 + at, lon, lat) for at, (lon, lat) in enumerate(((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01)))]
    border = way(3, [11, 12, 13, 14, 11], boundary="administrative", admin_level="8", name="东山街道")
    schools = [node(1, 0.005, 0.005, amenity="school", name="in"), node(2, 0.02, 0.005, amenity="school", name="out")]
    file = write(tmp_path / "x.osm", *schools, *corners, border)
    wanted = osm.Wanted(admin_level=8, amenities=frozenset({"school"}))
    with imported(tmp_path / "p.gpkg", file, wanted) as project:
        ((street, name),) = project.frame("subdistricts")["name"].items()
        assert name == "东山街道"
        sites = project.frame("sites")
        assert dict(zip(sites["name"], sites["subdistrict"], strict=True)) == {"in": street, "out": ""}


def test_nothing_there_is_told(tmp_path: Path, file: Path) -> None:
    """An area beside the extract is no success."""
    with (
        Project.create(tmp_path / "p.gpkg") as project,
        pytest.raises(XunluError, match=r"small\.osm has nothing of what is wanted"),
    ):
        import_edit(project, osm.read(file, osm.Wanted(clip=(0, 0, 1, 1))))


def test_helsinki_is_the_same_after_it_was_on_disk(tmp_path: Path) -> None:
    """Every row of a real extract comes back from the file as it went in, and the ground is drawn in order."""
    extract = osm.read(HELSINKI, ALL)
    imported(tmp_path / "h.gpkg").close()
    with Project.open(tmp_path / "h.gpkg") as project:
        assert import_edit(project, extract)[0].changes == ()
        for table, count in extract.counts().items():
            frame = project.frame(table)
            assert len(frame) == count
            assert shapely.is_valid(frame.geometry.to_numpy()).all()
        turns = project.frame("turns")
        assert set(turns["from_street"]) | set(turns["to_street"]) <= set(project.frame("streets").index)
        kinds = project.frame("areas")["kind"].tolist()
        assert kinds[0] == "water"  # the sea, under all else
        assert kinds[1:] == sorted(kinds[1:], key=["park", "water", "building"].index)


def test_what_was_imported_is_sound(tmp_path: Path) -> None:
    """The check of a project finds nothing to mend in what an extract has brought, nameless ponds included."""
    path = tmp_path / "p.gpkg"
    imported(path).close()
    assert check(path) == []
