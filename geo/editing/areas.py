"""Closures and areas drawn on the map: whether a ring bounds one, and the edits that add, reshape and delete one."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import geodesic
from geo.errors import XunluError
from geo.language import tr
from geo.model import AREAS
from geo.projection import to_lonlat, to_mercator
from geo.store.edits import Edit, delete, edit, insert, update
from geo.store.tables import Tables, name_of

Drawn = Literal["closures", "areas"]
DRAWN: tuple[Drawn, ...] = ("closures", "areas")
"""The tables whose shapes are drawn by hand."""

Rings = list[list[NDArray[np.float64]]]
"""The parts of an area; of each the rings, the outer one first: corners, shape (n, 2), the first not repeated."""

SAME_PLACE = 1e-6
"""Corners no farther apart than this, in EPSG:3857 metres, are one."""


def trouble(xy: ArrayLike) -> str:
    """Return why a ring bounds no area, in words; empty if it does.

    Parameters
    ----------
    xy
        Its corners in EPSG:3857 metres, shape (n, 2), the first one not repeated.
    """
    corners = _distinct(np.asarray(xy, dtype=np.float64).reshape(-1, 2))
    if len(corners) < 3:
        return tr("An area needs three corners at least.")
    if not shapely.is_valid(shapely.Polygon(corners)):
        return tr("The outline crosses or touches itself.")
    return ""


def _distinct(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corners without those that repeat the one before."""
    if len(corners) < 2:
        return corners
    moved = np.hypot(*(corners - np.roll(corners, 1, axis=0)).T) > SAME_PLACE
    return corners[moved] if moved.any() else corners[:1]


def trouble_in(rings: Rings) -> str:
    """Return why the rings of an area, in EPSG:3857 metres, bound none, in words; empty if they do."""
    for part in rings:
        for ring in part:
            if words := trouble(ring):
                return words
    if not shapely.is_valid(_area(rings)):
        return tr("The parts of the area overlap.")
    return ""


def shape_of(rings: Rings) -> shapely.MultiPolygon:
    """Return the area in degrees of rings in EPSG:3857 metres.

    Raises
    ------
    XunluError
        If the rings bound no area.
    """
    if words := trouble_in(rings):
        raise XunluError(words, tr("Move a corner, or take one back."))
    shape: shapely.MultiPolygon = shapely.transform(_area(rings), to_lonlat)
    return shape


def _area(rings: Rings) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [shapely.Polygon(_distinct(outer), [_distinct(hole) for hole in holes]) for outer, *holes in rings]
    )


def rings_of(shape: shapely.Geometry) -> Rings:
    """Return the rings of an area in degrees, in EPSG:3857 metres; the way back of `shape_of`."""
    return [
        [to_mercator(shapely.get_coordinates(ring)[:-1]) for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(shape)
        if not part.is_empty
    ]


def drawn_edit(tables: Tables, table: Drawn, xy: Sequence[tuple[float, float]], kind: str = "") -> tuple[str, Edit]:
    """Return the id of a new closure or area with a ring in EPSG:3857 metres, and the edit that makes it.

    A closure is in force from the project's day on, until somebody gives it an end.

    Raises
    ------
    XunluError
        If the ring bounds no area.
    """
    shape = shape_of([[np.asarray(xy, dtype=np.float64)]])
    values: dict[str, Any] = {"geometry": shape}
    if table == "closures":
        values |= {"name": tr("New closure"), "from_date": tables.today().isoformat()}
        change = insert(table, **values)
        return change.id, edit(tr("Draw a closure of {area}", area=_size(shape)), [change])
    change = insert(table, **values, **({"kind": kind} if kind else {}))
    return change.id, edit(tr("Draw an area of {area}", area=_size(shape)), [change])


def _size(shape: shapely.MultiPolygon) -> str:
    return geodesic.written_area(size_m2(shape))


def size_m2(shape: shapely.Geometry | None) -> float:
    """Return the square metres of an area in degrees, its holes taken off; 0 where there is none."""
    if shape is None:
        return 0.0
    inside = 0.0
    for part in shapely.get_parts(shape):
        for at, ring in enumerate(shapely.get_rings(part)):
            metres, _ = geodesic.area(shapely.get_coordinates(ring)[:-1])
            inside += metres if at == 0 else -metres
    return inside


def reshape_edit(tables: Tables, table: Drawn, row_id: str, rings: Rings) -> Edit:
    """Return the edit that gives a closure or area other rings, in EPSG:3857 metres.

    Raises
    ------
    XunluError
        If the row is gone, or the rings bound no area.
    """
    row = _row(tables, table, row_id)
    change = update(table, row_id, row, {"geometry": shape_of(rings)})
    return edit(tr("Change the outline of “{name}”", name=title_of(table, row)), [change])


def delete_edit(tables: Tables, table: Drawn, row_id: str) -> Edit:
    """Return the edit that deletes a closure or area; XunluError if it is gone already."""
    row = _row(tables, table, row_id)
    return edit(tr("Delete “{name}”", name=title_of(table, row)), [delete(table, row_id, row)])


def change_edit(tables: Tables, table: Drawn, row_id: str, column: str, value: Any) -> Edit:
    """Return the edit that gives a closure or area another value in one column.

    Raises
    ------
    XunluError
        If the row is gone, or a closure would end before it begins.
    """
    row = _row(tables, table, row_id)
    after = {**row, column: value}
    if table == "closures" and after["to_date"] and after["to_date"] < after["from_date"]:
        raise XunluError(
            tr("“{name}” would end on {end}, before it begins on {start}.", name=title_of(table, row),
               end=after["to_date"], start=after["from_date"]),
            tr("Change the other day first, or leave the end empty."),
        )  # fmt: skip
    title = tr("Change “{name}”", name=title_of(table, row))
    return edit(title, [update(table, row_id, row, {column: value})])


def title_of(table: Drawn, row: dict[str, Any]) -> str:
    """Return what a reader calls a closure or area: its name, else what kind of area it is."""
    return name_of(row) or (AREAS.column("kind").choice_title(row["kind"]) if table == "areas" else tr("Closure"))


def _row(tables: Tables, table: Drawn, row_id: str) -> dict[str, Any]:
    if row_id not in tables.frame(table).index:
        raise XunluError(tr("The area is no longer in the project."), tr("Choose another one."))
    return tables.row(table, row_id)
