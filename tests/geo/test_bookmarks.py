"""Parts of the map under a name: kept in the project, undone and refused like all else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import bookmarks
from geo.errors import XunluError
from geo.store.project import Project

EAST = (113.1, 23.1, 113.3, 23.2)


def test_kept_renamed_and_removed(planned: Project) -> None:
    """A bookmark is kept, found again after opening, renamed, removed, and each step undone."""
    planned.apply(bookmarks.keep(planned, " East  gate ", EAST))
    (one,) = bookmarks.listed(planned)
    assert (one.name, one.bounds) == ("East gate", EAST)
    planned.apply(bookmarks.rename(planned, one, "West"))
    (renamed,) = bookmarks.listed(planned)
    assert (renamed.key, renamed.name, renamed.bounds) == (one.key, "West", EAST)
    planned.apply(bookmarks.drop(planned, renamed))
    assert bookmarks.listed(planned) == []
    for names in (["West"], ["East gate"], []):
        planned.undo()
        assert [each.name for each in bookmarks.listed(planned)] == names


def test_the_same_name_is_one_bookmark(planned: Project) -> None:
    """Keeping under a name that is there moves that bookmark; renaming onto another one is refused."""
    planned.apply(bookmarks.keep(planned, "A", EAST))
    planned.apply(bookmarks.keep(planned, "A", (0.0, 0.0, 1.0, 1.0)))
    planned.apply(bookmarks.keep(planned, "B", EAST))
    one, other = bookmarks.listed(planned)
    assert one.bounds == (0.0, 0.0, 1.0, 1.0)
    with pytest.raises(XunluError, match="already"):
        bookmarks.rename(planned, other, "A")


@pytest.mark.parametrize(("name", "bounds"), [("  ", EAST), ("A", (1.0, 0.0, 1.0, 1.0)), ("A", (float("nan"),) * 4)])
def test_what_is_no_bookmark_is_refused(sample: Project, name: str, bounds: tuple[float, float, float, float]) -> None:
    """Without a name or without a part of the map nothing is kept."""
    with pytest.raises(XunluError):
        bookmarks.keep(sample, name, bounds)


@given(st.text())
def test_spoilt_bookmarks_are_left_out(text: str) -> None:
    """Whatever stands in the setting, reading it gives a bookmark or none."""
    read = bookmarks._read("bookmark.x", text)
    assert read is None or read.key == "bookmark.x"
