"""English and Chinese: the English text is the key, ``resources/i18n/zh/*.json`` hold the Chinese."""

import json
import locale
from functools import cache
from typing import Any, Literal

from geo import resource

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_current: list[Language] = ["en"]


def use(language: Language) -> None:
    """Make a language the one that `tr` speaks when none is named."""
    _current[0] = language


def current() -> Language:
    """Return the language in use."""
    return _current[0]


def of_system() -> Language:
    """Return Chinese where the system speaks Chinese, else English."""
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


@cache
def catalogue() -> dict[str, str]:
    """Return all Chinese texts by their English ones."""
    texts: dict[str, str] = {}
    for file in sorted(resource.path("i18n/zh").glob("*.json")):
        texts |= json.loads(file.read_text("utf-8"))
    return texts


def tr(text: str, lang: Language | None = None, /, **values: Any) -> str:
    """Return a text in a language, its ``{named}`` places filled with `values`.

    Parameters
    ----------
    text
        The English text, a literal, so that the test of translations finds it.
    lang
        The language; the one in use when left out.
    """
    if (lang or current()) == "zh":
        text = catalogue().get(text, text)
    return text.format(**values) if values else text
