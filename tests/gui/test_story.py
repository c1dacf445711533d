"""The whole main job in the real window: see what is due, plan it, change a route by hand, print it, read it back."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from gui import planrows, trees
from gui.planlines import BEGIN, SiteRole, TeamRole
from gui.preview import SheetsDialog
from gui.window import Window
from tests.gui.resting import at_rest

OpenWindow = Callable[..., Window]
ITERATIONS = 40
TEAMS = 8


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample of the test's own."""
    return open_window(project_file)


@pytest.fixture
def with_plan(qtbot: QtBot, open_window: OpenWindow, planned_copy: Path) -> Window:
    """Return a window on a sample that has a plan."""
    window = open_window(planned_copy)
    settle(qtbot, window)
    return window


def plan_day(qtbot: QtBot, window: Window) -> None:
    """Plan the due sites with few iterations and wait until the plan and its marks are shown."""
    panel = window.plan
    panel.work.make(replace(panel.form.wish(""), iterations=ITERATIONS))
    settle(qtbot, window)
    assert panel.plan_id, window.messages.text


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no work is left, and the panel shows what it did."""
    qtbot.waitUntil(lambda: at_rest(window), timeout=30_000)
    qtbot.wait(1)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=10_000)


def team_lines(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    """Return the lines of the teams."""
    return [item for item in trees.tops(tree) if item.data(0, TeamRole)]


def sites_of(item: QTreeWidgetItem) -> list[str]:
    """Return the sites on the lines below a line."""
    return [str(line.data(0, SiteRole)) for line in trees.children(item)]


def select_due_on_map(qtbot: QtBot, window: Window) -> None:
    """Filter the map to nothing: draw a box over the whole of it, then keep what is due."""
    canvas = window.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    qtbot.mouseMove(canvas, QPoint(canvas.width() - 2, canvas.height() - 2))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() - 2, canvas.height() - 2))


def test_main_job(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """A planner sees what is due, plans it, moves a stop, undoes that, and prints sheets that say the same."""
    session, panel = window.session, window.plan
    select_due_on_map(qtbot, window)
    assert session.due <= session.selection.ids
    window.actions_by_name.by_name["select_due"].trigger()
    assert session.selection.ids == session.due
    due = session.due

    for place in range(TEAMS, panel.form.teams.count()):
        panel.form.teams.item(place).setCheckState(Qt.CheckState.Unchecked)
    plan_day(qtbot, window)
    tops = trees.tops(panel.tree)
    routed = [site for item in team_lines(panel.tree) for site in sites_of(item)]
    left_out = [site for item in tops if not item.data(0, TeamRole) for site in sites_of(item)]
    assert len(team_lines(panel.tree)) == TEAMS
    assert sorted([*routed, *left_out]) == sorted(due)
    assert session.ids_of("planned") >= set(routed)

    first, second = [item for item in team_lines(panel.tree) if item.childCount() > 1][:2]
    site, giver, taker = sites_of(first)[0], str(first.data(0, TeamRole)), str(second.data(0, TeamRole))
    before = stops_by_team(window)
    times = [line.text(BEGIN) for line in trees.children(second)]
    panel.tree.choose(site)
    assert session.selection.ids == {site}
    window.actions_by_name.by_name["stop_next"].trigger()
    settle(qtbot, window)
    after = stops_by_team(window)
    assert after[giver] == before[giver][1:]
    assert after[taker] == [*before[taker], site]
    moved = next(item for item in team_lines(panel.tree) if item.data(0, TeamRole) == taker)
    assert [line.text(BEGIN) for line in trees.children(moved)][:-1] == times
    assert panel.tree.site == site

    window.actions_by_name.by_name["undo"].trigger()
    settle(qtbot, window)
    assert stops_by_team(window) == before

    text = print_sheets(qtbot, window, tmp_path)
    names = session.open_project().frame("sites")["name_en"]
    assert all(squeezed(str(names[site])) in text for site in routed)


def stops_by_team(window: Window) -> dict[str, list[str]]:
    """Return the sites of every route as the project has them."""
    routes = planrows.routes(window.session.open_project(), window.plan.plan_id)
    return {route.team: [stop.site for stop in route.stops] for route in routes}


def print_sheets(qtbot: QtBot, window: Window, folder: Path) -> str:
    """Save the sheets as PDF, print the dialog's pages to a PDF printer, and return the text of the saved file."""
    window.actions_by_name.by_name["sheets"].trigger()
    dialog = window.findChild(SheetsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.pdf) and not dialog.work.is_busy, timeout=30_000)
    dialog.save(folder / "sheets.pdf")
    pages = PdfReader(folder / "sheets.pdf").pages
    assert dialog.document.pageCount() == len(pages) >= len(team_lines(window.plan.tree))
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(folder / "printed.pdf"))
    for place in range(1, dialog.teams.count()):
        dialog.teams.item(place).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: not dialog.work.is_busy and dialog.document.pageCount() < len(pages), timeout=10_000)
    with qtbot.waitSignal(dialog.printed, timeout=10_000):
        dialog.print_on(printer)
    assert len(PdfReader(io.BytesIO((folder / "printed.pdf").read_bytes())).pages) == dialog.document.pageCount()
    dialog.reject()
    return squeezed("".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    """Return a text without blanks and line ends, which a table cell breaks anywhere."""
    return "".join(text.split())


def test_stop_is_taken_off_and_put_back(qtbot: QtBot, with_plan: Window) -> None:
    """Delete takes a stop off its route and lists it with the reason; moving it to a team brings it back."""
    tree = with_plan.plan.tree
    route = next(item for item in team_lines(tree) if item.childCount() > 2)
    team, (site, *rest) = str(route.data(0, TeamRole)), sites_of(route)
    tree.choose(site)
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    settle(qtbot, with_plan)
    assert stops_by_team(with_plan)[team] == rest
    left = next(item for item in trees.tops(tree) if not item.data(0, TeamRole))
    words = {line.data(0, SiteRole): line.text(0) for line in trees.children(left)}
    assert "hand" in words[site]
    with_plan.plan.move_stop(site, team, 1)
    settle(qtbot, with_plan)
    assert stops_by_team(with_plan)[team] == [rest[0], site, *rest[1:]]
    with_plan.plan.remove(site)
    settle(qtbot, with_plan)
    tree.choose(site)
    with_plan.actions_by_name.by_name["stop_best"].trigger()
    settle(qtbot, with_plan)
    assert site in {stop for stops in stops_by_team(with_plan).values() for stop in stops}


def test_stop_moves_up_and_down_by_key_and_its_times_follow(qtbot: QtBot, with_plan: Window) -> None:
    """Moving a stop down and up again brings the same times back; presses made meanwhile wait their turn."""
    tree, by_name = with_plan.plan.tree, with_plan.actions_by_name.by_name
    route = next(item for item in team_lines(tree) if item.childCount() > 3)
    team, sites = str(route.data(0, TeamRole)), sites_of(route)
    times = [line.text(BEGIN) for line in trees.children(route)]
    tree.choose(sites[1])
    by_name["stop_down"].trigger()
    settle(qtbot, with_plan)
    assert stops_by_team(with_plan)[team] == [sites[0], sites[2], sites[1], *sites[3:]]
    by_name["stop_up"].trigger()
    settle(qtbot, with_plan)
    route = next(item for item in team_lines(tree) if item.data(0, TeamRole) == team)
    assert sites_of(route) == sites
    assert [line.text(BEGIN) for line in trees.children(route)] == times


def test_late_stop_is_marked_in_words(qtbot: QtBot, with_plan: Window) -> None:
    """A stop moved to where its site is shut is marked with a sign and says why; nothing forbids it."""
    from geo.store.edits import edit, update

    project, tree = with_plan.session.open_project(), with_plan.plan.tree
    route = next(item for item in team_lines(tree) if item.childCount() > 3)
    site = sites_of(route)[-1]
    with_plan.session.apply(
        edit("shut", [update("sites", site, project.row("sites", site), {"windows": "05:00-05:30"})])
    )
    settle(qtbot, with_plan)
    tree.choose(site)
    line = tree.currentItem()
    assert "⚠" in line.text(0)
    assert line.data(0, Qt.ItemDataRole.AccessibleDescriptionRole)
    assert "1 routes" in with_plan.plan.summary.text()


def test_planning_can_be_cancelled(qtbot: QtBot, window: Window) -> None:
    """A plan that is cancelled changes nothing, and the next one can be made."""
    panel = window.plan
    panel.form.seconds.setValue(60)
    panel.plan()
    assert panel.is_planning
    assert not window.actions_by_name.by_name["plan"].isEnabled()
    qtbot.waitUntil(lambda: panel.progress.value() > 0, timeout=20_000)
    window.actions_by_name.by_name["stop_planning"].trigger()
    qtbot.waitUntil(lambda: not panel.is_planning, timeout=5_000)
    assert not panel.plan_id
    assert not window.session.open_project().can_undo
    assert window.actions_by_name.by_name["plan"].isEnabled()


def test_routes_can_be_hidden(with_plan: Window) -> None:
    """Unticking a team takes its route off the map only."""
    stack = with_plan.session.stack
    assert stack is not None
    line = team_lines(with_plan.plan.tree)[0]
    line.setCheckState(0, Qt.CheckState.Unchecked)
    assert stack.teams is not None
    assert line.data(0, TeamRole) not in stack.teams
    line.setCheckState(0, Qt.CheckState.Checked)
    assert stack.teams is None


def test_stop_is_dropped_on_another_team(qtbot: QtBot, with_plan: Window) -> None:
    """A stop dragged onto the line of a team becomes its last; one dragged onto the sites left out leaves its route."""
    tree = with_plan.plan.tree
    first, second = [item for item in team_lines(tree) if item.childCount() > 1][:2]
    site, taker = sites_of(first)[0], str(second.data(0, TeamRole))
    tree.choose(site)
    drop_on(tree, second)
    settle(qtbot, with_plan)
    assert stops_by_team(with_plan)[taker][-1] == site
    left = next(item for item in trees.tops(tree) if not item.data(0, TeamRole))
    tree.scrollToItem(left)
    drop_on(tree, left)
    settle(qtbot, with_plan)
    assert site not in stops_by_team(with_plan)[taker]


def drop_on(tree: QTreeWidget, item: QTreeWidgetItem) -> None:
    """Let go of the dragged line over another; Qt's own drag loop needs a real mouse."""
    position = QPointF(tree.visualItemRect(item).center())
    keys, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    tree.dropEvent(QDropEvent(position, Qt.DropAction.MoveAction, QMimeData(), button, keys))
