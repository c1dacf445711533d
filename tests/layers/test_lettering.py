"""Test `layers.lettering`: names along lines, Chinese upright, Latin along, none upside down or around a corner."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import fonts, style
from layers.label import Label
from layers.lettering import Box, Layout, along

STYLES = style.load().texts
STREET = STYLES["street"]
CHINESE, LATIN = "解放北路", "Jiefang North Road"

lines = st.lists(st.tuples(st.floats(0, 900), st.floats(0, 700)), min_size=2, max_size=7, unique=True).map(np.array)


def _layouts(text: str, line: np.ndarray, name: str = "street") -> list[Layout]:
    label = Label(text, name, 1, line=np.asarray(line, dtype=np.float64))
    return [layout for stretch in along(label, STYLES[name]) for layout in stretch]


def _middles(layout: Layout) -> np.ndarray:
    boxes = np.array(layout.boxes)
    return (boxes[:, :2] + boxes[:, 2:]) / 2


@settings(deadline=None)
@given(lines)
def test_latin_is_never_upside_down(line: np.ndarray) -> None:
    """Whatever the line, a Latin name reads from left to right or, close to the vertical, upwards."""
    for layout in _layouts(LATIN, line):
        across, down = _middles(layout)[-1] - _middles(layout)[0]
        assert across > 0 or abs(across) < 0.2 * abs(down)
        assert across > 0.2 * abs(down) or down < 0 or across > 0
        assert np.mean([glyph.angle for glyph in layout.glyphs]) == pytest.approx(0, abs=101)


@settings(deadline=None)
@given(lines)
def test_chinese_is_upright_and_evenly_spaced(line: np.ndarray) -> None:
    """Every character stands upright, none on its neighbour, at the same distance along the line; they read on."""
    for layout in _layouts(CHINESE, line):
        assert "".join(glyph.text for glyph in layout.glyphs) == CHINESE
        assert all(glyph.angle == 0 for glyph in layout.glyphs)
        places = np.array([(glyph.x, glyph.y) for glyph in layout.glyphs])
        across, down = places[-1] - places[0]
        assert (down if abs(down) > 1.02 * abs(across) else across) > 0
        # Half a pixel of leeway, and what the corners of the line take away.
        gaps = np.hypot(*np.diff(places, axis=0).T)
        assert gaps.max() - gaps.min() < 0.45 * gaps.max()
        for a, b in combinations(places, 2):
            assert np.abs(a - b).max() > 0.85 * STREET.size


@settings(deadline=None)
@given(lines, st.sampled_from([CHINESE, LATIN]))
def test_no_name_goes_around_a_corner(line: np.ndarray, text: str) -> None:
    """From one letter to the next a name turns little, and from end to end less than a right angle."""
    for layout in _layouts(text, line):
        steps = np.diff(_middles(layout), axis=0)
        turns = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
        turned = np.abs((np.diff(turns) + 180) % 360 - 180)
        assert (turned < 55).all()


@settings(deadline=None)
@given(lines, st.sampled_from([CHINESE, LATIN]))
def test_a_name_stays_on_its_line(line: np.ndarray, text: str) -> None:
    """The middles of all letters lie on the line, or at most a letter beyond its end."""
    for layout in _layouts(text, line):
        for x, y in _middles(layout):
            assert _distance(line, x, y) < STREET.size


def _distance(line: np.ndarray, x: float, y: float) -> float:
    start, steps = line[:-1], np.diff(line, axis=0)
    share = ((np.array([x, y]) - start) * steps).sum(axis=1) / np.maximum((steps**2).sum(axis=1), 1e-9)
    nearest = start + steps * np.clip(share, 0, 1)[:, None]
    return float(np.hypot(*(nearest - (x, y)).T).min())


@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_both_ways_of_a_street_read_the_same(angle: int) -> None:
    """A street drawn from its other end is lettered in the same way."""
    step = 300 * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    line = np.array([400 - step, 400 + step])
    for text in (CHINESE, LATIN):
        one, other = _layouts(text, line)[0], _layouts(text, line[::-1])[0]
        assert [glyph.text for glyph in one.glyphs] == [glyph.text for glyph in other.glyphs]
        assert np.allclose(_middles(one), _middles(other), atol=0.01)


def test_latin_reads_left_to_right_along_a_line() -> None:
    """On a line drawn from right to left a Latin name still reads from left to right, in one piece."""
    layout = _layouts("Road", np.array([[500.0, 100.0], [100.0, 140.0]]))[0]
    assert [glyph.text for glyph in layout.glyphs] == ["Road"]
    assert all(a[0] < b[0] for a, b in pairwise(layout.boxes))
    assert abs(layout.glyphs[0].angle) < 10


def test_chinese_reads_down_a_steep_street() -> None:
    """On a street from south to north a Chinese name reads from top to bottom."""
    places = _layouts(CHINESE, np.array([[100.0, 500.0], [105.0, 100.0]]))[0].glyphs
    assert all(a.y < b.y for a, b in pairwise(places))


def test_numbers_in_a_chinese_name_stay_together() -> None:
    """A number or a Latin word in a Chinese name is one piece."""
    layout = _layouts("G105国道", np.array([[0.0, 100.0], [400.0, 100.0]]))[0]
    assert [glyph.text for glyph in layout.glyphs] == ["G105", "国", "道"]
    assert not any(_meet(a, b) for a, b in combinations([_core(box) for box in layout.boxes], 2))


def _core(box: Box) -> Box:
    return box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_a_short_street_has_no_name() -> None:
    """A street shorter than its name is not lettered."""
    assert not _layouts(LATIN, np.array([[0.0, 0.0], [30.0, 0.0]]))
    assert not _layouts(CHINESE, np.array([[0.0, 0.0], [30.0, 0.0]]))


def test_a_long_street_is_named_again_and_again() -> None:
    """A name is repeated every so often, as measured from the start of the line, so that it stays on a pan."""
    line = np.array([[0.0, 0.0], [6200.0, 0.0]])
    middles = [next(iter(stretch)).glyphs[0].x for stretch in along(Label(LATIN, "street", 1, line=line), STREET)]
    assert len(middles) == 10
    assert np.allclose(np.diff(middles), 620)
    frame = (1000.0, -100.0, 2000.0, 100.0)
    seen = [next(iter(stretch)).glyphs[0].x for stretch in along(Label(LATIN, "street", 1, line=line), STREET, frame)]
    assert set(seen) < set(middles)
    assert {x for x in middles if 1000 < x < 2000} <= set(seen)


def test_the_boxes_of_a_name_hold_its_letters() -> None:
    """Together the boxes of a name written in one piece are as wide as the name is."""
    layout = _layouts(LATIN, np.array([[0.0, 100.0], [600.0, 100.0]]))[0]
    wide = max(box[2] for box in layout.boxes) - min(box[0] for box in layout.boxes)
    assert wide == pytest.approx(fonts.advance(LATIN) * STREET.size, abs=4)
