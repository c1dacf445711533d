"""Sets of rows, which must behave as frozensets of their ids."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from operator import and_, or_, sub, xor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store.rowset import RowSet, followed, mask_of

ROWS = [f"r{number}" for number in range(12)]
INDEX = pd.Index(ROWS, dtype="str", name="id")
Operation = Callable[[AbstractSet[str], AbstractSet[str]], AbstractSet[str]]

chosen = st.sets(st.sampled_from(ROWS))
strange = st.sets(st.sampled_from([*ROWS, "x", "y"]))


def rows(ids: set[str]) -> RowSet:
    """Return a set of rows of the table of the test."""
    return RowSet(INDEX, mask_of(ids, INDEX))


@pytest.mark.parametrize("operation", [and_, or_, sub, xor])
@given(some=chosen, others=strange)
def test_it_can_be_put_together_with_any_set(operation: Operation, some: set[str], others: set[str]) -> None:
    """With rows of the same table and with plain sets, on either side, the outcome is that of frozensets."""
    expected, turned = operation(frozenset(some), frozenset(others)), operation(frozenset(others), frozenset(some))
    assert operation(rows(some), frozenset(others)) == expected
    assert operation(frozenset(others), rows(some)) == turned
    if others <= set(ROWS):
        both = operation(rows(some), rows(others))
        assert isinstance(both, RowSet)
        assert both == expected


@given(some=chosen, others=strange)
def test_it_compares_as_a_set(some: set[str], others: set[str]) -> None:
    """Equality, hash, length, membership and order are those of a frozenset of the same ids."""
    assert (rows(some) == frozenset(others)) == (some == others)
    assert (frozenset(others) == rows(some)) == (some == others)
    assert hash(rows(some)) == hash(frozenset(some))
    assert len(rows(some)) == len(some)
    assert [one for one in ROWS if one in rows(some)] == list(rows(some)) == sorted(some, key=ROWS.index)
    assert "x" not in rows(some)
    assert [] not in rows(some)
    assert (rows(some) <= frozenset(others)) == (some <= others)
    assert rows(some).first() == next(iter(rows(some)), "")


def test_it_finds_its_rows_in_a_table_that_has_changed() -> None:
    """Where rows have gone and come, the mask for the new table has those of the set that are left."""
    later = pd.Index(["r3", "new", "r1"], dtype="str", name="id")
    assert rows({"r1", "r2"}).mask_of(later).tolist() == [False, False, True]
    assert RowSet.all_of(INDEX).mask_of(INDEX).all()
    assert np.array_equal(mask_of(["r0", "gone"], INDEX), [True] + [False] * 11)


@given(some=chosen, gone=chosen, added=st.lists(st.sampled_from(["x", "y", "z"]), unique=True))
def test_it_follows_a_table_in_which_rows_went_and_came(some: set[str], gone: set[str], added: list[str]) -> None:
    """The rows that are still there stay chosen, those that came are not; of another table nothing is said."""
    index = pd.Index([row for row in ROWS if row not in gone] + added, dtype="str", name="id")
    assert followed(rows(some), index, sorted(gone), added) == frozenset(some - gone)
    assert followed(rows(some), index, sorted(gone), [*added, "other"]) is None
