"""Chinese in PDFs that can be searched: what each glyph stands for, said as people type it.

In Noto Sans CJK a character such as 白 and the radical ⽩ share a glyph, and Qt (6.12, still) notes the radical, which
comes first in Unicode, so that looking for the name of a place finds nothing. This can go once Qt notes the character.
"""

import re
from functools import cache

from PySide6.QtGui import QRawFont

from layers import fonts

_RADICALS = range(0x2E80, 0x2FE0)
_CHARACTERS = range(0x4E00, 0xA000)
_SECTION = re.compile(rb"beginbfrange\n.*?endbfrange", re.DOTALL)
_TARGET = re.compile(rb"(<[0-9A-F]{4}> <[0-9A-F]{4}> )(<[0-9A-F]{4}>|\[[^\]]*\])")
_CODE = re.compile(rb"<([0-9A-F]{4})>")


@cache
def _meant() -> dict[bytes, bytes]:
    """Return by the code that Qt notes the one that is meant, both as four hexadecimal figures."""
    raw = QRawFont.fromFont(fonts.font())
    glyphs = raw.glyphIndexesForString("".join(map(chr, _CHARACTERS)))
    by_glyph = dict(zip(reversed(glyphs), reversed(_CHARACTERS), strict=True))
    meant = {0x09: 0x20}
    for code, glyph in zip(_RADICALS, raw.glyphIndexesForString("".join(map(chr, _RADICALS))), strict=True):
        if glyph and glyph in by_glyph:
            meant[code] = by_glyph[glyph]
    return {b"%04X" % code: b"%04X" % character for code, character in meant.items()}


def searchable(pdf: bytes) -> bytes:
    """Return a PDF that Qt wrote, as long as before, in which each glyph stands for the character that was meant."""
    meant = _meant()

    def code(match: re.Match[bytes]) -> bytes:
        return b"<%s>" % meant.get(match[1], match[1])

    def section(match: re.Match[bytes]) -> bytes:
        return _TARGET.sub(lambda line: line[1] + _CODE.sub(code, line[2]), match[0])

    return _SECTION.sub(section, pdf)
