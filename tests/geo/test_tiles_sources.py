"""Tests of where tiles come from: addresses, keys, what is refused, and what a project keeps of it."""

import json
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.tiles import choice, source
from geo.tiles.choice import Choice
from geo.tiles.grid import Tile
from geo.tiles.source import Source, built_in, from_dict, to_dict, without_key

XYZ = "https://tiles.example.org/{z}/{x}/{y}.png"


def made(**values: object) -> Source:
    """Return a source that is sound but for what is given."""
    return Source(**{"id": "own", "name": "Mine", "addresses": (XYZ,), **values}).checked()


def test_addresses_are_filled_in() -> None:
    """Zoom, column and row stand where they belong; TMS rows count from the south; a key goes in last."""
    tile = Tile(3, 5, 2)
    assert made().address(tile) == "https://tiles.example.org/3/5/2.png"
    assert made(addresses=("http://a.org/{z}/{x}/{-y}{r}.jpg",)).address(tile) == "http://a.org/3/5/5@2x.jpg"
    keyed = made(addresses=("https://t{s}.b.org/w?z={z}&y={y}&x={x}&tk={key}",), subdomains=("0", "1", "2"))
    assert keyed.address(tile, key="k7") == "https://t1.b.org/w?z=3&y=2&x=5&tk=k7"
    assert keyed.host() == "t*.b.org"


def test_other_spellings_are_understood() -> None:
    """Addresses copied from WMTS or other programs work as they are."""
    own = made(addresses=("https://c.org/${z}/{TileCol}/{TILEROW}.png",))
    assert own.address(Tile(1, 0, 1)) == "https://c.org/1/0/1.png"


def test_what_is_kept_does_not_hang_on_key_and_subdomain() -> None:
    """A tile that was fetched with one key is found again with another."""
    keyed = made(addresses=("https://t{s}.b.org/{z}/{x}/{y}?tk={key}",), subdomains=("0", "1"))
    assert "secret" not in keyed.kept_as()
    assert keyed.kept_as() == "https://t{s}.b.org/{z}/{x}/{y}?tk={key}"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("file:///etc/{z}/{x}/{y}", "no web address"),
        ("tiles.example.org/{z}/{x}/{y}.png", "no web address"),
        ("https:///{z}/{x}/{y}.png", "no web address"),
        ("https://user:word@a.org/{z}/{x}/{y}.png", "no web address"),
        ("https://a.org/{z}/{x}.png", "does not say"),
        ("https://a.org/{z}/{x}/{y}/{-y}.png", "does not say"),
        ("https://a.org/{z}/{x}/{y}/{q}.png", "{q}"),
        ("https://{s}.a.org/{z}/{x}/{y}.png", "subdomains"),
        ("https://maponline0.bdimg.com/tile/?x={x}&y={y}&z={z}", "Baidu"),
        ("javascript:alert({x}{y}{z})", "no web address"),
    ],
)
def test_what_cannot_work_is_refused_in_words(address: str, word: str) -> None:
    """A wrong address is told before anything is asked of anybody."""
    with pytest.raises(XunluError, match=word) as caught:
        made(addresses=(address,))
    assert caught.value.hint


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"addresses": ()},
        {"min_zoom": 5, "max_zoom": 4},
        {"max_zoom": 30},
        {"datum": "bd09"},
        {"tile_px": 300},
        {"connections": 50},
    ],
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    """Each field is held to what it can be."""
    with pytest.raises(XunluError):
        made(**values)


def test_a_key_in_an_address_is_taken_out() -> None:
    """Who pastes an address with the key in it does not give the key away with the project."""
    assert without_key("https://t0.tianditu.gov.cn/vec_w/wmts?tk=abc123&x={x}") == (
        "https://t0.tianditu.gov.cn/vec_w/wmts?tk={key}&x={x}",
        "abc123",
    )
    assert without_key(XYZ) == (XYZ, "")
    assert without_key("https://a.org/{z}/{x}/{y}?access_token=p.q") == (
        "https://a.org/{z}/{x}/{y}?access_token={key}",
        "p.q",
    )


def test_the_built_in_ones_are_sound_and_polite() -> None:
    """Each has an attribution and terms in both languages; OpenStreetMap is asked for two tiles at once at most."""
    assert [each.id for each in built_in()] == ["osm", "tianditu_vec", "tianditu_img", "tianditu_ter"]
    for each in built_in():
        assert each.checked() == each
        for lang in ("zh", "en"):
            assert each.title(lang)
            assert each.credit(lang)
            assert each.conditions(lang)
    assert built_in()[0].connections == 2
    assert "OpenStreetMap" in built_in()[0].credit("zh")


def test_tianditu_is_asked_in_web_mercator_with_the_users_key() -> None:
    """Ground and lettering come from the same matrix set, w, from one of eight servers."""
    tianditu = built_in()[1]
    for part, layer in enumerate(("vec", "cva")):
        address = tianditu.address(Tile(12, 3336, 1776), part, "k")
        assert urlsplit(address).netloc == "t0.tianditu.gov.cn"
        for piece in (f"/{layer}_w/wmts", f"LAYER={layer}", "TILEMATRIXSET=w", "TILEMATRIX=12", "TILEROW=1776",
                      "TILECOL=3336", "tk=k"):  # fmt: skip
            assert piece in address
    assert tianditu.needs_key
    assert {each.key_name for each in built_in()[1:]} == {"tianditu"}


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Draw any sound source."""
    least = draw(st.integers(0, 20))
    texts = st.text(max_size=30)
    return Source(
        id=draw(texts),
        name=draw(texts.filter(str.strip)),
        addresses=tuple(draw(st.lists(st.sampled_from((XYZ, "http://b.org/{-y}/{x}/{z}")), min_size=1, max_size=2))),
        subdomains=tuple(draw(st.lists(texts, max_size=3))),
        min_zoom=least,
        max_zoom=draw(st.integers(least, 24)),
        tile_px=draw(st.sampled_from((256, 512))),
        datum=draw(st.sampled_from(("wgs84", "gcj02"))),
        attribution=draw(texts),
    )


@given(sources(), st.integers(20, 100), st.booleans())
def test_a_choice_is_read_as_it_was_written(chosen: Source, opacity: int, grey: bool) -> None:
    """A setting of a project holds the base map, its strength and its grey, and gives them back."""
    made_of = Choice(chosen, opacity, grey)
    assert choice.read(choice.write(made_of)) == made_of


def test_built_in_maps_are_kept_by_name() -> None:
    """A later version of the program may mend their addresses; no choice at all is an empty setting."""
    text = choice.write(Choice(built_in()[0]))
    assert json.loads(text)["source"] == "osm"
    assert choice.read(text).source is built_in()[0]
    assert choice.write(Choice()) == ""
    assert choice.read("") == Choice()


FIELDS = st.sampled_from(("source", "opacity", "grey", "id", "name", "addresses", "datum"))
ANY_JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner)
)


@given(st.text() | ANY_JSON.map(json.dumps))
def test_any_setting_is_read_or_refused_in_words(text: str) -> None:
    """What another program or a newer version has written never breaks a project."""
    with suppress(XunluError):
        assert isinstance(choice.read(text), Choice)


def test_a_source_of_a_newer_version_is_read() -> None:
    """What is not known of it is left out."""
    data = to_dict(made()) | {"three_d": True}
    assert from_dict(data) == made()
    with pytest.raises(XunluError):
        from_dict({"id": "x", "name": "y", "addresses": "https://a.org"})


def test_a_file_beside_the_project_is_named_from_there(tmp_path: Path) -> None:
    """Project and tiles can be carried to another computer together; a file elsewhere keeps its whole path."""
    (tmp_path / "maps").mkdir()
    inside = Source("f", "F", path=str(tmp_path / "maps" / "city.mbtiles"))
    kept = choice.beside(inside, tmp_path)
    assert kept.path == "maps/city.mbtiles"
    assert source.located(kept, tmp_path / "moved") == tmp_path / "moved" / "maps" / "city.mbtiles"
    assert choice.beside(inside, tmp_path / "other").path == inside.path
    assert choice.beside(made(), tmp_path) == made()
