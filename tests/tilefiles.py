"""Files of map tiles for tests: MBTiles by plain SQL, PMTiles by the package of those who made the format."""

import sqlite3
import struct
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from geo.tiles.grid import Tile

Tiles = Mapping[Tile, bytes]


def png(red: int, green: int, blue: int, side: int = 256) -> bytes:
    """Return a picture of one colour, written without Qt."""
    row = b"\x00" + bytes((red, green, blue)) * side

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * side)) + chunk(b"IEND", b"")


def mbtiles(path: Path, tiles: Tiles, **metadata: str) -> Path:
    """Write tiles as MBTiles 1.3, whose rows count from the south."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(z, x, 2**z - 1 - y, data) for (z, x, y), data in tiles.items()]
        db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path


def pmtiles(path: Path, tiles: Tiles, kind: TileType = TileType.PNG, **metadata: str) -> Path:
    """Write tiles as PMTiles 3."""
    with write(str(path)) as writer:
        for tile, data in sorted(tiles.items(), key=lambda item: zxy_to_tileid(*item[0])):
            writer.write_tile(zxy_to_tileid(*tile), data)
        writer.finalize({"tile_compression": Compression.NONE, "tile_type": kind}, metadata)
    return path
