"""Reading OpenStreetMap files: every format, every kind of thing, and any bytes."""

import bz2
import gzip
import shutil
import uuid
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.progress import Cancelled
from geo.roads import access, coast, opening, osm, tags
from geo.roads.extract_rows import row_id
from tests.geo.osm_data import ALL, HELSINKI, document, node, relation, way, write
from tests.geo.test_osm_access import some_tags

STREETS_ONLY = osm.Wanted(parks=False, railways=False, addresses=False, landmarks=False)


def square(first: int, lon: float, lat: float, side: float = 0.002) -> list[str]:
    """Return four nodes around a place, numbered on from `first`."""
    corners = ((0, 0), (side, 0), (side, side), (0, side))
    return [node(first + at, lon + x, lat + y) for at, (x, y) in enumerate(corners)]


TOWN = (
    *square(1, 113.260, 23.120),
    *square(11, 113.270, 23.120),
    *square(21, 113.280, 23.120),
    node(31, 113.265, 23.125, tourism="hotel", name="白云酒店", name__en="Baiyun Hotel", addr__city="广州市",
         addr__street="中山路", addr__housenumber="12", opening_hours="24/7", phone="020-1"),
    node(32, 113.266, 23.126, place="suburb", name="东山"),
    node(33, 113.267, 23.127, railway="station", name="广州站", name__en="Guangzhou Station"),
    node(34, 113.2671, 23.1271, public_transport="station", name="广州站"),
    node(35, 113.268, 23.128, barrier="bollard"),
    way(1, [1, 2, 3], highway="primary_link", name="中山路", name__en="Zhongshan Road", maxspeed="30 mph",
        bridge="viaduct"),
    way(2, [3, 35, 4], highway="residential", oneway="-1", cycleway__left="lane", maxspeed__forward="20"),
    way(3, [1, 2, 3, 4, 1], junction="roundabout", highway="tertiary"),
    way(4, [1, 35], highway="proposed"),
    way(5, [1, 35], route="ferry", name="渡口"),
    way(6, [11, 12, 13, 14, 11], amenity="school", building="yes", name="小学",
        opening_hours="Mo-Fr 08:00-12:00,14:00-17:00"),
    way(7, [21, 22, 23, 24, 21], leisure="park", name="公园"),
    way(8, [21, 23], railway="subway", tunnel="yes", name="1号线"),
    way(9, [22, 24], railway="rail", service="yard"),
    way(10, [11, 12, 13]),
    way(11, [13, 14, 11]),
    relation(1, [("w", 10, "outer"), ("w", 11, "outer")], type="multipolygon", natural="water", name="湖"),
    relation(2, [("w", 10, "outer"), ("w", 11, "outer")], type="boundary", boundary="administrative",
             admin_level="8", name="东山街道", name__en="Dongshan"),
)  # fmt: skip


def rows_of(extract: osm.Extract, table: str) -> dict[str, dict[str, object]]:
    """Return the rows of a table by name."""
    return {str(values.get("name")): values for _, values in extract.rows[table]}


@pytest.fixture
def town(tmp_path: Path) -> osm.Extract:
    """Give a small town that has one of everything."""
    return osm.read(write(tmp_path / "town.osm", *TOWN), ALL_OF_TOWN)


ALL_OF_TOWN = osm.Wanted(admin_level=8, amenities=ALL.amenities, buildings=True)


def test_a_street_has_what_its_tags_say(town: osm.Extract) -> None:
    """Class, names, speed and bridge become columns; what they do not say stays in the tags."""
    street = rows_of(town, "streets")["中山路"]
    assert {key: value for key, value in street.items() if key != "geometry"} == {
        "name": "中山路", "name_en": "Zhongshan Road", "highway": "primary", "oneway": False, "maxspeed": 48,
        "bridge": True, "tunnel": False,
        "tags": '{"bridge": "viaduct", "highway": "primary_link", "maxspeed": "30 mph"}',
    }  # fmt: skip
    assert shapely.get_coordinates(street["geometry"]).tolist() == [
        [113.26, 23.12],
        [113.262, 23.12],
        [113.262, 23.122],
    ]


def test_a_way_against_its_line_is_turned_round(town: osm.Extract) -> None:
    """With ``oneway=-1`` the line is reversed, and what is left is right then."""
    street = dict(town.rows["streets"])[row_id("way/2", "streets")]
    assert (street["oneway"], shapely.get_coordinates(street["geometry"])[0].tolist()) == (True, [113.26, 23.122])
    assert tags.read(street["tags"]) == {"cycleway:right": "lane", "maxspeed:backward": "20"}


def test_a_roundabout_is_one_way_and_a_ferry_can_be_taken(town: osm.Extract) -> None:
    """What OSRM takes for granted stands in the column; what is no street yet is not there."""
    streets = dict(town.rows["streets"])
    assert streets[row_id("way/3", "streets")]["oneway"] is True
    assert tags.read(streets[row_id("way/5", "streets")]["tags"]) == {"highway": "", "route": "ferry"}
    assert len(streets) == 4


def test_sites_areas_places_and_railways_are_found(town: osm.Extract) -> None:
    """Each thing is in its table, an area of several ways and of one alike."""
    tables = town.counts().keys() - {"streets", "addresses"}
    assert {table: sorted(rows_of(town, table)) for table in tables} == {
        "sites": ["小学", "白云酒店"], "landmarks": ["东山", "广州站"], "areas": ["公园", "小学", "湖"],
        "subdistricts": ["东山街道"], "railways": ["1号线"], "street_points": ["None"],
    }  # fmt: skip
    hotel, school = (rows_of(town, "sites")[name] for name in ("白云酒店", "小学"))
    assert {key: hotel[key] for key in ("name_en", "kind", "address", "phone", "windows", "note")} == {
        "name_en": "Baiyun Hotel", "kind": "hotel", "address": "广州市中山路12号", "phone": "020-1", "windows": "",
        "note": "",
    }  # fmt: skip
    assert (school["windows"], school["note"]) == ("08:00-12:00; 14:00-17:00", "Mo-Fr 08:00-12:00,14:00-17:00")
    assert rows_of(town, "railways")["1号线"]["kind"] == "subway"
    assert {values["kind"] for _, values in town.rows["areas"]} == {"park", "water", "building"}
    assert town.rows["addresses"][0][1]["street"] == "中山路"


@pytest.mark.parametrize(
    ("text", "windows", "whole"),
    [
        ("24/7", "", True),
        ("08:00-17:00", "08:00-17:00", True),
        ("Mo-Su 8:00-24:00", "08:00-24:00", True),
        ("Mo-Fr 09:00-18:00; Sa,Su off", "09:00-18:00", False),
        ("Mo-Fr 09:00-18:00; Sa 10:00-12:00", "", False),
        ("sunrise-sunset", "", False),
        ("Mo-Fr 25:00-99:00", "", False),
        (";;", "", False),
    ],
)
def test_simple_opening_hours_become_windows(text: str, windows: str, whole: bool) -> None:
    """One set of times is taken over; anything else goes to the note, never wrong."""
    assert opening.windows(text) == (windows, whole)


@given(st.text())
def test_any_opening_hours_are_read(text: str) -> None:
    """Whatever somebody has written there, it is windows or a note."""
    opening.windows(text)


def test_every_format_gives_the_same(tmp_path: Path, town: osm.Extract) -> None:
    """XML plain and packed, and the binary form, are one content."""
    text = document(*TOWN).encode()
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(text))
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(thing)
    for ending in ("osm.gz", "osm.bz2", "osm.pbf"):
        assert osm.read(tmp_path / f"a.{ending}", ALL_OF_TOWN).rows == town.rows


def test_a_clip_keeps_whole_ways_that_reach_into_it(tmp_path: Path) -> None:
    """A street that crosses the edge stays whole, one beyond is left out, and so are its barriers."""
    things = [*(node(at, 113 + at * 0.01, 23) for at in range(1, 6)), node(6, 113.06, 23, barrier="bollard")]
    ways = [way(1, [1, 2], highway="service"), way(2, [2, 3], highway="service"), way(3, [4, 5, 6], highway="service")]
    file = write(tmp_path / "x.osm", *things, *ways)
    for clip in ((113.005, 22.9, 113.015, 23.1), shapely.box(113.005, 22.9, 113.015, 23.1)):
        found = osm.read(file, osm.Wanted(clip=clip)).rows
        assert [row for row, _ in found["streets"]] == [row_id("way/1", "streets")]
        assert found["street_points"] == []
    assert len(osm.read(file).rows["street_points"]) == 1


def test_a_way_whose_nodes_are_missing_is_cut_there(tmp_path: Path) -> None:
    """Extracts end in the middle of ways; what is there is taken, in pieces if need be."""
    things = [node(at, 113 + at * 0.01, 23) for at in (1, 2, 4, 5)]
    found = osm.read(write(tmp_path / "x.osm", *things, way(1, [1, 2, 3, 4, 5, 6], highway="service"))).rows["streets"]
    assert [row for row, _ in found] == [row_id("way/1", "streets"), row_id("way/1#1", "streets")]
    assert [len(values["geometry"].coords) for _, values in found] == [2, 2]


def test_ids_of_rows_are_uuids_of_version_5() -> None:
    """Anybody can make the id of an object's row: it is the UUID of its name."""
    assert row_id("way/1", "streets") == str(uuid.uuid5(uuid.NAMESPACE_URL, "osm:way/1:streets"))


def test_nodes_at_one_place_stay_apart(tmp_path: Path) -> None:
    """A bridge that has a node exactly above one of the street below does not meet it."""
    things = [node(at, 113 + at * 0.01, 23) for at in (1, 2, 3)] + [node(4, 113.02, 23.01), node(5, 113.02, 23)]
    ways = [way(1, [1, 2, 3], highway="service"), way(2, [4, 5], highway="service", bridge="yes", layer="1")]
    found = osm.read(write(tmp_path / "x.osm", *things, *ways)).rows["streets"]
    below, above = (shapely.get_coordinates(values["geometry"]).tolist() for _, values in found)
    assert (below[1], above[1]) == ([113.02, 23.0], [113.0200001, 23.0])


def lines(*places: list[tuple[float, float]]) -> list[np.ndarray]:
    """Return coastlines."""
    return [np.array(each, dtype=float) for each in places]


@pytest.mark.parametrize(
    ("coast_lines", "share"),
    [
        (lines([(-1, 4), (11, 4)]), 0.4),
        (lines([(11, 4), (-1, 4)]), 0.6),
        (lines([(-1, 4), (5, 4)], [(5, 4), (11, 4)]), 0.4),
        (lines([(0.5, 4), (9.5, 4)]), 0.4),
        (lines([(-1, 4), (6, 4)]), None),
        (lines([(2, 2), (4, 2), (4, 4), (2, 4), (2, 2)]), 0.96),
        (lines([(2, 2), (2, 4), (4, 4), (4, 2), (2, 2)]), 0.04),
        (lines([(-1, 4), (11, 4)], [(2, 1), (4, 1), (4, 3), (2, 3), (2, 1)]), 0.36),
        (lines([(20, 4), (30, 4)]), None),
        (lines([(1, 1)]), None),
        ([], None),
    ],
)
def test_the_sea_lies_to_the_right_of_the_coast(coast_lines: list[np.ndarray], share: float | None) -> None:
    """Islands are spared, a bay within land is sea, and where a coastline ends in the open nothing is invented."""
    found = coast.sea(coast_lines, (0.0, 0.0, 10.0, 10.0))
    assert (None if found is None else pytest.approx(found.area / 100)) == share


def test_the_sea_is_read(helsinki: osm.Extract, tmp_path: Path) -> None:
    """The bay in the north of Helsinki is water, with the bounds that a file tells."""
    first = helsinki.rows["areas"][0][1]
    assert first["kind"] == "water"
    assert first["geometry"].contains(shapely.Point(24.9459, 60.1774))
    things = (node(1, 113.25, 23.12), node(2, 113.29, 23.12), way(1, [1, 2], natural="coastline"))
    text = document("<bounds minlat='23.11' minlon='113.26' maxlat='23.13' maxlon='113.28'/>", *things)
    (tmp_path / "x.osm").write_text(text)
    ((_, values),) = osm.read(tmp_path / "x.osm").rows["areas"]
    assert values["geometry"].bounds == pytest.approx((113.26, 23.11, 113.28, 23.12))
    assert osm.read(write(tmp_path / "y.osm", *things)).rows["areas"] == []


def test_helsinki_is_read(helsinki: osm.Extract) -> None:
    """A real extract gives streets with names, one-way streets, speeds, bridges, turn restrictions and all else."""
    streets = [values for _, values in helsinki.rows["streets"]]
    assert len(streets) == 2500
    assert sum(bool(values["name"]) for values in streets) > 800
    assert {"Mannerheimintie", "Aleksanterinkatu"} <= {values["name"] for values in streets}
    assert sum(values["oneway"] for values in streets) > 400
    assert {values["maxspeed"] for values in streets} >= {30, 40, 50, None}
    counts = helsinki.counts()
    assert counts["turns"] > 40
    assert min(counts[table] for table in ("street_points", "addresses", "areas", "railways")) > 200
    assert {values["kind"] for _, values in helsinki.rows["sites"]} >= {"hotel", "school", "supermarket", "pharmacy"}


@pytest.fixture(scope="module")
def helsinki() -> osm.Extract:
    """Give the extract of Helsinki."""
    return osm.read(HELSINKI, ALL)


def test_progress_goes_up_and_any_report_may_stop_it() -> None:
    """One can stop at every report, and the last one is the end."""
    heard: list[float] = []
    osm.read(HELSINKI, STREETS_ONLY, lambda done, _text: heard.append(done))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    for stop in heard:

        def report(done: float, _text: str, stop: float = stop) -> None:
            if done >= stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            osm.read(HELSINKI, STREETS_ONLY, report)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.txt", b"", "no OpenStreetMap file by its name"),
        ("x.osm", b"", "is empty"),
        ("x.osm", b"<html><body>Busy</body></html>", "damaged or no OpenStreetMap file"),
        ("x.osm.pbf", b"PK\x03\x04 some archive", "damaged or no OpenStreetMap file"),
        ("x.osm.gz", b"<osm>", "damaged or no OpenStreetMap file"),
        ("x.osm.gz", gzip.compress(document(*TOWN).encode())[:-40], "damaged or no OpenStreetMap file"),
        ("x.osm.bz2", bz2.compress(document(*TOWN).encode())[:-40], "damaged or no OpenStreetMap file"),
        ("x.osm", document(*TOWN).encode()[:-40], "damaged or no OpenStreetMap file"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """The message names the file."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(XunluError, match=said) as caught:
        osm.read(tmp_path / name)
    assert name in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """There is a reason in the message."""
    with pytest.raises(XunluError, match=r"x\.osm cannot be read: No such file"):
        osm.read(tmp_path / "x.osm")


def test_a_cut_download_is_told(tmp_path: Path) -> None:
    """Half a file is not half a town."""
    (tmp_path / "half.osm.pbf").write_bytes(HELSINKI.read_bytes()[:300_000])
    with pytest.raises(XunluError, match=r"half\.osm\.pbf is damaged"):
        osm.read(tmp_path / "half.osm.pbf")


ENDINGS = st.sampled_from(osm.ENDINGS)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_told(path: Path) -> None:
    """Read a file to the end, or have the one error that a person can mend."""
    try:
        osm.read(path, ALL_OF_TOWN)
    except XunluError as error:
        if path.name not in str(error):
            raise


@FUZZ
@given(st.binary(max_size=400), ENDINGS)
def test_any_bytes_are_read_or_told(tmp_path: Path, content: bytes, ending: str) -> None:
    """Nothing that somebody may call an OpenStreetMap file crashes the program."""
    (tmp_path / f"x{ending}").write_bytes(content)
    read_or_told(tmp_path / f"x{ending}")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the small town as XML and in the binary form, not packed, so that changes reach the parser."""
    folder = tmp_path_factory.mktemp("good")
    write(folder / "good.osm", *TOWN)
    with osmium.SimpleWriter(osmium.io.File(str(folder / "good.osm.pbf"), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(folder / "good.osm")):
            writer.add(thing)
    return {ending: (folder / f"good.{ending}").read_bytes() for ending in ("osm", "osm.pbf")}


@FUZZ
@given(st.data(), st.sampled_from(["osm", "osm.pbf"]))
def test_any_spoilt_file_is_read_or_told(
    tmp_path: Path, good: dict[str, bytes], data: st.DataObject, ending: str
) -> None:
    """A good file with some bytes changed, left out or put in gives rows or the one error."""
    content = bytearray(good[ending])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    (tmp_path / f"spoilt.{ending}").write_bytes(bytes(content))
    read_or_told(tmp_path / f"spoilt.{ending}")


@given(st.sampled_from(some_tags(3000)))
def test_tags_come_back_from_the_columns(way_tags: dict[str, str]) -> None:
    """What a street stands for is what OpenStreetMap said of it, to the tag; one turned round says it the other way."""
    columns, turned = tags.columns(way_tags)
    routed = tags.routed(columns, tags.read(columns["tags"]))
    kept = {key: value for key, value in way_tags.items() if tags.is_kept(key)}
    assert routed == (tags.reversed_tags(kept) if turned else kept)
    assert turned == (access.one_way(way_tags) < 0)


def test_a_column_changed_by_hand_counts() -> None:
    """Another class, direction, speed or bridge replaces what the tags say; the rest stays."""
    way_tags = {
        "highway": "primary_link",
        "oneway:motorcar": "yes",
        "maxspeed": "30 mph",
        "bridge": "viaduct",
        "width": "5",
    }
    columns, _ = tags.columns(way_tags)
    changed = columns | {"highway": "service", "oneway": False, "maxspeed": 20, "bridge": False, "tunnel": True}
    assert tags.routed(changed, tags.read(columns["tags"])) == {
        "highway": "service", "maxspeed": "20", "tunnel": "yes", "width": "5",
    }  # fmt: skip


def test_the_file_may_lie_anywhere(tmp_path: Path) -> None:
    """A path with spaces, Chinese and a comma, which osmium takes for options, is read."""
    folder = tmp_path / "越秀 区,x"
    folder.mkdir()
    shutil.copy(write(tmp_path / "a.osm", *TOWN), folder / "道路 1,pbf.osm")
    assert osm.read(folder / "道路 1,pbf.osm").counts()["streets"] == 4
