"""Tables in memory: frames whose columns have the types that `geo.model` names, patched edit by edit."""

import itertools
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.model import TABLES, Column, Table
from geo.store import geometry, ids, points, spare
from geo.store.edits import Row, RowChange

CRS = "EPSG:4326"

_NO_TEXTS: Any = pd.array(np.empty(0, dtype=object), dtype="str")

DTYPES = {"int": "Int64", "real": "float64", "bool": "bool"}


def build(table: Table, row_ids: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of a table from its columns; nulls become what stands for nothing there."""
    index = _ids(row_ids)
    data = {column.name: _series(column, columns[column.name], index) for column in table.columns}
    if table.shape is None:
        return assemble(table, index, data)
    shapes = np.array(columns["geometry"], dtype=object)
    shapes[shapely.is_empty(shapes)] = None  # as they are read from the file
    lonlat = points.lonlat_if_points(shapes) if table.shape == "Point" and len(shapes) >= points.LONG else None
    kept = gpd.array.from_shapely(shapes, crs=CRS) if lonlat is None else points.PointArray(lonlat, CRS)
    return assemble(table, index, data, kept)


def assemble(table: Table, index: pd.Index, data: Mapping[str, Any], shapes: Any = None) -> pd.DataFrame:
    """Return a frame of a table from arrays of the types that its columns have, which it takes over."""
    frame = pd.DataFrame({column.name: data[column.name] for column in table.columns}, index=index, copy=False)
    if table.shape is None:
        return frame
    placed: pd.DataFrame = gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(shapes, index=index, crs=CRS, copy=False), copy=False
    )
    return placed


def texts(values: npt.NDArray[np.object_]) -> Any:
    """Return an array of strings, and nothing else, which it takes over, as a column of text."""
    # As in `_like`.
    return _NO_TEXTS._from_backing_data(values)


def index_of(row_ids: npt.NDArray[np.object_]) -> pd.Index:
    """Return the index of a table by its ids."""
    return ids.note(pd.Index(texts(row_ids), name="id", copy=False))


def _ids(row_ids: Collection[str]) -> pd.Index:
    """Return ids as an index; pandas would go through all of them, in which time no other thread runs."""
    cells = np.empty(len(row_ids), dtype=object)
    cells[:] = list(row_ids)
    index: pd.Index = pd.Index(texts(cells), name="id", copy=False)
    return index


NUMBERS: dict[str, set[type]] = {"int": {int}, "real": {int, float}, "bool": {int}}


def first_misfit(column: Column, values: Sequence[Any]) -> int | None:
    """Return the place of the first value that another program wrote and the column cannot hold; None if all fit."""
    wanted: set[type] = NUMBERS.get(column.type, {str, int, float})
    # By kinds and by different values first, of which there are few: a column has a hundred thousand cells.
    if wrong := {*map(type, values)} - wanted - {type(None)}:
        return next(at for at, value in enumerate(values) if type(value) in wrong)
    if column.type == "json" and (spoilt := {value for value in set(values) if value and not _is_json(value)}):
        return next(at for at, value in enumerate(values) if value in spoilt)
    return None


def _is_json(text: Any) -> bool:
    try:
        json.loads(text)
    except (TypeError, ValueError):
        return False
    return True


def _series(column: Column, values: Sequence[Any], index: pd.Index) -> pd.Series:
    dtype = DTYPES.get(column.type, "str")
    if dtype == "str":
        values = [column.empty if value is None else value for value in values]
        if set(map(type, values)) > {str}:
            values = [str(value) for value in values]
    elif dtype == "bool":
        values = [bool(column.empty if value is None else value) for value in values]
    return pd.Series(values, index=index, dtype=dtype)


def plain(value: Any) -> Any:
    """Return a cell as the plain Python value that an edit carries."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def row(frame: pd.DataFrame, row_id: str) -> dict[str, Any]:
    """Return one row of a frame as plain values by column, its geometry included; KeyError if there is none."""
    # All cells at once: to take out the columns one by one costs five times as much. As every table has texts, a row is
    # of objects, and no number in it becomes one of another kind.
    cells = frame.iloc[frame.index.get_loc(row_id)].array
    return {str(name): plain(cell) for name, cell in zip(frame.columns, cells, strict=True)}


def patched(frame: pd.DataFrame, table: Table, changes: Iterable[RowChange]) -> pd.DataFrame:
    """Return a frame with the changes of one edit made to it; the frame given stays as it is."""
    inserted: dict[str, Row] = {}
    updated: dict[str, dict[str, Any]] = {}
    deleted: set[str] = set()
    for change in changes:
        if change.after is None:
            inserted.pop(change.id, None)
            updated.pop(change.id, None)
            deleted.add(change.id)
        elif change.before is None:
            inserted[change.id] = change.after
        elif change.id in inserted:
            inserted[change.id] = {**inserted[change.id], **change.after}
        else:
            updated.setdefault(change.id, {}).update(change.after)
    before, gone = frame.index, np.empty(0, dtype=np.intp)
    if deleted:
        gone = np.unique(before.get_indexer(_ids(deleted)))
        gone = gone[gone >= 0]
    if len(gone):
        frame = _without(frame, table, gone)
    if updated:
        frame = _with_updates(frame, table, updated)
    if inserted:
        rows = {name: [values[name] for values in inserted.values()] for name in _names(table)}
        new = build(table, list(inserted), rows)
        frame = _with_rows(frame, table, new) if len(frame) else new
    if len(gone) or inserted:
        ids.follow(before, frame.index, gone, list(inserted))
    return frame


def _without(frame: pd.DataFrame, table: Table, gone: npt.NDArray[np.intp]) -> pd.DataFrame:
    rows = left_of(len(frame), gone)
    return _made(frame, table, _once(lambda array, _more: some_of(array, rows), itertools.repeat(None)))


def _with_rows(frame: pd.DataFrame, table: Table, new: pd.DataFrame) -> pd.DataFrame:
    added = [new.index.array, *(new[name].array for name in _names(table))]
    return _made(frame, table, _once(with_more, iter(added)))


def _once(make: Callable[[Any, Any], Any], added: Iterator[Any]) -> Callable[[Any], Any]:
    """Return what makes columns anew, just once of those that share an array and get one text in all rows added.

    Columns in which nothing stands share one as they were read from the file, and so they go on.
    """
    made: dict[tuple[int, object], Any] = {}

    def once(array: Any) -> Any:
        more = next(added)
        cells = _objects(array) if isinstance(array, pd.arrays.StringArray) else None
        if cells is None or not (more is None or _is_one_text(more)):
            return make(array, more)
        key = cells.ctypes.data, None if more is None else more[0]
        if key not in made:
            made[key] = make(array, more)
        return made[key]

    return once


def _is_one_text(array: Any) -> bool:
    cells = np.asarray(array, dtype=object)
    # Most columns differ in the first rows already.
    return len({*cells[:64].tolist()}) == 1 and len({*cells.tolist()}) == 1


def _made(frame: pd.DataFrame, table: Table, make: Callable[[Any], Any]) -> pd.DataFrame:
    """Return a frame whose index and columns, in this order, are made from those of another, one by one.

    pandas does it for all at once, in which time no other thread runs.
    """
    index = pd.Index(make(frame.index.array), name="id", copy=False)
    data = {column.name: make(frame[column.name].array) for column in table.columns}
    return assemble(table, index, data, make(frame["geometry"].array) if table.shape else None)


def _objects(array: Any) -> npt.NDArray[np.object_] | None:
    """Return the cells of a column of texts or shapes as they lie; None for others, also of points as coordinates."""
    is_of_objects = isinstance(array, (pd.arrays.StringArray, gpd.array.GeometryArray))
    is_of_objects &= not isinstance(array, points.PointArray)
    return np.asarray(array, dtype=object) if is_of_objects else None


def _like(array: Any, cells: npt.NDArray[np.object_]) -> Any:
    """Return cells as a column of the kind of another one; they are texts or shapes as it holds them."""
    if isinstance(array, gpd.array.GeometryArray):
        return gpd.array.GeometryArray(cells, crs=CRS)
    # pandas looks through all cells if asked in public; tests/geo/test_spare.py notices if this way changes.
    return array._from_backing_data(cells)


def left_of(size: int, gone: npt.NDArray[np.intp]) -> npt.NDArray[np.intp] | slice:
    """Return the places of the rows that are left where some, in order, go; a slice where these are the last ones."""
    # As when an addition is taken back, for which nothing is copied.
    is_end = not len(gone) or gone[0] == size - len(gone)
    return slice(size - len(gone)) if is_end else np.delete(np.arange(size), gone)


def some_of(array: Any, rows: npt.NDArray[np.intp] | slice) -> Any:
    """Return some rows of a column."""
    if isinstance(rows, slice):
        return array[rows]
    cells = _objects(array)
    return array.take(rows) if cells is None else _like(array, spare.taken(cells, rows))


def with_more(array: Any, more: Any) -> Any:
    """Return a column with another one of its kind at its end; the one given stays as it is."""
    if isinstance(array, points.PointArray):
        lonlat = points.lonlat_if_points(np.asarray(more, dtype=object))
        if lonlat is not None:
            return points.PointArray(np.concatenate([array.lonlat, lonlat]), CRS)
        array = gpd.array.GeometryArray(geometry.shapes_of(array.lonlat), CRS)
    cells = _objects(array)
    if cells is not None:
        return _like(array, spare.appended(cells, np.asarray(more, dtype=object).tolist()))
    return pd.concat([pd.Series(array, copy=False), pd.Series(more, copy=False)], ignore_index=True).array


def with_cells(array: Any, rows: npt.NDArray[np.intp], values: Sequence[Any]) -> Any:
    """Return a column with other values in some rows, which are of its kind; the one given stays as it is."""
    if isinstance(array, points.PointArray):
        shapes = np.array([*values, None], dtype=object)[:-1]
        shapes[shapely.is_empty(shapes)] = None
        lonlat = points.lonlat_if_points(shapes)
        if lonlat is not None:
            changed = array.copy()
            changed.lonlat[rows] = lonlat
            return changed
        array = gpd.array.GeometryArray(geometry.shapes_of(array.lonlat), CRS)
    cells = _objects(array)
    if cells is not None:
        return _like(array, spare.put(cells, rows, values))
    column = array.copy()
    column[rows] = values
    return column


def preparing(frame: pd.DataFrame) -> Iterator[None]:
    """Make ready, in short steps, for rows of a frame to change: without it the first change takes longer."""
    for name in frame.columns:
        cells = _objects(frame[name].array)
        if cells is not None:
            yield from spare.preparing(cells)


def objects_of(frame: pd.DataFrame) -> list[npt.NDArray[np.object_]]:
    """Return the columns of a frame that take long to be freed, for `geo.store.spare.dropping`."""
    arrays = (frame.index.array, *(frame[name].array for name in frame.columns))
    return [cells for array in arrays if (cells := _objects(array)) is not None]


def differences(
    frame: pd.DataFrame, table: Table, fresh: pd.DataFrame, row_ids: Iterable[str] | None = None
) -> list[RowChange]:
    """Return the changes that make a frame the fresh one, be it in all rows or in those whose ids are given."""
    known = frame if row_ids is None else frame.loc[frame.index.intersection(pd.Index(list(row_ids), dtype="str"))]
    gone = known.index.difference(fresh.index, sort=False)
    changes = [RowChange(table.name, row_id, values, None) for row_id, values in _rows(known, gone)]
    both = known.index.intersection(fresh.index, sort=False)
    old, new = known.loc[both], fresh.loc[both]
    differing = {name: _differ(old[name], new[name]) for name in _names(table)}
    for at in np.flatnonzero(np.logical_or.reduce(list(differing.values()))).tolist():
        names = [name for name, differs in differing.items() if differs[at]]
        before, after = ({name: plain(side[name].array[at]) for name in names} for side in (old, new))
        changes.append(RowChange(table.name, str(both[at]), before, after))
    added = fresh.index.difference(known.index, sort=False)
    return changes + [RowChange(table.name, row_id, None, values) for row_id, values in _rows(fresh, added)]


def _rows(frame: pd.DataFrame, row_ids: pd.Index) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give rows of a frame as `row` does, many at once."""
    names = [str(name) for name in frame.columns]
    some = frame.loc[row_ids]
    cells = zip(*([plain(value) for value in some[name].array] for name in names), strict=True)
    for row_id, values in zip(row_ids, cells, strict=True):
        yield str(row_id), dict(zip(names, values, strict=True))


def _differ(old: pd.Series, new: pd.Series) -> npt.NDArray[np.bool_]:
    """Return in which places two columns of the same rows differ; shape (rows,)."""
    if old.name == "geometry":
        a, b = np.asarray(old.array, dtype=object), np.asarray(new.array, dtype=object)
        return ~(shapely.equals_exact(a, b, 0.0) | (shapely.is_missing(a) & shapely.is_missing(b)))
    gone, absent = old.isna().to_numpy(), new.isna().to_numpy()
    equal: npt.NDArray[np.bool_] = pd.array(old.array == new.array, dtype="boolean").to_numpy(
        dtype=bool, na_value=False
    )
    return ~((equal & ~gone & ~absent) | (gone & absent))


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns] + (["geometry"] if table.shape else [])


def _with_updates(frame: pd.DataFrame, table: Table, updated: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    # The columns that stay are shared with the frame before.
    frame = frame.copy(deep=False)
    for name in _names(table):
        changed = [row_id for row_id, values in updated.items() if name in values]
        if not changed:
            continue
        positions = np.asarray(frame.index.get_indexer(pd.Index(changed, dtype="str")), dtype=np.intp)
        values = [updated[row_id][name] for row_id in changed]
        fresh = values if name == "geometry" else _series(table.column(name), values, pd.Index(changed)).array
        # A bare array would be copied once more.
        frame[name] = pd.Series(with_cells(frame[name].array, positions, fresh), index=frame.index, copy=False)
    return frame


def empty(name: str) -> pd.DataFrame:
    """Return a frame of a table without rows."""
    table = TABLES[name]
    return build(table, [], {column: [] for column in _names(table)})
