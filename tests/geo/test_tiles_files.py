"""Tests of MBTiles and PMTiles files: sound ones, vector ones, damaged ones, and any bytes at all."""

import gzip
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pmtiles.tile import TileType, zxy_to_tileid

from geo.errors import XunluError
from geo.tiles import grid
from geo.tiles.grid import Tile
from geo.tiles.opening import open_archive, source_of
from geo.tiles.pmtiles import tile_id, varints
from tests.tilefiles import Tiles, mbtiles, pmtiles, png

RED, BLUE = png(200, 0, 0), png(0, 0, 200)
FEW: Tiles = {Tile(0, 0, 0): RED, Tile(1, 0, 0): BLUE, Tile(1, 1, 1): RED, Tile(12, 3336, 1776): BLUE}
KINDS = pytest.mark.parametrize("write", [mbtiles, pmtiles])
Write = Callable[..., Path]


@KINDS
def test_tiles_are_read_as_they_were_written(tmp_path: Path, write: Write) -> None:
    """Each tile is found at its place, none at any other, and the file says what it is."""
    path = write(tmp_path / "any.tiles", FEW, name="City <b>map</b>", attribution='© <a href="x">Us &amp; them</a>')
    archive = open_archive(path)
    for tile, data in FEW.items():
        assert archive.tile(tile) == data
    assert archive.tile(Tile(1, 1, 0)) is None
    assert archive.tile(Tile(2, 0, 0)) is None
    about = archive.about
    assert (about.name, about.attribution) == ("City map", "© Us & them")
    assert (about.min_zoom, about.max_zoom) == (0, 12)
    archive.close()


@KINDS
def test_a_file_becomes_a_source(tmp_path: Path, write: Write) -> None:
    """What a file says of itself goes into the base map that is made of it."""
    found = source_of(write(tmp_path / "city.tiles", FEW, attribution="© Us"))
    assert (found.name, found.attribution, found.max_zoom, found.is_file) == ("city", "© Us", 12, True)
    assert found.host() == ""


def test_pmtiles_with_many_tiles_are_found_through_leaf_directories(tmp_path: Path) -> None:
    """Seven zooms of different tiles need leaves, which the reader follows; runs of the same tile are one entry."""
    tiles = {
        Tile(z, x, y): RED + struct.pack("<III", z, x, y) for z in range(8) for x in range(2**z) for y in range(2**z)
    }
    sea = {Tile(8, x, y): BLUE for x in range(16) for y in range(16)}
    archive = open_archive(pmtiles(tmp_path / "world.pmtiles", {**tiles, **sea}))
    for tile, data in list(tiles.items())[::97] + list(sea.items())[::17]:
        assert archive.tile(tile) == data
    assert archive.tile(Tile(8, 200, 200)) is None
    assert archive.tile(Tile(20, 0, 0)) is None


@given(st.integers(0, 20).flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, 2**z - 1)] * 2)))
def test_the_hilbert_curve_is_that_of_the_format(zxy: tuple[int, int, int]) -> None:
    """A tile has the number that the makers of the format give it."""
    assert tile_id(Tile(*zxy)) == zxy_to_tileid(*zxy)


@given(st.lists(st.integers(0, 2**63 - 1), max_size=40))
def test_numbers_of_seven_bits_are_read(numbers: list[int]) -> None:
    """Numbers of any length come back; one that is cut off at the end does not."""
    data = bytearray()
    for number in numbers:
        left = number
        while left > 0x7F:
            data.append(left & 0x7F | 0x80)
            left >>= 7
        data.append(left)
    assert varints(bytes(data)).tolist() == numbers
    assert varints(bytes(data) + b"\x80").tolist() == numbers


def test_vector_tiles_are_refused_by_name(tmp_path: Path) -> None:
    """Who takes a file of vector tiles learns that, and what to get instead."""
    by_name = mbtiles(tmp_path / "a.mbtiles", {Tile(0, 0, 0): b"\x1a\x00"}, format="pbf")
    by_bytes = mbtiles(tmp_path / "b.mbtiles", {Tile(0, 0, 0): gzip.compress(b"\x1a\x00")})
    packed = pmtiles(tmp_path / "c.pmtiles", {Tile(0, 0, 0): b"\x1a\x00"}, TileType.MVT)
    for path in (by_name, by_bytes, packed):
        with pytest.raises(XunluError, match="vector tiles") as caught:
            open_archive(path)
        assert "raster" in caught.value.hint


def test_empty_and_missing_files_are_told(tmp_path: Path) -> None:
    """A file without tiles, one that is no file of tiles, and none at all are three things."""
    with pytest.raises(XunluError, match="holds no tiles"):
        open_archive(mbtiles(tmp_path / "empty.mbtiles", {}))
    with pytest.raises(XunluError, match="is not there"):
        open_archive(tmp_path / "gone.mbtiles")
    with closing(sqlite3.connect(tmp_path / "other.gpkg")) as db:
        db.execute("CREATE TABLE sites (id)")
    with pytest.raises(XunluError, match="no file of map tiles"):
        open_archive(tmp_path / "other.gpkg")
    with pytest.raises(XunluError):
        open_archive(tmp_path)


def test_another_version_of_pmtiles_is_told(tmp_path: Path) -> None:
    """Version 2 has another layout; the message says which version the file is."""
    path = pmtiles(tmp_path / "old.pmtiles", FEW)
    data = bytearray(path.read_bytes())
    data[7] = 2
    path.write_bytes(data)
    with pytest.raises(XunluError, match="version 2"):
        open_archive(path)


@pytest.mark.parametrize(("at", "value", "word"), [(97, 4, "Zstandard"), (98, 3, "Brotli"), (99, 5, "AVIF")])
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, at: int, value: int, word: str) -> None:
    """Compressions and pictures that the program cannot read are named."""
    path = pmtiles(tmp_path / "new.pmtiles", FEW)
    data = bytearray(path.read_bytes())
    data[at] = value
    path.write_bytes(data)
    with pytest.raises(XunluError, match=word):
        open_archive(path)


def read_all(path: Path) -> None:
    """Read a file, or see it refused in words."""
    with suppress(XunluError), closing(open_archive(path)) as archive:
        for tile in (*FEW, Tile(3, 1, 1), grid.flipped(Tile(24, 5, 7))):
            data = archive.tile(tile)
            assert data is None or isinstance(data, bytes)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the bytes of a sound file of each kind."""
    folder = tmp_path_factory.mktemp("sound")
    return {
        "mbtiles": mbtiles(folder / "m", FEW, name="M").read_bytes(),
        "pmtiles": pmtiles(folder / "p", FEW, name="P").read_bytes(),
    }


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_damage_is_read_or_refused(tmp_path: Path, sound: dict[str, bytes], data: st.DataObject) -> None:
    """Bytes changed, cut off or put in anywhere raise nothing but what a user can read, and take no time or memory."""
    content = bytearray(sound[data.draw(st.sampled_from(("mbtiles", "pmtiles")))])
    for _ in range(data.draw(st.integers(1, 6))):
        # Most of what matters stands at the beginning.
        at = data.draw(st.integers(0, 200) | st.integers(0, len(content) - 1))
        content[at : at + 1] = data.draw(st.binary(min_size=1, max_size=4))
    path = tmp_path / "damaged"
    path.write_bytes(content[: data.draw(st.none() | st.integers(0, len(content)))])
    read_all(path)


@given(data=st.binary(max_size=400), magic=st.sampled_from((b"", b"PMTiles\x03", b"SQLite format 3\x00")))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_in_words(tmp_path: Path, data: bytes, magic: bytes) -> None:
    """A file that is none, even one that begins like one, is refused and nothing else happens."""
    path = tmp_path / "any"
    path.write_bytes(magic + data)
    read_all(path)


def test_a_directory_that_claims_to_be_huge_is_refused(tmp_path: Path) -> None:
    """A small file that unpacks to gigabytes does not fill the memory."""
    path = pmtiles(tmp_path / "bomb.pmtiles", FEW)
    bomb = gzip.compress(bytes(100_000_000))
    head = bytearray(path.read_bytes()[:127])
    head[8:24] = struct.pack("<QQ", 127, len(bomb))
    path.write_bytes(bytes(head) + bomb)
    with pytest.raises(XunluError, match="damaged"):
        open_archive(path)
