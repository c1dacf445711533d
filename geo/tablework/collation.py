"""The order in which readers look texts up: numbers by value, letters without case, Chinese by pinyin."""

import unicodedata
from functools import cache

from geo.readings import dictionary

Element = tuple[int, str, int]
"""One place of a sort key: the class of the character, its letters, and a number that tells alike ones apart."""

OTHER, NUMBER, LETTER, HAN = range(4)

MOST_DIGITS = 40
"""Numbers of more digits are ordered like ones of so many; no code or house number is as long."""


@cache
def element(character: str) -> Element:
    """Return the place of a character that is no digit: signs first, then letters, then Han characters by pinyin.

    Of the readings of a character the most usual one counts, with its tone; where two are read alike, the code point.
    """
    if (reading := dictionary().get(ord(character))) is not None and not character.isascii():
        return HAN, _spelled(reading.split(",")[0]), ord(character)
    if character.isalpha():
        # Letters with marks stand with their plain ones, full-width ones with the narrow ones.
        plain = unicodedata.normalize("NFKD", character.casefold())
        return LETTER, "".join(each for each in plain if not unicodedata.combining(each)) or character, 0
    return OTHER, "", ord(character)


def digit(character: str) -> int:
    """Return the value of a decimal digit, -1 for any other character."""
    return unicodedata.decimal(character, -1)


def sort_key(text: str) -> tuple[Element, ...]:
    """Return a key by which texts sort as `geo.tablework.ordering` orders them.

    A run of digits counts as the number that it writes, so that A2 comes before A10; leading zeros do not count.
    """
    places: list[Element] = []
    run = ""
    for character in text:
        value = digit(character)
        if value >= 0:
            run += str(value)
            continue
        places += _number(run)
        run = ""
        places.append(element(character))
    return (*places, *_number(run))


def _number(run: str) -> list[Element]:
    if not run:
        return []
    run = run.lstrip("0") or "0"
    return [(NUMBER, "", min(len(run), MOST_DIGITS)), *((NUMBER, "", int(each)) for each in run)]


def _spelled(reading: str) -> str:
    """Return a reading as plain letters with the number of its tone behind, so that alike syllables stand together."""
    tone, letters = 5, ""
    for each in unicodedata.normalize("NFD", reading):
        if each in _TONES:
            tone = _TONES[each]
        elif each == "\u0308":
            letters = letters[:-1] + "v"
        elif each.isalpha():
            letters += each
    return f"{letters}{tone}"


_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
