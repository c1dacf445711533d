"""Chinese names by the letters in which they are typed: initials (``dhjd``) or pinyin (``donghu``), or a mixture."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from geo.readings import dictionary

LONGEST_TEXT = 40
"""Letters beyond which a text is taken for no pinyin."""

MOST_WAYS = 24
"""So many ways of cutting letters into syllables are tried, those with the longest syllables first."""

LONGEST = 6
"""Letters of the longest syllable, as in ``zhuang``."""


def looks_typed(text: str) -> bool:
    """Return whether a text may be pinyin: two small or large Latin letters or more, and nothing else."""
    return 2 <= len(text) <= LONGEST_TEXT and text.isascii() and text.isalpha()


def pattern(letters: str, characters: Iterable[str]) -> re.Pattern[str] | None:
    """Return the expression that finds what the letters may be typed for; None where nothing among characters can be.

    Parameters
    ----------
    letters
        What was typed, without tones; ``v`` stands for ü.
    characters
        Those that occur in the names searched: others are left out, which makes the expression short. Latin letters
        and digits stand for themselves.
    """
    typed = letters.lower()
    by_start: dict[str, set[str]] = {}
    for character in characters:
        for syllable in readings(character):
            for length in {1, len(syllable)}:
                by_start.setdefault(syllable[:length], set()).add(character)
    ways = [
        "".join(_one_of(by_start[part]) for part in way)
        for way, _ in zip(_ways(typed, frozenset(by_start)), range(MOST_WAYS), strict=False)
    ]
    return re.compile("|".join(ways)) if ways else None


def _ways(typed: str, known: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ways in which letters can be cut into known beginnings, longer ones first."""
    lengths: list[list[int]] = [[] for _ in typed]
    for start in range(len(typed) - 1, -1, -1):
        # Only what leads to the end is followed: else a long text with a wrong last letter would take for ever.
        ends = [end for end in range(start + 1, min(start + LONGEST, len(typed)) + 1) if typed[start:end] in known]
        lengths[start] = [end - start for end in reversed(ends) if end == len(typed) or lengths[end]]

    def cut(start: int) -> Iterator[tuple[str, ...]]:
        if start == len(typed):
            yield ()
            return
        for length in lengths[start]:
            for rest in cut(start + length):
                yield typed[start : start + length], *rest

    yield from cut(0)


def _one_of(characters: set[str]) -> str:
    return "[" + "".join(re.escape(each) for each in sorted(characters)) + "]"


@cache
def readings(character: str) -> frozenset[str]:
    """Return how a character can be read, without tones and with ``v`` for ü; a Latin letter or digit as itself."""
    if character.isascii():
        return frozenset({character.lower()} if character.isalnum() else ())
    return frozenset(_plain(each) for each in dictionary().get(ord(character), "").split(",") if each)


def _plain(syllable: str) -> str:
    # The dots of ü make another sound, the other marks are tones.
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", syllable).translate(_UMLAUTS))
    return "".join(letter for letter in letters if letter.isascii())


_UMLAUTS = dict.fromkeys(map(ord, "üǖǘǚǜ"), "v")
