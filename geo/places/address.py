"""Addresses as people write them, in Chinese or Latin letters, into parts and back."""

import re
from functools import lru_cache

from geo.places import chinese, english
from geo.places.names import digits, is_chinese, key, plain
from geo.places.parts import Address

__all__ = ["Address", "parse", "street_key", "write"]

_WORDS = {
    "rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "blvd": "boulevard", "dr": "drive",
    "sq": "square", "hwy": "highway", "pl": "place", "e": "east", "w": "west", "n": "north", "s": "south",
}  # fmt: skip
_PINYIN = {"lu": "road", "jie": "street", "xiang": "lane", "dadao": "avenue", "dajie": "street"}
_PINYIN_SIDES = {"dong": "east", "xi": "west", "nan": "south", "bei": "north", "zhong": "middle"}
_ORDINALS = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")


def parse(text: str) -> Address:
    """Return the parts of an address; what is not understood stays in `place` or `rest`, and nothing raises."""
    usual = plain(text)
    return chinese.read(usual) if is_chinese(usual) else english.read(usual)


def write(address: Address) -> str:
    """Return an address as one line in the order of its language, which `parse` reads into the same parts."""
    return chinese.write(address) if address.chinese else english.write(address)


@lru_cache(maxsize=50_000)
def street_key(name: str) -> str:
    """Return the form in which two spellings of a street are the same: 中山6路, 中山六路; "Dongfeng E Rd."."""
    bare = key(name)
    if is_chinese(bare):
        return digits(bare)
    words = _ORDINALS.sub(r"\1", bare).split()
    if words and words[-1] in _PINYIN:
        words[-1] = _PINYIN[words[-1]]
        words = [_PINYIN_SIDES.get(word, word) if at == len(words) - 2 else word for at, word in enumerate(words)]
    return " ".join(_WORDS.get(word, word) for word in words)
