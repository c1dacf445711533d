"""Planning in a process beside the window: begun, used, stopped, broken down, and gone with the window."""

import os
import signal
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from geo.errors import XunluError
from geo.planning.onlooker import Seen
from geo.planning.orders import Answer, DayPlan
from geo.planning.plans.wish import Wish
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from gui.planprocess import PlanProcess
from gui.searches import Search, Searches
from gui.window import Window
from tests.gui.conftest import OpenWindow
from tests.gui.resting import at_rest

LONG_MS = 180_000


@pytest.fixture
def window(open_window: OpenWindow, routable_file: Path) -> Window:
    """Return a window on the sample that shows the panel of plans."""
    window = open_window(routable_file)
    window.show_tab(window.plan)
    return window


def search(qtbot: QtBot, window: Window) -> PlanProcess:
    """Begin a search of ten minutes, wait until it has found something, and return its process."""
    seen: list[Seen] = []
    window.plan.work.seen.connect(seen.append)
    window.plan.form.seconds.setValue(600)
    window.plan.plan()
    qtbot.waitUntil(lambda: bool(seen), timeout=LONG_MS)
    (process,) = window.session.searches.processes
    return process


def runs(pid: int) -> bool:
    """Return whether there is a process with a number, be it one that nobody has taken leave of."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def plans(window: Window) -> list[str]:
    """Return the ids of the project's plans."""
    return [str(plan) for plan in window.session.open_project().frame("plans").index]


def test_a_process_waits_while_the_panel_is_looked_at_and_serves_every_search(qtbot: QtBot, window: Window) -> None:
    """It is begun with the panel, plans twice, the second plan as the next version of the first, and is still there."""
    searches = window.session.searches
    qtbot.waitUntil(lambda: any(process.is_ready for process in searches.processes), timeout=LONG_MS)
    (process,) = searches.processes
    for _ in range(2):
        window.plan.form.seconds.setValue(1)
        window.plan.plan()
        qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert searches.processes == (process,)
    versions = window.session.open_project().frame("plans")["version"].tolist()
    assert sorted(versions) == [1, 2]


def test_a_search_that_is_stopped_changes_nothing_and_its_process_serves_the_next(qtbot: QtBot, window: Window) -> None:
    """Stop is heard at once; the order given right after it is done by the same process."""
    before = plans(window)
    process = search(qtbot, window)
    window.plan.work.stop()
    assert not window.plan.is_planning
    window.plan.form.seconds.setValue(1)
    window.plan.plan()
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert len(plans(window)) == len(before) + 1
    assert window.session.searches.processes == (process,)


def test_changes_made_while_planning_are_kept_and_the_plan_is_applied_to_them(qtbot: QtBot, window: Window) -> None:
    """A site renamed during a search keeps its name; the plan comes as one step that one undo takes back."""
    before = plans(window)
    search(qtbot, window)
    project = window.session.open_project()
    site = str(project.frame("sites").index[0])
    window.session.apply(edit("Rename", [update("sites", site, project.row("sites", site), {"name": "新名"})]))
    window.plan.work.use()
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert len(plans(window)) == len(before) + 1
    assert project.row("sites", site)["name"] == "新名"
    assert window.plan.plan_id not in before
    window.session.undo()
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert plans(window) == before
    assert project.row("sites", site)["name"] == "新名"


def test_a_change_right_behind_a_plan_waits_for_it(qtbot: QtBot, window: Window) -> None:
    """While a plan is being written, the next change is neither refused nor lost; undo takes them back in turn."""
    session, before = window.session, plans(window)
    project = session.open_project()
    rename = edit("Rename", [project.set_setting_change("name_en", "Changed")])
    answer = edit("Plan", [insert("plans", date="2021-06-02"), insert("routes")])
    assert session.apply_large(answer, lambda: None) is not None
    assert len(plans(window)) == len(before)
    assert session.apply(rename)
    assert len(plans(window)) == len(before) + 1
    assert project.setting("name_en") == "Changed"
    session.undo()
    assert project.setting("name_en") != "Changed"
    session.undo()
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert plans(window) == before


@pytest.mark.parametrize("when", ["searching", "idle"])
def test_a_process_that_breaks_down_is_told_in_a_sentence(qtbot: QtBot, window: Window, when: str) -> None:
    """Nothing is changed, the window says so if anything was sought, and the next search has another process."""
    before = plans(window)
    process = search(qtbot, window)
    if when == "idle":
        window.plan.work.stop()
        qtbot.waitUntil(lambda: process.is_free, timeout=LONG_MS)
    os.kill(process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not window.session.searches.processes, timeout=LONG_MS)
    assert ("broke off" in window.messages.text) == (when == "searching")
    assert not window.plan.is_planning
    assert plans(window) == before
    window.plan.form.seconds.setValue(1)
    window.plan.plan()
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
    assert len(plans(window)) == len(before) + 1


def test_no_process_outlives_the_window(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """Closed in the middle of a search, the window leaves neither process, nor plan, nor anything half made."""
    window = open_window(project_file)
    pid = search(qtbot, window).pid
    assert runs(pid)
    window.close()
    assert not runs(pid)
    with Project.open(project_file, read_only=True) as project:
        assert project.frame("plans").empty
    assert not list(project_file.with_suffix(".cache").glob("building-*"))


def test_a_process_ends_by_itself_when_its_input_does(qtbot: QtBot, project_file: Path) -> None:
    """As when the window is killed: the pipe is closed, nobody asks it to end, and it is gone."""
    process = PlanProcess(project_file)
    process.order(1, DayPlan(Wish(date(2021, 6, 2), seconds=600)))
    with qtbot.waitSignal(process.told, timeout=LONG_MS):
        pass
    pid = process.pid
    process.end()
    qtbot.waitUntil(lambda: not runs(pid), timeout=LONG_MS)


def test_what_cannot_be_planned_is_said_in_the_language_of_the_user(
    qtbot: QtBot, project_file: Path, speaking: object
) -> None:
    """The process speaks as the window does at that moment, and two searches at once have a process each."""
    assert callable(speaking)
    speaking("zh")
    # As under a window: what Python's collector takes down in whatever order is not what Qt expects.
    owner, told = QObject(), list[XunluError | Answer]()
    searches = Searches(lambda: None, owner)
    searches.open(project_file)
    order = DayPlan(Wish(date(2021, 6, 2), sites=(), seconds=1))
    both: list[Search] = [searches.start(order, told.append, told.append) for _ in range(2)]
    assert len(searches.processes) == 2
    qtbot.waitUntil(lambda: len(told) == 2, timeout=LONG_MS)
    assert all(isinstance(one, XunluError) and "没有" in one.message for one in told)
    assert len(both) == 2
    assert len(searches.processes) == 1
    searches.finish()
    assert not searches.processes
