"""The panel of reasons, and changes of a plan while its day goes on, with real widgets on the planned sample."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.window import Window
from tests.gui.conftest import OpenWindow
from tests.gui.resting import at_rest

LONG = 60_000


@pytest.fixture
def window(open_window: OpenWindow, planned_copy: Path, qtbot: QtBot) -> Window:
    """Return a window that shows the plan of the sample, with the reasons in front."""
    window = open_window(planned_copy)
    window.show_tab(window.plan)
    qtbot.waitUntil(lambda: window.plan.tree.topLevelItemCount() > 2)
    window.actions_by_name.by_name["why"].trigger()
    return window


def choose(qtbot: QtBot, window: Window, site: str) -> None:
    """Choose a site in the plan and wait for its reasons."""
    panel = window.live.panel
    assert window.plan.choose_site(site)
    qtbot.waitUntil(lambda: panel.account is not None and panel.account.site == site, timeout=LONG)


def rest(qtbot: QtBot, window: Window) -> None:
    """Wait until nothing is worked out any more."""
    qtbot.waitUntil(lambda: at_rest(window), timeout=LONG)


def routes(window: Window) -> dict[str, list[str]]:
    """Return the sites of each team's route in the plan that is shown."""
    project = window.session.open_project()
    frame = project.frame("stops")
    mine = frame[frame["plan"] == window.plan.plan_id].sort_values("seq")
    found: dict[str, list[str]] = {}
    for team, site in zip(mine["team"].tolist(), mine["site"].tolist(), strict=True):
        found.setdefault(team, []).append(site)
    return found


def left_out(window: Window, reason: str) -> str:
    """Return a site of the plan that is left out for a reason."""
    frame = window.session.open_project().frame("left_out")
    return str(frame.loc[(frame["plan"] == window.plan.plan_id) & (frame["reason"] == reason), "site"].iloc[0])


def test_a_change_that_admits_a_site_is_made_with_the_button(window: Window, qtbot: QtBot) -> None:
    """The list names what would admit it; Do it makes the first, the site is planned, and undo takes all back."""
    site = left_out(window, "no_window")
    choose(qtbot, window, site)
    panel = window.live.panel
    assert panel.offers.count() >= 1
    assert panel.offers.currentRow() == 0
    assert panel.do.isEnabled()
    before = routes(window)
    QTest.mouseClick(panel.do, Qt.MouseButton.LeftButton)
    rest(qtbot, window)
    assert site in {one for route in routes(window).values() for one in route}
    window.session.undo()
    assert routes(window) == before


def test_a_closure_is_opened_for_the_day_with_the_button(window: Window, qtbot: QtBot) -> None:
    """The panel says that this holds for every plan of the day; the site is planned, and undo takes all back."""
    site = left_out(window, "closure")
    choose(qtbot, window, site)
    panel = window.live.panel
    assert "every plan" in panel.holds.text()
    before, project = routes(window), window.session.open_project()
    closures = project.frame("closures")
    QTest.mouseClick(panel.do, Qt.MouseButton.LeftButton)
    rest(qtbot, window)
    assert site in {one for route in routes(window).values() for one in route}
    assert not project.frame("closures").equals(closures)
    window.session.undo()
    assert routes(window) == before
    assert project.frame("closures").sort_index().equals(closures.sort_index())


def test_what_was_granted_is_listed_and_can_be_taken_back(window: Window, qtbot: QtBot) -> None:
    """Overtime is granted to this plan alone; a menu takes it back, and the route that needs it is marked."""
    project = window.session.open_project()
    site = next(
        str(site)
        for site, changes in zip(project.frame("left_out")["site"], project.frame("left_out")["changes"], strict=True)
        if '"overtime"' in changes
    )
    choose(qtbot, window, site)
    panel = window.live.panel
    assert not panel.given.isVisible()
    row = next(n for n in range(panel.offers.count()) if "overtime" in panel.offers.item(n).text())
    panel.offers.setCurrentRow(row)
    assert "this plan only" in panel.holds.text()
    teams = project.frame("teams")
    panel.grant()
    rest(qtbot, window)
    qtbot.waitUntil(panel.given.isVisible, timeout=LONG)
    assert project.frame("teams") is teams
    assert panel.given.text() == "Granted: 1"
    (action,) = panel.given.menu().actions()
    assert "overtime" in action.text()
    action.trigger()
    rest(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.plan.faults), timeout=LONG)
    qtbot.waitUntil(lambda: not panel.given.isVisible(), timeout=LONG)


def test_enter_on_a_price_gives_the_stop_to_that_team(window: Window, qtbot: QtBot) -> None:
    """The prices list every team, the present one first; Enter on another one moves the stop there."""
    before = routes(window)
    team, route = next(item for item in before.items() if len(item[1]) > 3)
    choose(qtbot, window, route[1])
    panel = window.live.panel
    assert panel.account is not None
    assert panel.prices.topLevelItemCount() == len(panel.account.prices) > 10
    assert panel.account.prices[0].team == team
    price = panel.account.prices[1]
    panel.prices.setCurrentIndex(panel.prices.model().index(1, 0))
    panel.prices.setFocus()
    QTest.keyClick(panel.prices, Qt.Key.Key_Return)
    rest(qtbot, window)
    after = routes(window)
    assert after[price.team][price.position] == route[1]
    assert route[1] not in after[team]


def test_an_urgent_site_is_inserted_for_the_team_that_is_chosen(window: Window, qtbot: QtBot) -> None:
    """The dialog lists the price with each team; the chosen one gets the site, and the message says what was moved."""
    project = window.session.open_project()
    known = {one for route in routes(window).values() for one in route}
    left = set(project.frame("left_out")["site"])
    site = next(str(one) for one in project.frame("sites").index if one not in known | left)
    window.session.selection.choose({site}, current=site)
    window.actions_by_name.by_name["urgent"].trigger()
    dialog = window.live.dialog
    assert dialog is not None
    dialog.time.setTime(QTime(11, 0))
    qtbot.waitUntil(
        lambda: len(dialog.found) > 10 and dialog._job is None and not dialog._later.isActive(), timeout=LONG
    )
    dialog.prices.setCurrentIndex(dialog.prices.model().index(1, 0))
    team = dialog.found[1].team
    dialog.accept()
    rest(qtbot, window)
    assert site in routes(window)[team]
    assert "0 stops moved" in window.messages.text


def test_a_team_drops_out_and_the_rest_can_be_replanned(window: Window, qtbot: QtBot) -> None:
    """Its stops go to others in place; then the rest of the day becomes a new version of the plan."""
    before, plan = routes(window), window.plan.plan_id
    window.actions_by_name.by_name["drop_out"].trigger()
    dialog = window.live.dialog
    assert dialog is not None
    dialog.time.setTime(QTime(10, 0))
    team = str(dialog.team.currentData())
    dialog.accept()
    rest(qtbot, window)
    assert window.plan.plan_id == plan
    assert len(routes(window)[team]) < len(before[team])
    window.actions_by_name.by_name["replan"].trigger()
    dialog = window.live.dialog
    assert dialog is not None
    dialog.time.setTime(QTime(11, 0))
    dialog.seconds.setValue(1)
    dialog.accept()
    rest(qtbot, window)
    qtbot.waitUntil(lambda: window.plan.plan_id != plan, timeout=LONG)
    assert "stay as they were made" in window.messages.text
