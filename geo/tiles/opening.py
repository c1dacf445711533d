"""Opening a file of map tiles, whichever of the two kinds it is."""

import uuid
from pathlib import Path

from geo.errors import XunluError
from geo.language import tr
from geo.tiles.archive import Archive, damaged
from geo.tiles.mbtiles import MBTiles
from geo.tiles.pmtiles import PMTiles
from geo.tiles.source import Source

SUFFIXES = (".mbtiles", ".pmtiles")


def open_archive(path: Path) -> Archive:
    """Return the tiles in a file; what it is, is told by its first bytes, not by its name.

    Raises
    ------
    XunluError
        If it is missing, damaged, neither kind, or holds no pictures.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise XunluError(
            tr("The file of the base map, {file}, is not there.", file=path),
            tr("Put it back, or choose another base map under View, Base map."),
        ) from error
    except (OSError, ValueError) as error:
        raise damaged(path) from error
    return MBTiles(path) if head.startswith(b"SQLite format 3\x00") else PMTiles(path)


def source_of(path: Path) -> Source:
    """Return a file of tiles as a source, with what it says of itself; XunluError as `open_archive` raises."""
    archive = open_archive(path)
    archive.close()
    about = archive.about
    found = Source(
        id=f"file:{uuid.uuid5(uuid.NAMESPACE_URL, path.absolute().as_uri())}",
        name=about.name,
        path=str(path.absolute()),
        min_zoom=about.min_zoom,
        max_zoom=about.max_zoom,
        attribution=about.attribution,
    )
    return found.checked()
