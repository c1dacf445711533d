"""Names much like a given one, found among a hundred thousand by the pairs of letters they share."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from geo.places.names import told_apart

_START, _END = "\x02", "\x03"
_TOO_COMMON = 0.02
"""A pair of letters in more than this share of the names is left out while rarer ones are there."""


class Similar:
    """Index keys of names by their pairs of neighbouring letters, weighed by how rare each pair is.

    Parameters
    ----------
    keys
        As `geo.places.names.loose_key` gives them; they may repeat.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        pairs, owners = _pairs(self._keys)
        order = np.lexsort((owners, pairs))
        pairs, owners = pairs[order], owners[order]
        fresh = np.ones(len(pairs), dtype=bool)
        fresh[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
        pairs, self._owners = pairs[fresh], owners[fresh]
        self._codes, self._starts, counts = np.unique(pairs, return_index=True, return_counts=True)
        self._ends = self._starts + counts
        self._weights = np.log1p(max(len(self._keys), 1) / counts)
        lengths = np.bincount(self._owners, np.repeat(self._weights, counts) ** 2, minlength=len(self._keys))
        self._lengths = np.sqrt(lengths)
        self._common = max(500, int(_TOO_COMMON * len(self._keys)))

    def near(self, key: str, count: int = 6, least: float = 0.6) -> list[tuple[int, float]]:
        """Return the places of up to `count` keys alike, best first, with a likeness from `least` to 1.

        Keys that differ in a number, direction or size are never alike, see `told_apart`.
        """
        found = self._sharing(key)
        if found is None:
            return []
        places, scores = found
        best = places[np.argsort(-scores, kind="stable")[: 4 * count]]
        alike = []
        matcher = SequenceMatcher(None, b=key, autojunk=False)
        for place in best.tolist():
            other = self._keys[place]
            matcher.set_seq1(other)
            if matcher.quick_ratio() >= least and not told_apart(key, other):
                likeness = matcher.ratio()
                if likeness >= least:
                    alike.append((place, likeness))
        return sorted(alike, key=lambda one: -one[1])[:count]

    def _sharing(self, key: str) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """Return the keys that share a pair with a key, and the cosine of the weighed pairs of each with it."""
        if not len(self._codes) or not key:
            return None
        codes = np.unique(_pairs([key])[0])
        at = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        at = at[self._codes[at] == codes]
        sizes = self._ends[at] - self._starts[at]
        rare = sizes <= self._common
        at = at[rare] if rare.any() else at[np.argsort(sizes)[:1]]
        if not len(at):
            return None
        owners = np.concatenate([self._owners[self._starts[i] : self._ends[i]] for i in at])
        weights = np.repeat(self._weights[at] ** 2, self._ends[at] - self._starts[at])
        places, inverse = np.unique(owners, return_inverse=True)
        return places, np.bincount(inverse, weights) / self._lengths[places]


def _pairs(keys: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the code of every pair of neighbouring letters, ends of words included, and which key it is of."""
    text = "".join(f"{_START}{key}{_END}" for key in keys)
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not len(letters):
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    lengths = np.array([len(key) + 2 for key in keys])
    owner = np.repeat(np.arange(len(keys)), lengths)
    inside = owner[:-1] == owner[1:]
    codes = (letters[:-1] << np.uint64(32)) | letters[1:]
    return codes[inside], owner[:-1][inside]
