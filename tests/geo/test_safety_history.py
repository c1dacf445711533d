"""The history: who did what, for the project and for a row, and taking any of it back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from geo.errors import XunluError
from geo.store import history
from geo.store.base import Conflict
from geo.store.edits import delete, edit, insert, update
from geo.store.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give a project with three sites, one renamed, one deleted."""
    with Project.create(tmp_path / "p.gpkg") as made:
        rows = [insert("sites", id=name, name=name, kind="x", geometry=shapely.Point(1, 2)) for name in "abc"]
        made.apply(edit("add", rows))
        rename(made, "a", "A")
        made.apply(edit("away", [delete("sites", "b", made.row("sites", "b"))]))
        yield made


def rename(project: Project, row_id: str, name: str) -> None:
    """Give a site another name."""
    project.apply(edit(f"to {name}", [update("sites", row_id, project.row("sites", row_id), {"name": name})]))


def titles(project: Project, **which: object) -> list[str]:
    """Return the titles of lines of history."""
    return [line.title for line in history.lines(project, **which)]  # type: ignore[arg-type]


def line(project: Project, title: str) -> str:
    """Return the id of a line of history by its title."""
    return next(line.id for line in history.lines(project) if line.title == title)


def test_lines_come_newest_first_with_who_when_and_how_many(project: Project) -> None:
    """A list of the history needs no change unpacked."""
    found = history.lines(project)
    assert [(line.title, line.count) for line in found] == [("away", 1), ("to A", 1), ("add", 3)]
    assert {line.who for line in found} == {project.who}
    assert [line.at for line in found] == sorted((line.at for line in found), reverse=True)


def test_lines_can_be_read_page_by_page(project: Project) -> None:
    """A long history is shown in parts, none twice."""
    first = history.lines(project, limit=2)
    rest = history.lines(project, limit=2, before=first[-1].id)
    assert [line.title for line in first + rest] == ["away", "to A", "add"]
    assert history.lines(project, before=rest[-1].id) == []


def test_the_lines_of_one_row_are_those_that_changed_it(project: Project) -> None:
    """Neither other rows, nor rows that only refer to it, nor texts that look like it."""
    project.apply(edit("stop", [insert("stops", plan="p", team="t", site="a")]))
    project.apply(edit("note", [update("sites", "c", project.row("sites", "c"), {"note": '["sites", "a", '})]))
    project.apply(edit("kind", [insert("kinds", id="a", code="a", name="a")]))
    assert titles(project, table="sites", row_id="a") == ["to A", "add"]
    assert titles(project, table="sites", row_id="b") == ["away", "add"]
    assert titles(project, table="stops") == ["stop"]
    assert titles(project, table="sites") == ["note", "away", "to A", "add"]
    assert titles(project, table="sites", row_id="none") == []


@pytest.mark.parametrize("row_id", ['a"b', "点\\", "%", "a', 'b"])
def test_any_id_is_found(project: Project, row_id: str) -> None:
    """An id that another program has made of odd signs is looked for as it is."""
    project.apply(edit("odd", [insert("sites", id=row_id, name="x")]))
    assert titles(project, table="sites", row_id=row_id) == ["odd"]


def test_details_are_the_changes_as_they_were_made(project: Project) -> None:
    """Before and after of each row come back, geometries included."""
    (change,) = history.details(project, line(project, "away"))
    assert change.before is not None
    assert (change.kind, change.before["name"], change.before["geometry"]) == ("delete", "b", shapely.Point(1, 2))
    (renamed,) = history.details(project, line(project, "to A"))
    assert (renamed.before, renamed.after) == ({"name": "a"}, {"name": "A"})


def test_a_change_of_long_ago_is_taken_back_alone(project: Project) -> None:
    """What others changed in other columns and rows since stays; the reverting itself is a line, and can be undone."""
    project.apply(edit("note", [update("sites", "a", project.row("sites", "a"), {"note": "n"})]))
    project.apply(history.revert(project, line(project, "to A")))
    assert (project.row("sites", "a")["name"], project.row("sites", "a")["note"]) == ("a", "n")
    project.apply(history.revert(project, line(project, "away")))
    assert sorted(project.frame("sites")["name"]) == ["a", "b", "c"]
    assert titles(project)[:2] == ["Revert: away", "Revert: to A"]
    project.undo()
    assert sorted(project.frame("sites")["name"]) == ["a", "c"]


def test_a_revert_can_itself_be_reverted(project: Project) -> None:
    """Taking back the taking back gives what was there."""
    project.apply(history.revert(project, line(project, "to A")))
    project.apply(history.revert(project, line(project, "Revert: to A")))
    assert project.row("sites", "a")["name"] == "A"


def test_what_later_changes_stand_on_is_not_taken_back(project: Project) -> None:
    """The row in the way is named with its table, whether changed or gone, and nothing happens."""
    rename(project, "a", "AA")
    with pytest.raises(Conflict, match="“AA” of “Sites” has changed since") as caught:
        history.revert(project, line(project, "to A"))
    assert (caught.value.table, caught.value.row_id) == ("sites", "a")
    with pytest.raises(Conflict, match=r"“(b|AA)” of “Sites”"):
        history.revert(project, line(project, "add"))
    project.apply(edit("gone", [delete("sites", "a", project.row("sites", "a"))]))
    with pytest.raises(Conflict, match="“A” of “Sites”"):
        history.revert(project, line(project, "to A"))
    assert titles(project)[0] == "gone"


def test_a_line_that_changed_a_row_twice_is_taken_back(project: Project) -> None:
    """The steps within one line are taken back in their order."""
    row = insert("sites", id="d", name="d")
    second = update("sites", "d", row.after or {}, {"name": "D"})
    project.apply(edit("twice", [row, second]))
    project.apply(history.revert(project, line(project, "twice")))
    assert "d" not in project.frame("sites").index


def test_a_spoilt_line_does_not_hide_the_others(project: Project) -> None:
    """What cannot be read says so when asked for; the list and the rest work on."""
    spoilt = line(project, "to A")
    with sqlite3.connect(project.path) as db:
        db.execute("UPDATE history SET changes = 'x' WHERE id = ?", (spoilt,))
    db.close()
    assert [line.count for line in history.lines(project)] == [1, None, 3]
    for act in (history.details, history.revert):
        with pytest.raises(XunluError, match="“to A” of the history cannot be read"):
            act(project, spoilt)
        with pytest.raises(XunluError, match="no such line"):
            act(project, "none")
    assert len(history.details(project, line(project, "add"))) == 3
