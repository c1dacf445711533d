"""Test `layers.papermaker`: what is ordered of it is what comes, page by page."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from PySide6.QtGui import QImage

from geo.store.project import Project
from layers import offscreen, render
from layers.layout import Layout
from layers.papermaker import Order, order_of
from layers.stack import MapStack
from tests.source import ROOT

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.lists(st.text(), max_size=3).map(tuple)
ORDERS = st.builds(
    Order,
    project=st.text(),
    out=st.text(),
    layout=st.text(),
    lang=st.sampled_from(["zh", "en"]),
    words=st.sampled_from(["zh", "en"]),
    shown=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    plan=st.none() | st.text(),
    teams=st.none() | WORDS,
    hidden=WORDS,
    pixels=st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
    style=st.text(),
    title=st.text(),
    chosen=WORDS,
)


@given(order=ORDERS)
def test_an_order_arrives_as_it_was_sent(order: Order) -> None:
    """Whatever names hold, an order is one line, and the process reads from it what was wanted."""
    line = order.as_line()
    assert line.count(b"\n") == 1
    assert order_of(line) == order


def _said(order: Order) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "layers.papermaker"], input=order.as_line(), capture_output=True, check=True, cwd=ROOT
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def order(sample_file: Path, tmp_path: Path) -> Order:
    """Give the order of one sheet of the sample in Chinese."""
    layout = Layout(paper="A4", title="巡查图").as_json()
    return Order(str(sample_file), str(tmp_path / "map.pdf"), layout, "zh", "en", (0, 0, 1, 1))


def test_pages_are_written_and_told(order: Order, sample_file: Path) -> None:
    """The file has the page in the language ordered, progress never goes back, and nobody is told of a reader."""
    beside = sorted(sample_file.parent.iterdir())
    *on_the_way, last = _said(order)
    assert last == {"count": 1}
    steps = [float(str(said["done"])) for said in on_the_way]
    assert steps == sorted(steps)
    assert len(steps) > 2
    text = PdfReader(order.out).pages[0].extract_text()
    assert "巡查图" in text
    assert "社区居委会" in text
    assert sorted(sample_file.parent.iterdir()) == beside


def test_hidden_layers_are_not_on_paper(order: Order) -> None:
    """A layer that the window does not show is not on the page."""
    _said(replace(order, hidden=("sites",)))
    assert "社区居委会" not in PdfReader(order.out).pages[0].extract_text()


def test_what_can_be_mended_is_told_in_the_language_of_the_user(order: Order) -> None:
    """A project that is gone, and a folder that is, are told in one sentence, and nothing is written."""
    for wrong in (replace(order, project="gone.gpkg"), replace(order, out=str(Path(order.out).parent / "no/map.svg"))):
        assert "message" in _said(wrong)[-1]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(_said(replace(wrong, words="zh"))[-1]["message"]))
    assert not Path(order.out).exists()


def test_a_picture_is_what_the_map_draws(sample_file: Path, tmp_path: Path) -> None:
    """A picture from the process is that of the map in this one, its selection and hidden layers too."""
    out, here = tmp_path / "there.png", tmp_path / "here.png"
    with Project.open(sample_file) as project:
        chosen = tuple(project.frame("sites").index[:30])
        order = Order(
            str(sample_file), str(out), "", "en", "en", (0, 0, 0, 0), hidden=("labels",), pixels=(1200, 900),
            style="light", title="Yuexiu", chosen=chosen,
        )  # fmt: skip
        assert _said(order)[-1] == {"count": 1}
        with offscreen.application():
            stack = MapStack(project, "en", "light")
            stack["labels"].visible = False
            plain = tmp_path / "plain.png"
            render.save(stack, plain, 1200, 900, title="Yuexiu")
            stack.selection = chosen
            render.save(stack, here, 1200, 900, title="Yuexiu")
    # Not to the byte: windows of other tests may have left this process another font for the title.
    same, other = _unlike(out, here), _unlike(out, plain)
    assert same < 0.005
    assert other > max(0.005, 2 * same)


def _unlike(one: Path, other: Path) -> float:
    """Return the share of pixels that differ visibly."""
    images = [QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32) for path in (one, other)]
    first, second = (np.frombuffer(image.constBits(), dtype=np.uint8).astype(int).reshape(-1, 4) for image in images)
    return float((np.abs(first - second).max(axis=1) > 24).mean())
