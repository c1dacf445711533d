"""Work on a plan belongs to the project it was begun in."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.window import Window

OpenWindow = Callable[..., Window]


def test_plan_of_one_project_is_not_written_into_another(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, tmp_path: Path
) -> None:
    """Opening another project stops the planning of the one before it; neither gets the plan."""
    other = Path(shutil.copy(project_file, tmp_path / "other.gpkg"))
    window = open_window(project_file)
    window.plan.form.seconds.setValue(5)
    window.plan.plan()
    qtbot.wait(300)
    window.files.open_path(other)
    qtbot.waitUntil(lambda: not window.session.jobs.running and not window.plan.work.is_busy, timeout=60_000)
    assert window.session.open_project().path == other
    assert window.session.open_project().frame("plans").empty
    assert not window.plan.plan_id
    assert not window.plan.is_planning


def test_project_with_a_plan_has_no_gap_above_it(qtbot: QtBot, open_window: OpenWindow, planned_copy: Path) -> None:
    """The line that says there is no plan takes no room where there is one."""
    window = open_window(planned_copy)
    window.show_tab(window.plan)
    qtbot.waitUntil(window.plan.choice.isVisible)
    assert not window.plan.note.isVisible()
