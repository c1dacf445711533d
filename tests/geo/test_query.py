"""Tests of expressions over sites: what they mean, what is wrong with them, and what can come next."""

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo import language
from geo.errors import XunluError
from geo.inspection.status import assess, due_sites
from geo.query import nodes
from geo.query.errors import QueryError
from geo.query.fields import Field, Fields
from geo.query.grammar import parse
from geo.query.masks import SiteColumns
from geo.query.nodes import Node
from geo.query.suggest import suggest
from geo.store.project import Project

DAY = date(2021, 6, 2)

FIELDS = Fields(
    [
        Field("name", "text", {"en": "Name", "zh": "名称"}),
        Field("risk", "choice", {"en": "Risk", "zh": "风险等级"},
              {"en": {"low": ("low",), "medium": ("medium",), "high": ("high",)},
               "zh": {"低": ("low",), "中": ("medium",), "高": ("high",)}}, ("low", "medium", "high")),
        Field("kind", "choice", {"en": "Kind", "zh": "点位类型"},
              {"en": {"School": ("school",), "Quarantine hotel": ("hotel",)},
               "zh": {"学校": ("school",), "隔离酒店": ("hotel",)}}),
        Field("queue", "number", {"en": "Queue", "zh": "排队人数"}),
        Field("capacity", "number", {"en": "Capacity per hour", "zh": "每小时容量"}),
        Field("due_date", "date", {"en": "Due", "zh": "应查日期"}),
        Field("last_date", "date", {"en": "Last inspection", "zh": "上次检查"}),
    ]
)  # fmt: skip

ROWS = [
    {"name": "东山小学", "risk": "high", "kind": "school", "queue": 3.0, "capacity": 2.0, "due_date": "2021-06-01",
     "last_date": "2021-05-20"},
    {"name": "Garden Hotel", "risk": "low", "kind": "hotel", "queue": None, "capacity": 10.0, "due_date": "2021-06-09",
     "last_date": ""},
    {"name": "O'Neil 100%", "risk": "medium", "kind": "school", "queue": 0.0, "capacity": None, "due_date": "",
     "last_date": "2021-06-01"},
    {"name": "", "risk": "low", "kind": "elsewhere", "queue": -2.5, "capacity": 2.5, "due_date": "2021-06-02",
     "last_date": "2021-06-02"},
]  # fmt: skip
READY = {"due": ["0", "3"], "overdue": ["0"], "unplaced": [], "selected": ["2"]}


def columns() -> SiteColumns:
    """Return the rows as the tables of a project would have them."""
    frame = pd.DataFrame(ROWS, index=pd.Index([str(k) for k in range(len(ROWS))], dtype="str"))
    frame = frame.astype({"queue": "Int64" if frame["queue"].mod(1).eq(0).all() else "float64"})
    statuses = frame[["due_date", "last_date"]]
    return SiteColumns(FIELDS, frame.drop(columns=["due_date", "last_date"]), statuses, READY)


def chosen(text: str) -> list[int]:
    """Return the numbers of the rows that fulfil an expression."""
    return np.flatnonzero(columns().mask(parse(text, FIELDS, DAY))).tolist()


def understood(text: str) -> Node | QueryError:
    """Return what an expression says, or what is wrong with it."""
    try:
        return parse(text, FIELDS, DAY)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("risk = high", [0]),
        ("风险等级 = 高", [0]),
        ("风险等级＝高", [0]),
        ("RISK = 'HIGH'", [0]),
        ("risk <> high", [1, 2, 3]),
        ("risk >= medium", [0, 2]),
        ("risk < 中", [1, 3]),
        ("risk in (low, 高)", [0, 1, 3]),
        ("风险等级 属于（低、高）", [0, 1, 3]),
        ("risk not in (low)", [0, 2]),
        ("kind = Quarantine  hotel", [1]),
        ("kind contains 酒店", [1]),
        ("kind like 'sch%'", [0, 2]),
        ("queue > 0", [0]),
        ("queue >= -2.5 and queue <= 0", [2, 3]),
        ("queue between 0 and 3", [0, 2]),
        ("排队人数 介于 0 到 3", [0, 2]),
        ("queue not between 0 and 3", [1, 3]),
        ("queue in (3, -2.5)", [0, 3]),
        ("queue is null", [1]),
        ("queue is not empty", [0, 2, 3]),
        ("排队人数为空", [1]),
        ("queue > capacity", [0]),
        ("Queue <= Capacity per hour", [3]),
        ("due_date < today", [0]),
        ("应查日期早于今天", [0]),
        ("due <= today + 7 days", [0, 1, 3]),
        ("due_date = 2021年6月2日", [3]),
        ("due_date > '2021/6/2'", [1]),
        ("due_date between yesterday and tomorrow", [0, 3]),
        ("due_date is empty", [2]),
        ("due_date = last_date", [3]),
        ("due", [0, 3]),
        ("due and not overdue", [3]),
        ("应查且不逾期", [3]),
        ("selected or overdue", [0, 2]),
        ("name = 东山小学", [0]),
        ("名称包含小学且风险等级=高", [0]),
        ("name contains GARDEN", [1]),
        ("name = 'O''Neil 100%'", [2]),
        ("name like '%100\\%'", [2]),
        ("name like '_______hotel' or name starts with 东山", [0, 1]),
        ("name ends with hotel", [1]),
        ("name = ''", [3]),
        ("name is not null", [0, 1, 2]),
        ('"Name" = "东山小学"', [0]),
        ("[Capacity per hour] = 10", [1]),
        ("not (risk = high or risk = low)", [2]),
        ("risk = low or risk = high and queue = 3", [0, 1, 3]),
        ("(risk = low or risk = high) and queue = 3", [0]),
        ("not not risk = high", [0]),
    ],
)  # fmt: skip
def test_expressions_mean_what_sql_means(text: str, rows: list[int]) -> None:
    """Each condition, in English or Chinese, with or without spaces and quotes, finds the rows that it describes."""
    assert chosen(text) == rows


@pytest.mark.parametrize(
    ("text", "says", "marked"),
    [
        ("riks = high", "Did you mean risk?", "riks"),
        ("risk = hihg", "Did you mean high?", "hihg"),
        ("risk = 'hi'", "Did you mean high?", "'hi'"),
        ("risk", "stands alone", ""),
        ("risk =", "missing", ""),
        ("kind < school", "no order", "school"),
        ("kind between school and hotel", "no order", "school"),
        ("queue = many", "number", "many"),
        ("queue contains 3", "no text", "3"),
        ("due_date = 2021-02-30", "no day", "2021-02-30"),
        ("due_date = 'soon'", "no day", "'soon'"),
        ("due_date = today + 99999 and due_date = today - 99999 or due_date = soon", "a day", "soon"),
        ("risk = high queue = 3", "“and” or “or”", "queue"),
        ("(risk = high", "closing bracket", ""),
        ("risk = high)", "“and” or “or”", ")"),
        ("risk in low", "brackets", "low"),
        ("risk in (low high)", "comma", "high"),
        ("queue between 1 or 2", "BETWEEN", "or"),
        ("name = 'open", "does not end", "'open"),
        ("name contains", "missing", ""),
        ("", "A condition is missing", ""),
        ("risk = high and", "A condition is missing", ""),
        ("(" * 60 + "due", "too deeply", "("),
    ],
)
def test_what_is_wrong_is_named_and_marked(text: str, says: str, marked: str) -> None:
    """The message says what is wrong, with a proposal where there is one, and the place is that of the mistake."""
    with pytest.raises(QueryError) as caught:
        parse(text, FIELDS, DAY)
    assert says in str(caught.value)
    assert text[caught.value.start : caught.value.end] == marked


def test_far_days_are_refused() -> None:
    """A day beyond the calendar is an error to be mended, not a crash."""
    with pytest.raises(QueryError, match="too far"):
        parse("due_date < today + 99999", FIELDS, date.max)


WORDS = ["risk", "风险等级", "name", "queue", "due", "due_date", "Capacity per hour", "in", "not", "like", "contains"]
WORDS += ["between", "and", "or", "is", "null", "empty", "high", "高", "today", "且", "或", "非", "为空", "不", "包含"]
SIGNS = ["=", "<", "<>", "<=", "(", ")", ",", "'", '"', "“", "[", "]", "+", "\\", "\x00", "İ", "'%a_'"]
VALUES = ["3", "-2.5", "2021-06-02", "2021-13-45", "９９９９年9月9日", "1e999", "9" * 400, "٣"]
TOKENS = st.sampled_from(WORDS + SIGNS + VALUES)
TEXTS = st.text(max_size=60) | st.lists(TOKENS, max_size=24).map(" ".join) | st.lists(TOKENS, max_size=24).map("".join)


@settings(deadline=None, max_examples=400)
@given(text=TEXTS)
@example(text="not " * 3000 + "due")
@example(text="(" * 3000)
@example(text=" or ".join(["due"] * 3000))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Whatever is typed either gives a mask over all rows or is refused at a place within the text."""
    found = understood(text)
    if isinstance(found, QueryError):
        assert 0 <= found.start <= found.end <= len(text)
    else:
        mask = columns().mask(found)
        assert mask.shape == (len(ROWS),)
        assert mask.dtype == np.bool_


# The same once more, naively: one row at a time


def holds(node: Node, row: dict[str, Any], row_id: str) -> bool:  # noqa: C901, PLR0911  one case for each node
    """Return whether a tree holds for one row, in plain Python."""
    match node:
        case nodes.And(parts):
            return all(holds(part, row, row_id) for part in parts)
        case nodes.Or(parts):
            return any(holds(part, row, row_id) for part in parts)
        case nodes.Not(part):
            return not holds(part, row, row_id)
        case nodes.Ready(name):
            return row_id in READY[name]
        case nodes.Empty(column):
            return row[column] in (None, "")
        case nodes.Compare(column, order, value):
            return _stands(row[column], order, value)
        case nodes.CompareColumns(column, order, other):
            return (
                row[other] not in (None, "")
                and row[column] not in (None, "")
                and _stands(row[column], order, row[other])
            )
        case nodes.Between(column, low, high):
            return _stands(row[column], ">=", low) and _stands(row[column], "<=", high)
        case nodes.Among(column, values):
            return row[column] is not None and row[column] in values
        case nodes.Like(column, pattern):
            return any(_like(pattern, text) for text in _titles(column, row[column]))


def _stands(cell: Any, order: str, value: Any) -> bool:
    if cell is None or (cell == "" and order != "="):
        return False
    return {"=": cell == value, "<": cell < value, "<=": cell <= value, ">": cell > value, ">=": cell >= value}[order]


def _titles(column: str, value: str) -> list[str]:
    titled = FIELDS[column].values.values()
    return [value, *(title for each in titled for title, stored in each.items() if value in stored)]


def _like(pattern: str, text: str) -> bool:
    if not pattern:
        return False
    if text == "":
        return False

    def match(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "%":
            return any(match(p[1:], t[k:]) for k in range(len(t) + 1))
        if p[0] == "_":
            return bool(t) and match(p[1:], t[1:])
        literal, rest = (p[1], p[2:]) if p[0] == "\\" and len(p) > 1 else (p[0], p[1:])
        return bool(t) and re.fullmatch(re.escape(literal), t[0], re.IGNORECASE) is not None and match(rest, t[1:])

    return match(pattern, text)


NUMBERS = st.sampled_from([-2.5, 0.0, 2.0, 3.0, 10.0])
DAYS = st.sampled_from(["2021-06-01", "2021-06-02", "2021-06-09", "2022-01-01"])
ORDERS = st.sampled_from(["=", "<", "<=", ">", ">="])
LEAVES = (
    st.builds(nodes.Compare, st.sampled_from(["queue", "capacity"]), ORDERS, NUMBERS)
    | st.builds(nodes.Compare, st.sampled_from(["due_date", "last_date"]), ORDERS, DAYS)
    | st.builds(nodes.Compare, st.just("name"), ORDERS, st.sampled_from(["", "东山小学", "Garden Hotel", "M"]))
    | st.builds(nodes.Between, st.just("queue"), NUMBERS, NUMBERS)
    | st.builds(nodes.Between, st.just("due_date"), DAYS, DAYS)
    | st.builds(nodes.Among, st.just("risk"), st.frozensets(st.sampled_from(["low", "medium", "high", ""])))
    | st.builds(nodes.Among, st.just("queue"), st.frozensets(NUMBERS))
    | st.builds(nodes.Like, st.sampled_from(["name", "kind"]), st.text("%_\\小学gardeHOT0 '", max_size=6))
    | st.builds(nodes.Empty, st.sampled_from(list(FIELDS.by_name)))
    | st.builds(nodes.Ready, st.sampled_from(list(READY)))
    | st.builds(nodes.CompareColumns, st.just("queue"), ORDERS, st.just("capacity"))
    | st.builds(nodes.CompareColumns, st.just("due_date"), ORDERS, st.just("last_date"))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(nodes.Not, inner)
        | st.builds(nodes.And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(nodes.Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(node=TREES)
def test_masks_are_what_plain_python_says(node: Node) -> None:
    """All rows at once give the same as each row by itself, and a condition and its negation leave no row out."""
    mask = columns().mask(node)
    assert mask.tolist() == [holds(node, row, str(k)) for k, row in enumerate(ROWS)]
    assert (mask ^ columns().mask(nodes.Not(node))).all()


# On a project


def test_columns_of_a_project_are_known_in_both_languages(sample: Project) -> None:
    """Every column of sites, and what their status says, is found by its name and by either title."""
    fields = Fields.of(sample)
    for field in fields:
        for name in (field.name, field.titles["en"], field.titles["zh"]):
            found = fields.phrases.at(name.lower(), 0)
            assert found is not None
            assert found[0] is field


def test_counts_agree_with_the_tables(sample: Project) -> None:
    """What an expression finds in the sample is what its tables hold."""
    fields, statuses = Fields.of(sample), assess(sample)
    due = due_sites(sample, sample.today())
    sites = SiteColumns(
        fields, sample.frame("sites"), statuses, {"due": due, "overdue": (), "unplaced": (), "selected": ()}
    )

    def count(text: str) -> int:
        return int(sites.mask(parse(text, fields, sample.today())).sum())

    frame = sample.frame("sites")
    assert count("风险等级 = 高") == (frame["risk"] == "high").sum() > 0
    assert count("kind = School") == (frame["kind"] == "school").sum() > 0
    assert (
        count("status in (overdue, 整改逾期)")
        == statuses["status"].isin(["overdue", "rectification_overdue"]).sum()
        > 0
    )
    assert count("due") == len(due) > 0
    assert count("open_findings > 0") == (statuses["open_findings"] > 0).sum() > 0
    assert count("subdistrict = Dongshan") == count("街道 = 东山街道") > 0


# What comes next


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("ri", "Risk"),
        ("risk ", "="),
        ("risk = ", "high"),
        ("risk = hi", "high"),
        ("risk in (lo", "low"),
        ("kind = qua", "Quarantine hotel"),
        ("risk = high ", "AND"),
        ("risk = high a", "AND"),
        ("risk = high and na", "Name"),
        ("name con", "CONTAINS"),
        ("due_date < to", "today"),
    ],
)
def test_next_words_are_offered(text: str, offered: str) -> None:
    """What can go on from the text is offered first, and the text with it taken leads to a whole expression."""
    found = suggest(text, FIELDS, DAY)
    assert offered in [one.shown for one in found[:3]]
    one = next(one for one in found if one.shown == offered)
    after = understood(text[: one.start] + one.text)
    if isinstance(after, QueryError):
        assert after.start >= len(text[: one.start] + one.text.rstrip())


def test_next_words_are_in_the_language_in_use() -> None:
    """In Chinese the titles, operators and connectives are Chinese."""
    language.use("zh")
    assert [one.shown for one in suggest("风险", FIELDS, DAY)] == ["风险等级"]
    assert [one.shown for one in suggest("风险等级 = ", FIELDS, DAY)] == ["低", "中", "高"]
    assert "且" in [one.shown for one in suggest("风险等级 = 高 ", FIELDS, DAY)]


@settings(deadline=None)
@given(text=TEXTS)
def test_offering_never_fails(text: str) -> None:
    """Whatever is typed, what is offered begins within it."""
    assert all(0 <= one.start <= len(text) for one in suggest(text, FIELDS, DAY))


def test_a_query_error_is_one_that_a_person_can_mend() -> None:
    """The window shows it as it shows every other."""
    assert issubclass(QueryError, XunluError)
