"""The symbols that QGIS draws are those of our map."""

import xml.etree.ElementTree as ET

import pytest
from PySide6.QtGui import QPainterPath

from geo import resource
from layers import shapes
from layers.style import load

DOTS = {status.dot for status in load().status.values()}
OUTLINES = sorted(DOTS | {kind.shape for kind in load().kinds.values()})
Kind = QPainterPath.ElementType


def as_svg(path: QPainterPath) -> str:
    """Return a path as SVG writes it."""
    parts = []
    letters = {Kind.MoveToElement: "M", Kind.LineToElement: "L", Kind.CurveToElement: "C", Kind.CurveToDataElement: ""}
    for at in range(path.elementCount()):
        element = path.elementAt(at)
        parts.append(f"{letters[element.type]}{round(element.x, 4) + 0:g} {round(element.y, 4) + 0:g}")
    return " ".join(parts)


def paths(name: str) -> list[str]:
    """Return the paths of a picture that QGIS is given, without what closes them."""
    root = ET.parse(resource.path(f"qgis/{name}.svg")).getroot()
    return [element.attrib["d"].removesuffix("Z") for element in root.iterfind("{*}path")]


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines_are_ours(name: str) -> None:
    """Each outline of a kind, and each dot of a status, is the same curve in QGIS."""
    assert set(paths(f"outlines/{name}")) == {as_svg(shapes.outline(name))}


@pytest.mark.parametrize("name", sorted({status.mark for status in load().status.values()} - {"none"}))
def test_marks_are_ours(name: str) -> None:
    """Each mark of a status is the same curve in QGIS."""
    mark = shapes.mark(name)
    assert mark is not None
    assert paths(f"marks/{name}") == [as_svg(mark[0])]
