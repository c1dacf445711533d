"""What an expression may name: the columns of sites and of their status, their values, and ready words like "due"."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from geo.language import LANGUAGES, Language, current, tr
from geo.model import SITES, STATUSES, Choice, Column
from geo.query.phrases import Phrases
from geo.store.tables import Tables

Titled = Mapping[str, tuple[str, ...]]
"""Stored values by title."""

FieldType = Literal["text", "number", "date", "choice"]

COLUMN_TYPES: dict[str, FieldType] = {"int": "number", "real": "number", "date": "date"}

READY: dict[str, tuple[str, ...]] = {
    "due": ("due", "应查", "到期"),
    "overdue": ("overdue", "逾期", "超期"),
    "unplaced": ("unplaced", "未定位", "待定位"),
    "selected": ("selected", "已选", "所选"),
}
"""The words that are a whole condition, by name, with how they are written."""


@dataclass(frozen=True)
class Field:
    """A column as expressions know it.

    Parameters
    ----------
    name
        Of the column.
    type
        What stands in it.
    titles
        How a reader may call it besides, in both languages.
    values
        For a choice, by language: the titles of its values, and the stored values that each means; several where two
        share a title.
    ordered
        For a choice: the stored values from the least to the greatest, where they have an order.
    """

    name: str
    type: FieldType
    titles: Mapping[Language, str]
    values: Mapping[Language, Titled] = field(default_factory=dict)
    ordered: tuple[str, ...] = ()

    def title(self, lang: Language | None = None) -> str:
        """Return the heading of the column in a language."""
        return self.titles[lang or current()]

    @cached_property
    def words(self) -> Phrases[tuple[str, ...]]:
        """Return the stored values by what can be written for them, in any language."""
        known: dict[str, tuple[str, ...]] = {}
        for titled in self.values.values():
            for title, stored in titled.items():
                known[title] = tuple(dict.fromkeys((*known.get(title, ()), *stored)))
        for value in self.stored:
            known.setdefault(value, (value,))
        return Phrases(known)

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """Return the values that the titles stand for, once each."""
        every = (value for titled in self.values.values() for stored in titled.values() for value in stored)
        return tuple(dict.fromkeys(every))

    def value_titles(self, lang: Language | None = None) -> list[str]:
        """Return the titles of the values in a language, in the order of the column."""
        return list(self.values.get(lang or current(), ()))

    @cached_property
    def titles_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return all titles of each stored value, that value itself among them."""
        found: dict[str, tuple[str, ...]] = {value: (value,) for value in self.stored}
        for titled in self.values.values():
            for title, stored in titled.items():
                for value in stored:
                    found[value] = (*found[value], title)
        return found


class Fields:
    """The fields of one project.

    Parameters
    ----------
    fields
        In the order in which they are offered.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        self.by_name = {each.name: each for each in fields}

    def __iter__(self) -> Iterator[Field]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    @cached_property
    def phrases(self) -> Phrases[Field]:
        """Return the fields by what can be written for them."""
        names = {each.name: each for each in self}
        titles = {each.titles[lang]: each for lang in LANGUAGES for each in self}
        return Phrases({**titles, **names})

    @cached_property
    def ready(self) -> Phrases[str]:
        """Return the names of the ready words by how they are written."""
        return Phrases({word: name for name, words in READY.items() for word in words})

    @classmethod
    def of(cls, tables: Tables) -> "Fields":
        """Return what expressions over the sites of a project may name."""
        columns = [_of_column(column, tables) for column in SITES.columns]
        return cls([*columns[:5], *_of_status(), *columns[5:]])


def _of_status() -> list[Field]:
    return [
        Field("status", "choice", {"en": tr("Status", "en"), "zh": tr("Status", "zh")}, _titled(STATUSES)),
        Field("due_date", "date", {"en": tr("Due", "en"), "zh": tr("Due", "zh")}),
        Field("last_date", "date", {"en": tr("Last inspection", "en"), "zh": tr("Last inspection", "zh")}),
        Field("open_findings", "number", {"en": tr("Open findings", "en"), "zh": tr("Open findings", "zh")}),
        Field("next_deadline", "date", {"en": tr("Next deadline", "en"), "zh": tr("Next deadline", "zh")}),
    ]


def _of_column(column: Column, tables: Tables) -> Field:
    titles: dict[Language, str] = {"zh": column.zh, "en": column.en}
    if column.choices:
        ordered = tuple(choice.value for choice in column.choices) if column.name == "risk" else ()
        return Field(column.name, "choice", titles, _titled(column.choices), ordered)
    if column.name == "kind":
        kinds = tables.frame("kinds")
        return Field(column.name, "choice", titles, _named(kinds["code"], kinds["name"], kinds["name_en"]))
    if column.refers_to == "imports":
        files = tables.frame("imports")
        return Field(column.name, "choice", titles, _named(files.index, files["file"], files["file"]))
    if column.refers_to:
        others = tables.frame(column.refers_to)
        return Field(column.name, "choice", titles, _named(others.index, others["name"], others["name_en"]))
    return Field(column.name, COLUMN_TYPES.get(column.type, "text"), titles)


def _titled(choices: Iterable[Choice]) -> dict[Language, Titled]:
    given = [choice for choice in choices if choice.value]
    return _named([c.value for c in given], [c.zh for c in given], [c.en for c in given])


def _named(values: Iterable[str], chinese: Iterable[str], english: Iterable[str]) -> dict[Language, Titled]:
    titled: dict[Language, Titled] = {}
    rows = list(zip(values, chinese, english, strict=True))
    for place, lang in enumerate(LANGUAGES, start=1):
        of_title: dict[str, tuple[str, ...]] = {}
        for row in rows:
            if title := row[place] or row[1]:
                of_title[title] = (*of_title.get(title, ()), row[0])
        titled[lang] = of_title
    return titled
