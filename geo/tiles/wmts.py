"""What a WMTS server offers (OGC 07-057r7): its layers, and for each the address of its tiles as a template."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from geo.errors import XunluError
from geo.language import tr
from geo.tiles.grid import DEEPEST, HALF
from geo.tiles.source import Source, without_key

LARGEST_BYTES = 30_000_000
"""The capabilities of large servers have some megabytes."""

_SCALES = (559_082_264.028_717_8, 591_658_710.909_131_7)
"""The scale denominator of zoom 0 with pixels of 0.28 mm, as the standard says, and of 1/96 inch, as Tianditu does."""

_MERCATOR = re.compile(r"(?:3857|900913|10210[03]|3785)$")
_DEGREES = re.compile(r"(?:4326|4490|CRS84|84)$")
_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/png8", "image/jpgpng", "image/vnd.jpeg-png", "tiles")
_ASKED = frozenset({"service", "request", "version", "acceptversions"})


@dataclass(frozen=True)
class Offer:
    """A layer that a server offers.

    Parameters
    ----------
    source
        How to get it; None if it cannot be shown here.
    why
        Why it cannot.
    """

    title: str
    source: Source | None
    why: str = ""


@dataclass(frozen=True)
class _Matrices:
    """A matrix set that fits web maps: which zooms it has, and what stands before their numbers in their names."""

    name: str
    prefix: str
    zooms: tuple[int, ...]
    tile_px: int


class _Builder(ET.TreeBuilder):
    """Refuses a document type: a hostile one could make a small answer fill the memory."""

    def doctype(self, *_: object) -> None:
        raise _no_capabilities()


def capabilities_address(address: str) -> str:
    """Return the address that a server's capabilities are asked at, given what a user knows of it."""
    given = address.strip()
    parts = urlsplit(given)
    if parts.path.lower().endswith(".xml"):
        return given
    query = {key.lower(): (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True)}
    query.setdefault("service", ("SERVICE", "WMTS"))
    query["request"] = ("REQUEST", "GetCapabilities")
    query.setdefault("version", ("VERSION", "1.0.0"))
    return urlunsplit(parts._replace(query=urlencode(list(query.values()), safe="{}:/")))


def offers(document: bytes, address: str) -> list[Offer]:
    """Return what a server offers, those that can be shown first.

    Parameters
    ----------
    document
        Its capabilities.
    address
        Where they came from; relative addresses count from there, and a key in it is asked of the user.

    Raises
    ------
    XunluError
        If the document is none.
    """
    root = _parsed(document)
    contents = next((child for child in root if _tag(child) == "Contents"), None)
    if _tag(root) != "Capabilities" or contents is None:
        raise _no_capabilities()
    sets = {_text(each, "Identifier"): each for each in contents if _tag(each) == "TileMatrixSet"}
    kvp = _kvp_address(root, address)
    found = [_offer(layer, sets, kvp, address) for layer in contents if _tag(layer) == "Layer"]
    return sorted(found, key=lambda offer: offer.source is None)


def _parsed(document: bytes) -> ET.Element:
    if len(document) > LARGEST_BYTES:
        raise _no_capabilities()
    parser = ET.XMLParser(target=_Builder())  # noqa: S314  document types, with which XML attacks, are refused
    try:
        parser.feed(document)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError, AssertionError) as error:
        raise _no_capabilities() from error
    return root


def _no_capabilities() -> XunluError:
    return XunluError(
        tr("The answer is no description of a WMTS server."),
        tr("Check the address; it often ends in wmts or WMTSCapabilities.xml. Some servers want a key in it."),
    )


def _offer(layer: ET.Element, sets: dict[str, ET.Element], kvp: str, address: str) -> Offer:
    name = _text(layer, "Identifier")
    title = _text(layer, "Title") or name
    linked = [_text(link, "TileMatrixSet") for link in layer if _tag(link) == "TileMatrixSetLink"]
    fitting = [fit for each in linked if each in sets and (fit := _matrices(sets[each])) is not None]
    if not fitting:
        return Offer(title, None, _why_not([sets[each] for each in linked if each in sets]))
    best = max(fitting, key=lambda each: (len(each.zooms), each.tile_px == 256))
    template = _rest_address(layer, best, address) or (_kvp_template(layer, best, kvp) if kvp else "")
    if not template:
        return Offer(title, None, tr("It offers no pictures at a plain address."))
    template, _ = without_key(template)
    host = urlsplit(address).netloc
    source = Source(
        id=f"wmts:{host}:{name}",
        name=title,
        addresses=(template,),
        min_zoom=min(best.zooms),
        max_zoom=max(best.zooms),
        tile_px=best.tile_px,
    )
    try:
        return Offer(title, source.checked())
    except XunluError as error:
        return Offer(title, None, str(error))


def _matrices(element: ET.Element) -> _Matrices | None:
    """Return a matrix set if it is cut as web maps are, else None."""
    if not _MERCATOR.search(_text(element, "SupportedCRS").strip()):
        return None
    found: dict[str, list[tuple[int, int]]] = {}
    for matrix in element:
        if _tag(matrix) != "TileMatrix":
            continue
        name, zoom, pixels = _text(matrix, "Identifier"), _zoom(matrix), _number(matrix, "TileWidth")
        if zoom is not None and pixels in (256, 512) and name.endswith(str(zoom)):
            found.setdefault(name.removesuffix(str(zoom)), []).append((zoom, int(pixels)))
    if not found:
        return None
    prefix, levels = max(found.items(), key=lambda item: len(item[1]))
    pixels = levels[0][1]
    zooms = tuple(sorted({zoom for zoom, size in levels if size == pixels}))
    # Zooms that are left out would be holes in the map: what hangs together, from the closest one out, is taken.
    whole = [zoom for at, zoom in enumerate(zooms) if zooms[-1] - zoom == len(zooms) - 1 - at]
    return _Matrices(_text(element, "Identifier"), prefix, tuple(whole), pixels)


def _zoom(matrix: ET.Element) -> int | None:
    """Return which zoom of web maps a matrix is; None if it is cut otherwise."""
    corner = [float(part) for part in re.findall(r"-?[\d.]+(?:[eE][+-]?\d+)?", _text(matrix, "TopLeftCorner"))]
    denominator, pixels = _number(matrix, "ScaleDenominator"), _number(matrix, "TileWidth")
    if len(corner) != 2 or abs(corner[0] + HALF) > 2000 or abs(corner[1] - HALF) > 2000 or not denominator > 0:
        return None
    for scale in _SCALES:
        exact = math.log2(scale * 256 / pixels / denominator) if pixels > 0 else math.nan
        if math.isfinite(exact) and abs(exact - round(exact)) < 0.01 and 0 <= round(exact) <= DEEPEST:
            return round(exact)
    return None


def _why_not(sets: list[ET.Element]) -> str:
    systems = [_text(each, "SupportedCRS").strip() for each in sets]
    if systems and all(_DEGREES.search(system) for system in systems):
        return tr("Its tiles are cut in degrees (EPSG:4326 or 4490); only Web Mercator (EPSG:3857) fits this map.")
    return tr("Its tiles are not cut as web maps are (EPSG:3857, GoogleMapsCompatible).")


def _rest_address(layer: ET.Element, best: _Matrices, address: str) -> str:
    for resource in layer:
        if _tag(resource) == "ResourceURL" and resource.get("resourceType") == "tile":
            if resource.get("format", "image/png") not in _FORMATS:
                continue
            return _with_places(urljoin(address, resource.get("template", "")), layer, best)
    return ""


def _with_places(template: str, layer: ET.Element, best: _Matrices) -> str:
    defaults = {
        _text(each, "Identifier").lower(): _text(each, "Default") for each in layer if _tag(each) == "Dimension"
    }
    values = {
        **defaults,
        "tilematrixset": best.name,
        "tilematrix": f"{best.prefix}{{z}}",
        "tilerow": "{y}",
        "tilecol": "{x}",
        "style": _style(layer),
        "layer": _text(layer, "Identifier"),
    }
    return re.sub(r"\{([^{}]*)\}", lambda found: values.get(found[1].lower(), found[0]), template)


def _kvp_template(layer: ET.Element, best: _Matrices, kvp: str) -> str:
    offered = [(each.text or "").strip() for each in layer if _tag(each) == "Format"]
    form = next((each for each in _FORMATS if each in offered), "")
    if not form:
        return ""
    values = [
        ("SERVICE", "WMTS"),
        ("REQUEST", "GetTile"),
        ("VERSION", "1.0.0"),
        ("LAYER", _text(layer, "Identifier")),
        ("STYLE", _style(layer)),
        ("TILEMATRIXSET", best.name),
        ("FORMAT", form),
    ]
    dimensions = [(_text(each, "Identifier"), _text(each, "Default")) for each in layer if _tag(each) == "Dimension"]
    asked = "&".join(f"{name}={quote(value, safe=':/')}" for name, value in [*values, *dimensions])
    joint = "" if kvp.endswith(("?", "&")) else "&" if "?" in kvp else "?"
    return f"{kvp}{joint}{asked}&TILEMATRIX={quote(best.prefix, safe=':/')}{{z}}&TILEROW={{y}}&TILECOL={{x}}"


def _kvp_address(root: ET.Element, address: str) -> str:
    """Return where tiles are asked for by key and value, with what else stood in the address, as a key does."""
    base = address if urlsplit(address).query else ""
    for operation in root.iter():
        if _tag(operation) == "Operation" and operation.get("name") == "GetTile":
            gets = (get for get in operation.iter() if _tag(get) == "Get" and _speaks_kvp(get))
            link = next((value for get in gets for key, value in get.attrib.items() if key.endswith("href")), "")
            base = urljoin(address, link) if link else base
    if not base:
        return ""
    parts = urlsplit(base)
    own = [(key, value) for key, value in parse_qsl(parts.query) if key.lower() not in _ASKED]
    known = {key.lower() for key, _ in own}
    own += [
        (key, value)
        for key, value in parse_qsl(urlsplit(address).query)
        if key.lower() not in _ASKED and key.lower() not in known
    ]
    return urlunsplit(parts._replace(query=urlencode(own, safe="{}:/")))


def _speaks_kvp(get: ET.Element) -> bool:
    values = [each.text for each in get.iter() if _tag(each) == "Value"]
    return not values or "KVP" in values


def _style(layer: ET.Element) -> str:
    styles = [each for each in layer if _tag(each) == "Style"]
    chosen = next((each for each in styles if each.get("isDefault") == "true"), styles[0] if styles else None)
    return (_text(chosen, "Identifier") if chosen is not None else "") or "default"


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _tag(child) == name)


def _text(element: ET.Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")


def _number(element: ET.Element, name: str) -> float:
    try:
        return float(_text(element, name))
    except ValueError:
        return math.nan
