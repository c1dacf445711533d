"""Tables in memory: frames whose columns have the types that `geo.model` names, patched edit by edit."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.model import TABLES, Column, Table
from geo.store.edits import RowChange

CRS = "EPSG:4326"

DTYPES = {"int": "Int64", "real": "float64", "bool": "bool"}


def build(table: Table, ids: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of a table from its columns; nulls become what stands for nothing there."""
    index = pd.Index(list(ids), name="id", dtype="str")
    data = {column.name: _series(column, columns[column.name], index) for column in table.columns}
    if table.shape is None:
        return pd.DataFrame(data, index=index)
    geometry = gpd.GeoSeries(np.array(columns["geometry"], dtype=object), index=index, crs=CRS)
    frame: pd.DataFrame = gpd.GeoDataFrame(data, index=index, geometry=geometry)
    return frame


NUMBERS: dict[str, type | tuple[type, ...]] = {"int": int, "real": (int, float), "bool": int}


def first_misfit(column: Column, values: Sequence[Any]) -> int | None:
    """Return the place of the first value that another program wrote and the column cannot hold; None if all fit."""
    wanted = NUMBERS.get(column.type, (str, int, float))
    for at, value in enumerate(values):
        if value is not None and not isinstance(value, wanted):
            return at
        if column.type == "json" and value and not _is_json(value):
            return at
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
        values = ["" if value is None else str(value) for value in values]
    elif dtype == "bool":
        values = [bool(value) for value in values]
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
    position = frame.index.get_loc(row_id)
    return {str(name): plain(frame[name].array[position]) for name in frame.columns}


def patched(frame: pd.DataFrame, table: Table, changes: Iterable[RowChange]) -> pd.DataFrame:
    """Return a frame with the changes of one edit made to it; the frame given stays as it is."""
    inserted: dict[str, dict[str, Any]] = {}
    updated: dict[str, dict[str, Any]] = {}
    deleted: set[str] = set()
    for change in changes:
        if change.after is None:
            inserted.pop(change.id, None)
            updated.pop(change.id, None)
            deleted.add(change.id)
        elif change.before is None:
            inserted[change.id] = dict(change.after)
        else:
            inserted.get(change.id, updated.setdefault(change.id, {})).update(change.after)
    if deleted:
        frame = frame.loc[~frame.index.isin(deleted)]
    updated = {row_id: values for row_id, values in updated.items() if row_id not in inserted}
    if updated:
        frame = _with_updates(frame, table, updated)
    if inserted:
        rows = {name: [values[name] for values in inserted.values()] for name in _names(table)}
        new = build(table, list(inserted), rows)
        frame = pd.concat([frame, new]) if len(frame) else new
    return frame


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns] + (["geometry"] if table.shape else [])


def _with_updates(frame: pd.DataFrame, table: Table, updated: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    frame = frame.copy()
    for name in _names(table):
        ids = [row_id for row_id, values in updated.items() if name in values]
        if not ids:
            continue
        positions = frame.index.get_indexer(pd.Index(ids))
        values = [updated[row_id][name] for row_id in ids]
        if name == "geometry":
            shapes = np.array(frame[name].array, dtype=object)
            shapes[positions] = values
            frame[name] = gpd.GeoSeries(shapes, index=frame.index, crs=CRS)
            continue
        new = _series(table.column(name), values, pd.Index(ids))
        column = frame[name].copy()
        column.iloc[positions] = new.array
        frame[name] = column
    return frame


def empty(name: str) -> pd.DataFrame:
    """Return a frame of a table without rows."""
    table = TABLES[name]
    return build(table, [], {column: [] for column in _names(table)})
