"""The picture that a project opens with: seen before the map is read, and only as long as it is true."""

from pathlib import Path

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from geo.store.edits import edit, update
from geo.store.project import Project
from gui.settings import Settings
from gui.window import Window
from tests.gui.conftest import OpenWindow


def opening(qtbot: QtBot, path: Path) -> Window:
    """Return a window that has just begun to open a project."""
    window = Window(Settings())
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    window.start(path)
    qtbot.waitUntil(lambda: not window.canvas.still.isNull() or window.session.project is not None, timeout=20_000)
    return window


def seen(window: Window) -> list[QColor]:
    """Return some pixels of the map as it is on the screen."""
    image = window.canvas.grab().toImage()
    spots = range(40, min(image.width(), image.height()) - 40, 7)
    return [image.pixelColor(x, y) for x in spots for y in spots]


def alike(one: list[QColor], other: list[QColor]) -> float:
    """Return the share of pixels that look the same."""
    pairs = [(a.getRgb(), b.getRgb()) for a, b in zip(one, other, strict=True)]
    return sum(max(abs(x - y) for x, y in zip(a, b, strict=True)) < 40 for a, b in pairs) / len(pairs)


def test_the_map_of_the_last_time_is_seen_before_the_project_is_read(
    open_window: OpenWindow, qtbot: QtBot, project_file: Path
) -> None:
    """A status changed in the meantime is in the picture; once the map itself is drawn the picture is gone."""
    window = open_window(project_file)
    session = window.session
    site = next(iter(session.due))
    row = session.open_project().row("sites", site)
    session.apply(edit("risk", [update("sites", site, row, {"risk": "high" if row["risk"] != "high" else "low"})]))
    qtbot.waitUntil(lambda: window.canvas.is_drawn and not window.canvas.picture.isActive(), timeout=20_000)
    before = seen(window)
    window.close()
    again = opening(qtbot, project_file)
    assert again.session.project is None
    shown = seen(again)
    qtbot.waitUntil(lambda: again.canvas.is_drawn and not again.session.jobs.running, timeout=20_000)
    assert again.canvas.still.isNull()
    assert alike(shown, before) > 0.9
    assert alike(seen(again), before) > 0.9
    again.close()


def test_a_picture_is_not_shown_while_changes_wait_beside_the_file(
    open_window: OpenWindow, qtbot: QtBot, project_file: Path
) -> None:
    """Where a program was killed, what it had changed may be in the log beside the file alone."""
    open_window(project_file).close()
    assert len(list(project_file.with_suffix(".cache").glob("first-*.jpg"))) == 1
    project_file.with_name(project_file.name + "-wal").write_bytes(bytes(64))
    window = opening(qtbot, project_file)
    assert window.canvas.still.isNull()
    qtbot.waitUntil(lambda: window.canvas.is_drawn and not window.session.jobs.running, timeout=20_000)
    window.close()


def test_a_picture_of_other_data_is_not_shown(open_window: OpenWindow, qtbot: QtBot, project_file: Path) -> None:
    """After somebody else has written to the file nothing is shown that is not true."""
    open_window(project_file).close()
    assert len(list(project_file.with_suffix(".cache").glob("first-*.jpg"))) == 1
    with Project.open(project_file) as project:
        site = str(project.frame("sites").index[0])
        project.apply(edit("other", [update("sites", site, project.row("sites", site), {"name": "Other"})]))
    window = opening(qtbot, project_file)
    assert window.canvas.still.isNull()
    qtbot.waitUntil(lambda: window.canvas.is_drawn and not window.session.jobs.running, timeout=20_000)
    window.close()


def test_whoever_only_looks_leaves_nothing_behind(open_window: OpenWindow, qtbot: QtBot, project_file: Path) -> None:
    """A project opened read-only gets no picture beside it."""
    window = open_window()
    window.files.open_read_only(project_file)
    qtbot.waitUntil(lambda: window.session.project is not None and window.canvas.is_drawn, timeout=20_000)
    window.close()
    assert not project_file.with_suffix(".cache").exists()
