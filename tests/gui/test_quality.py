"""Tests of the panel of doubtful sites: what is found is listed, shown, mended and merged, and can be undone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from geo.store.edits import edit, update
from geo.store.project import Project
from gui.window import Window
from tests.gui.spoilt import Spoilt, spoil

OpenWindow = Callable[..., Window]


@pytest.fixture
def spoilt(project_file: Path) -> Spoilt:
    """Return a sample with wrong rows."""
    return spoil(project_file)


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow, spoilt: Spoilt) -> Window:
    """Return a window on the spoilt sample, the doubts found and listed."""
    window = open_window(spoilt.path)
    window.actions_by_name.by_name["check"].trigger()
    settle(qtbot, window)
    return window


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no look and no mend is left to do."""
    work = window.quality.work
    qtbot.waitUntil(
        lambda: not (work.is_looking or work.is_mending or work._wait.isActive() or window.session.jobs.running),
        timeout=20_000,
    )


def kinds(window: Window) -> dict[str, int]:
    """Return how many doubts of each kind are listed."""
    return {str(group.kind): len(group.doubts) for group in window.quality.model.groups}


def line(window: Window, kind: str, row: int = -1, site: int = -1) -> QModelIndex:
    """Return the line of a kind, of one of its doubts, or of a site of that."""
    model = window.quality.model
    index = model.index([str(group.kind) for group in model.groups].index(kind), 0)
    if row >= 0:
        index = model.index(row, 0, index)
    return model.index(site, 0, index) if site >= 0 else index


def choose(window: Window, index: QModelIndex) -> None:
    """Choose a line as a click does."""
    window.quality.view.setFocus()
    window.quality.view.setCurrentIndex(index)


def press(qtbot: QtBot, window: Window, key: Qt.Key) -> None:
    """Press a key in the list, once the buttons say that it can be acted upon."""
    qtbot.waitUntil(window.quality.fix_action.isEnabled)
    qtbot.keyClick(window.quality.view, key)


def place_of(window: Window, site: str) -> tuple[float, float] | None:
    """Return where a site lies."""
    place = window.session.open_project().row("sites", site)["geometry"]
    return None if place is None else (place.x, place.y)


def test_every_fault_is_listed_by_kind_with_its_count(window: Window, spoilt: Spoilt) -> None:
    """Each wrong row is in the list of its kind, the tab counts them, and no sound row is listed."""
    assert kinds(window) == {
        "null_island": 1,
        "swapped": 3,
        "outside": 1,
        "no_position": len(spoilt.lost),
        "same_name": 2,
        "wrong_subdistrict": 5,
    }
    assert window.tabs.tabText(window.tabs.indexOf(window.quality)) == "Quality (19)"
    assert line(window, "swapped").data() == "Longitude and latitude swapped"
    assert line(window, "swapped").siblingAtColumn(1).data() == "3"
    twin = line(window, "same_name", 0)
    assert window.quality.model.rowCount(twin) == 2
    assert {window.quality.model.sites_at(line(window, "same_name", 0, at))[0] for at in (0, 1)} == set(spoilt.twins[0])


def test_choosing_selects_and_shows(window: Window, spoilt: Spoilt) -> None:
    """A doubt chosen selects its sites and brings them, or where a fix would put them, into the picture."""
    canvas, stack = window.canvas, window.session.stack
    assert stack is not None
    choose(window, line(window, "wrong_subdistrict", 2))
    assert window.session.selection.ids == {spoilt.strayed[2]}
    x, y = canvas.view.world_to_screen([stack.site_xy(spoilt.strayed[2])])[0]
    assert (x, y) == pytest.approx((canvas.width() / 2, canvas.height() / 2), abs=2)
    assert not len(canvas._marks)
    choose(window, line(window, "swapped", 0))
    assert window.session.selection.ids == {spoilt.swapped[0]}
    at = canvas.view.lonlat_to_screen([place_of(window, spoilt.swapped[0])[::-1]])[0]  # type: ignore[index]
    assert tuple(at) == pytest.approx((canvas.width() / 2, canvas.height() / 2), abs=2)
    assert len(canvas._marks) == 1
    choose(window, line(window, "wrong_subdistrict"))
    assert window.session.selection.ids == set(spoilt.strayed)
    choose(window, line(window, "outside", 0))
    shown = canvas.view.bounds
    district = stack.bounds()
    assert shown[0] < district[0] < stack.site_xy(spoilt.outside)[0] < shown[2]
    before = canvas.view
    choose(window, line(window, "no_position", 0))
    assert window.session.selection.ids == {spoilt.lost[0]}
    assert canvas.view == before


def test_mark_goes_with_its_tab(window: Window) -> None:
    """The place of a fix is on the map only while its list is in front."""
    choose(window, line(window, "swapped", 0))
    assert len(window.canvas._marks) == 1
    for panel in (window.form, window.placing):
        window.show_tab(panel)
        assert not len(window.canvas._marks)
        window.show_tab(window.quality)
        assert len(window.canvas._marks) == 1


def test_enter_mends_one_after_another_and_each_can_be_undone(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """Enter mends the chosen doubt and goes on to the next of its kind; undo brings the fault back into the list."""
    project = window.session.open_project()
    lon, lat = place_of(window, spoilt.swapped[0]) or (0, 0)
    choose(window, line(window, "swapped", 0))
    press(qtbot, window, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert place_of(window, spoilt.swapped[0]) == (lat, lon)
    assert kinds(window)["swapped"] == 2
    assert window.session.selection.ids == {spoilt.swapped[1]}
    press(qtbot, window, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert kinds(window)["swapped"] == 1
    project.undo()
    project.undo()
    settle(qtbot, window)
    assert place_of(window, spoilt.swapped[0]) == (lon, lat)
    assert kinds(window)["swapped"] == 3


def test_whole_kind_is_mended_in_one_step(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """The line of a kind mends all of it as one step of undo, and its line goes."""
    project = window.session.open_project()
    before = project.frame("sites")["subdistrict"].to_dict()
    choose(window, line(window, "wrong_subdistrict"))
    assert window.quality.fix_button.text() == "Fix 5"
    assert not window.quality.merge_button.isEnabled()
    qtbot.mouseClick(window.quality.fix_button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert "wrong_subdistrict" not in kinds(window)
    after = project.frame("sites")["subdistrict"].to_dict()
    assert {site for site in before if before[site] != after[site]} == set(spoilt.strayed)
    assert "5" in window.messages.text
    window.actions_by_name.by_name["undo"].trigger()
    assert project.frame("sites")["subdistrict"].to_dict() == before
    settle(qtbot, window)
    assert kinds(window)["wrong_subdistrict"] == 5


def test_merge_keeps_the_site_chosen(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """Of two sites that are one the chosen one stays, with the visits of the other; undo brings both back."""
    project = window.session.open_project()
    kept, gone = spoilt.twins[0][1], spoilt.twins[0][0]
    visits = int((project.frame("inspections")["site"] == gone).sum())
    sites = window.quality.model.sites_at(line(window, "same_name", 0))
    choose(window, line(window, "same_name", 0))
    stays = [line(window, "same_name", 0, at).siblingAtColumn(1).data() for at in (0, 1)]
    assert stays == ["stays", "goes"]
    choose(window, line(window, "same_name", 0, sites.index(kept)))
    assert line(window, "same_name", 0, sites.index(kept)).siblingAtColumn(1).data() == "stays"
    assert line(window, "same_name", 0, sites.index(gone)).siblingAtColumn(1).data() == "goes"
    assert project.row("sites", kept)["code"] in window.quality.said.text()
    qtbot.keyClick(window.quality.view, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    index = project.frame("sites").index
    assert kept in index
    assert gone not in index
    assert int((project.frame("inspections")["site"] == kept).sum()) == visits
    assert kinds(window)["same_name"] == 1
    window.session.undo()
    settle(qtbot, window)
    assert gone in project.frame("sites").index
    assert kinds(window)["same_name"] == 2


def test_bulk_fix_merges_what_is_surely_one(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """The line of sites of one name and place merges each group, keeping the one that was chosen to stay."""
    sites = window.quality.model.sites_at(line(window, "same_name", 1))
    choose(window, line(window, "same_name", 1, 1))
    choose(window, line(window, "same_name"))
    press(qtbot, window, Qt.Key.Key_Return)
    settle(qtbot, window)
    left = set(window.session.open_project().frame("sites").index)
    assert "same_name" not in kinds(window)
    assert sites[1] in left
    assert sites[0] not in left
    assert len(left & set(spoilt.twins[0])) == 1


def test_list_follows_edits_made_elsewhere(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """A fault that is mended or made in the table goes from or comes into the list by itself; the choice stays."""
    project, session = window.session.open_project(), window.session
    choose(window, line(window, "wrong_subdistrict", 1))
    other = project.row("sites", spoilt.strayed[0])
    right = next(d for d in window.quality.model.doubts if d.sites == (spoilt.strayed[0],)).fix[0].after
    assert right is not None
    session.apply(edit("by hand", [update("sites", spoilt.strayed[0], other, right)]))
    settle(qtbot, window)
    assert kinds(window)["wrong_subdistrict"] == 4
    assert window.quality.model.sites_at(window.quality.view.currentIndex()) == [spoilt.strayed[1]]
    good = session.open_project().frame("sites").index[400]
    session.apply(edit("spoil", [update("sites", good, project.row("sites", good), {"windows": "9点到5点"})]))
    settle(qtbot, window)
    assert kinds(window)["bad_windows"] == 1


def test_mend_starts_from_the_rows_as_they_are_now(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """A doubt found before somebody changed the row once more is mended as it stands, without a conflict."""
    project, site = window.session.open_project(), spoilt.strayed[0]
    choose(window, line(window, "wrong_subdistrict", 0))
    areas = [str(area) for area in project.frame("subdistricts").index]
    row = project.row("sites", site)
    right = str(window.quality.chosen[0].fix[0].after["subdistrict"])  # type: ignore[index]
    third = next(area for area in areas if area not in (right, row["subdistrict"]))
    window.session.apply(edit("again", [update("sites", site, row, {"subdistrict": third})]))
    window.quality.fix()
    settle(qtbot, window)
    assert project.row("sites", site)["subdistrict"] == right


def test_sound_project_has_nothing_to_mend(qtbot: QtBot, open_window: OpenWindow, sample_file: Path) -> None:
    """Where nothing is doubtful the panel says so, and the tab has no number."""
    window = open_window(sample_file)
    window.actions_by_name.by_name["go_quality"].trigger()
    settle(qtbot, window)
    assert window.quality.note.isVisible()
    assert "Nothing doubtful" in window.quality.note.text()
    assert window.tabs.tabText(window.tabs.indexOf(window.quality)) == "Quality"


def test_read_only_project_is_looked_at_and_not_mended(qtbot: QtBot, open_window: OpenWindow, spoilt: Spoilt) -> None:
    """Doubts are listed in a project opened read-only, and nothing offers to change it."""
    from gui.opening import prepare

    window = open_window()
    window.session.show(prepare(Project.open(spoilt.path, read_only=True)))
    window.actions_by_name.by_name["check"].trigger()
    settle(qtbot, window)
    choose(window, line(window, "swapped"))
    assert not window.quality.fix_button.isEnabled()
    choose(window, line(window, "same_name", 0))
    assert not window.quality.merge_button.isEnabled()


def test_other_project_gets_no_doubts_of_this_one(qtbot: QtBot, window: Window, sample_file: Path) -> None:
    """A look or a mend going on when another project is opened leaves both as they are."""
    choose(window, line(window, "swapped"))
    window.quality.fix()
    window.quality.work.look()
    job = window.files.open_path(sample_file)
    with qtbot.waitSignal(job.ended, timeout=20_000):
        pass
    settle(qtbot, window)
    assert window.session.open_project().path == sample_file
    assert kinds(window) == {}
    assert not window.session.open_project().can_undo


def test_lost_site_is_handed_to_the_queue_and_any_to_the_form(window: Window, spoilt: Spoilt) -> None:
    """The menu of a site without coordinates leads to where it can be placed, F2 to where it can be edited."""
    choose(window, line(window, "no_position", 2))
    assert window.quality.place_action.isEnabled()
    window.quality.place_action.trigger()
    assert window.tabs.currentWidget() is window.placing
    assert window.placing.site == spoilt.lost[2]
    window.show_tab(window.quality)
    window.quality.edit_action.trigger()
    assert window.tabs.currentWidget() is window.form
    assert window.form.site == spoilt.lost[2]


def test_import_is_looked_through_unasked(qtbot: QtBot, open_window: OpenWindow, spoilt: Spoilt) -> None:
    """Sites that come in are looked at without being asked, so that the tab tells what is wrong with them."""
    from geo.store.edits import insert

    window = open_window(spoilt.path)
    assert window.quality.title == "Quality"
    window.session.apply(edit("import", [insert("sites", name="Gate 7", kind="school")]))
    settle(qtbot, window)
    assert window.quality.title == "Quality (20)"
