"""The form of a plan: who goes on the day chosen, with real widgets on the sample."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from geo.planning.office import intake, rounds
from geo.store.edits import edit, update
from gui.planform import PlanForm
from gui.window import Window
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window with the sample."""
    return open_window(project_file)


def items(form: PlanForm) -> dict[str, QListWidgetItem]:
    """Return the lines of the teams by id."""
    lines = [form.teams.item(place) for place in range(form.teams.count())]
    return {str(line.data(Qt.ItemDataRole.UserRole)): line for line in lines}


def test_a_team_that_cannot_go_on_the_day_is_grey_and_says_why(window: Window, qtbot: QtBot) -> None:
    """Whom nobody is there of is neither ticked nor to be ticked on that day, and is again on the next."""
    form, session = window.plan.form, window.session
    project = session.open_project()
    first, second, third = form.team_ids()[:3]
    people = project.frame("inspectors")
    away = {"away_from": "2021-06-03", "away_to": "2021-06-03"}
    mine = [str(one) for one in people.index[people["team"] == first]]
    changes = [update("inspectors", one, project.row("inspectors", one), away) for one in mine]
    changes.append(update("teams", second, project.row("teams", second), {"active": False}))
    session.apply(edit("away", changes))
    qtbot.waitUntil(lambda: second not in form.team_ids())
    assert "Off duty" in items(form)[second].toolTip()
    assert first in form.team_ids()
    # What somebody has unticked stays so.
    items(form)[third].setCheckState(Qt.CheckState.Unchecked)
    form.day.setDate(QDate(2021, 6, 3))
    line = items(form)[first]
    assert not line.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "stays at its base: 0 of at least 1" in line.toolTip()
    assert not {first, third} & set(form.team_ids())
    form.every.click()
    assert first not in form.team_ids()
    assert {second, third} <= set(form.team_ids())
    form.day.setDate(QDate(2021, 6, 4))
    assert {first, second, third} <= set(form.team_ids())


def test_the_button_counts_all_that_a_plan_will_serve(window: Window, qtbot: QtBot) -> None:
    """Due sites, those that must be visited then and those of a round are counted, on the day that is chosen."""
    panel, project = window.plan, window.session.open_project()
    window.show_tab(panel)
    today = project.today()
    other = [str(site) for site in project.frame("sites").index if str(site) not in window.session.due][:3]
    must = {"must_visit": today.isoformat()}
    window.session.apply(edit("must", [update("sites", other[0], project.row("sites", other[0]), must)]))
    window.session.apply(rounds.added("patrol", other[1:], 7, (today.weekday(),), today))
    for when in (today, today + timedelta(1)):
        panel.form.day.setDate(QDate(when.year, when.month, when.day))
        wanted = str(len(intake.wanted_sites(project, when)))
        qtbot.waitUntil(lambda wanted=wanted: wanted in panel.button.text())
    assert len(intake.wanted_sites(project, today)) == len(window.session.due) + 3
