"""Tests of columns that change in a few rows without being copied: what is given out stays as it is."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.model import TABLES
from geo.store import frames, spare
from geo.store.edits import RowChange, delete, insert

SITES = TABLES["sites"]


def cells(values: list[str]) -> NDArray[np.object_]:
    """Return values as a column of objects."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "append", "shorten", "prepare", "older"]), st.integers(0, 30), st.integers(1, 4)),
    max_size=25,
)


@given(st.integers(1, 12), STEPS, st.booleans())
def test_what_was_given_out_never_changes(size: int, steps: list[tuple[str, int, int]], keeps: bool) -> None:
    """Whatever is put, added and taken off, every column still held has the values that it had when it was given."""
    held = [(cells([f"c{at}" for at in range(size)]), [f"c{at}" for at in range(size)])]
    for number, (step, at, count) in enumerate(steps):
        column, values = held[at % len(held)] if step == "older" else held[-1]
        if step in ("put", "older") and values:
            rows = np.unique(np.arange(at, at + count) % len(values))
            told = [f"{number}.{row}" for row in rows]
            fresh = list(values)
            for row, value in zip(rows.tolist(), told, strict=True):
                fresh[row] = value
            held.append((spare.put(column, rows, told), fresh))
        elif step == "append":
            told = [f"{number}+{more}" for more in range(count)]
            held.append((spare.appended(column, told), [*values, *told]))
        elif step == "shorten":
            held.append((column[: max(len(values) - count, 0)], values[: max(len(values) - count, 0)]))
        elif step == "prepare":
            for _ in spare.preparing(column):
                pass
        if not keeps:
            # Nobody holds the others any more, so that they are changed in place from now on.
            del held[:-2]
        del column
        assert [each.tolist() for each, _ in held] == [values for _, values in held]


def test_a_column_let_go_of_is_changed_in_place() -> None:
    """From the second change on nothing is copied, if nobody holds the column of before."""
    column = cells([f"c{at}" for at in range(100)])
    seen = set()
    for number in range(6):
        column = spare.put(column, np.array([number]), [str(number)])
        seen.add(id(column.base))
    assert len(seen) == 2
    assert column[:7].tolist() == ["0", "1", "2", "3", "4", "5", "c6"]


def test_rows_are_added_in_the_room_behind_a_column() -> None:
    """Adding one row after another copies the column once."""
    column = cells([f"c{at}" for at in range(200)])
    column = spare.appended(column, ["a"])
    first = column.base
    column = spare.appended(column, ["b"])
    assert column.base is first
    assert column[-3:].tolist() == ["c199", "a", "b"]


def test_a_spare_made_ahead_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `preparing` the first change is made in the spare, also of rows that were added while it was made."""
    monkeypatch.setattr(spare, "LONG", 10)
    monkeypatch.setattr(spare, "AT_ONCE", 16)
    column = spare.appended(cells([f"c{at}" for at in range(640)]), ["first"])
    work = spare.preparing(column)
    next(work)
    column = spare.appended(column, ["later"])
    for _ in work:
        pass
    ready = id(spare._kept[id(column.base)].spare)
    changed = spare.put(column, np.array([3]), ["x"])
    assert id(changed.base) == ready
    assert changed.tolist() == ["c0", "c1", "c2", "x", *[f"c{at}" for at in range(4, 640)], "first", "later"]


def test_nothing_is_kept_of_a_column_that_is_gone() -> None:
    """What is known of a column goes with it, so that memory does not grow with every change."""
    gc.collect()
    before = len(spare._kept)
    column = spare.put(cells(["a", "b"]), np.array([0]), ["c"])
    assert len(spare._kept) == before + 1
    del column
    assert len(spare._kept) == before


def test_columns_are_freed_unless_somebody_holds_them() -> None:
    """`dropping` empties columns that it is the last to hold, and leaves others as they are."""
    mine, shared = cells(["a", "b"]), cells(["c", "d"])
    columns = [mine, shared[:1]]
    watched = mine
    del mine
    for _ in spare.dropping(columns):
        pass
    assert not columns
    assert (watched.tolist(), shared.tolist()) == (["a", "b"], ["c", "d"])


def test_texts_are_taken_over_as_they_lie() -> None:
    """A column of text made around an array shares it, and is read as any other; pandas has no public way for that."""
    array = cells(["a", "", "点位"])
    column = frames.texts(array)
    assert np.shares_memory(np.asarray(column, dtype=object), array)
    assert (column.dtype, column.tolist(), (column == "a").tolist()) == ("str", ["a", "", "点位"], [True, False, False])


def test_frames_given_out_stay_as_they_are() -> None:
    """A table changed, added to and taken from again and again equals one built anew, and those before stay."""
    names = [f"n{at}" for at in range(8)]
    frame = frames.patched(
        frames.empty("sites"), SITES, [insert("sites", id=f"s{at}", name=name) for at, name in enumerate(names)]
    )
    given_out = [(frame, list(names), [f"s{at}" for at in range(8)])]
    for number in range(12):
        frame, names, ids = given_out[-1]
        at = (number * 5) % len(names)
        kind = number % 3
        if kind == 0:
            change = RowChange("sites", ids[at], {"name": names[at]}, {"name": f"x{number}"})
            names = [*names[:at], f"x{number}", *names[at + 1 :]]
        elif kind == 1:
            change, names, ids = insert("sites", id=f"t{number}", name="t"), [*names, "t"], [*ids, f"t{number}"]
        else:
            change = delete("sites", ids[at], frames.row(frame, ids[at]))
            names, ids = names[:at] + names[at + 1 :], ids[:at] + ids[at + 1 :]
        given_out.append((frames.patched(frame, SITES, [change]), names, ids))
        for each, told, own in given_out:
            assert (each["name"].tolist(), each.index.tolist()) == (told, own)
            assert each.dtypes.equals(given_out[0][0].dtypes)
