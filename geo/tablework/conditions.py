"""Conditions on a column as a person writes them: ``>= 30``, ``10..20``, ``= low``, ``=`` for empty, or just a word."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.language import tr
from geo.tablework import collation

Mask = NDArray[np.bool_]

_SIGNS = {"≥": ">=", "≤": "<=", "≠": "<>", "!=": "<>", "＞": ">", "＜": "<", "＝": "=", "==": "="}
_SIGN = re.compile(r"(>=|<=|<>|!=|==|[<>=≥≤≠＞＜＝])\s*(.*)", re.DOTALL)
_RANGE = re.compile(r"(.*?)\s*(?:\.\.|…|～|~)\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """A test of a cell: one of ``=  <>  <  <=  >  >=  ..  has``, and what it compares with."""

    sign: str
    low: Any = ""
    high: Any = ""

    def numbers(self, values: NDArray[np.float64]) -> Mask:
        """Return which numbers pass, shape (rows,); NaN stands for nothing and passes only where that is asked for."""
        missing = np.isnan(values)
        if self.low == "":
            return missing if self.sign == "=" else ~missing
        with np.errstate(invalid="ignore"):
            passing: Mask = {
                "=": values == self.low,
                "<>": (values != self.low) & ~missing,
                "<": values < self.low,
                "<=": values <= self.low,
                ">": values > self.low,
                ">=": values >= self.low,
                "..": (values >= self.low) & (values <= (self.high if self.sign == ".." else self.low)),
            }[self.sign]
        return passing

    def text(self) -> Callable[[str], bool]:
        """Return the function that tells whether a text passes."""
        if self.sign == "has":
            word = str(self.low).casefold()
            return lambda text: word in text.casefold()
        if self.low == "":
            return (lambda text: not text) if self.sign == "=" else bool
        low, high = collation.sort_key(str(self.low)), collation.sort_key(str(self.high))
        if self.sign in ("=", "<>"):
            same = str(self.low).casefold()
            return lambda text: (text.casefold() == same) is (self.sign == "=")
        key = collation.sort_key
        tests: dict[str, Callable[[str], bool]] = {
            "<": lambda text: bool(text) and key(text) < low,
            "<=": lambda text: bool(text) and key(text) <= low,
            ">": lambda text: bool(text) and key(text) > low,
            ">=": lambda text: bool(text) and key(text) >= low,
            "..": lambda text: bool(text) and low <= key(text) <= high,
        }
        return tests[self.sign]


def parse(text: str, *, is_number: bool) -> Condition | None:
    """Return the condition that a text stands for, None for an empty one.

    Raises
    ------
    XunluError
        If a column of numbers is compared with what is no number.
    """
    text = text.strip()
    if not text:
        return None
    if found := _SIGN.fullmatch(text):
        sign, rest = _SIGNS.get(found[1], found[1]), found[2].strip()
        if not rest and sign not in ("=", "<>"):
            raise XunluError(
                tr("“{text}” does not say what to compare with.", text=text), tr("Write it like >= 30 or 10..20.")
            )
        return Condition(sign, _number(rest) if is_number and rest else rest)
    if (found := _RANGE.fullmatch(text)) and found[1] and found[2]:
        low, high = found[1], found[2]
        return Condition("..", _number(low), _number(high)) if is_number else Condition("..", low, high)
    return Condition("=", _number(text)) if is_number else Condition("has", text)


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError as error:
        raise XunluError(tr("“{text}” is no number.", text=text), tr("Write it like >= 30 or 10..20.")) from error
    if np.isnan(value):
        raise XunluError(tr("“{text}” is no number.", text=text), tr("Write it like >= 30 or 10..20."))
    return value
