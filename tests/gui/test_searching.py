"""Looking on while a plan is sought: the cost curve, the routes over the map, and the word that it is enough."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from geo.planning.onlooker import Seen
from geo.planning.plans.plan_json import as_json
from geo.planning.rules import Aim
from gui.planform import ANEW, FEW_CHANGES, IMPROVED
from gui.window import Window
from tests.gui.conftest import OpenWindow
from tests.gui.resting import at_rest


@pytest.fixture
def window(open_window: OpenWindow, routable_file: Path) -> Window:
    """Return a window on the sample."""
    return open_window(routable_file)


def search(qtbot: QtBot, window: Window, seconds: int = 600) -> list[Seen]:
    """Begin a long search and wait until it has found something better than its first plan."""
    seen: list[Seen] = []
    window.plan.work.seen.connect(seen.append)
    window.plan.form.seconds.setValue(seconds)
    window.plan.plan()
    qtbot.waitUntil(lambda: len(seen) > 2, timeout=30_000)
    return seen


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until the plan is there."""
    qtbot.waitUntil(lambda: at_rest(window), timeout=30_000)


def picture(window: Window) -> np.ndarray:
    """Return the pixels of the map."""
    image = window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4).copy()


def changed(window: Window, before: np.ndarray) -> float:
    """Return the share of the map's pixels that are not as before."""
    return float((picture(window) != before).any(axis=2).mean())


def test_the_curve_falls_and_the_best_plan_so_far_can_be_used(qtbot: QtBot, window: Window) -> None:
    """A search of ten minutes shows better and better plans, and ends at once with the best when that is wanted."""
    panel = window.plan
    window.show_tab(panel)
    assert not window.actions_by_name.by_name["use_plan"].isEnabled()
    seen = search(qtbot, window)
    costs = [cost for _, cost in panel.curve.points]
    assert panel.curve.isVisible()
    assert costs == sorted(costs, reverse=True)
    assert panel.curve.accessibleDescription() == panel.curve.words != ""
    window.actions_by_name.by_name["use_plan"].trigger()
    settle(qtbot, window)
    assert panel.plan_id
    assert not panel.curve.isVisible()
    totals = as_json(window.session.open_project(), panel.plan_id)["totals"]
    assert totals["stops"] >= len(window.session.due) - seen[-1].left_out


def test_routes_so_far_lie_over_the_map_while_they_are_sought(qtbot: QtBot, window: Window) -> None:
    """The map shows where the teams would go, and is as before once the search is stopped."""
    qtbot.waitUntil(lambda: window.canvas.is_drawn)
    before = picture(window)
    seen = search(qtbot, window)
    sites = {stop for found in seen for route in found.found.routes for stop in route}
    assert len(sites) <= len(window.session.due)
    assert changed(window, before) > 0.01
    window.plan.work.stop()
    settle(qtbot, window)
    assert not window.plan.plan_id
    qtbot.waitUntil(lambda: changed(window, before) < 0.0001)


def test_a_plan_can_start_from_the_one_shown(qtbot: QtBot, open_window: OpenWindow, planned_copy: Path) -> None:
    """With few changes wanted, hardly a stop changes its team; the first plan of a project starts anew."""
    window = open_window(planned_copy)
    settle(qtbot, window)
    form, first = window.plan.form, window.plan.plan_id
    form.start.setCurrentIndex(form.start.findData(FEW_CHANGES))
    wish = form.wish(first)
    assert (wish.present, wish.few_changes) == (first, True)
    assert form.wish("").present is None
    window.plan.work.make(replace(wish, iterations=20))
    settle(qtbot, window)
    project = window.session.open_project()
    teams = [
        {stop["site"]: route["team"] for route in as_json(project, plan)["routes"] for stop in route["stops"]}
        for plan in (first, window.plan.plan_id)
    ]
    assert window.plan.plan_id != first
    assert sum(teams[0][site] != teams[1].get(site) for site in teams[0]) <= len(teams[0]) // 20
    form.start.setCurrentIndex(form.start.findData(IMPROVED))
    assert not form.wish(first).few_changes


def test_an_aim_may_be_wished_for_one_plan(window: Window) -> None:
    """The form passes the aim on; at first it leaves it to the rules and starts anew."""
    form = window.plan.form
    assert form.wish("").aim is None
    assert form.start.currentData() == ANEW
    assert not form.start.isEnabled()
    offered = {form.aim.itemData(row) for row in range(form.aim.count())} - {""}
    assert offered == {aim.value for aim in Aim}
    form.aim.setCurrentIndex(form.aim.findData("even_hours"))
    assert form.wish("").aim is Aim.EVEN_HOURS
