"""Expressions held against the sites of a project, all at once: which of them fulfil it."""

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.query import nodes
from geo.query.fields import Field, Fields
from geo.query.nodes import Node
from geo.store.rowset import mask_of

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Test = nodes.Empty | nodes.Compare | nodes.Between | nodes.Among | nodes.Like

ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class SiteColumns:
    """The columns of all sites, as arrays that are made when first asked for and then kept.

    Parameters
    ----------
    fields
        What they are.
    sites
        The table of sites.
    statuses
        What `geo.inspection.status.assess` says of them, in the same order.
    ready
        The ids that each ready word stands for.
    """

    def __init__(
        self, fields: Fields, sites: pd.DataFrame, statuses: pd.DataFrame, ready: Mapping[str, Collection[str]]
    ) -> None:
        self.fields = fields
        self.ids: pd.Index = sites.index
        self.ready = ready
        self._sites = sites
        self._statuses = statuses
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._texts: dict[str, Texts] = {}
        self._codes: dict[str, tuple[NDArray[np.intp], list[str]]] = {}

    def _column(self, name: str) -> pd.Series:
        column: pd.Series = (self._statuses if name in self._statuses else self._sites)[name]
        return column

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN for none."""
        if name not in self._numbers:
            self._numbers[name] = np.asarray(self._column(name).to_numpy(dtype=np.float64, na_value=np.nan))
        return self._numbers[name]

    def texts(self, name: str) -> Texts:
        """Return a column of texts, ``""`` for none."""
        if name not in self._texts:
            self._texts[name] = self._column(name).to_numpy(dtype=object)
        return self._texts[name]

    def codes(self, name: str) -> tuple[NDArray[np.intp], list[str]]:
        """Return a column of few different texts as numbers, and the texts that they stand for."""
        if name not in self._codes:
            codes, texts = pd.factorize(self.texts(name))
            self._codes[name] = codes.astype(np.intp), [str(text) for text in texts]
        return self._codes[name]

    # What holds

    def mask(self, node: Node) -> Mask:
        """Return for which sites a tree holds, shape (sites,)."""
        match node:
            case nodes.And(parts):
                return np.asarray(np.logical_and.reduce([self.mask(part) for part in parts]))
            case nodes.Or(parts):
                return np.asarray(np.logical_or.reduce([self.mask(part) for part in parts]))
            case nodes.Not(part):
                return ~self.mask(part)
            case nodes.Ready(name):
                return mask_of(self.ready[name], self.ids)
            case nodes.CompareColumns():
                return self._compare_columns(node)
            case nodes.Empty() | nodes.Compare() | nodes.Between() | nodes.Among() | nodes.Like():
                return self._test(node)

    def _test(self, node: Test) -> Mask:
        field = self.fields[node.column]
        if field.type == "number":
            return _of_numbers(node, self.numbers(field.name))
        if field.type == "text":
            return self._test_texts(node, field)
        holds = _text_test(node, field)
        codes, texts = self.codes(field.name)
        return np.fromiter(map(holds, texts), dtype=np.bool_, count=len(texts))[codes]

    def _test_texts(self, node: Test, field: Field) -> Mask:
        texts: Iterable[str] = self.texts(field.name)
        number = len(self.ids)
        if isinstance(node, nodes.Compare) and node.order == "=":
            return np.asarray(self.texts(field.name) == node.value, dtype=np.bool_)
        if isinstance(node, nodes.Like) and (plain := _plain(node.pattern)):
            # Three times as fast as the same by a regular expression.
            part, test = plain
            if part.lower() != part.upper():
                part, texts = part.lower(), map(str.lower, texts)
            return np.fromiter(map(test, texts, repeat(part)), dtype=np.bool_, count=number)
        return np.fromiter(map(_text_test(node, field), texts), dtype=np.bool_, count=number)

    def _compare_columns(self, node: nodes.CompareColumns) -> Mask:
        order = ORDERS[node.order]
        if self.fields[node.column].type == "number":
            return np.asarray(order(self.numbers(node.column), self.numbers(node.other)), dtype=np.bool_)
        one, other = self.texts(node.column), self.texts(node.other)
        return np.asarray(order(one, other) & (one != "") & (other != ""), dtype=np.bool_)


def _of_numbers(node: Node, numbers: NDArray[np.float64]) -> Mask:
    match node:
        case nodes.Compare(_, order, value):
            return np.asarray(ORDERS[order](numbers, value), dtype=np.bool_)
        case nodes.Between(_, low, high):
            return (numbers >= float(low)) & (numbers <= float(high))
        case nodes.Among(_, values):
            return np.isin(numbers, np.array(list(values), dtype=np.float64))
        case _:
            return np.isnan(numbers)


def _text_test(node: Node, field: Field) -> Callable[[str], bool]:
    """Return the test of one text; dates are ISO, so that their order is that of the texts."""
    match node:
        case nodes.Compare(_, "=", value):
            return str(value).__eq__
        case nodes.Compare(_, order, value):
            stands = ORDERS[order]
            return lambda text: text != "" and stands(text, value)
        case nodes.Between(_, low, high):
            return lambda text: text != "" and str(low) <= text <= str(high)
        case nodes.Among(_, values):
            return values.__contains__
        case nodes.Like(_, pattern):
            return _like(pattern, field)
        case _:
            return operator.not_


def _like(pattern: str, field: Field) -> Callable[[str], bool]:
    matches = like(pattern)
    if field.type != "choice":
        return matches
    # Of a choice the reader knows the titles.
    titles = field.titles_of
    return lambda text: text != "" and any(map(matches, titles.get(text, (text,))))


def like(pattern: str) -> Callable[[str], bool]:
    """Return the test whether a text is like a pattern; nothing is like no pattern."""
    parts = _pieces(pattern)
    source = "".join(".*" if part is ANY else "." if part is ONE else re.escape(str(part)) for part in parts)
    whole = re.compile(source, re.IGNORECASE | re.DOTALL).fullmatch
    return lambda text: text != "" and whole(text) is not None


def _plain(pattern: str) -> tuple[str, Callable[[str, str], bool]] | None:
    """Return the text that a pattern looks for anywhere, at the start or at the end, and that test; None for others."""
    parts = _pieces(pattern)
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) != 1 or ONE in parts:
        return None
    tests: dict[tuple[bool, bool], Callable[[str, str], bool]] = {
        (True, True): operator.contains,
        (False, True): str.startswith,
        (True, False): str.endswith,
    }
    test = tests.get((parts[0] is ANY, parts[-1] is ANY))
    return None if test is None else (texts[0], test)


ANY, ONE = object(), object()


def _pieces(pattern: str) -> list[object]:
    """Return a pattern as texts, `ANY` and `ONE`; a backslash takes the next character literally."""
    pieces: list[object] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            at += 1
            character = pattern[at]
        elif character in "%_":
            pieces.append(ANY if character == "%" else ONE)
            at += 1
            continue
        if pieces and isinstance(pieces[-1], str):
            pieces[-1] += character
        else:
            pieces.append(character)
        at += 1
    return pieces
