"""What a project knows by some words: sites by name, code, address and pinyin, places on its map by name."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import pandas as pd
import shapely

from geo.language import Language, current
from geo.search import pinyin
from geo.store.tables import Tables, name_of

CHUNK = 5_000
"""So many rows are read at a time: a few milliseconds of work."""

MOST = 20
"""So many are told of."""

PER_CHUNK = 200
"""So many matches of a field are looked at in each chunk: who types one letter gets no list of everything."""

END = "\x1e"
"""Stands between the values of a chunk; the control character that Unicode has for that."""

PLACES = ("subdistricts", "landmarks", "areas", "streets")
"""The tables besides the sites that are searched by name."""

Bounds = tuple[float, float, float, float]


class How(IntEnum):
    """How well something fits what was typed, the best first; letters of the pinyin count as the characters do."""

    CODE = 0
    NAME = 1
    CODE_BEGINS = 2
    NAME_BEGINS = 3
    NAME_HAS = 4
    CODE_HAS = 5
    ADDRESS_HAS = 6
    WORDS = 7


@dataclass(frozen=True)
class Found:
    """Something that fits.

    Parameters
    ----------
    table
        The table it is in.
    id
        The id of its row; of a street, which is made of many rows, its name.
    title, note
        What it is called, and what tells it from others of that name: code and address.
    how
        How well it fits.
    """

    table: str
    id: str
    title: str
    note: str
    how: How


def search(project: Tables, text: str, lang: Language | None = None) -> Iterator[list[Found]]:
    """Yield, every few milliseconds, what was found up to then, the best first, no more than `MOST`.

    Parameters
    ----------
    project
        Whose rows are searched; no other thread may change them meanwhile.
    text
        What was typed: part of a name, code or address, several words in any order, or letters of the pinyin.
    lang
        The language of the titles.
    """
    typed = " ".join(text.lower().split())
    if not typed:
        yield []
        return
    best: dict[tuple[str, str], Found] = {}
    for found in _everything(project, typed, lang or current()):
        for each in found:
            key = each.table, each.id
            if key not in best or each.how < best[key].how:
                best[key] = each
        ranked = sorted(best.values(), key=lambda each: (each.how, len(each.title), each.title, each.id))
        best = {(each.table, each.id): each for each in ranked[: 4 * MOST]}
        yield ranked[:MOST]


def _everything(project: Tables, typed: str, lang: Language) -> Iterator[list[Found]]:
    for table in PLACES:
        yield _places(project.frame(table), table, typed, lang)
    sites = project.frame("sites")
    for start in range(0, len(sites), CHUNK):
        yield _sites(sites.iloc[start : start + CHUNK], typed, lang)


def bounds(project: Tables, found: Found) -> Bounds | None:
    """Return where something found lies: west, south, east and north in degrees; None if it has no place any more."""
    frame = project.frame(found.table)
    chosen = frame["name"] == found.id if found.table == "streets" else frame.index == found.id
    box = shapely.total_bounds(frame.geometry.array[chosen]) if chosen.any() else [float("nan")] * 4
    west, south, east, north = (float(side) for side in box)
    return None if math.isnan(west) else (west, south, east, north)


def _places(frame: pd.DataFrame, table: str, typed: str, lang: Language) -> list[Found]:
    named = frame[["name", "name_en"]].drop_duplicates() if table == "streets" else frame[["name", "name_en"]]
    rows = list(zip(named.index, named["name"].tolist(), named["name_en"].tolist(), strict=True))
    hits: dict[int, How] = {}
    for column in (1, 2):
        _note_names(hits, [str(row[column]) for row in rows], typed)
    titles = {at: name_of({"name": rows[at][1], "name_en": rows[at][2]}, lang) for at in hits}
    return [
        Found(table, str(rows[at][1] if table == "streets" else rows[at][0]), titles[at], "", how)
        for at, how in hits.items()
        if titles[at]
    ]


def _sites(part: pd.DataFrame, typed: str, lang: Language) -> list[Found]:
    hits: dict[int, How] = {}
    columns = {name: list(map(str, part[name].tolist())) for name in ("code", "name", "name_en", "address")}
    for at, how in _matches(columns["code"], typed, How.CODE, How.CODE_BEGINS, How.CODE_HAS):
        _note(hits, at, how)
    for name in ("name", "name_en"):
        _note_names(hits, columns[name], typed)
    for at, _ in _matches(columns["address"], typed, How.ADDRESS_HAS, How.ADDRESS_HAS, How.ADDRESS_HAS):
        _note(hits, at, How.ADDRESS_HAS)
    words = typed.split()
    if len(words) > 1:
        for at in _with_words(list(columns.values()), words):
            _note(hits, at, How.WORDS)
    found = []
    for at, how in hits.items():
        row = {name: values[at] for name, values in columns.items()}
        title = name_of(row, lang) or row["code"] or row["address"]
        note = "  ".join(text for text in (row["code"], row["address"]) if text and text != title)
        found.append(Found("sites", str(part.index[at]), title, note, how))
    return found


def _note_names(hits: dict[int, How], names: Sequence[str], typed: str) -> None:
    for at, how in _matches(names, typed, How.NAME, How.NAME_BEGINS, How.NAME_HAS):
        _note(hits, at, how)
    letters = typed.replace(" ", "")
    if not pinyin.looks_typed(letters):
        return
    joined = _joined(names)
    if (pattern := pinyin.pattern(letters, set(joined))) is not None:
        for at, offset in _rows(joined, pattern):
            _note(hits, at, How.NAME_HAS if offset else How.NAME_BEGINS)


def _note(hits: dict[int, How], at: int, how: How) -> None:
    hits[at] = min(how, hits.get(at, how))


def _joined(values: Sequence[str]) -> str:
    joined = END.join(values).lower()
    if joined.count(END) != len(values) - 1:
        joined = END.join(value.replace(END, " ") for value in values).lower()
    return joined


def _matches(values: Sequence[str], typed: str, whole: How, begins: How, has: How) -> Iterator[tuple[int, How]]:
    if not values:
        return
    joined = _joined(values)
    for row, _ in _rows(END + joined, re.compile(re.escape(END + typed))):
        yield row, whole if values[row].lower() == typed else begins
    for row, _ in _rows(joined, re.compile(re.escape(typed))):
        yield row, has


def _rows(joined: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the number of each value in which a pattern is found, and where in it; no more than `PER_CHUNK`."""
    row, start = 0, 0
    seen = -1
    for _, match in zip(range(PER_CHUNK), pattern.finditer(joined), strict=False):
        row += joined.count(END, start, match.start())
        start = match.start()
        if row != seen:
            seen = row
            yield row, match.start() - (joined.rfind(END, 0, match.start()) + 1)


def _with_words(columns: list[list[str]], words: list[str]) -> Iterator[int]:
    """Yield the numbers of the rows in which every word stands somewhere, by the rarest word first."""
    rows = [" ".join(values) for values in zip(*columns, strict=True)]
    joined = _joined(rows)
    rarest = max(words, key=lambda word: (joined.count(word) == 0, -joined.count(word)))
    for at, _ in _rows(joined, re.compile(re.escape(rarest))):
        text = rows[at].lower()
        if all(word in text for word in words):
            yield at
