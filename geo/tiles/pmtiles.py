"""PMTiles: map tiles in one file, ordered along a Hilbert curve (github.com/protomaps/PMTiles, spec version 3).

Read here and not by the `pmtiles` package, which parses the whole directory anew for every tile, reads gzip only, and
raises whatever comes where a file is damaged.
"""

import json
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.language import tr
from geo.tiles.archive import LARGEST_TILE, About, clean, damaged, degrees, no_pictures
from geo.tiles.grid import DEEPEST, Tile

_HEADER = struct.Struct("<7sB11Q6B4iBii")
_MAGIC = b"PMTiles"
_NONE, _GZIP = 1, 2
_COMPRESSIONS = {0: "?", 3: "Brotli", 4: "Zstandard"}
_PICTURES = (2, 3, 4)
_KINDS = {1: "MVT", 5: "AVIF", 6: "MLT"}
_DEPTH = 4
_LARGEST_PACKED, _LARGEST = 20_000_000, 80_000_000
"""Bytes of a directory or the metadata; a damaged or made up file may claim any size."""
_LEAVES = 32

Numbers = NDArray[np.uint64]


@dataclass(frozen=True)
class _Directory:
    """Entries in ascending order of their tiles; a run of 0 is a leaf directory."""

    ids: Numbers
    runs: Numbers
    lengths: Numbers
    offsets: Numbers


class PMTiles:
    """A PMTiles file of pictures.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    XunluError
        If it is missing, damaged, of another version, or holds vector tiles.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._size = path.stat().st_size
        except OSError as error:
            raise damaged(path) from error
        self.about = self._read_header()

    def _read_header(self) -> About:
        head = self._bytes(0, _HEADER.size)
        if not head.startswith(_MAGIC):
            raise damaged(self.path)
        (_, version, *places, _clustered, self._packing, tile_packing, kind, least, most) = _HEADER.unpack(head)[:19]
        bounds = [degree / 1e7 for degree in _HEADER.unpack(head)[19:23]]
        if version != 3:
            raise XunluError(
                tr("{file} is PMTiles of version {version}; only version 3 can be read.",
                   file=self.path.name, version=version),
                tr("Convert it with the program pmtiles."),
            )  # fmt: skip
        if kind not in _PICTURES:
            raise no_pictures(self.path, tr("vector tiles") if kind in (1, 6) else _KINDS.get(kind, "?"))
        for packing in (self._packing, tile_packing):
            if packing not in (_NONE, _GZIP):
                raise XunluError(
                    tr("{file} is packed with {packing}, which cannot be read.",
                       file=self.path.name, packing=_COMPRESSIONS.get(packing, "?")),
                    tr("Convert it with the program pmtiles."),
                )  # fmt: skip
        if not 0 <= least <= most <= DEEPEST:
            raise damaged(self.path)
        self._tiles_packed = tile_packing == _GZIP
        self._leaves_at, self._tiles_at = places[4], places[6]
        self._leaves: OrderedDict[int, _Directory] = OrderedDict()
        self._root = self._directory(places[0], places[1])
        said = self._metadata(places[2], places[3])
        name = clean(said.get("name", "")) or self.path.stem
        return About(name, clean(said.get("attribution", "")), least, most, degrees(bounds))

    def _metadata(self, offset: int, length: int) -> dict[str, Any]:
        if not length:
            return {}
        try:
            said = json.loads(self._unpacked(offset, length))
        except (ValueError, RecursionError):
            return {}  # the tiles are what matters
        return said if isinstance(said, dict) else {}

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile; None if it is not in the file; XunluError if the file is damaged."""
        number = tile_id(tile)
        directory = self._root
        for _ in range(_DEPTH):
            at = int(np.searchsorted(directory.ids, np.uint64(number), side="right")) - 1
            if at < 0:
                return None
            run, length, offset = int(directory.runs[at]), int(directory.lengths[at]), int(directory.offsets[at])
            if run:
                return self._picture(offset, length) if number - int(directory.ids[at]) < run else None
            directory = self._leaf(offset, length)
        raise damaged(self.path)

    def _picture(self, offset: int, length: int) -> bytes | None:
        if length > LARGEST_TILE:
            return None
        data = self._bytes(self._tiles_at + offset, length)
        return _inflated(data, LARGEST_TILE, self.path) if self._tiles_packed else data

    def _leaf(self, offset: int, length: int) -> _Directory:
        if offset in self._leaves:
            self._leaves.move_to_end(offset)
        else:
            self._leaves[offset] = self._directory(self._leaves_at + offset, length)
            while len(self._leaves) > _LEAVES:
                self._leaves.popitem(last=False)
        return self._leaves[offset]

    def _directory(self, offset: int, length: int) -> _Directory:
        numbers = varints(self._unpacked(offset, length))
        count = int(numbers[0]) if len(numbers) else 0
        if not count or len(numbers) != 1 + 4 * count:
            raise damaged(self.path)
        steps, runs, lengths, said = numbers[1:].reshape(4, count)
        if not said[0]:
            raise damaged(self.path)
        # 0 stands for "right behind the one before"; any other number is the place plus one.
        before = np.concatenate([[np.uint64(0)], np.cumsum(lengths[:-1], dtype=np.uint64)])
        base = np.maximum.accumulate(np.where(said > 0, np.arange(count), 0))
        offsets = said[base] - np.uint64(1) + before - before[base]
        return _Directory(np.cumsum(steps, dtype=np.uint64), runs, lengths, offsets)

    def _unpacked(self, offset: int, length: int) -> bytes:
        if length > _LARGEST_PACKED:
            raise damaged(self.path)
        data = self._bytes(offset, length)
        return _inflated(data, _LARGEST, self.path) if self._packing == _GZIP else data

    def _bytes(self, offset: int, length: int) -> bytes:
        if offset + length > self._size or not length:
            raise damaged(self.path)
        try:
            # Not held open: the file can be replaced or its stick pulled out while the map is shown.
            with self.path.open("rb") as file:
                file.seek(offset)
                data = file.read(length)
        except OSError as error:
            raise damaged(self.path) from error
        if len(data) != length:
            raise damaged(self.path)
        return data

    def close(self) -> None:
        """Do nothing: the file is open only while it is read."""


def _inflated(data: bytes, most: int, path: Path) -> bytes:
    try:
        stream = zlib.decompressobj(wbits=31)
        out = stream.decompress(data, most)
    except zlib.error as error:
        raise damaged(path) from error
    if not stream.eof:
        raise damaged(path)
    return out


def varints(data: bytes) -> Numbers:
    """Return the numbers that bytes hold, seven bits to the byte, the lowest first; a number cut off is left out."""
    octets = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends):
        return np.empty(0, dtype=np.uint64)
    octets = octets[: ends[-1] + 1]
    starts = np.concatenate([[0], ends[:-1] + 1])
    place = np.arange(len(octets)) - np.repeat(starts, ends - starts + 1)
    # Beyond ten bytes a number has more than 64 bits, which none has in a sound file.
    shifts = np.minimum(place * 7, 63).astype(np.uint64)
    return np.add.reduceat((octets & np.uint8(0x7F)).astype(np.uint64) << shifts, starts)


def tile_id(tile: Tile) -> int:
    """Return the place of a tile on the Hilbert curves of all zooms, one behind the other."""
    number = ((1 << 2 * tile.z) - 1) // 3
    x, y = tile.x, tile.y
    for level in range(tile.z - 1, -1, -1):
        half = 1 << level
        right, low = bool(x & half), bool(y & half)
        number += half * half * ((3 if right else 0) ^ (1 if low else 0))
        if not low:
            if right:
                x, y = half - 1 - (x & (half - 1)), half - 1 - (y & (half - 1))
            x, y = y, x
    return number
