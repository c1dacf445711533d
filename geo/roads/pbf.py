"""Look through a .osm.pbf file before osmium does: one that holds a zero byte within a text makes osmium crash.

Seen with osmium 4.3 (libosmium 2.23): its tags are texts that end in a zero byte, and it does not look for one inside
of a text. The format is described at https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from geo.progress import Report

_HEADER_MAX, _BLOB_MAX = 64 * 1024, 32 * 1024 * 1024
_RAW, _ZLIB = 1, 3


class SpoiltError(ValueError):
    """Tell what in a file is not as it must be."""


def check(path: Path, report: Report) -> None:
    """Read a file through.

    Raises
    ------
    SpoiltError
        If it is no such file, is cut short, or holds what osmium does not survive.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        while length := file.read(4):
            report(file.tell() / size, "")
            kind, blob = _blob(file, length)
            if kind == b"OSMData":
                _check_texts(blob)


def _blob(file: BinaryIO, length: bytes) -> tuple[bytes, bytes]:
    """Return the kind and the content of the next part of a file."""
    header_size = struct.unpack(">I", _exactly(length, 4))[0]
    if header_size > _HEADER_MAX:
        raise SpoiltError("header too long")
    header = dict(_fields(_exactly(file.read(header_size), header_size)))
    kind, blob_size = header.get(1), header.get(3)
    if not isinstance(kind, bytes) or not isinstance(blob_size, int) or blob_size > _BLOB_MAX:
        raise SpoiltError("bad header")
    packed = dict(_fields(_exactly(file.read(blob_size), blob_size)))
    if isinstance(raw := packed.get(_RAW), bytes):
        return kind, raw
    if not isinstance(content := packed.get(_ZLIB), bytes):
        raise SpoiltError("packed in an unknown way")
    try:
        unpacking = zlib.decompressobj()
        return kind, unpacking.decompress(content, _BLOB_MAX)
    except zlib.error as error:
        raise SpoiltError(str(error)) from error


def _exactly(found: bytes, length: int) -> bytes:
    if len(found) != length:
        raise SpoiltError("cut short")
    return found


def _check_texts(block: bytes) -> None:
    for number, table in _fields(block):
        if number != 1 or not isinstance(table, bytes):
            continue
        # Most tables have one empty text, at their beginning, whose length is the only zero byte.
        if table.count(0) == table.startswith(b"\n\0"):
            continue
        if any(isinstance(text, bytes) and 0 in text for _, text in _fields(table)):
            raise SpoiltError("zero byte in a text")


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Return the fields of a protobuf message: their numbers with their bytes or whole numbers."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
        elif kind == 2:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise SpoiltError("cut short")
            yield key >> 3, message[at : at + length]
            at += length
        elif kind in {1, 5}:
            at += 8 if kind == 1 else 4
        else:
            raise SpoiltError("unknown field")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise SpoiltError("cut short")
