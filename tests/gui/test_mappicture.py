"""Tests of the picture of the map on the screen: it is there at once, and only what changed is drawn again."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from geo.store.edits import edit, insert
from gui import theme
from gui.window import Window


def _at_rest(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.canvas.is_drawn and not window.canvas.picture.isActive())


def test_a_drag_shows_no_empty_edge(open_window: "object", project_file: Path, qtbot: QtBot) -> None:
    """The picture reaches beyond the view, so that right after a drag there is map up to the edges."""
    window: Window = open_window(project_file)  # type: ignore[operator]
    canvas = window.canvas
    _at_rest(qtbot, window)
    canvas.pan_by(QPointF(canvas.width() // 10, canvas.height() // 10))
    image = canvas.grab().toImage()
    edge = [image.pixelColor(2, y) for y in range(2, image.height() - 2, 7)]
    assert QColor(theme.GROUND) not in edge
    _at_rest(qtbot, window)


def test_an_edit_draws_its_place_only(open_window: "object", project_file: Path, qtbot: QtBot) -> None:
    """A visit that is entered changes the picture where the site is, and the rest is not drawn again."""
    window: Window = open_window(project_file)  # type: ignore[operator]
    _at_rest(qtbot, window)
    picture, session = window.canvas.picture, window.session
    assert session.project is not None
    site = str(session.project.frame("sites").index[0])
    visit = insert("inspections", site=site, date="2021-06-02", state="in_progress")
    with qtbot.waitSignal(picture.finished):
        session.apply(edit("visit", [visit]))
    shown = picture._shown
    assert shown is not None
    drawn = sum(part.width() * part.height() for part in shown.painted)
    assert 0 < drawn < shown.view.width * shown.view.height / 10
    _at_rest(qtbot, window)


def test_a_large_selection_is_shown_from_a_picture(open_window: "object", project_file: Path, qtbot: QtBot) -> None:
    """With everything selected the rings are on the map once it is drawn, and stay on it while it is moved."""
    window: Window = open_window(project_file)  # type: ignore[operator]
    session, canvas = window.session, window.canvas
    assert session.project is not None
    assert session.stack is not None
    _at_rest(qtbot, window)
    session.selection.choose(frozenset(session.project.frame("sites").index))
    assert session.stack.chosen.is_large
    _at_rest(qtbot, window)
    accent = session.stack.style.accent

    def rings() -> int:
        image = canvas.grab().toImage().convertToFormat(canvas.grab().toImage().Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(-1, 4)[:, :3].astype(int)
        return int((np.abs(pixels - (accent.blue(), accent.green(), accent.red())).max(axis=1) < 8).sum())

    there = rings()
    assert there > 2000
    canvas.pan_by(QPointF(5, 3))
    assert rings() > there * 0.9
    session.selection.clear()
    assert rings() < there / 10
    _at_rest(qtbot, window)
