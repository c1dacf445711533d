"""Where the tiles of a base map come from: web addresses or a file, with all that drawing and politeness need."""

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geo import resource
from geo.errors import XunluError
from geo.language import Language, current, tr
from geo.tiles import grid
from geo.tiles.grid import DEEPEST, Tile

DATUMS = ("wgs84", "gcj02")
"""The datums that a source of tiles may have. CGCS2000, as Tianditu has it, is WGS-84 to some centimetres."""

SIZES = (256, 512)

_PLACE = re.compile(r"\{([^{}]*)\}")
_ALIASES = {"tilematrix": "z", "tilecol": "x", "tilerow": "y", "zoom": "z"}
_KNOWN = frozenset({"z", "x", "y", "-y", "s", "key", "r"})
_SECRET = re.compile(r"([?&](?:tk|key|ak|token|access_token|api_?key|subscription-key)=)([^&{}]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?", re.IGNORECASE)
_BAIDU = re.compile(r"(^|\.)(bdimg\.com|baidu\.com|bdstatic\.com)$")


@dataclass(frozen=True)
class Source:
    """A base map.

    Parameters
    ----------
    id
        How settings call it.
    name, name_en
        What the user calls it.
    addresses
        Web addresses with ``{z}``, ``{x}``, and ``{y}`` or (TMS) ``{-y}`` in them, also ``{s}`` for a subdomain,
        ``{r}`` for ``@2x`` and ``{key}``; more than one are drawn upon one another, as lettering upon a ground.
    path
        An MBTiles or PMTiles file instead.
    subdomains
        What ``{s}`` may be.
    key
        Under which name the user's key is kept; empty for the source's own id.
    min_zoom, max_zoom
        Which zooms there are.
    tile_px
        Logical pixels to the side of a tile.
    datum
        ``wgs84``, or ``gcj02`` for tiles that are shifted so that our map fits them.
    connections
        How many tiles are asked for at once.
    terms, terms_en
        What the server asks of those who use it.
    """

    id: str
    name: str
    name_en: str = ""
    addresses: tuple[str, ...] = ()
    path: str = ""
    subdomains: tuple[str, ...] = ()
    key: str = ""
    min_zoom: int = 0
    max_zoom: int = 19
    tile_px: int = 256
    datum: str = "wgs84"
    connections: int = 6
    attribution: str = ""
    attribution_en: str = ""
    terms: str = ""
    terms_en: str = ""

    @property
    def is_file(self) -> bool:
        """Return whether the tiles lie in a file, so that nothing is fetched."""
        return bool(self.path)

    @property
    def needs_key(self) -> bool:
        """Return whether its server wants a key that the user has to get."""
        return any("{key}" in address for address in self.addresses)

    @property
    def key_name(self) -> str:
        """Return under which name the user's key is kept."""
        return self.key or self.id

    def title(self, lang: Language | None = None) -> str:
        """Return what the user calls it."""
        return self.name_en if (lang or current()) == "en" and self.name_en else self.name

    def credit(self, lang: Language | None = None) -> str:
        """Return who made it, as it must stand on the map."""
        english = (lang or current()) == "en" and self.attribution_en
        return self.attribution_en if english else self.attribution

    def conditions(self, lang: Language | None = None) -> str:
        """Return what its server asks of those who use it."""
        return self.terms_en if (lang or current()) == "en" and self.terms_en else self.terms

    def host(self, part: int = 0) -> str:
        """Return the server that one of the addresses names, subdomains as ``*``; empty for a file."""
        return urlsplit(self.addresses[part].replace("{s}", "*")).netloc.lower() if self.addresses else ""

    def address(self, tile: Tile, part: int = 0, key: str = "") -> str:
        """Return the address of a tile; `key` is the user's."""
        # Spread over the subdomains, but each tile always from the same, so that it is cached once.
        sub = self.subdomains[(tile.x + tile.y) % len(self.subdomains)] if self.subdomains else ""
        return _filled(self.addresses[part], tile, sub, key)

    def kept_as(self, part: int = 0) -> str:
        """Return the name under which the tiles of an address are kept: neither key nor subdomain changes it."""
        return self.path or self.addresses[part]

    def checked(self) -> "Source":
        """Return the source, tidied; XunluError says what is wrong with it."""
        tidy = replace(self, addresses=tuple(_tidy(address) for address in self.addresses if address.strip()))
        if not tidy.name.strip():
            raise XunluError(tr("The base map has no name."), tr("Give it one, so that it can be chosen in the menu."))
        if not tidy.path and not tidy.addresses:
            raise XunluError(
                tr("The base map “{name}” has neither an address nor a file.", name=tidy.name),
                tr("Write an address like {example}, or choose a file.", example="https://example.org/{z}/{x}/{y}.png"),
            )
        for address in tidy.addresses:
            _check_address(address, tidy.subdomains)
        if not 0 <= tidy.min_zoom <= tidy.max_zoom <= DEEPEST:
            raise XunluError(
                tr("The zooms {least} to {most} are no range.", least=tidy.min_zoom, most=tidy.max_zoom),
                tr("Zooms go from 0, the whole world, to {deepest}.", deepest=DEEPEST),
            )
        if tidy.datum not in DATUMS or tidy.tile_px not in SIZES or not 1 <= tidy.connections <= 8:
            raise XunluError(
                tr("The base map “{name}” has a setting that is not known.", name=tidy.name),
                tr("Tiles may be in WGS-84 or GCJ-02, 256 or 512 pixels wide, at most 8 at once."),
            )
        return tidy


def _filled(template: str, tile: Tile, sub: str, key: str) -> str:
    values = {
        "z": str(tile.z),
        "x": str(tile.x),
        "y": str(tile.y),
        "-y": str(grid.flipped(tile).y),
        "s": sub,
        "key": key,
        "r": "@2x",
    }
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def _tidy(address: str) -> str:
    """Return an address with its places named as here, whatever they are called in WMTS and other programs."""

    def named(found: re.Match[str]) -> str:
        name = found[1].strip().lower()
        return f"{{{_ALIASES.get(name, name)}}}"

    return _PLACE.sub(named, address.strip().replace("${", "{"))


def _check_address(address: str, subdomains: tuple[str, ...]) -> None:
    places = set(_PLACE.findall(address))
    try:
        parts = urlsplit(_PLACE.sub("0", address))
        host = parts.netloc
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or re.search(r"\s", address):
        raise XunluError(
            tr("“{address}” is no web address.", address=address),
            tr("It begins with https:// or http:// and the name of a server."),
        )
    if _BAIDU.search(host.partition(":")[0].lower()):
        raise XunluError(
            tr("The tiles of Baidu are cut in another way than those of all other maps."),
            tr("Use a map in GCJ-02 or WGS-84, such as Tianditu."),
        )
    if unknown := sorted(places - _KNOWN):
        raise XunluError(
            tr("The address has “{place}” in it, which is not known.", place="{" + unknown[0] + "}"),
            tr("Known are {places}.", places="{z} {x} {y} {-y} {s} {key} {r}"),
        )
    if not {"z", "x"} <= places or len(places & {"y", "-y"}) != 1:
        raise XunluError(
            tr("The address does not say where zoom, column and row belong."),
            tr("Write {places} where they stand; {minus_y} where rows count from the south.",
               places="{z} {x} {y}", minus_y="{-y}"),
        )  # fmt: skip
    if "s" in places and not subdomains:
        raise XunluError(
            tr("The address has {place} in it, but no subdomains are given.", place="{s}"),
            tr("Write them, for example a, b, c."),
        )


def without_key(address: str) -> tuple[str, str]:
    """Return an address with ``{key}`` in place of a key that stands in it, and that key; empty if there is none.

    So that a key which somebody pasted with the address does not get into a project file.
    """
    found = _SECRET.search(address)
    return (_SECRET.sub(r"\1{key}", address), found[2]) if found else (address, "")


@cache
def built_in() -> tuple[Source, ...]:
    """Return the base maps that come with the program."""
    return tuple(from_dict(entry) for entry in json.loads(resource.path("basemaps.json").read_text("utf-8")))


def to_dict(source: Source) -> dict[str, Any]:
    """Return a source as a JSON object, what stands at its default left out."""
    plain = Source("", "")
    said = {key: value for key, value in asdict(source).items() if value != getattr(plain, key)}
    return {"id": source.id, "name": source.name} | said


def from_dict(data: Any) -> Source:
    """Return the source that `to_dict` wrote; XunluError if it is none, or one that cannot work."""
    types = {item.name: type(getattr(Source("", ""), item.name)) for item in fields(Source)}
    if not isinstance(data, dict) or not {"id", "name"} <= data.keys():
        raise unreadable()
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in types:
            continue  # of a newer version
        listed = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        fits = listed if types[name] is tuple else type(value) is types[name]
        if not fits:
            raise unreadable()
        values[name] = tuple(value) if types[name] is tuple else value
    return Source(**values).checked()


def unreadable() -> XunluError:
    """Return the error for what is kept of a base map and is none."""
    return XunluError(
        tr("What is kept of a base map cannot be read."), tr("Remove it under View, Base map, and add it again.")
    )


def located(source: Source, folder: Path) -> Path:
    """Return where the file of a source lies, which may be given from the folder of the project."""
    return folder / source.path
