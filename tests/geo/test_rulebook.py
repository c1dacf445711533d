"""The rules of an office: kept in the project as JSON, checked, undone, and told in sentences."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import language
from geo.errors import XunluError
from geo.planning.office import intake, rulebook
from geo.planning.rules import Aim, Break, PlanRules, Rules
from geo.store.edits import edit, insert
from geo.store.project import Project


def value_of(setting: rulebook.Setting) -> st.SearchStrategy[object]:
    """Draw any value that a setting allows."""
    numbers = st.integers(setting.least, setting.most)
    drawn: dict[str, st.SearchStrategy[object]] = {
        "aim": st.sampled_from(Aim),
        "yes": st.booleans(),
        "whole": numbers,
        "clock": st.integers(0, 1439).map(lambda minute: minute * 60),
        "speeds": st.lists(numbers, min_size=24, max_size=24).map(tuple),
    }
    return drawn[setting.kind]


unknown = st.dictionaries(st.text(min_size=1).map("x_".__add__), st.integers() | st.text() | st.booleans(), max_size=2)


@st.composite
def rules(draw: st.DrawFn) -> PlanRules:
    """Draw rules that go together."""
    values = {setting.name: draw(value_of(setting)) for setting in rulebook.settings()}
    made = PlanRules(**values, unknown=draw(unknown))  # type: ignore[arg-type]
    fits = made.break_from + made.break_min * 60 <= made.break_to
    return made if fits else replace(made, has_break=False)


@given(rules())
def test_rules_survive_the_way_through_json(some: PlanRules) -> None:
    """All of them come back, those of a later version too."""
    assert rulebook.from_json(rulebook.to_json(some)) == some


@given(rules())
def test_every_rule_says_what_it_does_in_both_languages(some: PlanRules) -> None:
    """A sentence for every weight and price, whatever its value."""
    for lang in language.LANGUAGES:
        language.use(lang)
        for setting in rulebook.settings():
            said = rulebook.effect(some, setting.name)
            assert setting.title
            assert said == "" or said.endswith((".", "。"))
    language.use("en")
    assert {one.name for one in rulebook.settings()} == {one.name for one in fields(PlanRules)} - {"unknown"}


def test_a_project_without_rules_plans_as_it_did_before_there_were_any(sample: Project) -> None:
    """The defaults give the search exactly what it had."""
    some = intake.rules_of(sample)
    assert some == PlanRules()
    assert some.for_search() == Rules()
    assert (some.pause, some.setup_min, some.verify_min, some.overtime_min) == (None, 0, 0, 0)


def test_a_default_that_changes_later_changes_no_project(tmp_path: Path) -> None:
    """What was set once stands in the file whole; a rule that is not there is at its default."""
    held = json.loads(rulebook.to_json(PlanRules()))
    assert held.keys() == {setting.name for setting in rulebook.settings()}
    assert rulebook.from_json('{"foreign_min": 3}') == PlanRules(foreign_min=3)
    assert tmp_path.exists()


def test_rules_are_changed_as_one_step_and_taken_back(tmp_path: Path) -> None:
    """One edit with its line in the history, first an added row, then a changed one."""
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(rulebook.change(project, PlanRules(setup_min=5)))
        project.apply(rulebook.change(project, PlanRules(setup_min=7)))
        assert intake.rules_of(project).setup_min == 7
        project.undo()
        assert intake.rules_of(project).setup_min == 5
        project.undo()
        assert intake.rules_of(project) == PlanRules()
        assert project.frame("history")["title"].tolist()[0] == "Rules of the plan"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read"),
        ("[1]", "cannot be read"),
        ('{"setup_min": -1}', "Set-up"),
        ('{"setup_min": "5"}', "Set-up"),
        ('{"setup_min": true}', "Set-up"),
        ('{"aim": "glory"}', "Aim"),
        ('{"speeds": [100]}', "Speed"),
        ('{"speeds": 7}', "Speed"),
        ('{"break_from": "noon"}', "Break within"),
        ('{"has_break": 1}', "break"),
        ('{"has_break": true, "break_from": "12:00", "break_to": "12:30"}', "does not fit"),
    ],
)
def test_spoilt_rules_are_named(text: str, said: str, tmp_path: Path) -> None:
    """The rule concerned stands in the message; who only looks gets the defaults and the same message."""
    with pytest.raises(XunluError, match=said):
        rulebook.from_json(text)
    with Project.create(tmp_path / "p.gpkg") as project:
        project.apply(edit("spoil", [insert("settings", key=rulebook.KEY, value=text)]))
        found, error = rulebook.read_or_default(project)
        assert found == PlanRules()
        assert error is not None
        assert said in error.message


def test_the_break_lies_wholly_within_its_time() -> None:
    """An hour between 11:30 and 13:30 begins at 12:30 at the latest."""
    some = PlanRules(has_break=True)
    assert some.pause == Break(11 * 3600 + 1800, 12 * 3600 + 1800, 3600)
    assert replace(some, break_min=0).pause is None


def test_a_slow_hour_is_said_and_equal_hours_cost_nothing(speaks: Callable[[language.Language], None]) -> None:
    """At half the speed ten minutes become twenty; with 100 % all day the search is told of no speeds."""
    speeds = (*(100,) * 8, 50, *(100,) * 15)
    assert rulebook.effect(PlanRules(speeds=speeds), "speeds") == "At 08:00 a leg of 10 min takes 20 min."
    assert PlanRules(speeds=speeds).for_search().speeds == speeds
    assert PlanRules().for_search().speeds == ()
    speaks("zh")
    assert "20" in rulebook.effect(PlanRules(speeds=speeds), "speeds")
