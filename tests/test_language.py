"""English and Chinese say the same."""

import ast
import collections
import json
import re
from pathlib import Path

import pytest

from geo import resource
from geo.language import catalogue, tr
from geo.model import TABLES
from tests.source import Module, calls, modules

CHINESE = sorted(resource.path("i18n/zh").glob("*.json"))
PLACE = re.compile(r"\{(\w*)[^}]*\}")


def texts(module: Module) -> list[str]:
    """Return the English texts that a module shows; fail where one is no literal."""
    found = []
    for call in calls(module.tree, "tr"):
        first = call.args[0]
        found += _literals(first, module, call)
    return found


def _literals(node: ast.expr, module: Module, call: ast.Call) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body, module, call) + _literals(node.orelse, module, call)
    pytest.fail(f"{module.name}:{call.lineno}: no literal, so nobody can find its translation")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_text_has_a_chinese_one(module: Module) -> None:
    """Whatever a user may read exists in both languages."""
    assert [text for text in texts(module) if text not in catalogue()] == []


def test_no_translation_is_left_over() -> None:
    """A text that the program no longer says is not kept."""
    source = "\n".join(module.path.read_text("utf-8") for module in modules())
    literals = {
        node.value
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert source
    assert sorted(set(catalogue()) - literals) == []


def test_no_text_is_translated_in_two_ways() -> None:
    """The same English text reads the same in Chinese everywhere."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for file in CHINESE:
        for english, chinese in json.loads(file.read_text("utf-8")).items():
            found[english].add(chinese)
    assert {english: chinese for english, chinese in found.items() if len(chinese) > 1} == {}


@pytest.mark.parametrize("file", CHINESE, ids=lambda file: file.stem)
def test_both_languages_have_the_same_places_to_fill(file: Path) -> None:
    """A number or name that one language shows, the other shows too."""
    for english, chinese in json.loads(file.read_text("utf-8")).items():
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(chinese)), english
        assert chinese.strip(), english


def test_every_table_column_and_choice_has_both_names() -> None:
    """The model names everything in Chinese and English."""
    for table in TABLES.values():
        for thing in (table, *table.columns, *(choice for column in table.columns for choice in column.choices)):
            assert thing.en
            assert thing.zh


def test_values_are_filled_in() -> None:
    """A text with places is filled in either language."""
    assert tr("Plan {day}", "en", day="today") == "Plan today"
    assert tr("Plan {day}", "zh", day="today") == "today 计划"
