"""Tables read from a GeoPackage in pieces: a million rows must neither stop the window beside it nor fill the memory.

Python runs one thread at a time, and a thread that is in the middle of one call into C does not let go. So nothing here
goes over a whole column at once but what takes a few milliseconds.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.model import Column, Table
from geo.progress import Report, silent
from geo.store import frames, geometry, points, rows, schema

FEW = 20_000
"""So many different texts of a column are worth keeping once each."""


def load(
    db: sqlite3.Connection, table: Table, path: Path, ids: Sequence[str] | None = None, report: Report = silent
) -> pd.DataFrame:
    """Return a table, or the rows of it that are given, as a frame by id; a GeoDataFrame where it has a shape.

    The caller holds a moment of the file, in which no rows are added.

    Raises
    ------
    XunluError
        If a cell holds what its column cannot, or a geometry cannot be read.
    """
    size = rows.count(db, table) if ids is None else len(ids)
    names = np.empty(size, dtype=object)
    blanks: dict[str, NDArray[np.object_]] = {}
    columns = [_reader(column, size, blanks) for column in table.columns]
    shapes = _Shapes(table, size)
    at = 0
    for piece in rows.pieces(db, table, rows.columns(table), ids):
        found, *cells = zip(*piece, strict=True)
        place = slice(at, at + len(found))
        # Another program may have written numbers.
        names[place] = found if {*map(type, found)} == {str} else list(map(str, found))
        for reader, values in zip(columns, cells, strict=False):
            misfit = reader.take(place, values)
            if misfit is not None:
                raise schema.misfit(path, table, reader.column, found[misfit], values[misfit])
        if table.shape:
            try:
                shapes.take(place, cells[-1])
            except (ValueError, shapely.errors.GEOSException) as error:
                raise schema.damaged(path) from error
        at += len(found)
        report(at / size, table.title())
    index = frames.index_of(names[:at])
    data = {reader.column.name: reader.done(at) for reader in columns}
    return frames.assemble(table, index, data, shapes.done(at))


class _Shapes:
    """Take the geometries of a table piece by piece; those of a long table of points stay coordinates."""

    def __init__(self, table: Table, size: int) -> None:
        self._stays = table.shape == "Point" and size >= points.LONG
        self._lonlat = np.full((size if self._stays else 0, 2), np.nan)
        self._cells = np.empty(size if table.shape and not self._stays else 0, dtype=object)

    def take(self, place: slice, blobs: Sequence[bytes | None]) -> None:
        """Set the cells of some rows; ValueError or GEOSException where a blob is no geometry."""
        found = geometry.lonlat_if_points(blobs) if self._stays else None
        if found is not None:
            self._lonlat[place] = found
            return
        if self._stays:  # another program has given a height or the like
            self._stays, self._cells = False, geometry.shapes_of(self._lonlat)
        self._cells[place] = geometry.decode_all(blobs)

    def done(self, size: int) -> Any:
        """Return the first cells, of which there may be fewer than was thought."""
        if self._stays:
            return points.PointArray(self._lonlat[:size], frames.CRS)
        return gpd.array.GeometryArray(self._cells[:size], frames.CRS)


class _Reader:
    """Take the values of a column piece by piece, and make them the array of a frame."""

    dtype: str = "object"

    def __init__(self, column: Column, size: int) -> None:
        self.column = column
        # Zeros that nobody writes to take no memory, and most whole numbers of most sites are null.
        self._cells: NDArray[Any] = np.zeros(size, dtype=self.dtype)

    def take(self, place: slice, values: Sequence[Any]) -> int | None:
        """Set the cells of some rows; return which is the first that the column cannot hold, None if all fit."""
        misfit = frames.first_misfit(self.column, values)
        if misfit is None:
            self._set(place, values)
        return misfit

    def _set(self, place: slice, values: Sequence[Any]) -> None:
        self._cells[place] = values

    def done(self, size: int) -> Any:
        """Return the first cells of the column, of which there may be fewer than was thought."""
        return self._cells[:size]


class _Texts(_Reader):
    """Texts; where few of them differ, as of kinds or risks, each is kept in memory once.

    Columns in which nothing stands share one array: nobody writes to one that somebody else holds.
    """

    def __init__(self, column: Column, size: int, blanks: dict[str, NDArray[np.object_]]) -> None:
        super().__init__(column, 0)
        self._known: dict[str, str] | None = {}
        self._size, self._blanks = size, blanks

    def take(self, place: slice, values: Sequence[Any]) -> int | None:
        """Set the cells of some rows; return which is the first that the column cannot hold, None if all fit."""
        # Most columns of most ledgers are empty, and counting takes a tenth of the time of the rest.
        nothing = values.count("") if self.column.empty == "" else 0
        if nothing + values.count(None) == len(values):
            return None
        return super().take(place, values)

    def _set(self, place: slice, values: Sequence[Any]) -> None:
        if set(map(type, values)) != {str}:
            values = [
                value if type(value) is str else self.column.empty if value is None else str(value) for value in values
            ]
        if self._known is not None:
            values = list(map(self._known.setdefault, values, values))
            if len(self._known) > FEW:
                self._known = None
        if not len(self._cells):
            self._cells = _filled(self._size, self.column.empty)
        self._cells[place] = values

    def done(self, size: int) -> Any:
        if not len(self._cells):
            empty = str(self.column.empty)
            if empty not in self._blanks:
                self._blanks[empty] = _filled(self._size, empty)
            self._cells = self._blanks[empty]
        return frames.texts(self._cells[:size])


def _filled(size: int, value: Any) -> NDArray[np.object_]:
    cells = np.empty(size, dtype=object)
    cells.fill(value)
    return cells


class _Whole(_Reader):
    """Whole numbers, some of them null."""

    dtype = "int64"

    def __init__(self, column: Column, size: int) -> None:
        super().__init__(column, size)
        self._nulls = np.ones(size, dtype=bool)

    def _set(self, place: slice, values: Sequence[Any]) -> None:
        nulls = values.count(None)
        if nulls == len(values):
            return
        self._nulls[place] = [value is None for value in values] if nulls else False
        self._cells[place] = [0 if value is None else value for value in values] if nulls else values

    def done(self, size: int) -> Any:
        return pd.arrays.IntegerArray(self._cells[:size], self._nulls[:size])


class _Real(_Reader):
    """Numbers, some of them null."""

    dtype = "float64"


class _Truths(_Reader):
    """Yes or no, the column's default where nothing is said."""

    dtype = "bool"

    def _set(self, place: slice, values: Sequence[Any]) -> None:
        self._cells[place] = [bool(self.column.empty if value is None else value) for value in values]


def _reader(column: Column, size: int, blanks: dict[str, NDArray[np.object_]]) -> _Reader:
    kinds: dict[str, type[_Reader]] = {"int": _Whole, "real": _Real, "bool": _Truths}
    kind = kinds.get(column.type)
    return _Texts(column, size, blanks) if kind is None else kind(column, size)
