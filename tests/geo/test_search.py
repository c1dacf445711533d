"""What a person types finds what is meant: names, codes, addresses, pinyin and its initials."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.search import finding, pinyin
from geo.search.finding import Found, How
from geo.store.project import Project
from geo.store.tables import Tables

LETTERS = st.text("ab 东山1-\x1e\nİ", max_size=8)


def last(project: Tables, text: str) -> list[Found]:
    """Return what is found in the end."""
    *_, found = finding.search(project, text, "zh")
    return found


@pytest.mark.parametrize("typed", ["东湖公园", "dhgy", "donghugongyuan", "DongHu", "donghg"])
def test_names_are_found_by_their_characters_and_letters(sample: Project, typed: str) -> None:
    """A park is found by its name, the initials of its pinyin, the whole pinyin, and a mixture of both."""
    assert "东湖公园" in [found.title for found in last(sample, typed)]


def test_a_code_comes_before_all_else(sample: Project) -> None:
    """The site with just the code that was typed stands first, in small letters too."""
    code = sample.frame("sites")["code"].iloc[7]
    assert last(sample, code.lower())[0].id == sample.frame("sites").index[7]


def test_a_street_is_found_once_with_all_its_pieces(sample: Project) -> None:
    """A street made of many rows is one result, and its bounds hold every piece."""
    streets = sample.frame("streets")
    name = streets.loc[streets["name"] != "", "name"].value_counts().index[0]
    found = [each for each in last(sample, name) if each.table == "streets" and each.id == name]
    box = finding.bounds(sample, found[0])
    assert len(found) == 1
    assert box == pytest.approx(tuple(streets[streets["name"] == name].total_bounds))


def test_words_may_stand_in_any_order_and_column(sample: Project) -> None:
    """A part of the address and a part of the name, apart, find the site."""
    row = sample.frame("sites").iloc[3]
    found = last(sample, f"{row['address'][:3]} {row['name'][-2:]}")
    assert row.name in [each.id for each in found]


def test_what_has_no_place_has_no_bounds(sample: Project) -> None:
    """Where a row is gone meanwhile, nothing is shown and nothing fails."""
    assert finding.bounds(sample, Found("sites", "gone", "", "", How.NAME)) is None


@given(st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=12), LETTERS)
def test_all_that_holds_the_text_is_found(rows: Sequence[tuple[str, str]], typed: str) -> None:
    """Whatever is in names and addresses, even control characters, each row that holds the text is found."""
    frame = pd.DataFrame(rows, columns=["name", "address"]).assign(code="", name_en="")
    frame.index = frame.index.astype(str)
    wanted = " ".join(typed.lower().split())
    found = {at for each in finding._sites(frame, wanted, "zh") for at in [each.id]} if wanted else set()
    plain = {
        str(at) for at, row in enumerate(rows) if wanted and wanted in " \0".join(row).lower().replace("\x1e", " ")
    }
    assert plain <= found


@given(st.text("东山口重庆长A9ü ", min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_reading_of_a_name_finds_it(name: str, random: object) -> None:
    """However the characters of a name are read, by whole syllables or initials, typing that finds the name."""
    read = [sorted(pinyin.readings(each)) for each in name]
    if not all(read):
        return
    parts = [random.choice(each) for each in read]  # type: ignore[attr-defined]
    typed = "".join(random.choice([part, part[:1]]) for part in parts)  # type: ignore[attr-defined]
    pattern = pinyin.pattern(typed, set(name.lower()))
    assert pattern is not None
    assert pattern.search(name.lower())


@given(st.text(min_size=1, max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    """Whatever is typed, the search ends and says what it found."""
    empty = gpd.GeoDataFrame({"name": [], "name_en": [], "code": [], "address": []}, geometry=[])
    names = pd.DataFrame({"name": ["越秀"], "name_en": ["Yuexiu"], "code": ["1"], "address": [""]}, index=["a"])
    assert list(finding._sites(names, text, "zh")) is not None
    assert finding._places(empty, "areas", text, "zh") == []


def test_long_letters_end_soon() -> None:
    """Letters that can be cut in very many ways are tried in a few of them only."""
    pattern = pinyin.pattern("a" * 40, {"啊", "a"})
    assert pattern is not None
    assert pattern.search("啊" * 40)
