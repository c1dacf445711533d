"""Files written whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import XunluError
from geo.files import replacing, write_whole
from geo.store.project import Project

ROOT = Path(__file__).parents[2]

LIMITED = """
import resource, sys
from pathlib import Path
from geo.errors import XunluError
from geo.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 5000)
except XunluError as error:
    print(error)
"""


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The new content stands under the name, and nothing else is left in the folder."""
    (tmp_path / "a.pdf").write_bytes(b"old")
    write_whole(tmp_path / "a.pdf", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"new")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_file_that_finds_no_room_leaves_the_old_one(tmp_path: Path) -> None:
    """When writing stops in the middle, what was there before stays, and no half file is left."""
    (tmp_path / "a.pdf").write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path / "a.pdf"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "a.pdf cannot be written: File too large." in done.stdout
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"old")]


def test_a_project_is_never_overwritten(tmp_path: Path) -> None:
    """A sheet or page that is to be written under the name of a project leaves the project as it is."""
    with Project.create(tmp_path / "p.gpkg"):
        before = (tmp_path / "p.gpkg").read_bytes()
        with pytest.raises(XunluError, match=r"p\.gpkg is a database"):
            write_whole(tmp_path / "p.gpkg", b"<html>")
    assert (tmp_path / "p.gpkg").read_bytes() == before


def test_a_path_without_a_name_is_refused() -> None:
    """The root folder is no file to write."""
    with pytest.raises(XunluError, match="cannot be written"):
        write_whole(Path("/"), b"")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The error names the file and says what to do."""
    with pytest.raises(XunluError, match=r"none/a\.pdf cannot be written"):
        write_whole(tmp_path / "none" / "a.pdf", b"")


def test_work_that_fails_leaves_neither_file_nor_journal(tmp_path: Path) -> None:
    """Whatever is raised goes on, and the folder is as it was."""

    def fail() -> None:
        with replacing(tmp_path / "p.gpkg") as new:
            new.write_bytes(b"half")
            new.with_name(f"{new.name}-journal").write_bytes(b"half")
            raise KeyError("bug")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []
