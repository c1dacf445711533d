"""Tests of the one selection that all panels share."""

from gui.selection import Gesture, Selection


def test_gestures_replace_add_and_toggle() -> None:
    """Each gesture makes of the present selection what its name says."""
    selection = Selection()
    selection.choose({"a", "b"})
    selection.choose({"b", "c"}, Gesture.ADD)
    assert selection.ids == {"a", "b", "c"}
    selection.choose({"a", "d"}, Gesture.TOGGLE)
    assert selection.ids == {"b", "c", "d"}
    selection.choose({"x"})
    assert selection.ids == {"x"}


def test_current_is_always_selected() -> None:
    """The current site is the one named, else the one before, and never one that is not selected."""
    selection = Selection()
    selection.choose({"a", "b"}, current="b")
    assert selection.current == "b"
    selection.choose({"c"}, Gesture.ADD)
    assert selection.current == "b"
    selection.choose({"b"}, Gesture.TOGGLE)
    assert selection.current in selection.ids
    selection.clear()
    assert selection.current == ""


def test_change_is_told_once_and_only_if_there_is_one() -> None:
    """Choosing what is chosen already tells nobody."""
    selection = Selection()
    told: list[int] = []
    selection.changed.connect(lambda: told.append(1))
    selection.choose({"a"})
    selection.choose({"a"})
    selection.choose(set(), Gesture.ADD)
    assert len(told) == 1


def test_taking_out_and_keeping_what_is_in_both() -> None:
    """A choice can be taken out of the selection, or leave of it only what is in both."""
    selection = Selection()
    selection.choose({"a", "b", "c"})
    selection.choose({"b", "d"}, Gesture.SUBTRACT)
    assert selection.ids == {"a", "c"}
    selection.choose({"c", "d"}, Gesture.INTERSECT)
    assert selection.ids == {"c"}
