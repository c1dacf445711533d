"""Tests of the search through rows and of conditions on columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.tablework import conditions, searching
from geo.tablework.searching import BLOCK, Haystack, Source

TEXTS = st.text(st.sampled_from("abAß中\x1e\n"), max_size=5)


def found(haystack: Haystack, words: list[str], among: np.ndarray | None = None) -> list[int]:
    """Return the rows that a search finds."""
    return np.flatnonzero(np.concatenate([rows for _start, rows in haystack.search(words, among)])).tolist()


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=20), st.lists(TEXTS.filter(bool), max_size=2))
def test_rows_with_every_word_are_found(rows: list[tuple[str, str]], words: list[str]) -> None:
    """A row is found if each word stands in one of its texts, in any case of letters."""
    words = [word for word in words if "\x1e" not in word]
    haystack = Haystack([Source([row[0] for row in rows]), Source([row[1] for row in rows])], len(rows))
    wanted = [
        at
        for at, row in enumerate(rows)
        if all(any(word.casefold() in text.casefold() for text in row) for word in words)
    ]
    assert found(haystack, words) == wanted


def test_blocks_end_where_rows_end() -> None:
    """Rows on both sides of the edge of a block are found, those not looked for are passed over."""
    values = [f"site {number}" for number in range(BLOCK + 10)]
    haystack = Haystack([Source(values)], len(values))
    assert found(haystack, ["site", f"{BLOCK - 1}"]) == [BLOCK - 1]
    assert found(haystack, [f"{BLOCK}"]) == [BLOCK]
    among = np.zeros(len(values), dtype=bool)
    among[:10] = True
    assert found(haystack, [f"{BLOCK}"], among) == []


def test_changed_rows_are_read_anew() -> None:
    """What a row held before an edit is not found any more, what it holds now is; titles stand for ids."""
    haystack = Haystack([Source(["sub-1", "sub-2"], {"sub-1": "东山", "sub-2": "洪桥"})], 2)
    assert found(haystack, ["洪桥"]) == [1]
    haystack.replace([Source(["sub-2", "sub-2"], {"sub-2": "洪桥"})], [0])
    assert found(haystack, ["洪桥"]) == [0, 1]
    assert list(haystack.prepare()) == [None]
    haystack.forget()
    assert found(haystack, ["东"]) == []


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        (">= 30", [30, 45]),
        ("＞30", [45]),
        ("≤ 1,000", [0, 30, 45]),
        ("10..30", [30]),
        ("30", [30]),
        ("<> 30", [0, 45]),
        ("=", [None]),
        ("<>", [0, 30, 45]),
    ],
)
def test_conditions_on_numbers(text: str, passing: list[int | None]) -> None:
    """Numbers are compared as written; nothing passes only where nothing is asked for."""
    values: list[int | None] = [0, 30, 45, None]
    condition = conditions.parse(text, is_number=True)
    assert condition is not None
    mask = condition.numbers(np.array([np.nan if value is None else value for value in values], dtype=float))
    assert [value for value, passes in zip(values, mask, strict=True) if passes] == passing


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        ("2021-05-20..2021-06-01", ["2021-05-21"]),
        (">= 2021-06-02", ["2021-06-02", "东山"]),
        ("= 东山", ["东山"]),
        ("<>", ["2021-05-21", "2021-06-02", "东山"]),
        ("=", [""]),
        ("山", ["东山"]),
        ("< 2021-06", ["2021-05-21"]),
    ],
)
def test_conditions_on_texts(text: str, passing: list[str]) -> None:
    """Texts and dates are compared in the order in which the table sorts them; a mere word must stand in them."""
    condition = conditions.parse(text, is_number=False)
    assert condition is not None
    assert [each for each in ("2021-05-21", "2021-06-02", "东山", "") if condition.text()(each)] == passing


@pytest.mark.parametrize("text", [">=", "soon", "> soon", "1..x", "nan"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    """A sentence says what cannot be understood."""
    with pytest.raises(XunluError):
        conditions.parse(text, is_number=True)


@given(st.text(max_size=12), st.booleans())
def test_any_text_is_a_condition_or_is_refused(text: str, is_number: bool) -> None:
    """Whatever is written gives a condition that can be applied, or the error for it."""
    try:
        condition = conditions.parse(text, is_number=is_number)
    except XunluError:
        return
    if condition is not None and is_number:
        assert condition.numbers(np.array([1.0, np.nan])).shape == (2,)
    elif condition is not None:
        assert isinstance(condition.text()("a"), bool)


def test_search_is_by_blocks() -> None:
    """A search yields block by block, so that it can be left between them."""
    haystack = Haystack([Source([""] * (3 * BLOCK))], 3 * BLOCK)
    assert [start for start, _ in haystack.search(["x"])] == [0, BLOCK, 2 * BLOCK]
    assert searching.BLOCK * 3 == 3 * BLOCK
