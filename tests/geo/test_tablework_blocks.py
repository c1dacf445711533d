"""Tests of blocks of cells on the clipboard, and of totals."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tablework import blocks, totals

CELLS = st.text(st.sampled_from("a1\"'\t\r\n=+- 中,"), max_size=6)


@given(st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=1)))
def test_copied_cells_come_back_as_they_were(block: list[list[str]]) -> None:
    """Whatever is in the cells, tabs, line breaks, quotation marks and formulas, reading gives what was written."""
    assert blocks.from_text(blocks.to_text(block)) == block


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1))
def test_other_readers_of_such_text_find_the_same_cells(block: list[list[str]]) -> None:
    """Python's own reader of what Excel writes finds the cells too, but for the mark before a formula."""
    read = list(csv.reader(io.StringIO(blocks.to_text(block), newline=""), dialect="excel-tab"))
    assert [[blocks.undefused(cell) for cell in row] for row in read] == block


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\nc\td", [["a", "b"], ["c", "d"]]),
        ('"two\nlines"\t5" pipe\r\n', [["two\nlines", '5" pipe']]),
        ('"a" b\r\n', [['"a" b']]),
        ("a\t\r\n", [["a", ""]]),
        ("\r\n", [[""]]),
        ("x", [["x"]]),
        ("", []),
        ('"say ""hi"""', [['say "hi"']]),
    ],
)
def test_what_excel_copies_is_read(text: str, block: list[list[str]]) -> None:
    """Lines end as Windows or Unix has them, cells in quotation marks may hold lines, other marks stand as they are."""
    assert blocks.from_text(text) == block


def test_formulas_are_harmless_and_names_are_no_markup() -> None:
    """A copied name becomes no formula in a spreadsheet and no markup in the formatted copy; 007 keeps its zeros."""
    assert blocks.to_text([["=1+1", "-5", "+86 20"]]) == "'=1+1\t-5\t'+86 20\r\n"
    html = blocks.to_html([["<b>007", "7"]], ["Name & more", "Stay"], [False, True])
    assert "&lt;b&gt;007" in html
    assert "Name &amp; more" in html
    assert "mso-number-format:'\\@'\">&lt;b" in html
    assert "<td>7</td>" in html


def test_totals_leave_out_what_is_missing() -> None:
    """Sum, mean, least and greatest are those of the numbers that are there; of none there is no total."""
    found = totals.total(np.array([10.0, np.nan, 20.0, 3.0]))
    assert found is not None
    assert (found.count, found.sum, found.mean, found.least, found.greatest) == (3, 33, 11, 3, 20)
    assert totals.total(np.array([np.nan])) is None
    assert (totals.written(1234567), totals.written(12.34)) == ("1,234,567", "12.3")
