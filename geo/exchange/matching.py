"""Which rows of a ledger are rows of the project already: by id, by code, or by name and place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.exchange.ledger import plain_title
from geo.projection import ground_metres, to_mercator

SAME_PLACE_M = 50.0
"""Rows of one name count as one site up to this distance."""


def match(frame: pd.DataFrame, values: Mapping[str, Sequence[Any]], shapes: NDArray[np.object_]) -> list[str]:
    """Return for each row of a ledger the id of the row of the project that it is, empty for a new one.

    A row that states an id or a code is matched by that alone, so that two branches of one name stay two. A row
    without matches the one of its name that lies within `SAME_PLACE_M`, or that says the same address, or, where
    neither is told, the only one of that name.

    Parameters
    ----------
    frame
        The table of the project.
    values
        The values read from the ledger, by field.
    shapes
        Where the rows lie, None for nowhere.
    """
    count = len(shapes)
    ids = set(frame.index)
    codes = _first(frame, "code")
    same_name = _by_name(frame)
    nothing = [""] * count
    stated, coded, names = (values.get(field, nothing) for field in ("id", "code", "name"))
    found = []
    for at in range(count):
        if stated[at]:
            found.append(stated[at] if stated[at] in ids else "")
        elif coded[at] and codes:
            found.append(codes.get(coded[at], ""))
        elif names[at] and (near := same_name.get(plain_title(names[at]))):
            found.append(_same_place(frame, near, values, shapes, at))
        else:
            found.append("")
    return found


def _first(frame: pd.DataFrame, column: str) -> dict[str, str]:
    if column not in frame:
        return {}
    pairs = zip(frame[column].tolist()[::-1], frame.index.tolist()[::-1], strict=True)
    return {value: row_id for value, row_id in pairs if value}


def _by_name(frame: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if "name" in frame:
        for name, row_id in zip(frame["name"].tolist(), frame.index.tolist(), strict=True):
            if plain := plain_title(name):
                found[plain].append(row_id)
    return found


def _same_place(
    frame: pd.DataFrame, ids: list[str], values: Mapping[str, Sequence[Any]], shapes: NDArray[np.object_], at: int
) -> str:
    rows = frame.loc[ids]
    stated = values.get("address")
    if stated is not None and stated[at]:
        same = [i for i, text in zip(ids, rows["address"], strict=True) if plain_title(text) == plain_title(stated[at])]
        if len(same) == 1:
            return same[0]
    if "geometry" not in rows or shapes[at] is None or shapes[at].geom_type != "Point":
        return ids[0] if len(ids) == 1 else ""
    here = shapely.get_coordinates(shapes[at])
    placed = [(i, shape) for i, shape in zip(ids, rows["geometry"].to_numpy(), strict=True) if shape is not None]
    if not placed:
        return ids[0] if len(ids) == 1 else ""
    there = np.array([shapely.get_coordinates(shape)[0] for _, shape in placed])
    metres = np.hypot(*(to_mercator(there) - to_mercator(here)).T) * ground_metres(float(here[0, 1]))
    nearest = int(np.argmin(metres))
    return placed[nearest][0] if metres[nearest] <= SAME_PLACE_M else ""
