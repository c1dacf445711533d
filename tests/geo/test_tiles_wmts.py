"""Tests of what is understood of a WMTS server's description of itself."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.tiles import wmts
from geo.tiles.grid import Tile

SAMPLE = (Path(__file__).parents[1] / "gui" / "wmts_capabilities.xml").read_text("utf-8").replace("HOST", "maps.org")
ADDRESS = "http://maps.org/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&tk=K9"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://a.org/wmts", "http://a.org/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0"),
        ("http://a.org/wmts?tk=1", "http://a.org/wmts?tk=1&SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0"),
        (
            "http://a.org/wmts?service=wmts&request=GetTile&version=1.1.0",
            "http://a.org/wmts?service=wmts&REQUEST=GetCapabilities&version=1.1.0",
        ),
        (" http://a.org/1.0.0/WMTSCapabilities.xml ", "http://a.org/1.0.0/WMTSCapabilities.xml"),
    ],
)
def test_the_description_is_asked_for_at_the_right_address(given: str, asked: str) -> None:
    """Whatever a user copies, the address of a tile or of the server, the description is asked for."""
    assert wmts.capabilities_address(given) == asked


def test_layers_become_sources() -> None:
    """By key and value as Tianditu, by plain addresses as others; zooms, styles, dimensions and prefixes are kept."""
    streets, imagery, degrees = wmts.offers(SAMPLE.encode(), ADDRESS)
    assert streets.source is not None
    assert streets.source.address(Tile(3, 6, 2), key="own") == (
        "http://maps.org/vec_w/wmts?tk=own&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=3&TILEROW=2&TILECOL=6"
    )
    assert (streets.source.min_zoom, streets.source.max_zoom) == (1, 3)
    assert imagery.source is not None
    assert imagery.source.address(Tile(1, 1, 0)) == "http://maps.org/img/plain/2021/g/EPSG:3857:1/0/1.jpg"
    assert degrees.source is None
    assert "4490" in degrees.why


def test_a_key_never_stays_in_the_source() -> None:
    """The key that the description was asked with is taken out of the address."""
    for offer in wmts.offers(SAMPLE.encode(), ADDRESS):
        assert offer.source is None or "K9" not in offer.source.kept_as()


def test_zooms_that_hang_together_are_taken() -> None:
    """A set that leaves out a zoom is used from there on, so that the map has no holes."""
    holed = re.sub(r"<TileMatrix><ows:Identifier>2</ows:Identifier>.*?</TileMatrix>", "", SAMPLE, flags=re.DOTALL)
    source = wmts.offers(holed.encode(), ADDRESS)[0].source
    assert source is not None
    assert (source.min_zoom, source.max_zoom) == (3, 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-2.0037508342787E7 2.0037508342787E7", "-1.9E7 2.0037508342787E7"),
        ("2.958293554545656E8", "3.1E8"),
        ("EPSG::900913", "EPSG::2326"),
        ("<ows:Identifier>3</ows:Identifier>", "<ows:Identifier>L03x</ows:Identifier>"),
    ],
)
def test_sets_that_are_cut_otherwise_are_not_taken_for_web_maps(old: str, new: str) -> None:
    """Another origin, scale, projection or name of a matrix never gives tiles at a wrong place."""
    before = wmts.offers(SAMPLE.encode(), ADDRESS)
    streets = next(
        offer for offer in wmts.offers(SAMPLE.replace(old, new).encode(), ADDRESS) if offer.title == "Streets"
    )
    assert streets != before[0]
    assert streets.source is None or streets.source.min_zoom > 1 or streets.source.max_zoom < 3


def test_layers_without_pictures_say_so() -> None:
    """A layer that comes as vector tiles only is not offered."""
    vectors = SAMPLE.replace("<Format>tiles</Format>", "<Format>application/vnd.mapbox-vector-tile</Format>")
    streets = next(offer for offer in wmts.offers(vectors.encode(), ADDRESS) if offer.title == "Streets")
    assert streets.source is None
    assert streets.why


BOMB = """<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0"><Contents>&b;</Contents></Capabilities>"""


@pytest.mark.parametrize(
    "document",
    [b"", b"<html></html>", b"<Capabilities/>", b"not xml", BOMB.encode(), BOMB.encode("utf-16"), b"\x00\xff" * 40],
)
def test_other_documents_are_refused_in_words(document: bytes) -> None:
    """A page, nothing, and an attack with entities are all no description."""
    with pytest.raises(XunluError, match="no description"):
        wmts.offers(document, ADDRESS)


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    """Pieces taken out, doubled or replaced give offers that are sound, or a sentence."""
    text = SAMPLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 80, len(text))))
        text = (
            text[:start]
            + data.draw(st.sampled_from(("", text[start:end] * 2, "0", "-1", "1e999", "<x/>", "{")))
            + text[end:]
        )
    try:
        found = wmts.offers(text.encode(), ADDRESS)
    except XunluError:
        return
    for offer in found:
        assert offer.source is None or offer.source.checked() == offer.source
