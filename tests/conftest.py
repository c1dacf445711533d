"""What all tests share: the sample project, and one with a plan of its day, made once."""

import atexit
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from geo import language
from geo.language import Language
from geo.planning.plans import day
from geo.planning.plans.wish import Wish
from geo.sample import write_sample
from geo.store.project import Project

# What earlier runs of the program left in the user's own cache must not change a test; it is looked up when needed.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="xunlu-tests-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample project that no test changes; its routing graphs lie beside it."""
    path = tmp_path_factory.mktemp("sample") / "yuexiu.gpkg"
    write_sample(path).close()
    return path


@pytest.fixture(scope="session")
def planned_file(sample_file: Path) -> Path:
    """Return a sample project with a plan of its day that no test changes."""
    path = sample_file.with_name("planned.gpkg")
    shutil.copy(sample_file, path)
    with Project.open(path) as project:
        project.apply(day.make_plan(project.snapshot(), Wish(project.today(), iterations=30)))
    return path


@pytest.fixture
def sample(sample_file: Path) -> Iterator[Project]:
    """Give the sample project, to be read."""
    with Project.open(sample_file) as project:
        yield project


@pytest.fixture
def planned(planned_file: Path, tmp_path: Path) -> Iterator[Project]:
    """Give a sample project with a plan that a test may change."""
    copy = tmp_path / planned_file.name
    shutil.copy(planned_file, copy)
    if planned_file.with_suffix(".cache").exists():
        shutil.copytree(planned_file.with_suffix(".cache"), copy.with_suffix(".cache"))
    with Project.open(copy) as project:
        yield project


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """Hold every test to leave no thread running and no window open."""
    before = set(threading.enumerate())
    yield
    assert [thread for thread in threading.enumerate() if thread not in before and not thread.daemon] == []
    if (widgets := sys.modules.get("PySide6.QtWidgets")) and widgets.QApplication.instance():
        assert [widget for widget in widgets.QApplication.topLevelWidgets() if widget.isVisible()] == []


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Let every test begin, and leave the next one, in English."""
    language.use("en")
    yield
    language.use("en")


@pytest.fixture
def speaks() -> Iterator[Callable[[Language], None]]:
    """Give the function that changes the language; it is English again after the test."""
    yield language.use
    language.use("en")
