"""Changes as data."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.model import TABLES
from geo.store.edits import Edit, RowChange, delete, edit, from_json, insert, to_json, update

names = st.text(max_size=12)
points = st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
rows = st.fixed_dictionaries({"name": names, "service_min": st.none() | st.integers(0, 999), "geometry": points})


@st.composite
def changes(draw: st.DrawFn) -> RowChange:
    """Draw an insertion, update or deletion of a site."""
    before, after = draw(st.tuples(rows, rows))
    kind = draw(st.sampled_from(["insert", "update", "delete"]))
    return RowChange("sites", draw(names), None if kind == "insert" else before, None if kind == "delete" else after)


@given(st.lists(changes(), max_size=5))
def test_the_inverse_of_an_inverse_is_the_edit(given_changes: list[RowChange]) -> None:
    """Taking back what takes an edit back is the edit itself."""
    one = Edit("x", tuple(given_changes))
    assert one.inverse().inverse() == one


@given(st.lists(changes(), max_size=5))
def test_changes_survive_the_history(given_changes: list[RowChange]) -> None:
    """Changes written as JSON and read again are the same, geometries to the last digit."""
    assert from_json(to_json(given_changes)) == tuple(given_changes)


def test_an_insertion_names_every_column_of_its_table() -> None:
    """What is not given stands as the model's empty value, so that deleting needs no look-up."""
    row = insert("sites", name="三眼井").after
    assert row is not None
    assert set(row) == {column.name for column in TABLES["sites"].columns} | {"geometry"}
    assert (row["risk"], row["service_min"], row["note"]) == ("low", None, "")


def test_an_insertion_refuses_a_column_that_is_not_there() -> None:
    """A misspelt column is a bug that shows at once."""
    with pytest.raises(KeyError, match=r"sites\.colour"):
        insert("sites", colour="red")


def test_an_update_holds_just_what_changes() -> None:
    """Two people who change different columns of one row do not get in each other's way."""
    change = update("sites", "1", {"name": "a", "note": "b"}, {"name": "a", "note": "c"})
    assert change == RowChange("sites", "1", {"note": "b"}, {"note": "c"})


def test_an_update_that_changes_nothing_is_none() -> None:
    """Leaving a cell as it was makes no history."""
    assert edit("x", [update("sites", "1", {"name": "a"}, {"name": "a"})]).changes == ()


def test_a_deletion_is_the_inverse_of_an_insertion() -> None:
    """What `insert` makes, `delete` takes away."""
    change = insert("teams", name="第1组")
    assert change.after is not None
    assert delete("teams", change.id, change.after) == change.inverse()
