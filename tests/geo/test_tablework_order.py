"""Tests of the order of columns: texts as readers look them up, numbers, choices, and what edits do to an order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.progress import Cancelled, silent
from geo.tablework import collation, columns, ordering, runs, upkeep

TEXTS = st.text(st.sampled_from("aAbBéz019٣- 东白重庆街路号１Ａ😀\n"), max_size=14)

MADE = st.builds(
    lambda parts, last: "".join(f"{run}{zeros}{number}" for run, zeros, number in parts) + last,
    st.lists(
        st.tuples(
            st.sampled_from(["", "Bakery ", "bakery ", "和平医院第", "东风中路", "-"]),
            st.sampled_from(["", "0", "00"]),
            st.integers(0, 999) | st.integers(0, 10**20),
        ),
        max_size=3,
    ),
    st.sampled_from(["", "号", "号楼", " a"]),
)
"""Texts of few runs with numbers between them, as the names, codes and addresses of sites are."""


def array(texts: list[str]) -> np.ndarray:
    """Return texts as a column of a frame holds them."""
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made


def expected(texts: list[str]) -> list[int]:
    """Return the order that Python finds with the sort keys, the empty ones last."""
    return sorted(range(len(texts)), key=lambda row: (not texts[row], collation.sort_key(texts[row])))


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        (["A10", "A2", "A1"], ["A1", "A2", "A10"]),
        (["北京路10号", "北京路9号", "白云路1号"], ["白云路1号", "北京路9号", "北京路10号"]),
        (["中山", "东山", "安乐"], ["安乐", "东山", "中山"]),
        (["b", "A", "a", "B"], ["A", "a", "b", "B"]),
        (["Zürich", "Zurich 2", "zurich 1"], ["Zürich", "zurich 1", "Zurich 2"]),
        (["", "b", "", "a"], ["a", "b", "", ""]),
        (["x007", "x7", "x70"], ["x007", "x7", "x70"]),
        (["号", "a", "1", "-"], ["-", "1", "a", "号"]),
        (["第10批", "第１批", "第2批"], ["第１批", "第2批", "第10批"]),
    ],
)
def test_texts_stand_where_a_reader_looks_them_up(given: list[str], ordered: list[str]) -> None:
    """Numbers count by value, letters without case, Chinese by pinyin; what is empty comes last."""
    rows = ordering.order_texts(array(given)).ascending()
    assert [given[row] for row in rows] == ordered


@pytest.mark.parametrize("find", [ordering.order_texts, ordering.order_by_characters])
@given(texts=st.lists(TEXTS | MADE, max_size=40))
def test_packed_order_is_that_of_the_sort_keys(find: Callable[[Any], ordering.Ordering], texts: list[str]) -> None:
    """The order found with packed numbers is the one that sorting by the keys gives; rows alike stay as they are."""
    order = find(array(texts))
    assert order.ascending().tolist() == expected(texts)
    values = [collation.sort_key(texts[row]) for row in order.rows]
    assert order.starts.tolist() == [at == 0 or values[at] != values[at - 1] for at in range(len(values))]


@given(st.lists(TEXTS, max_size=30))
def test_descending_keeps_rows_alike_in_their_order(texts: list[str]) -> None:
    """The greatest comes first, the empty ones last, and rows that are alike stay as they were."""
    filled = [row for row in expected(texts) if texts[row]]
    wanted = sorted(filled, key=lambda row: collation.sort_key(texts[row]), reverse=True)
    blank = [row for row, text in enumerate(texts) if not text]
    assert ordering.order_texts(array(texts)).descending().tolist() == wanted + blank


@given(st.lists(TEXTS, min_size=1, max_size=30), st.data())
def test_an_edited_row_moves_to_its_new_place(texts: list[str], data: st.DataObject) -> None:
    """After some rows changed the order is the one found anew."""
    before = ordering.order_texts(array(texts))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=data.draw(st.sampled_from([4, 60]))))
    for row in rows:
        texts[row] = data.draw(TEXTS)
    moved, anew = upkeep.moved(before, texts.__getitem__, rows), ordering.order_texts(array(texts))
    assert moved.ascending().tolist() == anew.ascending().tolist()
    assert moved.starts.tolist() == anew.starts.tolist()


@given(st.lists(TEXTS, min_size=1, max_size=40), st.data())
def test_rows_that_go_and_come_leave_the_rest_in_order(texts: list[str], data: st.DataObject) -> None:
    """After rows went and others came at the end, a column knows what one made anew finds out."""
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    added = data.draw(st.lists(TEXTS, max_size=4))
    after = array([text for text, stays in zip(texts, kept, strict=True) if stays] + added)
    for is_coded in (False, True):
        column = columns.ColumnOf(array(texts))
        column.known = columns.Prepared(ordering.order_texts(array(texts)))
        if is_coded:
            column.known = column.__class__(array(texts)).prepare()
        column.reshaped(after, kept, len(added))
        if column.order() is None:
            column.known = column.prepare()
        order = column.order()
        assert order is not None
        assert order.ascending().tolist() == expected(after.tolist())


@given(st.lists(TEXTS, min_size=1, max_size=20), st.booleans(), st.data())
def test_an_order_follows_many_edits_when_it_is_asked_for(
    texts: list[str], is_coded: bool, data: st.DataObject
) -> None:
    """Rows that change, go and come between two looks leave the order as it would be found anew."""
    column = columns.ColumnOf(array(texts))
    column.known = column.prepare() if is_coded else columns.Prepared(ordering.order_texts(array(texts)))
    for step in data.draw(st.lists(st.sampled_from(["change", "reshape", "look"]), max_size=6)):
        if step == "change" and texts:
            rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=3))
            for row in rows:
                texts[row] = data.draw(TEXTS)
            column.changed(array(texts), rows)
        elif step == "reshape":
            kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), dtype=bool)
            added = data.draw(st.lists(TEXTS, max_size=2))
            texts = [text for text, stays in zip(texts, kept, strict=True) if stays] + added
            column.reshaped(array(texts), kept, len(added))
        order = column.order() if step == "look" else None
        assert order is None or order.ascending().tolist() == expected(texts)
    if column.order() is None:
        column.known = column.prepare()
    order = column.order()
    assert order is not None
    assert order.ascending().tolist() == expected(texts)
    filled = [collation.sort_key(texts[row]) for row in order.rows]
    assert order.starts.tolist() == [at == 0 or filled[at] != filled[at - 1] for at in range(len(filled))]


@given(st.permutations(range(40)), st.sets(st.integers(0, 39), max_size=30))
def test_what_is_left_of_shown_rows_keeps_its_order(rows: list[int], gone: set[int]) -> None:
    """Rows that went are left out, the others stand as before under the numbers that they have now."""
    kept = np.array([row not in gone for row in range(40)])
    numbers = {row: number for number, row in enumerate(row for row in range(40) if row not in gone)}
    left = upkeep.left_in(np.array(rows, dtype=np.int32), kept)
    assert left.tolist() == [numbers[row] for row in rows if row not in gone]


@given(st.lists(st.one_of(st.none(), st.integers(-5, 90_000), st.floats(-10, 10)), max_size=30))
def test_numbers_sort_as_numbers(values: list[float | None]) -> None:
    """Numbers sort by value both ways, what is missing last."""
    array_ = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    order = ordering.order_numbers(array_)
    filled = [row for row, value in enumerate(values) if value is not None]
    blank = [row for row, value in enumerate(values) if value is None]
    assert order.ascending().tolist() == sorted(filled, key=lambda row: values[row]) + blank  # type: ignore[arg-type, return-value]
    assert order.descending().tolist() == sorted(filled, key=lambda row: values[row], reverse=True) + blank  # type: ignore[arg-type, return-value]


def test_graded_values_come_before_the_titles_of_others() -> None:
    """Choices with grades sort by these, others by what a reader sees, not by what is stored."""
    risk = columns.ColumnOf(array(["low", "high", "", "medium"]), grades=("high", "medium", "low"))
    kind = columns.ColumnOf(array(["a", "b", "c"]), titles={"a": "学校", "b": "医院", "c": "办公室"})
    for column, wanted in ((risk, [1, 3, 0, 2]), (kind, [2, 0, 1])):
        column.known = column.prepare()
        order = column.order()
        assert order is not None
        assert order.ascending().tolist() == wanted


def test_the_order_of_many_rows_can_be_called_off() -> None:
    """Finding an order out stops at the report that says so."""

    def stop(_done: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ordering.order_texts(array(["b", "a"]), stop)


def test_long_and_odd_texts_are_ordered_too() -> None:
    """Texts of thousands of characters, lone surrogates and numbers of many digits are ordered like others."""
    texts = ["x" * 5000 + "b", "x" * 5000 + "a", "\ud800", "9" * 60, "9" * 59 + "8", "0", "00"]
    assert ordering.order_texts(array(texts)).ascending().tolist() == expected(texts)


@pytest.mark.parametrize(
    ("texts", "is_taken_apart"),
    [
        (["A\0" + "2", "A\0" + "1", "A"], False),
        (["9" * 19, "9" * 18, "1" + "0" * 18], False),
        (["9" * 18, "1" + "0" * 17, "0" * 17 + "1", ""], True),
        ([".".join(str(each) for each in range(end, end + 9)) for end in (3, 1, 2)], False),
        ([f"{run}{number}" for run in "abc" for number in (10, 9, 1)], True),
    ],
)
def test_what_cannot_be_taken_apart_is_ordered_by_its_characters(texts: list[str], is_taken_apart: bool) -> None:
    """Texts with the parting character, very long or very many numbers are found out as such, and ordered as well."""
    found = runs.keys(array(texts), lambda some: ordering._ranks(some, silent), silent)
    assert (found is not None) == is_taken_apart
    assert ordering.order_texts(array(texts)).ascending().tolist() == expected(texts)


def test_many_rows_are_taken_apart_block_by_block() -> None:
    """Blocks of which some lack a run, a number or a whole piece that others have come to one order."""
    size = runs.AT_ONCE
    texts = [f"站{row * 7919 % size}" for row in range(size)] + ["020-8333"] * 3 + [""] * size + ["站", "020-8333 转 5"]
    assert ordering.order_texts(array(texts)).ascending().tolist() == expected(texts)


def test_different_texts_without_runs_in_common_are_ordered_by_their_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nearly every text is a run of its own, taking them apart is given up."""
    monkeypatch.setattr(runs, "SAMPLE", 8)
    texts = [f"{chr(0x4E00 + row)}路" for row in range(40, 0, -1)]
    assert runs.keys(array(texts), lambda some: ordering._ranks(some, silent), silent) is None
    assert ordering.order_texts(array(texts)).ascending().tolist() == expected(texts)


def test_more_different_characters_than_a_byte_holds_are_told_apart() -> None:
    """Blocks before and after many characters have come up are put in one order."""
    usual = [f"东风中路{row % 97}号楼" for row in range(runs.AT_ONCE)]
    texts = [*usual, *(f"{chr(0x4E00 + row)}{chr(0x5E00 + row)}路" for row in range(300)), *usual[:50]]
    assert runs.keys(array(texts), lambda some: ordering._ranks(some, silent), silent) is not None
    assert ordering.order_texts(array(texts)).ascending().tolist() == expected(texts)
