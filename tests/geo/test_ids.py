"""Ids looked up in long tables: as pandas would, whatever has come and gone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store import frames, ids
from geo.store.ids import IdEngine, follow, note


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table count as long from the first row on."""
    monkeypatch.setattr(ids, "LONG", 1)
    monkeypatch.setattr(ids, "MOST_GONE", 5)
    monkeypatch.setattr(ids, "MOST_ADDED", 7)
    monkeypatch.setattr(ids, "AT_ONCE", 3)


def index_of(*names: str) -> pd.Index:
    """Return an index of ids, as a table has it."""
    return frames.index_of(np.array(names, dtype=object))


def test_pandas_looks_up_by_the_noted_places() -> None:
    """All ways of pandas to look up go by what was noted, through frames and views of them as well."""
    index = index_of("a", "b", "c", "d")
    frame = pd.DataFrame({"x": [1, 2, 3, 4]}, index=index, copy=False)
    assert isinstance(frame.index._engine, IdEngine)
    assert isinstance(frame.copy(deep=False).index._engine, IdEngine)
    assert frame.loc["c", "x"] == 3
    assert frame.loc[["d", "a"], "x"].tolist() == [4, 1]
    assert "b" in frame.index
    assert "z" not in frame.index
    assert frame.index.is_unique
    assert frame.index.get_indexer(["d", "z", "a"]).tolist() == [3, -1, 0]
    assert frame.index[1:].get_loc("c") == 1
    with pytest.raises(KeyError):
        frame.loc["z"]
    with pytest.raises((TypeError, pd.errors.InvalidIndexError)):
        frame.index.get_loc(["a"])


def test_ids_that_are_there_twice_are_left_to_pandas() -> None:
    """Nothing is noted where an id stands in two rows, so that both are found."""
    index = index_of("a", "b", "a")
    assert not isinstance(index._engine, IdEngine)
    assert not index.is_unique


@given(st.lists(st.tuples(st.sets(st.integers(0, 30)), st.integers(0, 4)), max_size=8))
def test_places_are_followed_from_edit_to_edit(steps: list[tuple[set[int], int]]) -> None:
    """However rows come, go and come back, every index, the old ones too, finds just its own ids."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("LONG", 1), ("MOST_GONE", 5), ("MOST_ADDED", 7), ("AT_ONCE", 3)):
            patch.setattr(ids, name, value)
        states = [note(index_of(*(f"r{number}" for number in range(10))))]
        for gone, added in steps:
            before = states[-1]
            places = np.array(sorted(place for place in gone if place < len(before)), dtype=np.intp)
            there = set(np.delete(np.asarray(before), places))
            new = [f"r{number}" for number in range(40) if f"r{number}" not in there][:added]
            after = pd.Index([*np.delete(np.asarray(before), places), *new], dtype="str", name="id")
            states.append(follow(before, after, places, new))
        everything = [f"r{number}" for number in range(40)]
        for index in states:
            plain = list(index)
            found = index.get_indexer(pd.Index(everything, dtype="str")).tolist()
            assert found == [plain.index(one) if one in plain else -1 for one in everything]
            assert [one in index for one in everything] == [one in plain for one in everything]


def test_ids_whose_hashes_agree_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are found, and missed, rightly even where many have one and the same hash."""
    monkeypatch.setattr(ids, "hash", len, raising=False)
    before = index_of("a", "b", "cc", "dd", "eee")
    after = follow(before, index_of("a", "cc", "dd", "eee", "f"), np.array([1]), ["f"])
    for index in (before, after):
        assert isinstance(index._engine, IdEngine)
        plain = list(index)
        asked = ["dd", "f", "b", "zz", "eee", "a", "cc", "zzzz"]
        assert index.get_indexer(asked).tolist() == [plain.index(one) if one in plain else -1 for one in asked]
        assert [one in index for one in asked] == [one in plain for one in asked]
    assert not isinstance(index_of("a", "b", "a")._engine, IdEngine)
