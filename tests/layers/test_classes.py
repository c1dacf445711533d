"""Sites coloured by a column: every site has one class, the classes say what they are, and colours hold in grey."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.model import SITES
from geo.store.project import Project
from layers import classes
from layers.classes import Classing, Method

NUMBERS = hnp.arrays(np.float64, st.integers(0, 60), elements=st.floats(-1e6, 1e6) | st.just(np.nan))


@pytest.mark.parametrize("column", [each.name for each in classes.columns()])
def test_every_site_has_a_class_in_every_column(sample: Project, column: str) -> None:
    """Each site of the sample is in one class of each column, and every class has a title."""
    found = classes.classify(Classing(column=column), sample, "zh")
    assert len(found.codes) == len(sample.frame("sites"))
    assert found.codes.min() >= 0
    assert found.codes.max() < len(found.classes)
    assert all(each.title for each in found.classes)
    assert len({each.key for each in found.classes}) == len(found.classes)


def test_categories_count_what_the_table_counts(sample: Project) -> None:
    """As many sites are of a kind on the map as in the table, under the kind's name."""
    found = classes.classify(Classing(column="kind"), sample, "en")
    counts = dict(zip((each.key for each in found.classes), np.bincount(found.codes).tolist(), strict=True))
    assert counts == sample.frame("sites")["kind"].value_counts().to_dict()
    assert "school" in [each.title for each in found.classes]
    assert len({each.look.fill.name() for each in found.classes}) == len(found.classes)
    assert len({each.look.dot for each in found.classes}) == len(found.classes)


def test_a_category_takes_the_colour_it_was_given(sample: Project) -> None:
    """The colour chosen for a value is its colour, and no other's."""
    classing = Classing(column="kind", colours={"school": "#010203"})
    found = classes.classify(classing, sample, "en")
    assert [each.key for each in found.classes if each.look.fill.name() == "#010203"] == ["school"]


@given(NUMBERS, st.sampled_from(get_args(Method)), st.integers(classes.LEAST, classes.MOST))
def test_limits_part_the_numbers(values: np.ndarray, method: Method, count: int) -> None:
    """Limits ascend between the least and the greatest number, so that no class at the ends is empty."""
    found = classes.limits(values, method, count)
    known = values[np.isfinite(values)]
    assert (np.diff(found) > 0).all()
    if len(np.unique(known)) > 1:
        codes = np.searchsorted(found, known, side="right")
        assert len(found) >= 1
        assert (codes == 0).any()
        assert (codes == len(found)).any()
    else:
        assert not len(found)


@pytest.mark.parametrize("name", classes.ramps())
@pytest.mark.parametrize("count", range(classes.LEAST, classes.MOST + 1))
def test_ramps_hold_in_grey(name: str, count: int) -> None:
    """Every colour of a ramp is darker than the one before, by a step that a copier shows."""
    greys = [0.3 * each.red() + 0.59 * each.green() + 0.11 * each.blue() for each in classes.ramp_colours(name, count)]
    assert (np.diff(greys) < -8).all()


@given(
    st.dictionaries(
        st.sampled_from(["column", "method", "count", "ramp", "colours", "label"]), st.text() | st.integers()
    )
)
def test_whatever_is_kept_is_read(data: dict[str, object]) -> None:
    """Spoilt settings give the default, never an error, and what was read is written the same."""
    classing = classes.read(data)
    assert classes.read(classes.written(classing)) == classing
    assert SITES.column(classing.label)
