"""What the tests of the window share: the application, the sample, and a window that shows it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from geo.language import Language
from gui.app import create_app, speak
from gui.settings import Settings
from gui.window import Window

HERE = Path(__file__).parent
OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pass what Qt says of every window on the platform without a screen."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the application as the program makes it."""
    return create_app(["xunlu"], "en")


@pytest.fixture
def project_file(sample_file: Path, tmp_path: Path) -> Path:
    """Return a sample project of the test's own."""
    return Path(shutil.copy(sample_file, tmp_path / "yuexiu.gpkg"))


@pytest.fixture
def routable_file(planned_file: Path, project_file: Path) -> Path:
    """Return a sample project without a plan, of the test's own, with the routing graph of its day beside it."""
    shutil.copytree(planned_file.with_suffix(".cache"), project_file.with_suffix(".cache"))
    return project_file


@pytest.fixture
def planned_copy(planned_file: Path, tmp_path: Path) -> Path:
    """Return a sample project with a plan, its routing graph beside it, of the test's own."""
    path = tmp_path / "yuexiu.gpkg"
    shutil.copytree(planned_file.with_suffix(".cache"), path.with_suffix(".cache"))
    return Path(shutil.copy(planned_file, path))


@pytest.fixture
def speaking(qapp: QApplication) -> Iterator[Callable[[Language], None]]:
    """Return the function that changes the language; it is English again after the test."""
    yield lambda lang: speak(qapp, lang)
    speak(qapp, "en")


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[OpenWindow]:
    """Return the function that opens a window on a project file and waits until its map is drawn."""
    windows: list[Window] = []

    def open_one(path: Path | None = None, settings: Settings | None = None) -> Window:
        window = Window(settings or Settings())
        windows.append(window)
        qtbot.addWidget(window)
        # As on the screen of an office, whatever the one of the test is.
        window.resize(1440, 900)
        window.show()
        if path is not None:
            window.start(path)
            qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)
            assert window.session.project is not None, window.messages.text
            qtbot.waitUntil(lambda: window.canvas.is_drawn)
        return window

    yield open_one
    for window in windows:
        window.close()
