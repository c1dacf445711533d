"""Rows to be looked at as arrays, whether they are sites of a project or lines of a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.language import tr
from geo.places.names import key, loose_key, plain
from geo.places.plane import geometries
from geo.store.tables import Tables, name_of

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows as arrays, all of shape (n,) but `lonlat`, shape (n, 2), NaN where a row has no coordinates."""

    names: Sequence[str]
    codes: Sequence[str]
    lonlat: NDArray[np.float64]
    titles: Sequence[str]

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def placed(self) -> Flags:
        """Return which rows have both coordinates, be they on Earth or not."""
        return ~np.isnan(self.lonlat).any(axis=1)

    @cached_property
    def keys(self) -> list[str]:
        """Return the names without case, width and marks."""
        return _each(key, self.names)

    @cached_property
    def loose_keys(self) -> list[str]:
        """Return the names without what makes no other thing of it, see `geo.places.names.loose_key`."""
        return _each(loose_key, self.names)

    @cached_property
    def plain_codes(self) -> list[str]:
        """Return the codes without case, width and spaces."""
        return _each(lambda code: plain(code).casefold().replace(" ", ""), self.codes)


def _each(function: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    known = {text: function(text) for text in set(texts)}
    return [known[text] for text in texts]


def of_sites(tables: Tables) -> Rows:
    """Return the sites of a project as rows."""
    frame = tables.frame("sites")
    shapes = geometries(tables, "sites")
    lonlat = np.stack([shapely.get_x(shapes), shapely.get_y(shapes)], axis=1)
    names, english = frame["name"].tolist(), frame["name_en"].tolist()
    codes = frame["code"].tolist()
    titles = [
        name_of({"name": name, "name_en": other}) or code or tr("a site without a name")
        for name, other, code in zip(names, english, codes, strict=True)
    ]
    return Rows([name or other for name, other in zip(names, english, strict=True)], codes, lonlat, titles)
