"""Large edits are taken back and made again from the history, in which their rows stand anyway."""

import gc
import weakref
from pathlib import Path

import pytest
import shapely

from geo.errors import XunluError
from geo.store import project as projects
from geo.store.edits import edit, insert, to_json
from geo.store.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a project in which an edit counts as large from four rows on."""
    monkeypatch.setattr(projects, "MANY", 3)
    return Project.create(tmp_path / "p.gpkg")


def test_a_large_edit_is_taken_back_and_made_again_from_the_history(project: Project) -> None:
    """What undo and redo write is to the cell what was written first, and its rows are not kept in memory."""
    rows = [insert("sites", name=f"点{n}", geometry=shapely.Point(113 + n / 7, 23), interval_days=n) for n in range(5)]
    wanted, kept = to_json(rows), weakref.ref(rows[0])
    project.apply(edit("import", rows))
    del rows
    gc.collect()
    assert kept() is None
    stood = project.frame("sites")
    done = project.nearest("undo")
    assert done is not None
    assert (done.title, len(done.changes), done.tables()) == ("import", 5, frozenset({"sites"}))
    assert to_json(list(done.changes)) == wanted
    for _ in range(2):
        project.undo()
        assert project.frame("sites").empty
        assert project.redo_title == "import"
        project.redo()
        assert project.frame("sites").equals(stood)


def test_a_large_edit_whose_history_is_gone_cannot_be_taken_back(project: Project) -> None:
    """Where another program has deleted the line, undo says so and changes nothing."""
    project.apply(edit("import", [insert("sites", name=f"点{n}") for n in range(5)]))
    project.store._db.execute("DELETE FROM history")  # type: ignore[attr-defined]
    with pytest.raises(XunluError):
        project.undo()
    assert len(project.frame("sites")) == 5
    assert project.can_undo


def test_the_rows_of_what_is_made_again_are_read_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many panels look at the rows of an undone or redone edit, its line of history is read one time."""
    project.apply(edit("import", [insert("sites", name=f"点{n}") for n in range(5)]))
    reads: list[str] = []
    read = project.store.line
    monkeypatch.setattr(project.store, "line", lambda line: reads.append(line) or read(line))
    project.subscribe(lambda told: [list(told.changes) for _ in range(3)] and None)
    for make in (project.undoing, project.redoing):
        step = "undo" if make == project.undoing else "redo"
        told = make()
        assert told is not None
        project.adopt(told, project.write_apart(told), step)
        assert len(reads) == 1
        reads.clear()
    assert len(project.frame("sites")) == 5
