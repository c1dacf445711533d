"""The dialogs for random draws, several days and patrol rounds, by their real buttons."""

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from geo.planning.draws import draw_project, draw_record
from geo.planning.office import rounds
from geo.planning.plans import day
from gui.drawdialog import DrawDialog
from gui.horizondialog import HorizonDialog
from gui.roundsdialog import RoundsDialog
from gui.window import Window
from tests.gui.conftest import OpenWindow

LONG_MS = 60_000


def draw_dialog(window: Window, qtbot: QtBot) -> DrawDialog:
    """Open the dialog by its command and wait until it shows the strata."""
    window.actions_by_name.by_name["draw"].trigger()
    dialog = window.campaigns.show_draw()
    assert isinstance(dialog, DrawDialog)
    qtbot.waitUntil(lambda: dialog.strata.rowCount() > 0, timeout=LONG_MS)
    return dialog


def test_sites_are_drawn_selected_planned_and_verified(
    open_window: OpenWindow, qtbot: QtBot, planned_copy: Path, tmp_path: Path
) -> None:
    """The main way through the dialog: strata add up, the draw is kept, its file verified, its sites planned."""
    window = open_window(planned_copy)
    dialog = draw_dialog(window, qtbot)
    shown = [int(dialog.strata.item(row, 2).text()) for row in range(dialog.strata.rowCount())]
    assert sum(shown) == dialog.form.count.value()
    with qtbot.waitSignal(dialog.drawn, timeout=LONG_MS):
        dialog.draw_button.click()
    assert dialog.record is not None
    sites = {row["id"] for row in dialog.record["result"]}
    assert dialog.sites.rowCount() == len(sites) == 20
    project = window.session.open_project()
    assert len(draw_project.kept_in(project)) == 1
    dialog.select_button.click()
    assert set(window.session.selection.ids) == sites
    dialog.export(tmp_path / "draw.json")
    assert draw_record.read((tmp_path / "draw.json").read_text("utf-8")) == dialog.record
    dialog.verify(tmp_path / "draw.json")
    assert "comes out the same" in dialog.said.text()
    spoilt = json.loads((tmp_path / "draw.json").read_text("utf-8"))
    spoilt["result"].pop()
    (tmp_path / "draw.json").write_text(json.dumps(spoilt), "utf-8")
    dialog.verify(tmp_path / "draw.json")
    assert "not in the record" in dialog.said.text()
    dialog.save_sheet(tmp_path / "draw.pdf")
    qtbot.waitUntil((tmp_path / "draw.pdf").exists, timeout=LONG_MS)
    with qtbot.waitSignal(dialog.planned, timeout=LONG_MS):
        dialog.plan_button.click()
    plan = day.current_plan(project, project.today())
    stops, left = project.frame("stops"), project.frame("left_out")
    there = {*stops.loc[stops["plan"] == plan, "site"], *left.loc[left["plan"] == plan, "site"]}
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=LONG_MS)
    assert there <= sites
    dialog.reject()


def test_numbers_typed_into_the_strata_are_drawn(open_window: OpenWindow, qtbot: QtBot, project_file: Path) -> None:
    """Whoever types a number gets just so many of that stratum; one that is too large is refused in words."""
    window = open_window(project_file)
    dialog = draw_dialog(window, qtbot)
    rows = range(dialog.strata.rowCount())
    for row in rows:
        dialog.strata.item(row, 2).setText("2")
    assert dialog.form.allocation.currentData() == "given"
    with qtbot.waitSignal(dialog.looked, timeout=LONG_MS):
        pass
    with qtbot.waitSignal(dialog.drawn, timeout=LONG_MS):
        dialog.draw_button.click()
    assert dialog.record is not None
    assert {row["count"] for row in dialog.record["strata"]} == {2}
    with qtbot.waitSignal(dialog.looked, timeout=LONG_MS):
        dialog.strata.item(0, 2).setText("9999")
    assert "9999" in dialog.said.text()
    assert not dialog.draw_button.isEnabled()
    dialog.reject()


def test_several_days_are_planned_as_one_change(open_window: OpenWindow, qtbot: QtBot, planned_copy: Path) -> None:
    """Two days get their plans; one undo takes both back; cancelled planning changes nothing."""
    window = open_window(planned_copy)
    project = window.session.open_project()
    before = len(project.frame("plans"))
    dialog = window.campaigns.show_horizon()
    assert isinstance(dialog, HorizonDialog)
    dialog.number.setValue(2)
    dialog.weekends.setChecked(False)
    assert all(when.weekday() < 5 for when in dialog.days())
    dialog.seconds.setValue(600)
    dialog.plan_button.click()
    assert dialog.stop_button.isEnabled()
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=LONG_MS)
    assert len(project.frame("plans")) == before
    dialog.seconds.setValue(5)
    with qtbot.waitSignal(dialog.planned, timeout=2 * LONG_MS):
        dialog.plan_button.click()
    assert len(project.frame("plans")) == before + 2
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=LONG_MS)
    window.session.undo()
    qtbot.waitUntil(lambda: len(project.frame("plans")) == before, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=LONG_MS)
    dialog.reject()


def test_a_round_is_made_of_the_selection_changed_planned_and_deleted(
    open_window: OpenWindow, qtbot: QtBot, planned_copy: Path
) -> None:
    """Each button does one edit; without a name it says what is missing."""
    window = open_window(planned_copy)
    project, session = window.session.open_project(), window.session
    dialog = window.campaigns.show_rounds()
    assert isinstance(dialog, RoundsDialog)
    assert not dialog.add_button.isEnabled()
    session.selection.choose({str(site) for site in project.frame("sites").index[:10]})
    dialog.add_button.click()
    assert "needs a name" in dialog.said.text()
    dialog.title.setText("Patrol")
    dialog.every.setValue(7)
    dialog.add_button.click()
    dialog.table.selectRow(0)
    dialog.every.setValue(14)
    dialog.change_button.click()
    session.selection.choose({str(site) for site in project.frame("sites").index[:4]})
    dialog.sites_button.click()
    (one,) = rounds.rounds_in(project)
    assert (one.title, one.every_days, len(one.sites)) == ("Patrol", 14, 4)
    dialog.table.selectRow(0)
    dialog.select_button.click()
    assert set(session.selection.ids) == set(one.sites)
    assert rounds.due_on(project, one, session.day)
    plans = len(project.frame("plans"))
    with qtbot.waitSignal(dialog.planned, timeout=LONG_MS):
        dialog.plan_button.click()
    assert len(project.frame("plans")) == plans + 1
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONG_MS)
    dialog.delete_button.click()
    assert rounds.rounds_in(project) == []
    dialog.reject()
