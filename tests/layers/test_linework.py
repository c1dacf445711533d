"""Test `layers.linework`: very many thin lines look like the same lines drawn one by one."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.frame import blank
from layers.linework import Linework
from layers.view import View

VIEW = View(1000, 500, 2.0, 200, 160)


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
    return shapely.linestrings(start + np.cumsum(random.normal(0, 30, (count, points, 2)), axis=1))


@pytest.mark.parametrize("width", [0.7, 1.0, 1.5, 2.0])
def test_lines_are_where_and_as_dark_as_one_by_one(width: float) -> None:
    """Drawn together, lines put about as much ink in the same places as Qt does for each."""
    shapes = _lines(6, 3)

    def together(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("black"), min(width, 1)))
        for _ in Linework(shapes).draw(painter, VIEW, np.arange(6), width):
            pass

    def one_by_one(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("black"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for shape in shapes:
            painter.drawPolyline([QPointF(*point) for point in VIEW.world_to_screen(shapely.get_coordinates(shape))])

    one, other = _picture(together), _picture(one_by_one)
    assert one.sum() == pytest.approx(other.sum(), rel=0.25)
    near = np.maximum.reduce([np.roll(other, shift, axis) for axis in (0, 1) for shift in (-1, 0, 1)])
    assert (near[one > 60] > 0).all()


@pytest.mark.parametrize("width", [2.5, 6.0])
def test_stretches_make_the_line(width: float) -> None:
    """Stretch by stretch, lines cover about what Qt covers for each with round ends."""
    shapes = _lines(6, 3)

    def stretches(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("black"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        for _ in Linework(shapes).draw_stretches(painter, VIEW, np.arange(6)):
            pass

    def one_by_one(painter: QPainter) -> None:
        pen = QPen(QColor("black"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for shape in shapes:
            painter.drawPolyline([QPointF(*point) for point in VIEW.world_to_screen(shapely.get_coordinates(shape))])

    one, other = _picture(stretches), _picture(one_by_one)
    assert one.sum() == pytest.approx(other.sum(), rel=0.12)
    assert (np.abs(one - other) > 128).mean() < 0.01


def test_points_closer_than_a_pixel_are_left_out_but_no_line() -> None:
    """A line of a thousand points in one pixel is still seen, and one of many points is drawn with few."""
    dense = shapely.linestrings([[(1000 + k / 1000, 500 + k / 2000) for k in range(1000)]])
    long = shapely.linestrings([[(900 + k / 50, 450 + k / 100) for k in range(9000)]])
    work = Linework(np.concatenate([dense, long]))

    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("black"), 1))
        for _ in work.draw(painter, VIEW, np.arange(2), 1.0):
            pass

    assert _picture(draw)[80, 99:102].any()
    points, begins = work._thinned(VIEW, np.arange(2))
    assert begins.sum() == 2
    assert len(points) < 400
    assert np.allclose(points[-1], VIEW.world_to_screen([(900 + 8999 / 50, 450 + 8999 / 100)]))


def test_no_lines_are_drawn_as_nothing() -> None:
    """An empty layer of lines can be drawn, and so can a line without points among others."""
    assert not _picture(
        lambda painter: list(Linework(np.empty(0, dtype=object)).draw(painter, VIEW, np.arange(0), 1))
    ).any()
    some = np.array([shapely.LineString(), *_lines(2, 2)], dtype=object)
    assert _picture(lambda painter: list(Linework(some).draw(painter, VIEW, np.arange(3), 1.5))).any()
    only = np.array([shapely.LineString()], dtype=object)
    assert not _picture(lambda painter: list(Linework(only).draw_stretches(painter, VIEW, np.arange(1)))).any()
    assert not _picture(lambda painter: list(Linework(only).draw(painter, VIEW, np.arange(1), 1.5))).any()
