"""Tests of values on screen: what is written and what may be typed."""

import pytest

from geo.errors import XunluError
from geo.model import FINDINGS, SITES, TEAMS
from gui import fields


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("service_min", " 25 ", 25),
        ("service_min", "", None),
        ("served", "1,200", 1200),
        ("windows", "8:30–11:30，14:00-17:30", "08:30-11:30; 14:00-17:30"),
        ("windows", "", ""),
        ("name", " 东山口 ", "东山口"),
    ],
)
def test_typed_text_becomes_a_value(column: str, typed: str, value: object) -> None:
    """What a person types is read by the type of the column."""
    assert fields.read(SITES.column(column), typed) == value


@pytest.mark.parametrize(
    ("column", "typed"), [("service_min", "soon"), ("service_min", "-3"), ("windows", "9-17"), ("name", " ")]
)
def test_wrong_text_is_refused_with_the_columns_name(column: str, typed: str) -> None:
    """What the column cannot hold is refused by a sentence that names the column."""
    with pytest.raises(XunluError, match=SITES.column(column).title()):
        fields.read(SITES.column(column), typed)


def test_dates_are_dates() -> None:
    """A date is kept in ISO form and a day that does not exist is refused."""
    due = FINDINGS.column("due")
    assert fields.read(due, "2021-06-02") == "2021-06-02"
    with pytest.raises(XunluError):
        fields.read(due, "2021-02-30")


def test_empty_takes_the_columns_default() -> None:
    """An emptied cell holds what the column holds when nothing was said."""
    assert fields.read(TEAMS.column("shift"), "") == "08:30-17:30"
