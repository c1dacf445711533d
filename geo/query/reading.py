"""An expression read from left to right: words of the language, fields, numbers, days and texts at a place."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Literal, NoReturn

from geo.language import tr
from geo.query.errors import QueryError
from geo.query.fields import Field, Fields
from geo.query.phrases import Phrases, folded

Connective = Literal["and", "or"]

_WRITTEN: dict[Connective, tuple[str, ...]] = {
    "and": ("and", "&&", "&", "且", "并且", "而且", "同时"),
    "or": ("or", "||", "|", "或", "或者"),
}
CONNECTIVES = Phrases({phrase: connective for connective, phrases in _WRITTEN.items() for phrase in phrases})
BETWEEN_AND = Phrases(dict.fromkeys(("and", "和", "与", "到", "至"), True))
NOT = Phrases(dict.fromkeys(("not", "!", "非", "不"), True))

QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’", "「": "」", "”": "”", "’": "’"}
STOPS = frozenset(" ()=<>!≠≤≥,;&|'\"“”‘’「」、;")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![\w.])")
DAY = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)(?!\d)")
TODAY = {"today": 0, "今天": 0, "今日": 0, "yesterday": -1, "昨天": -1, "tomorrow": 1, "明天": 1}
TODAYS: Phrases[int] = Phrases(TODAY)
SHIFT = re.compile(r" *([+-]) *([0-9]{1,5})(?: *(?:days?|d|天|日)(?![a-z0-9_]))?")


class Reader:
    """Read one expression.

    Parameters
    ----------
    text
        As it was typed.
    fields
        What it may name.
    today
        The day that "today" means.
    """

    def __init__(self, text: str, fields: Fields, today: date) -> None:
        self.text = text
        self.folded = folded(text)
        self.fields = fields
        self.today = today
        self.place = 0

    # Where reading stands

    def skip(self) -> int:
        """Go past spaces and return the place."""
        while self.place < len(self.folded) and self.folded[self.place] == " ":
            self.place += 1
        return self.place

    @property
    def is_done(self) -> bool:
        """Return whether nothing is left."""
        return self.skip() >= len(self.folded)

    def take[T](self, phrases: Phrases[T]) -> T | None:
        """Return what a phrase that stands here stands for, and go past it; None if there is none."""
        found = phrases.at(self.folded, self.skip())
        if found is None:
            return None
        self.place = found[1]
        return found[0]

    def take_sign(self, signs: str) -> bool:
        """Go past one of some characters if it stands here; return whether it did."""
        if not self.is_done and self.folded[self.place] in signs:
            self.place += 1
            return True
        return False

    def fail(self, message: str, hint: str = "", expected: str = "", field: Field | None = None) -> NoReturn:
        """Say that something else should stand here; the word that does is marked."""
        start = self.skip()
        raise QueryError(message, hint, start, self.word_end(start), expected=expected, field=field)

    def word_end(self, start: int) -> int:
        """Return where the word that begins at a place ends."""
        end = start
        while end < len(self.folded) and self.folded[end] not in STOPS:
            end += 1
        return max(end, min(start + 1, len(self.folded)))

    def word(self) -> str:
        """Return the word that stands here, without going past it; empty at the end."""
        start = self.skip()
        return self.text[start : self.word_end(start)]

    # What stands there

    def quoted(self) -> str | None:
        """Return a text in quotes, in which a doubled quote is one; None if none begins here."""
        start = self.skip()
        if self.is_done or self.text[start] not in QUOTES:
            return None
        closing, parts, at = QUOTES[self.text[start]], [], start + 1
        while True:
            end = self.text.find(closing, at)
            if end < 0:
                message = tr("The quote that begins here does not end.")
                raise QueryError(message, tr("Close it with {quote}", quote=closing), start, len(self.text))
            parts.append(self.text[at:end])
            if self.text[end + 1 : end + 2] != closing:
                self.place = end + 1
                return closing.join(parts)
            at = end + 2

    def number(self, field: Field) -> float:
        """Return the number that stands here; QueryError if there is none."""
        found = NUMBER.match(self.folded, self.skip())
        if found is None:
            name = field.title()
            self.fail(tr("“{column}” is compared with a number.", column=name), tr("Write a number."), "value", field)
        self.place = found.end()
        return float(found[0])

    def day(self, field: Field) -> str:
        """Return the day that stands here as an ISO date; QueryError if there is none."""
        start = self.skip()
        inner = self.quoted()
        if inner is not None:
            return self._day_in_quotes(inner, start, field)
        moved = self.take(TODAYS)
        if moved is not None:
            return self._shifted(moved, start)
        found = DAY.match(self.folded, start)
        if found is None:
            hint = tr("Write it like 2021-06-02, or today + 7.")
            self.fail(tr("“{column}” is compared with a day.", column=field.title()), hint, "value", field)
        year, month, day, chinese_month, chinese_day = found.groups()
        self.place = found.end()
        try:
            return date(int(year), int(month or chinese_month), int(day or chinese_day)).isoformat()
        except ValueError as error:
            message = tr("There is no day “{text}”.", text=self.text[start : found.end()])
            raise QueryError(message, tr("Write it like 2021-06-02."), start, found.end(), field=field) from error

    def _day_in_quotes(self, inner: str, start: int, field: Field) -> str:
        within = Reader(inner, self.fields, self.today)
        try:
            day = within.day(field)
            if within.is_done:
                return day
        except QueryError:
            pass
        message = tr("There is no day “{text}”.", text=inner)
        raise QueryError(message, tr("Write it like 2021-06-02."), start, self.place, field=field)

    def _shifted(self, days: int, start: int) -> str:
        found = SHIFT.match(self.folded, self.place)
        if found is not None:
            self.place = found.end()
            days += int(found[1] + found[2])
        try:
            return (self.today + timedelta(days)).isoformat()
        except OverflowError as error:
            raise QueryError(tr("That day lies too far away."), "", start, self.place) from error

    def bare(self, field: Field) -> str:
        """Return a text without quotes, up to a space or to where another condition begins; QueryError if none."""
        start = self.skip()
        end = start
        while end < len(self.folded) and self.folded[end] not in STOPS:
            if end > start and self._another_begins(end):
                break
            end += 1
        if end == start:
            hint = tr("Put a text into quotes if it holds spaces or signs.")
            self.fail(tr("A value for “{column}” is missing.", column=field.title()), hint, "value", field)
        self.place = end
        return self.text[start:end]

    def _another_begins(self, place: int) -> bool:
        """Return whether a connective stands here with a condition after it; Chinese puts no spaces around it."""
        connective = CONNECTIVES.at(self.folded, place)
        if connective is None:
            return False
        rest = Reader(self.text, self.fields, self.today)
        rest.place = connective[1]
        while rest.take(NOT) or rest.take_sign("("):
            pass
        return rest.take(self.fields.phrases) is not None or rest.take(self.fields.ready) is not None

    def unknown(self) -> NoReturn:
        """Say that no condition begins here, and which column may have been meant."""
        word = self.word()
        if not word:
            self.fail(tr("A condition is missing."), tr("Begin with a column, for example {example}.",
                      example=tr("risk = high")), "field")  # fmt: skip
        known = [*self.fields.phrases.meanings, *self.fields.ready.meanings]
        hint = tr("Did you mean {name}?", name=close) if (close := nearest(word, known)) else ""
        self.fail(tr("Column “{word}” is not known.", word=word), hint, "field")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return which of some phrases a word is most likely meant to be: begins so, is spelt nearly so; empty if none."""
    by_fold = {folded(phrase): phrase for phrase in known}
    start = folded(word)[:80]
    found = [phrase for phrase in by_fold if phrase.startswith(start)] or get_close_matches(start, by_fold, 1, 0.6)
    return by_fold[found[0]] if found else ""
