"""Test `layers.labels`: which texts find room, and that they stay where they are while the map is moved."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.projection import Points
from geo.store.project import Project
from layers import style
from layers.label import Label
from layers.labels import BLOCK, MARGIN, LabelsLayer, Placed, ground_frame, place
from layers.layer import Layer
from layers.lettering import Box
from layers.stack import MapStack
from layers.view import View

VIEW = View(0, 0, 1, 800, 600)
STYLES = style.load().texts
WORDS = ("东风中路", "解放北路", "Huanshi Road", "公园", "Beijing", "某某社区居委会", "路")

words = st.sampled_from(WORDS)
coordinates = st.tuples(st.floats(-50, 850), st.floats(-50, 650))
anchored = st.builds(
    Label,
    text=words,
    style=st.sampled_from(["site", "subdistrict", "park"]),
    priority=st.floats(0, 100),
    anchors=st.lists(coordinates, min_size=1, max_size=4).map(np.array),
    over_symbols=st.booleans(),
    apart=st.sampled_from([0, 200]),
)
lined = st.builds(
    Label,
    text=words,
    style=st.sampled_from(["street", "major"]),
    priority=st.floats(0, 100),
    line=st.lists(coordinates, min_size=2, max_size=8).map(np.array),
    over_symbols=st.booleans(),
    apart=st.sampled_from([0, 200]),
)
labels = st.lists(st.one_of(anchored, lined), max_size=40)
symbols = st.lists(coordinates.map(lambda at: (at[0], at[1], at[0] + 20, at[1] + 20)), max_size=30)
sizes = st.tuples(st.integers(1, 1500), st.integers(1, 1000))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _overlaps(placed: list[Placed]) -> list[tuple[str, str]]:
    return [
        (a.label.text, b.label.text)
        for a, b in combinations(placed, 2)
        if any(_meet(one, other) for one in a.layout.boxes for other in b.layout.boxes)
    ]


class _Texts(Layer):
    """Texts at places of the world and along lines through it, in EPSG:3857 metres."""

    name = "texts"

    def __init__(self, seed: int, count: int, reach: float) -> None:
        super().__init__(style.load())
        random = np.random.default_rng(seed)
        self._places = random.uniform(-reach, reach, (count, 2))
        starts = random.uniform(-reach, reach, (count, 1, 2))
        self._lines = starts + np.cumsum(random.normal(0, reach / 8, (count, 5, 2)), axis=1)
        self._words = random.choice(WORDS, count)
        self._priorities = random.integers(0, 6, count)

    def labels(self, view: View) -> Iterable[Label]:
        around = np.array([[0, 14], [0, -14], [40, 0]])
        for word, priority, place_, line in zip(self._words, self._priorities, self._places, self._lines, strict=True):
            yield Label(word, "site", float(priority), view.world_to_screen(place_) + around)
            yield Label(word, "street", float(priority), line=view.world_to_screen(line), apart=150)

    def obstacles(self, view: View) -> Points:
        places = view.world_to_screen(self._places)
        return np.hstack([places - 6, places + 6])


@settings(deadline=None, max_examples=60)
@given(labels, symbols)
def test_no_two_labels_overlap(wanted: list[Label], taken: list[Box]) -> None:
    """No label lies on another, whatever is asked for."""
    assert not _overlaps(list(place(wanted, taken, STYLES, VIEW)))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), sizes, st.floats(-900, 900), st.floats(-900, 900), st.floats(0.3, 8))
def test_no_two_labels_overlap_in_any_view(seed: int, size: tuple[int, int], x: float, y: float, scale: float) -> None:
    """In any view of a map full of texts no two overlap, and all that are drawn show in the picture."""
    view = View(x, y, scale, *size)
    placed = list(LabelsLayer(style.load(), [_Texts(seed, 60, 1000)]).placed(view))
    assert not _overlaps(placed)
    for one in placed:
        boxes = np.array(one.layout.boxes)
        assert ((boxes[:, 2:] > 0) & (boxes[:, :2] < size)).all(axis=1).any()


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


@settings(deadline=None, max_examples=60)
@given(labels)
def test_one_street_is_not_named_twice_side_by_side(wanted: list[Label]) -> None:
    """Two texts that are the same and want to be apart stand as far from one another as the later one asks."""
    placed = [one for one in place(wanted, [], STYLES, VIEW) if one.label.apart]
    for a, b in combinations(placed, 2):
        if a.label.text == b.label.text:
            assert np.hypot(*(_middle(a) - _middle(b))) >= 200


def _middle(placed: Placed) -> Points:
    first, last = placed.layout.glyphs[0], placed.layout.glyphs[-1]
    return np.array([first.x + last.x, first.y + last.y]) / 2


def test_the_important_goes_first() -> None:
    """Of two names for the same room the one of higher priority is written; of equals the one that was given first."""
    at = np.array([[400.0, 300.0]])
    placed = list(place([Label("甲", "site", 1, at), Label("乙", "site", 2, at)], [], STYLES, VIEW))
    assert [p.label.text for p in placed] == ["乙"]
    placed = list(place([Label("甲", "site", 1, at), Label("乙", "site", 1, at)], [], STYLES, VIEW))
    assert [p.label.text for p in placed] == ["甲"]


@settings(deadline=None)
@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7), st.floats(0.05, 500), sizes)
def test_the_frame_is_fixed_to_the_ground(x: float, y: float, scale: float, size: tuple[int, int]) -> None:
    """The frame in which texts are placed holds the picture with a margin, and its edges lie on whole blocks."""
    view = View(x, y, scale, *size)
    frame = ground_frame(view)
    left, bottom, right, top = np.array(frame.bounds) / scale
    assert left + MARGIN <= view.bounds[0] / scale + 1e-3
    assert bottom + MARGIN <= view.bounds[1] / scale + 1e-3
    assert right - MARGIN >= view.bounds[2] / scale - 1e-3
    assert top - MARGIN >= view.bounds[3] / scale - 1e-3
    for edge in (left + MARGIN, bottom + MARGIN):
        assert abs(edge / BLOCK - round(edge / BLOCK)) < 1e-4


Spot = tuple[str, float, float]
"""A text and where on the ground it stands, in pixels."""


def _whole(layer: LabelsLayer, view: View, other: View) -> list[Spot]:
    """Return the texts that lie whole in a view, and would in another one."""
    found = []
    shift = np.tile(other.world_to_screen([(view.x, view.y)])[0] - (view.width / 2, view.height / 2), 2)
    for placed in layer.placed(view):
        boxes = np.array(placed.layout.boxes)
        both = np.vstack([boxes, boxes + shift])
        if (both >= 1).all() and (both[:, [0, 2]] < view.width - 1).all() and (both[:, [1, 3]] < view.height - 1).all():
            x, y = view.screen_to_world(_middle(placed))[0] / view.scale
            found.append((placed.label.text, float(x), float(y)))
    return found


def _lost(some: list[Spot], others: list[Spot]) -> list[Spot]:
    """Return those spots of some that the others have not within a hundredth of a pixel."""
    places = {(text, round(x + dx, 2), round(y + dy, 2)) for text, x, y in others for dx, dy in _ROUNDINGS}
    return [(text, x, y) for text, x, y in some if (text, round(x, 2), round(y, 2)) not in places]


_ROUNDINGS = [(dx, dy) for dx in (-0.004, 0, 0.004) for dy in (-0.004, 0, 0.004)]


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10_000))
def test_labels_stay_while_panning(seed: int) -> None:
    """On six maps crowded with texts at least 95 in 100 that lie whole in both pictures stay after any pan.

    Not all: which of two texts goes first is settled by those that matter more, and these may stand beyond the margin.
    Over 120 such maps it was 99.7 in 100; on the sample and on the extract of Helsinki it is all of them.
    """
    random = np.random.default_rng(seed)
    seen = lost = 0
    for number in range(6):
        layer = LabelsLayer(style.load(), [_Texts(seed + number, 150, 800)])
        x, y = random.uniform(-300, 300, 2)
        view = View(float(x), float(y), 1, 800, 600)
        moved = view.panned(float(random.integers(-300, 300)), float(random.integers(-200, 200)))
        before, after = _whole(layer, view, moved), _whole(layer, moved, view)
        seen += len(before) + len(after)
        lost += len(_lost(before, after)) + len(_lost(after, before))
    assert seen > 100
    assert lost <= 0.05 * seen


def test_labels_stay_for_sure_within_a_block() -> None:
    """As long as the picture stays on the same blocks of ground, no text moves, comes or goes in it."""
    layer = LabelsLayer(style.load(), [_Texts(7, 150, 800)])
    view = View(120, 90, 1, 700, 500)
    for right, down in ((7, -5), (1, 1), (-13, 20)):
        moved = view.panned(right, down)
        assert ground_frame(moved) == ground_frame(view)
        before, after = _whole(layer, view, moved), _whole(layer, moved, view)
        assert before
        assert _lost(before, after) == _lost(after, before) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_names_of_the_sample_stay(sample: Project, lang: str) -> None:
    """At five scales, not one name of the sample moves on the ground while the map is dragged through it."""
    stack = MapStack.from_project(sample, "en" if lang == "en" else "zh")
    left, bottom, right, top = stack.bounds()
    for scale in (10, 6, 3, 1.5, 0.8):
        view = View(left * 0.4 + right * 0.6, bottom * 0.5 + top * 0.5, scale, 700, 500)
        for step in ((310, 40), (-150, 260), (37, -190)):
            moved = view.panned(*step)
            before, after = _whole(stack.labels, view, moved), _whole(stack.labels, moved, view)
            assert before
            assert _lost(before, after) == _lost(after, before) == []
            view = moved


def test_names_of_a_map(project: Project, stack: MapStack) -> None:
    """The names of the subdistricts, the street and the river stand on the map, in the language asked for."""
    view = View(0, 0, 1, 900, 700).fitted(stack.bounds(), 110)
    for lang, names in (
        ("zh", {"西街道", "东街道", "中山路", "珠江"}),
        ("en", {"West", "East", "Zhongshan Road", "River"}),
    ):
        layer = MapStack.from_project(project, "en" if lang == "en" else "zh")["labels"]
        assert isinstance(layer, LabelsLayer)
        assert names <= {placed.label.text for placed in layer.placed(view)}


def test_a_finished_sheet_cuts_no_name(stack: MapStack) -> None:
    """Where something else stands beside the map, as on a sheet, all names lie whole within the frame."""
    layer = stack["labels"]
    assert isinstance(layer, LabelsLayer)
    view = View(0, 0, 1, 500, 300).fitted(stack.bounds(), 0)
    layer.keep_clear = ((0.0, 260.0, 190.0, 300.0),)
    placed = list(layer.placed(view))
    assert placed
    for one in placed:
        boxes = np.array(one.layout.boxes)
        assert (boxes >= 0).all()
        assert (boxes[:, [0, 2]] <= 500).all()
        assert (boxes[:, [1, 3]] <= 300).all()
        assert not any(_meet(box, layer.keep_clear[0]) for box in one.layout.boxes)
