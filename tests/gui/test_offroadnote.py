"""The line of the plan panel that names the sites which stand oddly to the streets."""

from pathlib import Path

import shapely
from pytestqt.qtbot import QtBot

from geo.planning.plans import day
from geo.store.edits import edit, update
from tests.gui.conftest import OpenWindow


def test_sites_off_the_streets_are_named_selected_and_gone_once_moved_back(
    open_window: OpenWindow, qtbot: QtBot, planned_copy: Path
) -> None:
    """A stop moved far off is named with its distance; the line selects it; undone, nothing is said of it."""
    window = open_window(planned_copy)
    session, note = window.session, window.plan.off_road
    project = session.open_project()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    before = {one.site for one in note.found}
    stops = project.frame("stops")
    plan = day.current_plan(project, project.today())
    site = str(stops.loc[stops["plan"] == plan, "site"].iloc[0])
    row = project.row("sites", site)
    away = {"geometry": shapely.Point(row["geometry"].x, row["geometry"].y + 1)}
    session.apply(edit("away", [update("sites", site, row, away)]))
    qtbot.waitUntil(lambda: site in {one.site for one in note.found}, timeout=20_000)
    (said,) = (one for one in note.found if one.site == site)
    assert said.doubt == "far"
    assert said.name in note.toolTip()
    assert note.isVisibleTo(window.plan)
    note.click()
    assert site in session.selection.ids
    assert str(said.metres) in window.messages.text
    session.undo()
    qtbot.waitUntil(lambda: {one.site for one in note.found} == before, timeout=20_000)
