"""Where the rows of a ledger lie: from its columns or shapes, in whatever datum, to geometries in WGS-84."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import datum
from geo.exchange import cells
from geo.exchange.columns import WKT
from geo.exchange.ledger import Ledger, is_empty
from geo.language import tr
from geo.model import Table

Blame = Callable[[int, str, object, str], None]
"""Told of a cell that cannot be used: place of the row, field, cell, reason."""


@dataclass(frozen=True)
class Places:
    """The geometries of all rows, None for none, and the points as they stand in the file."""

    shapes: NDArray[np.object_]
    given: NDArray[np.float64]


def places(ledger: Ledger, table: Table, mapping: Mapping[str, str], name: str, blame: Blame) -> Places:
    """Return where each row lies.

    Parameters
    ----------
    ledger
        The rows.
    table
        Where they go; its shape is what they get.
    mapping
        Titles by field; columns of coordinates go before shapes of the file.
    name
        The datum of the coordinates, as `geo.datum.parse` gives it.
    blame
        Told of what cannot be used.
    """
    if table.shape == "Point" and {"longitude", "latitude", "lonlat"} & mapping.keys():
        given = _from_columns(ledger, mapping, blame)
    elif ledger.shapes is not None and table.shape == "Point":
        given = _middles(ledger.shapes)
    else:
        none = np.full((len(ledger), 2), np.nan)
        shapes = _from_text(ledger, mapping, blame) if WKT in mapping else ledger.shapes
        if table.shape is None or shapes is None:
            return Places(np.full(len(ledger), None, dtype=object), none)
        return Places(_areas_or_lines(shapes, table, name, blame), none)
    wgs = datum.to_wgs84(given, name)
    return Places(_points(wgs, given, blame), given)


def _from_columns(ledger: Ledger, mapping: Mapping[str, str], blame: Blame) -> NDArray[np.float64]:
    if "lonlat" in mapping:
        pairs = [(np.nan, np.nan)] * len(ledger)
        for at, cell in enumerate(ledger.column(mapping["lonlat"])):
            if is_empty(cell):
                continue
            try:
                pairs[at] = cells.pair(cell)
            except ValueError as error:
                blame(at, "lonlat", cell, str(error))
        return np.array(pairs, dtype=np.float64).reshape(-1, 2)
    given = np.full((len(ledger), 2), np.nan)
    both = [ledger.column(mapping[f]) if f in mapping else [None] * len(ledger) for f in ("longitude", "latitude")]
    for at, (lon, lat) in enumerate(zip(*both, strict=True)):
        if is_empty(lon) and is_empty(lat):
            continue
        for side, field, cell in ((0, "longitude", lon), (1, "latitude", lat)):
            try:
                given[at, side] = cells.degrees(cell)
            except ValueError as error:
                blame(at, field, cell, str(error))
    return given


def _from_text(ledger: Ledger, mapping: Mapping[str, str], blame: Blame) -> NDArray[np.object_]:
    shapes = np.full(len(ledger), None, dtype=object)
    for at, cell in enumerate(ledger.column(mapping[WKT])):
        if is_empty(cell):
            continue
        try:
            shapes[at] = shapely.force_2d(shapely.from_wkt(str(cell)))
        except shapely.errors.GEOSException:
            blame(at, WKT, cell, tr("is no shape as text; write it like POLYGON ((113.2 23.1, …))"))
    return shapes


def _middles(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return a point for each shape: itself, or one on a line or inside an area."""
    points = np.full((len(shapes), 2), np.nan)
    there = np.array([shape is not None for shape in shapes], dtype=bool)
    if there.any():
        on = shapely.point_on_surface(shapes[there])
        points[there] = np.stack([shapely.get_x(on), shapely.get_y(on)], axis=1)
    return points


def _points(wgs: NDArray[np.float64], given: NDArray[np.float64], blame: Blame) -> NDArray[np.object_]:
    """Return points; those at 0, 0 are none, for that is what programs write that have no place."""
    there = ~np.isnan(given).any(axis=1) & ~(given == 0).all(axis=1)
    with np.errstate(invalid="ignore"):
        sound = there & (np.abs(wgs[:, 0]) <= 180) & (np.abs(wgs[:, 1]) <= 90)
    for at in np.flatnonzero(there & ~sound):
        east, north = given[at]
        if max(abs(east), abs(north)) > 360:
            reason = tr("is in metres, not degrees; choose the EPSG number of the map as datum")
        elif abs(east) > 180:
            reason = tr("is no longitude: it lies outside the world")
        elif abs(east) <= 90:
            reason = tr("is no latitude; longitude and latitude may be swapped")
        else:
            reason = tr("is no latitude: it lies outside the world")
        field, value = ("longitude", east) if abs(east) > 180 else ("latitude", north)
        blame(int(at), field, f"{value:.10g}", reason)
    shapes = np.full(len(wgs), None, dtype=object)
    shapes[sound] = shapely.points(wgs[sound])
    return shapes


def _areas_or_lines(given: NDArray[np.object_], table: Table, name: str, blame: Blame) -> NDArray[np.object_]:
    moved = shapely.transform(given, lambda xy: datum.to_wgs84(xy, name))
    shapes = np.full(len(moved), None, dtype=object)
    for at, shape in enumerate(moved):
        if shape is None:
            continue
        try:
            shapes[at] = _fitted(shape, table.shape == "MultiPolygon")
        except ValueError as error:
            blame(at, "geometry", shape.geom_type, str(error))
    return shapes


def _fitted(shape: shapely.Geometry, wants_area: bool) -> shapely.Geometry:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise ValueError(tr("has coordinates that are no numbers"))
    kind = ("Polygon", "MultiPolygon") if wants_area else ("LineString", "LinearRing", "MultiLineString")
    if wants_area and not shapely.is_valid(shape):
        shape = shapely.make_valid(shape)
    parts = [
        part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type in kind and not part.is_empty
    ]
    if not parts:
        raise ValueError(tr("is no area") if wants_area else tr("is no line"))
    if wants_area:
        return shapely.MultiPolygon(parts)
    merged = (
        shapely.line_merge(shapely.MultiLineString(parts)) if len(parts) > 1 else shapely.LineString(parts[0].coords)
    )
    if merged.geom_type != "LineString":
        raise ValueError(tr("is more than one line"))
    return merged
