"""A column of points kept as their coordinates: sixteen bytes each in place of two hundred.

Geometries of shapely are made of them where somebody asks for some, and not kept. A frame with such a column is a
GeoDataFrame as any other; only who goes through all points of a long table should ask for `lonlat_of` or look at them
in stretches.
"""

import weakref
from collections.abc import Iterator, Sequence
from typing import Any, Self

import geopandas as gpd
import numpy as np
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.store.geometry import AT_ONCE, Lonlat, Shapes, shapes_of

LONG = 50_000
"""Rows from which points are kept as coordinates."""


class PointArray(GeometryArray):  # type: ignore[misc]
    """Behave as a GeometryArray of points of two dimensions, some of them missing.

    Parameters
    ----------
    lonlat
        Shape (n, 2), not numbers where there is no point; it is taken over.
    crs
        As geopandas takes it.
    """

    def __init__(self, lonlat: Lonlat, crs: Any = None) -> None:
        self.lonlat = lonlat
        self._made: weakref.ref[Shapes] | None = None
        self._crs = None
        self.crs = crs
        self._sindex = None

    @property
    def _data(self) -> Shapes:
        """Return all points; they are kept for as long as somebody holds them."""
        made = None if self._made is None else self._made()
        if made is None:
            made = shapes_of(self.lonlat)
            made.flags.writeable = False  # it would be written to in vain
            self._made = weakref.ref(made)
        return made

    def _like(self, lonlat: Lonlat) -> Any:
        """Return some of the points, as geometries where they are few."""
        if len(lonlat) >= LONG:
            return type(self)(lonlat, self._crs)
        return GeometryArray(shapes_of(lonlat), self._crs)

    @property
    def size(self) -> int:
        """Return how many rows there are."""
        return len(self.lonlat)

    @property
    def shape(self) -> tuple[int]:
        """Return how many rows there are, in a tuple."""
        return (len(self.lonlat),)

    @property
    def nbytes(self) -> int:
        """Return what the coordinates take."""
        return self.lonlat.nbytes

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, int | np.integer):
            lon, lat = self.lonlat[at].tolist()
            return None if lon != lon else shapely.Point(lon, lat)  # noqa: PLR0124  a missing one is not a number
        if isinstance(at, slice) and at == slice(None):
            return self.view()
        return self._like(self.lonlat[gpd.array.pd.api.indexers.check_array_indexer(self, at)])

    def __setitem__(self, at: Any, value: Any) -> None:
        shapes = np.asarray(value.array if hasattr(value, "array") else value, dtype=object)
        lonlat = lonlat_if_points(shapes.reshape(-1))
        if lonlat is None:
            raise TypeError("a column of points takes nothing but points")
        self.lonlat[at] = lonlat if shapes.ndim else lonlat[0]
        self._made = self._sindex = None

    def __iter__(self) -> Iterator[BaseGeometry | None]:
        for start in range(0, len(self.lonlat), AT_ONCE):
            yield from shapes_of(self.lonlat[start : start + AT_ONCE]).tolist()

    def __getstate__(self) -> Any:
        return self.lonlat, self._crs

    def __setstate__(self, state: Any) -> None:
        self.lonlat, self._crs = state
        self._made = self._sindex = None

    def view(self, dtype: Any = None) -> Self:
        """Return the same points as another array."""
        if dtype is not None:
            raise NotImplementedError(dtype)
        same = type(self)(self.lonlat, self._crs)
        same._made, same._sindex = self._made, self._sindex
        return same

    def copy(self, *_args: Any, **_kwargs: Any) -> Self:
        """Return the points once more."""
        return type(self)(self.lonlat.copy(), self._crs)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:
        """Return the points of some rows, -1 for what `fill_value` says, as pandas has it."""
        rows = np.asarray(indices, dtype=np.intp)
        if not allow_fill:
            return self._like(self.lonlat.take(rows, axis=0))
        if fill_value is not None and not gpd.array.isna(fill_value):
            return GeometryArray(self._data, self._crs).take(rows, allow_fill=True, fill_value=fill_value)
        if len(rows) and (rows.min() < -1 or rows.max() >= len(self.lonlat)):
            raise IndexError("out of bounds") if rows.max() >= len(self.lonlat) else ValueError("negative rows")
        found = np.full((len(rows), 2), np.nan)
        found[rows >= 0] = self.lonlat[rows[rows >= 0]]
        return self._like(found)

    def fillna(self, *args: Any, **kwargs: Any) -> Any:
        """Return the points as geometries, others in place of the missing ones, as pandas has it."""
        return GeometryArray(shapes_of(self.lonlat), self._crs).fillna(*args, **kwargs)

    def isna(self) -> NDArray[np.bool_]:
        """Return which points are missing."""
        return np.isnan(self.lonlat[:, 0])

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """Return that none is empty: a point without coordinates is missing."""
        return np.zeros(len(self.lonlat), dtype=bool)

    @property
    def x(self) -> Lonlat:
        """Return the longitudes."""
        return self.lonlat[:, 0].copy()

    @property
    def y(self) -> Lonlat:
        """Return the latitudes."""
        return self.lonlat[:, 1].copy()

    @property
    def bounds(self) -> Lonlat:
        """Return the box of each point, shape (n, 4)."""
        return np.hstack([self.lonlat, self.lonlat])

    @property
    def total_bounds(self) -> Lonlat:
        """Return the box of all points, not numbers where there is none."""
        there = self.lonlat[~self.isna()]
        return np.concatenate([there.min(axis=0), there.max(axis=0)]) if len(there) else np.full(4, np.nan)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[GeometryArray]) -> Any:
        if all(isinstance(one, PointArray) for one in to_concat):
            return cls(np.concatenate([one.lonlat for one in to_concat]), to_concat[0].crs)
        return GeometryArray._concat_same_type(to_concat)


def lonlat_of(array: Any) -> Lonlat:
    """Return the coordinates of the points of a column, shape (n, 2), not numbers where there is none; only to read."""
    if isinstance(array, PointArray):
        return array.lonlat
    shapes = np.asarray(array, dtype=object)
    lonlat = np.full((len(shapes), 2), np.nan)
    for start in range(0, len(shapes), AT_ONCE):
        found, rows = shapely.get_coordinates(shapes[start : start + AT_ONCE], return_index=True)
        lonlat[start + rows] = found
    return lonlat


def missing(array: Any, part: slice) -> NDArray[np.bool_]:
    """Return which rows in a stretch of a column have no place, be it that their geometry is an empty one."""
    if isinstance(array, PointArray):
        return np.isnan(array.lonlat[part, 0])
    some = np.asarray(array[part], dtype=object)
    gone: NDArray[np.bool_] = shapely.is_missing(some) | shapely.is_empty(some)
    return gone


def lonlat_if_points(shapes: Shapes) -> Lonlat | None:
    """Return the coordinates of geometries; None if one is no plain point, such as an empty one or one with a height.

    Raises
    ------
    TypeError
        If something else is among them.
    """
    lonlat = np.full((len(shapes), 2), np.nan)
    for start in range(0, len(shapes), AT_ONCE):
        some = shapes[start : start + AT_ONCE]
        there = ~shapely.is_missing(some)
        is_plain = (shapely.get_type_id(some) == shapely.GeometryType.POINT) & (
            shapely.get_coordinate_dimension(some) == 2
        )
        found = shapely.get_coordinates(some[there])
        if not is_plain[there].all() or len(found) != there.sum() or np.isnan(found[:, 0]).any():
            return None
        lonlat[start : start + AT_ONCE][there] = found
    return lonlat
