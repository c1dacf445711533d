"""Geometries as GeoPackage keeps them: a small header, then WKB (OGC 12-128r18, clause 2.1.3)."""

import struct
from collections.abc import Callable

import shapely
from shapely.geometry.base import BaseGeometry

SRS = 4326

_HEADER = struct.Struct("<2sBBi")
_ENVELOPE = struct.Struct("<4d")
_ENVELOPE_BYTES = (0, 32, 48, 48, 64, 0, 0, 0)
_LITTLE_ENDIAN, _XY_ENVELOPE, _EMPTY = 0b1, 0b10, 0b10000


def encode(geometry: BaseGeometry | None) -> bytes | None:
    """Return a geometry as a GeoPackage blob in EPSG:4326, with its envelope unless it is a point."""
    if geometry is None:
        return None
    wkb = shapely.to_wkb(geometry, byte_order=1)
    if geometry.is_empty:
        return _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN | _EMPTY, SRS) + wkb
    if geometry.geom_type == "Point":
        return _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN, SRS) + wkb
    west, south, east, north = geometry.bounds
    flags = _LITTLE_ENDIAN | _XY_ENVELOPE
    return _HEADER.pack(b"GP", 0, flags, SRS) + _ENVELOPE.pack(west, east, south, north) + wkb


def wkb_of(blob: bytes | None) -> bytes | None:
    """Return the WKB part of a GeoPackage blob.

    Raises
    ------
    ValueError
        If the blob is not a GeoPackage geometry.
    """
    if blob is None:
        return None
    if blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def decode(blob: bytes | None) -> BaseGeometry | None:
    """Return the geometry of a GeoPackage blob."""
    wkb = wkb_of(blob)
    return None if wkb is None else shapely.from_wkb(wkb)


def _edge(index: int) -> Callable[[bytes | None], float | None]:
    """Return the SQL function that gives one edge of a blob's envelope (west, south, east, north)."""

    def function(blob: bytes | None) -> float | None:
        geometry = decode(blob)
        return None if geometry is None or geometry.is_empty else geometry.bounds[index]

    return function


def _is_empty(blob: bytes | None) -> int | None:
    geometry = decode(blob)
    return None if geometry is None else int(geometry.is_empty)


SQL_FUNCTIONS: dict[str, Callable[[bytes | None], float | None]] = {
    "ST_IsEmpty": _is_empty,
    "ST_MinX": _edge(0),
    "ST_MinY": _edge(1),
    "ST_MaxX": _edge(2),
    "ST_MaxY": _edge(3),
}
"""What the triggers call that GDAL puts on a layer to keep its R-tree right."""
