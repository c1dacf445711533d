"""Test `layers.symbols`: kind, status and risk can be told apart, in grey and with a colour-vision deficiency too."""

from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPainter

from geo.model import RISKS, STATUSES
from geo.store.project import Project
from layers import risks, style, symbols, vision
from layers.stack import MapStack
from layers.symbols import BADGE, DOT, FULL, Sprites, Symbol
from layers.vision import Look
from tests.layers.colours import contrast, difference

STYLES = ("light", "dark", "print")
LEAST_DIFFERENCE = 10
"""CIEDE2000; 2 can just be seen side by side, and here it must be told from memory."""


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _grey(name: str, symbol: Symbol) -> NDArray[np.float64]:
    """Return a symbol as a copier prints it, on the ground of a style, at twice the size."""
    look = style.load(name)
    image = QImage(80, 80, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(2)
    image.fill(look.land)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    symbols.paint(painter, look, symbol, 20, 20)
    painter.end()
    grey = vision.preview(image, "grey").convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(80, -1)[:, :80].astype(np.float64)


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("look", [None, "protanopia", "deuteranopia", "tritanopia"])
def test_every_pair_of_statuses_differs_in_colour(name: str, look: Look | None) -> None:
    """The fills of any two statuses differ clearly to everybody who does not see grey only."""
    fills = {key: _rgb(status.fill) for key, status in style.load(name).status.items()}
    seen = fills if look is None else {key: vision.seen(fill, look) for key, fill in fills.items()}
    close = {
        (a, b): round(difference(seen[a], seen[b]), 1)
        for a, b in combinations(seen, 2)
        if difference(seen[a], seen[b]) < LEAST_DIFFERENCE
    }
    assert close == {}


@pytest.mark.parametrize("name", STYLES)
def test_every_status_has_a_mark_and_a_dot_of_its_own(name: str) -> None:
    """Marks differ, and from afar the dots of statuses that ask for something differ in shape."""
    statuses = style.load(name).status
    assert set(statuses) == {choice.value for choice in STATUSES}
    assert len({status.mark for status in statuses.values()}) == len(statuses)
    dots = [status.dot for status in statuses.values() if status.rank >= 3]
    assert len(set(dots)) == len(dots)


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("look", [None, *vision.LOOKS])
def test_pictogram_and_mark_are_read_on_their_ground(name: str, look: Look | None) -> None:
    """Pictograms on their fill and marks on their disc have a contrast of 3 to 1 at least (WCAG 2.2, 1.4.11)."""
    made = style.load(name)

    def seen(colour: QColor) -> NDArray[np.float64]:
        return _rgb(colour) if look is None else vision.seen(_rgb(colour), look)

    for key, status in made.status.items():
        assert contrast(seen(status.fill), seen(status.ink)) >= 3, key
        assert contrast(seen(symbols.mark_ink(status.fill, made.site.rim)), seen(made.site.rim)) >= 3, key


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("form", [BADGE, FULL])
def test_statuses_and_kinds_differ_in_grey(name: str, form: str) -> None:
    """In grey no two statuses of a kind and no two kinds in a status look alike, in the small form and the full one."""
    made = style.load(name)
    size = made.site.full_size if form == FULL else made.site.badge_size
    pictures = {
        (kind, status): _grey(name, Symbol(kind, status, form, size))
        for kind, status in product(made.kinds, made.status)
    }
    for (one, a), (other, b) in combinations(pictures.items(), 2):
        together = form == FULL or {one[1], other[1]} != {"not_due", "planned"}  # never both small on one map
        if together and (one[0] == other[0]) != (one[1] == other[1]):
            # At least 20 of the 6400 pixels differ strongly: the stroke of a mark or of a pictogram.
            assert (np.abs(a - b) > 60).sum() >= 20, (one, other)


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("form", [BADGE, FULL])
def test_risk_is_a_ring_that_is_read_in_grey(name: str, form: str) -> None:
    """High risk is a whole ring, medium a broken one, low none; in grey too, and upon any ground."""
    made = style.load(name)
    size = made.site.full_size if form == FULL else made.site.badge_size
    darks = {}
    for risk in (choice.value for choice in RISKS):
        symbol = Symbol("school", "not_due", form, size, risk)
        grey = _grey(name, symbol)
        radius = symbols.ring_radius(symbol)
        turns = np.radians(np.arange(0, 360, 2))
        # Of the ring, without the corner that the mark of a status may cover.
        rows, columns = np.rint(40 + 2 * radius * np.array([np.sin(turns), np.cos(turns)])).astype(int)
        ring = grey[rows, columns]
        rim = _rgb(made.site.rim).mean()
        darks[risk] = float((np.abs(ring - rim) > 75).mean())
    assert darks["high"] > 0.95
    assert 0.3 < darks["medium"] < 0.75
    assert darks["low"] < 0.05


def test_a_dot_has_no_ring() -> None:
    """From afar there is no room for a ring, so a dot is the same at any risk."""
    dots = [_grey("light", Symbol("school", "due", DOT, 7, risk)) for risk in ("high", "low")]
    assert (dots[0] == dots[1]).all()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_nothing_of_a_symbol_is_cut(ratio: float) -> None:
    """The image of a symbol has room for its ring and its mark at any density: its edge is empty."""
    made = style.load()
    sprites = Sprites(made)
    for form, size in ((BADGE, made.site.badge_size), (FULL, made.site.full_size), (DOT, 9.0)):
        image = sprites.image(Symbol("school", "overdue", form, size, "high"), ratio)
        side = image.width()
        edge = [image.pixelColor(k, 0).alpha() + image.pixelColor(k, side - 1).alpha() for k in range(side)]
        edge += [image.pixelColor(0, k).alpha() + image.pixelColor(side - 1, k).alpha() for k in range(side)]
        assert not any(edge), (form, ratio)


def test_the_rings_are_explained(sample: Project) -> None:
    """The legend of the sample has both risk levels that have a ring, and a map without them has neither."""
    stack = MapStack.from_project(sample, "zh")
    assert [entry.text for entry in dict(stack.legend())["风险等级"]] == ["高风险", "中风险"]
    assert risks.legend(stack.style, np.zeros(3, dtype=np.int8), "zh") == []
