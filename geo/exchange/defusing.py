"""Cells that a spreadsheet would take for formulas, made harmless in text files, and made themselves again.

A CSV file has no types: Excel runs whatever begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break. Such a text
gets an apostrophe in front, which spreadsheets take for "this is text"; a text that begins with apostrophes before such
a sign gets one more, so that the way back is exact. Numbers are left alone: a spreadsheet only counts them.
"""

import re

_FORMULA = re.compile(r"'*[\s\u3000\ufeff\u200b]*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def undefused(text: str) -> str:
    """Return the text that `defused` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) and not _NUMBER.fullmatch(text[1:]) else text
