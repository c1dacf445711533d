"""How Chinese characters are read: the dictionary that searching and sorting by pinyin share."""

import os
from functools import cache


@cache
def dictionary() -> dict[int, str]:
    """Return the readings of characters by code point, the most usual first, with commas between; takes some 40 ms."""
    # Single characters are looked up here; the dictionary of phrases would triple the time of the import.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict
