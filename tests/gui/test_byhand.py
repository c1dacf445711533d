"""The plan by hand in the real window: timeline, words while dragging, tree, map, locks, and two plans compared."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu
from pytestqt.qtbot import QtBot

from geo.planning.plans.locks import Lock
from gui import trees
from gui.planlines import TeamRole
from gui.timelineview import TimelineView
from gui.window import Window
from tests.gui.conftest import OpenWindow
from tests.gui.resting import at_rest

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow, planned_copy: Path) -> Window:
    """Return a window whose timeline shows the sample's plan, with its desk ready."""
    window = open_window(planned_copy)
    window.actions_by_name.by_name["go_timeline"].trigger()
    settle(qtbot, window)
    assert window.by_hand.timeline.view.lines
    assert window.by_hand.desk.desk is not None
    return window


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no work is left, and all panels show what it did."""
    for _ in range(3):
        qtbot.waitUntil(lambda: at_rest(window), timeout=60_000)
        qtbot.wait(1)


def view_of(window: Window) -> TimelineView:
    """Return the timeline."""
    return window.by_hand.timeline.view


def sites(window: Window) -> dict[str, list[str]]:
    """Return the sites of every team as the timeline shows them."""
    return {line.team: [bar.site for bar in line.bars] for line in view_of(window).lines}


def middle(view: TimelineView, row: int, place: int) -> QPoint:
    """Return the middle of a bar that is in sight."""
    return view.scale.bar(row, view.lines[row].bars[place]).center().toPoint()


def hold(qtbot: QtBot, view: TimelineView, start: QPoint, end: QPoint) -> None:
    """Press at one place and move to another one, without letting go."""
    qtbot.mousePress(view.viewport(), LEFT, pos=start)
    qtbot.mouseMove(view.viewport(), start + QPoint(20, 0))
    qtbot.mouseMove(view.viewport(), end)


def test_a_drag_on_the_timeline_says_what_it_does_and_is_one_edit(qtbot: QtBot, window: Window) -> None:
    """Words stand by the mouse and in the status line before the stop is dropped; undo takes the one edit back."""
    view, words = view_of(window), window.by_hand.words
    before = sites(window)
    giver, taker = view.lines[0].team, view.lines[1].team
    site = before[giver][1]
    end = QPoint(int(view.scale.x(view.lines[1].end_s)) + 5, middle(view, 1, 0).y())
    hold(qtbot, view, middle(view, 0, 1), end)
    assert words.isVisible()
    names = [view.lines[row].name for row in (0, 1)]
    assert all(name in words.text() and name in window.status.task.text() for name in names)
    assert "km" in words.text()
    assert [bar.site for bar in view.lines[1].bars][-1] == site
    assert not window.session.open_project().can_undo
    qtbot.mouseRelease(view.viewport(), LEFT, pos=end)
    settle(qtbot, window)
    assert not words.isVisible()
    assert sites(window)[giver] == [one for one in before[giver] if one != site]
    assert sites(window)[taker] == [*before[taker], site]
    assert window.plan.tree.stops_of(taker) == sites(window)[taker]
    window.actions_by_name.by_name["undo"].trigger()
    settle(qtbot, window)
    assert sites(window) == before
    assert not window.session.open_project().can_undo


def test_escape_drops_a_drag(qtbot: QtBot, window: Window) -> None:
    """The plan is shown as it is, the words go, and letting go afterwards changes nothing."""
    view, before = view_of(window), sites(window)
    hold(qtbot, view, middle(view, 0, 1), middle(view, 1, 2))
    assert sites(window) != before
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert sites(window) == before
    assert not window.by_hand.words.isVisible()
    qtbot.mouseRelease(view.viewport(), LEFT, pos=middle(view, 1, 2))
    settle(qtbot, window)
    assert not window.session.open_project().can_undo


def test_words_come_within_a_blink(qtbot: QtBot, window: Window) -> None:
    """A move of the mouse to another place of another team takes the window less than 50 ms of its processor."""
    view, took = view_of(window), []
    hold(qtbot, view, middle(view, 0, 1), middle(view, 1, 0))
    for row in (1, 2, 3, 1, 2, 3):
        end = middle(view, row, len(took) % 3) + QPoint(3, 0)
        started = time.process_time()
        qtbot.mouseMove(view.viewport(), end)
        took.append(time.process_time() - started)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert sorted(took)[len(took) // 2] < 0.05


def test_keys_choose_and_move_stops(qtbot: QtBot, window: Window) -> None:
    """Arrow keys choose along the route and between teams; with Ctrl they move the stop; Delete takes it off."""
    view, before = view_of(window), sites(window)
    first, second = view.lines[0].team, view.lines[1].team
    view.choose([view.lines[0].bars[0].stop])
    qtbot.keyClick(view, Qt.Key.Key_Right)
    site = before[first][1]
    assert window.session.selection.ids == {site}
    assert window.plan.tree.site == site
    assert "Visit" in view.accessibleDescription()
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.status.task.text()
    settle(qtbot, window)
    assert sites(window)[first][:3] == [before[first][0], before[first][2], site]
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert site in sites(window)[second]
    assert view.team == second
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert all(site not in stops for stops in sites(window).values())


def test_several_stops_are_chosen_by_box_and_keys_and_moved_together(qtbot: QtBot, window: Window) -> None:
    """A box, Shift and Ctrl choose; all chosen are dragged as one edit, in their order."""
    view, before = view_of(window), sites(window)
    port = view.viewport()
    giver, taker = view.lines[0].team, view.lines[1].team
    box = view.scale.bar(0, view.lines[0].bars[0]).united(view.scale.bar(0, view.lines[0].bars[1]))
    qtbot.mousePress(port, LEFT, pos=QPoint(int(box.left()) - 6, int(box.top()) - 2))
    qtbot.mouseMove(port, QPoint(int(box.right()) - 4, int(box.bottom())))
    qtbot.mouseRelease(port, LEFT, pos=QPoint(int(box.right()) - 4, int(box.bottom())))
    assert window.session.selection.ids == set(before[giver][:2])
    qtbot.mouseClick(port, LEFT, Qt.KeyboardModifier.ControlModifier, middle(view, 0, 1))
    assert window.session.selection.ids == {before[giver][0]}
    qtbot.mouseClick(port, LEFT, Qt.KeyboardModifier.ShiftModifier, middle(view, 0, 2))
    assert window.session.selection.ids == set(before[giver][:3])
    end = QPoint(int(view.scale.x(view.lines[1].end_s)) + 5, middle(view, 1, 0).y())
    hold(qtbot, view, middle(view, 0, 1), end)
    qtbot.mouseRelease(port, LEFT, pos=end)
    settle(qtbot, window)
    assert sites(window)[taker] == [*before[taker], *before[giver][:3]]
    window.actions_by_name.by_name["undo"].trigger()
    settle(qtbot, window)
    assert sites(window) == before


def test_the_timeline_zooms_and_keeps_the_time_under_the_mouse(qtbot: QtBot, window: Window) -> None:
    """Plus shows fewer hours, 0 the whole day again."""
    view = view_of(window)
    whole = view.scale
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale.px_per_s > whole.px_per_s
    x = 600.0
    at = view.scale.time(x)
    view.zoom(1.5, x)
    assert abs(view.scale.time(x) - at) < 60
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.scale == whole


def test_locks_are_set_shown_and_lifted(qtbot: QtBot, window: Window) -> None:
    """A stop to its team or place and a whole route, by the commands of the menu; tree and timeline show it."""
    by_name, view, tree = window.actions_by_name.by_name, view_of(window), window.plan.tree
    line = view.lines[0]
    window.plan.setFocus()
    for place, command in ((0, "lock_team"), (1, "lock_place")):
        tree.choose(line.bars[place].site)
        by_name[command].trigger()
        settle(qtbot, window)
    assert [bar.lock for bar in view.lines[0].bars[:3]] == [Lock.TEAM, Lock.PLACE, Lock.NONE]
    item = next(one for one in trees.tops(tree) if one.data(0, TeamRole) == line.team)
    assert [item.child(place).icon(0).isNull() for place in range(3)] == [False, False, True]
    assert "Locked to its place" in item.child(1).toolTip(0)
    by_name["lock_route"].trigger()
    settle(qtbot, window)
    assert view.lines[0].locked
    assert tree.is_locked(line.team)
    hold(qtbot, view, middle(view, 0, 2), middle(view, 1, 1))
    assert "the whole route is locked" in window.by_hand.words.text()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view.viewport(), LEFT)
    view.choose([bar.stop for bar in line.bars[:2]])
    by_name["unlock"].trigger()
    settle(qtbot, window)
    assert not any(bar.lock for bar in view.lines[0].bars)
    by_name["lock_route"].trigger()
    settle(qtbot, window)
    assert not view.lines[0].locked


def test_a_drag_in_the_tree_says_what_it_does(window: Window) -> None:
    """The words name both teams while the stop hangs over the line of another team, and go when the mouse leaves."""
    tree = window.plan.tree
    window.show_tab(window.plan)
    giver, taker = [item for item in trees.tops(tree) if item.data(0, TeamRole) and item.childCount() > 1][:2]
    site = window.plan.tree.stops_of(str(giver.data(0, TeamRole)))[0]
    tree.choose(site)
    tree.setState(QAbstractItemView.State.DraggingState)
    tree.scrollToItem(taker)
    data = QMimeData()
    data.setData("application/x-qabstractitemmodeldatalist", b"")
    at = tree.visualItemRect(taker).center()
    with pytest.deprecated_call():  # Qt 6 has no other way to make one
        event = QDragMoveEvent(at, Qt.DropAction.MoveAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    tree.dragMoveEvent(event)
    tree.setState(QAbstractItemView.State.NoState)
    assert window.by_hand.words.isVisible()
    assert "In all" in window.by_hand.words.text()
    window.by_hand.hide_words()
    assert not window.by_hand.words.isVisible()


def on_route(window: Window, team: str) -> QPoint:
    """Return a pixel on the line of a team's route where no site and no other route is near."""
    canvas, stack = window.canvas, window.session.stack
    assert stack is not None
    line = stack.routes.line(stack.routes.teams.index(team), canvas.view)
    for x, y in ((line[:-1] + line[1:]) / 2).tolist():
        leg = window.by_hand.drag.leg_at(canvas, QPointF(x, y))
        inside = canvas.rect().adjusted(20, 20, -20, -20).contains(int(x), int(y))
        if inside and leg is not None and leg.team == team and not canvas.site_at(QPointF(x, y)):
            return QPoint(int(x), int(y))
    raise AssertionError(team)


def test_routes_are_dragged_on_the_map(qtbot: QtBot, window: Window) -> None:
    """A stop dragged onto another team's route goes into the leg there; a line dragged to a site takes it in."""
    canvas, stack = window.canvas, window.session.stack
    assert stack is not None
    window.actions_by_name.by_name["tool_routes"].trigger()
    before = sites(window)
    giver, taker = view_of(window).lines[0].team, view_of(window).lines[1].team
    site = before[giver][1]
    canvas.set_view(canvas.view.fitted(stack.bounds_of([*before[giver], *before[taker]]) or stack.bounds(), 40))
    qtbot.waitUntil(lambda: canvas.is_drawn, timeout=20_000)
    start, end = canvas.to_screen(stack.site_xy(site)).toPoint(), on_route(window, taker)
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    qtbot.mouseMove(canvas, end)
    assert window.by_hand.words.isVisible()
    assert "km" in window.status.task.text()
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    settle(qtbot, window)
    assert not window.by_hand.words.isVisible()
    assert site in sites(window)[taker]
    assert [one for one in sites(window)[taker] if one != site] == before[taker]
    start, end = on_route(window, giver), canvas.to_screen(stack.site_xy(site)).toPoint()
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    settle(qtbot, window)
    assert site in sites(window)[giver]
    assert sites(window)[taker] == before[taker]


def test_two_plans_are_compared_side_by_side(qtbot: QtBot, window: Window) -> None:
    """Figures stand in a table, the stops that differ can be selected, and closing leaves nothing on the map."""
    from geo.planning.plans import day
    from geo.planning.plans.wish import Wish

    project = window.session.open_project()
    window.session.apply(day.make_plan(project.snapshot(), Wish(project.today(), iterations=5)))
    settle(qtbot, window)
    line = view_of(window).lines[0]
    window.by_hand.desk.move([line.bars[0].stop], view_of(window).lines[1].team, 0)
    settle(qtbot, window)
    over = len(window.canvas.over)
    window.actions_by_name.by_name["compare"].trigger()
    dialog = window.by_hand.dialog
    assert dialog is not None
    settle(qtbot, window)
    assert dialog.one.currentData() == window.plan.plan_id
    assert dialog.other.currentData() != window.plan.plan_id
    assert dialog.table.rowCount() > 8
    assert all(dialog.table.item(row, 3).text() for row in range(dialog.table.rowCount()))
    assert dialog.compared is not None
    assert line.bars[0].site in dialog.compared.moved
    dialog.choose.click()
    assert window.session.selection.ids == set(dialog.compared.moved)
    window.canvas.grab()
    assert len(window.canvas.over) == over + 1
    dialog.reject()
    assert len(window.canvas.over) == over


def test_several_stops_are_moved_together_from_the_list(qtbot: QtBot, window: Window) -> None:
    """Those chosen in the list, or on the map, go to a team by menu or key as one edit; the words say so first."""
    tree, plan, by_name = window.plan.tree, window.plan, window.actions_by_name.by_name
    before, order = sites(window), window.plan.tree.team_order
    giver, taker = order[0], order[1]
    first, second, third = before[giver][0], before[giver][2], before[taker][0]
    # From the map: the list follows, also with a site that is in no plan.
    other = next(str(one) for one in window.session.open_project().frame("sites").index if one not in set(tree.sites))
    window.session.selection.choose({first, second, third, other}, current=third)
    assert tree.chosen_sites == [first, second, third]
    menu = QMenu()
    qtbot.addWidget(menu)
    plan.list_teams(menu)
    qtbot.waitUntil(lambda: window.by_hand.desk.desk is not None, timeout=20_000)
    assert all(action.isEnabled() for action in menu.actions())
    said: list[object] = []
    tree.trying.connect(lambda moved, _at: said.append(moved))
    last = menu.actions()[-1]
    last.hover()
    assert said[-1] is not None
    last.trigger()
    settle(qtbot, window)
    assert sites(window)[order[-1]] == [*before[order[-1]], first, second, third]
    by_name["undo"].trigger()
    settle(qtbot, window)
    assert sites(window) == before
    # From the list, by key: the two of one route stand together then.
    tree.choose(first)
    tree.choose_all([first, second])
    assert window.session.selection.ids == {first, second}
    by_name["stop_next"].trigger()
    settle(qtbot, window)
    assert sites(window)[taker] == [*before[taker], first, second]
    assert tree.chosen_sites == [first, second]
    by_name["stop_up"].trigger()
    settle(qtbot, window)
    assert sites(window)[taker] == [*before[taker][:-1], first, second, before[taker][-1]]
    by_name["stop_remove"].trigger()
    settle(qtbot, window)
    assert not {first, second} & {one for route in sites(window).values() for one in route}
    for _ in range(3):
        by_name["undo"].trigger()
        settle(qtbot, window)
    assert sites(window) == before
