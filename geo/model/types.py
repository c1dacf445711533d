"""What a table, a column and a choice are."""

from dataclasses import dataclass
from typing import Literal

from geo.language import Language, current

ColumnType = Literal[
    "text", "int", "real", "bool", "date", "clock", "windows", "exceptions", "time", "json", "ref"
]  # fmt: skip
Shape = Literal["Point", "LineString", "MultiPolygon"]


@dataclass(frozen=True)
class Choice:
    """One of the values a column may take, with what a reader sees for it."""

    value: str
    en: str
    zh: str

    def title(self, lang: Language | None = None) -> str:
        """Return the name of the value in a language."""
        return self.zh if (lang or current()) == "zh" else self.en


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``text``, ``clock`` (HH:MM), ``windows``, ``exceptions`` (opening times on dates, `geo.dayhours`) and ``json`` are
    strings, never null: empty is ``""``. ``date`` is an ISO date string and ``time`` an ISO instant in UTC, both ``""``
    for none. ``ref`` is the id of a row of table `refers_to`, ``""`` for none. ``int``, ``real`` may be null
    (``None``); ``bool`` is never null.
    """

    name: str
    type: ColumnType
    en: str
    zh: str
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    refers_to: str = ""
    default: str | int | float | bool | None = None
    required: bool = False
    kept: bool = False
    """Whether the program itself fills it and nobody edits it by hand."""

    def title(self, lang: Language | None = None) -> str:
        """Return the heading of the column in a language."""
        return self.zh if (lang or current()) == "zh" else self.en

    @property
    def empty(self) -> str | int | float | bool | None:
        """Return what stands in the column when nothing was said."""
        if self.default is not None:
            return self.default
        return {"int": None, "real": None, "bool": False}.get(self.type, "")

    def choice_title(self, value: str, lang: Language | None = None) -> str:
        """Return the name of a value of the column, the value itself where it has none."""
        return next((c.title(lang) for c in self.choices if c.value == value), value)


@dataclass(frozen=True)
class Table:
    """One table of a project; each has a text column ``id`` (UUID) and, with a `shape`, a ``geometry``."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]
    shape: Shape | None = None

    def title(self, lang: Language | None = None) -> str:
        """Return the name of the table in a language."""
        return self.zh if (lang or current()) == "zh" else self.en

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")
