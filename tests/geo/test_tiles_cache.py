"""Tests of what a server says of its tiles, and of the tiles kept on disk: found again, limited, never fatal."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tiles import freshness
from geo.tiles.diskcache import DiskCache, Kept
from geo.tiles.grid import Tile

NOW = 1_622_600_000.0
DAY = 86_400.0
TILE = Tile(3, 1, 2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 7 * DAY),
        ({"cache-control": "public, max-age=3600"}, 3600),
        ({"cache-control": "max-age=3600", "age": "600"}, 3000),
        ({"cache-control": "max-age=60", "expires": formatdate(NOW + 999, usegmt=True)}, 60),
        ({"expires": formatdate(NOW + 500, usegmt=True), "date": formatdate(NOW, usegmt=True)}, 500),
        ({"expires": formatdate(NOW + 500, usegmt=True)}, 500),
        ({"expires": "0"}, 0),
        ({"cache-control": "no-cache"}, 0),
        ({"cache-control": "max-age=0, must-revalidate"}, 0),
        ({"cache-control": "max-age=nonsense"}, 0),
        ({"cache-control": "max-age=99999999999"}, 365 * DAY),
    ],
)
def test_a_tile_is_fresh_for_as_long_as_its_server_says(headers: dict[str, str], seconds: float) -> None:
    """Cache-Control comes before Expires, the age of the answer counts, and where nothing is said it is a week."""
    until = freshness.fresh_until(headers, NOW)
    assert until is not None
    assert until - NOW == pytest.approx(seconds, abs=1)


def test_what_may_not_be_stored_is_not() -> None:
    """A server can forbid to keep its tiles."""
    assert freshness.fresh_until({"cache-control": "private, no-store"}, NOW) is None


@pytest.mark.parametrize(
    ("said", "tries", "seconds"),
    [
        ("120", 0, 120),
        (formatdate(NOW + 90, usegmt=True), 0, 90),
        (formatdate(NOW - 90, usegmt=True), 0, 1),
        ("", 0, 30),
        ("", 2, 120),
        ("soon", 1, 60),
        ("999999999", 0, 3600),
        ("0", 0, 1),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_says(said: str, tries: int, seconds: float) -> None:
    """It may say seconds or a date; else the wait doubles, and none is longer than an hour."""
    assert freshness.wait_s(said, NOW, tries) == pytest.approx(seconds, abs=1)


@given(st.dictionaries(st.sampled_from(("cache-control", "expires", "date", "age")), st.text()), st.text())
def test_any_header_is_understood_somehow(headers: dict[str, str], retry: str) -> None:
    """Whatever a server sends, the times are sound."""
    until = freshness.fresh_until(headers, NOW)
    assert until is None or NOW <= until <= NOW + freshness.LONGEST_S
    assert 1 <= freshness.wait_s(retry, NOW) <= freshness.LONGEST_WAIT_S


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock of the test's own."""
    return Clock()


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> Iterator[DiskCache]:
    """Give an empty cache of a hundred thousand bytes."""
    made = DiskCache(tmp_path / "folder" / "tiles.sqlite", 100_000, clock)
    yield made
    made.close()


def test_a_tile_is_found_again_after_a_start(cache: DiskCache) -> None:
    """Picture and marks come back from disk as they were; other places and sources stay empty."""
    kept = Kept(b"picture", '"tag"', "Wed, 02 Jun 2021 00:00:00 GMT", NOW + DAY)
    cache.put("osm", TILE, kept)
    cache.close()
    again = DiskCache(cache.path, 100_000, Clock())
    assert again.get("osm", TILE) == kept
    assert again.get("osm", Tile(3, 2, 1)) is None
    assert again.get("other", TILE) is None
    again.close()


def test_fresh_is_until_its_time_and_renewed_by_the_server(cache: DiskCache, clock: Clock) -> None:
    """A tile past its time is still there, but asked for; a server that says "not modified" makes it fresh again."""
    cache.put("osm", TILE, Kept(b"x", fresh_until=NOW + DAY))
    assert cache.has("osm", TILE)
    clock.now += 2 * DAY
    assert not cache.has("osm", TILE)
    assert cache.get("osm", TILE) is not None
    cache.renew("osm", TILE, clock.now + DAY)
    assert cache.has("osm", TILE)


def test_the_tiles_seen_longest_ago_make_room(cache: DiskCache) -> None:
    """Beyond the limit go those that nobody looked at; those looked at stay, however old they are."""
    for x in range(10):
        cache.put("osm", Tile(4, x, 0), Kept(bytes(9_500)))
    for x in (0, 1, 2):
        cache.get("osm", Tile(4, x, 0))
    for x in range(10, 13):
        cache.put("osm", Tile(4, x, 0), Kept(bytes(9_500)))
    left = {x for x in range(13) if cache.get("osm", Tile(4, x, 0)) is not None}
    assert {0, 1, 2, 12} <= left
    assert not {3, 4} & left
    assert cache.size() <= 100_000


def test_a_tile_kept_again_counts_once(cache: DiskCache) -> None:
    """A tile that is replaced takes the room of one."""
    for _ in range(50):
        cache.put("osm", TILE, Kept(bytes(9_000)))
    assert cache.size() == 9_000
    cache.drop("osm", TILE)
    assert cache.size() == 0
    cache.put("osm", TILE, Kept(bytes(50_000)))
    assert cache.get("osm", TILE) is None, "what is larger than a tenth of the cache is no tile"


def test_it_can_be_emptied(cache: DiskCache) -> None:
    """Afterwards nothing is there, and new tiles are kept."""
    cache.put("osm", TILE, Kept(b"x"))
    cache.clear()
    assert cache.get("osm", TILE) is None
    cache.put("osm", TILE, Kept(b"y"))
    assert cache.get("osm", TILE) == Kept(b"y")


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be read as one" * 40, b""])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """What is on disk can be fetched again, so a damaged file is thrown away and nobody is troubled."""
    path = tmp_path / "tiles.sqlite"
    path.write_bytes(content)
    cache = DiskCache(path, 100_000)
    assert cache.get("osm", TILE) is None
    cache.put("osm", TILE, Kept(b"x"))
    assert cache.get("osm", TILE) == Kept(b"x")
    cache.close()


def test_damage_while_it_is_open_is_survived(tmp_path: Path) -> None:
    """Pages that turn out to be spoilt cost the tiles, not the program."""
    cache = DiskCache(tmp_path / "tiles.sqlite", 10_000_000)
    for x in range(100):
        cache.put("osm", Tile(8, x, 0), Kept(bytes([x]) * 20_000))
    cache.close()
    data = bytearray(cache.path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    cache.path.write_bytes(data)
    for x in range(100):
        cache.get("osm", Tile(8, x, 0))
        cache.put("osm", Tile(8, x, 1), Kept(b"new"))
    assert cache.get("osm", Tile(8, 99, 1)) == Kept(b"new")
    cache.close()


def test_a_table_of_another_program_is_replaced(tmp_path: Path) -> None:
    """A file of an older version, with other columns, is made anew."""
    path = tmp_path / "tiles.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE tiles (url TEXT, body BLOB)")
    cache = DiskCache(path, 100_000)
    cache.put("osm", TILE, Kept(b"x"))
    assert cache.get("osm", TILE) == Kept(b"x")
    cache.close()


def test_where_nothing_can_be_written_the_map_works_without(tmp_path: Path) -> None:
    """A folder that is a file, or read only, means no cache and no error."""
    (tmp_path / "file").write_text("not a folder")
    cache = DiskCache(tmp_path / "file" / "tiles.sqlite")
    cache.put("osm", TILE, Kept(b"x"))
    assert cache.get("osm", TILE) is None
    assert cache.size() == 0
    cache.clear()
    cache.close()


def test_two_windows_share_the_tiles(tmp_path: Path) -> None:
    """What one window has fetched the other finds."""
    one, other = DiskCache(tmp_path / "t.sqlite"), DiskCache(tmp_path / "t.sqlite")
    one.put("osm", TILE, Kept(b"x"))
    assert other.get("osm", TILE) == Kept(b"x")
    other.put("osm", Tile(0, 0, 0), Kept(b"y"))
    assert one.get("osm", Tile(0, 0, 0)) == Kept(b"y")
    one.close()
    other.close()


def test_times_that_are_no_numbers_are_stale(cache: DiskCache) -> None:
    """A row that another hand has spoilt is used as a picture that must be asked for."""
    cache.put("osm", TILE, Kept(b"x", fresh_until=NOW + DAY))
    cache.close()
    with closing(sqlite3.connect(cache.path)) as db, db:
        db.execute("UPDATE tiles SET fresh_until = 'soon', etag = x'ff'")
    found = cache.get("osm", TILE)
    assert found is not None
    assert found.fresh_until == 0
