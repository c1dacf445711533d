"""MBTiles: map tiles in an SQLite file (github.com/mapbox/mbtiles-spec, version 1.3), read only."""

import math
import sqlite3
import weakref
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from geo.errors import XunluError
from geo.language import tr
from geo.tiles import grid
from geo.tiles.archive import LARGEST_TILE, About, clean, damaged, degrees, no_pictures, picture_kind
from geo.tiles.grid import DEEPEST, Tile


class MBTiles:
    """An MBTiles file of pictures.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    XunluError
        If it is missing, damaged, empty, or holds vector tiles.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = _connected(path)
        weakref.finalize(self, self._db.close)
        try:
            self.about = self._read_about()
        except BaseException:
            self._db.close()
            raise

    def _read_about(self) -> About:
        try:
            said = {str(name): value for name, value in self._db.execute("SELECT name, value FROM metadata LIMIT 1000")}
            first = self._db.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
            least, most = self._db.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            raise damaged(self.path) from error
        if first is None:
            raise XunluError(tr("{file} holds no tiles.", file=self.path.name), tr("Choose another file."))
        form = str(said.get("format", "")).lower()
        if form in ("pbf", "mvt") or (isinstance(first[0], bytes) and picture_kind(first[0]) == "gzip"):
            raise no_pictures(self.path, tr("vector tiles"))
        if not all(isinstance(zoom, int) and 0 <= zoom <= DEEPEST for zoom in (least, most)):
            raise damaged(self.path)
        if not isinstance(first[0], bytes) or not picture_kind(first[0]):
            raise damaged(self.path)
        return About(
            clean(said.get("name", "")) or self.path.stem,
            clean(said.get("attribution", "")),
            least,
            most,
            degrees(_numbers(str(said.get("bounds", "")))),
        )

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile; None if it is not in the file; XunluError if the file is damaged."""
        z, x, row = grid.flipped(tile)
        try:
            found = self._db.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", (z, x, row)
            ).fetchone()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            raise damaged(self.path) from error
        data = None if found is None else found[0]
        return data if isinstance(data, bytes) and len(data) <= LARGEST_TILE else None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _connected(path: Path) -> sqlite3.Connection:
    # In "ro" SQLite may have to write beside a file in WAL mode; on a stick or share where it cannot, "immutable" does.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        # The map is made in one thread and painted in another, never in two at once.
        db = None
        with suppress(sqlite3.Error):
            db = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True, check_same_thread=False)
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone()
            return db
        if db is not None:
            db.close()
    raise damaged(path)


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []
