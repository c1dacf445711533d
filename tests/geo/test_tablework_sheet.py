"""Tests of the sheet that follows a project: after any edit it knows what one read anew would find."""

from typing import Any

import numpy as np
import pytest

from geo.inspection.status import assess
from geo.store import edits
from geo.store.edits import Edit
from geo.store.project import Project
from geo.tablework.sheet import Sheet, Spec

SPECS = (
    Spec("code"),
    Spec("name"),
    Spec("kind", titles={"school": "学校"}),
    Spec("service_min", is_number=True),
    Spec("status", is_computed=True, grades=("overdue", "due")),
    Spec("name_en", otherwise="name"),
)
NAMES = ("code", "name", "kind", "service_min", "name_en", "status")


def sheet_of(project: Project) -> Sheet:
    """Return a sheet read anew."""
    return Sheet(project, assess(project), SPECS, ("name", "kind"))


def know_all(sheet: Sheet) -> None:
    """Let a sheet find out all that it can."""
    for name in NAMES:
        column = sheet.column(name)
        column.known = column.prepare()
    list(sheet.haystack.prepare())
    list(sheet.unplaced())


def facts(sheet: Sheet) -> list[Any]:
    """Return what a sheet knows, to be compared."""
    know_all(sheet)
    orders = [sheet.column(name).order() for name in NAMES]
    assert all(orders)
    masks = [mask for _start, mask in sheet.haystack.search(["学校"])]
    return [[order.ascending().tolist() for order in orders if order], np.concatenate(masks).tolist(), list(sheet.ids)]


def edit_of(project: Project, what: str) -> Edit:
    """Return an edit that changes, adds or deletes sites."""
    sites = project.frame("sites")
    rows = {site: project.row("sites", site) for site in sites.index[[3, 60, 100]]}
    values = {"name": "安改", "name_en": "", "service_min": 77, "kind": "school"}
    changed = [edits.update("sites", site, row, values) for site, row in rows.items()]
    deleted = [edits.delete("sites", site, row) for site, row in rows.items()]
    added = [edits.insert("sites", code=code, name=name, kind="school") for code, name in (("Z-9", "安"), ("", "学校"))]
    return edits.edit(what, {"update": changed, "delete": deleted, "insert": added, "both": [*deleted, *added]}[what])


@pytest.mark.parametrize("what", ["update", "insert", "delete", "both"])
def test_a_sheet_that_follows_knows_what_one_read_anew_finds(planned: Project, what: str) -> None:
    """Orders, values, texts and positions are kept up through an edit and through taking it back."""
    sheet = sheet_of(planned)
    know_all(sheet)
    inspections = planned.frame("inspections")
    assert len(inspections)
    edit = edit_of(planned, what)
    planned.apply(edit)
    assert sheet.follow(planned, assess(planned), edit.changes, assessed=True)
    assert facts(sheet) == facts(sheet_of(planned))
    back = edit.inverse()
    planned.undo()
    assert sheet.follow(planned, assess(planned), back.changes, assessed=True)
    assert facts(sheet) == facts(sheet_of(planned))


def test_rows_are_found_by_id(planned: Project) -> None:
    """A site is found at its position, one that is not there nowhere; sets of ids become masks and back."""
    sheet = sheet_of(planned)
    ids = list(sheet.ids)
    assert sheet.position(ids[5]) == 5
    assert sheet.position("nobody") == -1
    assert sheet.positions(["nobody", ids[7], ids[2]]).tolist() == [2, 7]
    mask = next(each for each in sheet.having(frozenset(ids[:3])) if each is not None)
    assert np.flatnonzero(mask).tolist() == [0, 1, 2]
    assert sheet.set_of(np.array([0, 2])) == {ids[0], ids[2]}


def test_other_tables_are_read_anew(planned: Project, sample: Project) -> None:
    """A sheet does not follow to a table that did not come out of its own by the changes told."""
    sheet = sheet_of(planned)
    site = sample.frame("sites").index[0]
    sample_edit = edits.edit("x", [edits.delete("sites", site, sample.row("sites", site))])
    assert not sheet.follow(sample, assess(sample), sample_edit.changes, assessed=True)
