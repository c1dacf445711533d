"""The rows of a table that are written to a file, and what was lost or changed on the way."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.language import Language
from geo.model import Column, Table
from geo.store.tables import Tables

Convert = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes longitudes and latitudes in degrees, shape (n, 2), and returns them in another datum."""

Shapes = NDArray[np.object_]

Loss = Literal["text_cut", "shape_too_long", "no_day", "control", "no_place"]
"""What may be lost: the end of a text, a shape, a day that is none, a control character, a row without a place."""


@dataclass(frozen=True)
class Chosen:
    """Rows to write.

    Attributes
    ----------
    tables
        The project that they belong to.
    table
        What they are.
    frame
        The rows, indexed by id.
    shapes
        Their geometries, shape (n,), None for a row without one; None for a table without shapes.
    lang
        The language of titles, names and notes.
    convert
        What brought the geometries into another datum; None where they are in WGS-84.
    losses
        How often something could not be written as it is.
    remarks
        What else the user should know of the file, in the language of the file.
    """

    tables: Tables
    table: Table
    frame: pd.DataFrame
    shapes: Shapes | None
    lang: Language
    convert: Convert | None = None
    losses: Counter[Loss] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.frame)

    def values(self, column: Column) -> list[Any]:
        """Return the cells of a column as plain values; None where a number is missing."""
        cells = self.frame[column.name]
        missing = cells.isna().to_numpy()
        values: list[Any] = cells.astype(object).tolist()
        return (
            [None if gone else value for value, gone in zip(values, missing, strict=True)] if missing.any() else values
        )

    @property
    def ids(self) -> list[str]:
        """Return the ids of the rows."""
        return [str(row) for row in self.frame.index]


def choose(
    tables: Tables, table: Table, ids: Collection[str] | None, lang: Language, convert: Convert | None = None
) -> Chosen:
    """Return the rows of a table to write, all of them or those of some ids, in the order of the table."""
    frame = tables.frame(table.name)
    if ids is not None:
        frame = frame.loc[frame.index.isin(list(ids))]
    shapes = converted(frame["geometry"].to_numpy(), convert) if table.shape else None
    return Chosen(tables, table, frame, shapes, lang, convert)


def converted(shapes: Any, convert: Convert | None) -> Shapes:
    """Return geometries, shape (n,), without heights, and in another datum where there is a conversion."""
    plain: Shapes = np.asarray(shapely.force_2d(np.asarray(shapes, dtype=object)), dtype=object)
    return plain if convert is None or not len(plain) else np.asarray(shapely.transform(plain, convert), dtype=object)
