"""Test `layers.labels` and `layers.lettering`: where texts stand."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store.project import Project
from layers import style
from layers.label import Label
from layers.labels import LabelsLayer, Placed, place
from layers.lettering import along
from layers.stack import MapStack
from layers.view import View

VIEW = View(0, 0, 1, 800, 600)
STYLES = style.load().texts

words = st.sampled_from(["东风中路", "解放北路", "Huanshi Road", "公园", "Beijing", "某某社区居委会", "路"])
coordinates = st.tuples(st.floats(-50, 850), st.floats(-50, 650))
anchored = st.builds(
    Label,
    text=words,
    style=st.sampled_from(["site", "subdistrict", "park"]),
    priority=st.floats(0, 100),
    anchors=st.lists(coordinates, min_size=1, max_size=4).map(np.array),
    over_symbols=st.booleans(),
)
lined = st.builds(
    Label,
    text=words,
    style=st.sampled_from(["street", "major"]),
    priority=st.floats(0, 100),
    line=st.lists(coordinates, min_size=2, max_size=8).map(np.array),
)
labels = st.lists(st.one_of(anchored, lined), max_size=40)
symbols = st.lists(coordinates.map(lambda at: (at[0], at[1], at[0] + 20, at[1] + 20)), max_size=30)
Box = tuple[float, float, float, float]


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _overlaps(placed: list[Placed]) -> list[tuple[str, str]]:
    return [
        (a.label.text, b.label.text)
        for a, b in combinations(placed, 2)
        if any(_meet(one, other) for one in a.layout.boxes for other in b.layout.boxes)
    ]


@settings(deadline=None, max_examples=60)
@given(labels, symbols)
def test_no_two_labels_overlap(wanted: list[Label], taken: list[Box]) -> None:
    """No label lies on another, whatever is asked for."""
    assert not _overlaps(list(place(wanted, taken, STYLES, VIEW)))


@settings(deadline=None, max_examples=60)
@given(labels, symbols)
def test_labels_keep_clear_and_inside(wanted: list[Label], taken: list[Box]) -> None:
    """Labels stay whole within the frame, and off the symbols unless they may cover them."""
    for placed in place(wanted, taken, STYLES, VIEW):
        boxes = np.array(placed.layout.boxes)
        assert (boxes >= 0).all()
        assert (boxes[:, [0, 2]] <= VIEW.width).all()
        assert (boxes[:, [1, 3]] <= VIEW.height).all()
        if not placed.label.over_symbols:
            assert not any(_meet(box, symbol) for box in placed.layout.boxes for symbol in taken)


def test_the_important_goes_first() -> None:
    """Of two names for the same room the one of higher priority is written."""
    at = np.array([[400.0, 300.0]])
    placed = list(place([Label("甲", "site", 1, at), Label("乙", "site", 2, at)], [], STYLES, VIEW))
    assert [p.label.text for p in placed] == ["乙"]


def test_latin_reads_left_to_right_along_a_line() -> None:
    """On a line drawn from right to left a Latin name still reads from left to right."""
    label = Label("Road", "street", 1, line=np.array([[500.0, 100.0], [100.0, 140.0]]))
    glyphs = next(iter(next(along(label, STYLES["street"])))).glyphs
    assert [g.text for g in glyphs] == list("Road")
    assert all(a.x < b.x for a, b in pairwise(glyphs))
    assert all(abs(g.angle) < 10 for g in glyphs)


def test_chinese_stands_upright_on_a_steep_street() -> None:
    """On a street from south to north a Chinese name reads from top to bottom, its characters upright."""
    label = Label("解放北路", "street", 1, line=np.array([[100.0, 500.0], [105.0, 100.0]]))
    glyphs = next(iter(next(along(label, STYLES["street"])))).glyphs
    assert "".join(g.text for g in glyphs) == "解放北路"
    assert all(a.y < b.y for a, b in pairwise(glyphs))
    assert all(abs(g.angle) < 10 for g in glyphs)


def test_no_name_around_a_sharp_corner() -> None:
    """A name is not bent around a corner of the street."""
    corner = np.array([[100.0, 100.0], [160.0, 100.0], [160.0, 160.0]])
    label = Label("Long Street Name", "street", 1, line=corner)
    for stretch in along(label, STYLES["street"]):
        for layout in stretch:
            assert len({round(g.angle) for g in layout.glyphs}) == 1


def test_short_street_has_no_name() -> None:
    """A street shorter than its name is not lettered."""
    label = Label("Long Street Name", "street", 1, line=np.array([[0.0, 0.0], [30.0, 0.0]]))
    assert not list(along(label, STYLES["street"]))


def test_names_of_a_map(project: Project, stack: MapStack) -> None:
    """The names of the subdistricts, the street and the river stand on the map, in the language asked for."""
    view = View(0, 0, 1, 900, 700).fitted(stack.bounds(), 110)
    for lang, names in (
        ("zh", {"西街道", "东街道", "中山路", "珠江"}),
        ("en", {"West", "East", "Zhongshan Road", "River"}),
    ):
        layer = MapStack.from_project(project, lang)["labels"]
        assert isinstance(layer, LabelsLayer)
        assert names <= {placed.label.text for placed in layer.placed(view)}


def test_labels_do_not_jump_on_a_pan(stack: MapStack) -> None:
    """After a small pan the labels in the middle of the map stand on the same places of the ground."""
    layer = stack["labels"]
    assert isinstance(layer, LabelsLayer)
    view = View(0, 0, 1, 900, 700).fitted(stack.bounds(), 100)
    before = {p.label.text: p.layout.glyphs[0] for p in layer.placed(view)}
    after = {p.label.text: p.layout.glyphs[0] for p in layer.placed(view.panned(7, -5))}
    assert set(before) == set(after)
    for name, glyph in before.items():
        assert np.allclose((after[name].x - glyph.x, after[name].y - glyph.y), (7, -5), atol=0.01)
