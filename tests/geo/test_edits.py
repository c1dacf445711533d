"""Changes as data."""

import itertools

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.model import TABLES, Table
from geo.store.edits import Edit, RowChange, delete, edit, empty_row, from_json, from_pieces, insert, to_json, update

names = st.text(max_size=12)
points = st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
given_values = {
    "name": names,
    "service_min": st.none() | st.integers(0, 999),
    "risk": st.sampled_from(["low", "high"]),
    "confidence": st.none() | st.floats(0, 1),
    "geometry": st.none() | points,
}
some = st.fixed_dictionaries({}, optional=given_values)
rows = some.map(lambda values: {**empty_row("sites"), **values})


@st.composite
def changes(draw: st.DrawFn) -> RowChange:
    """Draw an insertion, update or deletion of a site: whole rows, or the same columns before and after."""
    kind = draw(st.sampled_from(["insert", "update", "delete"]))
    if kind == "update":
        after = draw(some)
        before = {name: draw(given_values[name]) for name in after}
        return RowChange("sites", draw(names), before, after)
    row = draw(rows)
    return RowChange("sites", draw(names), None if kind == "insert" else row, None if kind == "delete" else row)


@given(st.lists(changes(), max_size=5))
def test_the_inverse_of_an_inverse_is_the_edit(given_changes: list[RowChange]) -> None:
    """Taking back what takes an edit back is the edit itself."""
    one = Edit("x", tuple(given_changes))
    assert one.inverse().inverse() == one


@given(st.lists(changes(), max_size=5))
def test_changes_survive_the_history(given_changes: list[RowChange]) -> None:
    """Changes written as JSON and read again are the same, geometries to the last digit."""
    assert from_json(to_json(given_changes)) == tuple(given_changes)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_history_keeps_values_that_only_look_like_the_empty_one(table: Table) -> None:
    """A value that equals the empty one but is of another kind (0 and no, 1 and yes, 20 and 20.0) is kept as it is."""
    for column in table.columns:
        for value in (0, 1, 0.0, 20, 20.0, False, True, "", "0", None, column.empty):
            (again,) = from_json(to_json([insert(table.name, id="1", **{column.name: value})]))
            assert again.after is not None
            assert (again.after[column.name], type(again.after[column.name])) == (value, type(value))
            assert set(again.after) == set(empty_row(table.name))


def test_an_empty_value_takes_no_room_in_the_history() -> None:
    """Of a hundred thousand imported rows only what they say is written."""
    text = to_json([insert("sites", id="1", name="三眼井")])
    assert text == '[["sites", "1", null, {"name": "三眼井"}]]'


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[["none", "1", null, {}]]', '[["sites", "1", null, {"geometry": {}}]]']
)
def test_what_is_no_history_is_told_from_it(text: str) -> None:
    """A line that another program has spoilt is a ValueError, whatever is in it."""
    with pytest.raises(ValueError):  # noqa: PT011
        from_json(text)


@given(st.lists(changes(), max_size=5), st.lists(st.integers(0, 400), max_size=6))
def test_a_history_read_in_pieces_is_the_same(given_changes: list[RowChange], cuts: list[int]) -> None:
    """Wherever a text is cut, within a name or between the digits of a number, its changes are those of the whole."""
    text = to_json(given_changes)
    ends = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(ends) if a < b]
    assert from_pieces(pieces) == tuple(given_changes)
    with pytest.raises(ValueError):  # noqa: PT011
        from_pieces([*pieces, "]"])
    with pytest.raises(ValueError):  # noqa: PT011
        from_pieces([text[:-1]])


def test_what_an_edit_touches_is_told_by_table() -> None:
    """The columns that change, None where rows come or go, and the changes of one table are those in the edit."""
    made = [
        RowChange("sites", "a", {"name": "x"}, {"name": "y"}),
        RowChange("sites", "b", {"risk": "low"}, {"risk": "high"}),
        insert("teams", name="t"),
    ]
    both = Edit("both", tuple(made))
    assert (both.columns("sites"), both.columns("teams"), both.columns("plans")) == ({"name", "risk"}, None, set())
    assert [list(both.changes_of(name)) for name in ("sites", "teams", "plans")] == [made[:2], made[2:], []]
    one = Edit("one", tuple(made[:2]))
    assert one.changes_of("sites") is one.changes


@given(st.text(alphabet='[]{}",:01 sitewkbnul\\', max_size=60))
def test_any_text_is_a_history_or_a_value_error(text: str) -> None:
    """Nothing else is raised, whatever another program has written there."""
    try:
        from_json(text)
    except ValueError:
        return


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
