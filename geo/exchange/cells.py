"""From what stands in a cell to what a column holds, or the reason why it cannot."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from geo.dayhours import format_exceptions, parse_exceptions
from geo.errors import XunluError
from geo.exchange.ledger import is_empty, plain_title
from geo.hours import format_clock, parse_clock, parse_windows
from geo.language import tr
from geo.model import Column

YES = frozenset(["yes", "y", "true", "t", "1", "1.0", "是", "有", "对", "√", "✓", "x", "单行"])
NO = frozenset(["no", "n", "false", "f", "0", "0.0", "否", "无", "不", "×", "-", "双向"])
LONGEST_TEXT = 100_000

Reader = Callable[[Any], Any]
"""Takes a cell that is not empty; returns the value or raises ValueError with a sentence for the user."""


def reader(column: Column, names: Mapping[str, str] | None = None) -> Reader:
    """Return what reads the cells of a column.

    Parameters
    ----------
    column
        Where the values go.
    names
        For a column that refers to another table: what its rows may be called, in plain form, with the id for each.
    """
    if column.refers_to:
        return lambda cell: _known(cell, names or {})
    if column.choices:
        choices = {plain_title(name): c.value for c in column.choices for name in (c.en, c.zh, c.value)}
        return lambda cell: _choice(cell, choices, column)
    return {
        "int": _whole, "real": number, "bool": _yes_or_no, "date": _day, "clock": _clock, "windows": _windows,
        "exceptions": _exceptions,
    }.get(column.type, text)  # fmt: skip


def text(cell: Any) -> str:
    """Return a cell as text; a number that is whole without its point, for codes and phones come so from Excel."""
    if isinstance(cell, str) and cell.isascii() and len(cell) <= LONGEST_TEXT:
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    # Half of a pair of UTF-16, as broken exports have it, cannot be stored.
    said = str(cell).strip().encode("utf-8", "replace").decode("utf-8")
    if len(said) > LONGEST_TEXT:
        raise ValueError(tr("is longer than {length} characters", length=LONGEST_TEXT))
    return said


def number(cell: Any) -> float:
    """Return a cell as a finite number; full-width digits and thousands separators are understood."""
    if isinstance(cell, (int, float)):
        value = float(cell)
    else:
        try:
            value = float(cell)
        except ValueError:
            value = _float(unicodedata.normalize("NFKC", str(cell)))
    if not math.isfinite(value):
        raise ValueError(tr("is no number"))
    return value


def _float(said: str) -> float:
    try:
        return float(re.sub(r"(?<=\d)[,\s](?=\d{3}(\D|$))", "", said.strip()))
    except ValueError:
        raise ValueError(tr("is no number")) from None


def _whole(cell: Any) -> int:
    if isinstance(cell, str):
        # 20 分钟, 30 min, 7天: the unit is in the title of our column
        cell = re.sub(
            r"(?<=\d)\s*(分钟|分|minutes?|mins?|天|日|days?|d|人|km/h|公里)$", "", cell.strip(), flags=re.IGNORECASE
        )
    value = number(cell)
    if not value.is_integer() or abs(value) >= 2**53:
        raise ValueError(tr("is no whole number"))
    if value < 0:
        raise ValueError(tr("is less than 0"))
    return int(value)


def _yes_or_no(cell: Any) -> bool:
    said = unicodedata.normalize("NFKC", str(cell)).strip().lower()
    if said in YES or said in NO:
        return said in YES
    raise ValueError(tr("is neither yes nor no"))


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?")


def _day(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    said = unicodedata.normalize("NFKC", text(cell))
    match = _DAY.fullmatch(said) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        pass
    raise ValueError(tr("is no day; write it like 2021-06-02"))


def _clock(cell: Any) -> str:
    said = f"{cell:%H:%M}" if hasattr(cell, "hour") else text(cell)
    try:
        return format_clock(parse_clock(said))
    except XunluError as error:
        raise ValueError(tr("is no time of day; write it like 08:30")) from error


def _windows(cell: Any) -> str:
    said = unicodedata.normalize("NFKC", text(cell)).replace("〜", "-").replace("~", "-")
    if plain_title(said) in {"24小时", "全天", "24h", "247", "allday"}:
        return ""
    try:
        parse_windows(said)
    except XunluError as error:
        raise ValueError(tr("is no opening time; write it like 08:30-11:30; 14:00-17:30")) from error
    return said


def _exceptions(cell: Any) -> str:
    try:
        return format_exceptions(parse_exceptions(unicodedata.normalize("NFKC", text(cell))))
    except XunluError as error:
        raise ValueError(tr("does not say when it is open; write it like 2026-12-24 closed")) from error


def _choice(cell: Any, choices: Mapping[str, str], column: Column) -> str:
    said = plain_title(cell)
    found = choices.get(said) or choices.get(said.removesuffix("风险").removesuffix("risk"))
    if found is None:
        raise ValueError(tr("is none of {choices}", choices=", ".join(c.title() for c in column.choices if c.value)))
    return found


def _known(cell: Any, names: Mapping[str, str]) -> str:
    found = names.get(plain_title(text(cell)))
    if found is None:
        raise ValueError(tr("is not known in the project"))
    return found


_DEGREES = re.compile(
    r"([NSEW东西南北])?\s*(\d{1,3})\s*[°度]\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*['′分’]\s*)?"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″秒”]|''|′′)\s*)?([NSEW])?",
    re.IGNORECASE,
)


def degrees(cell: Any) -> float:
    """Return a coordinate: a number, or degrees, minutes and seconds as people write them."""
    if is_empty(cell):
        raise ValueError(tr("is missing"))
    if isinstance(cell, (int, float)):
        return number(cell)
    try:
        return number(float(cell))
    except ValueError:
        # 东经, 北纬
        said = re.sub("[经纬]", "", unicodedata.normalize("NFKC", str(cell))).strip()
    bare = re.fullmatch(r"([NSEW东西南北])?\s*([+-]?\d+(?:\.\d+)?)\s*[°度]?\s*([NSEW])?", said, re.IGNORECASE)
    if bare:
        return number(bare[2]) * _sign(bare[1], bare[3])
    match = _DEGREES.fullmatch(said)
    if not match:
        raise ValueError(tr("is no coordinate"))
    value = int(match[2]) + float(match[3] or 0) / 60 + float(match[4] or 0) / 3600
    return value * _sign(match[1], match[5])


def _sign(before: str | None, after: str | None) -> int:
    return -1 if (before or after or "").upper() in {"S", "W", "南", "西"} else 1


def pair(cell: Any) -> tuple[float, float]:
    """Return longitude and latitude of a cell that holds both; in China the order shows in the numbers."""
    said = unicodedata.normalize("NFKC", str(cell)).strip(" ()[]")
    parts = [part for part in re.split(r"[,;、\s]+", said) if part]
    if len(parts) != 2:
        raise ValueError(tr("is no pair of longitude and latitude"))
    first, second = degrees(parts[0]), degrees(parts[1])
    if abs(second) > 90 >= abs(first) or (3 < first < 54 and 73 < second < 136):
        first, second = second, first
    return first, second
