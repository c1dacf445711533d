"""Tests of selections kept in the project."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.query import saved
from geo.query.saved import SavedSelection
from geo.store.edits import Edit, insert
from geo.store.project import Project


@pytest.fixture
def project(sample_file: Path, tmp_path: Path) -> Iterator[Project]:
    """Give a sample project of the test's own."""
    with Project.open(Path(shutil.copy(sample_file, tmp_path / "own.gpkg"))) as own:
        yield own


def names(project: Project) -> list[str]:
    """Return the names of what a project keeps."""
    return [one.name for one in saved.saved_in(project)]


def test_kept_renamed_deleted_and_undone(project: Project) -> None:
    """A kept selection is in the file, can be renamed and deleted, and each step is taken back by undo."""
    sites = list(project.frame("sites").index[:3])
    project.apply(saved.keep(project, " 重点  学校 ", sites))
    project.apply(saved.keep(project, "High risk", [], "risk = high"))
    with Project.open(project.path, read_only=True) as again:
        risky, schools = saved.saved_in(again)
    assert (risky.name, risky.sites, risky.where) == ("High risk", None, "risk = high")
    assert (schools.name, schools.sites, schools.where) == ("重点 学校", frozenset(sites), "")
    project.apply(saved.rename(project, schools, "Schools"))
    assert names(project) == ["High risk", "Schools"]
    project.apply(saved.delete(project, saved.saved_in(project)[0]))
    assert names(project) == ["Schools"]
    for _ in range(2):
        project.undo()
    assert names(project) == ["High risk", "重点 学校"]


def test_the_same_name_replaces(project: Project) -> None:
    """Keeping under a name that is there replaces what it held, and the id stays."""
    first, other = project.frame("sites").index[:2]
    project.apply(saved.keep(project, "A", [first]))
    before = saved.saved_in(project)[0]
    project.apply(saved.keep(project, "A", [other]))
    assert saved.saved_in(project) == [SavedSelection(before.id, "A", frozenset([other]))]
    assert saved.keep(project, "A", [other]).changes == ()


def test_what_makes_no_sense_is_refused(project: Project) -> None:
    """No name, nothing to keep, and a name that is taken are told."""
    site = project.frame("sites").index[0]
    with pytest.raises(XunluError, match="no name"):
        saved.keep(project, "  ", [site])
    with pytest.raises(XunluError, match="nothing to keep"):
        saved.keep(project, "A", [])
    project.apply(saved.keep(project, "A", [site]))
    project.apply(saved.keep(project, "B", [site]))
    with pytest.raises(XunluError, match="already"):
        saved.rename(project, saved.saved_in(project)[0], "B")


@pytest.mark.parametrize(
    "value", ["", "{", "[]", "{}", '{"name": 3, "sites": []}', '{"name": "x", "sites": 3}', "null"]
)
def test_what_another_program_has_spoilt_is_left_away(project: Project, value: str) -> None:
    """A setting that holds no selection is passed over, and the others are there."""
    project.apply(saved.keep(project, "A", [], "due"))
    project.apply(Edit("", (insert("settings", key="selection.x", value=value),)))
    assert names(project) == ["A"]


@settings(deadline=None)
@given(
    name=st.text(min_size=1).filter(str.strip), sites=st.none() | st.frozensets(st.text(max_size=40)), where=st.text()
)
def test_what_is_written_is_read_again(name: str, sites: frozenset[str] | None, where: str) -> None:
    """A kept selection comes back from its JSON, whatever it is called."""
    one = SavedSelection("1", name, sites, "" if sites is not None else where)
    assert list(saved._read("1", one.as_json())) == [one]
    assert json.loads(one.as_json())["name"] == name
