"""Test `layers.oneway`: arrows along one-way streets."""

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QImage

from geo.projection import to_mercator
from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.oneway import OnewayLayer
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View

MIDDLE = (113.287, 23.108)


def _street(turn: float, length: float = 0.004, **more: object) -> RowChange:
    """Return a one-way street through the middle of the picture, that leads in a direction in degrees from east."""
    step = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * length / 2
    line = shapely.LineString([np.array(MIDDLE) - step, np.array(MIDDLE) + step])
    return insert("streets", **{"highway": "residential", "oneway": True, "geometry": line, **more})


def _layer(project: Project, *rows: RowChange) -> tuple[MapStack, OnewayLayer]:
    project.apply(edit("x", rows))
    stack = MapStack.from_project(project, "zh")
    layer = stack["oneway"]
    assert isinstance(layer, OnewayLayer)
    return stack, layer


def _view(scale: float = 0.8) -> View:
    x, y = (float(part) for part in to_mercator([MIDDLE])[0])
    return View(x, y, scale, 300, 300)


@pytest.mark.parametrize("turn", [0, 40, 90, 180, 225, 300])
def test_arrows_point_along_the_line(project: Project, turn: float) -> None:
    """An arrow points where one may drive, and lies on its street."""
    _, layer = _layer(project, _street(turn))
    places, angles, _ = layer.arrows(_view())
    assert len(places)
    # Screens count clockwise.
    assert np.allclose((angles + turn + 180) % 360 - 180, 0, atol=4)
    away = (places - 150) @ np.array([np.sin(np.radians(turn)), np.cos(np.radians(turn))])
    assert np.abs(away).max() < 5  # degrees are no squares here


def _dark(image: QImage, x: float, y: float, reach: int) -> int:
    """Return how dark the darkest pixel around a place is."""
    square = [(round(x) + dx, round(y) + dy) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]
    return min(image.pixelColor(*at).lightness() for at in square)


def test_the_tip_is_drawn_at_the_front(project: Project) -> None:
    """The painted arrow is as thin as a line behind and wide in front."""
    stack, layer = _layer(project, _street(0))
    view = _view(0.5)
    places, angles, _ = layer.arrows(view)
    image = to_image(stack, view)
    heights = {}
    for side in (-6, 6):
        x, y = places[0] + np.array([np.cos(np.radians(angles[0])), np.sin(np.radians(angles[0]))]) * side
        column = [image.pixelColor(round(x), round(y) + dy).lightness() for dy in range(-4, 5)]
        heights[side] = sum(lightness < 190 for lightness in column)
    assert 1 <= heights[-6] < heights[6]


def test_only_near_and_only_where_it_is_so(project: Project) -> None:
    """From afar, on streets for both ways, on narrow ones and on footpaths there are no arrows."""
    _, layer = _layer(project, _street(0), _street(90, oneway=False), _street(45, highway="footway"))
    assert len(layer.arrows(_view(1.5))[0])
    assert not len(layer.arrows(_view(1.7))[0])
    _, angles, widths = layer.arrows(_view(0.8))
    assert np.allclose(angles, 0, atol=2)
    assert widths.min() >= 5


def test_pieces_of_a_street_are_one(project: Project) -> None:
    """A street of many short pieces, as in OpenStreetMap, has no arrow on each of them."""
    x, y = MIDDLE
    pieces = [
        insert(
            "streets",
            highway="residential",
            oneway=True,
            geometry=shapely.LineString([(x + k * 0.0003, y), (x + (k + 1) * 0.0003, y)]),
        )
        for k in range(-8, 8)
    ]
    _, layer = _layer(project, *pieces)
    places, _, _ = layer.arrows(_view(1))
    # 16 pieces of 33 pixels are 534.
    assert 2 <= len(places) <= 4


def test_an_arrow_gives_way_to_a_name(project: Project) -> None:
    """No arrow lies under a text."""
    stack, layer = _layer(project, _street(0, 0.02, name="很长的单行道路名称"))
    view = _view(0.8).resized(900, 300)
    names, (places, _, _) = stack.labels.taken(view), layer.arrows(view)
    assert len(names)
    assert len(places)
    for left, top, right, bottom in names.tolist():
        inside = (places[:, 0] > left) & (places[:, 0] < right) & (places[:, 1] > top) & (places[:, 1] < bottom)
        assert not inside.any()


def test_arrows_stay_while_panning(project: Project) -> None:
    """Dragged with the map, the arrows lie on the same places of the ground."""
    _, layer = _layer(project, _street(20, 0.02))
    view = _view(0.7)
    before, _, _ = layer.arrows(view)
    after, _, _ = layer.arrows(view.panned(13, -8))
    shared = 0
    for x, y in before.tolist():
        if 20 < x < 260 and 30 < y < 270:
            assert np.hypot(*(after - (x + 13, y - 8)).T).min() < 0.01
            shared += 1
    assert shared


def test_the_layer_is_told(project: Project) -> None:
    """The legend explains the arrow where there is a one-way street, and not otherwise."""
    stack, layer = _layer(project, _street(0))
    assert [entry.text for entry in layer.legend("zh")] == ["单行道"]
    assert layer.title("zh") == "单行道箭头"
    assert "单行道箭头" in dict(stack.legend())


def test_the_legend_of_a_picture_has_no_arrow_where_none_is_drawn(project: Project) -> None:
    """At a scale too coarse for arrows the legend does not explain them, near by it does."""
    stack, _ = _layer(project, _street(0))
    coarsest = stack.style.oneway.to_scale
    assert "单行道箭头" in dict(stack.legend(coarsest))
    assert "单行道箭头" not in dict(stack.legend(coarsest * 1.01))
