"""Test `layers.linework`: very many lines drawn together look like the same lines drawn one by one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.frame import blank
from layers.linework import AT_ONCE, Linework, Strokes, _turns
from layers.view import View

VIEW = View(1000, 500, 2.0, 200, 160)
FLAT, SQUARE = Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.SquareCap


def _picture(draw: Callable[[QPainter], object], view: View = VIEW) -> np.ndarray:
    image = blank(view)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8)
    return pixels.reshape(image.height(), image.width(), 4)[:, :, 3].astype(int)


def _lines(count: int, points: int) -> np.ndarray:
    random = np.random.default_rng(2)
    start = random.uniform((820, 360), (1180, 640), (count, 1, 2))
    return np.asarray(shapely.linestrings(start + np.cumsum(random.normal(0, 30, (count, points, 2)), axis=1)))


def _one_by_one(shapes: np.ndarray, pen: QPen, view: View = VIEW) -> np.ndarray:
    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        for shape in shapes:
            painter.drawPolyline([QPointF(*point) for point in view.world_to_screen(shapely.get_coordinates(shape))])

    return _picture(draw, view)


def _together(
    shapes: np.ndarray, width: float, cap: Qt.PenCapStyle, *, is_round: bool = False, view: View = VIEW
) -> np.ndarray:
    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("black"), width, Qt.PenStyle.SolidLine, cap))
        for _ in Strokes(Linework(shapes), view, np.arange(len(shapes))).draw(painter, is_round=is_round):
            pass

    return _picture(draw, view)


@pytest.mark.parametrize("width", [0.7, 1.0, 1.5, 2.0])
def test_lines_are_where_and_as_dark_as_one_by_one(width: float) -> None:
    """Drawn together, lines put about as much ink in the same places as Qt does for each."""
    shapes = _lines(6, 3)
    one = _together(shapes, width, FLAT if width <= 1 else SQUARE)
    other = _one_by_one(shapes, QPen(QColor("black"), width, Qt.PenStyle.SolidLine, FLAT))
    assert one.sum() == pytest.approx(other.sum(), rel=0.25)
    near = np.maximum.reduce([np.roll(other, shift, axis) for axis in (0, 1) for shift in (-1, 0, 1)])
    assert (near[one > 60] > 0).all()


def _round_pen(width: float) -> QPen:
    return QPen(QColor("black"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


@pytest.mark.parametrize("width", [2.5, 6.0])
def test_stretches_make_the_line(width: float) -> None:
    """Stretch by stretch, lines cover about what Qt covers for each with round ends."""
    shapes = _lines(6, 3)
    one, other = _together(shapes, width, SQUARE), _one_by_one(shapes, _round_pen(width))
    assert one.sum() == pytest.approx(other.sum(), rel=0.12)
    assert (np.abs(one - other) > 128).mean() < 0.01


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("width", [8.0, 21.3])
def test_with_discs_lines_are_those_of_qt(width: float, ratio: float) -> None:
    """With discs on ends and bends, lines are the same as with Qt's round pen, to an eighth of a pixel."""
    shapes, view = _lines(6, 4), replace(VIEW, ratio=ratio)
    one = _together(shapes, width, FLAT, is_round=True, view=view)
    apart = np.abs(one - _one_by_one(shapes, _round_pen(width), view))
    assert apart.max() < 100
    assert (apart > 48).mean() < 0.002


def test_straight_on_no_disc_is_drawn() -> None:
    """A disc stands where a line begins, ends or turns, and nowhere else."""
    points = np.array([(0, 0), (10, 0), (20, 0.5), (20, 9), (40, 9), (50, 9), (60, 9)], dtype=float)
    begins = np.array([True, False, False, False, True, False, False])
    assert np.flatnonzero(_turns(points, begins)).tolist() == [0, 2, 3, 4, 6]


def test_more_stretches_than_are_handed_over_at_once_are_all_drawn() -> None:
    """A line of many more points than Qt is given at a time is drawn to its end."""
    angle = np.linspace(0, 2 * np.pi, 3 * AT_ONCE)
    ring = np.column_stack([1000 + 120 * np.cos(angle), 500 + 120 * np.sin(angle)])
    view = replace(VIEW, scale=0.02, width=4, height=4)
    shapes = np.array([shapely.LineString(ring)])
    ends = [view.centred(*ring[at]) for at in (10, AT_ONCE + 10, -10)]
    assert all(_together(shapes, 1, FLAT, view=end).any() for end in ends)


def test_points_closer_than_a_pixel_are_left_out_but_no_line() -> None:
    """A line of a thousand points in one pixel is still seen, and one of many points is drawn with few."""
    dense = shapely.linestrings([[(1000 + k / 1000, 500 + k / 2000) for k in range(1000)]])
    long = shapely.linestrings([[(900 + k / 50, 450 + k / 100) for k in range(9000)]])
    work = Linework(np.concatenate([dense, long]))

    assert _together(dense, 1, FLAT)[80, 99:102].any()
    points, begins = work.thinned(VIEW, np.arange(2))
    assert begins.sum() == 2
    assert len(points) < 400
    assert np.allclose(points[-1], VIEW.world_to_screen([(900 + 8999 / 50, 450 + 8999 / 100)]))


def test_no_lines_are_drawn_as_nothing() -> None:
    """An empty layer of lines can be drawn, and so can a line without points among others."""
    only = np.array([shapely.LineString()], dtype=object)
    some = np.array([*only, *_lines(2, 2)], dtype=object)
    for is_round in (False, True):
        assert not _together(np.empty(0, dtype=object), 1, FLAT, is_round=is_round).any()
        assert not _together(only, 9, FLAT, is_round=is_round).any()
        assert _together(some, 9, FLAT, is_round=is_round).any()
