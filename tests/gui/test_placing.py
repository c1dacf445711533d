"""Tests of the sites to be placed: the queue, what is found by address and name, and clicks on the map."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from geo.places.placing import unplaced
from geo.store.edits import edit, update
from geo.store.project import Project
from gui import tools
from gui.queuemodel import sureness
from gui.tools import Mouse, Phase
from gui.window import Window
from tests.gui.spoilt import Spoilt, spoil
from tests.gui.test_tools import play

OpenWindow = Callable[..., Window]
LEFT = Qt.MouseButton.LeftButton
COUNT = 7


@pytest.fixture
def spoilt(project_file: Path) -> Spoilt:
    """Return a sample in which some sites have no place."""
    return spoil(project_file)


@pytest.fixture
def window(open_window: OpenWindow, spoilt: Spoilt) -> Window:
    """Return a window on it with the queue in front."""
    window = open_window(spoilt.path)
    window.actions_by_name.by_name["go_placing"].trigger()
    return window


@pytest.fixture
def with_guesses(qtbot: QtBot, window: Window) -> Window:
    """Return a window in which the places of the queue have been looked for."""
    window.actions_by_name.by_name["find_places"].trigger()
    settle(qtbot, window)
    return window


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no work is left and the queue has followed."""
    qtbot.waitUntil(lambda: not window.session.jobs.running and not window.placing._later.isActive(), timeout=20_000)


def queue(window: Window) -> list[str]:
    """Return the sites that the panel lists."""
    return window.placing.model.sites


def place_of(window: Window, site: str) -> tuple[float, float] | None:
    """Return where a site lies in degrees."""
    place = window.session.open_project().row("sites", site)["geometry"]
    return None if place is None else (place.x, place.y)


def lonlat_at(window: Window, at: QPoint) -> tuple[float, float]:
    """Return the place under a pixel of the map in degrees."""
    lon, lat = window.canvas.view.screen_to_lonlat([(at.x(), at.y())])[0].tolist()
    return lon, lat


def test_queue_tab_and_filter_count_the_sites_without_a_place(window: Window, spoilt: Spoilt) -> None:
    """The queue, its tab and the ready filter of the table list the same sites."""
    assert queue(window) == list(spoilt.lost)
    assert window.tabs.tabText(window.tabs.indexOf(window.placing)) == f"To be placed ({COUNT})"
    window.table.choose_filter("unplaced")
    assert {window.table.model.site(row) for row in range(window.table.model.rowCount())} == set(spoilt.lost)
    assert window.table.bar.chips["unplaced"].text() == f"To be placed {COUNT}"


def test_guesses_are_listed_and_marked_with_their_confidence(with_guesses: Window) -> None:
    """Each row says how sure its best guess is, and the current one's guesses are marked on the map, the best first."""
    panel, canvas = with_guesses.placing, with_guesses.canvas
    found = [panel.model.found[site] for site in queue(with_guesses)]
    assert any(one is not None and one.confidence >= 0.8 for one in found)
    for row, one in enumerate(found):
        words = panel.model.index(row, 2).data()
        assert words == (sureness(one.confidence) if one is not None else "nothing found")
        panel.view.selectRow(row)
        assert with_guesses.session.selection.ids == {queue(with_guesses)[row]}
        assert len(canvas._marks) == (1 + len(one.alternatives) if one is not None else 0)
        if one is not None:
            x, y = canvas.view.lonlat_to_screen([one.lonlat])[0]
            assert 0 <= x <= canvas.width()
            assert 0 <= y <= canvas.height()


def test_enter_accepts_the_guess_and_goes_on(qtbot: QtBot, with_guesses: Window) -> None:
    """Enter puts the site where its guess is and makes the next one current; undo puts it back, and current again."""
    panel, session = with_guesses.placing, with_guesses.session
    row = next(row for row, site in enumerate(queue(with_guesses)[:-1]) if panel.model.found[site] is not None)
    site, following = queue(with_guesses)[row : row + 2]
    panel.view.selectRow(row)
    guess = panel.model.found[site]
    assert guess is not None
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    settle(qtbot, with_guesses)
    stored = session.open_project().row("sites", site)
    assert place_of(with_guesses, site) == guess.lonlat
    assert (stored["placed_by"], stored["confidence"]) == (guess.how, guess.confidence)
    assert site not in queue(with_guesses)
    assert panel.site == following
    session.undo()
    settle(qtbot, with_guesses)
    assert place_of(with_guesses, site) is None
    assert panel.site == site
    assert panel.model.found[site] is guess


def test_other_guess_can_be_accepted(qtbot: QtBot, with_guesses: Window) -> None:
    """An alternative that is chosen is marked before the others, and is where the site goes."""
    panel = with_guesses.placing
    found = panel.model.found
    many = [site for site in queue(with_guesses) if (one := found[site]) is not None and one.alternatives]
    if not many:
        first = next(site for site in queue(with_guesses) if found[site] is not None)
        pytest.fail(f"no site with two guesses: {found[first]}")
    panel.choose(many[0])
    panel.form.guesses.setCurrentIndex(1)
    other = panel.form.guess
    assert other is not None
    x, y = with_guesses.canvas.view.world_to_screen(with_guesses.canvas._marks[:1])[0]
    assert (x, y) == pytest.approx(tuple(with_guesses.canvas.view.lonlat_to_screen([other.lonlat])[0]))
    qtbot.mouseClick(panel.form.accept, LEFT)
    assert place_of(with_guesses, many[0]) == other.lonlat


def test_all_sure_guesses_are_accepted_as_one_step(qtbot: QtBot, with_guesses: Window, spoilt: Spoilt) -> None:
    """What is as sure as the box asks for goes on the map in one step of undo, and nothing less sure."""
    panel, session = with_guesses.placing, with_guesses.session
    assert panel.form.least.value() == 80
    sure = {site for site, one in panel.model.found.items() if one is not None and one.confidence >= 0.8}
    assert panel.form.accept_all.text() == f"Accept {len(sure)}"
    qtbot.mouseClick(panel.form.accept_all, LEFT)
    settle(qtbot, with_guesses)
    assert set(queue(with_guesses)) == set(spoilt.lost) - sure
    panel.form.least.setValue(1)
    rest = {site for site in queue(with_guesses) if panel.model.found[site] is not None}
    assert panel.form.accept_all.text() == f"Accept {len(rest)}"
    session.undo()
    settle(qtbot, with_guesses)
    assert queue(with_guesses) == list(spoilt.lost)


def test_search_can_be_cancelled(qtbot: QtBot, window: Window) -> None:
    """A search that is stopped leaves the queue as it was, and can be begun anew."""
    window.placing.search()
    assert window.placing.cancel.isVisible()
    qtbot.mouseClick(window.placing.cancel, LEFT)
    settle(qtbot, window)
    assert not window.placing.model.found
    assert not window.placing.cancel.isVisible()
    window.placing.search()
    settle(qtbot, window)
    assert set(window.placing.model.found) == set(queue(window))


def test_each_click_places_the_next_site(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """With the tool each click puts the current site there, the status bar names the next, Escape ends it."""
    canvas, panel, by_name = window.canvas, window.placing, window.actions_by_name.by_name
    project = window.session.open_project()
    by_name["tool_place"].trigger()
    assert canvas.cursor().shape() is Qt.CursorShape.CrossCursor
    assert canvas.hasFocus()
    for number, site in enumerate(spoilt.lost[:3]):
        row = project.row("sites", site)
        settle(qtbot, window)
        assert panel.site == site
        assert row["name_en"] in window.status.task.text()
        assert row["address"] in window.status.task.text()
        at = QPoint(200 + 60 * number, 180)
        expected = lonlat_at(window, at)
        qtbot.mouseClick(canvas, LEFT, pos=at)
        assert place_of(window, site) == pytest.approx(expected)
        assert project.row("sites", site)["placed_by"] == "hand"
    qtbot.waitUntil(lambda: panel.site == spoilt.lost[3])
    window.session.undo()
    qtbot.waitUntil(lambda: panel.site == spoilt.lost[2])
    assert queue(window) == list(spoilt.lost[2:])
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool is tools.select
    assert by_name["tool_select"].isChecked()
    assert window.status.task.text() == ""
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(300, 300))
    assert queue(window) == list(spoilt.lost[2:])


def test_enter_places_in_the_middle_of_the_map(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """Without a mouse the arrow keys bring the place under the cross, and Enter puts the site there."""
    canvas = window.canvas
    window.actions_by_name.by_name["tool_place"].trigger()
    with_cross = canvas.grab().toImage()
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    expected = lonlat_at(window, QPoint(0, 0)), lonlat_at(window, QPoint(canvas.width(), canvas.height()))
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    lon, lat = place_of(window, spoilt.lost[0]) or (0, 0)
    assert lon == pytest.approx((expected[0][0] + expected[1][0]) / 2)
    assert expected[1][1] < lat < expected[0][1]
    window.placing.view.setFocus()
    assert canvas.grab().toImage() != with_cross


def test_double_click_places_one_site_and_does_not_zoom(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """Who clicks twice has placed one site; the second click neither places the next nor changes the view."""
    canvas = window.canvas
    window.actions_by_name.by_name["tool_place"].trigger()
    view, at = canvas.view, QPoint(250, 200)
    qtbot.mouseClick(canvas, LEFT, pos=at)
    qtbot.mouseDClick(canvas, LEFT, pos=at)
    settle(qtbot, window)
    assert queue(window) == list(spoilt.lost[1:])
    assert canvas.view == view


def test_last_one_placed_ends_the_tool(qtbot: QtBot, window: Window) -> None:
    """When the queue is empty the tool is put away, the command is dim and the panel says that all is done."""
    window.actions_by_name.by_name["tool_place"].trigger()
    for _ in range(COUNT):
        qtbot.mouseClick(window.canvas, LEFT, pos=QPoint(300, 250))
    qtbot.waitUntil(lambda: window.canvas.tool is tools.select)
    assert not window.actions_by_name.by_name["tool_place"].isEnabled()
    assert "Every site" in window.placing.summary.text()
    assert window.placing.title == "To be placed"
    assert unplaced(window.session.open_project()) == []


def test_another_tool_ends_placing(window: Window) -> None:
    """Choosing another tool, or another project, leaves nothing of the tool behind."""
    by_name = window.actions_by_name.by_name
    by_name["tool_place"].trigger()
    assert window.placing.form.by_hand.isChecked()
    by_name["tool_pan"].trigger()
    assert not window.placing.is_placing
    assert not window.placing.form.by_hand.isChecked()
    by_name["tool_place"].trigger()
    window.session.close()
    assert not window.placing.is_placing
    assert window.status.task.text() == ""


def test_drag_with_the_tool_moves_the_map() -> None:
    """A press that becomes a drag moves the map, and places nothing."""
    asked = play(tools.place, (Phase.PRESS, 5, 5), (Phase.MOVE, 45, 5), (Phase.RELEASE, 45, 5)).asked
    assert [name for name, *_ in asked[:-1]] == ["pan"] * (len(asked) - 1)


def test_click_with_the_tool_asks_for_its_place() -> None:
    """A press and release at one place asks for that place once."""

    class Map:
        asked: list[tuple[float, float]] = []  # noqa: RUF012

        def place_at(self, position: object) -> None:
            self.asked.append(position.toTuple())  # type: ignore[attr-defined]

    from PySide6.QtCore import QPointF

    stroke = tools.place(Map(), Mouse(Phase.PRESS, QPointF(5, 6)))  # type: ignore[arg-type]
    next(stroke)
    with pytest.raises(StopIteration):
        stroke.send(Mouse(Phase.RELEASE, QPointF(6, 6)))
    assert Map.asked == [(5.0, 6.0)]


def test_map_bears_sites_without_a_place(qtbot: QtBot, window: Window, spoilt: Spoilt) -> None:
    """Selecting, showing and fitting sites that are nowhere changes no view, and says so where it was asked for."""
    canvas, session = window.canvas, window.session
    view = canvas.view
    session.selection.choose(spoilt.lost[:2])
    assert not canvas.fit_sites(session.selection.ids)
    canvas.show_site(spoilt.lost[0])
    assert canvas.view == view
    window.actions_by_name.by_name["fit_selection"].trigger()
    assert "no place" in window.messages.text
    canvas.grab()
    session.selection.choose([*spoilt.lost[:2], spoilt.strayed[0]])
    assert canvas.fit_sites(session.selection.ids)
    assert canvas.view != view
    canvas.fit()
    qtbot.mousePress(canvas, LEFT, pos=QPoint(1, 1))
    qtbot.mouseMove(canvas, QPoint(canvas.width() - 2, canvas.height() - 2))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(canvas.width() - 2, canvas.height() - 2))
    assert not session.selection.ids & set(spoilt.lost)
    assert len(session.selection.ids) > 400


def test_stop_that_lost_its_place_is_not_drawn(open_window: OpenWindow, planned_file: Path, tmp_path: Path) -> None:
    """A planned site that loses its coordinates stays in the plan and in the list, and the map is drawn without it."""
    path = Path(shutil.copy(planned_file, tmp_path / "planned.gpkg"))
    with Project.open(path) as project:
        stops = project.frame("stops")["site"].tolist()
        project.apply(edit("lost", [update("sites", stops[0], project.row("sites", stops[0]), {"geometry": None})]))
    window = open_window(path)
    assert window.session.stack is not None
    assert {stop.site for stop in window.session.stack.routes.stops} == set(stops[1:])
    assert window.plan.tree.choose(stops[0])
    assert queue(window) == [stops[0]]
