"""The rules of an office in the window: the form, the teams, and who may not inspect what."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from geo.language import Language
from geo.planning.office import conflicts, intake, rulebook
from geo.planning.rules import Aim, PlanRules
from geo.store.edits import edit, insert, update
from gui.conflictsdialog import ConflictsDialog
from gui.rulesdialog import RulesDialog
from gui.rulesdialog import groups as rule_groups
from gui.teamsdialog import TeamsDialog
from gui.teamsdialog import groups as team_groups
from gui.window import Window
from tests.gui.conftest import OpenWindow


def dialog(window: Window, command: str, kind: type[QDialog]) -> Any:
    """Give a command and return the dialog that it opens."""
    window.actions_by_name.by_name[command].trigger()
    return window.findChildren(kind)[-1]


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample project of the test's own."""
    found: Window = open_window(project_file)
    return found


def test_every_rule_and_every_column_of_a_team_has_a_field(window: Window) -> None:
    """Nothing that a plan hangs on is left to other programs."""
    shown = [name for _, names in rule_groups() for name in names]
    assert sorted(shown) == sorted(setting.name for setting in rulebook.settings())
    teams = {name for _, names in team_groups() for name in names}
    assert window.session.project is not None
    there = set(window.session.project.frame("teams").columns)
    assert there - teams == {"colour", "geometry"}


def test_rules_are_saved_as_one_step_that_undo_takes_back(window: Window) -> None:
    """The form writes all that was changed with one edit; undo while it is open again shows the old values."""
    form = dialog(window, "rules", RulesDialog)
    form.editors["aim"].show_value(Aim.EVEN_HOURS)
    form.editors["foreign_min"].setValue(25)
    form.editors["has_break"].setChecked(True)
    form.editors["speeds"].hours[8].setValue(60)
    assert "25 min" in form.effects["foreign_min"].text()
    form.save.click()
    project = window.session.project
    assert project is not None
    some = intake.rules_of(project)
    assert (some.aim, some.foreign_min, some.has_break, some.speeds[8]) == (Aim.EVEN_HOURS, 25, True, 60)
    again = dialog(window, "rules", RulesDialog)
    assert again.editors["foreign_min"].value() == 25
    window.session.undo()
    assert intake.rules_of(project) == PlanRules()
    assert again.editors["foreign_min"].value() == 10
    again.close()


def test_what_does_not_go_together_cannot_be_saved(window: Window) -> None:
    """A break longer than its time is named while it is typed; the defaults mend it, and nothing was written."""
    form = dialog(window, "rules", RulesDialog)
    form.editors["has_break"].setChecked(True)
    form.editors["break_min"].setValue(200)
    assert not form.save.isEnabled()
    assert "200 min" in form.error.text()
    form.default.click()
    assert form.save.isEnabled()
    assert not form.error.isVisible()
    form.save.click()
    assert window.session.project is not None
    assert "rules" not in window.session.project.frame("settings")["key"].tolist()


def test_spoilt_rules_are_told_and_can_be_set_anew(window: Window) -> None:
    """What another program wrote there is named, with the defaults in the fields; saving replaces it."""
    window.session.apply(edit("spoil", [insert("settings", key="rules", value="{")]))
    form = dialog(window, "rules", RulesDialog)
    assert "cannot be read" in form.error.text()
    form.save.click()
    assert window.session.project is not None
    assert intake.rules_of(window.session.project) == PlanRules()


def test_a_team_is_changed_field_by_field(window: Window) -> None:
    """Limits, skills and the end of the day are written at once; what the rules give stands in the empty fields."""
    window.session.apply(rulebook.change(window.session.open_project(), PlanRules(overtime_min=35)))
    form = dialog(window, "teams", TeamsDialog)
    assert form.fields["overtime_min"].line.placeholderText() == "35, by the rules"
    form.list.setCurrentRow(2)
    for name, text in (("max_stops", "12"), ("skills", "cold chain"), ("break_window", "11:00-13:00")):
        form.fields[name].line.setText(text)
        form.fields[name].line.editingFinished.emit()
    box = form.fields["end_kind"].combo
    box.setCurrentIndex(box.findData("free"))
    box.activated.emit(box.currentIndex())
    row = window.session.open_project().row("teams", form.team)
    assert (row["max_stops"], row["skills"], row["break_window"], row["end_kind"]) == (
        12,
        "cold chain",
        "11:00-13:00",
        "free",
    )
    form.fields["max_stops"].line.setText("many")
    form.fields["max_stops"].line.editingFinished.emit()
    assert form.fields["max_stops"].line.text() == "12"
    form.close()


def test_an_inspector_gets_skills_and_days_away_in_the_table(window: Window) -> None:
    """A cell is written when it is left; what is no day is refused and put back."""
    form = dialog(window, "teams", TeamsDialog)
    person = str(form.people.item(0, 0).data(Qt.ItemDataRole.UserRole))
    form.people.item(0, 1).setText("x-ray")
    form.people.item(0, 2).setText("2021-07-01")
    row = window.session.open_project().row("inspectors", person)
    assert (row["skills"], row["away_from"]) == ("x-ray", "2021-07-01")
    form.people.item(0, 2).setText("soon")
    assert form.people.item(0, 2).text() == "2021-07-01"
    form.close()


def test_a_new_plan_tells_who_stays(window: Window) -> None:
    """A team too small to go is named in the bar, with the place where that is set."""
    team = str(window.session.open_project().frame("teams").index[0])
    told: list[str] = []
    window.session.told.connect(lambda message: told.append(message.text))
    held = json.dumps({"rules": {"least_inspectors": 2}, "stayed": {team: 1}})
    window.session.apply(edit("plan", [insert("plans", date="2021-06-02", rules=held)]))
    assert told
    assert "stays at its base: 1 of at least 2" in told[-1]


def test_conflicts_of_the_selected_sites_are_ticked_and_undone(window: Window, qtbot: QtBot) -> None:
    """One step bars an inspector from all of them; the form of a site names him."""
    project = window.session.open_project()
    sites = [str(site) for site in project.frame("sites").index[:2]]
    person = str(project.frame("inspectors").index[0])
    window.session.apply(edit("one", [insert("conflicts", inspector=person, site=sites[0])]))
    window.session.selection.choose(set(sites))
    form = dialog(window, "conflicts", ConflictsDialog)
    assert form.list.item(0).checkState() is Qt.CheckState.PartiallyChecked
    form.list.item(0).setCheckState(Qt.CheckState.Checked)
    form.save.click()
    assert conflicts.counts(project, sites) == {person: 2}
    window.show_tab(window.form)
    qtbot.waitUntil(lambda: bool(window.form.site))
    assert window.form._barred.text() == ", ".join(conflicts.named(project, window.form.site)) != ""
    window.session.undo()
    assert conflicts.counts(project, sites) == {person: 1}
    form = dialog(window, "conflicts", ConflictsDialog)
    form.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    form.save.click()
    assert conflicts.counts(project, sites) == {}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_dialogs_open_in_both_languages_and_only_to_be_read(
    open_window: OpenWindow, project_file: Path, speaking: Callable[[Language], None], lang: Language
) -> None:
    """No text is cut off by its label, and a project that takes no changes offers none."""
    speaking(lang)
    window = open_window(project_file)
    for command, kind in (("rules", RulesDialog), ("teams", TeamsDialog)):
        shown = dialog(window, command, kind)
        for label in shown._labels:
            assert label.width() >= label.sizeHint().width() or not label.isVisible()
        shown.close()
    project = window.session.open_project()
    row = str(project.frame("teams").index[0])
    assert window.session.apply(edit("x", [update("teams", row, project.row("teams", row), {"max_km": 5})]))
