"""Changes to a map style: what fits is worn, kept and taken back, what does not is refused."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from geo.errors import XunluError
from layers import restyling, style
from layers.restyling import Changes

FILL = ("streets", "primary", "fill")


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_a_style_without_changes_is_that_of_its_file(name: str) -> None:
    """What nobody changed looks as the file says."""
    assert restyling.styled(name, "") == style.load(name)


def test_changes_are_worn_kept_and_taken_back() -> None:
    """A colour and a width are worn by their style alone, survive as text, and leave nothing behind when taken back."""
    changes = Changes().with_value("light", FILL, "#FF0000")
    changes = changes.with_value("light", ("streets", "primary", restyling.WIDTH_FACTOR), 2)
    worn, plain = restyling.styled("light", changes.dumps()), style.load("light")
    assert worn.streets["primary"].fill == QColor("#FF0000")
    assert worn.streets["primary"].width(2) == pytest.approx(2 * plain.streets["primary"].width(2))
    assert worn.streets["secondary"] == plain.streets["secondary"]
    assert restyling.styled("dark", changes.dumps()) == style.load("dark")
    assert restyling.loads(changes.dumps()) == changes
    back = changes.with_value("light", FILL, None).with_value(
        "light", ("streets", "primary", restyling.WIDTH_FACTOR), None
    )
    assert back == Changes()
    assert back.dumps() == ""
    assert changes.without("light", "streets") == Changes()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (FILL, "red"),
        (FILL, 7),
        (("streets", "nowhere", "fill"), "#FF0000"),
        (("route", "width"), -3),
        (("route", "width"), float("nan")),
        (("route", "width"), True),
        (("kinds", "school", "icon"), "../../secret"),
        (("streets", "primary", "widths"), [[1, 2]]),
        (("streets",), {}),
        (("streets", "nowhere", restyling.WIDTH_FACTOR), 2),
    ],
)
def test_what_does_not_fit_is_refused_by_name(path: tuple[str, ...], value: Any) -> None:
    """A value of another sort, out of limits or for nothing that there is, is refused with its name."""
    with pytest.raises(XunluError, match=path[0]):
        Changes().with_value("light", path, value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["by_style", "sites", "light", "streets", "primary", "fill", "x"]), inner)
    ),
    max_leaves=12,
)


@example({"by_style": {"light": "x"}})
@example({"by_style": {"light": {"": {"": 1}}}})
@given(JSON | st.text())
def test_whatever_a_project_holds_is_worn_as_far_as_it_fits(data: Any) -> None:
    """Any text in the setting, by hand or damaged, gives a style."""
    text = data if isinstance(data, str) else json.dumps(data)
    assert isinstance(restyling.styled("light", text), style.Style)


@given(st.sampled_from(["#00AA11", "#123456"]), st.floats(0.2, 20), st.sampled_from(["circle", "square", "shield"]))
def test_changes_come_back_from_their_text(colour: str, width: float, shape: str) -> None:
    """Changes written and read again are the same."""
    changes = (
        Changes(sites={"column": "kind"})
        .with_value("dark", FILL, colour)
        .with_value("light", ("route", "width"), width)
        .with_value("light", ("kinds", "school", "shape"), shape)
    )
    assert restyling.loads(changes.dumps()) == changes
