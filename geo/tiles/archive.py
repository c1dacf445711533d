"""Map tiles in one file, for maps without a network: what the two kinds have in common, and how to open either."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from geo.errors import XunluError
from geo.language import tr
from geo.tiles.grid import Tile

WORLD = (-180.0, -85.051_13, 180.0, 85.051_13)
"""West, south, east and north in degrees."""

LARGEST_TILE = 16_000_000
"""Bytes; a larger one is no picture of 512 pixels, whatever it claims."""


@dataclass(frozen=True)
class About:
    """What a file of tiles says of itself.

    Parameters
    ----------
    bounds
        West, south, east and north in degrees.
    """

    name: str
    attribution: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float] = WORLD


class Archive(Protocol):
    """A file of picture tiles, open for reading."""

    @property
    def about(self) -> About:
        """Return what the file says of itself."""

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile as PNG, JPEG or WebP; None if it is not in the file; XunluError if the file is damaged."""

    def close(self) -> None:
        """Let go of the file."""


def picture_kind(data: bytes) -> str:
    """Return what a tile is by its first bytes: ``png``, ``jpg``, ``webp``, ``gif``, ``gzip`` or nothing known."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "gzip" if data.startswith((b"\x1f\x8b", b"\x78\x9c")) else ""


def no_pictures(path: Path, what: str) -> XunluError:
    """Return the error for a file whose tiles are no pictures."""
    return XunluError(
        tr("{file} holds {what}, not pictures.", file=path.name, what=what),
        tr("Get the same map as raster tiles: PNG, JPEG or WebP."),
    )


def damaged(path: Path) -> XunluError:
    """Return the error for a file of tiles that is spoilt."""
    return XunluError(
        tr("{file} is no file of map tiles, or it is damaged.", file=path.name),
        tr("Copy or download it again; it should be MBTiles or PMTiles (version 3)."),
    )


def clean(text: object) -> str:
    """Return what a file says as one line of plain text: attributions are often written in HTML."""
    import html
    import re

    plain = html.unescape(re.sub(r"<[^<>]*>", "", text if isinstance(text, str) else ""))
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", plain).strip()[:300]


def degrees(values: list[float]) -> tuple[float, float, float, float]:
    """Return west, south, east and north if they are an area in degrees, else the world."""
    if len(values) == 4 and -180 <= values[0] < values[2] <= 180 and -90 <= values[1] < values[3] <= 90:
        return values[0], values[1], values[2], values[3]
    return WORLD
