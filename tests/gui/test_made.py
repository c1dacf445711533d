"""Stops that were made on the day, marked in the list of the plan, the timeline and the map, with real widgets."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from geo.store.edits import edit, insert
from gui.plantree import PlanTree
from gui.window import Window
from layers import visitmarks
from layers.render import to_image
from layers.stops import StopsLayer
from layers.view import View
from tests.gui.conftest import OpenWindow


def pixels(image: QImage) -> NDArray[np.int64]:
    """Return how light the pixels of an image are, from 0 to 255, shape (height, width): all that a copier keeps."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].astype(np.int64)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_stop_that_is_recorded_is_marked_everywhere(
    open_window: OpenWindow, planned_copy: Path, qtbot: QtBot, lang: str, request: pytest.FixtureRequest
) -> None:
    """The list says so in words and with a mark, and counts; map and timeline look different without colour."""
    request.getfixturevalue("speaking")(lang)
    window = open_window(planned_copy)
    window.show_tab(window.plan)
    tree, project = window.plan.tree, window.session.open_project()
    qtbot.waitUntil(lambda: tree.topLevelItemCount() > 2)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=60_000)
    site = fresh(window)
    assert tree.choose(site)
    assert chosen(tree).icon(0).isNull()
    assert "/" not in team_line(tree)
    stack = window.session.stack
    assert stack is not None
    x, y = stack.site_xy(site)
    view = View(x, y, 2.0, 80, 80)
    before = pixels(to_image(stack, view))
    state = insert("inspections", site=site, date=project.today().isoformat(), state="done")
    window.session.apply(edit("x", [state]))
    qtbot.waitUntil(lambda: tree.site == site and "/" in team_line(tree))
    line = chosen(tree)
    assert not line.icon(0).isNull()
    word = {"en": "Inspected", "zh": "已检查"}[lang]
    assert word in line.toolTip(0)
    assert word in line.data(0, Qt.ItemDataRole.AccessibleDescriptionRole)
    layer = stack["stops"]
    assert isinstance(layer, StopsLayer)
    assert layer.made[site] == "done"
    assert (np.abs(pixels(to_image(stack, view)) - before) > 60).sum() > 8
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=60_000)
    window.session.undo()
    qtbot.waitUntil(lambda: site not in layer.made)


def chosen(tree: PlanTree) -> QTreeWidgetItem:
    """Return the current line of the list."""
    line = tree.currentItem()
    assert line is not None
    return line


def team_line(tree: PlanTree) -> str:
    """Return what the line of the team of the current stop says."""
    parent = chosen(tree).parent()
    assert parent is not None
    return parent.text(0)


def fresh(window: Window) -> str:
    """Return a site on a route of the plan where nobody was on the day."""
    project = window.session.open_project()
    visited = set(project.frame("inspections")["site"][project.frame("inspections")["date"] == str(project.today())])
    return next(site for site in window.plan.tree.sites if site not in visited)


def test_the_marks_differ_in_their_shape() -> None:
    """Each state has a mark of its own, told from all others without colour, down to the size on the map."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor, QPainter

    drawn = []
    for state in visitmarks.MARKS:
        image = QImage(14, 14, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.gray)
        painter = QPainter(image)
        visitmarks.paint(painter, state, QPointF(7, 7), 5, QColor("black"), QColor("white"))
        painter.end()
        drawn.append(pixels(image))
    for number, one in enumerate(drawn):
        for other in drawn[:number]:
            assert (np.abs(one - other) > 100).sum() >= 4
