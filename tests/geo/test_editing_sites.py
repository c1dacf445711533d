"""Tests of sites made, moved and deleted by hand: what the edits write, and that undo takes all of it back."""

import numpy as np
import pytest
import shapely

from geo import geodesic
from geo.editing import sites
from geo.errors import XunluError
from geo.model import TABLES
from geo.places.placing import subdistrict_at
from geo.store.edits import delete, edit, insert
from geo.store.project import Project

HERE = (113.2702, 23.1311)


def state(project: Project) -> dict[str, dict[str, dict[str, object]]]:
    """Return every row of the tables that sites take part in, by table and id."""
    names = ("sites", "inspections", "findings", "stops", "left_out")
    return {name: {str(row): project.row(name, str(row)) for row in project.frame(name).index} for name in names}


def dangling(project: Project) -> list[str]:
    """Return what refers to a row that is not there."""
    found = []
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to:
                cells = project.frame(table.name)[column.name]
                lost = cells[(cells != "") & ~cells.isin(list(project.frame(column.refers_to).index))]
                found += [f"{table.name}.{column.name} {cell}" for cell in lost]
    return found


# -- a new one ---------------------------------------------------------------------------------------------------------


def test_a_new_site_knows_what_its_place_says(planned: Project) -> None:
    """It has the next code of its kind, the subdistrict that it lies in, and the nearest street as its address."""
    site, made = sites.new_site(planned, HERE, "school")
    planned.apply(made)
    row = planned.row("sites", site)
    assert row["code"] == "XX-238"
    assert (row["name"], row["kind"], row["placed_by"]) == ("New site", "school", "hand")
    assert row["subdistrict"] == subdistrict_at(planned, HERE) != ""
    streets = planned.frame("streets")
    assert row["address"] in set(streets["name"])
    named = streets[streets["name"] == row["address"]]
    assert min(geodesic.length([HERE, _foot(line)]) for line in named.geometry) <= sites.STREET_M
    planned.undo()
    assert site not in planned.frame("sites").index


def _foot(line: shapely.LineString) -> tuple[float, float]:
    x, y = shapely.shortest_line(line, shapely.Point(HERE)).coords[0]
    return x, y


def test_a_house_number_nearby_goes_before_the_street(planned: Project) -> None:
    """The address is the nearest house number, where one is known close by."""
    number = insert("addresses", street="正南路", number="18", geometry=shapely.Point(HERE[0] + 1e-4, HERE[1]))
    planned.apply(edit("number", [number]))
    assert sites.address_at(planned, HERE) == "正南路18号"
    assert sites.address_at(planned, (HERE[0], HERE[1] + 0.002)) != "正南路18号"


def test_codes_go_on_without_taking_one_twice(planned: Project) -> None:
    """The next code follows the last, skips those that other kinds have taken, and keeps leading zeros."""
    assert sites.next_code(planned, "quarantine_hotel") == "JD-029"
    taken = insert("sites", code="JD-029", name="another", kind="school")
    planned.apply(edit("taken", [taken]))
    assert sites.next_code(planned, "quarantine_hotel") == "JD-030"
    assert sites.next_code(planned, "hospital") == ""


def test_a_kind_that_is_not_in_the_register_gives_way(planned: Project) -> None:
    """Without a kind, or with one that is gone, the new site is of the kind that most sites have."""
    site, made = sites.new_site(planned, HERE, "palace")
    assert [change.after["kind"] for change in made.changes if change.after] == ["school"]
    assert made.changes[0].id == site


def test_where_no_site_can_be_the_reason_is_said(planned: Project) -> None:
    """A place off the Earth and a project without kinds are refused."""
    with pytest.raises(XunluError, match="no place on Earth"):
        sites.new_site(planned, (200.0, 23.0), "school")
    kinds = planned.frame("kinds")
    planned.apply(edit("none", [delete("kinds", str(row), planned.row("kinds", str(row))) for row in kinds.index]))
    with pytest.raises(XunluError, match="no site kinds"):
        sites.new_site(planned, HERE, "school")


# -- moved -------------------------------------------------------------------------------------------------------------


def test_all_move_by_the_same_metres(planned: Project) -> None:
    """Every site moves by the vector, on the ground, and is placed by hand from then on."""
    ids = [str(row) for row in planned.frame("sites").index[:5]]
    before = {site: planned.row("sites", site)["geometry"] for site in ids}
    planned.apply(sites.move_edit(planned, ids, 30.0, -40.0))
    for site in ids:
        row = planned.row("sites", site)
        assert geodesic.length([before[site].coords[0], row["geometry"].coords[0]]) == pytest.approx(50.0, abs=1e-3)
        assert (row["placed_by"], row["confidence"]) == ("hand", 1.0)
    planned.undo()
    assert all(planned.row("sites", site)["geometry"].equals(before[site]) for site in ids)


def test_the_subdistrict_follows_a_site_that_crosses_the_border(planned: Project) -> None:
    """A site that lay where its row says is of the subdistrict that it lies in then; a row that disagreed stays."""
    frame = planned.frame("sites")
    agreeing = next(
        str(row) for row, home, place in zip(frame.index, frame["subdistrict"], frame.geometry, strict=True)
        if place is not None and subdistrict_at(planned, place.coords[0]) == home
    )  # fmt: skip
    areas = planned.frame("subdistricts")
    other = next(row for row in areas.index if row != planned.row("sites", agreeing)["subdistrict"])
    start, end = planned.row("sites", agreeing)["geometry"], areas.geometry[other].representative_point()
    vector = geodesic.vector(start.coords[0], end.coords[0])
    moved = sites.move_edit(planned, [agreeing], *vector)
    assert [change.after["subdistrict"] for change in moved.changes if change.after] == [other]
    planned.apply(moved)
    back = sites.move_edit(planned, [agreeing], 1.0, 1.0)
    assert all("subdistrict" not in (change.after or {}) for change in back.changes)


def test_a_site_without_a_place_stays_without_one(planned: Project) -> None:
    """Moving what is not on the map changes nothing."""
    lost = insert("sites", name="lost", kind="school")
    planned.apply(edit("lost", [lost]))
    assert sites.move_edit(planned, [lost.id], 10.0, 0.0).changes == ()


# -- deleted -----------------------------------------------------------------------------------------------------------


def test_nothing_dangles_after_a_deletion_and_undo_brings_all_back(planned: Project) -> None:
    """Inspections, findings and stops go with their site; every row that was there is there again after undo."""
    before = state(planned)
    assert dangling(planned) == []
    ids = set(np.random.default_rng(1).choice(list(before["sites"]), 120, replace=False).tolist())
    gone = sites.deletion(planned, ids)
    planned.apply(gone.edit)
    after = state(planned)
    assert not ids & set(after["sites"])
    assert dangling(planned) == []
    for name in ("inspections", "findings", "stops", "left_out"):
        lost = len(before[name]) - len(after[name])
        assert gone.others.get(name, 0) == lost > 0
        assert lost == sum(row["site"] in ids for row in before[name].values())
    planned.undo()
    assert state(planned) == before


def test_routes_are_numbered_without_a_gap_after_a_deletion(planned: Project) -> None:
    """The stops that stay keep their order, their times, and count from 1."""
    stops = planned.frame("stops")
    team = stops["team"].value_counts().index[0]
    mine = stops[stops["team"] == team].sort_values("seq")
    planned.apply(sites.deletion(planned, [mine["site"].iloc[1], mine["site"].iloc[3]]).edit)
    left = planned.frame("stops").loc[mine.index[[0, 2, *range(4, len(mine))]]]
    assert left["seq"].tolist() == list(range(1, len(left) + 1))
    assert left["arrive_s"].tolist() == mine["arrive_s"].loc[left.index].tolist()


def test_a_deletion_says_what_went(planned: Project) -> None:
    """One site is called by its name, several by their number; sites that are gone already do not count."""
    first, second = (str(row) for row in planned.frame("sites").index[:2])
    name = planned.row("sites", first)["name_en"]
    assert sites.deletion(planned, [first, "gone"]).what == name
    assert sites.deletion(planned, [first]).edit.title == f"Delete “{name}”"
    assert sites.deletion(planned, [first, second]).what == "2 sites"
    assert sites.deletion(planned, ["gone"]).edit.changes == ()
