"""Test `layers.streets`: after an edit the streets look as if all had been loaded anew, though only some were."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QImage

from geo.projection import to_mercator
from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View
from tests.layers.golden import differences

X, Y = (float(part) for part in to_mercator([(113.2735, 23.1290)])[0])


@pytest.fixture
def project(sample_file: Path, tmp_path: Path) -> Iterator[Project]:
    """Give the sample, of the test's own."""
    copy = tmp_path / "streets.gpkg"
    copy.write_bytes(sample_file.read_bytes())
    with Project.open(copy) as opened:
        yield opened


def _pictures(stack: MapStack) -> list[QImage]:
    return [to_image(stack, View(X, Y, scale, 500, 400)) for scale in (12.0, 4.0, 1.2, 0.5)]


def _assert_alike(some: list[QImage], others: list[QImage]) -> None:
    """Check that pictures are the same but for the edges of lines of one colour that were drawn in another order."""
    for one, other in zip(some, others, strict=True):
        mean, strong, _ = differences(one, other)
        assert strong == 0
        assert mean < 0.05


def _near(project: Project, count: int) -> list[str]:
    """Return the streets nearest to the middle."""
    streets = project.frame("streets")
    away = shapely.distance(np.asarray(streets.geometry.array), shapely.Point(113.2735, 23.1290))
    return [str(key) for key in streets.index[np.argsort(away, kind="stable")[:count]]]


def _changed(project: Project, street: str, **values: object) -> RowChange:
    row = project.row("streets", street)
    return RowChange("streets", street, {name: row[name] for name in values}, values)


def _moved(project: Project, street: str) -> RowChange:
    line = project.row("streets", street)["geometry"]
    return _changed(project, street, geometry=shapely.transform(line, lambda xy: xy + np.array([0.0006, -0.0004])))


def _made(project: Project, kind: str) -> list[RowChange]:
    first, second, third, *_ = _near(project, 12)
    line = shapely.LineString([(113.270, 23.127), (113.274, 23.131), (113.277, 23.1305)])
    changes = {
        "moved": [_moved(project, first), _moved(project, third)],
        "renamed": [_changed(project, first, name="新名路", name_en="New Road")],
        "upgraded": [_changed(project, second, highway="primary", bridge=True)],
        "one way": [_changed(project, second, oneway=True)],
        "deleted": [RowChange("streets", one, project.row("streets", one), None) for one in (first, second)],
        "added": [insert("streets", id="new", geometry=line, highway="secondary", name="长安路", name_en="Long")],
        "a square": [
            _changed(project, first, tags='{"area": "yes"}', geometry=shapely.LineString(shapely.LinearRing(line)))
        ],
        "unseen": [_changed(project, first, tags='{"highway": "platform"}')],
    }
    return changes[kind]


@pytest.mark.parametrize("kind", ["moved", "renamed", "upgraded", "one way", "deleted", "added", "a square", "unseen"])
def test_an_edited_street_looks_as_loaded_anew(project: Project, kind: str) -> None:
    """Whatever was done to a street, the map is the one of a project opened now, and after undo the one before."""
    stack = MapStack(project, "zh")
    before = _pictures(stack)
    made = edit("streets", _made(project, kind))
    project.apply(made)
    stack.update(made)
    now = _pictures(stack)
    _assert_alike(now, _pictures(MapStack(project, "zh")))
    assert now != before
    project.undo()
    stack.update(made.inverse())
    _assert_alike(_pictures(stack), before)


def test_only_edited_streets_are_touched(project: Project) -> None:
    """After an edit of one street the lines of the others are the same objects, and after many edits all are right."""
    stack = MapStack(project, "zh")
    shapes = stack._streets._lines.shapes
    for street in _near(project, 30):
        made = edit("move", [_moved(project, street)])
        project.apply(made)
        stack.update(made)
    mended = stack._streets._lines
    assert mended.late == 30
    same = [one is other for one, other in zip(shapes, mended.shapes, strict=True)]
    assert same.count(False) == 30
    _assert_alike(_pictures(stack), _pictures(MapStack(project, "zh")))
