"""What can be typed next in an expression: columns, operators, values and connectives that go on from what stands."""

from dataclasses import dataclass
from datetime import date

from geo.language import Language, current
from geo.query.errors import QueryError
from geo.query.fields import READY, Field, Fields
from geo.query.grammar import parse
from geo.query.phrases import folded

MOST = 60


@dataclass(frozen=True)
class Suggestion:
    """A text that may take the place of the characters from `start` up to the cursor, and what to show for it."""

    start: int
    text: str
    shown: str


_ORDERS_EN = ("=", "<", "<=", ">", ">=", "BETWEEN", "IS EMPTY")
_ORDERS_ZH = ("=", "<", "<=", ">", ">=", "介于", "为空")
OPERATORS: dict[str, dict[Language, tuple[str, ...]]] = {
    "choice": {"en": ("=", "<>", "IN (", "IS EMPTY"), "zh": ("=", "<>", "属于 (", "为空")},
    "number": {"en": _ORDERS_EN, "zh": _ORDERS_ZH},
    "date": {"en": _ORDERS_EN, "zh": _ORDERS_ZH},
    "text": {"en": ("CONTAINS", "=", "LIKE", "STARTS WITH", "IS EMPTY"), "zh": ("包含", "=", "LIKE", "开头是", "为空")},
}
CONNECTIVES: dict[Language, tuple[str, ...]] = {"en": ("AND", "OR"), "zh": ("且", "或")}
DAYS: dict[Language, tuple[str, ...]] = {"en": ("today", "tomorrow", "yesterday"), "zh": ("今天", "明天", "昨天")}


def suggest(text: str, fields: Fields, today: date) -> list[Suggestion]:
    """Return what may follow a text that ends at the cursor, the likeliest first; nothing where it cannot be read."""
    lang = current()
    try:
        parse(text, fields, today)
    except QueryError as error:
        typed = folded(text[error.start :])
        offered = _offered(error, fields, lang)
        found = [one for one in offered if typed in folded(one)] if typed else offered
        found.sort(key=lambda one: not folded(one).startswith(typed))
        start = error.start
    else:
        start, typed = len(text), ""
        found = list(CONNECTIVES[lang]) if text[-1:] in {" ", ")", "'", '"'} else []
    space = " " if start and not text[start - 1 : start].isspace() and text[start - 1] not in "([\"'" else ""
    shown = [one for one in found if folded(one) != typed][:MOST]
    return [Suggestion(start, space + one, one) for one in shown]


def _offered(error: QueryError, fields: Fields, lang: Language) -> list[str]:
    if error.expected == "field":
        return [*(words[0 if lang == "en" else 1] for words in READY.values()), *(each.title(lang) for each in fields)]
    if error.expected == "operator" and error.field is not None:
        return list(OPERATORS[error.field.type][lang])
    if error.expected == "value" and error.field is not None:
        return _values(error.field, lang)
    return list(CONNECTIVES[lang]) if error.expected == "connective" else []


def _values(field: Field, lang: Language) -> list[str]:
    return list(DAYS[lang]) if field.type == "date" else field.value_titles(lang)
