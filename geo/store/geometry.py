"""Geometries as GeoPackage keeps them: a small header, then WKB (OGC 12-128r18, clause 2.1.3)."""

import math
import struct
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SRS = 4326

AT_ONCE = 16_384
"""Points made or read in one go: some milliseconds in which no other thread runs."""

Shapes = NDArray[np.object_]
Lonlat = NDArray[np.float64]

_HEADER = struct.Struct("<2sBBi")
_ENVELOPE = struct.Struct("<4d")
_ENVELOPE_BYTES = (0, 32, 48, 48, 64, 0, 0, 0)
_LITTLE_ENDIAN, _XY_ENVELOPE, _EMPTY = 0b1, 0b10, 0b10000
_POINT_HEADER = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN, SRS)
_EMPTY_HEADER = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN | _EMPTY, SRS)
_OTHER_HEADER = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN | _XY_ENVELOPE, SRS)
_POINT = b"\x01\x01\x00\x00\x00"
"""How the WKB of a little-endian point of two dimensions begins."""
_PLAIN_POINT = np.dtype([("head", "V13"), ("x", "<f8"), ("y", "<f8")])


def encode(geometry: BaseGeometry | None) -> bytes | None:
    """Return a geometry as a GeoPackage blob in EPSG:4326, with its envelope unless it is a point."""
    return encode_all([geometry])[0]


def encode_all(geometries: Sequence[BaseGeometry | None]) -> list[bytes | None]:
    """Return geometries as `encode` does, many at once."""
    shapes = np.array(geometries, dtype=object)
    wkbs = shapely.to_wkb(shapes, byte_order=1)
    points = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    empty = shapely.is_empty(shapes)
    if points.all() and not empty.any():
        return [_POINT_HEADER + wkb for wkb in wkbs]
    bounds = shapely.bounds(shapes)
    return [
        None if wkb is None else _header(bool(point), bool(nothing), edges) + wkb
        for wkb, point, nothing, edges in zip(wkbs, points, empty, bounds, strict=True)
    ]


def _header(point: bool, empty: bool, bounds: Sequence[float]) -> bytes:
    if empty:
        return _EMPTY_HEADER
    if point:
        return _POINT_HEADER
    west, south, east, north = bounds
    return _OTHER_HEADER + _ENVELOPE.pack(west, east, south, north)


def wkb_of(blob: bytes | None) -> bytes | None:
    """Return the WKB part of a GeoPackage blob.

    Raises
    ------
    ValueError
        If the blob is not a GeoPackage geometry.
    """
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def decode(blob: bytes | None) -> BaseGeometry | None:
    """Return the geometry of a GeoPackage blob."""
    wkb = wkb_of(blob)
    return None if wkb is None else shapely.from_wkb(wkb)


def decode_all(blobs: Sequence[bytes | None]) -> list[BaseGeometry | None]:
    """Return the geometries of blobs; None as well for an empty one, which QGIS writes for a row without a place.

    Raises
    ------
    ValueError, shapely.errors.GEOSException
        If a blob is not a GeoPackage geometry.
    """
    if (lonlat := lonlat_if_points(blobs)) is not None:
        return list(shapes_of(lonlat))
    shapes = shapely.from_wkb(np.array([wkb_of(blob) for blob in blobs], dtype=object))
    shapes[shapely.is_empty(shapes)] = None
    return list(shapes)


def lonlat_if_points(blobs: Sequence[bytes | None]) -> Lonlat | None:
    """Return the coordinates of blobs that are all points of the plainest form or None, as a million sites are.

    Returns
    -------
    array or None
        Shape (n, 2), not numbers for None; None if a blob is something else.
    """
    there = [blob for blob in blobs if blob is not None]
    lonlat = np.full((len(blobs), 2), np.nan)
    if not there:
        return lonlat
    if {type(blob) for blob in there} - {bytes} or {len(blob) for blob in there} != {_PLAIN_POINT.itemsize}:
        return None
    cells = np.frombuffer(b"".join(there), dtype=_PLAIN_POINT)
    if (cells["head"] != np.void(_POINT_HEADER + _POINT)).any() or np.isnan(cells["x"]).any():
        return None
    rows = slice(None) if len(there) == len(blobs) else [blob is not None for blob in blobs]
    lonlat[rows, 0], lonlat[rows, 1] = cells["x"], cells["y"]
    return lonlat


def shapes_of(lonlat: Lonlat) -> Shapes:
    """Return points of coordinates, shape (n, 2), None where these are not numbers; made in pieces."""
    shapes = np.empty(len(lonlat), dtype=object)
    for start in range(0, len(lonlat), AT_ONCE):
        some = lonlat[start : start + AT_ONCE]
        there = ~np.isnan(some[:, 0])
        shapes[start : start + AT_ONCE][there] = shapely.points(some[there])
    return shapes


def edges(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Return the west, south, east and north edge of a blob's geometry; None if it is empty.

    The header is trusted where it has an envelope, as SQLite asks for this four times for every row it writes.
    """
    if blob is None or len(blob) < 8 or blob[3] & _EMPTY:
        return None
    if blob[8:13] == _POINT and not blob[3] & 0b1110:
        lon, lat = struct.unpack_from("<2d", blob, 13)
        return None if math.isnan(lon) else (lon, lat, lon, lat)
    if blob[3] & 0b1110 and blob[3] & _LITTLE_ENDIAN:
        west, east, south, north = _ENVELOPE.unpack_from(blob, 8)
        return None if math.isnan(west) else (west, south, east, north)
    shape = decode(blob)
    return None if shape is None or shape.is_empty else shape.bounds


def _edge(index: int) -> Callable[[bytes | None], float | None]:
    """Return the SQL function that gives one edge of a blob's envelope (west, south, east, north)."""

    def function(blob: bytes | None) -> float | None:
        found = edges(blob)
        return None if found is None else found[index]

    return function


def _is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(edges(blob) is None)


SQL_FUNCTIONS: dict[str, Callable[[bytes | None], float | None]] = {
    "ST_IsEmpty": _is_empty,
    "ST_MinX": _edge(0),
    "ST_MinY": _edge(1),
    "ST_MaxX": _edge(2),
    "ST_MaxY": _edge(3),
}
"""What the triggers call that GDAL puts on a layer to keep its R-tree right."""
