"""Known phrases found at a place of a text: in either case, full width or half, with or without spaces around them."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, cached_property


def folded(text: str) -> str:
    """Return a text in lower case and half width, every character still in its place."""
    return "".join(map(_fold, text))


@cache
def _fold(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    if len(plain) != 1:
        return character
    return " " if plain.isspace() else plain


class Phrases[T]:
    """Phrases with what each stands for.

    Parameters
    ----------
    meanings
        By phrase; of two that fold to the same the first one counts.
    """

    def __init__(self, meanings: Mapping[str, T]) -> None:
        self.meanings = dict(meanings)
        self._by_fold: dict[str, T] = {}
        for phrase, meaning in meanings.items():
            self._by_fold.setdefault(" ".join(folded(phrase).split()), meaning)
        self._by_fold.pop("", None)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_fold, key=len, reverse=True)
        return re.compile("|".join(_written(phrase) for phrase in longest_first) or r"(?!)")

    def at(self, text: str, place: int) -> tuple[T, int] | None:
        """Return what the longest phrase at a place of a folded text stands for, and where it ends; None if none."""
        found = self._pattern.match(text, place)
        return (self._by_fold[" ".join(found[0].split())], found.end()) if found else None


def _written(phrase: str) -> str:
    """Return a pattern for a phrase: any spaces between its words, and no letter right after a Latin word."""
    pattern = " +".join(map(re.escape, phrase.split()))
    ends_in_word = phrase[-1].isascii() and (phrase[-1].isalnum() or phrase[-1] == "_")
    return rf"{pattern}(?![a-z0-9_])" if ends_in_word else pattern
