"""Doubtful sites mended in bulk, and sites merged, with nothing lost."""

from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.model import TABLES
from geo.quality.doubts import DoubtKind
from geo.quality.look import look
from geo.quality.mending import fix_edit, merge_edit
from geo.store.edits import delete, edit, insert, update
from geo.store.project import Project
from geo.store.tables import Tables
from tests.geo.helsinki import tables_of
from tests.geo.test_quality_look import changed, spoilt

MENDED = {
    DoubtKind.NULL_ISLAND, DoubtKind.SWAPPED, DoubtKind.WRONG_SIGN, DoubtKind.OUT_OF_RANGE, DoubtKind.NO_SUBDISTRICT,
    DoubtKind.WRONG_SUBDISTRICT, DoubtKind.SAME_NAME,
}  # fmt: skip
"""What a bulk fix can do something about."""


def contents(tables: Tables, *names: str) -> dict[str, pd.DataFrame]:
    """Return the rows of some tables in order of id, of all but the history where none is named."""
    return {name: tables.frame(name).sort_index() for name in names or TABLES if name != "history"}


def equal(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    """Return whether two contents are the same to the last cell."""
    return all(one[name].equals(other[name]) for name in one)


def test_a_bulk_fix_mends_what_can_be_mended_and_undo_brings_it_back(planned: Project) -> None:
    """After the one edit the doubts that have a fix are gone, the others stay, and one undo restores every row."""
    sites = planned.frame("sites")
    right = {str(one): planned.row("sites", str(one)) for one in sites.index}
    changes, planted = spoilt(planned)
    twin = next(one for one in planted[DoubtKind.SAME_NAME])
    changes.append(update("sites", twin, {"kind": right[twin]["kind"]}, {"kind": "school"}))
    model = next(one for one in planted[DoubtKind.SAME_NAME] if one != twin)
    changes.append(update("sites", model, {"kind": right[model]["kind"]}, {"kind": "school"}))
    planned.apply(edit("spoil", [one for one in changes if one]))
    before = contents(planned)
    doubts = look(planned)
    assert {doubt.kind for doubt in doubts if doubt.fixable} == MENDED
    planned.apply(fix_edit(planned, doubts))
    left = look(planned)
    emptied = planted[DoubtKind.NULL_ISLAND] | planted[DoubtKind.OUT_OF_RANGE] | planted[DoubtKind.NO_POSITION]
    assert {site for doubt in left if doubt.kind is DoubtKind.NO_POSITION for site in doubt.sites} == emptied
    assert not {doubt.kind for doubt in left} & MENDED - {DoubtKind.WRONG_SUBDISTRICT}
    for kind in (DoubtKind.NO_SUBDISTRICT, DoubtKind.WRONG_SUBDISTRICT):
        site = next(iter(planted[kind]))
        assert planned.row("sites", site)["subdistrict"] == right[site]["subdistrict"]
    planned.undo()
    assert equal(contents(planned), before)
    planned.undo()
    assert look(planned) == []


def test_merging_moves_whatever_refers_to_a_site(planned: Project) -> None:
    """Inspections, findings and stops of the dropped sites are those of the kept one; none is lost; undo restores."""
    findings = planned.frame("findings")
    stops = planned.frame("stops")
    dropped = next(str(one) for one in findings["site"] if one in set(stops["site"]))
    keep = next(str(one) for one in planned.frame("sites").index if one not in set(stops["site"]) and one != dropped)
    before = contents(planned)
    counts = {
        name: refers(planned, name, keep) + refers(planned, name, dropped) for name in ("inspections", "findings")
    }
    planned.apply(merge_edit(planned, keep, [dropped]))
    assert dropped not in planned.frame("sites").index
    for name, count in counts.items():
        assert refers(planned, name, keep) == count
        assert refers(planned, name, dropped) == 0
    assert refers(planned, "stops", keep) == 1
    assert len(planned.frame("stops")) == len(stops)
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to == "sites":
                assert set(planned.frame(table.name)[column.name]) <= set(planned.frame("sites").index)
    planned.undo()
    assert equal(contents(planned), before)


def refers(tables: Tables, name: str, site: str) -> int:
    """Return how many rows of a table refer to a site."""
    return int((tables.frame(name)["site"] == site).sum())


def test_two_stops_of_one_plan_become_one(planned: Project) -> None:
    """Where a plan visits both sites one stop stays, the route counts on without a gap, no other stop is touched."""
    stops = planned.frame("stops")
    team = stops["team"].value_counts().index[0]
    route = stops[stops["team"] == team].sort_values("seq")
    keep, drop = (str(route["site"].iloc[at]) for at in (0, 2))
    planned.apply(merge_edit(planned, keep, [drop]))
    after = planned.frame("stops")
    after = after[after["team"] == team].sort_values("seq")
    assert after["site"].tolist() == [site for site in route["site"] if site != drop]
    assert after["seq"].tolist() == list(range(1, len(route)))


def test_what_is_a_stop_is_not_left_out_too(planned: Project) -> None:
    """A site left out merged with one on a route is on the route, whichever is kept."""
    stop = str(planned.frame("stops")["site"].iloc[0])
    plan = str(planned.frame("stops")["plan"].iloc[0])
    other = next(str(one) for one in planned.frame("sites").index if refers(planned, "stops", str(one)) == 0)
    gone = planned.frame("left_out").index[planned.frame("left_out")["site"] == other]
    planned.apply(edit("tidy", [delete("left_out", one, planned.row("left_out", one)) for one in gone]))
    planned.apply(edit("leave out", [insert("left_out", plan=plan, site=other, reason="no_time")]))
    for keep, drop in ((stop, other), (other, stop)):
        planned.apply(merge_edit(planned, keep, [drop]))
        assert (refers(planned, "stops", keep), refers(planned, "left_out", keep)) == (1, 0)
        planned.undo()


def test_nothing_that_a_merged_site_says_is_lost() -> None:
    """Empty cells of the kept site are filled, what differs stands in its note, its own cells stay."""
    place = shapely.Point(113.26, 23.12)
    tables = tables_of(
        [
            insert("sites", id="a", name="东山酒店", kind="hotel", phone="1", note="早上来"),
            insert("sites", id="b", name="东山大酒店", kind="hotel", phone="2", address="一德路8号", geometry=place,
                   placed_by="given", confidence=0.5, capacity=3, note="走后门"),
            insert("sites", id="c", name="东山酒店", kind="hotel", address="一德路9号", contact="李"),
        ]
    )  # fmt: skip
    change = next(one for one in merge_edit(tables, "a", ["b", "c"]).changes if one.kind == "update")
    assert change.after is not None
    after = dict(change.after)
    note = after.pop("note")
    assert after == {
        "address": "一德路8号", "contact": "李", "geometry": place, "placed_by": "given", "confidence": 0.5,
        "capacity": 3,
    }  # fmt: skip
    assert all(text in note for text in ("早上来", "走后门", "东山大酒店", "2", "一德路9号"))


def test_a_wrong_merge_is_refused(sample: Project) -> None:
    """A site that is gone, or merged into itself, is refused with the one error class."""
    one, other = (str(site) for site in sample.frame("sites").index[:2])
    for keep, drops in ((one, [one]), (one, ["gone"]), ("gone", [other])):
        with pytest.raises(XunluError):
            merge_edit(sample, keep, drops)


def test_sites_of_two_kinds_are_not_merged_in_bulk(planned: Project) -> None:
    """A school and the testing site in it have one name and place; only a person may say that they are one."""
    school = planned.frame("sites")
    school = school[school["kind"] == "school"]
    row = planned.row("sites", school.index[0])
    planned.apply(edit("add", [insert("sites", **{**row, "code": "new", "kind": "testing_site"})]))
    found = look(planned)
    assert [doubt.kind for doubt in found] == [DoubtKind.SAME_NAME]
    assert fix_edit(planned, found).changes == ()


FAULTS = st.sampled_from(["swap", "negate", "zero", "beyond", "subdistrict", "none", "twin"])


@given(st.dictionaries(st.integers(0, 200), FAULTS, max_size=8))
@limits(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_mended_is_not_found_again(planned: Project, faults: dict[int, str]) -> None:
    """Any faults in any sites: after the fix none that had one is found again; undo gives the rows as they were."""
    ids = planned.frame("sites").index
    changes: list[Any] = []
    for at, fault in faults.items():
        site = str(ids[at])
        row = planned.row("sites", site)
        place = row["geometry"]
        if fault == "twin":
            changes.append(insert("sites", **{**row, "code": f"twin-{at}"}))
            continue
        after = {
            "swap": {"geometry": shapely.Point(place.y, place.x)},
            "negate": {"geometry": shapely.Point(-place.x, -place.y)},
            "zero": {"geometry": shapely.Point(0, 0)},
            "beyond": {"geometry": shapely.Point(999, float("inf"))},
            "subdistrict": {"subdistrict": "nowhere"},
            "none": {"geometry": None},
        }[fault]
        changes.append(changed(planned, site, **after))
    planned.apply(edit("spoil", changes))
    before = contents(planned, "sites", "stops")
    doubts = look(planned)
    assert len(doubts) == len(faults)
    mending = fix_edit(planned, doubts)
    planned.apply(mending)
    assert [doubt for doubt in look(planned) if doubt.fixable] == []
    if mending.changes:
        planned.undo()
    assert equal(contents(planned, "sites", "stops"), before)
    if changes:
        planned.undo()
    assert pd.Index(planned.frame("sites").index).sort_values().equals(ids.sort_values())
